//! A ledger in a file: one JSON line for each change, the last one counts. Memory holds only where each case's last line
//! stands, so that an export of millions fits.

use std::collections::HashMap;
use std::fs::{File, OpenOptions};
use std::hash::{DefaultHasher, Hash as _, Hasher as _};
use std::io::{self, BufRead as _, BufReader, BufWriter, Seek as _, SeekFrom, Write as _};
use std::path::Path;
use std::sync::{Mutex, MutexGuard, PoisonError};

use chargeback::lifecycle::{Ledger, LedgerEntry, LedgerError};
use chargeback::{ProviderId, async_trait};
use serde::{Deserialize, Serialize};

use super::{TransportFailure, of_file};

#[derive(Serialize, Deserialize)]
struct Line {
    provider: ProviderId,
    case_id: String,
    entry: LedgerEntry,
}

/// What was told.
#[derive(Debug)]
pub(crate) struct FileLedger {
    inner: Mutex<Inner>,
    /// Held as long as this is; the system lets go of it whatever ends the program.
    _lock: File,
}

#[derive(Debug)]
struct Inner {
    /// Where the last line of a case at a vendor begins, by a hash of both. The line says whose it is.
    positions: HashMap<u64, u64>,
    writer: BufWriter<File>,
    reader: BufReader<File>,
    end: u64,
}

impl FileLedger {
    /// Reads what stands in the file, if there is one. A last line that a crash has cut off counts as not written; any
    /// other that cannot be read is an error, since nobody knows what it said.
    pub(crate) fn open(path: &Path) -> Result<Self, TransportFailure> {
        let mut file = OpenOptions::new().write(true).create(true).truncate(false).open(path).map_err(of_file(path))?;
        if !file.metadata().map_err(of_file(path))?.is_file() {
            return Err(format!("{}: no file that can be read again", path.display()).into());
        }
        // One file has one lock, whatever names lead to it.
        let lock = lock(&path.canonicalize().map_err(of_file(path))?)?;
        let mut reader = BufReader::new(File::open(path).map_err(of_file(path))?);
        let (mut positions, mut text, mut end) = (HashMap::new(), Vec::new(), 0);
        while reader.read_until(b'\n', &mut text).map_err(of_file(path))? > 0 && text.ends_with(b"\n") {
            let line: Line = serde_json::from_slice(&text)
                .map_err(|_| format!("{}: what begins at byte {end} is no entry", path.display()))?;
            positions.insert(key(&line.provider, &line.case_id), end);
            end += text.len() as u64;
            text.clear();
        }
        if !b"{\"provider\":".iter().zip(&text).all(|(expected, byte)| expected == byte) {
            return Err(format!("{}: what begins at byte {end} is no entry", path.display()).into());
        }
        // What was cut off goes, so that the next line does not begin in the middle of it.
        file.set_len(end).and_then(|()| file.seek(SeekFrom::End(0))).map_err(of_file(path))?;
        // From here on, one line is read at a time.
        let reader = BufReader::with_capacity(1024, reader.into_inner());
        Ok(Self { inner: Mutex::new(Inner { positions, writer: BufWriter::new(file), reader, end }), _lock: lock })
    }

    pub(crate) fn len(&self) -> usize {
        self.locked().positions.len()
    }

    pub(crate) fn is_empty(&self) -> bool {
        self.len() == 0
    }

    /// Writes what is still in memory.
    pub(crate) fn close(&self) -> Result<(), TransportFailure> {
        Ok(self.locked().writer.flush()?)
    }

    fn locked(&self) -> MutexGuard<'_, Inner> {
        self.inner.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

/// Two runs at once would tell everything twice. The lock is a file beside the ledger, since some systems let nobody read
/// what is locked; what stands in it, if it is something else, is left as it is.
fn lock(path: &Path) -> Result<File, TransportFailure> {
    let mut beside = path.to_owned().into_os_string();
    beside.push(".lock");
    let beside = Path::new(&beside);
    let lock = OpenOptions::new().write(true).create(true).truncate(false).open(beside).map_err(of_file(beside))?;
    match fs4::FileExt::try_lock(&lock) {
        Ok(()) => Ok(lock),
        Err(fs4::TryLockError::WouldBlock) => {
            Err(format!("{}: another run is under way with it", path.display()).into())
        }
        Err(fs4::TryLockError::Error(error)) => Err(of_file(beside)(error).into()),
    }
}

fn key(provider: &ProviderId, case_id: &str) -> u64 {
    let mut hasher = DefaultHasher::new();
    (provider.as_str(), case_id).hash(&mut hasher);
    hasher.finish()
}

impl Inner {
    fn read(&mut self, provider: &ProviderId, case_id: &str) -> io::Result<Option<LedgerEntry>> {
        let Some(&position) = self.positions.get(&key(provider, case_id)) else { return Ok(None) };
        self.writer.flush()?;
        self.reader.seek(SeekFrom::Start(position))?;
        let mut text = String::new();
        self.reader.read_line(&mut text)?;
        let line: Line = serde_json::from_str(&text)?;
        if line.provider != *provider || line.case_id != case_id {
            return Err(io::Error::other("two cases have the same hash"));
        }
        Ok(Some(line.entry))
    }

    fn write(&mut self, line: &Line) -> io::Result<()> {
        let text = serde_json::to_string(line)? + "\n";
        let position = self.end;
        self.writer.write_all(text.as_bytes())?;
        // From here on it will stand there, even if the next line says that it does not yet.
        self.end += text.len() as u64;
        // What is about to be sent must stand in the file first; what was told may wait for the next line.
        if line.entry.in_flight.is_some() {
            self.writer.flush()?;
        }
        self.positions.insert(key(&line.provider, &line.case_id), position);
        Ok(())
    }
}

#[async_trait]
impl Ledger for FileLedger {
    async fn read(&self, provider: &ProviderId, case_id: &str) -> Result<Option<LedgerEntry>, LedgerError> {
        self.locked().read(provider, case_id).map_err(LedgerError::new)
    }

    async fn write(&self, provider: &ProviderId, case_id: &str, entry: &LedgerEntry) -> Result<(), LedgerError> {
        let line = Line { provider: provider.clone(), case_id: case_id.to_owned(), entry: entry.clone() };
        self.locked().write(&line).map_err(LedgerError::new)
    }
}
