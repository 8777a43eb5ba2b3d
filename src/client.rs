//! All I/O: it knows no vendor.

mod attempts;
mod builder;
mod cases;
mod decide;
mod failure;
mod pause;
mod plan;
mod provider;
mod read_back;
mod remembering;
mod report;
mod reqwest;
mod runtime;
mod settings;
mod trace;
mod transport;

pub use self::builder::HttpProviderBuilder;
pub(crate) use self::cases::{Turn, Turns};
pub use self::provider::{Completed, HttpProvider};
pub use self::reqwest::HttpTransport;
pub use self::runtime::{Runtime, TokioRuntime};
pub use self::settings::{LossPolicy, RetryPolicy, Timeouts};
pub use self::transport::{Failure, Limits, Phase, Transport};
