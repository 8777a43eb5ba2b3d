//! Tutelar: the chargeback status of an order.
//!
//! | | |
//! |---|---|
//! | Calls | `POST {base}/api/{v1,v2}/fraud-detector/transaction/chargeback` and `.../refund`, JSON |
//! | Keys | v1: HTTP Basic, API key and secret key. v2: Bearer token, from a [`TokenSource`] |
//! | Needs | the order id given to Tutelar when the transaction was created |
//! | Success | HTTP 2xx *and* `success` true |
//! | Repeat | safe: the call sets a status on an order (low confidence that a repeat is never refused) |
//! | Test or live | by the key; one host |
//!
//! **If the outcome is unknown:** report the same again, unless a later stage of the case has been reported since. If
//! Tutelar then refuses it as a conflict, it may have taken the first one: ask Tutelar, since no call to read the
//! status back was found.
//!
//! **There is no word for a chargeback that has just been received**, so that stage is refused.
//!
//! **What `defeated` means is open.** Tutelar's page says that "the chargeback dispute has been defeated": the
//! chargeback, or the merchant's representment against it. There is no default: [`DefeatedMeans`] is asked for.
//!
//! `reason` is required. It holds the reason in words, with the network code if there is one: `goods or services not
//! received (visa 13.1)`. No limit of length is documented, and nothing is cut.
//!
//! Tutelar accepts calls only from addresses that are on its allow-list; others get HTTP 400 with code 110, which is
//! [`Error::Authentication`] here. Keys run out after six months by default.
//!
//! The host `docs.v2.tutelar.io` documents version 1; "v2" is the edition of the documents there.
//!
//! Sources: Tutelar's pages of the chargeback, refund and create calls, and its table of error codes. The JSON key of those
//! codes is not shown, so `code`, `errorCode` and `error.code` are read. How a v2 token is had is not documented.

mod map;
mod operations;
mod wire;

use std::fmt;
use std::sync::Arc;

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD as BASE64;

use self::map::Settings as MapSettings;
pub use self::operations::Call;
pub use self::wire::{ChargebackStatus, RefundStatus, TransactionChargeback, TransactionRefund, Updated};
use super::reply::{Settings, check_key, process_environment};
use crate::connector::{BaseUrl, Case, Connector, TokenSource, TranslateError, Translation};
use crate::engine::HttpProvider;
use crate::error::Error;
use crate::model::ProviderId;
use crate::provider::Capabilities;
use crate::util::secret::Secret;
use crate::util::string_enum::string_enum;
use crate::util::violation::Violation;

/// Tutelar's name in references, receipts, errors and logs: `tutelar`.
pub const ID: ProviderId = ProviderId::from_static("tutelar");

string_enum! {
    /// What Tutelar's status `defeated` means.
    pub enum DefeatedMeans {
        /// The chargeback was defeated: the merchant won. The likelier reading (low confidence).
        MerchantWon = "merchant_won",
        /// The merchant's representment was defeated: the merchant lost.
        MerchantLost = "merchant_lost",
        /// Never send `defeated`; stages that need it are refused.
        Refuse = "refuse",
    }
}

string_enum! {
    /// Which order ids a report lets through.
    pub enum OrderIds {
        /// Those that Tutelar's create call accepts: 1 to 40 of `A-Z`, `a-z`, `0-9`, `_` and `-` (codes 103 to 105 of its error
        /// table). Another id can be of no transaction there.
        Documented = "documented",
        /// Any. The page of the chargeback call itself gives no limit.
        Any = "any",
    }
}

/// Which version of the API, and its keys.
#[derive(Clone)]
enum Keys {
    V1 { api_key: Secret, secret_key: Secret, authorization: Secret },
    V2 { tokens: Arc<dyn TokenSource> },
}

impl fmt::Debug for Keys {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Self::V1 { .. } => "V1([redacted])",
            Self::V2 { .. } => "V2([redacted])",
        })
    }
}

/// HTTP Basic of version 1, which is the same for every request.
fn basic(api_key: &Secret, secret_key: &Secret) -> Secret {
    let pair = Secret::new(format!("{}:{}", api_key.expose(), secret_key.expose()));
    Secret::new(format!("Basic {}", BASE64.encode(pair.expose())))
}

/// Tutelar, as configured: keys or tokens, address, and how two open points are read.
#[derive(Debug, Clone)]
pub struct Tutelar {
    base: BaseUrl,
    keys: Keys,
    settings: MapSettings,
}

impl Tutelar {
    /// Version 1 of the API, with these keys and this meaning of `defeated`.
    pub fn v1(api_key: impl Into<Secret>, secret_key: impl Into<Secret>, defeated_means: DefeatedMeans) -> Self {
        let (api_key, secret_key) = (api_key.into(), secret_key.into());
        let authorization = basic(&api_key, &secret_key);
        Self::with(Keys::V1 { api_key, secret_key, authorization }, defeated_means)
    }

    /// Version 2 of the API, with tokens from here (a [`Secret`] is a source that never changes) and this meaning of
    /// `defeated`.
    pub fn v2(tokens: impl TokenSource + 'static, defeated_means: DefeatedMeans) -> Self {
        Self::with(Keys::V2 { tokens: Arc::new(tokens) }, defeated_means)
    }

    fn with(keys: Keys, defeated_means: DefeatedMeans) -> Self {
        Self {
            base: BaseUrl::from_static("https://secctrl.tutelar.io"),
            keys,
            settings: MapSettings { defeated_means, order_ids: OrderIds::Documented },
        }
    }

    /// At another address, such as a fake in a test; `/api/v1/...` or `/api/v2/...` is appended to it.
    #[must_use]
    pub fn at(mut self, base: BaseUrl) -> Self {
        self.base = base;
        self
    }

    /// Sets which order ids a report lets through. The default is [`OrderIds::Documented`].
    #[must_use]
    pub const fn order_ids(mut self, order_ids: OrderIds) -> Self {
        self.settings.order_ids = order_ids;
        self
    }

    /// Reads the settings of version 1 from the environment: `TUTELAR_API_KEY`, `TUTELAR_SECRET_KEY`, `TUTELAR_DEFEATED_MEANS`
    /// (`merchant_won`, `merchant_lost` or `refuse`) and, if it is set, `TUTELAR_BASE_URL`.
    ///
    /// Version 2 needs a source of tokens, which no variable can hold.
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
        let api_key = settings.required("TUTELAR_API_KEY");
        let secret_key = settings.required("TUTELAR_SECRET_KEY");
        let defeated_means =
            settings.choice("TUTELAR_DEFEATED_MEANS", "merchant_won, merchant_lost or refuse", |text| {
                text.parse::<DefeatedMeans>().ok()
            });
        let base = settings.base_url("TUTELAR_BASE_URL");
        let tutelar =
            api_key.zip(secret_key).zip(defeated_means).map(|((key, secret), means)| Self::v1(key, secret, means));
        settings.finish(ID, tutelar.map(|tutelar| base.into_iter().fold(tutelar, Self::at)))
    }
}

impl Connector for Tutelar {
    type Step = Call;

    fn id(&self) -> ProviderId {
        ID
    }

    fn capabilities(&self) -> Capabilities {
        Capabilities::from_mapping(|stage| map::stage(stage, self.settings), map::reason, map::carriage)
            .needing(&["the order id that Tutelar was given"])
    }

    fn check(&self) -> Vec<Violation> {
        let mut broken = Vec::new();
        if let Keys::V1 { api_key, secret_key, .. } = &self.keys {
            check_key("api_key", api_key, &mut broken);
            check_key("secret_key", secret_key, &mut broken);
            if api_key.expose().contains(':') {
                broken.push(Violation::new("api_key", "a user name of HTTP Basic cannot have a colon"));
            }
        }
        broken
    }

    fn token_source(&self) -> Option<&dyn TokenSource> {
        match &self.keys {
            Keys::V1 { .. } => None,
            Keys::V2 { tokens } => Some(&**tokens),
        }
    }

    fn translate(&self, case: &Case<'_>) -> Result<Translation<Call>, TranslateError> {
        map::translate(case.chargeback(), self.settings)
    }
}

/// Tutelar's own calls.
impl HttpProvider<Tutelar> {
    /// Sets the chargeback status of an order. The transaction must have been created at Tutelar (medium confidence).
    ///
    /// # Errors
    ///
    /// [`Error::Invalid`] if a required field is empty; otherwise see [`Error`].
    pub async fn chargeback(&self, chargeback: TransactionChargeback) -> Result<Updated, Error> {
        Ok(self.call(Call::Chargeback(chargeback)).await?.reply)
    }

    /// Tells that a refund was requested or processed. It sets a status and moves no money, as we read the page, which does
    /// not say so.
    ///
    /// # Errors
    ///
    /// [`Error::Invalid`] if a required field is empty; otherwise see [`Error`].
    pub async fn refund(&self, refund: TransactionRefund) -> Result<Updated, Error> {
        Ok(self.call(Call::Refund(refund)).await?.reply)
    }
}
