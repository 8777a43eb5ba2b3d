//! The example `webhook_server`: from a processor's webhook to the vendors' records.

#[path = "../../../examples/webhook_server/server.rs"]
mod server;

use std::collections::HashMap;
use std::sync::Arc;
use std::time::Duration;

use chargeback::lifecycle::MemoryLedger;
use chargeback::sandbox::{Fault, FaultKind, Sandbox};
use chargeback::spade::WonMeans;
use chargeback::tutelar::DefeatedMeans;
use chargeback::webhooks::{Mapping, adyen, stripe};
use chargeback::{BulkOutcome, Chargeback, Outcome, Reporter, RetryPolicy, Skipped, Stage};
use serde_json::{Value, json};
use tokio::net::TcpListener;
use tokio::sync::mpsc::Receiver;

use self::server::{App, Inbox, Payment};
use crate::support::ENRICHMENT;
use crate::webhooks::{ADYEN_KEY, STRIPE_SECRET, adyen_signed, fixture, stripe_header};

struct Server {
    address: String,
    client: reqwest::Client,
    app: Arc<App>,
    serving: tokio::task::JoinHandle<()>,
}

impl Server {
    async fn start(room: usize) -> (Self, Receiver<Chargeback>) {
        let payment = |(id, order): (&str, &str)| {
            let payment = Payment { order_id: order.into(), user_id: "user-1".into(), enrichment: ENRICHMENT.into() };
            (id.to_owned(), payment)
        };
        let (inbox, queue) = Inbox::new(room);
        let app = Arc::new(App {
            stripe: stripe::Verifier::new(STRIPE_SECRET).unwrap(),
            adyen: adyen::Verifier::new(ADYEN_KEY).unwrap(),
            mapping: Mapping::default(),
            payments: HashMap::from(
                [
                    ("ch_3FixTestA01Charge0001", "ORDER-1"),
                    ("FIXPAYMENT000001", "ORDER-2"),
                    ("FIXPAYMENT000008", "ORDER-3"),
                ]
                .map(payment),
            ),
            inbox,
        });
        let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
        let address = format!("http://{}", listener.local_addr().unwrap());
        let router = server::router(Arc::clone(&app));
        let serving = tokio::spawn(async move { axum::serve(listener, router).await.unwrap() });
        let client = reqwest::Client::builder().no_proxy().build().unwrap();
        (Self { address, client, app, serving }, queue)
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

    /// Stops the server and reports the events in the inbox.
    async fn finish(self, reporter: &Reporter, queue: Receiver<Chargeback>) -> Vec<BulkOutcome> {
        self.serving.abort();
        let _ = self.serving.await;
        let back = self.app.inbox.back();
        drop(self.app);
        let mut outcomes = Vec::new();
        let reports = server::report(reporter, queue, &back, |done| outcomes.push(done));
        tokio::time::timeout(Duration::from_secs(30), reports).await.unwrap();
        outcomes
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
        .ledger(MemoryLedger::new())
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

fn counted(outcomes: &[BulkOutcome], is: impl Fn(&Outcome) -> bool) -> usize {
    outcomes.iter().filter(|done| is(done.result.outcome())).count()
}

#[tokio::test]
async fn a_stripe_dispute_reaches_every_vendor_once_and_in_order() {
    let sandbox = Sandbox::in_memory();
    let (server, queue) = Server::start(64).await;
    let created = stripe_event("evt_1", "charge.dispute.created", "needs_response", 1_700_000_000);
    let late = stripe_event("evt_2", "charge.dispute.updated", "under_review", 1_700_001_000);
    let closed = stripe_event("evt_3", "charge.dispute.closed", "won", 1_700_002_000);
    for event in [&created, &created, &closed, &created, &late, &closed] {
        assert_eq!(server.stripe(event).await, 200);
    }
    // RevCent acts, and the reply is lost: the case is looked up and not created twice.
    sandbox.revcent().fail_next_write(Fault::after_acting(FaultKind::Reset));
    let outcomes = server.finish(&reporter(&sandbox), queue).await;
    assert_eq!(outcomes.len(), 3 * 5, "three of six deliveries are new events");
    assert_eq!(
        counted(&outcomes, |outcome| matches!(outcome, Outcome::Acknowledged(_))),
        5 + 4,
        "Tutelar does not support the stage `received`"
    );
    let stale = counted(&outcomes, |outcome| matches!(outcome, Outcome::Skipped(Skipped::Step(_))));
    assert_eq!(stale, 5, "the late update is not sent after a newer stage");
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
    let sandbox = Sandbox::in_memory();
    let (server, queue) = Server::start(64).await;
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
    let outcomes = server.finish(&reporter(&sandbox), queue).await;
    assert_eq!(outcomes.len(), 2 * 5);
    assert!(outcomes.iter().all(|done| done.chargeback.stage() == Stage::Received));
    assert_eq!((sandbox.revcent().cases().len(), sandbox.thirdwatch().cases().len()), (2, 2));
    assert_eq!(sandbox.pipwave().cases().len(), 2);
}

#[tokio::test]
async fn an_unsigned_webhook_gets_an_empty_error_response() {
    let sandbox = Sandbox::in_memory();
    let (server, queue) = Server::start(64).await;
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
    assert!(server.finish(&reporter(&sandbox), queue).await.is_empty());
}

#[tokio::test]
async fn a_full_inbox_responds_503_and_loses_no_event() {
    let sandbox = Sandbox::in_memory();
    let (server, queue) = Server::start(1).await;
    let event = |number: i32| {
        let mut event =
            stripe_event(&format!("evt_{number}"), "charge.dispute.created", "needs_response", 1_700_000_000);
        event["data"]["object"]["id"] = json!(format!("du_{number}"));
        event["data"]["object"]["charge"] = json!(format!("ch_{number}"));
        event
    };
    assert_eq!((server.stripe(&event(1)).await, server.stripe(&event(2)).await), (200, 503));
    assert_eq!(server.stripe(&event(1)).await, 200, "the event was accepted before and needs no space");
    let reporter = reporter(&sandbox);
    let mut queue = queue;
    let taken = queue.recv().await.unwrap();
    assert_eq!(taken.case_id(), "stripe-du_1");
    assert_eq!(server.stripe(&event(2)).await, 200, "the event was not recorded, so it is accepted now");
    let outcomes = server.finish(&reporter, queue).await;
    assert!(outcomes.iter().all(|done| done.chargeback.case_id() == "stripe-du_2"));
    assert_eq!(outcomes.len(), 5);
}

#[tokio::test]
async fn unknown_values_and_other_events_are_acknowledged_and_not_reported() {
    let sandbox = Sandbox::in_memory();
    let (server, queue) = Server::start(64).await;
    let strange = stripe_event("evt_1", "charge.dispute.updated", "a_new_status", 1_700_000_000);
    assert_eq!(server.stripe(&strange).await, 200);
    let other: Value = serde_json::from_str(&fixture("stripe", "charge.succeeded-not_a_dispute.json")).unwrap();
    assert_eq!(server.stripe(&other).await, 200);
    assert!(server.finish(&reporter(&sandbox), queue).await.is_empty());
}

#[tokio::test]
async fn an_outage_at_one_vendor_is_retried_without_repeats_to_others() {
    let sandbox = Sandbox::in_memory();
    let (server, queue) = Server::start(64).await;
    assert_eq!(
        server.stripe(&stripe_event("evt_1", "charge.dispute.created", "needs_response", 1_700_000_000)).await,
        200
    );
    sandbox.spade().fail_always(Fault::before_acting(FaultKind::Unreachable));
    tokio::time::pause();
    let (reporter, back) = (reporter(&sandbox), server.app.inbox.back());
    let mut spade = Vec::new();
    let reports = server::report(&reporter, queue, &back, |done| {
        if done.result.provider().as_str() == "spade" {
            spade.push(matches!(done.result.outcome(), Outcome::Acknowledged(_)));
            if spade.len() == 3 {
                sandbox.spade().recover();
            }
        }
    });
    let hour = tokio::time::timeout(Duration::from_secs(3_600), reports).await;
    assert!(hour.is_err(), "the inbox stays open");
    assert_eq!(spade, [false, false, false, true]);
    assert_eq!(sandbox.spade().cases().len(), 1);
    assert_eq!(sandbox.pipwave().cases()[0].history.len(), 1);
    drop(server);
}

/// The processor would send the same bytes again, so a verified event is accepted, whatever is in it.
#[tokio::test]
async fn a_verified_event_that_cannot_be_parsed_is_accepted() {
    let sandbox = Sandbox::in_memory();
    let (server, queue) = Server::start(64).await;
    let mut event = stripe_event("evt_1", "charge.dispute.created", "needs_response", 1_700_000_000);
    event["data"]["object"]["id"] = Value::Null;
    for unreadable in [event, json!({}), json!([]), json!({ "type": "charge.dispute.created", "id": 7 })] {
        assert_eq!(server.stripe(&unreadable).await, 200, "{unreadable}");
    }
    let chargeback = fixture("adyen", "CHARGEBACK-undefended.json").replace("2026-03-02T", "yesterday ");
    assert_eq!(server.adyen(&chargeback).await, (200, "[accepted]".to_owned()));
    assert!(server.finish(&reporter(&sandbox), queue).await.is_empty());
}

#[tokio::test]
async fn a_case_of_the_test_mode_is_reported_to_no_vendor() {
    let sandbox = Sandbox::in_memory();
    let (server, queue) = Server::start(64).await;
    let mut event = stripe_event("evt_1", "charge.dispute.created", "needs_response", 1_700_000_000);
    event["livemode"] = false.into();
    assert_eq!(server.stripe(&event).await, 200);
    assert_eq!(server.adyen(&fixture("adyen", "CHARGEBACK-undefended.json")).await.0, 200);
    assert!(server.finish(&reporter(&sandbox), queue).await.is_empty());
}

/// Three vendors are down, and each round reports the chargeback once.
#[tokio::test]
async fn an_outage_at_several_vendors_gives_one_retry_in_each_round() {
    let sandbox = Sandbox::in_memory();
    let (server, queue) = Server::start(64).await;
    assert_eq!(
        server.stripe(&stripe_event("evt_1", "charge.dispute.created", "needs_response", 1_700_000_000)).await,
        200
    );
    let down = || Fault::before_acting(FaultKind::Unreachable);
    sandbox.spade().fail_always(down());
    sandbox.thirdwatch().fail_always(down());
    sandbox.pipwave().fail_always(down());
    tokio::time::pause();
    let (reporter, back) = (reporter(&sandbox), server.app.inbox.back());
    let mut rounds = std::collections::BTreeMap::<u64, usize>::new();
    let start = tokio::time::Instant::now();
    let reports = server::report(&reporter, queue, &back, |done| *rounds.entry(done.index).or_default() += 1);
    let hour = tokio::time::timeout(Duration::from_secs(3_600), reports).await;
    assert!(hour.is_err() && start.elapsed() >= Duration::from_secs(3_600));
    assert!(rounds.values().all(|outcomes| *outcomes == 5), "{rounds:?}");
    assert!((10..=61).contains(&rounds.len()), "one round a minute: {}", rounds.len());
    drop(server);
}

#[tokio::test]
async fn an_inquiry_is_reported_to_no_vendor() {
    let sandbox = Sandbox::in_memory();
    let (server, queue) = Server::start(64).await;
    for status in ["warning_needs_response", "warning_under_review", "warning_closed"] {
        assert_eq!(server.stripe(&stripe_event(status, "charge.dispute.updated", status, 1_700_000_000)).await, 200);
    }
    assert!(server.finish(&reporter(&sandbox), queue).await.is_empty());
}
