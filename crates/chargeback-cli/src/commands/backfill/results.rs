//! The files of results: JSON Lines or CSV, one row for each chargeback and vendor.

use std::fs::File;
use std::io::{BufWriter, Write as _};
use std::path::{Path, PathBuf};

use serde::Serialize;

use crate::failure::Failure;

/// One row of the results.
#[derive(Debug, Serialize)]
pub(super) struct ResultRow<'r> {
    pub(super) line: u64,
    pub(super) case_id: &'r str,
    pub(super) stage: &'r str,
    pub(super) vendor: &'r str,
    pub(super) outcome: &'r str,
    pub(super) reason: &'r str,
    pub(super) losses: &'r str,
}

enum Writer {
    JsonLines(BufWriter<File>),
    Csv(Box<csv::Writer<File>>),
}

/// The open files.
pub(super) struct Results(Vec<(PathBuf, Writer)>);

fn is_csv(path: &Path) -> Option<bool> {
    match path.extension().and_then(|extension| extension.to_str()) {
        Some("csv") => Some(true),
        Some("jsonl" | "ndjson") => Some(false),
        _ => None,
    }
}

/// Checks the extension of a file.
pub(super) fn check_name(path: &Path) -> Result<(), Failure> {
    let wrong = || Failure::usage(format!("{}: results end in .jsonl or .csv", path.display()));
    is_csv(path).map(|_| ()).ok_or_else(wrong)
}

impl Results {
    pub(super) fn create(paths: &[PathBuf]) -> Result<Self, Failure> {
        let create = |path: &PathBuf| {
            let file = File::create(path).map_err(|error| Failure::at(path.display(), error))?;
            let writer = match is_csv(path) {
                Some(true) => Writer::Csv(Box::new(csv::Writer::from_writer(file))),
                _ => Writer::JsonLines(BufWriter::new(file)),
            };
            Ok((path.clone(), writer))
        };
        paths.iter().map(create).collect::<Result<_, Failure>>().map(Self)
    }

    pub(super) fn write(&mut self, row: &ResultRow<'_>) -> Result<(), Failure> {
        for (path, writer) in &mut self.0 {
            let written = match writer {
                Writer::Csv(writer) => writer.serialize(row).map_err(std::io::Error::from),
                Writer::JsonLines(writer) => serde_json::to_writer(&mut *writer, row)
                    .map_err(std::io::Error::from)
                    .and_then(|()| writer.write_all(b"\n")),
            };
            written.map_err(|error| Failure::at(path.display(), error))?;
        }
        Ok(())
    }

    /// Writes a row that could not be read.
    pub(super) fn unreadable(&mut self, line: u64, reason: &str) -> Result<(), Failure> {
        let (case_id, stage, vendor, losses) = ("", "", "", "");
        self.write(&ResultRow { line, case_id, stage, vendor, outcome: "unreadable", reason, losses })
    }

    pub(super) fn close(self) -> Result<(), Failure> {
        for (path, writer) in self.0 {
            let closed = match writer {
                Writer::Csv(mut writer) => writer.flush(),
                Writer::JsonLines(mut writer) => writer.flush(),
            };
            closed.map_err(|error| Failure::at(path.display(), error))?;
        }
        Ok(())
    }
}
