//! Thirdwatch's free fields.

use std::collections::BTreeMap;
use std::fmt;

use serde::ser::SerializeMap as _;
use serde::{Deserialize, Deserializer, Serialize, Serializer};
use serde_json::{Map, Value};

use crate::model::{Chargeback, Currency, Decimal, Money, NetworkCode, TimeText};
use crate::util::violation::Violation;

/// `_customInfo`: names of yours, and any JSON under each.
///
/// Two are equal if they are written alike.
///
/// ```
/// use chargeback::thirdwatch::CustomInfo;
///
/// let info = CustomInfo::from_iter([("gateway", "razorpay"), ("shop", "eu-1")]);
/// assert_eq!(info.to_json(), r#"{"gateway":"razorpay","shop":"eu-1"}"#);
/// assert_eq!(format!("{info:?}"), "CustomInfo([redacted])");
/// ```
#[derive(Clone, Serialize)]
#[serde(transparent)]
pub struct CustomInfo(Kept);

#[derive(Clone, Serialize)]
#[serde(untagged)]
enum Kept {
    Json(Map<String, Value>),
    Texts(Texts),
}

impl CustomInfo {
    /// The JSON object as it is sent.
    #[must_use]
    pub fn to_json(&self) -> String {
        // Names are text and values are JSON, so nothing in it can fail to be written.
        serde_json::to_string(self).unwrap_or_default()
    }

    /// What a report has no field for, as text under names of ours; the caller's metadata beside it.
    pub(super) fn of(chargeback: &Chargeback, broken: &mut Vec<Violation>) -> Self {
        let mut at = |field, at| {
            let text = TimeText::new(at);
            if text.is_none() {
                broken.push(TimeText::violation(field));
            }
            text
        };
        let due_by = chargeback.due_by().and_then(|time| at("due_by", time));
        let occurred_at = at("occurred_at", chargeback.occurred_at());
        let opened_at = chargeback.opened_at().and_then(|time| at("opened_at", time));
        let received_at = chargeback.received_at().and_then(|time| at("received_at", time));
        let (payment, processor, code) = (chargeback.payment(), chargeback.processor(), chargeback.network_code());
        let amount = chargeback.amount();
        let (decimal, currency) = (amount.map(Decimal::new), amount.map(Money::currency));
        let before_metadata = [
            ("amount", decimal.as_ref().map(Decimal::as_str)),
            ("arn", chargeback.arn()),
            ("case_id", Some(chargeback.case_id())),
            ("case_number", chargeback.case_number()),
            ("currency", currency.as_ref().map(Currency::code)),
            ("due_by", due_by.as_ref().map(TimeText::as_str)),
            ("gateway_transaction_id", payment.gateway_transaction_id.as_deref()),
        ];
        let after_metadata = [
            ("network", code.map(|code| code.network().as_str())),
            ("network_reason_code", code.map(NetworkCode::code)),
            ("notes", chargeback.notes()),
            ("occurred_at", occurred_at.as_ref().map(TimeText::as_str)),
            ("opened_at", opened_at.as_ref().map(TimeText::as_str)),
            ("processor", processor.map(|processor| processor.name.as_str())),
            ("processor_dispute_id", processor.and_then(|processor| processor.dispute_id.as_deref())),
            ("processor_payment_id", processor.and_then(|processor| processor.payment_id.as_deref())),
            ("reason", Some(chargeback.reason().as_str())),
            ("received_at", received_at.as_ref().map(TimeText::as_str)),
            ("stage", Some(chargeback.stage().as_str())),
        ];
        Self(Kept::Texts(Texts::of(&before_metadata, chargeback.metadata(), &after_metadata)))
    }
}

impl From<Map<String, Value>> for CustomInfo {
    fn from(map: Map<String, Value>) -> Self {
        Self(Kept::Json(map))
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
        self.to_json() == other.to_json()
    }
}

impl Eq for CustomInfo {}

impl fmt::Debug for CustomInfo {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("CustomInfo([redacted])")
    }
}

/// The free fields of a report, each a name and a text, in the order of their names.
///
/// All stand in one piece of memory, made once and as large as it must be: a report has some twenty of them.
#[derive(Clone)]
struct Texts {
    /// Name, text, name, text.
    all: String,
    /// Where each of them ends.
    ends: Vec<usize>,
}

impl Texts {
    fn of(
        before_metadata: &[(&str, Option<&str>)],
        metadata: &BTreeMap<String, String>,
        after_metadata: &[(&str, Option<&str>)],
    ) -> Self {
        const METADATA: &str = "metadata.";
        let of_fields = |fields: &[(&str, Option<&str>)]| {
            fields.iter().filter_map(|(name, text)| Some(name.len() + (*text)?.len())).sum::<usize>()
        };
        let of_metadata: usize = metadata.iter().map(|(name, text)| METADATA.len() + name.len() + text.len()).sum();
        let length = of_fields(before_metadata) + of_metadata + of_fields(after_metadata);
        let entries = before_metadata.len() + metadata.len() + after_metadata.len();
        let mut texts = Self { all: String::with_capacity(length), ends: Vec::with_capacity(2 * entries) };
        texts.push_fields(before_metadata);
        for (name, text) in metadata {
            texts.all.push_str(METADATA);
            texts.push(name);
            texts.push(text);
        }
        texts.push_fields(after_metadata);
        texts
    }

    fn push_fields(&mut self, fields: &[(&str, Option<&str>)]) {
        for (name, text) in fields {
            if let Some(text) = text {
                self.push(name);
                self.push(text);
            }
        }
    }

    fn push(&mut self, text: &str) {
        self.all.push_str(text);
        self.ends.push(self.all.len());
    }
}

impl Serialize for Texts {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        let mut start = 0;
        let mut texts = self.ends.iter().map(|&end| {
            let text = &self.all[start..end];
            start = end;
            text
        });
        let mut map = serializer.serialize_map(Some(self.ends.len() / 2))?;
        while let (Some(name), Some(text)) = (texts.next(), texts.next()) {
            map.serialize_entry(name, text)?;
        }
        map.end()
    }
}
