//! The settings of the SEON connector.

use super::label::Label;
use crate::connector::BaseUrl;
use crate::error::Error;
use crate::model::ProviderId;
use crate::providers::env::{EnvReader, process_env};
use crate::util::secret::Secret;
use crate::util::string_enum::string_enum;

/// SEON's id in vendor references, receipts, errors and logs: `seon`.
pub const ID: ProviderId = ProviderId::from_static("seon");

string_enum! {
    path = "chargeback::seon";
    /// SEON's regions. Report to the region of the account.
    pub enum Environment {
        /// `https://api.seon.io`
        Eu = "eu",
        /// `https://api.us-east-1-main.seon.io` (medium confidence)
        Us = "us",
        /// `https://api.ap-southeast-1-main.seon.io` (medium confidence)
        AsiaPacific = "asia_pacific",
    }
}

string_enum! {
    path = "chargeback::seon";
    /// The label of a case that was won, reversed or withdrawn. A positive label states that the payment was good,
    /// which a won case does not prove, so there is no default.
    pub enum WonLabel {
        /// Refuses the report. The label of the chargeback stays.
        Refuse = "refuse",
        /// The payment was approved.
        MarkedAsApproved = "ecommerce_marked_as_approved",
        /// The chargeback was a false alert.
        FalseAlert = "ecommerce_false_alert",
    }
}

impl WonLabel {
    pub(super) const fn label(self) -> Option<Label> {
        match self {
            Self::Refuse => None,
            Self::MarkedAsApproved => Some(Label::EcommerceMarkedAsApproved),
            Self::FalseAlert => Some(Label::EcommerceFalseAlert),
        }
    }
}

impl Environment {
    const fn base_url(self) -> BaseUrl {
        match self {
            Self::Eu => BaseUrl::from_static("https://api.seon.io"),
            Self::Us => BaseUrl::from_static("https://api.us-east-1-main.seon.io"),
            Self::AsiaPacific => BaseUrl::from_static("https://api.ap-southeast-1-main.seon.io"),
        }
    }
}

/// The SEON connector: license key, address, and the label of a won case.
///
/// ```
/// use chargeback::HttpProvider;
/// use chargeback::seon::{Environment, Seon, WonLabel};
///
/// let seon = HttpProvider::new(Seon::new("license-key", Environment::Eu, WonLabel::FalseAlert))?;
/// # Ok::<(), chargeback::Error>(())
/// ```
#[derive(Debug, Clone)]
pub struct Seon {
    pub(super) base_url: BaseUrl,
    pub(super) license_key: Secret,
    pub(super) won_label: WonLabel,
    pub(super) order_id_as_transaction_id: bool,
}

impl Seon {
    /// Creates a SEON connector. `won_label` is the label of a case that was won, reversed or withdrawn.
    ///
    /// ```
    /// use chargeback::seon::{Environment, Seon, WonLabel};
    /// use chargeback::{Error, HttpProvider};
    ///
    /// let seon = Seon::new(" ", Environment::Us, WonLabel::Refuse);
    /// assert!(matches!(HttpProvider::new(seon), Err(Error::Configuration(_))));
    /// ```
    pub fn new(license_key: impl Into<Secret>, environment: Environment, won_label: WonLabel) -> Self {
        let license_key = license_key.into();
        Self { base_url: environment.base_url(), license_key, won_label, order_id_as_transaction_id: false }
    }

    /// Sets another address, such as a local test server. Requests go to
    /// `/SeonRestService/fraud-api/transaction-label/v2` below it.
    #[must_use]
    pub fn base_url(mut self, base_url: BaseUrl) -> Self {
        self.base_url = base_url;
        self
    }

    /// Sends the order id as `transaction_id`, for merchants who gave the order id to SEON's Fraud API. By default, the
    /// [transaction id](crate::ChargebackBuilder::transaction_id) is sent.
    #[must_use]
    pub const fn order_id_as_transaction_id(mut self) -> Self {
        self.order_id_as_transaction_id = true;
        self
    }

    /// Reads the settings from environment variables.
    ///
    /// | Variable | Value |
    /// |---|---|
    /// | `SEON_LICENSE_KEY` | the license key |
    /// | `SEON_ENVIRONMENT` | `eu`, `us` or `asia_pacific` |
    /// | `SEON_WON_LABEL` | `refuse`, `ecommerce_marked_as_approved` or `ecommerce_false_alert` |
    /// | `SEON_BASE_URL` | optional; replaces the address of the environment |
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
    /// use chargeback::seon::Seon;
    ///
    /// let seon = Seon::from_vars(|name| match name {
    ///     "SEON_LICENSE_KEY" => Some("license-key".into()),
    ///     "SEON_ENVIRONMENT" => Some("eu".into()),
    ///     "SEON_WON_LABEL" => Some("refuse".into()),
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
        let key = env.secret("SEON_LICENSE_KEY");
        let environment = env.choice("SEON_ENVIRONMENT", Environment::ALL);
        let won_label = env.choice("SEON_WON_LABEL", WonLabel::ALL);
        let base_url = env.base_url("SEON_BASE_URL");
        let seon = key.zip(environment).zip(won_label).map(|((key, place), won)| Self::new(key, place, won));
        env.finish(ID, seon.map(|seon| base_url.into_iter().fold(seon, Self::base_url)))
    }
}
