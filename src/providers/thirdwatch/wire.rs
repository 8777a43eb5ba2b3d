//! Thirdwatch's JSON.

use std::fmt;

use super::custom_info::CustomInfo;
use crate::util::redact::Presence;
use crate::util::strict_serde::{object_struct, some};
use crate::util::string_enum::open_string_enum;
use crate::util::violation::Violation;

open_string_enum! {
    /// The state of a chargeback, `_chargebackState`. The schema takes any text and gives these as examples; another
    /// word is kept and sent to the letter.
    pub enum ChargebackState {
        /// Notice of the chargeback has come.
        Received = "_received",
        /// The merchant accepts the chargeback and bears the loss (medium confidence).
        Accepted = "_accepted",
        /// The merchant contests the chargeback.
        Disputed = "_disputed",
        /// The merchant won (medium confidence).
        Won = "_won",
        /// The merchant lost (medium confidence).
        Lost = "_lost",
    }
}

open_string_enum! {
    /// The reason of a chargeback, `_chargebackReason`. The schema takes any text and gives these as examples; another
    /// word is kept and sent to the letter.
    pub enum ChargebackReason {
        /// The customer says that it was not them.
        Fraud = "_fraud",
        /// The customer was charged twice.
        Duplicate = "_duplicate",
        /// The goods did not arrive.
        ProductNotReceived = "_product_not_received",
        /// The goods are not what was bought, or defective (medium confidence).
        ProductUnacceptable = "_product_unacceptable",
        /// Another reason than these; the word is singular.
        Unlisted = "_other",
    }
}

open_string_enum! {
    /// The type of abuse that a tag is about, `_abuseType`. The schema takes any text and gives these as examples;
    /// another word is kept and sent to the letter.
    pub enum AbuseType {
        /// Abuse of payments; what reports send.
        PaymentAbuse = "_paymentAbuse",
        /// Abuse of content, such as spam. No report sends it.
        ContentAbuse = "_contentAbuse",
        /// Abuse of promotions. No report sends it.
        PromotionAbuse = "_promotionAbuse",
        /// Abuse of accounts. No report sends it.
        AccountAbuse = "_accountAbuse",
    }
}

object_struct! {
    names = "snake_case";
    /// Body of `POST /v1/chargeback`. It has no amount, currency or date. No limits of length are documented.
    #[derive(Clone, Default, PartialEq)]
    #[non_exhaustive]
    pub struct ChargebackEvent {
        /// The merchant's id of the user, case sensitive; for a guest, the session's.
        #[serde(rename = "_userId", default, deserialize_with = "some", skip_serializing_if = "Option::is_none")]
        pub user_id: Option<String>,
        /// The merchant's id of the session; required if there is no user.
        #[serde(rename = "_sessionId", default, deserialize_with = "some", skip_serializing_if = "Option::is_none")]
        pub session_id: Option<String>,
        /// The merchant's id of the order, if there was one.
        #[serde(rename = "_orderId", default, deserialize_with = "some", skip_serializing_if = "Option::is_none")]
        pub order_id: Option<String>,
        /// The merchant's id of the transaction.
        #[serde(rename = "_transactionId", default, deserialize_with = "some", skip_serializing_if = "Option::is_none")]
        pub transaction_id: Option<String>,
        /// Where the chargeback stands.
        #[serde(rename = "_chargebackState", default, deserialize_with = "some", skip_serializing_if = "Option::is_none")]
        pub state: Option<ChargebackState>,
        /// Why the customer or issuer charges back.
        #[serde(rename = "_chargebackReason", default, deserialize_with = "some", skip_serializing_if = "Option::is_none")]
        pub reason: Option<ChargebackReason>,
        /// Anything else, as a map of names and JSON values; what a report puts there, [the module](super) lists.
        /// `Debug` does not show it.
        #[serde(rename = "_customInfo", default, deserialize_with = "some", skip_serializing_if = "Option::is_none")]
        pub custom_info: Option<CustomInfo>,
    }
}

object_struct! {
    names = "snake_case";
    /// Body of `POST /v1/tag`. A tag overwrites the one before.
    #[derive(Clone, Default, PartialEq)]
    #[non_exhaustive]
    pub struct TagUser {
        /// The merchant's id of the user, case sensitive; required.
        #[serde(rename = "_userId", default, deserialize_with = "some", skip_serializing_if = "Option::is_none")]
        pub user_id: Option<String>,
        /// Whether the user is bad; `_isBad`.
        #[serde(rename = "_isBad", default, deserialize_with = "some", skip_serializing_if = "Option::is_none")]
        pub is_bad: Option<bool>,
        /// The type of abuse that the tag is about.
        #[serde(rename = "_abuseType", default, deserialize_with = "some", skip_serializing_if = "Option::is_none")]
        pub abuse_type: Option<AbuseType>,
        /// Free text on the tag. Reports send none.
        #[serde(rename = "_description", default, deserialize_with = "some", skip_serializing_if = "Option::is_none")]
        pub description: Option<String>,
        /// Free text: where the tag comes from. Reports send none.
        #[serde(rename = "_source", default, deserialize_with = "some", skip_serializing_if = "Option::is_none")]
        pub source: Option<String>,
        /// The analyst who decided it, a name or id of yours. Reports send none.
        #[serde(rename = "_analyst", default, deserialize_with = "some", skip_serializing_if = "Option::is_none")]
        pub analyst: Option<String>,
        /// Anything else, as a map of names and JSON values. Reports send none here, and `Debug` does not show it.
        #[serde(rename = "_customInfo", default, deserialize_with = "some", skip_serializing_if = "Option::is_none")]
        pub custom_info: Option<CustomInfo>,
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
    /// The rule that it breaks, if it does: a user is required.
    #[must_use]
    pub fn validate(&self) -> Vec<Violation> {
        needs_user(self.user_id.as_ref())
    }

    /// A tag of a user as bad or good, and nothing else.
    pub fn new(user_id: impl Into<String>, is_bad: bool) -> Self {
        Self { user_id: Some(user_id.into()), is_bad: Some(is_bad), ..Self::default() }
    }
}

object_struct! {
    names = "snake_case";
    /// Body of `POST /v1/untag`. No report sends it.
    #[derive(Clone, Default, PartialEq)]
    #[non_exhaustive]
    pub struct UntagUser {
        /// The merchant's id of the user, case sensitive; required.
        #[serde(rename = "_userId", default, deserialize_with = "some", skip_serializing_if = "Option::is_none")]
        pub user_id: Option<String>,
        /// The type of abuse; without it, all are cleared.
        #[serde(rename = "_abuseType", default, deserialize_with = "some", skip_serializing_if = "Option::is_none")]
        pub abuse_type: Option<AbuseType>,
        /// The analyst who decided it, a name or id of yours.
        #[serde(rename = "_analyst", default, deserialize_with = "some", skip_serializing_if = "Option::is_none")]
        pub analyst: Option<String>,
        /// Anything else, as a map of names and JSON values. `Debug` does not show it.
        #[serde(rename = "_customInfo", default, deserialize_with = "some", skip_serializing_if = "Option::is_none")]
        pub custom_info: Option<CustomInfo>,
    }
}

impl UntagUser {
    /// The rule that it breaks, if it does: a user is required.
    #[must_use]
    pub fn validate(&self) -> Vec<Violation> {
        needs_user(self.user_id.as_ref())
    }

    /// Takes all of a user's tags away, whatever they are about.
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
            .field("user_id", &Presence::new(self.user_id.as_ref()))
            .field("session_id", &Presence::new(self.session_id.as_ref()))
            .field("state", &self.state)
            .field("reason", &self.reason)
            .finish_non_exhaustive()
    }
}

impl fmt::Debug for TagUser {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("TagUser")
            .field("user_id", &Presence::new(self.user_id.as_ref()))
            .field("is_bad", &self.is_bad)
            .field("abuse_type", &self.abuse_type)
            .finish_non_exhaustive()
    }
}

impl fmt::Debug for UntagUser {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("UntagUser")
            .field("user_id", &Presence::new(self.user_id.as_ref()))
            .field("abuse_type", &self.abuse_type)
            .finish_non_exhaustive()
    }
}
