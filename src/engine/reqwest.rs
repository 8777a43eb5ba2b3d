//! The default transport.

use std::error::Error as StdError;
use std::fmt;
use std::pin::Pin;
use std::sync::{Arc, Mutex, OnceLock, PoisonError};
use std::task::{Context, Poll};
use std::time::Duration;

use async_trait::async_trait;
use bytes::{Bytes, BytesMut};
use http::uri::{Authority, Scheme};
use http::{Request, Response, Uri};
use reqwest::redirect;
use tower::Service;
use tower::layer::layer_fn;
use tower::util::{Oneshot, ServiceExt as _};
use url::Url;

use super::transport::{FailurePhase, RequestLimits, Transport, TransportFailure, is_loopback};
use super::within_attempt::{during_attempt, within_attempt};
use crate::error::ConfigurationError;
use crate::util::violation::Violation;

type BoxError = Box<dyn StdError + Send + Sync>;

/// The default [`Transport`]: reqwest with HTTP/1.1. Clones share the connection pool.
///
/// The transport follows no redirects, retries nothing and decompresses nothing. Certificates are checked against the
/// operating system's roots; `HttpTransportBuilder::root_certificates` adds more. The usual proxy variables of the
/// environment are used, except for loopback hosts, so plain `http` to a loopback host stays on the machine.
///
/// Each provider creates a transport unless it gets one. Pass clones of one transport to several providers to share its
/// connections. Its time to connect then applies, not [`Timeouts::connect`](crate::Timeouts::connect).
///
/// The path and the query are sent exactly as given. An address that URL parsers change, such as one with `..`,
/// `%2e%2e` or quotes in its path, fails with [`FailurePhase::NotSent`].
///
/// Connecting also ends with the attempt, so an attempt that never connected fails with [`FailurePhase::NotSent`].
///
/// ```
/// use std::time::Duration;
///
/// use chargeback::transport::HttpTransport;
///
/// let transport = HttpTransport::builder().connect_timeout(Duration::from_secs(2)).build()?;
/// # let _ = transport;
/// # Ok::<(), chargeback::ConfigurationError>(())
/// ```
// The settings are made in code: other crates of an application can switch on features of reqwest.
#[derive(Clone)]
pub struct HttpTransport {
    client: reqwest::Client,
    /// Bypasses all proxies. Built on first use, because reading the system's roots takes milliseconds.
    loopback: Arc<OnceLock<reqwest::Client>>,
    settings: Arc<HttpTransportBuilder>,
    /// The last address: parsing an address costs as much as encoding the request.
    last: Arc<Mutex<Option<Address>>>,
}

/// Builds an [`HttpTransport`]; created by [`HttpTransport::builder`].
///
/// ```
/// use std::time::Duration;
///
/// use chargeback::transport::HttpTransport;
///
/// let builder = HttpTransport::builder().connect_timeout(Duration::from_secs(2));
/// assert!(builder.clone().build().is_ok());
/// ```
#[derive(Debug, Clone)]
#[must_use = "a builder does nothing until `build`"]
pub struct HttpTransportBuilder {
    connect: Duration,
    #[cfg(feature = "rustls")]
    roots: Vec<Bytes>,
}

impl HttpTransportBuilder {
    /// Sets the time to resolve, connect and negotiate TLS. Default: 5 s.
    pub const fn connect_timeout(mut self, time: Duration) -> Self {
        self.connect = time;
        self
    }

    /// Adds root certificates in PEM format to the operating system's roots.
    ///
    /// ```
    /// use chargeback::transport::HttpTransport;
    ///
    /// let invalid = "-----BEGIN CERTIFICATE-----\n!\n-----END CERTIFICATE-----\n";
    /// let error = HttpTransport::builder().root_certificates(invalid.as_bytes()).build().unwrap_err();
    /// assert_eq!(error.to_string(), "configuration: transport: root certificates could not be read");
    /// ```
    #[cfg(feature = "rustls")]
    #[cfg_attr(docsrs, doc(cfg(feature = "rustls")))]
    pub fn root_certificates(mut self, pem: &[u8]) -> Self {
        self.roots.push(Bytes::copy_from_slice(pem));
        self
    }

    /// Builds the transport.
    ///
    /// # Errors
    ///
    /// [`ConfigurationError`] if a certificate cannot be read or TLS cannot be set up, for example on a machine without
    /// root certificates.
    pub fn build(self) -> Result<HttpTransport, ConfigurationError> {
        let client = self.client()?.build().map_err(|error| unusable("could not be set up", error))?;
        Ok(HttpTransport { client, loopback: Arc::default(), settings: Arc::new(self), last: Arc::default() })
    }

    #[cfg_attr(
        not(feature = "rustls"),
        expect(clippy::unnecessary_wraps, reason = "only the root certificates of rustls can be invalid")
    )]
    fn client(&self) -> Result<reqwest::ClientBuilder, ConfigurationError> {
        let client = reqwest::Client::builder()
            .user_agent(concat!("chargeback/", env!("CARGO_PKG_VERSION")))
            .connect_timeout(self.connect)
            .connector_layer(layer_fn(|connector| SharedConnector(Arc::new(connector))))
            // Shorter than the keep-alive of common load balancers: a connection that the other side closes during
            // reuse fails like one after which the vendor may have acted.
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
            let mut roots = Vec::new();
            for pem in &self.roots {
                let read = reqwest::Certificate::from_pem_bundle(pem);
                roots.extend(read.map_err(|error| unusable("root certificates could not be read", error))?);
            }
            return Ok(client.tls_certs_merge(roots));
        }
        Ok(client)
    }
}

/// Ends connecting with the attempt. reqwest clones its connector several times for each request, and a clone of this
/// one is cheap.
#[derive(Debug)]
struct SharedConnector<C>(Arc<C>);

impl<C> Clone for SharedConnector<C> {
    fn clone(&self) -> Self {
        Self(Arc::clone(&self.0))
    }
}

impl<C, T> Service<T> for SharedConnector<C>
where
    C: Service<T, Error = BoxError> + Clone + Send + 'static,
    C::Future: Send,
    T: Send + 'static,
    Oneshot<C, T>: Send,
    C::Response: Send,
{
    type Response = C::Response;
    type Error = BoxError;
    type Future = Pin<Box<dyn Future<Output = Result<C::Response, BoxError>> + Send>>;

    fn poll_ready(&mut self, _: &mut Context<'_>) -> Poll<Result<(), BoxError>> {
        // The clone that connects is awaited below.
        Poll::Ready(Ok(()))
    }

    fn call(&mut self, target: T) -> Self::Future {
        Box::pin(within_attempt(C::clone(&self.0).oneshot(target)))
    }
}

/// An address in the form that reqwest needs.
struct Address {
    scheme: Scheme,
    authority: Authority,
    url: Url,
    is_loopback: bool,
}

impl fmt::Debug for HttpTransport {
    /// Leaves out the last address, which holds ids.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("HttpTransport").field("client", &self.client).finish_non_exhaustive()
    }
}

impl HttpTransport {
    /// Creates a transport with this time to connect and the default settings.
    ///
    /// # Errors
    ///
    /// [`ConfigurationError`] if TLS cannot be set up, for example on a machine without root certificates.
    pub fn new(connect: Duration) -> Result<Self, ConfigurationError> {
        Self::builder().connect_timeout(connect).build()
    }

    /// Creates a builder.
    pub const fn builder() -> HttpTransportBuilder {
        HttpTransportBuilder {
            connect: Duration::from_secs(5),
            #[cfg(feature = "rustls")]
            roots: Vec::new(),
        }
    }

    fn loopback(&self) -> Result<&reqwest::Client, TransportFailure> {
        if let Some(client) = self.loopback.get() {
            return Ok(client);
        }
        let not_sent = || TransportFailure::new(FailurePhase::NotSent);
        let client = self.settings.client().map_err(|error| not_sent().caused_by(error))?;
        let client = client.no_proxy().build().map_err(|error| classify(error, FailurePhase::NotSent))?;
        // If two threads build a client, the first one is kept.
        Ok(self.loopback.get_or_init(|| client))
    }

    /// The request in the form that reqwest needs, and its client.
    fn request(&self, request: Request<Bytes>) -> Result<(&reqwest::Client, reqwest::Request), TransportFailure> {
        let (head, body) = request.into_parts();
        let (url, is_loopback) =
            self.address(&head.uri).map_err(|error| TransportFailure::new(FailurePhase::NotSent).caused_by(error))?;
        let mut request = reqwest::Request::new(head.method, url);
        *request.headers_mut() = head.headers;
        *request.version_mut() = head.version;
        *request.body_mut() = Some(body.into());
        Ok((if is_loopback { self.loopback()? } else { &self.client }, request))
    }

    /// Returns the address in the form that reqwest needs, and true if the host is this machine.
    ///
    /// This form resolves dot segments, also escaped ones, and escapes some characters. The transport refuses an
    /// address that would change, because the plan showed another one.
    fn address(&self, uri: &Uri) -> Result<(Url, bool), AddressError> {
        let (Some(scheme), Some(authority)) = (uri.scheme(), uri.authority()) else {
            return Err(AddressError::NotAbsolute);
        };
        // Recovering from poisoning is safe: the cached address is always replaced as a whole.
        let mut last = self.last.lock().unwrap_or_else(PoisonError::into_inner);
        let is_last = |last: &Address| last.scheme == *scheme && last.authority.as_str() == authority.as_str();
        let address = match last.take().filter(is_last) {
            Some(address) => last.insert(address),
            None => last.insert(Address {
                url: origin(scheme, authority)?,
                is_loopback: is_loopback(uri),
                scheme: scheme.clone(),
                authority: authority.clone(),
            }),
        };
        // Most vendors use one path for all requests.
        if address.url.path() != uri.path() {
            address.url.set_path(uri.path());
        }
        if address.url.query() != uri.query() {
            address.url.set_query(uri.query());
        }
        if address.url.path() != uri.path() || address.url.query() != uri.query() {
            return Err(AddressError::Changed);
        }
        Ok((address.url.clone(), address.is_loopback))
    }
}

/// An address that is not sent.
#[derive(Debug, thiserror::Error)]
enum AddressError {
    #[error("the address has no scheme or host")]
    NotAbsolute,
    #[error("the address has a host that cannot be parsed")]
    NotUrl(#[from] url::ParseError),
    #[error("the address has a user name, a dot segment, or a character that must be escaped")]
    Changed,
}

/// The address without path and query.
fn origin(scheme: &Scheme, authority: &Authority) -> Result<Url, AddressError> {
    let url = Url::parse(&format!("{scheme}://{authority}"))?;
    let is_same_host = url.host_str().is_some_and(|host| host.eq_ignore_ascii_case(authority.host()));
    let has_user = !url.username().is_empty() || url.password().is_some();
    if is_same_host && !has_user { Ok(url) } else { Err(AddressError::Changed) }
}

fn unusable(problem: &'static str, error: reqwest::Error) -> ConfigurationError {
    ConfigurationError::new(None, vec![Violation::new("transport", problem)]).caused_by(error.without_url())
}

#[async_trait]
impl Transport for HttpTransport {
    async fn send(&self, request: Request<Bytes>, limits: &RequestLimits) -> Result<Response<Bytes>, TransportFailure> {
        let (client, request) = self.request(request)?;
        let sending = during_attempt(limits.attempt, client.execute(request));
        let mut reply = sending.await.map_err(|error| classify(error, FailurePhase::MaybeSent))?;
        let announced = reply.content_length().unwrap_or(0);
        if usize::try_from(announced).map_or(true, |length| length > limits.reply_bytes) {
            return Err(TransportFailure::new(FailurePhase::ReplyTooLarge));
        }
        let mut whole = Response::new(Bytes::new());
        *whole.status_mut() = reply.status();
        *whole.headers_mut() = std::mem::take(reply.headers_mut());
        // Most replies are one chunk, which is used without a copy.
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

/// `is_connect` means that no byte of the request was sent. An incomplete message, a reset or a timeout after
/// connecting is another kind.
fn classify(error: reqwest::Error, otherwise: FailurePhase) -> TransportFailure {
    let phase = if error.is_connect() { FailurePhase::NotSent } else { otherwise };
    let failure = TransportFailure::new(phase);
    let failure = if error.is_timeout() { failure.timed_out() } else { failure };
    let error = error.without_url();
    // reqwest's own text only repeats the phase; its source has the cause.
    match error.source() {
        Some(_) => failure.caused_by(error),
        None => failure.caused_by(error.to_string()),
    }
}
