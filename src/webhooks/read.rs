//! Reading what may be there, and naming what must.

use chrono::{DateTime, NaiveDate, NaiveTime, Utc};
use serde_json::{Map, Value};

use super::amount::{self, Exceptions};
use super::verify::WebhookError;
use crate::model::Rfc3339;
use crate::model::{Currency, Money};
use crate::util::strict_serde::unique_json;
use crate::util::violation::Violation;

pub(super) type Object = Map<String, Value>;

/// A body that must be a JSON object.
pub(super) fn object(body: &[u8]) -> Result<Object, WebhookError> {
    unique_json(body).map_err(|_| WebhookError::body("body", "not a JSON object"))
}

/// What is wrong with a body, gathered while it is read.
#[derive(Default)]
pub(super) struct Broken(Vec<Violation>);

impl Broken {
    pub(super) fn note(&mut self, field: &'static str, rule: &'static str) {
        self.0.push(Violation::new(field, rule));
    }

    pub(super) fn finish(self) -> Result<(), WebhookError> {
        if self.0.is_empty() { Ok(()) } else { Err(WebhookError::Body(self.0)) }
    }

    /// A text that must be there.
    pub(super) fn needed(&mut self, field: &'static str, value: Option<String>) -> String {
        value.unwrap_or_else(|| {
            self.note(field, "missing");
            String::new()
        })
    }

    /// A time that must be there. What stands for it if it is not is never seen, since the reading fails.
    pub(super) fn needed_time(&mut self, field: &'static str, value: Option<DateTime<Utc>>) -> DateTime<Utc> {
        value.unwrap_or_else(|| {
            self.note(field, "missing, or no time");
            DateTime::UNIX_EPOCH
        })
    }

    /// What may be missing, but must be read if it is there.
    pub(super) fn if_any<T>(
        &mut self,
        field: &'static str,
        value: Option<String>,
        read: impl FnOnce(&str) -> Option<T>,
    ) -> Option<T> {
        let value = value?;
        let read = read(&value);
        if read.is_none() {
            self.note(field, "no time");
        }
        read
    }

    /// As [`if_any`](Self::if_any), a time in Unix seconds; 0 is none.
    pub(super) fn seconds_if_any(
        &mut self,
        field: &'static str,
        object: &Object,
        path: &[&str],
    ) -> Option<DateTime<Utc>> {
        let seconds = text_at(object, path).filter(|seconds| seconds != "0");
        self.if_any(field, seconds, |seconds| DateTime::from_timestamp(seconds.parse().ok()?, 0))
    }

    /// An amount in minor units; nothing where there is neither number nor currency.
    pub(super) fn minor_units(
        &mut self,
        field: &'static str,
        count: Option<&Value>,
        currency: Option<String>,
        exceptions: Exceptions,
    ) -> Option<Money> {
        let count = count.filter(|count| !count.is_null());
        if count.is_none() && currency.is_none() {
            return None;
        }
        let whole = count.and_then(|count| count.as_i64().or_else(|| count.as_str()?.parse().ok()));
        let currency = self.currency(field, currency)?;
        let amount = whole.and_then(|whole| amount::of_minor_units(whole, currency, exceptions));
        if amount.is_none() {
            self.note(field, "no whole number of minor units of its currency");
        }
        amount
    }

    /// An amount as decimal text in major units; nothing where there is neither.
    pub(super) fn decimal(
        &mut self,
        field: &'static str,
        amount: Option<String>,
        currency: Option<String>,
    ) -> Option<Money> {
        let amount = amount?;
        let currency = self.currency(field, currency)?;
        let read = Money::from_decimal(&amount, currency).ok();
        if read.is_none() {
            self.note(field, "no exact amount of its currency");
        }
        read
    }

    fn currency(&mut self, field: &'static str, code: Option<String>) -> Option<Currency> {
        let currency = code.and_then(|code| code.parse().ok());
        if currency.is_none() {
            self.note(field, "no currency, or one that is not known");
        }
        currency
    }
}

/// What stands at this path of names, if it is not null.
pub(super) fn at<'v>(object: &'v Object, path: &[&str]) -> Option<&'v Value> {
    let (last, way) = path.split_last()?;
    let mut here = object;
    for name in way {
        here = here.get(*name)?.as_object()?;
    }
    here.get(*last).filter(|value| !value.is_null())
}

/// Text, or a number or boolean as text: processors are not of one mind with themselves.
pub(super) fn text(value: &Value) -> Option<String> {
    match value {
        Value::String(text) => Some(text.clone()),
        Value::Number(number) => Some(number.to_string()),
        Value::Bool(flag) => Some(flag.to_string()),
        Value::Null | Value::Array(_) | Value::Object(_) => None,
    }
}

/// Text at this path; a number is read as its text, and white space around it is cut off. What is empty is not there.
pub(super) fn text_at(object: &Object, path: &[&str]) -> Option<String> {
    let text = at(object, path).and_then(text)?;
    let trimmed = text.trim();
    (!trimmed.is_empty()).then(|| trimmed.to_owned())
}

/// A time in Unix seconds at this path; 0 is none.
pub(super) fn seconds_at(object: &Object, path: &[&str]) -> Option<DateTime<Utc>> {
    at(object, path)?.as_i64().filter(|&seconds| seconds > 0).and_then(|seconds| DateTime::from_timestamp(seconds, 0))
}

/// A time of RFC 3339 at this path.
pub(super) fn time_at(object: &Object, path: &[&str]) -> Option<DateTime<Utc>> {
    time(&text_at(object, path)?)
}

pub(super) fn time(text: &str) -> Option<DateTime<Utc>> {
    text.parse().ok().map(|time: Rfc3339| time.instant())
}

/// A time, or the end of a day in UTC: the last moment of a deadline that names a day alone.
pub(super) fn end_of_day(text: &str) -> Option<DateTime<Utc>> {
    let Ok(day) = text.parse::<NaiveDate>() else { return time(text) };
    Some(day.and_time(NaiveTime::from_hms_opt(23, 59, 59)?).and_utc())
}
