//! The stage of a notification: `type`, `reverse_status` and the status of the payment.

use crate::model::Stage;
use crate::providers::pipwave::TransactionStatus;
use crate::webhooks::reading::Reading;

/// Returns the reading of a notification's type and status, both unsigned, and of the signed status of the payment.
pub(super) fn reading(kind: &str, reverse_status: &str, payment: Option<TransactionStatus>) -> Reading {
    if kind == "chargeback" {
        return stage(reverse_status)
            .map_or_else(|| Reading::unknown("reverse_status", reverse_status), Reading::Stage);
    }
    // The type is not signed and the status is, so the status decides.
    match payment {
        Some(TransactionStatus::Disputed | TransactionStatus::ChargedBack) => Reading::unknown("type", kind),
        _ => Reading::NotADispute,
    }
}

/// Returns the stage for a `reverse_status`.
pub(super) fn stage(reverse_status: &str) -> Option<Stage> {
    Some(match reverse_status {
        "1" => Stage::Received,
        "6" => Stage::Won,
        "7" => Stage::Closed,
        "8" => Stage::Reversed,
        "10" => Stage::Lost,
        _ => return None,
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_chargeback_is_read_by_its_status() {
        for (status, stage) in [
            ("1", Stage::Received),
            ("6", Stage::Won),
            ("7", Stage::Closed),
            ("8", Stage::Reversed),
            ("10", Stage::Lost),
        ] {
            assert_eq!(reading("chargeback", status, None), Reading::Stage(stage), "{status}");
        }
        for status in ["", "0", "2", "01", "pending"] {
            assert_eq!(reading("chargeback", status, None), Reading::unknown("reverse_status", status));
        }
    }

    #[test]
    fn the_signed_status_overrules_another_type() {
        for kind in ["payment", "refund", ""] {
            for status in [TransactionStatus::Disputed, TransactionStatus::ChargedBack] {
                assert_eq!(reading(kind, "1", Some(status)), Reading::unknown("type", kind));
            }
            for status in [None, Some(TransactionStatus::Paid)] {
                assert_eq!(reading(kind, "1", status), Reading::NotADispute);
            }
        }
    }
}
