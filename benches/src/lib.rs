//! The parts of the benchmarks: cases, hand-written code for comparison, a server, and counters.

pub mod alloc;
pub mod builds;
pub mod bulk;
pub mod by_hand;
pub mod cases;
pub mod counts;
pub mod fanout;
pub mod instant_vendor;
pub mod outbox;
#[cfg(feature = "postgres")]
pub mod postgres;
pub mod process;
pub mod queue_by_hand;
pub mod replies;
pub mod server;
pub mod table;
pub mod variants;

#[allow(dead_code, reason = "only the transport of the example is measured")]
#[path = "../../examples/hyper_transport.rs"]
pub mod hyper_transport;
