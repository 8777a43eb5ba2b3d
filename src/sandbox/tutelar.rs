//! A fake Tutelar.

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD as BASE64;
use bytes::Bytes;
use http::{Method, Request};
use serde_json::{Map, Value, json as value};

use super::credentials::{API_KEY, API_SECRET, TOKEN};
use super::fake::Fake;
use super::machine::Machine;
use super::recorded_case::{RecordedCase, Records};
use super::wire::{Reply, header, object, opaque_debug, path, text};

const KEYS: [&str; 3] = ["status", "orderId", "reason"];
const CHARGEBACK_STATUSES: &[&str] = &["contested", "accepted", "defeated", "refunded", "prearbitration"];
const REFUND_STATUSES: &[&str] = &["requested", "processed"];

/// The state of the fake Tutelar: the chargeback and refund status of each order.
pub struct TutelarFake {
    orders: Records,
    refunds: Records,
    token: String,
}

opaque_debug!(TutelarFake);

impl Default for TutelarFake {
    fn default() -> Self {
        Self { orders: Records::default(), refunds: Records::default(), token: TOKEN.to_owned() }
    }
}

impl Machine for TutelarFake {
    fn handle(&mut self, request: &Request<Bytes>) -> Result<Reply, Reply> {
        let path = path(request);
        let (version, call) = match path.iter().map(String::as_str).collect::<Vec<_>>().as_slice() {
            ["api", version @ ("v1" | "v2"), "fraud-detector", "transaction", call @ ("chargeback" | "refund")]
                if request.method() == Method::POST =>
            {
                ((*version).to_owned(), (*call).to_owned())
            }
            _ => return Err(error(404, 300, "Request not found")),
        };
        let authorization = match version.as_str() {
            "v1" => format!("Basic {}", BASE64.encode(format!("{API_KEY}:{API_SECRET}"))),
            _ => format!("Bearer {}", self.token),
        };
        if header(request, "authorization") != Some(&authorization) {
            return Err(error(401, 101, "Invalid API key or secret"));
        }
        let body = object(request).ok_or_else(|| error(400, 112, "Required field missing"))?;
        validate(&call, &body)?;
        Ok(self.record(&call, body))
    }

    fn cases(&self) -> Vec<RecordedCase> {
        self.orders.all()
    }

    fn keep_last(&mut self, cases: usize) {
        self.orders.keep_last(cases);
        self.refunds.keep_last(cases);
    }

    fn rejection(&self) -> Reply {
        error(422, 300, "No data found")
    }

    fn server_error(&self) -> Reply {
        error(500, 300, "Something went wrong")
    }
}

impl TutelarFake {
    fn record(&mut self, call: &str, body: Map<String, Value>) -> Reply {
        let order = text(&body, "orderId").to_owned();
        let records = if call == "chargeback" { &mut self.orders } else { &mut self.refunds };
        let body = Value::Object(body);
        records.accept(&order, body.clone(), body);
        let reply = value!({
            "success": true,
            "message": "Chargeback status updated successfully",
            "data": { "orderId": order, "processedTime": 8 },
        });
        Reply::new(200, reply)
    }
}

/// Checks a body: required and known keys, the status, and the characters and length of the order id.
fn validate(call: &str, body: &Map<String, Value>) -> Result<(), Reply> {
    let are_texts = KEYS.iter().all(|key| body.get(*key).is_some_and(Value::is_string));
    if !are_texts || body.keys().any(|key| !KEYS.contains(&key.as_str()) && key != "referenceNo") {
        return Err(error(400, 112, "Required field missing"));
    }
    let statuses = if call == "chargeback" { CHARGEBACK_STATUSES } else { REFUND_STATUSES };
    if !statuses.contains(&text(body, "status")) {
        return Err(error(422, 300, "Invalid status"));
    }
    let order = text(body, "orderId");
    if order.is_empty() {
        return Err(error(400, 103, "Order id is empty"));
    }
    if !order.bytes().all(|byte| byte.is_ascii_alphanumeric() || byte == b'_' || byte == b'-') {
        return Err(error(400, 104, "Order id has invalid characters"));
    }
    if order.len() > 40 {
        return Err(error(400, 105, "Order id is too long"));
    }
    if text(body, "reason").is_empty() { Err(error(400, 112, "Required field missing")) } else { Ok(()) }
}

fn error(status: u16, code: u16, message: &str) -> Reply {
    Reply::new(status, value!({ "success": false, "code": code, "message": message, "data": {} }))
}

impl Fake<TutelarFake> {
    /// Returns the refunds by order id.
    ///
    /// ```
    /// # use chargeback::sandbox::Sandbox;
    /// # use chargeback::tutelar::DefeatedMeans;
    /// # use chargeback::{Chargeback, ChargebackProvider as _, Reason, Stage};
    /// # #[tokio::main(flavor = "current_thread")]
    /// # async fn main() -> Result<(), Box<dyn std::error::Error>> {
    /// let sandbox = Sandbox::in_memory();
    /// let connector = sandbox.tutelar_connector(DefeatedMeans::MerchantWon);
    /// let tutelar = sandbox.connect(connector).build()?;
    /// let contested = Chargeback::builder("CB-1", Stage::Contested, Reason::NotReceived, chrono::Utc::now())
    ///     .order_id("ORD_1")
    ///     .build()?;
    /// tutelar.report(&contested).await?;
    /// assert_eq!(sandbox.tutelar().cases()[0].state["status"], "contested");
    /// assert!(sandbox.tutelar().refunds().is_empty());
    /// # Ok(())
    /// # }
    /// ```
    #[must_use]
    pub fn refunds(&self) -> Vec<RecordedCase> {
        self.lock().machine.refunds.all()
    }

    /// Replaces the token of the API version 2. The previous token is rejected from now on.
    ///
    /// ```
    /// # use chargeback::sandbox::Sandbox;
    /// # use chargeback::tutelar::DefeatedMeans;
    /// # use chargeback::{Chargeback, ChargebackProvider as _, Error, Reason, Stage};
    /// # #[tokio::main(flavor = "current_thread")]
    /// # async fn main() -> Result<(), Box<dyn std::error::Error>> {
    /// let sandbox = Sandbox::in_memory();
    /// let connector = sandbox.tutelar_v2_connector(DefeatedMeans::MerchantWon);
    /// let tutelar = sandbox.connect(connector).build()?;
    /// # let contested = Chargeback::builder("CB-1", Stage::Contested, Reason::NotReceived, chrono::Utc::now())
    /// #     .order_id("ORD_1")
    /// #     .build()?;
    /// assert!(tutelar.report(&contested).await.is_ok());
    /// sandbox.tutelar().expire_token("sandbox-token-2");
    /// assert!(matches!(tutelar.report(&contested).await, Err(Error::Authentication(_))));
    /// # Ok(())
    /// # }
    /// ```
    pub fn expire_token(&self, next: &str) {
        next.clone_into(&mut self.lock().machine.token);
    }
}
