//! The parts of the benchmarks: cases, hand-written code for comparison, a server, and counters.

pub mod alloc;
pub mod builds;
pub mod bulk;
pub mod by_hand;
pub mod by_hand_client;
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
