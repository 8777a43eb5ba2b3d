//! RevCent's replies.
//!
//! Only the reply to a create is fully documented. All other replies are read tolerantly in shape and strictly in
//! content.

use std::borrow::Cow;
use std::fmt;

use bytes::Bytes;
use chrono::{DateTime, Utc};
use http::Response;

use super::request::{Metadatum, Outcome, has_len_20};
use crate::connector::{Acknowledgement, ReplyError, ReplyErrorKind};
use crate::model::DecimalNumber;
use crate::providers::json::{Json, Object};
use crate::providers::reply::{object, status_error};
use crate::util::redact::Presence;

/// The reply to a create or an edit: HTTP 2xx with `code` 1, or built from the record after an unknown outcome.
///
/// ```
/// use chargeback::revcent::{ChargebackReply, EditChargeback, RevCent};
/// use chargeback::{Error, HttpProvider};
///
/// async fn set_arn(revcent: &HttpProvider<RevCent>, id: &str, arn: &str) -> Result<ChargebackReply, Error> {
///     let mut changes = EditChargeback::default();
///     changes.arn = Some(arn.into());
///     Ok(revcent.edit_chargeback(id, changes).await?.reply)
/// }
/// ```
#[derive(Clone, Default, PartialEq, Eq)]
#[non_exhaustive]
pub struct ChargebackReply {
    /// RevCent's id of the chargeback, 20 characters. Keep it: later reports need it.
    pub chargeback_id: Option<String>,
    /// RevCent's id of the call, for its support desk; `GET /v2/api_calls/{id}` shows request and reply. `None` if the
    /// reply was built from the record.
    pub api_call_id: Option<String>,
    /// RevCent's message about the call, for people. `Debug` does not show it.
    pub result: Option<String>,
}

/// A hit of a search. The search is fuzzy and returns at most ten hits, so compare a hit before you use it.
///
/// ```
/// use chargeback::revcent::Hit;
///
/// /// Returns the ids of the hits that show this case id. Read each before you use it: the search is fuzzy.
/// fn candidates<'h>(hits: &'h [Hit], case_id: &str) -> Vec<&'h str> {
///     let of_case = hits.iter().filter(|hit| hit.third_party_chargeback_id.as_deref() == Some(case_id));
///     of_case.map(|hit| hit.id.as_str()).collect()
/// }
/// ```
#[derive(Clone, PartialEq, Eq)]
#[non_exhaustive]
pub struct Hit {
    /// RevCent's id of the item, 20 characters; [`get_chargeback`](crate::HttpProvider::get_chargeback) reads a
    /// chargeback whole.
    pub id: String,
    /// RevCent's name for the kind of item: `chargeback`. `None` if the hit has none.
    pub item_type: Option<String>,
    /// The caller's id of the case, if the hit shows it.
    pub third_party_chargeback_id: Option<String>,
}

/// A chargeback record at RevCent. A field that is absent, null or empty text is `None`.
///
/// ```
/// use chargeback::revcent::{Outcome, StoredChargeback};
///
/// fn is_won(record: &StoredChargeback) -> bool {
///     record.representment.completed && record.representment.outcome == Some(Outcome::Won)
/// }
/// ```
#[derive(Clone, Default, PartialEq, Eq)]
#[non_exhaustive]
pub struct StoredChargeback {
    /// RevCent's id of the chargeback, 20 characters.
    pub id: String,
    /// The amount with every digit of RevCent's reply. RevCent does not show unit and currency.
    pub amount: Option<DecimalNumber>,
    /// The acquirer reference number.
    pub arn: Option<String>,
    /// The case number that the network or the processor gave.
    pub case_number: Option<String>,
    /// The reason code, free text: a network's code or a description.
    pub reason_code: Option<String>,
    /// RevCent's id of the disputed transaction.
    pub transaction_id: Option<String>,
    /// The gateway's id of the disputed transaction.
    pub gateway_transaction_id: Option<String>,
    /// The caller's id of the case; a report sends its case id.
    pub third_party_chargeback_id: Option<String>,
    /// Time at which the issuer or customer raised the chargeback, in whole seconds.
    pub chargeback_date: Option<DateTime<Utc>>,
    /// Time at which the merchant received the chargeback, in whole seconds.
    pub received_date: Option<DateTime<Utc>>,
    /// The representment; the default value, not initiated, if the record has none.
    pub representment: StoredRepresentment,
    /// All names and values, of reports and of other writers.
    pub metadata: Vec<Metadatum>,
}

/// The representment of a chargeback record at RevCent.
///
/// ```
/// use chargeback::revcent::StoredRepresentment;
///
/// // A record without a representment.
/// let representment = StoredRepresentment::default();
/// assert!(!representment.initiated && representment.outcome.is_none());
/// ```
#[derive(Debug, Clone, Default, PartialEq, Eq)]
#[non_exhaustive]
pub struct StoredRepresentment {
    /// True if a representment was initiated. Also `false` if the reply has no value.
    pub initiated: bool,
    /// Time of initiation, in whole seconds.
    pub initiated_date: Option<DateTime<Utc>>,
    /// True if the representment is completed, with an outcome. Also `false` if the reply has no value.
    pub completed: bool,
    /// Time of completion, in whole seconds.
    pub completed_date: Option<DateTime<Utc>>,
    /// The outcome; `None` until the representment is decided.
    pub outcome: Option<Outcome>,
}

impl StoredRepresentment {
    /// Returns true if any value shows that a representment was initiated.
    pub(super) fn is_initiated(&self) -> bool {
        self.initiated || self.initiated_date.is_some() || self.is_completed()
    }

    /// Returns true if any value shows that the representment has ended. `pending` needs `completed` in the schema.
    pub(super) fn is_completed(&self) -> bool {
        self.completed || self.completed_date.is_some() || self.outcome.is_some()
    }
}

impl ChargebackReply {
    /// Creates the reply for a record that holds all values of a write with an unknown outcome.
    pub(super) fn for_record(id: &str) -> Self {
        Self { chargeback_id: Some(id.to_owned()), ..Self::default() }
    }

    /// Reads the reply to a create or an edit: HTTP 2xx *and* `code` 1.
    pub(super) fn decode(reply: &Response<Bytes>) -> Result<Self, ReplyError> {
        let object = success(reply, true)?;
        Ok(Self {
            chargeback_id: object.owned_text(&["chargeback_id"]),
            api_call_id: object.owned_text(&["api_call_id"]),
            result: object.owned_text(&["result", "message"]),
        })
    }

    pub(super) fn acknowledgement(&self) -> Acknowledgement {
        Acknowledgement::default()
            .case_id(self.chargeback_id.clone())
            .request_id(self.api_call_id.clone())
            .message(self.result.clone())
    }
}

impl Hit {
    pub(super) fn for_chargeback(id: impl Into<String>) -> Self {
        Self { id: id.into(), item_type: None, third_party_chargeback_id: None }
    }

    /// Returns true if the hit is a chargeback or has no kind.
    pub(super) fn is_chargeback(&self) -> bool {
        self.item_type.as_deref().is_none_or(|kind| kind.eq_ignore_ascii_case("chargeback"))
    }
}

impl fmt::Debug for ChargebackReply {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("ChargebackReply")
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

/// Classifies a JSON reply that is not a success.
///
/// Only `code` 0 is documented as a rejection. Payment calls have other codes, one of which holds the payment, so other
/// codes prove nothing here.
fn reply_error(reply: &Response<Bytes>, object: &Object<'_>) -> ReplyError {
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

/// Reads a 2xx JSON reply with `code` 1. The replies to reads may have no `code`.
pub(super) fn success(reply: &Response<Bytes>, needs_code: bool) -> Result<Object<'_>, ReplyError> {
    let Some(object) = object(reply) else { return Err(status_error(reply)) };
    let accepted = object.get("code").and_then(Json::text).map_or(!needs_code, |code| code == "1");
    if accepted && reply.status().is_success() { Ok(object) } else { Err(reply_error(reply, &object)) }
}

/// Possible names of the list of hits. The available part of RevCent's page on search does not document the name.
const LISTS: &[&str] = &["results", "search_results", "matches", "hits", "chargebacks", "data", "result"];
const COUNTS: &[&str] = &["total", "count", "total_results", "total_count", "result_count", "num_results"];

/// Reads the reply to a search.
///
/// A list under another name is accepted if it is the only list and contains hits. Any reply that is not clearly an
/// empty list of hits is unreadable and never "nothing found", because that would allow a second create.
pub(super) fn hits(reply: &Response<Bytes>) -> Result<Vec<Hit>, ReplyError> {
    let object = success(reply, false)?;
    let mut lists = object.iter().filter_map(|(key, value)| Some((key, value.as_list()?)));
    let (Some((name, list)), None) = (lists.next(), lists.next()) else { return Err(ReplyError::unreadable()) };
    let is_known = LISTS.contains(&name) || !list.is_empty();
    let contradicted = COUNTS.iter().filter_map(|key| object.get(key)?.as_u64()).any(|count| {
        let length = u64::try_from(list.len()).unwrap_or(u64::MAX);
        count < length || (count > 0 && length == 0)
    });
    if !is_known || contradicted {
        return Err(ReplyError::unreadable());
    }
    list.iter().map(hit).collect::<Option<Vec<Hit>>>().ok_or_else(ReplyError::unreadable)
}

fn hit(hit: &Json<'_>) -> Option<Hit> {
    let hit = hit.as_object()?;
    Some(Hit {
        id: hit.owned_text(&["id", "chargeback_id"]).filter(|id| has_len_20(id))?,
        item_type: hit.owned_text(&["item_type"]),
        third_party_chargeback_id: hit.owned_text(&["third_party_chargeback_id"]),
    })
}
