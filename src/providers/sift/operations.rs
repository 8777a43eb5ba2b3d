//! Sift's two calls as operations.

use bytes::Bytes;
use http::{Request, Response};

use super::config::Sift;
use super::reply::{DecisionReply, EventReply};
use super::request::{ApplyDecision, EventBody, ReportChargeback};
use crate::connector::{Attempt, HttpRequestBuilder, NoLookup, Operation, ReplyError, RetrySafety};
use crate::util::violation::Violation;

impl Operation for ReportChargeback {
    type Connector = Sift;
    type Reply = EventReply;
    type Lookup = NoLookup<Sift>;

    fn name(&self) -> &'static str {
        "report_chargeback"
    }

    fn retry_safety(&self) -> RetrySafety {
        RetrySafety::Idempotent
    }

    fn validate(&self) -> Vec<Violation> {
        self.event.validate()
    }

    fn encode(&self, sift: &Sift, attempt: &Attempt<'_>) -> Result<Request<Bytes>, Violation> {
        let body = EventBody { kind: "$chargeback", api_key: attempt.expose(&sift.api_key), event: &self.event };
        let request = HttpRequestBuilder::post(&sift.base_url, &["v205", "events"]);
        let request = self.options.parameters().fold(request, |request, (name, value)| request.query(name, &value));
        request.secret_json(&body)
    }

    fn decode(&self, reply: &Response<Bytes>) -> Result<EventReply, ReplyError> {
        EventReply::decode(reply)
    }
}

impl Operation for ApplyDecision {
    type Connector = Sift;
    type Reply = DecisionReply;
    type Lookup = NoLookup<Sift>;

    fn name(&self) -> &'static str {
        "apply_decision"
    }

    fn retry_safety(&self) -> RetrySafety {
        RetrySafety::Never
    }

    fn validate(&self) -> Vec<Violation> {
        self.validate()
    }

    fn encode(&self, sift: &Sift, attempt: &Attempt<'_>) -> Result<Request<Bytes>, Violation> {
        let mut path = vec!["v3", "accounts", &self.account_id, "users", &self.user_id];
        if let Some(order_id) = &self.order_id {
            path.extend(["orders", order_id]);
        }
        path.push("decisions");
        HttpRequestBuilder::post(&sift.base_url, &path)
            .secret_header("authorization", attempt.expose(&sift.authorization))
            .json(&self.decision)
    }

    fn decode(&self, reply: &Response<Bytes>) -> Result<DecisionReply, ReplyError> {
        DecisionReply::decode(reply)
    }
}
