//! The guarantees of SECURITY.md, tested from outside and over loopback only.

mod addresses;
mod debug_output;
mod derived_debug;
mod hostile_input;
mod keys;
#[cfg(feature = "sandbox")]
mod leaks;
mod log;
#[cfg(target_os = "linux")]
mod memory;
mod proxy;
#[cfg(any(feature = "rustls", feature = "hyper"))]
mod tls;

use chargeback::spade::{Environment, Spade, WonMeans};
use chargeback::{Chargeback, HttpProvider, HttpProviderBuilder, Reason, RetryPolicy, Stage};

use crate::support::plain;

const KEY: &str = "planted-key";

/// Spade at this address, or at its default one.
pub fn spade(base: Option<&str>) -> Spade {
    let spade = Spade::new(KEY, Environment::EastSandbox, WonMeans::MerchantWon);
    base.into_iter().fold(spade, |spade, base| spade.base_url(base.parse().unwrap()))
}

/// A provider without retries.
pub fn once(spade: Spade) -> HttpProviderBuilder<Spade> {
    HttpProvider::builder(spade).retry(RetryPolicy::never())
}

pub fn received() -> Chargeback {
    plain("case-1", Stage::Received, Reason::FraudOther).build().unwrap()
}
