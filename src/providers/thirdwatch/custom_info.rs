//! Thirdwatch's map of free fields.

use std::borrow::Cow;
use std::collections::BTreeMap;
use std::fmt;

use serde::{Deserialize, Deserializer, Serialize};
use serde_json::{Map, Value};

use crate::model::{Chargeback, Decimal, TimeText};
use crate::util::violation::Violation;

/// The field `_customInfo`: free names with any JSON values.
///
/// ```
/// use chargeback::thirdwatch::CustomInfo;
///
/// let info = CustomInfo::from_iter([("gateway", "razorpay"), ("shop", "eu-1")]);
/// assert_eq!(info.to_json(), r#"{"gateway":"razorpay","shop":"eu-1"}"#);
/// assert_eq!(format!("{info:?}"), "CustomInfo([redacted])");
/// ```
#[derive(Clone, PartialEq, Eq, Serialize)]
#[serde(transparent)]
pub struct CustomInfo(BTreeMap<Cow<'static, str>, Value>);

impl CustomInfo {
    /// Returns the JSON object as it is sent.
    #[must_use]
    pub fn to_json(&self) -> String {
        // Serialising a map of strings and JSON values cannot fail.
        serde_json::to_string(self).unwrap_or_default()
    }

    /// Collects, as text, the fields of a report that the call has no other place for, and the caller's metadata.
    pub(super) fn for_report(chargeback: &Chargeback, broken: &mut Vec<Violation>) -> Self {
        let mut info = Self(BTreeMap::new());
        info.add("case_id", Some(chargeback.case_id()));
        info.add("stage", Some(chargeback.stage().as_str()));
        info.add("reason", Some(chargeback.reason().as_str()));
        for (name, at) in [
            ("due_by", chargeback.due_by()),
            ("occurred_at", Some(chargeback.occurred_at())),
            ("opened_at", chargeback.opened_at()),
            ("received_at", chargeback.received_at()),
        ] {
            match at.map(TimeText::new) {
                Some(Some(time)) => info.add(name, Some(time.as_str())),
                Some(None) => broken.push(TimeText::violation(name)),
                None => {}
            }
        }
        if let Some(amount) = chargeback.amount() {
            info.add("amount", Some(Decimal::new(amount).as_str()));
            info.add("currency", Some(amount.currency().code()));
        }
        if let Some(code) = chargeback.network_code() {
            info.add("network", Some(code.network().as_str()));
            info.add("network_reason_code", Some(code.code()));
        }
        if let Some(processor) = chargeback.processor() {
            info.add("processor", Some(&processor.name));
            info.add("processor_dispute_id", processor.dispute_id.as_deref());
            info.add("processor_payment_id", processor.payment_id.as_deref());
        }
        info.add("gateway_transaction_id", chargeback.payment().gateway_transaction_id.as_deref());
        info.add("arn", chargeback.arn());
        info.add("case_number", chargeback.case_number());
        info.add("notes", chargeback.notes());
        for (name, value) in chargeback.metadata() {
            info.0.insert(Cow::Owned(["metadata.", name].concat()), value.as_str().into());
        }
        info
    }

    fn add(&mut self, name: &'static str, text: Option<&str>) {
        if let Some(text) = text {
            self.0.insert(Cow::Borrowed(name), text.into());
        }
    }
}

impl From<Map<String, Value>> for CustomInfo {
    fn from(map: Map<String, Value>) -> Self {
        Self::from_iter(map)
    }
}

impl<N: Into<String>, V: Into<Value>> FromIterator<(N, V)> for CustomInfo {
    /// Collects names and values. The last value of a repeated name is kept.
    fn from_iter<I: IntoIterator<Item = (N, V)>>(entries: I) -> Self {
        Self(entries.into_iter().map(|(name, value)| (Cow::Owned(name.into()), value.into())).collect())
    }
}

impl<'de> Deserialize<'de> for CustomInfo {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        Map::deserialize(deserializer).map(Self::from)
    }
}

impl fmt::Debug for CustomInfo {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("CustomInfo([redacted])")
    }
}
