//! The file of results: one JSON line for each chargeback at each vendor, and for each line that could not be read. Ids of
//! cases are the merchant's own, and no person's data is in it.

use std::fs::File;
use std::io::{BufWriter, Write as _};
use std::path::{Path, PathBuf};

use chargeback::{BulkOutcome, Chargeback, Error, Outcome, Plan, ProviderId, Receipt};
use serde_json::{Value, json};

use super::{TransportFailure, of_file};

/// What would become of it, in the words of an [`Outcome`] where it has one.
pub(crate) fn planned_word(plan: &Result<Plan, Error>) -> &'static str {
    match plan {
        Ok(_) => "would_be_sent",
        Err(Error::Unsupported(_)) => "cannot_express",
        Err(_) => "refused",
    }
}

pub(crate) struct Results {
    path: PathBuf,
    file: BufWriter<File>,
}

impl Results {
    pub(crate) fn create(path: &Path) -> Result<Self, TransportFailure> {
        // What an earlier run found out is not written over; /dev/null is no such thing.
        let is_device = path.metadata().is_ok_and(|data| !data.is_file());
        let file = if is_device { File::options().write(true).open(path) } else { File::create_new(path) };
        let file = file.map_err(of_file(path))?;
        Ok(Self { path: path.to_owned(), file: BufWriter::new(file) })
    }

    pub(crate) fn told(&mut self, line: u64, done: &BulkOutcome) -> Result<(), TransportFailure> {
        let outcome = done.told.outcome();
        let detail = match outcome {
            Outcome::Acknowledged(receipt) => receipt.failed_step().map(|(step, error)| format!("{step}: {error}")),
            other => Some(other.to_string()),
        };
        self.write(&json!({
            "line": line,
            "case_id": done.chargeback.case_id(),
            "stage": done.chargeback.stage(),
            "provider": done.told.provider(),
            "outcome": outcome.as_str(),
            "detail": detail,
            "vendor_case": outcome.receipt().and_then(Receipt::vendor_case),
        }))
    }

    pub(crate) fn planned(
        &mut self,
        line: u64,
        chargeback: &Chargeback,
        provider: &ProviderId,
        plan: &Result<Plan, Error>,
    ) -> Result<(), TransportFailure> {
        self.write(&json!({
            "line": line,
            "case_id": chargeback.case_id(),
            "stage": chargeback.stage(),
            "provider": provider,
            "outcome": planned_word(plan),
            "detail": plan.as_ref().err().map(ToString::to_string),
        }))
    }

    pub(crate) fn unreadable(&mut self, line: u64, why: &str) -> Result<(), TransportFailure> {
        self.write(&json!({ "line": line, "outcome": "unreadable", "detail": why }))
    }

    fn write(&mut self, line: &Value) -> Result<(), TransportFailure> {
        Ok(writeln!(self.file, "{line}").map_err(of_file(&self.path))?)
    }

    pub(crate) fn close(mut self) -> Result<(), TransportFailure> {
        Ok(self.file.flush().map_err(of_file(&self.path))?)
    }
}
