//! Tests of the Tutelar connector.

mod config;
mod limits;
mod map;
mod operations;
mod reply;
mod request;

use chargeback::tutelar::{DefeatedMeans, Tutelar};

use crate::support::Play;

fn tutelar() -> Tutelar {
    Tutelar::v1("api-key", "secret-key", DefeatedMeans::MerchantWon)
}

/// The complete reply of Tutelar's page.
const OK: &str = r#"{
  "success": true,
  "message": "Chargeback status updated successfully",
  "data": {
    "orderId": "ORD_10726",
    "requestedDateTime": "2024-04-17T11:54:00.466Z",
    "responseDateTime": "2024-04-17T11:54:00.474Z",
    "processedTime": 8
  }
}"#;

fn ok() -> Play {
    Play::json(200, OK)
}
