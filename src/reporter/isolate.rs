//! Turns a panic in a filter, a provider or a ledger into the outcome of its vendor, so that the other vendors go on.
//!
//! The panic hook of the application prints the message of the panic. The outcome does not hold the message, because it
//! may contain data of the case. A program that is built with `panic = "abort"` ends instead.

use std::panic::{AssertUnwindSafe, catch_unwind};
#[cfg(feature = "bulk")]
use std::time::Duration;

use futures_util::FutureExt as _;
use tracing::warn;

use super::outcome::ProviderOutcome;
use super::target::Target;
use crate::error::{Delivery, Error, ErrorDetails};
use crate::model::Chargeback;
#[cfg(feature = "bulk")]
use crate::provider::Throttled as _;
use crate::provider::{ChargebackProvider as _, Plan, Receipt};

/// Runs the checks before a report, which send nothing.
///
/// Not an `async fn`, whose future would have the size of the checks twice.
#[expect(clippy::result_large_err, reason = "a report ends once, so boxing its end saves nothing")]
pub(super) fn before_sending<T>(
    target: &Target,
    checks: impl Future<Output = T>,
) -> impl Future<Output = Result<T, ProviderOutcome>> {
    let outcome = |_| target.outcome(Err(panicked(target, Delivery::NotSent)).into(), None);
    AssertUnwindSafe(checks).catch_unwind().map(move |result| result.map_err(outcome))
}

/// Runs a report. After a panic, the vendor may have acted if `may_have_written` is true.
pub(super) async fn report(
    target: &Target,
    may_have_written: impl FnOnce() -> bool,
    report: impl AsyncFnOnce() -> Result<Receipt, Error>,
) -> Result<Receipt, Error> {
    // The call is part of the future, so that a panic of the call itself is caught too.
    AssertUnwindSafe(async { report().await }).catch_unwind().await.unwrap_or_else(|_| {
        let delivery = if may_have_written() { Delivery::Unknown } else { Delivery::NotSent };
        Err(panicked(target, delivery))
    })
}

/// Runs a report and the storing of its outcome.
pub(super) async fn storing(target: &Target, sending: impl Future<Output = ProviderOutcome>) -> ProviderOutcome {
    let result = AssertUnwindSafe(sending).catch_unwind().await;
    result.unwrap_or_else(|_| target.outcome(Err(panicked(target, Delivery::Unknown)).into(), None))
}

/// Plans a report; `None` if the filter excludes the chargeback.
pub(super) fn plan(target: &Target, chargeback: &Chargeback) -> Option<Result<Plan, Error>> {
    let plan = || target.accepts(chargeback).then(|| target.provider.plan(chargeback));
    catch_unwind(AssertUnwindSafe(plan)).unwrap_or_else(|_| Some(Err(panicked(target, Delivery::NotSent))))
}

/// Returns the back-off of the vendor, or zero if the provider panicked.
#[cfg(feature = "bulk")]
pub(super) fn throttled_for(target: &Target) -> Duration {
    catch_unwind(AssertUnwindSafe(|| target.provider.throttled_for())).unwrap_or_default()
}

fn panicked(target: &Target, delivery: Delivery) -> Error {
    let provider = target.provider.id();
    // The warning of the engine for an unknown outcome was not reached.
    warn!(vendor = provider.as_str(), operation = "report", outcome = delivery.as_str(), "the report panicked");
    // The capabilities of a provider that has panicked may panic as well.
    let declared = || {
        let capabilities = target.provider.capabilities();
        (capabilities.writes_are_idempotent(), capabilities.lookup_state())
    };
    let details = ErrorDetails::new(provider, "report", delivery);
    Error::panicked(match catch_unwind(AssertUnwindSafe(declared)) {
        Ok((true, _)) => details.idempotent(true),
        Ok((false, lookup)) => details.lookup(lookup),
        Err(_) => details,
    })
}
