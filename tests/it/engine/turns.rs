//! Turns: reports of one case run one at a time.

use std::time::Duration;

use bytes::Bytes;
use chargeback::sandbox::Sandbox;
use chargeback::spade::RefundFeedback;
use chargeback::transport::{RequestLimits, Transport, TransportFailure};
use chargeback::{ChargebackProvider, Delivery, HttpProvider, async_trait};
use http::{Request, Response};
use tokio::time::Instant;

use super::{OK, received, spade_connector};
use crate::support::{ENRICHMENT, Play, Script, kind, provider};

#[tokio::test(start_paused = true)]
async fn concurrent_reports_create_one_case() {
    let sandbox = Sandbox::in_memory();
    sandbox.revcent().lag_index(1000);
    let revcent = sandbox.connect(sandbox.revcent_connector()).build().unwrap();
    let mut tasks = tokio::task::JoinSet::new();
    for _ in 0..20 {
        let revcent = revcent.clone();
        tasks.spawn(async move { revcent.report(&received()).await.map(|receipt| receipt.wrote()) });
    }
    let wrote: Vec<bool> = tasks.join_all().await.into_iter().map(Result::unwrap).collect();
    assert_eq!(wrote.iter().filter(|wrote| **wrote).count(), 1);
    assert_eq!(sandbox.revcent().cases().len(), 1);
}

#[tokio::test(start_paused = true)]
async fn wait_for_a_turn_counts_against_the_deadline() {
    let script = Script::of(vec![Play::Hang; 3]);
    let spade = provider(spade_connector(), &script);
    let (first, second) = (spade.clone(), spade);
    let running = tokio::spawn(async move { first.report(&received()).await });
    tokio::task::yield_now().await;
    let error = second.report(&received()).await.unwrap_err();
    assert_eq!((kind(&error), error.delivery(), error.attempts()), ("timeout", Delivery::NotSent, 0));
    assert!(running.await.unwrap().is_err());
}

/// A transport that takes a second.
#[derive(Debug)]
struct Slow;

#[async_trait]
impl Transport for Slow {
    async fn send(&self, _: Request<Bytes>, _: &RequestLimits) -> Result<Response<Bytes>, TransportFailure> {
        tokio::time::sleep(Duration::from_secs(1)).await;
        Ok(Response::new(Bytes::from_static(OK.as_bytes())))
    }
}

#[tokio::test(start_paused = true)]
async fn calls_without_a_case_id_run_concurrently() {
    let spade = HttpProvider::builder(spade_connector()).transport(Slow).build().unwrap();
    let start = Instant::now();
    let refund = || spade.report_refund(ENRICHMENT, RefundFeedback::default());
    let (one, two) = tokio::join!(refund(), refund());
    assert!(one.is_ok() && two.is_ok());
    assert_eq!(start.elapsed(), Duration::from_secs(1));
}
