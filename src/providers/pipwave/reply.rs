//! Pipwave's replies.

use std::borrow::Cow;
use std::fmt;

use bytes::Bytes;
use http::{Response, StatusCode};

use crate::connector::{Acknowledgement, ReplyError, ReplyErrorKind};
use crate::providers::json::{Json, Object};
use crate::providers::reply::{object, status_error};
use crate::util::redact::Presence;

/// Pipwave's acknowledgement of a tag, or a payment status of `requery` that proves the tag.
///
/// ```
/// use chargeback::pipwave::{Pipwave, TagChargeback, TagReply};
/// use chargeback::{Error, HttpProvider};
///
/// async fn tag(pipwave: &HttpProvider<Pipwave>, tag: TagChargeback) -> Result<TagReply, Error> {
///     Ok(pipwave.tag_chargeback(tag).await?.reply)
/// }
/// ```
#[derive(Clone, Default, PartialEq, Eq)]
#[non_exhaustive]
pub struct TagReply {
    /// Pipwave's message; several texts are joined by `; `. `None` if `requery` proved the tag. `Debug` does not show
    /// the message.
    pub message: Option<String>,
    /// True if the payment's status proved the tag. The status does not show the reason.
    pub(super) by_status: bool,
}

impl fmt::Debug for TagReply {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("TagReply").field("message", &Presence::new(self.message.as_ref())).finish_non_exhaustive()
    }
}

impl TagReply {
    pub(super) const fn by_status() -> Self {
        Self { message: None, by_status: true }
    }

    pub(super) fn decode(reply: &Response<Bytes>) -> Result<Self, ReplyError> {
        success(reply).map(|object| Self { message: message(&object), by_status: false })
    }

    pub(super) fn acknowledgement(&self) -> Acknowledgement {
        Acknowledgement::default().message(self.message.clone())
    }
}

/// The status of a payment, by the number of Pipwave's current table.
///
/// ```
/// use chargeback::pipwave::TransactionStatus;
///
/// const fn is_open(status: TransactionStatus) -> bool {
///     matches!(status, TransactionStatus::Disputed | TransactionStatus::ChargedBack)
/// }
/// assert!(is_open(TransactionStatus::Disputed));
/// ```
#[non_exhaustive]
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum TransactionStatus {
    /// 0: pending; the customer has not paid yet.
    Pending,
    /// 1: the payment failed.
    Failed,
    /// 2: the payment was cancelled.
    Cancelled,
    /// 5: the payment is being processed.
    Processing,
    /// 10: paid, or paid again after a won dispute.
    Paid,
    /// 13: a dispute is open.
    Disputed,
    /// 15: charged back, finally.
    ChargedBack,
    /// 20: fully refunded.
    FullyRefunded,
    /// 25: partially refunded.
    PartiallyRefunded,
    /// A number that is not in Pipwave's table.
    Other(i64),
}

impl From<i64> for TransactionStatus {
    fn from(number: i64) -> Self {
        match number {
            0 => Self::Pending,
            1 => Self::Failed,
            2 => Self::Cancelled,
            5 => Self::Processing,
            10 => Self::Paid,
            13 => Self::Disputed,
            15 => Self::ChargedBack,
            20 => Self::FullyRefunded,
            25 => Self::PartiallyRefunded,
            other => Self::Other(other),
        }
    }
}

/// The reply to `requery`, without the status of the chargeback.
///
/// ```
/// use chargeback::pipwave::{Pipwave, Requery, RequeryReply};
/// use chargeback::{Error, HttpProvider};
///
/// async fn payment(pipwave: &HttpProvider<Pipwave>, pw_id: &str) -> Result<RequeryReply, Error> {
///     Ok(pipwave.requery(Requery::Payment(pw_id.into())).await?.reply)
/// }
/// ```
#[derive(Clone, PartialEq, Eq)]
#[non_exhaustive]
pub struct RequeryReply {
    /// The status of the payment, Pipwave's `transaction_status`.
    pub status: TransactionStatus,
    pub(super) pw_id: Option<String>,
    pub(super) txn_id: Option<String>,
}

impl fmt::Debug for RequeryReply {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("RequeryReply").field("status", &self.status).finish_non_exhaustive()
    }
}

impl RequeryReply {
    pub(super) fn decode(reply: &Response<Bytes>) -> Result<Self, ReplyError> {
        let object = success(reply)?;
        let number = object.text(&["transaction_status"]).and_then(|text| text.parse::<i64>().ok());
        let id = |name| object.owned_text(&[name]).filter(|id| !id.is_empty());
        number
            .map(|number| Self { status: number.into(), pw_id: id("pw_id"), txn_id: id("txn_id") })
            .ok_or_else(ReplyError::unreadable)
    }

    /// Returns true if the reply names another payment. An absent id proves nothing.
    pub(super) fn is_about_other(&self, pw_id: Option<&str>, txn_id: Option<&str>) -> bool {
        let differs = |replied: Option<&str>, queried: Option<&str>| replied.zip(queried).is_some_and(|(a, b)| a != b);
        differs(self.pw_id.as_deref(), pw_id) || differs(self.txn_id.as_deref(), txn_id)
    }
}

/// Returns the body if its `status` is 200, whatever the HTTP status. Otherwise classifies the error.
fn success(reply: &Response<Bytes>) -> Result<Object<'_>, ReplyError> {
    let Some(object) = object(reply) else { return Err(status_error(reply)) };
    let Some(code) = object.get("status").and_then(Json::text) else { return Err(status_error(reply)) };
    if code == "200" {
        return Ok(object);
    }
    let error = ReplyError::new(error_kind(&code, reply)).message(message(&object));
    // Code 4006 is temporary: a reversal is under way.
    let error = if code == "4006" { error.temporary() } else { error };
    Err(error.code(Some(code.into_owned())))
}

fn error_kind(code: &str, reply: &Response<Bytes>) -> ReplyErrorKind {
    let http = reply.status();
    match code {
        // A failing server may have acted, whatever code the body has.
        _ if http.is_server_error() => ReplyError::from_status(http).kind(),
        _ if http == StatusCode::TOO_MANY_REQUESTS => ReplyErrorKind::RateLimited,
        "401" | "403" => ReplyErrorKind::Authentication,
        "500" => ReplyErrorKind::Unavailable,
        // Fully refunded; not finalized; a reversal is under way; nothing to reverse.
        "4001" | "4002" | "4006" | "4501" => ReplyErrorKind::Conflict,
        "400" | "404" | "1001" | "1002" | "2001" | "2002" | "4003" | "4004" | "4005" | "9001" => {
            ReplyErrorKind::Rejected
        }
        // The page's samples also have code `0`, which is in no table of codes.
        _ => status_error(reply).kind(),
    }
}

/// Returns the message, which may be text, a list of texts, null or absent.
fn message(object: &Object<'_>) -> Option<String> {
    match object.get("message")? {
        Json::List(list) => {
            let texts: Vec<_> = list.iter().filter_map(Json::text).collect();
            (!texts.is_empty()).then(|| texts.join("; "))
        }
        one => one.text().filter(|text| !text.is_empty()).map(Cow::into_owned),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn reply(status: u16, body: &'static str) -> Response<Bytes> {
        let mut reply = Response::new(Bytes::from_static(body.as_bytes()));
        *reply.status_mut() = StatusCode::from_u16(status).unwrap();
        reply
    }

    #[test]
    fn the_code_in_the_body_decides_before_the_http_status() {
        for (status, body) in [(200, r#"{"status":200}"#), (404, r#"{"status":"200"}"#)] {
            assert!(TagReply::decode(&reply(status, body)).is_ok(), "{status} {body}");
        }
        let kind = |status, body| TagReply::decode(&reply(status, body)).map_err(|error| error.kind());
        assert_eq!(kind(200, r#"{"status":403}"#), Err(ReplyErrorKind::Authentication));
        assert_eq!(kind(500, r#"{"status":403}"#), Err(ReplyErrorKind::Unavailable));
        assert_eq!(kind(429, r#"{"status":403}"#), Err(ReplyErrorKind::RateLimited));
        assert_eq!(kind(200, r#"{"status":0}"#), Err(ReplyErrorKind::Unreadable));
        assert_eq!(kind(200, "{}"), Err(ReplyErrorKind::Unreadable));
    }

    #[test]
    fn a_message_may_be_a_list() {
        let text = |body: &'static str| TagReply::decode(&reply(200, body)).ok().and_then(|tag| tag.message);
        assert_eq!(text(r#"{"status":200,"message":["a",1]}"#).as_deref(), Some("a; 1"));
        assert_eq!(text(r#"{"status":200,"message":"a"}"#).as_deref(), Some("a"));
        for body in [r#"{"status":200,"message":[]}"#, r#"{"status":200,"message":""}"#, r#"{"status":200}"#] {
            assert_eq!(text(body), None, "{body}");
        }
    }
}
