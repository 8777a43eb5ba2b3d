//! The check of Pipwave's notifications (IPN).

use std::collections::BTreeMap;
use std::fmt;

use subtle::ConstantTimeEq as _;

use super::operations::TransactionStatus;
use super::signature::sign;
use crate::providers::json::RawObject;
use crate::util::secret::Secret;

/// The fields that are signed, beside key and secret.
const SIGNED: [&str; 6] = ["timestamp", "pw_id", "txn_id", "amount", "currency_code", "transaction_status"];

/// Longer than any value that Pipwave signs, in bytes; its ids have at most 255 characters.
const LONGEST_SIGNED: usize = 1_024;

/// A notification whose signature is Pipwave's.
///
/// **Signed:** time, ids, amount, currency and the payment's status. **Not signed**, so anybody who has seen one
/// notification can change them: `type`, every `reverse_*` field, `status`, `final_amount`, `notification_id`. Their
/// accessors say `unsigned`; confirm with [`requery`](crate::HttpProvider::requery) before you act on them.
///
/// **A notification can be sent again by anybody who has seen it.** Pipwave itself repeats until it is answered. Nothing
/// here remembers what came before: drop what you have seen, by the signed time, ids and status.
#[derive(Clone)]
pub struct Notification {
    fields: BTreeMap<String, String>,
}

impl Notification {
    /// Checks the signature and reads the notification.
    ///
    /// Pipwave's clients sign values as PHP prints them, so a JSON number such as `126.60` may be signed as `126.6`, and a
    /// zero as nothing. Each such spelling is tried; comparisons take constant time.
    ///
    /// # Errors
    ///
    /// [`NotificationError`] if the body is no such notification or the signature is not Pipwave's.
    pub fn verify(body: &[u8], api_key: &Secret, api_secret: &Secret) -> Result<Self, NotificationError> {
        // A name that stands twice could be signed by one value and read by the other.
        let object = RawObject::parse(body).ok_or(NotificationError::Malformed)?;
        let values: BTreeMap<&str, Value> =
            object.sources().filter_map(|(key, source)| Some((key, Value::read(source)?))).collect();
        let Some(Value::Text(given)) = values.get("signature") else { return Err(NotificationError::NoSignature) };
        let spellings: Vec<Vec<String>> =
            SIGNED.iter().map(|key| values.get(key).map_or_else(|| vec![String::new()], Value::spellings)).collect();
        // Every spelling is hashed: no id or amount is so long.
        if spellings.iter().flatten().any(|text| text.len() > LONGEST_SIGNED) {
            return Err(NotificationError::NoMatch);
        }
        if !any_matches(&spellings, api_key, api_secret, given.as_bytes()) {
            return Err(NotificationError::NoMatch);
        }
        let fields = values.into_iter().map(|(key, value)| (key.to_owned(), value.into_text())).collect();
        Ok(Self { fields })
    }

    fn field(&self, key: &str) -> Option<&str> {
        self.fields.get(key).map(String::as_str).filter(|value| !value.is_empty())
    }

    /// Pipwave's id of the payment. Signed.
    #[must_use]
    pub fn pw_id(&self) -> Option<&str> {
        self.field("pw_id")
    }

    /// The merchant's id of the transaction. Signed.
    #[must_use]
    pub fn txn_id(&self) -> Option<&str> {
        self.field("txn_id")
    }

    /// The amount as it was written, in major units of the currency. Signed.
    #[must_use]
    pub fn amount(&self) -> Option<&str> {
        self.field("amount")
    }

    /// The currency, an ISO 4217 code as it was written. Signed.
    #[must_use]
    pub fn currency_code(&self) -> Option<&str> {
        self.field("currency_code")
    }

    /// The time of the notification, in Unix seconds as written. Signed.
    #[must_use]
    pub fn timestamp(&self) -> Option<&str> {
        self.field("timestamp")
    }

    /// The status of the payment; `None` if it is absent or no number. Signed.
    #[must_use]
    pub fn transaction_status(&self) -> Option<TransactionStatus> {
        self.field("transaction_status")?.parse::<i64>().ok().map(TransactionStatus::from)
    }

    /// The status of the payment as it was written.
    #[cfg(feature = "webhooks")]
    pub(crate) fn signed_status(&self) -> Option<&str> {
        self.field("transaction_status")
    }

    /// `payment`, `refund` or `chargeback`. Not signed.
    #[must_use]
    pub fn unsigned_type(&self) -> Option<&str> {
        self.field("type")
    }

    /// The status of the refund or chargeback, as a number of Pipwave's tables. Not signed.
    #[must_use]
    pub fn unsigned_reverse_status(&self) -> Option<&str> {
        self.field("reverse_status")
    }

    /// Pipwave's id of the refund or chargeback. Not signed.
    #[must_use]
    pub fn unsigned_reverse_pw_id(&self) -> Option<&str> {
        self.field("reverse_pw_id")
    }

    /// The gateway's id of the refund or chargeback. Not signed.
    #[must_use]
    pub fn unsigned_reverse_txn_id(&self) -> Option<&str> {
        self.field("reverse_txn_id")
    }

    /// The status of the notification, as written: `200`, or `3001` for one with a warning. Not signed.
    #[must_use]
    pub fn unsigned_status(&self) -> Option<&str> {
        self.field("status")
    }

    /// The final amount, as it was written. Not signed.
    #[must_use]
    pub fn unsigned_final_amount(&self) -> Option<&str> {
        self.field("final_amount")
    }

    /// What to drop repeats by. Not signed.
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

/// Why a notification is not believed. It repeats nothing of the body.
#[non_exhaustive]
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum NotificationError {
    /// The body is not a JSON object.
    #[error("the notification is not a JSON object")]
    Malformed,
    /// It has no signature.
    #[error("the notification has no signature")]
    NoSignature,
    /// The signature is not Pipwave's, or the key or secret is another's.
    #[error("the notification's signature does not match")]
    NoMatch,
}

/// A value with the text that it was written as.
enum Value {
    Text(String),
    Number(String),
}

impl Value {
    /// `None` for lists and objects, which are never signed, and for `false` and `null`, which are signed as if they were
    /// not there.
    fn read(text: &str) -> Option<Self> {
        match text.as_bytes().first()? {
            b'"' => serde_json::from_str(text).ok().map(Self::Text),
            b'-' | b'0'..=b'9' => Some(Self::Number(text.to_owned())),
            b't' => Some(Self::Number("1".to_owned())),
            _ => None,
        }
    }

    /// Every way in which Pipwave's clients may have signed it.
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

/// A number as PHP prints it: up to 14 significant digits, no zeros at the end. Numbers that PHP prints with an exponent
/// are no amounts, and are left alone.
fn php_float(number: &str) -> Option<String> {
    let value: f64 = number.parse().ok()?;
    let magnitude = value.abs();
    if value == 0.0 {
        return Some("0".to_owned());
    }
    if !(1e-4..1e14).contains(&magnitude) {
        return None;
    }
    // Digits before the full stop (none below 1, where leading zeros do not count as significant).
    let mut whole: i32 = -4;
    while magnitude >= 10_f64.powi(whole) {
        whole += 1;
    }
    let decimals = usize::try_from(14 - whole).unwrap_or(0);
    let fixed = format!("{value:.decimals$}");
    if fixed.contains('.') { Some(fixed.trim_end_matches('0').trim_end_matches('.').to_owned()) } else { Some(fixed) }
}

/// Whether some choice of spellings gives the signature. At most 3 for each of 6 fields.
fn any_matches(spellings: &[Vec<String>], api_key: &Secret, api_secret: &Secret, given: &[u8]) -> bool {
    let choices: usize = spellings.iter().map(Vec::len).product();
    let mut matched = false;
    for choice in 0..choices {
        let mut rest = choice;
        let mut pairs = vec![("api_key", api_key.expose())];
        for (key, options) in SIGNED.iter().zip(spellings) {
            pairs.push((key, &options[rest % options.len()]));
            rest /= options.len();
        }
        matched |= bool::from(sign(pairs, api_secret).as_bytes().ct_eq(given));
    }
    matched
}
