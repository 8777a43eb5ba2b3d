//! Tests of the Pipwave connector.

mod config;
mod limits;
mod lookup;
mod map;
mod notification;
mod operations;
mod reply;
mod request;
mod signature;

use chargeback::Secret;
use chargeback::pipwave::signature::sign;
use chargeback::pipwave::{Environment, Pipwave};
use serde_json::Value;

use crate::support::Play;

fn pipwave() -> Pipwave {
    Pipwave::new("pw-key", "pw-secret", Environment::Live)
}

fn ok() -> Play {
    Play::json(200, r#"{"status":200,"message":""}"#)
}

/// Computes the signature of a body from its values.
fn signature(body: &Value, keys: &[&str]) -> String {
    let pairs: Vec<(&str, String)> = keys
        .iter()
        .filter_map(|key| match body.get(*key)? {
            Value::String(text) => Some((*key, text.clone())),
            other => Some((*key, other.to_string())),
        })
        .collect();
    sign(pairs.iter().map(|(key, value)| (*key, value.as_str())), &Secret::from("pw-secret"))
}

const SIGNED: &[&str] = &["action", "api_key", "pw_id", "stage", "timestamp", "txn_id"];
