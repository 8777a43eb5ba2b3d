//! The memory of a provider: case ids that it has created, and its limit.

use std::sync::Arc;
use std::sync::atomic::{AtomicU32, Ordering};

use bytes::Bytes;
use chargeback::revcent::{CreateChargeback, FirstReport};
use chargeback::sandbox::{Fault, FaultKind, Sandbox};
use chargeback::transport::{FailurePhase, RequestLimits, Transport, TransportFailure};
use chargeback::{
    Chargeback, ChargebackProvider, Delivery, HttpProvider, Reason, RetryPolicy, Secret, Stage, async_trait, revcent,
};
use http::{Request, Response};

use super::received;
use crate::custom_connector::Acme;
use crate::support::{Play, Script, TRANSACTION, at, kind, plain, provider};

#[tokio::test(start_paused = true)]
async fn provider_remembers_created_cases() {
    let sandbox = Sandbox::in_memory();
    sandbox.revcent().lag_index(1000);
    let revcent = sandbox.connect(sandbox.revcent_connector()).build().unwrap();
    let receipt = revcent.report(&received()).await.unwrap();
    // The index does not show the case, and the provider and its clones remember it.
    let contested = received().moved_to(Stage::Contested, at(5, 1)).unwrap();
    let second = revcent.clone().report(&contested).await.unwrap();
    assert_eq!(second.vendor_case(), receipt.vendor_case());
    assert_eq!(sandbox.revcent().cases().len(), 1);
    // A new provider does not know the case without its vendor id.
    let restarted = sandbox.connect(sandbox.revcent_connector()).build().unwrap();
    let with_id = contested.to_builder().vendor_case(revcent::ID, receipt.vendor_case().unwrap()).build().unwrap();
    assert!(!restarted.report(&with_id).await.unwrap().wrote(), "the record already has all values");
    assert_eq!(sandbox.revcent().cases().len(), 1);
}

#[tokio::test(start_paused = true)]
async fn native_create_and_report_share_the_turn_and_the_memory() {
    let sandbox = Sandbox::in_memory();
    sandbox.revcent().lag_index(1000);
    let revcent = sandbox.connect(sandbox.revcent_connector()).build().unwrap();
    let mut create = CreateChargeback::for_transaction(TRANSACTION);
    create.third_party_chargeback_id = Some("case-1".into());
    let created = revcent.create_chargeback(create.clone()).await.unwrap();
    let receipt = revcent.report(&received()).await.unwrap();
    assert_eq!(receipt.vendor_case(), created.reply.chargeback_id.as_deref());

    create.third_party_chargeback_id = Some("case-2".into());
    sandbox.revcent().fail_next_write(Fault::after_acting(FaultKind::Reset));
    assert_eq!(revcent.create_chargeback(create.clone()).await.unwrap_err().delivery(), Delivery::Unknown);
    assert!(revcent.is_in_doubt("case-2"));
    let case = plain("case-2", Stage::Received, Reason::FraudOther).build().unwrap();
    assert_eq!(revcent.report(&case).await.unwrap_err().delivery(), Delivery::Unknown);
    assert_eq!(revcent.create_chargeback(create).await.unwrap_err().delivery(), Delivery::Unknown);
    assert_eq!(sandbox.revcent().cases().len(), 2);
}

#[tokio::test(start_paused = true)]
async fn an_id_of_white_space_in_a_reply_is_no_id() {
    let script = Script::new([Play::json(200, r#"{"code":1,"chargeback_id":" "}"#)]);
    let revcent = provider(revcent::RevCent::new("key").first_report(FirstReport::CreateAtOnce), &script);
    let mut create = CreateChargeback::for_transaction(TRANSACTION);
    create.third_party_chargeback_id = Some("case-1".into());
    let _ = revcent.create_chargeback(create).await.unwrap();
    assert_eq!(revcent.plan(&received()).unwrap().steps()[0].operation(), "search_chargebacks");
}

/// RevCent's reply to each create and edit, with a different id for each create.
#[derive(Debug, Default)]
struct Numbered(AtomicU32);

#[async_trait]
impl Transport for Numbered {
    async fn send(&self, request: Request<Bytes>, _: &RequestLimits) -> Result<Response<Bytes>, TransportFailure> {
        let number = self.0.fetch_add(1, Ordering::SeqCst);
        let reply = if request.method() == http::Method::GET {
            r#"{"code":1,"results":[]}"#.to_owned()
        } else {
            format!(r#"{{"code":1,"chargeback_id":"chargeback{number:010}"}}"#)
        };
        Ok(Response::new(Bytes::from(reply)))
    }
}

#[tokio::test(start_paused = true)]
async fn case_is_searched_after_its_vendor_id_is_evicted() {
    for first in [FirstReport::CreateAtOnce, FirstReport::SearchKeyOnly] {
        let connector = revcent::RevCent::new("key").first_report(first);
        let provider = HttpProvider::builder(connector).transport(Numbered::default()).build().unwrap();
        for number in 0..=65_536 {
            let mut create = CreateChargeback::for_transaction(TRANSACTION);
            create.third_party_chargeback_id = Some(format!("case-{number}"));
            provider.create_chargeback(create).await.unwrap();
        }
        let names = |case: &str| -> Vec<&'static str> {
            let case = plain(case, Stage::Received, Reason::FraudOther).build().unwrap();
            let plan = provider.plan(&case).unwrap();
            plan.steps().iter().map(chargeback::PlannedStep::operation).collect()
        };
        assert_eq!(names("case-1"), ["get_chargeback", "edit_chargeback"], "{first:?}");
        let evicted = plain("case-0", Stage::Received, Reason::FraudOther).build().unwrap();
        let receipt = provider.report(&evicted).await.unwrap();
        let steps: Vec<&str> = receipt.steps().iter().map(chargeback::StepReport::operation).collect();
        assert_eq!(steps, ["search_chargebacks", "search_chargebacks", "create_chargeback"], "{first:?}");
        let expected = if first == FirstReport::CreateAtOnce { "create_chargeback" } else { "search_chargebacks" };
        assert_eq!(names("never reported")[0], expected);
    }
}

/// A transport that loses every request without delay.
#[derive(Debug, Default)]
struct Lossy(Arc<AtomicU32>);

#[async_trait]
impl Transport for Lossy {
    async fn send(&self, _: Request<Bytes>, _: &RequestLimits) -> Result<Response<Bytes>, TransportFailure> {
        self.0.fetch_add(1, Ordering::SeqCst);
        Err(TransportFailure::new(FailurePhase::MaybeSent))
    }
}

#[tokio::test(start_paused = true)]
async fn full_doubt_table_blocks_new_writes() {
    let acme = Acme { base_url: "https://acme.invalid".parse().unwrap(), key: Secret::from("k-1") };
    let lossy = Lossy::default();
    let sent = Arc::clone(&lossy.0);
    let once = RetryPolicy::never().max_lookups(0);
    let acme = HttpProvider::builder(acme).transport(lossy).retry(once).build().unwrap();
    let case = |id: &str| Chargeback::builder(id, Stage::Received, Reason::Other, at(3, 9)).order_id("o").build();
    for i in 0..65_536 {
        let error = acme.report(&case(&i.to_string()).unwrap()).await.unwrap_err();
        assert_eq!((error.delivery(), error.lookup_detail()), (Delivery::Unknown, Some("lookups are switched off")));
    }
    let error = acme.report(&case("one more").unwrap()).await.unwrap_err();
    assert_eq!((kind(&error), error.delivery()), ("not started", Delivery::NotSent));
    let line = "acme set_phase: the write was not started; nothing was sent; too many cases are in doubt; check them \
                with the vendor, then call resolve_doubt";
    assert_eq!(crate::support::error_chain(&error), line);
    assert_eq!(sent.load(Ordering::SeqCst), 65_536);
    acme.resolve_doubt("7", chargeback::Resolution::NotFound).unwrap();
    assert_eq!(acme.report(&case("one more").unwrap()).await.unwrap_err().delivery(), Delivery::Unknown);
}
