//! The stage of a dispute: `status`, `kind` and `pre-dispute-program`.

use crate::model::Stage;
use crate::webhooks::event::Cycle;
use crate::webhooks::reading::Reading;

/// Returns the reading of a dispute's status, kind and programme.
pub(super) fn reading(status: &str, kind: Option<&str>, programme: Option<&str>) -> Reading {
    Reading::Stage(match (status, kind) {
        ("open", Some("retrieval")) => Stage::Inquiry,
        ("open", Some("pre_arbitration")) => Stage::PreArbitration,
        ("open", Some("chargeback") | None) => Stage::Received,
        ("open", Some(kind)) => return Reading::unknown("kind", kind),
        ("disputed" | "under_review", _) => Stage::UnderReview,
        ("accepted" | "auto_accepted", _) if programme == Some("visa_rdr") => Stage::Refunded,
        ("accepted" | "auto_accepted", _) => Stage::Accepted,
        ("expired", _) => Stage::Expired,
        ("won", _) => Stage::Won,
        ("lost", _) => Stage::Lost,
        _ => return Reading::unknown("status", status),
    })
}

/// Returns the phase of a case.
pub(super) fn cycle(kind: Option<&str>) -> Cycle {
    match kind {
        Some("retrieval") => Cycle::PreDispute,
        Some("pre_arbitration") => Cycle::SecondRound,
        _ => Cycle::Dispute,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_open_case_is_read_by_its_kind() {
        for (kind, stage, cycle) in [
            (Some("retrieval"), Stage::Inquiry, Cycle::PreDispute),
            (Some("pre_arbitration"), Stage::PreArbitration, Cycle::SecondRound),
            (Some("chargeback"), Stage::Received, Cycle::Dispute),
            (None, Stage::Received, Cycle::Dispute),
        ] {
            assert_eq!((reading("open", kind, None), super::cycle(kind)), (Reading::Stage(stage), cycle), "{kind:?}");
        }
        assert_eq!(reading("open", Some("new"), None), Reading::unknown("kind", "new"));
    }

    #[test]
    fn any_other_case_is_read_by_its_status() {
        for (status, stage) in [
            ("disputed", Stage::UnderReview),
            ("under_review", Stage::UnderReview),
            ("accepted", Stage::Accepted),
            ("auto_accepted", Stage::Accepted),
            ("expired", Stage::Expired),
            ("won", Stage::Won),
            ("lost", Stage::Lost),
        ] {
            for kind in [None, Some("chargeback"), Some("retrieval"), Some("new")] {
                assert_eq!(reading(status, kind, Some("none")), Reading::Stage(stage), "{status} {kind:?}");
            }
        }
        for status in ["accepted", "auto_accepted"] {
            assert_eq!(reading(status, None, Some("visa_rdr")), Reading::Stage(Stage::Refunded));
        }
        assert_eq!(reading("won", None, Some("visa_rdr")), Reading::Stage(Stage::Won));
        assert_eq!(reading("paused", Some("new"), None), Reading::unknown("status", "paused"));
        assert_eq!(reading("", None, None), Reading::unknown("status", ""));
    }
}
