//! Tests of the Spade connector.

mod config;
mod limits;
mod map;
mod operations;
mod reply;
mod request;

use chargeback::spade::{Environment, Spade, WonMeans};
use chargeback::{Chargeback, Loss};
use serde_json::Value;

use crate::providers::report_once;
use crate::support::{Play, body};

fn spade() -> Spade {
    Spade::new("spade-key", Environment::EastSandbox, WonMeans::MerchantWon)
}

fn ok() -> Play {
    Play::json(200, r#"{"details":"Chargeback successfully reported."}"#)
}

async fn sent(chargeback: &Chargeback, vendor: Spade) -> (Value, Vec<Loss>) {
    let (result, script) = report_once(vendor, chargeback, ok()).await;
    (body(&script.sent()[0]), result.unwrap().losses().to_vec())
}
