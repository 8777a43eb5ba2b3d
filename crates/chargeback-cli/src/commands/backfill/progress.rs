//! The progress of a run: bars on a terminal, lines otherwise.

use std::collections::BTreeMap;
use std::fmt;
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, AtomicU64, Ordering};
use std::time::{Duration, Instant};

use chargeback::ProviderId;
use chargeback::outbox::{Counts, LaneStep, Observer, OutboxEvent, PassedAs, VendorPhase};
use indicatif::{MultiProgress, ProgressBar, ProgressDrawTarget, ProgressStyle};

use crate::output::{duration, is_terminal, warn};

const REFRESH: Duration = Duration::from_millis(200);

/// The time between two lines if the output is not a terminal.
const LINES: Duration = Duration::from_secs(5);

/// The time between two lines if nothing changed.
const UNCHANGED: Duration = Duration::from_secs(60);

const OUTAGE: &str = "outage; its reports wait for the next probe, and this command waits for them; Ctrl-C stops it \
                      safely, and --no-wait ends it without waiting";

/// Counts rows and outcomes, and shows them.
pub(super) struct Progress {
    total: u64,
    start: Instant,
    read: AtomicU64,
    enqueued: AtomicU64,
    vendors: BTreeMap<ProviderId, VendorProgress>,
    bars: Option<MultiProgress>,
}

/// The counts of one vendor in this run.
struct VendorProgress {
    /// Lanes that were open at the start.
    before: u64,
    acknowledged: AtomicU64,
    /// Passed without an acknowledgement: no value for the stage, a stale stage, or refused by a best-effort vendor.
    not_sent: AtomicU64,
    person: AtomicU64,
    waiting: AtomicU64,
    outage: AtomicBool,
    bar: Option<ProgressBar>,
}

impl Progress {
    pub(super) fn new(vendors: impl Iterator<Item = ProviderId>, total: u64, counts: &Counts) -> Self {
        let bars = is_terminal().then(|| MultiProgress::with_draw_target(ProgressDrawTarget::stderr()));
        let style = ProgressStyle::with_template("{prefix:<10} {bar:12} {wide_msg}");
        let style = style.unwrap_or_else(|_| ProgressStyle::default_bar());
        let vendor = |id: ProviderId| {
            let bar = ProgressBar::new(total).with_style(style.clone()).with_prefix(id.to_string());
            let before = counts.get(&id).map_or(0, |counts| counts.ready + counts.waiting + counts.leased);
            let progress = VendorProgress {
                before,
                acknowledged: AtomicU64::new(0),
                not_sent: AtomicU64::new(0),
                person: AtomicU64::new(0),
                waiting: AtomicU64::new(0),
                outage: AtomicBool::new(false),
                bar: bars.as_ref().map(|bars| bars.add(bar)),
            };
            (id, progress)
        };
        let vendors = vendors.map(vendor).collect();
        let (read, enqueued) = (AtomicU64::new(0), AtomicU64::new(0));
        Self { total, start: Instant::now(), read, enqueued, vendors, bars }
    }

    pub(super) fn read(&self) {
        self.read.fetch_add(1, Ordering::Relaxed);
    }

    pub(super) fn enqueued(&self) {
        self.enqueued.fetch_add(1, Ordering::Relaxed);
    }

    /// Takes over the number of lanes that wait for a later time.
    pub(super) fn note_waiting(&self, counts: &Counts) {
        for (id, counts) in counts {
            if let Some(vendor) = self.vendors.get(id) {
                vendor.waiting.store(counts.waiting, Ordering::Relaxed);
            }
        }
    }

    /// Shows the progress until the task is aborted.
    pub(super) fn show(progress: &Arc<Self>) -> tokio::task::JoinHandle<()> {
        let progress = Arc::clone(progress);
        tokio::spawn(async move {
            let every = if progress.bars.is_some() { REFRESH } else { LINES };
            let (mut last, mut since) = (Vec::new(), Instant::now());
            loop {
                tokio::time::sleep(every).await;
                // A long wait must not fill a log with equal lines.
                let counts = progress.counts();
                if progress.bars.is_some() || counts != last || since.elapsed() >= UNCHANGED {
                    progress.draw();
                    (last, since) = (counts, Instant::now());
                }
            }
        })
    }

    fn counts(&self) -> Vec<u64> {
        let done = self.vendors.values().map(VendorProgress::done);
        done.chain([self.read.load(Ordering::Relaxed), self.enqueued.load(Ordering::Relaxed)]).collect()
    }

    fn draw(&self) {
        if self.bars.is_none() {
            warn(self.to_string());
            return;
        }
        for vendor in self.vendors.values() {
            if let Some(bar) = &vendor.bar {
                bar.set_length((self.total + vendor.before).max(vendor.done()));
                bar.set_position(vendor.done());
                bar.set_message(self.message(vendor));
            }
        }
    }

    /// Shows the last state.
    pub(super) fn end(&self) {
        self.draw();
        self.vendors.values().filter_map(|vendor| vendor.bar.as_ref()).for_each(ProgressBar::abandon);
    }

    fn message(&self, vendor: &VendorProgress) -> String {
        let load = |counter: &AtomicU64| counter.load(Ordering::Relaxed);
        let open = (vendor.before + load(&self.enqueued)).saturating_sub(vendor.done());
        let rate = u128::from(vendor.done()) * 1000 / self.start.elapsed().as_millis().max(1);
        let left = match u64::try_from(u128::from(open) / rate.max(1)) {
            Ok(seconds) if rate > 0 && open > 0 => format!(", {} left", duration(seconds)),
            _ => String::new(),
        };
        let waiting = match load(&vendor.waiting) {
            0 => String::new(),
            waiting if open == 0 => {
                format!(", {waiting} will be sent once more, because an earlier attempt may arrive late")
            }
            waiting => format!(", {waiting} wait for a later attempt"),
        };
        format!(
            "{rate}/s, {} enqueued, {} acknowledged, {} not sent, {} need a person, {open} open{waiting}{left}",
            load(&self.enqueued),
            load(&vendor.acknowledged),
            load(&vendor.not_sent),
            load(&vendor.person)
        )
    }

    /// Returns true if the vendor had an outage before, and stores the present state. Each failed probe is an event.
    fn is_known_outage(&self, vendor: &ProviderId, outage: bool) -> bool {
        self.vendors.get(vendor).is_some_and(|vendor| vendor.outage.swap(outage, Ordering::Relaxed))
    }

    fn warn(&self, text: impl fmt::Display) {
        match &self.bars {
            Some(bars) => drop(bars.println(text.to_string())),
            None => warn(text),
        }
    }
}

impl VendorProgress {
    fn done(&self) -> u64 {
        [&self.acknowledged, &self.not_sent, &self.person].map(|counter| counter.load(Ordering::Relaxed)).iter().sum()
    }
}

impl fmt::Display for Progress {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let (read, seconds) = (self.read.load(Ordering::Relaxed), self.start.elapsed().as_secs());
        write!(f, "{seconds} s: {read} of {} rows read", self.total)?;
        for (id, vendor) in &self.vendors {
            write!(f, "\n  {id}: {}", self.message(vendor))?;
        }
        Ok(())
    }
}

impl fmt::Debug for Progress {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Progress").field("total", &self.total).finish_non_exhaustive()
    }
}

impl Observer for Progress {
    fn observe(&self, event: &OutboxEvent<'_>) {
        match event {
            OutboxEvent::Delivered { vendor, step, .. } => {
                let Some(vendor) = self.vendors.get(*vendor) else { return };
                let counter = match step {
                    LaneStep::Passed(PassedAs::Acknowledged | PassedAs::Incomplete) => &vendor.acknowledged,
                    LaneStep::Passed(_) => &vendor.not_sent,
                    LaneStep::Blocked(_) => &vendor.person,
                    _ => return,
                };
                counter.fetch_add(1, Ordering::Relaxed);
            }
            OutboxEvent::Vendor { vendor, phase } => match phase {
                VendorPhase::Open if !self.is_known_outage(vendor, true) => {
                    self.warn(format_args!("{vendor}: {OUTAGE}"));
                }
                VendorPhase::Closed if self.is_known_outage(vendor, false) => {
                    self.warn(format_args!("{vendor}: the outage ended"));
                }
                VendorPhase::Throttled => self.warn(format_args!("{vendor}: asked to wait")),
                _ => {}
            },
            OutboxEvent::StoreFailed { operation } => {
                self.warn(format_args!("the store failed at `{operation}`; trying again"));
            }
            _ => {}
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_outage_is_new_until_it_ends() {
        let sift = ProviderId::from_static("sift");
        let progress = Progress::new(std::iter::once(sift.clone()), 1, &Counts::default());
        let changes = [true, true, false, false, true].map(|outage| progress.is_known_outage(&sift, outage));
        assert_eq!(changes, [false, true, true, false, false]);
    }
}
