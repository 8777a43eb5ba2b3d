//! The stage graph and the ledger, through a `Reporter`.

mod judge;
mod ledger;
mod order;
mod repeated_feed;
mod rolling_deploy;
mod shared;
mod transitions;

use chargeback::{Chargeback, Reason, Stage};

use crate::support::{at, plain};

/// A chargeback at this stage, on this day of the month.
pub fn case_at(stage: Stage, day: u32) -> Chargeback {
    let mut builder = plain("case-1", stage, Reason::FraudOther).stage(stage, at(day, 9));
    if stage == Stage::Won {
        builder = builder.representment(chargeback::Representment::initiated());
    }
    builder.build().unwrap()
}
