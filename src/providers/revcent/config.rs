//! Settings of the RevCent connector.

use crate::connector::BaseUrl;
use crate::error::Error;
use crate::model::ProviderId;
use crate::providers::env::{EnvReader, process_env};
use crate::util::secret::Secret;

/// RevCent's id in references, receipts, errors and logs: `revcent`.
pub const ID: ProviderId = ProviderId::from_static("revcent");

/// First call of a report that has no RevCent id for the case. The [module](super) describes how a case is found.
///
/// If the model or an earlier report through this provider has that id, the report reads and edits the record, and
/// this setting has no effect.
///
/// ```
/// use chargeback::revcent::{FirstReport, RevCent};
/// use chargeback::{Chargeback, ChargebackProvider as _, HttpProvider, Reason, Stage};
///
/// let received = Chargeback::builder("CB-1", Stage::Received, Reason::NotReceived, "2026-10-03T09:12:00Z".parse()?)
///     .gateway_transaction_id("ch_3Q0")
///     .build()?;
/// for (first, operation) in
///     [(FirstReport::SearchFirst, "search_chargebacks"), (FirstReport::CreateAtOnce, "create_chargeback")]
/// {
///     let revcent = HttpProvider::new(RevCent::new("rc-key").first_report(first))?;
///     assert_eq!(revcent.plan(&received)?.steps()[0].operation(), operation);
/// }
/// # Ok::<(), Box<dyn std::error::Error>>(())
/// ```
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
#[non_exhaustive]
pub enum FirstReport {
    /// Searches for the case key, then for the case id, and creates the case if neither is found.
    ///
    /// Use the default wherever another program may create chargebacks.
    #[default]
    SearchFirst,
    /// Searches for the case key only, and creates the case if the key is not found.
    ///
    /// A case that may have been reported before is searched for as with [`SearchFirst`](Self::SearchFirst), because a
    /// native create writes no key.
    ///
    /// This saves one search if no other program creates chargebacks with these case ids. Use it also if the case ids
    /// are so similar (`CB-2610-0010`) that a search for one finds ten.
    SearchKeyOnly,
    /// Creates the case without a search.
    ///
    /// Use it only if nobody has reported the case before: a second report from another process, without RevCent's id,
    /// creates the case twice. A case in doubt, or one that may have been reported before, is searched for as with
    /// [`SearchFirst`](Self::SearchFirst).
    CreateAtOnce,
}

/// A connector for RevCent: API key, base URL and first call of a report.
///
/// ```
/// use chargeback::HttpProvider;
/// use chargeback::revcent::{FirstReport, RevCent};
///
/// let connector = RevCent::new("rc-key").first_report(FirstReport::SearchKeyOnly);
/// let revcent = HttpProvider::new(connector)?;
/// # Ok::<(), chargeback::Error>(())
/// ```
#[derive(Debug, Clone)]
pub struct RevCent {
    pub(super) base_url: BaseUrl,
    pub(super) api_key: Secret,
    pub(super) first_report: FirstReport,
}

impl RevCent {
    /// Creates a connector for `https://api.revcent.com`. The key selects test or live mode.
    pub fn new(api_key: impl Into<Secret>) -> Self {
        let base_url = BaseUrl::from_static("https://api.revcent.com");
        Self { base_url, api_key: api_key.into(), first_report: FirstReport::default() }
    }

    /// Sets another base URL, for example a fake server in a test. Requests append `/v2/chargebacks`.
    ///
    /// ```
    /// use chargeback::revcent::RevCent;
    ///
    /// let connector = RevCent::new("rc-key").base_url("http://127.0.0.1:8080".parse()?);
    /// # Ok::<(), chargeback::connector::ParseBaseUrlError>(())
    /// ```
    #[must_use]
    pub fn base_url(mut self, base_url: BaseUrl) -> Self {
        self.base_url = base_url;
        self
    }

    /// Sets the first call of a report that has no RevCent id. The default is [`FirstReport::SearchFirst`].
    #[must_use]
    pub const fn first_report(mut self, first: FirstReport) -> Self {
        self.first_report = first;
        self
    }

    /// Reads `REVCENT_API_KEY` and the optional `REVCENT_BASE_URL` from the environment.
    ///
    /// # Errors
    ///
    /// Returns [`Error::Configuration`] with every variable that is missing or invalid.
    pub fn from_env() -> Result<Self, Error> {
        Self::from_vars(process_env)
    }

    /// Reads the variables of [`from_env`](Self::from_env) through a function.
    ///
    /// ```
    /// use chargeback::revcent::RevCent;
    ///
    /// let connector = RevCent::from_vars(|name| (name == "REVCENT_API_KEY").then(|| "rc-key".to_owned()))?;
    /// # Ok::<(), chargeback::Error>(())
    /// ```
    ///
    /// # Errors
    ///
    /// Returns the same errors as [`from_env`](Self::from_env).
    pub fn from_vars(get: impl Fn(&str) -> Option<String>) -> Result<Self, Error> {
        let mut env = EnvReader::new(&get);
        let key = env.secret("REVCENT_API_KEY");
        let base_url = env.base_url("REVCENT_BASE_URL");
        env.finish(ID, key.map(|key| base_url.into_iter().fold(Self::new(key), Self::base_url)))
    }
}
