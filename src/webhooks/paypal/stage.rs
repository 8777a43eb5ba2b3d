//! The stage of a dispute: `status`, `dispute_life_cycle_stage` and the outcome.

use crate::model::Stage;
use crate::webhooks::reading::{Phase, Reading};

/// The values of a dispute that give its stage.
pub(super) struct DisputeState<'d> {
    pub(super) status: &'d str,
    pub(super) life_cycle: &'d str,
    pub(super) outcome: Option<&'d str>,
    /// True if a field shows that the merchant has answered the claim.
    pub(super) is_answered: bool,
}

/// Returns the reading of an event type and of the values of the dispute.
pub(super) fn reading(event_type: &str, state: &DisputeState<'_>) -> Reading {
    match event_type.strip_prefix("CUSTOMER.DISPUTE.") {
        Some("CREATED" | "UPDATED" | "RESOLVED") if state.status == "RESOLVED" => resolved(state),
        Some("CREATED" | "UPDATED" | "RESOLVED") => open(state),
        Some(_) => Reading::unknown("event_type", event_type),
        None => Reading::NotADispute,
    }
}

fn resolved(state: &DisputeState<'_>) -> Reading {
    if !LIFE_CYCLE.contains(&state.life_cycle) {
        // The case may have been an inquiry, which is not a chargeback.
        return Reading::unknown("dispute_life_cycle_stage", state.life_cycle);
    }
    Reading::Stage(match state.outcome {
        Some("RESOLVED_BUYER_FAVOUR") => Stage::Lost,
        Some("RESOLVED_SELLER_FAVOUR" | "RESOLVED_WITH_PAYOUT") => Stage::Won,
        Some("CANCELED_BY_BUYER") => Stage::Withdrawn,
        Some("ACCEPTED" | "DENIED" | "NONE") | None => Stage::Closed,
        Some(other) => return Reading::unknown("dispute_outcome.outcome_code", other),
    })
}

const LIFE_CYCLE: [&str; 4] = ["INQUIRY", "CHARGEBACK", "PRE_ARBITRATION", "ARBITRATION"];

/// Returns the reading of an open dispute.
///
/// The status states whose turn it is, which does not show that the merchant has answered. So a claim is received,
/// unless a field shows an answer and it is not the merchant's turn.
fn open(state: &DisputeState<'_>) -> Reading {
    let documented = ["OPEN", "WAITING_FOR_BUYER_RESPONSE", "WAITING_FOR_SELLER_RESPONSE", "UNDER_REVIEW", "OTHER"];
    if !documented.contains(&state.status) {
        return Reading::unknown("status", state.status);
    }
    let is_merchants_turn = !matches!(state.status, "UNDER_REVIEW" | "WAITING_FOR_BUYER_RESPONSE");
    Reading::Stage(match state.life_cycle {
        "INQUIRY" => Stage::Inquiry,
        "PRE_ARBITRATION" => Stage::PreArbitration,
        "ARBITRATION" => Stage::Arbitration,
        "CHARGEBACK" if state.is_answered && !is_merchants_turn => Stage::UnderReview,
        "CHARGEBACK" => Stage::Received,
        _ => return Reading::unknown("dispute_life_cycle_stage", state.life_cycle),
    })
}

/// Returns the phase of a case.
pub(super) fn phase(life_cycle: &str) -> Phase {
    match life_cycle {
        "INQUIRY" => Phase::PreDispute,
        "PRE_ARBITRATION" | "ARBITRATION" => Phase::SecondRound,
        _ => Phase::Dispute,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const OPEN: [&str; 5] =
        ["OPEN", "WAITING_FOR_BUYER_RESPONSE", "WAITING_FOR_SELLER_RESPONSE", "UNDER_REVIEW", "OTHER"];

    fn updated(status: &str, life_cycle: &str, is_answered: bool) -> Reading {
        let state = DisputeState { status, life_cycle, outcome: Some("RESOLVED_BUYER_FAVOUR"), is_answered };
        reading("CUSTOMER.DISPUTE.UPDATED", &state)
    }

    fn resolved(life_cycle: &str, outcome: Option<&str>) -> Reading {
        let state = DisputeState { status: "RESOLVED", life_cycle, outcome, is_answered: false };
        reading("CUSTOMER.DISPUTE.RESOLVED", &state)
    }

    #[test]
    fn an_open_dispute_is_read_by_its_life_cycle_stage() {
        for (life_cycle, stage, phase) in [
            ("INQUIRY", Stage::Inquiry, Phase::PreDispute),
            ("PRE_ARBITRATION", Stage::PreArbitration, Phase::SecondRound),
            ("ARBITRATION", Stage::Arbitration, Phase::SecondRound),
            ("CHARGEBACK", Stage::Received, Phase::Dispute),
        ] {
            for status in OPEN {
                assert_eq!(updated(status, life_cycle, false), Reading::Stage(stage), "{status} {life_cycle}");
            }
            assert_eq!(super::phase(life_cycle), phase);
        }
        for status in OPEN {
            assert_eq!(updated(status, "NEW", true), Reading::unknown("dispute_life_cycle_stage", "NEW"));
        }
        assert_eq!(updated("PAUSED", "NEW", true), Reading::unknown("status", "PAUSED"));
    }

    #[test]
    fn an_answer_moves_a_claim_to_review_unless_it_is_the_merchants_turn() {
        let [open, buyers, sellers, review, other] = OPEN.map(|status| updated(status, "CHARGEBACK", true));
        assert_eq!([buyers, review], [Stage::UnderReview; 2].map(Reading::Stage));
        assert_eq!([open, sellers, other], [Stage::Received; 3].map(Reading::Stage));
        assert_eq!(updated("UNDER_REVIEW", "INQUIRY", true), Reading::Stage(Stage::Inquiry));
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
            for life_cycle in LIFE_CYCLE {
                assert_eq!(resolved(life_cycle, outcome), Reading::Stage(stage), "{life_cycle} {outcome:?}");
            }
        }
        let unknown = resolved("CHARGEBACK", Some("NEW"));
        assert_eq!(unknown, Reading::unknown("dispute_outcome.outcome_code", "NEW"));
        for life_cycle in ["", "NEW"] {
            let unknown = resolved(life_cycle, Some("RESOLVED_BUYER_FAVOUR"));
            assert_eq!(unknown, Reading::unknown("dispute_life_cycle_stage", life_cycle));
        }
    }

    #[test]
    fn other_events_are_unknown_or_not_disputes() {
        let state = DisputeState { status: "OPEN", life_cycle: "CHARGEBACK", outcome: None, is_answered: false };
        let unknown = "CUSTOMER.DISPUTE.FROZEN";
        assert_eq!(reading(unknown, &state), Reading::unknown("event_type", unknown));
        assert_eq!(reading("PAYMENT.CAPTURE.COMPLETED", &state), Reading::NotADispute);
    }
}
