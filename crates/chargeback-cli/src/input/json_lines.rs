//! JSON Lines: each line is a chargeback in the JSON format of the model.

use std::io::{self, BufRead};

use super::{Content, Row};

pub(super) fn rows(reader: impl BufRead) -> impl Iterator<Item = Row> {
    let mut lines = (1..).zip(reader.split(b'\n'));
    let mut ended = false;
    std::iter::from_fn(move || {
        while !ended {
            let (line, bytes) = lines.next()?;
            let content = match bytes {
                Ok(bytes) if bytes.trim_ascii().is_empty() => continue,
                Ok(bytes) => match serde_json::from_slice(&bytes) {
                    Ok(chargeback) => Content::Chargeback(Box::new(chargeback)),
                    Err(error) => Content::Unreadable(error_text(&error)),
                },
                Err(error) => {
                    ended = true;
                    Content::Unreadable(format!("could not read the rest of the file: {error}"))
                }
            };
            return Some(Row { line, content });
        }
        None
    })
}

pub(super) fn count(mut reader: impl BufRead) -> io::Result<u64> {
    let (mut count, mut line) = (0, Vec::new());
    while reader.read_until(b'\n', &mut line)? > 0 {
        count += u64::from(!line.trim_ascii().is_empty());
        line.clear();
    }
    Ok(count)
}

/// Returns an error text without values of the line. The texts of `serde_json` may contain values, except those
/// about field names and those of the model.
pub(crate) fn error_text(error: &serde_json::Error) -> String {
    let (text, column) = (error.to_string(), error.column());
    let about_names = ["missing field", "duplicate field"].iter().any(|start| text.starts_with(start));
    if text.starts_with("unknown field") {
        return format!("a field that a chargeback does not have, before column {column}");
    }
    match error.classify() {
        serde_json::error::Category::Data if column == 0 || about_names => text,
        serde_json::error::Category::Data => format!("not a chargeback: the value that ends at column {column}"),
        _ => format!("not valid JSON at column {column}"),
    }
}
