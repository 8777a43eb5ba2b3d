//! The documented steps of each processor: a status and the statuses that may follow it under the same id.
//!
//! A status has the values that a processor's `stage.rs` reads, with spaces between them. A status without a row ends
//! its case.

/// Rows of a status and the statuses that may follow it.
pub type Steps = Vec<(String, Vec<String>)>;

fn owned(rows: Vec<(&str, Vec<&str>)>) -> Steps {
    rows.into_iter().map(|(from, next)| (from.to_owned(), next.into_iter().map(str::to_owned).collect())).collect()
}

fn all(lists: &[&[&'static str]]) -> Vec<&'static str> {
    lists.concat()
}

/// Status and type of the case. A won dispute can be opened again or lost later, and a lost one can be won. Only older
/// versions of the API have `charge_refunded`.
pub fn stripe() -> Steps {
    owned(vec![
        ("radar.early_fraud_warning.created", vec!["radar.early_fraud_warning.updated"]),
        ("warning_needs_response", vec!["warning_under_review", "warning_closed", "needs_response"]),
        ("warning_under_review", vec!["warning_closed", "needs_response"]),
        ("needs_response", vec!["under_review", "won", "lost", "charge_refunded"]),
        ("under_review", vec!["needs_response", "won", "lost", "charge_refunded"]),
        ("won", vec!["needs_response", "lost"]),
        ("lost", vec!["won"]),
        ("prevented block", vec![]),
        ("needs_response resolution", vec!["prevented resolution"]),
    ])
}

/// Event code and status. `request` marks the events of a request for information, which has another `pspReference`
/// than a chargeback, as a notification of fraud has.
pub fn adyen() -> Steps {
    let mut steps = adyen_first_round();
    steps.extend(adyen_second_round());
    steps.push(("NOTIFICATION_OF_FRAUD", vec![]));
    let answered = ["INFORMATION_SUPPLIED Responded request", "REQUEST_FOR_INFORMATION Responded request"];
    let expired = [
        "REQUEST_FOR_INFORMATION Expired request",
        "DISPUTE_DEFENSE_PERIOD_ENDED Expired request",
        "DISPUTE_DEFENSE_PERIOD_ENDED Unresponded request",
    ];
    let over = ["DISPUTE_DEFENSE_PERIOD_ENDED Responded request", "ISSUER_COMMENTS Responded request"];
    for open in ["REQUEST_FOR_INFORMATION request", "REQUEST_FOR_INFORMATION Unresponded request"] {
        steps.push((open, all(&[&answered, &expired])));
    }
    steps.extend(answered.map(|from| (from, all(&[&answered, &over]))));
    owned(steps)
}

fn adyen_first_round() -> Vec<(&'static str, Vec<&'static str>)> {
    let over = ["CHARGEBACK Accepted", "CHARGEBACK Expired", "CHARGEBACK Lost", "CHARGEBACK Won"];
    let ended = ["DISPUTE_DEFENSE_PERIOD_ENDED Undefended", "DISPUTE_DEFENSE_PERIOD_ENDED Accepted"];
    let open = ["INFORMATION_SUPPLIED Pending", "INFORMATION_SUPPLIED"];
    let answered = [
        "CHARGEBACK",
        "CHARGEBACK Pending",
        "CHARGEBACK_REVERSED",
        "PREARBITRATION_WON",
        "PREARBITRATION_LOST",
        "DISPUTE_DEFENSE_PERIOD_ENDED Pending",
        "ISSUER_COMMENTS",
    ];
    vec![
        ("NOTIFICATION_OF_CHARGEBACK", all(&[&open, &ended, &over, &["CHARGEBACK", "CHARGEBACK Undefended"]])),
        ("CHARGEBACK", all(&[&open, &ended, &over, &["CHARGEBACK_REVERSED"]])),
        ("CHARGEBACK Undefended", all(&[&open, &ended, &over])),
        ("INFORMATION_SUPPLIED", all(&[&answered, &over])),
        ("INFORMATION_SUPPLIED Pending", all(&[&answered, &over])),
        ("DISPUTE_DEFENSE_PERIOD_ENDED Pending", all(&[&answered, &over])),
        ("ISSUER_COMMENTS", all(&[&answered, &over])),
        // The end of the defense period follows an acceptance too.
        ("CHARGEBACK Accepted", vec!["DISPUTE_DEFENSE_PERIOD_ENDED Accepted", "DISPUTE_DEFENSE_PERIOD_ENDED Lost"]),
        ("CHARGEBACK Lost", vec!["DISPUTE_DEFENSE_PERIOD_ENDED Lost"]),
        ("CHARGEBACK Pending", all(&[&over, &["CHARGEBACK_REVERSED"]])),
        ("DISPUTE_DEFENSE_PERIOD_ENDED Undefended", all(&[&over, &["CHARGEBACK"]])),
        ("DISPUTE_DEFENSE_PERIOD_ENDED Accepted", vec!["CHARGEBACK Accepted", "CHARGEBACK Lost"]),
    ]
}

fn adyen_second_round() -> Vec<(&'static str, Vec<&'static str>)> {
    let second = ["SECOND_CHARGEBACK", "SECOND_CHARGEBACK Undefended", "SECOND_CHARGEBACK Pending"];
    let decided = ["PREARBITRATION_ACCEPTED", "PREARBITRATION_ISSUER_WITHDRAWN", "PREARBITRATION_WON"];
    let undecided = ["PREARBITRATION_DECLINED", "PREARBITRATION_LOST", "SCHEME_ARBITRATION"];
    vec![
        ("CHARGEBACK_REVERSED", all(&[&second, &["ISSUER_RESPONSE_TIMEFRAME_EXPIRED", "PREARBITRATION_OPEN"]])),
        ("SECOND_CHARGEBACK", all(&[&decided, &["PREARBITRATION_OPEN"]])),
        (
            "SECOND_CHARGEBACK Undefended",
            vec![
                "SECOND_CHARGEBACK Accepted",
                "SECOND_CHARGEBACK Expired",
                "SECOND_CHARGEBACK Pending",
                "SECOND_CHARGEBACK",
            ],
        ),
        ("SECOND_CHARGEBACK Pending", vec!["SECOND_CHARGEBACK Won", "SECOND_CHARGEBACK Lost", "PREARBITRATION_OPEN"]),
        ("PREARBITRATION_OPEN", all(&[&decided, &undecided])),
        ("PREARBITRATION_DECLINED", vec!["SCHEME_ARBITRATION", "PREARBITRATION_ISSUER_WITHDRAWN"]),
        ("PREARBITRATION_LOST", vec!["SCHEME_ARBITRATION"]),
        ("SCHEME_ARBITRATION", vec!["SCHEME_ARBITRATION_WON", "SCHEME_ARBITRATION_LOST"]),
    ]
}

/// The arbitration follows a lost representment, or an issuer's appeal against a won one. The docs do not state
/// whether a dispute after a request for information has the id of the request; here it has.
pub fn checkout() -> Steps {
    let ends = [
        "dispute_accepted",
        "dispute_expired",
        "dispute_canceled",
        "dispute_resolved",
        "dispute_resolved rapid_dispute_resolution",
    ];
    owned(vec![
        ("request_for_information_received", vec!["dispute_received", "dispute_evidence_required"]),
        ("dispute_received", all(&[&ends, &["dispute_evidence_required", "dispute_evidence_submitted"]])),
        ("dispute_evidence_required", all(&[&ends, &["dispute_evidence_submitted"]])),
        (
            "dispute_evidence_submitted",
            all(&[&ends, &["dispute_evidence_acknowledged_by_scheme", "dispute_won", "dispute_lost"]]),
        ),
        ("dispute_evidence_acknowledged_by_scheme", all(&[&ends, &["dispute_won", "dispute_lost"]])),
        ("dispute_expired", vec!["dispute_lost"]),
        ("dispute_won", vec!["dispute_arbitration_evidence_submitted", "dispute_lost"]),
        ("dispute_lost", vec!["dispute_arbitration_evidence_submitted", "dispute_arbitration_sent_to_scheme"]),
        ("dispute_arbitration_evidence_submitted", vec!["dispute_arbitration_sent_to_scheme"]),
        ("dispute_arbitration_sent_to_scheme", vec!["dispute_arbitration_won", "dispute_arbitration_lost"]),
    ])
}

/// Status, kind, and the programme or an answer of the merchant (`+`). A retrieval request and a pre-arbitration are
/// disputes with other ids than the chargeback.
pub fn braintree() -> Steps {
    let ends = ["accepted", "auto_accepted", "expired", "won", "lost"];
    let rows = [
        ("open", all(&[&ends, &["disputed", "under_review"]])),
        ("under_review", all(&[&ends, &["open", "disputed"]])),
        ("disputed", vec!["under_review", "under_review +", "won", "lost", "accepted"]),
        ("under_review +", vec!["won", "lost", "accepted"]),
        ("expired", vec!["lost"]),
    ];
    let mut steps = Steps::new();
    for kind in ["chargeback", "retrieval", "pre_arbitration"] {
        let of_kind = |status: &str| match status.split_once(' ') {
            Some((status, mark)) => format!("{status} {kind} {mark}"),
            None => format!("{status} {kind}"),
        };
        for (from, next) in &rows {
            let mut next: Vec<String> = next.iter().map(|status| of_kind(status)).collect();
            if *from == "open" {
                next.extend([of_kind("accepted visa_rdr"), of_kind("auto_accepted visa_rdr")]);
            }
            steps.push((of_kind(from), next));
        }
    }
    steps
}

/// The open statuses of `PayPal`, which state whose turn it is.
pub const PAYPAL_OPEN: [&str; 5] =
    ["OPEN", "OTHER", "UNDER_REVIEW", "WAITING_FOR_BUYER_RESPONSE", "WAITING_FOR_SELLER_RESPONSE"];

/// Life cycle stage, then an open status or an outcome, and an answer of the merchant (`+`). Every open status may
/// follow every other of the same or an earlier life cycle stage. The merchant appeals against a decision
/// (`PRE_ARBITRATION`, `ARBITRATION`).
pub fn paypal() -> Steps {
    let against = ["RESOLVED_BUYER_FAVOUR", "ACCEPTED", "DENIED", "NONE"];
    let other = ["RESOLVED_SELLER_FAVOUR", "RESOLVED_WITH_PAYOUT", "CANCELED_BY_BUYER"];
    let life_cycle = ["INQUIRY", "CHARGEBACK", "PRE_ARBITRATION", "ARBITRATION"];
    let open = |stages: &[&str]| -> Vec<String> {
        let statuses = stages.iter().flat_map(|stage| PAYPAL_OPEN.map(|status| format!("{stage} {status}")));
        statuses.flat_map(|status| [format!("{status} +"), status]).collect()
    };
    let mut steps = Steps::new();
    for (position, stage) in life_cycle.into_iter().enumerate() {
        let [against, other] = [&against[..], &other]
            .map(|outcomes| outcomes.iter().map(|outcome| format!("{stage} {outcome}")).collect::<Vec<_>>());
        // The two stages of an appeal may follow each other.
        let later = open(&life_cycle[position.min(2)..]);
        for from in open(&[stage]) {
            steps.push((from, [later.clone(), against.clone(), other.clone()].concat()));
        }
        if matches!(stage, "CHARGEBACK" | "PRE_ARBITRATION") {
            let appeal = open(&life_cycle[2..]);
            steps.extend(against.into_iter().map(|from| (from, appeal.clone())));
        }
    }
    steps
}

/// The case is the payment, which can be charged back again.
pub fn pipwave() -> Steps {
    let statuses = ["1", "6", "7", "8", "10"];
    owned(statuses.map(|from| (from, statuses.to_vec())).to_vec())
}
