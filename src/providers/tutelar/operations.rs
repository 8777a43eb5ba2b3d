//! Tutelar's two calls.

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD as BASE64;
use bytes::Bytes;
use http::{Request, Response};
use serde_json::{Map, Value};

use super::wire::{TransactionChargeback, TransactionRefund, Updated};
use super::{Keys, Tutelar};
use crate::providers::shared::{first_text, kind_by_status, object, refusal_of_status};
use crate::vendor::{Acknowledgement, Attempt, NoProbe, Operation, Outgoing, Refusal, RefusalKind, Repeat};
use crate::violation::Violation;

/// A call of Tutelar's; both answer alike.
#[derive(Debug, Clone, PartialEq, Eq)]
#[non_exhaustive]
pub enum Call {
    /// `POST .../transaction/chargeback`
    Chargeback(TransactionChargeback),
    /// `POST .../transaction/refund`
    Refund(TransactionRefund),
}

impl Operation for Call {
    type Vendor = Tutelar;
    type Reply = Updated;
    type Probe = NoProbe<Tutelar>;

    fn name(&self) -> &'static str {
        match self {
            Self::Chargeback(_) => "chargeback",
            Self::Refund(_) => "refund",
        }
    }

    fn repeat(&self) -> Repeat {
        Repeat::Safe
    }

    /// The page gives types and the statuses, which the types here already hold to, and says that all three are required.
    fn validate(&self) -> Vec<Violation> {
        let (order_id, reason) = match self {
            Self::Chargeback(body) => (&body.order_id, &body.reason),
            Self::Refund(body) => (&body.order_id, &body.reason),
        };
        [("orderId", order_id), ("reason", reason)]
            .into_iter()
            .filter(|(_, value)| value.is_empty())
            .map(|(field, _)| Violation::new(field, "empty"))
            .collect()
    }

    fn encode(&self, tutelar: &Tutelar, attempt: &Attempt<'_>) -> Result<Request<Bytes>, Violation> {
        let (version, authorization) = match &tutelar.keys {
            Keys::V1 { api_key, secret_key } => {
                let pair = format!("{}:{}", attempt.expose(api_key), attempt.expose(secret_key));
                ("v1", format!("Basic {}", BASE64.encode(pair)))
            }
            Keys::V2 { .. } => ("v2", format!("Bearer {}", attempt.token())),
        };
        let path = ["api", version, "fraud-detector", "transaction", self.name()];
        let request = Outgoing::post(&tutelar.base, &path).secret_header("authorization", &authorization);
        match self {
            Self::Chargeback(body) => request.json(body),
            Self::Refund(body) => request.json(body),
        }
    }

    fn decode(&self, reply: &Response<Bytes>) -> Result<Updated, Refusal> {
        let Some(object) = object(reply) else { return Err(refusal_of_status(reply)) };
        if reply.status().is_success() && object.get("success") == Some(&Value::Bool(true)) {
            let data = object.get("data").and_then(Value::as_object);
            return Ok(Updated {
                message: first_text(&object, &["message"]),
                order_id: data.and_then(|data| first_text(data, &["orderId"])),
                reference_no: data.and_then(|data| first_text(data, &["referenceNo"])),
            });
        }
        Err(refusal(reply, &object))
    }

    fn acknowledge(&self, updated: &Updated) -> Acknowledgement {
        Acknowledgement::default().message(updated.message.clone())
    }
}

fn refusal(reply: &Response<Bytes>, object: &Map<String, Value>) -> Refusal {
    let error = object.get("error").and_then(Value::as_object);
    let code = first_text(object, &["code", "errorCode"])
        .or_else(|| error.and_then(|error| first_text(error, &["code", "errorCode"])));
    let message =
        error.and_then(|error| first_text(error, &["message"])).or_else(|| first_text(object, &["message", "error"]));
    // A 2xx with `success: false` is a refusal; a 2xx that does not say is nothing.
    let said_no = object.get("success") == Some(&Value::Bool(false));
    let otherwise = if said_no || code.is_some() { RefusalKind::Rejected } else { RefusalKind::Unreadable };
    let by_status = kind_by_status(reply, otherwise);
    let kind = kind_of(code.as_deref(), message.as_deref(), by_status);
    Refusal::new(kind).code(code).message(message)
}

/// Tutelar's table of codes, and two sentences of its dispute module, whose `code` is 300 for every error.
fn kind_of(code: Option<&str>, message: Option<&str>, by_status: RefusalKind) -> RefusalKind {
    if matches!(by_status, RefusalKind::Unavailable | RefusalKind::RateLimited) {
        return by_status;
    }
    match code {
        // Wrong key, key of the other mode, address not on the allow-list, trial over.
        Some("101" | "108" | "110" | "118") => RefusalKind::Authentication,
        Some("106") => RefusalKind::Conflict,
        // What a 4xx of the status alone would call something else: merchant id, order id, mode, amount, missing field.
        Some("102" | "103" | "104" | "105" | "107" | "109" | "111" | "112" | "113" | "114" | "115" | "116" | "117") => {
            RefusalKind::Rejected
        }
        _ => match message {
            Some("Request not found" | "No data found") => RefusalKind::NotFound,
            Some(text) if text.starts_with("Already reacted") => RefusalKind::Conflict,
            _ => by_status,
        },
    }
}
