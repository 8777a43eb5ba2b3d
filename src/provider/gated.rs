//! A report behind a gate, for providers that only have `report`.

use tokio::time::Instant;

use super::context::{GateError, ReportContext};
use super::receipt::Receipt;
use super::traits::ChargebackProvider;
use crate::error::{Delivery, Error, ErrorDetails, LookupState, TimeLimit};
use crate::model::Chargeback;

/// Implements [`report_with`](ChargebackProvider::report_with) with [`report`](ChargebackProvider::report), for a
/// provider outside this crate that keeps no memory of its cases.
///
/// The function runs the gate first, then calls `report` within the deadline of the context. The number of attempts is
/// left to the provider. A vendor's case id of the context is added to the chargeback.
///
/// `report` must not wait for its [`turn`](ChargebackProvider::turn): the caller of `report_with` holds the turn, so
/// the wait would not end.
///
/// A case in doubt is sent only if the provider's [`Capabilities`](crate::Capabilities) declare that every write is
/// idempotent, because the function cannot look up the vendor's record.
///
/// ```
/// use chargeback::{
///     Capabilities, Chargeback, ChargebackProvider, Error, InvalidError, Plan, ProviderId, Receipt, ReportContext,
///     Resolution, TurnGuard, Turns, async_trait, report_behind_gate,
/// };
///
/// /// Puts reports on a queue.
/// #[derive(Debug)]
/// struct Queue {
///     capabilities: Capabilities,
///     turns: Turns,
/// }
///
/// #[async_trait]
/// impl ChargebackProvider for Queue {
///     fn id(&self) -> ProviderId {
///         ProviderId::from_static("queue")
///     }
///
///     fn capabilities(&self) -> &Capabilities {
///         &self.capabilities
///     }
///
///     fn plan(&self, _: &Chargeback) -> Result<Plan, Error> {
///         Ok(Plan::new(self.id()))
///     }
///
///     async fn report(&self, chargeback: &Chargeback) -> Result<Receipt, Error> {
///         // ... put the chargeback on the queue ...
///         Ok(Receipt::new(self.id()).with_stage_value(chargeback.stage().as_str()))
///     }
///
///     async fn report_with(&self, chargeback: &Chargeback, context: &ReportContext<'_>) -> Result<Receipt, Error> {
///         report_behind_gate(self, chargeback, context).await
///     }
///
///     async fn turn(&self, case_id: &str) -> TurnGuard {
///         self.turns.acquire(case_id).await
///     }
///
///     fn resolve_doubt(&self, _: &str, resolution: Resolution) -> Result<(), InvalidError> {
///         resolution.validate() // the queue has no memory of its cases
///     }
/// }
/// ```
///
/// # Errors
///
/// - [`Error::InDoubt`] if the case is in doubt and the provider's writes are not idempotent.
/// - [`Error::NotStarted`] if the gate does not allow the write.
/// - [`Error::Timeout`] if the deadline passes. The delivery is unknown if it passes during `report`.
/// - Every error of `report`.
pub async fn report_behind_gate<P>(
    provider: &P,
    chargeback: &Chargeback,
    context: &ReportContext<'_>,
) -> Result<Receipt, Error>
where
    P: ChargebackProvider + ?Sized,
{
    let idempotent = provider.capabilities().writes_are_idempotent();
    let details = |delivery| ErrorDetails::new(provider.id(), "report", delivery);
    if context.is_in_doubt() && !idempotent {
        return Err(Error::in_doubt(details(Delivery::Unknown)));
    }
    pass_gate(context, &details).await.map_err(|error| {
        // An earlier report may have acted.
        if context.is_in_doubt() { error.of_case_in_doubt(idempotent, LookupState::Impossible) } else { error }
    })?;
    let with_vendor_case = chargeback.with_vendor_case(&provider.id(), context.known_vendor_case());
    let chargeback = with_vendor_case.as_deref().unwrap_or(chargeback);
    let Some(deadline) = context.ends_at() else { return provider.report(chargeback).await };
    tokio::time::timeout_at(deadline, provider.report(chargeback)).await.unwrap_or_else(|_| {
        let details = details(Delivery::Unknown).idempotent(idempotent).retryable(idempotent);
        Err(Error::timeout(TimeLimit::Operation, details))
    })
}

/// Runs the gate, and checks the deadline before and after it: a future is polled once even if its time has passed.
async fn pass_gate(
    context: &ReportContext<'_>,
    details: &(impl Fn(Delivery) -> ErrorDetails + Sync),
) -> Result<(), Error> {
    let not_started = |source| Error::not_started(details(Delivery::NotSent).source(source));
    let check = || {
        if context.ends_at().is_some_and(|deadline| deadline <= Instant::now()) {
            Err(Error::timeout(TimeLimit::Operation, details(Delivery::NotSent).retryable(true)))
        } else if context.gate().may_send() {
            Ok(())
        } else {
            Err(not_started(GateError::new("no more writes are allowed")))
        }
    };
    check()?;
    context.gate().before_first_write().await.map_err(not_started)?;
    check()
}
