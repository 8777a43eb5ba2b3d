//! Ravelin: a dispute of a payment.
//!
//! | | |
//! |---|---|
//! | Call | `POST {base}/v2/dispute`, JSON, header `Authorization: token` and the secret key |
//! | Required | the gateway's id of the payment, the merchant's id of the payment, or the order id |
//! | Success | HTTP 2xx with an empty body, `null`, or an object whose `status` is 2xx or missing |
//! | Retry | idempotent; after a 429 not before 10 minutes |
//! | Documentation | current, undated; the guide of rate limits was revised |
//!
//! ```
//! use chargeback::ravelin::{Alerts, Ravelin, UnclearReasons};
//! use chargeback::{Chargeback, ChargebackProvider as _, HttpProvider, Reason, Stage};
//!
//! let ravelin = HttpProvider::new(Ravelin::new("sk_test_1", Alerts::Refuse, UnclearReasons::LeaveOut))?;
//! let won = Chargeback::builder("CB-1", Stage::Won, Reason::NotReceived, "2026-10-03T09:12:00Z".parse()?)
//!     .transaction_id("txn-1")
//!     .build()?;
//! let plan = ravelin.plan(&won)?;
//! assert_eq!((plan.stage_value(), plan.reason_value()), ("CHARGEBACK, WON", "nonFraud: true"));
//! # Ok::<(), Box<dyn std::error::Error>>(())
//! ```
//!
//! **Alerts.** Ravelin counts an early fraud warning as a dispute. By the merchant's settings there, it blocks the
//! customer's future orders. [`Alerts`] sends or refuses them and has no default.
//!
//! **Fraud or not.** `nonFraud` is false for the reasons `fraud_*` and true for reasons that state something else.
//! [`UnclearReasons`] decides for `unrecognized`, `no_reply`, `other` and unknown reasons, and has no default: a
//! missing `nonFraud` probably counts as fraud (medium confidence). The field `reason` has the reason as words, with
//! the code of the network.
//!
//! **Rounds.** Ravelin has a stage and an outcome. A decided case is sent as `CHARGEBACK` with its outcome, also after
//! an arbitration, so the round is listed as a loss. A withdrawn case is sent as `CHARGEBACK_REVERSED`, since the
//! money comes back without a decision.
//!
//! **Order of reports.** Ravelin merges the data of a dispute by `timestamp`, which is the start of the stage and never
//! the time of the request. So a late repeat does not replace a newer stage. Ravelin does not document the winner of
//! two equal times.
//!
//! **Rate limits.** Ravelin keeps a report that it answers with 429 and processes it later, so the outcome is unknown.
//! The report ends without another attempt, and [`Error::advice`] is to retry after 10 minutes; a repeat does no harm.
//! After a 500, Ravelin tries again on its side, without a guarantee. Older documents state 3000 requests in a minute
//! for live keys and 300 for test keys; newer ones state no number. One customer may have 50 events in a minute.
//!
//! **If the outcome is unknown:** send the same report again. Ravelin has no documented call to read a dispute.
//!
//! **Success.** An acknowledgement does not prove that Ravelin knows the payment: a dispute of an unknown payment is
//! ignored (documented for the older chargeback call, assumed here). Send the ids that the payment was scored with.
//!
//! **Units.** `amount` is in minor units (documented for payment service providers), and times are in milliseconds.
//!
//! **Sources.** Ravelin's developer pages for merchants and payment service providers on disputes, errors,
//! authentication and rate limits (high confidence), and a customer's Ruby client (medium confidence). The limit of 300
//! characters is stated for payment service providers only.
//!
//! [`Error::advice`]: crate::Error::advice

mod config;
mod map;
mod operations;
mod reply;
mod request;

pub use self::config::{Alerts, ID, Ravelin, UnclearReasons};
pub use self::reply::DisputeReply;
pub use self::request::{Dispute, DisputeOutcome, DisputeStage, ReportDispute};
use super::env::check_key;
use crate::connector::{Case, Connector, TranslateError, Translation};
use crate::engine::{CallReceipt, HttpProvider};
use crate::error::Error;
use crate::model::ProviderId;
use crate::provider::Capabilities;
use crate::util::violation::Violation;

impl Connector for Ravelin {
    type Step = ReportDispute;

    fn id(&self) -> ProviderId {
        ID
    }

    fn capabilities(&self) -> Capabilities {
        let stage = |stage| map::stage_support(stage, self.alerts);
        let reason = |reason: &_| map::reason_support(reason, self.unclear_reasons);
        Capabilities::from_mapping(stage, reason, map::field)
            .needing(&["the gateway's id of the payment, the transaction id, or the order id"])
            .with_idempotent_writes()
    }

    fn check(&self) -> Vec<Violation> {
        let is_publishable = |prefix| self.secret_key.expose().starts_with(prefix);
        let publishable = ["pk_", "publishable_key_"].into_iter().any(is_publishable);
        let publishable = publishable.then(|| Violation::new("secret_key", "must not be a publishable key"));
        check_key("secret_key", &self.secret_key).into_iter().chain(publishable).collect()
    }

    fn translate(&self, case: &Case<'_>) -> Result<Translation<ReportDispute>, TranslateError> {
        map::translate(case.chargeback(), self)
    }
}

/// Ravelin's call.
impl HttpProvider<Ravelin> {
    /// Reports a dispute or its new state.
    ///
    /// ```no_run
    /// # use chargeback::{Error, HttpProvider, ravelin::{Dispute, DisputeStage, Ravelin, ReportDispute}};
    /// # async fn example(ravelin: HttpProvider<Ravelin>) -> Result<(), Error> {
    /// let mut dispute = Dispute::new("CB-1", DisputeStage::SecondChargeback);
    /// dispute.transaction_id = Some("txn-1".into());
    /// ravelin.report_dispute(ReportDispute::new(1_790_942_400_000, dispute)).await?;
    /// # Ok(())
    /// # }
    /// ```
    ///
    /// # Errors
    ///
    /// Returns [`Error::Invalid`] if the report breaks a rule of Ravelin; see [`Error`] for all others.
    pub async fn report_dispute(&self, report: ReportDispute) -> Result<CallReceipt<DisputeReply>, Error> {
        self.call(report).await
    }
}
