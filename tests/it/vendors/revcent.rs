//! RevCent.

use chargeback::revcent::{
    CreateChargeback, EditChargeback, FirstReport, Metadatum, Outcome, RepresentmentFields, RevCent,
};
use chargeback::{
    Chargeback, ChargebackProvider, Currency, DecimalText, Delivery, Error, Field, LossKind, Money, Network,
    NetworkCode, Reason, Representment, RepresentmentOutcome, Stage, revcent,
};
use serde_json::{Value, json};

use super::{case, check_env, check_garbage, check_plan, check_refusals, report_once};
use crate::support::{Play, Script, TRANSACTION, at, body, full, header, kind, plain, provider, violations};

const ID: &str = "chargeback0000000001";
const KEY: &str = "cb10f1b2d4";

fn revcent() -> RevCent {
    RevCent::new("rc-key")
}

fn at_once() -> RevCent {
    revcent().first_report(FirstReport::CreateAtOnce)
}

/// The reply of RevCent's page.
fn created() -> Play {
    Play::json(
        200,
        r#"{"api_call_id":"apicall0000000000001","api_call_unix":1700000000,"code":1,
           "chargeback_id":"chargeback0000000001","result":"Chargeback created."}"#,
    )
}

fn nothing() -> Play {
    Play::json(200, r#"{"code":1,"results":[]}"#)
}

fn found(ids: &[&str]) -> Play {
    let hits: Vec<Value> = ids.iter().map(|id| json!({ "item_type": "chargeback", "id": id, "score": 1.5 })).collect();
    Play::json(200, json!({ "code": 1, "results": hits }).to_string())
}

fn stored(fields: &Value) -> Play {
    let mut record = json!({ "id": ID, "third_party_chargeback_id": "case-1" });
    record.as_object_mut().unwrap().extend(fields.as_object().unwrap().clone());
    Play::json(200, json!({ "api_call_id": "a", "code": 1, "chargeback": record }).to_string())
}

fn received() -> Chargeback {
    plain("case-1", Stage::Received, Reason::FraudOther).build().unwrap()
}

fn operations(script: &Script) -> Vec<String> {
    let short = |call: String| call.split('?').next().unwrap().replace("/v2/chargebacks", "").replace(ID, "{id}");
    script.calls().into_iter().map(short).collect()
}

#[tokio::test]
async fn the_create_is_exact() {
    let chargeback = full(Stage::Won, Reason::NotReceived).build().unwrap();
    let script = Script::of([nothing(), nothing(), created()]);
    let receipt = provider(revcent(), &script).report(&chargeback).await.unwrap();
    assert_eq!(operations(&script), ["GET /search", "GET /search", "POST "]);
    let sent = &script.sent()[2];
    assert_eq!(sent.uri(), "https://api.revcent.com/v2/chargebacks");
    assert_eq!(header(sent, "x-api-key"), Some("rc-key"));
    assert_eq!(header(sent, "content-type"), Some("application/json"));
    assert_eq!(header(sent, "accept"), Some("application/json"));
    assert_eq!(sent.headers().len(), 3);
    let mut told = body(sent);
    // Every record holds a word that nothing else holds, to be found by.
    let key = told["metadata"].as_array_mut().unwrap().remove(0);
    assert_eq!(key["name"], "chargeback.key");
    let key = key["value"].as_str().unwrap();
    assert!(key.len() == 32 && key.bytes().all(|byte| byte.is_ascii_alphanumeric()), "{key}");
    assert!(script.calls()[0].ends_with(&format!("/v2/chargebacks/search?search_term={key}")));
    assert!(script.calls()[1].ends_with("/v2/chargebacks/search?search_term=canary-case-id"));
    assert_eq!(
        told,
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
    );
    let text = String::from_utf8(sent.body().to_vec()).unwrap();
    assert!(text.contains(r#""amount":987654.321,"#), "the number is exact text: {text}");
    assert_eq!(receipt.case_id(), Some(ID));
    assert_eq!((receipt.request_id(), receipt.message()), (Some("apicall0000000000001"), Some("Chargeback created.")));
    assert_eq!(receipt.stage_word(), "completed, won");
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
        let (_, script) = report_once(at_once(), &chargeback, created()).await;
        let sent = String::from_utf8(script.sent()[0].body().to_vec()).unwrap();
        assert!(sent.contains(&format!(r#""amount":{text},"#)), "{sent}");
    }
}

#[tokio::test]
async fn no_outcome_and_no_date_is_made_up() {
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
    for (stage, fight, expected) in stages {
        let mut builder = plain("c", stage, Reason::Other);
        if let Some(fight) = fight {
            builder = builder.representment(fight);
        }
        let (result, script) = report_once(at_once(), &builder.build().unwrap(), created()).await;
        assert!(result.is_ok(), "{stage}");
        assert_eq!(body(&script.sent()[0]).get("representment").cloned().unwrap_or_default(), expected, "{stage}");
    }
}

#[tokio::test]
async fn an_outcome_without_a_fight_is_refused() {
    for stage in [Stage::Won, Stage::Lost, Stage::Reversed] {
        let chargeback = plain("case-1", stage, Reason::Other).build().unwrap();
        let script = Script::of([nothing(), nothing()]);
        let error = provider(revcent(), &script).report(&chargeback).await.unwrap_err();
        assert!(matches!(error, Error::Unsupported(_)), "{error}");
        assert_eq!(error.delivery(), Delivery::NotSent);
        assert!(operations(&script).iter().all(|call| call.starts_with("GET")));
        // What RevCent holds can show that there was one.
        let script = Script::of([
            found(&[ID]),
            stored(&json!({ "representment": { "initiated": true, "initiated_date": 1_760_000_000 } })),
            created(),
        ]);
        let receipt = provider(revcent(), &script).report(&chargeback).await.unwrap();
        assert_eq!(operations(&script), ["GET /search", "GET /{id}", "POST /{id}"]);
        let outcome = if stage == Stage::Lost { "lost" } else { "won" };
        let told = body(&script.sent()[2]);
        assert_eq!(told["representment"], json!({ "completed": true, "outcome": outcome }), "{stage}");
        assert_eq!(receipt.case_id(), Some(ID));
    }
}

#[tokio::test]
async fn an_edit_says_only_what_differs() {
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
        let script = Script::of([created()]);
        let _ = provider(at_once(), &script).report(&chargeback).await.unwrap();
        body(&script.sent()[0])["metadata"].clone()
    };
    // Everything is there, in RevCent's own spelling: nothing is written, and the receipt says so.
    let whole = json!({
        "amount": 49.9, "arn": "arn-1", "reason_code": "fraud", "chargeback_date_unix": opened, "metadata": key,
        "representment": { "initiated": true, "initiated_date": initiated },
    });
    let script = Script::of([found(&[ID]), stored(&whole)]);
    let receipt = provider(revcent(), &script).report(&chargeback).await.unwrap();
    assert_eq!(operations(&script), ["GET /search", "GET /{id}"]);
    assert!(!receipt.wrote());
    assert_eq!(receipt.case_id(), Some(ID));

    let differing = [
        (json!({ "amount": 49.91 }), json!({ "amount": 49.90 })),
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
    ];
    for (change, edit) in differing {
        let mut record = whole.clone();
        record.as_object_mut().unwrap().extend(change.as_object().unwrap().clone());
        let script = Script::of([found(&[ID]), stored(&record), created()]);
        let receipt = provider(revcent(), &script).report(&chargeback).await.unwrap();
        assert!(receipt.wrote());
        assert_eq!(body(&script.sent()[2]), edit, "{change}");
    }
    // Metadata is sent whole, with what others wrote: RevCent may replace the list.
    let mut record = whole;
    record["metadata"] = json!([{ "name": "theirs", "value": "2" }, { "name": "mine", "value": "old" }]);
    let script = Script::of([found(&[ID]), stored(&record), created()]);
    let _ = provider(revcent(), &script).report(&chargeback).await.unwrap();
    let names: Vec<Value> =
        body(&script.sent()[2])["metadata"].as_array().unwrap().iter().map(|pair| pair["name"].clone()).collect();
    assert_eq!(names, ["theirs", "chargeback.key", "mine", "chargeback.currency", "chargeback.order_id"]);
}

#[tokio::test]
async fn what_is_frozen_is_refused_or_listed() {
    let fight = |fields: Value| json!({ "representment": fields });
    let refused = [
        (Stage::Received, fight(json!({ "initiated": true }))),
        (Stage::Accepted, fight(json!({ "initiated": true }))),
        (Stage::Contested, fight(json!({ "initiated": true, "completed": true }))),
        (Stage::UnderReview, fight(json!({ "initiated": true, "completed": true, "outcome": "lost" }))),
        (Stage::Won, fight(json!({ "initiated": true, "completed": true, "outcome": "lost" }))),
        (Stage::Lost, fight(json!({ "initiated": true, "completed": true, "outcome": "won" }))),
        (Stage::Reversed, fight(json!({ "initiated": true, "completed": true, "outcome": "lost" }))),
    ];
    for (stage, record) in refused {
        let chargeback = plain("case-1", stage, Reason::Other).build().unwrap();
        let script = Script::of([found(&[ID]), stored(&record)]);
        let error = provider(revcent(), &script).report(&chargeback).await.unwrap_err();
        assert!(matches!(&error, Error::Unsupported(error) if error.field() == Field::Stage), "{stage}: {error}");
        assert_eq!(script.left(), 0);
    }
    // `pending` is no outcome, and an outcome may follow it.
    let won = plain("case-1", Stage::Won, Reason::Other).build().unwrap();
    let pending = fight(json!({ "initiated": true, "completed": true, "outcome": "pending" }));
    let script = Script::of([found(&[ID]), stored(&pending), created()]);
    let _ = provider(revcent(), &script).report(&won).await.unwrap();
    assert_eq!(body(&script.sent()[2])["representment"], json!({ "outcome": "won" }));
    // Another date than RevCent's is not sent, and listed.
    let dated = won.to_builder().representment(Representment::initiated().initiated_at(at(5, 5))).build().unwrap();
    let other = fight(json!({ "initiated": true, "initiated_date": 1 }));
    let script = Script::of([found(&[ID]), stored(&other), created()]);
    let receipt = provider(revcent(), &script).report(&dated).await.unwrap();
    assert_eq!(body(&script.sent()[2])["representment"], json!({ "completed": true, "outcome": "won" }));
    let lost = receipt.losses().iter().find(|loss| loss.field() == Field::Representment).unwrap();
    assert_eq!((lost.kind(), lost.detail()), (LossKind::Dropped, "RevCent holds another date, which is frozen"));
}

#[tokio::test]
async fn hits_are_compared_exactly() {
    let other = |third: &str| {
        let body = json!({ "code": 1, "chargeback": { "id": ID, "third_party_chargeback_id": third } });
        Play::json(200, body.to_string())
    };
    // A hit that is not ours: search again by the case id, then create.
    for third in ["case-10", "CASE-1", " case-1", ""] {
        let script = Script::of([found(&[ID]), other(third), nothing(), created()]);
        let receipt = provider(revcent(), &script).report(&received()).await.unwrap();
        assert_eq!(operations(&script), ["GET /search", "GET /{id}", "GET /search", "POST "], "{third:?}");
        assert!(receipt.wrote());
    }
    // A hit that says itself that it is another's is not even read.
    let shown = Play::json(200, json!({ "hits": [{ "id": ID, "third_party_chargeback_id": "x" }] }).to_string());
    let script = Script::of([shown, nothing(), created()]);
    let _ = provider(revcent(), &script).report(&received()).await.unwrap();
    // Two that are ours: nothing is written, both are named.
    let second = "chargeback0000000002";
    let twin = json!({ "code": 1, "chargeback": { "id": second, "third_party_chargeback_id": "case-1" } });
    let script = Script::of([found(&[ID, second]), stored(&json!({})), Play::json(200, twin.to_string())]);
    let error = provider(revcent(), &script).report(&received()).await.unwrap_err();
    let Error::Conflict(conflict) = &error else { panic!("{error}") };
    assert_eq!(conflict.candidates(), [ID, second]);
    assert_eq!(error.delivery(), Delivery::NotSent);
}

#[tokio::test]
async fn the_receipt_names_our_case_and_no_other() {
    let other = "chargeback0000000002";
    let theirs =
        Play::json(200, json!({ "chargeback": { "id": other, "third_party_chargeback_id": "x" } }).to_string());
    // Ours is read first, another's after it, and nothing is to be written.
    let whole = {
        let script = Script::of([created()]);
        let _ = provider(at_once(), &script).report(&received()).await.unwrap();
        body(&script.sent()[0])
    };
    let script = Script::of([found(&[ID, other]), stored(&whole), theirs.clone()]);
    let receipt = provider(revcent(), &script).report(&received()).await.unwrap();
    assert_eq!((receipt.case_id(), receipt.wrote()), (Some(ID), false));
    // Another's is read, ours is created, and RevCent does not say its id.
    let script = Script::of([found(&[other]), theirs, nothing(), Play::json(200, r#"{"code":1}"#)]);
    let receipt = provider(revcent(), &script).report(&received()).await.unwrap();
    assert_eq!((receipt.case_id(), receipt.wrote()), (None, true));
}

#[tokio::test]
async fn a_search_that_cannot_be_read_is_never_nothing_found() {
    let unreadable = [
        "{}",
        r#"{"code":1}"#,
        r#"{"results":{}}"#,
        r#"{"results":[{"no":"id"}]}"#,
        r#"{"results":["x"]}"#,
        "[]",
        "",
        "<html>",
    ];
    for body in unreadable {
        let script = Script::of([Play::json(200, body)]);
        let error = provider(revcent(), &script).report(&received()).await.unwrap_err();
        assert_eq!((kind(&error), error.delivery()), ("unreadable", Delivery::NotSent), "{body}");
        assert_eq!(script.left(), 0);
    }
    for body in [r#"{"matches":[]}"#, r#"{"code":1,"whatever":[]}"#, r#"{"data":[]}"#] {
        let script = Script::of([Play::json(200, body), nothing(), created()]);
        assert!(provider(revcent(), &script).report(&received()).await.is_ok(), "{body}");
    }
    let script = Script::of([Play::json(200, r#"{"code":0,"error_code":"E1","message":"No.","results":[]}"#)]);
    let error = provider(revcent(), &script).report(&received()).await.unwrap_err();
    assert_eq!((kind(&error), error.delivery(), error.vendor_code()), ("rejected", Delivery::Rejected, Some("E1")));
}

#[tokio::test]
async fn a_record_that_cannot_be_read_stops_the_report() {
    let known = received().to_builder().vendor_case(revcent::ID, ID).build().unwrap();
    let unreadable = [
        json!({ "code": 1 }),
        json!({ "code": 1, "chargeback": { "id": "another0000000000001" } }),
        json!({ "code": 1, "results": [{ "id": ID }, { "id": ID }] }),
    ];
    for body in unreadable {
        let script = Script::of([Play::json(200, body.to_string())]);
        let error = provider(revcent(), &script).report(&known).await.unwrap_err();
        assert_eq!((kind(&error), error.delivery()), ("unreadable", Delivery::NotSent), "{body}");
    }
    let shapes = [
        json!({ "id": ID, "code": 1 }),
        json!({ "chargeback_id": ID }),
        json!({ "data": { "id": ID } }),
        json!({ "results": [{ "chargeback_id": ID }] }),
    ];
    for body in shapes {
        let script = Script::of([Play::json(200, body.to_string()), created()]);
        assert!(provider(revcent(), &script).report(&known).await.is_ok(), "{body}");
        assert_eq!(operations(&script), ["GET /{id}", "POST /{id}"]);
    }
}

#[tokio::test]
async fn a_known_case_is_edited_without_a_search() {
    let known = received().to_builder().vendor_case(revcent::ID, ID).build().unwrap();
    let script = Script::of([stored(&json!({})), created()]);
    let _ = provider(revcent(), &script).report(&known).await.unwrap();
    assert_eq!(operations(&script), ["GET /{id}", "POST /{id}"]);
    // No transaction is needed then.
    let only_case =
        Chargeback::builder("case-1", Stage::Received, Reason::Other, at(3, 9)).vendor_case(revcent::ID, ID);
    let script = Script::of([stored(&json!({})), created()]);
    assert!(provider(revcent(), &script).report(&only_case.build().unwrap()).await.is_ok());
}

#[tokio::test]
async fn the_plan_shows_both_roads() {
    let plan = provider(revcent(), &Script::silent()).plan(&received()).unwrap();
    let steps: Vec<(&str, Option<&str>)> =
        plan.steps().iter().map(|step| (step.operation(), step.condition())).collect();
    let none_by_key = "no chargeback holds the key of this case";
    let expected = [
        ("search_chargebacks", None),
        ("search_chargebacks", Some(none_by_key.to_owned())),
        ("create_chargeback", Some(format!("{none_by_key}, and no chargeback holds this case id"))),
        ("get_chargeback", Some(format!("{none_by_key}, and one holds this case id"))),
        (
            "edit_chargeback",
            Some(format!("{none_by_key}, and one holds this case id, and it holds nothing of this report yet")),
        ),
        ("get_chargeback", Some("one holds the key of this case".to_owned())),
        ("edit_chargeback", Some("one holds the key of this case, and it holds nothing of this report yet".to_owned())),
    ];
    assert_eq!(steps, expected.iter().map(|(name, when)| (*name, when.as_deref())).collect::<Vec<_>>());
    assert!(
        plan.to_text().contains("if no chargeback holds the key of this case, and no chargeback holds this case id")
    );

    // What would be refused on a road says so there.
    let won = plain("case-1", Stage::Won, Reason::Other).build().unwrap();
    let plan = provider(revcent(), &Script::silent()).plan(&won).unwrap();
    let refused: Vec<&str> = plan.steps().iter().filter_map(|step| step.refusal()).collect();
    assert_eq!(refused.len(), 1, "{}", plan.to_text());
    assert!(refused[0].contains("an outcome only of a representment"));
    assert!(plan.to_text().contains("refused: revcent cannot express stage `won`"));
    // And a plan of a create at once is the create.
    let plan = provider(at_once(), &Script::silent()).plan(&received()).unwrap();
    assert_eq!(plan.steps().len(), 1);
    let (_, script) = report_once(at_once(), &received(), created()).await;
    check_plan(at_once(), &received(), &script.sent()[0], &["rc-key"]);
    assert_eq!(plan.steps()[0].request().unwrap().body().as_bytes(), &script.sent()[0].body()[..]);
}

#[tokio::test]
async fn rules_are_checked_before_anything_is_sent() {
    let builder = |stage| Chargeback::builder("c", stage, Reason::Other, at(3, 9)).order_id("o");
    let cases = [
        (
            builder(Stage::Received),
            vec!["vendor_references.revcent.payment: RevCent needs this or payment.gateway_transaction_id"],
        ),
        (
            builder(Stage::Received)
                .vendor_payment(revcent::ID, "short")
                .vendor_case(revcent::ID, "short")
                .metadata("n".repeat(101), "v"),
            vec![
                "vendor_references.revcent.payment: not exactly 20 characters",
                "vendor_references.revcent.case: not exactly 20 characters",
                "metadata: a name is longer than 100 characters",
            ],
        ),
        (
            builder(Stage::Contested)
                .gateway_transaction_id("g")
                .representment(Representment::initiated().outcome(RepresentmentOutcome::Won)),
            vec!["representment: has ended, which the stage contradicts"],
        ),
        (
            builder(Stage::Lost)
                .gateway_transaction_id("g")
                .representment(Representment::initiated().outcome(RepresentmentOutcome::Won)),
            vec!["representment.outcome: contradicts the stage"],
        ),
    ];
    for (builder, rules) in cases {
        let script = Script::silent();
        let error = provider(revcent(), &script).report(&builder.build().unwrap()).await.unwrap_err();
        assert_eq!(violations(&error), rules);
        assert!(script.sent().is_empty());
    }
}

#[tokio::test]
async fn metadata_is_cut_or_dropped_with_a_word() {
    let chargeback = plain("c", Stage::Received, Reason::Other)
        .metadata("long", "é".repeat(256))
        .metadata("empty", "")
        .notes("n".repeat(300))
        .build()
        .unwrap();
    let (result, script) = report_once(at_once(), &chargeback, created()).await;
    let told = body(&script.sent()[0]);
    let pairs = told["metadata"].as_array().unwrap();
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
async fn the_network_code_says_the_reason() {
    let code = NetworkCode::new(Network::Visa, "10.4");
    let chargeback = plain("c", Stage::Received, Reason::FraudCardAbsent).network_code(code).build().unwrap();
    let (result, script) = report_once(at_once(), &chargeback, created()).await;
    assert_eq!(body(&script.sent()[0])["reason_code"], "10.4");
    assert!(result.unwrap().losses().iter().all(|loss| loss.field() != Field::Reason));
}

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
        case(200, r#"{"code":2,"message":"Declined."}"#, "rejected", Rejected, Some("2"), Some("Declined.")),
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
    check_refusals(at_once, &received(), &cases).await;
    check_garbage(at_once, &received()).await;
    for body in [r#"{"code":1}"#, r#"{"code":"1","chargeback_id":"chargeback0000000001","new":[]}"#] {
        let (result, _) = report_once(at_once(), &received(), Play::json(201, body)).await;
        assert!(result.is_ok(), "{body}");
    }
    let (result, _) = report_once(at_once(), &received(), Play::json(400, r#"{"code":0,"api_call_id":"a1"}"#)).await;
    assert_eq!(result.unwrap_err().request_id(), Some("a1"));
}

// ---- money

#[cfg(feature = "sandbox")]
#[tokio::test(start_paused = true)]
async fn refunding_is_a_call_of_its_own_and_never_repeated() {
    use chargeback::sandbox::{Fault, FaultKind, Sandbox};
    let sandbox = Sandbox::in_memory();
    let revcent = sandbox.connect(sandbox.revcent_vendor()).build().unwrap();
    let request = || {
        let mut request = CreateChargeback::of_transaction(TRANSACTION);
        request.third_party_chargeback_id = Some("case-1".into());
        request
    };
    let written = revcent.create_and_void_transaction(request()).await.unwrap();
    assert!(written.chargeback_id.is_some());
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
        Fault::before_acting(FaultKind::Refusal),
    ];
    for fault in faults {
        let (requests, voids) = (sandbox.revcent().requests(), sandbox.revcent().voids());
        let acts = matches!(&fault, fault if *fault == Fault::after_acting(FaultKind::Reset)
            || *fault == Fault::after_acting(FaultKind::Silence)
            || *fault == Fault::after_acting(FaultKind::ServerError)
            || *fault == Fault::after_acting(FaultKind::ParkedPage));
        sandbox.revcent().fail_next(fault.clone());
        let error = revcent.create_and_void_transaction(request()).await.unwrap_err();
        assert_eq!(sandbox.revcent().requests() - requests, 1, "{fault:?}: {error}");
        assert_eq!(sandbox.revcent().voids() - voids, u64::from(acts), "{fault:?}");
        if acts {
            assert_eq!(error.delivery(), Delivery::Unknown, "{fault:?}: {error}");
        }
        assert!(!error.is_retryable() || error.delivery() == Delivery::Rejected, "{fault:?}: {error}");
    }
    // Only where nothing left this machine is it tried again.
    sandbox.revcent().fail_next(Fault::before_acting(FaultKind::Unreachable));
    let voids = sandbox.revcent().voids();
    revcent.create_and_void_transaction(request()).await.unwrap();
    assert_eq!(sandbox.revcent().voids() - voids, 1);
}

#[tokio::test]
async fn no_other_road_refunds() {
    // Reading JSON may bring the switch in; `create` refuses it.
    let voiding: CreateChargeback =
        serde_json::from_value(json!({ "transaction_id": TRANSACTION, "void_transaction": true })).unwrap();
    assert!(voiding.voids_transaction() && voiding.validate().is_empty());
    let script = Script::silent();
    let error = provider(revcent(), &script).create(voiding).await.unwrap_err();
    let rule = "void_transaction: refunds the customer in full; only create_and_void_transaction sends it";
    assert_eq!(violations(&error), [rule]);
    assert!(script.sent().is_empty());
    // No stage and no reason makes a report say it, `refunded` least of all.
    for &stage in Stage::ALL {
        for reason in [Reason::CreditNotProcessed, Reason::FraudOther] {
            let chargeback = full(stage, reason).build().unwrap();
            let Ok(plan) = provider(at_once(), &Script::silent()).plan(&chargeback) else { continue };
            assert!(!plan.to_text().contains("void"), "{stage}");
        }
    }
    let refunded = plain("c", Stage::Refunded, Reason::CreditNotProcessed).build().unwrap();
    assert!(matches!(provider(revcent(), &script).report(&refunded).await, Err(Error::Unsupported(_))));
    assert!(script.sent().is_empty());
}

// ---- native calls

#[tokio::test]
async fn the_native_calls_are_exact() {
    let script = Script::of([created(), created(), stored(&json!({ "amount": 1.50 })), found(&[ID])]);
    let revcent = provider(revcent(), &script);
    let mut create = CreateChargeback::of_gateway_transaction("gw-1");
    create.metadata = Some(vec![Metadatum::new("n", "v")]);
    assert_eq!(revcent.create(create).await.unwrap().chargeback_id.as_deref(), Some(ID));
    let mut changes = EditChargeback::default();
    let mut fight = RepresentmentFields::default();
    fight.outcome = Some(Outcome::Pending);
    changes.representment = Some(fight);
    changes.amount = Some("10.50".parse::<DecimalText>().unwrap());
    revcent.edit(ID, changes).await.unwrap();
    let record = revcent.get(ID).await.unwrap();
    assert_eq!(record.amount.unwrap().as_str(), "1.5");
    assert_eq!(revcent.search("a b/c").await.unwrap()[0].id, ID);
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
    let mut create = CreateChargeback::of_transaction("short");
    create.gateway_transaction_id = Some("g".into());
    create.third_party_integration_id = Some("x".repeat(21));
    let mut fight = RepresentmentFields::default();
    fight.completed = Some(true);
    fight.outcome = Some(Outcome::Won);
    create.representment = Some(fight);
    create.metadata = Some(vec![Metadatum::new("", "v"), Metadatum::new("n", "v".repeat(256))]);
    assert_eq!(
        violations(&revcent.create(create).await.unwrap_err()),
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
        violations(&revcent.edit("short", edit).await.unwrap_err()),
        [
            "chargeback_id: not exactly 20 characters",
            "representment.completed: contradicts initiated",
            "representment.outcome: contradicts initiated or completed",
        ]
    );
    assert_eq!(violations(&revcent.edit(ID, EditChargeback::default()).await.unwrap_err()), ["body: changes nothing"]);
    assert_eq!(violations(&revcent.get("x").await.unwrap_err()), ["chargeback_id: not exactly 20 characters"]);
    assert_eq!(violations(&revcent.search("").await.unwrap_err()), ["search_term: empty"]);
    let neither = violations(&revcent.create(CreateChargeback::default()).await.unwrap_err());
    assert_eq!(neither, ["transaction_id: this or gateway_transaction_id is required"]);
    assert!(script.sent().is_empty());
}

#[tokio::test(start_paused = true)]
async fn a_native_create_without_an_id_of_ours_is_sent_once() {
    let script = Script::of([Play::Lost]);
    let error = provider(revcent(), &script).create(CreateChargeback::of_transaction(TRANSACTION)).await.unwrap_err();
    assert_eq!((error.delivery(), error.is_retryable(), error.attempts()), (Delivery::Unknown, false, 1));
    // With one, it is looked up by it, and found only if it holds what was sent.
    let mut create = CreateChargeback::of_transaction(TRANSACTION);
    create.third_party_chargeback_id = Some("case-1".into());
    create.arn = Some("a".into());
    let script = Script::of([Play::Lost, found(&[ID]), stored(&json!({ "arn": "a" }))]);
    let written = provider(revcent(), &script).create(create.clone()).await.unwrap();
    assert_eq!(written.chargeback_id.as_deref(), Some(ID));
    assert!(script.calls()[1].ends_with("search_term=case-1"));
    let script = Script::of([Play::Lost, found(&[ID]), stored(&json!({ "arn": "b" }))]);
    let error = provider(revcent(), &script).create(create).await.unwrap_err();
    assert_eq!(
        (error.delivery(), error.looked()),
        (Delivery::Unknown, Some("a chargeback with this id is there, with other content"))
    );
}

// ---- reading back, step by step

#[tokio::test(start_paused = true)]
async fn an_unclear_create_goes_on_with_what_is_there() {
    // It is there, and older than what was sent: an edit follows, never a second create.
    let chargeback = plain("case-1", Stage::Received, Reason::FraudOther).arn("new").build().unwrap();
    let script = Script::of([Play::Lost, found(&[ID]), stored(&json!({ "arn": "old" })), created()]);
    let receipt = provider(at_once(), &script).report(&chargeback).await.unwrap();
    assert_eq!(operations(&script), ["POST ", "GET /search", "GET /{id}", "POST /{id}"]);
    assert_eq!(receipt.steps().last().unwrap().operation(), "edit_chargeback");
    assert_eq!(body(&script.sent()[3])["arn"], "new");
    // It is there with another outcome, which cannot be changed.
    let lost = plain("case-1", Stage::Lost, Reason::Other).representment(Representment::initiated()).build().unwrap();
    let won = json!({ "representment": { "initiated": true, "completed": true, "outcome": "won" } });
    let script = Script::of([Play::Lost, found(&[ID]), stored(&won)]);
    let error = provider(at_once(), &script).report(&lost).await.unwrap_err();
    assert_eq!((error.delivery(), error.looked()), (Delivery::Unknown, Some("the record shows another outcome")));
    // Two are there.
    let second = "chargeback0000000002";
    let twin = json!({ "code": 1, "chargeback": { "id": second, "third_party_chargeback_id": "case-1" } });
    let script = Script::of([Play::Lost, found(&[ID, second]), stored(&json!({})), Play::json(200, twin.to_string())]);
    let error = provider(at_once(), &script).report(&received()).await.unwrap_err();
    let Error::Conflict(conflict) = &error else { panic!("{error}") };
    assert_eq!((conflict.candidates().len(), error.delivery()), (2, Delivery::Unknown));
}

#[tokio::test(start_paused = true)]
async fn an_unclear_edit_is_looked_up_or_repeated() {
    let known = plain("case-1", Stage::Contested, Reason::FraudOther).vendor_case(revcent::ID, ID).build().unwrap();
    let whole = json!({ "reason_code": "fraud", "metadata": [], "representment": { "initiated": true } });
    // A representment freezes: look first. It holds.
    let mut holds = whole.clone();
    let first = Script::of([stored(&json!({ "reason_code": "fraud" })), created()]);
    let _ = provider(revcent(), &first).report(&known).await.unwrap();
    holds["metadata"] = body(&first.sent()[1])["metadata"].clone();
    let script = Script::of([stored(&json!({ "reason_code": "fraud" })), Play::Hang, stored(&holds)]);
    let receipt = provider(revcent(), &script).report(&known).await.unwrap();
    assert!(receipt.was_read_back());
    // It does not hold: sent again, as far as it is missing.
    let mut half = holds.clone();
    half["representment"] = json!({});
    let script = Script::of([stored(&json!({ "reason_code": "fraud" })), Play::Lost, stored(&half), created()]);
    let receipt = provider(revcent(), &script).report(&known).await.unwrap();
    assert_eq!(body(&script.sent()[3]), json!({ "representment": { "initiated": true } }));
    assert_eq!(receipt.steps().last().unwrap().attempts(), 2);
    // Plain fields can be written twice: repeated at once.
    let plain_edit = plain("case-1", Stage::Received, Reason::FraudOther).vendor_case(revcent::ID, ID).build().unwrap();
    let script = Script::of([stored(&json!({})), Play::Lost, created()]);
    let receipt = provider(revcent(), &script).report(&plain_edit).await.unwrap();
    assert_eq!(operations(&script), ["GET /{id}", "POST /{id}", "POST /{id}"]);
    assert!(!receipt.was_read_back());
}

#[test]
fn settings_come_from_the_environment() {
    check_env(
        |get| RevCent::from_vars(get),
        &[("REVCENT_API_KEY", KEY)],
        &[("REVCENT_BASE_URL", "http://10.0.0.1", "must be an https URL, or http to a loopback host")],
    );
}
