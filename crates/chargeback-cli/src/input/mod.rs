//! Files of chargebacks: JSON Lines, the CSV of this tool, exports of processors, and described CSV files.

mod csv_rows;
mod format;
mod json_lines;
mod lines;
mod row;
mod text;
mod values;

use std::fs::File;
use std::io::{self, Read as _};
use std::path::{Path, PathBuf};

use chargeback::Chargeback;

pub(crate) use self::format::{FORMAT_NAMES, Format, built_in_text};
pub(crate) use self::json_lines::error_text as json_error_text;
pub(crate) use self::row::network;
use crate::args::InputArgs;
use crate::failure::{Exit, Failure};

/// A row of the file.
pub(crate) struct Row {
    /// The number of its first line, from 1.
    pub(crate) line: u64,
    pub(crate) content: Content,
}

/// The content of a row.
pub(crate) enum Content {
    /// A chargeback, and the id of the event if the file has one.
    Chargeback(Box<Chargeback>),
    /// A row that is not a chargeback, for example a fee, with the value that shows it.
    Other(String),
    /// An error text without values of the row: the column and the reason.
    Unreadable(String),
}

pub(crate) type Rows = Box<dyn Iterator<Item = Row> + Send>;

/// A file that can be read several times.
pub(crate) struct Input {
    path: PathBuf,
    format: InputFormat,
    /// The content of an input that can be read only once.
    buffered: Option<Vec<u8>>,
    /// The state of the file when it was opened first.
    state: Option<FileState>,
}

/// The size and time of a file, by which a change between two passes is found.
#[derive(PartialEq, Eq)]
struct FileState(u64, Option<std::time::SystemTime>);

impl FileState {
    fn new(metadata: &std::fs::Metadata) -> Self {
        Self(metadata.len(), metadata.modified().ok())
    }
}

enum InputFormat {
    JsonLines,
    Csv(Box<Format>),
}

impl Input {
    /// Checks the arguments and opens the file.
    pub(crate) fn open(arguments: &InputArgs) -> Result<Self, Failure> {
        let path = arguments.file.clone();
        let format = match (&arguments.columns, &arguments.format) {
            (Some(file), _) => InputFormat::Csv(Box::new(Format::read(file)?)),
            (None, Some(name)) if name == "jsonl" => InputFormat::JsonLines,
            (None, Some(name)) => InputFormat::Csv(Box::new(Format::built_in(name)?)),
            (None, None) => by_extension(&path)?,
        };
        let (mut buffered, mut state) = (None, None);
        if path == Path::new("-") {
            let mut bytes = Vec::new();
            io::stdin().read_to_end(&mut bytes).map_err(|error| Failure::at("standard input", error))?;
            buffered = Some(bytes);
        } else {
            let place = |error: &dyn std::fmt::Display| Failure::at(path.display(), error).exit(Exit::Usage);
            let metadata = std::fs::metadata(&path).map_err(|error| place(&error))?;
            if metadata.is_file() {
                state = Some(FileState::new(&metadata));
            } else if metadata.is_dir() {
                return Err(place(&"a folder, not a file"));
            } else {
                // A pipe can be read only once.
                buffered = Some(std::fs::read(&path).map_err(|error| place(&error))?);
            }
        }
        let input = Self { path, format, buffered, state };
        let mut start = vec![0; 4096];
        let mut source = input.source()?;
        let mut length = 0;
        while length < start.len() {
            match source.read(&mut start[length..]).map_err(|error| input.error(error))? {
                0 => break,
                read => length += read,
            }
        }
        if length == 0 {
            return Err(input.error("the file is empty").exit(Exit::Unreadable));
        }
        match text::encoding_problem(&start[..length]) {
            Some(problem) => Err(input.error(problem).exit(Exit::Unreadable)),
            None => Ok(input),
        }
    }

    fn source(&self) -> Result<Box<dyn io::Read + Send>, Failure> {
        if let Some(bytes) = &self.buffered {
            return Ok(Box::new(io::Cursor::new(bytes.clone())));
        }
        let file = File::open(&self.path).map_err(|error| self.error(error))?;
        let metadata = file.metadata().map_err(|error| self.error(error))?;
        if self.state.as_ref().is_some_and(|state| *state != FileState::new(&metadata)) {
            return Err(self.error("the file changed while it was read").next("run the command again"));
        }
        Ok(Box::new(file))
    }

    fn error(&self, error: impl std::fmt::Display) -> Failure {
        Failure::at(self.path.display(), error)
    }

    /// Returns the rows from the start of the file.
    pub(crate) fn rows(&self) -> Result<Rows, Failure> {
        match &self.format {
            InputFormat::JsonLines => Ok(Box::new(json_lines::rows(text::without_mark(self.source()?)))),
            InputFormat::Csv(format) => {
                let (one, other) = (text::without_mark(self.source()?), text::without_mark(self.source()?));
                csv_rows::rows(one, other, format).map_err(|error| self.error(error).exit(Exit::Unreadable))
            }
        }
    }

    /// Counts the rows, including unreadable ones.
    pub(crate) fn count(&self) -> Result<u64, Failure> {
        let source = text::without_mark(self.source()?);
        match &self.format {
            InputFormat::JsonLines => json_lines::count(source).map_err(|error| self.error(error)),
            InputFormat::Csv(format) => csv_rows::count(source, format).map_err(|error| self.error(error)),
        }
    }
}

fn by_extension(path: &Path) -> Result<InputFormat, Failure> {
    match path.extension().and_then(|extension| extension.to_str()).map(str::to_ascii_lowercase).as_deref() {
        Some("jsonl" | "ndjson" | "json") => Ok(InputFormat::JsonLines),
        Some("csv") => Ok(InputFormat::Csv(Box::new(Format::built_in("generic")?))),
        _ => Err(Failure::usage("the format of the file is not known by its name")
            .next(format!("add --format, one of: jsonl, {}", FORMAT_NAMES.join(", ")))),
    }
}
