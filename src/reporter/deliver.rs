//! One report to one vendor: filter, turn, ledger, judgement, report, ledger.

use std::fmt;
use std::sync::{Mutex, PoisonError};

use async_trait::async_trait;

use super::isolate;
use super::outcome::{Blocked, Outcome, ProviderOutcome, Skipped};
use super::target::Target;
use crate::error::{Delivery, Error};
use crate::lifecycle::{Action, Ledger, LedgerEntry, LedgerError, Lifecycle, ReportedStage, Version, Versioned};
use crate::model::{Chargeback, ProviderId};
use crate::provider::{ChargebackProvider as _, GateError, Receipt, ReportContext, TurnGuard, WriteGate};

/// The largest number of lost races for one entry. Beyond it, the store keeps changing under the report.
pub(super) const MAX_RACES: usize = 16;

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

/// The entry of the case, and the turn that protects it within this process.
struct WithLedger<'r> {
    ledger: &'r dyn Ledger,
    lifecycle: &'r Lifecycle,
    entry: LedgerEntry,
    version: Option<Version>,
    _turn: TurnGuard,
}

/// Applies the filter, takes the turn of the case, reads the ledger and judges the stage.
pub(super) async fn prepare<'r>(
    target: &'r Target,
    ledger: Option<&'r dyn Ledger>,
    lifecycle: &'r Lifecycle,
    chargeback: &'r Chargeback,
) -> Prepared<'r> {
    let ended = |outcome| Prepared::Ended(target.outcome(outcome, None));
    if !target.accepts(chargeback) {
        return ended(Outcome::Skipped(Skipped::NotRouted));
    }
    let Some(ledger) = ledger else {
        return Prepared::Ready(Delivering { target, chargeback, with_ledger: None });
    };
    // Boxed, because every task of a bulk without a ledger would carry its size.
    match Box::pin(with_ledger(target, ledger, lifecycle, chargeback)).await {
        Ok(with_ledger) => Prepared::Ready(Delivering { target, chargeback, with_ledger: Some(with_ledger) }),
        Err(result) => Prepared::Ended(result),
    }
}

/// Takes the turn of the case, reads the ledger and judges the stage.
async fn with_ledger<'r>(
    target: &'r Target,
    ledger: &'r dyn Ledger,
    lifecycle: &'r Lifecycle,
    chargeback: &'r Chargeback,
) -> Result<Box<WithLedger<'r>>, ProviderOutcome> {
    let turn = target.provider.turn(chargeback.case_id()).await;
    let (entry, version) = read_and_judge(ledger, lifecycle, target, chargeback).await?;
    Ok(Box::new(WithLedger { ledger, lifecycle, entry, version, _turn: turn }))
}

/// Reads the entry of a case. Returns the outcome if the stage is not sent.
async fn read_and_judge(
    ledger: &dyn Ledger,
    lifecycle: &Lifecycle,
    target: &Target,
    chargeback: &Chargeback,
) -> Result<(LedgerEntry, Option<Version>), ProviderOutcome> {
    let provider = target.provider.id();
    let blocked = |error| target.outcome(Outcome::Blocked(Blocked::Ledger(error)), None);
    for _ in 0..MAX_RACES {
        let (entry, version) = read(ledger, &provider, chargeback.case_id()).await.map_err(blocked)?;
        match lifecycle.judge(&entry, chargeback) {
            (_, Action::Report) => return Ok((entry, version)),
            (step, Action::Block) => return Err(target.outcome(Outcome::Blocked(Blocked::Step(step)), None)),
            (step, Action::Skip) => {
                let stored = match entry.refreshed(chargeback) {
                    Some(later) => ledger.write(&provider, chargeback.case_id(), &later, version).await.map(|_| ()),
                    None => Ok(()),
                };
                if !matches!(stored, Err(LedgerError::VersionMismatch)) {
                    return Err(target.outcome(Outcome::Skipped(Skipped::Step(step)), stored.err()));
                }
            }
        }
    }
    Err(blocked(LedgerError::VersionMismatch))
}

/// Reads an entry and its version; the default entry if nothing was stored.
pub(super) async fn read(
    ledger: &dyn Ledger,
    provider: &ProviderId,
    case_id: &str,
) -> Result<(LedgerEntry, Option<Version>), LedgerError> {
    Ok(match ledger.read(provider, case_id).await? {
        Some(Versioned { value, version }) => (value, Some(version)),
        None => (LedgerEntry::default(), None),
    })
}

impl Delivering<'_> {
    /// Sends the report, and stores its outcome.
    pub(super) async fn send(self) -> ProviderOutcome {
        let Self { target, chargeback, with_ledger } = self;
        match with_ledger {
            None => {
                let report = async || target.provider.report(chargeback).await;
                target.outcome(isolate::report(target, || true, report).await.into(), None)
            }
            Some(with_ledger) => isolate::storing(target, Box::pin(with_ledger.send(target, chargeback))).await,
        }
    }

    /// True if the report fails before its first request, for example for an unsupported stage.
    #[cfg(feature = "bulk")]
    pub(super) fn fails_at_once(&self) -> bool {
        let provider = &self.target.provider;
        let entry = self.with_ledger.as_ref().map(|with_ledger| &with_ledger.entry);
        // The plan does not know the doubt of the ledger, with which a report may begin with a lookup.
        if entry.is_some_and(|entry| entry.in_flight.is_some()) {
            return false;
        }
        let vendor_case = entry.and_then(|entry| entry.vendor_case.as_deref());
        let with_vendor_case = self.chargeback.with_vendor_case(&provider.id(), vendor_case);
        provider.plan(with_vendor_case.as_deref().unwrap_or(self.chargeback)).is_err()
    }
}

impl WithLedger<'_> {
    /// Reports, and judges again if another process changed the entry before the first write.
    async fn send(mut self: Box<Self>, target: &Target, chargeback: &Chargeback) -> ProviderOutcome {
        let provider = target.provider.id();
        for _ in 0..MAX_RACES {
            match self.report(target, &provider, chargeback).await {
                Ok(result) => return result,
                Err(LedgerError::VersionMismatch) => {}
                Err(error) => return target.outcome(Outcome::Blocked(Blocked::Ledger(error)), None),
            }
            match read_and_judge(self.ledger, self.lifecycle, target, chargeback).await {
                Ok((entry, version)) => (self.entry, self.version) = (entry, version),
                Err(result) => return result,
            }
        }
        target.outcome(Outcome::Blocked(Blocked::Ledger(LedgerError::VersionMismatch)), None)
    }

    /// Reports once. Returns the ledger's error if the mark could not be stored; then no write was sent.
    async fn report(
        &self,
        target: &Target,
        provider: &ProviderId,
        chargeback: &Chargeback,
    ) -> Result<ProviderOutcome, LedgerError> {
        let mark = ReportedStage::for_chargeback(chargeback);
        let gate =
            LedgerGate { with_ledger: self, provider, case_id: chargeback.case_id(), mark, state: Mutex::default() };
        let context = ReportContext::new(&gate)
            .in_doubt(self.entry.in_flight.is_some())
            .acknowledged_before(self.entry.acknowledged.is_some())
            .vendor_case(self.entry.vendor_case.as_deref());
        let report = async || target.provider.report_with(chargeback, &context).await;
        let may_have_written = || gate.is_marked() || self.entry.in_flight.is_some();
        let result = isolate::report(target, may_have_written, report).await;
        let marked = match gate.state.into_inner().unwrap_or_else(PoisonError::into_inner) {
            GateState::Failed(error) if result.as_ref().is_err_and(is_without_effect) => return Err(error),
            GateState::Unused | GateState::Failed(_) => None,
            GateState::Marked(version) => Some(version),
        };
        let change = Change::from_result(&result, mark, marked.is_some(), self.entry.in_flight);
        let stored = self.store(provider, chargeback.case_id(), &change, marked).await;
        Ok(target.outcome(result.into(), stored.err()))
    }

    /// Stores the outcome. If another process changed the entry meanwhile, reads it again and merges the outcome.
    async fn store(
        &self,
        provider: &ProviderId,
        case_id: &str,
        change: &Change,
        marked: Option<Version>,
    ) -> Result<(), LedgerError> {
        let (mut entry, mut version) = if change.needs_current_entry() {
            read(self.ledger, provider, case_id).await?
        } else {
            let in_flight = if marked.is_some() { Some(change.mark()) } else { self.entry.in_flight };
            (LedgerEntry { in_flight, ..self.entry.clone() }, marked.or(self.version))
        };
        for _ in 0..MAX_RACES {
            let Some(changed) = change.apply(&entry) else { return Ok(()) };
            match self.ledger.write(provider, case_id, &changed, version).await {
                Ok(_) => return Ok(()),
                Err(LedgerError::VersionMismatch) => {}
                Err(error) => return Err(error),
            }
            (entry, version) = read(self.ledger, provider, case_id).await?;
        }
        Err(LedgerError::VersionMismatch)
    }
}

/// The change of an entry by the outcome of a report.
pub(super) enum Change {
    /// The vendor acknowledged the stage.
    Acknowledged { mark: ReportedStage, before: Option<ReportedStage>, vendor_case: Option<String> },
    /// The report did not change the vendor's record. A mark of this report is replaced by the mark before it.
    Undone { mark: ReportedStage, before: Option<ReportedStage> },
    /// The outcome is unknown. The mark is stored again if it is not there: another process may have resolved an
    /// earlier doubt while this report ran, or the provider did not run the gate.
    Unknown { mark: ReportedStage },
    /// Nothing to store: the report did not change the vendor's record, and no mark was set.
    Nothing { mark: ReportedStage },
}

/// True if the report itself did not change the vendor's record.
fn is_without_effect(error: &Error) -> bool {
    error.delivery() != Delivery::Unknown || error.is_of_earlier_report()
}

impl Change {
    pub(super) fn from_result(
        result: &Result<Receipt, Error>,
        mark: ReportedStage,
        marked: bool,
        before: Option<ReportedStage>,
    ) -> Self {
        match result {
            Ok(receipt) => Self::Acknowledged { mark, before, vendor_case: receipt.vendor_case().map(str::to_owned) },
            Err(error) if !is_without_effect(error) => Self::Unknown { mark },
            Err(_) if marked => Self::Undone { mark, before },
            Err(_) => Self::Nothing { mark },
        }
    }

    const fn mark(&self) -> ReportedStage {
        match self {
            Self::Acknowledged { mark, .. }
            | Self::Undone { mark, .. }
            | Self::Unknown { mark }
            | Self::Nothing { mark } => *mark,
        }
    }

    /// True if the change depends on the changes of other processes during the report.
    const fn needs_current_entry(&self) -> bool {
        matches!(self, Self::Unknown { .. })
    }

    /// Applies the change to the stored entry; `None` if the entry stays as it is.
    ///
    /// The entry may be that of another process: an acknowledged stage is never replaced by an older one, and only
    /// the mark of this report is removed.
    pub(super) fn apply(&self, entry: &LedgerEntry) -> Option<LedgerEntry> {
        let mut changed = entry.clone();
        match self {
            Self::Nothing { .. } => return None,
            Self::Unknown { mark } => {
                if entry.acknowledged.is_none_or(|last| last.position() < mark.position()) {
                    changed.in_flight = entry.in_flight.or(Some(*mark));
                }
            }
            Self::Acknowledged { mark, before, vendor_case } => {
                if entry.acknowledged.is_none_or(|newer| newer.position() <= mark.position()) {
                    changed.acknowledged = Some(*mark);
                }
                // The acknowledgement also ends the doubt with which the report began.
                changed.in_flight =
                    entry.in_flight.filter(|other| !other.is_same_report(mark) && Some(*other) != *before);
                changed.vendor_case = vendor_case.clone().or(changed.vendor_case);
            }
            Self::Undone { mark, before } => {
                if entry.in_flight.is_some_and(|other| other.is_same_report(mark)) {
                    changed.in_flight = *before;
                }
            }
        }
        (changed != *entry).then_some(changed)
    }
}

/// Marks the report as in flight in the ledger, right before the first request that may change the vendor's record.
struct LedgerGate<'g> {
    with_ledger: &'g WithLedger<'g>,
    provider: &'g ProviderId,
    case_id: &'g str,
    mark: ReportedStage,
    state: Mutex<GateState>,
}

#[derive(Debug, Default)]
enum GateState {
    #[default]
    Unused,
    Marked(Version),
    Failed(LedgerError),
}

impl LedgerGate<'_> {
    fn is_marked(&self) -> bool {
        matches!(*self.state.lock().unwrap_or_else(PoisonError::into_inner), GateState::Marked(_))
    }
}

#[async_trait]
impl WriteGate for LedgerGate<'_> {
    async fn before_first_write(&self) -> Result<(), GateError> {
        let WithLedger { ledger, entry, version, .. } = self.with_ledger;
        let marked = LedgerEntry { in_flight: Some(self.mark), ..entry.clone() };
        let (state, result) = match ledger.write(self.provider, self.case_id, &marked, *version).await {
            Ok(version) => (GateState::Marked(version), Ok(())),
            Err(error) => {
                let not_stored = GateError::new("the report could not be marked as in flight in the ledger");
                (GateState::Failed(error), Err(not_stored))
            }
        };
        *self.state.lock().unwrap_or_else(PoisonError::into_inner) = state;
        result
    }

    fn may_send(&self) -> bool {
        true
    }
}

impl fmt::Debug for LedgerGate<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("LedgerGate").field("ledger", &self.with_ledger.ledger).finish_non_exhaustive()
    }
}
