//! What the table of speed is made of: cases, the same work by hand, a server, and ways to count.

pub mod alloc;
pub mod builds;
pub mod bulk;
pub mod by_hand;
pub mod cases;
pub mod counts;
pub mod fanout;
pub mod process;
pub mod replies;
pub mod roads;
pub mod server;
pub mod table;

#[allow(dead_code, reason = "of the example only its transport is measured")]
#[path = "../../examples/hyper_transport.rs"]
pub mod hyper_transport;
