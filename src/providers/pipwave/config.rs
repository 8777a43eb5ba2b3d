//! The settings of the Pipwave connector.

use crate::connector::BaseUrl;
use crate::error::Error;
use crate::model::ProviderId;
use crate::providers::env::{EnvReader, process_env};
use crate::util::secret::Secret;
use crate::util::string_enum::string_enum;

/// Pipwave's id in vendor references, receipts, errors and logs: `pipwave`.
pub const ID: ProviderId = ProviderId::from_static("pipwave");

/// The largest length of an API key on Pipwave's page, in characters. The vendor's PHP model allows 64.
pub(super) const MAX_API_KEY: usize = 32;

string_enum! {
    path = "chargeback::pipwave";
    /// Pipwave's environments.
    pub enum Environment {
        /// `https://api.pipwave.com`
        Live = "live",
        /// `https://staging-api.pipwave.com`
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

/// The Pipwave connector: API key, API secret and address.
///
/// ```
/// use chargeback::HttpProvider;
/// use chargeback::pipwave::{Environment, Pipwave};
///
/// let pipwave = HttpProvider::new(Pipwave::new("api-key", "api-secret", Environment::Staging))?;
/// # Ok::<(), chargeback::Error>(())
/// ```
#[derive(Debug, Clone)]
pub struct Pipwave {
    pub(super) base_url: BaseUrl,
    pub(super) api_key: Secret,
    pub(super) api_secret: Secret,
}

impl Pipwave {
    /// Creates a Pipwave connector. The key is sent with each request and has at most 32 characters; the secret only
    /// signs requests.
    pub fn new(api_key: impl Into<Secret>, api_secret: impl Into<Secret>, environment: Environment) -> Self {
        Self { base_url: environment.base_url(), api_key: api_key.into(), api_secret: api_secret.into() }
    }

    /// Sets another address, such as a local test server. Requests go to `/payment` below it.
    #[must_use]
    pub fn base_url(mut self, base_url: BaseUrl) -> Self {
        self.base_url = base_url;
        self
    }

    /// Reads the settings from environment variables.
    ///
    /// | Variable | Value |
    /// |---|---|
    /// | `PIPWAVE_API_KEY` | the API key |
    /// | `PIPWAVE_API_SECRET` | the API secret |
    /// | `PIPWAVE_ENVIRONMENT` | `live` or `staging` |
    /// | `PIPWAVE_BASE_URL` | optional; replaces the address of the environment |
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
    /// use chargeback::pipwave::Pipwave;
    ///
    /// let pipwave = Pipwave::from_vars(|name| match name {
    ///     "PIPWAVE_API_KEY" => Some("api-key".into()),
    ///     "PIPWAVE_API_SECRET" => Some("api-secret".into()),
    ///     "PIPWAVE_ENVIRONMENT" => Some("live".into()),
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
        let key = env.secret("PIPWAVE_API_KEY");
        let secret = env.secret("PIPWAVE_API_SECRET");
        let environment = env.choice("PIPWAVE_ENVIRONMENT", Environment::ALL);
        let base_url = env.base_url("PIPWAVE_BASE_URL");
        let pipwave =
            key.zip(secret).zip(environment).map(|((key, secret), environment)| Self::new(key, secret, environment));
        env.finish(ID, pipwave.map(|pipwave| base_url.into_iter().fold(pipwave, Self::base_url)))
    }
}
