//! The output of commands: tables for people, or JSON.

use std::fmt::Display;
use std::io::{self, IsTerminal as _, Write as _};

use serde::Serialize;

use crate::failure::Failure;

/// The choices of the user about the output.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Output {
    pub(crate) json: bool,
    pub(crate) show_payload: bool,
}

impl Output {
    /// Prints a value as JSON, or as text if JSON was not asked for.
    pub(crate) fn print(self, value: &impl Serialize, text: impl Display) -> Result<(), Failure> {
        if self.json { self.json(value) } else { data(text) }
    }

    /// Prints the result of an act.
    pub(crate) fn done(self, text: &str) -> Result<(), Failure> {
        self.print(&serde_json::json!({ "done": text }), text)
    }

    /// Refuses to print personal data on a terminal, unless the user asked for it.
    pub(crate) fn allows_personal_data(self) -> Result<(), Failure> {
        if io::stdout().is_terminal() && !self.show_payload {
            let next = "write them to a file, or add --show-payload";
            return Err(Failure::usage("the lines hold personal data").next(next));
        }
        Ok(())
    }

    /// Prints one JSON value in one line.
    #[allow(clippy::unused_self, reason = "the choice of the format belongs to the output")]
    pub(crate) fn json(self, value: &impl Serialize) -> Result<(), Failure> {
        data(serde_json::to_string(value).map_err(|error| Failure::at("JSON", error))?)
    }
}

/// Prints a line whose loss would be an error, for example on a full disk. A reader that has enough may close the pipe.
pub(crate) fn data(text: impl Display) -> Result<(), Failure> {
    match writeln!(io::stdout(), "{text}") {
        Err(error) if error.kind() != io::ErrorKind::BrokenPipe => Err(Failure::at("standard output", error)),
        _ => Ok(()),
    }
}

/// Prints a line. A closed output must not stop a command that sends reports, so errors are ignored.
pub(crate) fn line(text: impl Display) {
    let _ = writeln!(io::stdout(), "{text}");
}

/// Prints a line to the error output.
pub(crate) fn warn(text: impl Display) {
    let _ = writeln!(io::stderr(), "{text}");
}

/// Returns true if progress bars can be drawn.
pub(crate) fn is_terminal() -> bool {
    io::stderr().is_terminal() && std::env::var_os("TERM").is_none_or(|term| term != "dumb")
}

/// Rows as columns of equal width. The first row has the names.
pub(crate) struct Table(Vec<Vec<String>>);

impl Table {
    pub(crate) fn new(names: &[&str]) -> Self {
        Self(vec![names.iter().map(ToString::to_string).collect()])
    }

    /// Returns true if the table has only names.
    pub(crate) fn is_empty(&self) -> bool {
        self.0.len() < 2
    }

    pub(crate) fn row(&mut self, cells: impl IntoIterator<Item = String>) {
        self.0.push(cells.into_iter().collect());
    }
}

impl Display for Table {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        let columns = self.0.iter().map(Vec::len).max().unwrap_or(0);
        let width = |column: usize| {
            self.0.iter().filter_map(|row| row.get(column)).map(|cell| cell.chars().count()).max().unwrap_or(0)
        };
        let widths: Vec<usize> = (0..columns).map(width).collect();
        for (number, row) in self.0.iter().enumerate() {
            let cells: Vec<String> = row.iter().zip(&widths).map(|(cell, &width)| format!("{cell:<width$}")).collect();
            let text = cells.join("  ");
            let end = if number + 1 < self.0.len() { "\n" } else { "" };
            write!(f, "{}{end}", text.trim_end())?;
        }
        Ok(())
    }
}

/// Returns a time in UTC, in seconds.
pub(crate) fn time(at: chrono::DateTime<chrono::Utc>) -> String {
    at.format("%Y-%m-%d %H:%M:%SZ").to_string()
}

/// Returns a duration as people say it: `12 s`, `3 min`, `2 h`, `5 d`.
pub(crate) fn duration(seconds: u64) -> String {
    match seconds {
        0..=119 => format!("{seconds} s"),
        120..=7_199 => format!("{} min", seconds / 60),
        7_200..=172_799 => format!("{} h", seconds / 3_600),
        _ => format!("{} d", seconds / 86_400),
    }
}

/// Returns the distance of a time from now: `in 12 s`, `now`.
pub(crate) fn away(at: chrono::DateTime<chrono::Utc>) -> String {
    match u64::try_from((at - chrono::Utc::now()).num_seconds()) {
        Ok(seconds) if seconds > 0 => format!("in {}", duration(seconds)),
        _ => "now".to_owned(),
    }
}

/// Returns a number with its noun.
pub(crate) fn counted(number: u64, one: &str, more: &str) -> String {
    format!("{number} {}", if number == 1 { one } else { more })
}
