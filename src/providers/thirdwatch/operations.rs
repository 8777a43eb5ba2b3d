//! Thirdwatch's three calls as operations.

use bytes::Bytes;
use http::{Request, Response};
use serde::Serialize;

use super::config::Thirdwatch;
use super::reply::EventReply;
use super::request::{ChargebackEvent, Step, TagUser, UntagUser};
use crate::connector::{Acknowledgement, Attempt, HttpRequestBuilder, NoLookup, Operation, ReplyError, RetrySafety};
use crate::util::violation::Violation;

/// Builds `POST /v1/{call}`.
fn post(
    thirdwatch: &Thirdwatch,
    attempt: &Attempt<'_>,
    call: &str,
    event: &impl Serialize,
) -> Result<Request<Bytes>, Violation> {
    HttpRequestBuilder::post(&thirdwatch.base_url, &["v1", call])
        .secret_header("x-thirdwatch-api-key", attempt.expose(&thirdwatch.api_key))
        .json(event)
}

impl Operation for Step {
    type Connector = Thirdwatch;
    type Reply = EventReply;
    type Lookup = NoLookup<Thirdwatch>;

    fn name(&self) -> &'static str {
        match self {
            Self::Chargeback(event) => event.name(),
            Self::Tag(tag) => tag.name(),
        }
    }

    fn retry_safety(&self) -> RetrySafety {
        match self {
            Self::Chargeback(event) => event.retry_safety(),
            Self::Tag(tag) => tag.retry_safety(),
        }
    }

    fn validate(&self) -> Vec<Violation> {
        match self {
            Self::Chargeback(event) => event.validate(),
            Self::Tag(tag) => tag.validate(),
        }
    }

    fn encode(&self, thirdwatch: &Thirdwatch, attempt: &Attempt<'_>) -> Result<Request<Bytes>, Violation> {
        match self {
            Self::Chargeback(event) => event.encode(thirdwatch, attempt),
            Self::Tag(tag) => tag.encode(thirdwatch, attempt),
        }
    }

    fn decode(&self, reply: &Response<Bytes>) -> Result<EventReply, ReplyError> {
        EventReply::decode(reply)
    }

    fn acknowledge(&self, reply: &EventReply) -> Acknowledgement {
        reply.acknowledgement()
    }
}

impl Operation for ChargebackEvent {
    type Connector = Thirdwatch;
    type Reply = EventReply;
    type Lookup = NoLookup<Thirdwatch>;

    fn name(&self) -> &'static str {
        "report_chargeback"
    }

    fn retry_safety(&self) -> RetrySafety {
        RetrySafety::Idempotent
    }

    fn validate(&self) -> Vec<Violation> {
        self.validate()
    }

    fn encode(&self, thirdwatch: &Thirdwatch, attempt: &Attempt<'_>) -> Result<Request<Bytes>, Violation> {
        post(thirdwatch, attempt, "chargeback", self)
    }

    fn decode(&self, reply: &Response<Bytes>) -> Result<EventReply, ReplyError> {
        EventReply::decode(reply)
    }

    fn acknowledge(&self, reply: &EventReply) -> Acknowledgement {
        reply.acknowledgement()
    }
}

impl Operation for TagUser {
    type Connector = Thirdwatch;
    type Reply = EventReply;
    type Lookup = NoLookup<Thirdwatch>;

    fn name(&self) -> &'static str {
        "tag"
    }

    fn retry_safety(&self) -> RetrySafety {
        RetrySafety::Idempotent
    }

    fn validate(&self) -> Vec<Violation> {
        self.validate()
    }

    fn encode(&self, thirdwatch: &Thirdwatch, attempt: &Attempt<'_>) -> Result<Request<Bytes>, Violation> {
        post(thirdwatch, attempt, "tag", self)
    }

    fn decode(&self, reply: &Response<Bytes>) -> Result<EventReply, ReplyError> {
        EventReply::decode(reply)
    }

    fn acknowledge(&self, reply: &EventReply) -> Acknowledgement {
        reply.acknowledgement()
    }
}

impl Operation for UntagUser {
    type Connector = Thirdwatch;
    type Reply = EventReply;
    type Lookup = NoLookup<Thirdwatch>;

    fn name(&self) -> &'static str {
        "untag"
    }

    fn retry_safety(&self) -> RetrySafety {
        RetrySafety::Idempotent
    }

    fn validate(&self) -> Vec<Violation> {
        self.validate()
    }

    fn encode(&self, thirdwatch: &Thirdwatch, attempt: &Attempt<'_>) -> Result<Request<Bytes>, Violation> {
        post(thirdwatch, attempt, "untag", self)
    }

    fn decode(&self, reply: &Response<Bytes>) -> Result<EventReply, ReplyError> {
        EventReply::decode(reply)
    }

    fn acknowledge(&self, reply: &EventReply) -> Acknowledgement {
        reply.acknowledgement()
    }
}
