//! Tests of the SEON connector.

mod config;
mod limits;
mod map;
mod operations;
mod reply;

use chargeback::Chargeback;
use chargeback::seon::{Environment, Seon, WonLabel};
use serde_json::Value;

use crate::providers::report_once;
use crate::support::{Play, body};

fn seon() -> Seon {
    Seon::new("seon-key", Environment::Eu, WonLabel::FalseAlert)
}

fn ok() -> Play {
    Play::json(200, r#"{"success":true,"error":{},"data":{}}"#)
}

async fn sent(chargeback: &Chargeback, vendor: Seon) -> Value {
    let (result, script) = report_once(vendor, chargeback, ok()).await;
    let _receipt = result.unwrap();
    body(&script.sent()[0])["transactions"][0].take()
}
