//! One row of a CSV file as a chargeback.

use std::collections::BTreeMap;

use chargeback::reason_codes::{CodeKind, lookup};
use chargeback::{Chargeback, ChargebackBuilder, Network, NetworkCode, Processor, ProviderId, Reason, Stage};
use chrono::{DateTime, Datelike as _, TimeDelta, Utc};
use csv::StringRecord;

use super::Content;
use super::format::{Format, IGNORE};
use super::values;

/// The positions of the columns.
pub(super) struct Columns {
    fields: BTreeMap<String, usize>,
    names: Vec<String>,
    delimiter: u8,
}

impl Columns {
    /// Finds the columns of the format in the first row. Names are compared without case and white space around them.
    pub(super) fn find(head: &StringRecord, format: &Format, delimiter: u8) -> Result<Self, String> {
        let names: Vec<String> = head.iter().map(|name| name.trim().to_owned()).collect();
        let position = |wanted: &String| names.iter().position(|name| name.eq_ignore_ascii_case(wanted.trim()));
        let mut fields = BTreeMap::new();
        for (field, wanted) in &format.columns {
            if let Some(at) = wanted.iter().find_map(position) {
                fields.insert(field.clone(), at);
            }
        }
        let columns = Self { fields, names, delimiter };
        columns.check(format)?;
        Ok(columns)
    }

    fn check(&self, format: &Format) -> Result<(), String> {
        let wanted = |field: &str| format.columns.get(field).map(|names| names.join("` or `")).unwrap_or_default();
        let case = ["case_id", "dispute_id"].iter().find(|field| format.columns.contains_key(**field));
        for field in case.into_iter().chain(&["stage", "occurred_at"]) {
            let has_other_id = *field == "case_id" && self.fields.contains_key("dispute_id");
            if !self.fields.contains_key(*field) && !has_other_id {
                return Err(format!("column `{}` is missing; is this the right --format?", wanted(field)));
            }
        }
        // From here on, the first row is known to have names and not the data of a case.
        let is_twice = |at: &usize| self.names[..*at].iter().any(|name| name.eq_ignore_ascii_case(&self.names[*at]));
        if let Some(at) = (0..self.names.len()).find(is_twice) {
            return Err(format!("column {} (`{}`) is a duplicate", at + 1, self.names[at].escape_debug()));
        }
        let used: Vec<usize> = self.fields.values().copied().collect();
        match (0..self.names.len()).find(|at| format.strict && !used.contains(at)) {
            Some(at) => {
                let known: Vec<_> = format.columns.values().flatten().map(String::as_str).collect();
                let name = self.names[at].escape_debug();
                Err(format!("column {} (`{name}`) is unknown (supported: {})", at + 1, known.join(", ")))
            }
            None => Ok(()),
        }
    }

    /// Parses a row.
    pub(super) fn content(&self, record: &StringRecord, format: &Format) -> Content {
        let row = RowReader { columns: self, record, format };
        match self.check_quotes(record).and_then(|()| row.chargeback()) {
            Ok(Some(chargeback)) => Content::Chargeback(Box::new(chargeback)),
            Ok(None) => Content::Other(row.ignored_value()),
            Err(reason) => Content::Unreadable(reason),
        }
    }

    /// Checks that no cell contains other rows, which happens if a quote is not closed.
    fn check_quotes(&self, record: &StringRecord) -> Result<(), String> {
        let delimiters = self.names.len().saturating_sub(1).max(1);
        for (at, cell) in record.iter().enumerate().filter(|(_, cell)| cell.contains('\n')) {
            let is_id = self.fields.iter().any(|(field, column)| *column == at && field != "notes");
            let is_row = |line: &str| line.bytes().filter(|byte| *byte == self.delimiter).count() >= delimiters;
            if is_id || cell.lines().skip(1).any(is_row) {
                return Err(format!(
                    "{}: has a line break; check for an unclosed quote",
                    self.names[at].escape_debug()
                ));
            }
        }
        Ok(())
    }
}

struct RowReader<'r> {
    columns: &'r Columns,
    record: &'r StringRecord,
    format: &'r Format,
}

impl RowReader<'_> {
    /// Returns the text of a field; `None` if the column is absent or the cell is blank.
    fn text(&self, field: &str) -> Option<&str> {
        let text = self.record.get(*self.columns.fields.get(field)?)?.trim();
        (!text.is_empty()).then_some(text)
    }

    /// Returns the name of the column of a field, for errors.
    fn column(&self, field: &str) -> &str {
        self.columns.fields.get(field).map_or("", |&at| self.columns.names[at].as_str())
    }

    /// Returns the value that shows that a row is not a chargeback, if the format lists it. Other texts are data.
    fn ignored_value(&self) -> String {
        let value = self.text("stage").unwrap_or_default();
        let is_listed = self.format.stages.contains_key(&value.to_lowercase());
        if is_listed { value.to_owned() } else { "other".to_owned() }
    }

    fn required(&self, field: &str) -> Result<&str, String> {
        self.text(field).ok_or_else(|| format!("{}: empty", self.column(field)))
    }

    /// Returns the chargeback; `None` for a row that is not one.
    fn chargeback(&self) -> Result<Option<Chargeback>, String> {
        let Some(stage) = self.stage()? else { return Ok(None) };
        let code = self.network_code();
        let Some(reason) = self.reason(code.as_ref())? else { return Ok(None) };
        self.check_strictly(code.as_ref(), &reason)?;
        let occurred_at = self.time("occurred_at")?.ok_or_else(|| format!("{}: empty", self.column("occurred_at")))?;
        let mut builder = Chargeback::builder(self.case_id()?, stage, reason, occurred_at);
        builder = set(builder, code, ChargebackBuilder::network_code);
        builder = self.money(builder)?;
        for (field, setter) in TEXTS {
            builder = set(builder, self.text(field).map(str::to_owned), setter);
        }
        builder = set(builder, self.time("opened_at")?, ChargebackBuilder::opened_at);
        builder = set(builder, self.time("received_at")?, ChargebackBuilder::received_at);
        builder = set(builder, self.time("due_by")?, ChargebackBuilder::due_by);
        builder = set(builder, self.processor(), ChargebackBuilder::processor);
        for field in self.columns.fields.keys() {
            let Some(vendor) = field.strip_prefix("vendor_payment.") else { continue };
            if let (Some(id), Ok(vendor)) = (self.text(field), vendor.parse::<ProviderId>()) {
                builder = builder.vendor_payment(vendor, id);
            }
        }
        builder.build().map(Some).map_err(|error| error.to_string())
    }

    /// Checks that no value of a row of this tool's own format would be left out.
    fn check_strictly(&self, code: Option<&NetworkCode>, reason: &Reason) -> Result<(), String> {
        let has_part = self.text("network").is_some() || self.text("reason_code").is_some();
        match (self.format.strict, code) {
            (true, None) if has_part => Err("network and reason_code must be given together".to_owned()),
            (true, _) if !reason.is_known() => Err(format!("{}: unknown reason or code", self.column("reason"))),
            _ => Ok(()),
        }
    }

    fn case_id(&self) -> Result<String, String> {
        if let Some(id) = self.text("case_id") {
            return Ok(id.to_owned());
        }
        let id = if self.columns.fields.contains_key("dispute_id") { "dispute_id" } else { "case_id" };
        let id = self.required(id)?;
        Ok(self.format.processor.as_ref().map_or_else(|| id.to_owned(), |processor| format!("{processor}-{id}")))
    }

    fn processor(&self) -> Option<Processor> {
        let mut processor = Processor::new(self.format.processor.clone()?);
        processor.dispute_id = self.text("dispute_id").map(str::to_owned);
        processor.payment_id = self.text("payment_id").map(str::to_owned);
        Some(processor)
    }

    fn stage(&self) -> Result<Option<Stage>, String> {
        let value = self.required("stage")?;
        let column = self.column("stage");
        match self.text("live").map(str::to_lowercase).as_deref() {
            None | Some("true" | "1" | "yes" | "live") => {}
            Some("false" | "0" | "no" | "test") => return Ok(None),
            Some(_) => return Err(format!("{}: neither true nor false", self.column("live"))),
        }
        if self.format.stages.is_empty() {
            return value.parse().map(Some).map_err(|error| format!("{column}: {error}"));
        }
        let (kind, value) = (self.text("kind").unwrap_or_default().to_lowercase(), value.to_lowercase());
        let keys = [format!("{kind}/{value}"), format!("{kind}/*"), value];
        match keys.iter().find_map(|key| self.format.stages.get(key)).map(String::as_str) {
            Some(IGNORE) => Ok(None),
            Some(name) => name.parse().map(Some).map_err(|error| format!("{column}: {error}")),
            None => Err(format!("{column}: a value that the format does not know")),
        }
    }

    fn network_code(&self) -> Option<NetworkCode> {
        let network = network(self.text("network")?);
        Some(NetworkCode::new(network, self.text("reason_code")?))
    }

    /// Returns the reason; `None` if the network's code is an adjustment, which is not a chargeback.
    fn reason(&self, code: Option<&NetworkCode>) -> Result<Option<Reason>, String> {
        let own = self.own_reason()?;
        let known = own.as_ref().filter(|reason| reason.is_known());
        let row = code.and_then(lookup);
        if let (true, Some(own)) = (self.format.strict, known) {
            // The merchant states the reason itself.
            return Ok(Some(own.clone()));
        }
        let reason = match row.map(|row| (row.kind(), row.reason())) {
            Some((CodeKind::Adjustment, _)) => return Ok(None),
            Some((CodeKind::Reason, reason)) => reason.clone(),
            Some((CodeKind::Umbrella, reason)) => known.filter(|own| **own != Reason::Other).unwrap_or(reason).clone(),
            Some((_, reason)) => known.unwrap_or(reason).clone(),
            None => match (own, code) {
                (Some(own), _) => own,
                (None, Some(code)) => Reason::from(code.to_string().as_str()),
                (None, None) if self.columns.fields.contains_key("reason") => {
                    return Err(format!("{}: empty", self.column("reason")));
                }
                (None, None) => return Err("the row has no reason and no reason code".to_owned()),
            },
        };
        Ok(Some(reason))
    }

    /// Returns the reason of the column `reason`.
    fn own_reason(&self) -> Result<Option<Reason>, String> {
        let Some(text) = self.text("reason") else { return Ok(None) };
        if let Some(name) = self.format.reasons.get(&text.to_lowercase()) {
            return Ok(Some(Reason::from(name.as_str())));
        }
        if let Some(network) = &self.format.reason_network {
            let code = NetworkCode::new(network.as_str().into(), text.to_lowercase().replace([' ', '-'], "_"));
            let row = lookup(&code).or_else(|| lookup(&NetworkCode::new(network.as_str().into(), text)));
            // A processor's value may equal a name of `Reason` and mean something else.
            let unknown = || Reason::from(format!("{network} {text}").as_str());
            return Ok(Some(row.map_or_else(unknown, |row| row.reason().clone())));
        }
        let reason = Reason::from(text);
        if self.format.strict && !reason.is_known() {
            return Err(format!("{}: unknown reason", self.column("reason")));
        }
        Ok(Some(reason))
    }

    fn time(&self, field: &str) -> Result<Option<DateTime<Utc>>, String> {
        let Some(text) = self.text(field) else { return Ok(None) };
        let has_zones = self.columns.fields.contains_key("time_zone");
        let zone = match self.text("time_zone") {
            Some(zone) => values::zone(zone),
            None if has_zones => return Err(format!("{}: empty", self.column("time_zone"))),
            None => values::zone(&self.format.time_zone),
        };
        let zone = zone.ok_or("the time zone is not known; use an offset such as +02:00")?;
        let expected = "not a time such as 2026-10-01T10:00:00Z or 2026-10-01 10:00";
        let time = values::time(text, &self.format.times, zone);
        let time = time.ok_or_else(|| format!("{}: {expected}", self.column(field)))?;
        if !(1990..=2100).contains(&time.year()) {
            return Err(format!("{}: the year is not from 1990 to 2100", self.column(field)));
        }
        if field != "due_by" && time > Utc::now() + TimeDelta::days(1) {
            return Err(format!("{}: in the future", self.column(field)));
        }
        Ok(Some(time))
    }

    fn decimal(&self) -> values::Decimal {
        let may_be_comma = self.columns.delimiter == b';';
        values::Decimal { separator: self.format.decimal, minor_units: self.format.minor_units, may_be_comma }
    }

    fn money(&self, builder: ChargebackBuilder) -> Result<ChargebackBuilder, String> {
        match (self.text("amount"), self.text("currency")) {
            (Some(amount), Some(currency)) => Ok(builder.amount(values::amount(amount, currency, self.decimal())?)),
            (None, None) => Ok(builder),
            _ => Err("amount and currency must be given together".to_owned()),
        }
    }
}

type TextSetter = fn(ChargebackBuilder, String) -> ChargebackBuilder;

const TEXTS: [(&str, TextSetter); 9] = [
    ("order_id", |builder, text| builder.order_id(text)),
    ("transaction_id", |builder, text| builder.transaction_id(text)),
    ("gateway_transaction_id", |builder, text| builder.gateway_transaction_id(text)),
    ("payment_id", |builder, text| builder.gateway_transaction_id(text)),
    ("user_id", |builder, text| builder.user_id(text)),
    ("session_id", |builder, text| builder.session_id(text)),
    ("arn", |builder, text| builder.arn(text)),
    ("case_number", |builder, text| builder.case_number(text)),
    ("notes", |builder, text| builder.notes(text)),
];

fn set<T>(
    builder: ChargebackBuilder,
    value: Option<T>,
    setter: impl FnOnce(ChargebackBuilder, T) -> ChargebackBuilder,
) -> ChargebackBuilder {
    match value {
        Some(value) => setter(builder, value),
        None => builder,
    }
}

/// Returns the network for the spelling of an export: `mc`, `MasterCard`, `American Express`, `visa_corporate`.
pub(crate) fn network(name: &str) -> Network {
    let plain: String = name.chars().filter(char::is_ascii_alphanumeric).collect::<String>().to_ascii_lowercase();
    let starts = [
        ("visa", Network::Visa),
        ("mc", Network::Mastercard),
        ("mastercard", Network::Mastercard),
        ("maestro", Network::Mastercard),
        ("amex", Network::Amex),
        ("americanexpress", Network::Amex),
        ("discover", Network::Discover),
        ("diners", Network::Diners),
        ("jcb", Network::Jcb),
        ("cup", Network::UnionPay),
        ("unionpay", Network::UnionPay),
        ("chinaunionpay", Network::UnionPay),
        ("sepa", Network::Sepa),
    ];
    let found = starts.into_iter().find(|(start, _)| plain.starts_with(start));
    found.map_or_else(|| plain.as_str().into(), |(_, network)| network)
}
