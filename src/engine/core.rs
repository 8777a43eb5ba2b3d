//! The engine: a connector with everything that one call needs.

use std::fmt;
use std::sync::Arc;
use std::time::Duration;

use bytes::Bytes;
use chrono::{DateTime, Utc};
use http::{Request, Response};

use super::clock::{Clock, Deadline, Jitter, within};
use super::settings::{LossPolicy, RetryPolicy, Timeouts};
use super::throttle::Throttle;
use super::transport::{REPLY_BYTES, RequestLimits, Transport, TransportFailure, is_loopback};
use crate::connector::{Attempt, Connector, Operation, TranslateError};
use crate::error::{ConfigurationError, Delivery, Error, ErrorDetails, InvalidError, LookupState, UnsupportedError};
use crate::model::ProviderId;
use crate::provider::Capabilities;
use crate::util::violation::Violation;

/// A connector, its transport, time and policies. Later layers are functions over `&Engine`.
pub(super) struct Engine<C> {
    connector: C,
    id: ProviderId,
    capabilities: Capabilities,
    transport: Arc<dyn Transport>,
    clock: Arc<dyn Clock>,
    jitter: Arc<dyn Jitter>,
    timeouts: Timeouts,
    retry: RetryPolicy,
    losses: LossPolicy,
    throttle: Throttle,
}

/// The parts of an [`Engine`] that the builder of a provider collects.
pub(super) struct Parts<C> {
    pub(super) connector: C,
    pub(super) transport: Arc<dyn Transport>,
    pub(super) clock: Arc<dyn Clock>,
    pub(super) jitter: Arc<dyn Jitter>,
    pub(super) timeouts: Timeouts,
    pub(super) retry: RetryPolicy,
    pub(super) losses: LossPolicy,
}

impl<C: Connector> Engine<C> {
    pub(super) fn new(parts: Parts<C>) -> Self {
        let Parts { connector, transport, clock, jitter, timeouts, retry, losses } = parts;
        Self {
            id: connector.id(),
            capabilities: connector.capabilities(),
            connector,
            transport,
            clock,
            jitter,
            timeouts,
            retry,
            losses,
            throttle: Throttle::default(),
        }
    }

    pub(super) const fn connector(&self) -> &C {
        &self.connector
    }

    pub(super) const fn id(&self) -> &ProviderId {
        &self.id
    }

    pub(super) const fn capabilities(&self) -> &Capabilities {
        &self.capabilities
    }

    pub(super) fn clock(&self) -> &dyn Clock {
        &*self.clock
    }

    pub(super) const fn timeouts(&self) -> &Timeouts {
        &self.timeouts
    }

    pub(super) const fn retry(&self) -> &RetryPolicy {
        &self.retry
    }

    pub(super) const fn losses(&self) -> &LossPolicy {
        &self.losses
    }

    pub(super) const fn throttle(&self) -> &Throttle {
        &self.throttle
    }

    /// The back-off after this many attempts or lookups.
    pub(super) fn backoff(&self, attempts: u32) -> Duration {
        self.retry.wait(attempts, self.jitter.sample())
    }

    pub(super) fn now(&self) -> DateTime<Utc> {
        self.clock.now()
    }

    /// The deadline of an operation that starts now.
    pub(super) fn deadline(&self) -> Deadline {
        Deadline::after(self.clock(), self.timeouts.operation)
    }

    /// Encodes the request. Refuses to send keys over plain HTTP to another machine.
    pub(super) fn encode<O>(&self, operation: &O, attempt: &Attempt<'_>) -> Result<Request<Bytes>, Error>
    where
        O: Operation<Connector = C>,
    {
        let request = operation
            .encode(&self.connector, attempt)
            .map_err(|violation| InvalidError::for_vendor(self.id.clone(), Some(operation.name()), vec![violation]))?;
        if may_carry_keys(request.uri()) {
            Ok(request)
        } else {
            let problem = Violation::new("base_url", "must be https; plain http is only for loopback hosts");
            Err(ConfigurationError::new(Some(self.id.clone()), vec![problem]).into())
        }
    }

    /// Sends a request, within the time for one attempt. `None` if that time passed.
    pub(super) async fn send(
        &self,
        request: Request<Bytes>,
        remaining: Duration,
    ) -> Option<Result<Response<Bytes>, TransportFailure>> {
        let attempt = self.timeouts.attempt.min(remaining);
        let limits = RequestLimits { connect: self.timeouts.connect.min(attempt), attempt, reply_bytes: REPLY_BYTES };
        within(self.clock(), limits.attempt, self.transport.send(request, &limits)).await
    }

    /// The error of a report that the connector or the vendor's record refuses. This report has sent no write.
    pub(super) fn translate_error(&self, error: TranslateError, operation: &'static str, in_doubt: bool) -> Error {
        let id = self.id.clone();
        let is_pending = matches!(error, TranslateError::Pending(_));
        let lookup = if is_pending { LookupState::NotFound } else { LookupState::Impossible };
        match error {
            TranslateError::Invalid(violations) => InvalidError::for_vendor(id, None, violations).into(),
            TranslateError::Unsupported { field, value, detail } => {
                UnsupportedError::new(id, field, value, detail).into()
            }
            TranslateError::Ambiguous(candidates) => {
                Error::conflict(candidates, ErrorDetails::new(id, operation, Delivery::NotSent))
            }
            TranslateError::Pending(detail) | TranslateError::Inconclusive(detail) => {
                let details = ErrorDetails::new(id, operation, Delivery::NotSent).lookup(lookup).lookup_detail(detail);
                if in_doubt { Error::in_doubt(details) } else { Error::conflict(Vec::new(), details) }
            }
        }
    }
}

impl<C: fmt::Debug> fmt::Debug for Engine<C> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("HttpProvider")
            .field("connector", &self.connector)
            .field("timeouts", &self.timeouts)
            .field("retry", &self.retry)
            .field("losses", &self.losses)
            .finish_non_exhaustive()
    }
}

fn may_carry_keys(uri: &http::Uri) -> bool {
    match uri.scheme_str() {
        Some("https") => uri.host().is_some_and(|host| !host.is_empty()),
        Some("http") => is_loopback(uri),
        _ => false,
    }
}
