//! Thirdwatch's map of free fields.

use std::borrow::Cow;
use std::fmt;

use serde::{Deserialize, Deserializer, Serialize, Serializer};
use serde_json::{Map, Value};

use crate::model::Chargeback;
use crate::providers::facts::{FACTS, for_each_fact};
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

impl CustomInfo {
    /// Returns the JSON object as it is sent.
    #[must_use]
    pub fn to_json(&self) -> String {
        // Serialising a map of strings and JSON values cannot fail.
        serde_json::to_string(self).unwrap_or_default()
    }

    /// Collects, as text, the fields of a report that the call has no other place for, and the caller's metadata.
    pub(super) fn for_report(chargeback: &Chargeback, violations: &mut Vec<Violation>) -> Self {
        let mut info = Self { entries: Vec::with_capacity(FACTS + chargeback.metadata().len()) };
        for_each_fact(chargeback, violations, |_, name, text| {
            info.entries.push((Cow::Borrowed(name), text.into()));
        });
        for (name, value) in chargeback.metadata() {
            info.entries.push((Cow::Owned(["metadata.", name].concat()), value.as_str().into()));
        }
        info.sorted()
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
    use chrono::{DateTime, Utc};

    use super::*;
    use crate::model::{Currency, Money, Network, NetworkCode, Processor, Reason, Stage};

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
        assert_eq!(info.entries.len(), FACTS + 2);
    }
}
