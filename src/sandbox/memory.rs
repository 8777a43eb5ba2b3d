//! The fakes behind a transport in memory.

use std::collections::HashMap;
use std::fmt;
use std::sync::{Arc, Mutex};

use async_trait::async_trait;
use bytes::Bytes;
use http::{Request, Response};

use super::fake::{Fake, Machine, Played, State, lock};
use crate::connector::BaseUrl;
use crate::engine::{FailurePhase, RequestLimits, Transport, TransportFailure};

type Play = Arc<dyn Fn(&Request<Bytes>) -> Played + Send + Sync>;

/// Routes requests to fakes by host.
#[derive(Clone, Default)]
pub(super) struct Memory {
    hosts: HashMap<&'static str, Play>,
}

/// A fake at this address.
pub(super) fn fake<M: Machine>(machine: M, base: &'static str) -> Fake<M> {
    Fake::new(BaseUrl::from_static(base), Arc::new(Mutex::new(State::new(machine))))
}

impl Memory {
    pub(super) fn with<M: Machine>(mut self, host: &'static str, fake: &Fake<M>) -> Self {
        let state = Arc::clone(&fake.state);
        self.hosts.insert(host, Arc::new(move |request| lock(&state).play(request)));
        self
    }
}

#[async_trait]
impl Transport for Memory {
    async fn send(&self, request: Request<Bytes>, _: &RequestLimits) -> Result<Response<Bytes>, TransportFailure> {
        let Some(play) = self.hosts.get(request.uri().host().unwrap_or_default()) else {
            return Err(TransportFailure::new(FailurePhase::NotSent).caused_by("no fake has this host"));
        };
        match play(&request) {
            Played::Reply { reply, delay } => {
                if !delay.is_zero() {
                    tokio::time::sleep(delay).await;
                }
                Ok(reply)
            }
            Played::Unreachable => Err(TransportFailure::new(FailurePhase::NotSent).caused_by("connection refused")),
            Played::Reset => Err(TransportFailure::new(FailurePhase::MaybeSent).caused_by("connection reset")),
            Played::Silence => std::future::pending().await,
        }
    }
}

impl fmt::Debug for Memory {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Memory").field("hosts", &self.hosts.len()).finish()
    }
}
