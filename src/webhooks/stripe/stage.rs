//! The stage of an event: `type` and the dispute's `status`.

use crate::model::Stage;
use crate::webhooks::reading::Reading;

/// Returns the reading of an event type and the status of the dispute.
pub(super) fn reading(event_type: &str, status: &str) -> Reading {
    match event_type.strip_prefix("charge.dispute.") {
        Some("created" | "updated" | "closed" | "funds_withdrawn" | "funds_reinstated") => {
            stage(status).map_or_else(|| Reading::unknown("status", status), Reading::Stage)
        }
        Some(_) => Reading::unknown("type", event_type),
        None if event_type.starts_with("radar.early_fraud_warning.") => Reading::Stage(Stage::Alert),
        None => Reading::NotADispute,
    }
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
    fn other_events_are_alerts_unknown_or_not_disputes() {
        assert_eq!(reading("radar.early_fraud_warning.created", ""), Reading::Stage(Stage::Alert));
        let unknown = "charge.dispute.frozen";
        assert_eq!(reading(unknown, "won"), Reading::unknown("type", unknown));
        assert_eq!(reading("charge.succeeded", "won"), Reading::NotADispute);
    }
}
