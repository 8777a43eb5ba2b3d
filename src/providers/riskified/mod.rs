//! Riskified: the merchant's decision about an order, and claims for reimbursement.
//!
//! | | |
//! |---|---|
//! | Calls | `POST {base}/api/decision`, `/api/chargeback`; JSON, signed in the header `X-RISKIFIED-HMAC-SHA256` |
//! | Required | the order id |
//! | Success | HTTP 200 with the id of the order |
//! | Retry | a decision is idempotent (medium confidence); a claim is never sent again automatically |
//! | Documentation | partly public; clients were changed in June and July 2026 |
//!
//! ```
//! use chargeback::riskified::{Environment, Riskified};
//! use chargeback::{Chargeback, ChargebackProvider as _, HttpProvider, Reason, Stage};
//!
//! let riskified = HttpProvider::new(Riskified::new("shop.example.com", "auth-token", Environment::Sandbox))?;
//! let received = Chargeback::builder("CB-1", Stage::Received, Reason::NotReceived, "2026-10-03T09:12:00Z".parse()?)
//!     .order_id("ORD-1")
//!     .build()?;
//! assert_eq!(riskified.plan(&received)?.reason_value(), "chargeback_not_fraud");
//! # Ok::<(), Box<dyn std::error::Error>>(())
//! ```
//!
//! **Two calls.** A report sets the decision `chargeback_fraud` or `chargeback_not_fraud` of the order and moves no
//! money. The clients document the call for orders that were not submitted for a decision; its effect on guaranteed
//! orders is not documented. The other call files a claim, and an eligible claim leads to an automatic credit, so it is
//! a native call only: [`file_reimbursement_claim`](crate::HttpProvider::file_reimbursement_claim).
//!
//! **Claims.** Riskified documents no key against a second claim, and no call to read claims. If the outcome of a claim
//! is unknown, a person must look in Riskified's Control Center before it is sent again. Most contracts require a claim
//! within 5 days of the merchant's receipt, so a lost claim costs money. `type`, `status` and `dispute_type` have the
//! values of the .NET client.
//!
//! **Stages.** A decision has no stage. The stages of a case that ended well are not supported, because no call takes a
//! chargeback back.
//!
//! **Reasons.** A reason `fraud_*` or `unrecognized` is sent as `chargeback_fraud`, and any other known reason as
//! `chargeback_not_fraud`. An unknown reason is refused. The field `reason` has the code of the network, or else the
//! reason as words.
//!
//! **Signature.** The signature covers the exact bytes of the body, and has no time: a captured request can be sent
//! again by anyone. TLS protects the call. [`signature::verify`] checks Riskified's notifications, which have the same
//! signature. A token must be ASCII, because the clients turn other characters into different bytes.
//!
//! **If the outcome is unknown:** send the same decision again. If a later stage of the case has been reported since,
//! send nothing.
//!
//! **Amounts** are exact decimals in major units, as the clients send them: `129.90`.
//!
//! **Sources.** Riskified's published Java, PHP and .NET clients (high confidence for addresses, fields and signature),
//! and its support pages. Replies 401 and 404 are explained by the Java client alone (medium confidence). Not
//! documented: rate limits, limits of length, and the values of `status` after a chargeback.

mod claim;
mod config;
mod map;
mod operations;
mod reply;
mod request;
pub mod signature;
mod values;

pub use self::claim::{ChargebackDetails, Claim, ClaimOrder, DisputeDetails, Fulfillment};
pub use self::config::{Environment, ID, Riskified};
pub use self::reply::OrderReply;
pub use self::request::{Decision, OrderDecision, ReportDecision};
pub use self::values::{ChargebackType, DisputeStatus, DisputeType, ExternalStatus};
use crate::connector::{Case, Connector, TranslateError, Translation};
use crate::engine::{CallReceipt, HttpProvider};
use crate::error::Error;
use crate::model::ProviderId;
use crate::provider::Capabilities;
use crate::util::violation::Violation;

impl Connector for Riskified {
    type Step = ReportDecision;

    fn id(&self) -> ProviderId {
        ID
    }

    fn capabilities(&self) -> Capabilities {
        Capabilities::from_mapping(map::stage_support, map::reason_support, map::field)
            .needing(&["the order id"])
            .with_idempotent_writes()
    }

    fn check(&self) -> Vec<Violation> {
        self.violations()
    }

    fn translate(&self, case: &Case<'_>) -> Result<Translation<ReportDecision>, TranslateError> {
        map::translate(case.chargeback())
    }
}

/// Riskified's calls.
impl HttpProvider<Riskified> {
    /// Sets the merchant's decision about an order. Moves no money.
    ///
    /// ```no_run
    /// # use chargeback::{Error, HttpProvider, riskified::{Decision, ExternalStatus, ReportDecision, Riskified}};
    /// # async fn example(riskified: HttpProvider<Riskified>) -> Result<(), Error> {
    /// let decision = Decision::new(ExternalStatus::DeclinedBusiness);
    /// riskified.report_decision(ReportDecision::new("ORD-1", decision)).await?;
    /// # Ok(())
    /// # }
    /// ```
    ///
    /// # Errors
    ///
    /// Returns [`Error::Invalid`] if the call breaks a rule of Riskified; see [`Error`] for all others.
    pub async fn report_decision(&self, report: ReportDecision) -> Result<CallReceipt<OrderReply>, Error> {
        self.call(report).await
    }

    /// Files a claim for reimbursement, or changes its dispute. An eligible claim leads to an automatic credit.
    ///
    /// The call is never sent again automatically. After [`Delivery::Unknown`](crate::Delivery::Unknown), look for the
    /// claim in Riskified's Control Center.
    ///
    /// ```no_run
    /// # use chargeback::{Error, HttpProvider, riskified::{ChargebackDetails, ChargebackType, Claim, Riskified}};
    /// # async fn example(riskified: HttpProvider<Riskified>) -> Result<(), Error> {
    /// let mut details = ChargebackDetails::default();
    /// details.kind = Some(ChargebackType::Chargeback);
    /// details.reason_code = Some("10.4".into());
    /// let mut claim = Claim::new("ORD-1");
    /// claim.order.chargeback_details = Some(details);
    /// riskified.file_reimbursement_claim(claim).await?;
    /// # Ok(())
    /// # }
    /// ```
    ///
    /// # Errors
    ///
    /// Returns [`Error::Invalid`] if the claim breaks a rule of Riskified; see [`Error`] for all others.
    pub async fn file_reimbursement_claim(&self, claim: Claim) -> Result<CallReceipt<OrderReply>, Error> {
        self.call(claim).await
    }
}
