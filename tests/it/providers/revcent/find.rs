//! The search for the record of a case.

use super::*;

#[tokio::test]
async fn hits_are_compared_exactly() {
    let other = |third: &str| {
        let body = json!({ "code": 1, "chargeback": { "id": ID, "third_party_chargeback_id": third } });
        Play::json(200, body.to_string())
    };
    // A hit of another case: search again by the case id, then create.
    for third in ["case-10", "CASE-1", " case-1", ""] {
        let script = Script::new([found(&[ID]), other(third), nothing(), created()]);
        let receipt = provider(revcent(), &script).report(&received()).await.unwrap();
        assert_eq!(operations(&script), ["GET /search", "GET /{id}", "GET /search", "POST "], "{third:?}");
        assert!(receipt.wrote());
    }
    // A hit that is not a chargeback is not read.
    let sale = Play::json(200, json!({ "results": [{ "id": ID, "item_type": "sale" }] }).to_string());
    let script = Script::new([sale, nothing(), created()]);
    let _ = provider(revcent(), &script).report(&received()).await.unwrap();
    // Two records match: nothing is written, and the error has both ids.
    let second = "chargeback0000000002";
    let twin = json!({ "code": 1, "chargeback": { "id": second, "third_party_chargeback_id": "case-1" } });
    let script = Script::new([found(&[ID, second]), stored(&json!({})), Play::json(200, twin.to_string())]);
    let error = provider(revcent(), &script).report(&received()).await.unwrap_err();
    let Error::Conflict(conflict) = &error else { panic!("{error}") };
    assert_eq!(conflict.candidates(), [ID, second]);
    assert_eq!(error.delivery(), Delivery::NotSent);
}

#[tokio::test]
async fn the_receipt_has_the_id_of_the_matching_record() {
    let other = "chargeback0000000002";
    let theirs =
        Play::json(200, json!({ "chargeback": { "id": other, "third_party_chargeback_id": "x" } }).to_string());
    // The matching record is read first, another record after it, and no value differs.
    let whole = {
        let script = Script::new([created()]);
        let _ = provider(create_at_once(), &script).report(&received()).await.unwrap();
        body(&script.sent()[0])
    };
    let script = Script::new([found(&[ID, other]), stored(&whole), theirs.clone()]);
    let receipt = provider(revcent(), &script).report(&received()).await.unwrap();
    assert_eq!((receipt.vendor_case(), receipt.wrote()), (Some(ID), false));
    // Another record is read, and the case is created.
    let script = Script::new([found(&[other]), theirs, nothing(), created()]);
    let receipt = provider(revcent(), &script).report(&received()).await.unwrap();
    assert_eq!((receipt.vendor_case(), receipt.wrote()), (Some(ID), true));
}

#[tokio::test]
async fn a_record_with_the_case_key_matches_whatever_its_other_ids() {
    let whole = {
        let script = Script::new([created()]);
        let _ = provider(create_at_once(), &script).report(&received()).await.unwrap();
        body(&script.sent()[0])
    };
    let mut renamed = whole;
    renamed["third_party_chargeback_id"] = json!("renamed by hand");
    let script = Script::new([found(&[ID]), stored(&renamed), created()]);
    let receipt = provider(revcent(), &script).report(&received()).await.unwrap();
    assert_eq!(operations(&script), ["GET /search", "GET /{id}", "POST /{id}"]);
    assert_eq!(body(&script.sent()[2]), json!({ "third_party_chargeback_id": "case-1" }));
    assert_eq!(receipt.vendor_case(), Some(ID));
}

#[tokio::test]
async fn a_record_of_another_case_is_not_edited() {
    let known = received().to_builder().vendor_case(revcent::ID, ID).build().unwrap();
    let script = Script::new([stored(&json!({ "third_party_chargeback_id": "case-2" }))]);
    let error = provider(revcent(), &script).report(&known).await.unwrap_err();
    assert_eq!((kind(&error), error.delivery()), ("conflict", Delivery::NotSent));
    assert!(error.lookup_detail().unwrap().contains("belongs to another case"), "{error}");
    // A record without a case id is taken over.
    let script = Script::new([stored(&json!({ "third_party_chargeback_id": null })), created()]);
    assert!(provider(revcent(), &script).report(&known).await.is_ok());
    assert_eq!(body(&script.sent()[1])["third_party_chargeback_id"], "case-1");
}

#[tokio::test]
async fn ten_hits_without_a_match_do_not_allow_a_create() {
    let ids: Vec<String> = (0..10).map(|i| format!("chargeback000000010{i}")).collect();
    let ids: Vec<&str> = ids.iter().map(String::as_str).collect();
    let others = || {
        let record = |id: &&str| {
            Play::json(200, json!({ "chargeback": { "id": id, "third_party_chargeback_id": "x" } }).to_string())
        };
        [found(&ids)].into_iter().chain(ids.iter().map(record)).collect::<Vec<Play>>()
    };
    let script = Script::new([nothing()].into_iter().chain(others()));
    let error = provider(revcent(), &script).report(&received()).await.unwrap_err();
    assert_eq!((kind(&error), error.delivery()), ("conflict", Delivery::NotSent));
    assert!(error.lookup_detail().unwrap().contains("`FirstReport::SearchKeyOnly`"), "{error}");
    assert_eq!(script.left(), 0);
    // `SearchKeyOnly` searches for the key only.
    let key_only = || revcent().first_report(FirstReport::SearchKeyOnly);
    let script = Script::new([nothing(), created()]);
    let _ = provider(key_only(), &script).report(&received()).await.unwrap();
    assert_eq!(operations(&script), ["GET /search", "POST "]);
    let script = Script::new(others());
    assert_eq!(kind(&provider(key_only(), &script).report(&received()).await.unwrap_err()), "conflict");
}

#[cfg(feature = "sandbox")]
#[tokio::test]
async fn similar_case_ids_are_distinguished_in_a_strict_and_a_loose_search() {
    use chargeback::sandbox::Sandbox;
    for loose in [false, true] {
        let sandbox = Sandbox::in_memory();
        if loose {
            sandbox.revcent().search_loosely();
        }
        let first = if loose { FirstReport::SearchKeyOnly } else { FirstReport::SearchFirst };
        let connect = || sandbox.connect(sandbox.revcent_connector().first_report(first)).build().unwrap();
        for i in 0..30 {
            let case = plain(&format!("CB-2610-00{i:02}"), Stage::Received, Reason::FraudOther).build().unwrap();
            // A new provider per report, so that no case id is remembered.
            assert!(connect().report(&case).await.unwrap().wrote(), "{i}");
            assert!(!connect().report(&case).await.unwrap().wrote(), "{i}");
        }
        assert_eq!(sandbox.revcent().cases().len(), 30);
    }
}

#[tokio::test]
async fn an_unreadable_search_reply_is_never_nothing_found() {
    let unreadable = [
        "{}",
        r#"{"code":1}"#,
        r#"{"results":{}}"#,
        r#"{"results":[{"no":"id"}]}"#,
        r#"{"results":["x"]}"#,
        r#"{"results":[{"id":"short"}]}"#,
        // An empty list under an unknown name may be a list of anything.
        r#"{"code":1,"whatever":[]}"#,
        r#"{"code":1,"errors":[]}"#,
        r#"{"results":[],"chargebacks":[]}"#,
        r#"{"results":[],"sales":[{"id":"chargeback0000000001"}]}"#,
        r#"{"results":[],"total":3}"#,
        r#"{"results":[{"id":"chargeback0000000001"}],"count":0}"#,
        "[]",
        "",
        "<html>",
    ];
    for body in unreadable {
        let script = Script::new([Play::json(200, body)]);
        let error = provider(revcent(), &script).report(&received()).await.unwrap_err();
        assert_eq!((kind(&error), error.delivery()), ("unreadable", Delivery::NotSent), "{body}");
        assert_eq!(script.left(), 0);
    }
    for body in [r#"{"matches":[]}"#, r#"{"code":1,"results":[],"total":0}"#, r#"{"data":[]}"#] {
        let script = Script::new([Play::json(200, body), nothing(), created()]);
        assert!(provider(revcent(), &script).report(&received()).await.is_ok(), "{body}");
    }
    let unnamed = Play::json(200, json!({ "whatever": [{ "chargeback_id": ID }], "count": 25 }).to_string());
    let script = Script::new([unnamed, stored(&json!({})), created()]);
    let _ = provider(revcent(), &script).report(&received()).await.unwrap();
    assert_eq!(operations(&script), ["GET /search", "GET /{id}", "POST /{id}"]);
    let script = Script::new([Play::json(200, r#"{"code":0,"error_code":"E1","message":"No.","results":[]}"#)]);
    let error = provider(revcent(), &script).report(&received()).await.unwrap_err();
    assert_eq!((kind(&error), error.delivery(), error.vendor_code()), ("rejected", Delivery::Rejected, Some("E1")));
}

#[tokio::test]
async fn an_unreadable_record_stops_the_report() {
    let known = received().to_builder().vendor_case(revcent::ID, ID).build().unwrap();
    let unreadable = [
        json!({ "code": 1 }),
        json!({ "code": 1, "chargeback": { "id": "another0000000000001" } }),
        json!({ "code": 1, "results": [{ "id": ID }, { "id": ID }] }),
        // An id alone is an echo and not a record.
        json!({ "code": 1, "id": ID }),
        json!({ "code": 1, "chargeback_id": ID }),
        // The values of a record decide the next write, so no value is guessed.
        json!({ "chargeback": { "id": ID, "amount": "ten" } }),
        json!({ "chargeback": { "id": ID, "amount": {} } }),
        json!({ "chargeback": { "id": ID, "arn": [] } }),
        json!({ "chargeback": { "id": ID, "chargeback_date": "yesterday" } }),
        json!({ "chargeback": { "id": ID, "received_date_unix": 1_760_000_000_000_u64 } }),
        json!({ "chargeback": { "id": ID, "representment": true } }),
        json!({ "chargeback": { "id": ID, "representment": { "initiated": "yes" } } }),
        json!({ "chargeback": { "id": ID, "representment": { "initiated": true, "outcome": "draw" } } }),
        json!({ "chargeback": { "id": ID, "representment": [{ "initiated": true }, {}] } }),
        json!({ "chargeback": { "id": ID, "metadata": "name=value" } }),
        json!({ "chargeback": { "id": ID, "metadata": [{ "value": "v" }] } }),
        json!({ "chargeback": { "id": ID, "metadata": [{ "name": "n", "value": [1] }] } }),
    ];
    for body in unreadable {
        let script = Script::new([Play::json(200, body.to_string())]);
        let error = provider(revcent(), &script).report(&known).await.unwrap_err();
        assert_eq!((kind(&error), error.delivery()), ("unreadable", Delivery::NotSent), "{body}");
    }
    let shapes = [
        json!({ "id": ID, "code": 1, "arn": null }),
        json!({ "chargeback_id": ID, "representment": {} }),
        json!({ "data": { "id": ID } }),
        json!({ "results": [{ "chargeback_id": ID }] }),
        json!({ "chargeback": { "id": ID, "representment": [], "metadata": [], "amount": "", "chargeback_date": 0 } }),
        json!({ "chargeback": { "id": ID, "metadata": { "theirs": 1 }, "representment": { "initiated": "0" } } }),
    ];
    for body in shapes {
        let script = Script::new([Play::json(200, body.to_string()), created()]);
        assert!(provider(revcent(), &script).report(&known).await.is_ok(), "{body}");
        assert_eq!(operations(&script), ["GET /{id}", "POST /{id}"]);
    }
}

#[tokio::test]
async fn a_known_case_is_edited_without_a_search() {
    let known = received().to_builder().vendor_case(revcent::ID, ID).build().unwrap();
    let script = Script::new([stored(&json!({})), created()]);
    let _ = provider(revcent(), &script).report(&known).await.unwrap();
    assert_eq!(operations(&script), ["GET /{id}", "POST /{id}"]);
    // The report then needs no transaction.
    let only_case =
        Chargeback::builder("case-1", Stage::Received, Reason::Other, at(3, 9)).vendor_case(revcent::ID, ID);
    let script = Script::new([stored(&json!({})), created()]);
    assert!(provider(revcent(), &script).report(&only_case.build().unwrap()).await.is_ok());
}

#[tokio::test]
async fn the_plan_shows_both_outcomes_of_each_search() {
    let plan = provider(revcent(), &Script::empty()).plan(&received()).unwrap();
    let steps: Vec<(&str, Option<&str>)> =
        plan.steps().iter().map(|step| (step.operation(), step.condition())).collect();
    let none_by_key = "no chargeback has the key of this case";
    let expected = [
        ("search_chargebacks", None),
        ("search_chargebacks", Some(none_by_key.to_owned())),
        ("create_chargeback", Some(format!("{none_by_key}, and no chargeback has this case id"))),
        ("get_chargeback", Some(format!("{none_by_key}, and one has this case id"))),
        (
            "edit_chargeback",
            Some(format!("{none_by_key}, and one has this case id, and the record has nothing of this report yet")),
        ),
        ("get_chargeback", Some("one has the key of this case".to_owned())),
        (
            "edit_chargeback",
            Some("one has the key of this case, and the record has nothing of this report yet".to_owned()),
        ),
    ];
    assert_eq!(steps, expected.iter().map(|(name, when)| (*name, when.as_deref())).collect::<Vec<_>>());
    assert!(plan.to_text().contains("if no chargeback has the key of this case, and no chargeback has this case id"));

    // A step that would fail shows its error in the plan.
    let won = plain("case-1", Stage::Won, Reason::Other).build().unwrap();
    let plan = provider(revcent(), &Script::empty()).plan(&won).unwrap();
    let failures: Vec<&str> = plan.failures().filter_map(|step| step.failure()).collect();
    assert_eq!(failures.len(), 1, "{}", plan.to_text());
    assert!(failures[0].contains("an outcome only for a representment"));
    assert!(plan.to_text().contains("fails after search_chargebacks, if no chargeback has"));
    // With `CreateAtOnce`, the plan is the create.
    let plan = provider(create_at_once(), &Script::empty()).plan(&received()).unwrap();
    assert_eq!(plan.steps().len(), 1);
    let (_, script) = report_once(create_at_once(), &received(), created()).await;
    check_plan(create_at_once(), &received(), &script.sent()[0], &["rc-key"]);
    assert_eq!(plan.steps()[0].request().unwrap().body().as_bytes(), &script.sent()[0].body()[..]);
}
