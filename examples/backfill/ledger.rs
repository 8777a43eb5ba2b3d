//! A ledger in a file, with one JSON line for each change. The last line of a case is valid.
//!
//! Only the positions of the lines are in memory, so a ledger may have millions of cases.

use std::collections::HashMap;
use std::fs::{File, OpenOptions};
use std::hash::{DefaultHasher, Hash as _, Hasher as _};
use std::io::{self, BufRead as _, BufReader, BufWriter, Seek as _, SeekFrom, Write as _};
use std::path::Path;
use std::sync::{Mutex, MutexGuard, PoisonError};

use chargeback::lifecycle::{Ledger, LedgerEntry, LedgerError, Version, Versioned};
use chargeback::{ProviderId, async_trait};
use serde::{Deserialize, Serialize};

use super::{BoxError, in_file};

#[derive(Serialize, Deserialize)]
struct Line {
    provider: ProviderId,
    case_id: String,
    entry: LedgerEntry,
}

/// The reported stages of all cases.
#[derive(Debug)]
pub(crate) struct FileLedger {
    inner: Mutex<Inner>,
    /// The operating system releases the lock when the program ends.
    _lock: File,
}

#[derive(Debug)]
struct Inner {
    /// The position of the last line of a case at a vendor, by a hash of both. The line itself contains both ids.
    positions: HashMap<u64, u64>,
    writer: BufWriter<File>,
    reader: BufReader<File>,
    end: u64,
}

impl FileLedger {
    /// Opens a ledger, or creates it. An incomplete last line, as after a crash, is removed. Any other unreadable
    /// line is an error, because its entry would be lost.
    pub(crate) fn open(path: &Path) -> Result<Self, BoxError> {
        let mut file = OpenOptions::new().write(true).create(true).truncate(false).open(path).map_err(in_file(path))?;
        if !file.metadata().map_err(in_file(path))?.is_file() {
            return Err(format!("{}: not a regular file", path.display()).into());
        }
        // The canonical path gives one lock for all names of a file.
        let lock = lock(&path.canonicalize().map_err(in_file(path))?)?;
        let mut reader = BufReader::new(File::open(path).map_err(in_file(path))?);
        let (mut positions, mut text, mut end) = (HashMap::new(), Vec::new(), 0);
        while reader.read_until(b'\n', &mut text).map_err(in_file(path))? > 0 && text.ends_with(b"\n") {
            let line: Line = serde_json::from_slice(&text)
                .map_err(|_| format!("{}: not a ledger entry at byte {end}", path.display()))?;
            positions.insert(key(&line.provider, &line.case_id), end);
            end += text.len() as u64;
            text.clear();
        }
        if !b"{\"provider\":".iter().zip(&text).all(|(expected, byte)| expected == byte) {
            return Err(format!("{}: not a ledger entry at byte {end}", path.display()).into());
        }
        // Remove the incomplete line, so that the next entry starts on a new line.
        file.set_len(end).and_then(|()| file.seek(SeekFrom::End(0))).map_err(in_file(path))?;
        // Later reads are single lines, so a small buffer is enough.
        let reader = BufReader::with_capacity(1024, reader.into_inner());
        Ok(Self { inner: Mutex::new(Inner { positions, writer: BufWriter::new(file), reader, end }), _lock: lock })
    }

    pub(crate) fn len(&self) -> usize {
        self.locked().positions.len()
    }

    pub(crate) fn is_empty(&self) -> bool {
        self.len() == 0
    }

    /// Writes the buffered lines.
    pub(crate) fn close(&self) -> Result<(), BoxError> {
        Ok(self.locked().writer.flush()?)
    }

    fn locked(&self) -> MutexGuard<'_, Inner> {
        self.inner.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

/// Locks the ledger, because two runs at the same time would send all reports twice.
///
/// The lock is a separate file, because some systems do not allow reading a locked file. An existing file is not
/// changed.
fn lock(path: &Path) -> Result<File, BoxError> {
    let mut lock_path = path.to_owned().into_os_string();
    lock_path.push(".lock");
    let lock_path = Path::new(&lock_path);
    let lock =
        OpenOptions::new().write(true).create(true).truncate(false).open(lock_path).map_err(in_file(lock_path))?;
    match fs4::FileExt::try_lock(&lock) {
        Ok(()) => Ok(lock),
        Err(fs4::TryLockError::WouldBlock) => Err(format!("{}: another run uses this ledger", path.display()).into()),
        Err(fs4::TryLockError::Error(error)) => Err(in_file(lock_path)(error).into()),
    }
}

fn key(provider: &ProviderId, case_id: &str) -> u64 {
    let mut hasher = DefaultHasher::new();
    (provider.as_str(), case_id).hash(&mut hasher);
    hasher.finish()
}

impl Inner {
    fn read(&mut self, provider: &ProviderId, case_id: &str) -> io::Result<Option<Versioned<LedgerEntry>>> {
        let Some(&position) = self.positions.get(&key(provider, case_id)) else { return Ok(None) };
        self.writer.flush()?;
        self.reader.seek(SeekFrom::Start(position))?;
        let mut text = String::new();
        self.reader.read_line(&mut text)?;
        let line: Line = serde_json::from_str(&text)?;
        if line.provider != *provider || line.case_id != case_id {
            return Err(io::Error::other("two cases with the same hash"));
        }
        Ok(Some(Versioned { value: line.entry, version: Version(position) }))
    }

    /// Appends an entry. The position of its line is its version.
    fn write(&mut self, line: &Line, replaces: Option<Version>) -> Result<Version, LedgerError> {
        let key = key(&line.provider, &line.case_id);
        if self.positions.get(&key).copied().map(Version) != replaces {
            return Err(LedgerError::VersionMismatch);
        }
        let text = serde_json::to_string(line).map_err(LedgerError::write)? + "\n";
        let position = self.end;
        self.writer.write_all(text.as_bytes()).map_err(LedgerError::write)?;
        // The position advances now, because a failed flush may still write the line later.
        self.end += text.len() as u64;
        // A report in flight must be in the file before it is sent. Outcomes may stay in the buffer.
        if line.entry.in_flight.is_some() {
            self.writer.flush().map_err(LedgerError::write)?;
        }
        self.positions.insert(key, position);
        Ok(Version(position))
    }
}

#[async_trait]
impl Ledger for FileLedger {
    async fn read(&self, provider: &ProviderId, case_id: &str) -> Result<Option<Versioned<LedgerEntry>>, LedgerError> {
        self.locked().read(provider, case_id).map_err(LedgerError::read)
    }

    async fn write(
        &self,
        provider: &ProviderId,
        case_id: &str,
        entry: &LedgerEntry,
        replaces: Option<Version>,
    ) -> Result<Version, LedgerError> {
        let line = Line { provider: provider.clone(), case_id: case_id.to_owned(), entry: entry.clone() };
        self.locked().write(&line, replaces)
    }
}
