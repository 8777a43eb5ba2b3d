//! A transport that sends requests to the fakes without sockets.

use std::collections::HashMap;
use std::fmt;
use std::sync::{Arc, Mutex};

use async_trait::async_trait;
use bytes::Bytes;
use http::{Request, Response};

use super::fake::Fake;
use super::machine::{Machine, Reaction, State, lock};
use crate::connector::BaseUrl;
use crate::engine::{FailurePhase, RequestLimits, Transport, TransportFailure};

type React = Arc<dyn Fn(&Request<Bytes>) -> Reaction + Send + Sync>;

/// Routes requests to the fakes by host name.
#[derive(Clone, Default)]
pub(super) struct InMemoryTransport {
    hosts: HashMap<&'static str, React>,
}

/// Creates a fake with this base URL.
pub(super) fn fake<M: Machine>(machine: M, base_url: &'static str) -> Fake<M> {
    Fake::new(BaseUrl::from_static(base_url), Arc::new(Mutex::new(State::new(machine))))
}

impl InMemoryTransport {
    pub(super) fn with<M: Machine>(mut self, host: &'static str, fake: &Fake<M>) -> Self {
        let state = fake.state();
        self.hosts.insert(host, Arc::new(move |request| lock(&state).react(request)));
        self
    }
}

#[async_trait]
impl Transport for InMemoryTransport {
    async fn send(&self, request: Request<Bytes>, _: &RequestLimits) -> Result<Response<Bytes>, TransportFailure> {
        let Some(react) = self.hosts.get(request.uri().host().unwrap_or_default()) else {
            return Err(TransportFailure::new(FailurePhase::NotSent).caused_by("no fake has this host"));
        };
        match react(&request) {
            Reaction::Reply { reply, delay } => {
                if !delay.is_zero() {
                    tokio::time::sleep(delay).await;
                }
                Ok(reply)
            }
            Reaction::Unreachable => Err(TransportFailure::new(FailurePhase::NotSent).caused_by("connection refused")),
            Reaction::Reset => Err(TransportFailure::new(FailurePhase::MaybeSent).caused_by("connection reset")),
            Reaction::Silence => std::future::pending().await,
        }
    }
}

impl fmt::Debug for InMemoryTransport {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("InMemoryTransport").field("hosts", &self.hosts.len()).finish()
    }
}
