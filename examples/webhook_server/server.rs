//! The server: it verifies, drops repeats, puts what is new into an inbox, and answers at once. Reports go out behind it.

use std::collections::{HashMap, HashSet, VecDeque};
use std::sync::{Arc, Mutex};
use std::time::Duration;

use axum::Router;
use axum::body::Bytes;
use axum::extract::State;
use axum::http::{HeaderMap, StatusCode};
use axum::routing::post;
use chargeback::webhooks::{Cycle, Event, Mapping, WebhookError, adyen, stripe};
use chargeback::{BulkOptions, BulkOutcome, Chargeback, Outcome, Reporter, spade};
use futures_util::{StreamExt as _, stream};
use tokio::sync::mpsc::{self, Receiver, Sender, WeakSender};

/// What the merchant knows of a payment and the processor's webhook does not tell.
pub(crate) struct Payment {
    pub(crate) order_id: String,
    pub(crate) user_id: String,
    /// Spade's id of the payment, kept when it was enriched.
    pub(crate) enrichment: String,
}

/// What the handlers share.
pub(crate) struct App {
    pub(crate) stripe: stripe::Verifier,
    pub(crate) adyen: adyen::Verifier,
    pub(crate) mapping: Mapping,
    /// The merchant's own records, by the processor's id of the payment: metadata of a dispute starts empty.
    pub(crate) payments: HashMap<String, Payment>,
    pub(crate) inbox: Inbox,
}

/// What came in and waits to be reported. Kept in memory here, so a crash loses what was accepted and not yet told: in production put
/// it into a table of your database before you answer, and take it out when it is settled.
pub(crate) struct Inbox {
    seen: Mutex<Seen>,
    queue: Sender<Chargeback>,
}

/// The latest events, oldest first. Processors repeat for days: in production, a table.
#[derive(Default)]
struct Seen {
    events: HashSet<String>,
    oldest_first: VecDeque<String>,
}

const REMEMBERED: usize = 100_000;

impl Seen {
    fn add(&mut self, event: String) {
        if self.events.insert(event.clone()) {
            self.oldest_first.push_back(event);
        }
        if self.oldest_first.len() > REMEMBERED
            && let Some(oldest) = self.oldest_first.pop_front()
        {
            self.events.remove(&oldest);
        }
    }
}

/// The inbox has no room: the processor shall send it again.
struct Full;

impl Inbox {
    pub(crate) fn new(room: usize) -> (Self, Receiver<Chargeback>) {
        let (queue, waiting) = mpsc::channel(room);
        (Self { seen: Mutex::default(), queue }, waiting)
    }

    /// By which what failed comes back. It keeps nobody waiting for it.
    pub(crate) fn back(&self) -> WeakSender<Chargeback> {
        self.queue.downgrade()
    }

    /// Takes a chargeback, unless its event was taken before. Nothing is remembered of what there was no room for.
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
    let event = app.stripe.verify(&headers, &body).and_then(|payload| payload.parse(&app.mapping));
    match event {
        Ok(event) => app.take([event], ""),
        Err(error) => refused(&error, StatusCode::BAD_REQUEST),
    }
}

async fn adyen_webhook(State(app): State<Arc<App>>, body: Bytes) -> Answer {
    let payload = match app.adyen.verify(&body) {
        Ok(payload) => payload,
        Err(error) => return refused(&error, StatusCode::UNAUTHORIZED),
    };
    // An item that cannot be read would come again for ever: a person must look at it.
    let (read, unread): (Vec<_>, Vec<_>) = payload.parse(&app.mapping).into_iter().partition(Result::is_ok);
    for error in unread.into_iter().filter_map(Result::err) {
        eprintln!("look at it: {error}");
    }
    app.take(read.into_iter().filter_map(Result::ok), adyen::RESPONSE_BODY)
}

/// The error names no person and no secret, so it may be logged; the sender learns nothing.
fn refused(error: &WebhookError, status: StatusCode) -> Answer {
    eprintln!("refused a webhook: {error}");
    (status, "")
}

impl App {
    /// Takes what is news of a dispute; answers 503 if there is no room, so that the processor sends all of it again.
    fn take(&self, events: impl IntoIterator<Item = Event>, answer: &'static str) -> Answer {
        for event in events {
            match event {
                // Vendors have no word for what comes before a chargeback.
                Event::Dispute(intake) if intake.cycle == Cycle::PreDispute => (),
                Event::Dispute(intake) => {
                    let event = format!("{} {}", intake.source, intake.event_id);
                    if self.inbox.take(event, self.with_own_ids(intake.chargeback)).is_err() {
                        return (StatusCode::SERVICE_UNAVAILABLE, "");
                    }
                }
                Event::Unknown(word) => eprintln!("look at it: {word:?}"),
                _ => (),
            }
        }
        (StatusCode::OK, answer)
    }

    /// The chargeback with what vendors need and the processor does not know.
    fn with_own_ids(&self, chargeback: Chargeback) -> Chargeback {
        let at_processor = chargeback.payment().gateway_transaction_id.as_ref();
        let Some(payment) = at_processor.and_then(|id| self.payments.get(id)) else { return chargeback };
        let more = chargeback
            .to_builder()
            .order_id(&payment.order_id)
            // Pipwave knows the payment by the merchant's id of the transaction, which is the order's here.
            .transaction_id(&payment.order_id)
            .user_id(&payment.user_id)
            .vendor_payment(spade::ID, &payment.enrichment);
        more.build().unwrap_or(chargeback)
    }
}

/// Reports what comes in until no more can come: the events of a case one after another, cases and vendors side by side. What may pass
/// comes back after a while; the ledger holds back what the other vendors have been told.
pub(crate) async fn report(
    reporter: &Reporter,
    queue: Receiver<Chargeback>,
    back: &WeakSender<Chargeback>,
    mut told: impl FnMut(BulkOutcome),
) {
    let waiting = stream::unfold(queue, async |mut queue| queue.recv().await.map(|chargeback| (chargeback, queue)));
    let mut outcomes = reporter.report_all(Box::pin(waiting), BulkOptions::default());
    while let Some(done) = outcomes.next().await {
        if done.told.may_be_retried() {
            let wait = match done.told.outcome() {
                Outcome::Failed(error) | Outcome::Unknown(error) => error.retry_after(),
                _ => None,
            };
            let (back, chargeback) = (back.clone(), Chargeback::clone(&done.chargeback));
            tokio::spawn(async move {
                tokio::time::sleep(wait.unwrap_or(Duration::from_secs(60))).await;
                // No sender is left when the server has ended: the table in your database would still hold it.
                if let Some(queue) = back.upgrade() {
                    let _ = queue.send(chargeback).await;
                }
            });
        }
        told(done);
    }
}
