//! A transport with random faults from a seed, so that a run can be repeated.

use std::fmt;
use std::pin::Pin;
use std::sync::{Arc, Mutex};
use std::time::Duration;

use bytes::Bytes;
use chargeback::async_trait;
use chargeback::transport::{Clock, FailurePhase, Jitter, RequestLimits, Transport, TransportFailure};
use chrono::{DateTime, Utc};
use http::{Request, Response};
use tokio::time::{Instant, sleep};

use crate::support::at;

tokio::task_local! {
    /// The number of the report in progress.
    pub(super) static REPORT: usize;
}

/// A request, sent or not.
#[derive(Debug, Clone)]
#[allow(clippy::struct_excessive_bools, reason = "the flags are independent")]
pub(super) struct Sent {
    pub(super) report: usize,
    pub(super) writes: bool,
    pub(super) voids: bool,
    pub(super) arrived: bool,
    pub(super) acted: bool,
    pub(super) late: bool,
}

/// The fate of one request.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Fate {
    Honest,
    Unreachable,
    /// The connection breaks before or after the vendor acts.
    Broken {
        acts: bool,
    },
    /// No reply comes.
    Silent {
        acts: bool,
    },
    /// The connection breaks, and the request arrives much later.
    Late,
    ServerError {
        acts: bool,
    },
    Page {
        acts: bool,
    },
    Throttled,
}

/// The transport with faults.
#[derive(Clone)]
pub(super) struct Chaos {
    inner: Arc<dyn Transport>,
    dice: Arc<Mutex<fastrand::Rng>>,
    sent: Arc<Mutex<Vec<Sent>>>,
    lates: bool,
}

impl fmt::Debug for Chaos {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("Chaos")
    }
}

impl Chaos {
    /// `lates` allows requests that arrive after the sender has stopped waiting.
    pub(super) fn new(inner: Arc<dyn Transport>, seed: u64, lates: bool) -> Self {
        let dice = Arc::new(Mutex::new(fastrand::Rng::with_seed(seed)));
        Self { inner, dice, sent: Arc::default(), lates }
    }

    pub(super) fn sent(&self) -> Vec<Sent> {
        self.sent.lock().unwrap().clone()
    }

    fn fate(&self) -> Fate {
        let mut dice = self.dice.lock().unwrap();
        let acts = dice.bool();
        match dice.u32(0..100) {
            0..6 => Fate::Unreachable,
            6..18 => Fate::Broken { acts },
            18..26 => Fate::Silent { acts },
            26..34 => Fate::ServerError { acts },
            34..38 => Fate::Page { acts },
            38..42 => Fate::Throttled,
            42..47 if self.lates => Fate::Late,
            _ => Fate::Honest,
        }
    }

    fn delay(&self, most: u64) -> Duration {
        Duration::from_millis(self.dice.lock().unwrap().u64(0..most))
    }

    fn note(&self, request: &Request<Bytes>, fate: Fate) -> usize {
        let body = String::from_utf8_lossy(request.body());
        let mut sent = self.sent.lock().unwrap();
        sent.push(Sent {
            report: REPORT.get(),
            writes: request.method() == "POST" && !body.contains("\"requery\""),
            voids: body.contains("void_transaction"),
            arrived: fate != Fate::Unreachable,
            acted: false,
            late: fate == Fate::Late,
        });
        sent.len() - 1
    }

    /// Passes the request to the vendor.
    async fn act(&self, place: usize, request: Request<Bytes>, limits: &RequestLimits) -> Response<Bytes> {
        let reply = self.inner.send(request, limits).await.unwrap();
        // A rejected request changes nothing.
        let body = String::from_utf8_lossy(reply.body()).into_owned();
        let rejected = !reply.status().is_success()
            || ["\"code\":0", "\"status\":4501", "\"status\":9001"].iter().any(|no| body.contains(no));
        self.sent.lock().unwrap()[place].acted = !rejected;
        reply
    }
}

#[async_trait]
impl Transport for Chaos {
    async fn send(&self, request: Request<Bytes>, limits: &RequestLimits) -> Result<Response<Bytes>, TransportFailure> {
        let fate = self.fate();
        let place = self.note(&request, fate);
        sleep(self.delay(500)).await;
        let broken = || Err(TransportFailure::new(FailurePhase::MaybeSent));
        let acts = match fate {
            Fate::Honest => {
                let reply = self.act(place, request, limits).await;
                sleep(self.delay(3_000)).await;
                return Ok(reply);
            }
            Fate::Unreachable => return Err(TransportFailure::new(FailurePhase::NotSent)),
            Fate::Throttled => {
                let wait = self.dice.lock().unwrap().u64(0..4).to_string();
                return Ok(Response::builder().status(429).header("retry-after", wait).body(Bytes::new()).unwrap());
            }
            Fate::Late => {
                let (network, limits, late) = (self.clone(), *limits, self.delay(90_000));
                tokio::spawn(async move {
                    sleep(late).await;
                    network.act(place, request, &limits).await;
                });
                return broken();
            }
            Fate::Broken { acts } | Fate::Silent { acts } | Fate::ServerError { acts } | Fate::Page { acts } => acts,
        };
        if acts {
            self.act(place, request, limits).await;
        }
        match fate {
            Fate::Silent { .. } => std::future::pending().await,
            Fate::ServerError { .. } => Ok(Response::builder().status(503).body(Bytes::new()).unwrap()),
            Fate::Page { .. } => Ok(Response::new(Bytes::from_static(b"<html>"))),
            _ => broken(),
        }
    }
}

/// Tokio's paused clock, with random jitter from a seed.
#[derive(Debug)]
pub(super) struct Dice {
    start: Instant,
    dice: Mutex<fastrand::Rng>,
}

impl Dice {
    pub(super) fn new(seed: u64) -> Self {
        Self { start: Instant::now(), dice: Mutex::new(fastrand::Rng::with_seed(seed)) }
    }
}

impl Clock for Dice {
    fn now(&self) -> DateTime<Utc> {
        at(3, 9) + self.start.elapsed()
    }

    fn elapsed(&self) -> Duration {
        self.start.elapsed()
    }

    fn sleep(&self, time: Duration) -> Pin<Box<dyn Future<Output = ()> + Send + '_>> {
        Box::pin(sleep(time))
    }
}

impl Jitter for Dice {
    fn sample(&self) -> f64 {
        self.dice.lock().unwrap().f64()
    }
}
