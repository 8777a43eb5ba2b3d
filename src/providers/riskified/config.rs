//! The settings of the Riskified connector.

use http::HeaderValue;

use crate::connector::BaseUrl;
use crate::error::Error;
use crate::model::ProviderId;
use crate::providers::env::{EnvReader, check_secret, process_env};
use crate::util::secret::Secret;
use crate::util::string_enum::string_enum;
use crate::util::violation::Violation;

/// Riskified's id in vendor references, receipts, errors and logs: `riskified`.
pub const ID: ProviderId = ProviderId::from_static("riskified");

string_enum! {
    path = "chargeback::riskified";
    /// Riskified's environments.
    pub enum Environment {
        /// `https://wh.riskified.com`
        Production = "production",
        /// `https://sandbox.riskified.com`
        Sandbox = "sandbox",
    }
}

impl Environment {
    const fn base_url(self) -> BaseUrl {
        match self {
            Self::Production => BaseUrl::from_static("https://wh.riskified.com"),
            Self::Sandbox => BaseUrl::from_static("https://sandbox.riskified.com"),
        }
    }
}

/// The Riskified connector: shop domain, auth token and address.
///
/// ```
/// use chargeback::HttpProvider;
/// use chargeback::riskified::{Environment, Riskified};
///
/// let riskified = HttpProvider::new(Riskified::new("shop.example.com", "auth-token", Environment::Sandbox))?;
/// # Ok::<(), chargeback::Error>(())
/// ```
#[derive(Debug, Clone)]
pub struct Riskified {
    pub(super) base_url: BaseUrl,
    pub(super) shop_domain: String,
    pub(super) auth_token: Secret,
}

impl Riskified {
    /// Creates a Riskified connector. `shop_domain` is the registered domain of the shop, and `auth_token` signs the
    /// requests.
    ///
    /// ```
    /// use chargeback::riskified::{Environment, Riskified};
    /// use chargeback::{Error, HttpProvider};
    ///
    /// // Riskified's clients turn other characters into different bytes.
    /// let riskified = Riskified::new("shop.example.com", "t\u{f6}ken", Environment::Production);
    /// assert!(matches!(HttpProvider::new(riskified), Err(Error::Configuration(_))));
    /// ```
    pub fn new(shop_domain: impl Into<String>, auth_token: impl Into<Secret>, environment: Environment) -> Self {
        let (shop_domain, auth_token) = (shop_domain.into(), auth_token.into());
        Self { base_url: environment.base_url(), shop_domain, auth_token }
    }

    /// Sets another address, such as a local test server. Requests go to `/api/decision` and `/api/chargeback` below
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
    /// | `RISKIFIED_SHOP_DOMAIN` | the registered domain of the shop |
    /// | `RISKIFIED_AUTH_TOKEN` | the auth token |
    /// | `RISKIFIED_ENVIRONMENT` | `production` or `sandbox` |
    /// | `RISKIFIED_BASE_URL` | optional; replaces the address of the environment |
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
    /// use chargeback::riskified::Riskified;
    ///
    /// let riskified = Riskified::from_vars(|name| match name {
    ///     "RISKIFIED_SHOP_DOMAIN" => Some("shop.example.com".into()),
    ///     "RISKIFIED_AUTH_TOKEN" => Some("auth-token".into()),
    ///     "RISKIFIED_ENVIRONMENT" => Some("sandbox".into()),
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
        let domain = env.required("RISKIFIED_SHOP_DOMAIN");
        let token = env.secret("RISKIFIED_AUTH_TOKEN");
        let environment = env.choice("RISKIFIED_ENVIRONMENT", Environment::ALL);
        let base_url = env.base_url("RISKIFIED_BASE_URL");
        let riskified = domain.zip(token).zip(environment);
        let riskified = riskified.map(|((domain, token), environment)| Self::new(domain, token, environment));
        env.finish(ID, riskified.map(|riskified| base_url.into_iter().fold(riskified, Self::base_url)))
    }

    /// Returns the rules that the settings break.
    pub(super) fn violations(&self) -> Vec<Violation> {
        let mut violations = Vec::new();
        if self.shop_domain.trim().is_empty() {
            violations.push(Violation::new("shop_domain", "must not be empty"));
        } else if HeaderValue::from_str(&self.shop_domain).is_err() || self.shop_domain.trim() != self.shop_domain {
            violations.push(Violation::new("shop_domain", "has a character that a header cannot carry"));
        }
        violations.extend(check_secret("auth_token", &self.auth_token));
        if !self.auth_token.expose().is_ascii() {
            violations.push(Violation::new("auth_token", "must have ASCII characters only"));
        }
        violations
    }
}
