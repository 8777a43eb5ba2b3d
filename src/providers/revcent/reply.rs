//! RevCent's replies, read tolerantly: only create's is documented whole.

use std::fmt;

use bytes::Bytes;
use chrono::{DateTime, Utc};
use http::Response;
use serde_json::{Map, Value};

use super::wire::{Metadatum, Outcome};
use crate::exact::{DecimalText, Rfc3339};
use crate::providers::shared::{first_text, kind_by_status, object, refusal_of_status, text};
use crate::vendor::{Refusal, RefusalKind};

/// A chargeback was created or edited.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
#[non_exhaustive]
pub struct Written {
    /// RevCent's id of the chargeback. Keep it: later reports need it.
    pub chargeback_id: Option<String>,
    /// RevCent's id of the call; `GET /v2/api_calls/{id}` shows what was sent and answered.
    pub api_call_id: Option<String>,
    /// What RevCent wrote.
    pub result: Option<String>,
}

/// A hit of a search. Search is fuzzy and returns at most ten; compare before you believe it.
#[derive(Debug, Clone, PartialEq, Eq)]
#[non_exhaustive]
pub struct Hit {
    /// RevCent's id of the chargeback.
    pub id: String,
    /// The caller's own id of the case, if the hit shows it.
    pub third_party_chargeback_id: Option<String>,
}

/// A chargeback as RevCent holds it.
#[derive(Clone, Default, PartialEq, Eq)]
#[non_exhaustive]
pub struct StoredChargeback {
    /// RevCent's id of it.
    pub id: String,
    /// The amount.
    pub amount: Option<DecimalText>,
    /// The acquirer reference number.
    pub arn: Option<String>,
    /// The case number.
    pub case_number: Option<String>,
    /// The reason code.
    pub reason_code: Option<String>,
    /// The caller's own id of the case.
    pub third_party_chargeback_id: Option<String>,
    /// When the issuer or customer raised it.
    pub chargeback_date: Option<DateTime<Utc>>,
    /// When the merchant got it.
    pub received_date: Option<DateTime<Utc>>,
    /// The fight against it.
    pub representment: StoredRepresentment,
    /// Names and values.
    pub metadata: Vec<Metadatum>,
}

/// The fight against a chargeback, as RevCent holds it.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
#[non_exhaustive]
pub struct StoredRepresentment {
    /// Whether there is one.
    pub initiated: bool,
    /// Since when.
    pub initiated_date: Option<DateTime<Utc>>,
    /// Whether it has ended.
    pub completed: bool,
    /// Since when.
    pub completed_date: Option<DateTime<Utc>>,
    /// How.
    pub outcome: Option<Outcome>,
}

impl fmt::Debug for StoredChargeback {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("StoredChargeback")
            .field("id", &self.id)
            .field("amount", &self.amount)
            .field("representment", &self.representment)
            .finish_non_exhaustive()
    }
}

/// Reads the reply to a create or edit: HTTP 2xx *and* `code` 1.
pub(super) fn written(reply: &Response<Bytes>) -> Result<Written, Refusal> {
    let Some(object) = object(reply) else { return Err(refusal_of_status(reply)) };
    if !reply.status().is_success() || object.get("code").and_then(text).as_deref() != Some("1") {
        return Err(refusal(reply, &object));
    }
    Ok(Written {
        chargeback_id: first_text(&object, &["chargeback_id"]),
        api_call_id: first_text(&object, &["api_call_id"]),
        result: first_text(&object, &["result", "message"]),
    })
}

/// Classifies a JSON reply that is not a success. A 2xx without a `code` proves nothing either way.
fn refusal(reply: &Response<Bytes>, object: &Map<String, Value>) -> Refusal {
    let code = object.get("code").and_then(text);
    let otherwise = if code.is_some() { RefusalKind::Rejected } else { RefusalKind::Unreadable };
    Refusal::new(kind_by_status(reply, otherwise))
        .code(first_text(object, &["error_code"]).or(code))
        .message(first_text(object, &["message", "result"]))
        .request_id(first_text(object, &["api_call_id"]))
}

/// A read succeeded if it is 2xx JSON and does not say otherwise by a `code`.
fn readable(reply: &Response<Bytes>) -> Result<Map<String, Value>, Refusal> {
    let Some(object) = object(reply) else { return Err(refusal_of_status(reply)) };
    match object.get("code").and_then(text).as_deref() {
        None | Some("1") if reply.status().is_success() => Ok(object),
        _ => Err(refusal(reply, &object)),
    }
}

/// Reads the reply to a search. The name of its list is not documented, so a list that is the only one will do; but
/// without a list it is unreadable, never "nothing found", since that would license a second create.
pub(super) fn hits(reply: &Response<Bytes>) -> Result<Vec<Hit>, Refusal> {
    let object = readable(reply)?;
    let known = ["results", "search_results", "matches", "chargebacks", "data", "result"];
    let by_name = known.into_iter().find_map(|key| object.get(key).and_then(Value::as_array));
    let list = by_name.or_else(|| only_list(&object)).ok_or_else(Refusal::unreadable)?;
    list.iter()
        .map(|hit| {
            let hit = hit.as_object()?;
            Some(Hit {
                id: first_text(hit, &["id", "chargeback_id"])?,
                third_party_chargeback_id: hit.get("third_party_chargeback_id").and_then(text),
            })
        })
        .collect::<Option<Vec<Hit>>>()
        .ok_or_else(Refusal::unreadable)
}

/// The one list in a reply that has no other, and that is not one of complaints.
fn only_list(object: &Map<String, Value>) -> Option<&Vec<Value>> {
    let mut lists = object.iter().filter_map(|(key, value)| Some((key, value.as_array()?)));
    let (key, list) = lists.next()?;
    let complaint = ["error", "warning", "message", "highlight"].iter().any(|word| key.contains(word));
    (lists.next().is_none() && !complaint).then_some(list)
}

/// Reads the reply to a get. Where the record stands in it is not documented: at the top, or under a key of its own.
pub(super) fn stored(reply: &Response<Bytes>, asked: &str) -> Result<StoredChargeback, Refusal> {
    let object = readable(reply)?;
    let record = ["chargeback", "data", "result", "results"]
        .into_iter()
        .find_map(|key| match object.get(key)? {
            Value::Object(record) => Some(record),
            Value::Array(list) if list.len() == 1 => list[0].as_object(),
            _ => None,
        })
        .unwrap_or(&object);
    let id = first_text(record, &["id", "chargeback_id"]).filter(|id| id == asked).ok_or_else(Refusal::unreadable)?;
    let own = |key: &str| record.get(key).and_then(text).filter(|text| !text.is_empty());
    Ok(StoredChargeback {
        id,
        amount: record.get("amount").and_then(text).and_then(|amount| amount.parse().ok()),
        arn: own("arn"),
        case_number: own("case_number"),
        reason_code: own("reason_code"),
        third_party_chargeback_id: own("third_party_chargeback_id"),
        chargeback_date: date(record, "chargeback_date"),
        received_date: date(record, "received_date"),
        representment: record.get("representment").and_then(Value::as_object).map(representment).unwrap_or_default(),
        metadata: record.get("metadata").and_then(Value::as_array).map(|list| metadata(list)).unwrap_or_default(),
    })
}

fn representment(record: &Map<String, Value>) -> StoredRepresentment {
    let flag = |key: &str| matches!(record.get(key).and_then(text).as_deref(), Some("true" | "1"));
    StoredRepresentment {
        initiated: flag("initiated"),
        initiated_date: date(record, "initiated_date"),
        completed: flag("completed"),
        completed_date: date(record, "completed_date"),
        outcome: record.get("outcome").and_then(Value::as_str).and_then(Outcome::from_word),
    }
}

fn metadata(list: &[Value]) -> Vec<Metadatum> {
    let pair = |item: &Value| {
        let item = item.as_object()?;
        Some(Metadatum::new(first_text(item, &["name"])?, first_text(item, &["value"])?))
    };
    list.iter().filter_map(pair).collect()
}

/// RevCent writes times as Unix seconds, under the field's name or with `_unix` after it; text is read too.
fn date(record: &Map<String, Value>, key: &str) -> Option<DateTime<Utc>> {
    let written = first_text(record, &[key, &format!("{key}_unix")])?;
    match written.parse::<i64>() {
        Ok(0) => None,
        Ok(seconds) => DateTime::from_timestamp(seconds, 0),
        Err(_) => written.parse::<Rfc3339>().ok().map(|time| time.instant()),
    }
}
