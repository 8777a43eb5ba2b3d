//! The configuration file.

use std::collections::BTreeMap;
use std::path::Path;

use serde::Deserialize;
use toml::Value;

use super::vendors::{Vendor, find};
use crate::failure::{Exit, Failure, not_set};

/// The settings that every vendor has.
const COMMON: [&str; 2] = ["base_url", "best_effort"];

/// The content of the file: a table for each vendor.
#[derive(Debug, Default, Deserialize)]
#[serde(deny_unknown_fields)]
pub(crate) struct FileConfig {
    #[serde(default)]
    vendors: BTreeMap<String, BTreeMap<String, Value>>,
}

impl FileConfig {
    pub(crate) fn read(path: &Path) -> Result<Self, Failure> {
        let place = |error: String| Failure::at(path.display(), error);
        let text = std::fs::read_to_string(path).map_err(|error| place(error.to_string()).exit(Exit::Usage))?;
        toml::from_str(&text).map_err(|error| {
            // The text of the error would contain the line, which can hold a key by mistake.
            let line = error.span().map_or(0, |span| text[..span.start.min(text.len())].lines().count().max(1));
            let is_about_value = error.message().starts_with("invalid type");
            let message = if is_about_value { "a value of another type is needed here" } else { error.message() };
            place(format!("line {line}: {message}")).exit(Exit::Usage)
        })
    }

    pub(crate) fn has(&self, vendor: &str) -> bool {
        self.vendors.contains_key(vendor)
    }

    pub(crate) fn is_best_effort(&self, vendor: &str) -> bool {
        let value = self.vendors.get(vendor).and_then(|settings| settings.get("best_effort"));
        value.and_then(Value::as_bool).unwrap_or(false)
    }

    /// Returns a setting: the value in the file, or that of the variable that the file names.
    pub(crate) fn value(&self, vendor: &str, key: &str) -> Option<String> {
        let settings = self.vendors.get(vendor)?;
        if let Some(name) = settings.get(&format!("{key}_env")).and_then(Value::as_str) {
            return std::env::var(name).ok();
        }
        match settings.get(key)? {
            Value::String(text) => Some(text.clone()),
            Value::Integer(number) => Some(number.to_string()),
            _ => None,
        }
    }

    /// Returns every problem of the file itself. Problems name settings and show no values.
    pub(crate) fn problems(&self) -> Vec<String> {
        let mut problems = Vec::new();
        for (name, settings) in &self.vendors {
            let Some(vendor) = find(name) else {
                problems.push(format!("vendors.{name}: unknown vendor"));
                continue;
            };
            problems.extend(settings.iter().filter_map(|(key, value)| problem(vendor, key, value)));
        }
        problems
    }
}

fn problem(vendor: &Vendor, key: &str, value: &Value) -> Option<String> {
    let place = format!("vendors.{}.{key}", vendor.name);
    let base = key.strip_suffix("_env").unwrap_or(key);
    let setting = vendor.settings.iter().find(|setting| setting.key == base);
    if setting.is_none() && !COMMON.contains(&base) {
        return Some(format!("{place}: unknown setting"));
    }
    if key == "best_effort_env" {
        return Some(format!("{place}: unknown setting"));
    }
    if key == "best_effort" {
        return (!value.is_bool()).then(|| format!("{place}: must be true or false"));
    }
    if key.ends_with("_env") {
        return match value.as_str() {
            None => Some(format!("{place}: must be the name of an environment variable")),
            Some(name) if std::env::var(name).is_err() => Some(format!("{place}: {}", not_set(name))),
            Some(_) => None,
        };
    }
    match setting {
        Some(setting) if setting.is_secret => {
            let name = vendor.variable(base);
            Some(format!("{place}: secrets do not belong in the file; write {base}_env = \"{name}\""))
        }
        _ => (!value.is_str() && !value.is_integer()).then(|| format!("{place}: must be text")),
    }
}
