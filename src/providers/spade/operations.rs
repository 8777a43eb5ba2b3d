//! Spade's four calls as operations.

use bytes::Bytes;
use http::{Request, Response};
use serde::Serialize;

use super::config::Spade;
use super::reply::FeedbackReply;
use super::request::{EnrichmentId, ReportChargeback, ReportDecline, ReportFraud, ReportRefund};
use crate::connector::{Acknowledgement, Attempt, HttpRequestBuilder, NoLookup, Operation, ReplyError, RetrySafety};
use crate::util::violation::Violation;

/// Builds `POST /enrichments/{id}/{call}`.
fn post(
    spade: &Spade,
    attempt: &Attempt<'_>,
    enrichment_id: &EnrichmentId,
    call: &str,
    feedback: &impl Serialize,
) -> Result<Request<Bytes>, Violation> {
    HttpRequestBuilder::post(&spade.base_url, &["enrichments", enrichment_id.as_str(), call])
        .secret_header("x-api-key", attempt.expose(&spade.api_key))
        .json(feedback)
}

impl Operation for ReportChargeback {
    type Connector = Spade;
    type Reply = FeedbackReply;
    type Lookup = NoLookup<Spade>;

    fn name(&self) -> &'static str {
        "report_chargeback"
    }

    fn retry_safety(&self) -> RetrySafety {
        RetrySafety::Idempotent
    }

    fn validate(&self) -> Vec<Violation> {
        self.enrichment_id.check(self.feedback.validate())
    }

    fn encode(&self, spade: &Spade, attempt: &Attempt<'_>) -> Result<Request<Bytes>, Violation> {
        post(spade, attempt, &self.enrichment_id, "chargeback", &self.feedback)
    }

    fn decode(&self, reply: &Response<Bytes>) -> Result<FeedbackReply, ReplyError> {
        FeedbackReply::decode(reply)
    }

    fn acknowledge(&self, reply: &FeedbackReply) -> Acknowledgement {
        reply.acknowledgement()
    }
}

impl Operation for ReportRefund {
    type Connector = Spade;
    type Reply = FeedbackReply;
    type Lookup = NoLookup<Spade>;

    fn name(&self) -> &'static str {
        "report_refund"
    }

    fn retry_safety(&self) -> RetrySafety {
        RetrySafety::Idempotent
    }

    fn validate(&self) -> Vec<Violation> {
        self.enrichment_id.check(self.feedback.validate())
    }

    fn encode(&self, spade: &Spade, attempt: &Attempt<'_>) -> Result<Request<Bytes>, Violation> {
        post(spade, attempt, &self.enrichment_id, "refund", &self.feedback)
    }

    fn decode(&self, reply: &Response<Bytes>) -> Result<FeedbackReply, ReplyError> {
        FeedbackReply::decode(reply)
    }

    fn acknowledge(&self, reply: &FeedbackReply) -> Acknowledgement {
        reply.acknowledgement()
    }
}

impl Operation for ReportDecline {
    type Connector = Spade;
    type Reply = FeedbackReply;
    type Lookup = NoLookup<Spade>;

    fn name(&self) -> &'static str {
        "report_decline"
    }

    fn retry_safety(&self) -> RetrySafety {
        RetrySafety::Idempotent
    }

    fn validate(&self) -> Vec<Violation> {
        self.enrichment_id.check(self.feedback.validate())
    }

    fn encode(&self, spade: &Spade, attempt: &Attempt<'_>) -> Result<Request<Bytes>, Violation> {
        post(spade, attempt, &self.enrichment_id, "decline", &self.feedback)
    }

    fn decode(&self, reply: &Response<Bytes>) -> Result<FeedbackReply, ReplyError> {
        FeedbackReply::decode(reply)
    }

    fn acknowledge(&self, reply: &FeedbackReply) -> Acknowledgement {
        reply.acknowledgement()
    }
}

impl Operation for ReportFraud {
    type Connector = Spade;
    type Reply = FeedbackReply;
    type Lookup = NoLookup<Spade>;

    fn name(&self) -> &'static str {
        "report_fraud"
    }

    fn retry_safety(&self) -> RetrySafety {
        RetrySafety::Idempotent
    }

    fn validate(&self) -> Vec<Violation> {
        self.enrichment_id.check(self.feedback.validate())
    }

    fn encode(&self, spade: &Spade, attempt: &Attempt<'_>) -> Result<Request<Bytes>, Violation> {
        post(spade, attempt, &self.enrichment_id, "fraud", &self.feedback)
    }

    fn decode(&self, reply: &Response<Bytes>) -> Result<FeedbackReply, ReplyError> {
        FeedbackReply::decode(reply)
    }

    fn acknowledge(&self, reply: &FeedbackReply) -> Acknowledgement {
        reply.acknowledgement()
    }
}
