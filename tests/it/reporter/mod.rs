//! Reports to several vendors with one call.

mod builder;
mod bulk;
mod bulk_order;
mod deliver;
pub mod fixtures;
mod in_flight;
mod isolate;
mod outcome;
mod outside_throttle;
mod rate_limit;
mod record;
mod resolve;
mod stop;
mod target;
mod throttle;
mod turns;

use chargeback::sandbox::Sandbox;
use chargeback::spade::WonMeans;
use chargeback::tutelar::DefeatedMeans;
use chargeback::{Chargeback, Outcomes, Reason, Reporter, RetryPolicy, Stage, spade};

use crate::support::plain;

/// A chargeback at this stage.
pub fn case_at(stage: Stage) -> Chargeback {
    plain("case-1", stage, Reason::FraudOther).build().unwrap()
}

/// Five vendors without retries; all required except Pipwave.
pub fn all_vendors(sandbox: &Sandbox) -> Reporter {
    fn once<V: chargeback::connector::Connector>(sandbox: &Sandbox, vendor: V) -> impl chargeback::Throttled {
        sandbox.connect(vendor).retry(RetryPolicy::never()).build().unwrap()
    }
    Reporter::builder()
        .required(once(sandbox, sandbox.thirdwatch_connector()))
        .required(once(sandbox, sandbox.revcent_connector()))
        .required(once(sandbox, sandbox.tutelar_connector(DefeatedMeans::Refuse)))
        .required(once(sandbox, sandbox.spade_connector(WonMeans::MerchantWon)))
        .best_effort(once(sandbox, sandbox.pipwave_connector()))
        .build()
        .unwrap()
}

/// The kind of each vendor's outcome.
pub fn kinds(outcomes: &Outcomes) -> Vec<&'static str> {
    outcomes.iter().map(|outcome| outcome.outcome().as_str()).collect()
}

/// A chargeback with its own case and payment ids.
pub fn numbered_case(number: usize) -> Chargeback {
    let case = plain(&format!("case-{number}"), Stage::Received, Reason::FraudOther);
    case.transaction_id(format!("t-{number}")).vendor_payment(spade::ID, format!("e-{number}")).build().unwrap()
}
