//! Tutelar: the chargeback status of an order.
//!
//! | | |
//! |---|---|
//! | Calls | `POST {base}/api/{v1,v2}/fraud-detector/transaction/chargeback` and `.../refund`, JSON |
//! | Credentials | v1: HTTP Basic with API key and secret key; v2: Bearer token from a [`TokenSource`] |
//! | Required | the order id that Tutelar got when the transaction was created |
//! | Success | HTTP 2xx and `success` true |
//! | Retry | idempotent: the call sets a status on an order (low confidence that a repeat is never rejected) |
//! | Test or live | by the key; one host |
//!
//! ```
//! use chargeback::tutelar::{DefeatedMeans, Tutelar};
//! use chargeback::{Chargeback, ChargebackProvider as _, HttpProvider, Reason, Stage};
//!
//! let tutelar = HttpProvider::new(Tutelar::v1("api-key", "secret-key", DefeatedMeans::MerchantWon))?;
//! let at = "2026-10-03T09:12:00Z".parse()?;
//! let contested = Chargeback::builder("CB-1", Stage::Contested, Reason::Other, at).order_id("ORD_10726").build()?;
//! assert_eq!(tutelar.plan(&contested)?.stage_value(), "contested");
//! assert!(tutelar.plan(&contested.moved_to(Stage::Received, at)?).is_err());
//! # Ok::<(), Box<dyn std::error::Error>>(())
//! ```
//!
//! **If the outcome is unknown:** send the same report again, unless a later stage of the case has been reported since.
//! If Tutelar then rejects the report as a conflict, Tutelar may have accepted the first one. Ask Tutelar: no call to
//! read the status back was found.
//!
//! **Stage `received`.** Tutelar has no status for a chargeback that was just received, so the stage is not supported.
//!
//! **Meaning of `defeated`.** Tutelar's page only documents that "the chargeback dispute has been defeated". This can
//! be the chargeback, or the merchant's representment. [`DefeatedMeans`] is therefore a setting without a default.
//!
//! **Reason.** The field `reason` is required. A report sends a description of the reason, with the network code if
//! there is one: `goods or services not received (visa 13.1)`. No length limit is documented, and nothing is cut.
//!
//! **Access.** Tutelar accepts calls only from addresses on its allow-list. Other addresses get HTTP 400 with code 110,
//! which becomes [`Error::Authentication`]. Keys expire after six months by default.
//!
//! **Versions.** The host `docs.v2.tutelar.io` documents version 1 of the API; "v2" is the edition of those documents.
//!
//! **Sources.** Tutelar's pages of the chargeback, refund and create calls, and its table of error codes. The JSON key
//! of these codes is not documented, so `code`, `errorCode` and `error.code` are read. How to get a v2 token is not
//! documented.

mod config;
mod map;
mod operations;
mod reply;
mod request;

use self::config::Keys;
pub use self::config::{DefeatedMeans, ID, OrderIds, Tutelar};
pub use self::reply::TransactionReply;
pub use self::request::{ChargebackStatus, RefundStatus, TransactionChargeback, TransactionRefund};
use super::env::check_key;
use crate::connector::{Case, Connector, TokenSource, TranslateError, Translation};
use crate::engine::{CallReceipt, HttpProvider};
use crate::error::Error;
use crate::model::ProviderId;
use crate::provider::Capabilities;
use crate::util::violation::Violation;

impl Connector for Tutelar {
    type Step = TransactionChargeback;

    fn id(&self) -> ProviderId {
        ID
    }

    fn capabilities(&self) -> Capabilities {
        let stage = |stage| map::stage_support(stage, self.defeated_means);
        Capabilities::from_mapping(stage, |reason| map::reason(reason).support(), map::field)
            .needing(&["the order id that Tutelar received"])
            .with_idempotent_writes()
    }

    fn check(&self) -> Vec<Violation> {
        let mut violations = Vec::new();
        if let Keys::V1 { api_key, secret_key, .. } = &self.keys {
            violations.extend(check_key("api_key", api_key));
            violations.extend(check_key("secret_key", secret_key));
            if api_key.expose().contains(':') {
                violations.push(Violation::new(
                    "api_key",
                    "must not contain a colon; HTTP Basic sends the key as the user name",
                ));
            }
        }
        violations
    }

    fn token_source(&self) -> Option<&dyn TokenSource> {
        match &self.keys {
            Keys::V1 { .. } => None,
            Keys::V2 { tokens } => Some(&**tokens),
        }
    }

    fn translate(&self, case: &Case<'_>) -> Result<Translation<TransactionChargeback>, TranslateError> {
        map::translate(case.chargeback(), self)
    }
}

/// Tutelar's calls.
impl HttpProvider<Tutelar> {
    /// Sets the chargeback status of an order. The transaction must exist at Tutelar (medium confidence).
    ///
    /// ```no_run
    /// # use chargeback::{Error, HttpProvider, tutelar::{ChargebackStatus, TransactionChargeback, Tutelar}};
    /// # async fn example(tutelar: HttpProvider<Tutelar>) -> Result<(), Error> {
    /// let chargeback = TransactionChargeback::new(ChargebackStatus::Contested, "ORD_10726", "goods not received");
    /// let receipt = tutelar.report_chargeback(chargeback).await?;
    /// println!("acknowledged after {} attempts", receipt.attempts);
    /// # Ok(())
    /// # }
    /// ```
    ///
    /// # Errors
    ///
    /// Returns [`Error::Invalid`] if a required field is empty; see [`Error`] for all others.
    pub async fn report_chargeback(
        &self,
        chargeback: TransactionChargeback,
    ) -> Result<CallReceipt<TransactionReply>, Error> {
        self.call(chargeback).await
    }

    /// Reports that a refund was requested or processed. The call sets a status and moves no money. The page does not
    /// state this; it is our reading.
    ///
    /// ```no_run
    /// # use chargeback::{Error, HttpProvider, tutelar::{RefundStatus, TransactionRefund, Tutelar}};
    /// # async fn example(tutelar: HttpProvider<Tutelar>) -> Result<(), Error> {
    /// let refund = TransactionRefund::new(RefundStatus::Processed, "ORD_10726", "goods not received");
    /// tutelar.report_refund(refund).await?;
    /// # Ok(())
    /// # }
    /// ```
    ///
    /// # Errors
    ///
    /// Returns [`Error::Invalid`] if a required field is empty; see [`Error`] for all others.
    pub async fn report_refund(&self, refund: TransactionRefund) -> Result<CallReceipt<TransactionReply>, Error> {
        self.call(refund).await
    }
}
