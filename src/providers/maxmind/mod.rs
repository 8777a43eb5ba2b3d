//! MaxMind minFraud: a tag on a transaction.
//!
//! | | |
//! |---|---|
//! | Call | `POST {base}/minfraud/v2.0/transactions/report`, JSON, HTTP Basic with account number and license key |
//! | Required | the transaction id that minFraud was given, or MaxMind's id of the payment as its [vendor payment] |
//! | Success | exactly HTTP 204 |
//! | Retry | idempotent |
//! | Documentation | current; the page was changed in July 2026 |
//!
//! ```
//! use chargeback::maxmind::{MaxMind, WonTag};
//! use chargeback::{Chargeback, ChargebackProvider as _, HttpProvider, Reason, Stage};
//!
//! let maxmind = HttpProvider::new(MaxMind::new(100_001, "license-key", WonTag::Clear))?;
//! let won = Chargeback::builder("CB-1", Stage::Won, Reason::FraudCardAbsent, "2026-10-03T09:12:00Z".parse()?)
//!     .transaction_id("txn-1")
//!     .build()?;
//! assert_eq!(maxmind.plan(&won)?.stage_value(), "clear");
//! # Ok::<(), Box<dyn std::error::Error>>(())
//! ```
//!
//! **Tags.** The call sets one tag. It has no stage, amount or date, so most stages send the same tag `chargeback`,
//! with a loss. [`WonTag`] is the tag of a won or reversed case and has no default: `clear` removes the tag,
//! `not_fraud` states that the payment was honest, and `chargeback` keeps the tag. A withdrawn case sends `clear`.
//!
//! **Honest customers.** The tag `chargeback` raises the scores of later payments with the same IP address, email
//! address, device or phone. MaxMind has no field for the reason, so a chargeback for goods that did not arrive counts
//! as fraud too. Each such report lists a loss of the reason, and
//! [`fraud_reasons_only`](MaxMind::fraud_reasons_only) refuses them.
//!
//! **Success.** HTTP 204 does not prove that MaxMind knows the transaction: a report that matches no transaction is not
//! documented as an error (medium confidence). Send the ids that the scoring request had.
//!
//! **Retry.** The call sets a tag, and the same report sets the same tag (medium confidence; MaxMind's own Java client
//! repeats a report after a broken connection since May 2026). The last tag counts, by our reading.
//!
//! **If the outcome is unknown:** send the same report again. If a later stage of the case has been reported since,
//! send nothing: a late repeat would set the older tag. MaxMind has no call to read a tag; its portal shows it.
//!
//! **Notes.** A report builds `notes`, for people, with at most 1000 characters: one line `name: value` for each field
//! that MaxMind has no place for, and then the [notes]. A line that is cut or left out is listed as a loss. The ids of
//! the user and the session are never sent. `chargeback_code` is the network's reason code.
//!
//! **Sources.** MaxMind's developer pages "Report a Transaction", "Responses" and the release notes of 2026, and its
//! published clients (high confidence). The sandbox of minFraud has no report call, so there is no test environment.
//! Not documented: the price of a report, an age limit, and a limit for `chargeback_code`.
//!
//! [vendor payment]: crate::ChargebackBuilder::vendor_payment
//! [notes]: crate::ChargebackBuilder::notes

mod config;
mod map;
mod operations;
mod reply;
mod request;

pub use self::config::{ID, MaxMind, WonTag};
pub use self::reply::ReportReply;
pub use self::request::{ReportTransaction, Tag};
use super::env::check_secret;
use crate::connector::{Case, Connector, TranslateError, Translation};
use crate::engine::{CallReceipt, HttpProvider};
use crate::error::Error;
use crate::model::ProviderId;
use crate::provider::Capabilities;
use crate::util::violation::Violation;

impl Connector for MaxMind {
    type Step = ReportTransaction;

    fn id(&self) -> ProviderId {
        ID
    }

    fn capabilities(&self) -> Capabilities {
        let stage = |stage| map::stage_support(stage, self.won_tag);
        let reason = |reason: &_| map::reason_support(reason, self);
        Capabilities::from_mapping(stage, reason, |field| map::field(field, self))
            .needing(&["the transaction id, or MaxMind's id of the payment"])
            .with_idempotent_writes()
    }

    fn check(&self) -> Vec<Violation> {
        Vec::from_iter(check_secret("license_key", &self.license_key))
    }

    fn translate(&self, case: &Case<'_>) -> Result<Translation<ReportTransaction>, TranslateError> {
        map::translate(case.chargeback(), self)
    }
}

/// MaxMind's call.
impl HttpProvider<MaxMind> {
    /// Sets or clears the tag of a transaction.
    ///
    /// ```no_run
    /// # use chargeback::{Error, HttpProvider, maxmind::{MaxMind, ReportTransaction, Tag}};
    /// # async fn example(maxmind: HttpProvider<MaxMind>) -> Result<(), Error> {
    /// let mut report = ReportTransaction::new(Tag::SuspectedFraud);
    /// report.ip_address = Some("74.209.24.1".into());
    /// report.transaction_id = Some("txn-1".into());
    /// maxmind.report_transaction(report).await?;
    /// # Ok(())
    /// # }
    /// ```
    ///
    /// # Errors
    ///
    /// Returns [`Error::Invalid`] if the report breaks a rule of MaxMind; see [`Error`] for all others.
    pub async fn report_transaction(&self, report: ReportTransaction) -> Result<CallReceipt<ReportReply>, Error> {
        self.call(report).await
    }
}
