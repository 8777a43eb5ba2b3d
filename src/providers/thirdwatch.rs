//! Thirdwatch: an event in a user's history.
//!
//! | | |
//! |---|---|
//! | Calls | `POST {base}/v1/chargeback`, `/v1/tag`, `/v1/untag`; JSON, header `X-THIRDWATCH-API-KEY` |
//! | Needs | a user id or a session id |
//! | Success | exactly HTTP 200, with an empty body or a JSON object without an `error` key |
//! | Repeat | safe: each call adds an event, and the last one counts |
//!
//! A chargeback alone does not stop the user from buying again; Thirdwatch's page says that a label must be sent too.
//! [`tag_after_fraud`](Thirdwatch::tag_after_fraud) does so, by choice.
//!
//! For a guest the session id is sent as `_sessionId` and as `_userId`: the API's introduction asks for the latter, the
//! field's text for the former (medium confidence that both is best).
//!
//! What has no field goes to `_customInfo`, as text.
//!
//! **Is it still there?** The product moved to Razorpay, with another host and other fields, and no chargeback call was
//! found there. `api.thirdwatch.ai` may be gone or parked, so a page with status 200 is no success here, and
//! [`at`](Thirdwatch::at) takes another address. Bodies of replies changed their keys in 2019 (`message` to `status` and
//! `error`); all are read.
//!
//! Sources: the vendor's published Python, Go, PHP, Node, Java and C# clients, which agree on every key.

mod map;
mod operations;
mod wire;

pub use self::operations::{Call, Event};
pub use self::wire::{AbuseType, ChargebackEvent, ChargebackReason, ChargebackState, TagUser, UntagUser};
use super::shared::{Settings, check_key, process_environment};
use crate::client::HttpProvider;
use crate::error::Error;
use crate::id::ProviderId;
use crate::provider::Capabilities;
use crate::secret::Secret;
use crate::vendor::{BaseUrl, Case, Refused, Translation, Vendor};
use crate::violation::Violation;

/// Thirdwatch's name: `thirdwatch`.
pub const ID: ProviderId = ProviderId::from_static("thirdwatch");

/// Where Thirdwatch is called.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
#[non_exhaustive]
pub enum Environment {
    /// `https://api.thirdwatch.ai/event`
    Production,
    /// `https://staging.thirdwatch.co/event`
    Staging,
}

impl Environment {
    const fn base_url(self) -> BaseUrl {
        match self {
            Self::Production => BaseUrl::from_static("https://api.thirdwatch.ai/event"),
            Self::Staging => BaseUrl::from_static("https://staging.thirdwatch.co/event"),
        }
    }

    fn from_word(word: &str) -> Option<Self> {
        match word {
            "production" => Some(Self::Production),
            "staging" => Some(Self::Staging),
            _ => None,
        }
    }
}

/// Thirdwatch, as configured.
#[derive(Debug, Clone)]
pub struct Thirdwatch {
    base: BaseUrl,
    api_key: Secret,
    tag_after_fraud: bool,
}

impl Thirdwatch {
    /// Thirdwatch with this key, at this place.
    pub fn new(api_key: impl Into<Secret>, environment: Environment) -> Self {
        Self { base: environment.base_url(), api_key: api_key.into(), tag_after_fraud: false }
    }

    /// At another address, such as a fake in a test.
    #[must_use]
    pub fn at(mut self, base: BaseUrl) -> Self {
        self.base = base;
        self
    }

    /// Also tags the user as bad, for payment abuse, after a chargeback for a reason `fraud_*` that is not decided or taken
    /// back in the merchant's favour. The default is not to.
    ///
    /// A tag overwrites the one before, an analyst's too. If it fails, the chargeback is reported all the same, and the
    /// receipt is [not complete](crate::Receipt::is_complete).
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
        let environment = settings.choice("THIRDWATCH_ENVIRONMENT", "production or staging", Environment::from_word);
        let base = settings.base_url("THIRDWATCH_BASE_URL");
        let thirdwatch = key.zip(environment).map(|(key, place)| Self::new(key, place));
        settings.finish(ID, thirdwatch.map(|thirdwatch| base.into_iter().fold(thirdwatch, Self::at)))
    }
}

impl Vendor for Thirdwatch {
    type Step = Call;

    fn id(&self) -> ProviderId {
        ID
    }

    fn capabilities(&self) -> Capabilities {
        Capabilities::ask(map::stage, map::reason, map::carriage).needing(&["a user id or a session id"])
    }

    fn check(&self) -> Vec<Violation> {
        let mut broken = Vec::new();
        check_key("api_key", &self.api_key, &mut broken);
        broken
    }

    fn translate(&self, case: &Case<'_>) -> Result<Translation<Call>, Refused> {
        map::translate(case.chargeback(), self.tag_after_fraud)
    }
}

/// Thirdwatch's own calls.
impl HttpProvider<Thirdwatch> {
    /// Records a chargeback event.
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
