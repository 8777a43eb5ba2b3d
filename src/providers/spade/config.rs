//! The settings of the Spade connector.

use crate::connector::BaseUrl;
use crate::error::Error;
use crate::model::ProviderId;
use crate::providers::env::{EnvReader, process_env};
use crate::util::secret::Secret;
use crate::util::string_enum::string_enum;

/// Spade's id in vendor references, receipts, errors and logs: `spade`.
pub const ID: ProviderId = ProviderId::from_static("spade");

string_enum! {
    path = "chargeback::spade";
    /// The party whose win `chargeback_won` stands for.
    pub enum WonMeans {
        /// The merchant: a case that the merchant won is sent as `chargeback_won`.
        MerchantWon = "merchant_won",
        /// The issuer: a case that the merchant won is sent as `chargeback_lost`.
        IssuerWon = "issuer_won",
    }
}

string_enum! {
    path = "chargeback::spade";
    /// Spade's environments. Report an enrichment to the region that created it.
    pub enum Environment {
        /// `https://east.sandbox.spade.com`
        EastSandbox = "east_sandbox",
        /// `https://east.api.spade.com`
        EastProduction = "east_production",
        /// `https://west.sandbox.spade.com`
        WestSandbox = "west_sandbox",
        /// `https://west.api.spade.com`
        WestProduction = "west_production",
    }
}

impl Environment {
    const fn base_url(self) -> BaseUrl {
        match self {
            Self::EastSandbox => BaseUrl::from_static("https://east.sandbox.spade.com"),
            Self::EastProduction => BaseUrl::from_static("https://east.api.spade.com"),
            Self::WestSandbox => BaseUrl::from_static("https://west.sandbox.spade.com"),
            Self::WestProduction => BaseUrl::from_static("https://west.api.spade.com"),
        }
    }
}

/// The Spade connector: API key, address, and the meaning of `chargeback_won`.
///
/// ```
/// use chargeback::HttpProvider;
/// use chargeback::spade::{Environment, Spade, WonMeans};
///
/// let spade = HttpProvider::new(Spade::new("api-key", Environment::EastSandbox, WonMeans::IssuerWon))?;
/// # Ok::<(), chargeback::Error>(())
/// ```
#[derive(Debug, Clone)]
pub struct Spade {
    pub(super) base_url: BaseUrl,
    pub(super) api_key: Secret,
    pub(super) won_means: WonMeans,
}

impl Spade {
    /// Creates a Spade connector. `won_means` sets whose win `chargeback_won` stands for. Each environment has its own
    /// API keys.
    ///
    /// ```
    /// use chargeback::spade::{Environment, Spade, WonMeans};
    /// use chargeback::{Error, HttpProvider};
    ///
    /// let spade = Spade::new(" ", Environment::WestProduction, WonMeans::MerchantWon);
    /// assert!(matches!(HttpProvider::new(spade), Err(Error::Configuration(_))));
    /// ```
    pub fn new(api_key: impl Into<Secret>, environment: Environment, won_means: WonMeans) -> Self {
        Self { base_url: environment.base_url(), api_key: api_key.into(), won_means }
    }

    /// Sets another address, such as a local test server. Requests go to `/enrichments/{id}/...` below it.
    ///
    /// ```
    /// use chargeback::spade::{Environment, Spade, WonMeans};
    ///
    /// let spade = Spade::new("api-key", Environment::EastSandbox, WonMeans::IssuerWon)
    ///     .base_url("http://127.0.0.1:8080".parse()?);
    /// # Ok::<(), chargeback::connector::ParseBaseUrlError>(())
    /// ```
    #[must_use]
    pub fn base_url(mut self, base_url: BaseUrl) -> Self {
        self.base_url = base_url;
        self
    }

    /// Reads the settings from environment variables.
    ///
    /// | Variable | Value |
    /// |---|---|
    /// | `SPADE_API_KEY` | the API key |
    /// | `SPADE_ENVIRONMENT` | `east_sandbox`, `east_production`, `west_sandbox` or `west_production` |
    /// | `SPADE_WON_MEANS` | `merchant_won` or `issuer_won` |
    /// | `SPADE_BASE_URL` | optional; replaces the address of the environment |
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
    /// use chargeback::spade::Spade;
    ///
    /// let spade = Spade::from_vars(|name| match name {
    ///     "SPADE_API_KEY" => Some("api-key".into()),
    ///     "SPADE_ENVIRONMENT" => Some("west_production".into()),
    ///     "SPADE_WON_MEANS" => Some("issuer_won".into()),
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
        let key = env.secret("SPADE_API_KEY");
        let environment = env.choice("SPADE_ENVIRONMENT", Environment::ALL);
        let won_means = env.choice("SPADE_WON_MEANS", WonMeans::ALL);
        let base_url = env.base_url("SPADE_BASE_URL");
        let spade =
            key.zip(environment).zip(won_means).map(|((key, environment), won)| Self::new(key, environment, won));
        env.finish(ID, spade.map(|spade| base_url.into_iter().fold(spade, Self::base_url)))
    }
}
