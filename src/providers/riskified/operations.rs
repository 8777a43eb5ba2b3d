//! Riskified's two calls as operations.

use bytes::Bytes;
use http::{Request, Response};
use serde::Serialize;

use super::claim::Claim;
use super::config::Riskified;
use super::reply::OrderReply;
use super::request::ReportDecision;
use super::signature;
use crate::connector::{Acknowledgement, Attempt, HttpRequestBuilder, NoLookup, Operation, ReplyError, RetrySafety};
use crate::util::violation::Violation;

/// Builds `POST /api/{call}`, signed over the exact bytes of the body.
fn post(
    riskified: &Riskified,
    attempt: &Attempt<'_>,
    call: &str,
    body: &impl Serialize,
) -> Result<Request<Bytes>, Violation> {
    let sign = |body: &[u8]| {
        if attempt.is_plan() { "[redacted]".to_owned() } else { signature::sign(body, &riskified.auth_token) }
    };
    HttpRequestBuilder::post(&riskified.base_url, &["api", call])
        .header("accept", "application/vnd.riskified.com; version=2")
        .header("api-version", "2")
        .header("x-riskified-shop-domain", &riskified.shop_domain)
        .json_signed(body, signature::HEADER, sign)
}

impl Operation for ReportDecision {
    type Connector = Riskified;
    type Reply = OrderReply;
    type Lookup = NoLookup<Riskified>;

    fn name(&self) -> &'static str {
        "report_decision"
    }

    fn retry_safety(&self) -> RetrySafety {
        RetrySafety::Idempotent
    }

    fn validate(&self) -> Vec<Violation> {
        self.validate()
    }

    fn encode(&self, riskified: &Riskified, attempt: &Attempt<'_>) -> Result<Request<Bytes>, Violation> {
        post(riskified, attempt, "decision", self)
    }

    fn decode(&self, reply: &Response<Bytes>) -> Result<OrderReply, ReplyError> {
        OrderReply::decode(reply)
    }

    fn acknowledge(&self, reply: &OrderReply) -> Acknowledgement {
        reply.acknowledgement()
    }
}

impl Operation for Claim {
    type Connector = Riskified;
    type Reply = OrderReply;
    type Lookup = NoLookup<Riskified>;

    fn name(&self) -> &'static str {
        "file_reimbursement_claim"
    }

    fn retry_safety(&self) -> RetrySafety {
        RetrySafety::Never
    }

    fn validate(&self) -> Vec<Violation> {
        self.validate()
    }

    fn encode(&self, riskified: &Riskified, attempt: &Attempt<'_>) -> Result<Request<Bytes>, Violation> {
        post(riskified, attempt, "chargeback", self)
    }

    fn decode(&self, reply: &Response<Bytes>) -> Result<OrderReply, ReplyError> {
        OrderReply::decode(reply)
    }

    fn acknowledge(&self, reply: &OrderReply) -> Acknowledgement {
        reply.acknowledgement()
    }
}
