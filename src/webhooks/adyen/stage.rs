//! The stage of an item: `eventCode` and `additionalData.disputeStatus`.

use crate::model::Stage;
use crate::webhooks::reading::{Phase, Reading};

const EVENT_CODE: &str = "eventCode";
const DISPUTE_STATUS: &str = "additionalData.disputeStatus";

/// The documented values of `disputeStatus`, grouped by their effect.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Status {
    /// No status.
    Missing,
    /// `Unresponded`, `Undefended`: the merchant has not answered.
    NotAnswered,
    /// `Responded`, `Pending`: the merchant has answered, and the case is open.
    Answered,
    /// `Accepted`, `Expired`, `Lost`, `Won`: the case is over, at this stage.
    Over(Stage),
}

impl Status {
    /// Returns `None` if Adyen does not document the value.
    fn parse(status: Option<&str>) -> Option<Self> {
        Some(match status {
            None => Self::Missing,
            Some("Unresponded" | "Undefended") => Self::NotAnswered,
            Some("Responded" | "Pending") => Self::Answered,
            Some("Accepted") => Self::Over(Stage::Accepted),
            Some("Expired") => Self::Over(Stage::Expired),
            Some("Lost") => Self::Over(Stage::Lost),
            Some("Won") => Self::Over(Stage::Won),
            Some(_) => return None,
        })
    }

    /// Returns the final stage, or `open` if the case is not over.
    const fn final_or(self, open: Stage) -> Stage {
        if let Self::Over(stage) = self { stage } else { open }
    }

    /// Returns true if the status shows the opposite outcome of the event.
    const fn contradicts(self, stage: Stage) -> bool {
        matches!(
            (self, stage),
            (Self::Over(Stage::Accepted | Stage::Expired | Stage::Lost), Stage::Won | Stage::Reversed)
                | (Self::Over(Stage::Won), Stage::Lost)
        )
    }
}

/// Returns the reading of an event code and the status of the dispute.
///
/// The module docs of [`adyen`](super) show the result for each pair. The function works in three steps:
///
/// 1. An undocumented status makes an event about disputes unknown.
/// 2. The event code gives a stage; for some codes a final status replaces it ([`by_event_code`]).
/// 3. A stage with the opposite outcome of the status makes the event unknown ([`Status::contradicts`]).
pub(super) fn reading(event_code: &str, dispute_status: Option<&str>) -> Reading {
    let unknown_status = || Reading::unknown(DISPUTE_STATUS, dispute_status.unwrap_or_default());
    let Some(status) = Status::parse(dispute_status) else {
        return if is_about_disputes(event_code) { unknown_status() } else { Reading::NotADispute };
    };
    match by_event_code(event_code, status) {
        Some(Reading::Stage(stage)) if status.contradicts(stage) => unknown_status(),
        Some(reading) => reading,
        None => unknown_status(),
    }
}

/// Returns the reading of an event code; `None` if the code needs a status and the status is missing.
fn by_event_code(event_code: &str, status: Status) -> Option<Reading> {
    let stage = match event_code {
        "NOTIFICATION_OF_FRAUD" => Stage::Alert,
        "REQUEST_FOR_INFORMATION" => status.final_or(Stage::Inquiry),
        "SECOND_CHARGEBACK" if status == Status::Missing => Stage::Lost,
        "CHARGEBACK" | "SECOND_CHARGEBACK" if status == Status::Answered => Stage::UnderReview,
        "NOTIFICATION_OF_CHARGEBACK" | "CHARGEBACK" | "SECOND_CHARGEBACK" => status.final_or(Stage::Received),
        "CHARGEBACK_REVERSED" => Stage::Reversed,
        "INFORMATION_SUPPLIED" | "PREARBITRATION_DECLINED" => Stage::UnderReview,
        "DISPUTE_DEFENSE_PERIOD_ENDED" => return defense_period_ended(status),
        "PREARBITRATION_OPEN" => Stage::PreArbitration,
        "SCHEME_ARBITRATION" => Stage::Arbitration,
        "PREARBITRATION_ACCEPTED" | "PREARBITRATION_LOST" | "SCHEME_ARBITRATION_LOST" => Stage::Lost,
        "PREARBITRATION_WON"
        | "PREARBITRATION_ISSUER_WITHDRAWN"
        | "SCHEME_ARBITRATION_WON"
        | "ISSUER_RESPONSE_TIMEFRAME_EXPIRED" => Stage::Won,
        "ISSUER_COMMENTS" => return Some(Reading::NoChange),
        _ if is_about_disputes(event_code) => return Some(Reading::unknown(EVENT_CODE, event_code)),
        _ => return Some(Reading::NotADispute),
    };
    Some(Reading::Stage(stage))
}

/// Returns the reading of the end of the defense period, which expires the case only if the merchant never answered.
const fn defense_period_ended(status: Status) -> Option<Reading> {
    match status {
        Status::Missing => None,
        Status::NotAnswered | Status::Over(Stage::Lost) => Some(Reading::Stage(Stage::Expired)),
        Status::Answered | Status::Over(Stage::Won) => Some(Reading::NoChange),
        Status::Over(stage) => Some(Reading::Stage(stage)),
    }
}

/// Returns true if an event code is about disputes, or is a new code that appears to be.
pub(super) fn is_about_disputes(event_code: &str) -> bool {
    ["CHARGEBACK", "DISPUTE", "PREARBITRATION", "ARBITRATION", "NOTIFICATION_OF_", "REQUEST_FOR_INFORMATION", "ISSUER_"]
        .iter()
        .any(|part| event_code.contains(part))
        || event_code == "INFORMATION_SUPPLIED"
}

/// Returns the phase of a case. `is_request` is true if the item has the marks of a request for information.
pub(super) fn phase(event_code: &str, is_request: bool) -> Phase {
    match event_code {
        "NOTIFICATION_OF_FRAUD" | "REQUEST_FOR_INFORMATION" => Phase::PreDispute,
        "INFORMATION_SUPPLIED" | "DISPUTE_DEFENSE_PERIOD_ENDED" if is_request => Phase::PreDispute,
        "SECOND_CHARGEBACK" => Phase::SecondRound,
        _ if event_code.contains("ARBITRATION") => Phase::SecondRound,
        _ => Phase::Dispute,
    }
}

/// Returns true for events that show that the merchant has answered.
pub(super) fn implies_answer(event_code: &str) -> bool {
    matches!(
        event_code,
        "INFORMATION_SUPPLIED" | "CHARGEBACK_REVERSED" | "SECOND_CHARGEBACK" | "ISSUER_RESPONSE_TIMEFRAME_EXPIRED"
    ) || event_code.starts_with("PREARBITRATION")
        || event_code.starts_with("SCHEME_ARBITRATION")
}

#[cfg(test)]
mod tests {
    use super::*;

    /// The columns of the table: missing, not answered, answered, accepted, expired, lost, won.
    const STATUSES: [&[Option<&str>]; 7] = [
        &[None],
        &[Some("Unresponded"), Some("Undefended")],
        &[Some("Responded"), Some("Pending")],
        &[Some("Accepted")],
        &[Some("Expired")],
        &[Some("Lost")],
        &[Some("Won")],
    ];

    /// `=` is no change, `?` an unknown value; otherwise the name of the stage.
    fn cell(event_code: &str, status: Option<&str>) -> String {
        match reading(event_code, status) {
            Reading::Stage(stage) => stage.to_string(),
            Reading::NoChange => "=".to_owned(),
            Reading::NotADispute => "-".to_owned(),
            Reading::Unknown { field: DISPUTE_STATUS, value } => {
                assert_eq!(value, status.unwrap_or_default());
                "?".to_owned()
            }
            Reading::Unknown { field, value } => {
                assert_eq!((field, value.as_str()), (EVENT_CODE, event_code));
                "?".to_owned()
            }
        }
    }

    #[test]
    fn every_event_code_and_status() {
        for (event_code, row) in [
            ("NOTIFICATION_OF_FRAUD", "alert alert alert alert alert alert alert"),
            ("REQUEST_FOR_INFORMATION", "inquiry inquiry inquiry accepted expired lost won"),
            ("NOTIFICATION_OF_CHARGEBACK", "received received received accepted expired lost won"),
            ("CHARGEBACK", "received received under_review accepted expired lost won"),
            ("SECOND_CHARGEBACK", "lost received under_review accepted expired lost won"),
            ("CHARGEBACK_REVERSED", "reversed reversed reversed ? ? ? reversed"),
            ("INFORMATION_SUPPLIED", &["under_review"; 7].join(" ")),
            ("PREARBITRATION_DECLINED", &["under_review"; 7].join(" ")),
            ("DISPUTE_DEFENSE_PERIOD_ENDED", "? expired = accepted expired expired ="),
            ("PREARBITRATION_OPEN", &["pre_arbitration"; 7].join(" ")),
            ("SCHEME_ARBITRATION", &["arbitration"; 7].join(" ")),
            ("PREARBITRATION_WON", "won won won ? ? ? won"),
            ("PREARBITRATION_ISSUER_WITHDRAWN", "won won won ? ? ? won"),
            ("SCHEME_ARBITRATION_WON", "won won won ? ? ? won"),
            ("ISSUER_RESPONSE_TIMEFRAME_EXPIRED", "won won won ? ? ? won"),
            ("PREARBITRATION_ACCEPTED", "lost lost lost lost lost lost ?"),
            ("PREARBITRATION_LOST", "lost lost lost lost lost lost ?"),
            ("SCHEME_ARBITRATION_LOST", "lost lost lost lost lost lost ?"),
            ("ISSUER_COMMENTS", "= = = = = = ="),
            ("DISPUTE_OF_A_NEW_KIND", "? ? ? ? ? ? ?"),
            ("CHARGEBACK_FROZEN", "? ? ? ? ? ? ?"),
            ("AUTHORISATION", "- - - - - - -"),
        ] {
            let expected: Vec<&str> = row.split(' ').collect();
            assert_eq!(expected.len(), STATUSES.len());
            for (statuses, expected) in STATUSES.iter().zip(expected) {
                for status in *statuses {
                    assert_eq!(cell(event_code, *status), expected, "{event_code} {status:?}");
                }
            }
        }
    }

    #[test]
    fn an_undocumented_status_is_unknown_for_disputes_only() {
        for status in ["", "won", "Settled"] {
            for event_code in ["NOTIFICATION_OF_FRAUD", "CHARGEBACK", "ISSUER_COMMENTS", "DISPUTE_OF_A_NEW_KIND"] {
                assert_eq!(reading(event_code, Some(status)), Reading::unknown(DISPUTE_STATUS, status));
            }
            assert_eq!(reading("AUTHORISATION", Some(status)), Reading::NotADispute);
        }
    }

    #[test]
    fn the_phase_depends_on_the_event_code_and_the_marks_of_a_request() {
        for (event_code, expected) in [
            ("NOTIFICATION_OF_FRAUD", Phase::PreDispute),
            ("REQUEST_FOR_INFORMATION", Phase::PreDispute),
            ("SECOND_CHARGEBACK", Phase::SecondRound),
            ("PREARBITRATION_OPEN", Phase::SecondRound),
            ("SCHEME_ARBITRATION_WON", Phase::SecondRound),
            ("CHARGEBACK", Phase::Dispute),
            ("CHARGEBACK_REVERSED", Phase::Dispute),
        ] {
            assert_eq!([phase(event_code, false), phase(event_code, true)], [expected; 2], "{event_code}");
        }
        for event_code in ["INFORMATION_SUPPLIED", "DISPUTE_DEFENSE_PERIOD_ENDED"] {
            assert_eq!((phase(event_code, false), phase(event_code, true)), (Phase::Dispute, Phase::PreDispute));
        }
    }
}
