//! Collects the problems of a body while the body is read.
//!
//! A required field that cannot be read ends the parsing. An optional one does not: its text goes to the notes.

use chrono::{DateTime, Datelike as _, Utc};
use serde_json::Value;

use super::amount::CurrencyDigits;
use super::json::{Object, text, text_at};
use crate::model::{Currency, Money};
use crate::util::violation::Violation;

/// An optional field that cannot be used, and its text.
pub(super) struct Unread {
    pub(super) violation: Violation,
    pub(super) text: String,
}

/// The problems found so far.
#[derive(Default)]
pub(super) struct Problems {
    required: Vec<Violation>,
    unread: Vec<Unread>,
}

impl Problems {
    fn unread(&mut self, field: &'static str, rule: &'static str, text: String) {
        self.unread.push(Unread { violation: Violation::new(field, rule), text });
    }

    /// Returns the optional fields that cannot be used, or an error with all violations of required fields.
    pub(super) fn finish(self) -> Result<Vec<Unread>, Vec<Violation>> {
        if self.required.is_empty() { Ok(self.unread) } else { Err(self.required) }
    }

    /// Returns a required text. The empty placeholder is not used, because `finish` fails.
    pub(super) fn required(&mut self, field: &'static str, value: Option<String>) -> String {
        value.unwrap_or_else(|| {
            self.required.push(Violation::new(field, "missing"));
            String::new()
        })
    }

    /// Returns a required time. The placeholder is not used, because `finish` fails.
    pub(super) fn required_time(&mut self, field: &'static str, value: Option<DateTime<Utc>>) -> DateTime<Utc> {
        value.unwrap_or_else(|| {
            self.required.push(Violation::new(field, "missing or not a time"));
            DateTime::UNIX_EPOCH
        })
    }

    /// Parses an optional time.
    pub(super) fn optional_time(
        &mut self,
        field: &'static str,
        value: Option<String>,
        parse: impl FnOnce(&str) -> Option<DateTime<Utc>>,
    ) -> Option<DateTime<Utc>> {
        let value = value?;
        // A chargeback has years of four digits.
        let time = parse(&value).filter(|time| (1..=9_999).contains(&time.year()));
        if time.is_none() {
            self.unread(field, "not a time", value);
        }
        time
    }

    /// Parses an optional time in Unix seconds; 0 means that there is no time.
    pub(super) fn optional_seconds(
        &mut self,
        field: &'static str,
        object: &Object,
        path: &[&str],
    ) -> Option<DateTime<Utc>> {
        let seconds = text_at(object, path).filter(|seconds| seconds != "0");
        self.optional_time(field, seconds, |seconds| DateTime::from_timestamp(seconds.parse().ok()?, 0))
    }

    /// Reads an amount in minor units; `None` if both number and currency are missing.
    pub(super) fn minor_units(
        &mut self,
        field: &'static str,
        count: Option<&Value>,
        currency: Option<String>,
        digits: &CurrencyDigits,
    ) -> Option<Money> {
        let count = count.filter(|count| !count.is_null());
        let shown = count.map(|count| text(count).unwrap_or_else(|| "not a number".to_owned()));
        let whole = count.and_then(|count| count.as_i64().or_else(|| count.as_str()?.parse().ok()));
        self.money(field, shown, currency, |currency| digits.amount(whole?, currency))
    }

    /// Reads an amount as decimal text in major units; `None` if both amount and currency are missing.
    pub(super) fn decimal(
        &mut self,
        field: &'static str,
        amount: Option<String>,
        currency: Option<String>,
    ) -> Option<Money> {
        let read = amount.clone();
        self.money(field, amount, currency, |currency| Money::from_decimal(&read?, currency).ok())
    }

    /// Reads an amount whose number is shown as `amount`. A chargeback has no negative amounts.
    fn money(
        &mut self,
        field: &'static str,
        amount: Option<String>,
        code: Option<String>,
        read: impl FnOnce(Currency) -> Option<Money>,
    ) -> Option<Money> {
        if amount.is_none() && code.is_none() {
            return None;
        }
        let currency = code.as_deref().and_then(|code| code.parse::<Currency>().ok());
        let money = currency.and_then(read).filter(|money| money.minor_units() >= 0);
        if money.is_none() {
            let rule = match (&amount, currency) {
                (None, _) => "no amount for the currency",
                (_, None) => "currency missing or unknown",
                _ => "not an exact amount of the currency, or negative",
            };
            let parts = [amount, code].into_iter().flatten().collect::<Vec<_>>();
            self.unread(field, rule, parts.join(" "));
        }
        money
    }
}
