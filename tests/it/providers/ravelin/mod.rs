//! Tests of the Ravelin connector.

mod config;
mod limits;
mod map;
mod operations;
mod reply;

use chargeback::Chargeback;
use chargeback::ravelin::{Alerts, Ravelin, UnclearReasons};
use serde_json::Value;

use crate::providers::report_once;
use crate::support::{Play, body};

/// The address of the call.
const ADDRESS: &str = "https://api.ravelin.com/v2/dispute";

fn ravelin() -> Ravelin {
    Ravelin::new("sk_test_1", Alerts::Send, UnclearReasons::LeaveOut)
}

fn ok() -> Play {
    Play::json(200, r#"{"status":200,"timestamp":1790942400123}"#)
}

async fn sent(chargeback: &Chargeback, vendor: Ravelin) -> Value {
    let (result, script) = report_once(vendor, chargeback, ok()).await;
    let _receipt = result.unwrap();
    body(&script.sent()[0])
}
