//! Reads a connector's settings from variables, and checks its keys.

use std::fmt::Display;

use http::HeaderValue;

use crate::connector::BaseUrl;
use crate::error::{ConfigurationError, Error};
use crate::model::ProviderId;
use crate::providers::text::check_length;
use crate::util::secret::Secret;
use crate::util::violation::Violation;

/// Reads settings from variables and collects every variable that is missing or invalid.
pub(crate) struct EnvReader<'v> {
    get: &'v dyn Fn(&str) -> Option<String>,
    problems: Vec<Violation>,
}

impl<'v> EnvReader<'v> {
    pub(crate) fn new(get: &'v dyn Fn(&str) -> Option<String>) -> Self {
        Self { get, problems: Vec::new() }
    }

    /// Returns the variable; `None` if it is unset or blank.
    pub(crate) fn optional(&self, name: &str) -> Option<String> {
        (self.get)(name).filter(|value| !value.trim().is_empty())
    }

    /// Returns the variable, and records a problem if it is unset or blank.
    pub(crate) fn required(&mut self, name: &'static str) -> Option<String> {
        let value = self.optional(name);
        if value.is_none() {
            self.problems.push(Violation::new(name, "not set"));
        }
        value
    }

    /// Reads a required variable that is a secret.
    pub(crate) fn secret(&mut self, name: &'static str) -> Option<Secret> {
        self.required(name).map(Secret::new)
    }

    /// Reads a required variable that is a whole number.
    pub(crate) fn number(&mut self, name: &'static str) -> Option<u64> {
        let number = self.required(name)?.trim().parse().ok();
        if number.is_none() {
            self.problems.push(Violation::new(name, "must be a whole number"));
        }
        number
    }

    /// Reads a required variable that must be one of these values.
    pub(crate) fn choice<T: Copy + Display>(&mut self, name: &'static str, all: &[T]) -> Option<T> {
        let text = self.required(name)?;
        let value = all.iter().copied().find(|value| value.to_string() == text.trim());
        if value.is_none() {
            self.problems.push(Violation::new(name, format!("must be {}", alternatives(all))));
        }
        value
    }

    /// Reads an optional base URL, and records a problem if it is set and not a valid one.
    pub(crate) fn base_url(&mut self, name: &'static str) -> Option<BaseUrl> {
        let url = self.optional(name)?.trim().parse().ok();
        if url.is_none() {
            self.problems.push(Violation::new(name, "must be an https URL, or http to a loopback host"));
        }
        url
    }

    /// Returns the connector if no problem was recorded.
    ///
    /// # Errors
    ///
    /// Returns [`Error::Configuration`] with every recorded problem.
    pub(crate) fn finish<T>(self, provider: ProviderId, connector: Option<T>) -> Result<T, Error> {
        match connector {
            Some(connector) if self.problems.is_empty() => Ok(connector),
            _ => Err(ConfigurationError::new(Some(provider), self.problems).into()),
        }
    }
}

/// Joins the values for an error message: `live or staging`.
fn alternatives<T: Display>(all: &[T]) -> String {
    let mut text = String::new();
    for (i, value) in all.iter().enumerate() {
        let separator = match i {
            0 => "",
            _ if i + 1 == all.len() => " or ",
            _ => ", ",
        };
        text.push_str(separator);
        text.push_str(&value.to_string());
    }
    text
}

/// Reads a variable of the process environment. A value that is not UTF-8 counts as not set.
pub(crate) fn process_env(name: &str) -> Option<String> {
    std::env::var(name).ok()
}

/// Returns the violation of a key that is blank, or that a header does not carry unchanged.
pub(crate) fn check_key(name: &'static str, key: &Secret) -> Option<Violation> {
    if !key.is_blank() && HeaderValue::from_str(key.expose()).is_err() {
        Some(Violation::new(name, "has a character that a header cannot carry"))
    } else {
        check_secret(name, key)
    }
}

/// Returns the violation of a secret that is blank, or that has white space around it. HTTP strips such white space
/// from a header, and in a signature it is a copying mistake.
pub(crate) fn check_secret(name: &'static str, secret: &Secret) -> Option<Violation> {
    if secret.is_blank() {
        Some(Violation::new(name, "must not be empty"))
    } else if secret.expose().trim() != secret.expose() {
        Some(Violation::new(name, "must not start or end with white space"))
    } else {
        None
    }
}

/// Returns the violation of a key that is longer than the vendor's page documents, in characters.
pub(crate) fn check_key_length(name: &'static str, key: &Secret, limit: usize) -> Option<Violation> {
    check_length(name, Some(key.expose()), limit)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn alternatives_are_joined_for_a_sentence() {
        assert_eq!(alternatives(&["a"]), "a");
        assert_eq!(alternatives(&["a", "b"]), "a or b");
        assert_eq!(alternatives(&["a", "b", "c"]), "a, b or c");
    }

    #[test]
    fn every_problem_is_reported_at_once() {
        let get = |name: &str| match name {
            "MODE" => Some(" fast ".to_owned()),
            "URL" => Some("http://example.com".to_owned()),
            "BLANK" => Some("  ".to_owned()),
            _ => None,
        };
        let mut env = EnvReader::new(&get);
        assert_eq!(env.choice("MODE", &["fast", "slow"]), Some("fast"));
        assert_eq!(env.choice("MODE", &["live", "test"]), None);
        assert_eq!(env.required("BLANK"), None);
        assert_eq!(env.base_url("URL"), None);
        let problems: Vec<String> = env.problems.iter().map(Violation::to_string).collect();
        let expected =
            ["MODE: must be live or test", "BLANK: not set", "URL: must be an https URL, or http to a loopback host"];
        assert_eq!(problems, expected);
        assert!(env.finish(ProviderId::from_static("v"), Some(())).is_err());
    }
}
