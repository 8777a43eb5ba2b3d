//! The settings of the Ravelin connector.

use crate::connector::BaseUrl;
use crate::error::Error;
use crate::model::ProviderId;
use crate::providers::env::{EnvReader, process_env};
use crate::util::secret::Secret;
use crate::util::string_enum::string_enum;

/// Ravelin's id in vendor references, receipts, errors and logs: `ravelin`.
pub const ID: ProviderId = ProviderId::from_static("ravelin");

/// The only address. The key selects the live or the test account.
const PRODUCTION: BaseUrl = BaseUrl::from_static("https://api.ravelin.com");

string_enum! {
    path = "chargeback::ravelin";
    /// The handling of alerts. Ravelin counts an early fraud warning as a dispute, and by the merchant's settings there
    /// it blocks the customer's future orders, so there is no default.
    pub enum Alerts {
        /// Sends an alert as `EARLY_FRAUD_WARNING`.
        Send = "send",
        /// Refuses to report an alert.
        Refuse = "refuse",
    }
}

string_enum! {
    path = "chargeback::ravelin";
    /// The value of `nonFraud` for a reason that does not show whether the customer claims fraud: `unrecognized`,
    /// `no_reply`, `other` and unknown reasons. Ravelin does not document a missing `nonFraud`, which may count as
    /// fraud (medium confidence), so there is no default.
    pub enum UnclearReasons {
        /// The reasons count as fraud: `nonFraud` is false.
        Fraud = "fraud",
        /// The reasons do not count as fraud: `nonFraud` is true.
        NonFraud = "non_fraud",
        /// `nonFraud` is left out.
        LeaveOut = "leave_out",
    }
}

/// The Ravelin connector: secret key, address, and the handling of alerts and unclear reasons.
///
/// ```
/// use chargeback::HttpProvider;
/// use chargeback::ravelin::{Alerts, Ravelin, UnclearReasons};
///
/// let ravelin = HttpProvider::new(Ravelin::new("sk_test_1", Alerts::Refuse, UnclearReasons::LeaveOut))?;
/// # Ok::<(), chargeback::Error>(())
/// ```
#[derive(Debug, Clone)]
pub struct Ravelin {
    pub(super) base_url: BaseUrl,
    pub(super) secret_key: Secret,
    /// The value of the header `Authorization`, which is the same for every request.
    pub(super) authorization: Secret,
    pub(super) alerts: Alerts,
    pub(super) unclear_reasons: UnclearReasons,
}

impl Ravelin {
    /// Creates a Ravelin connector. A publishable key (`pk_...`) is refused when the provider is built.
    ///
    /// ```
    /// use chargeback::ravelin::{Alerts, Ravelin, UnclearReasons};
    /// use chargeback::{Error, HttpProvider};
    ///
    /// let ravelin = Ravelin::new("pk_live_1", Alerts::Refuse, UnclearReasons::NonFraud);
    /// assert!(matches!(HttpProvider::new(ravelin), Err(Error::Configuration(_))));
    /// ```
    pub fn new(secret_key: impl Into<Secret>, alerts: Alerts, unclear_reasons: UnclearReasons) -> Self {
        let secret_key = secret_key.into();
        let authorization = Secret::joined(&["token ", secret_key.expose()]);
        Self { base_url: PRODUCTION, secret_key, authorization, alerts, unclear_reasons }
    }

    /// Sets another address, such as a local test server. Requests go to `/v2/dispute` below it.
    #[must_use]
    pub fn base_url(mut self, base_url: BaseUrl) -> Self {
        self.base_url = base_url;
        self
    }

    /// Reads the settings from environment variables.
    ///
    /// | Variable | Value |
    /// |---|---|
    /// | `RAVELIN_SECRET_KEY` | the secret key |
    /// | `RAVELIN_ALERTS` | `send` or `refuse` |
    /// | `RAVELIN_UNCLEAR_REASONS` | `fraud`, `non_fraud` or `leave_out` |
    /// | `RAVELIN_BASE_URL` | optional; replaces the address of Ravelin |
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
    /// use chargeback::ravelin::Ravelin;
    ///
    /// let ravelin = Ravelin::from_vars(|name| match name {
    ///     "RAVELIN_SECRET_KEY" => Some("sk_test_1".into()),
    ///     "RAVELIN_ALERTS" => Some("refuse".into()),
    ///     "RAVELIN_UNCLEAR_REASONS" => Some("leave_out".into()),
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
        let key = env.secret("RAVELIN_SECRET_KEY");
        let alerts = env.choice("RAVELIN_ALERTS", Alerts::ALL);
        let unclear = env.choice("RAVELIN_UNCLEAR_REASONS", UnclearReasons::ALL);
        let base_url = env.base_url("RAVELIN_BASE_URL");
        let ravelin = key.zip(alerts).zip(unclear).map(|((key, alerts), unclear)| Self::new(key, alerts, unclear));
        env.finish(ID, ravelin.map(|ravelin| base_url.into_iter().fold(ravelin, Self::base_url)))
    }
}
