//! The server: verifies webhooks, drops duplicates, queues new events, and replies immediately. Reports are sent
//! later.

use std::collections::{HashMap, HashSet, VecDeque};
use std::sync::{Arc, Mutex};
use std::time::Duration;

use axum::Router;
use axum::body::Bytes;
use axum::extract::State;
use axum::http::{HeaderMap, StatusCode};
use axum::routing::post;
use chargeback::webhooks::{Event, Mapping, ParseError, VerifyError, adyen, stripe};
use chargeback::{BulkOptions, BulkOutcome, Chargeback, Outcome, Reporter, spade};
use futures_util::{StreamExt as _, stream};
use tokio::sync::mpsc::{self, Receiver, Sender, WeakSender};

/// The merchant's data about a payment that is not in the processor's webhook.
pub(crate) struct Payment {
    pub(crate) order_id: String,
    pub(crate) user_id: String,
    /// Spade's enrichment id of the payment.
    pub(crate) enrichment: String,
}

/// The state that the handlers share.
pub(crate) struct App {
    pub(crate) stripe: stripe::Verifier,
    pub(crate) adyen: adyen::Verifier,
    pub(crate) mapping: Mapping,
    /// Payments by the processor's id. The metadata of a new dispute is empty, so the merchant must look up its own
    /// ids.
    pub(crate) payments: HashMap<String, Payment>,
    pub(crate) inbox: Inbox,
}

/// The accepted events that are not yet reported.
///
/// This inbox is in memory, so a crash loses its events. In production, write an event to a database table before
/// the reply, and delete it after the report.
pub(crate) struct Inbox {
    seen: Mutex<Seen>,
    queue: Sender<Chargeback>,
}

/// The ids of the latest events, to drop duplicates. Processors repeat events for days; in production, use a table.
#[derive(Default)]
struct Seen {
    events: HashSet<String>,
    oldest_first: VecDeque<String>,
}

const MAX_SEEN: usize = 100_000;

impl Seen {
    fn add(&mut self, event: String) {
        if self.events.insert(event.clone()) {
            self.oldest_first.push_back(event);
        }
        if self.oldest_first.len() > MAX_SEEN
            && let Some(oldest) = self.oldest_first.pop_front()
        {
            self.events.remove(&oldest);
        }
    }
}

/// The inbox is full. The processor must send the event again.
struct Full;

impl Inbox {
    pub(crate) fn new(room: usize) -> (Self, Receiver<Chargeback>) {
        let (queue, waiting) = mpsc::channel(room);
        (Self { seen: Mutex::default(), queue }, waiting)
    }

    /// Returns a sender that puts failed reports back into the queue. A weak sender does not keep the queue open.
    pub(crate) fn back(&self) -> WeakSender<Chargeback> {
        self.queue.downgrade()
    }

    /// Queues a chargeback, unless its event is a duplicate. An event that does not fit is not remembered.
    fn take(&self, event: String, chargeback: Chargeback) -> Result<(), Full> {
        let mut seen = self.seen.lock().unwrap_or_else(std::sync::PoisonError::into_inner);
        if !seen.events.contains(&event) {
            self.queue.try_send(chargeback).map_err(|_| Full)?;
            seen.add(event);
        }
        Ok(())
    }
}

pub(crate) fn router(app: Arc<App>) -> Router {
    Router::new()
        .route("/webhooks/stripe", post(stripe_webhook))
        .route("/webhooks/adyen", post(adyen_webhook))
        .with_state(app)
}

type Answer = (StatusCode, &'static str);

async fn stripe_webhook(State(app): State<Arc<App>>, headers: HeaderMap, body: Bytes) -> Answer {
    match app.stripe.verify(&headers, &body) {
        Ok(payload) => app.take([payload.parse(&app.mapping)], ""),
        Err(error) => rejected(&error, StatusCode::BAD_REQUEST),
    }
}

async fn adyen_webhook(State(app): State<Arc<App>>, body: Bytes) -> Answer {
    match app.adyen.verify(&body) {
        Ok(payload) => {
            for item in payload.rejected() {
                eprintln!("check item {} of this delivery: {}", item.position, item.error);
            }
            app.take(payload.parse(&app.mapping), adyen::RESPONSE_BODY)
        }
        Err(error) => rejected(&error, StatusCode::UNAUTHORIZED),
    }
}

/// Rejects a webhook that is not verified. The error contains no personal data and no secret, so it may be logged. The
/// reply has no details.
fn rejected(error: &VerifyError, status: StatusCode) -> Answer {
    eprintln!("rejected a webhook: {error}");
    (status, "")
}

impl App {
    /// Queues new events. Replies with 503 if the inbox is full, so that the processor sends all of them again.
    ///
    /// A verified event that cannot be parsed is accepted too: the processor would send the same bytes again.
    fn take(&self, events: impl IntoIterator<Item = Result<Event, ParseError>>, answer: &'static str) -> Answer {
        for event in events {
            match event {
                Ok(Event::Dispute(dispute)) => {
                    let event = format!("{} {}", dispute.source, dispute.event_id);
                    if self.inbox.take(event, self.with_merchant_ids(dispute.chargeback)).is_err() {
                        return (StatusCode::SERVICE_UNAVAILABLE, "");
                    }
                }
                Ok(Event::Unknown(event)) => {
                    eprintln!("check this event: {} {}", event.notice.source, event.notice.event_id);
                }
                // An inquiry, a test, no change, or not about a dispute.
                Ok(_) => (),
                // In production, store `error.payload()`, and alert a person.
                Err(error) => eprintln!("check this event: {error}"),
            }
        }
        (StatusCode::OK, answer)
    }

    /// Adds the ids that vendors need and that the processor does not have.
    fn with_merchant_ids(&self, chargeback: Chargeback) -> Chargeback {
        let processor_id = chargeback.payment().gateway_transaction_id.as_ref();
        let Some(payment) = processor_id.and_then(|id| self.payments.get(id)) else { return chargeback };
        let builder = chargeback
            .to_builder()
            .order_id(&payment.order_id)
            // Pipwave needs the merchant's transaction id. This merchant uses the order id.
            .transaction_id(&payment.order_id)
            .user_id(&payment.user_id)
            .vendor_payment(spade::ID, &payment.enrichment);
        builder.build().unwrap_or(chargeback)
    }
}

/// The rounds that have started: one for each chargeback that was taken from the queue, until every vendor has an
/// outcome.
#[derive(Default)]
struct Rounds {
    open: HashMap<u64, Round>,
}

#[derive(Default)]
struct Round {
    outcomes: usize,
    /// The longest delay that a vendor needs before a retry; `None` if no report can be retried.
    retry_after: Option<Duration>,
}

impl Rounds {
    /// Adds an outcome. Returns the delay before the retry if this is the last outcome of a round that needs one.
    fn ended(&mut self, done: &BulkOutcome, vendors: usize) -> Option<Duration> {
        let round = self.open.entry(done.index).or_default();
        round.outcomes += 1;
        if done.result.may_be_retried() {
            let wait = match done.result.outcome() {
                Outcome::Failed(error) | Outcome::Unknown(error) => error.retry_after(),
                _ => None,
            };
            round.retry_after = round.retry_after.max(Some(wait.unwrap_or(Duration::from_secs(60))));
        }
        if round.outcomes < vendors {
            return None;
        }
        self.open.remove(&done.index)?.retry_after
    }
}

/// Reports queued chargebacks until the queue is closed.
///
/// Reports of the same case are sent one at a time; different cases and vendors run concurrently. A chargeback with a
/// report that can be retried returns to the queue once, after a delay, however many vendors failed. The ledger then
/// skips the vendors that have acknowledged it.
pub(crate) async fn report(
    reporter: &Reporter,
    queue: Receiver<Chargeback>,
    back: &WeakSender<Chargeback>,
    mut on_outcome: impl FnMut(BulkOutcome),
) {
    let waiting = stream::unfold(queue, async |mut queue| queue.recv().await.map(|chargeback| (chargeback, queue)));
    let mut outcomes = reporter.report_all(Box::pin(waiting), BulkOptions::default());
    let (mut rounds, vendors) = (Rounds::default(), reporter.providers().count());
    while let Some(done) = outcomes.next().await {
        if let Some(wait) = rounds.ended(&done, vendors) {
            let (back, chargeback) = (back.clone(), Chargeback::clone(&done.chargeback));
            tokio::spawn(async move {
                tokio::time::sleep(wait).await;
                // The upgrade fails after the server has stopped. In production, the event is still in the table.
                if let Some(queue) = back.upgrade() {
                    let _ = queue.send(chargeback).await;
                }
            });
        }
        on_outcome(done);
    }
}
