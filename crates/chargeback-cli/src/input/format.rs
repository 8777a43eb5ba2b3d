//! The description of a CSV file: its columns and values. The exports of processors are described in the same way.

use std::collections::BTreeMap;
use std::path::Path;

use chargeback::reason_codes::all;
use chargeback::{Reason, Stage};
use serde::Deserialize;

use super::values;
use crate::failure::{Exit, Failure};

/// The built-in descriptions.
const BUILT_IN: [(&str, &str); 6] = [
    ("generic", include_str!("formats/generic.toml")),
    ("stripe", include_str!("formats/stripe.toml")),
    ("adyen", include_str!("formats/adyen.toml")),
    ("paypal", include_str!("formats/paypal.toml")),
    ("braintree", include_str!("formats/braintree.toml")),
    ("checkout", include_str!("formats/checkout.toml")),
];

/// The names of the built-in descriptions.
pub(crate) const FORMAT_NAMES: [&str; 6] = ["generic", "stripe", "adyen", "paypal", "braintree", "checkout"];

/// The fields that a column can fill. A field `vendor_payment.NAME` is the id of the payment at a vendor.
pub(super) const FIELDS: [&str; 24] = [
    "case_id",
    "dispute_id",
    "stage",
    "kind",
    "occurred_at",
    "reason",
    "network",
    "reason_code",
    "amount",
    "currency",
    "order_id",
    "transaction_id",
    "gateway_transaction_id",
    "user_id",
    "session_id",
    "arn",
    "case_number",
    "opened_at",
    "received_at",
    "due_by",
    "notes",
    "time_zone",
    "live",
    "payment_id",
];

/// The value of a stage or reason table for rows that are not chargebacks.
pub(super) const IGNORE: &str = "ignore";

/// The description of a CSV file.
#[derive(Debug, Clone)]
pub(crate) struct Format {
    /// The processor, whose name starts the case ids as in its webhooks.
    pub(crate) processor: Option<String>,
    pub(super) delimiter: Option<u8>,
    /// Columns without a field are an error, because their data would not reach a vendor.
    pub(super) strict: bool,
    /// The decimal separator of amounts.
    pub(super) decimal: Option<char>,
    /// True if amounts are whole numbers of the smallest unit.
    pub(super) minor_units: bool,
    /// The first cell of the row with the names, and that of rows with data, in files that have other rows too.
    pub(super) row_types: Option<(String, String)>,
    /// Formats of times, as in `strftime`. RFC 3339 is always accepted.
    pub(super) times: Vec<String>,
    /// The time zone of times without one: UTC, a known abbreviation, or an offset.
    pub(super) time_zone: String,
    /// The network whose table has the values of the column `reason`, for example `stripe`.
    pub(super) reason_network: Option<String>,
    /// Names of columns by field; the first one that the file has.
    pub(super) columns: BTreeMap<String, Vec<String>>,
    /// Stages by value in lower case; a key can be `kind/value` or `kind/*`.
    pub(super) stages: BTreeMap<String, String>,
    pub(super) reasons: BTreeMap<String, String>,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct RawFormat {
    processor: Option<String>,
    delimiter: Option<char>,
    #[serde(default)]
    strict: bool,
    decimal: Option<char>,
    #[serde(default)]
    minor_units: bool,
    row_types: Option<(String, String)>,
    #[serde(default)]
    times: Vec<String>,
    time_zone: Option<String>,
    reason_network: Option<String>,
    columns: BTreeMap<String, Names>,
    #[serde(default)]
    stages: BTreeMap<String, String>,
    #[serde(default)]
    reasons: BTreeMap<String, String>,
}

#[derive(Deserialize)]
#[serde(untagged)]
enum Names {
    One(String),
    Several(Vec<String>),
}

/// Returns the text of a built-in description.
pub(crate) fn built_in_text(name: &str) -> Option<&'static str> {
    BUILT_IN.iter().find(|(known, _)| *known == name).map(|(_, text)| *text)
}

impl Format {
    /// Returns a built-in description.
    pub(crate) fn built_in(name: &str) -> Result<Self, Failure> {
        let text = built_in_text(name).ok_or_else(|| {
            Failure::usage("unknown format").next(format!("use one of: jsonl, {}", FORMAT_NAMES.join(", ")))
        })?;
        Self::parse(text).map_err(|error| Failure::at(name, error))
    }

    /// Reads a description from a file.
    pub(crate) fn read(path: &Path) -> Result<Self, Failure> {
        let text =
            std::fs::read_to_string(path).map_err(|error| Failure::at(path.display(), error).exit(Exit::Usage))?;
        let next = "`chargeback formats generic` prints an example";
        Self::parse(&text).map_err(|error| Failure::at(path.display(), error).exit(Exit::Usage).next(next))
    }

    fn parse(text: &str) -> Result<Self, String> {
        let raw: RawFormat = toml::from_str(text).map_err(|error| error.to_string().trim_end().to_owned())?;
        let columns = raw.columns.into_iter().map(|(field, names)| match names {
            Names::One(name) => (field, vec![name]),
            Names::Several(names) => (field, names),
        });
        let format = Self {
            processor: raw.processor,
            delimiter: raw
                .delimiter
                .map(|delimiter| u8::try_from(delimiter).map_err(|_| "delimiter: one ASCII character"))
                .transpose()?,
            strict: raw.strict,
            decimal: raw.decimal,
            minor_units: raw.minor_units,
            row_types: raw.row_types,
            times: raw.times,
            time_zone: raw.time_zone.unwrap_or_else(|| "UTC".to_owned()),
            reason_network: raw.reason_network,
            columns: columns.collect(),
            stages: lower("stages", raw.stages)?,
            reasons: lower("reasons", raw.reasons)?,
        };
        format.check()?;
        Ok(format)
    }

    /// Checks the settings of values.
    fn check_values(&self) -> Result<(), String> {
        if self.decimal.is_some_and(|decimal| !['.', ','].contains(&decimal)) {
            return Err("decimal: must be \".\" or \",\"".to_owned());
        }
        if self.times.iter().any(|format| format.contains("%Z") || format.contains("%y")) {
            return Err("times: %Z ignores the zone and %y has no century; use %z or time_zone, and %Y".to_owned());
        }
        if values::zone(&self.time_zone).is_none() {
            return Err("time_zone: not known; use an offset such as +02:00".to_owned());
        }
        if self.reason_network.as_ref().is_some_and(|name| !all().any(|row| row.network() == name)) {
            return Err("reason_network: the table of reason codes has no such network".to_owned());
        }
        Ok(())
    }

    fn check(&self) -> Result<(), String> {
        let is_known = |field: &str| {
            FIELDS.contains(&field)
                || field.strip_prefix("vendor_payment.").is_some_and(|vendor| crate::config::find(vendor).is_some())
        };
        if let Some(field) = self.columns.keys().find(|field| !is_known(field)) {
            return Err(format!(
                "columns.{field}: unknown field (supported: {}, vendor_payment.VENDOR)",
                FIELDS.join(", ")
            ));
        }
        let has = |field: &str| self.columns.contains_key(field);
        if !has("case_id") && !has("dispute_id") {
            return Err("columns: case_id or dispute_id is missing".to_owned());
        }
        if let Some(missing) = ["stage", "occurred_at"].iter().find(|field| !has(field)) {
            return Err(format!("columns: {missing} is missing"));
        }
        self.check_values()?;
        for (value, name) in self.stages.iter().filter(|(_, name)| *name != IGNORE) {
            name.parse::<Stage>().map_err(|error| format!("stages.\"{value}\": {error}"))?;
        }
        for (value, name) in &self.reasons {
            if !Reason::from(name.as_str()).is_known() {
                return Err(format!("reasons.\"{value}\": unknown reason"));
            }
        }
        Ok(())
    }
}

/// Returns a table with its values in lower case.
fn lower(name: &str, table: BTreeMap<String, String>) -> Result<BTreeMap<String, String>, String> {
    let mut lower = BTreeMap::new();
    for (value, meaning) in table {
        if lower.insert(value.trim().to_lowercase(), meaning).is_some() {
            return Err(format!("{name}: a value is listed twice, in capitals and in small letters"));
        }
    }
    Ok(lower)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn built_in_descriptions_are_valid() {
        for (name, text) in BUILT_IN {
            assert!(Format::parse(text).is_ok(), "{name}: {:?}", Format::parse(text).err());
        }
        assert_eq!(BUILT_IN.map(|(name, _)| name), FORMAT_NAMES);
    }
}
