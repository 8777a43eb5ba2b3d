//! A refused report leaves no doubt: not for idempotent vendors, and not for the others unless a write may have acted.

use chargeback::connector::Connector;
use chargeback::pipwave::Pipwave;
use chargeback::revcent::{FirstReport, RevCent};
use chargeback::spade::{ChargebackFeedback, ReportChargeback, Spade, State, WonMeans};
use chargeback::thirdwatch::Thirdwatch;
use chargeback::tutelar::{DefeatedMeans, Tutelar};
use chargeback::{
    Chargeback, ChargebackProvider, Delivery, Error, GateError, HttpProvider, OpenGate, Reason, ReportContext,
    RetryPolicy, Stage, WriteGate, async_trait, pipwave, spade, thirdwatch,
};

use super::received;
use crate::support::{ENRICHMENT, Play, Script, at, plain};

/// Every result of a request, with the delivery of a write.
fn plays() -> Vec<(Play, Delivery)> {
    let refusals = [400, 401, 403, 404, 409, 422, 429].map(|status| (Play::json(status, "{}"), Delivery::Rejected));
    let unclear = [(500, "{}"), (503, ""), (200, "<html>")];
    let unclear = unclear.map(|(status, body)| (Play::json(status, body), Delivery::Unknown));
    let mut plays = Vec::from(refusals);
    plays.extend(unclear);
    plays.extend([
        (Play::NotSent, Delivery::NotSent),
        (Play::Lost, Delivery::Unknown),
        (Play::TooLarge, Delivery::Unknown),
    ]);
    plays
}

fn provider<C: Connector>(connector: C, play: Option<Play>) -> HttpProvider<C> {
    // Lookups of a write that is not idempotent find nothing.
    let retry = RetryPolicy::never().max_lookups(0);
    HttpProvider::builder(connector).transport(Script::new(play)).retry(retry).build().unwrap()
}

/// A gate that refuses.
#[derive(Debug)]
struct Closed;

#[async_trait]
impl WriteGate for Closed {
    async fn before_first_write(&self) -> Result<(), GateError> {
        Err(GateError::new("closed"))
    }

    fn may_send(&self) -> bool {
        true
    }
}

/// Chargebacks that some vendors refuse before they send anything.
fn refused_cases() -> Vec<Chargeback> {
    let without_ids = Chargeback::builder("case-1", Stage::Received, Reason::Other, at(3, 9)).session_id(" ").build();
    let stages = [Stage::Alert, Stage::Refunded, Stage::PreArbitration, Stage::Won];
    let cases = stages.map(|stage| plain("case-1", stage, Reason::Other).order_id("o/1").build().unwrap());
    cases.into_iter().chain(without_ids).collect()
}

async fn check<C: Connector>(connector: impl Fn() -> C, idempotent: bool, sends: &Chargeback) {
    for (play, delivery) in plays() {
        let provider = provider(connector(), Some(play.clone()));
        let error = provider.report(sends).await.unwrap_err();
        let context = format!("{}: {play:?}: {error}", provider.id());
        assert_eq!(error.delivery(), delivery, "{context}");
        assert_eq!(provider.is_in_doubt("case-1"), !idempotent && delivery == Delivery::Unknown, "{context}");
    }
    for case in refused_cases() {
        let provider = provider(connector(), None);
        if provider.plan(&case).is_err() {
            let error = provider.report(&case).await.unwrap_err();
            assert!(error.delivery() == Delivery::NotSent && !provider.is_in_doubt("case-1"), "{error}");
        }
    }
    let provider = provider(connector(), None);
    let closed = provider.report_with(sends, &ReportContext::new(&Closed)).await.unwrap_err();
    assert!(matches!(closed, Error::NotStarted(_)) && closed.delivery() == Delivery::NotSent, "{closed}");
    assert!(!provider.is_in_doubt("case-1"), "{closed}");
}

fn spade() -> Spade {
    Spade::new("k", spade::Environment::EastSandbox, WonMeans::MerchantWon)
}

#[tokio::test(start_paused = true)]
async fn refused_report_leaves_no_doubt() {
    let contested = plain("case-1", Stage::Contested, Reason::Other).build().unwrap();
    let thirdwatch = || Thirdwatch::new("k", thirdwatch::Environment::Production).tag_after_fraud();
    check(thirdwatch, true, &received()).await;
    check(|| Tutelar::v1("k", "s", DefeatedMeans::Refuse), true, &contested).await;
    check(spade, true, &received()).await;
    check(|| Pipwave::new("k", "s", pipwave::Environment::Live), false, &received()).await;
    check(|| RevCent::new("k").first_report(FirstReport::CreateAtOnce), false, &received()).await;
}

#[tokio::test(start_paused = true)]
async fn given_doubt_ends_with_the_report_of_an_idempotent_vendor() {
    for (play, delivery) in plays() {
        let provider = provider(spade(), Some(play));
        let context = ReportContext::new(&OpenGate).in_doubt(true);
        let error = provider.report_with(&received(), &context).await.unwrap_err();
        assert_eq!(error.delivery(), delivery, "{error}");
        assert!(!provider.is_in_doubt("case-1"), "{error}");
    }
}

#[tokio::test(start_paused = true)]
async fn refused_native_call_leaves_no_doubt() {
    for (play, _) in plays() {
        let provider = provider(spade(), Some(play));
        let call = ReportChargeback::new(ENRICHMENT, ChargebackFeedback::new(State::ChargebackPending));
        let error = provider.call(call).await.unwrap_err();
        assert!(!provider.is_in_doubt(ENRICHMENT) && !provider.is_in_doubt("case-1"), "{error}");
    }
}
