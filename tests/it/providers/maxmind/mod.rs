//! Tests of the MaxMind connector.

mod config;
mod limits;
mod map;
mod operations;
mod reply;

use chargeback::Chargeback;
use chargeback::maxmind::{MaxMind, WonTag};
use serde_json::Value;

use crate::providers::report_once;
use crate::support::{Play, body};

/// The address of the call.
const ADDRESS: &str = "https://minfraud.maxmind.com/minfraud/v2.0/transactions/report";

/// `100001:license-key` in Base64.
const AUTHORIZATION: &str = "Basic MTAwMDAxOmxpY2Vuc2Uta2V5";

const MINFRAUD_ID: &str = "01c25cb0-f067-4e02-8ed0-a094c580f5e4";

fn maxmind() -> MaxMind {
    MaxMind::new(100_001, "license-key", WonTag::Clear)
}

fn ok() -> Play {
    Play::empty(204)
}

async fn sent(chargeback: &Chargeback, vendor: MaxMind) -> Value {
    let (result, script) = report_once(vendor, chargeback, ok()).await;
    let _receipt = result.unwrap();
    body(&script.sent()[0])
}
