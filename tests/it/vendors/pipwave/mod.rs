//! Pipwave.

mod notifications;

use chargeback::pipwave::signature::{Timestamp, sign};
use chargeback::pipwave::{
    ChargebackReason, ChargebackStage, Environment, Pipwave, Requery, TagChargeback, TransactionStatus,
};
use chargeback::{
    Chargeback, ChargebackProvider, Delivery, Error, Field, LossKind, Reason, RetryPolicy, Secret, Stage, pipwave,
};
use serde_json::{Value, json};

use super::{case, check_env, check_garbage, check_plan, check_refusals, report_once};
use crate::support::{Play, Script, at, body, full, header, kind, plain, provider, violations};

fn pipwave() -> Pipwave {
    Pipwave::new("pw-key", "pw-secret", Environment::Live)
}

fn ok() -> Play {
    Play::json(200, r#"{"status":200,"message":""}"#)
}

/// The signature over a body, from its own values.
fn signature(body: &Value, keys: &[&str]) -> String {
    let pairs: Vec<(&str, String)> = keys
        .iter()
        .filter_map(|key| match body.get(*key)? {
            Value::String(text) => Some((*key, text.clone())),
            other => Some((*key, other.to_string())),
        })
        .collect();
    sign(pairs.iter().map(|(key, value)| (*key, value.as_str())), &Secret::from("pw-secret"))
}

const SIGNED: &[&str] = &["action", "api_key", "pw_id", "stage", "timestamp", "txn_id"];

#[tokio::test]
async fn the_request_is_exact() {
    let chargeback = full(Stage::Received, Reason::CounterfeitMerchandise).build().unwrap();
    let (result, script) = report_once(pipwave(), &chargeback, ok()).await;
    let receipt = result.unwrap();
    let sent = &script.sent()[0];
    assert_eq!(sent.method(), "POST");
    assert_eq!(sent.uri(), "https://api.pipwave.com/payment");
    assert_eq!(header(sent, "x-api-key"), Some("pw-key"));
    assert_eq!(header(sent, "content-type"), Some("application/json"));
    assert_eq!(header(sent, "accept"), Some("application/json"));
    assert_eq!(sent.headers().len(), 3);
    let mut told = body(sent);
    assert_eq!(told["signature"], signature(&told, SIGNED));
    let now = chrono::Utc::now().timestamp();
    assert!((now - 60..=now).contains(&told["timestamp"].as_i64().unwrap()));
    told["timestamp"] = json!(0);
    told["signature"] = json!("");
    assert_eq!(
        told,
        json!({
            "action": "tag-chargeback",
            "timestamp": 0,
            "api_key": "pw-key",
            "pw_id": "canary-pw-id",
            "txn_id": "canary-transaction-id",
            "stage": "disputed",
            "reason": "not_as_described",
            "signature": "",
        })
    );
    assert_eq!((receipt.stage_value(), receipt.reason_value()), ("disputed", "not_as_described"));
    check_plan(pipwave(), &chargeback, sent, &["pw-key", "pw-secret"]);
    let plan = provider(pipwave(), &Script::silent()).plan(&chargeback).unwrap();
    let planned: Value = serde_json::from_str(plan.steps()[0].request().unwrap().body()).unwrap();
    assert_eq!((&planned["api_key"], &planned["signature"]), (&json!("[redacted]"), &json!("[redacted]")));
    assert_eq!(planned["txn_id"], "canary-transaction-id");
}

#[test]
fn signatures_that_php_gives() {
    // Computed with PHP's ksort and sha1 from the vendor's pages; the first three are requests, the last a notification.
    let secret = Secret::from("test_secret");
    let key = Secret::from("test_key");
    let at = Timestamp::Seconds(1_456_790_400);
    let tag = TagChargeback::for_transaction("ORDER-1", ChargebackStage::Disputed);
    assert_eq!(tag.signed(&key, &secret, &at).signature(), "454e162253f748d15c3fd7e31c2e4cd06714343b");
    let mut both = TagChargeback::for_transaction("ORDER-1", ChargebackStage::DisputeWon);
    both.pw_id = Some("PW1".into());
    assert_eq!(both.signed(&key, &secret, &at).signature(), "9f56e52552475b7518792b24c22f3df1f1d2ad1b");
    let requery = Requery::Transaction("ORDER-1".into());
    assert_eq!(requery.sign(&key, &secret, &at), "b50da9e3b0d6dcacd5c7304ab23b62ce4750c684");
    assert_eq!(both.signed(&key, &secret, &at).signature().len(), 40);
}

#[tokio::test]
async fn a_reason_goes_with_the_stages_that_open_a_case() {
    for &stage in Stage::ALL {
        let chargeback = plain("c", stage, Reason::Duplicate).build().unwrap();
        let (result, script) = report_once(pipwave(), &chargeback, ok()).await;
        let Ok(receipt) = result else {
            assert!(matches!(stage, Stage::Alert | Stage::Inquiry | Stage::Refunded));
            continue;
        };
        let told = body(&script.sent()[0]);
        let opens = matches!(told["stage"].as_str(), Some("disputed" | "chargeback"));
        assert_eq!(told.get("reason").is_some(), opens, "{stage}");
        let dropped =
            receipt.losses().iter().any(|loss| (loss.field(), loss.kind()) == (Field::Reason, LossKind::Dropped));
        assert_eq!(dropped, !opens, "{stage}");
    }
}

#[tokio::test]
async fn a_payment_must_be_named_and_within_the_limits() {
    let builder = || Chargeback::builder("c", Stage::Received, Reason::Other, at(3, 9)).order_id("o");
    let cases = [
        (builder(), vec!["payment.transaction_id: Pipwave needs this or vendor_references.pipwave.payment"]),
        (
            builder().transaction_id("é".repeat(256)).vendor_payment(pipwave::ID, "p".repeat(33)),
            vec![
                "vendor_references.pipwave.payment: longer than 32 characters",
                "payment.transaction_id: longer than 255 characters",
            ],
        ),
    ];
    for (builder, rules) in cases {
        let script = Script::silent();
        let error = provider(pipwave(), &script).report(&builder.build().unwrap()).await.unwrap_err();
        assert_eq!(violations(&error), rules);
        assert!(script.sent().is_empty());
    }
    let longest =
        builder().transaction_id("😀".repeat(255)).vendor_payment(pipwave::ID, "é".repeat(32)).build().unwrap();
    assert!(report_once(pipwave(), &longest, ok()).await.0.is_ok());
}

#[tokio::test]
async fn native_rules_are_all_listed() {
    let script = Script::silent();
    let pipwave = provider(pipwave(), &script);
    let mut tag = TagChargeback::for_payment("p".repeat(33), ChargebackStage::from("initiated"));
    tag.txn_id = Some(String::new());
    tag.reason = Some(ChargebackReason::from("other"));
    let error = pipwave.tag_chargeback(tag).await.unwrap_err();
    assert_eq!(
        violations(&error),
        [
            "pw_id: longer than 32 characters",
            "txn_id: empty",
            "stage: not one of Pipwave's five",
            "reason: not one of Pipwave's four",
        ]
    );
    let no_reason = TagChargeback::for_transaction("t", ChargebackStage::Disputed);
    let error = pipwave.tag_chargeback(no_reason).await.unwrap_err();
    assert_eq!(violations(&error), ["reason: required where a case is opened"]);
    let mut nobody = TagChargeback::for_transaction("t", ChargebackStage::DisputeWon);
    nobody.txn_id = None;
    assert_eq!(violations(&pipwave.tag_chargeback(nobody).await.unwrap_err()), ["txn_id: this or pw_id is required"]);
    assert_eq!(violations(&pipwave.requery(Requery::Payment(String::new())).await.unwrap_err()), ["pw_id: empty"]);
    assert!(script.sent().is_empty());
}

#[tokio::test]
async fn requery_is_exact() {
    let reply =
        |status: &str| Play::json(200, format!(r#"{{"status":"200","message":null,"transaction_status":{status}}}"#));
    let script = Script::of([reply("13"), reply(r#""15""#), reply("99")]);
    let pipwave = provider(pipwave(), &script);
    assert_eq!(
        pipwave.requery(Requery::Transaction("t".into())).await.unwrap().reply.status,
        TransactionStatus::Disputed
    );
    assert_eq!(
        pipwave.requery(Requery::Payment("p".into())).await.unwrap().reply.status,
        TransactionStatus::ChargedBack
    );
    assert_eq!(pipwave.requery(Requery::Payment("p".into())).await.unwrap().reply.status, TransactionStatus::Other(99));
    let mut told = body(&script.sent()[0]);
    assert_eq!(told["signature"], signature(&told, &["action", "api_key", "timestamp", "txn_id"]));
    told["timestamp"] = json!(0);
    told["signature"] = json!("");
    let expected = json!({ "action": "requery", "timestamp": 0, "api_key": "pw-key", "txn_id": "t", "signature": "" });
    assert_eq!(told, expected);
    let told = body(&script.sent()[1]);
    assert_eq!(told["signature"], signature(&told, &["action", "api_key", "timestamp", "pw_id"]));
}

#[tokio::test]
async fn replies_are_classified_by_the_status_in_the_body() {
    use Delivery::{Rejected, Unknown};
    let chargeback = plain("c", Stage::Received, Reason::FraudOther).build().unwrap();
    let cases = [
        case(200, r#"{"status":400,"message":"Nope."}"#, "rejected", Rejected, Some("400"), Some("Nope.")),
        case(
            200,
            r#"{"status":"401","message":"Signature."}"#,
            "authentication",
            Rejected,
            Some("401"),
            Some("Signature."),
        ),
        case(200, r#"{"status":403}"#, "authentication", Rejected, Some("403"), None),
        case(200, r#"{"status":404}"#, "rejected", Rejected, Some("404"), None),
        case(200, r#"{"status":500,"message":"Oops."}"#, "unavailable", Unknown, Some("500"), Some("Oops.")),
        case(
            200,
            r#"{"status":9001,"message":["First.","Second."]}"#,
            "rejected",
            Rejected,
            Some("9001"),
            Some("First.; Second."),
        ),
        case(200, r#"{"status":"4001","message":[]}"#, "conflict", Rejected, Some("4001"), None),
        case(200, r#"{"status":4002,"message":null}"#, "conflict", Rejected, Some("4002"), None),
        case(200, r#"{"status":4006,"message":"Wait."}"#, "conflict", Rejected, Some("4006"), Some("Wait.")),
        case(200, r#"{"status":4501}"#, "conflict", Rejected, Some("4501"), None),
        // The sample of the page, which is in no table; and numbers that nobody has documented for this call.
        case(200, r#"{"status":0}"#, "unreadable", Unknown, Some("0"), None),
        case(200, r#"{"status":"3001"}"#, "unreadable", Unknown, Some("3001"), None),
        case(200, r#"{"status":201}"#, "unreadable", Unknown, Some("201"), None),
        case(200, r#"{"status":"ok"}"#, "unreadable", Unknown, Some("ok"), None),
        case(200, r#"{"status":200.0}"#, "unreadable", Unknown, Some("200.0"), None),
        case(200, r#"{"status":null}"#, "unreadable", Unknown, None, None),
        case(200, r#"{"message":"Fine."}"#, "unreadable", Unknown, None, None),
        // An HTTP error whose body says what it is, and ones whose bodies do not.
        case(404, r#"{"status":9001}"#, "rejected", Rejected, Some("9001"), None),
        case(403, r#"{"status":77}"#, "authentication", Rejected, Some("77"), None),
        // A server that failed may have acted, whatever its body says is wrong.
        case(500, r#"{"status":9001}"#, "unavailable", Unknown, Some("9001"), None),
        case(429, r#"{"status":9001}"#, "rate limited", Rejected, Some("9001"), None),
        case(500, "{}", "unavailable", Unknown, None, None),
        case(403, "Forbidden", "authentication", Rejected, None, None),
        case(429, "{}", "rate limited", Rejected, None, None),
    ];
    check_refusals(pipwave, &chargeback, &cases).await;
    check_garbage(pipwave, &chargeback).await;
    let successes = [
        (200, r#"{"status":200}"#, None),
        (200, r#"{"status":"200","message":""}"#, None),
        (200, r#"{"status":200,"message":["a","b"],"reverse_pw_id":"1"}"#, Some("a; b")),
        (200, r#"{"status":200,"message":null}"#, None),
        (404, r#"{"status":200}"#, None),
        (500, r#"{"status":"200"}"#, None),
    ];
    for (status, body, message) in successes {
        let (result, _) = report_once(pipwave(), &chargeback, Play::json(status, body)).await;
        assert_eq!(result.unwrap().message(), message, "{body}");
    }
}

#[tokio::test]
async fn a_reversal_under_way_passes() {
    let chargeback = plain("c", Stage::Reversed, Reason::FraudOther).build().unwrap();
    let (result, _) = report_once(pipwave(), &chargeback, Play::json(200, r#"{"status":4006}"#)).await;
    assert!(result.unwrap_err().is_retryable());
    let (result, _) = report_once(pipwave(), &chargeback, Play::json(200, r#"{"status":4501}"#)).await;
    assert!(!result.unwrap_err().is_retryable());
}

/// After a lost tag: what requery shows, for each stage that was sent.
#[tokio::test(start_paused = true)]
async fn requery_settles_what_it_can() {
    #[derive(Debug, PartialEq, Clone, Copy)]
    enum End {
        ReadBack,
        SentAgain,
        Unknown,
    }
    use End::{ReadBack, SentAgain, Unknown};
    // Columns: 10 paid, 13 disputed, 15 charged back, 20 refunded, 25 partly refunded.
    let numbers = [10, 13, 15, 20, 25];
    let table = [
        (Stage::Received, [SentAgain, ReadBack, Unknown, Unknown, SentAgain]),
        (Stage::Lost, [SentAgain, SentAgain, ReadBack, Unknown, SentAgain]),
        (Stage::Won, [Unknown, SentAgain, Unknown, Unknown, Unknown]),
        (Stage::Closed, [Unknown, Unknown, Unknown, Unknown, Unknown]),
        (Stage::Reversed, [Unknown, Unknown, SentAgain, Unknown, Unknown]),
    ];
    for (stage, row) in table {
        for (number, end) in numbers.into_iter().zip(row) {
            let chargeback = plain("c", stage, Reason::FraudOther).build().unwrap();
            let requery = Play::json(200, format!(r#"{{"status":200,"transaction_status":{number}}}"#));
            let mut plays = vec![Play::Lost, requery];
            if end == SentAgain {
                plays.push(ok());
            }
            let script = Script::of(plays);
            let result = provider(pipwave(), &script).report(&chargeback).await;
            let what = format!("{stage} {number}");
            match (end, result) {
                (ReadBack, Ok(receipt)) => {
                    assert!(receipt.was_reconciled() && receipt.is_complete(), "{what}");
                    let kinds: Vec<_> = receipt.losses().iter().filter(|loss| loss.field() == Field::Reason).collect();
                    assert_eq!(kinds.last().unwrap().kind(), LossKind::Assumed, "{what}");
                }
                (SentAgain, Ok(receipt)) => {
                    assert!(!receipt.was_reconciled(), "{what}");
                    assert_eq!(receipt.attempts(), 2, "{what}");
                    assert_eq!(body(&script.sent()[0])["stage"], body(&script.sent()[2])["stage"], "{what}");
                }
                (Unknown, Err(error)) => {
                    assert_eq!((kind(&error), error.delivery()), ("transport", Delivery::Unknown), "{what}");
                    assert_eq!(error.lookup_detail(), Some("the payment's status does not show this stage"), "{what}");
                    assert!(!error.is_retryable());
                }
                (_, result) => panic!("{what}: {result:?}"),
            }
            assert_eq!(script.left(), 0, "{what}");
        }
    }
}

#[tokio::test(start_paused = true)]
async fn a_look_that_fails_leaves_it_unknown() {
    let chargeback = plain("c", Stage::Received, Reason::FraudOther).build().unwrap();
    let script = Script::of([Play::json(502, "<html>"), Play::json(200, r#"{"status":401}"#)]);
    let error = provider(pipwave(), &script).report(&chargeback).await.unwrap_err();
    assert_eq!((kind(&error), error.delivery()), ("unavailable", Delivery::Unknown));
    assert_eq!(error.lookup_detail(), Some("requery failed (refused, HTTP 200)"));
    let lost: Vec<Play> = std::iter::once(Play::Hang).chain(vec![Play::NotSent; 4]).collect();
    let error = provider(pipwave(), &Script::of(lost)).report(&chargeback).await.unwrap_err();
    assert_eq!((kind(&error), error.delivery()), ("timeout", Delivery::Unknown));
}

#[tokio::test(start_paused = true)]
async fn a_refusal_after_a_lost_tag_is_looked_up() {
    // The tag got lost on the way back, the record was read too early, the repeat is refused: it had been done.
    let chargeback = plain("c", Stage::Received, Reason::FraudOther).build().unwrap();
    let status = |number: u32| Play::json(200, format!(r#"{{"status":200,"transaction_status":{number}}}"#));
    let script = Script::of([Play::Lost, status(10), Play::json(200, r#"{"status":4002}"#), status(13)]);
    let receipt = provider(pipwave(), &script).report(&chargeback).await.unwrap();
    assert!(receipt.was_reconciled());
    // Without doubt, a refusal is a refusal.
    let script = Script::of([Play::json(200, r#"{"status":4002}"#)]);
    let error = provider(pipwave(), &script).report(&chargeback).await.unwrap_err();
    assert_eq!((kind(&error), error.delivery()), ("conflict", Delivery::Rejected));
}

#[tokio::test(start_paused = true)]
async fn what_is_sent_again_is_bounded() {
    let chargeback = plain("c", Stage::Received, Reason::FraudOther).build().unwrap();
    let paid = Play::json(200, r#"{"status":200,"transaction_status":10}"#);
    let script = Script::of([Play::Lost, paid.clone(), Play::Lost, paid.clone(), Play::Lost, paid]);
    let retry = RetryPolicy::default().max_attempts(3);
    let pipwave = chargeback::HttpProvider::builder(pipwave()).transport(script.clone()).retry(retry).build().unwrap();
    let error = pipwave.report(&chargeback).await.unwrap_err();
    assert_eq!((error.attempts(), error.delivery()), (3, Delivery::Unknown));
    assert_eq!(script.left(), 0);
}

#[test]
fn settings_come_from_the_environment() {
    check_env(
        |get| Pipwave::from_vars(get),
        &[("PIPWAVE_API_KEY", "k"), ("PIPWAVE_API_SECRET", "s"), ("PIPWAVE_ENVIRONMENT", "live")],
        &[
            ("PIPWAVE_ENVIRONMENT", "v1", "must be live or staging"),
            ("PIPWAVE_BASE_URL", "//x", "must be an https URL, or http to a loopback host"),
        ],
    );
}

#[tokio::test]
async fn staging_has_its_address() {
    let chargeback = plain("c", Stage::Received, Reason::FraudOther).build().unwrap();
    let (_, script) = report_once(Pipwave::new("k", "s", Environment::Staging), &chargeback, ok()).await;
    assert_eq!(script.sent()[0].uri(), "https://staging-api.pipwave.com/payment");
}

#[test]
fn a_plan_that_cannot_be_is_an_error() {
    let alert = plain("c", Stage::Alert, Reason::Other).build().unwrap();
    let error = provider(pipwave(), &Script::silent()).plan(&alert).unwrap_err();
    assert!(matches!(error, Error::Unsupported(_)));
}
