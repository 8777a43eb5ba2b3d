//! Thirdwatch's map of free fields.

use std::borrow::Cow;
use std::fmt;

use chrono::{DateTime, Utc};
use serde::{Deserialize, Deserializer, Serialize, Serializer};
use serde_json::{Map, Value};

use crate::model::{Chargeback, Currency, Decimal, Money, NetworkCode, TimeText};
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
#[derive(Clone, PartialEq, Eq)]
pub struct CustomInfo {
    /// Sorted by name, without duplicates.
    entries: Vec<(Cow<'static, str>, Value)>,
}

/// The number of names that a report can send, without metadata.
const REPORT_NAMES: usize = 18;

impl CustomInfo {
    /// Returns the JSON object as it is sent.
    #[must_use]
    pub fn to_json(&self) -> String {
        // Serialising a map of strings and JSON values cannot fail.
        serde_json::to_string(self).unwrap_or_default()
    }

    /// Collects, as text, the fields of a report that the call has no other place for, and the caller's metadata.
    pub(super) fn for_report(chargeback: &Chargeback, violations: &mut Vec<Violation>) -> Self {
        let mut info = Self { entries: Vec::with_capacity(REPORT_NAMES + chargeback.metadata().len()) };
        let (payment, amount) = (chargeback.payment(), chargeback.amount());
        let (code, processor) = (chargeback.network_code(), chargeback.processor());
        // In the order of the names, so that sorting is cheap.
        info.add("amount", amount.map(Decimal::new).as_ref().map(Decimal::as_str));
        info.add("arn", chargeback.arn());
        info.add("case_id", Some(chargeback.case_id()));
        info.add("case_number", chargeback.case_number());
        info.add("currency", amount.map(Money::currency).as_ref().map(Currency::code));
        info.add_time("due_by", chargeback.due_by(), violations);
        info.add("gateway_transaction_id", payment.gateway_transaction_id.as_deref());
        for (name, value) in chargeback.metadata() {
            info.entries.push((Cow::Owned(["metadata.", name].concat()), value.as_str().into()));
        }
        info.add("network", code.map(|code| code.network().as_str()));
        info.add("network_reason_code", code.map(NetworkCode::code));
        info.add("notes", chargeback.notes());
        info.add_time("occurred_at", Some(chargeback.occurred_at()), violations);
        info.add_time("opened_at", chargeback.opened_at(), violations);
        info.add("processor", processor.map(|processor| processor.name.as_str()));
        info.add("processor_dispute_id", processor.and_then(|processor| processor.dispute_id.as_deref()));
        info.add("processor_payment_id", processor.and_then(|processor| processor.payment_id.as_deref()));
        info.add("reason", Some(chargeback.reason().as_str()));
        info.add_time("received_at", chargeback.received_at(), violations);
        info.add("stage", Some(chargeback.stage().as_str()));
        info.sorted()
    }

    fn add(&mut self, name: &'static str, text: Option<&str>) {
        if let Some(text) = text {
            self.entries.push((Cow::Borrowed(name), text.into()));
        }
    }

    /// Adds a time, or records a violation if the time cannot be written.
    fn add_time(&mut self, name: &'static str, at: Option<DateTime<Utc>>, violations: &mut Vec<Violation>) {
        match at.map(TimeText::new) {
            Some(Some(time)) => self.add(name, Some(time.as_str())),
            Some(None) => violations.push(TimeText::violation(name)),
            None => {}
        }
    }

    fn sorted(mut self) -> Self {
        self.entries.sort_unstable_by(|(one, _), (other, _)| one.cmp(other));
        self
    }
}

impl From<Map<String, Value>> for CustomInfo {
    fn from(map: Map<String, Value>) -> Self {
        Self { entries: map.into_iter().map(|(name, value)| (Cow::Owned(name), value)).collect() }.sorted()
    }
}

impl<N: Into<String>, V: Into<Value>> FromIterator<(N, V)> for CustomInfo {
    /// Collects names and values. The last value of a repeated name is kept.
    fn from_iter<I: IntoIterator<Item = (N, V)>>(entries: I) -> Self {
        entries.into_iter().map(|(name, value)| (name.into(), value.into())).collect::<Map<_, _>>().into()
    }
}

impl Serialize for CustomInfo {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.collect_map(self.entries.iter().map(|(name, value)| (name, value)))
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

#[cfg(test)]
mod tests {
    use super::*;
    use crate::model::{Network, Processor, Reason, Stage};

    fn at(day: i64) -> DateTime<Utc> {
        DateTime::from_timestamp(day * 86_400, 0).unwrap()
    }

    #[test]
    fn the_last_value_of_a_name_is_kept_and_names_are_sorted() {
        let info = CustomInfo::from_iter([("b", 1), ("a", 2), ("b", 3)]);
        assert_eq!(info.to_json(), r#"{"a":2,"b":3}"#);
        assert_eq!(info, CustomInfo::from_iter([("a", 2), ("b", 3)]));
    }

    #[test]
    fn a_report_has_sorted_names_in_the_reserved_capacity() {
        let full = Chargeback::builder("c", Stage::Received, Reason::Other, at(1))
            .user_id("u")
            .opened_at(at(1))
            .received_at(at(1))
            .due_by(at(2))
            .amount(Money::from_decimal("1.50", Currency::USD).unwrap())
            .network_code(NetworkCode::new(Network::Visa, "13.1"))
            .processor(Processor::new("p").dispute_id("d").payment_id("q"))
            .gateway_transaction_id("g")
            .arn("a")
            .case_number("n")
            .notes("t")
            .metadata("z", "1")
            .metadata("a", "2")
            .build()
            .unwrap();
        let info = CustomInfo::for_report(&full, &mut Vec::new());
        assert!(info.entries.is_sorted_by(|(one, _), (other, _)| one < other));
        assert_eq!(info.entries.len(), REPORT_NAMES + 2);
    }
}
