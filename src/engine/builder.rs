//! Builds a provider.

use std::fmt;
use std::sync::Arc;

use super::clock::{Runtime, TokioRuntime};
use super::memory::{Memory, Turns};
use super::provider::{HttpProvider, Inner};
use super::reqwest::HttpTransport;
use super::settings::{LossPolicy, RetryPolicy, Timeouts};
use super::throttle::Pause;
use super::transport::Transport;
use crate::connector::Connector;
use crate::error::{ConfigurationError, Error};
use crate::util::violation::Violation;

/// Builds an [`HttpProvider`]; made by [`HttpProvider::builder`].
#[must_use = "a builder does nothing until `build`"]
pub struct HttpProviderBuilder<V> {
    vendor: V,
    transport: Option<Arc<dyn Transport>>,
    runtime: Option<Arc<dyn Runtime>>,
    timeouts: Timeouts,
    retry: RetryPolicy,
    losses: LossPolicy,
}

impl<V: Connector> HttpProviderBuilder<V> {
    pub(super) fn new(vendor: V) -> Self {
        Self {
            vendor,
            transport: None,
            runtime: None,
            timeouts: Timeouts::default(),
            retry: RetryPolicy::default(),
            losses: LossPolicy::default(),
        }
    }

    /// Sends through this transport. The default is an [`HttpTransport`] of the provider's own; share one among
    /// providers to share its connections.
    pub fn transport(self, transport: impl Transport) -> Self {
        self.shared_transport(Arc::new(transport))
    }

    /// Sends through this transport, which others may share.
    pub fn shared_transport(mut self, transport: Arc<dyn Transport>) -> Self {
        self.transport = Some(transport);
        self
    }

    /// Takes clock, sleep and randomness from here. The default is [`TokioRuntime`].
    pub fn runtime(mut self, runtime: Arc<dyn Runtime>) -> Self {
        self.runtime = Some(runtime);
        self
    }

    /// Sets the time limits. The default is 5 s to connect, 15 s for an attempt, 45 s in all.
    pub fn timeouts(mut self, timeouts: Timeouts) -> Self {
        self.timeouts = timeouts;
        self
    }

    /// Sets how often an operation is tried, and how long is waited between. The default is 4 attempts.
    pub fn retry(mut self, retry: RetryPolicy) -> Self {
        self.retry = retry;
        self
    }

    /// Sets which losses are taken. The default is all: [`LossPolicy::Accept`].
    pub fn losses(mut self, losses: LossPolicy) -> Self {
        self.losses = losses;
        self
    }

    /// Checks the settings and builds the provider. Nothing is sent.
    ///
    /// # Errors
    ///
    /// [`Error::Configuration`] with everything that is wrong: settings of the vendor, a time limit of zero, TLS that
    /// cannot be set up.
    pub fn build(self) -> Result<HttpProvider<V>, Error> {
        let id = self.vendor.id();
        let mut problems = self.vendor.check();
        let Timeouts { connect, attempt, operation } = self.timeouts;
        for (name, time) in [("connect", connect), ("attempt", attempt), ("operation", operation)] {
            if time.is_zero() {
                problems.push(Violation::new(format!("timeouts.{name}"), "zero"));
            }
        }
        if !problems.is_empty() {
            return Err(ConfigurationError::new(Some(id), problems).into());
        }
        let transport = match self.transport {
            Some(transport) => transport,
            None => Arc::new(HttpTransport::new(connect)?),
        };
        let inner = Inner {
            capabilities: self.vendor.capabilities(),
            vendor: self.vendor,
            id,
            transport,
            runtime: self.runtime.unwrap_or_else(|| Arc::new(TokioRuntime::new())),
            timeouts: self.timeouts,
            retry: self.retry,
            losses: self.losses,
            turns: Turns::default(),
            memory: Memory::default(),
            pause: Pause::default(),
        };
        Ok(HttpProvider { inner: Arc::new(inner) })
    }
}

impl<V: fmt::Debug> fmt::Debug for HttpProviderBuilder<V> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("HttpProviderBuilder").field("vendor", &self.vendor).finish_non_exhaustive()
    }
}
