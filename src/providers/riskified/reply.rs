//! Riskified's replies. Both calls are answered alike.

use std::borrow::Cow;
use std::fmt;

use bytes::Bytes;
use http::{Response, StatusCode};

use crate::connector::{Acknowledgement, ReplyError};
use crate::providers::json::{Json, Object};
use crate::providers::reply::{object, status_error};
use crate::util::redact::Presence;

/// Riskified's acknowledgement of a decision or a claim: HTTP 200 with the id of the order.
///
/// ```
/// use chargeback::riskified::{Decision, ExternalStatus, OrderReply, ReportDecision, Riskified};
/// use chargeback::{Error, HttpProvider};
///
/// async fn report(riskified: &HttpProvider<Riskified>, order_id: &str) -> Result<OrderReply, Error> {
///     let decision = Decision::new(ExternalStatus::ChargebackNotFraud);
///     Ok(riskified.report_decision(ReportDecision::new(order_id, decision)).await?.reply)
/// }
/// ```
#[derive(Clone, Default, PartialEq, Eq)]
#[non_exhaustive]
pub struct OrderReply {
    /// The id of the order; a number becomes text.
    pub id: String,
    /// Riskified's status of the order. The values after a chargeback are not documented.
    pub status: Option<String>,
    /// Riskified's message. `Debug` does not show it.
    pub description: Option<String>,
}

impl fmt::Debug for OrderReply {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("OrderReply")
            .field("id", &Presence(true))
            .field("status", &Presence::new(self.status.as_ref()))
            .field("description", &Presence::new(self.description.as_ref()))
            .finish()
    }
}

impl OrderReply {
    /// Parses a reply to either call. Success is HTTP 200 with an id of the order and without an error.
    pub(super) fn decode(reply: &Response<Bytes>) -> Result<Self, ReplyError> {
        let object = object(reply).unwrap_or_default();
        let error = object.get("error").and_then(Json::as_object);
        let order = object.get("order").and_then(Json::as_object);
        let id = order.and_then(order_id);
        match (reply.status(), order, id) {
            (StatusCode::OK, Some(order), Some(id)) if object.get("error").is_none() => {
                Ok(Self { id, status: order.owned_text(&["status"]), description: order.owned_text(&["description"]) })
            }
            _ => Err(status_error(reply).message(error.and_then(|error| error.owned_text(&["message"])))),
        }
    }

    pub(super) fn acknowledgement(&self) -> Acknowledgement {
        Acknowledgement::default().message(self.description.clone())
    }
}

fn order_id(order: &Object<'_>) -> Option<String> {
    order.get("id").and_then(Json::text).map(Cow::into_owned).filter(|id| !id.is_empty())
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::connector::ReplyErrorKind;

    fn kind(status: u16, body: &'static str) -> Option<ReplyErrorKind> {
        let reply = Response::builder().status(status).body(Bytes::from_static(body.as_bytes())).unwrap();
        OrderReply::decode(&reply).err().map(|error| error.kind())
    }

    #[test]
    fn success_needs_the_id_of_the_order() {
        assert_eq!(kind(200, r#"{"order":{"id":"ORD-1"}}"#), None);
        assert_eq!(kind(200, r#"{"order":{"id":1001},"warnings":["x"]}"#), None);
        for body in ["{}", r#"{"order":{"id":null}}"#, r#"{"order":{"id":""}}"#, r#"{"order":{"id":"1"},"error":{}}"#] {
            assert_eq!(kind(200, body), Some(ReplyErrorKind::Unreadable), "{body}");
        }
        assert_eq!(kind(202, r#"{"order":{"id":"1"}}"#), Some(ReplyErrorKind::Unreadable));
        assert_eq!(kind(404, r#"{"error":{"message":"x"}}"#), Some(ReplyErrorKind::NotFound));
        assert_eq!(kind(504, ""), Some(ReplyErrorKind::Unavailable));
    }
}
