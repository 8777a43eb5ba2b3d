//! The five vendors. None names another, and none does any I/O.

mod reply;

mod json;
pub mod pipwave;
pub mod revcent;
pub mod spade;
pub mod thirdwatch;
pub mod tutelar;
