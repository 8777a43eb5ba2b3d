//! Thirdwatch's free fields.

use std::fmt;

use serde::ser::SerializeMap as _;
use serde::{Deserialize, Deserializer, Serialize, Serializer};
use serde_json::value::{RawValue, to_raw_value};
use serde_json::{Map, Value};

use crate::chargeback::Chargeback;
use crate::exact::TimeText;
use crate::reason::NetworkCode;
use crate::violation::Violation;

/// `_customInfo`: names of yours, and any JSON under each.
///
/// It is kept as the JSON text that is sent, and compared as such. It is read and written as JSON only.
///
/// ```
/// use chargeback::thirdwatch::CustomInfo;
///
/// let info = CustomInfo::from_iter([("gateway", "razorpay"), ("shop", "eu-1")]);
/// assert_eq!(info.as_json(), r#"{"gateway":"razorpay","shop":"eu-1"}"#);
/// assert_eq!(format!("{info:?}"), "CustomInfo([redacted])");
/// ```
#[derive(Clone, Serialize)]
#[serde(transparent)]
pub struct CustomInfo(Box<RawValue>);

impl CustomInfo {
    /// The JSON object as text.
    #[must_use]
    pub fn as_json(&self) -> &str {
        self.0.get()
    }

    fn written(object: &impl Serialize) -> Self {
        // Names are text and values are JSON, so nothing in it can fail to be written.
        Self(to_raw_value(object).unwrap_or_else(|_| RawValue::NULL.to_owned()))
    }

    /// What a report has no field for, as text under names of ours; the caller's metadata beside it.
    pub(super) fn of(chargeback: &Chargeback, broken: &mut Vec<Violation>) -> Self {
        let mut at = |field, at| {
            let text = TimeText::of(at);
            if text.is_none() {
                broken.push(TimeText::violation(field));
            }
            text
        };
        Self::written(&Noted {
            chargeback,
            due_by: chargeback.due_by().and_then(|time| at("due_by", time)),
            occurred_at: at("occurred_at", chargeback.occurred_at()),
            opened_at: chargeback.opened_at().and_then(|time| at("opened_at", time)),
            received_at: chargeback.received_at().and_then(|time| at("received_at", time)),
        })
    }
}

impl From<Map<String, Value>> for CustomInfo {
    fn from(map: Map<String, Value>) -> Self {
        Self::written(&map)
    }
}

impl<N: Into<String>, V: Into<Value>> FromIterator<(N, V)> for CustomInfo {
    /// Of a name that comes twice, the last value stays.
    fn from_iter<I: IntoIterator<Item = (N, V)>>(entries: I) -> Self {
        entries.into_iter().map(|(name, value)| (name.into(), value.into())).collect::<Map<_, _>>().into()
    }
}

impl<'de> Deserialize<'de> for CustomInfo {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        Map::deserialize(deserializer).map(Self::from)
    }
}

impl PartialEq for CustomInfo {
    fn eq(&self, other: &Self) -> bool {
        self.as_json() == other.as_json()
    }
}

impl Eq for CustomInfo {}

impl fmt::Debug for CustomInfo {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("CustomInfo([redacted])")
    }
}

/// The free fields of a report, in the order of their names.
struct Noted<'c> {
    chargeback: &'c Chargeback,
    due_by: Option<TimeText>,
    occurred_at: Option<TimeText>,
    opened_at: Option<TimeText>,
    received_at: Option<TimeText>,
}

impl Serialize for Noted<'_> {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        let chargeback = self.chargeback;
        let (payment, processor, code) = (chargeback.payment(), chargeback.processor(), chargeback.network_code());
        let amount = chargeback.amount().map(|amount| (amount.to_decimal(), amount.currency()));
        let before_metadata = [
            ("amount", amount.as_ref().map(|(decimal, _)| decimal.as_str())),
            ("arn", chargeback.arn()),
            ("case_id", Some(chargeback.case_id())),
            ("case_number", chargeback.case_number()),
            ("currency", amount.as_ref().map(|(_, currency)| currency.code())),
            ("due_by", self.due_by.as_ref().map(TimeText::as_str)),
            ("gateway_transaction_id", payment.gateway_transaction_id.as_deref()),
        ];
        let after_metadata = [
            ("network", code.map(|code| code.network().as_str())),
            ("network_reason_code", code.map(NetworkCode::code)),
            ("notes", chargeback.notes()),
            ("occurred_at", self.occurred_at.as_ref().map(TimeText::as_str)),
            ("opened_at", self.opened_at.as_ref().map(TimeText::as_str)),
            ("processor", processor.map(|processor| processor.name.as_str())),
            ("processor_dispute_id", processor.and_then(|processor| processor.dispute_id.as_deref())),
            ("processor_payment_id", processor.and_then(|processor| processor.payment_id.as_deref())),
            ("reason", Some(chargeback.reason().as_str())),
            ("received_at", self.received_at.as_ref().map(TimeText::as_str)),
            ("stage", Some(chargeback.stage().as_str())),
        ];
        let mut map = serializer.serialize_map(None)?;
        for (name, value) in before_metadata {
            if let Some(value) = value {
                map.serialize_entry(name, value)?;
            }
        }
        for (name, value) in chargeback.metadata() {
            map.serialize_entry(&format_args!("metadata.{name}"), value)?;
        }
        for (name, value) in after_metadata {
            if let Some(value) = value {
                map.serialize_entry(name, value)?;
            }
        }
        map.end()
    }
}
