//! The default transport.

use std::error::Error as _;
use std::fmt;
use std::sync::{Arc, Mutex, OnceLock, PoisonError};
use std::time::Duration;

use async_trait::async_trait;
use bytes::{Bytes, BytesMut};
use http::uri::{Authority, Scheme};
use http::{Request, Response, Uri};
use reqwest::redirect;
use url::Url;

use super::transport::{FailurePhase, RequestLimits, Transport, TransportFailure, is_loopback};
use crate::error::ConfigurationError;
use crate::util::violation::Violation;

/// The default [`Transport`]: reqwest, HTTP/1.1, connections kept and shared by clones.
///
/// It follows no redirect, repeats nothing by itself and decompresses nothing. Certificates are checked against the
/// operating system's roots, and `with_root_certificates` adds your own; nothing turns the check off. The usual proxy
/// variables of the environment are obeyed, but never for loopback: plain `http` to a loopback host stays on the machine.
///
/// A provider makes one of its own. Share one among providers to share its connections; it then keeps the time to
/// connect that it was made with, whatever [`Timeouts`](crate::Timeouts) says.
///
/// The settings stand in code rather than in Cargo features because other crates in an application can switch features
/// of reqwest on.
#[derive(Clone)]
pub struct HttpTransport {
    client: reqwest::Client,
    /// Goes past all proxies. Made when it is first needed: to read the system's roots takes milliseconds.
    loopback: Arc<OnceLock<reqwest::Client>>,
    settings: Arc<Settings>,
    /// What was called last; to read an address anew costs as much as to write the request.
    last: Arc<Mutex<Option<Address>>>,
}

/// What both clients are made by.
struct Settings {
    connect: Duration,
    #[cfg(feature = "rustls")]
    roots: Vec<reqwest::Certificate>,
}

/// An address as reqwest wants it.
struct Address {
    scheme: Scheme,
    authority: Authority,
    url: Url,
    is_loopback: bool,
}

impl fmt::Debug for HttpTransport {
    /// Without the last address, which holds ids.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("HttpTransport").field("client", &self.client).finish_non_exhaustive()
    }
}

impl HttpTransport {
    /// A transport that gives up connecting after `connect`.
    ///
    /// # Errors
    ///
    /// [`ConfigurationError`] if TLS cannot be set up, for example on a machine without root certificates.
    pub fn new(connect: Duration) -> Result<Self, ConfigurationError> {
        Self::with(Settings {
            connect,
            #[cfg(feature = "rustls")]
            roots: Vec::new(),
        })
    }

    /// The same, trusting these certificates (PEM) beside the operating system's.
    ///
    /// # Errors
    ///
    /// [`ConfigurationError`] if a certificate cannot be read or TLS cannot be set up.
    #[cfg(feature = "rustls")]
    #[cfg_attr(docsrs, doc(cfg(feature = "rustls")))]
    pub fn with_root_certificates(connect: Duration, pem: &[u8]) -> Result<Self, ConfigurationError> {
        let roots = reqwest::Certificate::from_pem_bundle(pem).map_err(|error| unusable("root certificates", error))?;
        Self::with(Settings { connect, roots })
    }

    fn with(settings: Settings) -> Result<Self, ConfigurationError> {
        let client = settings.client().build().map_err(|error| unusable("cannot be set up", error))?;
        Ok(Self { client, loopback: Arc::default(), settings: Arc::new(settings), last: Arc::default() })
    }

    fn loopback(&self) -> Result<&reqwest::Client, reqwest::Error> {
        if let Some(client) = self.loopback.get() {
            return Ok(client);
        }
        let client = self.settings.client().no_proxy().build()?;
        // Of two threads, the first wins.
        Ok(self.loopback.get_or_init(|| client))
    }

    /// The request as reqwest wants it, and the client for it.
    fn request(&self, request: Request<Bytes>) -> Result<(&reqwest::Client, reqwest::Request), TransportFailure> {
        let (head, body) = request.into_parts();
        let (url, is_loopback) =
            self.address(&head.uri).map_err(|error| TransportFailure::new(FailurePhase::NotSent).caused_by(error))?;
        let mut request = reqwest::Request::new(head.method, url);
        *request.headers_mut() = head.headers;
        *request.version_mut() = head.version;
        *request.body_mut() = Some(body.into());
        let loopback = || self.loopback().map_err(|error| classify(error, FailurePhase::NotSent));
        Ok((if is_loopback { loopback()? } else { &self.client }, request))
    }

    /// The address as reqwest wants it, and whether it is on this machine.
    fn address(&self, uri: &Uri) -> Result<(Url, bool), url::ParseError> {
        let (Some(scheme), Some(authority)) = (uri.scheme(), uri.authority()) else {
            return Url::parse(&uri.to_string()).map(|url| (url, false));
        };
        // Of the lock, as of the value, nothing can break: an origin is set whole, and a path is set anew where it differs.
        let mut last = self.last.lock().unwrap_or_else(PoisonError::into_inner);
        let is_last = |last: &Address| last.scheme == *scheme && last.authority.as_str() == authority.as_str();
        let address = match last.take().filter(is_last) {
            Some(address) => last.insert(address),
            None => last.insert(Address {
                url: Url::parse(&format!("{scheme}://{authority}"))?,
                is_loopback: is_loopback(uri),
                scheme: scheme.clone(),
                authority: authority.clone(),
            }),
        };
        // Most vendors have one path for all.
        if address.url.path() != uri.path() {
            address.url.set_path(uri.path());
        }
        if address.url.query() != uri.query() {
            address.url.set_query(uri.query());
        }
        Ok((address.url.clone(), address.is_loopback))
    }
}

impl Settings {
    fn client(&self) -> reqwest::ClientBuilder {
        let client = reqwest::Client::builder()
            .user_agent(concat!("chargeback/", env!("CARGO_PKG_VERSION")))
            .connect_timeout(self.connect)
            // Below the keep-alive of common load balancers, so that a connection is seldom reused while the other side
            // closes it: that failure cannot be told from one after the vendor acted.
            .pool_idle_timeout(Duration::from_secs(20))
            .redirect(redirect::Policy::none())
            .retry(reqwest::retry::never())
            .referer(false)
            .http1_only()
            .no_gzip()
            .no_brotli()
            .no_zstd()
            .no_deflate();
        #[cfg(feature = "rustls")]
        if !self.roots.is_empty() {
            return client.tls_certs_merge(self.roots.iter().cloned());
        }
        client
    }
}

fn unusable(what: &'static str, error: reqwest::Error) -> ConfigurationError {
    ConfigurationError::new(None, vec![Violation::new("transport", what)]).caused_by(error.without_url())
}

#[async_trait]
impl Transport for HttpTransport {
    async fn send(&self, request: Request<Bytes>, limits: &RequestLimits) -> Result<Response<Bytes>, TransportFailure> {
        let (client, request) = self.request(request)?;
        let mut reply = client.execute(request).await.map_err(|error| classify(error, FailurePhase::MaybeSent))?;
        let announced = reply.content_length().unwrap_or(0);
        if usize::try_from(announced).map_or(true, |length| length > limits.reply_bytes) {
            return Err(TransportFailure::new(FailurePhase::ReplyTooLarge));
        }
        let mut whole = Response::new(Bytes::new());
        *whole.status_mut() = reply.status();
        *whole.headers_mut() = std::mem::take(reply.headers_mut());
        // Most replies are one chunk, which is kept as it is.
        let (mut first, mut rest) = (Bytes::new(), BytesMut::new());
        while let Some(chunk) = reply.chunk().await.map_err(|error| classify(error, FailurePhase::MaybeSent))? {
            if first.len() + rest.len() + chunk.len() > limits.reply_bytes {
                return Err(TransportFailure::new(FailurePhase::ReplyTooLarge));
            }
            if first.is_empty() && rest.is_empty() {
                first = chunk;
            } else {
                rest.extend_from_slice(&std::mem::take(&mut first));
                rest.extend_from_slice(&chunk);
            }
        }
        *whole.body_mut() = if rest.is_empty() { first } else { rest.freeze() };
        Ok(whole)
    }
}

/// `is_connect` is exactly "nothing of the request has left"; an incomplete message, a reset or a timeout after
/// connecting is not.
fn classify(error: reqwest::Error, otherwise: FailurePhase) -> TransportFailure {
    let phase = if error.is_connect() { FailurePhase::NotSent } else { otherwise };
    let failure = TransportFailure::new(phase);
    let failure = if error.is_timeout() { failure.timed_out() } else { failure };
    let error = error.without_url();
    // reqwest's own line only repeats the phase; what lies below says why.
    match error.source() {
        Some(_) => failure.caused_by(error),
        None => failure.caused_by(error.to_string()),
    }
}
