//! The rows that could not be read.

use serde_json::json;

/// The number of rows in the text.
const SHOWN: usize = 10;

/// The number of rows that are kept. The files of results have all of them.
const KEPT: usize = 1_000;

/// The number of unreadable rows, and the first ones with their reasons.
#[derive(Debug, Default)]
pub(super) struct Unreadable {
    count: usize,
    first: Vec<(u64, String)>,
}

impl Unreadable {
    pub(super) fn push(&mut self, line: u64, reason: String) {
        self.count += 1;
        if self.first.len() < KEPT {
            self.first.push((line, reason));
        }
    }

    pub(super) const fn is_empty(&self) -> bool {
        self.count == 0
    }

    pub(super) fn json(&self) -> serde_json::Value {
        let rows: Vec<_> = self.first.iter().map(|(line, reason)| json!({ "line": line, "reason": reason })).collect();
        json!({ "count": self.count, "first": rows })
    }

    pub(super) fn text(&self) -> String {
        if self.count == 0 {
            return String::new();
        }
        let mut text = format!("\n\nUnreadable rows: {}", self.count);
        for (line, reason) in self.first.iter().take(SHOWN) {
            text = format!("{text}\n  line {line}: {reason}");
        }
        match self.count.saturating_sub(SHOWN) {
            0 => text,
            more => format!("{text}\n  and {more} more; `chargeback validate --json` lists all"),
        }
    }
}
