//! Pipwave: tags a payment as charged back.
//!
//! | | |
//! |---|---|
//! | Calls | `POST {base}/payment` with `action` `tag-chargeback` or `requery`; JSON, header `x-api-key`, [signed](signature) |
//! | Needs | the merchant's transaction id (Pipwave's `txn_id`), or Pipwave's own id of the payment (its [vendor payment](crate::ChargebackBuilder::vendor_payment), `pw_id`), or both |
//! | Success | `status` 200 in the body, as number or text, whatever the HTTP status |
//! | Repeat | after looking at the payment with `requery` |
//!
//! **If the outcome is unknown:** report again through the same provider. It asks `requery` first, and tags again only
//! where the table below says so. If it stays unknown, look at the payment in Pipwave's portal, then end the doubt with
//! [`resolve_doubt`](crate::HttpProvider::resolve_doubt) and `None`, and report again only what Pipwave does not show.
//! After a restart a [`Reporter`](crate::Reporter) with a ledger remembers the doubt; without one, ask
//! [`requery`](crate::HttpProvider::requery) yourself.
//!
//! A reason is required where a case is opened. Whether it is read at later stages is not documented, so it is sent with
//! `disputed` and with `chargeback` (which may open a case too), and not with the others.
//!
//! # Reading back
//!
//! `requery` shows the payment's status, not the chargeback's. After a tag whose outcome is unclear, it settles this
//! much:
//!
//! | stage that was sent | 10 paid, 25 partly refunded | 13 disputed | 15 charged back | another status |
//! |---|---|---|---|---|
//! | `disputed` | sent again | acknowledged | unknown | unknown |
//! | `chargeback` | sent again | sent again | acknowledged | unknown |
//! | `dispute won` | unknown | sent again | unknown | unknown |
//! | `dispute resolved` | unknown | unknown | unknown | unknown |
//! | `chargeback reversed` | unknown | unknown | sent again | unknown |
//!
//! *Sent again*: the payment is still in a state from which the stage is reached, so the tag was not taken.
//! *Acknowledged*: the receipt says that it was [read back](crate::Receipt::was_read_back). *Unknown*: the error stays
//! [`Unknown`](crate::Delivery::Unknown), since the payment's status does not tell a dispute that was won, resolved or
//! reversed from one that never was. `dispute resolved` is the exception at 13: it names no winner, and whether a
//! payment leaves 13 by it is not documented, so 13 proves nothing. `requery` shows no reason either, so a receipt that
//! was read back lists the reason as [assumed](crate::LossKind::Assumed): where a payment was `disputed` before, another
//! `disputed` counts as acknowledged, whatever its reason.
//!
//! **Use the address without a version.** At `/v1/payment` the same numbers have had other meanings since 2017. The page's
//! sample stage `initiated` and sample status `0` are no values that its own tables allow.
//!
//! Sources: the vendor's page "Tag Chargeback Payment", its appendix of status codes, and its published PHP, Magento,
//! WooCommerce, PrestaShop and Android code, which post JSON although the page says "POST data". The newest of it is of
//! 2019; whether the service still runs is not known.

mod map;
mod notification;
mod operations;
pub mod signature;
mod wire;

pub use self::notification::{Notification, NotificationError};
pub use self::operations::{PaymentState, Tagged, TransactionStatus};
pub use self::wire::{ChargebackReason, ChargebackStage, Requery, SignedTag, TagChargeback};
use super::env::{EnvReader, check_key, process_env};
use crate::connector::{BaseUrl, Case, CompletedStep, Connector, NextSteps, TranslateError, Translation};
use crate::engine::HttpProvider;
use crate::error::Error;
use crate::model::{Field, ProviderId};
use crate::provider::{Capabilities, Loss, LossKind};
use crate::util::secret::Secret;
use crate::util::string_enum::string_enum;
use crate::util::violation::Violation;

/// Pipwave's name in references, receipts, errors and logs: `pipwave`.
pub const ID: ProviderId = ProviderId::from_static("pipwave");

string_enum! {
    /// Where Pipwave is called.
    pub enum Environment {
        /// `https://api.pipwave.com`; `live` in `PIPWAVE_ENVIRONMENT`.
        Live = "live",
        /// `https://staging-api.pipwave.com`; `staging` in `PIPWAVE_ENVIRONMENT`.
        Staging = "staging",
    }
}

impl Environment {
    const fn base_url(self) -> BaseUrl {
        match self {
            Self::Live => BaseUrl::from_static("https://api.pipwave.com"),
            Self::Staging => BaseUrl::from_static("https://staging-api.pipwave.com"),
        }
    }
}

/// Pipwave, as configured: key, secret and address.
#[derive(Debug, Clone)]
pub struct Pipwave {
    base: BaseUrl,
    api_key: Secret,
    api_secret: Secret,
}

impl Pipwave {
    /// Pipwave with this key and secret, at this place. The key is sent; the secret only signs.
    pub fn new(api_key: impl Into<Secret>, api_secret: impl Into<Secret>, environment: Environment) -> Self {
        Self { base: environment.base_url(), api_key: api_key.into(), api_secret: api_secret.into() }
    }

    /// At another address, such as a fake in a test; `/payment` is appended to it.
    #[must_use]
    pub fn base_url(mut self, base: BaseUrl) -> Self {
        self.base = base;
        self
    }

    /// Reads `PIPWAVE_API_KEY`, `PIPWAVE_API_SECRET`, `PIPWAVE_ENVIRONMENT` (`live` or `staging`) and, if it is set,
    /// `PIPWAVE_BASE_URL` from the environment.
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
        let key = settings.required("PIPWAVE_API_KEY");
        let secret = settings.required("PIPWAVE_API_SECRET");
        let environment = settings.choice("PIPWAVE_ENVIRONMENT", Environment::ALL);
        let base = settings.base_url("PIPWAVE_BASE_URL");
        let pipwave = key.zip(secret).zip(environment).map(|((key, secret), place)| Self::new(key, secret, place));
        settings.finish(ID, pipwave.map(|pipwave| base.into_iter().fold(pipwave, Self::base_url)))
    }

    /// Checks the signature of a notification that Pipwave has posted, and reads it.
    ///
    /// Answer the text `OK`, or it is sent again every 5 minutes. The signature leaves out what the notification is
    /// about (`type` and all `reverse_*` fields): confirm with [`requery`](HttpProvider::requery) before you act.
    ///
    /// # Errors
    ///
    /// [`NotificationError`] if the body is no such notification or the signature is not Pipwave's.
    pub fn verify_notification(&self, body: &[u8]) -> Result<Notification, NotificationError> {
        Notification::verify(body, &self.api_key, &self.api_secret)
    }
}

impl Connector for Pipwave {
    type Step = TagChargeback;

    fn id(&self) -> ProviderId {
        ID
    }

    fn capabilities(&self) -> Capabilities {
        Capabilities::from_mapping(map::stage, map::reason, map::carriage)
            .needing(&["the merchant's transaction id, or Pipwave's id of the payment"])
    }

    fn check(&self) -> Vec<Violation> {
        let mut broken = Vec::new();
        check_key("api_key", &self.api_key, &mut broken);
        if self.api_secret.is_blank() {
            broken.push(Violation::new("api_secret", "empty"));
        }
        broken
    }

    fn translate(&self, case: &Case<'_>) -> Result<Translation<TagChargeback>, TranslateError> {
        map::translate(case.chargeback())
    }

    fn next_steps(
        &self,
        _: &Case<'_>,
        done: &[CompletedStep<TagChargeback>],
    ) -> Result<NextSteps<TagChargeback>, TranslateError> {
        let unseen = done.last().filter(|tag| tag.reply.by_status && tag.step.reason.is_some());
        let why = "read back; the payment's status does not show the reason";
        Ok(NextSteps::as_planned().losses(unseen.map(|_| Loss::new(Field::Reason, LossKind::Assumed, why))))
    }
}

/// Pipwave's own calls.
impl HttpProvider<Pipwave> {
    /// Tags a payment with a stage of a chargeback. The payment must be paid or partly refunded, says the page.
    ///
    /// If the outcome is unclear, `requery` is asked; the [module](crate::pipwave) says what it settles.
    ///
    /// # Errors
    ///
    /// [`Error::Invalid`] if it breaks a rule; otherwise see [`Error`].
    pub async fn tag_chargeback(&self, tag: TagChargeback) -> Result<Tagged, Error> {
        Ok(self.call(tag).await?.reply)
    }

    /// Asks for the status of a payment. It changes nothing, and does not show the chargeback's own status.
    ///
    /// # Errors
    ///
    /// [`Error::Invalid`] if it names no payment; otherwise see [`Error`].
    pub async fn requery(&self, requery: Requery) -> Result<PaymentState, Error> {
        Ok(self.call(requery).await?.reply)
    }
}
