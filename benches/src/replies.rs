//! What the vendors answer, and how it is read by hand.

use bytes::Bytes;
use http::Response;
use serde::Deserialize;

use crate::cases::Which;

/// The shortest acknowledgement of a write that the vendor documents, or the fake of it gives.
#[must_use]
pub const fn acknowledgement(which: Which) -> &'static str {
    match which {
        Which::Thirdwatch => r#"{"status":"recorded"}"#,
        Which::RevCent => {
            r#"{"api_call_id":"apicall0000000000001","api_call_unix":1700000000,"code":1,"chargeback_id":"chargeback0000000001","result":"Chargeback created."}"#
        }
        Which::Tutelar => {
            r#"{"success":true,"message":"Chargeback status updated successfully","data":{"orderId":"ORD_10726","processedTime":8}}"#
        }
        Which::Spade => r#"{"details":"Chargeback successfully reported."}"#,
        Which::Pipwave => r#"{"status":"200","message":""}"#,
    }
}

/// What RevCent answers to a search that finds nothing.
pub const NOTHING_FOUND: &str = r#"{"api_call_id":"apicall0000000000001","code":1,"results":[]}"#;

/// The acknowledgement as a reply.
#[must_use]
pub fn reply(which: Which) -> Response<Bytes> {
    Response::new(Bytes::from_static(acknowledgement(which).as_bytes()))
}

#[derive(Debug, Deserialize)]
pub struct Thirdwatch {
    pub status: Option<String>,
}

#[derive(Debug, Deserialize)]
pub struct RevCent {
    pub code: u8,
    pub chargeback_id: Option<String>,
    pub api_call_id: Option<String>,
    pub result: Option<String>,
}

#[derive(Debug, Deserialize)]
pub struct Tutelar {
    pub success: bool,
    pub message: Option<String>,
    pub data: Option<TutelarData>,
}

#[derive(Debug, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct TutelarData {
    pub order_id: Option<String>,
    pub processed_time: Option<u64>,
}

#[derive(Debug, Deserialize)]
pub struct Spade {
    pub details: Option<String>,
}

#[derive(Debug, Deserialize)]
pub struct Pipwave {
    pub status: String,
    pub message: Option<String>,
}

/// Any of them.
#[derive(Debug)]
#[allow(clippy::large_enum_variant, reason = "there is one at a time")]
pub enum Read {
    Thirdwatch(Thirdwatch),
    RevCent(RevCent),
    Tutelar(Tutelar),
    Spade(Spade),
    Pipwave(Pipwave),
}

/// Reads a reply into a plain struct.
///
/// # Panics
///
/// If it is no such reply.
#[must_use]
pub fn by_hand(which: Which, reply: &Response<Bytes>) -> Read {
    let body = reply.body();
    assert_eq!(reply.status(), 200);
    match which {
        Which::Thirdwatch => Read::Thirdwatch(serde_json::from_slice(body).expect("a reply")),
        Which::RevCent => Read::RevCent(serde_json::from_slice(body).expect("a reply")),
        Which::Tutelar => Read::Tutelar(serde_json::from_slice(body).expect("a reply")),
        Which::Spade => Read::Spade(serde_json::from_slice(body).expect("a reply")),
        Which::Pipwave => Read::Pipwave(serde_json::from_slice(body).expect("a reply")),
    }
}
