//! The event `$chargeback`, and its JSON form: reserved names with a dollar sign, and custom names without one.

use std::fmt;

use serde::de::Error as _;
use serde::{Deserialize, Deserializer, Serialize};
use serde_json::{Map, Value};

use super::values::{ChargebackReason, ChargebackState};
use crate::util::redact::Presence;
use crate::util::strict_serde::object_struct;
use crate::util::violation::Violation;

/// The event `$chargeback`: reports a chargeback or its new state. Idempotent.
///
/// An order id or a transaction id is required; Sift recommends both, and the user id. No length limits are documented.
///
/// ```
/// use chargeback::sift::{ChargebackEvent, ChargebackState};
///
/// let mut event = ChargebackEvent::for_order("ORD-1");
/// event.state = Some(ChargebackState::Disputed);
/// event.custom.insert("case_number".into(), "4711".into());
/// let json = r#"{"$order_id":"ORD-1","$chargeback_state":"$disputed","case_number":"4711"}"#;
/// assert_eq!(serde_json::to_string(&event)?, json);
/// # Ok::<(), serde_json::Error>(())
/// ```
#[derive(Clone, Default, PartialEq, Serialize)]
#[non_exhaustive]
pub struct ChargebackEvent {
    /// The merchant's id of the user, case sensitive: letters, digits and `=.-_+@:&^%!$`.
    #[serde(rename = "$user_id", skip_serializing_if = "Option::is_none")]
    pub user_id: Option<String>,
    /// The merchant's id of the session, for an event without a user (medium confidence).
    #[serde(rename = "$session_id", skip_serializing_if = "Option::is_none")]
    pub session_id: Option<String>,
    /// The merchant's id of the order.
    #[serde(rename = "$order_id", skip_serializing_if = "Option::is_none")]
    pub order_id: Option<String>,
    /// The merchant's id of the transaction.
    #[serde(rename = "$transaction_id", skip_serializing_if = "Option::is_none")]
    pub transaction_id: Option<String>,
    /// The state of the chargeback.
    #[serde(rename = "$chargeback_state", skip_serializing_if = "Option::is_none")]
    pub state: Option<ChargebackState>,
    /// The reason of the chargeback.
    #[serde(rename = "$chargeback_reason", skip_serializing_if = "Option::is_none")]
    pub reason: Option<ChargebackReason>,
    /// The return code of an ACH payment: `R` and two digits.
    #[serde(rename = "$ach_return_code", skip_serializing_if = "Option::is_none")]
    pub ach_return_code: Option<String>,
    /// The merchant, for platforms with several merchants. Reports send none.
    #[serde(rename = "$merchant_profile", skip_serializing_if = "Option::is_none")]
    pub merchant_profile: Option<MerchantProfile>,
    /// The customer's IP address. Reports send none.
    #[serde(rename = "$ip", skip_serializing_if = "Option::is_none")]
    pub ip: Option<String>,
    /// The time of the event in Unix milliseconds. Sift refuses a time in the future.
    #[serde(rename = "$time", skip_serializing_if = "Option::is_none")]
    pub time: Option<i64>,
    /// Other fields: names of letters, digits and `_`, with any JSON values. `Debug` does not show them.
    #[serde(flatten)]
    pub custom: Map<String, Value>,
}

object_struct! {
    names = "snake_case";
    nulls = absent;
    /// A merchant of a platform, `$merchant_profile`.
    #[derive(Clone, Default, PartialEq, Eq)]
    #[non_exhaustive]
    pub struct MerchantProfile {
        /// The platform's id of the merchant.
        #[serde(rename = "$merchant_id")]
        pub id: Option<String>,
        /// The merchant category code.
        #[serde(rename = "$merchant_category_code")]
        pub category_code: Option<String>,
        /// The name of the merchant.
        #[serde(rename = "$merchant_name")]
        pub name: Option<String>,
        /// The address of the merchant.
        #[serde(rename = "$merchant_address")]
        pub address: Option<MerchantAddress>,
    }
}

object_struct! {
    names = "snake_case";
    nulls = absent;
    /// The address of a merchant, `$merchant_address`.
    #[derive(Clone, Default, PartialEq, Eq)]
    #[non_exhaustive]
    pub struct MerchantAddress {
        /// The name in the address.
        #[serde(rename = "$name")]
        pub name: Option<String>,
        /// The first line.
        #[serde(rename = "$address_1")]
        pub line_1: Option<String>,
        /// The second line.
        #[serde(rename = "$address_2")]
        pub line_2: Option<String>,
        /// The city.
        #[serde(rename = "$city")]
        pub city: Option<String>,
        /// The region or state.
        #[serde(rename = "$region")]
        pub region: Option<String>,
        /// The country as an ISO 3166 code of two letters.
        #[serde(rename = "$country")]
        pub country: Option<String>,
        /// The postal code.
        #[serde(rename = "$zipcode")]
        pub postal_code: Option<String>,
        /// The phone number.
        #[serde(rename = "$phone")]
        pub phone: Option<String>,
    }
}

impl ChargebackEvent {
    /// Creates an event with an order, without state, reason or other data.
    ///
    /// ```
    /// use chargeback::sift::ChargebackEvent;
    ///
    /// assert!(ChargebackEvent::for_order("ORD-1").validate().is_empty());
    /// assert_eq!(ChargebackEvent::default().validate().len(), 1);
    /// ```
    pub fn for_order(order_id: impl Into<String>) -> Self {
        Self { order_id: Some(order_id.into()), ..Self::default() }
    }

    /// Returns the rules that the event breaks.
    #[must_use]
    pub fn validate(&self) -> Vec<Violation> {
        let mut violations = Vec::new();
        if self.order_id.is_none() && self.transaction_id.is_none() {
            violations.push(Violation::new("$order_id", "required; set $order_id or $transaction_id"));
        }
        let ids = [
            ("$user_id", &self.user_id),
            ("$session_id", &self.session_id),
            ("$order_id", &self.order_id),
            ("$transaction_id", &self.transaction_id),
        ];
        for (name, id) in ids {
            if id.as_deref() == Some("") {
                violations.push(Violation::new(name, "must not be empty"));
            }
        }
        if !self.user_id.as_deref().is_none_or(has_id_characters) {
            violations.push(Violation::new("$user_id", "may only have letters, digits and =.-_+@:&^%!$"));
        }
        if !self.ach_return_code.as_deref().is_none_or(is_ach_code) {
            violations.push(Violation::new("$ach_return_code", "must be R and two digits"));
        }
        if !self.custom.keys().all(|name| is_custom_name(name)) {
            let rule = "a custom name must have letters, digits and _ only";
            violations.push(Violation::new("custom", rule));
        }
        violations
    }
}

/// The reserved names of an event. `null` is the same as absent.
#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Reserved {
    #[serde(rename = "$user_id")]
    user_id: Option<String>,
    #[serde(rename = "$session_id")]
    session_id: Option<String>,
    #[serde(rename = "$order_id")]
    order_id: Option<String>,
    #[serde(rename = "$transaction_id")]
    transaction_id: Option<String>,
    #[serde(rename = "$chargeback_state")]
    state: Option<ChargebackState>,
    #[serde(rename = "$chargeback_reason")]
    reason: Option<ChargebackReason>,
    #[serde(rename = "$ach_return_code")]
    ach_return_code: Option<String>,
    #[serde(rename = "$merchant_profile")]
    merchant_profile: Option<MerchantProfile>,
    #[serde(rename = "$ip")]
    ip: Option<String>,
    #[serde(rename = "$time")]
    time: Option<i64>,
}

impl<'de> Deserialize<'de> for ChargebackEvent {
    /// Reads reserved names strictly, and every other name as a custom field.
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        let (mut reserved, mut custom) = (Map::new(), Map::new());
        for (name, value) in Map::deserialize(deserializer)? {
            match name.starts_with('$') {
                true => reserved.insert(name, value),
                false if value.is_null() => None,
                false => custom.insert(name, value),
            };
        }
        let reserved: Reserved = serde_json::from_value(Value::Object(reserved)).map_err(D::Error::custom)?;
        Ok(Self {
            user_id: reserved.user_id,
            session_id: reserved.session_id,
            order_id: reserved.order_id,
            transaction_id: reserved.transaction_id,
            state: reserved.state,
            reason: reserved.reason,
            ach_return_code: reserved.ach_return_code,
            merchant_profile: reserved.merchant_profile,
            ip: reserved.ip,
            time: reserved.time,
            custom,
        })
    }
}

impl fmt::Debug for ChargebackEvent {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("ChargebackEvent")
            .field("user_id", &Presence::new(self.user_id.as_ref()))
            .field("order_id", &Presence::new(self.order_id.as_ref()))
            .field("transaction_id", &Presence::new(self.transaction_id.as_ref()))
            .field("state", &self.state)
            .field("reason", &self.reason)
            .finish_non_exhaustive()
    }
}

impl fmt::Debug for MerchantProfile {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("MerchantProfile").field("id", &Presence::new(self.id.as_ref())).finish_non_exhaustive()
    }
}

impl fmt::Debug for MerchantAddress {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("MerchantAddress").finish_non_exhaustive()
    }
}

/// Returns true if every character is one of those that Sift allows in ids of users.
pub(super) fn has_id_characters(text: &str) -> bool {
    text.bytes().all(|byte| byte.is_ascii_alphanumeric() || b"=.-_+@:&^%!$".contains(&byte))
}

/// Returns true for a NACHA return code: `R` and two digits.
pub(super) fn is_ach_code(text: &str) -> bool {
    matches!(text.as_bytes(), [b'R', tens, ones] if tens.is_ascii_digit() && ones.is_ascii_digit())
}

fn is_custom_name(name: &str) -> bool {
    !name.is_empty() && name.bytes().all(|byte| byte.is_ascii_alphanumeric() || byte == b'_')
}

#[cfg(test)]
mod tests {
    use super::*;

    fn read(json: &str) -> Option<ChargebackEvent> {
        serde_json::from_str(json).ok()
    }

    #[test]
    fn other_names_are_custom_fields_and_null_is_absent() {
        let event = read(r#"{"$order_id":"o","$user_id":null,"note":"n","empty":null,"flag":true}"#).unwrap();
        assert_eq!((event.order_id.as_deref(), &event.user_id), (Some("o"), &None));
        assert_eq!(Value::Object(event.custom.clone()), serde_json::json!({ "note": "n", "flag": true }));
        assert_eq!(serde_json::to_string(&event).unwrap(), r#"{"$order_id":"o","flag":true,"note":"n"}"#);
    }

    #[test]
    fn unknown_reserved_names_and_wrong_types_are_refused() {
        for json in [
            r#"{"$case_number":"x"}"#,
            r#"{"$type":"$chargeback"}"#,
            r#"{"$chargeback_state":5}"#,
            r#"{"$chargeback_state":"$open"}"#,
            r#"{"$time":"1456274104243"}"#,
            r#"{"$time":1.5}"#,
        ] {
            assert_eq!(read(json), None, "{json}");
        }
    }

    #[test]
    fn characters_are_checked() {
        assert!(has_id_characters("aZ09=.-_+@:&^%!$"));
        for text in ["b\u{fc}rger", "user/1", "user#1", "user,1", "user 1"] {
            assert!(!has_id_characters(text), "{text}");
        }
        assert!(is_ach_code("R01") && is_ach_code("R85"));
        for text in ["", "R1", "r01", "B02", "R011", "R0x"] {
            assert!(!is_ach_code(text), "{text}");
        }
    }
}
