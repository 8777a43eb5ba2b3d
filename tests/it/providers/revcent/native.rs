//! Replies, refunds and native calls.

use super::*;

#[tokio::test]
async fn replies_are_classified() {
    use Delivery::{Rejected, Unknown};
    let cases = [
        case(
            400,
            concat!(
                r#"{"api_call_id":"a1","api_call_unix":1,"code":0,"#,
                r#""error_code":"missing","message":"Missing.","result":"Failed."}"#
            ),
            "rejected",
            Rejected,
            Some("missing"),
            Some("Missing."),
        ),
        case(200, r#"{"code":0,"result":"Failed."}"#, "rejected", Rejected, Some("0"), Some("Failed.")),
        // Payment calls have more codes, one of which holds the payment. Here these codes prove nothing.
        case(200, r#"{"code":2,"message":"Declined."}"#, "unreadable", Unknown, Some("2"), Some("Declined.")),
        case(402, r#"{"code":4}"#, "unreadable", Unknown, Some("4"), None),
        case(400, r#"{"code":1,"chargeback_id":"chargeback0000000001"}"#, "unreadable", Unknown, Some("1"), None),
        case(400, r#"{"message":"No."}"#, "rejected", Rejected, None, Some("No.")),
        case(200, r#"{"code":"0"}"#, "rejected", Rejected, Some("0"), None),
        case(401, r#"{"code":0}"#, "authentication", Rejected, Some("0"), None),
        case(403, "", "authentication", Rejected, None, None),
        case(404, r#"{"code":0,"error_code":"none"}"#, "not found", Rejected, Some("none"), None),
        case(429, "", "rate limited", Rejected, None, None),
        case(500, r#"{"code":0,"message":"Internal."}"#, "unavailable", Unknown, Some("0"), Some("Internal.")),
        case(500, r#"{"code":1,"chargeback_id":"x"}"#, "unavailable", Unknown, Some("1"), None),
        case(200, "{}", "unreadable", Unknown, None, None),
        case(200, r#"{"chargeback_id":"chargeback0000000001"}"#, "unreadable", Unknown, None, None),
        case(200, "", "unreadable", Unknown, None, None),
    ];
    check_refusals(create_at_once, &received(), &cases).await;
    check_garbage(create_at_once, &received()).await;
    let (result, _) = report_once(
        create_at_once(),
        &received(),
        Play::json(201, r#"{"code":"1","chargeback_id":"chargeback0000000001","new":[]}"#),
    )
    .await;
    assert!(result.is_ok());
    // A report needs the id of the created chargeback. A reply without it is unreadable, and the record is looked up.
    for body in [r#"{"code":1}"#, r#"{"code":1,"chargeback_id":"short"}"#, r#"{"code":1,"chargeback_id":null}"#] {
        let (result, _) = report_once(create_at_once(), &received(), Play::json(200, body)).await;
        let error = result.unwrap_err();
        assert_eq!((kind(&error), error.delivery()), ("unreadable", Unknown), "{body}");
    }
    let (result, _) =
        report_once(create_at_once(), &received(), Play::json(400, r#"{"code":0,"api_call_id":"a1"}"#)).await;
    assert_eq!(result.unwrap_err().request_id(), Some("a1"));
}

#[cfg(feature = "sandbox")]
#[tokio::test(start_paused = true)]
async fn a_refund_is_a_separate_call_and_never_repeated() {
    use chargeback::sandbox::{Fault, FaultKind, Sandbox};
    let sandbox = Sandbox::in_memory();
    let revcent = sandbox.connect(sandbox.revcent_connector()).build().unwrap();
    let request = || {
        let mut request = CreateChargeback::for_transaction(TRANSACTION);
        request.third_party_chargeback_id = Some("case-1".into());
        request
    };
    let written = revcent.create_chargeback_and_void_transaction(request()).await.unwrap();
    assert!(written.reply.chargeback_id.is_some());
    assert_eq!(sandbox.revcent().voids(), 1);
    // The call is sent once, whatever fault follows after it may have acted.
    let faults = [
        Fault::after_acting(FaultKind::Reset),
        Fault::after_acting(FaultKind::Silence),
        Fault::after_acting(FaultKind::ServerError),
        Fault::after_acting(FaultKind::ParkedPage),
        Fault::before_acting(FaultKind::BadGatewayPage),
        Fault::before_acting(FaultKind::EmptyBody),
        Fault::before_acting(FaultKind::TooManyRequests(Some(1))),
        Fault::before_acting(FaultKind::Rejection),
    ];
    for fault in faults {
        let (requests, voids) = (sandbox.revcent().requests(), sandbox.revcent().voids());
        let acts = format!("{fault:?}").contains("acts: true");
        sandbox.revcent().fail_next(fault.clone());
        let error = revcent.create_chargeback_and_void_transaction(request()).await.unwrap_err();
        assert_eq!(sandbox.revcent().requests() - requests, 1, "{fault:?}: {error}");
        assert_eq!(sandbox.revcent().voids() - voids, u64::from(acts), "{fault:?}");
        assert!(!error.is_retryable() || error.delivery() == Delivery::Rejected, "{fault:?}: {error}");
        if error.delivery() != Delivery::Unknown {
            assert!(!acts, "{fault:?}: {error}");
            continue;
        }
        // A second call does not refund again before the doubt is resolved.
        let again = revcent.create_chargeback_and_void_transaction(request()).await.unwrap_err();
        assert_eq!((kind(&again), again.delivery(), again.attempts()), ("in doubt", Delivery::Unknown, 0), "{again}");
        assert_eq!(sandbox.revcent().requests() - requests, 1, "{fault:?}");
        assert!(revcent.is_in_doubt("case-1"));
        revcent.resolve_doubt("case-1", chargeback::Resolution::NotFound).unwrap();
    }
    // The call is retried only if the request was not sent.
    sandbox.revcent().fail_next(Fault::before_acting(FaultKind::Unreachable));
    let voids = sandbox.revcent().voids();
    revcent.create_chargeback_and_void_transaction(request()).await.unwrap();
    assert_eq!(sandbox.revcent().voids() - voids, 1);
}

#[tokio::test]
async fn no_other_call_refunds() {
    // Deserialized JSON may set the switch; `create_chargeback` rejects it.
    let voiding: CreateChargeback =
        serde_json::from_value(json!({ "transaction_id": TRANSACTION, "void_transaction": true })).unwrap();
    assert!(voiding.voids_transaction() && voiding.validate().is_empty());
    let script = Script::empty();
    let error = provider(revcent(), &script).create_chargeback(voiding).await.unwrap_err();
    let rule = "void_transaction: refunds the customer in full; only create_chargeback_and_void_transaction sends it";
    assert_eq!(violations(&error), [rule]);
    assert!(script.sent().is_empty());
    // No stage and no reason makes a report send the switch, including `refunded`.
    for &stage in Stage::ALL {
        for reason in [Reason::CreditNotProcessed, Reason::FraudOther] {
            let chargeback = full(stage, reason).build().unwrap();
            let Ok(plan) = provider(create_at_once(), &Script::empty()).plan(&chargeback) else { continue };
            assert!(!plan.to_text().contains("void"), "{stage}");
        }
    }
    let refunded = plain("c", Stage::Refunded, Reason::CreditNotProcessed).build().unwrap();
    assert!(matches!(provider(revcent(), &script).report(&refunded).await, Err(Error::Unsupported(_))));
    assert!(script.sent().is_empty());
}

#[tokio::test]
async fn native_calls_send_exact_requests() {
    let script = Script::new([created(), created(), stored(&json!({ "amount": 1.50 })), found(&[ID])]);
    let revcent = provider(revcent(), &script);
    let mut create = CreateChargeback::for_gateway_transaction("gw-1");
    create.metadata = Some(vec![Metadatum::new("n", "v")]);
    assert_eq!(revcent.create_chargeback(create).await.unwrap().reply.chargeback_id.as_deref(), Some(ID));
    let mut changes = EditChargeback::default();
    let mut representment = RepresentmentFields::default();
    representment.outcome = Some(Outcome::Pending);
    changes.representment = Some(representment);
    changes.amount = Some("10.50".parse::<DecimalNumber>().unwrap());
    revcent.edit_chargeback(ID, changes).await.unwrap();
    let record = revcent.get_chargeback(ID).await.unwrap();
    assert_eq!(record.reply.amount.unwrap().as_str(), "1.5");
    assert_eq!(revcent.search_chargebacks("a b/c").await.unwrap().reply[0].id, ID);
    assert_eq!(
        script.calls(),
        [
            "POST /v2/chargebacks".to_owned(),
            format!("POST /v2/chargebacks/{ID}"),
            format!("GET /v2/chargebacks/{ID}"),
            "GET /v2/chargebacks/search?search_term=a%20b%2Fc".to_owned(),
        ]
    );
    let sent = script.sent();
    let expected = json!({ "gateway_transaction_id": "gw-1", "metadata": [{ "name": "n", "value": "v" }] });
    assert_eq!(body(&sent[0]), expected);
    assert_eq!(sent[1].body(), r#"{"amount":10.50,"representment":{"outcome":"pending"}}"#);
    assert!(sent[2].body().is_empty() && header(&sent[2], "content-type").is_none());
}

#[tokio::test]
async fn every_violation_of_a_native_call_is_listed() {
    let script = Script::empty();
    let revcent = provider(revcent(), &script);
    let mut create = CreateChargeback::for_transaction("short");
    create.gateway_transaction_id = Some("g".into());
    create.third_party_integration_id = Some("x".repeat(21));
    let mut representment = RepresentmentFields::default();
    representment.completed = Some(true);
    representment.outcome = Some(Outcome::Won);
    create.representment = Some(representment);
    create.metadata = Some(vec![Metadatum::new("", "v"), Metadatum::new("n", "v".repeat(256))]);
    assert_eq!(
        violations(&revcent.create_chargeback(create).await.unwrap_err()),
        [
            "gateway_transaction_id: must not be set together with transaction_id",
            "transaction_id: must have exactly 20 characters",
            "third_party_integration_id: must have exactly 20 characters",
            "representment.completed: requires initiated to be true",
            "representment.outcome: requires initiated and completed to be true",
            "metadata[0].name: must have 1 to 100 characters",
            "metadata[1].value: must have 1 to 255 characters",
        ]
    );
    let mut edit = EditChargeback::default();
    let mut representment = RepresentmentFields::default();
    representment.initiated = Some(false);
    representment.completed = Some(true);
    representment.outcome = Some(Outcome::Won);
    edit.representment = Some(representment);
    assert_eq!(
        violations(&revcent.edit_chargeback("short", edit).await.unwrap_err()),
        [
            "chargeback_id: must have exactly 20 characters",
            "representment.completed: contradicts initiated",
            "representment.outcome: contradicts initiated or completed",
        ]
    );
    assert_eq!(
        violations(&revcent.edit_chargeback(ID, EditChargeback::default()).await.unwrap_err()),
        ["body: must contain at least one change"]
    );
    assert_eq!(
        violations(&revcent.get_chargeback("x").await.unwrap_err()),
        ["chargeback_id: must have exactly 20 characters"]
    );
    assert_eq!(violations(&revcent.search_chargebacks("").await.unwrap_err()), ["search_term: must not be empty"]);
    let neither = violations(&revcent.create_chargeback(CreateChargeback::default()).await.unwrap_err());
    assert_eq!(neither, ["transaction_id: required; set transaction_id or gateway_transaction_id"]);
    assert!(script.sent().is_empty());
}

#[tokio::test(start_paused = true)]
async fn a_native_create_without_a_case_id_is_sent_once() {
    let script = Script::new([Play::Lost]);
    let error = provider(revcent(), &script)
        .create_chargeback(CreateChargeback::for_transaction(TRANSACTION))
        .await
        .unwrap_err();
    assert_eq!((error.delivery(), error.is_retryable(), error.attempts()), (Delivery::Unknown, false, 1));
    // With a case id, the create is looked up by it, and is done only if the record has the sent values.
    let mut create = CreateChargeback::for_transaction(TRANSACTION);
    create.third_party_chargeback_id = Some("case-1".into());
    create.arn = Some("a".into());
    let script = Script::new([Play::Lost, found(&[ID]), stored(&json!({ "arn": "a" }))]);
    let written = provider(revcent(), &script).create_chargeback(create.clone()).await.unwrap();
    assert_eq!(written.reply.chargeback_id.as_deref(), Some(ID));
    assert!(script.calls()[1].ends_with("search_term=case-1"));
    let script = Script::new([Play::Lost, found(&[ID]), stored(&json!({ "arn": "b" }))]);
    let error = provider(revcent(), &script).create_chargeback(create).await.unwrap_err();
    assert_eq!(
        (error.delivery(), error.lookup_detail()),
        (Delivery::Unknown, Some("a chargeback with this id is there, with other content"))
    );
}

#[tokio::test]
async fn a_reply_about_another_chargeback_does_not_acknowledge_an_edit() {
    let other = Play::json(200, r#"{"code":1,"chargeback_id":"chargeback0000000002"}"#);
    let mut changes = EditChargeback::default();
    changes.arn = Some("a".into());
    let error = provider(revcent(), &Script::new([other])).edit_chargeback(ID, changes.clone()).await.unwrap_err();
    assert_eq!((kind(&error), error.delivery()), ("unreadable", Delivery::Unknown));
    // A reply without an id acknowledges the edit.
    let script = Script::new([Play::json(200, r#"{"code":1}"#)]);
    assert_eq!(
        provider(revcent(), &script).edit_chargeback(ID, changes).await.unwrap().reply.chargeback_id.as_deref(),
        Some(ID)
    );
}

#[cfg(feature = "sandbox")]
#[tokio::test(start_paused = true)]
async fn native_creates_and_reports_share_the_state_of_a_case() {
    use chargeback::sandbox::{Fault, FaultKind, Sandbox};
    let create = |case: &str| {
        let mut create = CreateChargeback::for_transaction(TRANSACTION);
        create.third_party_chargeback_id = Some(case.to_owned());
        create
    };
    let sandbox = Sandbox::in_memory();
    sandbox.revcent().lag_index(1000);
    let revcent = sandbox.connect(sandbox.revcent_connector()).build().unwrap();
    // A report after a native create edits the record, although the index does not have it yet.
    revcent.create_chargeback(create("case-1")).await.unwrap();
    let _ = revcent.report(&received()).await.unwrap();
    assert_eq!(sandbox.revcent().cases().len(), 1);
    // Concurrent calls of one case run one at a time.
    let second = plain("case-2", Stage::Received, Reason::FraudOther).build().unwrap();
    let (created, reported) = tokio::join!(revcent.create_chargeback(create("case-2")), revcent.report(&second));
    assert!(created.is_ok() && reported.is_ok());
    assert_eq!(sandbox.revcent().cases().len(), 2);
    // After a native create with an unknown outcome, neither a report nor a second native create creates the case.
    sandbox.revcent().fail_next_write(Fault::after_acting(FaultKind::Reset));
    assert_eq!(revcent.create_chargeback(create("case-3")).await.unwrap_err().delivery(), Delivery::Unknown);
    let third = plain("case-3", Stage::Received, Reason::FraudOther).build().unwrap();
    let error = revcent.report(&third).await.unwrap_err();
    assert_eq!((kind(&error), error.delivery()), ("in doubt", Delivery::Unknown));
    let error = revcent.create_chargeback(create("case-3")).await.unwrap_err();
    assert_eq!((kind(&error), error.delivery()), ("in doubt", Delivery::Unknown));
    assert_eq!(sandbox.revcent().cases().len(), 3);
    // A person checks in RevCent and resolves the doubt.
    let found = sandbox.revcent().cases()[2].key.clone();
    revcent.resolve_doubt("case-3", chargeback::Resolution::Found(found.clone())).unwrap();
    assert_eq!(revcent.report(&third).await.unwrap().vendor_case(), Some(found.as_str()));
    assert_eq!(sandbox.revcent().cases().len(), 3);
}
