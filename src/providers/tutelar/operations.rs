//! Tutelar's two calls.

use std::borrow::Cow;

use bytes::Bytes;
use http::{Request, Response};

use super::wire::{TransactionChargeback, TransactionRefund, Updated};
use super::{Keys, Tutelar};
use crate::connector::{
    Acknowledgement, Attempt, HttpRequestBuilder, NoLookup, Operation, ReplyError, ReplyErrorKind, RetrySafety,
};
use crate::providers::json::{Json, Object};
use crate::providers::reply::{object, status_error};
use crate::util::violation::Violation;

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
    type Connector = Tutelar;
    type Reply = Updated;
    type Lookup = NoLookup<Tutelar>;

    fn name(&self) -> &'static str {
        match self {
            Self::Chargeback(_) => "chargeback",
            Self::Refund(_) => "refund",
        }
    }

    fn retry_safety(&self) -> RetrySafety {
        RetrySafety::Idempotent
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
        let request = HttpRequestBuilder::post(&tutelar.base, &path).secret_header("authorization", &authorization);
        match self {
            Self::Chargeback(body) => request.json(body),
            Self::Refund(body) => request.json(body),
        }
    }

    fn decode(&self, reply: &Response<Bytes>) -> Result<Updated, ReplyError> {
        let Some(object) = object(reply) else { return Err(status_error(reply)) };
        let said = Said::of(&object);
        if !(reply.status().is_success() && said.success == Some(true) && !said.is_error_code()) {
            let refusal = ReplyError::new(said.kind(reply)).code(said.code.map(Cow::into_owned));
            return Err(refusal.message(said.message.map(Cow::into_owned)));
        }
        let data = object.get("data").and_then(Json::as_object);
        let text = |name: &str| data?.text(&[name]);
        let time = |name: &str| text(name)?.parse().ok();
        Ok(Updated {
            message: said.message.map(Cow::into_owned),
            order_id: text("orderId").map(Cow::into_owned),
            requested_at: time("requestedDateTime"),
            responded_at: time("responseDateTime"),
            processed_in_ms: data.and_then(|data| {
                let time = data.get("processedTime")?;
                time.as_u64().or_else(|| time.text()?.parse().ok())
            }),
            reference_no: text("referenceNo").map(Cow::into_owned),
        })
    }

    fn acknowledge(&self, updated: &Updated) -> Acknowledgement {
        Acknowledgement::default().message(updated.message.clone())
    }
}

/// What a reply says. Tutelar does not show under which key its error codes stand, so several are read.
struct Said<'o> {
    success: Option<bool>,
    code: Option<Cow<'o, str>>,
    message: Option<Cow<'o, str>>,
    has_error: bool,
}

impl<'o> Said<'o> {
    fn of(object: &'o Object<'_>) -> Self {
        let error = object.get("error").and_then(Json::as_object);
        let of_error = |name: &str| error?.text(&[name]);
        let codes = [object.text(&["code"]), object.text(&["errorCode"]), of_error("code"), of_error("errorCode")];
        // The dispute module writes 300 beside everything; a code of the table says more.
        let of_table = codes.iter().flatten().position(|code| is_of_table(code)).unwrap_or(0);
        Self {
            success: object.get("success").and_then(Json::as_flag),
            code: codes.into_iter().flatten().nth(of_table),
            message: of_error("message").or_else(|| object.text(&["message", "error"])),
            has_error: error.is_some_and(|error| !error.is_empty()),
        }
    }

    fn is_error_code(&self) -> bool {
        self.code.as_deref().is_some_and(|code| is_of_table(code) || matches!(code, "300" | "400" | "500"))
    }

    /// Classifies what is not a success.
    fn kind(&self, reply: &Response<Bytes>) -> ReplyErrorKind {
        let by_status = status_error(reply).kind();
        if matches!(by_status, ReplyErrorKind::Unavailable | ReplyErrorKind::RateLimited) {
            return by_status;
        }
        // It says both yes and no, or neither.
        let contradicts = self.success == Some(true);
        let refuses = self.success == Some(false) || self.is_error_code() || self.has_error;
        if contradicts || (reply.status().is_success() && !refuses) {
            return ReplyErrorKind::Unreadable;
        }
        let otherwise = if reply.status().is_success() { ReplyErrorKind::Rejected } else { by_status };
        match self.code.as_deref() {
            // Wrong key, key of the other mode, address not on the allow-list, trial over.
            Some("101" | "108" | "110" | "118") => ReplyErrorKind::Authentication,
            Some("106") => ReplyErrorKind::Conflict,
            // What a 4xx of the status alone might call something else: merchant id, order id, mode, amount, field.
            Some(code) if is_of_table(code) => ReplyErrorKind::Rejected,
            Some("500") => ReplyErrorKind::Unavailable,
            _ => self.kind_of_message().unwrap_or(otherwise),
        }
    }

    /// The sentences of the dispute module, whose code is 300 for every error, and the one that may come without a code.
    fn kind_of_message(&self) -> Option<ReplyErrorKind> {
        match self.message.as_deref()? {
            "Request not found" | "No data found" => Some(ReplyErrorKind::NotFound),
            "Something went wrong" => Some(ReplyErrorKind::Unavailable),
            text if text.starts_with("Already reacted") => Some(ReplyErrorKind::Conflict),
            text if text.to_ascii_lowercase().contains("whitelist") => Some(ReplyErrorKind::Authentication),
            _ => None,
        }
    }
}

/// Whether a code is one of Tutelar's table, as far as it could be read.
fn is_of_table(code: &str) -> bool {
    code.len() == 3 && matches!(code.parse::<u16>(), Ok(101..=118))
}
