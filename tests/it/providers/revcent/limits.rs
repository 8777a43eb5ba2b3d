//! The limits of RevCent's rules, and replies that prove nothing.

use chargeback::revcent::{CreateChargeback, EditChargeback, Get, Lookup, Metadatum};
use chargeback::{HttpProvider, ProviderId, RetryPolicy};

use super::*;

const OTHER: &str = "chargeback0000000002";

#[tokio::test]
async fn a_case_id_of_the_wrong_length_is_invalid_before_sending() {
    let known = plain("case-1", Stage::Received, Reason::Other).vendor_case(revcent::ID, "too-short").build().unwrap();
    let script = Script::empty();
    let error = provider(revcent(), &script).report(&known).await.unwrap_err();
    assert_eq!(violations(&error), ["vendor_references.revcent.case: must have exactly 20 characters"]);
    let get = Lookup::Get(Get::new("too-short"));
    let Err(error) = provider(revcent(), &script).call(get).await else { panic!("it was sent") };
    assert_eq!(violations(&error), ["chargeback_id: must have exactly 20 characters"]);
    assert!(script.sent().is_empty());
}

#[tokio::test(start_paused = true)]
async fn an_error_status_with_an_empty_list_of_hits_is_an_error() {
    for (status, expected) in [(500, "unavailable"), (404, "not found"), (403, "authentication"), (400, "rejected")] {
        // If read as "nothing found", each of these replies would allow a second create.
        for body in [r#"{"results":[]}"#, r#"{"code":1,"results":[]}"#] {
            let script = Script::new([Play::json(status, body)]);
            let once = HttpProvider::builder(revcent()).transport(script.clone()).retry(RetryPolicy::never());
            let error = once.build().unwrap().report(&received()).await.unwrap_err();
            let expected = if body.contains("code") && status != 500 { "unreadable" } else { expected };
            assert_eq!((kind(&error), operations(&script).len()), (expected, 1), "{status} {body}: {error}");
        }
    }
}

/// A record with one metadata pair and another case id.
fn keyed(id: &str, name: &str, value: &Value) -> Play {
    let record = json!({
        "id": id, "third_party_chargeback_id": "theirs", "metadata": [{ "name": name, "value": value }],
    });
    Play::json(200, json!({ "code": 1, "chargeback": record }).to_string())
}

#[tokio::test]
async fn a_case_key_matches_by_name_and_value_together() {
    let script = Script::new([created()]);
    let _ = provider(create_at_once(), &script).report(&received()).await.unwrap();
    let key = body(&script.sent()[0])["metadata"][0]["value"].clone();
    for (name, value, ours) in
        [("chargeback.key", json!("another"), false), ("note", key.clone(), false), ("chargeback.key", key, true)]
    {
        let script = Script::new([found(&[OTHER]), keyed(OTHER, name, &value), nothing(), created()]);
        let result = provider(revcent(), &script).report(&received()).await;
        let expected: &[&str] = if ours {
            &["GET /search", "GET /chargeback0000000002"]
        } else {
            &["GET /search", "GET /chargeback0000000002", "GET /search", "POST "]
        };
        assert_eq!(operations(&script)[..expected.len()], *expected, "{name}: {result:?}");
        assert_eq!(operations(&script).contains(&"POST ".to_owned()), !ours);
    }
}

#[tokio::test]
async fn a_metadata_name_has_at_most_100_characters() {
    for (length, accepted) in [(100, true), (101, false)] {
        let case = plain("case-1", Stage::Received, Reason::Other).metadata("n".repeat(length), "v").build().unwrap();
        assert_eq!(provider(revcent(), &Script::empty()).plan(&case).is_ok(), accepted, "{length}");
    }
}

#[tokio::test(start_paused = true)]
async fn an_unclear_create_is_looked_up_by_its_key() {
    let case = plain("case-1", Stage::Received, Reason::FraudOther).metadata("a", "value-of-a").build().unwrap();
    let script = Script::new([Play::Lost, nothing()]);
    let once =
        HttpProvider::builder(create_at_once()).transport(script.clone()).retry(RetryPolicy::never().max_lookups(1));
    let error = once.build().unwrap().report(&case).await.unwrap_err();
    assert_eq!(error.delivery(), Delivery::Unknown);
    let key = body(&script.sent()[0])["metadata"][0]["value"].as_str().unwrap().to_owned();
    assert_eq!(script.calls()[1], format!("GET /v2/chargebacks/search?search_term={key}"));
}

#[tokio::test(start_paused = true)]
async fn a_doubt_that_the_search_cannot_end_names_resolve_doubt() {
    let script = Script::new([Play::Lost, nothing(), nothing()]);
    let once =
        HttpProvider::builder(create_at_once()).transport(script.clone()).retry(RetryPolicy::never().max_lookups(0));
    let revcent = once.build().unwrap();
    assert_eq!(revcent.report(&received()).await.unwrap_err().delivery(), Delivery::Unknown);
    let error = revcent.report(&received()).await.unwrap_err();
    assert_eq!((kind(&error), error.delivery()), ("in doubt", Delivery::Unknown));
    assert!(error.lookup_detail().is_some_and(|looked| looked.contains("`resolve_doubt`")), "{error}");
    assert!(!error.to_string().contains("find out before"), "{error}");
    assert_eq!(operations(&script), ["POST ", "GET /search", "GET /search"]);
}

#[tokio::test]
async fn an_error_names_the_frozen_state() {
    let lost = plain("case-1", Stage::Lost, Reason::Other).representment(Representment::initiated()).build().unwrap();
    let won = json!({ "representment": { "initiated": true, "completed": true, "outcome": "won" } });
    let not_contested = plain("case-1", Stage::Won, Reason::Other).build().unwrap();
    for (case, held, why) in [
        (lost, won, "RevCent already has another outcome"),
        (not_contested, json!({}), "RevCent records an outcome only for a representment"),
    ] {
        let script = Script::new([found(&[ID]), stored(&held)]);
        let error = provider(revcent(), &script).report(&case).await.unwrap_err();
        let Error::Unsupported(unsupported) = &error else { panic!("{error}") };
        assert!(unsupported.detail().contains(why), "{}", unsupported.detail());
        assert_eq!(operations(&script), ["GET /search", "GET /{id}"]);
    }
}

#[tokio::test(start_paused = true)]
async fn a_create_that_voids_the_transaction_has_a_separate_name() {
    let mut create = CreateChargeback::for_transaction(TRANSACTION);
    create.third_party_chargeback_id = Some("case-1".into());
    let script = Script::new([Play::json(400, "{}")]);
    let error = provider(revcent(), &script).create_chargeback_and_void_transaction(create.clone()).await.unwrap_err();
    assert_eq!(error.operation(), Some("create_chargeback_and_void_transaction"));
    assert_eq!(body(&script.sent()[0])["void_transaction"], true);

    let mut wrong = create.clone();
    wrong.metadata = Some(vec![Metadatum::new("", "v")]);
    let script = Script::empty();
    let error = provider(revcent(), &script).create_chargeback_and_void_transaction(wrong).await.unwrap_err();
    assert_eq!(violations(&error), ["metadata[0].name: must have 1 to 100 characters"]);
    assert!(script.sent().is_empty());

    // Later reports start from the id in the reply.
    let script = Script::new([created(), stored(&json!({})), created()]);
    let revcent = provider(revcent(), &script);
    let _ = revcent.create_chargeback_and_void_transaction(create).await.unwrap();
    let _ = revcent.report(&received()).await.unwrap();
    assert_eq!(operations(&script), ["POST ", "GET /{id}", "POST /{id}"]);
}

#[tokio::test(start_paused = true)]
async fn a_reconciled_edit_has_the_chargeback_id() {
    let mut changes = EditChargeback::default();
    changes.representment = Some(RepresentmentFields::default());
    changes.representment.as_mut().unwrap().initiated = Some(true);
    let script = Script::new([Play::Lost, stored(&json!({ "representment": { "initiated": true } }))]);
    let written = provider(revcent(), &script).edit_chargeback(ID, changes).await.unwrap().reply;
    assert_eq!((written.chargeback_id.as_deref(), written.api_call_id), (Some(ID), None));
    assert_eq!(operations(&script), ["POST /{id}", "GET /{id}"]);
    assert_eq!(revcent::ID, ProviderId::from_static("revcent"));
}
