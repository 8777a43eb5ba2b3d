//! SEON's call as an operation.

use bytes::Bytes;
use http::{Method, Request, Response};

use super::config::Seon;
use super::reply::LabelReply;
use super::request::LabelTransactions;
use crate::connector::{Attempt, HttpRequestBuilder, NoLookup, Operation, ReplyError, RetrySafety};
use crate::util::violation::Violation;

impl Operation for LabelTransactions {
    type Connector = Seon;
    type Reply = LabelReply;
    type Lookup = NoLookup<Seon>;

    fn name(&self) -> &'static str {
        "label_transactions"
    }

    fn retry_safety(&self) -> RetrySafety {
        RetrySafety::Idempotent
    }

    fn validate(&self) -> Vec<Violation> {
        self.validate()
    }

    fn encode(&self, seon: &Seon, attempt: &Attempt<'_>) -> Result<Request<Bytes>, Violation> {
        let path = ["SeonRestService", "fraud-api", "transaction-label", "v2"];
        HttpRequestBuilder::new(Method::PUT, &seon.base_url, &path)
            .secret_header("x-api-key", attempt.expose(&seon.license_key))
            .json(self)
    }

    fn decode(&self, reply: &Response<Bytes>) -> Result<LabelReply, ReplyError> {
        LabelReply::decode(reply)
    }
}
