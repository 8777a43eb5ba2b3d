//! The traits of providers.

use std::fmt::Debug;
use std::sync::Arc;
use std::time::Duration;

use async_trait::async_trait;

use super::capabilities::Capabilities;
use super::context::{ReportContext, Resolution};
use super::plan::Plan;
use super::receipt::Receipt;
use super::turn::TurnGuard;
use crate::error::{Error, InvalidError};
use crate::model::{Chargeback, ProviderId};

/// Reports chargebacks to one vendor.
///
/// The trait is object safe: hold providers as `Arc<dyn ChargebackProvider>`. All vendors of this crate implement it
/// through [`HttpProvider`](crate::HttpProvider). There are two ways to add a vendor:
///
/// - Over HTTP: implement [`Connector`](crate::connector::Connector); `HttpProvider` does the rest.
/// - In any other way, for example as a mock, a wrapper or a queue: implement this trait. [`Receipt`], [`Plan`] and
///   [`Error`] have public constructors. [`report_behind_gate`](crate::report_behind_gate) implements
///   [`report_with`](Self::report_with) for a provider that only has `report`, and [`Turns`](crate::Turns)
///   implements [`turn`](Self::turn).
///
/// ```
/// use chargeback::{Chargeback, ChargebackProvider, Delivery};
///
/// async fn send(provider: &dyn ChargebackProvider, chargeback: &Chargeback) {
///     match provider.report(chargeback).await {
///         Ok(receipt) => println!("{}: sent with {} losses", provider.id(), receipt.losses().len()),
///         Err(error) if error.delivery() == Delivery::Unknown => println!("report again later: {error}"),
///         Err(error) => println!("not sent: {error}"),
///     }
/// }
/// ```
#[async_trait]
pub trait ChargebackProvider: Debug + Send + Sync + 'static {
    /// Returns the vendor's name: `spade`.
    fn id(&self) -> ProviderId;

    /// Returns the values that the vendor's API can express, with the settings of this provider.
    fn capabilities(&self) -> &Capabilities;

    /// Returns the exact requests of [`report`](Self::report), without secrets. Sends nothing.
    ///
    /// ```
    /// use chargeback::{Chargeback, ChargebackProvider, Error};
    ///
    /// fn preview(provider: &dyn ChargebackProvider, chargeback: &Chargeback) -> Result<String, Error> {
    ///     Ok(provider.plan(chargeback)?.to_text())
    /// }
    /// ```
    ///
    /// # Errors
    ///
    /// [`Error::Invalid`] and [`Error::Unsupported`], as `report` returns them before it sends anything.
    fn plan(&self, chargeback: &Chargeback) -> Result<Plan, Error>;

    /// Sends the state of a chargeback to the vendor.
    ///
    /// The call waits for its [`turn`](Self::turn), and uses the provider's own memory of the case. A provider that
    /// implements [`report_with`](Self::report_with) by [`report_behind_gate`](crate::report_behind_gate) takes no turn
    /// here.
    ///
    /// The future may be dropped at any point. A request that was being sent may or may not have reached the vendor, as
    /// with [`Delivery::Unknown`](crate::Delivery::Unknown).
    ///
    /// ```
    /// use chargeback::{Chargeback, ChargebackProvider, Error};
    ///
    /// /// Returns the vendor's id of the case. Store it and pass it to the next report.
    /// async fn send(provider: &dyn ChargebackProvider, chargeback: &Chargeback) -> Result<Option<String>, Error> {
    ///     let receipt = provider.report(chargeback).await?;
    ///     for loss in receipt.losses() {
    ///         println!("{}: {loss}", receipt.provider());
    ///     }
    ///     Ok(receipt.vendor_case().map(str::to_owned))
    /// }
    /// ```
    ///
    /// # Errors
    ///
    /// See [`Error`]. [`Error::delivery`] states whether the vendor acted.
    async fn report(&self, chargeback: &Chargeback) -> Result<Receipt, Error>;

    /// Sends the state of a chargeback, where the caller keeps the state of the case.
    ///
    /// Differences from [`report`](Self::report):
    ///
    /// - The context alone states whether the case is in doubt, and the vendor's id of the case. The provider neither
    ///   reads nor changes its own memory.
    /// - The gate of the context runs right before the first request that may change the vendor's record.
    /// - The call does not take a [`turn`](Self::turn). The caller takes it before it reads the state of the case, and
    ///   holds it until it has stored the outcome.
    ///
    /// # Errors
    ///
    /// As [`report`](Self::report), and [`Error::NotStarted`] if the gate did not allow the first write.
    async fn report_with(&self, chargeback: &Chargeback, context: &ReportContext<'_>) -> Result<Receipt, Error>;

    /// Waits until no other report of the case runs through this provider, and returns the turn.
    ///
    /// Turns are taken in the order of the calls. The wait has no time limit; wrap the call in a timeout if needed.
    ///
    /// ```
    /// use std::time::Duration;
    ///
    /// use chargeback::{ChargebackProvider, TurnGuard};
    ///
    /// async fn within_a_second(provider: &dyn ChargebackProvider, case_id: &str) -> Option<TurnGuard> {
    ///     tokio::time::timeout(Duration::from_secs(1), provider.turn(case_id)).await.ok()
    /// }
    /// ```
    async fn turn(&self, case_id: &str) -> TurnGuard;

    /// Ends the doubt about a case after a person has checked with the vendor.
    ///
    /// | [`Resolution`] | The vendor | The next report |
    /// |---|---|---|
    /// | `Found(id)` | has the case under this id | updates the case |
    /// | `Applied` | has the report, but gives cases no ids | continues after the report |
    /// | `NotFound` | does not have the report | starts as if nothing were in doubt |
    ///
    /// The call also replaces a known id. Only the memory of [`report`](Self::report) changes; a caller of
    /// [`report_with`](Self::report_with) changes the state that it keeps.
    ///
    /// # Errors
    ///
    /// [`InvalidError`] if the id is empty or longer than 255 bytes. The doubt remains.
    fn resolve_doubt(&self, case_id: &str, resolution: Resolution) -> Result<(), InvalidError>;
}

/// A provider that knows how long its vendor asks callers to wait.
///
/// The bulk API of [`Reporter`](crate::Reporter) waits this long before it starts a report. A wrapper forwards the
/// call; a provider without such a limit returns zero.
///
/// ```
/// use chargeback::Throttled;
///
/// fn is_open(provider: &dyn Throttled) -> bool {
///     provider.throttled_for().is_zero()
/// }
/// ```
pub trait Throttled: ChargebackProvider {
    /// Returns the time left of the back-off that the last HTTP 429 asked for: zero without one, one hour at most.
    ///
    /// A single `report` call does not wait for the 429 of another call.
    fn throttled_for(&self) -> Duration;
}

/// Implements the traits for a pointer to a provider.
macro_rules! by_pointer {
    ($Pointer:ident) => {
        #[async_trait]
        impl<P: ChargebackProvider + ?Sized> ChargebackProvider for $Pointer<P> {
            fn id(&self) -> ProviderId {
                (**self).id()
            }

            fn capabilities(&self) -> &Capabilities {
                (**self).capabilities()
            }

            fn plan(&self, chargeback: &Chargeback) -> Result<Plan, Error> {
                (**self).plan(chargeback)
            }

            async fn report(&self, chargeback: &Chargeback) -> Result<Receipt, Error> {
                (**self).report(chargeback).await
            }

            async fn report_with(
                &self,
                chargeback: &Chargeback,
                context: &ReportContext<'_>,
            ) -> Result<Receipt, Error> {
                (**self).report_with(chargeback, context).await
            }

            async fn turn(&self, case_id: &str) -> TurnGuard {
                (**self).turn(case_id).await
            }

            fn resolve_doubt(&self, case_id: &str, resolution: Resolution) -> Result<(), InvalidError> {
                (**self).resolve_doubt(case_id, resolution)
            }
        }

        impl<P: Throttled + ?Sized> Throttled for $Pointer<P> {
            fn throttled_for(&self) -> Duration {
                (**self).throttled_for()
            }
        }
    };
}

by_pointer!(Arc);
by_pointer!(Box);
