//! Tutelar's replies. Both calls are answered alike.

use std::borrow::Cow;
use std::fmt;

use bytes::Bytes;
use http::Response;

use crate::connector::{Acknowledgement, ReplyError, ReplyErrorKind};
use crate::model::Rfc3339;
use crate::providers::json::{Json, Object};
use crate::providers::reply::{object, status_error};
use crate::util::redact::Presence;

/// Tutelar's acknowledgement of a status. The page documents every field as optional.
///
/// ```
/// use chargeback::tutelar::{RefundStatus, TransactionRefund, Tutelar};
/// use chargeback::{Error, HttpProvider};
///
/// async fn order_id(tutelar: &HttpProvider<Tutelar>) -> Result<Option<String>, Error> {
///     let refund = TransactionRefund::new(RefundStatus::Processed, "ORD_10726", "goods not received");
///     Ok(tutelar.report_refund(refund).await?.reply.order_id)
/// }
/// ```
#[derive(Clone, Default, PartialEq, Eq)]
#[non_exhaustive]
pub struct TransactionReply {
    /// Tutelar's message, for people. `Debug` does not show it.
    pub message: Option<String>,
    /// The order id in the reply.
    pub order_id: Option<String>,
    /// The time of the request by Tutelar's clock.
    pub requested_at: Option<Rfc3339>,
    /// The time of the response by Tutelar's clock.
    pub responded_at: Option<Rfc3339>,
    /// The processing time in milliseconds (by arithmetic on the page's sample).
    pub processed_in_ms: Option<u64>,
    /// The caller's reference, which older editions of the API echo.
    pub reference_no: Option<String>,
}

impl fmt::Debug for TransactionReply {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let message = Presence::new(self.message.as_ref());
        f.debug_struct("TransactionReply").field("message", &message).finish_non_exhaustive()
    }
}

impl TransactionReply {
    /// Parses a reply to either call. Success is HTTP 2xx with `success` true and without an error code.
    pub(super) fn decode(reply: &Response<Bytes>) -> Result<Self, ReplyError> {
        let Some(object) = object(reply) else { return Err(status_error(reply)) };
        let result = CallResult::read(&object);
        let message = result.message.as_deref().map(str::to_owned);
        if !(reply.status().is_success() && result.success == Some(true) && !result.has_error_code()) {
            let kind = result.error_kind(reply);
            return Err(ReplyError::new(kind).code(result.code.map(Cow::into_owned)).message(message));
        }
        let data = |name: &str| object.text_at(&["data", name]);
        let time = |name: &str| data(name)?.parse().ok();
        Ok(Self {
            message,
            order_id: data("orderId").map(Cow::into_owned),
            requested_at: time("requestedDateTime"),
            responded_at: time("responseDateTime"),
            processed_in_ms: object.at(&["data", "processedTime"]).and_then(milliseconds),
            reference_no: data("referenceNo").map(Cow::into_owned),
        })
    }

    pub(super) fn acknowledgement(&self) -> Acknowledgement {
        Acknowledgement::default().message(self.message.clone())
    }
}

fn milliseconds(value: &Json<'_>) -> Option<u64> {
    value.as_u64().or_else(|| value.text()?.parse().ok())
}

/// The parts of a reply that decide between success and error.
struct CallResult<'o> {
    success: Option<bool>,
    code: Option<Cow<'o, str>>,
    message: Option<Cow<'o, str>>,
    has_error_object: bool,
}

impl<'o> CallResult<'o> {
    /// Reads the code under several keys, since Tutelar does not document the key.
    ///
    /// A code of the error table is preferred: the dispute module adds code 300 to every error.
    fn read(object: &'o Object<'_>) -> Self {
        let paths: [&[&str]; 4] = [&["code"], &["errorCode"], &["error", "code"], &["error", "errorCode"]];
        let codes = paths.map(|path| object.text_at(path));
        let preferred = codes.iter().flatten().position(|code| is_table_code(code)).unwrap_or(0);
        Self {
            success: object.get("success").and_then(Json::as_flag),
            code: codes.into_iter().flatten().nth(preferred),
            message: object.text_at(&["error", "message"]).or_else(|| object.text(&["message", "error"])),
            has_error_object: object.get("error").and_then(Json::as_object).is_some_and(|error| !error.is_empty()),
        }
    }

    fn has_error_code(&self) -> bool {
        self.code.as_deref().is_some_and(|code| is_table_code(code) || matches!(code, "300" | "400" | "500"))
    }

    /// Classifies a reply that is not a success.
    ///
    /// A throttled or failing server decides first. A reply that both confirms and denies success, or does neither, is
    /// unreadable. Then the code decides, then the message, then the HTTP status.
    fn error_kind(&self, reply: &Response<Bytes>) -> ReplyErrorKind {
        let by_status = status_error(reply).kind();
        if matches!(by_status, ReplyErrorKind::Unavailable | ReplyErrorKind::RateLimited) {
            return by_status;
        }
        let confirms = self.success == Some(true);
        let denies = self.success == Some(false) || self.has_error_code() || self.has_error_object;
        if confirms || (reply.status().is_success() && !denies) {
            return ReplyErrorKind::Unreadable;
        }
        match self.code.as_deref() {
            // Invalid key, key of the other mode, address not on the allow-list, trial over.
            Some("101" | "108" | "110" | "118") => ReplyErrorKind::Authentication,
            Some("106") => ReplyErrorKind::Conflict,
            // Merchant id, order id, mode, amount or field: the table is more exact than a 4xx status.
            Some(code) if is_table_code(code) => ReplyErrorKind::Rejected,
            Some("500") => ReplyErrorKind::Unavailable,
            _ => self
                .kind_by_message()
                .unwrap_or_else(|| if reply.status().is_success() { ReplyErrorKind::Rejected } else { by_status }),
        }
    }

    /// Classifies the messages of the dispute module, whose code is always 300, and the allow-list message, which may
    /// have no code.
    fn kind_by_message(&self) -> Option<ReplyErrorKind> {
        match self.message.as_deref()? {
            "Request not found" | "No data found" => Some(ReplyErrorKind::NotFound),
            "Something went wrong" => Some(ReplyErrorKind::Unavailable),
            text if text.starts_with("Already reacted") => Some(ReplyErrorKind::Conflict),
            text if text.to_ascii_lowercase().contains("whitelist") => Some(ReplyErrorKind::Authentication),
            _ => None,
        }
    }
}

/// Returns true for the codes of Tutelar's error table, as far as the table could be read.
fn is_table_code(code: &str) -> bool {
    code.len() == 3 && matches!(code.parse::<u16>(), Ok(101..=118))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn kind(status: u16, body: &'static str) -> Option<ReplyErrorKind> {
        let mut reply = Response::new(Bytes::from_static(body.as_bytes()));
        *reply.status_mut() = http::StatusCode::from_u16(status).unwrap();
        TransactionReply::decode(&reply).err().map(|error| error.kind())
    }

    #[test]
    fn success_needs_status_and_flag() {
        assert_eq!(kind(200, r#"{"success":true}"#), None);
        assert_eq!(kind(200, r#"{"success":true,"code":"300"}"#), Some(ReplyErrorKind::Unreadable));
        assert_eq!(kind(400, r#"{"success":true}"#), Some(ReplyErrorKind::Unreadable));
        assert_eq!(kind(200, "{}"), Some(ReplyErrorKind::Unreadable));
        assert_eq!(kind(200, r#"{"success":false}"#), Some(ReplyErrorKind::Rejected));
    }

    #[test]
    fn a_code_of_the_table_decides_before_300_and_the_status() {
        for body in [
            r#"{"success":false,"code":300,"error":{"code":"106"}}"#,
            r#"{"success":false,"errorCode":"106"}"#,
            r#"{"code":106}"#,
        ] {
            assert_eq!(kind(404, body), Some(ReplyErrorKind::Conflict), "{body}");
        }
        assert_eq!(kind(404, r#"{"code":"103"}"#), Some(ReplyErrorKind::Rejected));
        assert_eq!(kind(500, r#"{"code":"110"}"#), Some(ReplyErrorKind::Unavailable));
    }

    #[test]
    fn messages_decide_if_the_code_does_not() {
        let not_found = r#"{"success":false,"code":300,"message":"Request not found"}"#;
        assert_eq!(kind(200, not_found), Some(ReplyErrorKind::NotFound));
        let blocked = r#"{"success":false,"message":"IP is not in Whitelist"}"#;
        assert_eq!(kind(400, blocked), Some(ReplyErrorKind::Authentication));
    }
}
