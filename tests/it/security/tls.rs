//! Certificate checks: chain, host name and expiry date. The certificates are in `tests/fixtures/tls`.

use std::sync::Arc;
use std::time::Duration;

use chargeback::transport::Transport;
use chargeback::{ChargebackProvider, Delivery, Error};
use tokio::net::TcpListener;
use tokio::sync::mpsc::{UnboundedReceiver, unbounded_channel};
use tokio_rustls::TlsAcceptor;
use tokio_rustls::rustls::crypto::aws_lc_rs;
use tokio_rustls::rustls::pki_types::pem::PemObject;
use tokio_rustls::rustls::pki_types::{CertificateDer, PrivateKeyDer};
use tokio_rustls::rustls::{self, ServerConfig};

use super::{KEY, once, received, spade};
use crate::support::loopback_server::{http_ok, read_request, send_reply};
use crate::support::sockets::{SocketTransport, on_each_transport};
use crate::support::{error_chain, kind};

const ROOT: &[u8] = include_bytes!("../../fixtures/tls/ca.pem");
const LOOPBACK: &[u8] = include_bytes!("../../fixtures/tls/loopback.pem");
const ELSEWHERE: &[u8] = include_bytes!("../../fixtures/tls/elsewhere.pem");
const EXPIRED: &[u8] = include_bytes!("../../fixtures/tls/expired.pem");
const SERVER_KEY: &[u8] = include_bytes!("../../fixtures/tls/server.key");

on_each_transport!(; tls:
    untrusted_root_is_rejected,
    certificate_for_another_host_is_rejected,
    expired_certificate_is_rejected,
    #[cfg_attr(target_vendor = "apple", ignore = "Apple's verifier rejects certificates that are valid for 100 years")]
    added_root_is_trusted,
);

/// One connection from the view of the server.
#[derive(Debug)]
enum Connection {
    /// The handshake failed, so no request data arrived.
    NoHandshake(rustls::Error),
    /// The request, if there was one.
    Handshake(Option<String>),
}

/// Starts a TLS server with this certificate that replies to every request, and returns its connections.
async fn vendor(certificate: &[u8]) -> (u16, UnboundedReceiver<Connection>) {
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
    let (sender, connections) = unbounded_channel();
    tokio::spawn(async move {
        while let Ok((stream, _)) = listener.accept().await {
            let connection = match acceptor.accept(stream).await {
                Ok(mut stream) => {
                    let request = read_request(&mut stream).await;
                    send_reply(stream, http_ok("{}")).await;
                    Connection::Handshake(request)
                }
                Err(error) => Connection::NoHandshake(error.downcast().expect("a TLS error")),
            };
            let _ = sender.send(connection);
        }
    });
    (port, connections)
}

fn without_root<T: SocketTransport>() -> T {
    T::with_connect(Duration::from_secs(5))
}

fn added_root<T: SocketTransport>() -> T {
    T::build(Duration::from_secs(5), &[ROOT]).unwrap()
}

/// Reports through the given transport.
async fn report(host: &str, port: u16, transport: impl Transport) -> Result<(), Error> {
    let provider = once(spade(Some(&format!("https://{host}:{port}")))).transport(transport).build().unwrap();
    provider.report(&received()).await.map(drop)
}

/// Checks that nothing was sent, that the error states this, and that the client ended the handshake.
async fn check_rejected(certificate: &[u8], transport: impl Transport) {
    let (port, mut connections) = vendor(certificate).await;
    let error = report("127.0.0.1", port, transport).await.unwrap_err();
    assert_eq!((kind(&error), error.delivery(), error.attempts()), ("transport", Delivery::NotSent, 1), "{error}");
    let error_chain = error_chain(&error);
    assert!(error_chain.contains("certificate") && !error_chain.contains(KEY), "{error_chain}");
    let connection = connections.recv().await.unwrap();
    assert!(matches!(connection, Connection::NoHandshake(rustls::Error::AlertReceived(_))), "{connection:?}");
}

async fn untrusted_root_is_rejected<T: SocketTransport>() {
    check_rejected(LOOPBACK, without_root::<T>()).await;
}

async fn certificate_for_another_host_is_rejected<T: SocketTransport>() {
    check_rejected(ELSEWHERE, added_root::<T>()).await;
}

async fn expired_certificate_is_rejected<T: SocketTransport>() {
    check_rejected(EXPIRED, added_root::<T>()).await;
}

/// Proves that the other tests fail because of the certificate and for no other reason.
async fn added_root_is_trusted<T: SocketTransport>() {
    let (port, mut connections) = vendor(LOOPBACK).await;
    for host in ["127.0.0.1", "localhost"] {
        report(host, port, added_root::<T>()).await.unwrap();
        let connection = connections.recv().await.unwrap();
        let Connection::Handshake(Some(request)) = connection else { panic!("{connection:?}") };
        assert!(request.contains(&format!("x-api-key: {KEY}\r\n")), "{request}");
    }
}
