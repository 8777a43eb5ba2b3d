//! Losses that only the record shows.

use chargeback::{HttpProvider, Loss, LossPolicy, Processor, Receipt};

use super::*;

fn kinds(receipt: &Receipt, field: Field) -> Vec<LossKind> {
    receipt.losses().iter().filter(|loss| loss.field() == field).map(Loss::kind).collect()
}

/// A case with every field that RevCent can store.
fn complete() -> Chargeback {
    full(Stage::Contested, Reason::FraudOther).notes("n".repeat(300)).build().unwrap()
}

/// Each field that goes to metadata: not sent if the record's metadata cannot be edited.
#[tokio::test]
async fn fields_that_locked_metadata_cannot_take_are_dropped_and_not_noted() {
    let record = json!({ "third_party_chargeback_id": "canary-case-id", "metadata": { "theirs": "" } });
    let script = Script::new([found(&[ID]), stored(&record), created()]);
    let receipt = provider(revcent(), &script).report(&complete()).await.unwrap();
    assert!(body(&script.sent()[2]).get("metadata").is_none());
    let noted = [Field::Currency, Field::NetworkCode, Field::OrderId, Field::Processor, Field::Notes, Field::Metadata];
    for field in noted {
        let kinds = kinds(&receipt, field);
        assert!(!kinds.is_empty() && kinds.iter().all(|kind| *kind == LossKind::Dropped), "{field}: {kinds:?}");
    }
    // Pairs that the record already has are not lost.
    let mut with_pair = record.clone();
    with_pair["metadata"] = json!({ "theirs": "", "chargeback.order_id": "canary-order-id" });
    let script = Script::new([found(&[ID]), stored(&with_pair), created()]);
    let receipt = provider(revcent(), &script).report(&complete()).await.unwrap();
    assert_eq!(kinds(&receipt, Field::OrderId), [LossKind::Noted]);
    assert_eq!(kinds(&receipt, Field::Notes), [LossKind::Dropped]);
}

#[tokio::test]
async fn the_loss_policy_refuses_a_loss_that_the_record_shows_before_a_write() {
    let with_metadata = received().to_builder().metadata("mine", "1").build().unwrap();
    let strict = |script: &Script, fields: &[Field]| {
        let policy = LossPolicy::Refuse(fields.to_vec());
        HttpProvider::builder(revcent()).transport(script.clone()).losses(policy).build().unwrap()
    };
    let records = [
        (Field::Metadata, json!({ "metadata": { "theirs": "" } })),
        (Field::Arn, json!({ "arn": "old" })),
        (Field::Notes, json!({ "metadata": { "chargeback.notes": "old" } })),
    ];
    for (field, record) in records {
        let script = Script::new([found(&[ID]), stored(&record)]);
        let error = strict(&script, &[field]).report(&with_metadata).await.unwrap_err();
        assert!(matches!(&error, Error::Unsupported(error) if error.field() == field), "{field}: {error}");
        assert_eq!((error.delivery(), script.left()), (Delivery::NotSent, 0), "{field}");
    }
}

/// The fields that a report can send to RevCent, each taken back by a second report.
#[tokio::test]
async fn a_value_that_stays_in_the_record_is_a_loss() {
    let bare = || plain("case-1", Stage::Contested, Reason::FraudOther).representment(Representment::initiated());
    let amount = Money::from_minor_units(1990, Currency::USD);
    let undated = plain("case-1", Stage::Contested, Reason::FraudOther);
    let with = [
        (vec![Field::Amount, Field::Currency], bare().amount(amount)),
        (vec![Field::Arn], bare().arn("a")),
        (vec![Field::CaseNumber], bare().case_number("n")),
        (vec![Field::OpenedAt], bare().opened_at(at(1, 1))),
        (vec![Field::ReceivedAt], bare().received_at(at(1, 1))),
        (vec![Field::NetworkCode], bare().network_code(NetworkCode::new(Network::Visa, "10.4"))),
        (vec![Field::Processor], bare().processor(Processor::new("p").dispute_id("d").payment_id("q"))),
        (vec![Field::Notes], bare().notes("n")),
        (vec![Field::Metadata], bare().metadata("mine", "1")),
        (vec![Field::Representment], undated.representment(Representment::initiated().initiated_at(at(5, 5)))),
    ];
    for (fields, builder) in with {
        let script = Script::new([created()]);
        let _ = provider(create_at_once(), &script).report(&builder.build().unwrap()).await.unwrap();
        let record = body(&script.sent()[0]);
        let script = Script::new([found(&[ID]), stored(&record), created()]);
        let receipt = provider(revcent(), &script).report(&bare().build().unwrap()).await.unwrap();
        for field in &fields {
            assert_eq!(kinds(&receipt, *field), [LossKind::Dropped], "{field}");
        }
        let kept = receipt.losses().iter().filter(|loss| loss.detail().contains("an earlier value may stay"));
        assert!(kept.map(Loss::field).all(|field| fields.contains(&field)), "{fields:?}: {:?}", receipt.losses());
    }
}

#[tokio::test]
async fn an_earlier_pair_of_a_report_is_not_sent_back_and_a_pair_of_another_writer_is() {
    let record = json!({ "metadata": [
        { "name": "chargeback.network", "value": "visa" },
        { "name": "chargeback.notes", "value": "old" },
        { "name": "theirs", "value": "2" },
    ] });
    let script = Script::new([found(&[ID]), stored(&record), created()]);
    let receipt = provider(revcent(), &script).report(&received()).await.unwrap();
    let sent = body(&script.sent()[2]);
    let names: Vec<&str> = sent["metadata"].as_array().unwrap().iter().map(|p| p["name"].as_str().unwrap()).collect();
    assert_eq!(names, ["theirs", "chargeback.key", "chargeback.order_id"]);
    for field in [Field::NetworkCode, Field::Notes, Field::Metadata] {
        assert_eq!(kinds(&receipt, field), [LossKind::Dropped], "{field}");
    }
}

#[tokio::test]
async fn losses_of_other_pairs_of_the_same_field_remain() {
    let record = json!({ "metadata": { "theirs": "2", "chargeback.processor_dispute_id": "old" } });
    let cut = received().to_builder().metadata("long", "v".repeat(300)).processor(Processor::new("p")).build().unwrap();
    let script = Script::new([found(&[ID]), stored(&record), created()]);
    let receipt = provider(revcent(), &script).report(&cut).await.unwrap();
    assert_eq!(kinds(&receipt, Field::Metadata), [LossKind::Dropped, LossKind::Truncated]);
    assert_eq!(kinds(&receipt, Field::Processor), [LossKind::Dropped, LossKind::Noted]);
}
