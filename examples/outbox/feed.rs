//! The processors: signed webhooks in the formats of Stripe and Adyen, sent until the server has accepted them.

use std::collections::HashMap;
use std::sync::atomic::{AtomicU64, Ordering};
use std::sync::{Arc, Mutex, PoisonError};
use std::time::Duration;

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use chargeback::Stage;
use chrono::{DateTime, TimeDelta, Utc};
use hmac::{Hmac, KeyInit as _, Mac as _};
use serde_json::json;
use sha2::Sha256;

use crate::server::Payment;

pub(crate) const STRIPE_SECRET: &str = "whsec_demo";
pub(crate) const ADYEN_KEY: &str = "00112233445566778899AABBCCDDEEFF00112233445566778899AABBCCDDEEFF";

/// The pause between two cases.
const PAUSE: Duration = Duration::from_millis(100);

/// A dispute of the demo. Even numbers come from Stripe, odd ones from Adyen.
#[derive(Clone, Copy)]
pub(crate) struct Dispute(pub(crate) u32);

impl Dispute {
    pub(crate) const fn is_stripe(self) -> bool {
        self.0.is_multiple_of(2)
    }

    /// The processor's id of the payment.
    fn payment_id(self) -> String {
        if self.is_stripe() { format!("ch_{:06}", self.0) } else { format!("79{:06}", self.0) }
    }

    /// The case id that the crate gives the dispute.
    pub(crate) fn case_id(self) -> String {
        if self.is_stripe() { format!("stripe-du_{:06}", self.0) } else { format!("adyen-88{:06}", self.0) }
    }

    pub(crate) fn payment(self) -> Payment {
        Payment {
            order_id: format!("ORD_{:06}", self.0),
            user_id: format!("user-{:06}", self.0),
            enrichment: format!("0b6d1f0e-6a6a-4b8e-9d52-{:012}", self.0),
        }
    }

    /// The stages in their order at the processor. The last one is `won` or `lost`.
    pub(crate) const fn stages(self) -> [Stage; 3] {
        let last = if self.0 % 4 < 2 { Stage::Won } else { Stage::Lost };
        [Stage::Received, Stage::UnderReview, last]
    }

    /// The order of the deliveries, as indexes of stages: with duplicates, and with late ones.
    const fn deliveries(self) -> &'static [usize] {
        match self.0 % 5 {
            0 => &[0, 0, 1, 2],
            1 => &[0, 2, 1],
            2 => &[0, 1, 1, 2, 0],
            _ => &[0, 1, 2],
        }
    }

    /// The path and body of a delivery.
    fn delivery(self, step: usize, time: DateTime<Utc>) -> (&'static str, String) {
        if self.is_stripe() { ("stripe", stripe(self, step, time)) } else { ("adyen", adyen(self, step, time)) }
    }
}

/// The times of the three stages. Webhooks have whole seconds.
fn times() -> [DateTime<Utc>; 3] {
    let now = DateTime::from_timestamp(Utc::now().timestamp(), 0).unwrap_or_default();
    [10, 9, 8].map(|hours| now - TimeDelta::hours(hours))
}

/// All payments of the demo by the processor's id.
pub(crate) fn payments(disputes: u32) -> HashMap<String, Payment> {
    (0..disputes).map(Dispute).map(|dispute| (dispute.payment_id(), dispute.payment())).collect()
}

/// Sends webhooks to the running servers.
pub(crate) struct Feed {
    client: reqwest::Client,
    /// The addresses of the servers; they change when a process is restarted.
    servers: Arc<Mutex<Vec<String>>>,
    next: AtomicU64,
    pub(crate) accepted: AtomicU64,
    pub(crate) repeated: AtomicU64,
}

impl Feed {
    pub(crate) fn new(servers: Arc<Mutex<Vec<String>>>) -> reqwest::Result<Self> {
        let client = reqwest::Client::builder().no_proxy().timeout(Duration::from_secs(5)).build()?;
        let (next, accepted, repeated) = Default::default();
        Ok(Self { client, servers, next, accepted, repeated })
    }

    /// Sends all deliveries of all disputes, one dispute after another with a short pause.
    pub(crate) async fn run(self: &Arc<Self>, disputes: u32) {
        let mut cases = tokio::task::JoinSet::new();
        for dispute in (0..disputes).map(Dispute) {
            let feed = Arc::clone(self);
            let times = times();
            cases.spawn(async move {
                for step in dispute.deliveries() {
                    feed.send(dispute, *step, times[*step]).await;
                    tokio::time::sleep(Duration::from_millis(1_500)).await;
                }
            });
            tokio::time::sleep(PAUSE).await;
        }
        cases.join_all().await;
    }

    /// Sends a delivery until a server has accepted it, as processors do.
    async fn send(&self, dispute: Dispute, step: usize, time: DateTime<Utc>) {
        let (path, body) = dispute.delivery(step, time);
        loop {
            if self.post(path, &body, true).await == Some(200) {
                self.accepted.fetch_add(1, Ordering::Relaxed);
                return;
            }
            self.repeated.fetch_add(1, Ordering::Relaxed);
            tokio::time::sleep(Duration::from_millis(300)).await;
        }
    }

    /// Sends one request. Returns the status; `None` if there was no reply.
    async fn post(&self, path: &str, body: &str, is_signed: bool) -> Option<u16> {
        let number = usize::try_from(self.next.fetch_add(1, Ordering::Relaxed)).unwrap_or(0);
        let server = {
            let servers = self.servers.lock().unwrap_or_else(PoisonError::into_inner);
            servers.get(number % servers.len().max(1))?.clone()
        };
        let time = Utc::now().timestamp();
        let secret = if is_signed { STRIPE_SECRET } else { "whsec_other" };
        let signature = hex::encode(sha256(secret.as_bytes(), format!("{time}.{body}").as_bytes()));
        let request = self.client.post(format!("{server}/webhooks/{path}")).body(body.to_owned());
        let request = request.header("Stripe-Signature", format!("t={time},v1={signature}"));
        Some(request.send().await.ok()?.status().as_u16())
    }

    /// Sends a webhook with a wrong signature, and one that is signed and not readable. Returns both statuses.
    pub(crate) async fn odd_ones(&self) -> (Option<u16>, Option<u16>) {
        let forged = stripe(Dispute(0), 0, Utc::now());
        let unreadable = json!({ "id": "evt_odd", "object": "event", "type": "charge.dispute.created" }).to_string();
        (self.post("stripe", &forged, false).await, self.post("stripe", &unreadable, true).await)
    }
}

fn sha256(key: &[u8], message: &[u8]) -> Vec<u8> {
    // HMAC accepts keys of any length.
    let Ok(mut mac) = Hmac::<Sha256>::new_from_slice(key) else { return Vec::new() };
    mac.update(message);
    mac.finalize().into_bytes().to_vec()
}

fn stripe(dispute: Dispute, step: usize, time: DateTime<Utc>) -> String {
    let is_won = dispute.stages()[2] == Stage::Won;
    let (name, status) = match step {
        0 => ("charge.dispute.created", "needs_response"),
        1 => ("charge.dispute.updated", "under_review"),
        _ if is_won => ("charge.dispute.closed", "won"),
        _ => ("charge.dispute.closed", "lost"),
    };
    let created = time.timestamp();
    let event = json!({
        "id": format!("evt_{:06}_{step}", dispute.0), "object": "event", "type": name,
        "created": created, "livemode": true,
        "data": { "object": {
            "id": format!("du_{:06}", dispute.0), "object": "dispute", "amount": 12_990, "currency": "usd",
            "charge": dispute.payment_id(), "created": created, "reason": "fraudulent", "status": status,
            "metadata": {},
            "evidence_details": { "due_by": created + 1_000_000, "submission_count": i32::from(step > 0) },
            "payment_method_details": {
                "type": "card", "card": { "brand": "visa", "network": "visa", "network_reason_code": "10.4" },
            },
        } },
    });
    event.to_string()
}

fn adyen(dispute: Dispute, step: usize, time: DateTime<Utc>) -> String {
    let is_won = dispute.stages()[2] == Stage::Won;
    let (event, status) = match step {
        0 => ("CHARGEBACK", "Undefended"),
        1 => ("CHARGEBACK", "Responded"),
        _ if is_won => ("PREARBITRATION_WON", "Won"),
        _ => ("PREARBITRATION_LOST", "Lost"),
    };
    let (reference, payment) = (format!("88{:06}", dispute.0), dispute.payment_id());
    let order = dispute.payment().order_id;
    let signed = [&reference, &payment, "ExampleShop", &order, "5400", "JPY", event, "true"];
    let key = hex::decode(ADYEN_KEY).unwrap_or_default();
    let item = json!({
        "pspReference": reference, "originalReference": payment,
        "merchantAccountCode": signed[2], "merchantReference": signed[3],
        "amount": { "value": 5_400, "currency": signed[5] }, "eventCode": event, "success": "true",
        "eventDate": time.to_rfc3339(), "paymentMethod": "mc", "reason": "Goods or Services Not Provided",
        "additionalData": {
            "chargebackReasonCode": "4853", "chargebackSchemeCode": "mc", "disputeStatus": status,
            "shopperReference": dispute.payment().user_id,
            "hmacSignature": STANDARD.encode(sha256(&key, signed.join(":").as_bytes())),
        },
    });
    json!({ "live": "true", "notificationItems": [{ "NotificationRequestItem": item }] }).to_string()
}
