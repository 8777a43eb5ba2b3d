//! RevCent: chargeback records of transactions, each with its representment.
//!
//! | | |
//! |---|---|
//! | Create and edit | `POST /v2/chargebacks`, `POST /v2/chargebacks/{id}` |
//! | Get and search | `GET /v2/chargebacks/{id}`, `GET /v2/chargebacks/search` |
//! | Format | JSON, header `x-api-key` |
//! | Required | RevCent's id of the transaction (the [vendor payment], 20 characters), or the gateway's id |
//! | Success | HTTP 2xx *and* `code` 1 |
//! | Retry | create and edits of a representment: after a lookup; other edits: idempotent |
//! | Retry with `void_transaction` | never |
//! | Test or live | by the key; one host |
//!
//! ```
//! use chargeback::revcent::{FirstReport, RevCent};
//! use chargeback::{Chargeback, ChargebackProvider as _, HttpProvider, Reason, Stage};
//!
//! let revcent = HttpProvider::new(RevCent::new("rc-key").first_report(FirstReport::CreateAtOnce))?;
//! let received = Chargeback::builder("CB-1", Stage::Received, Reason::NotReceived, "2026-10-03T09:12:00Z".parse()?)
//!     .gateway_transaction_id("ch_3Q0")
//!     .build()?;
//! assert_eq!(revcent.plan(&received)?.steps()[0].operation(), "create_chargeback");
//! # Ok::<(), Box<dyn std::error::Error>>(())
//! ```
//!
//! [vendor payment]: crate::ChargebackBuilder::vendor_payment
//!
//! **If the outcome is unknown:** report again through the same provider. The provider checks RevCent's record before
//! it writes, and creates nothing while the case is in doubt. If the outcome stays unknown, check in RevCent and pass
//! the result to [`resolve_doubt`](crate::ChargebackProvider::resolve_doubt). Before you repeat
//! [`create_chargeback_and_void_transaction`](crate::HttpProvider::create_chargeback_and_void_transaction), check the
//! transaction in RevCent.
//!
//! # Finding the case
//!
//! RevCent's id of the case comes from [`Receipt::vendor_case`](crate::Receipt::vendor_case), or the provider remembers
//! it. With this id, a report gets the record and edits it, unless the record names another case. Without the id,
//! [`FirstReport`] selects the first call:
//!
//! | [`FirstReport`] | First call | Use |
//! |---|---|---|
//! | `SearchFirst` (default) | search for the case key, then for the case id | other programs may create chargebacks |
//! | `SearchKeyOnly` | search for the key only | no other program creates these cases, or a case id finds ten hits |
//! | `CreateAtOnce` | create | nobody has reported the case before |
//!
//! The provider keeps the last 65,536 ids, and remembers up to 1,048,576 reported cases. A reported case without an
//! id is searched by key and by case id in all three modes; if nothing is found, the case is created. Beyond this
//! limit, every case without an id is searched in this way. A [`Reporter`](crate::Reporter) with a ledger passes
//! the state of the case instead.
//!
//! The *key* is one alphanumeric term made of the case id. Every chargeback that a report creates has the key in its
//! metadata. Full-text search splits `CB-2610-0010` and may find every case of that month, and it returns at most ten
//! hits. A search for the key finds only the record of the case. The second search is for chargebacks that another
//! program created.
//!
//! **Every hit that is a chargeback is read with a get before any decision**, because hits show few fields and not
//! the key. A record matches the case if it has the key, or if its `third_party_chargeback_id` equals the case id
//! exactly. A record without the key belongs to another case if it shows the key of another case or another
//! transaction: another `transaction_id` or `gateway_transaction_id` than the report. An absent field proves
//! nothing. The same rule applies to a record that the report knows by its id.
//!
//! | Matching records | Result |
//! |---|---|
//! | one | the record is edited |
//! | one, of another case | [`Error::Conflict`]; nothing is written |
//! | none | the chargeback is created |
//! | none, and the last search returned ten hits, so there may be more | [`Error::Conflict`]; nothing is written |
//! | several | [`Error::Conflict`] with the ids; nothing is written |
//!
//! An edit sends only the values that differ. If none differs, [`Receipt::wrote`](crate::Receipt::wrote) is false.
//! The same comparison decides after a create or edit of a report with an unknown outcome: a record with another
//! stage never counts as an acknowledgement.
//!
//! # Cases in doubt
//!
//! A case is in doubt after a create with its case id, or an edit of its representment, that may have acted without a
//! reply. A chargeback that may exist is looked up and never created again. All three modes then search for the key and
//! for the case id, because a native [`create_chargeback`](crate::HttpProvider::create_chargeback) may have created it.
//! A matching record ends the doubt. A search without a match proves nothing: the index may lag (it is a full-text
//! engine; low confidence). The report is then an [`Error::InDoubt`].
//!
//! [`is_in_doubt`](crate::HttpProvider::is_in_doubt) returns the state of a case.
//! [`resolve_doubt`](crate::ChargebackProvider::resolve_doubt) ends the doubt: pass
//! [`Resolution::Found`](crate::Resolution::Found) with RevCent's id if the chargeback exists, or
//! [`Resolution::NotFound`](crate::Resolution::NotFound) if it certainly does not.
//!
//! One provider and its clones keep the doubt in memory. A [`Reporter`](crate::Reporter) with a ledger passes it to the
//! provider of the next process. Without a ledger, a process that restarts within the lag can create the case twice,
//! and so can two processes that report it at the same time: store the case id of the receipt.
//!
//! # Written fields
//!
//! **RevCent has no field for the stage.** The representment shows it: none, initiated, or completed with an outcome.
//! `initiated`, `completed` and their dates freeze once written, so dates are sent only if
//! [`Representment`](crate::Representment) has them. `won` is never replaced by `lost`, nor `lost` by `won`.
//! An outcome needs a representment: a case that was never contested cannot be won or lost at RevCent, and its report
//! is an [`Error::Unsupported`].
//!
//! `reason_code` is the network's code, otherwise a description of the reason. The loss of the reason depends on
//! the value:
//!
//! | `reason_code` | Loss |
//! |---|---|
//! | a description, or the text of an unknown reason | [`Noted`](crate::LossKind::Noted) |
//! | a code that states the reason, by [`reason_codes`](crate::reason_codes) | [`Noted`](crate::LossKind::Noted) |
//! | a code that states another reason, several, or none | [`Merged`](crate::LossKind::Merged) |
//! | a code of unknown meaning | [`Dropped`](crate::LossKind::Dropped) |
//! | a code in place of the text of an unknown reason | [`Dropped`](crate::LossKind::Dropped) |
//!
//! Values without a field go to `metadata`:
//!
//! | Name | Value | Written |
//! |---|---|---|
//! | `chargeback.key` | `cb` and 30 hexadecimal digits, the first of the SHA-256 of the case id | always |
//! | `chargeback.currency` | the ISO 4217 code of the amount: `USD` | with an amount |
//! | `chargeback.network` | the name of the card network: `visa` | with a network code |
//! | `chargeback.order_id` | the merchant's id of the order | if set |
//! | `chargeback.processor` | the processor's name: `stripe` | if set |
//! | `chargeback.processor_dispute_id` | the processor's id of the case | if set |
//! | `chargeback.processor_payment_id` | the processor's id of the payment | if set |
//! | `chargeback.notes` | the notes | if set |
//!
//! The caller's [metadata](crate::ChargebackBuilder::metadata) is sent under its names:
//!
//! - A name of more than 100 characters, or one that starts with `chargeback.`, is [`Error::Invalid`].
//! - A value is cut after 255 characters, and an empty value is not sent. Both are losses.
//! - If one pair differs, an edit sends all pairs, with those of other writers: RevCent does not document whether it
//!   merges or replaces.
//! - If the record has pairs beyond RevCent's own limits, an edit changes no metadata. Every field that needs
//!   metadata and is not in the record is listed as [`Dropped`](crate::LossKind::Dropped).
//!
//! **Values that a later report does not have.** RevCent does not document how to clear a field, so an earlier
//! value may stay in the record. The receipt lists the field as [`Dropped`](crate::LossKind::Dropped), also for a
//! value or pair that another program wrote. An edit of the metadata leaves out the `chargeback.` pairs that the
//! report does not have, which clears them if RevCent replaces the list.
//!
//! The order id is not sent as `third_party_order_id`. By RevCent's schema that field is the order id of a chargeback
//! management company, and it is not among the fields that search reads. (`third_party_chargeback_id` is described in
//! the same way; it holds the case id because search does read it.)
//!
//! **Money.** `void_transaction` refunds the customer in full and cannot be undone. No report sends it.
//! [`create_chargeback_and_void_transaction`](crate::HttpProvider::create_chargeback_and_void_transaction) does, and is
//! never repeated.
//!
//! # Sources
//!
//! - create: RevCent's page of `CreateChargeback`
//! - searched fields: its page of `SearchChargebacks`
//! - at most ten hits without pages, with few fields: the page "API Search" of its knowledge base, written for all
//!   searches of the API
//! - "only GET and POST": its V2 introduction
//! - path of edit and get: inferred from sibling calls (medium confidence)
//!
//! The sources that could be read do not document the shape of the replies to edit and get, nor the name of the list of
//! hits. These replies are read tolerantly, and a reply without a list or a record is an error, never "nothing found".

mod change;
mod config;
mod difference;
mod find;
mod lookup;
mod map;
mod operations;
mod record;
mod reply;
mod request;
mod steps;

pub use self::config::{FirstReport, ID, RevCent};
pub use self::lookup::{Get, Lookup, Search, StepReply};
pub use self::operations::Step;
pub use self::reply::{ChargebackReply, Hit, StoredChargeback, StoredRepresentment};
pub use self::request::{
    Create, CreateAndVoidTransaction, CreateChargeback, Edit, EditChargeback, Metadatum, Outcome, RepresentmentFields,
};
use super::env::check_key;
use crate::connector::{Case, CompletedStep, Connector, NextSteps, PossibleReply, TranslateError, Translation};
use crate::engine::{CallReceipt, HttpProvider};
use crate::error::Error;
use crate::model::ProviderId;
use crate::provider::Capabilities;
use crate::util::violation::Violation;

impl Connector for RevCent {
    type Step = Step;

    fn id(&self) -> ProviderId {
        ID
    }

    fn capabilities(&self) -> Capabilities {
        Capabilities::from_mapping(map::stage_support, |reason| map::reason(reason).support(), map::field)
            .needing(&["RevCent's or the gateway's id of the transaction"])
            .with_lookup()
    }

    fn check(&self) -> Vec<Violation> {
        Vec::from_iter(check_key("api_key", &self.api_key))
    }

    fn translate(&self, case: &Case<'_>) -> Result<Translation<Step>, TranslateError> {
        steps::translate(case, self.first_report)
    }

    fn next_steps(&self, case: &Case<'_>, done: &[CompletedStep<Step>]) -> Result<NextSteps<Step>, TranslateError> {
        steps::next_steps(case, done, self.first_report)
    }

    fn possible_replies(&self, _: &Case<'_>, step: &Step) -> Vec<PossibleReply<Step>> {
        steps::possible_replies(step)
    }
}

/// RevCent's native calls.
impl HttpProvider<RevCent> {
    /// Creates a chargeback record. The call moves no money.
    ///
    /// If the outcome is unknown and `third_party_chargeback_id` is set, the provider searches for the chargeback. The
    /// create counts as done if one record has all sent values, as far as RevCent shows them. Without that id, the
    /// delivery of the error stays [`Unknown`](crate::Delivery::Unknown).
    ///
    /// A request that would refund the customer is [`Error::Invalid`].
    ///
    /// ```
    /// use chargeback::revcent::{CreateChargeback, RevCent};
    /// use chargeback::{Error, HttpProvider};
    ///
    /// async fn create(revcent: &HttpProvider<RevCent>) -> Result<Option<String>, Error> {
    ///     let mut chargeback = CreateChargeback::for_gateway_transaction("ch_3Q0");
    ///     chargeback.third_party_chargeback_id = Some("case-1".into());
    ///     Ok(revcent.create_chargeback(chargeback).await?.reply.chargeback_id)
    /// }
    /// ```
    ///
    /// # Errors
    ///
    /// Returns [`Error::Invalid`] if the request breaks a rule. See [`Error`] for all other errors.
    pub async fn create_chargeback(&self, chargeback: CreateChargeback) -> Result<CallReceipt<ChargebackReply>, Error> {
        self.call(Create::new(chargeback)).await
    }

    /// Creates a chargeback record **and refunds the customer in full**. The refund cannot be undone.
    ///
    /// The call is sent once. If the outcome is unknown, the delivery of the error is
    /// [`Unknown`](crate::Delivery::Unknown) and nothing is sent again: check the transaction in RevCent first.
    ///
    /// ```
    /// use chargeback::revcent::{CreateChargeback, RevCent};
    /// use chargeback::{Delivery, Error, HttpProvider};
    ///
    /// async fn refund(revcent: &HttpProvider<RevCent>, chargeback: CreateChargeback) -> Result<(), Error> {
    ///     match revcent.create_chargeback_and_void_transaction(chargeback).await {
    ///         Ok(_) => println!("refunded"),
    ///         Err(error) if error.delivery() == Delivery::Unknown => println!("check the transaction in RevCent"),
    ///         Err(error) => return Err(error),
    ///     }
    ///     Ok(())
    /// }
    /// ```
    ///
    /// # Errors
    ///
    /// Returns [`Error::Invalid`] if the request breaks a rule. See [`Error`] for all other errors.
    pub async fn create_chargeback_and_void_transaction(
        &self,
        chargeback: CreateChargeback,
    ) -> Result<CallReceipt<ChargebackReply>, Error> {
        self.call(CreateAndVoidTransaction::new(chargeback)).await
    }

    /// Edits a chargeback record. Unset fields keep their values. The fields of the representment, except the outcome,
    /// freeze once written.
    ///
    /// If the outcome of an edit of the representment is unknown, the provider reads the record and sends the missing
    /// values. Any other edit is sent again.
    ///
    /// ```
    /// use chargeback::revcent::{EditChargeback, RevCent};
    /// use chargeback::{Error, HttpProvider};
    ///
    /// async fn set_case_number(revcent: &HttpProvider<RevCent>, id: &str) -> Result<(), Error> {
    ///     let mut changes = EditChargeback::default();
    ///     changes.case_number = Some("DSP-1".into());
    ///     revcent.edit_chargeback(id, changes).await.map(|_| ())
    /// }
    /// ```
    ///
    /// # Errors
    ///
    /// Returns [`Error::Invalid`] if the request breaks a rule or is empty, or if the id does not have 20 characters.
    /// See [`Error`] for all other errors.
    pub async fn edit_chargeback(
        &self,
        chargeback_id: &str,
        changes: EditChargeback,
    ) -> Result<CallReceipt<ChargebackReply>, Error> {
        self.call(Edit::new(chargeback_id, changes)).await
    }

    /// Reads the chargeback record with this RevCent id, 20 characters.
    ///
    /// ```
    /// use chargeback::revcent::RevCent;
    /// use chargeback::{Error, HttpProvider};
    ///
    /// async fn is_contested(revcent: &HttpProvider<RevCent>, id: &str) -> Result<bool, Error> {
    ///     Ok(revcent.get_chargeback(id).await?.reply.representment.initiated)
    /// }
    /// ```
    ///
    /// # Errors
    ///
    /// Returns [`Error::Invalid`] if the id does not have 20 characters. See [`Error`] for all other errors.
    pub async fn get_chargeback(&self, chargeback_id: &str) -> Result<CallReceipt<StoredChargeback>, Error> {
        self.call(Get::new(chargeback_id)).await
    }

    /// Searches chargebacks by id, card digits, case number, ARN, third-party id, gateway transaction or metadata.
    ///
    /// The search is fuzzy and returns at most ten hits from an index that may lag. Read each hit with
    /// [`get_chargeback`](Self::get_chargeback) and compare the record before you use it.
    ///
    /// ```
    /// use chargeback::revcent::RevCent;
    /// use chargeback::{Error, HttpProvider};
    ///
    /// async fn ids(revcent: &HttpProvider<RevCent>, arn: &str) -> Result<Vec<String>, Error> {
    ///     let hits = revcent.search_chargebacks(arn).await?.reply;
    ///     Ok(hits.into_iter().map(|hit| hit.id).collect())
    /// }
    /// ```
    ///
    /// # Errors
    ///
    /// Returns [`Error::Invalid`] if the term is empty. See [`Error`] for all other errors.
    pub async fn search_chargebacks(&self, term: &str) -> Result<CallReceipt<Vec<Hit>>, Error> {
        self.call(Search::new(term)).await
    }
}
