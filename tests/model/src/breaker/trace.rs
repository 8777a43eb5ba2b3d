//! The steps of the breaker model as JSON.

use super::Breaker;
use super::state::{LaneState, Outcome, State};
use crate::step::{NONE, Step};
use crate::traces::Render;

impl Render for Breaker {
    fn protocol(&self) -> &'static str {
        "breaker"
    }

    fn details(&self, before: &State, step: &Step, after: &State) -> String {
        match step.op.name {
            "finish" => {
                let result = match before.worker(step.actor).outcome {
                    Outcome::NotSent => "not_sent",
                    Outcome::Success => "acknowledged",
                    Outcome::Failure => "failed",
                };
                format!(",\"result\":\"{result}\"")
            }
            "claim" if step.op.outcome == "ok" => format!(",\"probe\":{}", after.worker(step.actor).is_probe),
            "vendor_event" => {
                let worker = before.worker(step.actor);
                format!(",\"probe\":{},\"current\":{}", worker.is_probe, worker.is_current_probe)
            }
            _ => String::new(),
        }
    }

    fn rows(&self, step: &Step, after: &State) -> String {
        let row = after.row;
        let (circuit, held, failures) = (row.circuit.as_str(), row.is_held, row.failures);
        let vendor = format!("\"vendor\":{{\"phase\":\"{circuit}\",\"held\":{held},\"failures\":{failures}}}");
        if step.lane == NONE {
            return format!("{{{vendor}}}");
        }
        let state = match after.lane(step.lane).state {
            LaneState::Ready => "ready",
            LaneState::Leased => "leased",
            LaneState::Idle => "idle",
            LaneState::Blocked => "blocked",
        };
        let name = crate::search::Model::lanes(self)[usize::from(step.lane)];
        format!("{{{vendor},\"{name}\":{{\"state\":\"{state}\",\"attempts\":{}}}}}", after.lane(step.lane).attempts)
    }

    fn summary(&self, _: &Step, after: &State) -> String {
        after.row.circuit.as_str().into()
    }

    fn refusal(&self, _: &State, step: &Step) -> &'static str {
        match step.op.name {
            "claim" => "held",
            "probe_start" => "changed",
            _ => "not_called",
        }
    }
}
