//! Lookups with `requery` after an unknown outcome.

use chargeback::{ChargebackProvider as _, Delivery, Error, Field, LossKind, Reason, Receipt, RetryPolicy, Stage};

use super::{ok, pipwave};
use crate::support::{Play, Script, body, kind, plain, provider};

/// The result of a report whose first reply is lost.
#[derive(Debug, PartialEq, Clone, Copy)]
enum End {
    Reconciled,
    Resent,
    Unknown,
}

use End::{Reconciled, Resent, Unknown};

/// The result after a lost reply, by stage and by the status that `requery` returns.
#[tokio::test(start_paused = true)]
async fn the_payment_status_decides_after_a_lost_reply() {
    // Columns: 10 paid, 13 disputed, 15 charged back, 20 refunded, 25 partly refunded.
    let numbers = [10, 13, 15, 20, 25];
    let table = [
        (Stage::Received, [Resent, Reconciled, Unknown, Unknown, Resent]),
        (Stage::Lost, [Resent, Resent, Reconciled, Unknown, Resent]),
        (Stage::Won, [Unknown, Resent, Unknown, Unknown, Unknown]),
        (Stage::Closed, [Unknown, Unknown, Unknown, Unknown, Unknown]),
        (Stage::Reversed, [Unknown, Unknown, Resent, Unknown, Unknown]),
    ];
    for (stage, row) in table {
        for (number, end) in numbers.into_iter().zip(row) {
            let chargeback = plain("c", stage, Reason::FraudOther).build().unwrap();
            let requery = Play::json(200, format!(r#"{{"status":200,"transaction_status":{number}}}"#));
            let mut plays = vec![Play::Lost, requery];
            if end == Resent {
                plays.push(ok());
            }
            let script = Script::new(plays);
            let result = provider(pipwave(), &script).report(&chargeback).await;
            let context = format!("{stage} {number}");
            check_end(end, result, &script, &context);
            assert_eq!(script.left(), 0, "{context}");
        }
    }
}

fn check_end(end: End, result: Result<Receipt, Error>, script: &Script, context: &str) {
    match (end, result) {
        (Reconciled, Ok(receipt)) => {
            assert!(receipt.was_reconciled() && receipt.is_complete(), "{context}");
            let kinds: Vec<_> = receipt.losses().iter().filter(|loss| loss.field() == Field::Reason).collect();
            assert_eq!(kinds.last().unwrap().kind(), LossKind::Assumed, "{context}");
        }
        (Resent, Ok(receipt)) => {
            assert!(!receipt.was_reconciled(), "{context}");
            assert_eq!(receipt.attempts(), 2, "{context}");
            assert_eq!(body(&script.sent()[0])["stage"], body(&script.sent()[2])["stage"], "{context}");
        }
        (Unknown, Err(error)) => {
            assert_eq!((kind(&error), error.delivery()), ("transport", Delivery::Unknown), "{context}");
            let detail = Some("the payment's status does not show this stage");
            assert_eq!(error.lookup_detail(), detail, "{context}");
            assert!(!error.is_retryable());
        }
        (_, result) => panic!("{context}: {result:?}"),
    }
}

/// Every combination of the ids in the reply: absent, equal or of another payment.
#[tokio::test(start_paused = true)]
async fn a_reply_about_another_payment_proves_nothing() {
    use chargeback::pipwave::{ID, Requery};
    let chargeback = plain("c", Stage::Received, Reason::FraudOther).vendor_payment(ID, "pw-1").build().unwrap();
    for pw_id in [None, Some("pw-1"), Some("pw-2")] {
        for txn_id in [None, Some("txn-1"), Some("txn-2")] {
            let reply = serde_json::json!({
                "status": 200, "transaction_status": "13", "pw_id": pw_id, "txn_id": txn_id,
            });
            let requery = Play::json(200, reply.to_string());
            let script = Script::new([Play::Lost, requery.clone()]);
            let result = provider(pipwave(), &script).report(&chargeback).await;
            let is_other = pw_id == Some("pw-2") || txn_id == Some("txn-2");
            assert_eq!(result.is_err(), is_other, "{reply}: {result:?}");
            if let Err(error) = result {
                assert_eq!(error.delivery(), Delivery::Unknown, "{reply}");
            }
            let asked = provider(pipwave(), &Script::new([requery])).requery(Requery::Payment("pw-1".into())).await;
            assert_eq!(asked.is_err(), pw_id == Some("pw-2"), "{reply}");
        }
    }
}

#[tokio::test(start_paused = true)]
async fn a_failed_lookup_keeps_the_outcome_unknown() {
    let chargeback = plain("c", Stage::Received, Reason::FraudOther).build().unwrap();
    let script = Script::new([Play::json(502, "<html>"), Play::json(200, r#"{"status":401}"#)]);
    let error = provider(pipwave(), &script).report(&chargeback).await.unwrap_err();
    assert_eq!((kind(&error), error.delivery()), ("unavailable", Delivery::Unknown));
    assert_eq!(error.lookup_detail(), Some("requery failed (rejected, HTTP 200)"));
    let lost: Vec<Play> = std::iter::once(Play::Hang).chain(vec![Play::NotSent; 4]).collect();
    let error = provider(pipwave(), &Script::new(lost)).report(&chargeback).await.unwrap_err();
    assert_eq!((kind(&error), error.delivery()), ("timeout", Delivery::Unknown));
}

#[tokio::test(start_paused = true)]
async fn a_rejection_after_a_lost_tag_is_looked_up() {
    // The reply was lost, `requery` still showed the old status, and the retry was rejected: the tag was accepted.
    let chargeback = plain("c", Stage::Received, Reason::FraudOther).build().unwrap();
    let status = |number: u32| Play::json(200, format!(r#"{{"status":200,"transaction_status":{number}}}"#));
    let script = Script::new([Play::Lost, status(10), Play::json(200, r#"{"status":4002}"#), status(13)]);
    let receipt = provider(pipwave(), &script).report(&chargeback).await.unwrap();
    assert!(receipt.was_reconciled());
    // Without an earlier lost reply, a rejection is final.
    let script = Script::new([Play::json(200, r#"{"status":4002}"#)]);
    let error = provider(pipwave(), &script).report(&chargeback).await.unwrap_err();
    assert_eq!((kind(&error), error.delivery()), ("conflict", Delivery::Rejected));
}

#[tokio::test(start_paused = true)]
async fn retries_after_lookups_are_limited() {
    let chargeback = plain("c", Stage::Received, Reason::FraudOther).build().unwrap();
    let paid = Play::json(200, r#"{"status":200,"transaction_status":10}"#);
    let script = Script::new([Play::Lost, paid.clone(), Play::Lost, paid.clone(), Play::Lost, paid]);
    let retry = RetryPolicy::default().max_attempts(3);
    let pipwave = chargeback::HttpProvider::builder(pipwave()).transport(script.clone()).retry(retry).build().unwrap();
    let error = pipwave.report(&chargeback).await.unwrap_err();
    assert_eq!((error.attempts(), error.delivery()), (3, Delivery::Unknown));
    assert_eq!(script.left(), 0);
}
