//! Thirdwatch's replies. All three calls are answered alike.

use std::fmt;

use bytes::Bytes;
use http::{Response, StatusCode};

use crate::connector::{Acknowledgement, ReplyError, ReplyErrorKind};
use crate::providers::json::{Json, Object};
use crate::providers::reply::{kind_by_status, object, status_error};
use crate::util::redact::Presence;

/// Thirdwatch's acknowledgement of an event.
///
/// ```
/// use chargeback::thirdwatch::{EventReply, TagUser, Thirdwatch};
/// use chargeback::{Error, HttpProvider};
///
/// async fn tag(thirdwatch: &HttpProvider<Thirdwatch>, user_id: &str) -> Result<EventReply, Error> {
///     Ok(thirdwatch.tag(TagUser::new(user_id, true)).await?.reply)
/// }
/// ```
#[derive(Clone, Default, PartialEq, Eq)]
#[non_exhaustive]
pub struct EventReply {
    /// Thirdwatch's message under `status` (since 2019) or `message` (before); `None` for an empty body. `Debug` does
    /// not show it.
    pub message: Option<String>,
}

impl fmt::Debug for EventReply {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("EventReply").field("message", &Presence::new(self.message.as_ref())).finish()
    }
}

impl EventReply {
    /// Parses a reply to any of the three calls.
    ///
    /// Success is exactly HTTP 200, with an empty body or an object without `error`. The host may be parked, so a page
    /// is not a success.
    pub(super) fn decode(reply: &Response<Bytes>) -> Result<Self, ReplyError> {
        let is_ok = reply.status() == StatusCode::OK;
        let is_blank = || reply.body().iter().all(u8::is_ascii_whitespace);
        match object(reply) {
            Some(object) if is_ok && object.get("error").is_none() => {
                Ok(Self { message: object.owned_text(&["status", "message"]) })
            }
            None if is_ok && is_blank() => Ok(Self::default()),
            Some(object) if is_ok || !reply.status().is_success() => Err(error(reply, &object)),
            _ => Err(status_error(reply)),
        }
    }

    pub(super) fn acknowledgement(&self) -> Acknowledgement {
        Acknowledgement::default().message(self.message.clone())
    }
}

/// Classifies an error object. A 200 with a filled `error` is a rejection. With an empty one, the reply is neither a
/// success nor an error, so it is unreadable.
fn error(reply: &Response<Bytes>, object: &Object<'_>) -> ReplyError {
    let text = object.get("error").and_then(Json::as_str).filter(|text| !text.is_empty());
    let has_content =
        text.is_some() || object.get("error").and_then(Json::as_object).is_some_and(|error| !error.is_empty());
    let in_success = if has_content { ReplyErrorKind::Rejected } else { ReplyErrorKind::Unreadable };
    let message = text.map(str::to_owned).or_else(|| object.owned_text(&["message", "status"]));
    ReplyError::new(kind_by_status(reply, in_success)).message(message)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn kind(status: u16, body: &'static str) -> Option<ReplyErrorKind> {
        let mut reply = Response::new(Bytes::from_static(body.as_bytes()));
        *reply.status_mut() = StatusCode::from_u16(status).unwrap();
        EventReply::decode(&reply).err().map(|error| error.kind())
    }

    #[test]
    fn success_is_200_with_an_empty_body_or_an_object() {
        for body in ["", " \n", "{}", r#"{"status":"OK"}"#] {
            assert_eq!(kind(200, body), None, "{body}");
        }
        for (status, body) in [(201, "{}"), (204, ""), (200, "<html>"), (200, "[]")] {
            assert_eq!(kind(status, body), Some(ReplyErrorKind::Unreadable), "{status} {body}");
        }
    }

    #[test]
    fn an_error_in_200_is_a_rejection_if_it_has_content() {
        for body in [r#"{"error":"x"}"#, r#"{"error":{"code":1}}"#] {
            assert_eq!(kind(200, body), Some(ReplyErrorKind::Rejected), "{body}");
        }
        for body in [r#"{"error":""}"#, r#"{"error":null}"#, r#"{"error":{}}"#, r#"{"error":false}"#] {
            assert_eq!(kind(200, body), Some(ReplyErrorKind::Unreadable), "{body}");
        }
        assert_eq!(kind(401, r#"{"error":"x"}"#), Some(ReplyErrorKind::Authentication));
    }
}
