//! Reads the export.
//!
//! JSON Lines hold the model as it is. CSV has the columns of [`Row`], in any order; those that may be empty may be missing,
//! and others are refused, since nobody would tell the vendors of them.

use std::fs::File;
use std::io::{BufRead as _, BufReader};
use std::path::Path;

use chargeback::{Chargeback, Money, Reason, revcent, spade};
use serde::{Deserialize, Serialize};

use super::{Failure, of_file};

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

/// What stands on a line: a chargeback, or why it is none. The words hold nothing of what stands there.
pub(crate) struct Read {
    pub(crate) line: u64,
    pub(crate) chargeback: Result<Chargeback, String>,
}

pub(crate) fn is_csv(path: &Path) -> bool {
    path.extension().is_some_and(|extension| extension.eq_ignore_ascii_case("csv"))
}

/// How many chargebacks there are, readable or not.
pub(crate) fn count(path: &Path) -> Result<u64, Failure> {
    let is_blank = |line: &[u8]| line.trim_ascii().is_empty();
    let file = open(path)?;
    Ok(if is_csv(path) {
        csv::Reader::from_reader(file).byte_records().count() as u64
    } else {
        file.split(b'\n').filter(|line| line.as_ref().is_ok_and(|line| !is_blank(line))).count() as u64
    })
}

/// All that stands in the file. It ends where the file can be read no further, and says so.
pub(crate) fn read(path: &Path) -> Result<Box<dyn Iterator<Item = Read> + Send>, Failure> {
    let file = open(path)?;
    Ok(if is_csv(path) { Box::new(of_csv(file, path)?) } else { Box::new(of_json_lines(file)) })
}

fn open(path: &Path) -> Result<BufReader<File>, Failure> {
    Ok(BufReader::new(File::open(path).map_err(of_file(path))?))
}

fn of_json_lines(file: BufReader<File>) -> impl Iterator<Item = Read> {
    let mut lines = (1..).zip(file.split(b'\n'));
    let mut ended = false;
    std::iter::from_fn(move || {
        while !ended {
            let (line, bytes) = lines.next()?;
            let chargeback = match bytes {
                Ok(bytes) if bytes.trim_ascii().is_empty() => continue,
                // serde_json's own words may show what stands there.
                Ok(bytes) => serde_json::from_slice(&bytes).map_err(|error| match error.classify() {
                    serde_json::error::Category::Data => format!("no chargeback: see column {}", error.column()),
                    _ => format!("no JSON: see column {}", error.column()),
                }),
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

fn of_csv(file: BufReader<File>, path: &Path) -> Result<impl Iterator<Item = Read> + use<>, Failure> {
    let mut reader = csv::Reader::from_reader(file);
    let head = reader.headers().map_err(of_file(path))?.clone();
    if let Some(column) = head.iter().find(|column| !COLUMNS.contains(column)) {
        let known = COLUMNS.join(", ");
        return Err(format!("{}: there is no column `{column}`; the columns are {known}", path.display()).into());
    }
    let mut record = csv::StringRecord::new();
    let mut ended = false;
    Ok(std::iter::from_fn(move || {
        if ended {
            return None;
        }
        let line = reader.position().line();
        let read = reader.read_record(&mut record);
        let chargeback = match read {
            Ok(false) => return None,
            Ok(true) => match record.deserialize::<Row>(Some(&head)) {
                Ok(row) => of_row(row).map_err(|error| error.to_string()),
                // A field that cannot be empty is missing; csv's own words may show what stands there.
                Err(_) => Err(format!("needs {}", COLUMNS[..4].join(", "))),
            },
            Err(error) => {
                ended = error.is_io_error();
                // What is wrong with the whole line, such as its number of fields.
                Err(error.to_string())
            }
        };
        Some(Read { line, chargeback })
    }))
}

fn of_row(row: Row) -> Result<Chargeback, Failure> {
    let mut builder = Chargeback::builder(
        row.case_id,
        row.stage.parse()?,
        Reason::from(row.reason.as_str()),
        row.occurred_at.parse()?,
    );
    match (row.amount, row.currency) {
        (Some(amount), Some(currency)) => builder = builder.amount(Money::from_decimal(&amount, currency.parse()?)?),
        (None, None) => {}
        _ => return Err("amount and currency come together".into()),
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
    Ok(builder.build()?)
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
