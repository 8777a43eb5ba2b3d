//! Tests of the Thirdwatch connector.

mod config;
mod custom_info;
mod limits;
mod map;
mod operations;
mod reply;
mod request;

use chargeback::thirdwatch::{Environment, Thirdwatch};

use crate::support::Play;

fn thirdwatch() -> Thirdwatch {
    Thirdwatch::new("tw-key", Environment::Production)
}

fn ok() -> Play {
    Play::json(200, r#"{"status":"event recorded"}"#)
}
