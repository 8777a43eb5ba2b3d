//! Losses, follow-ups, refusals, native calls.

use std::sync::Arc;

use chargeback::thirdwatch::{self, Thirdwatch};
use chargeback::tutelar::{self, DefeatedMeans, Tutelar};
use chargeback::{
    Chargeback, ChargebackProvider, Delivery, Error, Field, FieldSupport, Fraud, FraudKind, HttpProvider, LossKind,
    LossPolicy, Reason, Stage,
};

use crate::engine::{ok, received, spade};
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
    assert_eq!(tutelar.report_refund(refund).await.unwrap().reply.message.as_deref(), Some("m"));
    assert_eq!(script.sent().len(), 2);
}

#[tokio::test(start_paused = true)]
async fn a_policy_of_meaning_takes_what_misleads_nobody() {
    let build = |script: &Script| {
        HttpProvider::builder(spade()).transport(script.clone()).losses(LossPolicy::RefuseMeaning).build().unwrap()
    };
    // Dropped: fraud detail beside a reason that is no fraud. Truncated: notes. Neither is stage or reason.
    let script = Script::of([ok()]);
    let long = plain("c", Stage::Received, Reason::NotReceived)
        .notes("n".repeat(600))
        .fraud(Fraud::new(FraudKind::FriendlyFraud))
        .build()
        .unwrap();
    let receipt = build(&script).report(&long).await.unwrap();
    let kinds: Vec<LossKind> = receipt.losses().iter().map(chargeback::Loss::kind).collect();
    for kind in [LossKind::Noted, LossKind::Dropped, LossKind::Truncated] {
        assert!(kinds.contains(&kind), "{kind}");
    }
    // Merged: a reason whose word hides whether the card was present.
    let hides = plain("c", Stage::Received, Reason::FraudCardPresent).build().unwrap();
    let script = Script::silent();
    let error = build(&script).report(&hides).await.unwrap_err();
    assert!(matches!(&error, Error::Unsupported(error) if error.field() == Field::Reason), "{error}");
    assert!(LossKind::Truncated.is_sent() && LossKind::Noted.is_sent() && !LossKind::Dropped.is_sent());
}

#[tokio::test(start_paused = true)]
async fn a_provider_is_shared_in_any_pointer() {
    async fn word(provider: &impl ChargebackProvider) -> String {
        assert_eq!(provider.id(), chargeback::spade::ID);
        assert!(
            provider.plan(&received()).is_ok() && provider.capabilities().field(Field::Stage) == FieldSupport::Sent
        );
        provider.report(&received()).await.unwrap().stage_value().to_owned()
    }
    let script = Script::of(vec![ok(); 4]);
    let spade = provider(spade(), &script);
    assert_eq!(word(&spade).await, "chargeback_pending");
    assert_eq!(word(&Arc::new(spade.clone())).await, "chargeback_pending");
    let boxed: Box<dyn ChargebackProvider> = Box::new(spade.clone());
    assert_eq!(word(&boxed).await, "chargeback_pending");
    let shared: Arc<dyn ChargebackProvider> = Arc::new(spade);
    assert_eq!(word(&shared).await, "chargeback_pending");
    assert_eq!(script.left(), 0);
}

#[test]
fn capabilities_are_asked_of_a_reason_that_nobody_knows() {
    let capabilities = provider(spade(), &Script::silent()).capabilities().clone();
    let unknown = Reason::from("buyer's remorse");
    assert!(!unknown.is_known() && Reason::Other.is_known());
    assert_eq!(capabilities.reason(&unknown).fidelity(), chargeback::Fidelity::Lossy);
}
