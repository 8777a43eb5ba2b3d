//! A shared log of events, and a transport, a gate and a ledger that write to it.

use std::collections::VecDeque;
use std::sync::{Arc, Mutex};
use std::time::Duration;

use bytes::Bytes;
use chargeback::lifecycle::{Ledger, LedgerEntry, LedgerError, Version, Versioned};
use chargeback::transport::{RequestLimits, Transport, TransportFailure};
use chargeback::{GateError, ProviderId, WriteGate, async_trait};
use http::{Request, Response};

/// A log of events in their order. Clones share it.
#[derive(Debug, Clone, Default)]
pub struct Events(Arc<Mutex<Vec<String>>>);

impl Events {
    pub fn push(&self, event: impl Into<String>) {
        self.0.lock().unwrap().push(event.into());
    }

    /// Returns the events since the last call.
    pub fn take(&self) -> Vec<String> {
        std::mem::take(&mut *self.0.lock().unwrap())
    }
}

/// Logs the method and path of each request, then passes it on.
#[derive(Debug)]
pub struct Logged<T> {
    pub inner: T,
    pub events: Events,
}

#[async_trait]
impl<T: Transport> Transport for Logged<T> {
    async fn send(&self, request: Request<Bytes>, limits: &RequestLimits) -> Result<Response<Bytes>, TransportFailure> {
        self.events.push(format!("{} {}", request.method(), request.uri().path()));
        self.inner.send(request, limits).await
    }
}

/// The answer of a [`TestGate`] to `before_first_write`.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Answer {
    Open,
    Refuse,
    Hang,
    OpenAfter(Duration),
}

/// A gate that logs `gate`, with scripted answers.
#[derive(Debug)]
pub struct TestGate {
    pub events: Events,
    answer: Answer,
    /// The results of `may_send`, in order; true after the last one.
    may_send: Mutex<VecDeque<bool>>,
}

impl TestGate {
    pub fn new(events: &Events, answer: Answer) -> Self {
        Self { events: events.clone(), answer, may_send: Mutex::default() }
    }

    pub fn open(events: &Events) -> Self {
        Self::new(events, Answer::Open)
    }

    /// An open gate with these results of `may_send`.
    pub fn closing(events: &Events, may_send: impl IntoIterator<Item = bool>) -> Self {
        Self { may_send: Mutex::new(may_send.into_iter().collect()), ..Self::open(events) }
    }
}

#[async_trait]
impl WriteGate for TestGate {
    async fn before_first_write(&self) -> Result<(), GateError> {
        self.events.push("gate");
        match self.answer {
            Answer::Open => Ok(()),
            Answer::Refuse => Err(GateError::new("the mark could not be stored")),
            Answer::Hang => std::future::pending().await,
            Answer::OpenAfter(time) => {
                tokio::time::sleep(time).await;
                Ok(())
            }
        }
    }

    fn may_send(&self) -> bool {
        self.may_send.lock().unwrap().pop_front().unwrap_or(true)
    }
}

/// Logs reads and writes of a ledger, then passes them on.
#[derive(Debug)]
pub struct LoggedLedger<L> {
    pub inner: L,
    pub events: Events,
}

#[async_trait]
impl<L: Ledger> Ledger for LoggedLedger<L> {
    async fn read(&self, provider: &ProviderId, case_id: &str) -> Result<Option<Versioned<LedgerEntry>>, LedgerError> {
        self.events.push("ledger read");
        self.inner.read(provider, case_id).await
    }

    async fn write(
        &self,
        provider: &ProviderId,
        case_id: &str,
        entry: &LedgerEntry,
        replaces: Option<Version>,
    ) -> Result<Version, LedgerError> {
        let mark = entry.in_flight.map_or("none".to_owned(), |mark| mark.stage.to_string());
        let acknowledged = entry.acknowledged.map_or("none".to_owned(), |reported| reported.stage.to_string());
        self.events.push(format!("ledger write: in flight {mark}, acknowledged {acknowledged}"));
        self.inner.write(provider, case_id, entry, replaces).await
    }
}
