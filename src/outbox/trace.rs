//! The span of a delivery. Fields are limited to `vendor`, `lane`, `outcome`, `step` and `reason`: no case id.

use tracing::{Span, field, info_span};

use super::ids::LaneId;
use super::observe::LaneStep;
use crate::model::ProviderId;
use crate::reporter::OutcomeKind;

/// The span of the delivery of one report.
pub(super) fn delivery(vendor: &ProviderId, lane: LaneId) -> Span {
    info_span!(
        "delivery",
        vendor = vendor.as_str(),
        lane = lane.get(),
        outcome = field::Empty,
        step = field::Empty,
        reason = field::Empty
    )
}

/// Records the end of a delivery on its span.
pub(super) fn delivered(span: &Span, outcome: Option<OutcomeKind>, step: LaneStep) {
    if let Some(outcome) = outcome {
        span.record("outcome", outcome.as_str());
    }
    span.record("step", step.as_str());
    if let Some(reason) = step.reason() {
        span.record("reason", reason.as_str());
    }
}
