//! Lookups after a create or edit with an unknown outcome.

use super::*;

#[tokio::test(start_paused = true)]
async fn an_unclear_create_continues_from_the_record() {
    // The record exists with older values: an edit follows, never a second create.
    let chargeback = plain("case-1", Stage::Received, Reason::FraudOther).arn("new").build().unwrap();
    let script = Script::new([Play::Lost, found(&[ID]), stored(&json!({ "arn": "old" })), created()]);
    let receipt = provider(create_at_once(), &script).report(&chargeback).await.unwrap();
    assert_eq!(operations(&script), ["POST ", "GET /search", "GET /{id}", "POST /{id}"]);
    assert_eq!(receipt.steps().last().unwrap().operation(), "edit_chargeback");
    assert_eq!(body(&script.sent()[3])["arn"], "new");
    // The record exists with another outcome, which cannot be changed.
    let lost = plain("case-1", Stage::Lost, Reason::Other).representment(Representment::initiated()).build().unwrap();
    let won = json!({ "representment": { "initiated": true, "completed": true, "outcome": "won" } });
    let script = Script::new([Play::Lost, found(&[ID]), stored(&won)]);
    let error = provider(create_at_once(), &script).report(&lost).await.unwrap_err();
    assert_eq!(
        (error.delivery(), error.lookup_detail()),
        (Delivery::Unknown, Some("the record shows another outcome"))
    );
    // Two records match.
    let second = "chargeback0000000002";
    let twin = json!({ "code": 1, "chargeback": { "id": second, "third_party_chargeback_id": "case-1" } });
    let script = Script::new([Play::Lost, found(&[ID, second]), stored(&json!({})), Play::json(200, twin.to_string())]);
    let error = provider(create_at_once(), &script).report(&received()).await.unwrap_err();
    let Error::Conflict(conflict) = &error else { panic!("{error}") };
    assert_eq!((conflict.candidates().len(), error.delivery()), (2, Delivery::Unknown));
}

#[tokio::test(start_paused = true)]
async fn an_unclear_edit_is_looked_up_or_repeated() {
    let known = plain("case-1", Stage::Contested, Reason::FraudOther).vendor_case(revcent::ID, ID).build().unwrap();
    let whole = json!({ "reason_code": "fraud", "metadata": [], "representment": { "initiated": true } });
    // Fields of a representment freeze, so the record is looked up. The record has all values.
    let mut holds = whole.clone();
    let first = Script::new([stored(&json!({ "reason_code": "fraud" })), created()]);
    let _ = provider(revcent(), &first).report(&known).await.unwrap();
    holds["metadata"] = body(&first.sent()[1])["metadata"].clone();
    let script = Script::new([stored(&json!({ "reason_code": "fraud" })), Play::Hang, stored(&holds)]);
    let receipt = provider(revcent(), &script).report(&known).await.unwrap();
    assert!(receipt.was_reconciled());
    // The record lacks the representment: only that part is sent again.
    let mut half = holds.clone();
    half["representment"] = json!({});
    let script = Script::new([stored(&json!({ "reason_code": "fraud" })), Play::Lost, stored(&half), created()]);
    let receipt = provider(revcent(), &script).report(&known).await.unwrap();
    assert_eq!(body(&script.sent()[3]), json!({ "representment": { "initiated": true } }));
    assert_eq!(receipt.steps().last().unwrap().attempts(), 2);
    // An edit of other fields is idempotent and is repeated without a lookup.
    let plain_edit = plain("case-1", Stage::Received, Reason::FraudOther).vendor_case(revcent::ID, ID).build().unwrap();
    let script = Script::new([stored(&json!({})), Play::Lost, created()]);
    let receipt = provider(revcent(), &script).report(&plain_edit).await.unwrap();
    assert_eq!(operations(&script), ["GET /{id}", "POST /{id}", "POST /{id}"]);
    assert!(!receipt.was_reconciled());
}

#[tokio::test(start_paused = true)]
async fn a_concurrent_write_is_not_mistaken_for_the_report() {
    let known = plain("case-1", Stage::Won, Reason::FraudOther)
        .vendor_case(revcent::ID, ID)
        .representment(Representment::initiated())
        .build()
        .unwrap();
    let initiated = || stored(&json!({ "reason_code": "fraud", "representment": { "initiated": true } }));
    let decided = |outcome: &str| {
        let representment = json!({ "initiated": true, "completed": true, "outcome": outcome });
        stored(&json!({ "reason_code": "fraud", "representment": representment }))
    };
    // The report sent `won`, and the record shows `lost`: another writer decided.
    let script = Script::new([initiated(), Play::Lost, decided("lost")]);
    let error = provider(revcent(), &script).report(&known).await.unwrap_err();
    assert_eq!(
        (error.delivery(), error.lookup_detail()),
        (Delivery::Unknown, Some("the record shows another outcome"))
    );
    assert_eq!(script.left(), 0);
    // The record shows `won` and a reason of another writer: only the reason is sent again.
    let representment = json!({ "initiated": true, "completed": true, "outcome": "won" });
    let changed = stored(&json!({ "reason_code": "other", "representment": representment }));
    let older = stored(&json!({ "reason_code": "older", "representment": { "initiated": true } }));
    let script = Script::new([older, Play::Lost, changed, created()]);
    let _ = provider(revcent(), &script).report(&known).await.unwrap();
    let again = body(&script.sent()[3]);
    assert_eq!((&again["reason_code"], again.get("representment")), (&json!("fraud"), None));
}

#[tokio::test(start_paused = true)]
async fn a_failed_lookup_is_repeated_within_limits() {
    let holds = {
        let script = Script::new([created()]);
        let _ = provider(create_at_once(), &script).report(&received()).await.unwrap();
        body(&script.sent()[0])
    };
    // The first lookup times out, the second fails, the third finds the record.
    let script = Script::new([Play::Lost, Play::Hang, Play::json(500, ""), nothing(), found(&[ID]), stored(&holds)]);
    let receipt = provider(create_at_once(), &script).report(&received()).await.unwrap();
    assert!(receipt.was_reconciled());
    assert_eq!(script.left(), 0);
    // Three lookups find nothing: nothing is sent again, and the error has the number of lookups.
    let script = Script::new([Play::Lost, nothing(), nothing(), nothing()]);
    let error = provider(create_at_once(), &script).report(&received()).await.unwrap_err();
    assert_eq!((error.delivery(), error.attempts(), script.left()), (Delivery::Unknown, 1, 0));
    assert!(error.to_string().contains("looked up 3 times"), "{error}");
    // Lookups that hang end at the deadline.
    let script = Script::new([Play::Lost, Play::Hang, Play::Hang, Play::Hang, Play::Hang]);
    let start = tokio::time::Instant::now();
    let error = provider(create_at_once(), &script).report(&received()).await.unwrap_err();
    assert_eq!(error.delivery(), Delivery::Unknown);
    assert!(start.elapsed().as_secs() <= 45, "{:?}", start.elapsed());
    // Ten other records and no match: the search may have left out the match.
    let ids: Vec<String> = (0..10).map(|i| format!("chargeback000000010{i}")).collect();
    let ids: Vec<&str> = ids.iter().map(String::as_str).collect();
    let other = |id: &str| {
        let record = json!({ "code": 1, "chargeback": { "id": id, "third_party_chargeback_id": "another" } });
        Play::json(200, record.to_string())
    };
    let script = Script::new([Play::Lost, found(&ids)].into_iter().chain(ids.iter().map(|id| other(id))));
    let error = provider(create_at_once(), &script).report(&received()).await.unwrap_err();
    assert_eq!(error.delivery(), Delivery::Unknown);
    assert!(error.lookup_detail().unwrap().contains("maximum number of results"), "{error}");
}
