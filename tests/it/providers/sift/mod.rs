//! Tests of the Sift connector.

mod config;
mod limits;
mod map;
mod operations;
mod reply;

use chargeback::Chargeback;
use chargeback::sift::Sift;
use serde_json::Value;

use crate::providers::report_once;
use crate::support::{Play, body};

/// The address of events.
const ADDRESS: &str = "https://api.sift.com/v205/events";

fn sift() -> Sift {
    Sift::new("sift-key")
}

fn ok() -> Play {
    Play::json(200, r#"{"status":0,"error_message":"OK","time":1790000000,"request":"{\"$api_key\":\"sift-key\"}"}"#)
}

async fn sent(chargeback: &Chargeback) -> Value {
    let (result, script) = report_once(sift(), chargeback, ok()).await;
    let _receipt = result.unwrap();
    body(&script.sent()[0])
}
