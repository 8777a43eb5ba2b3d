//! Thirdwatch's three calls.

use std::fmt;

use bytes::Bytes;
use http::{Request, Response, StatusCode};

use super::Thirdwatch;
use super::wire::{ChargebackEvent, TagUser, UntagUser};
use crate::connector::{
    Acknowledgement, Attempt, HttpRequestBuilder, NoLookup, Operation, ReplyError, ReplyErrorKind, RetrySafety,
};
use crate::providers::json::Json;
use crate::providers::reply::{kind_by_status, object, status_error};
use crate::util::redact::Presence;
use crate::util::violation::Violation;

/// Thirdwatch has recorded an event.
#[derive(Clone, Default, PartialEq, Eq)]
#[non_exhaustive]
pub struct Event {
    /// What Thirdwatch wrote under `status` (since 2019) or `message` (before); `None` for an empty body. `Debug` does
    /// not show it.
    pub message: Option<String>,
}

impl fmt::Debug for Event {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Event").field("message", &Presence::new(self.message.as_ref())).finish()
    }
}

/// A call of Thirdwatch's; all of them answer alike.
#[derive(Debug, Clone, PartialEq)]
#[non_exhaustive]
pub enum Call {
    /// Tells of a chargeback: `POST /v1/chargeback`.
    Chargeback(ChargebackEvent),
    /// Tags a user as bad or good: `POST /v1/tag`.
    Tag(TagUser),
    /// Takes a user's tags away: `POST /v1/untag`.
    Untag(UntagUser),
}

impl Operation for Call {
    type Connector = Thirdwatch;
    type Reply = Event;
    type Lookup = NoLookup<Thirdwatch>;

    fn name(&self) -> &'static str {
        match self {
            Self::Chargeback(_) => "chargeback",
            Self::Tag(_) => "tag",
            Self::Untag(_) => "untag",
        }
    }

    fn retry_safety(&self) -> RetrySafety {
        RetrySafety::Idempotent
    }

    fn validate(&self) -> Vec<Violation> {
        match self {
            Self::Chargeback(event) => event.validate(),
            Self::Tag(tag) => tag.validate(),
            Self::Untag(untag) => untag.validate(),
        }
    }

    fn encode(&self, thirdwatch: &Thirdwatch, attempt: &Attempt<'_>) -> Result<Request<Bytes>, Violation> {
        let request = HttpRequestBuilder::post(&thirdwatch.base, &["v1", self.name()])
            .secret_header("x-thirdwatch-api-key", attempt.expose(&thirdwatch.api_key));
        match self {
            Self::Chargeback(event) => request.json(event),
            Self::Tag(tag) => request.json(tag),
            Self::Untag(untag) => request.json(untag),
        }
    }

    fn decode(&self, reply: &Response<Bytes>) -> Result<Event, ReplyError> {
        decode(reply)
    }

    fn acknowledge(&self, event: &Event) -> Acknowledgement {
        Acknowledgement::default().message(event.message.clone())
    }
}

/// Success is exactly 200, with an empty body or an object without `error`. The host may be parked, so a page is none.
fn decode(reply: &Response<Bytes>) -> Result<Event, ReplyError> {
    let blank = || reply.body().iter().all(u8::is_ascii_whitespace);
    match object(reply) {
        Some(object) if reply.status() == StatusCode::OK && object.get("error").is_none() => {
            Ok(Event { message: object.owned_text(&["status", "message"]) })
        }
        None if reply.status() == StatusCode::OK && blank() => Ok(Event::default()),
        Some(object) if reply.status() == StatusCode::OK || !reply.status().is_success() => {
            let error = object.get("error").and_then(Json::as_str).filter(|text| !text.is_empty());
            let message = error.map(str::to_owned).or_else(|| object.owned_text(&["message", "status"]));
            // A 200 with an error in words is a refusal; with one that says nothing, it is neither yes nor no.
            let says_what = object.get("error").is_some_and(|error| match error {
                Json::Text(text) => !text.is_empty(),
                Json::Object(error) => !error.is_empty(),
                _ => false,
            });
            let in_ok = if says_what { ReplyErrorKind::Rejected } else { ReplyErrorKind::Unreadable };
            Err(ReplyError::new(kind_by_status(reply, in_ok)).message(message))
        }
        _ => Err(status_error(reply)),
    }
}
