//! The endpoint of one vendor.

use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};
use std::time::Duration;

use bytes::Bytes;
use chargeback::transport::RequestLimits;
use http::{Request, Response};

use super::Shared;
use super::server::Closed;
use crate::config::VENDORS;

/// Delays of all replies of a vendor, in milliseconds.
#[derive(Debug, Default)]
pub(super) struct Delays {
    pub(super) before: AtomicU64,
    pub(super) after: AtomicU64,
}

impl Delays {
    pub(super) fn set(&self, before: u64, after: u64) {
        self.before.store(before, Ordering::Relaxed);
        self.after.store(after, Ordering::Relaxed);
    }
}

/// Waits, passes the request to the fake, and waits again. A caller that gave up before the first wait ended finds that
/// the vendor acted nevertheless, as at a real vendor.
pub(super) async fn reply(
    shared: Arc<Shared>,
    number: usize,
    request: Request<Bytes>,
) -> Result<Response<Bytes>, Closed> {
    // hyper drops the future when the caller closes the connection.
    tokio::spawn(act(shared, number, request)).await.map_err(|_| Closed)?
}

async fn act(shared: Arc<Shared>, number: usize, mut request: Request<Bytes>) -> Result<Response<Bytes>, Closed> {
    let wait = |milliseconds: &AtomicU64| Duration::from_millis(milliseconds.load(Ordering::Relaxed));
    let delays = &shared.delays[number];
    tokio::time::sleep(wait(&delays.before)).await;
    let path = request.uri().path_and_query().map_or("/", |path| path.as_str());
    let address = format!("https://{}.invalid{path}", VENDORS[number].name);
    *request.uri_mut() = address.parse().map_err(|_| Closed)?;
    let transport = shared.sandbox.transport().ok_or(Closed)?;
    let reply = transport.send(request, &RequestLimits::default()).await.map_err(|_| Closed);
    tokio::time::sleep(wait(&delays.after)).await;
    reply
}
