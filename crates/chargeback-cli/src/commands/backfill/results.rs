//! The files of results: JSON Lines or CSV, one row for each chargeback and vendor.

use std::fs::File;
use std::io::{BufWriter, Write as _};
use std::path::{Path, PathBuf};

use serde::Serialize;

use crate::failure::{Exit, Failure};

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

/// The open files. Each is written under a temporary name, which replaces the final one at the end.
pub(super) struct Results(Vec<Target>);

struct Target {
    path: PathBuf,
    temporary: PathBuf,
    writer: Option<Writer>,
}

impl Drop for Target {
    /// Removes a file that was not completed.
    fn drop(&mut self) {
        if self.writer.take().is_some() {
            let _ = std::fs::remove_file(&self.temporary);
        }
    }
}

/// Creates a file that only its owner can read, because it holds case ids.
fn create(path: &Path) -> std::io::Result<File> {
    let mut options = File::options();
    options.write(true).create(true).truncate(true);
    #[cfg(unix)]
    {
        use std::os::unix::fs::OpenOptionsExt as _;
        options.mode(0o600);
    }
    options.open(path)
}

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
        let target = |path: &PathBuf| {
            let mut temporary = path.clone().into_os_string();
            temporary.push(format!(".part-{}", std::process::id()));
            let temporary = PathBuf::from(temporary);
            let file = create(&temporary).map_err(|error| {
                Failure::at(path.display(), error).exit(Exit::Usage).next("choose a folder that can be written")
            })?;
            let writer = match is_csv(path) {
                Some(true) => Writer::Csv(Box::new(csv::Writer::from_writer(file))),
                _ => Writer::JsonLines(BufWriter::new(file)),
            };
            Ok(Target { path: path.clone(), temporary, writer: Some(writer) })
        };
        paths.iter().map(target).collect::<Result<_, Failure>>().map(Self)
    }

    pub(super) fn write(&mut self, row: &ResultRow<'_>) -> Result<(), Failure> {
        for target in &mut self.0 {
            let written = match &mut target.writer {
                Some(Writer::Csv(writer)) => writer.serialize(row).map_err(std::io::Error::from),
                Some(Writer::JsonLines(writer)) => serde_json::to_writer(&mut *writer, row)
                    .map_err(std::io::Error::from)
                    .and_then(|()| writer.write_all(b"\n")),
                None => Ok(()),
            };
            written.map_err(|error| Failure::at(target.path.display(), error))?;
        }
        Ok(())
    }

    /// Writes a row without a case: unreadable, or not a chargeback.
    pub(super) fn without_case(&mut self, line: u64, outcome: &str, reason: &str) -> Result<(), Failure> {
        let (case_id, stage, vendor, losses) = ("", "", "", "");
        self.write(&ResultRow { line, case_id, stage, vendor, outcome, reason, losses })
    }

    /// Gives the files their final names.
    pub(super) fn close(mut self) -> Result<(), Failure> {
        for target in &mut self.0 {
            let place = |error: std::io::Error| Failure::at(target.path.display(), error);
            match &mut target.writer {
                Some(Writer::Csv(writer)) => writer.flush().map_err(place)?,
                Some(Writer::JsonLines(writer)) => writer.flush().map_err(place)?,
                None => {}
            }
            std::fs::rename(&target.temporary, &target.path).map_err(place)?;
            target.writer = None;
        }
        Ok(())
    }
}
