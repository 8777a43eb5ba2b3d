//! A record with the case id that belongs to another case.

use super::*;

/// A case of this transaction: RevCent's id of it, and the gateway's.
fn case_of(transaction: Option<&str>, gateway: Option<&str>) -> Chargeback {
    let mut builder = Chargeback::builder("case-1", Stage::Contested, Reason::FraudOther, at(3, 9));
    if let Some(id) = transaction {
        builder = builder.vendor_payment(revcent::ID, id);
    }
    if let Some(id) = gateway {
        builder = builder.gateway_transaction_id(id);
    }
    builder.build().unwrap()
}

/// The case key of `case-1`, as a metadata pair.
async fn key() -> Value {
    let script = Script::new([created()]);
    let _ = provider(create_at_once(), &script).report(&received()).await.unwrap();
    body(&script.sent()[0])["metadata"][0].clone()
}

/// Every combination of known and shown ids of the transaction. Both ways to the record have the same check.
#[tokio::test(start_paused = true)]
async fn a_record_of_another_transaction_is_not_edited() {
    let other = "Q4r7XkzvGqsB2oQmUwLB";
    let ids = [(Some(TRANSACTION), None), (None, Some("gw-1")), (Some(TRANSACTION), Some("gw-1"))];
    let shown = [
        (None, None),
        (Some(TRANSACTION), None),
        (Some(other), None),
        (None, Some("gw-1")),
        (None, Some("gw-2")),
        (Some(TRANSACTION), Some("gw-2")),
        (Some(other), Some("gw-1")),
    ];
    for (transaction, gateway) in ids {
        for (held_transaction, held_gateway) in shown {
            let differs = |held: Option<&str>, known: Option<&str>| held.zip(known).is_some_and(|(a, b)| a != b);
            let is_other = differs(held_transaction, transaction) || differs(held_gateway, gateway);
            let record = json!({ "transaction_id": held_transaction, "gateway_transaction_id": held_gateway });
            let case = case_of(transaction, gateway);
            let known = case.to_builder().vendor_case(revcent::ID, ID).build().unwrap();
            let context = format!("{case:?} {record}");
            for (case, mut plays) in [(case, vec![found(&[ID])]), (known, vec![])] {
                plays.extend([stored(&record), created()]);
                let script = Script::new(plays);
                let result = provider(revcent(), &script).report(&case).await;
                let writes = operations(&script).iter().filter(|call| call.starts_with("POST")).count();
                match result {
                    Ok(_) => assert!(!is_other && writes == 1, "{context}"),
                    Err(error) => {
                        assert!(is_other && writes == 0, "{context}: {error}");
                        assert_eq!((kind(&error), error.delivery()), ("conflict", Delivery::NotSent), "{context}");
                        assert!(error.lookup_detail().unwrap().contains("another case or transaction"), "{error}");
                    }
                }
            }
        }
    }
}

#[tokio::test(start_paused = true)]
async fn a_record_with_the_key_of_the_case_is_edited_whatever_its_transaction() {
    let record = json!({ "gateway_transaction_id": "gw-2", "metadata": [key().await] });
    let script = Script::new([found(&[ID]), stored(&record), created()]);
    let receipt = provider(revcent(), &script).report(&case_of(None, Some("gw-1"))).await.unwrap();
    assert!(receipt.wrote());
    let lost = receipt.losses().iter().find(|loss| loss.field() == Field::GatewayTransactionId).unwrap();
    assert_eq!(lost.kind(), LossKind::Dropped);
}

#[tokio::test(start_paused = true)]
async fn a_record_with_the_key_of_another_case_is_not_edited() {
    let theirs = json!({ "metadata": [{ "name": "chargeback.key", "value": "cb0123456789abcdef0123456789abcd" }] });
    let known = received().to_builder().vendor_case(revcent::ID, ID).build().unwrap();
    for (case, mut plays) in [(received(), vec![found(&[ID])]), (known, vec![])] {
        plays.push(stored(&theirs));
        let script = Script::new(plays);
        let error = provider(revcent(), &script).report(&case).await.unwrap_err();
        assert_eq!((kind(&error), error.delivery(), script.left()), ("conflict", Delivery::NotSent, 0));
    }
}

#[tokio::test(start_paused = true)]
async fn a_record_of_another_transaction_does_not_acknowledge_a_create() {
    let case = case_of(None, Some("gw-1"));
    let script = Script::new([created()]);
    let _ = provider(create_at_once(), &script).report(&case).await.unwrap();
    let mut theirs = body(&script.sent()[0]);
    theirs["gateway_transaction_id"] = json!("gw-2");
    theirs.as_object_mut().unwrap().remove("metadata");
    let lookup = || [found(&[ID]), stored(&theirs)];
    let script = Script::new([Play::Lost].into_iter().chain(lookup()).chain(lookup()).chain(lookup()));
    let error = provider(create_at_once(), &script).report(&case).await.unwrap_err();
    assert_eq!((error.delivery(), script.left()), (Delivery::Unknown, 0));
    assert!(error.lookup_detail().unwrap().contains("another case or transaction"), "{error}");
    // The same for a native create.
    let mut create = CreateChargeback::for_gateway_transaction("gw-1");
    create.third_party_chargeback_id = Some("case-1".into());
    let script = Script::new([Play::Lost].into_iter().chain(lookup()).chain(lookup()).chain(lookup()));
    let error = provider(revcent(), &script).create_chargeback(create).await.unwrap_err();
    assert_eq!((error.delivery(), script.left()), (Delivery::Unknown, 0));
}

#[cfg(feature = "sandbox")]
#[tokio::test(start_paused = true)]
async fn two_shops_with_one_case_id_do_not_share_a_record() {
    use chargeback::sandbox::Sandbox;
    let sandbox = Sandbox::in_memory();
    let connect = || sandbox.connect(sandbox.revcent_connector()).build().unwrap();
    // The first shop creates its record with another program.
    let mut create = CreateChargeback::for_gateway_transaction("gw-2");
    create.third_party_chargeback_id = Some("case-1".into());
    connect().create_chargeback(create).await.unwrap();
    let before = sandbox.revcent().cases();
    let error = connect().report(&case_of(None, Some("gw-1"))).await.unwrap_err();
    assert_eq!((kind(&error), error.delivery()), ("conflict", Delivery::NotSent));
    assert_eq!(sandbox.revcent().cases(), before);
    // A report of the same transaction takes the record over.
    let receipt = connect().report(&case_of(None, Some("gw-2"))).await.unwrap();
    assert_eq!((receipt.vendor_case(), sandbox.revcent().cases().len()), (Some(&*before[0].key), 1));
}
