//! Pipwave: tags a payment as charged back.
//!
//! | | |
//! |---|---|
//! | Calls | `POST {base}/payment`, JSON, header `x-api-key`, [signed](signature) |
//! | Actions | `tag-chargeback`, `requery` |
//! | Required | the merchant's transaction id, Pipwave's id of the payment, or both |
//! | Success | `status` 200 in the body, as number or text, whatever the HTTP status |
//! | Retry | after a lookup of the payment with `requery` |
//!
//! ```
//! use chargeback::pipwave::{Environment, Pipwave};
//! use chargeback::{Chargeback, ChargebackProvider as _, HttpProvider, Reason, Stage};
//!
//! let pipwave = HttpProvider::new(Pipwave::new("api-key", "api-secret", Environment::Staging))?;
//! let received = Chargeback::builder("CB-1", Stage::Received, Reason::NotReceived, "2026-10-03T09:12:00Z".parse()?)
//!     .transaction_id("TXN-10726")
//!     .build()?;
//! let plan = pipwave.plan(&received)?;
//! assert_eq!((plan.stage_value(), plan.reason_value()), ("disputed", "non_receipt"));
//! # Ok::<(), Box<dyn std::error::Error>>(())
//! ```
//!
//! **Ids.** The merchant's transaction id is Pipwave's `txn_id`. Pipwave's own id of the payment (`pw_id`) is its
//! [vendor payment](crate::ChargebackBuilder::vendor_payment).
//!
//! **If the outcome is unknown:** send the report again through the same provider. The provider asks `requery` first
//! and tags again only as in the table below. If the outcome stays unknown, check the payment in Pipwave's portal, then
//! call [`resolve_doubt`](crate::ChargebackProvider::resolve_doubt). Pass
//! [`Applied`](crate::Resolution::Applied) if the portal shows the stage, otherwise
//! [`NotFound`](crate::Resolution::NotFound). Then send again only the stages that Pipwave does not show.
//!
//! After a restart, a [`Reporter`](crate::Reporter) with a ledger keeps the doubt. Without a ledger, call
//! [`requery`](crate::HttpProvider::requery) yourself.
//!
//! **Reason.** A reason is required for a stage that opens a case. Pipwave does not document whether later stages read
//! it. Reports send a reason only with `disputed` and with `chargeback`, which may also open a case.
//!
//! # Lookup
//!
//! `requery` shows the status of the payment, not that of the chargeback. After a tag with an unknown outcome, the
//! payment's status decides:
//!
//! | Stage that was sent | 10 paid, 25 partly refunded | 13 disputed | 15 charged back | other |
//! |---|---|---|---|---|
//! | `disputed` | send again | acknowledged | unknown | unknown |
//! | `chargeback` | send again | send again | acknowledged | unknown |
//! | `dispute won` | unknown | send again | unknown | unknown |
//! | `dispute resolved` | unknown | unknown | unknown | unknown |
//! | `chargeback reversed` | unknown | unknown | send again | unknown |
//!
//! | Result | Meaning |
//! |---|---|
//! | send again | The payment is still in a state that precedes the stage, so the tag was not accepted. |
//! | acknowledged | The receipt [was reconciled](crate::Receipt::was_reconciled). |
//! | unknown | The error keeps [`Unknown`](crate::Delivery::Unknown). |
//!
//! - The payment's status does not distinguish a dispute that was won, resolved or reversed from a payment without a
//!   dispute.
//! - `dispute resolved` at 13 is unknown: the stage names no winner, and it is not documented whether a payment leaves
//!   13 by it, so 13 proves nothing.
//! - A reply to `requery` that names another payment, by either id, proves nothing.
//! - `requery` does not show the reason, so a reconciled receipt lists the reason as
//!   [assumed](crate::LossKind::Assumed). If a payment was `disputed` before, another `disputed` counts as
//!   acknowledged, whatever its reason.
//!
//! # Address and sources
//!
//! **Use the address without a version.** At `/v1/payment`, the same numbers have had other meanings since 2017. The
//! page's sample stage `initiated` and sample status `0` are not in its own tables.
//!
//! **Sources.** The vendor's page "Tag Chargeback Payment", its appendix of status codes, and its published PHP,
//! Magento, WooCommerce, PrestaShop and Android code, which posts JSON although the page documents "POST data". The
//! newest code is of 2019; whether the service still runs is not known.

mod config;
mod map;
mod notification;
mod operations;
mod reply;
mod request;
pub mod signature;

use self::config::MAX_API_KEY;
pub use self::config::{Environment, ID, Pipwave};
pub use self::notification::{Notification, NotificationError};
pub use self::reply::{RequeryReply, TagReply, TransactionStatus};
pub use self::request::{ChargebackReason, ChargebackStage, Requery, SignedTag, TagChargeback};
use super::env::{check_key, check_key_length, check_secret};
use super::map::stage_support;
use crate::connector::{Case, CompletedStep, Connector, NextSteps, TranslateError, Translation};
use crate::engine::{CallReceipt, HttpProvider};
use crate::error::Error;
use crate::model::{Field, ProviderId};
use crate::provider::{Capabilities, Loss, LossKind};
use crate::util::violation::Violation;

impl Connector for Pipwave {
    type Step = TagChargeback;

    fn id(&self) -> ProviderId {
        ID
    }

    fn capabilities(&self) -> Capabilities {
        let stage = |stage| stage_support(map::stage(stage));
        Capabilities::from_mapping(stage, |reason| map::reason(reason).support(), map::field)
            .needing(&["the merchant's transaction id, or Pipwave's id of the payment"])
            .with_lookup()
    }

    fn check(&self) -> Vec<Violation> {
        let api_key = [check_key("api_key", &self.api_key), check_key_length("api_key", &self.api_key, MAX_API_KEY)];
        api_key.into_iter().flatten().chain(check_secret("api_secret", &self.api_secret)).collect()
    }

    fn translate(&self, case: &Case<'_>) -> Result<Translation<TagChargeback>, TranslateError> {
        map::translate(case.chargeback())
    }

    fn next_steps(
        &self,
        _: &Case<'_>,
        done: &[CompletedStep<TagChargeback>],
    ) -> Result<NextSteps<TagChargeback>, TranslateError> {
        let unproven = done.last().filter(|tag| tag.reply.by_status && tag.step.reason.is_some());
        let detail = "the payment's status proves the stage and does not show the reason";
        Ok(NextSteps::as_planned().losses(unproven.map(|_| Loss::new(Field::Reason, LossKind::Assumed, detail))))
    }
}

impl Pipwave {
    /// Verifies the signature of a notification that Pipwave posted, and parses it.
    ///
    /// Answer with the text `OK`; otherwise Pipwave sends the notification again every 5 minutes. The signature does
    /// not cover the subject of the notification (`type` and all `reverse_*` fields). Confirm it with
    /// [`requery`](HttpProvider::requery) before you act.
    ///
    /// ```
    /// use chargeback::pipwave::{Environment, NotificationError, Pipwave};
    ///
    /// let pipwave = Pipwave::new("test_key", "test_secret", Environment::Staging);
    /// let error = pipwave.verify_notification(br#"{"type":"chargeback"}"#).unwrap_err();
    /// assert_eq!(error, NotificationError::NoSignature);
    /// ```
    ///
    /// # Errors
    ///
    /// Returns [`NotificationError`] if the body is not a notification, or if the signature is not Pipwave's.
    pub fn verify_notification(&self, body: &[u8]) -> Result<Notification, NotificationError> {
        Notification::verify(body, &self.api_key, &self.api_secret)
    }
}

/// Pipwave's calls.
impl HttpProvider<Pipwave> {
    /// Tags a payment with a stage of a chargeback. By the page, the payment must be paid or partly refunded.
    ///
    /// If the outcome is unknown, the provider asks `requery`, as in the table of the [module](crate::pipwave).
    ///
    /// ```no_run
    /// # use chargeback::{Error, HttpProvider, pipwave::{ChargebackReason, ChargebackStage, Pipwave, TagChargeback}};
    /// # async fn example(pipwave: HttpProvider<Pipwave>) -> Result<(), Error> {
    /// let mut tag = TagChargeback::for_transaction("TXN-10726", ChargebackStage::Disputed);
    /// tag.reason = Some(ChargebackReason::NonReceipt);
    /// let receipt = pipwave.tag_chargeback(tag).await?;
    /// println!("acknowledged after {} attempts", receipt.attempts);
    /// # Ok(())
    /// # }
    /// ```
    ///
    /// # Errors
    ///
    /// Returns [`Error::Invalid`] if the tag breaks a rule of Pipwave; see [`Error`] for all others.
    pub async fn tag_chargeback(&self, tag: TagChargeback) -> Result<CallReceipt<TagReply>, Error> {
        self.call(tag).await
    }

    /// Gets the status of a payment. The call changes nothing and does not show the status of the chargeback.
    ///
    /// ```no_run
    /// # use chargeback::{Error, HttpProvider, pipwave::{Pipwave, Requery, TransactionStatus}};
    /// # async fn example(pipwave: HttpProvider<Pipwave>) -> Result<(), Error> {
    /// let payment = pipwave.requery(Requery::Transaction("TXN-10726".into())).await?.reply;
    /// if payment.status == TransactionStatus::ChargedBack {
    ///     println!("charged back");
    /// }
    /// # Ok(())
    /// # }
    /// ```
    ///
    /// # Errors
    ///
    /// Returns [`Error::Invalid`] if the id is empty or too long; see [`Error`] for all others.
    pub async fn requery(&self, requery: Requery) -> Result<CallReceipt<RequeryReply>, Error> {
        self.call(requery).await
    }
}
