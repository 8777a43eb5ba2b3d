//! Connections to the server.

use std::pin::Pin;
use std::time::Duration;

use chargeback::outbox::StoreError;
use deadpool_postgres::{Connect, Hook, HookError, Manager, ManagerConfig, Pool, RecyclingMethod, Timeouts};
use tokio::task::JoinHandle;
use tokio_postgres::config::SslMode;
use tokio_postgres::{AsyncMessage, Client, Config, NoTls};

/// The longest wait for a new connection or a free one.
const CONNECT: Duration = Duration::from_secs(5);

/// The time after which sent data that the server's machine has not confirmed ends a connection.
const UNREACHABLE: Duration = Duration::from_secs(15);

/// TLS to the server.
#[derive(Clone)]
pub(crate) enum Tls {
    None,
    #[cfg(feature = "rustls")]
    Rustls(tokio_postgres_rustls::MakeRustlsConnect),
}

/// Makes connections.
#[derive(Clone)]
pub(crate) struct Connector {
    pub(crate) config: Config,
    pub(crate) tls: Tls,
}

impl Connector {
    /// Creates the connector for a configuration. `roots` are PEM certificates; without them, the roots of the
    /// operating system are used.
    pub(crate) fn new(mut config: Config, roots: Option<&[u8]>) -> Result<Self, StoreError> {
        if config.get_connect_timeout().is_none() {
            config.connect_timeout(CONNECT);
        }
        config.keepalives_idle(UNREACHABLE);
        // A server that is not reachable any more ends a call after this time, also in the middle of a connection.
        if config.get_tcp_user_timeout().is_none() {
            config.tcp_user_timeout(UNREACHABLE);
        }
        if config.get_application_name().is_none() {
            config.application_name("chargeback");
        }
        let tls = if config.get_ssl_mode() == SslMode::Disable { Tls::None } else { tls(&config, roots)? };
        Ok(Self { config, tls })
    }

    /// Connects, and passes each notification to `notified`. The task ends when the connection ends.
    pub(crate) async fn listen(
        &self,
        notified: impl Fn(tokio_postgres::Notification) -> bool + Send + 'static,
    ) -> Result<(Client, JoinHandle<()>), tokio_postgres::Error> {
        match &self.tls {
            Tls::None => {
                let (client, connection) = self.config.connect(NoTls).await?;
                Ok((client, tokio::spawn(drive(connection, notified))))
            }
            #[cfg(feature = "rustls")]
            Tls::Rustls(tls) => {
                let (client, connection) = self.config.connect(tls.clone()).await?;
                Ok((client, tokio::spawn(drive(connection, notified))))
            }
        }
    }

    /// Creates a pool of connections with these settings of the session.
    pub(crate) fn pool(&self, size: usize, session: String) -> Result<Pool, StoreError> {
        let manager = ManagerConfig { recycling_method: RecyclingMethod::Fast };
        let manager = Manager::from_connect(self.config.clone(), self.clone(), manager);
        let timeouts = Timeouts { wait: Some(CONNECT), create: Some(CONNECT), recycle: Some(CONNECT) };
        let settings = Hook::async_fn(move |client, _| {
            let session = session.clone();
            Box::pin(async move { client.batch_execute(&session).await.map_err(HookError::Backend) })
        });
        let pool = Pool::builder(manager).max_size(size).timeouts(timeouts).post_create(settings);
        pool.runtime(deadpool_postgres::Runtime::Tokio1)
            .build()
            .map_err(|_| StoreError::Unusable("the pool of connections cannot be built".into()))
    }
}

impl Connect for Connector {
    fn connect(
        &self,
        _: &Config,
    ) -> Pin<Box<dyn Future<Output = Result<(Client, JoinHandle<()>), tokio_postgres::Error>> + Send + '_>> {
        Box::pin(self.listen(|_| true))
    }
}

/// Drives a connection until it ends, or until `notified` returns false.
async fn drive<S, T>(
    mut connection: tokio_postgres::Connection<S, T>,
    notified: impl Fn(tokio_postgres::Notification) -> bool,
) where
    S: tokio::io::AsyncRead + tokio::io::AsyncWrite + Unpin,
    T: tokio::io::AsyncRead + tokio::io::AsyncWrite + Unpin,
{
    while let Some(Ok(message)) = std::future::poll_fn(|context| connection.poll_message(context)).await {
        if let AsyncMessage::Notification(notification) = message
            && !notified(notification)
        {
            return;
        }
    }
}

#[cfg(feature = "rustls")]
fn tls(_: &Config, roots: Option<&[u8]>) -> Result<Tls, StoreError> {
    use std::sync::Arc;

    use rustls::pki_types::CertificateDer;
    use rustls::pki_types::pem::PemObject as _;
    use rustls::{ClientConfig, RootCertStore};
    use rustls_platform_verifier::BuilderVerifierExt as _;

    let failed = |_| StoreError::Unusable("TLS cannot be set up".into());
    let provider = Arc::new(rustls::crypto::aws_lc_rs::default_provider());
    let builder = ClientConfig::builder_with_provider(provider).with_safe_default_protocol_versions();
    let builder = builder.map_err(failed)?;
    let config = if let Some(pem) = roots {
        let invalid = || StoreError::Unusable("the root certificates are not PEM".into());
        let mut store = RootCertStore::empty();
        for certificate in CertificateDer::pem_slice_iter(pem) {
            store.add(certificate.map_err(|_| invalid())?).map_err(|_| invalid())?;
        }
        if store.is_empty() {
            return Err(invalid());
        }
        builder.with_root_certificates(store).with_no_client_auth()
    } else {
        builder.with_platform_verifier().map_err(failed)?.with_no_client_auth()
    };
    Ok(Tls::Rustls(tokio_postgres_rustls::MakeRustlsConnect::new(config)))
}

#[cfg(not(feature = "rustls"))]
fn tls(config: &Config, roots: Option<&[u8]>) -> Result<Tls, StoreError> {
    if config.get_ssl_mode() == SslMode::Require || roots.is_some() {
        return Err(StoreError::Unusable("TLS needs the feature `rustls` of chargeback-postgres".into()));
    }
    Ok(Tls::None)
}
