//! One report to one vendor: filter, turn, ledger, judgement, report, ledger.

use std::fmt;
use std::sync::atomic::{AtomicBool, Ordering::Relaxed};
use std::sync::{Mutex, PoisonError};

use async_trait::async_trait;

use super::outcome::{Blocked, Outcome, ProviderOutcome, Skipped};
use super::target::Target;
use crate::error::{Delivery, Error};
use crate::lifecycle::{Action, Ledger, LedgerEntry, LedgerError, Lifecycle, ReportedStage};
use crate::model::{Chargeback, ProviderId};
use crate::provider::{ChargebackProvider as _, GateError, Receipt, ReportContext, TurnGuard, WriteGate};

/// The result of the checks before a report.
pub(super) enum Prepared<'r> {
    /// The report is not sent.
    Ended(ProviderOutcome),
    /// The report may be sent now.
    Ready(Delivering<'r>),
}

/// A report that may be sent.
pub(super) struct Delivering<'r> {
    pub(super) target: &'r Target,
    chargeback: &'r Chargeback,
    /// Boxed, because every task of a bulk without a ledger would carry its size.
    with_ledger: Option<Box<WithLedger<'r>>>,
}

/// The entry of the case, and the turn that protects it.
struct WithLedger<'r> {
    ledger: &'r dyn Ledger,
    entry: LedgerEntry,
    _turn: TurnGuard,
}

/// Applies the filter, takes the turn of the case, reads the ledger and judges the stage.
pub(super) async fn prepare<'r>(
    target: &'r Target,
    ledger: Option<&'r dyn Ledger>,
    lifecycle: &Lifecycle,
    chargeback: &'r Chargeback,
) -> Prepared<'r> {
    let ended = |outcome| Prepared::Ended(target.outcome(outcome, None));
    if !target.accepts(chargeback) {
        return ended(Outcome::Skipped(Skipped::NotRouted));
    }
    let Some(ledger) = ledger else {
        return Prepared::Ready(Delivering { target, chargeback, with_ledger: None });
    };
    let case_id = chargeback.case_id();
    let turn = target.provider.turn(case_id).await;
    let entry = match ledger.read(&target.provider.id(), case_id).await {
        Ok(entry) => entry.unwrap_or_default(),
        Err(error) => return ended(Outcome::Blocked(Blocked::Ledger(error))),
    };
    match lifecycle.judge(&entry, chargeback) {
        (step, Action::Skip) => ended(Outcome::Skipped(Skipped::Step(step))),
        (step, Action::Block) => ended(Outcome::Blocked(Blocked::Step(step))),
        (_, Action::Report) => {
            let with_ledger = Some(Box::new(WithLedger { ledger, entry, _turn: turn }));
            Prepared::Ready(Delivering { target, chargeback, with_ledger })
        }
    }
}

impl Delivering<'_> {
    /// Sends the report, and stores its outcome.
    pub(super) async fn send(self) -> ProviderOutcome {
        let Self { target, chargeback, with_ledger } = self;
        match with_ledger {
            None => target.outcome(target.provider.report(chargeback).await.into(), None),
            Some(with_ledger) => Box::pin(with_ledger.send(target, chargeback)).await,
        }
    }

    /// True if the report fails before its first request, for example for an unsupported stage.
    #[cfg(feature = "bulk")]
    pub(super) fn fails_at_once(&self) -> bool {
        let provider = &self.target.provider;
        let vendor_case = self.with_ledger.as_ref().and_then(|with_ledger| with_ledger.entry.vendor_case.as_deref());
        provider.plan(&self.chargeback.with_vendor_case(&provider.id(), vendor_case)).is_err()
    }
}

impl WithLedger<'_> {
    async fn send(self: Box<Self>, target: &Target, chargeback: &Chargeback) -> ProviderOutcome {
        let Self { ledger, entry, _turn } = *self;
        let (provider, case_id) = (target.provider.id(), chargeback.case_id());
        let gate = LedgerGate::new(ledger, &provider, chargeback, &entry);
        let context = ReportContext::new(&gate)
            .in_doubt(entry.in_flight.is_some())
            .acknowledged_before(entry.acknowledged.is_some())
            .vendor_case(entry.vendor_case.as_deref());
        let result = target.provider.report_with(chargeback, &context).await;
        let (marked, failed) = gate.finish();
        if let Some(error) = failed {
            return target.outcome(Outcome::Blocked(Blocked::Ledger(error)), None);
        }
        let stored = match entry_after(&result, marked, entry, chargeback) {
            Some(entry) => ledger.write(&provider, case_id, &entry).await,
            None => Ok(()),
        };
        target.outcome(result.into(), stored.err())
    }
}

/// The entry to store after a report; `None` if the ledger already holds it.
fn entry_after(
    result: &Result<Receipt, Error>,
    marked: bool,
    before: LedgerEntry,
    chargeback: &Chargeback,
) -> Option<LedgerEntry> {
    match result {
        Ok(receipt) => Some(LedgerEntry {
            acknowledged: Some(ReportedStage::for_chargeback(chargeback)),
            in_flight: None,
            vendor_case: receipt.vendor_case().map(str::to_owned).or(before.vendor_case),
        }),
        // The outcome of this report is unknown: the mark stays.
        Err(error) if error.delivery() == Delivery::Unknown && !error.is_of_earlier_report() => None,
        // This report changed nothing, so a mark of an earlier report is restored.
        Err(_) => marked.then_some(before),
    }
}

/// Marks the report as in flight in the ledger, right before the first request that may change the vendor's record.
struct LedgerGate<'g> {
    ledger: &'g dyn Ledger,
    provider: &'g ProviderId,
    case_id: &'g str,
    marked_entry: LedgerEntry,
    marked: AtomicBool,
    failed: Mutex<Option<LedgerError>>,
}

impl<'g> LedgerGate<'g> {
    fn new(ledger: &'g dyn Ledger, provider: &'g ProviderId, chargeback: &'g Chargeback, entry: &LedgerEntry) -> Self {
        Self {
            ledger,
            provider,
            case_id: chargeback.case_id(),
            marked_entry: LedgerEntry { in_flight: Some(ReportedStage::for_chargeback(chargeback)), ..entry.clone() },
            marked: AtomicBool::new(false),
            failed: Mutex::new(None),
        }
    }

    /// Returns whether the mark was stored, and the error if it could not be.
    fn finish(self) -> (bool, Option<LedgerError>) {
        (self.marked.into_inner(), self.failed.into_inner().unwrap_or_else(PoisonError::into_inner))
    }
}

#[async_trait]
impl WriteGate for LedgerGate<'_> {
    async fn before_first_write(&self) -> Result<(), GateError> {
        match self.ledger.write(self.provider, self.case_id, &self.marked_entry).await {
            Ok(()) => {
                self.marked.store(true, Relaxed);
                Ok(())
            }
            Err(error) => {
                *self.failed.lock().unwrap_or_else(PoisonError::into_inner) = Some(error);
                Err(GateError::new("the report could not be marked as in flight in the ledger"))
            }
        }
    }

    fn may_send(&self) -> bool {
        true
    }
}

impl fmt::Debug for LedgerGate<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("LedgerGate").field("ledger", &self.ledger).finish_non_exhaustive()
    }
}
