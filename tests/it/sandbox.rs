//! The sandbox: as strict as the vendors' documents, alike in both skins, and able to fail.

use std::time::Duration;

use chargeback::sandbox::{API_KEY, API_SECRET, Fault, FaultKind, Sandbox};
use chargeback::spade::WonMeans;
use chargeback::transport::{HttpTransport, RequestLimits, Transport};
use chargeback::tutelar::DefeatedMeans;
use chargeback::{
    ChargebackProvider, Delivery, HttpProvider, Reason, Representment, RetryPolicy, Secret, Stage, Timeouts, pipwave,
};
use http::Request;
use serde_json::{Value, json};

use crate::support::{at, kind, plain};

/// Sends a request as it stands, and gives status and body.
async fn send(transport: &dyn Transport, request: Request<bytes::Bytes>) -> (u16, Value) {
    let reply = transport.send(request, &RequestLimits::default()).await.unwrap();
    (reply.status().as_u16(), serde_json::from_slice(reply.body()).unwrap_or_default())
}

fn post(base: &str, path: &str, key: (&str, &str), body: &Value) -> Request<bytes::Bytes> {
    Request::post(format!("{base}{path}"))
        .header("content-type", "application/json")
        .header(key.0, key.1)
        .body(body.to_string().into())
        .unwrap()
}

#[tokio::test]
async fn spade_is_strict() {
    let sandbox = Sandbox::in_memory();
    let base = sandbox.spade().base_url().as_str().to_owned();
    let transport = sandbox.transport().unwrap();
    let good = json!({ "state": "chargeback_won", "isFraud": true, "fraudType": "other" });
    let cases = [
        ("wrong key", "/enrichments/e/chargeback", "nope", good.clone(), 403),
        ("unknown call", "/enrichments/e/nothing", API_KEY, good.clone(), 404),
        ("unknown field", "/enrichments/e/chargeback", API_KEY, json!({ "state": "chargeback_won", "x": 1 }), 400),
        ("no state", "/enrichments/e/chargeback", API_KEY, json!({}), 400),
        ("wrong state", "/enrichments/e/chargeback", API_KEY, json!({ "state": "won" }), 400),
        (
            "type without fraud",
            "/enrichments/e/chargeback",
            API_KEY,
            json!({ "state": "chargeback_won", "fraudType": "other" }),
            400,
        ),
        (
            "long notes",
            "/enrichments/e/chargeback",
            API_KEY,
            json!({ "state": "chargeback_won", "chargebackNotes": "x".repeat(513) }),
            400,
        ),
        (
            "bad time",
            "/enrichments/e/chargeback",
            API_KEY,
            json!({ "state": "chargeback_won", "occurredAt": "today" }),
            400,
        ),
        ("a list", "/enrichments/e/chargeback", API_KEY, json!([]), 400),
        ("long code", "/enrichments/e/decline", API_KEY, json!({ "declineCode": "x".repeat(129) }), 400),
        ("good", "/enrichments/e/chargeback", API_KEY, good, 200),
        ("good decline", "/enrichments/e/decline", API_KEY, json!({ "declineCode": "05" }), 200),
    ];
    for (what, path, key, body, status) in cases {
        let reply = send(&*transport, post(&base, path, ("x-api-key", key), &body)).await;
        assert_eq!(reply.0, status, "{what}: {reply:?}");
    }
    assert_eq!((sandbox.spade().cases().len(), sandbox.spade().other_feedback().len()), (1, 1));
    assert_eq!(sandbox.spade().case("e").unwrap().history.len(), 1);
}

#[tokio::test]
async fn thirdwatch_is_strict() {
    let sandbox = Sandbox::in_memory();
    let base = sandbox.thirdwatch().base_url().as_str().to_owned();
    let transport = sandbox.transport().unwrap();
    let cases = [
        ("wrong key", "/v1/chargeback", "nope", json!({ "_userId": "u" }), 401),
        ("unknown call", "/v1/score", API_KEY, json!({ "_userId": "u" }), 404),
        ("nobody", "/v1/chargeback", API_KEY, json!({ "_orderId": "o" }), 400),
        ("a session does not tag", "/v1/tag", API_KEY, json!({ "_sessionId": "s" }), 400),
        ("unknown key", "/v1/chargeback", API_KEY, json!({ "_userId": "u", "_amount": 1 }), 400),
        ("wrong type", "/v1/tag", API_KEY, json!({ "_userId": "u", "_isBad": "yes" }), 400),
        ("good", "/v1/chargeback", API_KEY, json!({ "_sessionId": "s" }), 200),
        ("good tag", "/v1/tag", API_KEY, json!({ "_userId": "u", "_isBad": true }), 200),
        ("good untag", "/v1/untag", API_KEY, json!({ "_userId": "u" }), 200),
    ];
    for (what, path, key, body, status) in cases {
        let reply = send(&*transport, post(&base, path, ("x-thirdwatch-api-key", key), &body)).await;
        assert_eq!(reply.0, status, "{what}: {reply:?}");
    }
    assert_eq!(sandbox.thirdwatch().cases().len(), 1);
    assert_eq!(sandbox.thirdwatch().tags()[0].state, Value::Null);
}

#[tokio::test]
async fn tutelar_is_strict() {
    let sandbox = Sandbox::in_memory();
    let base = sandbox.tutelar().base_url().as_str().to_owned();
    let transport = sandbox.transport().unwrap();
    let basic = "Basic c2FuZGJveC1rZXk6c2FuZGJveC1zZWNyZXQ=";
    let path = "/api/v1/fraud-detector/transaction/chargeback";
    let body = |status: &str, order: &str| json!({ "status": status, "orderId": order, "reason": "r" });
    let cases = [
        ("wrong key", path, "Basic eDp5", body("contested", "o"), 401),
        ("wrong version of key", "/api/v2/fraud-detector/transaction/chargeback", basic, body("contested", "o"), 401),
        ("wrong path", "/api/v3/x", basic, body("contested", "o"), 404),
        ("wrong status", path, basic, body("won", "o"), 422),
        ("empty order", path, basic, body("contested", ""), 400),
        ("odd order", path, basic, body("contested", "a b"), 400),
        ("long order", path, basic, body("contested", &"o".repeat(41)), 400),
        ("no reason", path, basic, json!({ "status": "contested", "orderId": "o" }), 400),
        ("unknown field", path, basic, json!({ "status": "contested", "orderId": "o", "reason": "r", "x": 1 }), 400),
        ("good", path, basic, body("contested", "o"), 200),
        ("good refund", "/api/v1/fraud-detector/transaction/refund", basic, body("processed", "o"), 200),
    ];
    for (what, path, key, body, status) in cases {
        let reply = send(&*transport, post(&base, path, ("authorization", key), &body)).await;
        assert_eq!(reply.0, status, "{what}: {reply:?}");
    }
    assert_eq!((sandbox.tutelar().cases().len(), sandbox.tutelar().refunds().len()), (1, 1));
}

#[tokio::test]
async fn pipwave_checks_the_signature_and_the_state() {
    let sandbox = Sandbox::in_memory();
    let base = sandbox.pipwave().base_url().as_str().to_owned();
    let transport = sandbox.transport().unwrap();
    let signed = |stage: &str, reason: Option<&str>, secret: &str| {
        let pairs =
            [("action", "tag-chargeback"), ("api_key", API_KEY), ("stage", stage), ("timestamp", "7"), ("txn_id", "t")];
        let mut body = json!({
            "action": "tag-chargeback", "api_key": API_KEY, "stage": stage, "timestamp": 7, "txn_id": "t",
            "signature": pipwave::signature::sign(pairs, &Secret::from(secret)),
        });
        if let Some(reason) = reason {
            body["reason"] = json!(reason);
        }
        body
    };
    let cases = [
        ("wrong secret", signed("disputed", Some("others"), "nope"), json!(401)),
        ("no reason", signed("disputed", None, API_SECRET), json!(9001)),
        ("unknown reason", signed("disputed", Some("other"), API_SECRET), json!(9001)),
        ("unknown stage", signed("initiated", Some("others"), API_SECRET), json!(9001)),
        ("nothing to win", signed("dispute won", None, API_SECRET), json!(4501)),
        ("nothing to reverse", signed("chargeback reversed", None, API_SECRET), json!(4501)),
        ("opened", signed("disputed", Some("others"), API_SECRET), json!("200")),
        ("final", signed("chargeback", None, API_SECRET), json!("200")),
        ("too late to dispute", signed("disputed", Some("others"), API_SECRET), json!(4501)),
        ("reversed", signed("chargeback reversed", None, API_SECRET), json!("200")),
    ];
    for (what, body, status) in cases {
        let (http, reply) = send(&*transport, post(&base, "/payment", ("x-api-key", API_KEY), &body)).await;
        assert_eq!((http, &reply["status"]), (200, &status), "{what}: {reply}");
    }
    let (_, reply) = send(&*transport, post(&base, "/payment", ("x-api-key", "nope"), &json!({}))).await;
    assert_eq!(reply["status"], 403);
    let case = sandbox.pipwave().case("t").unwrap();
    assert_eq!((case.state["stage"].as_str(), case.history.len()), (Some("chargeback reversed"), 3));
}

#[tokio::test]
async fn pipwave_knows_a_payment_by_both_ids() {
    let sandbox = Sandbox::in_memory();
    let pipwave = sandbox.connect(sandbox.pipwave_connector()).retry(RetryPolicy::never()).build().unwrap();
    let tag = |pw_id: Option<&str>, txn_id: Option<&str>| {
        let mut tag = pipwave::TagChargeback::for_transaction("", pipwave::ChargebackStage::Disputed);
        (tag.pw_id, tag.txn_id) = (pw_id.map(Into::into), txn_id.map(Into::into));
        tag.reason = Some(pipwave::ChargebackReason::Others);
        tag
    };
    pipwave.tag_chargeback(tag(Some("pw-1"), Some("t-1"))).await.unwrap();
    for by in [pipwave::Requery::Payment("pw-1".into()), pipwave::Requery::Transaction("t-1".into())] {
        assert_eq!(pipwave.requery(by).await.unwrap().status, pipwave::TransactionStatus::Disputed);
    }
    // One id of each of two payments is nobody's.
    pipwave.tag_chargeback(tag(None, Some("t-2"))).await.unwrap();
    let error = pipwave.tag_chargeback(tag(Some("pw-1"), Some("t-2"))).await.unwrap_err();
    assert_eq!(error.vendor_code(), Some("9001"));
    // What is refunded in full cannot be disputed.
    sandbox.pipwave().set_payment_by_pw_id("pw-3", 20);
    let error = pipwave.tag_chargeback(tag(Some("pw-3"), None)).await.unwrap_err();
    assert_eq!((kind(&error), error.vendor_code()), ("conflict", Some("4001")));
}

#[tokio::test(start_paused = true)]
async fn a_vendor_is_down_until_it_recovers() {
    let sandbox = Sandbox::in_memory();
    let revcent = sandbox.connect(sandbox.revcent_connector()).build().unwrap();
    sandbox.revcent().fail_always(Fault::before_acting(FaultKind::Unreachable));
    for _ in 0..3 {
        assert_eq!(revcent.report(&received()).await.unwrap_err().delivery(), Delivery::NotSent);
    }
    assert_eq!(sandbox.revcent().requests(), 0);
    sandbox.revcent().recover();
    // A fault of one write spares the searches before it.
    sandbox.revcent().fail_next_write(Fault::after_acting(FaultKind::ServerError));
    let receipt = revcent.report(&received()).await.unwrap();
    assert!(receipt.was_reconciled());
    // Pipwave reads by POST: that is no write.
    sandbox.pipwave().fail_next_write(Fault::after_acting(FaultKind::Reset));
    let pipwave = sandbox.connect(sandbox.pipwave_connector()).build().unwrap();
    assert!(pipwave.requery(pipwave::Requery::Transaction("txn-1".into())).await.is_ok());
    assert!(pipwave.report(&received()).await.unwrap().was_reconciled());
}

#[tokio::test(start_paused = true)]
async fn a_sandbox_keeps_as_many_cases_as_it_is_told() {
    let sandbox = Sandbox::in_memory();
    sandbox.keep_last(3);
    let revcent = sandbox.connect(sandbox.revcent_connector()).build().unwrap();
    let pipwave = sandbox.connect(sandbox.pipwave_connector()).build().unwrap();
    let spade = sandbox.connect(sandbox.spade_connector(WonMeans::MerchantWon)).build().unwrap();
    let case = |number: u32| {
        let case = plain(&format!("case-{number}"), Stage::Received, Reason::FraudOther);
        case.transaction_id(format!("txn-{number}")).vendor_payment(chargeback::spade::ID, format!("e-{number}"))
    };
    for number in 0..7 {
        for provider in [&revcent as &dyn ChargebackProvider, &pipwave, &spade] {
            let _ = provider.report(&case(number).build().unwrap()).await.unwrap();
        }
    }
    let keys: Vec<String> = sandbox.spade().cases().into_iter().map(|case| case.key).collect();
    assert_eq!(keys, ["e-4", "e-5", "e-6"]);
    let keys: Vec<String> = sandbox.revcent().cases().into_iter().map(|case| case.key).collect();
    assert_eq!(keys, ["chargeback0000000005", "chargeback0000000006", "chargeback0000000007"]);
    assert_eq!(sandbox.pipwave().cases().len(), 3);
    // One that is kept is found and goes on; one that is gone is new.
    let restarted = sandbox.connect(sandbox.revcent_connector()).build().unwrap();
    let found = restarted.report(&case(5).build().unwrap()).await.unwrap();
    assert_eq!((found.vendor_case(), found.wrote()), (Some("chargeback0000000006"), false));
    let new = restarted.report(&case(1).build().unwrap()).await.unwrap();
    assert_eq!((new.vendor_case(), new.wrote()), (Some("chargeback0000000008"), true));
    assert_eq!(restarted.report(&case(5).build().unwrap()).await.unwrap().vendor_case(), Some("chargeback0000000006"));
}

#[tokio::test]
async fn revcent_freezes_what_is_frozen() {
    let sandbox = Sandbox::in_memory();
    let base = sandbox.revcent().base_url().as_str().to_owned();
    let transport = sandbox.transport().unwrap();
    let key = ("x-api-key", API_KEY);
    let transaction = "P4r7XkzvGqsB2oQmUwLA";
    let refused = [
        json!({}),
        json!({ "transaction_id": "short" }),
        json!({ "transaction_id": transaction, "gateway_transaction_id": "g" }),
        json!({ "transaction_id": transaction, "currency": "USD" }),
        json!({ "transaction_id": transaction, "amount": "1" }),
        json!({ "transaction_id": transaction, "chargeback_date": "2024-04-17" }),
        json!({ "transaction_id": transaction, "metadata": [{ "name": "n" }] }),
        json!({ "transaction_id": transaction, "representment": { "completed": true } }),
        json!({ "transaction_id": transaction, "representment": { "initiated": true, "outcome": "won" } }),
    ];
    for body in refused {
        let (status, reply) = send(&*transport, post(&base, "/v2/chargebacks", key, &body)).await;
        assert_eq!((status, &reply["code"]), (400, &json!(0)), "{body}");
    }
    let body = json!({ "transaction_id": transaction, "representment": { "initiated": true } });
    let (_, reply) = send(&*transport, post(&base, "/v2/chargebacks", key, &body)).await;
    let id = reply["chargeback_id"].as_str().unwrap().to_owned();
    assert_eq!((id.len(), reply["code"].as_u64()), (20, Some(1)));
    let path = format!("/v2/chargebacks/{id}");
    let edits = [
        (json!({ "representment": { "initiated": true } }), 400),
        (json!({ "representment": { "initiated": false } }), 400),
        (json!({ "void_transaction": true }), 400),
        (json!({ "representment": { "completed": true, "outcome": "won" } }), 200),
        (json!({ "representment": { "outcome": "lost" } }), 200),
    ];
    for (body, status) in edits {
        assert_eq!(send(&*transport, post(&base, &path, key, &body)).await.0, status, "{body}");
    }
    let missing = post(&base, "/v2/chargebacks/chargeback9999999999", key, &json!({ "arn": "a" }));
    assert_eq!(send(&*transport, missing).await.0, 404);
    assert_eq!(send(&*transport, post(&base, "/v2/chargebacks", ("x-api-key", "nope"), &body)).await.0, 401);
}

fn received() -> chargeback::Chargeback {
    plain("case-1", Stage::Received, Reason::FraudOther).build().unwrap()
}

#[tokio::test]
async fn both_skins_play_the_same_faults_alike() {
    use FaultKind::*;
    let faults = [
        (Fault::before_acting(Reset), "transport", Delivery::Unknown),
        (Fault::after_acting(Reset), "transport", Delivery::Unknown),
        (Fault::after_acting(Silence), "timeout", Delivery::Unknown),
        (Fault::after_acting(Slow(Duration::from_secs(30))), "timeout", Delivery::Unknown),
        (Fault::before_acting(Rejection), "rejected", Delivery::Rejected),
        (Fault::before_acting(RejectionInOk), "ok", Delivery::NotSent),
        (Fault::before_acting(Unauthorized), "authentication", Delivery::Rejected),
        (Fault::before_acting(TooManyRequests(Some(9))), "rate limited", Delivery::Rejected),
        (Fault::before_acting(TooManyRequests(None)), "rate limited", Delivery::Rejected),
        (Fault::before_acting(ServerError), "unavailable", Delivery::Unknown),
        (Fault::after_acting(BadGatewayPage), "unavailable", Delivery::Unknown),
        (Fault::before_acting(ParkedPage), "unreadable", Delivery::Unknown),
        (Fault::after_acting(EmptyBody), "unreadable", Delivery::Unknown),
        (Fault::after_acting(ChangedKeys), "ok", Delivery::NotSent),
    ];
    for sandbox in [Sandbox::in_memory(), Sandbox::start().await] {
        let limits = Timeouts::default().attempt(Duration::from_millis(300));
        let once = RetryPolicy::never();
        let vendor = sandbox.spade_connector(WonMeans::MerchantWon);
        let spade = sandbox.connect(vendor).timeouts(limits).retry(once).build().unwrap();
        for (fault, expected, delivery) in &faults {
            let (requests, acted) = (sandbox.spade().requests(), sandbox.spade().acted());
            sandbox.spade().fail_next(fault.clone());
            let what = format!("{sandbox:?} {fault:?}");
            match spade.report(&received()).await {
                Ok(_) => assert_eq!(*expected, "ok", "{what}"),
                Err(error) => {
                    assert_eq!((kind(&error), error.delivery()), (*expected, *delivery), "{what}: {error}");
                    let wait =
                        (*fault == Fault::before_acting(TooManyRequests(Some(9)))).then_some(Duration::from_secs(9));
                    assert_eq!(error.retry_after(), wait, "{what}");
                }
            }
            assert_eq!(sandbox.spade().requests() - requests, 1, "{what}");
            assert_eq!(
                sandbox.spade().acted() - acted,
                u64::from(format!("{fault:?}").contains("acts: true")),
                "{what}"
            );
        }
        sandbox.spade().fail_next(Fault::before_acting(ServerError));
        sandbox.spade().recover();
        assert!(spade.report(&received()).await.is_ok());
    }
}

#[tokio::test]
async fn the_whole_life_of_a_case_over_loopback() {
    let sandbox = Sandbox::start().await;
    let shared = HttpTransport::new(Duration::from_secs(5)).unwrap();
    let providers: Vec<Box<dyn ChargebackProvider>> = vec![
        Box::new(HttpProvider::builder(sandbox.thirdwatch_connector()).transport(shared.clone()).build().unwrap()),
        Box::new(HttpProvider::builder(sandbox.revcent_connector()).transport(shared.clone()).build().unwrap()),
        Box::new(HttpProvider::builder(sandbox.tutelar_connector(DefeatedMeans::MerchantWon)).build().unwrap()),
        Box::new(sandbox.connect(sandbox.spade_connector(WonMeans::MerchantWon)).build().unwrap()),
        Box::new(sandbox.connect(sandbox.pipwave_connector()).build().unwrap()),
    ];
    let fight = Representment::initiated().initiated_at(at(5, 1));
    let contested = received().moved_to(Stage::Contested, at(5, 1)).unwrap();
    let contested = contested.to_builder().representment(fight.clone()).build().unwrap();
    let won = contested.moved_to(Stage::Won, at(20, 1)).unwrap();
    let won = won.to_builder().representment(fight.completed_at(at(20, 1))).build().unwrap();
    for chargeback in [received(), contested, won] {
        for provider in &providers {
            let result = provider.report(&chargeback).await;
            let first_at_tutelar = provider.id().as_str() == "tutelar" && chargeback.stage() == Stage::Received;
            assert_eq!(result.is_ok(), !first_at_tutelar, "{} {}", provider.id(), chargeback.stage());
        }
    }
    assert_eq!(sandbox.thirdwatch().cases()[0].state["_chargebackState"], "_won");
    let revcent = &sandbox.revcent().cases()[0];
    assert_eq!(revcent.history.len(), 3);
    assert_eq!(
        revcent.state["representment"],
        json!({
            "initiated": true, "initiated_date": "2026-10-05T01:30:00Z",
            "completed": true, "completed_date": "2026-10-20T01:30:00Z", "outcome": "won",
        })
    );
    assert_eq!(sandbox.tutelar().cases()[0].state["status"], "defeated");
    assert_eq!(sandbox.spade().cases()[0].state["state"], "chargeback_won");
    assert_eq!(sandbox.pipwave().cases()[0].state["stage"], "dispute won");
    assert_eq!(sandbox.revcent().voids(), 0);
}

#[tokio::test]
async fn an_expired_token_is_renewed_by_the_callers_source() {
    #[derive(Debug)]
    struct Source;
    #[chargeback::async_trait]
    impl chargeback::connector::TokenSource for Source {
        async fn token(
            &self,
            ask: chargeback::connector::TokenRequest,
        ) -> Result<Secret, chargeback::connector::TokenError> {
            let fresh = ask == chargeback::connector::TokenRequest::Fresh;
            Ok(Secret::from(if fresh { "token-2" } else { chargeback::sandbox::TOKEN }))
        }
    }
    let sandbox = Sandbox::in_memory();
    let base = sandbox.tutelar().base_url().clone();
    let vendor = chargeback::tutelar::Tutelar::v2(Source, DefeatedMeans::Refuse).at(base);
    let tutelar = sandbox.connect(vendor).build().unwrap();
    let contested = plain("case-1", Stage::Contested, Reason::Other).build().unwrap();
    assert_eq!(tutelar.report(&contested).await.unwrap().attempts(), 1);
    sandbox.tutelar().expire_token("token-2");
    assert_eq!(tutelar.report(&contested).await.unwrap().attempts(), 2);
}
