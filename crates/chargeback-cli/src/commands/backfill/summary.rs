//! The summary of a run.

use std::collections::BTreeMap;

use chargeback::{ProviderId, Reporter};
use serde_json::json;

use super::feed::Fed;
use super::step;
use super::unreadable::Unreadable;
use crate::failure::{Exit, Failure};
use crate::output::{Output, Table, counted};

/// The number of changed rows in the text.
const SHOWN: usize = 10;

/// The outcomes that a person should look at.
const ATTENTION: [&str; 5] = ["needs_person", "incomplete", "refused", "not_enqueued", "would_not_be_sent"];

/// Outcomes and losses by vendor, and reasons by text.
pub(super) struct Summary {
    pub(super) chargebacks: u64,
    pub(super) other: u64,
    unreadable: Unreadable,
    changed: Vec<u64>,
    duplicates: u64,
    erased: u64,
    vendors: BTreeMap<ProviderId, VendorSummary>,
}

#[derive(Default)]
struct VendorSummary {
    outcomes: BTreeMap<&'static str, u64>,
    reasons: BTreeMap<(&'static str, String), u64>,
    losses: BTreeMap<String, u64>,
}

impl Summary {
    pub(super) fn new(reporter: &Reporter) -> Self {
        let vendors = reporter.providers().map(|id| (id, VendorSummary::default())).collect();
        let (unreadable, changed) = (Unreadable::default(), Vec::new());
        Self { chargebacks: 0, other: 0, unreadable, changed, duplicates: 0, erased: 0, vendors }
    }

    pub(super) fn add(&mut self, vendor: &ProviderId, outcome: &'static str, reason: &str, losses: &str) {
        let Some(vendor) = self.vendors.get_mut(vendor) else { return };
        *vendor.outcomes.entry(outcome).or_default() += 1;
        if !reason.is_empty() {
            *vendor.reasons.entry((outcome, reason.to_owned())).or_default() += 1;
        }
        for loss in losses.split(',').filter(|loss| !loss.is_empty()) {
            *vendor.losses.entry(loss.to_owned()).or_default() += 1;
        }
    }

    pub(super) fn unreadable(&mut self, line: u64, reason: String) {
        self.unreadable.push(line, reason);
    }

    pub(super) fn add_fed(&mut self, fed: Fed) {
        self.other = fed.other;
        self.unreadable = fed.unreadable;
        self.changed = fed.changed;
        self.duplicates = fed.duplicates;
        self.erased = fed.erased;
    }

    /// Returns true if a row was not accepted, because another row with its case, stage and time was.
    pub(super) fn is_changed(&self, line: u64) -> bool {
        self.changed.binary_search(&line).is_ok()
    }

    /// Returns the exit code: the most serious fact.
    pub(super) fn exit(&self) -> Exit {
        let has = |names: &[&str]| {
            self.vendors.values().any(|vendor| names.iter().any(|name| vendor.outcomes.contains_key(name)))
        };
        if has(&["waits"]) {
            Exit::Unfinished
        } else if has(&ATTENTION) || !self.changed.is_empty() {
            Exit::Attention
        } else if self.unreadable.is_empty() {
            Exit::Success
        } else {
            Exit::Unreadable
        }
    }

    /// Prints the summary. `operate` is the start of a command on the same store.
    pub(super) fn print(&self, operate: Option<&str>, output: Output) -> Result<(), Failure> {
        let vendors: Vec<_> = self.vendors.iter().map(|(id, vendor)| vendor.json(id)).collect();
        let value = json!({
            "chargebacks": self.chargebacks, "not_chargebacks": self.other, "accepted_before": self.duplicates,
            "erased": self.erased, "changed_lines": self.changed, "unreadable": self.unreadable.json(),
            "vendors": vendors,
        });
        step(output, "");
        output.print(&value, self.text() + &self.next(operate))
    }

    fn text(&self) -> String {
        let mut text = counted(self.chargebacks, "chargeback", "chargebacks");
        for (count, name) in [
            (self.other, "rows that are not chargebacks"),
            (self.duplicates, "accepted by an earlier run"),
            (self.erased, "of erased cases"),
        ] {
            if count > 0 {
                text = format!("{text}, {count} {name}");
            }
        }
        let mut outcomes = Table::new(&["vendor", "outcomes"]);
        let mut losses = Table::new(&["Losses of the reports", "field:kind"]);
        let mut reasons = Table::new(&["Outcomes, by reason"]);
        let (mut has_losses, mut has_reasons) = (false, false);
        for (id, vendor) in &self.vendors {
            let parts: Vec<_> = vendor.outcomes.iter().map(|(outcome, count)| format!("{count} {outcome}")).collect();
            outcomes.row([id.to_string(), parts.join(", ")]);
            for ((outcome, reason), count) in most_first(&vendor.reasons) {
                has_reasons = true;
                let place = if reason.starts_with(id.as_str()) { String::new() } else { format!("{id}: ") };
                reasons.row([format!("  {count:>8}  {outcome}  {place}{reason}")]);
            }
            if !vendor.losses.is_empty() {
                has_losses = true;
                let parts = most_first(&vendor.losses).into_iter().map(|(loss, count)| format!("{loss} {count}"));
                losses.row([format!("  {id}"), parts.collect::<Vec<_>>().join(", ")]);
            }
        }
        text = format!("{text}\n\n{outcomes}");
        if has_losses {
            text = format!("{text}\n\n{losses}");
        }
        if has_reasons {
            text = format!("{text}\n\n{reasons}");
        }
        text + &self.rows_text()
    }

    /// Returns the next command, if a person must act or reports wait.
    fn next(&self, operate: Option<&str>) -> String {
        let Some(operate) = operate else { return String::new() };
        let has = |name| self.vendors.values().any(|vendor| vendor.outcomes.contains_key(name));
        let person =
            if has("needs_person") { format!("\n\nReports need a person:\n  {operate} list") } else { String::new() };
        if has("waits") {
            let wait = "Reports wait for a later attempt; run the same command again, or see:";
            format!("{person}\n\n{wait}\n  {operate} status")
        } else {
            person
        }
    }

    fn rows_text(&self) -> String {
        let mut text = self.unreadable.text();
        if !self.changed.is_empty() {
            let lines: Vec<_> = self.changed.iter().take(SHOWN).map(ToString::to_string).collect();
            text = format!(
                "{text}\n\nNot sent, because a row with the same case, stage and time was accepted with other data \
                 before: {}, lines {}",
                counted(self.changed.len() as u64, "row", "rows"),
                lines.join(", ")
            );
        }
        text
    }
}

impl VendorSummary {
    fn json(&self, id: &ProviderId) -> serde_json::Value {
        let reasons: Vec<_> = most_first(&self.reasons)
            .into_iter()
            .map(|((outcome, reason), count)| json!({ "outcome": outcome, "reason": reason, "count": count }))
            .collect();
        json!({ "vendor": id, "outcomes": self.outcomes, "losses": self.losses, "reasons": reasons })
    }
}

fn most_first<K: Ord>(counts: &BTreeMap<K, u64>) -> Vec<(&K, u64)> {
    let mut counts: Vec<_> = counts.iter().map(|(key, count)| (key, *count)).collect();
    counts.sort_by_key(|(_, count)| std::cmp::Reverse(*count));
    counts
}
