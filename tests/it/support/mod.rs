//! Shared helpers: a scripted transport, sample chargebacks, and short forms for errors and requests.

mod cases;
mod clock;
mod errors;
pub mod events;
pub mod log_capture;
pub mod loopback_server;
pub mod probe;
pub mod sockets;
mod transport;
#[cfg(feature = "sandbox")]
pub mod vendors;

pub use self::cases::{ENRICHMENT, TRANSACTION, at, full, plain};
pub use self::clock::{FixedClock, HalfJitter};
pub use self::errors::{error_chain, kind, violations};
pub use self::events::{Answer, Events, LoggedLedger, TestGate};
pub use self::transport::{Play, Script, body, header, provider};
