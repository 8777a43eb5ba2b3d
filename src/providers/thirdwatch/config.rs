//! The settings of the Thirdwatch connector.

use crate::connector::BaseUrl;
use crate::error::Error;
use crate::model::ProviderId;
use crate::providers::env::{EnvReader, process_env};
use crate::util::secret::Secret;
use crate::util::string_enum::string_enum;

/// Thirdwatch's id in vendor references, receipts, errors and logs: `thirdwatch`.
pub const ID: ProviderId = ProviderId::from_static("thirdwatch");

string_enum! {
    path = "chargeback::thirdwatch";
    /// Thirdwatch's environments.
    pub enum Environment {
        /// `https://api.thirdwatch.ai/event`
        Production = "production",
        /// `https://staging.thirdwatch.co/event`, from older clients
        Staging = "staging",
    }
}

impl Environment {
    const fn base_url(self) -> BaseUrl {
        match self {
            Self::Production => BaseUrl::from_static("https://api.thirdwatch.ai/event"),
            Self::Staging => BaseUrl::from_static("https://staging.thirdwatch.co/event"),
        }
    }
}

/// The Thirdwatch connector: API key, address, and the choice to tag users after fraud.
///
/// ```
/// use chargeback::HttpProvider;
/// use chargeback::thirdwatch::{Environment, Thirdwatch};
///
/// let thirdwatch = HttpProvider::new(Thirdwatch::new("api-key", Environment::Staging).tag_after_fraud())?;
/// # Ok::<(), chargeback::Error>(())
/// ```
#[derive(Debug, Clone)]
pub struct Thirdwatch {
    pub(super) base_url: BaseUrl,
    pub(super) api_key: Secret,
    pub(super) tag_after_fraud: bool,
}

impl Thirdwatch {
    /// Creates a Thirdwatch connector that does not tag users.
    pub fn new(api_key: impl Into<Secret>, environment: Environment) -> Self {
        Self { base_url: environment.base_url(), api_key: api_key.into(), tag_after_fraud: false }
    }

    /// Sets another address, such as a local test server. Requests go to `/v1/chargeback`, `/v1/tag` or `/v1/untag`
    /// below it.
    #[must_use]
    pub fn base_url(mut self, base_url: BaseUrl) -> Self {
        self.base_url = base_url;
        self
    }

    /// Makes a report also tag the user as bad (`_isBad`, `_paymentAbuse`) if the reason is `fraud_*`. The stages
    /// `won`, `reversed` and `withdrawn` are not tagged. By default, no report tags a user.
    ///
    /// - A guest's session id is tagged in place of the user id.
    /// - A tag overwrites the tag before, also that of an analyst. No report removes a tag;
    ///   [`untag`](crate::HttpProvider::untag) does.
    /// - If the tag fails, the chargeback remains reported, and the receipt is
    ///   [not complete](crate::Receipt::is_complete).
    ///
    /// ```
    /// use chargeback::thirdwatch::{Environment, Thirdwatch};
    /// use chargeback::{Chargeback, ChargebackProvider as _, HttpProvider, Reason, Stage};
    ///
    /// let thirdwatch = HttpProvider::new(Thirdwatch::new("api-key", Environment::Staging).tag_after_fraud())?;
    /// let received = Chargeback::builder("CB-1", Stage::Received, Reason::FraudOther, "2026-10-03T09:12:00Z".parse()?)
    ///     .user_id("user-17")
    ///     .build()?;
    /// let operations: Vec<_> = thirdwatch.plan(&received)?.steps().iter().map(|step| step.operation()).collect();
    /// assert_eq!(operations, ["report_chargeback", "tag"]);
    /// # Ok::<(), Box<dyn std::error::Error>>(())
    /// ```
    #[must_use]
    pub const fn tag_after_fraud(mut self) -> Self {
        self.tag_after_fraud = true;
        self
    }

    /// Reads the settings from environment variables.
    ///
    /// | Variable | Value |
    /// |---|---|
    /// | `THIRDWATCH_API_KEY` | the API key |
    /// | `THIRDWATCH_ENVIRONMENT` | `production` or `staging` |
    /// | `THIRDWATCH_BASE_URL` | optional; replaces the address of the environment |
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
    /// use chargeback::thirdwatch::Thirdwatch;
    ///
    /// let thirdwatch = Thirdwatch::from_vars(|name| match name {
    ///     "THIRDWATCH_API_KEY" => Some("api-key".into()),
    ///     "THIRDWATCH_ENVIRONMENT" => Some("staging".into()),
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
        let key = env.secret("THIRDWATCH_API_KEY");
        let environment = env.choice("THIRDWATCH_ENVIRONMENT", Environment::ALL);
        let base_url = env.base_url("THIRDWATCH_BASE_URL");
        let thirdwatch = key.zip(environment).map(|(key, environment)| Self::new(key, environment));
        env.finish(ID, thirdwatch.map(|thirdwatch| base_url.into_iter().fold(thirdwatch, Self::base_url)))
    }
}
