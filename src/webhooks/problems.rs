//! Collects the violations of a body while the body is read.

use chrono::{DateTime, Utc};
use serde_json::Value;

use super::amount::{self, DigitExceptions};
use super::error::WebhookError;
use super::json::{Object, text_at};
use crate::model::{Currency, Money};
use crate::util::violation::Violation;

/// The violations found so far.
#[derive(Default)]
pub(super) struct Problems(Vec<Violation>);

impl Problems {
    pub(super) fn add(&mut self, field: &'static str, rule: &'static str) {
        self.0.push(Violation::new(field, rule));
    }

    /// Returns an error with all violations, if there are any.
    pub(super) fn finish(self) -> Result<(), WebhookError> {
        if self.0.is_empty() { Ok(()) } else { Err(WebhookError::Body(self.0)) }
    }

    /// Returns a required text. The empty placeholder is not used, because `finish` fails.
    pub(super) fn required(&mut self, field: &'static str, value: Option<String>) -> String {
        value.unwrap_or_else(|| {
            self.add(field, "missing");
            String::new()
        })
    }

    /// Returns a required time. The placeholder is not used, because `finish` fails.
    pub(super) fn required_time(&mut self, field: &'static str, value: Option<DateTime<Utc>>) -> DateTime<Utc> {
        value.unwrap_or_else(|| {
            self.add(field, "missing or not a time");
            DateTime::UNIX_EPOCH
        })
    }

    /// Parses an optional time. A value that is present must be valid.
    pub(super) fn optional_time(
        &mut self,
        field: &'static str,
        value: Option<String>,
        parse: impl FnOnce(&str) -> Option<DateTime<Utc>>,
    ) -> Option<DateTime<Utc>> {
        let time = parse(&value?);
        if time.is_none() {
            self.add(field, "not a time");
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
        exceptions: DigitExceptions,
    ) -> Option<Money> {
        let count = count.filter(|count| !count.is_null());
        if count.is_none() && currency.is_none() {
            return None;
        }
        let whole = count.and_then(|count| count.as_i64().or_else(|| count.as_str()?.parse().ok()));
        let currency = self.currency(field, currency)?;
        let amount = whole.and_then(|whole| amount::from_minor_units(whole, currency, exceptions));
        if amount.is_none() {
            self.add(field, "not a whole number of minor units of the currency");
        }
        amount
    }

    /// Reads an amount as decimal text in major units; `None` if the amount is missing.
    pub(super) fn decimal(
        &mut self,
        field: &'static str,
        amount: Option<String>,
        currency: Option<String>,
    ) -> Option<Money> {
        let amount = amount?;
        let currency = self.currency(field, currency)?;
        let money = Money::from_decimal(&amount, currency).ok();
        if money.is_none() {
            self.add(field, "not an exact amount of the currency");
        }
        money
    }

    fn currency(&mut self, field: &'static str, code: Option<String>) -> Option<Currency> {
        let currency = code.and_then(|code| code.parse().ok());
        if currency.is_none() {
            self.add(field, "currency missing or unknown");
        }
        currency
    }
}
