//! Sift's replies. Every reply to an event repeats the request with the key, so errors keep no part of the body but the
//! code and the message.

use std::fmt;

use bytes::Bytes;
use http::{Response, StatusCode};
use serde_json::Value;

use crate::connector::{ReplyError, ReplyErrorKind};
use crate::providers::json::{Json, Object};
use crate::providers::reply::{kind_by_status, object, status_error};
use crate::util::redact::Presence;

/// Sift's acknowledgement of an event.
///
/// ```
/// use chargeback::sift::{ChargebackEvent, EventReply, Sift};
/// use chargeback::{Error, HttpProvider};
///
/// async fn report(sift: &HttpProvider<Sift>, order_id: &str) -> Result<EventReply, Error> {
///     Ok(sift.report_chargeback(ChargebackEvent::for_order(order_id)).await?.reply)
/// }
/// ```
#[derive(Clone, Default, PartialEq)]
#[non_exhaustive]
pub struct EventReply {
    /// The time of the reply in Unix seconds.
    pub time: Option<i64>,
    /// The scores and workflows of the user, if the call asked for them. `Debug` does not show them.
    pub score_response: Option<Value>,
}

impl fmt::Debug for EventReply {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("EventReply")
            .field("time", &self.time)
            .field("score_response", &Presence::new(self.score_response.as_ref()))
            .finish()
    }
}

impl EventReply {
    /// Parses a reply to an event. Success is HTTP 200 with the number 0 as `status` in the body.
    pub(super) fn decode(reply: &Response<Bytes>) -> Result<Self, ReplyError> {
        let object = object(reply).unwrap_or_default();
        match (reply.status(), code(&object)) {
            (StatusCode::OK, Some(0)) => Ok(Self {
                time: object.get("time").and_then(Json::as_i64),
                score_response: object.get("score_response").cloned().map(Json::into_value),
            }),
            (_, Some(code)) if code != 0 => {
                let error = ReplyError::new(kind_by_code(reply, code)).code(Some(code.to_string()));
                Err(error.message(object.owned_text(&["error_message"])).without_body())
            }
            _ => Err(status_error(reply).without_body()),
        }
    }
}

fn code(object: &Object<'_>) -> Option<i64> {
    object.get("status").and_then(Json::as_i64)
}

/// Classifies an error by its code. A negative code is a failure of Sift's servers.
///
/// An unknown code in a 200 does not show whether Sift acted, so the reply is unreadable.
fn kind_by_code(reply: &Response<Bytes>, code: i64) -> ReplyErrorKind {
    match code {
        ..0 => ReplyErrorKind::Unavailable,
        51 | 61 | 63 => ReplyErrorKind::Authentication,
        60 => ReplyErrorKind::RateLimited,
        50..=59 | 62 | 100 | 102..=117 => kind_by_status(reply, ReplyErrorKind::Rejected),
        _ => kind_by_status(reply, ReplyErrorKind::Unreadable),
    }
}

/// Sift's acknowledgement of a decision: HTTP 200 or 204.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
#[non_exhaustive]
pub struct DecisionReply {}

impl DecisionReply {
    /// Parses a reply to a decision: HTTP 204, or HTTP 200 with an object without `error`.
    pub(super) fn decode(reply: &Response<Bytes>) -> Result<Self, ReplyError> {
        let object = object(reply);
        let is_ok = match reply.status() {
            StatusCode::NO_CONTENT => true,
            StatusCode::OK => object.as_ref().is_some_and(|object| object.get("error").is_none()),
            _ => false,
        };
        if is_ok {
            return Ok(Self {});
        }
        let object = object.unwrap_or_default();
        Err(status_error(reply).code(object.owned_text(&["error"])).message(object.owned_text(&["description"])))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn kind(status: u16, body: &'static str) -> Option<ReplyErrorKind> {
        let reply = Response::builder().status(status).body(Bytes::from_static(body.as_bytes())).unwrap();
        EventReply::decode(&reply).err().map(|error| error.kind())
    }

    #[test]
    fn success_needs_the_status_and_the_code() {
        assert_eq!(kind(200, r#"{"status":0}"#), None);
        for (status, body) in [(200, "{}"), (200, r#"{"status":"0"}"#), (201, r#"{"status":0}"#), (204, "")] {
            assert_eq!(kind(status, body), Some(ReplyErrorKind::Unreadable), "{status} {body}");
        }
    }

    #[test]
    fn a_code_decides_whatever_the_http_status() {
        use ReplyErrorKind::{Authentication, RateLimited, Rejected, Unavailable, Unreadable};
        for (code, in_200, in_400) in [
            ("-1", Unavailable, Unavailable),
            ("50", Rejected, Rejected),
            ("51", Authentication, Authentication),
            ("60", RateLimited, RateLimited),
            ("117", Rejected, Rejected),
            ("9999", Unreadable, Rejected),
        ] {
            let body: &'static str = format!(r#"{{"status":{code}}}"#).leak();
            assert_eq!((kind(200, body), kind(400, body)), (Some(in_200), Some(in_400)), "{code}");
            assert_eq!(kind(500, body), Some(if in_400 == Rejected { Unavailable } else { in_400 }), "{code}");
        }
    }
}
