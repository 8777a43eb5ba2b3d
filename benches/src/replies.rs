//! The replies of the vendors, and hand-written parsing.

use bytes::Bytes;
use http::Response;
use serde::Deserialize;

use crate::cases::Vendor;

/// Returns the shortest acknowledgement of a write in the vendor's documents, or the one of its fake.
#[must_use]
pub const fn acknowledgement(vendor: Vendor) -> &'static str {
    match vendor {
        Vendor::Thirdwatch => r#"{"status":"recorded"}"#,
        Vendor::RevCent => {
            concat!(
                r#"{"api_call_id":"apicall0000000000001","api_call_unix":1700000000,"code":1,"#,
                r#""chargeback_id":"chargeback0000000001","result":"Chargeback created."}"#,
            )
        }
        Vendor::Tutelar => {
            concat!(
                r#"{"success":true,"message":"Chargeback status updated successfully","#,
                r#""data":{"orderId":"ORD_10726","processedTime":8}}"#,
            )
        }
        Vendor::Spade => r#"{"details":"Chargeback successfully reported."}"#,
        Vendor::Pipwave => r#"{"status":"200","message":""}"#,
    }
}

/// RevCent's reply to a search without hits.
pub const NOTHING_FOUND: &str = r#"{"api_call_id":"apicall0000000000001","code":1,"results":[]}"#;

/// Returns the acknowledgement as an HTTP reply.
#[must_use]
pub fn reply(vendor: Vendor) -> Response<Bytes> {
    Response::new(Bytes::from_static(acknowledgement(vendor).as_bytes()))
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

/// A parsed reply.
#[derive(Debug)]
#[allow(clippy::large_enum_variant, reason = "only one value exists at a time")]
pub enum ParsedReply {
    Thirdwatch(Thirdwatch),
    RevCent(RevCent),
    Tutelar(Tutelar),
    Spade(Spade),
    Pipwave(Pipwave),
}

/// Parses a reply into a plain struct.
///
/// # Panics
///
/// Panics if the reply is not an acknowledgement.
#[must_use]
pub fn by_hand(vendor: Vendor, reply: &Response<Bytes>) -> ParsedReply {
    let body = reply.body();
    assert_eq!(reply.status(), 200);
    match vendor {
        Vendor::Thirdwatch => ParsedReply::Thirdwatch(serde_json::from_slice(body).expect("a reply")),
        Vendor::RevCent => ParsedReply::RevCent(serde_json::from_slice(body).expect("a reply")),
        Vendor::Tutelar => ParsedReply::Tutelar(serde_json::from_slice(body).expect("a reply")),
        Vendor::Spade => ParsedReply::Spade(serde_json::from_slice(body).expect("a reply")),
        Vendor::Pipwave => ParsedReply::Pipwave(serde_json::from_slice(body).expect("a reply")),
    }
}
