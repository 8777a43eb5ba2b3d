//! Tables of the limits that the vendors document: each row has values just inside and just outside.
//!
//! The tables must have every limit of the [list](super::documented_limits), which is independent of this crate's docs.

use std::collections::BTreeSet;
use std::path::Path;

use chargeback::connector::{Connector, Operation};
use chargeback::{Chargeback, ChargebackProvider, Error, HttpProvider, RetryPolicy};
use serde::de::DeserializeOwned;
use serde_json::Value;

use super::documented_limits::check_list;
use crate::support::{Play, Script, violations};

type Check<'c> = Box<dyn Fn(&str) -> Vec<String> + 'c>;

/// One documented limit of a field, a key or a setting.
pub struct Limit<'c> {
    pub field: &'static str,
    /// `settings`, `report`, or the name of a call in the list.
    pub call: &'static str,
    pub check: Check<'c>,
    inside: Vec<String>,
    outside: Vec<(String, String)>,
}

const NOT_LISTED: &str = "not in the list of values";

/// Reads JSON and returns the violations of the result. A value that the type of the field rejects is a violation.
pub fn typed<T: DeserializeOwned>(field: &str, json: Value, check: impl FnOnce(T) -> Vec<String>) -> Vec<String> {
    serde_json::from_value(json).map_or_else(|_| vec![format!("{field}: {NOT_LISTED}")], check)
}

/// Creates a row. `check` returns the violations of a request or of settings with this value in the field.
pub fn limit<'c>(field: &'static str, call: &'static str, check: impl Fn(&str) -> Vec<String> + 'c) -> Limit<'c> {
    Limit { field, call, check: Box::new(check), inside: Vec::new(), outside: Vec::new() }
}

impl Limit<'_> {
    pub fn inside(mut self, value: impl Into<String>) -> Self {
        self.inside.push(value.into());
        self
    }

    pub fn outside(mut self, value: impl Into<String>, rule: &str) -> Self {
        self.outside.push((value.into(), rule.to_owned()));
        self
    }

    /// At most this many characters.
    pub fn at_most(self, length: usize) -> Self {
        let rule = format!("must not be longer than {length} characters");
        self.inside("k".repeat(length)).outside("k".repeat(length + 1), &rule)
    }

    /// At most this many characters of any script, because the limit counts characters and not bytes.
    pub fn text_at_most(self, length: usize) -> Self {
        self.inside("ä".repeat(length)).at_most(length)
    }

    /// One of these values. The type of the field rejects all others.
    pub fn one_of<'v>(mut self, values: impl IntoIterator<Item = &'v str>) -> Self {
        self.inside.extend(values.into_iter().map(str::to_owned));
        self.outside("unlisted", NOT_LISTED)
    }

    /// Exactly 20 characters.
    pub fn exactly_20(self) -> Self {
        let rule = "must have exactly 20 characters";
        self.inside("i".repeat(20)).outside("i".repeat(19), rule).outside("i".repeat(21), rule)
    }
}

/// Checks every row, and that the rows cover the list of documented limits and every number of characters in the docs
/// of the vendor's module.
pub fn check(vendor: &str, limits: &[Limit<'_>]) {
    let mut lengths = BTreeSet::new();
    for Limit { field, call, check, inside, outside } in limits {
        assert!(!inside.is_empty() && !outside.is_empty(), "{field}");
        for value in inside {
            lengths.insert(value.chars().count());
            assert_eq!(check(value), Vec::<String>::new(), "{vendor} {call} {field}: `{value}` is allowed");
        }
        for (value, rule) in outside {
            let broken = check(value);
            assert!(broken.contains(&format!("{field}: {rule}")), "{vendor} {call} {field} `{value}`: {broken:?}");
        }
    }
    check_list(vendor, limits);
    let documented = documented_lengths(vendor);
    assert!(documented.is_subset(&lengths), "{vendor} documents {documented:?}; the table has {lengths:?}");
}

/// Returns the numbers of `N characters` in the docs of a vendor's requests and settings.
fn documented_lengths(vendor: &str) -> BTreeSet<usize> {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("src/providers").join(vendor);
    let mut lengths = BTreeSet::new();
    for file in ["mod.rs", "config.rs", "request.rs", "lookup.rs"] {
        let Ok(text) = std::fs::read_to_string(folder.join(file)) else { continue };
        let docs = text.lines().map(str::trim).filter(|line| line.starts_with("//"));
        let words: Vec<&str> = docs.flat_map(str::split_whitespace).filter(|word| !word.starts_with("//")).collect();
        let counted = words.windows(2).filter(|pair| pair[1].starts_with("character"));
        lengths.extend(counted.filter_map(|pair| pair[0].parse::<usize>().ok()));
    }
    lengths
}

fn block_on<F: Future>(future: F) -> F::Output {
    tokio::runtime::Builder::new_current_thread().enable_time().build().unwrap().block_on(future)
}

fn once<V: Connector>(vendor: V) -> (HttpProvider<V>, Script) {
    let script = Script::new([Play::json(400, "{}")]);
    let retry = RetryPolicy::never().max_lookups(0);
    (HttpProvider::builder(vendor).transport(script.clone()).retry(retry).build().unwrap(), script)
}

fn broken<T>(result: Result<T, Error>, script: &Script) -> Vec<String> {
    if let Some(error @ Error::Invalid(_)) = result.err() {
        assert!(script.sent().is_empty(), "{error}");
        return violations(&error);
    }
    assert_eq!(script.sent().len(), 1);
    Vec::new()
}

/// Returns the violations of a call; none if it was sent.
pub fn called<V: Connector>(vendor: V, operation: impl Operation<Connector = V>) -> Vec<String> {
    let (provider, script) = once(vendor);
    broken(block_on(provider.call(operation)), &script)
}

/// Returns the violations of a report; none if it was sent. The plan has the same violations.
pub fn reported<V: Connector>(vendor: V, chargeback: &Chargeback) -> Vec<String> {
    let (provider, script) = once(vendor);
    let planned = provider.plan(chargeback).err().map(|error| violations(&error)).unwrap_or_default();
    let reported = broken(block_on(provider.report(chargeback)), &script);
    assert_eq!(planned, reported);
    reported
}

/// Returns the problems with the settings of a connector; none if its provider was built.
pub fn built<V: Connector>(vendor: V) -> Vec<String> {
    match HttpProvider::builder(vendor).transport(Script::empty()).build() {
        Ok(_) => Vec::new(),
        Err(Error::Configuration(error)) => error.problems().iter().map(ToString::to_string).collect(),
        Err(other) => panic!("{other}"),
    }
}
