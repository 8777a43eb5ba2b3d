//! SEON's replies.

use std::borrow::Cow;

use bytes::Bytes;
use http::{Response, StatusCode};

use crate::connector::{ReplyError, ReplyErrorKind};
use crate::providers::json::{Json, Object};
use crate::providers::reply::{kind_by_status, object};

/// SEON's acknowledgement of labels.
///
/// ```
/// use chargeback::seon::{Label, LabelReply, Seon, TransactionLabel};
/// use chargeback::{Error, HttpProvider};
///
/// async fn label(seon: &HttpProvider<Seon>, transaction_id: &str) -> Result<LabelReply, Error> {
///     let label = TransactionLabel::new(transaction_id, Label::EcommerceChargebackFraud);
///     Ok(seon.label_transactions(vec![label]).await?.reply)
/// }
/// ```
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
#[non_exhaustive]
pub struct LabelReply {}

impl LabelReply {
    /// Parses a reply. Success is HTTP 200 with `"success": true`; `"success": false` is a rejection.
    pub(super) fn decode(reply: &Response<Bytes>) -> Result<Self, ReplyError> {
        let object = object(reply).unwrap_or_default();
        let success = object.get("success").and_then(Json::as_flag);
        if reply.status() == StatusCode::OK && success == Some(true) {
            return Ok(Self {});
        }
        let nothing = Object::default();
        let error = object.get("error").and_then(Json::as_object).unwrap_or(&nothing);
        let code = error.get("code").and_then(Json::text).map(Cow::into_owned);
        let message = error.owned_text(&["message"]);
        let in_success = if success == Some(false) { ReplyErrorKind::Rejected } else { ReplyErrorKind::Unreadable };
        let kind = match code.as_deref() {
            Some("2001") if !is_about_key(message.as_deref()) => ReplyErrorKind::Unavailable,
            Some("4004") => ReplyErrorKind::RateLimited,
            _ => kind_by_status(reply, in_success),
        };
        Err(ReplyError::new(kind).code(code).message(message))
    }
}

/// Returns true if a message of the code 2001 is about a missing key. SEON documents the same code for a failure of its
/// database, after which it may have acted. The client always sends a key, so any other message is the failure.
fn is_about_key(message: Option<&str>) -> bool {
    message.is_some_and(|message| message.to_ascii_lowercase().contains("license key"))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn kind(status: u16, body: &'static str) -> Option<ReplyErrorKind> {
        let reply = Response::builder().status(status).body(Bytes::from_static(body.as_bytes())).unwrap();
        LabelReply::decode(&reply).err().map(|error| error.kind())
    }

    #[test]
    fn success_needs_the_status_and_the_flag() {
        assert_eq!(kind(200, r#"{"success":true,"error":{},"data":{}}"#), None);
        for (status, body) in [(200, "{}"), (200, ""), (200, r#"{"success":"true"}"#), (201, r#"{"success":true}"#)] {
            assert_eq!(kind(status, body), Some(ReplyErrorKind::Unreadable), "{status} {body}");
        }
        assert_eq!(kind(200, r#"{"success":false}"#), Some(ReplyErrorKind::Rejected));
    }

    #[test]
    fn code_2001_has_two_meanings() {
        let missing = r#"{"success":false,"error":{"code":"2001","message":"Missing license key."}}"#;
        assert_eq!(kind(401, missing), Some(ReplyErrorKind::Authentication));
        for body in [
            r#"{"success":false,"error":{"code":"2001","message":"System database error."}}"#,
            r#"{"success":false,"error":{"code":"2001"}}"#,
        ] {
            assert_eq!(kind(401, body), Some(ReplyErrorKind::Unavailable), "{body}");
        }
    }
}
