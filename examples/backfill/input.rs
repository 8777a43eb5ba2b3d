//! Reads the export.
//!
//! A line of a JSON Lines file is a chargeback in the JSON format of the model. A CSV file has the columns of
//! [`Row`] in any order; optional columns may be missing. Unknown columns and unknown reasons are errors, because
//! their data would not reach a vendor.

use std::fmt::Display;
use std::fs::File;
use std::io::{BufRead as _, BufReader};
use std::path::Path;

use chargeback::{Chargeback, Money, Reason, revcent, spade};
use serde::{Deserialize, Serialize};

use super::{BoxError, in_file};

/// A chargeback as a row of CSV.
#[derive(Serialize, Deserialize)]
pub(crate) struct Row {
    case_id: String,
    stage: String,
    occurred_at: String,
    reason: String,
    #[serde(default)]
    amount: Option<String>,
    #[serde(default)]
    currency: Option<String>,
    #[serde(default)]
    order_id: Option<String>,
    #[serde(default)]
    transaction_id: Option<String>,
    #[serde(default)]
    user_id: Option<String>,
    #[serde(default)]
    session_id: Option<String>,
    /// RevCent's id of the payment.
    #[serde(default)]
    revcent: Option<String>,
    /// Spade's enrichment id of the payment.
    #[serde(default)]
    spade: Option<String>,
}

const COLUMNS: [&str; 12] = [
    "case_id",
    "stage",
    "occurred_at",
    "reason",
    "amount",
    "currency",
    "order_id",
    "transaction_id",
    "user_id",
    "session_id",
    "revcent",
    "spade",
];

/// The required columns.
const REQUIRED: [&str; 4] = ["case_id", "stage", "occurred_at", "reason"];

/// A line of the export: a chargeback, or an error text. The text contains field names and no values of the line.
pub(crate) struct Read {
    pub(crate) line: u64,
    pub(crate) chargeback: Result<Chargeback, String>,
}

pub(crate) type Input = Box<dyn Iterator<Item = Read> + Send>;

pub(crate) fn is_csv(path: &Path) -> bool {
    path.extension().is_some_and(|extension| extension.eq_ignore_ascii_case("csv"))
}

/// Counts the chargebacks, including unreadable ones.
pub(crate) fn count(path: &Path) -> Result<u64, BoxError> {
    let mut file = open(path)?;
    if is_csv(path) {
        return Ok(csv::Reader::from_reader(file).byte_records().count() as u64);
    }
    let (mut count, mut line) = (0, Vec::new());
    while file.read_until(b'\n', &mut line).map_err(in_file(path))? > 0 {
        count += u64::from(!line.trim_ascii().is_empty());
        line.clear();
    }
    Ok(count)
}

/// Reads all lines of the file. An I/O error is the last item.
pub(crate) fn read(path: &Path) -> Result<Input, BoxError> {
    if is_csv(path) {
        return Ok(Box::new(csv_lines(path)?));
    }
    let is_json_lines =
        path.extension().is_some_and(|extension| ["jsonl", "ndjson"].iter().any(|&known| extension == known));
    if !is_json_lines {
        return Err(format!("{}: unknown extension; must be .jsonl or .csv", path.display()).into());
    }
    Ok(Box::new(json_lines(open(path)?)))
}

/// Opens the file after its byte order mark, if it has one.
fn open(path: &Path) -> Result<BufReader<File>, BoxError> {
    let mut file = BufReader::new(File::open(path).map_err(in_file(path))?);
    if file.fill_buf().map_err(in_file(path))?.starts_with(b"\xEF\xBB\xBF") {
        file.consume(3);
    }
    Ok(file)
}

fn json_lines(file: BufReader<File>) -> impl Iterator<Item = Read> {
    let mut lines = (1..).zip(file.split(b'\n'));
    let mut ended = false;
    std::iter::from_fn(move || {
        while !ended {
            let (line, bytes) = lines.next()?;
            let chargeback = match bytes {
                Ok(bytes) if bytes.trim_ascii().is_empty() => continue,
                Ok(bytes) => serde_json::from_slice(&bytes).map_err(|error| json_error_text(&error)),
                Err(error) => {
                    ended = true;
                    Err(format!("could not read the rest of the file: {error}"))
                }
            };
            return Some(Read { line, chargeback });
        }
        None
    })
}

/// Returns an error text without values of the line. The texts of `serde_json` may contain values, except those
/// about field names and those of the model.
fn json_error_text(error: &serde_json::Error) -> String {
    let (text, column) = (error.to_string(), error.column());
    let about_names = ["missing field", "unknown field", "duplicate field"].iter().any(|start| text.starts_with(start));
    match error.classify() {
        serde_json::error::Category::Data if column == 0 || about_names => text,
        serde_json::error::Category::Data => format!("not a chargeback: the value that ends at column {column}"),
        _ => format!("not valid JSON at column {column}"),
    }
}

fn csv_lines(path: &Path) -> Result<impl Iterator<Item = Read> + use<>, BoxError> {
    let mut reader = csv::Reader::from_reader(open(path)?);
    let head = reader.headers().map_err(in_file(path))?.clone();
    check_header(&head).map_err(in_file(path))?;
    let mut lines = LineOf { file: open(path)?, at: 0, line: 1 };
    let mut record = csv::StringRecord::new();
    let mut ended = false;
    Ok(std::iter::from_fn(move || {
        if ended {
            return None;
        }
        // The position is before the record and before any blank lines in front of it.
        let line = lines.line_at(reader.position().byte());
        let chargeback = match reader.read_record(&mut record) {
            Ok(false) => return None,
            Ok(true) => match record.deserialize::<Row>(Some(&head)) {
                Ok(row) => parse_row(row),
                // The error texts of csv may contain values of the line.
                Err(_) => Err("a column has an invalid value".to_owned()),
            },
            Err(error) => {
                ended = error.is_io_error();
                Err(match error.kind() {
                    csv::ErrorKind::UnequalLengths { expected_len, len, .. } => {
                        format!("{len} columns instead of {expected_len}; check for an unclosed quote")
                    }
                    csv::ErrorKind::Utf8 { .. } => "not UTF-8".to_owned(),
                    _ => format!("could not read the rest of the file: {error}"),
                })
            }
        };
        Some(Read { line, chargeback })
    }))
}

fn check_header(head: &csv::StringRecord) -> Result<(), String> {
    let known = COLUMNS.join(", ");
    if let Some(place) = head.iter().position(|column| !COLUMNS.contains(&column)) {
        return Err(format!("column {} is unknown (supported: {known})", place + 1));
    }
    if let Some(place) = (0..head.len()).find(|&place| head.iter().take(place).any(|before| before == &head[place])) {
        return Err(format!("column {} is a duplicate", place + 1));
    }
    match REQUIRED.iter().find(|required| !head.iter().any(|column| column == **required)) {
        Some(missing) => Err(format!("column `{missing}` is missing")),
        None => Ok(()),
    }
}

/// Counts the lines up to a byte. The count of the crate csv is too low after CRLF line ends and blank lines.
struct LineOf {
    file: BufReader<File>,
    at: u64,
    line: u64,
}

impl LineOf {
    /// Returns the line of the first byte at or after `byte` that is not a line end, or 0 if the file cannot be
    /// read.
    fn line_at(&mut self, byte: u64) -> u64 {
        loop {
            let Ok(buffer) = self.file.fill_buf() else { return 0 };
            let Some(&next) = buffer.first() else { return self.line };
            if self.at >= byte && !matches!(next, b'\r' | b'\n') {
                return self.line;
            }
            self.line += u64::from(next == b'\n');
            self.at += 1;
            self.file.consume(1);
        }
    }
}

fn parse_row(row: Row) -> Result<Chargeback, String> {
    let stage = row.stage.parse().map_err(in_column("stage"))?;
    let reason = Reason::from(row.reason.as_str());
    if matches!(reason, Reason::Unknown(_)) {
        return Err("reason: unknown".to_owned());
    }
    let at = row.occurred_at.parse();
    let at = at.map_err(|_| "occurred_at: not an RFC 3339 time such as 2026-10-01T10:00:00Z")?;
    let mut builder = Chargeback::builder(row.case_id, stage, reason, at);
    match (row.amount, row.currency) {
        (Some(amount), Some(currency)) => {
            let currency = currency.parse().map_err(in_column("currency"))?;
            builder = builder.amount(Money::from_decimal(&amount, currency).map_err(in_column("amount"))?);
        }
        (None, None) => {}
        _ => return Err("amount and currency must be given together".to_owned()),
    }
    if let Some(id) = row.order_id {
        builder = builder.order_id(id);
    }
    if let Some(id) = row.transaction_id {
        builder = builder.transaction_id(id);
    }
    if let Some(id) = row.user_id {
        builder = builder.user_id(id);
    }
    if let Some(id) = row.session_id {
        builder = builder.session_id(id);
    }
    for (vendor, id) in [(revcent::ID, row.revcent), (spade::ID, row.spade)] {
        if let Some(id) = id {
            builder = builder.vendor_payment(vendor, id);
        }
    }
    builder.build().map_err(|error| error.to_string())
}

fn in_column<E: Display>(column: &'static str) -> impl Fn(E) -> String {
    move |error| format!("{column}: {error}")
}

impl From<&Chargeback> for Row {
    fn from(chargeback: &Chargeback) -> Self {
        let payment = chargeback.payment();
        let vendor = |id| chargeback.vendor_reference(id).and_then(|reference| reference.payment.clone());
        Self {
            case_id: chargeback.case_id().to_owned(),
            stage: chargeback.stage().to_string(),
            occurred_at: chargeback.occurred_at().to_rfc3339(),
            reason: chargeback.reason().to_string(),
            amount: chargeback.amount().map(Money::to_decimal),
            currency: chargeback.amount().map(|amount| amount.currency().to_string()),
            order_id: payment.order_id.clone(),
            transaction_id: payment.transaction_id.clone(),
            user_id: payment.user_id.clone(),
            session_id: payment.session_id.clone(),
            revcent: vendor(&revcent::ID),
            spade: vendor(&spade::ID),
        }
    }
}

/// The line number of each chargeback. Only gaps are stored, to save memory.
#[derive(Default)]
pub(crate) struct Lines {
    read: u64,
    /// Pairs of an index, from 0, and the line number of this chargeback. The following lines have no gap.
    jumps: Vec<(u64, u64)>,
}

impl Lines {
    /// Adds the line number of the next chargeback.
    pub(crate) fn push(&mut self, line: u64) {
        if self.jumps.is_empty() || self.line_of(self.read) != line {
            self.jumps.push((self.read, line));
        }
        self.read += 1;
    }

    /// Returns the line number of a chargeback by its index.
    pub(crate) fn line_of(&self, index: u64) -> u64 {
        let after = self.jumps.partition_point(|(first, _)| *first <= index);
        let jump = after.checked_sub(1).and_then(|last| self.jumps.get(last));
        jump.map_or(0, |(first, line)| line + index - first)
    }
}
