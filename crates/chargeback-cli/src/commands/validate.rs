//! `chargeback validate` and `chargeback formats`.

use std::collections::BTreeMap;

use serde_json::json;

use crate::args::ValidateArgs;
use crate::failure::{Exit, Failure};
use crate::input::{Content, FORMAT_NAMES, Input, built_in_text};
use crate::output::{Output, Table, counted, line};

/// The number of unreadable rows in the text. JSON has all of them.
const SHOWN: usize = 50;

/// The rows of a file, by their content.
#[derive(Default)]
struct Found {
    chargebacks: u64,
    stages: BTreeMap<String, u64>,
    reasons: BTreeMap<String, u64>,
    unknown_reasons: u64,
    other: BTreeMap<String, u64>,
    unreadable: Vec<(u64, String)>,
}

/// Checks a file of chargebacks.
pub(crate) fn validate(arguments: &ValidateArgs, output: Output) -> Result<Exit, Failure> {
    let input = Input::open(&arguments.input)?;
    let mut found = Found::default();
    for row in input.rows()? {
        match row.content {
            Content::Chargeback(chargeback) => {
                found.chargebacks += 1;
                *found.stages.entry(chargeback.stage().to_string()).or_default() += 1;
                let reason = chargeback.reason();
                // The text of an unknown reason comes from the file and can be anything.
                let name = if reason.is_known() { reason.as_str() } else { "unknown" };
                *found.reasons.entry(name.to_owned()).or_default() += 1;
                found.unknown_reasons += u64::from(!reason.is_known());
            }
            Content::Other(value) => *found.other.entry(value).or_default() += 1,
            Content::Unreadable(reason) => found.unreadable.push((row.line, reason)),
        }
    }
    found.print(output)?;
    Ok(if found.unreadable.is_empty() { Exit::Success } else { Exit::Unreadable })
}

impl Found {
    fn print(&self, output: Output) -> Result<(), Failure> {
        let unreadable: Vec<_> =
            self.unreadable.iter().map(|(line, reason)| json!({ "line": line, "reason": reason })).collect();
        let value = json!({
            "chargebacks": self.chargebacks, "stages": self.stages, "reasons": self.reasons, "other": self.other,
            "unreadable": unreadable,
        });
        output.print(&value, self.text())
    }

    fn text(&self) -> String {
        let mut text = counted(self.chargebacks, "chargeback", "chargebacks");
        for (name, counts) in [("Stages", &self.stages), ("Reasons", &self.reasons), ("Not chargebacks", &self.other)] {
            if !counts.is_empty() {
                let mut table = Table::new(&[name, ""]);
                for (value, count) in counts {
                    table.row([format!("  {value}"), count.to_string()]);
                }
                text = format!("{text}\n\n{table}");
            }
        }
        if !self.unreadable.is_empty() {
            let rows = counted(self.unreadable.len() as u64, "unreadable row", "unreadable rows");
            text = format!("{text}\n\n{rows}");
        }
        for (line, reason) in self.unreadable.iter().take(SHOWN) {
            text = format!("{text}\n  line {line}: {reason}");
        }
        match self.unreadable.len().saturating_sub(SHOWN) {
            0 => text,
            more => format!("{text}\n  and {more} more (--json lists all)"),
        }
    }
}

/// Prints the description of a format, or the names of all.
pub(crate) fn formats(name: Option<&str>) -> Result<Exit, Failure> {
    let Some(name) = name else {
        line(format_args!("jsonl\n{}", FORMAT_NAMES.join("\n")));
        return Ok(Exit::Success);
    };
    let text = built_in_text(name)
        .ok_or_else(|| Failure::usage("unknown format").next(format!("use one of: {}", FORMAT_NAMES.join(", "))))?;
    line(text.trim_end());
    Ok(Exit::Success)
}
