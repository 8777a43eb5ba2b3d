//! Every sample is read as it should be: at which stage, or why not.

use chargeback::webhooks::{Event, Mapping};

use super::{folder, read};

/// `stage`, `-` for no dispute, `=` for no change, `?field` for an unknown word, `!` for a body that cannot be read.
fn mark(event: &Event) -> String {
    match event {
        Event::Dispute(intake) => intake.chargeback.stage().to_string(),
        Event::NoChange(_) => "=".to_owned(),
        Event::NotADispute(_) => "-".to_owned(),
        Event::Unknown(word) => format!("?{}", word.field),
        other => format!("new: {other:?}"),
    }
}

/// Checks every file of the folder, and that the list names them all. The expectation of a file is that of the longest line of the list that
/// its name starts with.
fn check(source: &str, expected: &[(&str, &str)]) {
    let mut names: Vec<String> = std::fs::read_dir(folder(source))
        .unwrap()
        .map(|entry| entry.unwrap().file_name().into_string().unwrap())
        .filter(|name| name != "transmission_headers.json" && name != "CHARGEBACK-unsigned.json")
        .collect();
    names.sort();
    let mut used = vec![false; expected.len()];
    let mut wrong = Vec::new();
    for name in &names {
        let longest =
            (0..expected.len()).filter(|&i| name.starts_with(expected[i].0)).max_by_key(|&i| expected[i].0.len());
        let Some(place) = longest else { panic!("{source}/{name} is not in the list") };
        used[place] = true;
        let read: Vec<String> = read(source, name, &Mapping::default())
            .iter()
            .map(|event| event.as_ref().map_or_else(|error| format!("! {error}"), mark))
            .collect();
        if read.join(" ") != expected[place].1 {
            wrong.push(format!("{name}: {}, not {}", read.join(" "), expected[place].1));
        }
    }
    assert!(wrong.is_empty(), "{wrong:#?}");
    assert!(
        used.iter().all(|used| *used),
        "{:?}",
        expected.iter().zip(&used).filter(|(_, used)| !**used).collect::<Vec<_>>()
    );
}

#[test]
fn stripe() {
    check(
        "stripe",
        &[
            ("charge.dispute.created-", "received"),
            ("charge.dispute.created-warning_needs_response", "inquiry"),
            ("charge.dispute.created-prevented_block", "refunded"),
            ("charge.dispute.updated-under_review", "under_review"),
            ("charge.dispute.updated-warning_under_review", "under_review"),
            ("charge.dispute.updated-metadata_only", "received"),
            ("charge.dispute.updated-unknown_values", "?status"),
            ("charge.dispute.closed-won", "won"),
            ("charge.dispute.closed-lost", "lost"),
            ("charge.dispute.closed-warning_closed", "closed"),
            ("charge.dispute.closed-prevented", "refunded"),
            ("charge.dispute.closed-charge_refunded_old", "refunded"),
            ("charge.dispute.funds_withdrawn-needs_response", "received"),
            ("charge.dispute.funds_reinstated-won", "won"),
            ("radar.early_fraud_warning.", "alert"),
            ("charge.succeeded", "-"),
            ("payment_intent.succeeded", "-"),
        ],
    );
}

#[test]
fn adyen() {
    check(
        "adyen",
        &[
            ("NOTIFICATION_OF_FRAUD", "alert"),
            ("REQUEST_FOR_INFORMATION", "inquiry"),
            ("REQUEST_FOR_INFORMATION-expired", "expired"),
            ("NOTIFICATION_OF_CHARGEBACK", "received"),
            ("CHARGEBACK-", "received"),
            ("CHARGEBACK-responded", "under_review"),
            ("CHARGEBACK-pending", "under_review"),
            ("CHARGEBACK-accepted", "accepted"),
            ("CHARGEBACK-expired", "expired"),
            ("CHARGEBACK-lost", "lost"),
            ("CHARGEBACK-won", "won"),
            ("CHARGEBACK_REVERSED", "reversed"),
            ("SECOND_CHARGEBACK", "lost"),
            ("SECOND_CHARGEBACK-undefended", "received"),
            ("INFORMATION_SUPPLIED", "under_review"),
            ("DISPUTE_DEFENSE_PERIOD_ENDED-", "expired"),
            ("DISPUTE_DEFENSE_PERIOD_ENDED-accepted", "accepted"),
            ("ISSUER_RESPONSE_TIMEFRAME_EXPIRED", "won"),
            ("ISSUER_COMMENTS", "="),
            ("PREARBITRATION_OPEN", "pre_arbitration"),
            ("PREARBITRATION_ACCEPTED", "lost"),
            ("PREARBITRATION_LOST", "lost"),
            ("PREARBITRATION_DECLINED", "under_review"),
            ("PREARBITRATION_ISSUER_WITHDRAWN", "won"),
            ("PREARBITRATION_WON", "won"),
            ("SCHEME_ARBITRATION.", "arbitration"),
            ("SCHEME_ARBITRATION_WON", "won"),
            ("SCHEME_ARBITRATION_LOST", "lost"),
            ("AUTHORISATION", "-"),
            ("REPORT_AVAILABLE", "-"),
            ("batch-of_three", "- received received"),
            ("batch-empty", ""),
        ],
    );
}

#[test]
fn checkout() {
    check(
        "checkout",
        &[
            ("request_for_information_received", "inquiry"),
            ("dispute_received", "received"),
            ("dispute_evidence_required", "received"),
            ("dispute_evidence_submitted", "under_review"),
            ("dispute_evidence_acknowledged_by_scheme", "under_review"),
            ("dispute_accepted", "accepted"),
            ("dispute_expired", "expired"),
            ("dispute_won", "won"),
            ("dispute_lost", "lost"),
            ("dispute_canceled", "withdrawn"),
            ("dispute_resolved-", "closed"),
            ("dispute_resolved-rapid_dispute_resolution", "refunded"),
            ("dispute_arbitration_evidence_submitted", "arbitration"),
            ("dispute_arbitration_sent_to_scheme", "arbitration"),
            ("dispute_arbitration_won", "won"),
            ("dispute_arbitration_lost", "lost"),
            ("payment_approved", "-"),
        ],
    );
}

#[test]
fn braintree() {
    check(
        "braintree",
        &[
            ("dispute_opened-", "received"),
            ("dispute_opened-retrieval", "inquiry"),
            ("dispute_opened-pre_arbitration", "pre_arbitration"),
            ("dispute_under_review", "under_review"),
            ("dispute_disputed", "under_review"),
            ("dispute_accepted", "accepted"),
            ("dispute_auto_accepted", "accepted"),
            ("dispute_auto_accepted-visa_rdr", "refunded"),
            ("dispute_expired", "expired"),
            ("dispute_won", "won"),
            ("dispute_lost", "lost"),
            ("subscription_charged_successfully", "-"),
            ("check", "-"),
        ],
    );
}

#[test]
fn paypal() {
    check(
        "paypal",
        &[
            ("CUSTOMER.DISPUTE.CREATED-", "inquiry"),
            ("CUSTOMER.DISPUTE.CREATED-chargeback", "received"),
            ("CUSTOMER.DISPUTE.CREATED-alert_channel", "received"),
            ("CUSTOMER.DISPUTE.CREATED-two_transactions", "?disputed_transactions"),
            ("CUSTOMER.DISPUTE.UPDATED-inquiry", "inquiry"),
            ("CUSTOMER.DISPUTE.UPDATED-waiting_for_seller", "received"),
            ("CUSTOMER.DISPUTE.UPDATED-waiting_for_buyer", "under_review"),
            ("CUSTOMER.DISPUTE.UPDATED-under_review", "under_review"),
            ("CUSTOMER.DISPUTE.UPDATED-pre_arbitration", "pre_arbitration"),
            ("CUSTOMER.DISPUTE.UPDATED-arbitration", "arbitration"),
            ("CUSTOMER.DISPUTE.UPDATED-status_other", "received"),
            ("CUSTOMER.DISPUTE.UPDATED-every_field", "received"),
            ("CUSTOMER.DISPUTE.RESOLVED-resolved_buyer_favour", "lost"),
            ("CUSTOMER.DISPUTE.RESOLVED-resolved_seller_favour", "won"),
            ("CUSTOMER.DISPUTE.RESOLVED-resolved_with_payout", "won"),
            ("CUSTOMER.DISPUTE.RESOLVED-canceled_by_buyer", "withdrawn"),
            ("CUSTOMER.DISPUTE.RESOLVED-inquiry_canceled_by_buyer", "withdrawn"),
            ("CUSTOMER.DISPUTE.RESOLVED-accepted", "closed"),
            ("CUSTOMER.DISPUTE.RESOLVED-denied", "closed"),
            ("CUSTOMER.DISPUTE.RESOLVED-no", "closed"),
            ("CUSTOMER.DISPUTE.RESOLVED-pre_arbitration_seller", "won"),
            ("PAYMENT.CAPTURE.COMPLETED", "-"),
        ],
    );
}

#[test]
fn pipwave() {
    check(
        "pipwave",
        &[
            ("chargeback-", "received"),
            ("chargeback-reverse_status_6", "won"),
            ("chargeback-reverse_status_7", "closed"),
            ("chargeback-reverse_status_8", "reversed"),
            ("chargeback-reverse_status_10", "lost"),
            ("chargeback-unknown_reverse_status", "?reverse_status"),
            ("chargeback-no_reverse_status", "?reverse_status"),
            ("payment-not_a_dispute", "-"),
            ("payment-disputed_status", "?type"),
            ("refund-", "-"),
        ],
    );
}
