//! Tutelar's two calls as operations.

use bytes::Bytes;
use http::{Request, Response};
use serde::Serialize;

use super::config::{Keys, Tutelar};
use super::reply::TransactionReply;
use super::request::{TransactionChargeback, TransactionRefund};
use crate::connector::{Acknowledgement, Attempt, HttpRequestBuilder, NoLookup, Operation, ReplyError, RetrySafety};
use crate::util::secret::Secret;
use crate::util::violation::Violation;

/// Builds `POST /api/{version}/fraud-detector/transaction/{call}`.
fn post(
    tutelar: &Tutelar,
    attempt: &Attempt<'_>,
    call: &str,
    body: &impl Serialize,
) -> Result<Request<Bytes>, Violation> {
    let bearer;
    let (version, authorization) = match &tutelar.keys {
        Keys::V1 { authorization, .. } => ("v1", attempt.expose(authorization)),
        Keys::V2 { .. } => {
            bearer = Secret::joined(&["Bearer ", attempt.token()]);
            ("v2", bearer.expose())
        }
    };
    HttpRequestBuilder::post(&tutelar.base_url, &["api", version, "fraud-detector", "transaction", call])
        .secret_header("authorization", authorization)
        .json(body)
}

impl Operation for TransactionChargeback {
    type Connector = Tutelar;
    type Reply = TransactionReply;
    type Lookup = NoLookup<Tutelar>;

    fn name(&self) -> &'static str {
        "report_chargeback"
    }

    fn retry_safety(&self) -> RetrySafety {
        RetrySafety::Idempotent
    }

    fn validate(&self) -> Vec<Violation> {
        self.validate()
    }

    fn encode(&self, tutelar: &Tutelar, attempt: &Attempt<'_>) -> Result<Request<Bytes>, Violation> {
        post(tutelar, attempt, "chargeback", self)
    }

    fn decode(&self, reply: &Response<Bytes>) -> Result<TransactionReply, ReplyError> {
        TransactionReply::decode(reply)
    }

    fn acknowledge(&self, reply: &TransactionReply) -> Acknowledgement {
        reply.acknowledgement()
    }
}

impl Operation for TransactionRefund {
    type Connector = Tutelar;
    type Reply = TransactionReply;
    type Lookup = NoLookup<Tutelar>;

    fn name(&self) -> &'static str {
        "report_refund"
    }

    fn retry_safety(&self) -> RetrySafety {
        RetrySafety::Idempotent
    }

    fn validate(&self) -> Vec<Violation> {
        self.validate()
    }

    fn encode(&self, tutelar: &Tutelar, attempt: &Attempt<'_>) -> Result<Request<Bytes>, Violation> {
        post(tutelar, attempt, "refund", self)
    }

    fn decode(&self, reply: &Response<Bytes>) -> Result<TransactionReply, ReplyError> {
        TransactionReply::decode(reply)
    }

    fn acknowledge(&self, reply: &TransactionReply) -> Acknowledgement {
        reply.acknowledgement()
    }
}
