//! The writes of a report.

use super::*;

/// Returns the body of a create with all fields, without the key.
fn full_create() -> Value {
    json!({
        "transaction_id": "canaryrevcentpayment",
        "amount": 987_654.321,
        "arn": "canary-arn",
        "case_number": "canary-case-number",
        "reason_code": "canary-code",
        "third_party_chargeback_id": "canary-case-id",
        "chargeback_date": "2026-10-01T01:30:00Z",
        "received_date": "2026-10-02T02:30:00Z",
        "representment": {
            "initiated": true,
            "initiated_date": "2026-10-05T14:30:00Z",
            "completed": true,
            "completed_date": "2026-10-20T08:30:00Z",
            "outcome": "won",
        },
        "metadata": [
            { "name": "canary-name", "value": "canary-value" },
            { "name": "chargeback.currency", "value": "KWD" },
            { "name": "chargeback.network", "value": "canary-network" },
            { "name": "chargeback.order_id", "value": "canary-order-id" },
            { "name": "chargeback.processor", "value": "canary-processor" },
            { "name": "chargeback.processor_dispute_id", "value": "canary-dispute-id" },
            { "name": "chargeback.processor_payment_id", "value": "canary-payment-id" },
            { "name": "chargeback.notes", "value": "canary-notes" },
        ],
    })
}

#[tokio::test]
async fn a_create_sends_the_exact_request() {
    let chargeback = full(Stage::Won, Reason::NotReceived).build().unwrap();
    let script = Script::new([nothing(), nothing(), created()]);
    let receipt = provider(revcent(), &script).report(&chargeback).await.unwrap();
    assert_eq!(operations(&script), ["GET /search", "GET /search", "POST "]);
    let sent = &script.sent()[2];
    assert_eq!(sent.uri(), "https://api.revcent.com/v2/chargebacks");
    assert_eq!(header(sent, "x-api-key"), Some("rc-key"));
    assert_eq!(header(sent, "content-type"), Some("application/json"));
    assert_eq!(header(sent, "accept"), Some("application/json"));
    assert_eq!(sent.headers().len(), 3);
    let mut sent_body = body(sent);
    // Every record has a unique key, which a search can find.
    let key = sent_body["metadata"].as_array_mut().unwrap().remove(0);
    assert_eq!(key["name"], "chargeback.key");
    let key = key["value"].as_str().unwrap();
    assert!(key.len() == 32 && key.bytes().all(|byte| byte.is_ascii_alphanumeric()), "{key}");
    assert!(script.calls()[0].ends_with(&format!("/v2/chargebacks/search?search_term={key}")));
    assert!(script.calls()[1].ends_with("/v2/chargebacks/search?search_term=canary-case-id"));
    assert_eq!(sent_body, full_create());
    let text = String::from_utf8(sent.body().to_vec()).unwrap();
    assert!(text.contains(r#""amount":987654.321,"#), "the number is exact text: {text}");
    assert_eq!(receipt.vendor_case(), Some(ID));
    assert_eq!((receipt.request_id(), receipt.message()), (Some("apicall0000000000001"), Some("Chargeback created.")));
    assert_eq!(receipt.stage_value(), "completed, won");
    assert!(receipt.wrote());
    check_plan(revcent(), &chargeback, &script.sent()[0], &["rc-key"]);
}

#[tokio::test]
async fn amounts_keep_every_digit() {
    let amounts = [
        (Money::from_minor_units(15_800, Currency::JPY), "15800"),
        (Money::from_minor_units(1990, Currency::USD), "19.90"),
        (Money::from_minor_units(41_750, Currency::KWD), "41.750"),
        (Money::from_minor_units(i64::MAX, Currency::USD), "92233720368547758.07"),
    ];
    for (amount, text) in amounts {
        let chargeback = plain("c", Stage::Received, Reason::Other).amount(amount).build().unwrap();
        let (_, script) = report_once(create_at_once(), &chargeback, created()).await;
        let sent = String::from_utf8(script.sent()[0].body().to_vec()).unwrap();
        assert!(sent.contains(&format!(r#""amount":{text},"#)), "{sent}");
    }
}

#[tokio::test]
async fn no_outcome_and_no_date_is_invented() {
    let stages = [
        (Stage::Received, None, json!(null)),
        (Stage::Accepted, None, json!(null)),
        (Stage::Contested, None, json!({ "initiated": true })),
        (Stage::UnderReview, None, json!({ "initiated": true })),
        (Stage::Contested, Some(Representment::initiated()), json!({ "initiated": true })),
        (
            Stage::Lost,
            Some(Representment::initiated()),
            json!({ "initiated": true, "completed": true, "outcome": "lost" }),
        ),
        (
            Stage::Reversed,
            Some(Representment::initiated().completed_at(at(9, 1))),
            json!({
                "initiated": true, "completed": true, "completed_date": "2026-10-09T01:30:00Z", "outcome": "won",
            }),
        ),
    ];
    for (stage, representment, expected) in stages {
        let mut builder = plain("c", stage, Reason::Other);
        if let Some(representment) = representment {
            builder = builder.representment(representment);
        }
        let (result, script) = report_once(create_at_once(), &builder.build().unwrap(), created()).await;
        assert!(result.is_ok(), "{stage}");
        assert_eq!(body(&script.sent()[0]).get("representment").cloned().unwrap_or_default(), expected, "{stage}");
    }
}

#[tokio::test]
async fn an_outcome_without_a_representment_is_unsupported() {
    for stage in [Stage::Won, Stage::Lost, Stage::Reversed] {
        let chargeback = plain("case-1", stage, Reason::Other).build().unwrap();
        let script = Script::new([nothing(), nothing()]);
        let error = provider(revcent(), &script).report(&chargeback).await.unwrap_err();
        assert!(matches!(error, Error::Unsupported(_)), "{error}");
        assert_eq!(error.delivery(), Delivery::NotSent);
        assert!(operations(&script).iter().all(|call| call.starts_with("GET")));
        // The record shows that the case was contested.
        let script = Script::new([
            found(&[ID]),
            stored(&json!({ "representment": { "initiated": true, "initiated_date": 1_760_000_000 } })),
            created(),
        ]);
        let receipt = provider(revcent(), &script).report(&chargeback).await.unwrap();
        assert_eq!(operations(&script), ["GET /search", "GET /{id}", "POST /{id}"]);
        let outcome = if stage == Stage::Lost { "lost" } else { "won" };
        let sent_body = body(&script.sent()[2]);
        assert_eq!(sent_body["representment"], json!({ "completed": true, "outcome": outcome }), "{stage}");
        assert_eq!(receipt.vendor_case(), Some(ID));
    }
}

/// Returns values of the record, each with the edit that corrects it.
fn differing_values(opened: i64) -> Vec<(Value, Value)> {
    vec![
        (json!({ "amount": 49.91 }), serde_json::from_str(r#"{"amount":49.90}"#).unwrap()),
        (json!({ "arn": "" }), json!({ "arn": "arn-1" })),
        (json!({ "reason_code": null }), json!({ "reason_code": "fraud" })),
        (json!({ "chargeback_date_unix": opened + 1 }), json!({ "chargeback_date": "2026-10-01T01:30:00Z" })),
        (
            json!({ "representment": {} }),
            json!({ "representment": { "initiated": true, "initiated_date": "2026-10-05T05:30:00Z" } }),
        ),
        (
            json!({ "representment": { "initiated": 1 } }),
            json!({ "representment": { "initiated_date": "2026-10-05T05:30:00Z" } }),
        ),
    ]
}

#[tokio::test]
async fn an_edit_sends_only_differing_values() {
    let chargeback = plain("case-1", Stage::Contested, Reason::FraudOther)
        .amount(Money::from_minor_units(4990, Currency::USD))
        .arn("arn-1")
        .opened_at(at(1, 1))
        .metadata("mine", "1")
        .representment(Representment::initiated().initiated_at(at(5, 5)))
        .build()
        .unwrap();
    let opened = at(1, 1).timestamp();
    let initiated = at(5, 5).timestamp();
    let key = {
        let script = Script::new([created()]);
        let _ = provider(create_at_once(), &script).report(&chargeback).await.unwrap();
        body(&script.sent()[0])["metadata"].clone()
    };
    // The record has all values, in RevCent's spelling: nothing is written, and `wrote` is false.
    let whole = json!({
        "amount": 49.9, "arn": "arn-1", "reason_code": "fraud", "chargeback_date_unix": opened, "metadata": key,
        "representment": { "initiated": true, "initiated_date": initiated },
    });
    let script = Script::new([found(&[ID]), stored(&whole)]);
    let receipt = provider(revcent(), &script).report(&chargeback).await.unwrap();
    assert_eq!(operations(&script), ["GET /search", "GET /{id}"]);
    assert!(!receipt.wrote());
    assert_eq!(receipt.vendor_case(), Some(ID));

    for (change, edit) in differing_values(opened) {
        let mut record = whole.clone();
        record.as_object_mut().unwrap().extend(change.as_object().unwrap().clone());
        let script = Script::new([found(&[ID]), stored(&record), created()]);
        let receipt = provider(revcent(), &script).report(&chargeback).await.unwrap();
        assert!(receipt.wrote());
        assert_eq!(body(&script.sent()[2]), edit, "{change}");
    }
    // All metadata is sent, with the pairs of other writers, because RevCent may replace the list.
    let mut record = whole;
    record["metadata"] = json!([{ "name": "theirs", "value": "2" }, { "name": "mine", "value": "old" }]);
    let script = Script::new([found(&[ID]), stored(&record), created()]);
    let _ = provider(revcent(), &script).report(&chargeback).await.unwrap();
    let names: Vec<Value> =
        body(&script.sent()[2])["metadata"].as_array().unwrap().iter().map(|pair| pair["name"].clone()).collect();
    assert_eq!(names, ["theirs", "chargeback.key", "mine", "chargeback.currency", "chargeback.order_id"]);
}

#[tokio::test]
async fn frozen_state_is_unsupported_or_a_loss() {
    let representment = |fields: Value| json!({ "representment": fields });
    let refused = [
        (Stage::Received, representment(json!({ "initiated": true }))),
        (Stage::Accepted, representment(json!({ "initiated": true }))),
        (Stage::Contested, representment(json!({ "initiated": true, "completed": true }))),
        (Stage::UnderReview, representment(json!({ "initiated": true, "completed": true, "outcome": "lost" }))),
        (Stage::Won, representment(json!({ "initiated": true, "completed": true, "outcome": "lost" }))),
        (Stage::Lost, representment(json!({ "initiated": true, "completed": true, "outcome": "won" }))),
        (Stage::Reversed, representment(json!({ "initiated": true, "completed": true, "outcome": "lost" }))),
    ];
    for (stage, record) in refused {
        let chargeback = plain("case-1", stage, Reason::Other).build().unwrap();
        let script = Script::new([found(&[ID]), stored(&record)]);
        let error = provider(revcent(), &script).report(&chargeback).await.unwrap_err();
        assert!(matches!(&error, Error::Unsupported(error) if error.field() == Field::Stage), "{stage}: {error}");
        assert_eq!(script.left(), 0);
    }
    // `pending` is not final, so an outcome may follow.
    let won = plain("case-1", Stage::Won, Reason::Other).build().unwrap();
    let pending = representment(json!({ "initiated": true, "completed": true, "outcome": "pending" }));
    let script = Script::new([found(&[ID]), stored(&pending), created()]);
    let _ = provider(revcent(), &script).report(&won).await.unwrap();
    assert_eq!(body(&script.sent()[2])["representment"], json!({ "outcome": "won" }));
    // A date that differs from the frozen one is not sent, and is a loss.
    let dated = won.to_builder().representment(Representment::initiated().initiated_at(at(5, 5))).build().unwrap();
    let other = representment(json!({ "initiated": true, "initiated_date": 1 }));
    let script = Script::new([found(&[ID]), stored(&other), created()]);
    let receipt = provider(revcent(), &script).report(&dated).await.unwrap();
    assert_eq!(body(&script.sent()[2])["representment"], json!({ "completed": true, "outcome": "won" }));
    let lost = receipt.losses().iter().find(|loss| loss.field() == Field::Representment).unwrap();
    assert_eq!((lost.kind(), lost.detail()), (LossKind::Dropped, "RevCent has another date, which is frozen"));
}

#[tokio::test]
async fn rules_are_checked_before_sending() {
    let builder = |stage| Chargeback::builder("c", stage, Reason::Other, at(3, 9)).order_id("o");
    let cases = [
        (
            builder(Stage::Received),
            vec![
                "vendor_references.revcent.payment: required by RevCent; set vendor_payment or gateway_transaction_id",
            ],
        ),
        (
            builder(Stage::Received)
                .vendor_payment(revcent::ID, "short")
                .vendor_case(revcent::ID, "short")
                .metadata("n".repeat(101), "v")
                .metadata("chargeback.key", "v"),
            vec![
                "vendor_references.revcent.payment: must have exactly 20 characters",
                "vendor_references.revcent.case: must have exactly 20 characters",
                "metadata: names must not start with `chargeback.`, which is reserved",
                "metadata: names must not be longer than 100 characters",
            ],
        ),
        (
            builder(Stage::Contested)
                .gateway_transaction_id("g")
                .representment(Representment::initiated().outcome(RepresentmentOutcome::Won)),
            vec!["representment: has ended, which contradicts the stage"],
        ),
        (
            builder(Stage::Lost)
                .gateway_transaction_id("g")
                .representment(Representment::initiated().outcome(RepresentmentOutcome::Won)),
            vec!["representment.outcome: contradicts the stage"],
        ),
    ];
    for (builder, rules) in cases {
        let script = Script::empty();
        let error = provider(revcent(), &script).report(&builder.build().unwrap()).await.unwrap_err();
        assert_eq!(violations(&error), rules);
        assert!(script.sent().is_empty());
    }
}

#[tokio::test]
async fn cut_or_dropped_metadata_is_a_loss() {
    let chargeback = plain("c", Stage::Received, Reason::Other)
        .metadata("long", "é".repeat(256))
        .metadata("empty", "")
        .notes("n".repeat(300))
        .build()
        .unwrap();
    let (result, script) = report_once(create_at_once(), &chargeback, created()).await;
    let sent_body = body(&script.sent()[0]);
    let pairs = sent_body["metadata"].as_array().unwrap();
    let value = |name: &str| pairs.iter().find(|pair| pair["name"] == name).map(|pair| pair["value"].clone());
    assert_eq!(value("long"), Some(json!("é".repeat(255))));
    assert_eq!(value("chargeback.notes"), Some(json!("n".repeat(255))));
    assert_eq!(value("empty"), None);
    let receipt = result.unwrap();
    let has = |field, kind| receipt.losses().iter().any(|loss| (loss.field(), loss.kind()) == (field, kind));
    assert!(has(Field::Metadata, LossKind::Truncated) && has(Field::Metadata, LossKind::Dropped));
    assert!(has(Field::Notes, LossKind::Truncated));
}

#[tokio::test]
async fn the_network_code_replaces_the_reason() {
    let code = NetworkCode::new(Network::Visa, "10.4");
    let chargeback = plain("c", Stage::Received, Reason::FraudCardAbsent).network_code(code).build().unwrap();
    let (result, script) = report_once(create_at_once(), &chargeback, created()).await;
    assert_eq!(body(&script.sent()[0])["reason_code"], "10.4");
    let receipt = result.unwrap();
    let reason = receipt.losses().iter().find(|loss| loss.field() == Field::Reason).unwrap();
    assert_eq!((reason.kind(), reason.detail()), (LossKind::Noted, "as the network's code, as reason_code"));
}

#[tokio::test]
async fn values_that_an_edit_cannot_send_are_losses() {
    // The transaction can be set only when a chargeback is created.
    let by_gateway = Chargeback::builder("case-1", Stage::Received, Reason::FraudOther, at(3, 9))
        .gateway_transaction_id("gw-1")
        .metadata("mine", "1")
        .build()
        .unwrap();
    let script = Script::new([found(&[ID]), stored(&json!({})), created()]);
    let receipt = provider(revcent(), &script).report(&by_gateway).await.unwrap();
    let lost = |receipt: &chargeback::Receipt, field| {
        receipt.losses().iter().any(|loss| loss.field() == field && loss.kind() == LossKind::Dropped)
    };
    assert!(lost(&receipt, Field::GatewayTransactionId));
    assert!(body(&script.sent()[2]).get("gateway_transaction_id").is_none());
    // If the record shows the same transaction, nothing is lost.
    let script = Script::new([found(&[ID]), stored(&json!({ "gateway_transaction_id": "gw-1" })), created()]);
    let receipt = provider(revcent(), &script).report(&by_gateway).await.unwrap();
    assert!(!lost(&receipt, Field::GatewayTransactionId));
    // RevCent may replace all metadata, and pairs beyond its limits could not be sent back.
    for theirs in [json!([{ "name": "n", "value": "" }]), json!({ "n": "v".repeat(256) }), json!({ "": "v" })] {
        let script = Script::new([found(&[ID]), stored(&json!({ "metadata": theirs })), created()]);
        let receipt = provider(revcent(), &script).report(&by_gateway).await.unwrap();
        assert!(body(&script.sent()[2]).get("metadata").is_none(), "{theirs}");
        assert!(lost(&receipt, Field::Metadata), "{theirs}");
    }
}

#[tokio::test]
async fn an_amount_is_compared_by_every_digit() {
    let exact = Money::from_minor_units(i64::MAX, Currency::USD);
    let known = received().to_builder().amount(exact).vendor_case(revcent::ID, ID).build().unwrap();
    let record = |amount: &str| {
        let text =
            format!(r#"{{"chargeback":{{"id":"{ID}","third_party_chargeback_id":"case-1","amount":{amount}}}}}"#);
        Play::json(200, text)
    };
    for (held, differs) in [
        ("92233720368547758.07", false),
        (r#""92233720368547758.07""#, false),
        ("92233720368547758.070", false),
        ("92233720368547758.08", true),
        ("9.223372036854776e16", true),
    ] {
        let script = Script::new([record(held), created()]);
        let _ = provider(revcent(), &script).report(&known).await.unwrap();
        let sent_body = body(&script.sent()[1]);
        assert_eq!(sent_body.get("amount").is_some(), differs, "{held}");
    }
}
