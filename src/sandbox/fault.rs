//! Faults that a test can inject.

use std::time::Duration;

/// A fault of one request, and whether the vendor acts on the request.
///
/// ```
/// use chargeback::sandbox::{Fault, FaultKind, Sandbox};
/// use chargeback::spade::WonMeans;
/// use chargeback::{Chargeback, ChargebackProvider as _, Delivery, Reason, RetryPolicy, Stage, spade};
/// # use chrono::{TimeZone, Utc};
/// # #[tokio::main(flavor = "current_thread", start_paused = true)]
/// # async fn main() -> Result<(), Box<dyn std::error::Error>> {
/// # let time = Utc.with_ymd_and_hms(2026, 10, 3, 9, 12, 0).unwrap();
///
/// let sandbox = Sandbox::in_memory();
/// let connector = sandbox.spade_connector(WonMeans::MerchantWon);
/// let spade = sandbox.connect(connector).retry(RetryPolicy::never()).build()?;
/// let received = Chargeback::builder("CB-1", Stage::Received, Reason::NotReceived, time)
///     .vendor_payment(spade::ID, "0b6d1f0e")
///     .build()?;
///
/// // The request never reaches the vendor.
/// sandbox.spade().fail_next(Fault::before_acting(FaultKind::Unreachable));
/// assert_eq!(spade.report(&received).await.unwrap_err().delivery(), Delivery::NotSent);
/// assert!(sandbox.spade().cases().is_empty());
///
/// // The vendor records the report, but its reply is lost.
/// sandbox.spade().fail_next(Fault::after_acting(FaultKind::Reset));
/// assert_eq!(spade.report(&received).await.unwrap_err().delivery(), Delivery::Unknown);
/// assert_eq!(sandbox.spade().cases().len(), 1);
/// # Ok(())
/// # }
/// ```
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Fault {
    pub(super) kind: FaultKind,
    pub(super) acts: bool,
}

impl Fault {
    /// A fault without an effect at the vendor. Exception: with [`FaultKind::Slow`] the vendor acts.
    #[must_use]
    pub const fn before_acting(kind: FaultKind) -> Self {
        Self { kind, acts: false }
    }

    /// A fault after the vendor has acted on the request.
    #[must_use]
    pub const fn after_acting(kind: FaultKind) -> Self {
        Self { kind, acts: true }
    }
}

/// The kind of a [`Fault`]: a failure of the connection, a delay, or an error reply.
///
/// ```
/// use chargeback::sandbox::{Fault, FaultKind, Sandbox};
/// use chargeback::spade::WonMeans;
/// use chargeback::{Chargeback, ChargebackProvider as _, Error, Reason, RetryPolicy, Stage, spade};
/// # use chrono::{TimeZone, Utc};
/// # #[tokio::main(flavor = "current_thread", start_paused = true)]
/// # async fn main() -> Result<(), Box<dyn std::error::Error>> {
/// # let time = Utc.with_ymd_and_hms(2026, 10, 3, 9, 12, 0).unwrap();
///
/// let sandbox = Sandbox::in_memory();
/// let connector = sandbox.spade_connector(WonMeans::MerchantWon);
/// let spade = sandbox.connect(connector).retry(RetryPolicy::never()).build()?;
/// let received = Chargeback::builder("CB-1", Stage::Received, Reason::FraudCardAbsent, time)
///     .vendor_payment(spade::ID, "0b6d1f0e")
///     .build()?;
///
/// sandbox.spade().fail_next(Fault::before_acting(FaultKind::TooManyRequests(Some(30))));
/// let error = spade.report(&received).await.unwrap_err();
/// assert!(matches!(error, Error::RateLimited(_)));
/// assert_eq!(error.retry_after(), Some(std::time::Duration::from_secs(30)));
///
/// sandbox.spade().fail_next(Fault::before_acting(FaultKind::Rejection));
/// assert!(matches!(spade.report(&received).await, Err(Error::Rejected(_))));
/// # Ok(())
/// # }
/// ```
#[non_exhaustive]
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum FaultKind {
    /// No connection. In memory only; on loopback the connection is closed without a reply.
    Unreachable,
    /// The connection is closed without a reply.
    Reset,
    /// No reply; on loopback, no reply within ten minutes.
    Silence,
    /// The vendor acts and replies after this delay.
    Slow(Duration),
    /// The vendor's own error reply to a rejected request, with its usual status.
    Rejection,
    /// The vendor's own error reply to a rejected request, with HTTP 200.
    RejectionInOk,
    /// HTTP 401 with a JSON body, as for an invalid token or key.
    Unauthorized,
    /// HTTP 429, with `Retry-After` if a number of seconds is given.
    TooManyRequests(Option<u64>),
    /// The vendor's own server error, with HTTP 500.
    ServerError,
    /// HTTP 502 with an HTML page, as from a proxy.
    BadGatewayPage,
    /// HTTP 200 with an HTML page, as from a parked domain.
    ParkedPage,
    /// HTTP 200 with an empty body. Only Thirdwatch defines this reply as a success.
    EmptyBody,
    /// HTTP 200 with JSON under other keys than the documented ones.
    ChangedKeys,
}
