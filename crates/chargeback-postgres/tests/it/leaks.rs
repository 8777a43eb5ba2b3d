//! No key, password or case id in texts that reach logs.

use std::error::Error;
use std::fmt::Write as _;
use std::sync::{Arc, Mutex};
use std::time::Duration;

use chargeback::outbox::{Finished, Lease, OutboxStore as _, Owner, StoreError, WaitReason};
use chargeback::{Stage, spade};
use chargeback_postgres::{PgOutbox, PgStore};

use crate::cases::case;
use crate::cluster::{Database, execute};
use crate::support::enqueue;

fn chain(error: &dyn Error) -> String {
    let mut text = format!("{error:?}");
    let mut next: Option<&dyn Error> = Some(error);
    while let Some(error) = next {
        let _ = write!(text, " {error} {error:?}");
        next = error.source();
    }
    text
}

#[derive(Clone, Default)]
struct Log(Arc<Mutex<Vec<u8>>>);

impl std::io::Write for Log {
    fn write(&mut self, bytes: &[u8]) -> std::io::Result<usize> {
        self.0.lock().unwrap().extend_from_slice(bytes);
        Ok(bytes.len())
    }

    fn flush(&mut self) -> std::io::Result<()> {
        Ok(())
    }
}

#[tokio::test]
async fn errors_and_debug_show_no_values() {
    let log = Log::default();
    let writer = log.clone();
    let subscriber = tracing_subscriber::fmt().with_writer(move || writer.clone());
    let subscriber = subscriber.with_max_level(tracing_subscriber::filter::LevelFilter::DEBUG).finish();
    let _guard = tracing::subscriber::set_default(subscriber);
    let database = Database::new().await;
    let (store, client) = (database.store().await, database.client().await);
    let planted = case(471_147_114_711, Stage::Received, 3);
    enqueue(&store, "planted-key", &planted, &[spade::ID]).await;
    let outbox = PgOutbox::new([spade::ID]);
    let key = chargeback::outbox::EventKey::new("test", "", "planted-key").unwrap();
    let mut texts = vec![
        format!("{:?}", outbox.statement(&key, &planted).unwrap()),
        format!("{outbox:?} {store:?} {:?}", database.builder()),
    ];
    let secret = PgStore::builder("postgres://app:hunter2@127.0.0.1:1/shop").unwrap();
    texts.push(format!("{secret:?}"));
    texts.push(chain(&secret.connect().await.unwrap_err()));
    texts.push(chain(&PgStore::builder("postgres://app:hunter2@").map(|_| ()).err().unwrap_or(StoreError::NotFound)));

    // The server's own texts contain values of rows.
    execute(&client, "ALTER TABLE chargeback.lane ADD CONSTRAINT broken CHECK (vendor_case IS NULL)").await;
    execute(&client, "ALTER TABLE chargeback.history ADD CONSTRAINT broken CHECK (case_id = '') NOT VALID").await;
    let owner = Owner::random();
    let lease = Lease::new(&owner, Duration::from_secs(30));
    let lane = store.claim(&spade::ID, 1, lease).await.unwrap().remove(0);
    texts.push(format!("{lane:?}"));
    let found = Finished::wait(WaitReason::LookUp, Duration::ZERO).vendor_case(Some("planted-id".to_owned()));
    texts.push(chain(&store.finish(&lane, found, lease, false).await.unwrap_err()));
    let stage = chargeback::lifecycle::ReportedStage::for_chargeback(&planted);
    texts.push(chain(&store.finish(&lane, Finished::acknowledged(stage), lease, false).await.unwrap_err()));
    texts.push(String::from_utf8(log.0.lock().unwrap().clone()).unwrap());
    for text in texts {
        for word in ["hunter2", "471147114711", "planted-key", "planted-id"] {
            assert!(!text.contains(word), "{word} in {text}");
        }
    }
}

/// A zero byte, which a text of the server cannot have, does not block a lane.
#[tokio::test]
async fn zero_bytes_do_not_block_a_lane() {
    let database = Database::new().await;
    let store = database.store().await;
    enqueue(&store, "1", &case(1, Stage::Received, 3), &[spade::ID]).await;
    let owner = Owner::random();
    let lease = Lease::new(&owner, Duration::from_secs(30));
    let lane = store.claim(&spade::ID, 1, lease).await.unwrap().remove(0);
    let found = Finished::wait(WaitReason::LookUp, Duration::ZERO).vendor_case(Some("a\0b".to_owned()));
    store.finish(&lane, found, lease, false).await.unwrap();
    let lane = store.claim(&spade::ID, 1, lease).await.unwrap().remove(0);
    assert_eq!(lane.entry.vendor_case.as_deref(), Some("a\u{fffd}b"));
}

/// After `erase`, no table of the outbox or of the queue has a word of the case.
#[tokio::test]
async fn erased_case_leaves_no_word_in_any_table() {
    let database = Database::new().await;
    let (store, client) = (database.store().await, database.client().await);
    let planted = case(471_147_114_711, Stage::Received, 3);
    enqueue(&store, "planted-key", &planted, &[spade::ID]).await;
    let owner = Owner::random();
    let lease = Lease::new(&owner, Duration::from_secs(30));
    let lane = store.claim(&spade::ID, 1, lease).await.unwrap().remove(0);
    let stage = chargeback::lifecycle::ReportedStage::for_chargeback(&planted);
    let done = Finished::acknowledged(stage).vendor_case(Some("planted-id".to_owned()));
    store.finish(&lane, done, lease, false).await.unwrap();
    let words = async || {
        let tables = "SELECT format('%I.%I', schemaname, tablename) FROM pg_tables WHERE schemaname LIKE 'chargeback%'";
        let mut found = Vec::new();
        for row in client.query(tables, &[]).await.unwrap() {
            let table: String = row.get(0);
            let count = format!(
                "SELECT count(*) FROM {table} t WHERE t::text ~ '471147114711|planted' \
                 OR t::text LIKE '%' || encode('471147114711'::bytea, 'hex') || '%'"
            );
            let count: i64 = client.query_one(&count, &[]).await.unwrap().get(0);
            found.extend((count > 0).then_some(table));
        }
        found
    };
    assert!(words().await.len() >= 3, "the search finds nothing");
    assert!(store.erase("CB-471147114711").await.unwrap());
    assert_eq!(words().await, Vec::<String>::new());
}
