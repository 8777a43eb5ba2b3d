//! Reads the export.
//!
//! JSON Lines hold the model as it is. CSV has the columns of [`Row`], in any order; those that may be empty may be missing,
//! and others are refused, since nobody would tell the vendors of them. So are reasons that the model has no word for.

use std::fmt::Display;
use std::fs::File;
use std::io::{BufRead as _, BufReader};
use std::path::Path;

use chargeback::{Chargeback, Money, Reason, revcent, spade};
use serde::{Deserialize, Serialize};

use super::{TransportFailure, of_file};

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

/// Those that may not be missing.
const REQUIRED: [&str; 4] = ["case_id", "stage", "occurred_at", "reason"];

/// What stands on a line: a chargeback, or why it is none. The words hold nothing of what stands there, but for names of
/// fields.
pub(crate) struct Read {
    pub(crate) line: u64,
    pub(crate) chargeback: Result<Chargeback, String>,
}

pub(crate) type Input = Box<dyn Iterator<Item = Read> + Send>;

pub(crate) fn is_csv(path: &Path) -> bool {
    path.extension().is_some_and(|extension| extension.eq_ignore_ascii_case("csv"))
}

/// How many chargebacks there are, readable or not.
pub(crate) fn count(path: &Path) -> Result<u64, TransportFailure> {
    let mut file = open(path)?;
    if is_csv(path) {
        return Ok(csv::Reader::from_reader(file).byte_records().count() as u64);
    }
    let (mut count, mut line) = (0, Vec::new());
    while file.read_until(b'\n', &mut line).map_err(of_file(path))? > 0 {
        count += u64::from(!line.trim_ascii().is_empty());
        line.clear();
    }
    Ok(count)
}

/// All that stands in the file. It ends where the file can be read no further, and says so.
pub(crate) fn read(path: &Path) -> Result<Input, TransportFailure> {
    if is_csv(path) {
        return Ok(Box::new(of_csv(path)?));
    }
    let is_json_lines =
        path.extension().is_some_and(|extension| ["jsonl", "ndjson"].iter().any(|&own| extension == own));
    if !is_json_lines {
        return Err(format!("{}: neither .jsonl nor .csv", path.display()).into());
    }
    Ok(Box::new(of_json_lines(open(path)?)))
}

/// The file from behind its byte order mark, if it has one.
fn open(path: &Path) -> Result<BufReader<File>, TransportFailure> {
    let mut file = BufReader::new(File::open(path).map_err(of_file(path))?);
    if file.fill_buf().map_err(of_file(path))?.starts_with(b"\xEF\xBB\xBF") {
        file.consume(3);
    }
    Ok(file)
}

fn of_json_lines(file: BufReader<File>) -> impl Iterator<Item = Read> {
    let mut lines = (1..).zip(file.split(b'\n'));
    let mut ended = false;
    std::iter::from_fn(move || {
        while !ended {
            let (line, bytes) = lines.next()?;
            let chargeback = match bytes {
                Ok(bytes) if bytes.trim_ascii().is_empty() => continue,
                Ok(bytes) => serde_json::from_slice(&bytes).map_err(|error| why_not_json(&error)),
                Err(error) => {
                    ended = true;
                    Err(format!("the file cannot be read from here on: {error}"))
                }
            };
            return Some(Read { line, chargeback });
        }
        None
    })
}

/// The words of `serde_json` may show what stands there; those about names of fields, and the model's, do not.
fn why_not_json(error: &serde_json::Error) -> String {
    let (said, column) = (error.to_string(), error.column());
    let about_names = ["missing field", "unknown field", "duplicate field"].iter().any(|words| said.starts_with(words));
    match error.classify() {
        serde_json::error::Category::Data if column == 0 || about_names => said,
        serde_json::error::Category::Data => format!("no chargeback: the value that ends at column {column}"),
        _ => format!("no JSON: see column {column}"),
    }
}

fn of_csv(path: &Path) -> Result<impl Iterator<Item = Read> + use<>, TransportFailure> {
    let mut reader = csv::Reader::from_reader(open(path)?);
    let head = reader.headers().map_err(of_file(path))?.clone();
    check_head(&head).map_err(of_file(path))?;
    let mut lines = LineOf { file: open(path)?, at: 0, line: 1 };
    let mut record = csv::StringRecord::new();
    let mut ended = false;
    Ok(std::iter::from_fn(move || {
        if ended {
            return None;
        }
        // Before the record, or before the blank lines that come before it.
        let line = lines.of(reader.position().byte());
        let chargeback = match reader.read_record(&mut record) {
            Ok(false) => return None,
            Ok(true) => match record.deserialize::<Row>(Some(&head)) {
                Ok(row) => of_row(row),
                // csv's own words may show what stands there.
                Err(_) => Err("a column cannot be read".to_owned()),
            },
            Err(error) => {
                ended = error.is_io_error();
                Err(match error.kind() {
                    csv::ErrorKind::UnequalLengths { expected_len, len, .. } => {
                        format!("{len} columns, and not {expected_len}; is a quote left open?")
                    }
                    csv::ErrorKind::Utf8 { .. } => "not UTF-8".to_owned(),
                    _ => format!("the file cannot be read from here on: {error}"),
                })
            }
        };
        Some(Read { line, chargeback })
    }))
}

fn check_head(head: &csv::StringRecord) -> Result<(), String> {
    let known = COLUMNS.join(", ");
    if let Some(place) = head.iter().position(|column| !COLUMNS.contains(&column)) {
        return Err(format!("column {} is none of {known}", place + 1));
    }
    if let Some(place) = (0..head.len()).find(|&place| head.iter().take(place).any(|before| before == &head[place])) {
        return Err(format!("column {} stands there twice", place + 1));
    }
    match REQUIRED.iter().find(|required| !head.iter().any(|column| column == **required)) {
        Some(missing) => Err(format!("there is no column `{missing}`")),
        None => Ok(()),
    }
}

/// Counts lines up to a byte: csv's own count is one too low where lines end with CR and LF, or are blank.
struct LineOf {
    file: BufReader<File>,
    at: u64,
    line: u64,
}

impl LineOf {
    /// The line of what stands there, behind line ends; 0 if the file cannot be read.
    fn of(&mut self, byte: u64) -> u64 {
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

fn of_row(row: Row) -> Result<Chargeback, String> {
    let stage = row.stage.parse().map_err(in_column("stage"))?;
    let reason = Reason::from(row.reason.as_str());
    if matches!(reason, Reason::Unknown(_)) {
        return Err("reason: none of the model's words".to_owned());
    }
    let at = row.occurred_at.parse();
    let at = at.map_err(|_| "occurred_at: a time as in RFC 3339, such as 2026-10-01T10:00:00Z")?;
    let mut builder = Chargeback::builder(row.case_id, stage, reason, at);
    match (row.amount, row.currency) {
        (Some(amount), Some(currency)) => {
            let currency = currency.parse().map_err(in_column("currency"))?;
            builder = builder.amount(Money::from_decimal(&amount, currency).map_err(in_column("amount"))?);
        }
        (None, None) => {}
        _ => return Err("amount and currency come together".to_owned()),
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

/// Which line of the file each chargeback stood on. Only where lines are left out is noted, so it takes next to no memory.
#[derive(Default)]
pub(crate) struct Lines {
    read: u64,
    /// From this chargeback on, counted from 0, they stand on lines from this one on.
    jumps: Vec<(u64, u64)>,
}

impl Lines {
    /// The next chargeback stands on this line.
    pub(crate) fn push(&mut self, line: u64) {
        if self.jumps.is_empty() || self.of(self.read) != line {
            self.jumps.push((self.read, line));
        }
        self.read += 1;
    }

    pub(crate) fn of(&self, index: u64) -> u64 {
        let after = self.jumps.partition_point(|(first, _)| *first <= index);
        let jump = after.checked_sub(1).and_then(|last| self.jumps.get(last));
        jump.map_or(0, |(first, line)| line + index - first)
    }
}
