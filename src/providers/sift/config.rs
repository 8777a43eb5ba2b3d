//! The settings of the Sift connector.

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD as BASE64;

use crate::connector::BaseUrl;
use crate::error::Error;
use crate::model::ProviderId;
use crate::providers::env::{EnvReader, process_env};
use crate::util::secret::Secret;

/// Sift's id in vendor references, receipts, errors and logs: `sift`.
pub const ID: ProviderId = ProviderId::from_static("sift");

/// The only address. The key selects the production or the sandbox account.
const PRODUCTION: BaseUrl = BaseUrl::from_static("https://api.sift.com");

/// The Sift connector: API key and address.
///
/// ```
/// use chargeback::HttpProvider;
/// use chargeback::sift::Sift;
///
/// let sift = HttpProvider::new(Sift::new("api-key"))?;
/// # Ok::<(), chargeback::Error>(())
/// ```
#[derive(Debug, Clone)]
pub struct Sift {
    pub(super) base_url: BaseUrl,
    pub(super) api_key: Secret,
    /// The value of the header `Authorization` of decisions. Events have the key in the body.
    pub(super) authorization: Secret,
}

impl Sift {
    /// Creates a Sift connector. A production key reports to the production account, and a sandbox key to the sandbox.
    ///
    /// ```
    /// use chargeback::sift::Sift;
    /// use chargeback::{Error, HttpProvider};
    ///
    /// assert!(matches!(HttpProvider::new(Sift::new(" ")), Err(Error::Configuration(_))));
    /// ```
    pub fn new(api_key: impl Into<Secret>) -> Self {
        let api_key = api_key.into();
        // The key is the user name, and the password is empty.
        let pair = Secret::joined(&[api_key.expose(), ":"]);
        let encoded = Secret::new(BASE64.encode(pair.expose()));
        Self { base_url: PRODUCTION, api_key, authorization: Secret::joined(&["Basic ", encoded.expose()]) }
    }

    /// Sets another address, such as a local test server. Requests go to `/v205/events` and `/v3/accounts/...` below
    /// it.
    #[must_use]
    pub fn base_url(mut self, base_url: BaseUrl) -> Self {
        self.base_url = base_url;
        self
    }

    /// Reads the settings from environment variables.
    ///
    /// | Variable | Value |
    /// |---|---|
    /// | `SIFT_API_KEY` | the API key |
    /// | `SIFT_BASE_URL` | optional; replaces the address of Sift |
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
    /// use chargeback::sift::Sift;
    ///
    /// let sift = Sift::from_vars(|name| (name == "SIFT_API_KEY").then(|| "api-key".into()))?;
    /// # Ok::<(), chargeback::Error>(())
    /// ```
    ///
    /// # Errors
    ///
    /// Returns [`Error::Configuration`] with every variable that is missing or invalid.
    pub fn from_vars(get: impl Fn(&str) -> Option<String>) -> Result<Self, Error> {
        let mut env = EnvReader::new(&get);
        let key = env.secret("SIFT_API_KEY");
        let base_url = env.base_url("SIFT_BASE_URL");
        env.finish(ID, key.map(|key| base_url.into_iter().fold(Self::new(key), Self::base_url)))
    }
}
