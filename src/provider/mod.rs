//! The trait that backends hold, and what it gives back.

mod capabilities;
mod loss;
mod plan;
mod receipt;

use std::fmt::Debug;
use std::pin::Pin;
use std::sync::Arc;
use std::time::Duration;

use async_trait::async_trait;

pub use self::capabilities::{Capabilities, Fidelity, FieldSupport, StageSupport};
pub use self::loss::{Loss, LossKind};
pub use self::plan::{Plan, PlannedRequest, PlannedStep};
pub use self::receipt::{Receipt, StepOutcome, StepReport};
use crate::error::Error;
use crate::model::{Chargeback, ProviderId};

/// A vendor that can be told about chargebacks.
///
/// Object safe: hold them as `Arc<dyn ChargebackProvider>` or `&dyn ChargebackProvider`. All five vendors implement it,
/// through [`HttpProvider`](crate::HttpProvider), and so can yours: implement [`Connector`](crate::connector::Connector), and
/// `HttpProvider` does the rest. Receipts and errors are made by it alone, so a wrapper of your own (one that counts, or
/// queues) passes on those of the provider within. To test code that holds a provider, use the sandbox.
///
/// ```
/// use chargeback::{Chargeback, ChargebackProvider, Delivery};
///
/// async fn tell(provider: &dyn ChargebackProvider, chargeback: &Chargeback) {
///     match provider.report(chargeback).await {
///         Ok(receipt) => println!("{}: told, {} losses", provider.id(), receipt.losses().len()),
///         Err(error) if error.delivery() == Delivery::Unknown => println!("find out first: {error}"),
///         Err(error) => println!("not told: {error}"),
///     }
/// }
/// ```
#[async_trait]
pub trait ChargebackProvider: Debug + Send + Sync + 'static {
    /// The vendor's name: `spade`.
    fn id(&self) -> ProviderId;

    /// What the vendor can express, as data, with the settings that the provider has.
    fn capabilities(&self) -> &Capabilities;

    /// What [`report`](Self::report) would send, exactly, with secrets left out. Nothing is sent.
    ///
    /// # Errors
    ///
    /// [`Error::Invalid`] and [`Error::Unsupported`], as `report` would give before it sends anything.
    fn plan(&self, chargeback: &Chargeback) -> Result<Plan, Error>;

    /// Tells the vendor where the chargeback stands.
    ///
    /// The future may be dropped at any point. What was being sent then may or may not have reached the vendor, as with
    /// [`Delivery::Unknown`](crate::Delivery::Unknown).
    ///
    /// # Errors
    ///
    /// See [`Error`]; each says by [`delivery`](Error::delivery) whether the vendor acted.
    async fn report(&self, chargeback: &Chargeback) -> Result<Receipt, Error>;

    /// Says that an earlier report of this case, by another process or before a restart, may have acted without anybody
    /// knowing.
    ///
    /// The next report then looks at the vendor's record before it writes what must not be written twice, as it would
    /// after [`Delivery::Unknown`](crate::Delivery::Unknown) of its own. A [`Reporter`](crate::Reporter) with a ledger
    /// says it of every case whose entry is unclear. A wrapper passes it on.
    ///
    /// # Errors
    ///
    /// [`Error::Conflict`] if too many cases are in doubt already: do not report it then.
    fn assume_doubt(&self, case_id: &str) -> Result<(), Error>;

    /// Settles a doubt that the vendor's record could not settle: somebody has looked, and this is what they found. See
    /// [`HttpProvider::resolve_doubt`](crate::HttpProvider::resolve_doubt). A wrapper passes it on.
    fn resolve_doubt(&self, case_id: &str, found: Option<&str>);

    /// How much longer the vendor wants to be sent nothing, since it said "too many requests" (429) to a report of this
    /// provider; an hour at most, and zero if it did not.
    ///
    /// It is for whoever makes many reports at once: a report does not wait for what the vendor said to another. A bulk
    /// does. Without a time from the vendor it is the wait before the next attempt. A wrapper passes it on; the default is
    /// zero, for a provider that does not know.
    fn throttled_for(&self) -> Duration {
        Duration::ZERO
    }
}

/// Implements the trait for a pointer to a provider.
macro_rules! by_pointer {
    ($Pointer:ident) => {
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

            // As `async_trait` writes it, so that the future within is given on and not put into another box.
            fn report<'life0, 'life1, 'async_trait>(
                &'life0 self,
                chargeback: &'life1 Chargeback,
            ) -> Pin<Box<dyn Future<Output = Result<Receipt, Error>> + Send + 'async_trait>>
            where
                'life0: 'async_trait,
                'life1: 'async_trait,
                Self: 'async_trait,
            {
                (**self).report(chargeback)
            }

            fn assume_doubt(&self, case_id: &str) -> Result<(), Error> {
                (**self).assume_doubt(case_id)
            }

            fn resolve_doubt(&self, case_id: &str, found: Option<&str>) {
                (**self).resolve_doubt(case_id, found);
            }

            fn throttled_for(&self) -> Duration {
                (**self).throttled_for()
            }
        }
    };
}

by_pointer!(Arc);
by_pointer!(Box);
