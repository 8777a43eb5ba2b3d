//! TLS to the server. The certificates are in `tests/fixtures/tls`.

use chargeback::outbox::{OutboxStore as _, StoreError};
use chargeback::{Stage, spade};
use chargeback_postgres::PgStore;

use crate::cases::case;
use crate::cluster::Server;
use crate::support::enqueue;

const ROOT: &[u8] = include_bytes!("../../../../tests/fixtures/tls/ca.pem");
const LOOPBACK: &[u8] = include_bytes!("../../../../tests/fixtures/tls/loopback.pem");
const ELSEWHERE: &[u8] = include_bytes!("../../../../tests/fixtures/tls/elsewhere.pem");
const EXPIRED: &[u8] = include_bytes!("../../../../tests/fixtures/tls/expired.pem");
const KEY: &[u8] = include_bytes!("../../../../tests/fixtures/tls/server.key");

async fn server(certificate: &'static [u8]) -> Server {
    tokio::task::spawn_blocking(move || {
        let mut server = Server::start("");
        server.write("server.crt", certificate);
        server.write("server.key", KEY);
        server.stop();
        server.set_options("-c ssl=on");
        server.start_again();
        server
    })
    .await
    .unwrap()
}

fn url(server: &Server, mode: &str) -> String {
    format!("{}?sslmode={mode}", server.url("postgres").replace("127.0.0.1", "localhost"))
}

#[tokio::test]
async fn store_and_queue_use_tls_with_an_own_root() {
    let server = server(LOOPBACK).await;
    let builder = PgStore::builder(&url(&server, "require")).unwrap().root_certificates(ROOT);
    builder.migrate().await.unwrap();
    let store = builder.connect().await.unwrap();
    enqueue(&store, "1", &case(1, Stage::Received, 3), &[spade::ID]).await;
    store.wait_until_due(&[spade::ID]).await.unwrap();
    let start = std::time::Instant::now();
    while !store.queue_is_running() {
        assert!(start.elapsed().as_secs() < 20, "the queue did not start");
        tokio::time::sleep(std::time::Duration::from_millis(20)).await;
    }
    let client = crate::cluster::client(&server.url("postgres")).await;
    let plain = "SELECT count(*) FILTER (WHERE NOT ssl), count(*) FROM pg_stat_ssl JOIN pg_stat_activity USING (pid) \
                 WHERE application_name = 'chargeback'";
    let row = client.query_one(plain, &[]).await.unwrap();
    assert_eq!(row.get::<_, i64>(0), 0, "a connection without TLS");
    assert!(row.get::<_, i64>(1) >= 2);
    store.close().await;
}

#[tokio::test]
async fn wrong_certificates_are_refused() {
    for (certificate, trusts) in [(ELSEWHERE, true), (EXPIRED, true), (LOOPBACK, false)] {
        let server = server(certificate).await;
        for mode in ["require", "prefer"] {
            let builder = PgStore::builder(&url(&server, mode)).unwrap();
            let builder = if trusts { builder.root_certificates(ROOT) } else { builder };
            let error = builder.connect().await.unwrap_err();
            assert!(matches!(error, StoreError::Unavailable(_)), "{mode}: {error:?}");
        }
    }
}

#[tokio::test]
async fn required_tls_does_not_fall_back() {
    let server = tokio::task::spawn_blocking(|| Server::start("")).await.unwrap();
    let required = PgStore::builder(&url(&server, "require")).unwrap().root_certificates(ROOT);
    assert!(matches!(required.migrate().await.unwrap_err(), StoreError::Unavailable(_)));
    PgStore::builder(&url(&server, "prefer")).unwrap().migrate().await.unwrap();
    let invalid = PgStore::builder(&url(&server, "require")).unwrap().root_certificates("no PEM");
    assert!(matches!(invalid.connect().await.unwrap_err(), StoreError::Unusable(_)));
}
