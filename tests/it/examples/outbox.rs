//! The server of the example `outbox`: from a processor's webhook to the vendors' records.

#[path = "../../../examples/outbox/server.rs"]
mod server;

use std::collections::HashMap;
use std::path::PathBuf;
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, AtomicU32, Ordering};

use chargeback::outbox::{
    CaseExport, Enqueuer, LaneFilter, LaneState, MemoryStore, Outbox, PassedAs, SealError, Sealer, WaitReason,
};
use chargeback::sandbox::{Fault, FaultKind, Sandbox};
use chargeback::spade::WonMeans;
use chargeback::tutelar::DefeatedMeans;
use chargeback::webhooks::{Mapping, adyen, stripe};
use chargeback::{Reporter, RetryPolicy, Stage};
use serde_json::{Value, json};
use tokio::net::TcpListener;

use self::server::{App, Kept, Payment};
use crate::support::ENRICHMENT;
use crate::webhooks::{ADYEN_KEY, STRIPE_SECRET, adyen_signed, fixture, stripe_header};

/// Fails while the flag is set, as a full disk does.
#[derive(Debug, Clone, Default)]
struct Broken(Arc<AtomicBool>);

impl Sealer for Broken {
    fn seal(&self, _: &str, plain: &[u8]) -> Result<Vec<u8>, SealError> {
        if self.0.load(Ordering::SeqCst) { Err(SealError::new("broken")) } else { Ok(plain.to_vec()) }
    }

    fn open(&self, _: &str, sealed: &[u8]) -> Result<Vec<u8>, SealError> {
        Ok(sealed.to_vec())
    }
}

struct Server {
    address: String,
    client: reqwest::Client,
    sandbox: Sandbox,
    outbox: Outbox,
    broken: Broken,
    kept: PathBuf,
    serving: tokio::task::JoinHandle<()>,
}

impl Server {
    async fn start() -> Self {
        static NUMBER: AtomicU32 = AtomicU32::new(0);
        let number = NUMBER.fetch_add(1, Ordering::Relaxed);
        let kept = std::env::temp_dir().join(format!("chargeback-kept-{}-{number}", std::process::id()));
        let (sandbox, store, broken) = (Sandbox::in_memory(), MemoryStore::new(), Broken::default());
        let reporter = reporter(&sandbox);
        let payment = |(id, order): (&str, &str)| {
            let payment = Payment { order_id: order.into(), user_id: "user-1".into(), enrichment: ENRICHMENT.into() };
            (id.to_owned(), payment)
        };
        let app = App {
            stripe: stripe::Verifier::new(STRIPE_SECRET).unwrap(),
            adyen: adyen::Verifier::new(ADYEN_KEY).unwrap(),
            mapping: Mapping::default(),
            account: "acct_1".to_owned(),
            payments: HashMap::from(
                [
                    ("ch_3FixTestA01Charge0001", "ORDER-1"),
                    ("FIXPAYMENT000001", "ORDER-2"),
                    ("FIXPAYMENT000008", "ORDER-3"),
                ]
                .map(payment),
            ),
            enqueuer: Enqueuer::new(store.clone(), reporter.providers()).sealer(broken.clone()),
            kept: Kept::open(&kept).unwrap(),
        };
        let outbox = Outbox::new(store, reporter).unwrap();
        let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
        let address = format!("http://{}", listener.local_addr().unwrap());
        let router = server::router(Arc::new(app));
        let serving = tokio::spawn(async move { axum::serve(listener, router).await.unwrap() });
        let client = reqwest::Client::builder().no_proxy().build().unwrap();
        Self { address, client, sandbox, outbox, broken, kept, serving }
    }

    async fn stripe(&self, event: &Value) -> u16 {
        let body = event.to_string();
        let signature = stripe_header(STRIPE_SECRET, chrono::Utc::now().timestamp(), &body);
        self.post("stripe", &[("Stripe-Signature", &signature)], body).await.0
    }

    async fn adyen(&self, body: &str) -> (u16, String) {
        self.post("adyen", &[], adyen_signed(body)).await
    }

    async fn post(&self, path: &str, headers: &[(&str, &str)], body: String) -> (u16, String) {
        let request = self.client.post(format!("{}/webhooks/{path}", self.address)).body(body);
        let request = headers.iter().fold(request, |request, (name, value)| request.header(*name, *value));
        let reply = request.send().await.unwrap();
        (reply.status().as_u16(), reply.text().await.unwrap())
    }

    /// Delivers the stored events. Returns the data of a case.
    async fn delivered(&self, case_id: &str) -> CaseExport {
        self.outbox.drain().await;
        self.outbox.operator().export(case_id).await.unwrap()
    }

    /// Checks that no event was stored for the vendors. Returns the number of events that were kept for a person.
    async fn nothing_reported(&self) -> usize {
        self.outbox.drain().await;
        assert!(self.outbox.counts().await.unwrap().values().all(|counts| counts.ready + counts.waiting == 0));
        assert!(self.outbox.operator().list(&LaneFilter::all()).await.unwrap().is_empty());
        std::fs::read_to_string(&self.kept).unwrap().lines().count()
    }
}

impl Drop for Server {
    fn drop(&mut self) {
        self.serving.abort();
        let _ = std::fs::remove_file(&self.kept);
    }
}

fn reporter(sandbox: &Sandbox) -> Reporter {
    let quick = RetryPolicy::default().max_attempts(2);
    Reporter::builder()
        .required(sandbox.connect(sandbox.revcent_connector()).retry(quick).build().unwrap())
        .required(sandbox.connect(sandbox.thirdwatch_connector()).retry(quick).build().unwrap())
        .required(sandbox.connect(sandbox.tutelar_connector(DefeatedMeans::MerchantWon)).retry(quick).build().unwrap())
        .required(sandbox.connect(sandbox.spade_connector(WonMeans::MerchantWon)).retry(quick).build().unwrap())
        .required(sandbox.connect(sandbox.pipwave_connector()).retry(quick).build().unwrap())
        .build()
        .unwrap()
}

/// A sample with another event id, type, status and time.
fn stripe_event(id: &str, name: &str, status: &str, created: i64) -> Value {
    let mut event: Value =
        serde_json::from_str(&fixture("stripe", "charge.dispute.created-needs_response.json")).unwrap();
    event["id"] = id.into();
    event["type"] = name.into();
    event["created"] = created.into();
    event["livemode"] = true.into();
    event["data"]["object"]["livemode"] = true.into();
    event["data"]["object"]["status"] = status.into();
    event["data"]["object"]["metadata"] = json!({});
    event["data"]["object"]["evidence_details"]["submission_count"] = i32::from(status != "needs_response").into();
    event
}

fn passed(export: &CaseExport, passed: PassedAs) -> usize {
    export.history.iter().filter(|entry| entry.passed == passed).count()
}

#[tokio::test]
async fn a_stripe_dispute_reaches_every_vendor_once_and_in_order() {
    let server = Server::start().await;
    let created = stripe_event("evt_1", "charge.dispute.created", "needs_response", 1_700_000_000);
    let late = stripe_event("evt_2", "charge.dispute.updated", "under_review", 1_700_001_000);
    let closed = stripe_event("evt_3", "charge.dispute.closed", "won", 1_700_002_000);
    for event in [&created, &created, &closed, &created, &late, &closed] {
        assert_eq!(server.stripe(event).await, 200);
    }
    // RevCent acts, and the reply is lost: the case is looked up and not created twice.
    server.sandbox.revcent().fail_next_write(Fault::after_acting(FaultKind::Reset));
    let case_id = format!("stripe-{}", created["data"]["object"]["id"].as_str().unwrap());
    let export = server.delivered(&case_id).await;
    assert_eq!(export.history.len(), 3 * 5, "three of six deliveries are new events");
    assert_eq!(passed(&export, PassedAs::Acknowledged), 5 + 4);
    assert_eq!(passed(&export, PassedAs::Unsupported), 1, "Tutelar does not support the stage `received`");
    assert_eq!(passed(&export, PassedAs::Skipped), 5, "the late update is not sent after a newer stage");
    let sandbox = &server.sandbox;
    let revcent = sandbox.revcent().cases();
    assert_eq!(revcent.len(), 1);
    assert_eq!(revcent[0].state["reason_code"], "10.4");
    let last = |cases: Vec<chargeback::sandbox::RecordedCase>| cases[0].state.to_string();
    assert!(last(sandbox.spade().cases()).contains("chargeback_won"));
    assert!(last(sandbox.pipwave().cases()).contains("dispute won"));
    assert!(last(sandbox.thirdwatch().cases()).contains("_won"));
    assert!(last(sandbox.tutelar().cases()).contains("defeated"));
}

#[tokio::test]
async fn an_adyen_batch_is_accepted_item_by_item() {
    let server = Server::start().await;
    let live = |name: &str| fixture("adyen", name).replace(r#""live": "false""#, r#""live": "true""#);
    let batch = live("batch-of_three.json");
    let accepted = (200, "[accepted]".to_owned());
    for _ in 0..2 {
        assert_eq!(server.adyen(&batch).await, accepted);
    }
    assert_eq!(server.adyen(&live("ISSUER_COMMENTS.json")).await, accepted);
    for unsigned in [fixture("adyen", "CHARGEBACK-unsigned.json"), fixture("adyen", "batch-empty.json")] {
        assert_eq!(server.post("adyen", &[], unsigned).await, (401, String::new()));
    }
    // The first item is not about a dispute.
    assert_eq!(server.post("adyen", &[], batch.replace("@SIGNATURE@", "AAAA")).await, accepted);
    server.outbox.drain().await;
    let lanes = server.outbox.operator().list(&LaneFilter::all()).await.unwrap();
    assert_eq!(lanes.len(), 2 * 5, "two of the three items are about disputes");
    assert!(lanes.iter().all(|lane| lane.head_stage == Some(Stage::Received) && lane.state == LaneState::Idle));
    let sandbox = &server.sandbox;
    assert_eq!((sandbox.revcent().cases().len(), sandbox.thirdwatch().cases().len()), (2, 2));
    assert_eq!(sandbox.pipwave().cases().len(), 2);
}

#[tokio::test]
async fn an_unsigned_webhook_gets_an_empty_error_response() {
    let server = Server::start().await;
    let event = stripe_event("evt_1", "charge.dispute.created", "needs_response", 1_700_000_000);
    let body = event.to_string();
    let old = stripe_header(STRIPE_SECRET, chrono::Utc::now().timestamp() - 3_600, &body);
    let other = stripe_header("whsec_other", chrono::Utc::now().timestamp(), &body);
    for headers in
        [&[][..], &[("Stripe-Signature", "t=1")], &[("Stripe-Signature", &old)], &[("Stripe-Signature", &other)]]
    {
        assert_eq!(server.post("stripe", headers, body.clone()).await, (400, String::new()));
    }
    assert_eq!(server.post("adyen", &[], "{}".into()).await, (401, String::new()));
    assert_eq!(server.nothing_reported().await, 0);
}

#[tokio::test]
async fn an_event_that_cannot_be_stored_gets_503_and_is_accepted_later() {
    let server = Server::start().await;
    let event = stripe_event("evt_1", "charge.dispute.created", "needs_response", 1_700_000_000);
    server.broken.0.store(true, Ordering::SeqCst);
    assert_eq!(server.stripe(&event).await, 503);
    let chargeback = fixture("adyen", "CHARGEBACK-undefended.json").replace(r#""live": "false""#, r#""live": "true""#);
    assert_eq!(server.adyen(&chargeback).await, (503, String::new()));
    assert_eq!(server.nothing_reported().await, 0);
    server.broken.0.store(false, Ordering::SeqCst);
    assert_eq!((server.stripe(&event).await, server.adyen(&chargeback).await.0), (200, 200));
    server.outbox.drain().await;
    assert_eq!(server.sandbox.revcent().cases().len(), 2);
}

#[tokio::test]
async fn other_events_are_acknowledged_and_an_unknown_value_is_kept() {
    let server = Server::start().await;
    let strange = stripe_event("evt_1", "charge.dispute.updated", "a_new_status", 1_700_000_000);
    assert_eq!(server.stripe(&strange).await, 200);
    let other: Value = serde_json::from_str(&fixture("stripe", "charge.succeeded-not_a_dispute.json")).unwrap();
    assert_eq!(server.stripe(&other).await, 200);
    assert_eq!(server.nothing_reported().await, 1);
}

/// Three vendors are down. The others receive the report once, and the three when they are back.
#[tokio::test]
async fn an_outage_is_retried_without_repeats_to_other_vendors() {
    let server = Server::start().await;
    let event = stripe_event("evt_1", "charge.dispute.created", "needs_response", 1_700_000_000);
    assert_eq!(server.stripe(&event).await, 200);
    let down = || Fault::before_acting(FaultKind::Unreachable);
    server.sandbox.spade().fail_always(down());
    server.sandbox.thirdwatch().fail_always(down());
    server.sandbox.pipwave().fail_always(down());
    let operator = server.outbox.operator();
    for _ in 0..2 {
        assert_eq!(server.stripe(&event).await, 200, "a repeat");
        server.outbox.drain().await;
        let lanes = operator.list(&LaneFilter::all()).await.unwrap();
        let waiting: Vec<_> = lanes.iter().filter(|lane| lane.reason == Some(WaitReason::Retry)).collect();
        assert_eq!((waiting.len(), waiting[0].attempts), (3, 1));
        // The act resets the attempts and sends at once.
        for lane in waiting {
            operator.retry(lane).await.unwrap();
        }
    }
    server.sandbox.spade().recover();
    server.sandbox.thirdwatch().recover();
    server.sandbox.pipwave().recover();
    server.outbox.drain().await;
    let lanes = operator.list(&LaneFilter::all()).await.unwrap();
    assert!(lanes.iter().all(|lane| lane.state == LaneState::Idle), "{lanes:#?}");
    assert_eq!((server.sandbox.spade().acted(), server.sandbox.pipwave().cases().len()), (1, 1));
    assert_eq!(server.sandbox.revcent().cases()[0].history.len(), 1);
}

/// The processor would send the same bytes again, so a verified event is accepted, whatever is in it.
#[tokio::test]
async fn a_verified_event_that_cannot_be_parsed_is_accepted_and_kept() {
    let server = Server::start().await;
    let mut event = stripe_event("evt_1", "charge.dispute.created", "needs_response", 1_700_000_000);
    event["data"]["object"]["id"] = Value::Null;
    for unreadable in [event, json!({}), json!([]), json!({ "type": "charge.dispute.created", "id": 7 })] {
        assert_eq!(server.stripe(&unreadable).await, 200, "{unreadable}");
    }
    let chargeback = fixture("adyen", "CHARGEBACK-undefended.json").replace("2026-03-02T", "yesterday ");
    assert_eq!(server.adyen(&chargeback).await, (200, "[accepted]".to_owned()));
    assert_eq!(server.nothing_reported().await, 5);
}

#[tokio::test]
async fn a_case_of_the_test_mode_is_reported_to_no_vendor() {
    let server = Server::start().await;
    let mut event = stripe_event("evt_1", "charge.dispute.created", "needs_response", 1_700_000_000);
    event["livemode"] = false.into();
    assert_eq!(server.stripe(&event).await, 200);
    assert_eq!(server.adyen(&fixture("adyen", "CHARGEBACK-undefended.json")).await.0, 200);
    assert_eq!(server.nothing_reported().await, 0);
}

#[tokio::test]
async fn an_inquiry_is_reported_to_no_vendor() {
    let server = Server::start().await;
    for status in ["warning_needs_response", "warning_under_review", "warning_closed"] {
        assert_eq!(server.stripe(&stripe_event(status, "charge.dispute.updated", status, 1_700_000_000)).await, 200);
    }
    assert_eq!(server.nothing_reported().await, 0);
}
