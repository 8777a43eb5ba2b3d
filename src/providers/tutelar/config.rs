//! The settings of the Tutelar connector.

use std::fmt;
use std::sync::Arc;

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD as BASE64;

use crate::connector::{BaseUrl, TokenSource};
use crate::error::Error;
use crate::model::ProviderId;
use crate::providers::env::{EnvReader, process_env};
use crate::util::secret::Secret;
use crate::util::string_enum::string_enum;

/// Tutelar's id in vendor references, receipts, errors and logs: `tutelar`.
pub const ID: ProviderId = ProviderId::from_static("tutelar");

string_enum! {
    path = "chargeback::tutelar";
    /// The meaning of Tutelar's status `defeated`.
    pub enum DefeatedMeans {
        /// The chargeback was defeated: the merchant won. The more likely reading (low confidence).
        MerchantWon = "merchant_won",
        /// The merchant's representment was defeated: the merchant lost.
        MerchantLost = "merchant_lost",
        /// `defeated` is never sent. Stages that need it are not supported.
        Refuse = "refuse",
    }
}

string_enum! {
    path = "chargeback::tutelar";
    /// The order ids that a report accepts.
    pub enum OrderIds {
        /// The ids that Tutelar's create call accepts: 1 to 40 of `A-Z`, `a-z`, `0-9`, `_` and `-` (codes 103 to 105 of
        /// its error table). No transaction there can have another id.
        Documented = "documented",
        /// All ids. The page of the chargeback call itself documents no limit.
        Any = "any",
    }
}

/// The version of the API, with its credentials.
#[derive(Clone)]
pub(super) enum Keys {
    V1 { api_key: Secret, secret_key: Secret, authorization: Secret },
    V2 { tokens: Arc<dyn TokenSource> },
}

impl Keys {
    fn v1(api_key: Secret, secret_key: Secret) -> Self {
        // The header is the same for every request.
        let pair = Secret::joined(&[api_key.expose(), ":", secret_key.expose()]);
        let encoded = Secret::new(BASE64.encode(pair.expose()));
        let authorization = Secret::joined(&["Basic ", encoded.expose()]);
        Self::V1 { api_key, secret_key, authorization }
    }
}

impl fmt::Debug for Keys {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Self::V1 { .. } => "V1([redacted])",
            Self::V2 { .. } => "V2([redacted])",
        })
    }
}

/// The Tutelar connector: credentials, address, and the settings for two points that Tutelar does not document.
///
/// ```
/// use chargeback::HttpProvider;
/// use chargeback::tutelar::{DefeatedMeans, OrderIds, Tutelar};
///
/// let tutelar = Tutelar::v1("api-key", "secret-key", DefeatedMeans::MerchantWon).order_ids(OrderIds::Any);
/// let tutelar = HttpProvider::new(tutelar)?;
/// # Ok::<(), chargeback::Error>(())
/// ```
#[derive(Debug, Clone)]
pub struct Tutelar {
    pub(super) base_url: BaseUrl,
    pub(super) keys: Keys,
    pub(super) defeated_means: DefeatedMeans,
    pub(super) order_ids: OrderIds,
}

impl Tutelar {
    /// Creates a connector for version 1 of the API, which uses HTTP Basic authentication.
    pub fn v1(api_key: impl Into<Secret>, secret_key: impl Into<Secret>, defeated_means: DefeatedMeans) -> Self {
        Self::new(Keys::v1(api_key.into(), secret_key.into()), defeated_means)
    }

    /// Creates a connector for version 2 of the API, which uses Bearer tokens. A [`Secret`] is a source of one fixed
    /// token.
    ///
    /// ```
    /// use chargeback::Secret;
    /// use chargeback::tutelar::{DefeatedMeans, Tutelar};
    ///
    /// let tutelar = Tutelar::v2(Secret::from("token"), DefeatedMeans::Refuse);
    /// ```
    pub fn v2(tokens: impl TokenSource + 'static, defeated_means: DefeatedMeans) -> Self {
        Self::new(Keys::V2 { tokens: Arc::new(tokens) }, defeated_means)
    }

    fn new(keys: Keys, defeated_means: DefeatedMeans) -> Self {
        let base_url = BaseUrl::from_static("https://secctrl.tutelar.io");
        Self { base_url, keys, defeated_means, order_ids: OrderIds::Documented }
    }

    /// Sets another address, such as a local test server. Requests go to `/api/v1/...` or `/api/v2/...` below it.
    #[must_use]
    pub fn base_url(mut self, base_url: BaseUrl) -> Self {
        self.base_url = base_url;
        self
    }

    /// Sets the order ids that a report accepts. The default is [`OrderIds::Documented`].
    ///
    /// ```
    /// use chargeback::tutelar::{DefeatedMeans, OrderIds, Tutelar};
    /// use chargeback::{Chargeback, ChargebackProvider as _, HttpProvider, Reason, Stage};
    ///
    /// let tutelar = Tutelar::v1("api-key", "secret-key", DefeatedMeans::Refuse);
    /// let contested = Chargeback::builder("CB-1", Stage::Contested, Reason::Other, "2026-10-03T09:12:00Z".parse()?)
    ///     .order_id("order 10726")
    ///     .build()?;
    /// assert!(HttpProvider::new(tutelar.clone())?.plan(&contested).is_err());
    /// assert!(HttpProvider::new(tutelar.order_ids(OrderIds::Any))?.plan(&contested).is_ok());
    /// # Ok::<(), Box<dyn std::error::Error>>(())
    /// ```
    #[must_use]
    pub const fn order_ids(mut self, order_ids: OrderIds) -> Self {
        self.order_ids = order_ids;
        self
    }

    /// Reads the settings of version 1 from environment variables. Version 2 needs a token source, which a variable
    /// cannot hold.
    ///
    /// | Variable | Value |
    /// |---|---|
    /// | `TUTELAR_API_KEY` | the API key |
    /// | `TUTELAR_SECRET_KEY` | the secret key |
    /// | `TUTELAR_DEFEATED_MEANS` | `merchant_won`, `merchant_lost` or `refuse` |
    /// | `TUTELAR_BASE_URL` | optional; another address |
    ///
    /// # Errors
    ///
    /// Returns [`Error::Configuration`] with every variable that is missing or invalid.
    pub fn from_env() -> Result<Self, Error> {
        Self::from_vars(process_env)
    }

    /// Reads the same settings as [`from_env`](Self::from_env) from another source.
    ///
    /// ```
    /// use chargeback::tutelar::Tutelar;
    ///
    /// let tutelar = Tutelar::from_vars(|name| match name {
    ///     "TUTELAR_API_KEY" => Some("api-key".into()),
    ///     "TUTELAR_SECRET_KEY" => Some("secret-key".into()),
    ///     "TUTELAR_DEFEATED_MEANS" => Some("refuse".into()),
    ///     _ => None,
    /// })?;
    /// # Ok::<(), chargeback::Error>(())
    /// ```
    ///
    /// # Errors
    ///
    /// Returns [`Error::Configuration`] with every variable that is missing or invalid.
    pub fn from_vars(get: impl Fn(&str) -> Option<String>) -> Result<Self, Error> {
        let mut env = EnvReader::new(&get);
        let api_key = env.secret("TUTELAR_API_KEY");
        let secret_key = env.secret("TUTELAR_SECRET_KEY");
        let defeated_means = env.choice("TUTELAR_DEFEATED_MEANS", DefeatedMeans::ALL);
        let base_url = env.base_url("TUTELAR_BASE_URL");
        let tutelar =
            api_key.zip(secret_key).zip(defeated_means).map(|((key, secret), means)| Self::v1(key, secret, means));
        env.finish(ID, tutelar.map(|tutelar| base_url.into_iter().fold(tutelar, Self::base_url)))
    }
}
