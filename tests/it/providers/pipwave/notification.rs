//! Verification of notifications.

use chargeback::Secret;
use chargeback::pipwave::signature::sign;
use chargeback::pipwave::{Environment, NotificationError, Pipwave, TransactionStatus};

/// Computed with PHP: payment PW1, transaction ORDER-1, amount 126.60, MYR, status 13, at 1456790400.
const SIGNATURE: &str = "c2662a680210f5f28a39b7b924670d0c2f824b84";

fn notification(amount: &str, status: &str, signature: &str) -> String {
    format!(
        r#"{{"timestamp":1456790400,"pw_id":"PW1","txn_id":"ORDER-1","amount":{amount},"currency_code":"MYR",
        "transaction_status":{status},"type":"chargeback","reverse_status":"1","reverse_pw_id":"R1",
        "reverse_txn_id":"T1","status":200,
        "notification_id":"n-1","final_amount":100.5,"extra":{{"a":[1]}},"signature":"{signature}"}}"#
    )
}

fn receiver() -> Pipwave {
    Pipwave::new("test_key", "test_secret", Environment::Live)
}

#[test]
fn a_notification_is_read_only_after_verification() {
    let read = receiver().verify_notification(notification(r#""126.60""#, "13", SIGNATURE).as_bytes()).unwrap();
    assert_eq!((read.pw_id(), read.txn_id(), read.amount()), (Some("PW1"), Some("ORDER-1"), Some("126.60")));
    assert_eq!((read.currency_code(), read.timestamp()), (Some("MYR"), Some("1456790400")));
    assert_eq!(read.transaction_status(), Some(TransactionStatus::Disputed));
    assert_eq!((read.unsigned_type(), read.unsigned_reverse_status()), (Some("chargeback"), Some("1")));
    assert_eq!((read.unsigned_reverse_pw_id(), read.unsigned_reverse_txn_id()), (Some("R1"), Some("T1")));
    assert_eq!(read.unsigned_notification_id(), Some("n-1"));
    assert_eq!((read.unsigned_status(), read.unsigned_final_amount()), (Some("200"), Some("100.5")));
    assert_eq!(format!("{read:?}"), "Notification { fields: 14, .. }");

    let verify = |body: &str| receiver().verify_notification(body.as_bytes()).unwrap_err();
    assert_eq!(verify(&notification(r#""126.61""#, "13", SIGNATURE)), NotificationError::NoMatch);
    assert_eq!(verify(&notification(r#""126.60""#, "15", SIGNATURE)), NotificationError::NoMatch);
    assert_eq!(verify(&notification(r#""126.60""#, "13", "")), NotificationError::NoMatch);
    assert_eq!(verify(r#"{"pw_id":"PW1"}"#), NotificationError::NoSignature);
    assert_eq!(verify(r#"{"signature":7}"#), NotificationError::NoSignature);
    for malformed in ["", "[]", "null", "{", "OK"] {
        assert_eq!(verify(malformed), NotificationError::Malformed, "{malformed}");
    }
    // A duplicate key: the signature could cover one value, and the accessor return the other.
    let twice = notification(r#""126.60""#, "13", SIGNATURE).replacen('{', r#"{"pw_id":"PW2","#, 1);
    assert_eq!(verify(&twice), NotificationError::Malformed);
    let other = Pipwave::new("test_key", "another", Environment::Live);
    let body = notification(r#""126.60""#, "13", SIGNATURE);
    assert_eq!(other.verify_notification(body.as_bytes()).unwrap_err(), NotificationError::NoMatch);
    let upper = notification(r#""126.60""#, "13", &SIGNATURE.to_uppercase());
    assert_eq!(verify(&upper), NotificationError::NoMatch);
}

#[test]
fn numbers_are_signed_as_php_prints_them() {
    let signed = |amount: &str, status: &str| {
        let pairs = [
            ("timestamp", "1456790400"),
            ("api_key", "test_key"),
            ("pw_id", "PW1"),
            ("txn_id", "ORDER-1"),
            ("amount", amount),
            ("currency_code", "MYR"),
            ("transaction_status", status),
        ];
        sign(pairs, &Secret::from("test_secret"))
    };
    // The JSON text, and the text that the vendor's clients sign.
    let accepted = [
        ("126.60", "126.6", "13", "13"),
        ("126.60", "126.60", "13", "13"),
        (r#""126.60""#, "126.60", "13", "13"),
        ("126.00", "126", "13", "13"),
        ("126", "126", r#""13""#, "13"),
        ("0.10", "0.1", "13", "13"),
        ("1234567890.12", "1234567890.12", "13", "13"),
        ("0.0001", "0.0001", "13", "13"),
        ("0.1234567890123412", "0.12345678901234", "13", "13"),
        ("0.00012345678901234", "0.00012345678901234", "13", "13"),
        ("-5.50", "-5.5", "13", "13"),
        ("126.6", "126.6", "0", ""),
        ("126.6", "126.6", r#""0""#, ""),
        ("0", "", "0", ""),
        ("0.00", "0", "0", "0"),
        ("null", "", "null", ""),
        ("true", "1", "13", "13"),
        ("false", "", "13", "13"),
    ];
    for (amount, amount_text, status, status_text) in accepted {
        let body = notification(amount, status, &signed(amount_text, status_text));
        assert!(receiver().verify_notification(body.as_bytes()).is_ok(), "{amount} {status}");
    }
    let refused = [
        (r#""126.60""#, "126.6", "13", "13"),
        ("126.61", "126.6", "13", "13"),
        ("126.6", "126.6", "13", ""),
        ("[126.6]", "126.6", "13", "13"),
    ];
    for (amount, amount_text, status, status_text) in refused {
        let body = notification(amount, status, &signed(amount_text, status_text));
        assert!(receiver().verify_notification(body.as_bytes()).is_err(), "{amount} {status}");
    }
}
