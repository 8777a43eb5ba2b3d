//! The steps of the outbox model as JSON.

use super::state::{Lane, LaneState, Outcome, ResendMark, State};
use super::{Outbox, VendorB};
use crate::step::{NONE, PERSON, Step};
use crate::traces::Render;

impl Render for Outbox {
    fn protocol(&self) -> &'static str {
        match self.vendor_b {
            VendorB::CreateOnce => "create_once",
            VendorB::Status { .. } => "status",
        }
    }

    fn details(&self, before: &State, step: &Step, after: &State) -> String {
        match step.op.name {
            "claim" if step.op.outcome == "ok" => {
                let worker = after.worker(step.actor);
                let (doubt, known) = (worker.in_doubt, worker.known.is_known());
                let (again, payload) = (worker.again, worker.payload);
                format!(",\"in_doubt\":{doubt},\"vendor_case\":{known},\"again\":{again},\"payload\":{payload}")
            }
            "finish" => {
                let worker = before.worker(step.actor);
                let (result, sent) = (worker.outcome.as_str(), worker.has_sent);
                let known = worker.known.is_known();
                format!(",\"result\":\"{result}\",\"may_have_sent\":{sent},\"vendor_case\":{known}")
            }
            "drop" => format!(",\"may_have_sent\":{}", before.worker(step.actor).has_sent),
            "replace" => format!(",\"payload\":{}", after.lane(step.lane).replacement),
            _ => String::new(),
        }
    }

    fn rows(&self, step: &Step, after: &State) -> String {
        let shown = (0..2).filter(|lane| step.lane == *lane || step.lane == NONE);
        let names = ["A", "B"];
        let lanes = shown.filter(|lane| after.lane(*lane).state != LaneState::Absent);
        let lanes: Vec<String> =
            lanes.map(|lane| format!("\"{}\":{}", names[usize::from(lane)], lane_row(after.lane(lane)))).collect();
        format!("{{{}}}", lanes.join(","))
    }

    fn summary(&self, step: &Step, after: &State) -> String {
        let shown = (0..2).filter(|lane| step.lane == *lane || step.lane == NONE).map(|lane| after.lane(lane));
        let shown: Vec<[&str; 2]> = shown.map(|lane| [lane.state.as_str(), lane.resend.as_str()]).collect();
        shown.concat().join(" ")
    }

    fn refusal(&self, state: &State, step: &Step) -> &'static str {
        let seen = step.actor.checked_sub(PERSON).and_then(|person| state.persons.get(usize::from(person)));
        match step.op.name {
            "sweep" => "kept",
            "claim" => "none",
            "skip" | "retry" | "resolve_found" | "resolve_applied" | "resolve_not_found" | "replace"
                if seen.is_some_and(|person| !person.is_current) =>
            {
                "changed"
            }
            "skip" | "retry" | "resolve_found" | "resolve_applied" | "resolve_not_found" | "replace" | "replay"
            | "erase" => "refused",
            _ => "not_called",
        }
    }
}

fn lane_row(lane: &Lane) -> String {
    let (state, resend) = (lane.state.as_str(), lane.resend.as_str());
    let Lane { head, in_flight, acknowledged, .. } = lane;
    format!(
        "{{\"state\":\"{state}\",\"head\":{head},\"payload\":{},\"in_flight\":{in_flight},\"resend\":\"{resend}\",\
         \"acknowledged\":{acknowledged}}}",
        lane.payload()
    )
}

impl LaneState {
    fn as_str(self) -> &'static str {
        match self {
            Self::Absent => "absent",
            Self::Idle => "idle",
            Self::Ready => "ready",
            Self::Leased => "leased",
            Self::Blocked => "blocked",
        }
    }
}

impl ResendMark {
    fn as_str(self) -> &'static str {
        match self {
            Self::No => "none",
            Self::Wanted => "wanted",
            Self::Serving => "serving",
            Self::Impossible => "impossible",
        }
    }
}

impl Outcome {
    fn as_str(self) -> &'static str {
        match self {
            Self::None => "none",
            Self::Acknowledged => "acknowledged",
            Self::NotSent => "not_sent",
            Self::Rejected => "rejected",
            Self::Unknown => "unknown",
            Self::NotFound => "not_found",
            Self::LookupFailed => "lookup_failed",
            Self::Skipped => "skipped",
            Self::Several => "several",
            Self::Invisible => "invisible",
        }
    }
}
