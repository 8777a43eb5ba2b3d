//! Progress while it runs, and what became of it.

use std::collections::BTreeMap;
use std::fmt::{self, Write as _};
use std::io::{IsTerminal as _, Write as _};
use std::time::{Duration, Instant};

use chargeback::{Error, Outcome, Plan, ProviderId, ProviderOutcome};

/// Counts by vendor, and refusals by reason.
pub(crate) struct Summary {
    total: u64,
    start: Instant,
    shown: Instant,
    lines: usize,
    vendors: Vec<(ProviderId, BTreeMap<&'static str, u64>)>,
    refusals: BTreeMap<(ProviderId, String), u64>,
    broken: u64,
}

const EVERY: Duration = Duration::from_millis(200);

impl Summary {
    pub(crate) fn new(providers: impl Iterator<Item = ProviderId>, total: u64) -> Self {
        let vendors = providers.map(|provider| (provider, BTreeMap::new())).collect();
        let (start, shown) = (Instant::now(), Instant::now());
        Self { total, start, shown, lines: 0, vendors, refusals: BTreeMap::new(), broken: 0 }
    }

    pub(crate) fn add(&mut self, told: &ProviderOutcome) {
        self.count(told.provider(), told.outcome().as_str());
        match told.outcome() {
            Outcome::Acknowledged(_) | Outcome::Skipped(_) => {}
            other => self.refuse(told.provider(), other.error(), &other.to_string()),
        }
        if self.shown.elapsed() > EVERY {
            self.show();
        }
    }

    pub(crate) fn add_plan(&mut self, plans: &[(ProviderId, Result<Plan, Error>)]) {
        for (provider, plan) in plans {
            self.count(provider, if plan.is_ok() { "would_be_sent" } else { "refused" });
            if let Err(error) = plan {
                self.refuse(provider, Some(error), &error.to_string());
            }
        }
    }

    pub(crate) fn broken_lines(&mut self, lines: u64) {
        self.broken = lines;
    }

    /// Whether nobody has to look: every line was read, every outcome is known, and nothing was held back.
    pub(crate) fn is_clear(&self) -> bool {
        let look = |counts: &BTreeMap<_, _>| counts.contains_key("unknown") || counts.contains_key("stopped");
        self.broken == 0 && !self.vendors.iter().any(|(_, counts)| look(counts))
    }

    fn count(&mut self, provider: &ProviderId, outcome: &'static str) {
        if let Some((_, counts)) = self.vendors.iter_mut().find(|(id, _)| id == provider) {
            *counts.entry(outcome).or_default() += 1;
        }
    }

    /// Refusals that say the same are one: the text of an error holds no data of the case.
    fn refuse(&mut self, provider: &ProviderId, error: Option<&Error>, text: &str) {
        let why = match error {
            Some(Error::Invalid(error)) => {
                error.violations().iter().map(ToString::to_string).collect::<Vec<_>>().join("; ")
            }
            _ => text.to_owned(),
        };
        *self.refusals.entry((provider.clone(), why)).or_default() += 1;
    }

    /// A bar for each vendor, over those that were there; nothing where nobody looks.
    fn show(&mut self) {
        self.shown = Instant::now();
        if !std::io::stderr().is_terminal() {
            return;
        }
        let mut screen = String::new();
        if self.lines > 0 {
            let _ = write!(screen, "\x1b[{}A", self.lines);
        }
        for (provider, counts) in &self.vendors {
            let done: u64 = counts.values().sum();
            let tenths = usize::try_from(done * 30 / self.total.max(1)).unwrap_or(30).min(30);
            let rate = done / self.start.elapsed().as_secs().max(1);
            let told = counts.get("acknowledged").copied().unwrap_or(0);
            let _ = writeln!(
                screen,
                "\x1b[2K{provider:<11} [{}{}] {rate:>7}/s  {told:>8} acknowledged  {:>7} refused  {:>8} remaining",
                "#".repeat(tenths),
                " ".repeat(30 - tenths),
                done - told,
                self.total.saturating_sub(done),
            );
        }
        self.lines = self.vendors.len();
        let _ = std::io::stderr().write_all(screen.as_bytes());
    }
}

impl fmt::Display for Summary {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        writeln!(f, "\n{} chargebacks, {:.1} s", self.total, self.start.elapsed().as_secs_f64())?;
        for (provider, counts) in &self.vendors {
            let parts: Vec<String> = counts.iter().map(|(outcome, count)| format!("{count} {outcome}")).collect();
            writeln!(f, "  {provider:<11} {}", parts.join(", "))?;
        }
        if !self.refusals.is_empty() {
            writeln!(f, "\nNot told, by reason")?;
        }
        let mut refusals: Vec<_> = self.refusals.iter().collect();
        refusals.sort_by_key(|((provider, _), count)| (provider.clone(), std::cmp::Reverse(**count)));
        for ((provider, why), count) in refusals {
            writeln!(f, "  {count:>8}  {provider}: {why}")?;
        }
        if self.broken > 0 {
            writeln!(f, "\n{} lines could not be read", self.broken)?;
        }
        Ok(())
    }
}
