//! The connectors of the five supported vendors, and the helpers that they share.
//!
//! Every vendor has the same files. Imports point down this list:
//!
//! | File | Contents |
//! |---|---|
//! | `config.rs` | the connector struct with its settings, and `from_env` |
//! | `request.rs` | one struct per call: the typed request and its rules |
//! | `reply.rs` | the typed replies and their parsers |
//! | `map.rs` | the mapping of stages, reasons and fields, and the translation of a report |
//! | `operations.rs` | `impl Operation` for each request |
//! | `mod.rs` | facts and sources, `impl Connector`, and the native calls |
//!
//! No vendor imports another one, and no connector does I/O.

mod env;
pub(crate) mod json;
mod map;
mod reply;
mod text;

pub mod pipwave;
pub mod revcent;
pub mod spade;
pub mod thirdwatch;
pub mod tutelar;
