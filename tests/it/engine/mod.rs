//! The engine, tested through real connectors with paused clocks.

mod attempt;
mod clock;
#[cfg(any(feature = "reqwest", feature = "hyper"))]
mod connecting;
#[cfg(feature = "sandbox")]
mod doubt;
#[cfg(feature = "sandbox")]
mod dropped_futures;
mod exact_address;
mod failed_steps;
mod gate;
mod lookup;
#[cfg(feature = "sandbox")]
mod memory;
mod refused;
mod report;
mod report_with;
mod retry;
mod settings;
mod timeouts;
mod tokens;
mod trace;
#[cfg(any(feature = "reqwest", feature = "hyper"))]
mod transport;
#[cfg(feature = "sandbox")]
mod turns;

use chargeback::pipwave::Pipwave;
use chargeback::spade::{Spade, WonMeans};
use chargeback::{Chargeback, Reason, Stage, pipwave, spade};

use crate::support::{Play, plain};

pub fn spade_connector() -> Spade {
    Spade::new("k", spade::Environment::EastSandbox, WonMeans::MerchantWon)
}

pub fn pipwave_connector() -> Pipwave {
    Pipwave::new("k", "s", pipwave::Environment::Live)
}

pub fn received() -> Chargeback {
    plain("case-1", Stage::Received, Reason::FraudOther).build().unwrap()
}

pub const OK: &str = r#"{"details":"ok"}"#;

pub fn ok() -> Play {
    Play::json(200, OK)
}
