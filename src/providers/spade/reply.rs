//! Spade's replies. All four calls are answered alike.

use std::borrow::Cow;
use std::fmt;

use bytes::Bytes;
use http::{Response, StatusCode};

use crate::connector::{Acknowledgement, ReplyError};
use crate::providers::json::{Json, Object};
use crate::providers::reply::{object, status_error};
use crate::util::redact::Presence;

/// Spade's acknowledgement of feedback: HTTP 200 with a JSON object.
///
/// ```
/// use chargeback::spade::{FeedbackReply, RefundFeedback, Spade};
/// use chargeback::{Error, HttpProvider};
///
/// async fn refund(spade: &HttpProvider<Spade>, enrichment_id: &str) -> Result<FeedbackReply, Error> {
///     Ok(spade.report_refund(enrichment_id, RefundFeedback::default()).await?.reply)
/// }
/// ```
#[derive(Clone, Default, PartialEq, Eq)]
#[non_exhaustive]
pub struct FeedbackReply {
    /// Spade's message. The page documents the same sentence for all four calls, so the text proves nothing. `Debug`
    /// does not show it.
    pub details: Option<String>,
}

impl fmt::Debug for FeedbackReply {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("FeedbackReply").field("details", &Presence::new(self.details.as_ref())).finish()
    }
}

impl FeedbackReply {
    /// Parses a reply to any of the four calls.
    pub(super) fn decode(reply: &Response<Bytes>) -> Result<Self, ReplyError> {
        match (reply.status(), object(reply)) {
            (StatusCode::OK, Some(object)) => {
                Ok(Self { details: object.get("details").and_then(Json::text).map(Cow::into_owned) })
            }
            (_, object) => Err(status_error(reply).message(object.as_ref().and_then(error_message))),
        }
    }

    pub(super) fn acknowledgement(&self) -> Acknowledgement {
        Acknowledgement::default().message(self.details.clone())
    }
}

/// Returns the message of an error reply: `details`, or the texts of a 400, which are lists by field name.
fn error_message(object: &Object<'_>) -> Option<String> {
    if let Some(details) = object.owned_text(&["details", "detail", "message"]) {
        return Some(details);
    }
    let texts: Vec<String> = object
        .iter()
        .flat_map(|(field, value)| {
            let list = value.as_list().unwrap_or(std::slice::from_ref(value));
            list.iter().filter_map(Json::text).map(move |text| format!("{field}: {text}"))
        })
        .collect();
    (!texts.is_empty()).then(|| texts.join("; "))
}
