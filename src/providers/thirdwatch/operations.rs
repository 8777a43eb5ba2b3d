//! Thirdwatch's three calls.

use std::fmt;

use bytes::Bytes;
use http::{Request, Response, StatusCode};

use super::Thirdwatch;
use super::wire::{ChargebackEvent, TagUser, UntagUser};
use crate::providers::shared::{first_text, kind_by_status, object, refusal_of_status};
use crate::redact::Presence;
use crate::vendor::{Acknowledgement, Attempt, NoProbe, Operation, Outgoing, Refusal, RefusalKind, Repeat};
use crate::violation::Violation;

/// Thirdwatch has recorded an event.
#[derive(Clone, Default, PartialEq, Eq)]
#[non_exhaustive]
pub struct Event {
    /// What Thirdwatch wrote, under whichever key.
    pub message: Option<String>,
}

impl fmt::Debug for Event {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Event").field("message", &Presence::of(self.message.as_ref())).finish()
    }
}

/// A call of Thirdwatch's; all of them answer alike.
#[derive(Debug, Clone, PartialEq)]
#[non_exhaustive]
pub enum Call {
    /// `POST /v1/chargeback`
    Chargeback(ChargebackEvent),
    /// `POST /v1/tag`
    Tag(TagUser),
    /// `POST /v1/untag`
    Untag(UntagUser),
}

impl Operation for Call {
    type Vendor = Thirdwatch;
    type Reply = Event;
    type Probe = NoProbe<Thirdwatch>;

    fn name(&self) -> &'static str {
        match self {
            Self::Chargeback(_) => "chargeback",
            Self::Tag(_) => "tag",
            Self::Untag(_) => "untag",
        }
    }

    fn repeat(&self) -> Repeat {
        Repeat::Safe
    }

    fn validate(&self) -> Vec<Violation> {
        let given = |id: &Option<String>| id.as_ref().is_some_and(|id| !id.is_empty());
        let (named, rule) = match self {
            Self::Chargeback(event) => {
                (given(&event.user_id) || given(&event.session_id), "this or _sessionId is required")
            }
            Self::Tag(tag) => (given(&tag.user_id), "required"),
            Self::Untag(untag) => (given(&untag.user_id), "required"),
        };
        if named { Vec::new() } else { vec![Violation::new("_userId", rule)] }
    }

    fn encode(&self, thirdwatch: &Thirdwatch, attempt: &Attempt<'_>) -> Result<Request<Bytes>, Violation> {
        let request = Outgoing::post(&thirdwatch.base, &["v1", self.name()])
            .secret_header("x-thirdwatch-api-key", attempt.expose(&thirdwatch.api_key));
        match self {
            Self::Chargeback(event) => request.json(event),
            Self::Tag(tag) => request.json(tag),
            Self::Untag(untag) => request.json(untag),
        }
    }

    fn decode(&self, reply: &Response<Bytes>) -> Result<Event, Refusal> {
        decode(reply)
    }

    fn acknowledge(&self, event: &Event) -> Acknowledgement {
        Acknowledgement::default().message(event.message.clone())
    }
}

/// Success is exactly 200, with an empty body or an object without `error`. The host may be parked, so a page is none.
fn decode(reply: &Response<Bytes>) -> Result<Event, Refusal> {
    let blank = reply.body().iter().all(u8::is_ascii_whitespace);
    match object(reply) {
        Some(object) if reply.status() == StatusCode::OK && !object.contains_key("error") => {
            Ok(Event { message: first_text(&object, &["status", "message"]) })
        }
        None if reply.status() == StatusCode::OK && blank => Ok(Event::default()),
        Some(object) if reply.status() == StatusCode::OK || !reply.status().is_success() => {
            let message = first_text(&object, &["error", "message", "status"]);
            Err(Refusal::new(kind_by_status(reply, RefusalKind::Rejected)).message(message))
        }
        _ => Err(refusal_of_status(reply)),
    }
}
