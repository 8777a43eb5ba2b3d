//! Ravelin's replies.

use std::time::Duration;

use bytes::Bytes;
use http::{Response, StatusCode};

use crate::connector::{ReplyError, ReplyErrorKind};
use crate::providers::json::{Json, Object};
use crate::providers::reply::status_error;

/// The shortest time before a report that was rate-limited is sent again.
const RATE_LIMITED: Duration = Duration::from_secs(600);

/// Ravelin's acknowledgement of a dispute. It does not prove that Ravelin knows the payment.
///
/// ```
/// use chargeback::ravelin::{DisputeReply, Ravelin, ReportDispute};
/// use chargeback::{Error, HttpProvider};
///
/// async fn report(ravelin: &HttpProvider<Ravelin>, report: ReportDispute) -> Result<DisputeReply, Error> {
///     Ok(ravelin.report_dispute(report).await?.reply)
/// }
/// ```
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
#[non_exhaustive]
pub struct DisputeReply {
    /// The time of the reply in Unix milliseconds, if the body has one.
    pub timestamp: Option<i64>,
}

impl DisputeReply {
    /// Parses a reply. Success is HTTP 2xx with an empty body, `null`, or an object whose `status`, if it has one, is
    /// 2xx as well.
    ///
    /// Ravelin keeps a report that it rate-limits, and processes it later, so a 429 does not mean that it did not act.
    pub(super) fn decode(reply: &Response<Bytes>) -> Result<Self, ReplyError> {
        let is_empty = reply.body().iter().all(u8::is_ascii_whitespace);
        let body = if is_empty { Some(Json::Null) } else { Json::parse(reply.body()) };
        match (reply.status(), body) {
            (status, Some(Json::Null)) if status.is_success() => Ok(Self::default()),
            (status, Some(Json::Object(object))) if status.is_success() && states_success(&object) => {
                Ok(Self { timestamp: object.get("timestamp").and_then(Json::as_i64) })
            }
            (status, body) => {
                let error = match status {
                    StatusCode::TOO_MANY_REQUESTS => {
                        ReplyError::new(ReplyErrorKind::Unavailable).retry_after(RATE_LIMITED)
                    }
                    _ => status_error(reply),
                };
                let message = body.as_ref().and_then(Json::as_object).and_then(|body| body.owned_text(&["message"]));
                Err(error.message(message))
            }
        }
    }
}

fn states_success(object: &Object<'_>) -> bool {
    object.get("status").is_none_or(|status| status.as_u64().is_some_and(|status| (200..300).contains(&status)))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn kind(status: u16, body: &'static str) -> Option<ReplyErrorKind> {
        let reply = Response::builder().status(status).body(Bytes::from_static(body.as_bytes())).unwrap();
        DisputeReply::decode(&reply).err().map(|error| error.kind())
    }

    #[test]
    fn success_is_an_empty_body_null_or_an_object_that_does_not_contradict() {
        for (status, body) in [(200, ""), (200, " \n"), (200, "null"), (200, "{}"), (202, r#"{"status":202}"#)] {
            assert_eq!(kind(status, body), None, "{status} {body}");
        }
        for body in [r#"{"status":500}"#, r#"{"status":"OK"}"#, "[]", "<html>", "0"] {
            assert_eq!(kind(200, body), Some(ReplyErrorKind::Unreadable), "{body}");
        }
    }

    #[test]
    fn a_rate_limited_report_may_have_been_accepted() {
        let reply = Response::builder().status(429).body(Bytes::new()).unwrap();
        let error = DisputeReply::decode(&reply).unwrap_err();
        assert_eq!((error.kind(), error.shortest_wait()), (ReplyErrorKind::Unavailable, Some(RATE_LIMITED)));
        assert_eq!(kind(500, r#"{"status":500,"message":"x"}"#), Some(ReplyErrorKind::Unavailable));
    }
}
