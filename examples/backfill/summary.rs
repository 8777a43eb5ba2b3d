//! The progress bars and the summary of a run.

use std::collections::BTreeMap;
use std::fmt;
use std::time::{Duration, Instant};

use chargeback::{Error, Loss, Outcome, Plan, ProviderId, ProviderOutcome};
use indicatif::{MultiProgress, ProgressBar, ProgressStyle};

use super::BoxError;
use super::results::planned_outcome;

/// Outcomes by vendor, errors by text, and losses by field.
pub(crate) struct Summary {
    total: u64,
    start: Instant,
    vendors: Vec<VendorSummary>,
    unreadable: Vec<(u64, String)>,
    more_unreadable: u64,
}

struct VendorSummary {
    id: ProviderId,
    outcomes: BTreeMap<&'static str, u64>,
    errors: BTreeMap<String, u64>,
    losses: BTreeMap<(&'static str, &'static str), u64>,
    /// The number of outcomes that a person must check or that another run can send.
    open: u64,
    /// Hidden if the output is not a terminal.
    bar: ProgressBar,
    shown: Instant,
}

const REFRESH: Duration = Duration::from_millis(100);

/// The number of unreadable lines in the summary. The file of results has all of them.
const SHOWN: usize = 10;

impl Summary {
    pub(crate) fn new(providers: impl Iterator<Item = ProviderId>, total: u64) -> Result<Self, BoxError> {
        let bars = MultiProgress::new();
        let style = ProgressStyle::with_template("{prefix:<10} {bar:12} {wide_msg}")?;
        let start = Instant::now();
        let vendor = |id: ProviderId| VendorSummary {
            bar: bars.add(ProgressBar::new(total)).with_style(style.clone()).with_prefix(id.to_string()),
            id,
            outcomes: BTreeMap::new(),
            errors: BTreeMap::new(),
            losses: BTreeMap::new(),
            open: 0,
            shown: start,
        };
        Ok(Self { total, start, vendors: providers.map(vendor).collect(), unreadable: Vec::new(), more_unreadable: 0 })
    }

    pub(crate) fn add(&mut self, outcome: &ProviderOutcome) {
        let Some(vendor) = self.vendors.iter_mut().find(|vendor| vendor.id == *outcome.provider()) else { return };
        vendor.count(outcome.outcome().as_str());
        vendor.open += u64::from(is_open(outcome));
        match outcome.outcome() {
            Outcome::Acknowledged(receipt) => vendor.add_losses(receipt.losses()),
            Outcome::Skipped(_) => {}
            other => vendor.add_error(other.error(), &other.to_string()),
        }
    }

    pub(crate) fn add_plan(&mut self, provider: &ProviderId, plan: &Result<Plan, Error>) {
        let Some(vendor) = self.vendors.iter_mut().find(|vendor| vendor.id == *provider) else { return };
        vendor.count(planned_outcome(plan));
        match plan {
            Ok(plan) => vendor.add_losses(plan.losses()),
            Err(error) => vendor.add_error(Some(error), &error.to_string()),
        }
    }

    pub(crate) fn unreadable(&mut self, line: u64, why: String) {
        self.total = self.total.saturating_sub(1);
        for vendor in &self.vendors {
            vendor.bar.set_length(self.total);
        }
        if self.unreadable.len() < SHOWN {
            self.unreadable.push((line, why));
        } else {
            self.more_unreadable += 1;
        }
    }

    /// Returns true if no line was unreadable, no result needs a check, and another run would send nothing.
    pub(crate) fn is_clear(&self) -> bool {
        self.unreadable.is_empty() && self.vendors.iter().all(|vendor| vendor.open == 0)
    }

    /// Shows the final state of the bars.
    pub(crate) fn end(&self) {
        for vendor in &self.vendors {
            vendor.show();
            vendor.bar.abandon();
        }
    }
}

/// Returns true if a person must check the outcome, or if another run can send the report. The other errors are
/// permanent: the vendor or the model does not support the report.
fn is_open(outcome: &ProviderOutcome) -> bool {
    let by_outcome = match outcome.outcome() {
        Outcome::Acknowledged(receipt) => !receipt.is_complete(),
        Outcome::Unknown(_) | Outcome::Blocked(_) | Outcome::Failed(Error::Authentication(_)) => true,
        _ => outcome.may_be_retried(),
    };
    by_outcome || outcome.ledger_error().is_some()
}

impl VendorSummary {
    fn count(&mut self, outcome: &'static str) {
        *self.outcomes.entry(outcome).or_default() += 1;
        if self.shown.elapsed() > REFRESH {
            self.shown = Instant::now();
            self.show();
        }
    }

    /// Counts an error by its text. The text contains no data of the case.
    fn add_error(&mut self, error: Option<&Error>, text: &str) {
        let why = match error {
            Some(Error::Invalid(error)) => {
                error.violations().iter().map(ToString::to_string).collect::<Vec<_>>().join("; ")
            }
            _ => text.to_owned(),
        };
        *self.errors.entry(why).or_default() += 1;
    }

    fn add_losses(&mut self, losses: &[Loss]) {
        for loss in losses {
            *self.losses.entry((loss.field().as_str(), loss.kind().as_str())).or_default() += 1;
        }
    }

    fn show(&self) {
        let count = |outcome| self.outcomes.get(outcome).copied().unwrap_or(0);
        let done: u64 = self.outcomes.values().sum();
        let (sent, planned, skipped) = (count("acknowledged"), count("would_be_sent"), count("skipped"));
        let failed = count("failed") + count("unsupported");
        let other = done - sent - planned - skipped - failed;
        let left = self.bar.length().unwrap_or(0).saturating_sub(done);
        let sent = if planned > 0 { format!("{planned} would be sent") } else { format!("{sent} acknowledged") };
        let skipped = if skipped > 0 { format!(", {skipped} skipped") } else { String::new() };
        let other = if other > 0 { format!(", {other} unclear") } else { String::new() };
        let rate = u128::from(done) * 1000 / self.bar.elapsed().as_millis().max(1);
        self.bar.set_position(done);
        self.bar.set_message(format!("{rate:>5}/s {sent}, {failed} failed{skipped}{other}, {left} remaining"));
    }
}

impl fmt::Display for Summary {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        writeln!(f, "\n{} chargebacks, {:.1} s", self.total, self.start.elapsed().as_secs_f64())?;
        for vendor in &self.vendors {
            let parts: Vec<_> = vendor.outcomes.iter().map(|(outcome, count)| format!("{count} {outcome}")).collect();
            write!(f, "  {:<11} {}", vendor.id, parts.join(", "))?;
            let open =
                if vendor.open > 0 { format!(" ({} to check or to send again)", vendor.open) } else { String::new() };
            writeln!(f, "{open}")?;
        }
        if self.vendors.iter().any(|vendor| !vendor.losses.is_empty()) {
            writeln!(f, "\nLosses of the sent reports")?;
        }
        for vendor in self.vendors.iter().filter(|vendor| !vendor.losses.is_empty()) {
            let losses = most_first(&vendor.losses).into_iter();
            let losses: Vec<_> = losses.map(|((field, kind), count)| format!("{field} {kind} {count}")).collect();
            writeln!(f, "  {:<11} {}", vendor.id, losses.join(", "))?;
        }
        if self.vendors.iter().any(|vendor| !vendor.errors.is_empty()) {
            writeln!(f, "\nNot sent, by reason")?;
        }
        for vendor in &self.vendors {
            for (why, count) in most_first(&vendor.errors) {
                let name = if why.starts_with(vendor.id.as_str()) { String::new() } else { format!("{}: ", vendor.id) };
                writeln!(f, "  {count:>8}  {name}{why}")?;
            }
        }
        if !self.unreadable.is_empty() {
            writeln!(f, "\nUnreadable lines")?;
        }
        for (line, why) in &self.unreadable {
            writeln!(f, "  line {line}: {why}")?;
        }
        if self.more_unreadable > 0 {
            writeln!(f, "  and {} more", self.more_unreadable)?;
        }
        Ok(())
    }
}

fn most_first<K: Ord>(counts: &BTreeMap<K, u64>) -> Vec<(&K, u64)> {
    let mut counts: Vec<_> = counts.iter().map(|(key, count)| (key, *count)).collect();
    counts.sort_by_key(|(_, count)| std::cmp::Reverse(*count));
    counts
}
