//! Thirdwatch's JSON.

use std::fmt;

use serde_json::{Map, Value};

use crate::native::{object_struct, some};
use crate::redact::Presence;
use crate::violation::Violation;
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
        /// The customer says that it was not them.
        Fraud = "_fraud",
        /// The customer was charged twice.
        Duplicate = "_duplicate",
        /// The goods did not arrive.
        ProductNotReceived = "_product_not_received",
        /// The goods are not what was bought, or defective (medium confidence).
        ProductUnacceptable = "_product_unacceptable",
        /// Another reason.
        Unlisted = "_other",
    }
}

open_words! {
    /// The type of abuse of a tag. The schema takes any text and gives these as examples.
    pub enum AbuseType {
        /// Abuse of payments; what reports send.
        PaymentAbuse = "_paymentAbuse",
        /// Abuse of content, such as spam.
        ContentAbuse = "_contentAbuse",
        /// Abuse of promotions.
        PromotionAbuse = "_promotionAbuse",
        /// Abuse of accounts.
        AccountAbuse = "_accountAbuse",
    }
}

object_struct! {
    names = "snake_case";
    /// Body of `POST /v1/chargeback`.
    #[derive(Clone, Default, PartialEq)]
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
}

object_struct! {
    names = "snake_case";
    /// Body of `POST /v1/tag`.
    #[derive(Clone, Default, PartialEq)]
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
}

impl ChargebackEvent {
    /// The rule that it breaks, if it does. The schema demands nothing; the vendor's prose demands a user or a session.
    #[must_use]
    pub fn validate(&self) -> Vec<Violation> {
        let named = is_given(self.user_id.as_ref()) || is_given(self.session_id.as_ref());
        if named { Vec::new() } else { vec![Violation::new("_userId", "this or _sessionId is required")] }
    }
}

impl TagUser {
    /// The rule that it breaks, if it does.
    #[must_use]
    pub fn validate(&self) -> Vec<Violation> {
        needs_user(self.user_id.as_ref())
    }

    /// A tag of a user.
    pub fn new(user_id: impl Into<String>, is_bad: bool) -> Self {
        Self { user_id: Some(user_id.into()), is_bad: Some(is_bad), ..Self::default() }
    }
}

object_struct! {
    names = "snake_case";
    /// Body of `POST /v1/untag`.
    #[derive(Clone, Default, PartialEq)]
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
}

impl UntagUser {
    /// The rule that it breaks, if it does.
    #[must_use]
    pub fn validate(&self) -> Vec<Violation> {
        needs_user(self.user_id.as_ref())
    }

    /// Takes a user's tags away.
    pub fn new(user_id: impl Into<String>) -> Self {
        Self { user_id: Some(user_id.into()), ..Self::default() }
    }
}

fn is_given(id: Option<&String>) -> bool {
    id.is_some_and(|id| !id.is_empty())
}

fn needs_user(user_id: Option<&String>) -> Vec<Violation> {
    if is_given(user_id) { Vec::new() } else { vec![Violation::new("_userId", "required")] }
}

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
