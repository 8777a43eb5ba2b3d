//! Rows of a CSV file.

use std::io::BufRead;

use super::format::{FORMAT_NAMES, Format};
use super::lines::LineOf;
use super::row::Columns;
use super::text::NOT_UTF8;
use super::{Content, Row, Rows};

/// Returns the rows. The second reader of the same file counts lines.
pub(super) fn rows(
    reader: impl BufRead + Send + 'static,
    lines: impl BufRead + Send + 'static,
    format: &Format,
) -> Result<Rows, String> {
    let (mut reader, delimiter) = csv_reader(reader, format)?;
    let format = format.clone();
    let head = head(&mut reader, &format)?;
    let columns = Columns::find(&head, &format, delimiter).map_err(|error| with_format(error, &head))?;
    let width = head.len();
    // Other rows are about the file, for example sums.
    let data_row = format.row_types.clone().filter(|(names, _)| head.get(0) == Some(names)).map(|(_, data)| data);
    let mut lines = LineOf::new(lines);
    let mut record = csv::StringRecord::new();
    let mut ended = false;
    Ok(Box::new(std::iter::from_fn(move || {
        if ended {
            return None;
        }
        // The position is before the record and before any blank lines in front of it.
        let mut line = lines.line_at(reader.position().byte());
        let mut read = reader.read_record(&mut record);
        while matches!(read, Ok(true)) && data_row.as_deref().is_some_and(|data| record.get(0) != Some(data)) {
            line = lines.line_at(reader.position().byte());
            read = reader.read_record(&mut record);
        }
        let content = match read {
            Ok(false) => return None,
            Ok(true) if record.len() != width => Content::Unreadable(format!(
                "{} columns instead of {width}; check for an unclosed quote or another delimiter",
                record.len()
            )),
            Ok(true) => columns.content(&record, &format),
            Err(error) => {
                ended = error.is_io_error();
                Content::Unreadable(error_text(&error))
            }
        };
        Some(Row { line, content })
    })))
}

/// Returns the row with the names: the first one, or that of the format's type.
fn head<R: BufRead>(reader: &mut csv::Reader<R>, format: &Format) -> Result<csv::StringRecord, String> {
    let first = reader.headers().map_err(|error| error_text(&error))?.clone();
    let Some((names, _)) = &format.row_types else { return Ok(first) };
    if Columns::find(&first, format, b',').is_ok() {
        return Ok(first);
    }
    let mut record = csv::StringRecord::new();
    while reader.read_record(&mut record).map_err(|error| error_text(&error))? {
        if record.get(0) == Some(names) {
            return Ok(record);
        }
    }
    Err(format!("no row begins with `{names}`; is this the right --format?"))
}

/// Adds the built-in format whose columns the file has, if there is one.
fn with_format(error: String, head: &csv::StringRecord) -> String {
    let fits = |name: &&&str| Format::built_in(name).is_ok_and(|format| Columns::find(head, &format, b',').is_ok());
    match FORMAT_NAMES.iter().find(fits) {
        Some(name) => format!("{error}\n  the file has the columns of --format {name}"),
        None => error,
    }
}

/// Counts the rows.
pub(super) fn count(reader: impl BufRead, format: &Format) -> Result<u64, String> {
    Ok(csv_reader(reader, format)?.0.byte_records().count() as u64)
}

/// Creates a reader, and returns its delimiter. The delimiter is that of the format, or else the most frequent
/// one of the first line.
fn csv_reader<R: BufRead>(mut reader: R, format: &Format) -> Result<(csv::Reader<R>, u8), String> {
    let start = reader.fill_buf().map_err(|error| error.to_string())?;
    let end = start.iter().position(|byte| *byte == b'\n').unwrap_or(start.len());
    let head = &start[..end];
    let frequency = |delimiter: u8| head.split(|byte| *byte == delimiter).count();
    let guess = [b',', b';', b'\t'].into_iter().rev().max_by_key(|delimiter| frequency(*delimiter)).unwrap_or(b',');
    let delimiter = format.delimiter.unwrap_or(guess);
    Ok((csv::ReaderBuilder::new().delimiter(delimiter).flexible(true).from_reader(reader), delimiter))
}

/// Returns an error text without values of the row.
fn error_text(error: &csv::Error) -> String {
    match error.kind() {
        csv::ErrorKind::Utf8 { .. } => NOT_UTF8.to_owned(),
        csv::ErrorKind::Io(error) => format!("could not read the rest of the file: {error}"),
        _ => "not a row of CSV".to_owned(),
    }
}
