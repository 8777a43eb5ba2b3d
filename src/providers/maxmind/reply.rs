//! MaxMind's replies.

use bytes::Bytes;
use http::{Response, StatusCode};

use crate::connector::ReplyError;
use crate::providers::reply::{object, status_error};

/// MaxMind's acknowledgement: HTTP 204, without a body. It does not prove that MaxMind knows the transaction.
///
/// ```
/// use chargeback::maxmind::{MaxMind, ReportReply, ReportTransaction, Tag};
/// use chargeback::{Error, HttpProvider};
///
/// async fn clear(maxmind: &HttpProvider<MaxMind>, transaction_id: &str) -> Result<ReportReply, Error> {
///     let mut report = ReportTransaction::new(Tag::Clear);
///     report.transaction_id = Some(transaction_id.to_owned());
///     Ok(maxmind.report_transaction(report).await?.reply)
/// }
/// ```
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
#[non_exhaustive]
pub struct ReportReply {}

impl ReportReply {
    /// Parses a reply. Success is exactly HTTP 204. An error has a stable `code` and a text `error`, and may have no
    /// body.
    pub(super) fn decode(reply: &Response<Bytes>) -> Result<Self, ReplyError> {
        if reply.status() == StatusCode::NO_CONTENT && reply.body().is_empty() {
            return Ok(Self {});
        }
        let object = object(reply).unwrap_or_default();
        Err(status_error(reply).code(object.owned_text(&["code"])).message(object.owned_text(&["error"])))
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::connector::ReplyErrorKind;

    #[test]
    fn only_204_without_a_body_is_a_success() {
        for (status, body, kind) in [
            (204, "", None),
            (204, "{}", Some(ReplyErrorKind::Unreadable)),
            (200, "", Some(ReplyErrorKind::Unreadable)),
            (202, "{}", Some(ReplyErrorKind::Unreadable)),
            (301, "", Some(ReplyErrorKind::Unreadable)),
            (402, r#"{"code":"INSUFFICIENT_FUNDS"}"#, Some(ReplyErrorKind::Rejected)),
            (403, "Forbidden", Some(ReplyErrorKind::Authentication)),
            (503, "", Some(ReplyErrorKind::Unavailable)),
        ] {
            let reply = Response::builder().status(status).body(Bytes::from_static(body.as_bytes())).unwrap();
            assert_eq!(ReportReply::decode(&reply).err().map(|error| error.kind()), kind, "{status} {body}");
        }
    }
}
