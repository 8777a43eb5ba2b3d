//! The public error types: messages, context and sources.

mod advice;
#[cfg(feature = "sandbox")]
mod advice_by_vendor;
mod context;
mod delivery;
mod messages;
mod record;
mod reply_body;
mod sources;

use chargeback::connector::Connector;
use chargeback::spade::{Spade, WonMeans};
use chargeback::{Chargeback, ChargebackProvider, Error, HttpProvider, Reason, RetryPolicy, Stage, spade};

use crate::support::{Play, Script, plain};

/// A provider with one attempt and no lookup.
pub fn once<V: Connector>(vendor: V, script: &Script) -> HttpProvider<V> {
    let retry = RetryPolicy::never().max_lookups(0);
    HttpProvider::builder(vendor).transport(script.clone()).retry(retry).build().unwrap()
}

pub fn spade_connector() -> Spade {
    Spade::new("k", spade::Environment::EastSandbox, WonMeans::MerchantWon)
}

pub fn at_stage(stage: Stage) -> Chargeback {
    plain("case-1", stage, Reason::FraudOther).build().unwrap()
}

pub async fn spade_error(play: Play) -> Error {
    once(spade_connector(), &Script::new([play])).report(&at_stage(Stage::Received)).await.unwrap_err()
}
