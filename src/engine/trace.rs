//! Spans and events, by an allow-list of fields: `vendor`, `operation`, `attempt`, `http.response.status_code`,
//! `outcome`. Never an id of a person or a payment, never a header, never a body.

use http::StatusCode;
use tracing::{Span, debug, debug_span, field, info_span, warn};

use crate::error::{Delivery, Error};
use crate::model::ProviderId;
use crate::provider::Receipt;

/// The span of a report or native call.
pub(crate) fn operation(vendor: &ProviderId, operation: &'static str) -> Span {
    info_span!("chargeback", vendor = vendor.as_str(), operation, outcome = field::Empty)
}

/// The span of one attempt.
pub(crate) fn attempt(operation: &'static str, attempt: u32) -> Span {
    debug_span!("attempt", operation, attempt, http.response.status_code = field::Empty, outcome = field::Empty)
}

/// Notes the status of a reply, on the span of the attempt.
pub(crate) fn replied(span: &Span, status: StatusCode) {
    span.record("http.response.status_code", status.as_u16());
}

/// Notes how an attempt went, on its span.
pub(crate) fn attempt_ended(span: &Span, outcome: &'static str) {
    span.record("outcome", outcome);
    span.in_scope(|| debug!(outcome, "attempt ended"));
}

/// Notes that the vendor's record is looked at.
pub(crate) fn looking(operation: &'static str, look: u32) {
    debug!(operation, look, "the outcome is unclear: looking at the vendor's record");
}

/// Notes how a report or call ended. The warning names vendor and operation itself: at `WARN` there are no spans.
pub(crate) fn ended(span: &Span, error: Option<&Error>) {
    let outcome = match error.map(Error::delivery) {
        None => "acknowledged",
        Some(Delivery::NotSent) => "not_sent",
        Some(Delivery::Rejected) => "rejected",
        Some(Delivery::Unknown) => "unknown",
    };
    span.record("outcome", outcome);
    if let Some(error) = error.filter(|error| error.delivery() == Delivery::Unknown) {
        let (vendor, operation) = (error.provider().map(ProviderId::as_str), error.operation());
        span.in_scope(|| warn!(vendor, operation, outcome, "the vendor may have acted"));
    }
}

/// Warns of a step that failed after its report was acknowledged.
pub(crate) fn incomplete(span: &Span, receipt: &Receipt) {
    if let Some((operation, _)) = receipt.failed_step() {
        let vendor = receipt.provider().as_str();
        span.in_scope(|| warn!(vendor, operation, "a step failed after the report was acknowledged"));
    }
}
