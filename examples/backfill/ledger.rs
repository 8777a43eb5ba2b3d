//! A ledger in a file: one JSON line for each change, the last one counts.

use std::collections::HashMap;
use std::fs::{File, OpenOptions};
use std::io::{BufRead as _, BufReader, BufWriter, Write as _};
use std::path::Path;
use std::sync::{Mutex, MutexGuard, PoisonError};

use chargeback::lifecycle::{Ledger, LedgerEntry, LedgerError};
use chargeback::{ProviderId, async_trait};
use serde::{Deserialize, Serialize};

use super::Failure;

#[derive(Serialize, Deserialize)]
struct Line {
    provider: ProviderId,
    case_id: String,
    entry: LedgerEntry,
}

/// What was told, in memory and in a file.
#[derive(Debug)]
pub(crate) struct FileLedger {
    inner: Mutex<Inner>,
}

#[derive(Debug)]
struct Inner {
    entries: HashMap<(ProviderId, String), LedgerEntry>,
    file: BufWriter<File>,
}

impl FileLedger {
    /// Reads what stands in the file, if there is one. A last line that a crash has cut off counts as not written; any
    /// other that cannot be read is an error, since nobody knows what it said.
    pub(crate) fn open(path: &Path) -> Result<Self, Failure> {
        let mut file = OpenOptions::new().read(true).append(true).create(true).open(path)?;
        let mut reader = BufReader::new(File::open(path)?);
        let (mut entries, mut text, mut whole) = (HashMap::new(), String::new(), 0_u64);
        while reader.read_line(&mut text)? > 0 && text.ends_with('\n') {
            let line: Line =
                serde_json::from_str(&text).map_err(|_| format!("{}: a line is no entry", path.display()))?;
            entries.insert((line.provider, line.case_id), line.entry);
            whole += text.len() as u64;
            text.clear();
        }
        // What was cut off goes, so that the next line does not begin in the middle of it.
        file.set_len(whole)?;
        file.flush()?;
        Ok(Self { inner: Mutex::new(Inner { entries, file: BufWriter::new(file) }) })
    }

    pub(crate) fn len(&self) -> usize {
        self.locked().entries.len()
    }

    pub(crate) fn is_empty(&self) -> bool {
        self.len() == 0
    }

    /// Writes what is still in memory.
    pub(crate) fn close(&self) -> Result<(), Failure> {
        Ok(self.locked().file.flush()?)
    }

    fn locked(&self) -> MutexGuard<'_, Inner> {
        self.inner.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

#[async_trait]
impl Ledger for FileLedger {
    async fn read(&self, provider: &ProviderId, case_id: &str) -> Result<Option<LedgerEntry>, LedgerError> {
        Ok(self.locked().entries.get(&(provider.clone(), case_id.to_owned())).cloned())
    }

    async fn write(&self, provider: &ProviderId, case_id: &str, entry: &LedgerEntry) -> Result<(), LedgerError> {
        let line = Line { provider: provider.clone(), case_id: case_id.to_owned(), entry: entry.clone() };
        let mut inner = self.locked();
        let text = serde_json::to_string(&line).map_err(LedgerError::new)?;
        // What is about to be sent must stand in the file first; what was told may wait for the next line.
        writeln!(inner.file, "{text}").map_err(LedgerError::new)?;
        if entry.unclear.is_some() {
            inner.file.flush().map_err(LedgerError::new)?;
        }
        inner.entries.insert((line.provider, line.case_id), line.entry);
        Ok(())
    }
}
