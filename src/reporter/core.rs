//! The reporter.

use std::fmt;
use std::sync::Arc;

use futures_util::future::join_all;

use super::deliver::{MAX_RACES, Prepared, prepare, read};
use super::isolate;
#[cfg(feature = "outbox")]
use super::outcome::Requirement;
use super::outcome::{Outcomes, ProviderOutcome};
use super::target::Target;
use super::with_entry;
use crate::error::{Error, InvalidError};
use crate::lifecycle::{Ledger, LedgerEntry, LedgerError, Lifecycle, ReportedStage};
use crate::model::{Chargeback, ProviderId};
#[cfg(feature = "outbox")]
use crate::provider::Throttled;
use crate::provider::{ChargebackProvider as _, Plan, ReportContext, Resolution};

/// Reports a chargeback to several vendors at once and returns the outcome at each.
///
/// No vendor waits for another, and a failure at one does not affect the others: the call ends when the slowest
/// vendor has ended, each within its own deadline. A panic in a filter, a provider or a ledger is a failure too
/// ([`Error::Panicked`]), unless the program is built with `panic = "abort"`.
///
/// With a [`Ledger`], the reporter also knows the last reported stage of each case. The reporter then filters late,
/// repeated and impossible stages ([`Lifecycle`]), and passes the vendor's id of a case to later reports.
///
/// Clones share everything. A future may be dropped at any point, as with
/// [`ChargebackProvider::report`](crate::ChargebackProvider::report).
///
/// ```
/// use chargeback::lifecycle::MemoryLedger;
/// use chargeback::{Chargeback, Error, Reporter, Target, Throttled};
///
/// async fn report(spade: impl Throttled, revcent: impl Throttled, chargeback: &Chargeback) -> Result<(), Error> {
///     let reporter = Reporter::builder()
///         .required(revcent)
///         .target(Target::best_effort(spade).filter(|chargeback| chargeback.amount().is_some()))
///         .ledger(MemoryLedger::new())
///         .build()?;
///     let outcomes = reporter.report(chargeback).await;
///     for result in &outcomes {
///         println!("{}: {}", result.provider(), result.outcome());
///     }
///     if !outcomes.required_settled() {
///         // Later: reports again where it is safe and may succeed.
///         let _ = reporter.retry_failed(chargeback, outcomes).await;
///     }
///     Ok(())
/// }
/// ```
#[derive(Clone)]
pub struct Reporter {
    shared: Arc<Shared>,
}

struct Shared {
    targets: Vec<Target>,
    ledger: Option<Arc<dyn Ledger>>,
    lifecycle: Lifecycle,
}

/// A provider id that the reporter does not have.
///
/// ```
/// use chargeback::{Chargeback, Reporter, spade};
///
/// async fn is_configured(reporter: &Reporter, chargeback: &Chargeback) -> bool {
///     match reporter.report_to(&spade::ID, chargeback).await {
///         Ok(_) => true,
///         Err(error) => {
///             assert_eq!(error.id(), &spade::ID);
///             false
///         }
///     }
/// }
/// ```
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("the reporter has no provider with the id `{0}`")]
pub struct UnknownProvider(ProviderId);

impl UnknownProvider {
    /// Returns the id.
    #[must_use]
    pub const fn id(&self) -> &ProviderId {
        &self.0
    }
}

/// A doubt that could not be resolved. The doubt remains.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum ResolveError {
    /// The vendor's id of the case is empty or too long.
    #[error(transparent)]
    Invalid(#[from] InvalidError),
    /// The ledger could not be read or written.
    #[error(transparent)]
    Ledger(#[from] LedgerError),
    /// The reporter has no provider with this id.
    #[error(transparent)]
    UnknownProvider(#[from] UnknownProvider),
}

impl Reporter {
    pub(super) fn new(targets: Vec<Target>, ledger: Option<Arc<dyn Ledger>>, lifecycle: Lifecycle) -> Self {
        Self { shared: Arc::new(Shared { targets, ledger, lifecycle }) }
    }

    #[cfg(feature = "bulk")]
    pub(super) fn targets(&self) -> &[Target] {
        &self.shared.targets
    }

    /// Returns the ids of the providers, in the order in which they were added.
    pub fn providers(&self) -> impl Iterator<Item = ProviderId> {
        self.shared.targets.iter().map(|target| target.provider.id())
    }

    /// Returns the requests to each vendor whose filter accepts the chargeback, without secrets. Sends nothing, and
    /// does not read the ledger.
    ///
    /// ```
    /// use chargeback::{Chargeback, Reporter};
    ///
    /// fn preview(reporter: &Reporter, chargeback: &Chargeback) {
    ///     for (provider, plan) in reporter.plan(chargeback) {
    ///         match plan {
    ///             Ok(plan) => println!("{}", plan.to_text()),
    ///             Err(error) => println!("{provider}: {error}"),
    ///         }
    ///     }
    /// }
    /// ```
    #[must_use]
    pub fn plan(&self, chargeback: &Chargeback) -> Vec<(ProviderId, Result<Plan, Error>)> {
        let plan = |target| isolate::plan(target, chargeback).map(|plan| (target.provider.id(), plan));
        self.shared.targets.iter().filter_map(plan).collect()
    }

    /// Reports to all vendors at once.
    ///
    /// Each report has the deadline of its provider. With a ledger, a report also waits for earlier reports of the same
    /// case to the same vendor, without a deadline; wrap the call in a timeout if needed.
    ///
    /// The call does not return a `Result`, because it may succeed at some vendors only: check the [`Outcomes`].
    ///
    /// ```
    /// use chargeback::{Chargeback, Reporter};
    ///
    /// async fn send(reporter: &Reporter, chargeback: &Chargeback) -> bool {
    ///     let outcomes = reporter.report(chargeback).await;
    ///     for result in &outcomes {
    ///         println!("{}: {}", result.provider(), result.outcome());
    ///     }
    ///     outcomes.required_settled()
    /// }
    /// ```
    pub async fn report(&self, chargeback: &Chargeback) -> Outcomes {
        let reports = self.shared.targets.iter().map(|target| self.send_to(target, chargeback));
        Outcomes { all: join_all(reports).await }
    }

    /// Reports to one vendor.
    ///
    /// ```
    /// use chargeback::{Chargeback, Reporter, revcent};
    ///
    /// async fn to_revcent(reporter: &Reporter, chargeback: &Chargeback) {
    ///     match reporter.report_to(&revcent::ID, chargeback).await {
    ///         Ok(result) => println!("{}: {}", result.provider(), result.outcome()),
    ///         Err(error) => println!("{error}"),
    ///     }
    /// }
    /// ```
    ///
    /// # Errors
    ///
    /// [`UnknownProvider`] if the reporter has no provider with this id.
    pub async fn report_to(
        &self,
        provider: &ProviderId,
        chargeback: &Chargeback,
    ) -> Result<ProviderOutcome, UnknownProvider> {
        Ok(self.send_to(self.target(provider)?, chargeback).await)
    }

    /// Reports to one vendor for a caller that keeps the entry of the case itself, and returns the entry to store.
    ///
    /// The call applies the filter, judges the stage by the entry, and reports. It neither reads nor writes a ledger.
    /// The gate of the context stores the mark `in_flight`; the caller stores the returned entry. The caller also
    /// takes the [`turn`](crate::ChargebackProvider::turn) of the case. The entry decides the doubt and the vendor's
    /// id of the case; the context adds the gate and the limits.
    ///
    /// ```
    /// use chargeback::lifecycle::LedgerEntry;
    /// use chargeback::{Chargeback, OpenGate, ReportContext, Reporter, UnknownProvider, spade};
    ///
    /// async fn send(
    ///     reporter: &Reporter,
    ///     chargeback: &Chargeback,
    ///     entry: LedgerEntry,
    /// ) -> Result<LedgerEntry, UnknownProvider> {
    ///     let context = ReportContext::new(&OpenGate).max_attempts(1);
    ///     let (outcome, entry) = reporter.deliver(&spade::ID, chargeback, entry, &context).await?;
    ///     println!("{}", outcome.outcome());
    ///     Ok(entry)
    /// }
    /// ```
    ///
    /// # Errors
    ///
    /// [`UnknownProvider`] if the reporter has no provider with this id.
    pub async fn deliver(
        &self,
        provider: &ProviderId,
        chargeback: &Chargeback,
        entry: LedgerEntry,
        context: &ReportContext<'_>,
    ) -> Result<(ProviderOutcome, LedgerEntry), UnknownProvider> {
        let target = self.target(provider)?;
        Ok(with_entry::deliver(target, &self.shared.lifecycle, chargeback, entry, context).await)
    }

    /// Reports without the judgement of the lifecycle: the stage is sent again on purpose.
    #[cfg(feature = "outbox")]
    pub(crate) async fn deliver_again(
        &self,
        provider: &ProviderId,
        chargeback: &Chargeback,
        entry: LedgerEntry,
        context: &ReportContext<'_>,
    ) -> Result<(ProviderOutcome, LedgerEntry), UnknownProvider> {
        Ok(with_entry::report(self.target(provider)?, chargeback, entry, context).await)
    }

    /// Returns true if the reporter has a ledger.
    #[cfg(feature = "outbox")]
    pub(crate) fn has_ledger(&self) -> bool {
        self.shared.ledger.is_some()
    }

    /// Returns the provider and the importance of each target.
    #[cfg(feature = "outbox")]
    pub(crate) fn vendors(&self) -> impl Iterator<Item = (&dyn Throttled, Requirement)> {
        self.shared.targets.iter().map(|target| (&*target.provider as &dyn Throttled, target.requirement))
    }

    /// Reports again to the vendors at which it is safe and may succeed ([`ProviderOutcome::may_be_retried`]). The
    /// other outcomes stay as they are.
    ///
    /// The call does not wait before it reports, and one round may not be enough: see [`Outcomes::retry_after`].
    ///
    /// ```
    /// use std::time::Duration;
    ///
    /// use chargeback::{Chargeback, Reporter};
    ///
    /// async fn report_twice(reporter: &Reporter, chargeback: &Chargeback) -> bool {
    ///     let outcomes = reporter.report(chargeback).await;
    ///     tokio::time::sleep(outcomes.retry_after().unwrap_or(Duration::from_secs(5))).await;
    ///     reporter.retry_failed(chargeback, outcomes).await.required_settled()
    /// }
    /// ```
    pub async fn retry_failed(&self, chargeback: &Chargeback, before: Outcomes) -> Outcomes {
        let reports = before.all.into_iter().map(async |result| match self.target(&result.provider) {
            Ok(target) if result.may_be_retried() => self.send_to(target, chargeback).await,
            _ => result,
        });
        Outcomes { all: join_all(reports).await }
    }

    /// Ends the doubt about a case at one vendor, after a person has checked with the vendor.
    ///
    /// The call changes the ledger and the provider's memory. See
    /// [`ChargebackProvider::resolve_doubt`](crate::ChargebackProvider::resolve_doubt) for the meaning of each
    /// [`Resolution`]. The call also replaces a known id, and works for a case that is not in doubt. The ledger does
    /// not know a doubt that a native call left. Resolve it with [`Resolution::Found`], because the ledger stores the
    /// id.
    ///
    /// The call waits for a running report of the case to this vendor. A report of a bulk may itself wait for the
    /// vendor's rate limit or back-off, up to an hour.
    ///
    /// ```
    /// use chargeback::{Reporter, Resolution, ResolveError, revcent};
    ///
    /// async fn found(reporter: &Reporter, case_id: &str, revcent_id: &str) -> Result<(), ResolveError> {
    ///     reporter.resolve_doubt(&revcent::ID, case_id, Resolution::Found(revcent_id.into())).await
    /// }
    /// ```
    ///
    /// # Errors
    ///
    /// [`ResolveError`]; the doubt remains.
    pub async fn resolve_doubt(
        &self,
        provider: &ProviderId,
        case_id: &str,
        resolution: Resolution,
    ) -> Result<(), ResolveError> {
        let target = self.target(provider)?;
        resolution.validate()?;
        let _turn = target.provider.turn(case_id).await;
        if let Some(ledger) = self.shared.ledger.as_deref() {
            resolve_in_ledger(ledger, provider, case_id, &resolution).await?;
        }
        Ok(target.provider.resolve_doubt(case_id, resolution)?)
    }

    fn target(&self, provider: &ProviderId) -> Result<&Target, UnknownProvider> {
        let found = self.shared.targets.iter().find(|target| target.provider.id() == *provider);
        found.ok_or_else(|| UnknownProvider(provider.clone()))
    }

    async fn send_to(&self, target: &Target, chargeback: &Chargeback) -> ProviderOutcome {
        match self.prepare(target, chargeback).await {
            Prepared::Ended(result) => result,
            Prepared::Ready(delivering) => delivering.send().await,
        }
    }

    pub(super) async fn prepare<'r>(&'r self, target: &'r Target, chargeback: &'r Chargeback) -> Prepared<'r> {
        let checks = prepare(target, self.shared.ledger.as_deref(), &self.shared.lifecycle, chargeback);
        isolate::before_sending(target, checks).await.unwrap_or_else(Prepared::Ended)
    }
}

/// Resolves the doubt in the ledger. If another process changes the entry meanwhile, reads it again.
async fn resolve_in_ledger(
    ledger: &dyn Ledger,
    provider: &ProviderId,
    case_id: &str,
    resolution: &Resolution,
) -> Result<(), LedgerError> {
    for _ in 0..MAX_RACES {
        let (mut entry, version) = read(ledger, provider, case_id).await?;
        let before = entry.clone();
        let in_flight = entry.in_flight.take();
        match resolution {
            Resolution::Found(id) => entry.vendor_case = Some(id.clone()),
            Resolution::Applied => {
                let stages = [entry.acknowledged, in_flight].into_iter().flatten();
                entry.acknowledged = stages.max_by_key(ReportedStage::position);
            }
            Resolution::NotFound => (),
        }
        if entry == before {
            return Ok(());
        }
        match ledger.write(provider, case_id, &entry, version).await {
            Err(LedgerError::VersionMismatch) => {}
            stored => return stored.map(|_| ()),
        }
    }
    Err(LedgerError::VersionMismatch)
}

impl fmt::Debug for Reporter {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Reporter")
            .field("targets", &self.shared.targets)
            .field("ledger", &self.shared.ledger)
            .field("lifecycle", &self.shared.lifecycle)
            .finish()
    }
}
