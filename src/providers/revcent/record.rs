//! Reads a chargeback record from a reply.
//!
//! The place of the record in the reply is not documented, so several places are tried. The values of the record decide
//! the next write, so a field with an unexpected value makes the whole reply unreadable and never counts as absent.

use std::borrow::Cow;

use bytes::Bytes;
use chrono::{DateTime, Utc};
use http::Response;
use serde_json::value::RawValue;

use super::reply::{StoredChargeback, StoredRepresentment, success};
use super::request::{Metadatum, Outcome};
use crate::connector::ReplyError;
use crate::model::{DecimalNumber, Rfc3339};
use crate::providers::json::{Json, RawObject};

/// Fields that only a chargeback has. A reply without any of them is no record, even if it repeats the id.
const RECORD_FIELDS: &[&str] = &[
    "amount",
    "arn",
    "case_number",
    "reason_code",
    "third_party_chargeback_id",
    "chargeback_date",
    "chargeback_date_unix",
    "received_date",
    "received_date_unix",
    "representment",
    "metadata",
];

/// An object with unparsed values, so that an amount keeps every digit.
struct Record<'a>(RawObject<'a>);

/// The error for a field with an unexpected value.
struct Unexpected;

/// Reads the reply to a get of the chargeback with this id.
pub(super) fn stored(reply: &Response<Bytes>, chargeback_id: &str) -> Result<StoredChargeback, ReplyError> {
    success(reply, false)?;
    let whole = Record::parse(reply.body()).ok_or_else(ReplyError::unreadable)?;
    let inner = ["chargeback", "data", "result", "results"].into_iter().find_map(|key| whole.inner(key));
    let record = match &inner {
        Some(record) => record,
        None if RECORD_FIELDS.iter().any(|key| whole.0.source(key).is_some()) => &whole,
        None => return Err(ReplyError::unreadable()),
    };
    match record.chargeback() {
        Ok(stored) if stored.id == chargeback_id => Ok(stored),
        Ok(_) | Err(Unexpected) => Err(ReplyError::unreadable()),
    }
}

impl<'a> Record<'a> {
    fn parse(json: &'a [u8]) -> Option<Self> {
        RawObject::parse(json).map(Self)
    }

    /// Returns the object under a key, or the only object of the list under the key.
    fn inner(&self, key: &str) -> Option<Self> {
        let json = self.0.source(key)?;
        if json.starts_with('{') {
            return Self::parse(json.as_bytes());
        }
        let list: Vec<&RawValue> = serde_json::from_str(json).ok()?;
        match list.as_slice() {
            [one] => Self::parse(one.get().as_bytes()),
            _ => None,
        }
    }

    /// Returns a value; `None` if the value is absent, null or empty text.
    fn value(&self, key: &str) -> Result<Option<Json<'a>>, Unexpected> {
        let Some(source) = self.0.source(key) else { return Ok(None) };
        match Json::parse(source.as_bytes()).ok_or(Unexpected)? {
            Json::Null => Ok(None),
            Json::Text(text) if text.is_empty() => Ok(None),
            value => Ok(Some(value)),
        }
    }

    fn text(&self, key: &str) -> Result<Option<String>, Unexpected> {
        let owned = |value: Json<'_>| value.text().map(Cow::into_owned).ok_or(Unexpected);
        self.value(key)?.map(owned).transpose()
    }

    fn flag(&self, key: &str) -> Result<bool, Unexpected> {
        match self.text(key)?.as_deref() {
            None | Some("false" | "0") => Ok(false),
            Some("true" | "1") => Ok(true),
            Some(_) => Err(Unexpected),
        }
    }

    /// Reads a time in Unix seconds, under the field's name or with the suffix `_unix`. RFC 3339 is accepted too.
    fn time(&self, key: &str) -> Result<Option<DateTime<Utc>>, Unexpected> {
        for key in [key, &format!("{key}_unix")] {
            let Some(text) = self.text(key)? else { continue };
            let time = match text.parse::<i64>() {
                Ok(0) => continue,
                Ok(seconds) => DateTime::from_timestamp(seconds, 0).and_then(|at| Rfc3339::try_from(at).ok()),
                Err(_) => text.parse::<Rfc3339>().ok(),
            };
            return time.map(|time| Some(time.instant())).ok_or(Unexpected);
        }
        Ok(None)
    }

    /// Reads the number with all digits, with or without quotes.
    fn amount(&self) -> Result<Option<DecimalNumber>, Unexpected> {
        let written = match self.value("amount")? {
            None => return Ok(None),
            Some(Json::Text(text)) => text.into_owned(),
            Some(_) => self.0.source("amount").unwrap_or_default().to_owned(),
        };
        written.parse().map(Some).map_err(|_| Unexpected)
    }

    fn chargeback(&self) -> Result<StoredChargeback, Unexpected> {
        let id = match self.text("id")? {
            Some(id) => id,
            None => self.text("chargeback_id")?.ok_or(Unexpected)?,
        };
        Ok(StoredChargeback {
            id,
            amount: self.amount()?,
            arn: self.text("arn")?,
            case_number: self.text("case_number")?,
            reason_code: self.text("reason_code")?,
            transaction_id: self.text("transaction_id")?,
            gateway_transaction_id: self.text("gateway_transaction_id")?,
            third_party_chargeback_id: self.text("third_party_chargeback_id")?,
            chargeback_date: self.time("chargeback_date")?,
            received_date: self.time("received_date")?,
            representment: self.representment()?,
            metadata: self.value("metadata")?.map(|value| metadata(&value)).transpose()?.unwrap_or_default(),
        })
    }

    fn representment(&self) -> Result<StoredRepresentment, Unexpected> {
        // A server written in PHP encodes an empty object as an empty list.
        let none = self.value("representment")?.is_none_or(|value| value.as_list().is_some_and(<[_]>::is_empty));
        if none {
            return Ok(StoredRepresentment::default());
        }
        let stored = self.inner("representment").ok_or(Unexpected)?;
        let outcome = stored.text("outcome")?;
        Ok(StoredRepresentment {
            initiated: stored.flag("initiated")?,
            initiated_date: stored.time("initiated_date")?,
            completed: stored.flag("completed")?,
            completed_date: stored.time("completed_date")?,
            outcome: outcome.map(|name| name.parse::<Outcome>().map_err(|_| Unexpected)).transpose()?,
        })
    }
}

/// Reads a list of names and values, or an object with the names as keys.
fn metadata(value: &Json<'_>) -> Result<Vec<Metadatum>, Unexpected> {
    // An empty value is kept, because an edit must send all pairs back.
    let pair = |name: Cow<'_, str>, value: Option<&Json<'_>>| {
        let shown = match value {
            None | Some(Json::Null) => Cow::Borrowed(""),
            Some(value) => value.text()?,
        };
        Some(Metadatum::new(name, shown))
    };
    let list_pair = |item: &Json<'_>| {
        let item = item.as_object()?;
        pair(item.get("name")?.text()?, item.get("value"))
    };
    let pairs: Option<Vec<Metadatum>> = match value {
        Json::List(list) => list.iter().map(list_pair).collect(),
        Json::Object(object) => object.iter().map(|(name, value)| pair(Cow::Borrowed(name), Some(value))).collect(),
        _ => None,
    };
    pairs.ok_or(Unexpected)
}
