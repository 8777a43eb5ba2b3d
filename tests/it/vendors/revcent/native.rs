//! Replies, money and the native calls.

use super::*;

#[tokio::test]
async fn replies_are_classified() {
    use Delivery::{Rejected, Unknown};
    let cases = [
        case(
            400,
            r#"{"api_call_id":"a1","api_call_unix":1,"code":0,"error_code":"missing","message":"Missing.","result":"Failed."}"#,
            "rejected",
            Rejected,
            Some("missing"),
            Some("Missing."),
        ),
        case(200, r#"{"code":0,"result":"Failed."}"#, "rejected", Rejected, Some("0"), Some("Failed.")),
        // Payment calls have more codes; one of them holds the payment. Here they prove nothing.
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
    check_refusals(concurrency, &received(), &cases).await;
    check_garbage(concurrency, &received()).await;
    let (result, _) = report_once(
        concurrency(),
        &received(),
        Play::json(201, r#"{"code":"1","chargeback_id":"chargeback0000000001","new":[]}"#),
    )
    .await;
    assert!(result.is_ok());
    // A report must know the case that it created; without its id, the record is looked at.
    for body in [r#"{"code":1}"#, r#"{"code":1,"chargeback_id":"short"}"#, r#"{"code":1,"chargeback_id":null}"#] {
        let (result, _) = report_once(concurrency(), &received(), Play::json(200, body)).await;
        let error = result.unwrap_err();
        assert_eq!((kind(&error), error.delivery()), ("unreadable", Unknown), "{body}");
    }
    let (result, _) =
        report_once(concurrency(), &received(), Play::json(400, r#"{"code":0,"api_call_id":"a1"}"#)).await;
    assert_eq!(result.unwrap_err().request_id(), Some("a1"));
}

#[cfg(feature = "sandbox")]
#[tokio::test(start_paused = true)]
async fn refunding_is_a_call_of_its_own_and_never_repeated() {
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
    // Whatever happens after it may have acted, it is sent once.
    let faults = [
        Fault::after_acting(FaultKind::Reset),
        Fault::after_acting(FaultKind::Silence),
        Fault::after_acting(FaultKind::ServerError),
        Fault::after_acting(FaultKind::ParkedPage),
        Fault::before_acting(FaultKind::BadGatewayPage),
        Fault::before_acting(FaultKind::EmptyBody),
        Fault::before_acting(FaultKind::TooManyRequests(Some(1))),
        Fault::before_acting(FaultKind::ReplyError),
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
        // Called once more, it does not refund a second time: somebody must have looked first.
        let again = revcent.create_chargeback_and_void_transaction(request()).await.unwrap_err();
        assert_eq!((kind(&again), again.delivery(), again.attempts()), ("conflict", Delivery::Unknown, 0), "{again}");
        assert_eq!(sandbox.revcent().requests() - requests, 1, "{fault:?}");
        assert!(revcent.is_in_doubt("case-1"));
        revcent.resolve_doubt("case-1", None);
    }
    // Only where nothing left this machine is it tried again.
    sandbox.revcent().fail_next(Fault::before_acting(FaultKind::Unreachable));
    let voids = sandbox.revcent().voids();
    revcent.create_chargeback_and_void_transaction(request()).await.unwrap();
    assert_eq!(sandbox.revcent().voids() - voids, 1);
}

#[tokio::test]
async fn no_other_road_refunds() {
    // Reading JSON may bring the switch in; `create` refuses it.
    let voiding: CreateChargeback =
        serde_json::from_value(json!({ "transaction_id": TRANSACTION, "void_transaction": true })).unwrap();
    assert!(voiding.voids_transaction() && voiding.validate().is_empty());
    let script = Script::silent();
    let error = provider(revcent(), &script).create_chargeback(voiding).await.unwrap_err();
    let rule = "void_transaction: refunds the customer in full; only create_chargeback_and_void_transaction sends it";
    assert_eq!(violations(&error), [rule]);
    assert!(script.sent().is_empty());
    // No stage and no reason makes a report say it, `refunded` least of all.
    for &stage in Stage::ALL {
        for reason in [Reason::CreditNotProcessed, Reason::FraudOther] {
            let chargeback = full(stage, reason).build().unwrap();
            let Ok(plan) = provider(concurrency(), &Script::silent()).plan(&chargeback) else { continue };
            assert!(!plan.to_text().contains("void"), "{stage}");
        }
    }
    let refunded = plain("c", Stage::Refunded, Reason::CreditNotProcessed).build().unwrap();
    assert!(matches!(provider(revcent(), &script).report(&refunded).await, Err(Error::Unsupported(_))));
    assert!(script.sent().is_empty());
}

#[tokio::test]
async fn the_native_calls_are_exact() {
    let script = Script::of([created(), created(), stored(&json!({ "amount": 1.50 })), found(&[ID])]);
    let revcent = provider(revcent(), &script);
    let mut create = CreateChargeback::for_gateway_transaction("gw-1");
    create.metadata = Some(vec![Metadatum::new("n", "v")]);
    assert_eq!(revcent.create_chargeback(create).await.unwrap().reply.chargeback_id.as_deref(), Some(ID));
    let mut changes = EditChargeback::default();
    let mut fight = RepresentmentFields::default();
    fight.outcome = Some(Outcome::Pending);
    changes.representment = Some(fight);
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
async fn native_rules_are_all_listed() {
    let script = Script::silent();
    let revcent = provider(revcent(), &script);
    let mut create = CreateChargeback::for_transaction("short");
    create.gateway_transaction_id = Some("g".into());
    create.third_party_integration_id = Some("x".repeat(21));
    let mut fight = RepresentmentFields::default();
    fight.completed = Some(true);
    fight.outcome = Some(Outcome::Won);
    create.representment = Some(fight);
    create.metadata = Some(vec![Metadatum::new("", "v"), Metadatum::new("n", "v".repeat(256))]);
    assert_eq!(
        violations(&revcent.create_chargeback(create).await.unwrap_err()),
        [
            "gateway_transaction_id: only if transaction_id is not given",
            "transaction_id: not exactly 20 characters",
            "third_party_integration_id: not exactly 20 characters",
            "representment.completed: needs initiated to be true",
            "representment.outcome: needs initiated and completed to be true",
            "metadata[0].name: not 1 to 100 characters",
            "metadata[1].value: not 1 to 255 characters",
        ]
    );
    let mut edit = EditChargeback::default();
    let mut fight = RepresentmentFields::default();
    fight.initiated = Some(false);
    fight.completed = Some(true);
    fight.outcome = Some(Outcome::Won);
    edit.representment = Some(fight);
    assert_eq!(
        violations(&revcent.edit_chargeback("short", edit).await.unwrap_err()),
        [
            "chargeback_id: not exactly 20 characters",
            "representment.completed: contradicts initiated",
            "representment.outcome: contradicts initiated or completed",
        ]
    );
    assert_eq!(
        violations(&revcent.edit_chargeback(ID, EditChargeback::default()).await.unwrap_err()),
        ["body: changes nothing"]
    );
    assert_eq!(
        violations(&revcent.get_chargeback("x").await.unwrap_err()),
        ["chargeback_id: not exactly 20 characters"]
    );
    assert_eq!(violations(&revcent.search_chargebacks("").await.unwrap_err()), ["search_term: empty"]);
    let neither = violations(&revcent.create_chargeback(CreateChargeback::default()).await.unwrap_err());
    assert_eq!(neither, ["transaction_id: this or gateway_transaction_id is required"]);
    assert!(script.sent().is_empty());
}

#[tokio::test(start_paused = true)]
async fn a_native_create_without_an_id_of_ours_is_sent_once() {
    let script = Script::of([Play::Lost]);
    let error = provider(revcent(), &script)
        .create_chargeback(CreateChargeback::for_transaction(TRANSACTION))
        .await
        .unwrap_err();
    assert_eq!((error.delivery(), error.is_retryable(), error.attempts()), (Delivery::Unknown, false, 1));
    // With one, it is looked up by it, and found only if it holds what was sent.
    let mut create = CreateChargeback::for_transaction(TRANSACTION);
    create.third_party_chargeback_id = Some("case-1".into());
    create.arn = Some("a".into());
    let script = Script::of([Play::Lost, found(&[ID]), stored(&json!({ "arn": "a" }))]);
    let written = provider(revcent(), &script).create_chargeback(create.clone()).await.unwrap();
    assert_eq!(written.reply.chargeback_id.as_deref(), Some(ID));
    assert!(script.calls()[1].ends_with("search_term=case-1"));
    let script = Script::of([Play::Lost, found(&[ID]), stored(&json!({ "arn": "b" }))]);
    let error = provider(revcent(), &script).create_chargeback(create).await.unwrap_err();
    assert_eq!(
        (error.delivery(), error.lookup_detail()),
        (Delivery::Unknown, Some("a chargeback with this id is there, with other content"))
    );
}

#[tokio::test]
async fn an_edit_of_another_is_no_acknowledgement() {
    let other = Play::json(200, r#"{"code":1,"chargeback_id":"chargeback0000000002"}"#);
    let mut changes = EditChargeback::default();
    changes.arn = Some("a".into());
    let error = provider(revcent(), &Script::of([other])).edit_chargeback(ID, changes.clone()).await.unwrap_err();
    assert_eq!((kind(&error), error.delivery()), ("unreadable", Delivery::Unknown));
    // One that names none is.
    let script = Script::of([Play::json(200, r#"{"code":1}"#)]);
    assert_eq!(
        provider(revcent(), &script).edit_chargeback(ID, changes).await.unwrap().reply.chargeback_id.as_deref(),
        Some(ID)
    );
}

#[cfg(feature = "sandbox")]
#[tokio::test(start_paused = true)]
async fn native_creates_and_reports_of_one_case_know_of_each_other() {
    use chargeback::sandbox::{Fault, FaultKind, Sandbox};
    let create = |case: &str| {
        let mut create = CreateChargeback::for_transaction(TRANSACTION);
        create.third_party_chargeback_id = Some(case.to_owned());
        create
    };
    let sandbox = Sandbox::in_memory();
    sandbox.revcent().lag_index(1000);
    let revcent = sandbox.connect(sandbox.revcent_connector()).build().unwrap();
    // Created natively, then reported: edited, though the index knows nothing of it.
    revcent.create_chargeback(create("case-1")).await.unwrap();
    let _ = revcent.report(&received()).await.unwrap();
    assert_eq!(sandbox.revcent().cases().len(), 1);
    // At the same time: one after the other.
    let second = plain("case-2", Stage::Received, Reason::FraudOther).build().unwrap();
    let (created, reported) = tokio::join!(revcent.create_chargeback(create("case-2")), revcent.report(&second));
    assert!(created.is_ok() && reported.is_ok());
    assert_eq!(sandbox.revcent().cases().len(), 2);
    // A native create in doubt keeps a report from creating, and a second create from being sent.
    sandbox.revcent().fail_next_write(Fault::after_acting(FaultKind::Reset));
    assert_eq!(revcent.create_chargeback(create("case-3")).await.unwrap_err().delivery(), Delivery::Unknown);
    let third = plain("case-3", Stage::Received, Reason::FraudOther).build().unwrap();
    let error = revcent.report(&third).await.unwrap_err();
    assert_eq!((kind(&error), error.delivery()), ("conflict", Delivery::Unknown));
    let error = revcent.create_chargeback(create("case-3")).await.unwrap_err();
    assert_eq!((kind(&error), error.delivery()), ("conflict", Delivery::Unknown));
    assert_eq!(sandbox.revcent().cases().len(), 3);
    // Somebody looks, and says what they found.
    let found = sandbox.revcent().cases()[2].key.clone();
    revcent.resolve_doubt("case-3", Some(&found));
    assert_eq!(revcent.report(&third).await.unwrap().vendor_case(), Some(found.as_str()));
    assert_eq!(sandbox.revcent().cases().len(), 3);
}
