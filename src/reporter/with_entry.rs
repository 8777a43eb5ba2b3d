//! A report for a caller that keeps the entry of the case itself.

use std::sync::atomic::{AtomicBool, Ordering};

use async_trait::async_trait;

use super::deliver::Change;
use super::isolate;
use super::outcome::{Blocked, Outcome, ProviderOutcome, Skipped};
use super::target::Target;
use crate::lifecycle::{Action, LedgerEntry, Lifecycle, ReportedStage};
use crate::model::Chargeback;
use crate::provider::{ChargebackProvider as _, GateError, ReportContext, WriteGate};

/// Filters, judges and reports. Returns the outcome, and the entry to store.
pub(super) async fn deliver(
    target: &Target,
    lifecycle: &Lifecycle,
    chargeback: &Chargeback,
    entry: LedgerEntry,
    context: &ReportContext<'_>,
) -> (ProviderOutcome, LedgerEntry) {
    let checks = async { check(target, *lifecycle, chargeback, &entry) };
    let ended = match isolate::before_sending(target, checks).await {
        Ok(None) => return report(target, chargeback, entry, context).await,
        Ok(Some(outcome)) => target.outcome(outcome, None),
        Err(panicked) => panicked,
    };
    let is_refresh = matches!(ended.outcome(), Outcome::Skipped(Skipped::Step(_)));
    let refreshed = entry.refreshed(chargeback).filter(|_| is_refresh);
    (ended, refreshed.unwrap_or(entry))
}

/// Returns the outcome of a report that is not sent.
fn check(target: &Target, lifecycle: Lifecycle, chargeback: &Chargeback, entry: &LedgerEntry) -> Option<Outcome> {
    if !target.accepts(chargeback) {
        return Some(Outcome::Skipped(Skipped::NotRouted));
    }
    match lifecycle.judge(entry, chargeback) {
        (_, Action::Report) => None,
        (step, Action::Skip) => Some(Outcome::Skipped(Skipped::Step(step))),
        (step, Action::Block) => Some(Outcome::Blocked(Blocked::Step(step))),
    }
}

/// Reports without the judgement of the lifecycle. The entry decides the doubt and the vendor's id of the case.
pub(super) async fn report(
    target: &Target,
    chargeback: &Chargeback,
    entry: LedgerEntry,
    context: &ReportContext<'_>,
) -> (ProviderOutcome, LedgerEntry) {
    let gate = WatchedGate { inner: context.gate(), opened: AtomicBool::new(false) };
    let was_in_doubt = entry.in_flight.is_some();
    let watched = ReportContext::new(&gate)
        .in_doubt(was_in_doubt || context.is_in_doubt())
        .acknowledged_before(entry.acknowledged.is_some() || context.was_acknowledged_before())
        .vendor_case(entry.vendor_case.as_deref().or(context.known_vendor_case()))
        .deadline(context.ends_at())
        .max_attempts(context.attempt_limit());
    let report = async || target.provider.report_with(chargeback, &watched).await;
    let result = isolate::report(target, || gate.is_open() || was_in_doubt, report).await;
    let mark = ReportedStage::for_chargeback(chargeback);
    let change = Change::from_result(&result, mark, gate.is_open(), entry.in_flight);
    let marked = if gate.is_open() { LedgerEntry { in_flight: Some(mark), ..entry } } else { entry };
    let entry = change.apply(&marked).unwrap_or(marked);
    (target.outcome(result.into(), None), entry)
}

/// The gate of the caller, and whether it allowed a write.
#[derive(Debug)]
struct WatchedGate<'g> {
    inner: &'g dyn WriteGate,
    opened: AtomicBool,
}

impl WatchedGate<'_> {
    fn is_open(&self) -> bool {
        self.opened.load(Ordering::Relaxed)
    }
}

#[async_trait]
impl WriteGate for WatchedGate<'_> {
    async fn before_first_write(&self) -> Result<(), GateError> {
        self.inner.before_first_write().await?;
        self.opened.store(true, Ordering::Relaxed);
        Ok(())
    }

    fn may_send(&self) -> bool {
        self.inner.may_send()
    }
}
