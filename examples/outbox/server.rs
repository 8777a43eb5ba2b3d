//! The web server: verifies webhooks, stores new events in the outbox, and then replies.

use std::collections::HashMap;
use std::fs::{File, OpenOptions};
use std::io::{self, Write as _};
use std::path::Path;
use std::sync::{Arc, Mutex, PoisonError};

use axum::Router;
use axum::body::Bytes;
use axum::extract::State;
use axum::http::{HeaderMap, StatusCode};
use axum::routing::post;
use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use chargeback::outbox::{Enqueued, Enqueuer, EventKey};
use chargeback::webhooks::{DisputeEvent, Event, Mapping, ParseError, VerifyError, adyen, stripe};
use chargeback::{Chargeback, spade};
use serde_json::json;

/// The merchant's data about a payment that is not in the processor's webhook.
#[derive(Clone)]
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
    /// The merchant's account at the processors. It is a part of each event's key.
    pub(crate) account: String,
    /// Payments by the processor's id. The metadata of a new dispute is empty, so the merchant must look up its own
    /// ids.
    pub(crate) payments: HashMap<String, Payment>,
    pub(crate) enqueuer: Enqueuer,
    pub(crate) kept: Kept,
}

/// A file with the verified events that this program cannot read. A person checks them.
///
/// The file holds personal data. In production, use an encrypted table.
pub(crate) struct Kept(Arc<Mutex<File>>);

impl Kept {
    pub(crate) fn open(path: &Path) -> io::Result<Self> {
        Ok(Self(Arc::new(Mutex::new(OpenOptions::new().create(true).append(true).open(path)?))))
    }

    /// Stores an event. The event is durable when the call returns `Ok`.
    async fn keep(&self, reason: &str, payload: &[u8]) -> io::Result<()> {
        eprintln!("check this event: {reason}");
        let line = format!("{}\n", json!({ "reason": reason, "payload": STANDARD.encode(payload) }));
        let file = Arc::clone(&self.0);
        let stored = tokio::task::spawn_blocking(move || {
            let mut file = file.lock().unwrap_or_else(PoisonError::into_inner);
            file.write_all(line.as_bytes())?;
            file.sync_data()
        });
        stored.await?
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
        Ok(payload) => app.take(vec![payload.parse(&app.mapping)], "").await,
        Err(error) => rejected(&error, StatusCode::BAD_REQUEST),
    }
}

async fn adyen_webhook(State(app): State<Arc<App>>, body: Bytes) -> Answer {
    match app.adyen.verify(&body) {
        Ok(payload) => {
            for item in payload.rejected() {
                eprintln!("check item {} of this delivery: {}", item.position, item.error);
            }
            app.take(payload.parse(&app.mapping), adyen::RESPONSE_BODY).await
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

/// An event was not stored. The processor must send the delivery again.
struct NotStored;

impl App {
    /// Stores new events. Replies with 503 if one cannot be stored, so that the processor sends all of them again. The
    /// events that were stored before are then duplicates.
    async fn take(&self, events: Vec<Result<Event, ParseError>>, answer: &'static str) -> Answer {
        for event in events {
            if self.store(event).await.is_err() {
                return (StatusCode::SERVICE_UNAVAILABLE, "");
            }
        }
        (StatusCode::OK, answer)
    }

    /// Stores an event. A verified event that cannot be read is kept and acknowledged: the processor would send the
    /// same bytes again.
    async fn store(&self, event: Result<Event, ParseError>) -> Result<(), NotStored> {
        let kept = match event {
            Ok(Event::Dispute(dispute)) => return self.enqueue(*dispute).await,
            Ok(Event::Unknown(unknown)) => self.kept.keep("unknown value", &unknown.notice.payload).await,
            // An inquiry, a test, no change, or not about a dispute.
            Ok(_) => Ok(()),
            Err(error) => self.kept.keep("not readable", error.payload()).await,
        };
        kept.map_err(|_| NotStored)
    }

    async fn enqueue(&self, dispute: DisputeEvent) -> Result<(), NotStored> {
        let Ok(key) = EventKey::new(dispute.source.as_str(), &self.account, &dispute.event_id) else {
            return self.kept.keep("the id is too long", &dispute.payload).await.map_err(|_| NotStored);
        };
        match self.enqueuer.enqueue(&key, &self.with_merchant_ids(dispute.chargeback)).await {
            Ok(Enqueued::Conflicting { .. }) => {
                // The event was accepted before, for example by an older version of this program.
                eprintln!("an event was accepted before with other data");
                Ok(())
            }
            Ok(_) => Ok(()),
            Err(error) => {
                eprintln!("an event was not stored: {error}");
                Err(NotStored)
            }
        }
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
