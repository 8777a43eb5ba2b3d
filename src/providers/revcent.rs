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
//! **A report searches first**, and compares `third_party_chargeback_id` with the case id exactly: found means get and edit,
//! not found means create. It searches twice: for a key that every chargeback created here holds in its metadata (one
//! word made of the case id, since full-text search takes `CB-2610-0010` apart and gives ten hits at most), then for the
//! case id itself, for chargebacks that another program created. With the vendor's case id in the model (from [`Receipt::vendor_case`](crate::Receipt::vendor_case))
//! it gets and edits at once. An edit sends only what differs; if nothing differs, the receipt says that
//! [nothing was written](crate::Receipt::wrote).
//!
//! **There is no field for the stage.** It is read from the representment: none, initiated, completed with an outcome. These
//! freeze once written, so dates are sent only where [`Representment`](crate::Representment) gives them. An outcome
//! needs a representment: a case that was never contested cannot be won or lost here, and is refused.
//!
//! **Money.** `void_transaction` refunds the customer in full and cannot be undone. No report sends it.
//! [`create_and_void_transaction`](crate::HttpProvider::create_and_void_transaction) does, and is never repeated.
//!
//! **What may have been created is looked up, never created again.** The search index may lag (it is a full-text
//! engine; low confidence), so one provider remembers which cases it created and which are in doubt. A process that
//! restarts within that lag, or two processes that report one case at once, can create it twice: keep the receipt's
//! case id.
//!
//! Sources: RevCent's page of `CreateChargeback` for create; its pages of search for what is searched and that at most ten hits
//! come; its V2 introduction for "only GET and POST". The path of edit and get is inferred from sibling calls
//! (medium confidence), and the shape of their replies is not documented where we could read it: both are read
//! tolerantly, and a reply without a list or a record is an error, never "nothing found".

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
use super::shared::{Settings, check_key, process_environment};
use crate::client::HttpProvider;
use crate::error::Error;
use crate::id::ProviderId;
use crate::provider::Capabilities;
use crate::secret::Secret;
use crate::vendor::{BaseUrl, Case, Done, Follow, Foreseen, Refused, Translation, Vendor};
use crate::violation::Violation;

/// RevCent's name: `revcent`.
pub const ID: ProviderId = ProviderId::from_static("revcent");

/// What a report without the vendor's case id does first.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
#[non_exhaustive]
pub enum FirstReport {
    /// Search for the case, and create it only if it is not there.
    #[default]
    SearchFirst,
    /// Search only for what this crate has created, and create the case if it is not there. It spares a search, for
    /// callers who know that no other program creates chargebacks with these case ids. It is the way too where case ids
    /// are so alike (`CB-2610-0010`) that the search finds ten of them for each.
    SearchOwn,
    /// Create it without a search. For callers who know that nobody has reported the case before; a case that this
    /// provider has in doubt is searched for all the same.
    CreateAtOnce,
}

/// RevCent, as configured.
#[derive(Debug, Clone)]
pub struct RevCent {
    base: BaseUrl,
    api_key: Secret,
    first_report: FirstReport,
}

impl RevCent {
    /// RevCent with this key, which decides between test and live.
    pub fn new(api_key: impl Into<Secret>) -> Self {
        Self {
            base: BaseUrl::from_static("https://api.revcent.com"),
            api_key: api_key.into(),
            first_report: FirstReport::default(),
        }
    }

    /// At another address, such as a fake in a test.
    #[must_use]
    pub fn at(mut self, base: BaseUrl) -> Self {
        self.base = base;
        self
    }

    /// Sets what a report without the vendor's case id does first.
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
        Self::from_vars(process_environment)
    }

    /// As [`from_env`](Self::from_env), from variables of your own.
    ///
    /// # Errors
    ///
    /// As [`from_env`](Self::from_env).
    pub fn from_vars(get: impl Fn(&str) -> Option<String>) -> Result<Self, Error> {
        let mut settings = Settings::new(&get);
        let key = settings.required("REVCENT_API_KEY");
        let base = settings.base_url("REVCENT_BASE_URL");
        settings.finish(ID, key.map(|key| base.into_iter().fold(Self::new(key), Self::at)))
    }
}

impl Vendor for RevCent {
    type Step = Call;

    fn id(&self) -> ProviderId {
        ID
    }

    fn capabilities(&self) -> Capabilities {
        Capabilities::ask(map::stage, map::reason, map::carriage)
            .needing(&["RevCent's or the gateway's id of the transaction"])
    }

    fn check(&self) -> Vec<Violation> {
        let mut broken = Vec::new();
        check_key("api_key", &self.api_key, &mut broken);
        broken
    }

    fn translate(&self, case: &Case<'_>) -> Result<Translation<Call>, Refused> {
        steps::translate(case, self.first_report)
    }

    fn follow(&self, case: &Case<'_>, done: &[Done<Call>]) -> Result<Follow<Call>, Refused> {
        steps::follow(case, done, self.first_report)
    }

    fn foresee(&self, case: &Case<'_>, step: &Call) -> Vec<Foreseen<Call>> {
        steps::foresee(case, step)
    }
}

/// RevCent's own calls.
impl HttpProvider<RevCent> {
    /// Creates a chargeback record. It moves no money.
    ///
    /// If the outcome is unclear and `third_party_chargeback_id` is set, RevCent is searched for it; without it, the
    /// error stays [`Unknown`](crate::Delivery::Unknown). A create that would refund the customer is
    /// [`Error::Invalid`] here.
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

    /// Edits a chargeback record. The fields of its representment freeze once they are written.
    ///
    /// # Errors
    ///
    /// [`Error::Invalid`] if it breaks a rule or changes nothing; otherwise see [`Error`].
    pub async fn edit(&self, chargeback_id: &str, changes: EditChargeback) -> Result<Written, Error> {
        Ok(self.call(Edit { chargeback_id: chargeback_id.to_owned(), changes }).await?.reply)
    }

    /// Reads a chargeback record.
    ///
    /// # Errors
    ///
    /// [`Error::Invalid`] if the id has not 20 characters; otherwise see [`Error`].
    pub async fn get(&self, chargeback_id: &str) -> Result<StoredChargeback, Error> {
        Ok(self.call(Get { chargeback_id: chargeback_id.to_owned() }).await?.reply)
    }

    /// Searches chargebacks by id, card digits, case number, ARN, third-party id, gateway transaction or metadata. At most ten
    /// hits, fuzzy, from an index that may lag.
    ///
    /// # Errors
    ///
    /// [`Error::Invalid`] if the term is empty; otherwise see [`Error`].
    pub async fn search(&self, term: &str) -> Result<Vec<Hit>, Error> {
        Ok(self.call(Search { term: term.to_owned() }).await?.reply)
    }
}
