//! Several vendors behind one call.

mod builder;
#[cfg(feature = "bulk")]
mod bulk;
mod outcome;
#[cfg(feature = "bulk")]
mod rate_limit;
#[cfg(feature = "bulk")]
mod stop;
mod target;

use std::fmt;
use std::sync::Arc;

use futures_util::future::join_all;

pub use self::builder::ReporterBuilder;
#[cfg(feature = "bulk")]
pub use self::bulk::{BulkOptions, BulkOutcome, BulkReport};
pub use self::outcome::{Blocked, Outcome, Outcomes, ProviderOutcome, Skipped};
#[cfg(feature = "bulk")]
pub use self::rate_limit::RateLimit;
#[cfg(feature = "bulk")]
pub use self::stop::Stop;
pub use self::target::{Requirement, Target};
use crate::engine::Turn;
use crate::error::{Delivery, Error};
use crate::lifecycle::{Action, Ledger, LedgerEntry, LedgerError, Lifecycle, ReportedStage};
use crate::model::{Chargeback, ProviderId};
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
/// use chargeback::{Chargeback, ChargebackProvider, Error, Target, Reporter};
///
/// async fn tell(
///     spade: impl ChargebackProvider,
///     revcent: impl ChargebackProvider,
///     chargeback: &Chargeback,
/// ) -> Result<(), Error> {
///     let reporter = Reporter::builder()
///         .required(revcent)
///         .target(Target::best_effort(spade).filter(|chargeback| chargeback.amount().is_some()))
///         .ledger(MemoryLedger::new())
///         .build()?;
///     let outcomes = reporter.report(chargeback).await;
///     for told in &outcomes {
///         println!("{}: {}", told.provider(), told.outcome());
///     }
///     if !outcomes.required_settled() {
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
    members: Vec<Target>,
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
    /// Each has the deadline of its provider. With a ledger, a report also waits for earlier ones of the same case to the
    /// same vendor, without a deadline of its own; wrap the call in a timeout if that may take too long.
    ///
    /// It is not a `Result`, since some may have been told and others not: ask the [`Outcomes`].
    pub async fn report(&self, chargeback: &Chargeback) -> Outcomes {
        let told = self.inner.members.iter().map(|member| self.inner.tell(member, chargeback));
        Outcomes { all: join_all(told).await }
    }

    /// Tells those again of whom `before` says that it is safe and needed ([`ProviderOutcome::may_be_retried`]); what
    /// it says of the others stays.
    ///
    /// It does not wait, and one round may not be enough: see [`Outcomes::retry_after`].
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

    /// Settles what is unclear of a case at a vendor: somebody has looked, at the vendor's dashboard or with its support
    /// desk, and this is what they found.
    ///
    /// It tells the ledger and the provider. With the vendor's id of the case, the next report goes on from there; with
    /// `None`, the next report starts as if nothing had been unclear. What it means for each vendor stands at
    /// [`HttpProvider::resolve_doubt`](crate::HttpProvider::resolve_doubt).
    ///
    /// It corrects as well: an id is kept in place of one that is known, and of a case that was in no doubt. It is taken as it
    /// is, so mind that both ids are right; a wrong one is seen when the next report uses it.
    ///
    /// It waits for a report of the case that is under way at this vendor, and for one of a bulk that waits for the vendor's
    /// pace or pause: an hour and more, if the vendor asks for that.
    ///
    /// # Errors
    ///
    /// [`LedgerError`] if the ledger could not be read or written, or the reporter has no vendor of this name; the doubt stays then.
    pub async fn resolve_doubt(
        &self,
        provider: &ProviderId,
        case_id: &str,
        found: Option<&str>,
    ) -> Result<(), LedgerError> {
        let member = self.inner.members.iter().find(|member| member.provider.id() == *provider);
        let member = member.ok_or_else(|| LedgerError::new("the reporter has no vendor of this name"))?;
        let _turn = member.turns.of(case_id).await;
        if let Some(ledger) = self.inner.ledger.as_deref() {
            let mut entry = ledger.read(provider, case_id).await?.unwrap_or_default();
            entry.in_flight = None;
            entry.vendor_case = found.map(str::to_owned).or(entry.vendor_case);
            ledger.write(provider, case_id, &entry).await?;
        }
        member.provider.resolve_doubt(case_id, found);
        Ok(())
    }
}

/// What comes of looking at a chargeback before it is told to a vendor.
enum Prepared<'r> {
    /// It is not told.
    Ended(ProviderOutcome),
    /// It may be told now.
    Ready(Sending<'r>),
}

/// A report that may be sent.
struct Sending<'r> {
    member: &'r Target,
    chargeback: &'r Chargeback,
    /// Boxed, since a bulk without a ledger would carry its room in every task.
    by_ledger: Option<Box<ByLedger<'r>>>,
}

/// What a report has where there is a ledger: what the ledger holds of its case, and the case's turn.
struct ByLedger<'r> {
    ledger: &'r dyn Ledger,
    entry: LedgerEntry,
    /// The chargeback with the vendor's id of the case, if the ledger alone knows it.
    with_vendor_case: Option<Chargeback>,
    _turn: Turn<'r>,
}

impl Inner {
    async fn tell(&self, member: &Target, chargeback: &Chargeback) -> ProviderOutcome {
        match self.prepare(member, chargeback).await {
            Prepared::Ended(told) => told,
            Prepared::Ready(sending) => sending.send().await,
        }
    }

    /// Routes it, and judges it by what the vendor was told last; one report of a case to one vendor at a time.
    async fn prepare<'r>(&'r self, member: &'r Target, chargeback: &'r Chargeback) -> Prepared<'r> {
        let ended = |outcome| Prepared::Ended(member.outcome(outcome, None));
        if !member.is_routed(chargeback) {
            return ended(Outcome::Skipped(Skipped::NotRouted));
        }
        let Some(ledger) = self.ledger.as_deref() else {
            return Prepared::Ready(Sending { member, chargeback, by_ledger: None });
        };
        let (provider, case_id) = (member.provider.id(), chargeback.case_id());
        let turn = member.turns.of(case_id).await;
        let entry = match ledger.read(&provider, case_id).await {
            Ok(entry) => entry.unwrap_or_default(),
            Err(error) => return ended(Outcome::Blocked(Blocked::Ledger(error))),
        };
        match self.lifecycle.judge(&entry, chargeback) {
            (step, Action::Skip) => ended(Outcome::Skipped(Skipped::Step(step))),
            (step, Action::Block) => ended(Outcome::Blocked(Blocked::Step(step))),
            (_, Action::Report) => {
                let with_vendor_case = with_vendor_case(chargeback, &provider, &entry);
                let by_ledger = ByLedger { ledger, entry, with_vendor_case, _turn: turn };
                Prepared::Ready(Sending { member, chargeback, by_ledger: Some(Box::new(by_ledger)) })
            }
        }
    }
}

impl Sending<'_> {
    async fn send(self) -> ProviderOutcome {
        let Self { member, chargeback, by_ledger } = self;
        match by_ledger {
            None => member.outcome(member.report(chargeback).await.into(), None),
            Some(by_ledger) => Box::pin(by_ledger.send(member, chargeback)).await,
        }
    }

    /// Whether the vendor cannot be told of it, so that sending it makes no request.
    #[cfg(feature = "bulk")]
    fn is_refused_at_once(&self) -> bool {
        let with_vendor_case = self.by_ledger.as_ref().and_then(|by_ledger| by_ledger.with_vendor_case.as_ref());
        self.member.plan(with_vendor_case.unwrap_or(self.chargeback)).is_err()
    }
}

impl ByLedger<'_> {
    async fn send(self: Box<Self>, member: &Target, chargeback: &Chargeback) -> ProviderOutcome {
        let Self { ledger, entry, with_vendor_case, _turn } = *self;
        let chargeback = with_vendor_case.as_ref().unwrap_or(chargeback);
        let (provider, case_id) = (member.provider.id(), chargeback.case_id());
        // Before sending, so that it is known even if nobody hears the answer.
        let under_way = LedgerEntry { in_flight: Some(ReportedStage::new(chargeback)), ..entry.clone() };
        if let Err(error) = ledger.write(&provider, case_id, &under_way).await {
            return member.outcome(Outcome::Blocked(Blocked::Ledger(error)), None);
        }
        let doubted = if entry.in_flight.is_some() { member.provider.assume_doubt(case_id) } else { Ok(()) };
        let result = match doubted {
            Ok(()) => member.report(chargeback).await,
            Err(error) => Err(error),
        };
        let kept = match after(&result, entry, chargeback) {
            Some(kept) => ledger.write(&provider, case_id, &kept).await,
            None => Ok(()),
        };
        member.outcome(result.into(), kept.err())
    }
}

/// What the ledger keeps after a report; `None` if that is what it holds: that nobody knows.
fn after(result: &Result<Receipt, Error>, before: LedgerEntry, chargeback: &Chargeback) -> Option<LedgerEntry> {
    match result {
        Ok(receipt) => Some(LedgerEntry {
            acknowledged: Some(ReportedStage::new(chargeback)),
            in_flight: None,
            vendor_case: receipt.vendor_case().map(str::to_owned).or(before.vendor_case),
        }),
        // What this report did not send leaves what was unclear before it.
        Err(error) if error.delivery() == Delivery::Unknown && !error.is_of_earlier_report() => None,
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
