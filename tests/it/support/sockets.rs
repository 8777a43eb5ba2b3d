//! The transports over sockets. Every test of sockets runs on each of them.

use std::time::Duration;

use chargeback::ConfigurationError;
#[cfg(feature = "reqwest")]
use chargeback::transport::HttpTransport;
#[cfg(feature = "hyper")]
use chargeback::transport::HyperTransport;
use chargeback::transport::Transport;

/// A transport of the crate that opens sockets.
pub trait SocketTransport: Transport + Clone {
    /// The module that `on_each_transport` creates.
    const NAME: &'static str;
    /// True if the transport refuses an address that a URL parser would change.
    const REFUSES_CHANGED: bool;

    fn build(connect: Duration, roots: &[&[u8]]) -> Result<Self, ConfigurationError>;

    fn with_connect(connect: Duration) -> Self {
        Self::build(connect, &[]).unwrap()
    }
}

#[cfg(feature = "reqwest")]
impl SocketTransport for HttpTransport {
    const NAME: &'static str = "over_reqwest";
    const REFUSES_CHANGED: bool = true;

    fn build(connect: Duration, roots: &[&[u8]]) -> Result<Self, ConfigurationError> {
        let builder = Self::builder().connect_timeout(connect);
        #[cfg(feature = "rustls")]
        let builder = roots.iter().fold(builder, |builder, root| builder.root_certificates(root));
        #[cfg(not(feature = "rustls"))]
        assert!(roots.is_empty(), "no TLS");
        builder.build()
    }
}

#[cfg(feature = "hyper")]
impl SocketTransport for HyperTransport {
    const NAME: &'static str = "over_hyper";
    const REFUSES_CHANGED: bool = false;

    fn build(connect: Duration, roots: &[&[u8]]) -> Result<Self, ConfigurationError> {
        let builder = Self::builder().connect_timeout(connect);
        roots.iter().fold(builder, |builder, root| builder.root_certificates(root)).build()
    }
}

/// Runs each function once for each transport. The functions after `tls:` need TLS, which reqwest may lack.
macro_rules! on_each_transport {
    ($( $(#[$meta:meta])* $test:ident ),* $(,)? $(; tls: $( $(#[$tls_meta:meta])* $tls:ident ),+ $(,)?)?) => {
        #[cfg(feature = "reqwest")]
        mod over_reqwest {
            use chargeback::transport::HttpTransport;

            $(
                $(#[$meta])*
                #[tokio::test]
                async fn $test() {
                    super::$test::<HttpTransport>().await;
                }
            )*
            $($(
                $(#[$tls_meta])*
                #[cfg(feature = "rustls")]
                #[tokio::test]
                async fn $tls() {
                    super::$tls::<HttpTransport>().await;
                }
            )+)?
        }

        #[cfg(feature = "hyper")]
        mod over_hyper {
            use chargeback::transport::HyperTransport;

            $(
                $(#[$meta])*
                #[tokio::test]
                async fn $test() {
                    super::$test::<HyperTransport>().await;
                }
            )*
            $($(
                $(#[$tls_meta])*
                #[tokio::test]
                async fn $tls() {
                    super::$tls::<HyperTransport>().await;
                }
            )+)?
        }
    };
}
pub(crate) use on_each_transport;
