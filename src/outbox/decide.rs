//! The decision after a report: the next state of the lane, and the event for the vendor's state.

use std::time::Duration;

use super::leased::{FinishDetail, Finished, LeasedLane, MarkChange};
use super::schedule::Schedule;
use super::state::{PassedAs, WaitReason};
use super::vendor_state::VendorEvent;
use crate::error::{Advice, Delivery, Error, ErrorKind};
use crate::lifecycle::ReportedStage;
use crate::provider::{Loss, Receipt};
use crate::reporter::{Blocked, Outcome, Requirement, Skipped};

/// The wait after a rate limit without a time, and after one whose request the vendor keeps.
const RATE_LIMIT: Duration = Duration::from_secs(30);
const KEPT_REQUEST: Duration = Duration::from_secs(600);

/// The wait after a refused key. The circuit breaker or the process's own stop is longer.
const KEY_REFUSED: Duration = Duration::from_secs(10);

/// Settings for outcomes that are passed by default.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub(super) struct Gaps {
    pub(super) block_unsupported: bool,
    pub(super) block_incomplete: bool,
}

/// The facts on which a decision depends.
pub(super) struct Facts<'a> {
    pub(super) lane: &'a LeasedLane,
    pub(super) stage: ReportedStage,
    /// The entry after the report.
    pub(super) acknowledged: Option<ReportedStage>,
    pub(super) requirement: Requirement,
    /// A request that may change the vendor's record may have been sent.
    pub(super) sent: bool,
    pub(super) idempotent: bool,
    /// The back-off that the provider knows.
    pub(super) throttled: Duration,
    pub(super) schedule: &'a Schedule,
    pub(super) gaps: Gaps,
    pub(super) is_probe: bool,
    pub(super) jitter: f64,
}

/// The result of a report.
#[derive(Debug, PartialEq, Eq)]
pub(super) struct Decision {
    /// The next state of the lane; `None` if the lease is left to expire.
    pub(super) finished: Option<Finished>,
    pub(super) event: Event,
}

/// The event for the vendor's state.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) enum Event {
    None,
    Vendor(VendorEvent),
    KeyRefused,
}

impl Decision {
    const fn new(finished: Finished, event: Event) -> Self {
        Self { finished: Some(finished), event }
    }
}

const SUCCESS: Event = Event::Vendor(VendorEvent::Success);
const FAILURE: Event = Event::Vendor(VendorEvent::Failure);

/// Decides the next state of a lane.
pub(super) fn decide(outcome: &Outcome, facts: &Facts<'_>) -> Decision {
    let mut decision = match outcome {
        Outcome::Acknowledged(receipt) => acknowledged(receipt, facts),
        Outcome::Skipped(Skipped::NotRouted) => passed(PassedAs::NotRouted),
        Outcome::Skipped(Skipped::Step(_)) => {
            let mut decision = passed(PassedAs::Skipped);
            // A refresh may have a later time than the stored stage.
            if let (Some(stage), Some(finished)) = (facts.acknowledged, decision.finished.take()) {
                decision.finished = Some(finished.stage(stage));
            }
            decision
        }
        Outcome::Blocked(Blocked::Step(_)) => {
            Decision::new(Finished::blocked(WaitReason::IllegalTransition), Event::None)
        }
        Outcome::Blocked(Blocked::Ledger(_)) => Decision { finished: None, event: Event::None },
        Outcome::Unsupported(error) | Outcome::Failed(error) | Outcome::Unknown(error) => failed(error, facts),
    };
    decision.finished = decision.finished.map(|finished| finished.may_have_sent(facts.sent));
    decision
}

fn passed(passed: PassedAs) -> Decision {
    Decision::new(Finished::passed(passed), Event::None)
}

fn acknowledged(receipt: &Receipt, facts: &Facts<'_>) -> Decision {
    let losses = receipt.losses().iter().map(shown).collect::<Vec<_>>().join(",");
    let request_id = receipt.steps().iter().rev().find_map(|step| step.request_id()).map(str::to_owned);
    let finished = Finished::acknowledged(facts.stage)
        .vendor_case(receipt.vendor_case().map(str::to_owned))
        .detail(FinishDetail::new(losses, request_id));
    let finished = match (receipt.is_complete(), facts.gaps.block_incomplete) {
        (true, _) => finished,
        (false, false) => finished.passed_as(PassedAs::Incomplete),
        (false, true) => finished.then_blocked(WaitReason::Incomplete),
    };
    Decision::new(finished, SUCCESS)
}

fn shown(loss: &Loss) -> String {
    format!("{}:{}", loss.field(), loss.kind())
}

fn failed(error: &Error, facts: &Facts<'_>) -> Decision {
    // The lease of a fenced or panicked report expires. Nothing is known about its lane.
    if matches!(error, Error::NotStarted(_)) && !facts.sent || matches!(error, Error::Panicked(_)) {
        return Decision { finished: None, event: Event::None };
    }
    let mut decision = match error.advice() {
        Advice::RetryAt { after } => retry(error, after, facts),
        Advice::LookUpLater => look_up(facts, 0, of_unknown(error)),
        Advice::LookUpFailed => {
            let wait = facts.schedule.lookup(facts.lane.lookups).unwrap_or(KEPT_REQUEST);
            Decision::new(Finished::wait(WaitReason::LookUp, wait), FAILURE)
        }
        Advice::NotFoundByLookup => look_up(facts, 1, SUCCESS),
        Advice::LookUpImpossible => Decision::new(Finished::blocked(WaitReason::InDoubt), of_unknown(error)),
        Advice::UnsupportedStage if facts.gaps.block_unsupported => blocked(WaitReason::Unsupported),
        Advice::UnsupportedStage => passed(PassedAs::Unsupported),
        Advice::RefusedByPolicy => blocked(WaitReason::RefusedByPolicy),
        Advice::FixInput => blocked(WaitReason::Invalid),
        Advice::FixConfiguration => {
            Decision::new(Finished::wait(WaitReason::KeyRefused, KEY_REFUSED), Event::KeyRefused)
        }
        Advice::RejectedForGood if error.kind() == ErrorKind::Conflict => {
            Decision::new(Finished::blocked(WaitReason::Conflict), SUCCESS)
        }
        Advice::RejectedForGood => given_up(facts, WaitReason::Rejected, SUCCESS),
    };
    if error.delivery() != Delivery::Unknown {
        decision.finished = decision.finished.map(|finished| finished.mark(MarkChange::ClearOwn));
    }
    let request_id = error.request_id().map(str::to_owned);
    decision.finished = decision.finished.map(|finished| finished.detail(FinishDetail::new(String::new(), request_id)));
    decision
}

const fn blocked(reason: WaitReason) -> Decision {
    Decision::new(Finished::blocked(reason), Event::None)
}

/// An unknown outcome counts as a failure of the vendor only if the vendor did not reply.
fn of_unknown(error: &Error) -> Event {
    match error.kind() {
        ErrorKind::Timeout | ErrorKind::Transport | ErrorKind::Unavailable => FAILURE,
        _ => Event::None,
    }
}

fn given_up(facts: &Facts<'_>, reason: WaitReason, event: Event) -> Decision {
    match facts.requirement {
        Requirement::Required => Decision::new(Finished::blocked(reason), event),
        Requirement::BestEffort => Decision::new(Finished::passed(PassedAs::DeadLetter), event),
    }
}

fn retry(error: &Error, after: Option<Duration>, facts: &Facts<'_>) -> Decision {
    let is_unknown = error.delivery() == Delivery::Unknown;
    let is_resend = is_unknown && facts.idempotent && facts.sent;
    let backoff = facts.schedule.backoff(facts.lane.attempts, facts.jitter);
    if error.kind() == ErrorKind::RateLimited {
        let asked = after.unwrap_or(RATE_LIMIT).max(facts.throttled);
        let wait = if is_unknown { asked.max(backoff).max(KEPT_REQUEST) } else { asked };
        let event = Event::Vendor(VendorEvent::RateLimited(asked));
        return Decision::new(Finished::wait(WaitReason::RateLimited, wait).resend(is_resend), event);
    }
    let wait = backoff.max(after.unwrap_or_default());
    if !facts.is_probe && facts.schedule.is_over(facts.lane.waited.saturating_add(wait)) {
        return given_up(facts, WaitReason::Expired, FAILURE);
    }
    let finished = Finished::wait(WaitReason::Retry, wait).resend(is_resend);
    // An outage uses no attempts: the probes of an open circuit breaker do not count.
    Decision::new(if facts.is_probe { finished } else { finished.attempt() }, FAILURE)
}

/// Waits for the next lookup; without one left, the lane is in doubt.
fn look_up(facts: &Facts<'_>, made: u32, event: Event) -> Decision {
    let Some(wait) = facts.schedule.lookup(facts.lane.lookups + made) else {
        return Decision::new(Finished::blocked(WaitReason::InDoubt), event);
    };
    let finished = Finished::wait(WaitReason::LookUp, wait);
    Decision::new(if made > 0 { finished.lookup() } else { finished.attempt() }, event)
}
