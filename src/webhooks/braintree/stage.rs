//! The stage of a dispute: `status`, `kind` and `pre-dispute-program`.

use crate::model::Stage;
use crate::webhooks::reading::{Phase, Reading};

/// Returns the reading of a dispute's status, kind and programme. `is_answered` is true if the merchant has disputed
/// the case: a review at `PayPal` (`under_review`) does not show it.
pub(super) fn reading((status, is_answered): (&str, bool), kind: Option<&str>, programme: Option<&str>) -> Reading {
    Reading::Stage(match (status, kind) {
        ("disputed", _) => Stage::UnderReview,
        ("under_review", _) if is_answered => Stage::UnderReview,
        ("open" | "under_review", Some("retrieval")) => Stage::Inquiry,
        ("open" | "under_review", Some("pre_arbitration")) => Stage::PreArbitration,
        ("open" | "under_review", Some("chargeback") | None) => Stage::Received,
        ("open" | "under_review", Some(kind)) => return Reading::unknown("kind", kind),
        ("accepted" | "auto_accepted", _) if programme == Some("visa_rdr") => Stage::Refunded,
        ("accepted" | "auto_accepted", _) => Stage::Accepted,
        ("expired", _) => Stage::Expired,
        ("won", _) => Stage::Won,
        ("lost", _) => Stage::Lost,
        _ => return Reading::unknown("status", status),
    })
}

/// Returns the phase of a case.
pub(super) fn phase(kind: Option<&str>) -> Phase {
    match kind {
        Some("retrieval") => Phase::PreDispute,
        Some("pre_arbitration") => Phase::SecondRound,
        _ => Phase::Dispute,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_open_case_is_read_by_its_kind() {
        for (kind, stage, phase) in [
            (Some("retrieval"), Stage::Inquiry, Phase::PreDispute),
            (Some("pre_arbitration"), Stage::PreArbitration, Phase::SecondRound),
            (Some("chargeback"), Stage::Received, Phase::Dispute),
            (None, Stage::Received, Phase::Dispute),
        ] {
            for status in ["open", "under_review"] {
                assert_eq!(reading((status, false), kind, None), Reading::Stage(stage), "{status} {kind:?}");
            }
            assert_eq!(reading(("under_review", true), kind, None), Reading::Stage(Stage::UnderReview), "{kind:?}");
            assert_eq!(super::phase(kind), phase);
        }
        for status in ["open", "under_review"] {
            assert_eq!(reading((status, false), Some("new"), None), Reading::unknown("kind", "new"));
        }
    }

    #[test]
    fn any_other_case_is_read_by_its_status() {
        for (status, stage) in [
            ("disputed", Stage::UnderReview),
            ("accepted", Stage::Accepted),
            ("auto_accepted", Stage::Accepted),
            ("expired", Stage::Expired),
            ("won", Stage::Won),
            ("lost", Stage::Lost),
        ] {
            for kind in [None, Some("chargeback"), Some("retrieval"), Some("new")] {
                for is_answered in [false, true] {
                    let read = reading((status, is_answered), kind, Some("none"));
                    assert_eq!(read, Reading::Stage(stage), "{status} {kind:?}");
                }
            }
        }
        for status in ["accepted", "auto_accepted"] {
            assert_eq!(reading((status, false), None, Some("visa_rdr")), Reading::Stage(Stage::Refunded));
        }
        assert_eq!(reading(("won", false), None, Some("visa_rdr")), Reading::Stage(Stage::Won));
        assert_eq!(reading(("paused", false), Some("new"), None), Reading::unknown("status", "paused"));
        assert_eq!(reading(("", false), None, None), Reading::unknown("status", ""));
    }
}
