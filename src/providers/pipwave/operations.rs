//! Pipwave's two calls as operations.

use bytes::Bytes;
use http::{Request, Response};
use serde::Serialize;

use super::config::Pipwave;
use super::reply::{RequeryReply, TagReply, TransactionStatus};
use super::request::{ChargebackStage, Requery, SignedTag, TagChargeback};
use super::signature::Timestamp;
use crate::connector::{
    Acknowledgement, Attempt, HttpRequestBuilder, LookupVerdict, NoLookup, Operation, ReplyError, RetrySafety,
};
use crate::util::violation::Violation;

/// Builds `POST /payment`. The body contains the API key.
fn post(pipwave: &Pipwave, attempt: &Attempt<'_>, body: &impl Serialize) -> Result<Request<Bytes>, Violation> {
    HttpRequestBuilder::post(&pipwave.base_url, &["payment"])
        .secret_header("x-api-key", attempt.expose(&pipwave.api_key))
        .secret_json(body)
}

impl Operation for TagChargeback {
    type Connector = Pipwave;
    type Reply = TagReply;
    type Lookup = Requery;

    fn name(&self) -> &'static str {
        "tag_chargeback"
    }

    fn retry_safety(&self) -> RetrySafety {
        RetrySafety::LookupFirst
    }

    fn validate(&self) -> Vec<Violation> {
        self.validate()
    }

    fn encode(&self, pipwave: &Pipwave, attempt: &Attempt<'_>) -> Result<Request<Bytes>, Violation> {
        let timestamp = Timestamp::Seconds(attempt.now().timestamp());
        if attempt.is_plan() {
            let placeholder = attempt.expose(&pipwave.api_key);
            return post(pipwave, attempt, &SignedTag::redacted(self, &timestamp, placeholder));
        }
        post(pipwave, attempt, &self.signed(&pipwave.api_key, &pipwave.api_secret, &timestamp))
    }

    fn decode(&self, reply: &Response<Bytes>) -> Result<TagReply, ReplyError> {
        TagReply::decode(reply)
    }

    fn acknowledge(&self, reply: &TagReply) -> Acknowledgement {
        reply.acknowledgement()
    }

    fn lookup(&self) -> Option<Requery> {
        let by_payment = self.pw_id.clone().map(Requery::Payment);
        by_payment.or_else(|| self.txn_id.clone().map(Requery::Transaction))
    }

    /// Implements the table of the [module](super).
    fn verdict(&self, replies: &[RequeryReply]) -> LookupVerdict<Self> {
        use TransactionStatus::{ChargedBack, Disputed, Paid, PartiallyRefunded};
        let Some(payment) = replies.last() else { return LookupVerdict::Inconclusive("no reply to requery".into()) };
        if payment.is_about_other(self.pw_id.as_deref(), self.txn_id.as_deref()) {
            return LookupVerdict::Inconclusive("the reply to requery is about another payment".into());
        }
        match (&self.stage, payment.status) {
            (ChargebackStage::Disputed, Disputed) | (ChargebackStage::Chargeback, ChargedBack) => {
                LookupVerdict::Applied(TagReply::by_status())
            }
            // The payment is still in the state that precedes the stage, so the tag was not accepted.
            (ChargebackStage::Disputed | ChargebackStage::Chargeback, Paid | PartiallyRefunded)
            | (ChargebackStage::Chargeback | ChargebackStage::DisputeWon, Disputed)
            | (ChargebackStage::ChargebackReversed, ChargedBack) => LookupVerdict::Resend(self.clone()),
            _ => LookupVerdict::Inconclusive("the payment's status does not show this stage".into()),
        }
    }
}

impl Operation for Requery {
    type Connector = Pipwave;
    type Reply = RequeryReply;
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
        self.validate()
    }

    fn encode(&self, pipwave: &Pipwave, attempt: &Attempt<'_>) -> Result<Request<Bytes>, Violation> {
        let timestamp = Timestamp::Seconds(attempt.now().timestamp());
        let api_key = attempt.expose(&pipwave.api_key);
        if attempt.is_plan() {
            return post(pipwave, attempt, &self.body(api_key, &timestamp, api_key));
        }
        let signature = self.sign(&pipwave.api_key, &pipwave.api_secret, &timestamp);
        post(pipwave, attempt, &self.body(api_key, &timestamp, &signature))
    }

    fn decode(&self, reply: &Response<Bytes>) -> Result<RequeryReply, ReplyError> {
        let payment = RequeryReply::decode(reply)?;
        let (pw_id, txn_id) = match self {
            Self::Payment(id) => (Some(id.as_str()), None),
            Self::Transaction(id) => (None, Some(id.as_str())),
        };
        // The status of another payment proves nothing about this one.
        if payment.is_about_other(pw_id, txn_id) { Err(ReplyError::unreadable()) } else { Ok(payment) }
    }
}
