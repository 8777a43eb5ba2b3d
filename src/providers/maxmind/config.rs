//! The settings of the MaxMind connector.

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD as BASE64;

use crate::connector::BaseUrl;
use crate::error::Error;
use crate::model::ProviderId;
use crate::providers::env::{EnvReader, process_env};
use crate::util::secret::Secret;
use crate::util::string_enum::string_enum;

/// MaxMind's id in vendor references, receipts, errors and logs: `maxmind`.
pub const ID: ProviderId = ProviderId::from_static("maxmind");

/// The only documented address. MaxMind's sandbox has no report call.
const PRODUCTION: BaseUrl = BaseUrl::from_static("https://minfraud.maxmind.com");

string_enum! {
    path = "chargeback::maxmind";
    /// The tag of a case that the merchant won or that was reversed. None of the three is right for every merchant, so
    /// there is no default.
    pub enum WonTag {
        /// Removes the tag: the report was wrong, and nothing is known about the payment.
        Clear = "clear",
        /// Tags the payment as honest. A won case does not prove that.
        NotFraud = "not_fraud",
        /// Keeps the tag `chargeback`: the payment was charged back, and the result changes nothing.
        Chargeback = "chargeback",
    }
}

/// The MaxMind connector: account, license key, and the tag of a won case.
///
/// ```
/// use chargeback::HttpProvider;
/// use chargeback::maxmind::{MaxMind, WonTag};
///
/// let maxmind = HttpProvider::new(MaxMind::new(100_001, "license-key", WonTag::Clear))?;
/// # Ok::<(), chargeback::Error>(())
/// ```
#[derive(Debug, Clone)]
pub struct MaxMind {
    pub(super) base_url: BaseUrl,
    pub(super) license_key: Secret,
    /// The value of the header `Authorization`, which is the same for every request.
    pub(super) authorization: Secret,
    pub(super) won_tag: WonTag,
    pub(super) fraud_reasons_only: bool,
    pub(super) order_id_as_transaction_id: bool,
}

impl MaxMind {
    /// Creates a MaxMind connector. `account_id` is the number of the account, and `won_tag` the tag of a won case.
    ///
    /// ```
    /// use chargeback::maxmind::{MaxMind, WonTag};
    /// use chargeback::{Error, HttpProvider};
    ///
    /// let maxmind = MaxMind::new(100_001, " ", WonTag::NotFraud);
    /// assert!(matches!(HttpProvider::new(maxmind), Err(Error::Configuration(_))));
    /// ```
    pub fn new(account_id: u64, license_key: impl Into<Secret>, won_tag: WonTag) -> Self {
        let license_key = license_key.into();
        let pair = Secret::joined(&[&account_id.to_string(), ":", license_key.expose()]);
        let encoded = Secret::new(BASE64.encode(pair.expose()));
        Self {
            base_url: PRODUCTION,
            license_key,
            authorization: Secret::joined(&["Basic ", encoded.expose()]),
            won_tag,
            fraud_reasons_only: false,
            order_id_as_transaction_id: false,
        }
    }

    /// Sets another address, such as a local test server. Requests go to `/minfraud/v2.0/transactions/report` below it.
    #[must_use]
    pub fn base_url(mut self, base_url: BaseUrl) -> Self {
        self.base_url = base_url;
        self
    }

    /// Refuses reports of a reason other than `fraud_*`. By default they are sent, with a loss: to MaxMind, the tag
    /// `chargeback` means fraud, so it raises the scores of an honest customer.
    ///
    /// ```
    /// use chargeback::maxmind::{MaxMind, WonTag};
    /// use chargeback::{Chargeback, ChargebackProvider as _, Error, HttpProvider, Reason, Stage};
    ///
    /// let maxmind = HttpProvider::new(MaxMind::new(100_001, "key", WonTag::Clear).fraud_reasons_only())?;
    /// let time = "2026-10-03T09:12:00Z".parse()?;
    /// let late = Chargeback::builder("CB-1", Stage::Received, Reason::NotReceived, time).transaction_id("t-1");
    /// assert!(matches!(maxmind.plan(&late.build()?), Err(Error::Unsupported(_))));
    /// # Ok::<(), Box<dyn std::error::Error>>(())
    /// ```
    #[must_use]
    pub const fn fraud_reasons_only(mut self) -> Self {
        self.fraud_reasons_only = true;
        self
    }

    /// Sends the order id as `transaction_id`, for merchants who scored the payment with the order id as minFraud's
    /// `event.transaction_id`. By default, the [transaction id](crate::ChargebackBuilder::transaction_id) is sent.
    #[must_use]
    pub const fn order_id_as_transaction_id(mut self) -> Self {
        self.order_id_as_transaction_id = true;
        self
    }

    /// Reads the settings from environment variables.
    ///
    /// | Variable | Value |
    /// |---|---|
    /// | `MAXMIND_ACCOUNT_ID` | the number of the account |
    /// | `MAXMIND_LICENSE_KEY` | the license key |
    /// | `MAXMIND_WON_TAG` | `clear`, `not_fraud` or `chargeback` |
    /// | `MAXMIND_BASE_URL` | optional; replaces the address of MaxMind |
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
    /// use chargeback::maxmind::MaxMind;
    ///
    /// let maxmind = MaxMind::from_vars(|name| match name {
    ///     "MAXMIND_ACCOUNT_ID" => Some("100001".into()),
    ///     "MAXMIND_LICENSE_KEY" => Some("license-key".into()),
    ///     "MAXMIND_WON_TAG" => Some("clear".into()),
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
        let account = env.number("MAXMIND_ACCOUNT_ID");
        let key = env.secret("MAXMIND_LICENSE_KEY");
        let won_tag = env.choice("MAXMIND_WON_TAG", WonTag::ALL);
        let base_url = env.base_url("MAXMIND_BASE_URL");
        let maxmind = account.zip(key).zip(won_tag).map(|((account, key), won)| Self::new(account, key, won));
        env.finish(ID, maxmind.map(|maxmind| base_url.into_iter().fold(maxmind, Self::base_url)))
    }
}
