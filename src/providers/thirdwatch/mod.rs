//! Thirdwatch: an event in a user's history.
//!
//! | | |
//! |---|---|
//! | Calls | `POST {base}/v1/chargeback`, `/v1/tag`, `/v1/untag`; JSON, header `X-THIRDWATCH-API-KEY` |
//! | Needs | a user id or a session id |
//! | Success | exactly HTTP 200, with an empty body or a JSON object without an `error` key |
//! | Repeat | safe: the call is meant to be made again as the state changes; that the last event counts is our reading (medium confidence) |
//!
//! **If the outcome is unknown:** report the same again, unless a later stage of the case has been reported since; a
//! late repeat would put an older state on top. Thirdwatch has no call to read events back.
//!
//! A chargeback alone does not stop the user from buying again; Thirdwatch's page says that a label must be sent too.
//! [`tag_after_fraud`](Thirdwatch::tag_after_fraud) does so, by choice.
//!
//! For a guest the session id is sent as `_sessionId` and as `_userId`: the API's introduction asks for the latter, the
//! field's text for the former (medium confidence that both is best). A tag has no `_sessionId`, so a guest's tag goes
//! to the session id as `_userId`.
//!
//! # What goes to `_customInfo`
//!
//! What has no field of its own, as text. The vendor's clients declare no names in this map; these are this crate's:
//!
//! | name | holds | written |
//! |---|---|---|
//! | `case_id` | the merchant's id of the case | always |
//! | `stage`, `reason` | the names of [`Stage`](crate::Stage) and [`Reason`](crate::Reason): `under_review`, `fraud_card_absent` | always |
//! | `occurred_at` | since when the case stands there, as RFC 3339 in UTC: `2026-10-03T09:12:00Z` | always |
//! | `opened_at`, `received_at`, `due_by` | as RFC 3339 in UTC | if given |
//! | `amount` | decimal text in major units: `19.90` | with an amount |
//! | `currency` | its ISO 4217 code: `USD` | with an amount |
//! | `network` | the name of the card network: `visa` | with a network code |
//! | `network_reason_code` | the network's reason code, raw: `13.1` | with a network code |
//! | `gateway_transaction_id`, `arn`, `case_number`, `notes` | as given | if given |
//! | `processor` | the processor's name: `stripe` | if given |
//! | `processor_dispute_id`, `processor_payment_id` | the processor's ids of the case and the payment | if given |
//! | `metadata.` and a name | the value of your [metadata](crate::ChargebackBuilder::metadata) of that name | for each |
//!
//! No limit of length is documented, and nothing is cut.
//!
//! # Is it still there?
//!
//! The product moved to Razorpay, with another host and other fields, and no chargeback call was found there.
//! `api.thirdwatch.ai` may be gone or parked, so a page with status 200 is no success here, and [`at`](Thirdwatch::at)
//! takes another address. Bodies of replies changed their keys in 2019 (`message` to `status` and `error`); all are
//! read.
//!
//! Sources: the vendor's published Python, Go, PHP, Node, Java and C# clients, which agree on every key, and the texts
//! in their documentation.

mod custom_info;
mod map;
mod operations;
mod wire;

pub use self::custom_info::CustomInfo;
pub use self::operations::{Call, Event};
pub use self::wire::{AbuseType, ChargebackEvent, ChargebackReason, ChargebackState, TagUser, UntagUser};
use super::reply::{Settings, check_key, process_environment};
use crate::connector::{BaseUrl, Case, Connector, TranslateError, Translation};
use crate::engine::HttpProvider;
use crate::error::Error;
use crate::model::ProviderId;
use crate::provider::Capabilities;
use crate::util::secret::Secret;
use crate::util::violation::Violation;

/// Thirdwatch's name in references, receipts, errors and logs: `thirdwatch`.
pub const ID: ProviderId = ProviderId::from_static("thirdwatch");

/// Where Thirdwatch is called.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
#[non_exhaustive]
pub enum Environment {
    /// `https://api.thirdwatch.ai/event`; `production` in `THIRDWATCH_ENVIRONMENT`.
    Production,
    /// `https://staging.thirdwatch.co/event`, from older clients; `staging` in `THIRDWATCH_ENVIRONMENT`.
    Staging,
}

impl Environment {
    const fn base_url(self) -> BaseUrl {
        match self {
            Self::Production => BaseUrl::from_static("https://api.thirdwatch.ai/event"),
            Self::Staging => BaseUrl::from_static("https://staging.thirdwatch.co/event"),
        }
    }

    fn from_name(word: &str) -> Option<Self> {
        match word {
            "production" => Some(Self::Production),
            "staging" => Some(Self::Staging),
            _ => None,
        }
    }
}

/// Thirdwatch, as configured: key, address, and whether to tag.
#[derive(Debug, Clone)]
pub struct Thirdwatch {
    base: BaseUrl,
    api_key: Secret,
    tag_after_fraud: bool,
}

impl Thirdwatch {
    /// Thirdwatch with this key, at this place, without tags after fraud.
    pub fn new(api_key: impl Into<Secret>, environment: Environment) -> Self {
        Self { base: environment.base_url(), api_key: api_key.into(), tag_after_fraud: false }
    }

    /// At another address, such as a fake in a test; `/v1/chargeback`, `/v1/tag` or `/v1/untag` is appended to it.
    #[must_use]
    pub fn at(mut self, base: BaseUrl) -> Self {
        self.base = base;
        self
    }

    /// Also tags the user as bad (`_isBad`, for `_paymentAbuse`) after a chargeback for a reason `fraud_*`, at every
    /// stage but `won`, `reversed` and `withdrawn`. The default is not to.
    ///
    /// A guest's session id is tagged in place of the user id. A tag overwrites the one before, an analyst's too, and
    /// no report takes it away again: [`untag`](HttpProvider::untag) does. If the tag fails, the chargeback is reported
    /// all the same, and the receipt is [not complete](crate::Receipt::is_complete).
    #[must_use]
    pub const fn tag_after_fraud(mut self) -> Self {
        self.tag_after_fraud = true;
        self
    }

    /// Reads `THIRDWATCH_API_KEY`, `THIRDWATCH_ENVIRONMENT` (`production` or `staging`) and, if it is set,
    /// `THIRDWATCH_BASE_URL` from the environment.
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
        let key = settings.required("THIRDWATCH_API_KEY");
        let environment = settings.choice("THIRDWATCH_ENVIRONMENT", "production or staging", Environment::from_name);
        let base = settings.base_url("THIRDWATCH_BASE_URL");
        let thirdwatch = key.zip(environment).map(|(key, place)| Self::new(key, place));
        settings.finish(ID, thirdwatch.map(|thirdwatch| base.into_iter().fold(thirdwatch, Self::at)))
    }
}

impl Connector for Thirdwatch {
    type Step = Call;

    fn id(&self) -> ProviderId {
        ID
    }

    fn capabilities(&self) -> Capabilities {
        Capabilities::from_mapping(map::stage, map::reason, map::carriage).needing(&["a user id or a session id"])
    }

    fn check(&self) -> Vec<Violation> {
        let mut broken = Vec::new();
        check_key("api_key", &self.api_key, &mut broken);
        broken
    }

    fn translate(&self, case: &Case<'_>) -> Result<Translation<Call>, TranslateError> {
        map::translate(case.chargeback(), self.tag_after_fraud)
    }
}

/// Thirdwatch's own calls.
impl HttpProvider<Thirdwatch> {
    /// Records a chargeback event. It does not stop the user from buying again: [`tag`](Self::tag) does.
    ///
    /// # Errors
    ///
    /// [`Error::Invalid`] if it names neither user nor session; otherwise see [`Error`].
    pub async fn chargeback(&self, event: ChargebackEvent) -> Result<Event, Error> {
        Ok(self.call(Call::Chargeback(event)).await?.reply)
    }

    /// Tags a user as good or bad. It overwrites the tag before.
    ///
    /// # Errors
    ///
    /// [`Error::Invalid`] if it names no user; otherwise see [`Error`].
    pub async fn tag(&self, tag: TagUser) -> Result<Event, Error> {
        Ok(self.call(Call::Tag(tag)).await?.reply)
    }

    /// Takes a user's tag away; without a type of abuse, all of them.
    ///
    /// # Errors
    ///
    /// [`Error::Invalid`] if it names no user; otherwise see [`Error`].
    pub async fn untag(&self, untag: UntagUser) -> Result<Event, Error> {
        Ok(self.call(Call::Untag(untag)).await?.reply)
    }
}
