//! Spade: feedback on an enriched transaction.
//!
//! | | |
//! |---|---|
//! | Call | `POST {base}/enrichments/{enrichmentId}/chargeback`, JSON, header `X-Api-Key` |
//! | Required | Spade's enrichment id of the payment, as its [vendor payment] |
//! | Success | HTTP 200 with any JSON object |
//! | Retry | idempotent |
//! | Rate limit | 1000 requests in 5 minutes per IP address, shared with enrichment calls |
//!
//! ```
//! use chargeback::spade::{self, Environment, Spade, WonMeans};
//! use chargeback::{Chargeback, ChargebackProvider as _, HttpProvider, Reason, Stage};
//!
//! let spade = HttpProvider::new(Spade::new("api-key", Environment::EastSandbox, WonMeans::IssuerWon))?;
//! let won = Chargeback::builder("CB-1", Stage::Won, Reason::NotReceived, "2026-10-03T09:12:00Z".parse()?)
//!     .vendor_payment(spade::ID, "0b6d1f0e-6a6a-4b8e-9d52-1f2f0a7f9d11")
//!     .build()?;
//! // The merchant's win is the issuer's loss.
//! assert_eq!(spade.plan(&won)?.stage_value(), "chargeback_lost");
//! # Ok::<(), Box<dyn std::error::Error>>(())
//! ```
//!
//! - **Retry.** By the page, the same call sets a new state. By our reading (medium confidence), sending the same
//!   state twice does no harm.
//! - **Rate limit.** Documented at one endpoint, with a text that covers all endpoints.
//!
//! **If the outcome is unknown:** send the same report again. If a later stage of the case has been reported since,
//! send nothing: the later stage has replaced it. Spade documents no call to read feedback back.
//!
//! **Success.** Any JSON object in a 200 counts as success. The page documents one sentence in `details`, the same for
//! all four calls, so the text proves nothing; it documents no error within a 200. A body that is not an object (a
//! page of a proxy, an empty body) is [`Error::Unreadable`].
//!
//! **Meaning of `chargeback_won`.** Spade sells to card issuers and does not document whose win `chargeback_won` is.
//! [`WonMeans`] is therefore a setting without a default. The issuer's win is our reading, at medium confidence, from
//! Spade's customers and the wording of the sibling calls. Ask Spade, then set it.
//!
//! **Fraud.** `isFraud`, `fraudType` and `fraudNotes` are sent only for the reasons `fraud_*`. The reason
//! `unrecognized` sends no `isFraud`, since such a case is often not fraud. The page's own example sends `fraudType`
//! with `isFraud: false`, which its text forbids; this module follows the text.
//!
//! **Notes.** A report builds two texts, each with at most 512 characters (Spade's limit):
//!
//! | Field | Parts, joined by `; ` |
//! |---|---|
//! | `chargebackNotes` | the reason as text, the network code (`network code: visa 13.1`), the [notes] |
//! | `fraudNotes` | the [fraud notes] |
//!
//! `chargebackNotes` leaves out a reason that is sent as fraud. A longer text is cut, and every part that is cut or
//! left out is listed as a loss. The native calls cut nothing: a longer text is [`Error::Invalid`] there.
//!
//! **Sources.** Spade's page "Report that a chargeback occurred" for this call; a third party's mirror of its API
//! description for hosts, sibling calls and error shapes (medium confidence). Replies 401, 404 and 422 are not
//! documented and are read by their status.
//!
//! [vendor payment]: crate::ChargebackBuilder::vendor_payment
//! [notes]: crate::ChargebackBuilder::notes
//! [fraud notes]: crate::Fraud::notes

mod config;
mod map;
mod operations;
mod reply;
mod request;

pub use self::config::{Environment, ID, Spade, WonMeans};
pub use self::reply::FeedbackReply;
pub use self::request::{
    ChargebackFeedback, DeclineFeedback, FraudFeedback, FraudType, RefundFeedback, ReportChargeback, ReportDecline,
    ReportFraud, ReportRefund, State,
};
use super::env::check_key;
use crate::connector::{Case, Connector, TranslateError, Translation};
use crate::engine::{CallReceipt, HttpProvider};
use crate::error::Error;
use crate::model::ProviderId;
use crate::provider::Capabilities;
use crate::util::violation::Violation;

impl Connector for Spade {
    type Step = ReportChargeback;

    fn id(&self) -> ProviderId {
        ID
    }

    fn capabilities(&self) -> Capabilities {
        let stage = |stage| map::stage_support(stage, self.won_means);
        Capabilities::from_mapping(stage, |reason| map::reason(reason).support(), map::field)
            .needing(&["the enrichment id of the payment"])
            .with_idempotent_writes()
    }

    fn check(&self) -> Vec<Violation> {
        Vec::from_iter(check_key("api_key", &self.api_key))
    }

    fn translate(&self, case: &Case<'_>) -> Result<Translation<ReportChargeback>, TranslateError> {
        map::translate(case.chargeback(), self.won_means)
    }
}

/// Spade's calls.
impl HttpProvider<Spade> {
    /// Reports a chargeback on an enrichment, or its new state. The enrichment must exist (medium confidence).
    ///
    /// ```no_run
    /// # use chargeback::{Error, HttpProvider, spade::{ChargebackFeedback, Spade, State}};
    /// # async fn example(spade: HttpProvider<Spade>) -> Result<(), Error> {
    /// let mut feedback = ChargebackFeedback::new(State::ChargebackWon);
    /// feedback.chargeback_notes = Some("second presentment".into());
    /// let receipt = spade.report_chargeback("0b6d1f0e-6a6a-4b8e-9d52-1f2f0a7f9d11", feedback).await?;
    /// println!("acknowledged after {} attempts", receipt.attempts);
    /// # Ok(())
    /// # }
    /// ```
    ///
    /// # Errors
    ///
    /// Returns [`Error::Invalid`] if the feedback breaks a rule of Spade; see [`Error`] for all others.
    pub async fn report_chargeback(
        &self,
        enrichment_id: &str,
        feedback: ChargebackFeedback,
    ) -> Result<CallReceipt<FeedbackReply>, Error> {
        self.call(ReportChargeback::new(enrichment_id, feedback)).await
    }

    /// Reports a refund on an enrichment. The call moves no money.
    ///
    /// ```no_run
    /// # use chargeback::{Error, HttpProvider, spade::{RefundFeedback, Spade}};
    /// # async fn example(spade: HttpProvider<Spade>) -> Result<(), Error> {
    /// spade.report_refund("0b6d1f0e-6a6a-4b8e-9d52-1f2f0a7f9d11", RefundFeedback::default()).await?;
    /// # Ok(())
    /// # }
    /// ```
    ///
    /// # Errors
    ///
    /// Returns [`Error::Invalid`] if the feedback breaks a rule of Spade; see [`Error`] for all others.
    pub async fn report_refund(
        &self,
        enrichment_id: &str,
        feedback: RefundFeedback,
    ) -> Result<CallReceipt<FeedbackReply>, Error> {
        self.call(ReportRefund::new(enrichment_id, feedback)).await
    }

    /// Reports that the payment of an enrichment was declined, as known to an issuer or its program.
    ///
    /// ```no_run
    /// # use chargeback::{Error, HttpProvider, spade::{DeclineFeedback, Spade}};
    /// # async fn example(spade: HttpProvider<Spade>) -> Result<(), Error> {
    /// let mut feedback = DeclineFeedback::default();
    /// feedback.decline_code = Some("51".into());
    /// spade.report_decline("0b6d1f0e-6a6a-4b8e-9d52-1f2f0a7f9d11", feedback).await?;
    /// # Ok(())
    /// # }
    /// ```
    ///
    /// # Errors
    ///
    /// Returns [`Error::Invalid`] if the feedback breaks a rule of Spade; see [`Error`] for all others.
    pub async fn report_decline(
        &self,
        enrichment_id: &str,
        feedback: DeclineFeedback,
    ) -> Result<CallReceipt<FeedbackReply>, Error> {
        self.call(ReportDecline::new(enrichment_id, feedback)).await
    }

    /// Reports fraud on an enrichment. Not needed if a chargeback, refund or decline already reported the fraud.
    ///
    /// ```no_run
    /// # use chargeback::{Error, HttpProvider, spade::{FraudFeedback, FraudType, Spade}};
    /// # async fn example(spade: HttpProvider<Spade>) -> Result<(), Error> {
    /// let mut feedback = FraudFeedback::default();
    /// feedback.is_fraud = Some(true);
    /// feedback.fraud_type = Some(FraudType::StolenCard);
    /// spade.report_fraud("0b6d1f0e-6a6a-4b8e-9d52-1f2f0a7f9d11", feedback).await?;
    /// # Ok(())
    /// # }
    /// ```
    ///
    /// # Errors
    ///
    /// Returns [`Error::Invalid`] if the feedback breaks a rule of Spade; see [`Error`] for all others.
    pub async fn report_fraud(
        &self,
        enrichment_id: &str,
        feedback: FraudFeedback,
    ) -> Result<CallReceipt<FeedbackReply>, Error> {
        self.call(ReportFraud::new(enrichment_id, feedback)).await
    }
}
