//! The stage of an event: `type` and the dispute's `status`.

use crate::model::Stage;
use crate::webhooks::reading::{Phase, Reading};

/// Returns the reading of an event type and the status of the dispute.
pub(super) fn reading(event_type: &str, status: &str) -> Reading {
    match event_type.strip_prefix("charge.dispute.") {
        Some("created" | "updated" | "closed" | "funds_withdrawn" | "funds_reinstated") => {
            stage(status).map_or_else(|| Reading::unknown("status", status), Reading::Stage)
        }
        Some(_) => Reading::unknown("type", event_type),
        None if event_type.starts_with("radar.early_fraud_warning.") => Reading::Stage(Stage::Alert),
        None if is_about_dispute(event_type) => Reading::unknown("type", event_type),
        None => Reading::NotADispute,
    }
}

/// Returns true if an event type is about disputes. Thin events have the prefix `v1.`.
pub(super) fn is_about_dispute(event_type: &str) -> bool {
    let event_type = event_type.strip_prefix("v1.").unwrap_or(event_type);
    event_type.starts_with("charge.dispute.") || event_type.starts_with("radar.early_fraud_warning.")
}

/// Returns the phase of a dispute. The status decides, because an inquiry can become a chargeback under the same id,
/// and `case_type` is the type with which the case was opened.
pub(super) fn phase(status: &str, case_type: Option<&str>) -> Phase {
    let is_prevented = status == "prevented" || matches!(case_type, Some("block" | "resolution"));
    if is_prevented || status.starts_with("warning_") { Phase::PreDispute } else { Phase::Dispute }
}

fn stage(status: &str) -> Option<Stage> {
    Some(match status {
        "warning_needs_response" => Stage::Inquiry,
        "warning_under_review" | "under_review" => Stage::UnderReview,
        "warning_closed" => Stage::Closed,
        "needs_response" => Stage::Received,
        "won" => Stage::Won,
        "lost" => Stage::Lost,
        "prevented" | "charge_refunded" => Stage::Refunded,
        _ => return None,
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_status_decides_for_every_dispute_event() {
        for name in ["created", "updated", "closed", "funds_withdrawn", "funds_reinstated"] {
            for (status, stage) in [
                ("warning_needs_response", Stage::Inquiry),
                ("warning_under_review", Stage::UnderReview),
                ("warning_closed", Stage::Closed),
                ("needs_response", Stage::Received),
                ("under_review", Stage::UnderReview),
                ("won", Stage::Won),
                ("lost", Stage::Lost),
                ("prevented", Stage::Refunded),
                ("charge_refunded", Stage::Refunded),
            ] {
                assert_eq!(
                    reading(&format!("charge.dispute.{name}"), status),
                    Reading::Stage(stage),
                    "{name} {status}"
                );
            }
        }
        for status in ["", "Won", "new"] {
            assert_eq!(reading("charge.dispute.closed", status), Reading::unknown("status", status));
        }
    }

    #[test]
    fn the_status_decides_the_phase() {
        for status in ["warning_needs_response", "warning_under_review", "warning_closed", "prevented"] {
            for case_type in [None, Some("inquiry"), Some("chargeback")] {
                assert_eq!(phase(status, case_type), Phase::PreDispute, "{status} {case_type:?}");
            }
        }
        for status in ["needs_response", "under_review", "won", "lost"] {
            for case_type in [None, Some("inquiry"), Some("chargeback"), Some("compliance")] {
                assert_eq!(phase(status, case_type), Phase::Dispute, "{status} {case_type:?}");
            }
            for case_type in ["block", "resolution"] {
                assert_eq!(phase(status, Some(case_type)), Phase::PreDispute, "{status} {case_type}");
            }
        }
    }

    #[test]
    fn other_events_are_alerts_unknown_or_not_disputes() {
        assert_eq!(reading("radar.early_fraud_warning.created", ""), Reading::Stage(Stage::Alert));
        let unknown = "charge.dispute.frozen";
        assert_eq!(reading(unknown, "won"), Reading::unknown("type", unknown));
        let thin = "v1.charge.dispute.created";
        assert_eq!(reading(thin, ""), Reading::unknown("type", thin));
        assert_eq!(reading("charge.succeeded", "won"), Reading::NotADispute);
    }
}
