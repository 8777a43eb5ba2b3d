//! Thirdwatch's requests. Field names in JSON are in camelCase with an underscore: `_userId`.

use std::fmt;

use super::custom_info::CustomInfo;
use crate::util::redact::Presence;
use crate::util::strict_serde::object_struct;
use crate::util::string_enum::open_string_enum;
use crate::util::violation::Violation;

open_string_enum! {
    path = "chargeback::thirdwatch";
    /// The state of a chargeback, `_chargebackState`. The schema accepts any text and gives these as examples. Another
    /// value is kept and sent unchanged.
    pub enum ChargebackState {
        /// The merchant was notified of the chargeback.
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
    path = "chargeback::thirdwatch";
    /// The reason of a chargeback, `_chargebackReason`. The schema accepts any text and gives these as examples.
    /// Another value is kept and sent unchanged.
    pub enum ChargebackReason {
        /// The customer denies having made the payment.
        Fraud = "_fraud",
        /// The customer was charged twice.
        Duplicate = "_duplicate",
        /// The goods did not arrive.
        ProductNotReceived = "_product_not_received",
        /// The goods are not those that were bought, or are defective (medium confidence).
        ProductUnacceptable = "_product_unacceptable",
        /// Any other reason. The value is singular.
        Unlisted = "_other",
    }
}

open_string_enum! {
    path = "chargeback::thirdwatch";
    /// The type of abuse of a tag, `_abuseType`. The schema accepts any text and gives these as examples. Another value
    /// is kept and sent unchanged.
    pub enum AbuseType {
        /// Abuse of payments. Reports send this type.
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
    /// The call `POST /v1/chargeback`: reports a chargeback event. Idempotent.
    ///
    /// The body has no amount, currency or date. No length limits are documented.
    ///
    /// ```
    /// use chargeback::thirdwatch::{ChargebackEvent, ChargebackState};
    ///
    /// let mut event = ChargebackEvent::for_user("user-17");
    /// event.state = Some(ChargebackState::Disputed);
    /// assert_eq!(serde_json::to_string(&event)?, r#"{"_userId":"user-17","_chargebackState":"_disputed"}"#);
    /// # Ok::<(), serde_json::Error>(())
    /// ```
    #[derive(Clone, Default, PartialEq)]
    #[non_exhaustive]
    pub struct ChargebackEvent {
        /// The merchant's id of the user, case sensitive; for a guest, the id of the session.
        #[serde(rename = "_userId")]
        pub user_id: Option<String>,
        /// The merchant's id of the session; required if there is no user.
        #[serde(rename = "_sessionId")]
        pub session_id: Option<String>,
        /// The merchant's id of the order, if there is one.
        #[serde(rename = "_orderId")]
        pub order_id: Option<String>,
        /// The merchant's id of the transaction.
        #[serde(rename = "_transactionId")]
        pub transaction_id: Option<String>,
        /// The state of the chargeback.
        #[serde(rename = "_chargebackState")]
        pub state: Option<ChargebackState>,
        /// The reason of the chargeback.
        #[serde(rename = "_chargebackReason")]
        pub reason: Option<ChargebackReason>,
        /// Other data, as names with JSON values. [The module](super) lists the names that a report sends. `Debug` does
        /// not show it.
        #[serde(rename = "_customInfo")]
        pub custom_info: Option<CustomInfo>,
    }
}

object_struct! {
    names = "snake_case";
    /// The call `POST /v1/tag`: tags a user as bad or good. Idempotent: a tag overwrites the tag before.
    ///
    /// ```
    /// use chargeback::thirdwatch::TagUser;
    ///
    /// let mut tag = TagUser::new("user-17", false);
    /// tag.analyst = Some("analyst-3".into());
    /// assert_eq!(serde_json::to_string(&tag)?, r#"{"_userId":"user-17","_isBad":false,"_analyst":"analyst-3"}"#);
    /// # Ok::<(), serde_json::Error>(())
    /// ```
    #[derive(Clone, Default, PartialEq)]
    #[non_exhaustive]
    pub struct TagUser {
        /// The merchant's id of the user, case sensitive; required.
        #[serde(rename = "_userId")]
        pub user_id: Option<String>,
        /// True if the user is bad; `_isBad`.
        #[serde(rename = "_isBad")]
        pub is_bad: Option<bool>,
        /// The type of abuse.
        #[serde(rename = "_abuseType")]
        pub abuse_type: Option<AbuseType>,
        /// Free text on the tag. Reports send none.
        #[serde(rename = "_description")]
        pub description: Option<String>,
        /// The source of the tag, free text. Reports send none.
        #[serde(rename = "_source")]
        pub source: Option<String>,
        /// The analyst who decided, as a name or id of the merchant. Reports send none.
        #[serde(rename = "_analyst")]
        pub analyst: Option<String>,
        /// Other data, as names with JSON values. Reports send none, and `Debug` does not show it.
        #[serde(rename = "_customInfo")]
        pub custom_info: Option<CustomInfo>,
    }
}

impl ChargebackEvent {
    /// Creates an event with a user, without state, reason or other data.
    ///
    /// ```
    /// use chargeback::thirdwatch::{ChargebackEvent, ChargebackState};
    ///
    /// let mut event = ChargebackEvent::for_user("user-17");
    /// event.state = Some(ChargebackState::Received);
    /// assert!(event.validate().is_empty());
    /// assert_eq!(ChargebackEvent::default().validate().len(), 1);
    /// ```
    pub fn for_user(user_id: impl Into<String>) -> Self {
        Self { user_id: Some(user_id.into()), ..Self::default() }
    }

    /// Returns the rule that the event breaks: a user or a session is required. The schema requires nothing; the
    /// vendor's text does.
    #[must_use]
    pub fn validate(&self) -> Vec<Violation> {
        let named = is_set(self.user_id.as_ref()) || is_set(self.session_id.as_ref());
        if named { Vec::new() } else { vec![Violation::new("_userId", "required; set _userId or _sessionId")] }
    }
}

impl TagUser {
    /// Returns the rule that the call breaks: a user is required.
    #[must_use]
    pub fn validate(&self) -> Vec<Violation> {
        needs_user(self.user_id.as_ref())
    }

    /// Creates a tag of a user as bad or good.
    ///
    /// ```
    /// use chargeback::thirdwatch::{AbuseType, TagUser};
    ///
    /// let mut tag = TagUser::new("user-17", true);
    /// tag.abuse_type = Some(AbuseType::PaymentAbuse);
    /// assert!(tag.validate().is_empty());
    /// ```
    pub fn new(user_id: impl Into<String>, is_bad: bool) -> Self {
        Self { user_id: Some(user_id.into()), is_bad: Some(is_bad), ..Self::default() }
    }
}

object_struct! {
    names = "snake_case";
    /// The call `POST /v1/untag`: removes tags of a user. Idempotent. No report sends it.
    ///
    /// ```
    /// use chargeback::thirdwatch::UntagUser;
    ///
    /// assert_eq!(UntagUser::new("").validate()[0].to_string(), "_userId: required");
    /// ```
    #[derive(Clone, Default, PartialEq)]
    #[non_exhaustive]
    pub struct UntagUser {
        /// The merchant's id of the user, case sensitive; required.
        #[serde(rename = "_userId")]
        pub user_id: Option<String>,
        /// The type of abuse. Without it, all tags are removed.
        #[serde(rename = "_abuseType")]
        pub abuse_type: Option<AbuseType>,
        /// The analyst who decided, as a name or id of the merchant.
        #[serde(rename = "_analyst")]
        pub analyst: Option<String>,
        /// Other data, as names with JSON values. `Debug` does not show it.
        #[serde(rename = "_customInfo")]
        pub custom_info: Option<CustomInfo>,
    }
}

impl UntagUser {
    /// Returns the rule that the call breaks: a user is required.
    #[must_use]
    pub fn validate(&self) -> Vec<Violation> {
        needs_user(self.user_id.as_ref())
    }

    /// Creates a call that removes all tags of a user.
    ///
    /// ```
    /// use chargeback::thirdwatch::{AbuseType, UntagUser};
    ///
    /// let mut untag = UntagUser::new("user-17");
    /// untag.abuse_type = Some(AbuseType::PaymentAbuse);
    /// assert!(untag.validate().is_empty());
    /// ```
    pub fn new(user_id: impl Into<String>) -> Self {
        Self { user_id: Some(user_id.into()), ..Self::default() }
    }
}

/// A call of a report: the chargeback, or the tag after it.
#[derive(Debug, Clone, PartialEq)]
#[non_exhaustive]
pub enum Step {
    /// Reports the chargeback.
    Chargeback(ChargebackEvent),
    /// Tags the user.
    Tag(TagUser),
}

fn is_set(id: Option<&String>) -> bool {
    id.is_some_and(|id| !id.is_empty())
}

fn needs_user(user_id: Option<&String>) -> Vec<Violation> {
    if is_set(user_id) { Vec::new() } else { vec![Violation::new("_userId", "required")] }
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
