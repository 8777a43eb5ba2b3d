//! The stage of an event: `type`, and `resolved_reason` for one type.

use crate::model::Stage;
use crate::webhooks::reading::{Phase, Reading};

/// Returns the reading of an event type and the reason of a resolution.
pub(super) fn reading(event_type: &str, resolved_reason: Option<&str>) -> Reading {
    if !event_type.starts_with("dispute_") && !event_type.starts_with("request_for_information_") {
        return Reading::NotADispute;
    }
    stage(event_type, resolved_reason).map_or_else(|| Reading::unknown("type", event_type), Reading::Stage)
}

fn stage(event_type: &str, resolved_reason: Option<&str>) -> Option<Stage> {
    Some(match event_type {
        "request_for_information_received" => Stage::Inquiry,
        "dispute_received" | "dispute_evidence_required" => Stage::Received,
        "dispute_evidence_submitted" | "dispute_evidence_acknowledged_by_scheme" => Stage::UnderReview,
        "dispute_accepted" => Stage::Accepted,
        "dispute_expired" => Stage::Expired,
        "dispute_won" | "dispute_arbitration_won" => Stage::Won,
        "dispute_lost" | "dispute_arbitration_lost" => Stage::Lost,
        "dispute_canceled" => Stage::Withdrawn,
        "dispute_resolved" if resolved_reason == Some("rapid_dispute_resolution") => Stage::Refunded,
        "dispute_resolved" => Stage::Closed,
        "dispute_arbitration_evidence_submitted" | "dispute_arbitration_sent_to_scheme" => Stage::Arbitration,
        _ => return None,
    })
}

/// Returns the phase of a case.
pub(super) fn phase(event_type: &str, stage: Stage) -> Phase {
    match stage {
        Stage::Inquiry => Phase::PreDispute,
        _ if is_arbitration(event_type) => Phase::SecondRound,
        _ => Phase::Dispute,
    }
}

pub(super) fn is_arbitration(event_type: &str) -> bool {
    event_type.starts_with("dispute_arbitration_")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_event_type_decides() {
        for (event_type, stage, expected) in [
            ("request_for_information_received", Stage::Inquiry, Phase::PreDispute),
            ("dispute_received", Stage::Received, Phase::Dispute),
            ("dispute_evidence_required", Stage::Received, Phase::Dispute),
            ("dispute_evidence_submitted", Stage::UnderReview, Phase::Dispute),
            ("dispute_evidence_acknowledged_by_scheme", Stage::UnderReview, Phase::Dispute),
            ("dispute_accepted", Stage::Accepted, Phase::Dispute),
            ("dispute_expired", Stage::Expired, Phase::Dispute),
            ("dispute_won", Stage::Won, Phase::Dispute),
            ("dispute_lost", Stage::Lost, Phase::Dispute),
            ("dispute_canceled", Stage::Withdrawn, Phase::Dispute),
            ("dispute_resolved", Stage::Closed, Phase::Dispute),
            ("dispute_arbitration_evidence_submitted", Stage::Arbitration, Phase::SecondRound),
            ("dispute_arbitration_sent_to_scheme", Stage::Arbitration, Phase::SecondRound),
            ("dispute_arbitration_won", Stage::Won, Phase::SecondRound),
            ("dispute_arbitration_lost", Stage::Lost, Phase::SecondRound),
        ] {
            assert_eq!(reading(event_type, None), Reading::Stage(stage), "{event_type}");
            assert_eq!(super::phase(event_type, stage), expected, "{event_type}");
        }
    }

    #[test]
    fn a_resolution_by_visas_programme_is_a_refund() {
        let resolved = |reason| reading("dispute_resolved", Some(reason));
        assert_eq!(resolved("rapid_dispute_resolution"), Reading::Stage(Stage::Refunded));
        assert_eq!(resolved("other"), Reading::Stage(Stage::Closed));
        assert_eq!(reading("dispute_won", Some("rapid_dispute_resolution")), Reading::Stage(Stage::Won));
    }

    #[test]
    fn new_event_types_are_unknown_or_not_disputes() {
        for unknown in ["dispute_frozen", "request_for_information_expired"] {
            assert_eq!(reading(unknown, None), Reading::unknown("type", unknown));
        }
        assert_eq!(reading("payment_approved", None), Reading::NotADispute);
    }
}
