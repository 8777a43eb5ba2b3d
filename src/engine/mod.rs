//! All I/O: it knows no vendor.

mod attempt;
mod builder;
mod clock;
mod doubt;
mod lookup;
mod memory;
mod outcome;
mod plan;
mod provider;
mod report;
mod reqwest;
mod retry;
mod settings;
mod throttle;
mod trace;
mod transport;

pub use self::builder::HttpProviderBuilder;
pub use self::clock::{Runtime, TokioRuntime};
pub(crate) use self::memory::{Turn, Turns};
pub use self::provider::{CallReceipt, HttpProvider};
pub use self::reqwest::HttpTransport;
pub use self::settings::{LossPolicy, RetryPolicy, Timeouts};
pub use self::transport::{FailurePhase, RequestLimits, Transport, TransportFailure};
