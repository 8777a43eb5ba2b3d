//! A transport over hyper-util, without reqwest.

use std::error::Error as StdError;
use std::fmt;
use std::io;
use std::pin::Pin;
use std::sync::Arc;
use std::task::{Context, Poll};
use std::time::Duration;

use async_trait::async_trait;
use bytes::Bytes;
use http::header::{ACCEPT, CONTENT_LENGTH, HeaderValue, USER_AGENT};
use http::uri::Scheme;
use http::{Request, Response, Uri};
use http_body_util::{BodyExt as _, Full, LengthLimitError, Limited};
use hyper_rustls::{HttpsConnector, HttpsConnectorBuilder};
use hyper_util::client::legacy::Client;
use hyper_util::client::legacy::connect::HttpConnector;
use hyper_util::client::legacy::connect::proxy::Tunnel;
use hyper_util::client::proxy::matcher::Matcher;
use hyper_util::rt::{TokioExecutor, TokioIo, TokioTimer};
use rustls::ClientConfig;
use rustls::pki_types::CertificateDer;
use rustls::pki_types::pem::PemObject as _;
use rustls_platform_verifier::Verifier;
use tokio::net::TcpStream;
use tower_service::Service;

use super::transport::{FailurePhase, RequestLimits, Transport, TransportFailure, is_loopback};
use super::within_attempt::{during_attempt, within_attempt};
use crate::error::ConfigurationError;
use crate::util::violation::Violation;

type BoxError = Box<dyn StdError + Send + Sync>;
type Connecting<T> = Pin<Box<dyn Future<Output = Result<T, BoxError>> + Send>>;

/// A [`Transport`] over hyper-util with HTTP/1.1, without reqwest. Clones share the connection pool.
///
/// It follows no redirects, retries nothing and decompresses nothing, as
/// [`HttpTransport`](crate::transport::HttpTransport), and uses less CPU time for each request. It sends `https` only,
/// except to loopback hosts. Certificates are checked against the operating system's roots and those of
/// [`HyperTransportBuilder::root_certificates`].
///
/// The usual proxy variables of the environment are used, except for loopback hosts: `HTTPS_PROXY`, `ALL_PROXY` and
/// `NO_PROXY`, each also in lower case. The proxy must have the scheme `http`; a request for any other proxy fails with
/// [`FailurePhase::NotSent`].
///
/// The path and the query are sent exactly as given.
///
/// ```
/// use std::time::Duration;
///
/// use chargeback::transport::HyperTransport;
///
/// let transport = HyperTransport::builder().connect_timeout(Duration::from_secs(2)).build()?;
/// # let _ = transport;
/// # Ok::<(), chargeback::ConfigurationError>(())
/// ```
#[derive(Clone)]
pub struct HyperTransport {
    client: Client<Limit<HttpsConnector<Routes>>, Full<Bytes>>,
}

/// Builds a [`HyperTransport`]; created by [`HyperTransport::builder`].
///
/// ```
/// use std::time::Duration;
///
/// use chargeback::transport::HyperTransport;
///
/// let builder = HyperTransport::builder().connect_timeout(Duration::from_secs(2));
/// assert!(builder.clone().build().is_ok());
/// ```
#[derive(Debug, Clone)]
#[must_use = "a builder does nothing until `build`"]
pub struct HyperTransportBuilder {
    connect: Duration,
    roots: Vec<Bytes>,
}

impl HyperTransportBuilder {
    /// Sets the time to resolve, connect and negotiate TLS. Default: 5 s.
    pub const fn connect_timeout(mut self, time: Duration) -> Self {
        self.connect = time;
        self
    }

    /// Adds root certificates in PEM format to the operating system's roots.
    ///
    /// ```
    /// use chargeback::transport::HyperTransport;
    ///
    /// let invalid = "-----BEGIN CERTIFICATE-----\n!\n-----END CERTIFICATE-----\n";
    /// let error = HyperTransport::builder().root_certificates(invalid.as_bytes()).build().unwrap_err();
    /// assert_eq!(error.to_string(), "configuration: transport: root certificates could not be read");
    /// ```
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
    pub fn build(self) -> Result<HyperTransport, ConfigurationError> {
        let mut http = HttpConnector::new();
        http.enforce_http(false);
        http.set_nodelay(true);
        let routes = Routes { http, proxies: Arc::new(Matcher::from_env()) };
        let https = HttpsConnectorBuilder::new().with_tls_config(self.tls()?).https_or_http().enable_http1();
        let connector = Limit { inner: https.wrap_connector(routes), time: self.connect };
        // The pool sends a request again only if no part of it was sent.
        let client = Client::builder(TokioExecutor::new())
            // Shorter than the keep-alive of common load balancers: a connection that the other side closes during
            // reuse fails like one after which the vendor may have acted.
            .pool_idle_timeout(Duration::from_secs(20))
            .pool_timer(TokioTimer::new())
            .build(connector);
        Ok(HyperTransport { client })
    }

    fn tls(&self) -> Result<ClientConfig, ConfigurationError> {
        let mut roots = Vec::new();
        for pem in &self.roots {
            for certificate in CertificateDer::pem_slice_iter(pem) {
                roots.push(certificate.map_err(|error| unusable("root certificates could not be read", error))?);
            }
        }
        let provider = Arc::new(rustls::crypto::aws_lc_rs::default_provider());
        let verifier = Verifier::new_with_extra_roots(roots, Arc::clone(&provider));
        let verifier = verifier.map_err(|error| unusable("could not be set up", error))?;
        let config = ClientConfig::builder_with_provider(provider).with_safe_default_protocol_versions();
        let config = config.map_err(|error| unusable("could not be set up", error))?;
        // `dangerous` only names the method: the verifier is that of the operating system.
        Ok(config.dangerous().with_custom_certificate_verifier(Arc::new(verifier)).with_no_client_auth())
    }
}

fn unusable(problem: &'static str, error: impl Into<BoxError>) -> ConfigurationError {
    ConfigurationError::new(None, vec![Violation::new("transport", problem)]).caused_by(error)
}

impl fmt::Debug for HyperTransport {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("HyperTransport").finish_non_exhaustive()
    }
}

impl HyperTransport {
    /// Creates a transport with this time to connect and the default settings.
    ///
    /// # Errors
    ///
    /// [`ConfigurationError`] if TLS cannot be set up, for example on a machine without root certificates.
    pub fn new(connect: Duration) -> Result<Self, ConfigurationError> {
        Self::builder().connect_timeout(connect).build()
    }

    /// Creates a builder.
    pub const fn builder() -> HyperTransportBuilder {
        HyperTransportBuilder { connect: Duration::from_secs(5), roots: Vec::new() }
    }
}

#[async_trait]
impl Transport for HyperTransport {
    async fn send(&self, request: Request<Bytes>, limits: &RequestLimits) -> Result<Response<Bytes>, TransportFailure> {
        let mut request = request.map(Full::new);
        check_address(request.uri())?;
        let agent = HeaderValue::from_static(concat!("chargeback/", env!("CARGO_PKG_VERSION")));
        request.headers_mut().entry(USER_AGENT).or_insert(agent);
        request.headers_mut().entry(ACCEPT).or_insert(HeaderValue::from_static("*/*"));
        let reply = during_attempt(limits.attempt, self.client.request(request)).await.map_err(|error| {
            let phase = if error.is_connect() { FailurePhase::NotSent } else { FailurePhase::MaybeSent };
            failure(phase, error)
        })?;
        let (head, body) = reply.into_parts();
        let announced = head.headers.get(CONTENT_LENGTH).and_then(|length| length.to_str().ok()?.parse::<usize>().ok());
        if announced.is_some_and(|length| length > limits.reply_bytes) {
            return Err(TransportFailure::new(FailurePhase::ReplyTooLarge));
        }
        match Limited::new(body, limits.reply_bytes).collect().await {
            Ok(body) => Ok(Response::from_parts(head, body.to_bytes())),
            Err(error) if error.is::<LengthLimitError>() => Err(TransportFailure::new(FailurePhase::ReplyTooLarge)),
            Err(error) => Err(failure(FailurePhase::MaybeSent, error)),
        }
    }
}

/// Refuses an address that would send a key in plain text or that names a user.
fn check_address(uri: &Uri) -> Result<(), TransportFailure> {
    let problem = match (uri.scheme(), uri.authority()) {
        (Some(scheme), Some(authority)) => {
            if authority.as_str().contains('@') {
                "the address has a user name"
            } else if *scheme == Scheme::HTTPS || (*scheme == Scheme::HTTP && is_loopback(uri)) {
                return Ok(());
            } else {
                "the address is neither https nor on a loopback host"
            }
        }
        _ => "the address has no scheme or host",
    };
    Err(TransportFailure::new(FailurePhase::NotSent).caused_by(problem))
}

/// Creates a failure with its cause. Errors of hyper contain no headers, bodies or paths.
fn failure(phase: FailurePhase, error: impl Into<BoxError>) -> TransportFailure {
    let error = error.into();
    let mut causes = std::iter::successors(Some(&*error as &(dyn StdError + 'static)), |cause| (*cause).source());
    let timed_out = causes
        .any(|cause| cause.downcast_ref::<io::Error>().is_some_and(|cause| cause.kind() == io::ErrorKind::TimedOut));
    let failure = TransportFailure::new(phase).caused_by(error);
    if timed_out { failure.timed_out() } else { failure }
}

/// Connects directly, or through a tunnel of a proxy.
#[derive(Debug, Clone)]
struct Routes {
    http: HttpConnector,
    proxies: Arc<Matcher>,
}

impl Service<Uri> for Routes {
    type Response = TokioIo<TcpStream>;
    type Error = BoxError;
    type Future = Connecting<Self::Response>;

    fn poll_ready(&mut self, context: &mut Context<'_>) -> Poll<Result<(), BoxError>> {
        self.http.poll_ready(context).map_err(BoxError::from)
    }

    fn call(&mut self, target: Uri) -> Self::Future {
        let proxy = if is_loopback(&target) { None } else { self.proxies.intercept(&target) };
        let Some(proxy) = proxy else {
            let connecting = self.http.call(target);
            return Box::pin(async move { connecting.await.map_err(BoxError::from) });
        };
        if proxy.uri().scheme() != Some(&Scheme::HTTP) {
            return Box::pin(std::future::ready(Err("the proxy must have the scheme http".into())));
        }
        let mut tunnel = Tunnel::new(proxy.uri().clone(), self.http.clone());
        if let Some(credentials) = proxy.basic_auth() {
            tunnel = tunnel.with_auth(credentials.clone());
        }
        let connecting = tunnel.call(target);
        Box::pin(async move { connecting.await.map_err(BoxError::from) })
    }
}

/// Ends connecting, TLS included, after a time and with the attempt.
#[derive(Debug, Clone)]
struct Limit<C> {
    inner: C,
    time: Duration,
}

impl<C> Service<Uri> for Limit<C>
where
    C: Service<Uri, Error = BoxError>,
    C::Future: Send + 'static,
{
    type Response = C::Response;
    type Error = BoxError;
    type Future = Connecting<C::Response>;

    fn poll_ready(&mut self, context: &mut Context<'_>) -> Poll<Result<(), BoxError>> {
        self.inner.poll_ready(context)
    }

    fn call(&mut self, target: Uri) -> Self::Future {
        let (connecting, time) = (self.inner.call(target), self.time);
        Box::pin(within_attempt(async move {
            let in_time = tokio::time::timeout(time, connecting).await;
            in_time.unwrap_or_else(|elapsed| Err(io::Error::new(io::ErrorKind::TimedOut, elapsed).into()))
        }))
    }
}
