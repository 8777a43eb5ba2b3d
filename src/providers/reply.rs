//! What vendors have in common, short of any one vendor's facts.

use chrono::{DateTime, Utc};
use http::{HeaderValue, Response};

use super::json::{Json, Object};
use crate::connector::{BaseUrl, ReplyError, ReplyErrorKind};
use crate::error::{ConfigurationError, Error};
use crate::model::{ProviderId, Rfc3339, TimeText};
use crate::util::secret::Secret;
use crate::util::violation::Violation;

/// A key that goes into a header: not blank, and nothing that a header cannot carry.
pub(crate) fn check_key(name: &'static str, key: &Secret, broken: &mut Vec<Violation>) {
    if key.is_blank() {
        broken.push(Violation::new(name, "empty"));
    } else if HeaderValue::from_str(key.expose()).is_err() {
        broken.push(Violation::new(name, "has a character that a header cannot carry"));
    }
}

/// A time of the model as RFC 3339 text.
pub(crate) fn time(field: &'static str, at: DateTime<Utc>, broken: &mut Vec<Violation>) -> Option<Rfc3339> {
    let time = Rfc3339::try_from(at).ok();
    if time.is_none() {
        broken.push(TimeText::violation(field));
    }
    time
}

/// A reply's body as a JSON object. One in which a name stands twice says two things, and is none.
pub(crate) fn object(reply: &Response<impl AsRef<[u8]>>) -> Option<Object<'_>> {
    let Json::Object(object) = Json::parse(reply.body().as_ref())? else { return None };
    Some(object)
}

/// What a status says, where it cannot be a success: a 2xx whose body proves nothing is unreadable.
pub(crate) fn refusal_of_status(reply: &Response<impl AsRef<[u8]>>) -> ReplyError {
    if reply.status().is_success() { ReplyError::unreadable() } else { ReplyError::from_status(reply.status()) }
}

/// The kind that a failing HTTP status gives, or this one where the status says success.
pub(crate) fn kind_by_status(reply: &Response<impl AsRef<[u8]>>, otherwise: ReplyErrorKind) -> ReplyErrorKind {
    if reply.status().is_success() { otherwise } else { ReplyError::from_status(reply.status()).kind() }
}

/// Reads settings from variables, and names all that are missing or wrong at once.
pub(crate) struct Settings<'v> {
    get: &'v dyn Fn(&str) -> Option<String>,
    problems: Vec<Violation>,
}

impl<'v> Settings<'v> {
    pub(crate) fn new(get: &'v dyn Fn(&str) -> Option<String>) -> Self {
        Self { get, problems: Vec::new() }
    }

    pub(crate) fn optional(&self, name: &str) -> Option<String> {
        (self.get)(name).filter(|value| !value.trim().is_empty())
    }

    pub(crate) fn required(&mut self, name: &'static str) -> Option<String> {
        let value = self.optional(name);
        if value.is_none() {
            self.problems.push(Violation::new(name, "not set"));
        }
        value
    }

    /// A required value that `read` must understand; `expected` says in words what it may be.
    pub(crate) fn choice<T>(
        &mut self,
        name: &'static str,
        expected: &'static str,
        read: impl FnOnce(&str) -> Option<T>,
    ) -> Option<T> {
        let value = self.required(name)?;
        self.understood(name, expected, read(value.trim()))
    }

    /// An optional address that must be one if it is there.
    pub(crate) fn base_url(&mut self, name: &'static str) -> Option<BaseUrl> {
        let value = self.optional(name)?;
        self.understood(name, "an https URL, or http to a loopback host", value.trim().parse().ok())
    }

    fn understood<T>(&mut self, name: &'static str, expected: &'static str, value: Option<T>) -> Option<T> {
        if value.is_none() {
            self.problems.push(Violation::new(name, format!("must be {expected}")));
        }
        value
    }

    /// The settings, if nothing is missing; else everything that is.
    pub(crate) fn finish<T>(self, provider: ProviderId, settings: Option<T>) -> Result<T, Error> {
        match settings {
            Some(settings) if self.problems.is_empty() => Ok(settings),
            _ => Err(ConfigurationError::new(Some(provider), self.problems).into()),
        }
    }
}

/// The environment of the process. What is not text counts as not set.
pub(crate) fn process_environment(name: &str) -> Option<String> {
    std::env::var(name).ok()
}
