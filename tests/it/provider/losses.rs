//! Losses, loss policies, later steps and native calls.

use chargeback::{
    ChargebackProvider, Delivery, Error, Field, Fraud, FraudKind, HttpProvider, LossKind, LossPolicy, Reason, Stage,
};

use crate::engine::{ok, received, spade_connector};
use crate::support::{Script, plain};

#[tokio::test(start_paused = true)]
async fn loss_policy_rejects_losses() {
    let review = plain("c", Stage::UnderReview, Reason::FraudOther).build().unwrap();
    let build = |policy: LossPolicy, script: &Script| {
        HttpProvider::builder(spade_connector()).transport(script.clone()).losses(policy).build().unwrap()
    };
    let script = Script::new([ok()]);
    let receipt = build(LossPolicy::Accept, &script).report(&review).await.unwrap();
    assert!(receipt.losses().iter().any(|loss| loss.field() == Field::Stage && loss.kind() == LossKind::Merged));

    let script = Script::empty();
    let error = build(LossPolicy::RefuseMeaning, &script).report(&review).await.unwrap_err();
    let Error::Unsupported(unsupported) = &error else { panic!("{error}") };
    assert_eq!((unsupported.field(), error.delivery()), (Field::Stage, Delivery::NotSent));
    let error = build(LossPolicy::Refuse(vec![Field::OrderId]), &script).report(&received()).await.unwrap_err();
    assert!(matches!(&error, Error::Unsupported(error) if error.field() == Field::OrderId), "{error}");
    assert!(build(LossPolicy::RefuseMeaning, &script).plan(&review).is_err(), "the plan has the same error");
    assert!(script.sent().is_empty());

    // A reason that is sent as text is not a loss of meaning.
    let script = Script::new([ok()]);
    let as_text = plain("c", Stage::Received, Reason::NotReceived).build().unwrap();
    let _ = build(LossPolicy::RefuseMeaning, &script).report(&as_text).await.unwrap();
}

#[tokio::test(start_paused = true)]
async fn refuse_meaning_accepts_losses_outside_stage_and_reason() {
    let build = |script: &Script| {
        HttpProvider::builder(spade_connector())
            .transport(script.clone())
            .losses(LossPolicy::RefuseMeaning)
            .build()
            .unwrap()
    };
    // Fraud details are dropped because the reason is not fraud, and notes are truncated.
    let script = Script::new([ok()]);
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
    // The reason is merged, because its value does not show whether the card was present.
    let hides = plain("c", Stage::Received, Reason::FraudCardPresent).build().unwrap();
    let script = Script::empty();
    let error = build(&script).report(&hides).await.unwrap_err();
    assert!(matches!(&error, Error::Unsupported(error) if error.field() == Field::Reason), "{error}");
    assert!(LossKind::Truncated.is_sent() && LossKind::Noted.is_sent() && !LossKind::Dropped.is_sent());
}
