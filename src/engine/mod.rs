//! All input and output. The engine names no vendor.
//!
//! Imports point one way: clock, settings, retry, turns, memory, throttle, trace, `within_attempt` < transport <
//! outcome, reqwest, hyper < core < attempt < lookup < execute < doubt < report, plan < provider < builder.

mod attempt;
mod builder;
mod clock;
mod core;
mod doubt;
mod execute;
#[cfg(feature = "hyper")]
mod hyper;
mod lookup;
mod memory;
mod outcome;
mod plan;
mod provider;
mod report;
#[cfg(feature = "reqwest")]
mod reqwest;
mod retry;
mod settings;
mod throttle;
mod trace;
mod transport;
mod turns;
#[cfg(any(feature = "reqwest", feature = "hyper"))]
mod within_attempt;

pub use self::builder::HttpProviderBuilder;
pub use self::clock::{Clock, Jitter, RandomJitter, TokioClock};
#[cfg(feature = "hyper")]
pub use self::hyper::{HyperTransport, HyperTransportBuilder};
pub use self::provider::{CallReceipt, HttpProvider};
#[cfg(feature = "reqwest")]
pub use self::reqwest::{HttpTransport, HttpTransportBuilder};
pub use self::settings::{LossPolicy, RetryPolicy, Timeouts};
pub use self::transport::{FailurePhase, RequestLimits, Transport, TransportFailure};
pub use self::turns::Turns;
