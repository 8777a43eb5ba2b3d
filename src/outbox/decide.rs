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

/// The wait after a report that the gate stopped.
const NOT_STARTED: Duration = Duration::from_secs(10);

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
    // The lease of a panicked report expires, which counts as a crash.
    if matches!(error, Error::Panicked(_)) {
        return Decision { finished: None, event: Event::None };
    }
    let mut decision = match error.advice() {
        // The lane could not be marked, or the lease ended. This says nothing about the vendor.
        _ if matches!(error, Error::NotStarted(_)) && !facts.sent => {
            Decision::new(Finished::wait(WaitReason::Retry, NOT_STARTED), Event::None)
        }
        Advice::RetryAt { after } => retry(error, after, facts),
        Advice::LookUpLater => look_up(facts, 0, of_unknown(error)),
        Advice::LookUpFailed => {
            let wait = facts.schedule.lookup(facts.lane.lookups).unwrap_or(KEPT_REQUEST);
            Decision::new(Finished::wait(WaitReason::LookUp, wait), FAILURE)
        }
        Advice::NotFoundByLookup => look_up(facts, 1, SUCCESS),
        Advice::LookUpImpossible => Decision::new(Finished::blocked(WaitReason::InDoubt).attempt(), of_unknown(error)),
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

#[cfg(test)]
mod tests {
    use super::super::ids::{LaneId, Owner, ReportSeq};
    use super::super::leased::Next;
    use super::*;
    use crate::error::{ErrorDetails, LookupState};
    use crate::lifecycle::LedgerEntry;
    use crate::model::{ProviderId, Stage};

    const ACME: ProviderId = ProviderId::from_static("acme");

    fn lane(lookups: u32, waited: Duration) -> LeasedLane {
        LeasedLane {
            id: LaneId::new(1),
            vendor: ACME,
            case_id: "CB-1".to_owned(),
            head: ReportSeq::new(1),
            token: 1,
            owner: Owner::random(),
            payload: Vec::new(),
            entry: LedgerEntry::default(),
            was_in_doubt: false,
            attempts: 0,
            lookups,
            waited,
            again: false,
            accepted_at: chrono::DateTime::UNIX_EPOCH,
        }
    }

    /// Decides with these facts: whether writes are idempotent, the importance, and whether the report is a probe.
    fn decide_for(
        error: Error,
        lane: &LeasedLane,
        idempotent: bool,
        requirement: Requirement,
        is_probe: bool,
    ) -> Decision {
        let outcome = Outcome::from(Err::<Receipt, _>(error));
        let facts = Facts {
            lane,
            stage: ReportedStage::new(Stage::Received, chrono::DateTime::UNIX_EPOCH),
            acknowledged: None,
            requirement,
            sent: true,
            idempotent,
            throttled: Duration::ZERO,
            schedule: &Schedule::default(),
            gaps: Gaps::default(),
            is_probe,
            jitter: 0.0,
        };
        decide(&outcome, &facts)
    }

    fn required(error: Error, lane: &LeasedLane) -> Decision {
        decide_for(error, lane, false, Requirement::Required, false)
    }

    fn details(delivery: Delivery) -> ErrorDetails {
        ErrorDetails::new(ACME, "report", delivery)
    }

    fn wait(reason: WaitReason, seconds: u64) -> Next {
        Next::Wait { reason, after: Duration::from_secs(seconds) }
    }

    #[test]
    fn lookups_follow_the_schedule_and_then_need_a_person() {
        for (lookups, next) in [
            (0, wait(WaitReason::LookUp, 600)),
            (1, wait(WaitReason::LookUp, 3600)),
            (2, wait(WaitReason::LookUp, 6 * 3600)),
            (3, Next::Blocked(WaitReason::InDoubt)),
        ] {
            let error = Error::in_doubt(details(Delivery::Unknown).lookup(LookupState::NotFound));
            let finished = required(error, &lane(lookups, Duration::ZERO)).finished.unwrap();
            assert_eq!((finished.next, finished.mark), (next, MarkChange::Keep), "{lookups}");
        }
        let later = Error::in_doubt(details(Delivery::Unknown).lookup(LookupState::Possible));
        let finished = required(later, &lane(0, Duration::ZERO)).finished.unwrap();
        assert_eq!(finished.next, wait(WaitReason::LookUp, 60));
    }

    /// A lookup that could not be made counts neither as an attempt nor as a lookup, and the mark stays.
    #[test]
    fn failed_lookup_counts_nothing() {
        let error = Error::in_doubt(details(Delivery::Unknown).lookup(LookupState::Failed));
        let decision = required(error, &lane(1, Duration::ZERO));
        let finished = decision.finished.unwrap();
        assert_eq!((finished.next, finished.is_attempt()), (wait(WaitReason::LookUp, 600), false));
        assert_eq!((finished.mark, decision.event), (MarkChange::Keep, FAILURE));
    }

    #[test]
    fn rejected_report_needs_a_person_only_if_the_vendor_is_required() {
        let error = || Error::rejected(details(Delivery::Rejected));
        let finished = required(error(), &lane(0, Duration::ZERO)).finished.unwrap();
        assert_eq!((finished.next, finished.mark), (Next::Blocked(WaitReason::Rejected), MarkChange::ClearOwn));
        let decision = decide_for(error(), &lane(0, Duration::ZERO), false, Requirement::BestEffort, false);
        assert_eq!(decision.finished.unwrap().next, Next::Passed(PassedAs::DeadLetter));
        assert_eq!(decision.event, SUCCESS);
    }

    #[test]
    fn report_that_waited_for_fourteen_days_needs_a_person() {
        let error = || Error::unavailable(details(Delivery::NotSent).retryable(true));
        let day = Duration::from_secs(24 * 3600);
        let finished = required(error(), &lane(0, day * 13)).finished.unwrap();
        assert!(matches!(finished.next, Next::Wait { reason: WaitReason::Retry, .. }) && finished.is_attempt());
        let finished = required(error(), &lane(0, day * 14)).finished.unwrap();
        assert_eq!(finished.next, Next::Blocked(WaitReason::Expired));
        // A probe of an open circuit breaker uses no attempt and no time.
        let probe = decide_for(error(), &lane(0, day * 14), false, Requirement::Required, true).finished.unwrap();
        assert!(matches!(probe.next, Next::Wait { .. }) && !probe.is_attempt());
    }

    #[test]
    fn unknown_end_at_an_idempotent_vendor_is_retried_and_resent() {
        let error = Error::timeout(crate::error::TimeLimit::Operation, details(Delivery::Unknown).retryable(true));
        let decision = decide_for(error, &lane(0, Duration::ZERO), true, Requirement::Required, false);
        let finished = decision.finished.unwrap();
        assert_eq!((finished.next, finished.resend), (wait(WaitReason::Retry, 10), true));
        assert_eq!(finished.mark, MarkChange::Keep);
    }

    #[test]
    fn refused_key_counts_no_attempt() {
        let decision = required(Error::authentication(details(Delivery::Rejected)), &lane(0, Duration::ZERO));
        let finished = decision.finished.unwrap();
        assert_eq!((finished.next, finished.is_attempt()), (wait(WaitReason::KeyRefused, 10), false));
        assert_eq!(decision.event, Event::KeyRefused);
    }

    #[test]
    fn panic_leaves_the_lease_to_expire() {
        let decision = required(Error::panicked(details(Delivery::Unknown)), &lane(0, Duration::ZERO));
        assert_eq!(decision, Decision { finished: None, event: Event::None });
    }
}
