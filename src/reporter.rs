//! Several vendors behind one call.

mod builder;
#[cfg(feature = "bulk")]
mod bulk;
mod member;
mod outcome;
#[cfg(feature = "bulk")]
mod pace;

use std::fmt;
use std::sync::Arc;

use futures_util::future::join_all;

pub use self::builder::ReporterBuilder;
#[cfg(feature = "bulk")]
pub use self::bulk::{Bulk, BulkOutcome, BulkReport, Stop};
pub use self::member::{Member, Need};
pub use self::outcome::{Outcome, Outcomes, ProviderOutcome, Skipped, Stopped};
#[cfg(feature = "bulk")]
pub use self::pace::Pace;
use crate::chargeback::Chargeback;
use crate::error::{Delivery, Error};
use crate::id::ProviderId;
use crate::lifecycle::{Act, Ledger, LedgerEntry, LedgerError, Lifecycle, Told};
use crate::provider::{Plan, Receipt};

/// Tells several vendors of a chargeback at once, and gives back what became of each.
///
/// No vendor waits for another, and none stops another: the call ends when the slowest has ended, each within its own
/// deadline. With a [`Ledger`] it also knows what each vendor was told last, so that late, repeated and impossible
/// reports are held back ([`Lifecycle`]), and that the vendors' ids of a case are given to its next report.
///
/// Clones share everything. A future of it may be dropped at any point, as a provider's may.
///
/// ```
/// use chargeback::lifecycle::MemoryLedger;
/// use chargeback::{Chargeback, ChargebackProvider, Error, Member, Reporter};
///
/// async fn tell(
///     spade: impl ChargebackProvider,
///     revcent: impl ChargebackProvider,
///     chargeback: &Chargeback,
/// ) -> Result<(), Error> {
///     let reporter = Reporter::builder()
///         .required(revcent)
///         .member(Member::best_effort(spade).only(|chargeback| chargeback.amount().is_some()))
///         .ledger(MemoryLedger::new())
///         .build()?;
///     let outcomes = reporter.report(chargeback).await;
///     for told in &outcomes {
///         println!("{}: {}", told.provider(), told.outcome());
///     }
///     if !outcomes.is_met() {
///         // Later: only what is safe to repeat, and needed.
///         let _ = reporter.retry_failed(chargeback, outcomes).await;
///     }
///     Ok(())
/// }
/// ```
#[derive(Clone)]
pub struct Reporter {
    inner: Arc<Inner>,
}

struct Inner {
    members: Vec<Member>,
    ledger: Option<Arc<dyn Ledger>>,
    lifecycle: Lifecycle,
}

impl Reporter {
    /// A builder without vendors.
    pub fn builder() -> ReporterBuilder {
        ReporterBuilder::default()
    }

    /// The vendors' names, in the order in which they were added.
    pub fn providers(&self) -> impl Iterator<Item = ProviderId> {
        self.inner.members.iter().map(|member| member.provider.id())
    }

    /// What would be sent to each vendor that the chargeback is routed to, with secrets left out. Nothing is sent, and
    /// the ledger is not asked.
    #[must_use]
    pub fn plan(&self, chargeback: &Chargeback) -> Vec<(ProviderId, Result<Plan, Error>)> {
        let routed = self.inner.members.iter().filter(|member| member.is_routed(chargeback));
        routed.map(|member| (member.provider.id(), member.plan(chargeback))).collect()
    }

    /// Tells every vendor that the chargeback is routed to, all at once.
    ///
    /// It is not a `Result`, since some may have been told and others not: ask the [`Outcomes`].
    pub async fn report(&self, chargeback: &Chargeback) -> Outcomes {
        let told = self.inner.members.iter().map(|member| self.inner.tell(member, chargeback));
        Outcomes { all: join_all(told).await }
    }

    /// Tells those again of whom `before` says that it is safe and needed ([`ProviderOutcome::may_be_retried`]); what
    /// it says of the others stays.
    ///
    /// It does not wait: see [`Outcomes::retry_after`].
    pub async fn retry_failed(&self, chargeback: &Chargeback, before: Outcomes) -> Outcomes {
        let again = before.all.into_iter().map(async |told| {
            let member = self.inner.members.iter().find(|member| member.provider.id() == told.provider);
            match member {
                Some(member) if told.may_be_retried() => self.inner.tell(member, chargeback).await,
                _ => told,
            }
        });
        Outcomes { all: join_all(again).await }
    }
}

impl Inner {
    async fn tell(&self, member: &Member, chargeback: &Chargeback) -> ProviderOutcome {
        let provider = member.provider.id();
        let (outcome, ledger_error) = if member.is_routed(chargeback) {
            match &self.ledger {
                Some(ledger) => self.tell_by_ledger(member, &provider, &**ledger, chargeback).await,
                None => (member.report(chargeback).await.into(), None),
            }
        } else {
            (Outcome::Skipped(Skipped::NotRouted), None)
        };
        ProviderOutcome { provider, need: member.need, outcome, ledger_error }
    }

    /// One report of a case to one vendor at a time, judged by what the vendor was told last.
    async fn tell_by_ledger(
        &self,
        member: &Member,
        provider: &ProviderId,
        ledger: &dyn Ledger,
        chargeback: &Chargeback,
    ) -> (Outcome, Option<LedgerError>) {
        let case_id = chargeback.case_id();
        let _turn = member.turns.of(case_id).await;
        let entry = match ledger.read(provider, case_id).await {
            Ok(entry) => entry.unwrap_or_default(),
            Err(error) => return (Outcome::Stopped(Stopped::Ledger(error)), None),
        };
        match self.lifecycle.judge(&entry, chargeback) {
            (_, Act::Report) => {}
            (step, Act::Skip) => return (Outcome::Skipped(Skipped::Step(step)), None),
            (step, Act::Refuse) => return (Outcome::Stopped(Stopped::Step(step)), None),
        }
        // Before sending, so that it is known even if nobody hears the answer.
        let under_way = LedgerEntry { unclear: Some(Told::of(chargeback)), ..entry.clone() };
        if let Err(error) = ledger.write(provider, case_id, &under_way).await {
            return (Outcome::Stopped(Stopped::Ledger(error)), None);
        }
        let known = with_vendor_case(chargeback, provider, &entry);
        let result = member.report(known.as_ref().unwrap_or(chargeback)).await;
        let kept = match after(&result, entry, chargeback) {
            Some(kept) => ledger.write(provider, case_id, &kept).await,
            None => Ok(()),
        };
        (result.into(), kept.err())
    }
}

/// What the ledger keeps after a report; `None` if that is what it holds: that nobody knows.
fn after(result: &Result<Receipt, Error>, before: LedgerEntry, chargeback: &Chargeback) -> Option<LedgerEntry> {
    match result {
        Ok(receipt) => Some(LedgerEntry {
            acknowledged: Some(Told::of(chargeback)),
            unclear: None,
            vendor_case: receipt.vendor_case().map(str::to_owned).or(before.vendor_case),
        }),
        Err(error) if error.delivery() == Delivery::Unknown => None,
        Err(_) => Some(before),
    }
}

/// The chargeback with the vendor's id of the case from the ledger, if it has none of its own.
fn with_vendor_case(chargeback: &Chargeback, provider: &ProviderId, entry: &LedgerEntry) -> Option<Chargeback> {
    let known = chargeback.vendor_reference(provider).is_some_and(|reference| reference.case.is_some());
    let vendor_case = entry.vendor_case.as_ref().filter(|_| !known)?;
    chargeback.to_builder().vendor_case(provider.clone(), vendor_case).build().ok()
}

impl fmt::Debug for Reporter {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Reporter")
            .field("members", &self.inner.members)
            .field("ledger", &self.inner.ledger)
            .field("lifecycle", &self.inner.lifecycle)
            .finish()
    }
}
