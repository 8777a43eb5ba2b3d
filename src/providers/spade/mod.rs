//! Spade: feedback on an enriched transaction.
//!
//! | | |
//! |---|---|
//! | Call | `POST {base}/enrichments/{enrichmentId}/chargeback`, JSON, header `X-Api-Key` |
//! | Needs | the enrichment id that Spade gave the payment, as its [vendor payment](crate::ChargebackBuilder::vendor_payment) |
//! | Success | HTTP 200 with any JSON object |
//! | Repeat | safe: a new state is set by the same call, says the page; that the same state twice does no harm is our reading (medium confidence) |
//! | Limit | 1000 requests in 5 minutes per IP address, shared with enrichment calls from there (documented at one endpoint, worded for all) |
//!
//! **If the outcome is unknown:** report the same again, unless a later stage of the case has been reported since.
//! Spade documents no call to read feedback back.
//!
//! Any JSON object in a 200 counts as success, whatever it holds. The page gives one sentence in `details`, the same
//! for all four calls, so its text proves nothing, and it documents no error within a 200. What is no object (a proxy's
//! page, an empty body) is [`Error::Unreadable`].
//!
//! Spade sells to card issuers and never says whose victory `chargeback_won` is. There is no default:
//! [`WonMeans`] is asked for. That the issuer's is meant is our reading, at medium confidence, from who its customers are
//! and how the sibling calls are worded; ask Spade, then set it.
//!
//! `isFraud`, `fraudType` and `fraudNotes` are sent for the reasons `fraud_*` alone. `unrecognized` leaves `isFraud`
//! out, since it is often no fraud. The page's own example sends `fraudType` with `isFraud: false`, which its text
//! forbids; this module keeps to the text.
//!
//! **Notes.** A report's `chargebackNotes` are made of up to three parts, joined by `; `: the reason in words (unless
//! it is sent as fraud), the network code (`network code: visa 13.1`), and the
//! [notes](crate::ChargebackBuilder::notes). `fraudNotes` are the [notes on the fraud](crate::Fraud::notes). Each is
//! cut after Spade's limit of 512 characters, and what is cut or finds no room is listed as a loss. The native calls
//! cut nothing: a longer text is [`Error::Invalid`] there.
//!
//! Sources: Spade's page "Report that a chargeback occurred" for this call; its API description as mirrored by a third party for
//! hosts, sibling calls and error shapes (medium confidence). Replies 401, 404 and 422 are not documented and are read
//! by their status.

mod map;
mod operations;
mod wire;

pub use self::operations::{Feedback, Report};
pub use self::wire::{ChargebackFeedback, DeclineFeedback, FraudFeedback, FraudType, RefundFeedback, Reported, State};
use super::reply::{Settings, check_key, process_environment};
use crate::connector::{BaseUrl, Case, Connector, TranslateError, Translation};
use crate::engine::HttpProvider;
use crate::error::Error;
use crate::model::ProviderId;
use crate::provider::Capabilities;
use crate::util::secret::Secret;
use crate::util::string_enum::string_enum;
use crate::util::violation::Violation;

/// Spade's name in references, receipts, errors and logs: `spade`.
pub const ID: ProviderId = ProviderId::from_static("spade");

string_enum! {
    /// Whose victory `chargeback_won` is.
    pub enum WonMeans {
        /// The merchant's: a case that the merchant won is sent as `chargeback_won`.
        MerchantWon = "merchant_won",
        /// The issuer's: a case that the merchant won is sent as `chargeback_lost`.
        IssuerWon = "issuer_won",
    }
}

/// Where Spade is called. An enrichment is reported to the region that made it.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
#[non_exhaustive]
pub enum Environment {
    /// `https://east.sandbox.spade.com`; `east_sandbox` in `SPADE_ENVIRONMENT`.
    EastSandbox,
    /// `https://east.api.spade.com`; `east_production` in `SPADE_ENVIRONMENT`.
    EastProduction,
    /// `https://west.sandbox.spade.com`; `west_sandbox` in `SPADE_ENVIRONMENT`.
    WestSandbox,
    /// `https://west.api.spade.com`; `west_production` in `SPADE_ENVIRONMENT`.
    WestProduction,
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

    fn from_name(word: &str) -> Option<Self> {
        match word {
            "east_sandbox" => Some(Self::EastSandbox),
            "east_production" => Some(Self::EastProduction),
            "west_sandbox" => Some(Self::WestSandbox),
            "west_production" => Some(Self::WestProduction),
            _ => None,
        }
    }
}

/// Spade, as configured: key, address, and whose victory "won" is.
#[derive(Debug, Clone)]
pub struct Spade {
    base: BaseUrl,
    api_key: Secret,
    won_means: WonMeans,
}

impl Spade {
    /// Spade with this key, at this place, and with whose victory its words tell. Each environment has keys of its own.
    pub fn new(api_key: impl Into<Secret>, environment: Environment, won_means: WonMeans) -> Self {
        Self { base: environment.base_url(), api_key: api_key.into(), won_means }
    }

    /// At another address, such as a fake in a test; `/enrichments/{id}/...` is appended to it.
    #[must_use]
    pub fn at(mut self, base: BaseUrl) -> Self {
        self.base = base;
        self
    }

    /// Reads `SPADE_API_KEY`, `SPADE_ENVIRONMENT` (`east_sandbox`, `east_production`, `west_sandbox`,
    /// `west_production`), `SPADE_WON_MEANS` (`merchant_won` or `issuer_won`) and, if it is set, `SPADE_BASE_URL`
    /// from the environment.
    ///
    /// # Errors
    ///
    /// [`Error::Configuration`] that names every variable that is missing or wrong.
    pub fn from_env() -> Result<Self, Error> {
        Self::from_vars(process_environment)
    }

    /// As [`from_env`](Self::from_env), from variables of your own.
    ///
    /// # Errors
    ///
    /// As [`from_env`](Self::from_env).
    pub fn from_vars(get: impl Fn(&str) -> Option<String>) -> Result<Self, Error> {
        let mut settings = Settings::new(&get);
        let key = settings.required("SPADE_API_KEY");
        let environment = settings.choice(
            "SPADE_ENVIRONMENT",
            "east_sandbox, east_production, west_sandbox or west_production",
            Environment::from_name,
        );
        let won_means =
            settings.choice("SPADE_WON_MEANS", "merchant_won or issuer_won", |text| text.parse::<WonMeans>().ok());
        let base = settings.base_url("SPADE_BASE_URL");
        let spade = key.zip(environment).zip(won_means).map(|((key, place), won)| Self::new(key, place, won));
        settings.finish(ID, spade.map(|spade| base.into_iter().fold(spade, Self::at)))
    }
}

impl Connector for Spade {
    type Step = Report<ChargebackFeedback>;

    fn id(&self) -> ProviderId {
        ID
    }

    fn capabilities(&self) -> Capabilities {
        Capabilities::from_mapping(|stage| map::stage(stage, self.won_means), map::reason, map::carriage)
            .needing(&["the enrichment id of the payment"])
    }

    fn check(&self) -> Vec<Violation> {
        let mut broken = Vec::new();
        check_key("api_key", &self.api_key, &mut broken);
        broken
    }

    fn translate(&self, case: &Case<'_>) -> Result<Translation<Self::Step>, TranslateError> {
        map::translate(case.chargeback(), self.won_means)
    }
}

/// Spade's own calls.
impl HttpProvider<Spade> {
    /// Reports a chargeback on an enrichment, or a new state of it. The enrichment must exist (medium confidence).
    ///
    /// # Errors
    ///
    /// [`Error::Invalid`] if the feedback breaks a rule; otherwise see [`Error`].
    pub async fn chargeback(&self, enrichment_id: &str, feedback: ChargebackFeedback) -> Result<Reported, Error> {
        Ok(self.call(Report::new(enrichment_id, feedback)).await?.reply)
    }

    /// Reports a refund on an enrichment. It moves no money.
    ///
    /// # Errors
    ///
    /// [`Error::Invalid`] if the feedback breaks a rule; otherwise see [`Error`].
    pub async fn refund(&self, enrichment_id: &str, feedback: RefundFeedback) -> Result<Reported, Error> {
        Ok(self.call(Report::new(enrichment_id, feedback)).await?.reply)
    }

    /// Reports that the payment behind an enrichment was declined, as an issuer or its program knows.
    ///
    /// # Errors
    ///
    /// [`Error::Invalid`] if the feedback breaks a rule; otherwise see [`Error`].
    pub async fn decline(&self, enrichment_id: &str, feedback: DeclineFeedback) -> Result<Reported, Error> {
        Ok(self.call(Report::new(enrichment_id, feedback)).await?.reply)
    }

    /// Reports fraud on an enrichment. Not needed if it was said with a chargeback, refund or decline.
    ///
    /// # Errors
    ///
    /// [`Error::Invalid`] if the feedback breaks a rule; otherwise see [`Error`].
    pub async fn fraud(&self, enrichment_id: &str, feedback: FraudFeedback) -> Result<Reported, Error> {
        Ok(self.call(Report::new(enrichment_id, feedback)).await?.reply)
    }
}
