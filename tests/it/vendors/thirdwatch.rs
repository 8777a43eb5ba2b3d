//! Thirdwatch.

use chargeback::thirdwatch::{AbuseType, ChargebackEvent, Environment, TagUser, Thirdwatch, UntagUser};
use chargeback::{Chargeback, ChargebackProvider, Delivery, Field, Loss, LossKind, Reason, Stage};
use serde_json::json;

use super::{case, check_env, check_garbage, check_plan, check_refusals, report_once};
use crate::support::{Play, Script, at, body, full, header, plain, provider, violations};

fn thirdwatch() -> Thirdwatch {
    Thirdwatch::new("tw-key", Environment::Production)
}

fn ok() -> Play {
    Play::json(200, r#"{"status":"event recorded"}"#)
}

#[tokio::test]
async fn the_request_is_exact() {
    let chargeback = full(Stage::Contested, Reason::Duplicate).build().unwrap();
    let (result, script) = report_once(thirdwatch(), &chargeback, ok()).await;
    let receipt = result.unwrap();
    let sent = &script.sent()[0];
    assert_eq!(sent.method(), "POST");
    assert_eq!(sent.uri(), "https://api.thirdwatch.ai/event/v1/chargeback");
    assert_eq!(header(sent, "x-thirdwatch-api-key"), Some("tw-key"));
    assert_eq!(header(sent, "content-type"), Some("application/json"));
    assert_eq!(header(sent, "accept"), Some("application/json"));
    assert_eq!(sent.headers().len(), 3);
    assert_eq!(
        body(sent),
        json!({
            "_userId": "canary-user-id",
            "_sessionId": "canary-session-id",
            "_orderId": "canary-order-id",
            "_transactionId": "canary-transaction-id",
            "_chargebackState": "_disputed",
            "_chargebackReason": "_duplicate",
            "_customInfo": {
                "amount": "987654.321",
                "arn": "canary-arn",
                "case_id": "canary-case-id",
                "case_number": "canary-case-number",
                "currency": "KWD",
                "due_by": "2026-10-28T23:30:00Z",
                "gateway_transaction_id": "canary-gateway-id",
                "metadata.canary-name": "canary-value",
                "network": "canary-network",
                "network_reason_code": "canary-code",
                "notes": "canary-notes",
                "occurred_at": "2026-10-06T06:30:00Z",
                "opened_at": "2026-10-01T01:30:00Z",
                "processor": "canary-processor",
                "processor_dispute_id": "canary-dispute-id",
                "processor_payment_id": "canary-payment-id",
                "reason": "duplicate",
                "received_at": "2026-10-02T02:30:00Z",
                "stage": "contested",
            },
        })
    );
    assert_eq!((receipt.stage_value(), receipt.reason_value()), ("_disputed", "_duplicate"));
    assert_eq!(receipt.message(), Some("event recorded"));
    check_plan(thirdwatch(), &chargeback, sent, &["tw-key"]);
}

#[tokio::test]
async fn a_guest_is_known_by_the_session() {
    let guest = Chargeback::builder("c", Stage::Received, Reason::Other, at(3, 9)).session_id("s-1").build().unwrap();
    let (result, script) = report_once(thirdwatch(), &guest, ok()).await;
    let sent = body(&script.sent()[0]);
    assert_eq!((&sent["_userId"], &sent["_sessionId"]), (&json!("s-1"), &json!("s-1")));
    let taken = Loss::new(Field::SessionId, LossKind::Assumed, "no user id: the session id is sent as `_userId` too");
    assert!(result.unwrap().losses().contains(&taken));

    let nobody = Chargeback::builder("c", Stage::Received, Reason::Other, at(3, 9)).order_id("o").build().unwrap();
    let script = Script::silent();
    let error = provider(thirdwatch(), &script).report(&nobody).await.unwrap_err();
    assert_eq!(violations(&error), ["payment.user_id: Thirdwatch needs this or payment.session_id"]);
    assert!(script.sent().is_empty());
}

#[tokio::test]
async fn a_tag_follows_fraud_that_stands_and_only_by_choice() {
    for &stage in Stage::ALL {
        for reason in [Reason::FraudCardAbsent, Reason::FraudOther, Reason::Unrecognized, Reason::NotReceived] {
            let chargeback = plain("c", stage, reason.clone()).build().unwrap();
            let script = Script::of([ok(), ok()]);
            let tagging = provider(thirdwatch().tag_after_fraud(), &script);
            let Ok(receipt) = tagging.report(&chargeback).await else {
                assert!(matches!(stage, Stage::Alert | Stage::Inquiry | Stage::Refunded | Stage::Closed));
                continue;
            };
            let fraud = matches!(reason, Reason::FraudCardAbsent | Reason::FraudOther);
            let stands = !matches!(stage, Stage::Won | Stage::Reversed | Stage::Withdrawn);
            let steps: Vec<&str> = receipt.steps().iter().map(chargeback::StepReport::operation).collect();
            let expected = if fraud && stands { vec!["chargeback", "tag"] } else { vec!["chargeback"] };
            assert_eq!(steps, expected, "{stage} {reason:?}");
            let plan = tagging.plan(&chargeback).unwrap();
            assert_eq!(plan.steps().iter().map(chargeback::PlannedStep::operation).collect::<Vec<_>>(), expected);
            if fraud && stands {
                let tag = &script.sent()[1];
                assert_eq!(tag.uri().path(), "/event/v1/tag");
                let expected = json!({ "_userId": "user-1", "_isBad": true, "_abuseType": "_paymentAbuse" });
                assert_eq!(body(tag), expected);
            }
            let (result, _) = report_once(thirdwatch(), &chargeback, ok()).await;
            assert_eq!(result.unwrap().steps().len(), 1, "not without being told to");
        }
    }
}

#[tokio::test]
async fn the_native_calls_are_exact() {
    let script = Script::of([ok(), ok(), ok()]);
    let thirdwatch = provider(thirdwatch(), &script);
    let mut event = ChargebackEvent::default();
    event.session_id = Some("s".into());
    event.state = Some("_new_word".into());
    let mut untag = UntagUser::new("u");
    untag.abuse_type = Some(AbuseType::AccountAbuse);
    assert_eq!(thirdwatch.report_chargeback(event).await.unwrap().reply.message.as_deref(), Some("event recorded"));
    thirdwatch.tag(TagUser::new("u", false)).await.unwrap();
    thirdwatch.untag(untag).await.unwrap();
    let sent: Vec<_> = script.sent().iter().map(|sent| (sent.uri().path().to_owned(), body(sent))).collect();
    let expected = [
        ("/event/v1/chargeback", json!({ "_sessionId": "s", "_chargebackState": "_new_word" })),
        ("/event/v1/tag", json!({ "_userId": "u", "_isBad": false })),
        ("/event/v1/untag", json!({ "_userId": "u", "_abuseType": "_accountAbuse" })),
    ];
    assert_eq!(sent, expected.map(|(path, body)| (path.to_owned(), body)));
}

#[tokio::test]
async fn nobody_is_nobody() {
    let script = Script::silent();
    let thirdwatch = provider(thirdwatch(), &script);
    let mut empty = ChargebackEvent::default();
    empty.user_id = Some(String::new());
    let error = thirdwatch.report_chargeback(empty).await.unwrap_err();
    assert_eq!(violations(&error), ["_userId: this or _sessionId is required"]);
    assert_eq!(violations(&thirdwatch.tag(TagUser::default()).await.unwrap_err()), ["_userId: required"]);
    assert_eq!(violations(&thirdwatch.untag(UntagUser::new("")).await.unwrap_err()), ["_userId: required"]);
    assert!(script.sent().is_empty());
}

#[tokio::test]
async fn replies_are_classified() {
    let chargeback = plain("c", Stage::Received, Reason::FraudOther).build().unwrap();
    let cases = [
        case(400, r#"{"error":"bad event"}"#, "rejected", Delivery::Rejected, None, Some("bad event")),
        case(400, r#"{"message":"bad event"}"#, "rejected", Delivery::Rejected, None, Some("bad event")),
        case(200, r#"{"error":"bad event"}"#, "rejected", Delivery::Rejected, None, Some("bad event")),
        case(200, r#"{"error":{"code":7}}"#, "rejected", Delivery::Rejected, None, None),
        case(200, r#"{"error":{}}"#, "unreadable", Delivery::Unknown, None, None),
        // There is an `error` and it says nothing: neither yes nor no.
        case(200, r#"{"status":"sorry","error":null}"#, "unreadable", Delivery::Unknown, None, Some("sorry")),
        case(200, r#"{"error":""}"#, "unreadable", Delivery::Unknown, None, None),
        case(
            200,
            r#"{"error":false,"status":"fine-by-us"}"#,
            "unreadable",
            Delivery::Unknown,
            None,
            Some("fine-by-us"),
        ),
        case(401, r#"{"error":"bad key"}"#, "authentication", Delivery::Rejected, None, Some("bad key")),
        case(404, "", "not found", Delivery::Rejected, None, None),
        case(409, "{}", "conflict", Delivery::Rejected, None, None),
        case(429, "", "rate limited", Delivery::Rejected, None, None),
        case(500, r#"{"error":"oops!"}"#, "unavailable", Delivery::Unknown, None, Some("oops!")),
        case(201, r#"{"status":"recorded"}"#, "unreadable", Delivery::Unknown, None, None),
        case(204, "", "unreadable", Delivery::Unknown, None, None),
        case(301, "", "unreadable", Delivery::Unknown, None, None),
    ];
    check_refusals(thirdwatch, &chargeback, &cases).await;
    check_garbage(thirdwatch, &chargeback).await;
    let successes = [
        ("", None),
        (" \r\n", None),
        ("{}", None),
        (r#"{"status":"ok"}"#, Some("ok")),
        (r#"{"message":"ok"}"#, Some("ok")),
        (r#"{"other":1}"#, None),
    ];
    for (body, message) in successes {
        let (result, _) = report_once(thirdwatch(), &chargeback, Play::json(200, body)).await;
        assert_eq!(result.unwrap().message(), message, "{body}");
    }
}

#[test]
fn settings_come_from_the_environment() {
    check_env(
        |get| Thirdwatch::from_vars(get),
        &[("THIRDWATCH_API_KEY", "k"), ("THIRDWATCH_ENVIRONMENT", "staging")],
        &[
            ("THIRDWATCH_ENVIRONMENT", "moon", "must be production or staging"),
            ("THIRDWATCH_BASE_URL", "nowhere", "must be an https URL, or http to a loopback host"),
        ],
    );
}

#[tokio::test]
async fn every_environment_has_its_address() {
    let chargeback = plain("c", Stage::Received, Reason::FraudOther).build().unwrap();
    let staging = Thirdwatch::new("k", Environment::Staging);
    let (_, script) = report_once(staging, &chargeback, ok()).await;
    assert_eq!(script.sent()[0].uri(), "https://staging.thirdwatch.co/event/v1/chargeback");
}
