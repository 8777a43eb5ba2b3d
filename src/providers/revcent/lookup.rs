//! Calls that only read: the search, and the get of one record.

use std::fmt;

use bytes::Bytes;
use http::{Request, Response};

use super::config::RevCent;
use super::record;
use super::reply::{self, ChargebackReply, Hit, StoredChargeback};
use super::request::check_len_20;
use crate::connector::{Attempt, HttpRequestBuilder, NoLookup, Operation, ReplyError, RetrySafety};
use crate::util::violation::Violation;

/// `GET /v2/chargebacks/search?search_term=...`: at most ten hits with few fields. The call only reads.
///
/// ```
/// use chargeback::revcent::{RevCent, Search};
/// use chargeback::{Error, HttpProvider};
///
/// async fn count(revcent: &HttpProvider<RevCent>, arn: &str) -> Result<usize, Error> {
///     Ok(revcent.call(Search::new(arn)).await?.reply.len())
/// }
/// ```
#[derive(Clone)]
pub struct Search {
    pub(super) term: String,
}

/// `GET /v2/chargebacks/{chargeback_id}`: the whole record. The call only reads.
///
/// ```
/// use chargeback::revcent::{Get, RevCent, StoredChargeback};
/// use chargeback::{Error, HttpProvider};
///
/// async fn read(revcent: &HttpProvider<RevCent>, id: &str) -> Result<StoredChargeback, Error> {
///     Ok(revcent.call(Get::new(id)).await?.reply)
/// }
/// ```
#[derive(Clone)]
pub struct Get {
    pub(super) chargeback_id: String,
}

/// A read call that finds or reads a chargeback, for reports and for writes with an unknown outcome.
#[derive(Debug, Clone)]
#[non_exhaustive]
pub enum Lookup {
    /// Searches by case key or case id.
    Search(Search),
    /// Reads a whole record.
    Get(Get),
}

/// The reply to a [`Lookup`] or to a [`Step`](super::Step) of a report.
#[derive(Debug, Clone)]
#[non_exhaustive]
pub enum StepReply {
    /// The hits of a search, ten at most.
    Hits(Vec<Hit>),
    /// The record of a get. Also the record that proves a create or an edit of a report after an unknown outcome.
    Record(Box<StoredChargeback>),
    /// The reply to a create or an edit. A lookup never has it.
    Chargeback(ChargebackReply),
}

impl Search {
    /// Creates a search of the full-text index, which may lag, for this term. The term must not be empty.
    pub fn new(term: impl Into<String>) -> Self {
        Self { term: term.into() }
    }
}

impl Get {
    /// Creates a get of the chargeback with this RevCent id, 20 characters.
    pub fn new(chargeback_id: impl Into<String>) -> Self {
        Self { chargeback_id: chargeback_id.into() }
    }
}

impl fmt::Debug for Search {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Search").finish_non_exhaustive()
    }
}

impl fmt::Debug for Get {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Get").finish_non_exhaustive()
    }
}

fn get(revcent: &RevCent, attempt: &Attempt<'_>, path: &[&str]) -> HttpRequestBuilder {
    HttpRequestBuilder::get(&revcent.base_url, path).secret_header("x-api-key", attempt.expose(&revcent.api_key))
}

impl Operation for Search {
    type Connector = RevCent;
    type Reply = Vec<Hit>;
    type Lookup = NoLookup<RevCent>;

    fn name(&self) -> &'static str {
        "search_chargebacks"
    }

    fn retry_safety(&self) -> RetrySafety {
        RetrySafety::Idempotent
    }

    fn reads_only(&self) -> bool {
        true
    }

    fn validate(&self) -> Vec<Violation> {
        if self.term.is_empty() { vec![Violation::new("search_term", "must not be empty")] } else { Vec::new() }
    }

    fn encode(&self, revcent: &RevCent, attempt: &Attempt<'_>) -> Result<Request<Bytes>, Violation> {
        get(revcent, attempt, &["v2", "chargebacks", "search"]).query("search_term", &self.term).empty()
    }

    fn decode(&self, reply: &Response<Bytes>) -> Result<Vec<Hit>, ReplyError> {
        reply::hits(reply)
    }
}

impl Operation for Get {
    type Connector = RevCent;
    type Reply = StoredChargeback;
    type Lookup = NoLookup<RevCent>;

    fn name(&self) -> &'static str {
        "get_chargeback"
    }

    fn retry_safety(&self) -> RetrySafety {
        RetrySafety::Idempotent
    }

    fn reads_only(&self) -> bool {
        true
    }

    fn validate(&self) -> Vec<Violation> {
        Vec::from_iter(check_len_20("chargeback_id", Some(&self.chargeback_id)))
    }

    fn encode(&self, revcent: &RevCent, attempt: &Attempt<'_>) -> Result<Request<Bytes>, Violation> {
        get(revcent, attempt, &["v2", "chargebacks", &self.chargeback_id]).empty()
    }

    fn decode(&self, reply: &Response<Bytes>) -> Result<StoredChargeback, ReplyError> {
        record::stored(reply, &self.chargeback_id)
    }
}

impl Operation for Lookup {
    type Connector = RevCent;
    type Reply = StepReply;
    type Lookup = NoLookup<RevCent>;

    fn name(&self) -> &'static str {
        match self {
            Self::Search(search) => search.name(),
            Self::Get(get) => get.name(),
        }
    }

    fn retry_safety(&self) -> RetrySafety {
        RetrySafety::Idempotent
    }

    fn reads_only(&self) -> bool {
        true
    }

    fn validate(&self) -> Vec<Violation> {
        match self {
            Self::Search(search) => search.validate(),
            Self::Get(get) => get.validate(),
        }
    }

    fn encode(&self, revcent: &RevCent, attempt: &Attempt<'_>) -> Result<Request<Bytes>, Violation> {
        match self {
            Self::Search(search) => search.encode(revcent, attempt),
            Self::Get(get) => get.encode(revcent, attempt),
        }
    }

    fn decode(&self, reply: &Response<Bytes>) -> Result<StepReply, ReplyError> {
        match self {
            Self::Search(search) => search.decode(reply).map(StepReply::Hits),
            Self::Get(get) => get.decode(reply).map(|stored| StepReply::Record(Box::new(stored))),
        }
    }
}
