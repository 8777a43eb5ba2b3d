//! SEON: a label of a transaction.
//!
//! | | |
//! |---|---|
//! | Call | `PUT {base}/SeonRestService/fraud-api/transaction-label/v2`, JSON, header `X-API-KEY` |
//! | Required | the transaction id that SEON was given, or SEON's id of the payment as its [vendor payment] |
//! | Success | HTTP 200 with `"success": true` |
//! | Retry | idempotent |
//! | Rate limit | 10 requests in a second for the license key, 2 in a trial, shared with all other calls |
//! | Documentation | current; pages were changed in April 2025 and June 2026 |
//!
//! ```
//! use chargeback::seon::{Environment, Seon, WonLabel};
//! use chargeback::{Chargeback, ChargebackProvider as _, HttpProvider, Reason, Stage};
//!
//! let seon = HttpProvider::new(Seon::new("license-key", Environment::Eu, WonLabel::FalseAlert))?;
//! let lost = Chargeback::builder("CB-1", Stage::Lost, Reason::NotReceived, "2026-10-03T09:12:00Z".parse()?)
//!     .transaction_id("txn-1")
//!     .build()?;
//! assert_eq!(seon.plan(&lost)?.reason_value(), "ecommerce_chargeback_dispute");
//! # Ok::<(), Box<dyn std::error::Error>>(())
//! ```
//!
//! **One label.** A transaction has one label, and the last writer wins. A report replaces the label of an analyst,
//! and a later label of an analyst replaces that of a report. SEON has no documented call to read or remove a label,
//! and an older page states that a label also changes the state of the transaction. If analysts label transactions by
//! hand, agree with them before reports are sent.
//!
//! **Losses.** A label states that there was a chargeback and its family. The stage, the case id, times, amounts and
//! all other fields are not sent, so every stage but `received` lists a loss.
//!
//! **Reasons.** Reports use the four labels `ecommerce_chargeback_*`, read as fraud, authorization, processing errors
//! and disputes (medium confidence). `fraud_detection_chargeback_fraud` may mean friendly fraud and is never sent.
//!
//! **Won cases.** A positive label states that the payment was good, which a won case does not prove. [`WonLabel`]
//! decides for the stages `won`, `reversed` and `withdrawn`, and has no default.
//!
//! **Retry.** The same label again changes nothing (high confidence). SEON has no time to order labels by, so a late
//! repeat replaces a newer label.
//!
//! **If the outcome is unknown:** send the same report again. If a later stage of the case has been reported since,
//! send nothing.
//!
//! **Code 2001.** SEON documents HTTP 401 with the code 2001 for a missing key and for a failure of its database. Only
//! a message about the license key is an authentication error; any other is [`Error::Unavailable`], and SEON may have
//! acted. Code 1016 means that the look-ups of the plan are used up, and is a rejection.
//!
//! **Sources.** SEON's pages on the label API, errors and rate limits (high confidence). The address of version 2, the
//! regions and the end of the list of labels are from a customer's client (medium confidence). Not documented: the
//! reply for an unknown transaction, and for a call of which only some transactions are valid.
//!
//! [vendor payment]: crate::ChargebackBuilder::vendor_payment
//! [`Error::Unavailable`]: crate::Error::Unavailable

mod config;
mod label;
mod map;
mod operations;
mod reply;
mod request;

pub use self::config::{Environment, ID, Seon, WonLabel};
pub use self::label::Label;
pub use self::reply::LabelReply;
pub use self::request::{LabelTransactions, TransactionLabel};
use super::env::check_key;
use crate::connector::{Case, Connector, TranslateError, Translation};
use crate::engine::{CallReceipt, HttpProvider};
use crate::error::Error;
use crate::model::ProviderId;
use crate::provider::Capabilities;
use crate::util::violation::Violation;

impl Connector for Seon {
    type Step = LabelTransactions;

    fn id(&self) -> ProviderId {
        ID
    }

    fn capabilities(&self) -> Capabilities {
        let stage = |stage| map::stage_support(stage, self.won_label);
        Capabilities::from_mapping(stage, |reason| map::reason(reason).support(), |field| map::field(field, self))
            .needing(&["the transaction id, or SEON's id of the payment"])
            .with_idempotent_writes()
    }

    fn check(&self) -> Vec<Violation> {
        Vec::from_iter(check_key("license_key", &self.license_key))
    }

    fn translate(&self, case: &Case<'_>) -> Result<Translation<LabelTransactions>, TranslateError> {
        map::translate(case.chargeback(), self)
    }
}

/// SEON's call.
impl HttpProvider<Seon> {
    /// Labels 1 to 50 transactions. Each label replaces the one before.
    ///
    /// ```no_run
    /// # use chargeback::{Error, HttpProvider, seon::{Label, Seon, TransactionLabel}};
    /// # async fn example(seon: HttpProvider<Seon>) -> Result<(), Error> {
    /// let label = TransactionLabel::new("txn-1", Label::EcommerceFirstPartyFraud);
    /// seon.label_transactions(vec![label]).await?;
    /// # Ok(())
    /// # }
    /// ```
    ///
    /// # Errors
    ///
    /// Returns [`Error::Invalid`] if the call breaks a rule of SEON; see [`Error`] for all others.
    pub async fn label_transactions(&self, labels: Vec<TransactionLabel>) -> Result<CallReceipt<LabelReply>, Error> {
        self.call(LabelTransactions::new(labels)).await
    }
}
