//! RevCent's replies. Only create's is documented whole: the shape of the others is read tolerantly, their content strictly.

use std::borrow::Cow;
use std::fmt;

use bytes::Bytes;
use chrono::{DateTime, Utc};
use http::Response;

use super::wire::{Metadatum, Outcome};
use crate::connector::{ReplyError, ReplyErrorKind};
use crate::model::DecimalNumber;
use crate::providers::json::{Json, Object};
use crate::providers::reply::{object, status_error};
use crate::util::redact::Presence;

/// RevCent has created or edited a chargeback: the reply had HTTP 2xx and `code` 1, or the record was read back.
#[derive(Clone, Default, PartialEq, Eq)]
#[non_exhaustive]
pub struct Written {
    /// RevCent's id of the chargeback, 20 characters. Keep it: later reports need it.
    pub chargeback_id: Option<String>,
    /// RevCent's id of the call, for its support desk; `GET /v2/api_calls/{id}` shows what was sent and answered.
    /// `None` if the record was read back.
    pub api_call_id: Option<String>,
    /// What RevCent wrote of the call, for people. `Debug` does not show it.
    pub result: Option<String>,
}

/// A hit of a search. Search is fuzzy and returns at most ten; compare before you believe it.
#[derive(Clone, PartialEq, Eq)]
#[non_exhaustive]
pub struct Hit {
    /// RevCent's id of what was found, 20 characters; [`get`](crate::HttpProvider::get) reads it whole.
    pub id: String,
    /// What kind of thing was found, in RevCent's word: `chargeback`. `None` if the hit does not say.
    pub item_type: Option<String>,
    /// The caller's own id of the case, if the hit shows it.
    pub third_party_chargeback_id: Option<String>,
}

/// A chargeback as RevCent holds it. A field that RevCent leaves out, or shows as null or empty text, is `None`.
#[derive(Clone, Default, PartialEq, Eq)]
#[non_exhaustive]
pub struct StoredChargeback {
    /// RevCent's id of the chargeback, 20 characters.
    pub id: String,
    /// The amount, to the digit as RevCent wrote it; unit and currency are not shown.
    pub amount: Option<DecimalNumber>,
    /// The acquirer reference number, as it was written.
    pub arn: Option<String>,
    /// The case number that the network or the processor gave.
    pub case_number: Option<String>,
    /// The reason code, free text: a network's code or words.
    pub reason_code: Option<String>,
    /// The gateway's id of the transaction that is charged back.
    pub gateway_transaction_id: Option<String>,
    /// The caller's own id of the case; a report's case id.
    pub third_party_chargeback_id: Option<String>,
    /// When the issuer or customer raised the chargeback, in whole seconds.
    pub chargeback_date: Option<DateTime<Utc>>,
    /// When the merchant got the chargeback, in whole seconds.
    pub received_date: Option<DateTime<Utc>>,
    /// The representment; the default, nothing initiated, if there is none.
    pub representment: StoredRepresentment,
    /// Names and values, those of reports and all others.
    pub metadata: Vec<Metadatum>,
}

/// The representment of a chargeback, as RevCent holds it.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
#[non_exhaustive]
pub struct StoredRepresentment {
    /// Whether there is one; `false` too if RevCent does not say.
    pub initiated: bool,
    /// When it was initiated, in whole seconds.
    pub initiated_date: Option<DateTime<Utc>>,
    /// Whether it is completed, with an outcome; `false` too if RevCent does not say.
    pub completed: bool,
    /// When it was completed, in whole seconds.
    pub completed_date: Option<DateTime<Utc>>,
    /// How it was decided; `None` while it is not.
    pub outcome: Option<Outcome>,
}

impl Hit {
    pub(super) fn of_chargeback(id: impl Into<String>) -> Self {
        Self { id: id.into(), item_type: None, third_party_chargeback_id: None }
    }

    /// Whether it is a chargeback, as far as it says what it is.
    pub(super) fn is_chargeback(&self) -> bool {
        self.item_type.as_deref().is_none_or(|kind| kind.eq_ignore_ascii_case("chargeback"))
    }
}

impl fmt::Debug for Written {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Written")
            .field("chargeback_id", &Presence::new(self.chargeback_id.as_ref()))
            .field("api_call_id", &Presence::new(self.api_call_id.as_ref()))
            .field("result", &Presence::new(self.result.as_ref()))
            .finish()
    }
}

impl fmt::Debug for Hit {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Hit").finish_non_exhaustive()
    }
}

impl fmt::Debug for StoredChargeback {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("StoredChargeback")
            .field("amount", &self.amount)
            .field("representment", &self.representment)
            .finish_non_exhaustive()
    }
}

/// Reads the reply to a create or edit: HTTP 2xx *and* `code` 1.
pub(super) fn written(reply: &Response<Bytes>) -> Result<Written, ReplyError> {
    let Some(object) = object(reply) else { return Err(status_error(reply)) };
    if !reply.status().is_success() || object.get("code").and_then(Json::text).as_deref() != Some("1") {
        return Err(refusal(reply, &object));
    }
    Ok(Written {
        chargeback_id: object.owned_text(&["chargeback_id"]),
        api_call_id: object.owned_text(&["api_call_id"]),
        result: object.owned_text(&["result", "message"]),
    })
}

/// Classifies a JSON reply that is not a success. Only `code` 0 is documented as a refusal; a payment call has others, one
/// of which holds the payment, so they prove nothing here.
fn refusal(reply: &Response<Bytes>, object: &Object<'_>) -> ReplyError {
    let code = object.get("code").and_then(Json::text);
    let status = reply.status();
    let kind = match code.as_deref() {
        _ if status.is_server_error() => ReplyError::from_status(status).kind(),
        Some("0") if status.is_success() => ReplyErrorKind::Rejected,
        Some("0") | None => status_error(reply).kind(),
        Some(_) => ReplyErrorKind::Unreadable,
    };
    ReplyError::new(kind)
        .code(object.text(&["error_code"]).or(code).map(Cow::into_owned))
        .message(object.owned_text(&["message", "result"]))
        .request_id(object.owned_text(&["api_call_id"]))
}

/// A read succeeded if it is 2xx JSON and does not say otherwise by a `code`.
pub(super) fn readable(reply: &Response<Bytes>) -> Result<Object<'_>, ReplyError> {
    let Some(object) = object(reply) else { return Err(status_error(reply)) };
    match object.get("code").and_then(Json::text).as_deref() {
        None | Some("1") if reply.status().is_success() => Ok(object),
        _ => Err(refusal(reply, &object)),
    }
}

/// Under which names the list of hits may stand; RevCent's page of search does not say, where we could read it.
const LISTS: &[&str] = &["results", "search_results", "matches", "hits", "chargebacks", "data", "result"];
const COUNTS: &[&str] = &["total", "count", "total_results", "total_count", "result_count", "num_results"];

/// Reads the reply to a search. A list under a name that nobody knows will do if it holds hits and is the only one; but what
/// is not surely an empty list of hits is unreadable, never "nothing found", since that would license a second create.
pub(super) fn hits(reply: &Response<Bytes>) -> Result<Vec<Hit>, ReplyError> {
    let object = readable(reply)?;
    let mut lists = object.iter().filter_map(|(key, value)| Some((key, value.as_list()?)));
    let (Some((name, list)), None) = (lists.next(), lists.next()) else { return Err(ReplyError::unreadable()) };
    let told = LISTS.contains(&name) || !list.is_empty();
    let contradicted = COUNTS.iter().filter_map(|key| object.get(key)?.as_u64()).any(|count| {
        let held = u64::try_from(list.len()).unwrap_or(u64::MAX);
        count < held || (count > 0 && held == 0)
    });
    if !told || contradicted {
        return Err(ReplyError::unreadable());
    }
    list.iter().map(hit).collect::<Option<Vec<Hit>>>().ok_or_else(ReplyError::unreadable)
}

/// All of RevCent's ids have 20 characters.
fn hit(hit: &Json<'_>) -> Option<Hit> {
    let hit = hit.as_object()?;
    Some(Hit {
        id: hit.owned_text(&["id", "chargeback_id"]).filter(|id| id.chars().count() == 20)?,
        item_type: hit.owned_text(&["item_type"]),
        third_party_chargeback_id: hit.owned_text(&["third_party_chargeback_id"]),
    })
}
