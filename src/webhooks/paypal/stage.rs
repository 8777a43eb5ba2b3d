//! The stage of a dispute: `status`, `dispute_life_cycle_stage` and the outcome.

use crate::model::Stage;
use crate::webhooks::event::Cycle;
use crate::webhooks::reading::Reading;

/// Returns the reading of an event type and of the values of the dispute.
pub(super) fn reading(event_type: &str, status: &str, life_cycle: &str, outcome: Option<&str>) -> Reading {
    match event_type.strip_prefix("CUSTOMER.DISPUTE.") {
        Some("CREATED" | "UPDATED" | "RESOLVED") if status == "RESOLVED" => resolved(outcome),
        Some("CREATED" | "UPDATED" | "RESOLVED") => open(status, life_cycle),
        Some(_) => Reading::unknown("event_type", event_type),
        None => Reading::NotADispute,
    }
}

fn resolved(outcome: Option<&str>) -> Reading {
    Reading::Stage(match outcome {
        Some("RESOLVED_BUYER_FAVOUR") => Stage::Lost,
        Some("RESOLVED_SELLER_FAVOUR" | "RESOLVED_WITH_PAYOUT") => Stage::Won,
        Some("CANCELED_BY_BUYER") => Stage::Withdrawn,
        Some("ACCEPTED" | "DENIED" | "NONE") | None => Stage::Closed,
        Some(other) => return Reading::unknown("dispute_outcome.outcome_code", other),
    })
}

fn open(status: &str, life_cycle: &str) -> Reading {
    let documented = ["OPEN", "WAITING_FOR_BUYER_RESPONSE", "WAITING_FOR_SELLER_RESPONSE", "UNDER_REVIEW", "OTHER"];
    if !documented.contains(&status) {
        return Reading::unknown("status", status);
    }
    Reading::Stage(match (life_cycle, status) {
        ("INQUIRY", _) => Stage::Inquiry,
        ("PRE_ARBITRATION", _) => Stage::PreArbitration,
        ("ARBITRATION", _) => Stage::Arbitration,
        // The merchant has nothing to do.
        ("CHARGEBACK", "UNDER_REVIEW" | "WAITING_FOR_BUYER_RESPONSE") => Stage::UnderReview,
        ("CHARGEBACK", _) => Stage::Received,
        _ => return Reading::unknown("dispute_life_cycle_stage", life_cycle),
    })
}

/// Returns the phase of a case.
pub(super) fn cycle(life_cycle: &str) -> Cycle {
    match life_cycle {
        "INQUIRY" => Cycle::PreDispute,
        "PRE_ARBITRATION" | "ARBITRATION" => Cycle::SecondRound,
        _ => Cycle::Dispute,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const OPEN: [&str; 5] =
        ["OPEN", "WAITING_FOR_BUYER_RESPONSE", "WAITING_FOR_SELLER_RESPONSE", "UNDER_REVIEW", "OTHER"];

    fn updated(status: &str, life_cycle: &str) -> Reading {
        reading("CUSTOMER.DISPUTE.UPDATED", status, life_cycle, Some("RESOLVED_BUYER_FAVOUR"))
    }

    #[test]
    fn an_open_dispute_is_read_by_its_life_cycle_stage() {
        for (life_cycle, stages, cycle) in [
            ("INQUIRY", [Stage::Inquiry; 5], Cycle::PreDispute),
            ("PRE_ARBITRATION", [Stage::PreArbitration; 5], Cycle::SecondRound),
            ("ARBITRATION", [Stage::Arbitration; 5], Cycle::SecondRound),
            (
                "CHARGEBACK",
                [Stage::Received, Stage::UnderReview, Stage::Received, Stage::UnderReview, Stage::Received],
                Cycle::Dispute,
            ),
        ] {
            assert_eq!(OPEN.map(|status| updated(status, life_cycle)), stages.map(Reading::Stage), "{life_cycle}");
            assert_eq!(super::cycle(life_cycle), cycle);
        }
        for status in OPEN {
            assert_eq!(updated(status, "NEW"), Reading::unknown("dispute_life_cycle_stage", "NEW"));
        }
        assert_eq!(updated("PAUSED", "NEW"), Reading::unknown("status", "PAUSED"));
    }

    #[test]
    fn a_resolved_dispute_is_read_by_its_outcome() {
        for (outcome, stage) in [
            (Some("RESOLVED_BUYER_FAVOUR"), Stage::Lost),
            (Some("RESOLVED_SELLER_FAVOUR"), Stage::Won),
            (Some("RESOLVED_WITH_PAYOUT"), Stage::Won),
            (Some("CANCELED_BY_BUYER"), Stage::Withdrawn),
            (Some("ACCEPTED"), Stage::Closed),
            (Some("DENIED"), Stage::Closed),
            (Some("NONE"), Stage::Closed),
            (None, Stage::Closed),
        ] {
            let read = reading("CUSTOMER.DISPUTE.RESOLVED", "RESOLVED", "INQUIRY", outcome);
            assert_eq!(read, Reading::Stage(stage), "{outcome:?}");
        }
        let unknown = reading("CUSTOMER.DISPUTE.RESOLVED", "RESOLVED", "CHARGEBACK", Some("NEW"));
        assert_eq!(unknown, Reading::unknown("dispute_outcome.outcome_code", "NEW"));
    }

    #[test]
    fn other_events_are_unknown_or_not_disputes() {
        let unknown = "CUSTOMER.DISPUTE.FROZEN";
        assert_eq!(reading(unknown, "OPEN", "CHARGEBACK", None), Reading::unknown("event_type", unknown));
        assert_eq!(reading("PAYMENT.CAPTURE.COMPLETED", "OPEN", "CHARGEBACK", None), Reading::NotADispute);
    }
}
