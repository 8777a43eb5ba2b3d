//! Pipwave's calls: tag and requery.

use std::borrow::Cow;
use std::fmt;

use bytes::Bytes;
use http::{Request, Response, StatusCode};
use serde::Serialize;

use super::Pipwave;
use super::signature::Timestamp;
use super::wire::{ChargebackStage, Requery, SignedTag, TagChargeback};
use crate::connector::{
    Acknowledgement, Attempt, HttpRequestBuilder, LookupVerdict, NoLookup, Operation, ReplyError, ReplyErrorKind,
    RetrySafety,
};
use crate::providers::json::{Json, Object};
use crate::providers::reply::{object, status_error};
use crate::util::redact::Presence;
use crate::util::violation::Violation;

/// Pipwave has tagged a payment: it said so, or `requery` shows it.
#[derive(Clone, Default, PartialEq, Eq)]
#[non_exhaustive]
pub struct Tagged {
    /// What Pipwave wrote; several texts are joined by `; `. `None` if it was read back. `Debug` does not show it.
    pub message: Option<String>,
    /// The payment's status shows the stage; nothing shows the reason.
    pub(super) by_status: bool,
}

impl fmt::Debug for Tagged {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Tagged").field("message", &Presence::new(self.message.as_ref())).finish_non_exhaustive()
    }
}

/// The status of a payment, by the number of Pipwave's current table.
#[non_exhaustive]
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum TransactionStatus {
    /// 0: pending; the customer has not paid yet.
    Pending,
    /// 1: the payment failed.
    Failed,
    /// 2: the payment was cancelled.
    Cancelled,
    /// 5: the payment is being processed.
    Processing,
    /// 10: paid, or paid again after a dispute was won.
    Paid,
    /// 13: a dispute is open.
    Disputed,
    /// 15: charged back, finally.
    ChargedBack,
    /// 20: all of it was refunded.
    FullyRefunded,
    /// 25: a part of it was refunded.
    PartiallyRefunded,
    /// A number that Pipwave's table does not have.
    Other(i64),
}

impl From<i64> for TransactionStatus {
    fn from(number: i64) -> Self {
        match number {
            0 => Self::Pending,
            1 => Self::Failed,
            2 => Self::Cancelled,
            5 => Self::Processing,
            10 => Self::Paid,
            13 => Self::Disputed,
            15 => Self::ChargedBack,
            20 => Self::FullyRefunded,
            25 => Self::PartiallyRefunded,
            other => Self::Other(other),
        }
    }
}

/// What `requery` says of a payment. It does not show the chargeback's own status.
#[derive(Debug, Clone, PartialEq, Eq)]
#[non_exhaustive]
pub struct PaymentState {
    /// The status of the payment, Pipwave's `transaction_status`.
    pub status: TransactionStatus,
}

impl Pipwave {
    fn post(&self, attempt: &Attempt<'_>, body: &impl Serialize) -> Result<Request<Bytes>, Violation> {
        HttpRequestBuilder::post(&self.base, &["payment"])
            .secret_header("x-api-key", attempt.expose(&self.api_key))
            .json(body)
    }
}

/// A body with `status` 200; anything else is a refusal.
fn success(reply: &Response<Bytes>) -> Result<Object<'_>, ReplyError> {
    let Some(object) = object(reply) else { return Err(status_error(reply)) };
    let Some(status) = object.get("status").and_then(Json::text) else { return Err(status_error(reply)) };
    let http = reply.status();
    let kind = match &*status {
        "200" => return Ok(object),
        // Whatever the body says is wrong, a server that failed may have acted.
        _ if http.is_server_error() => ReplyError::from_status(http).kind(),
        _ if http == StatusCode::TOO_MANY_REQUESTS => ReplyErrorKind::RateLimited,
        "401" | "403" => ReplyErrorKind::Authentication,
        "500" => ReplyErrorKind::Unavailable,
        // Fully refunded; not finalized; a reversal is under way; nothing to reverse.
        "4001" | "4002" | "4006" | "4501" => ReplyErrorKind::Conflict,
        "400" | "404" | "1001" | "1002" | "2001" | "2002" | "4003" | "4004" | "4005" | "9001" => {
            ReplyErrorKind::Rejected
        }
        // `0` stands in the page's samples and in no table of codes.
        _ => status_error(reply).kind(),
    };
    let refusal = ReplyError::new(kind).message(message(&object));
    let refusal = if status == "4006" { refusal.temporary() } else { refusal };
    Err(refusal.code(Some(status.into_owned())))
}

/// `message` may be text, a list of texts, null or absent.
fn message(object: &Object<'_>) -> Option<String> {
    match object.get("message")? {
        Json::List(list) => {
            let texts: Vec<_> = list.iter().filter_map(Json::text).collect();
            (!texts.is_empty()).then(|| texts.join("; "))
        }
        one => one.text().filter(|text| !text.is_empty()).map(Cow::into_owned),
    }
}

impl Operation for TagChargeback {
    type Connector = Pipwave;
    type Reply = Tagged;
    type Lookup = Requery;

    fn name(&self) -> &'static str {
        "tag_chargeback"
    }

    fn retry_safety(&self) -> RetrySafety {
        RetrySafety::LookupFirst
    }

    fn validate(&self) -> Vec<Violation> {
        Self::validate(self)
    }

    fn encode(&self, pipwave: &Pipwave, attempt: &Attempt<'_>) -> Result<Request<Bytes>, Violation> {
        let timestamp = Timestamp::Seconds(attempt.now().timestamp());
        if attempt.is_plan() {
            let placeholder = attempt.expose(&pipwave.api_key);
            return pipwave.post(attempt, &SignedTag::redacted(self, &timestamp, placeholder));
        }
        pipwave.post(attempt, &self.signed(&pipwave.api_key, &pipwave.api_secret, &timestamp))
    }

    fn decode(&self, reply: &Response<Bytes>) -> Result<Tagged, ReplyError> {
        success(reply).map(|object| Tagged { message: message(&object), by_status: false })
    }

    fn acknowledge(&self, tagged: &Tagged) -> Acknowledgement {
        Acknowledgement::default().message(tagged.message.clone())
    }

    fn lookup(&self) -> Option<Requery> {
        let by_payment = self.pw_id.clone().map(Requery::Payment);
        by_payment.or_else(|| self.txn_id.clone().map(Requery::Transaction))
    }

    fn verdict(&self, seen: &[PaymentState]) -> LookupVerdict<Self> {
        use TransactionStatus::{ChargedBack, Disputed, Paid, PartiallyRefunded};
        let Some(state) = seen.last() else { return LookupVerdict::Inconclusive("nothing was shown".into()) };
        match (&self.stage, state.status) {
            (ChargebackStage::Disputed, Disputed) | (ChargebackStage::Chargeback, ChargedBack) => {
                LookupVerdict::Applied(Tagged { message: None, by_status: true })
            }
            // The state from which this stage is reached: it has not been.
            (ChargebackStage::Disputed | ChargebackStage::Chargeback, Paid | PartiallyRefunded)
            | (ChargebackStage::Chargeback | ChargebackStage::DisputeWon, Disputed)
            | (ChargebackStage::ChargebackReversed, ChargedBack) => LookupVerdict::Resend(self.clone()),
            _ => LookupVerdict::Inconclusive("the payment's status does not show this stage".into()),
        }
    }
}

impl Operation for Requery {
    type Connector = Pipwave;
    type Reply = PaymentState;
    type Lookup = NoLookup<Pipwave>;

    fn name(&self) -> &'static str {
        "requery"
    }

    fn retry_safety(&self) -> RetrySafety {
        RetrySafety::Idempotent
    }

    fn reads_only(&self) -> bool {
        true
    }

    fn validate(&self) -> Vec<Violation> {
        Self::validate(self)
    }

    fn encode(&self, pipwave: &Pipwave, attempt: &Attempt<'_>) -> Result<Request<Bytes>, Violation> {
        let timestamp = Timestamp::Seconds(attempt.now().timestamp());
        let api_key = attempt.expose(&pipwave.api_key);
        if attempt.is_plan() {
            return pipwave.post(attempt, &self.body(api_key, &timestamp, api_key));
        }
        let signature = self.sign(&pipwave.api_key, &pipwave.api_secret, &timestamp);
        pipwave.post(attempt, &self.body(api_key, &timestamp, &signature))
    }

    fn decode(&self, reply: &Response<Bytes>) -> Result<PaymentState, ReplyError> {
        let object = success(reply)?;
        let number = object.text(&["transaction_status"]).and_then(|text| text.parse::<i64>().ok());
        number.map(|number| PaymentState { status: number.into() }).ok_or_else(ReplyError::unreadable)
    }
}
