//! The builder of a provider.

use std::fmt;
use std::sync::Arc;
use std::time::Duration;

use super::clock::{Clock, Jitter, RandomJitter, TokioClock};
use super::core::{Engine, Parts};
use super::provider::HttpProvider;
use super::settings::{LossPolicy, RetryPolicy, Timeouts};
use super::transport::Transport;
use crate::connector::Connector;
use crate::error::{ConfigurationError, Error};
use crate::util::violation::Violation;

/// Builds an [`HttpProvider`]; created by [`HttpProvider::builder`].
///
/// ```
/// use std::time::Duration;
///
/// use chargeback::connector::Connector;
/// use chargeback::{Error, HttpProvider, LossPolicy, RetryPolicy, Timeouts};
///
/// fn build<C: Connector>(connector: C) -> Result<HttpProvider<C>, Error> {
///     HttpProvider::builder(connector)
///         .timeouts(Timeouts::default().operation(Duration::from_secs(20)))
///         .retry(RetryPolicy::default().max_attempts(2))
///         .losses(LossPolicy::RefuseMeaning)
///         .build()
/// }
/// ```
#[must_use = "a builder does nothing until `build`"]
pub struct HttpProviderBuilder<C> {
    connector: C,
    transport: Option<Arc<dyn Transport>>,
    clock: Option<Arc<dyn Clock>>,
    jitter: Option<Arc<dyn Jitter>>,
    timeouts: Timeouts,
    retry: RetryPolicy,
    losses: LossPolicy,
}

impl<C: Connector> HttpProvider<C> {
    /// Builds a provider with the default transport, time limits and retries.
    ///
    /// ```
    /// use chargeback::connector::Connector;
    /// use chargeback::{Error, HttpProvider};
    ///
    /// fn provider<C: Connector>(connector: C) -> Result<HttpProvider<C>, Error> {
    ///     HttpProvider::new(connector)
    /// }
    /// ```
    ///
    /// # Errors
    ///
    /// [`Error::Configuration`] if a setting of the connector is invalid or TLS cannot be set up.
    pub fn new(connector: C) -> Result<Self, Error> {
        Self::builder(connector).build()
    }

    /// Creates a builder, for another transport, other limits or another policy.
    pub fn builder(connector: C) -> HttpProviderBuilder<C> {
        HttpProviderBuilder {
            connector,
            transport: None,
            clock: None,
            jitter: None,
            timeouts: Timeouts::default(),
            retry: RetryPolicy::default(),
            losses: LossPolicy::default(),
        }
    }
}

impl<C: Connector> HttpProviderBuilder<C> {
    /// Sets the transport. Default: an `HttpTransport` for this provider alone; a `HyperTransport` if the feature
    /// `reqwest` is off and `hyper` is on. Pass clones, or an `Arc`, of one transport to several providers to share its
    /// connections.
    ///
    /// ```
    /// use chargeback::connector::Connector;
    /// use chargeback::transport::Transport;
    /// use chargeback::{Error, HttpProvider};
    ///
    /// /// Builds two providers that share one connection pool.
    /// fn build<T, A, B>(transport: T, a: A, b: B) -> Result<(HttpProvider<A>, HttpProvider<B>), Error>
    /// where
    ///     T: Transport + Clone,
    ///     A: Connector,
    ///     B: Connector,
    /// {
    ///     Ok((
    ///         HttpProvider::builder(a).transport(transport.clone()).build()?,
    ///         HttpProvider::builder(b).transport(transport).build()?,
    ///     ))
    /// }
    /// ```
    pub fn transport(mut self, transport: impl Transport) -> Self {
        self.transport = Some(Arc::new(transport));
        self
    }

    /// Sets the source of time. Default: [`TokioClock`].
    pub fn clock(mut self, clock: impl Clock) -> Self {
        self.clock = Some(Arc::new(clock));
        self
    }

    /// Sets the source of randomness for back-off. Default: [`RandomJitter`].
    pub fn jitter(mut self, jitter: impl Jitter) -> Self {
        self.jitter = Some(Arc::new(jitter));
        self
    }

    /// Sets the time limits. Default: 5 s to connect, 15 s for an attempt, 45 s for the whole operation.
    pub fn timeouts(mut self, timeouts: Timeouts) -> Self {
        self.timeouts = timeouts;
        self
    }

    /// Sets retry limits and back-off. Default: 4 attempts, 3 lookups, back-off from 500 ms to 8 s.
    pub fn retry(mut self, retry: RetryPolicy) -> Self {
        self.retry = retry;
        self
    }

    /// Sets the losses that make a report fail. Default: none ([`LossPolicy::Accept`]).
    ///
    /// ```
    /// use chargeback::connector::Connector;
    /// use chargeback::{Error, Field, HttpProvider, LossPolicy};
    ///
    /// fn exact_amounts<C: Connector>(connector: C) -> Result<HttpProvider<C>, Error> {
    ///     let policy = LossPolicy::Refuse(vec![Field::Amount, Field::Currency]);
    ///     HttpProvider::builder(connector).losses(policy).build()
    /// }
    /// ```
    pub fn losses(mut self, losses: LossPolicy) -> Self {
        self.losses = losses;
        self
    }

    /// Checks the settings and builds the provider. Sends nothing.
    ///
    /// ```
    /// use chargeback::connector::Connector;
    /// use chargeback::{Error, HttpProvider};
    ///
    /// /// Returns the settings of the connector that are invalid.
    /// fn problems<C: Connector>(connector: C) -> Vec<String> {
    ///     match HttpProvider::builder(connector).build() {
    ///         Err(Error::Configuration(error)) => error.problems().iter().map(ToString::to_string).collect(),
    ///         _ => Vec::new(),
    ///     }
    /// }
    /// ```
    ///
    /// # Errors
    ///
    /// [`Error::Configuration`] with all problems: settings of the connector, a time limit of zero, TLS that cannot be
    /// set up, no transport if the features `reqwest` and `hyper` are off.
    pub fn build(self) -> Result<HttpProvider<C>, Error> {
        let mut problems = self.connector.check();
        let Timeouts { connect, attempt, operation } = self.timeouts;
        for (name, time) in [("connect", connect), ("attempt", attempt), ("operation", operation)] {
            if time.is_zero() {
                problems.push(Violation::new(format!("timeouts.{name}"), "must not be zero"));
            }
        }
        if !problems.is_empty() {
            return Err(ConfigurationError::new(Some(self.connector.id()), problems).into());
        }
        let transport = match self.transport {
            Some(transport) => transport,
            None => default_transport(connect)?,
        };
        Ok(HttpProvider::from_engine(Engine::new(Parts {
            connector: self.connector,
            transport,
            clock: self.clock.unwrap_or_else(|| Arc::new(TokioClock::new())),
            jitter: self.jitter.unwrap_or_else(|| Arc::new(RandomJitter)),
            timeouts: self.timeouts,
            retry: self.retry,
            losses: self.losses,
        })))
    }
}

#[cfg(feature = "reqwest")]
fn default_transport(connect: Duration) -> Result<Arc<dyn Transport>, ConfigurationError> {
    Ok(Arc::new(super::reqwest::HttpTransport::new(connect)?))
}

#[cfg(all(not(feature = "reqwest"), feature = "hyper"))]
fn default_transport(connect: Duration) -> Result<Arc<dyn Transport>, ConfigurationError> {
    Ok(Arc::new(super::hyper::HyperTransport::new(connect)?))
}

#[cfg(not(any(feature = "reqwest", feature = "hyper")))]
fn default_transport(_: Duration) -> Result<Arc<dyn Transport>, ConfigurationError> {
    let problem = "must be set, because the features `reqwest` and `hyper` are off";
    Err(ConfigurationError::new(None, vec![Violation::new("transport", problem)]))
}

impl<C: fmt::Debug> fmt::Debug for HttpProviderBuilder<C> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("HttpProviderBuilder").field("connector", &self.connector).finish_non_exhaustive()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_default_transport_follows_the_features() {
        let transport = default_transport(Duration::from_secs(1)).map(|transport| format!("{transport:?}"));
        let text = transport.unwrap_or_else(|error| error.to_string());
        let expected = if cfg!(feature = "reqwest") {
            "HttpTransport"
        } else if cfg!(feature = "hyper") {
            "HyperTransport"
        } else {
            "configuration: transport: must be set"
        };
        assert!(text.starts_with(expected), "{text}");
    }
}
