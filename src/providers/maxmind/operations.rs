//! MaxMind's call as an operation.

use bytes::Bytes;
use http::{Request, Response};

use super::config::MaxMind;
use super::reply::ReportReply;
use super::request::ReportTransaction;
use crate::connector::{Attempt, HttpRequestBuilder, NoLookup, Operation, ReplyError, RetrySafety};
use crate::util::violation::Violation;

impl Operation for ReportTransaction {
    type Connector = MaxMind;
    type Reply = ReportReply;
    type Lookup = NoLookup<MaxMind>;

    fn name(&self) -> &'static str {
        "report_transaction"
    }

    fn retry_safety(&self) -> RetrySafety {
        RetrySafety::Idempotent
    }

    fn validate(&self) -> Vec<Violation> {
        self.validate()
    }

    fn encode(&self, maxmind: &MaxMind, attempt: &Attempt<'_>) -> Result<Request<Bytes>, Violation> {
        HttpRequestBuilder::post(&maxmind.base_url, &["minfraud", "v2.0", "transactions", "report"])
            .secret_header("authorization", attempt.expose(&maxmind.authorization))
            .json(self)
    }

    fn decode(&self, reply: &Response<Bytes>) -> Result<ReportReply, ReplyError> {
        ReportReply::decode(reply)
    }
}
