//! Ravelin's call as an operation.

use bytes::Bytes;
use http::{Request, Response};

use super::config::Ravelin;
use super::reply::DisputeReply;
use super::request::ReportDispute;
use crate::connector::{Attempt, HttpRequestBuilder, NoLookup, Operation, ReplyError, RetrySafety};
use crate::util::violation::Violation;

impl Operation for ReportDispute {
    type Connector = Ravelin;
    type Reply = DisputeReply;
    type Lookup = NoLookup<Ravelin>;

    fn name(&self) -> &'static str {
        "report_dispute"
    }

    fn retry_safety(&self) -> RetrySafety {
        RetrySafety::Idempotent
    }

    fn validate(&self) -> Vec<Violation> {
        self.validate()
    }

    fn encode(&self, ravelin: &Ravelin, attempt: &Attempt<'_>) -> Result<Request<Bytes>, Violation> {
        HttpRequestBuilder::post(&ravelin.base_url, &["v2", "dispute"])
            .secret_header("authorization", attempt.expose(&ravelin.authorization))
            .json(self)
    }

    fn decode(&self, reply: &Response<Bytes>) -> Result<DisputeReply, ReplyError> {
        DisputeReply::decode(reply)
    }
}
