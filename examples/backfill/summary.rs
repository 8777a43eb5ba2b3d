//! Progress while it runs, and what became of it.

use std::collections::BTreeMap;
use std::fmt;
use std::time::{Duration, Instant};

use chargeback::{Error, Loss, Outcome, Plan, ProviderId, ProviderOutcome};
use indicatif::{MultiProgress, ProgressBar, ProgressStyle};

use super::TransportFailure;
use super::results::planned_word;

/// Counts by vendor, refusals by reason, and losses by field.
pub(crate) struct Summary {
    total: u64,
    start: Instant,
    vendors: Vec<Connector>,
    broken: Vec<(u64, String)>,
    more_broken: u64,
}

struct Connector {
    id: ProviderId,
    outcomes: BTreeMap<&'static str, u64>,
    refusals: BTreeMap<String, u64>,
    losses: BTreeMap<(&'static str, &'static str), u64>,
    /// Those at which somebody has to look, or which another run may tell.
    look: u64,
    /// Over those of the vendors before it; nothing where nobody looks.
    bar: ProgressBar,
    shown: Instant,
}

const EVERY: Duration = Duration::from_millis(100);

/// So many lines that could not be read are shown; the file of results has all of them.
const SHOWN: usize = 10;

impl Summary {
    pub(crate) fn new(providers: impl Iterator<Item = ProviderId>, total: u64) -> Result<Self, TransportFailure> {
        let bars = MultiProgress::new();
        let style = ProgressStyle::with_template("{prefix:<10} {bar:12} {wide_msg}")?;
        let start = Instant::now();
        let vendor = |id: ProviderId| Connector {
            bar: bars.add(ProgressBar::new(total)).with_style(style.clone()).with_prefix(id.to_string()),
            id,
            outcomes: BTreeMap::new(),
            refusals: BTreeMap::new(),
            losses: BTreeMap::new(),
            look: 0,
            shown: start,
        };
        Ok(Self { total, start, vendors: providers.map(vendor).collect(), broken: Vec::new(), more_broken: 0 })
    }

    pub(crate) fn add(&mut self, told: &ProviderOutcome) {
        let outcome = told.outcome();
        let Some(vendor) = self.vendors.iter_mut().find(|vendor| vendor.id == *told.provider()) else { return };
        vendor.count(outcome.as_str());
        vendor.look += u64::from(has_to_be_looked_at(told));
        match outcome {
            Outcome::Acknowledged(receipt) => vendor.lose(receipt.losses()),
            Outcome::Skipped(_) => {}
            other => vendor.refuse(other.error(), &other.to_string()),
        }
    }

    pub(crate) fn add_plan(&mut self, provider: &ProviderId, plan: &Result<Plan, Error>) {
        let Some(vendor) = self.vendors.iter_mut().find(|vendor| vendor.id == *provider) else { return };
        vendor.count(planned_word(plan));
        match plan {
            Ok(plan) => vendor.lose(plan.losses()),
            Err(error) => vendor.refuse(Some(error), &error.to_string()),
        }
    }

    pub(crate) fn unreadable(&mut self, line: u64, why: String) {
        self.total = self.total.saturating_sub(1);
        for vendor in &self.vendors {
            vendor.bar.set_length(self.total);
        }
        if self.broken.len() < SHOWN {
            self.broken.push((line, why));
        } else {
            self.more_broken += 1;
        }
    }

    /// Whether nobody has to look, and another run would tell no more: of what was read.
    pub(crate) fn is_clear(&self) -> bool {
        self.broken.is_empty() && self.vendors.iter().all(|vendor| vendor.look == 0)
    }

    /// Leaves the bars as they are at the end.
    pub(crate) fn end(&self) {
        for vendor in &self.vendors {
            vendor.show();
            vendor.bar.abandon();
        }
    }
}

/// What is not known, was held back, may be told after all, or says that the keys are wrong. The rest a vendor, or the
/// model, will never take.
fn has_to_be_looked_at(told: &ProviderOutcome) -> bool {
    let by_outcome = match told.outcome() {
        Outcome::Acknowledged(receipt) => !receipt.is_complete(),
        Outcome::Unknown(_) | Outcome::Blocked(_) | Outcome::Failed(Error::Authentication(_)) => true,
        _ => told.may_be_retried(),
    };
    by_outcome || told.ledger_error().is_some()
}

impl Connector {
    fn count(&mut self, outcome: &'static str) {
        *self.outcomes.entry(outcome).or_default() += 1;
        if self.shown.elapsed() > EVERY {
            self.shown = Instant::now();
            self.show();
        }
    }

    /// Refusals that say the same are one: the text of an error holds no data of the case.
    fn refuse(&mut self, error: Option<&Error>, text: &str) {
        let why = match error {
            Some(Error::Invalid(error)) => {
                error.violations().iter().map(ToString::to_string).collect::<Vec<_>>().join("; ")
            }
            _ => text.to_owned(),
        };
        *self.refusals.entry(why).or_default() += 1;
    }

    fn lose(&mut self, losses: &[Loss]) {
        for loss in losses {
            *self.losses.entry((loss.field().as_str(), loss.kind().as_str())).or_default() += 1;
        }
    }

    fn show(&self) {
        let of = |outcome| self.outcomes.get(outcome).copied().unwrap_or(0);
        let done: u64 = self.outcomes.values().sum();
        let (told, planned, skipped) = (of("acknowledged"), of("would_be_sent"), of("skipped"));
        let refused = of("failed") + of("unsupported");
        let other = done - told - planned - skipped - refused;
        let left = self.bar.length().unwrap_or(0).saturating_sub(done);
        let told = if planned > 0 { format!("{planned} would be sent") } else { format!("{told} acknowledged") };
        let skipped = if skipped > 0 { format!(", {skipped} skipped") } else { String::new() };
        let other = if other > 0 { format!(", {other} unclear") } else { String::new() };
        let rate = u128::from(done) * 1000 / self.bar.elapsed().as_millis().max(1);
        self.bar.set_position(done);
        self.bar.set_message(format!("{rate:>5}/s {told}, {refused} refused{skipped}{other}, {left} remaining"));
    }
}

impl fmt::Display for Summary {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        writeln!(f, "\n{} chargebacks, {:.1} s", self.total, self.start.elapsed().as_secs_f64())?;
        for vendor in &self.vendors {
            let parts: Vec<_> = vendor.outcomes.iter().map(|(outcome, count)| format!("{count} {outcome}")).collect();
            write!(f, "  {:<11} {}", vendor.id, parts.join(", "))?;
            let look = if vendor.look > 0 {
                format!(" ({} to look at, or to tell again)", vendor.look)
            } else {
                String::new()
            };
            writeln!(f, "{look}")?;
        }
        if self.vendors.iter().any(|vendor| !vendor.losses.is_empty()) {
            writeln!(f, "\nNot told, or not exactly, of those that were told")?;
        }
        for vendor in self.vendors.iter().filter(|vendor| !vendor.losses.is_empty()) {
            let losses = most_first(&vendor.losses).into_iter();
            let losses: Vec<_> = losses.map(|((field, kind), count)| format!("{field} {kind} {count}")).collect();
            writeln!(f, "  {:<11} {}", vendor.id, losses.join(", "))?;
        }
        if self.vendors.iter().any(|vendor| !vendor.refusals.is_empty()) {
            writeln!(f, "\nNot told, by reason")?;
        }
        for vendor in &self.vendors {
            for (why, count) in most_first(&vendor.refusals) {
                let of = if why.starts_with(vendor.id.as_str()) { String::new() } else { format!("{}: ", vendor.id) };
                writeln!(f, "  {count:>8}  {of}{why}")?;
            }
        }
        if !self.broken.is_empty() {
            writeln!(f, "\nNot read")?;
        }
        for (line, why) in &self.broken {
            writeln!(f, "  line {line}: {why}")?;
        }
        if self.more_broken > 0 {
            writeln!(f, "  and {} lines more", self.more_broken)?;
        }
        Ok(())
    }
}

fn most_first<K: Ord>(counts: &BTreeMap<K, u64>) -> Vec<(&K, u64)> {
    let mut counts: Vec<_> = counts.iter().map(|(what, count)| (what, *count)).collect();
    counts.sort_by_key(|(_, count)| std::cmp::Reverse(*count));
    counts
}
