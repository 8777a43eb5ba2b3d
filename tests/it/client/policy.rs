//! Losses, follow-ups, refusals, native calls.

use chargeback::thirdwatch::{self, Thirdwatch};
use chargeback::tutelar::{self, DefeatedMeans, Tutelar};
use chargeback::{
    Chargeback, ChargebackProvider, Delivery, Error, Field, HttpProvider, LossKind, LossPolicy, Reason, Stage,
};

use super::{ok, received, spade};
use crate::support::{Play, Script, at, kind, plain, provider};

#[tokio::test(start_paused = true)]
async fn a_failed_follow_up_is_told_and_does_not_unmake_the_report() {
    let script = Script::of([Play::json(200, "{}"), Play::json(400, r#"{"error":"no such user"}"#)]);
    let vendor = Thirdwatch::new("k", thirdwatch::Environment::Staging).tag_after_fraud();
    let receipt = provider(vendor, &script).report(&received()).await.unwrap();
    assert!(!receipt.is_complete());
    let (operation, error) = receipt.failed_step().unwrap();
    assert_eq!(
        (operation, error.vendor_message(), error.delivery()),
        ("tag", Some("no such user"), Delivery::Rejected)
    );
    // But a failed report is an error, and the tag is not sent.
    let script = Script::of([Play::json(400, "{}")]);
    let vendor = Thirdwatch::new("k", thirdwatch::Environment::Staging).tag_after_fraud();
    assert_eq!(kind(&provider(vendor, &script).report(&received()).await.unwrap_err()), "rejected");
}

#[tokio::test(start_paused = true)]
async fn losses_are_refused_as_the_caller_says() {
    let review = plain("c", Stage::UnderReview, Reason::FraudOther).build().unwrap();
    let build = |policy: LossPolicy, script: &Script| {
        HttpProvider::builder(spade()).transport(script.clone()).losses(policy).build().unwrap()
    };
    let script = Script::of([ok()]);
    let receipt = build(LossPolicy::Accept, &script).report(&review).await.unwrap();
    assert!(receipt.losses().iter().any(|loss| loss.field() == Field::Stage && loss.kind() == LossKind::Merged));

    let script = Script::silent();
    let error = build(LossPolicy::RefuseMeaning, &script).report(&review).await.unwrap_err();
    let Error::Unsupported(unsupported) = &error else { panic!("{error}") };
    assert_eq!((unsupported.field(), error.delivery()), (Field::Stage, Delivery::NotSent));
    let error = build(LossPolicy::Refuse(vec![Field::OrderId]), &script).report(&received()).await.unwrap_err();
    assert!(matches!(&error, Error::Unsupported(error) if error.field() == Field::OrderId), "{error}");
    assert!(build(LossPolicy::RefuseMeaning, &script).plan(&review).is_err(), "the plan says so too");
    assert!(script.sent().is_empty());

    // A reason in words is told, if not by a word of the vendor's own.
    let script = Script::of([ok()]);
    let in_words = plain("c", Stage::Received, Reason::NotReceived).build().unwrap();
    let _ = build(LossPolicy::RefuseMeaning, &script).report(&in_words).await.unwrap();
}

#[tokio::test(start_paused = true)]
async fn unsupported_and_invalid_send_nothing() {
    let script = Script::silent();
    let spade = provider(spade(), &script);
    let alert = plain("c", Stage::Alert, Reason::FraudOther).build().unwrap();
    assert!(matches!(spade.report(&alert).await, Err(Error::Unsupported(_))));
    let unknown = Chargeback::builder("c", Stage::Received, Reason::Other, at(3, 9)).order_id("o").build().unwrap();
    assert!(matches!(spade.report(&unknown).await, Err(Error::Invalid(_))));
    assert!(script.sent().is_empty());
}

#[tokio::test(start_paused = true)]
async fn native_calls_share_the_road() {
    let script = Script::of([Play::Lost, Play::json(200, r#"{"success":true,"message":"m"}"#)]);
    let tutelar = provider(Tutelar::v1("k", "s", DefeatedMeans::Refuse), &script);
    let refund = tutelar::TransactionRefund::new(tutelar::RefundStatus::Processed, "o", "r");
    assert_eq!(tutelar.refund(refund).await.unwrap().message.as_deref(), Some("m"));
    assert_eq!(script.sent().len(), 2);
}
