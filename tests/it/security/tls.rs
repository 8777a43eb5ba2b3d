//! Certificates are checked: chain, host name and date. The certificates are those of `tests/fixtures/tls`.

use std::sync::Arc;
use std::time::Duration;

use chargeback::transport::HttpTransport;
use chargeback::{ChargebackProvider, Delivery, Error, HttpProviderBuilder};
use tokio::net::TcpListener;
use tokio::sync::mpsc::{UnboundedReceiver, unbounded_channel};
use tokio_rustls::TlsAcceptor;
use tokio_rustls::rustls::crypto::aws_lc_rs;
use tokio_rustls::rustls::pki_types::pem::PemObject;
use tokio_rustls::rustls::pki_types::{CertificateDer, PrivateKeyDer};
use tokio_rustls::rustls::{self, ServerConfig};

use super::{KEY, once, received, spade};
use crate::engine::transport::{answer, chain, ok, read_request};
use crate::support::kind;

const ROOT: &[u8] = include_bytes!("../../fixtures/tls/ca.pem");
const LOOPBACK: &[u8] = include_bytes!("../../fixtures/tls/loopback.pem");
const ELSEWHERE: &[u8] = include_bytes!("../../fixtures/tls/elsewhere.pem");
const EXPIRED: &[u8] = include_bytes!("../../fixtures/tls/expired.pem");
const SERVER_KEY: &[u8] = include_bytes!("../../fixtures/tls/server.key");

/// What the server saw of one connection.
#[derive(Debug)]
enum Seen {
    /// The handshake failed: TLS lets nothing through before it is done.
    NoHandshake(rustls::Error),
    /// The request, if one came.
    Handshake(Option<String>),
}

/// A vendor over TLS with this certificate, that answers every request, and what it sees.
async fn vendor(certificate: &[u8]) -> (u16, UnboundedReceiver<Seen>) {
    let leaf = CertificateDer::from_pem_slice(certificate).unwrap();
    let key = PrivateKeyDer::from_pem_slice(SERVER_KEY).unwrap();
    let settings = ServerConfig::builder_with_provider(Arc::new(aws_lc_rs::default_provider()))
        .with_safe_default_protocol_versions()
        .unwrap()
        .with_no_client_auth()
        .with_single_cert(vec![leaf], key)
        .unwrap();
    let acceptor = TlsAcceptor::from(Arc::new(settings));
    let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
    let port = listener.local_addr().unwrap().port();
    let (tell, seen) = unbounded_channel();
    tokio::spawn(async move {
        while let Ok((stream, _)) = listener.accept().await {
            let saw = match acceptor.accept(stream).await {
                Ok(mut stream) => {
                    let request = read_request(&mut stream).await;
                    answer(stream, ok("{}")).await;
                    Seen::Handshake(request)
                }
                Err(error) => Seen::NoHandshake(error.downcast().expect("an error of TLS")),
            };
            let _ = tell.send(saw);
        }
    });
    (port, seen)
}

fn own_root() -> HttpTransport {
    HttpTransport::with_root_certificates(Duration::from_secs(5), ROOT).unwrap()
}

/// Reports over the transport given, or the default one.
async fn report(host: &str, port: u16, transport: Option<HttpTransport>) -> Result<(), Error> {
    let builder = once(spade(Some(&format!("https://{host}:{port}"))));
    let provider = transport.into_iter().fold(builder, HttpProviderBuilder::transport).build().unwrap();
    provider.report(&received()).await.map(drop)
}

/// Nothing was sent, the error says so, and it was the client who broke off.
async fn check_refused(certificate: &[u8], transport: Option<HttpTransport>) {
    let (port, mut seen) = vendor(certificate).await;
    let error = report("127.0.0.1", port, transport).await.unwrap_err();
    assert_eq!((kind(&error), error.delivery(), error.attempts()), ("transport", Delivery::NotSent, 1), "{error}");
    let chain = chain(&error);
    assert!(chain.contains("certificate") && !chain.contains(KEY), "{chain}");
    let saw = seen.recv().await.unwrap();
    assert!(matches!(saw, Seen::NoHandshake(rustls::Error::AlertReceived(_))), "{saw:?}");
}

#[tokio::test]
async fn untrusted_root_is_rejected() {
    check_refused(LOOPBACK, None).await;
}

#[tokio::test]
async fn certificate_for_another_host_is_rejected() {
    check_refused(ELSEWHERE, Some(own_root())).await;
}

#[tokio::test]
async fn expired_certificate_is_rejected() {
    check_refused(EXPIRED, Some(own_root())).await;
}

/// Which also shows that the other tests fail for the reason that they name.
#[tokio::test]
#[cfg_attr(target_vendor = "apple", ignore = "Apple's verifier takes no certificate that holds for 100 years")]
async fn added_root_is_trusted() {
    let (port, mut seen) = vendor(LOOPBACK).await;
    for host in ["127.0.0.1", "localhost"] {
        report(host, port, Some(own_root())).await.unwrap();
        let saw = seen.recv().await.unwrap();
        let Seen::Handshake(Some(request)) = saw else { panic!("{saw:?}") };
        assert!(request.contains(&format!("x-api-key: {KEY}\r\n")), "{request}");
    }
}
