//! The five vendors. None names another, and none does any I/O.

mod shared;

mod object;
pub mod pipwave;
pub mod revcent;
pub mod spade;
pub mod thirdwatch;
pub mod tutelar;
