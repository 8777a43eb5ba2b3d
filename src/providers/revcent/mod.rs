//! RevCent: a chargeback record tied to a transaction, and the representment on it.
//!
//! | | |
//! |---|---|
//! | Calls | `POST /v2/chargebacks`, `POST` and `GET /v2/chargebacks/{id}`, `GET /v2/chargebacks/search`; JSON, header `x-api-key` |
//! | Needs | RevCent's id of the transaction (its [vendor payment](crate::ChargebackBuilder::vendor_payment), 20 characters), or the gateway's transaction id |
//! | Success | HTTP 2xx *and* `code` 1 |
//! | Repeat | create and edits of a representment: after looking at the record; other edits: safe; with `void_transaction`: never |
//! | Test or live | by the key; one host |
//!
//! **If the outcome is unknown:** report again through the same provider. It looks at RevCent's record before it
//! writes, and creates nothing while the case is in doubt. If it stays unknown, look in RevCent yourself and say what
//! you found with [`resolve_doubt`](crate::HttpProvider::resolve_doubt). Before you repeat
//! [`create_and_void_transaction`](crate::HttpProvider::create_and_void_transaction), look at the transaction.
//!
//! # How a report finds its case
//!
//! With RevCent's id of the case, from [`Receipt::vendor_case`](crate::Receipt::vendor_case) or remembered by the
//! provider, it gets that record and edits it, unless the record names another case. Without that id, [`FirstReport`]
//! says what it does first:
//!
//! | [`FirstReport`] | first | for whom |
//! |---|---|---|
//! | `SearchFirst`, the default | searches for the key of the case; if that finds no record of the case, for the case id | other programs may create chargebacks too |
//! | `SearchOwn` | searches for the key alone | nobody else creates chargebacks with these case ids, or the ids are so alike that a search for one finds ten |
//! | `CreateAtOnce` | creates | it is known that nobody has reported the case before |
//!
//! The *key* is one word made of the case id. Every chargeback that a report creates holds it in its metadata.
//! Full-text search takes `CB-2610-0010` apart and may find every case of that month, and it gives ten hits at most;
//! the key finds its record alone. The second search is for chargebacks that another program created.
//!
//! **Every hit that is a chargeback is read whole, with a get, before anything is decided**, whether it is ours or
//! another's: hits show few fields, and not the key. A record is the case's if it holds the key, or if its
//! `third_party_chargeback_id` is the case id to the letter. One such record is edited, and where there is none, one is
//! created. Several are an [`Error::Conflict`] that names them, and ten hits of the last search without one are an
//! [`Error::Conflict`] too, since there may be more; nothing is written then.
//!
//! An edit sends only what differs. If nothing differs, the receipt says that [nothing was
//! written](crate::Receipt::wrote).
//!
//! # While a case is in doubt
//!
//! A case is in doubt after a create that names it, or an edit of its representment, that may have acted without an
//! answer. What may have been created is looked up, and never created again: all three modes then search for the key and
//! for the case id, since a native [`create`](crate::HttpProvider::create) may have left it. A record that is found ends
//! the doubt. If none is found, that proves nothing: the index may lag (it is a full-text engine; low confidence). The
//! report is then an [`Error::Conflict`] whose delivery is [`Unknown`](crate::Delivery::Unknown).
//!
//! [`is_in_doubt`](crate::HttpProvider::is_in_doubt) asks whether it is so, and
//! [`resolve_doubt`](crate::HttpProvider::resolve_doubt) is the way out: with RevCent's id if the chargeback is there,
//! with `None` if it certainly is not. The doubt is kept in memory, by one provider and its clones; a
//! [`Reporter`](crate::Reporter) with a ledger tells the provider of the next process. Without one, a process that
//! restarts within the lag can create the case twice, and so can two processes that report it at once: keep the receipt's case id.
//!
//! # What a report writes
//!
//! **There is no field for the stage.** It is read from the representment: none, initiated, completed with an outcome.
//! `initiated`, `completed` and their dates freeze once written, so dates are sent only where
//! [`Representment`](crate::Representment) gives them. `won` is never replaced by `lost`, nor the reverse.
//! An outcome needs a representment: a case that was never contested cannot be won or lost here, and is refused.
//!
//! What has no field goes to `metadata`:
//!
//! | name | holds | written |
//! |---|---|---|
//! | `chargeback.key` | `cb` and 30 hexadecimal digits, the first of the SHA-256 of the case id | always |
//! | `chargeback.currency` | the ISO 4217 code of the amount: `USD` | with an amount |
//! | `chargeback.network` | the name of the card network: `visa` | with a network code |
//! | `chargeback.order_id` | the merchant's id of the order | if given |
//! | `chargeback.processor` | the processor's name: `stripe` | if given |
//! | `chargeback.processor_dispute_id` | the processor's id of the case | if given |
//! | `chargeback.processor_payment_id` | the processor's id of the payment | if given |
//! | `chargeback.notes` | the notes | if given |
//!
//! Your own [metadata](crate::ChargebackBuilder::metadata) stands beside them under its own names. A name of more than
//! 100 characters, or one that starts with `chargeback.`, is [`Error::Invalid`]. A value is cut after 255 characters,
//! and an empty one is not sent; both are listed as losses. If one pair differs, an edit sends all of them, with those
//! that others wrote: whether RevCent merges or replaces is not documented. If the record holds pairs beyond RevCent's
//! own limits, an edit leaves all metadata as it is and lists that.
//!
//! The order id is not sent as `third_party_order_id`. By RevCent's schema that is the order id of a chargeback
//! management company, and it is not among the fields that search reads. (`third_party_chargeback_id` is described in
//! the same way; it holds the case id because search does read it.)
//!
//! **Money.** `void_transaction` refunds the customer in full and cannot be undone. No report sends it.
//! [`create_and_void_transaction`](crate::HttpProvider::create_and_void_transaction) does, and is never repeated.
//!
//! # Sources
//!
//! RevCent's page of `CreateChargeback` for create; its page of `SearchChargebacks` for what is searched; the page "API
//! Search" of its knowledge base for the limit of ten hits, without pages, and for how little a hit shows (it is
//! written for all searches of the API); its V2 introduction for "only GET and POST". The path of edit and get is
//! inferred from sibling calls (medium confidence), and the shape of their replies is not documented where we could
//! read it: both are read tolerantly, and a reply without a list or a record is an error, never "nothing found".

mod call;
mod change;
mod find;
mod map;
mod operations;
mod record;
mod reply;
mod steps;
mod wire;

pub use self::call::{Answer, Call};
pub use self::operations::{Create, CreateAndVoid, Edit, Get, Search};
pub use self::reply::{Hit, StoredChargeback, StoredRepresentment, Written};
pub use self::wire::{CreateChargeback, EditChargeback, Metadatum, Outcome, RepresentmentFields};
use super::env::{EnvReader, check_key, process_env};
use crate::connector::{
    BaseUrl, Case, CompletedStep, Connector, NextSteps, PossibleReply, TranslateError, Translation,
};
use crate::engine::HttpProvider;
use crate::error::Error;
use crate::model::ProviderId;
use crate::provider::Capabilities;
use crate::util::secret::Secret;
use crate::util::violation::Violation;

/// RevCent's name in references, receipts, errors and logs: `revcent`.
pub const ID: ProviderId = ProviderId::from_static("revcent");

/// What a report without RevCent's id of the case does first. The [module](self) says how a case is found.
///
/// With that id, from the model or from an earlier report through this provider, the record is read and edited whatever
/// is set here.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
#[non_exhaustive]
pub enum FirstReport {
    /// Search for the case, and create it only if it is not there: by its key, and if that finds none, by the case id.
    /// The default, and right wherever another program may have created the chargeback.
    #[default]
    SearchFirst,
    /// Search by the key alone, so only for what this crate has created, and create the case if it is not there. It
    /// spares a search, for callers who know that no other program creates chargebacks with these case ids. It is the
    /// way too where case ids are so alike (`CB-2610-0010`) that the search finds ten of them for each.
    SearchOwn,
    /// Create it without a search. For callers who know that nobody has reported the case before; a second report
    /// without RevCent's id, from another process, creates it twice. A case that this provider has in doubt is searched
    /// for all the same, as with [`SearchFirst`](Self::SearchFirst).
    CreateAtOnce,
}

/// RevCent, as configured: key, address, and what a first report does.
#[derive(Debug, Clone)]
pub struct RevCent {
    base: BaseUrl,
    api_key: Secret,
    first_report: FirstReport,
}

impl RevCent {
    /// RevCent at `https://api.revcent.com` with this key, which decides between test and live.
    pub fn new(api_key: impl Into<Secret>) -> Self {
        Self {
            base: BaseUrl::from_static("https://api.revcent.com"),
            api_key: api_key.into(),
            first_report: FirstReport::default(),
        }
    }

    /// At another address, such as a fake in a test; `/v2/chargebacks` is appended to it.
    #[must_use]
    pub fn base_url(mut self, base: BaseUrl) -> Self {
        self.base = base;
        self
    }

    /// Sets what a report without RevCent's id of the case does first. The default is [`FirstReport::SearchFirst`].
    #[must_use]
    pub const fn first_report(mut self, first: FirstReport) -> Self {
        self.first_report = first;
        self
    }

    /// Reads `REVCENT_API_KEY` and, if it is set, `REVCENT_BASE_URL` from the environment.
    ///
    /// # Errors
    ///
    /// [`Error::Configuration`] that names every variable that is missing or wrong.
    pub fn from_env() -> Result<Self, Error> {
        Self::from_vars(process_env)
    }

    /// As [`from_env`](Self::from_env), from variables of your own.
    ///
    /// # Errors
    ///
    /// As [`from_env`](Self::from_env).
    pub fn from_vars(get: impl Fn(&str) -> Option<String>) -> Result<Self, Error> {
        let mut settings = EnvReader::new(&get);
        let key = settings.required("REVCENT_API_KEY");
        let base = settings.base_url("REVCENT_BASE_URL");
        settings.finish(ID, key.map(|key| base.into_iter().fold(Self::new(key), Self::base_url)))
    }
}

impl Connector for RevCent {
    type Step = Call;

    fn id(&self) -> ProviderId {
        ID
    }

    fn capabilities(&self) -> Capabilities {
        Capabilities::from_mapping(map::stage, map::reason, map::carriage)
            .needing(&["RevCent's or the gateway's id of the transaction"])
    }

    fn check(&self) -> Vec<Violation> {
        let mut broken = Vec::new();
        check_key("api_key", &self.api_key, &mut broken);
        broken
    }

    fn translate(&self, case: &Case<'_>) -> Result<Translation<Call>, TranslateError> {
        steps::translate(case, self.first_report)
    }

    fn next_steps(&self, case: &Case<'_>, done: &[CompletedStep<Call>]) -> Result<NextSteps<Call>, TranslateError> {
        steps::next_steps(case, done, self.first_report)
    }

    fn possible_replies(&self, case: &Case<'_>, step: &Call) -> Vec<PossibleReply<Call>> {
        steps::possible_replies(case, step)
    }
}

/// RevCent's own calls.
impl HttpProvider<RevCent> {
    /// Creates a chargeback record. It moves no money.
    ///
    /// If the outcome is unclear and `third_party_chargeback_id` is set, RevCent is searched for the chargeback: it
    /// counts as created if one record holds what was sent, as far as RevCent shows it. Without that id the error stays
    /// [`Unknown`](crate::Delivery::Unknown). A create that would refund the customer is [`Error::Invalid`] here.
    ///
    /// # Errors
    ///
    /// [`Error::Invalid`] if it breaks a rule; otherwise see [`Error`].
    pub async fn create(&self, chargeback: CreateChargeback) -> Result<Written, Error> {
        Ok(self.call(Create { chargeback }).await?.reply)
    }

    /// Creates a chargeback record **and refunds the customer in full**. The refund cannot be undone.
    ///
    /// It is sent once. If the outcome is unclear, the error says [`Unknown`](crate::Delivery::Unknown), and nothing
    /// is sent again: look at the transaction in RevCent before you do anything.
    ///
    /// # Errors
    ///
    /// [`Error::Invalid`] if it breaks a rule; otherwise see [`Error`].
    pub async fn create_and_void_transaction(&self, chargeback: CreateChargeback) -> Result<Written, Error> {
        Ok(self.call(CreateAndVoid::new(chargeback)).await?.reply)
    }

    /// Edits a chargeback record. What is left out stays; in the representment, all but the outcome freezes once
    /// written.
    ///
    /// If the outcome is unclear, an edit of a representment is looked up with a get, and what is missing is sent;
    /// another edit is sent again.
    ///
    /// # Errors
    ///
    /// [`Error::Invalid`] if it breaks a rule or changes nothing, or the id has not 20 characters; otherwise see
    /// [`Error`].
    pub async fn edit(&self, chargeback_id: &str, changes: EditChargeback) -> Result<Written, Error> {
        Ok(self.call(Edit { chargeback_id: chargeback_id.to_owned(), changes }).await?.reply)
    }

    /// Reads a chargeback record by RevCent's id of it, 20 characters.
    ///
    /// # Errors
    ///
    /// [`Error::Invalid`] if the id has not 20 characters; otherwise see [`Error`].
    pub async fn get(&self, chargeback_id: &str) -> Result<StoredChargeback, Error> {
        Ok(self.call(Get { chargeback_id: chargeback_id.to_owned() }).await?.reply)
    }

    /// Searches chargebacks by id, card digits, case number, ARN, third-party id, gateway transaction or metadata.
    ///
    /// At most ten hits, fuzzy, from an index that may lag: [`get`](Self::get) each and compare before you believe it.
    ///
    /// # Errors
    ///
    /// [`Error::Invalid`] if the term is empty; otherwise see [`Error`].
    pub async fn search(&self, term: &str) -> Result<Vec<Hit>, Error> {
        Ok(self.call(Search { term: term.to_owned() }).await?.reply)
    }
}
