//! Tutelar's two calls.

use std::borrow::Cow;

use bytes::Bytes;
use http::{Request, Response};
use serde_json::Value;

use super::wire::{TransactionChargeback, TransactionRefund, Updated};
use super::{Keys, Tutelar};
use crate::providers::object::Object;
use crate::providers::shared::{first_text, object, refusal_of_status, text};
use crate::vendor::{Acknowledgement, Attempt, NoProbe, Operation, Outgoing, Refusal, RefusalKind, Repeat};
use crate::violation::Violation;

/// A call of Tutelar's; both answer alike.
#[derive(Debug, Clone, PartialEq, Eq)]
#[non_exhaustive]
pub enum Call {
    /// Sets the chargeback status of an order: `POST .../transaction/chargeback`.
    Chargeback(TransactionChargeback),
    /// Tells of a refund: `POST .../transaction/refund`. No report sends it.
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

    fn validate(&self) -> Vec<Violation> {
        match self {
            Self::Chargeback(body) => body.validate(),
            Self::Refund(body) => body.validate(),
        }
    }

    fn encode(&self, tutelar: &Tutelar, attempt: &Attempt<'_>) -> Result<Request<Bytes>, Violation> {
        let (version, authorization) = match &tutelar.keys {
            Keys::V1 { authorization, .. } => ("v1", Cow::Borrowed(attempt.expose(authorization))),
            Keys::V2 { .. } => ("v2", Cow::Owned(format!("Bearer {}", attempt.token()))),
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
        let said = Said::of(&object);
        if !(reply.status().is_success() && said.success == Some(true) && !said.is_error_code()) {
            return Err(Refusal::new(said.kind(reply)).code(said.code).message(said.message));
        }
        let data = object.get("data").and_then(Value::as_object);
        let of_data = |key: &str| data.and_then(|data| first_text(data, &[key]));
        let time = |key: &str| of_data(key).and_then(|text| text.parse().ok());
        Ok(Updated {
            message: said.message,
            order_id: of_data("orderId"),
            requested_at: time("requestedDateTime"),
            responded_at: time("responseDateTime"),
            processed_in_ms: data.and_then(|data| {
                let time = data.get("processedTime")?;
                time.as_u64().or_else(|| text(time)?.parse().ok())
            }),
            reference_no: of_data("referenceNo"),
        })
    }

    fn acknowledge(&self, updated: &Updated) -> Acknowledgement {
        Acknowledgement::default().message(updated.message.clone())
    }
}

/// What a reply says. Tutelar does not show under which key its error codes stand, so several are read.
struct Said {
    success: Option<bool>,
    code: Option<String>,
    message: Option<String>,
    has_error: bool,
}

impl Said {
    fn of(object: &Object<'_>) -> Self {
        let error = object.get("error").and_then(Value::as_object);
        let inner = |key| error.and_then(|error| first_text(error, &[key]));
        let outer = |key| first_text(object, &[key]);
        let codes = [outer("code"), outer("errorCode"), inner("code"), inner("errorCode")];
        let codes: Vec<String> = codes.into_iter().flatten().collect();
        // The dispute module writes 300 beside everything; a code of the table says more.
        let of_table = codes.iter().find(|code| is_of_table(code)).cloned();
        let message = error.and_then(|error| first_text(error, &["message"]));
        Self {
            success: object.get("success").and_then(Value::as_bool),
            code: of_table.or_else(|| codes.into_iter().next()),
            message: message.or_else(|| first_text(object, &["message", "error"])),
            has_error: error.is_some_and(|error| !error.is_empty()),
        }
    }

    fn is_error_code(&self) -> bool {
        self.code.as_deref().is_some_and(|code| is_of_table(code) || matches!(code, "300" | "400" | "500"))
    }

    /// Classifies what is not a success.
    fn kind(&self, reply: &Response<Bytes>) -> RefusalKind {
        let by_status = refusal_of_status(reply).kind();
        if matches!(by_status, RefusalKind::Unavailable | RefusalKind::RateLimited) {
            return by_status;
        }
        // It says both yes and no, or neither.
        let contradicts = self.success == Some(true);
        let refuses = self.success == Some(false) || self.is_error_code() || self.has_error;
        if contradicts || (reply.status().is_success() && !refuses) {
            return RefusalKind::Unreadable;
        }
        let otherwise = if reply.status().is_success() { RefusalKind::Rejected } else { by_status };
        match self.code.as_deref() {
            // Wrong key, key of the other mode, address not on the allow-list, trial over.
            Some("101" | "108" | "110" | "118") => RefusalKind::Authentication,
            Some("106") => RefusalKind::Conflict,
            // What a 4xx of the status alone might call something else: merchant id, order id, mode, amount, field.
            Some(code) if is_of_table(code) => RefusalKind::Rejected,
            Some("500") => RefusalKind::Unavailable,
            _ => self.kind_of_message().unwrap_or(otherwise),
        }
    }

    /// The sentences of the dispute module, whose code is 300 for every error, and the one that may come without a code.
    fn kind_of_message(&self) -> Option<RefusalKind> {
        match self.message.as_deref()? {
            "Request not found" | "No data found" => Some(RefusalKind::NotFound),
            "Something went wrong" => Some(RefusalKind::Unavailable),
            text if text.starts_with("Already reacted") => Some(RefusalKind::Conflict),
            text if text.to_ascii_lowercase().contains("whitelist") => Some(RefusalKind::Authentication),
            _ => None,
        }
    }
}

/// Whether a code is one of Tutelar's table, as far as it could be read.
fn is_of_table(code: &str) -> bool {
    code.len() == 3 && matches!(code.parse::<u16>(), Ok(101..=118))
}
