//! Tests of the Riskified connector.

mod claim;
mod config;
mod limits;
mod map;
mod operations;
mod reply;

use chargeback::riskified::{Environment, Riskified};

use crate::support::Play;

const TOKEN: &str = "riskified-token";

fn riskified() -> Riskified {
    Riskified::new("shop.example.com", TOKEN, Environment::Production)
}

fn ok() -> Play {
    Play::json(200, r#"{"order":{"id":"ORD-1","status":"submitted","description":"Under review"},"warnings":[]}"#)
}
