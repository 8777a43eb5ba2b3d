//! Spans and events. Fields are limited to `vendor`, `operation`, `attempt`, `http.response.status_code` and `outcome`:
//! no id of a person or a payment, no header, no body.

use http::StatusCode;
use tracing::{Span, debug, debug_span, field, info_span, warn};

use crate::error::{Delivery, Error};
use crate::model::ProviderId;
use crate::provider::Receipt;

/// The span of a report or native call.
pub(super) fn operation(vendor: &ProviderId, operation: &'static str) -> Span {
    info_span!("chargeback", vendor = vendor.as_str(), operation, outcome = field::Empty)
}

/// The span of one attempt.
pub(super) fn attempt(operation: &'static str, attempt: u32) -> Span {
    debug_span!("attempt", operation, attempt, http.response.status_code = field::Empty, outcome = field::Empty)
}

/// Records the status of a reply on the span of the attempt.
pub(super) fn replied(span: &Span, status: StatusCode) {
    span.record("http.response.status_code", status.as_u16());
}

/// Records the outcome of an attempt on its span.
pub(super) fn attempt_ended(span: &Span, outcome: &'static str) {
    span.record("outcome", outcome);
    span.in_scope(|| debug!(outcome, "attempt ended"));
}

/// Logs a lookup.
pub(super) fn lookup_started(operation: &'static str, lookup: u32) {
    debug!(operation, lookup, "the outcome is unknown; looking up the vendor's record");
}

/// Records the outcome of a report or call. The warning names vendor and operation, because spans are filtered out at
/// `WARN`.
pub(super) fn ended(span: &Span, error: Option<&Error>) {
    let outcome = error.map_or("acknowledged", |error| error.delivery().as_str());
    span.record("outcome", outcome);
    if let Some(error) = error.filter(|error| error.delivery() == Delivery::Unknown) {
        let (vendor, operation) = (error.provider().map(ProviderId::as_str), error.operation());
        span.in_scope(|| warn!(vendor, operation, outcome, "the vendor may have acted"));
    }
}

/// Records the outcome of a report, and warns about a step that failed after the report was acknowledged.
pub(super) fn report_ended(span: &Span, result: &Result<Receipt, Error>) {
    ended(span, result.as_ref().err());
    if let Ok(receipt) = result
        && let Some((operation, _)) = receipt.failed_step()
    {
        let vendor = receipt.provider().as_str();
        span.in_scope(|| warn!(vendor, operation, "a step failed after the report was acknowledged"));
    }
}
