//! Thirdwatch's JSON.

use std::fmt;

use serde::{Deserialize, Serialize};
use serde_json::{Map, Value};

use crate::native::{object_only, some};
use crate::redact::Presence;
use crate::words::open_words;

open_words! {
    /// The state of a chargeback. The schema takes any text and gives these as examples.
    pub enum ChargebackState {
        /// Notice of it has come.
        Received = "_received",
        /// The merchant accepts it (medium confidence).
        Accepted = "_accepted",
        /// The merchant fights it.
        Disputed = "_disputed",
        /// The merchant won (medium confidence).
        Won = "_won",
        /// The merchant lost (medium confidence).
        Lost = "_lost",
    }
}

open_words! {
    /// The reason of a chargeback. The schema takes any text and gives these as examples.
    pub enum ChargebackReason {
        /// Fraud.
        Fraud = "_fraud",
        /// Charged twice.
        Duplicate = "_duplicate",
        /// Not received.
        ProductNotReceived = "_product_not_received",
        /// Not acceptable.
        ProductUnacceptable = "_product_unacceptable",
        /// Another.
        Unlisted = "_other",
    }
}

open_words! {
    /// The type of abuse of a tag. The schema takes any text and gives these as examples.
    pub enum AbuseType {
        /// Payment.
        PaymentAbuse = "_paymentAbuse",
        /// Content.
        ContentAbuse = "_contentAbuse",
        /// Promotion.
        PromotionAbuse = "_promotionAbuse",
        /// Account.
        AccountAbuse = "_accountAbuse",
    }
}

/// Body of `POST /v1/chargeback`.
#[derive(Clone, Default, PartialEq, Serialize, Deserialize)]
#[serde(remote = "Self", deny_unknown_fields)]
#[non_exhaustive]
pub struct ChargebackEvent {
    /// The merchant's user, case sensitive; for a guest, the session.
    #[serde(rename = "_userId", default, deserialize_with = "some", skip_serializing_if = "Option::is_none")]
    pub user_id: Option<String>,
    /// The session; required if there is no user.
    #[serde(rename = "_sessionId", default, deserialize_with = "some", skip_serializing_if = "Option::is_none")]
    pub session_id: Option<String>,
    /// The order, if there was one.
    #[serde(rename = "_orderId", default, deserialize_with = "some", skip_serializing_if = "Option::is_none")]
    pub order_id: Option<String>,
    /// The transaction.
    #[serde(rename = "_transactionId", default, deserialize_with = "some", skip_serializing_if = "Option::is_none")]
    pub transaction_id: Option<String>,
    /// The state.
    #[serde(rename = "_chargebackState", default, deserialize_with = "some", skip_serializing_if = "Option::is_none")]
    pub state: Option<ChargebackState>,
    /// The reason.
    #[serde(rename = "_chargebackReason", default, deserialize_with = "some", skip_serializing_if = "Option::is_none")]
    pub reason: Option<ChargebackReason>,
    /// Anything else, as an object.
    #[serde(rename = "_customInfo", default, deserialize_with = "some", skip_serializing_if = "Option::is_none")]
    pub custom_info: Option<Map<String, Value>>,
}

/// Body of `POST /v1/tag`.
#[derive(Clone, Default, PartialEq, Serialize, Deserialize)]
#[serde(remote = "Self", deny_unknown_fields)]
#[non_exhaustive]
pub struct TagUser {
    /// The merchant's user.
    #[serde(rename = "_userId", default, deserialize_with = "some", skip_serializing_if = "Option::is_none")]
    pub user_id: Option<String>,
    /// Whether the user is bad.
    #[serde(rename = "_isBad", default, deserialize_with = "some", skip_serializing_if = "Option::is_none")]
    pub is_bad: Option<bool>,
    /// The type of abuse.
    #[serde(rename = "_abuseType", default, deserialize_with = "some", skip_serializing_if = "Option::is_none")]
    pub abuse_type: Option<AbuseType>,
    /// Free text.
    #[serde(rename = "_description", default, deserialize_with = "some", skip_serializing_if = "Option::is_none")]
    pub description: Option<String>,
    /// Where it comes from.
    #[serde(rename = "_source", default, deserialize_with = "some", skip_serializing_if = "Option::is_none")]
    pub source: Option<String>,
    /// Who decided it.
    #[serde(rename = "_analyst", default, deserialize_with = "some", skip_serializing_if = "Option::is_none")]
    pub analyst: Option<String>,
    /// Anything else, as an object.
    #[serde(rename = "_customInfo", default, deserialize_with = "some", skip_serializing_if = "Option::is_none")]
    pub custom_info: Option<Map<String, Value>>,
}

impl TagUser {
    /// A tag of a user.
    pub fn new(user_id: impl Into<String>, is_bad: bool) -> Self {
        Self { user_id: Some(user_id.into()), is_bad: Some(is_bad), ..Self::default() }
    }
}

/// Body of `POST /v1/untag`.
#[derive(Clone, Default, PartialEq, Serialize, Deserialize)]
#[serde(remote = "Self", deny_unknown_fields)]
#[non_exhaustive]
pub struct UntagUser {
    /// The merchant's user.
    #[serde(rename = "_userId", default, deserialize_with = "some", skip_serializing_if = "Option::is_none")]
    pub user_id: Option<String>,
    /// The type of abuse; without it, all are cleared.
    #[serde(rename = "_abuseType", default, deserialize_with = "some", skip_serializing_if = "Option::is_none")]
    pub abuse_type: Option<AbuseType>,
    /// Who decided it.
    #[serde(rename = "_analyst", default, deserialize_with = "some", skip_serializing_if = "Option::is_none")]
    pub analyst: Option<String>,
    /// Anything else, as an object.
    #[serde(rename = "_customInfo", default, deserialize_with = "some", skip_serializing_if = "Option::is_none")]
    pub custom_info: Option<Map<String, Value>>,
}

impl UntagUser {
    /// Takes a user's tags away.
    pub fn new(user_id: impl Into<String>) -> Self {
        Self { user_id: Some(user_id.into()), ..Self::default() }
    }
}

object_only!(ChargebackEvent, TagUser, UntagUser);

impl fmt::Debug for ChargebackEvent {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("ChargebackEvent")
            .field("user_id", &Presence::of(self.user_id.as_ref()))
            .field("session_id", &Presence::of(self.session_id.as_ref()))
            .field("state", &self.state)
            .field("reason", &self.reason)
            .finish_non_exhaustive()
    }
}

impl fmt::Debug for TagUser {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("TagUser")
            .field("user_id", &Presence::of(self.user_id.as_ref()))
            .field("is_bad", &self.is_bad)
            .field("abuse_type", &self.abuse_type)
            .finish_non_exhaustive()
    }
}

impl fmt::Debug for UntagUser {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("UntagUser")
            .field("user_id", &Presence::of(self.user_id.as_ref()))
            .field("abuse_type", &self.abuse_type)
            .finish_non_exhaustive()
    }
}
