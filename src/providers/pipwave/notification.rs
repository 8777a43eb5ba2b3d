//! Verifies Pipwave's notifications (IPN).

use std::collections::BTreeMap;
use std::fmt;

use subtle::ConstantTimeEq as _;

use super::reply::TransactionStatus;
use super::signature::sign;
use crate::providers::json::{Json, RawObject};
use crate::util::secret::Secret;

/// The signed fields. Key and secret are signed too.
const SIGNED: [&str; 6] = ["timestamp", "pw_id", "txn_id", "amount", "currency_code", "transaction_status"];

// The signed text is `key:value` pairs without a separator, so a value with a colon could move text from one field to
// another. Only `txn_id`, which the merchant chooses and which comes last, may have a colon; the split is then unique.

/// A limit in bytes above any value that Pipwave signs. Pipwave's ids have at most 255 characters.
const MAX_SIGNED_BYTES: usize = 1_024;

/// A notification with a valid signature.
///
/// | Fields | Signed | Use |
/// |---|---|---|
/// | time, ids, amount, currency, status of the payment | yes | covered by the signature |
/// | `type`, every `reverse_*` field, `status`, `final_amount`, `notification_id` | no | confirm before you act |
///
/// Anyone who has seen a notification can change a field that is not signed. The accessors of these fields have names
/// with `unsigned`. Confirm them with [`requery`](crate::HttpProvider::requery).
///
/// **Replays.** Anyone who has seen a notification can send it again, and Pipwave repeats it until it is answered. This
/// type keeps no history. Skip repeats by the signed time, ids and status.
///
/// ```
/// use chargeback::pipwave::{Notification, TransactionStatus};
///
/// /// Returns the signed ids of a payment whose dispute is open.
/// fn disputed(notification: &Notification) -> Option<(&str, &str)> {
///     (notification.transaction_status() == Some(TransactionStatus::Disputed))
///         .then(|| Some((notification.pw_id()?, notification.txn_id()?)))?
/// }
/// ```
#[derive(Clone)]
pub struct Notification {
    fields: BTreeMap<String, String>,
}

impl Notification {
    /// Verifies the signature and parses the notification.
    ///
    /// Pipwave's clients sign values as PHP prints them: the JSON number `126.60` may be signed as `126.6`, and zero as
    /// an empty text. Every such spelling is tried. Comparisons take constant time.
    ///
    /// ```
    /// use chargeback::Secret;
    /// use chargeback::pipwave::signature::sign;
    /// use chargeback::pipwave::{Notification, TransactionStatus};
    ///
    /// let (key, secret) = (Secret::from("test_key"), Secret::from("test_secret"));
    /// let signature = sign(
    ///     [
    ///         ("api_key", "test_key"),
    ///         ("timestamp", "1456790400"),
    ///         ("pw_id", "PW-1"),
    ///         ("txn_id", "ORDER-1"),
    ///         ("amount", "126.6"),
    ///         ("currency_code", "USD"),
    ///         ("transaction_status", "13"),
    ///     ],
    ///     &secret,
    /// );
    /// let body = format!(
    ///     r#"{{"timestamp":1456790400,"pw_id":"PW-1","txn_id":"ORDER-1","amount":126.60,"currency_code":"USD",
    ///         "transaction_status":13,"type":"chargeback","signature":"{signature}"}}"#
    /// );
    /// let notification = Notification::verify(body.as_bytes(), &key, &secret)?;
    /// assert_eq!(notification.transaction_status(), Some(TransactionStatus::Disputed));
    /// assert_eq!(notification.amount(), Some("126.60"));
    /// # Ok::<(), chargeback::pipwave::NotificationError>(())
    /// ```
    ///
    /// # Errors
    ///
    /// Returns [`NotificationError`] if the body is not a notification, or if the signature is not Pipwave's.
    pub fn verify(body: &[u8], api_key: &Secret, api_secret: &Secret) -> Result<Self, NotificationError> {
        // Duplicate keys are an error at any depth: the signature could cover one value, and the accessors return the
        // other.
        let object = Json::parse(body).and_then(|_| RawObject::parse(body)).ok_or(NotificationError::Malformed)?;
        let values: BTreeMap<&str, Value> =
            object.sources().filter_map(|(key, source)| Some((key, Value::read(source)?))).collect();
        let Some(Value::Text(signature)) = values.get("signature") else { return Err(NotificationError::NoSignature) };
        if SIGNED.iter().filter(|key| **key != "txn_id").any(|key| values.get(key).is_some_and(Value::has_colon)) {
            return Err(NotificationError::NoMatch);
        }
        let spellings: Vec<Vec<String>> =
            SIGNED.iter().map(|key| values.get(key).map_or_else(|| vec![String::new()], Value::spellings)).collect();
        // Limits the hashing work: every spelling of every field is hashed.
        if spellings.iter().flatten().any(|text| text.len() > MAX_SIGNED_BYTES) {
            return Err(NotificationError::NoMatch);
        }
        if !any_matches(&spellings, api_key, api_secret, signature.as_bytes()) {
            return Err(NotificationError::NoMatch);
        }
        let fields = values.into_iter().map(|(key, value)| (key.to_owned(), value.into_text())).collect();
        Ok(Self { fields })
    }

    fn field(&self, key: &str) -> Option<&str> {
        self.fields.get(key).map(String::as_str).filter(|value| !value.is_empty())
    }

    /// Returns the value of any field.
    #[cfg(feature = "webhooks")]
    pub(crate) fn value(&self, key: &str) -> Option<&str> {
        self.field(key)
    }

    /// Returns true if the signature covers the field.
    #[cfg(feature = "webhooks")]
    pub(crate) fn is_signed(key: &str) -> bool {
        SIGNED.contains(&key)
    }

    /// Returns Pipwave's id of the payment. Signed.
    #[must_use]
    pub fn pw_id(&self) -> Option<&str> {
        self.field("pw_id")
    }

    /// Returns the merchant's id of the transaction. Signed.
    #[must_use]
    pub fn txn_id(&self) -> Option<&str> {
        self.field("txn_id")
    }

    /// Returns the amount as sent, in major units of the currency. Signed.
    #[must_use]
    pub fn amount(&self) -> Option<&str> {
        self.field("amount")
    }

    /// Returns the currency as sent, an ISO 4217 code. Signed.
    #[must_use]
    pub fn currency_code(&self) -> Option<&str> {
        self.field("currency_code")
    }

    /// Returns the time of the notification as sent, in Unix seconds. Signed.
    #[must_use]
    pub fn timestamp(&self) -> Option<&str> {
        self.field("timestamp")
    }

    /// Returns the status of the payment; `None` if it is absent or not a number. Signed.
    #[must_use]
    pub fn transaction_status(&self) -> Option<TransactionStatus> {
        self.field("transaction_status")?.parse::<i64>().ok().map(TransactionStatus::from)
    }

    /// Returns the status of the payment as sent.
    #[cfg(feature = "webhooks")]
    pub(crate) fn signed_status(&self) -> Option<&str> {
        self.field("transaction_status")
    }

    /// Returns the type: `payment`, `refund` or `chargeback`. Not signed.
    #[must_use]
    pub fn unsigned_type(&self) -> Option<&str> {
        self.field("type")
    }

    /// Returns the status of the refund or chargeback, a number of Pipwave's tables. Not signed.
    #[must_use]
    pub fn unsigned_reverse_status(&self) -> Option<&str> {
        self.field("reverse_status")
    }

    /// Returns Pipwave's id of the refund or chargeback. Not signed.
    #[must_use]
    pub fn unsigned_reverse_pw_id(&self) -> Option<&str> {
        self.field("reverse_pw_id")
    }

    /// Returns the gateway's id of the refund or chargeback. Not signed.
    #[must_use]
    pub fn unsigned_reverse_txn_id(&self) -> Option<&str> {
        self.field("reverse_txn_id")
    }

    /// Returns the status of the notification: `200`, or `3001` with a warning. Not signed.
    #[must_use]
    pub fn unsigned_status(&self) -> Option<&str> {
        self.field("status")
    }

    /// Returns the final amount as sent. Not signed.
    #[must_use]
    pub fn unsigned_final_amount(&self) -> Option<&str> {
        self.field("final_amount")
    }

    /// Returns the id of the notification, which identifies repeats. Not signed.
    #[must_use]
    pub fn unsigned_notification_id(&self) -> Option<&str> {
        self.field("notification_id")
    }
}

impl fmt::Debug for Notification {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Notification").field("fields", &self.fields.len()).finish_non_exhaustive()
    }
}

/// The reason why a notification failed verification. The error holds no data of the body.
///
/// ```
/// use chargeback::Secret;
/// use chargeback::pipwave::{Notification, NotificationError};
///
/// let (key, secret) = (Secret::from("test_key"), Secret::from("test_secret"));
/// let verify = |body: &str| Notification::verify(body.as_bytes(), &key, &secret).unwrap_err();
/// assert_eq!(verify("[]"), NotificationError::Malformed);
/// assert_eq!(verify(r#"{"signature":"00"}"#), NotificationError::NoMatch);
/// ```
#[non_exhaustive]
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum NotificationError {
    /// The body is not a JSON object.
    #[error("the notification is not a JSON object")]
    Malformed,
    /// The body has no signature.
    #[error("the notification has no signature")]
    NoSignature,
    /// The signature does not match this key and secret.
    #[error("the notification's signature does not match")]
    NoMatch,
}

/// A value with its source text.
enum Value {
    Text(String),
    Number(String),
}

impl Value {
    /// Reads source text. Returns `None` for lists and objects, which are never signed, and for `false` and `null`,
    /// which are signed like absent fields.
    fn read(text: &str) -> Option<Self> {
        match text.as_bytes().first()? {
            b'"' => serde_json::from_str(text).ok().map(Self::Text),
            b'-' | b'0'..=b'9' => Some(Self::Number(text.to_owned())),
            b't' => Some(Self::Number("1".to_owned())),
            _ => None,
        }
    }

    fn has_colon(&self) -> bool {
        let (Self::Text(text) | Self::Number(text)) = self;
        text.contains(':')
    }

    /// Returns every text that Pipwave's clients may have signed for this value.
    fn spellings(&self) -> Vec<String> {
        let mut spellings = match self {
            Self::Text(text) => vec![text.clone()],
            Self::Number(text) => {
                let php = php_float(text);
                if php.as_ref() == Some(text) {
                    vec![text.clone()]
                } else {
                    std::iter::once(text.clone()).chain(php).collect()
                }
            }
        };
        if spellings.iter().any(|text| text == "0") {
            spellings.push(String::new());
        }
        spellings
    }

    fn into_text(self) -> String {
        let (Self::Text(text) | Self::Number(text)) = self;
        text
    }
}

/// Formats a number as PHP prints it: up to 14 significant digits, without trailing zeros.
///
/// Returns `None` for text that is not a number, and for numbers that PHP prints with an exponent, which are not
/// amounts. The number of decimals is 14 minus the count of digits before the decimal point. Below 1 this count is zero
/// or negative, since leading zeros are not significant digits.
fn php_float(number: &str) -> Option<String> {
    let value: f64 = number.parse().ok()?;
    let magnitude = value.abs();
    if value == 0.0 {
        return Some("0".to_owned());
    }
    if !(1e-4..1e14).contains(&magnitude) {
        return None;
    }
    let whole_digits = (-3..14).find(|&digits| magnitude < 10_f64.powi(digits)).unwrap_or(14);
    let decimals = usize::try_from(14 - whole_digits).unwrap_or(0);
    let fixed = format!("{value:.decimals$}");
    if fixed.contains('.') { Some(fixed.trim_end_matches('0').trim_end_matches('.').to_owned()) } else { Some(fixed) }
}

/// Returns true if one combination of spellings gives the signature.
///
/// A field has at most 3 spellings, so there are at most 3^6 combinations. The number of a combination, read as digits
/// with the spelling count of each field as base, selects one spelling per field. All combinations are tried, so the
/// time does not depend on the match.
fn any_matches(spellings: &[Vec<String>], api_key: &Secret, api_secret: &Secret, signature: &[u8]) -> bool {
    let combinations: usize = spellings.iter().map(Vec::len).product();
    let mut matched = false;
    for combination in 0..combinations {
        let mut digits = combination;
        let mut pairs = vec![("api_key", api_key.expose())];
        for (key, options) in SIGNED.iter().zip(spellings) {
            pairs.push((key, &options[digits % options.len()]));
            digits /= options.len();
        }
        matched |= bool::from(sign(pairs, api_secret).as_bytes().ct_eq(signature));
    }
    matched
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn numbers_are_printed_as_by_php() {
        for (number, printed) in [
            ("126.60", "126.6"),
            ("126.00", "126"),
            ("100", "100"),
            ("0", "0"),
            ("0.00", "0"),
            ("-0.0", "0"),
            ("-5.50", "-5.5"),
            ("0.1", "0.1"),
            ("0.0001", "0.0001"),
            ("0.00012345678901234567", "0.00012345678901235"),
            ("1.1000000000000001", "1.1"),
            ("3.14159265358979", "3.1415926535898"),
            ("99999999999999", "99999999999999"),
            ("1e3", "1000"),
            ("1.5E1", "15"),
        ] {
            assert_eq!(php_float(number).as_deref(), Some(printed), "{number}");
        }
        for number in ["0.00009", "100000000000000", "1e20", "x", ""] {
            assert_eq!(php_float(number), None, "{number}");
        }
    }

    #[test]
    fn zero_may_be_signed_as_empty_text() {
        let spellings = |source: &str| Value::read(source).map(|value| value.spellings());
        assert_eq!(spellings("126.60"), Some(vec!["126.60".to_owned(), "126.6".to_owned()]));
        assert_eq!(spellings("0.00"), Some(vec!["0.00".to_owned(), "0".to_owned(), String::new()]));
        assert_eq!(spellings("7"), Some(vec!["7".to_owned()]));
        assert_eq!(spellings("true"), Some(vec!["1".to_owned()]));
        assert_eq!(spellings(r#""0""#), Some(vec!["0".to_owned(), String::new()]));
        for source in ["false", "null", "[1]", "{}"] {
            assert_eq!(spellings(source), None, "{source}");
        }
    }

    #[test]
    fn every_combination_of_spellings_is_tried() {
        let (key, secret) = (Secret::from("k"), Secret::from("s"));
        let spellings: Vec<Vec<String>> = [&["1"][..], &["p"], &["t"], &["0.0", "0", ""], &["USD"], &["13", "x"]]
            .map(|options| options.iter().map(ToString::to_string).collect())
            .to_vec();
        for amount in &spellings[3] {
            for status in &spellings[5] {
                let values = ["1", "p", "t", amount, "USD", status];
                let pairs = SIGNED.into_iter().zip(values).chain([("api_key", "k")]);
                assert!(any_matches(&spellings, &key, &secret, sign(pairs, &secret).as_bytes()), "{amount} {status}");
            }
        }
        let other = sign(SIGNED.into_iter().zip(["1", "p", "t", "9", "USD", "13"]).chain([("api_key", "k")]), &secret);
        assert!(!any_matches(&spellings, &key, &secret, other.as_bytes()));
        assert!(!any_matches(&spellings, &key, &secret, b""));
    }
}
