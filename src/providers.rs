//! The five vendors. None names another, and none does any I/O.

mod shared;

pub mod spade;
