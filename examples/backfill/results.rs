//! The file of results: one JSON line for each chargeback and vendor, and for each unreadable line.
//!
//! The file contains the merchant's case ids and no personal data.

use std::fs::File;
use std::io::{BufWriter, Write as _};
use std::path::{Path, PathBuf};

use chargeback::{BulkOutcome, Chargeback, Error, Outcome, Plan, ProviderId, Receipt};
use serde_json::{Value, json};

use super::{BoxError, in_file};

/// Returns the name of a planned outcome. Errors have the names of [`Outcome::as_str`].
pub(crate) fn planned_outcome(plan: &Result<Plan, Error>) -> &'static str {
    match plan {
        Ok(_) => "would_be_sent",
        Err(Error::Unsupported(_)) => "unsupported",
        Err(_) => "failed",
    }
}

pub(crate) struct Results {
    path: PathBuf,
    file: BufWriter<File>,
}

impl Results {
    pub(crate) fn create(path: &Path) -> Result<Self, BoxError> {
        // Never overwrite the results of an earlier run. A device such as /dev/null may be opened again.
        let is_device = path.metadata().is_ok_and(|data| !data.is_file());
        let file = if is_device { File::options().write(true).open(path) } else { File::create_new(path) };
        let file = file.map_err(in_file(path))?;
        Ok(Self { path: path.to_owned(), file: BufWriter::new(file) })
    }

    pub(crate) fn outcome(&mut self, line: u64, done: &BulkOutcome) -> Result<(), BoxError> {
        let outcome = done.result.outcome();
        let detail = match outcome {
            Outcome::Acknowledged(receipt) => receipt.failed_step().map(|(step, error)| format!("{step}: {error}")),
            other => Some(other.to_string()),
        };
        self.write(&json!({
            "line": line,
            "case_id": done.chargeback.case_id(),
            "stage": done.chargeback.stage(),
            "provider": done.result.provider(),
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
    ) -> Result<(), BoxError> {
        self.write(&json!({
            "line": line,
            "case_id": chargeback.case_id(),
            "stage": chargeback.stage(),
            "provider": provider,
            "outcome": planned_outcome(plan),
            "detail": plan.as_ref().err().map(ToString::to_string),
        }))
    }

    pub(crate) fn unreadable(&mut self, line: u64, why: &str) -> Result<(), BoxError> {
        self.write(&json!({ "line": line, "outcome": "unreadable", "detail": why }))
    }

    fn write(&mut self, line: &Value) -> Result<(), BoxError> {
        Ok(writeln!(self.file, "{line}").map_err(in_file(&self.path))?)
    }

    pub(crate) fn close(mut self) -> Result<(), BoxError> {
        Ok(self.file.flush().map_err(in_file(&self.path))?)
    }
}
