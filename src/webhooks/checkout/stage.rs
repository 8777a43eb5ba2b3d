//! The stage of an event: `type`, and `resolved_reason` for one type.

use crate::model::Stage;
use crate::webhooks::event::Cycle;
use crate::webhooks::reading::Reading;

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
pub(super) fn cycle(event_type: &str, stage: Stage) -> Cycle {
    match stage {
        Stage::Inquiry => Cycle::PreDispute,
        _ if is_arbitration(event_type) => Cycle::SecondRound,
        _ => Cycle::Dispute,
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
        for (event_type, stage, cycle) in [
            ("request_for_information_received", Stage::Inquiry, Cycle::PreDispute),
            ("dispute_received", Stage::Received, Cycle::Dispute),
            ("dispute_evidence_required", Stage::Received, Cycle::Dispute),
            ("dispute_evidence_submitted", Stage::UnderReview, Cycle::Dispute),
            ("dispute_evidence_acknowledged_by_scheme", Stage::UnderReview, Cycle::Dispute),
            ("dispute_accepted", Stage::Accepted, Cycle::Dispute),
            ("dispute_expired", Stage::Expired, Cycle::Dispute),
            ("dispute_won", Stage::Won, Cycle::Dispute),
            ("dispute_lost", Stage::Lost, Cycle::Dispute),
            ("dispute_canceled", Stage::Withdrawn, Cycle::Dispute),
            ("dispute_resolved", Stage::Closed, Cycle::Dispute),
            ("dispute_arbitration_evidence_submitted", Stage::Arbitration, Cycle::SecondRound),
            ("dispute_arbitration_sent_to_scheme", Stage::Arbitration, Cycle::SecondRound),
            ("dispute_arbitration_won", Stage::Won, Cycle::SecondRound),
            ("dispute_arbitration_lost", Stage::Lost, Cycle::SecondRound),
        ] {
            assert_eq!(reading(event_type, None), Reading::Stage(stage), "{event_type}");
            assert_eq!(super::cycle(event_type, stage), cycle, "{event_type}");
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
