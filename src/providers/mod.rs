//! The five vendors. None names another, and none does any I/O.

mod reply;

mod json;
pub mod pipwave;
pub mod revcent;
pub mod spade;
mod text;
pub mod thirdwatch;
pub mod tutelar;
