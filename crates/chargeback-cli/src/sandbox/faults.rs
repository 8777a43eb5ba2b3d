//! The faults of the control endpoint.

use std::time::Duration;

use chargeback::sandbox::{FakeVendor, Fault, FaultKind};
use serde::Deserialize;

/// The body of `POST /vendors/VENDOR/fault`.
#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct FaultRequest {
    kind: Kind,
    /// True if the vendor acts on the request first.
    #[serde(default)]
    acts: bool,
    /// The share of the requests, from 0 to 1. All requests if absent.
    share: Option<f64>,
    /// Only the next request that writes.
    #[serde(default)]
    next_write: bool,
    /// `Retry-After` of `too_many_requests`, or the delay of `slow`.
    seconds: Option<u64>,
}

#[derive(Debug, Clone, Copy, Deserialize)]
#[serde(rename_all = "snake_case")]
enum Kind {
    Reset,
    Silence,
    Slow,
    Rejection,
    RejectionInOk,
    Unauthorized,
    TooManyRequests,
    ServerError,
    BadGatewayPage,
    ParkedPage,
    EmptyBody,
    ChangedKeys,
}

impl FaultRequest {
    /// Sets the fault.
    ///
    /// # Errors
    ///
    /// A text if the values do not fit together.
    pub(super) fn apply(&self, fake: &dyn FakeVendor) -> Result<(), &'static str> {
        let kind = match self.kind {
            Kind::Reset => FaultKind::Reset,
            Kind::Silence => FaultKind::Silence,
            Kind::Slow => FaultKind::Slow(Duration::from_secs(self.seconds.unwrap_or(1))),
            Kind::Rejection => FaultKind::Rejection,
            Kind::RejectionInOk => FaultKind::RejectionInOk,
            Kind::Unauthorized => FaultKind::Unauthorized,
            Kind::TooManyRequests => FaultKind::TooManyRequests(self.seconds),
            Kind::ServerError => FaultKind::ServerError,
            Kind::BadGatewayPage => FaultKind::BadGatewayPage,
            Kind::ParkedPage => FaultKind::ParkedPage,
            Kind::EmptyBody => FaultKind::EmptyBody,
            Kind::ChangedKeys => FaultKind::ChangedKeys,
        };
        let fault = if self.acts { Fault::after_acting(kind) } else { Fault::before_acting(kind) };
        match (self.share, self.next_write) {
            (Some(_), true) => return Err("give `share` or `next_write`, not both"),
            (Some(share), false) if !(0.0..=1.0).contains(&share) => return Err("`share` must be from 0 to 1"),
            (Some(share), false) => fake.fail_sometimes(share, fault),
            (None, true) => fake.fail_next_write(fault),
            (None, false) => fake.fail_always(fault),
        }
        Ok(())
    }
}
