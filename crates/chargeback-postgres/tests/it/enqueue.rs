//! Accepting events: in transactions of the application, from SQL, and at the same time.

use std::time::Duration;

use chargeback::outbox::{
    Enqueued, EventKey, LaneFilter, LaneState, Lease, OutboxStore as _, Owner, ReportSeq, SealError, Sealer,
};
use chargeback::{Chargeback, ProviderId, Stage, revcent, spade};
use chargeback_postgres::{EnqueueStatement, PgOutbox, PgStore};
use tokio_postgres::error::SqlState;

use crate::cases::case;
use crate::cluster::{Database, execute};
use crate::support::enqueue;

fn key(id: &str) -> EventKey {
    EventKey::new("test", "", id).unwrap()
}

async fn claim(store: &PgStore, vendor: &ProviderId) -> Vec<(String, ReportSeq, Chargeback)> {
    let owner = Owner::random();
    let lanes = store.claim(vendor, 100, Lease::new(&owner, Duration::from_secs(30))).await.unwrap();
    let read = |payload: &[u8]| serde_json::from_slice(payload).unwrap();
    lanes.iter().map(|lane| (lane.case_id.clone(), lane.head, read(&lane.payload))).collect()
}

#[tokio::test]
async fn event_is_accepted_if_the_transaction_commits() {
    let database = Database::new().await;
    let (store, mut client) = (database.store().await, database.client().await);
    let outbox = PgOutbox::new([revcent::ID, spade::ID]);
    let (first, second) = (case(1, Stage::Received, 3), case(2, Stage::Received, 3));

    let transaction = client.transaction().await.unwrap();
    assert!(matches!(outbox.enqueue_in(&transaction, &key("1"), &first).await.unwrap(), Enqueued::New { .. }));
    assert!(store.counts().await.unwrap().is_empty(), "visible before the commit");
    transaction.rollback().await.unwrap();
    assert!(store.list(&LaneFilter::all()).await.unwrap().is_empty());

    let transaction = client.transaction().await.unwrap();
    let Enqueued::New { seq } = outbox.enqueue_in(&transaction, &key("2"), &second).await.unwrap() else { panic!() };
    transaction.commit().await.unwrap();
    assert_eq!(outbox.enqueue_in(&client, &key("2"), &second).await.unwrap(), Enqueued::Duplicate { seq });
    assert_eq!(outbox.enqueue_in(&client, &key("2"), &first).await.unwrap(), Enqueued::Conflicting { seq });
    for vendor in [revcent::ID, spade::ID] {
        assert_eq!(claim(&store, &vendor).await, [(second.case_id().to_owned(), seq, second.clone())]);
    }
}

/// Without the lock of the case, the number that the first transaction has drawn would be below the head of the lane
/// when it commits, and its report would never be sent.
#[tokio::test]
async fn late_commit_is_not_skipped() {
    let database = Database::new().await;
    let (store, mut late) = (database.store().await, database.client().await);
    let outbox = PgOutbox::new([spade::ID]);
    let transaction = late.transaction().await.unwrap();
    let _ = outbox.enqueue_in(&transaction, &key("1"), &case(1, Stage::Received, 3)).await.unwrap();

    let other = database.client().await;
    let second = tokio::spawn({
        let outbox = outbox.clone();
        async move { outbox.enqueue_in(&other, &key("2"), &case(1, Stage::Won, 9)).await.unwrap() }
    });
    tokio::time::sleep(Duration::from_millis(300)).await;
    assert!(!second.is_finished(), "the second event of the case did not wait");
    transaction.commit().await.unwrap();
    second.await.unwrap();

    let claimed = claim(&store, &spade::ID).await;
    assert_eq!(claimed[0].2.stage(), Stage::Received);
    assert_eq!(store.list(&LaneFilter::all()).await.unwrap()[0].behind, 1);
}

#[tokio::test]
async fn transactions_with_several_cases_do_not_block_each_other() {
    let database = Database::new().await;
    let outbox = PgOutbox::new([revcent::ID, spade::ID]);
    let accept = async |round: usize, backwards: bool| {
        let mut client = database.client().await;
        let mut events: Vec<_> = (0..10)
            .map(|number| (key(&format!("{round}-{backwards}-{number}")), case(number, Stage::Received, 3)))
            .collect();
        if backwards {
            events.reverse();
        }
        let transaction = client.transaction().await.unwrap();
        let accepted = outbox.enqueue_all_in(&transaction, &events).await.unwrap();
        transaction.commit().await.unwrap();
        assert!(accepted.iter().all(|result| matches!(result, Enqueued::New { .. })));
    };
    for round in 0..10 {
        futures_util::future::join(accept(round, false), accept(round, true)).await;
    }
}

/// One event from 16 callers at the same time.
#[tokio::test]
async fn same_event_is_accepted_once_by_many_callers() {
    let database = Database::new().await;
    let store = database.store().await;
    for round in 0..20 {
        let (id, chargeback) = (round.to_string(), case(round, Stage::Received, 3));
        let vendors = [revcent::ID, spade::ID];
        let calls = (0..16).map(|_| enqueue(&store, &id, &chargeback, &vendors));
        let results = futures_util::future::join_all(calls).await;
        let new = results.iter().filter(|result| matches!(result, Enqueued::New { .. })).count();
        let repeated = results.iter().filter(|result| matches!(result, Enqueued::Duplicate { .. })).count();
        assert_eq!((new, repeated), (1, 15));
    }
}

/// In `REPEATABLE READ`, a transaction that began before another one accepted the case fails, and is run again.
#[tokio::test]
async fn repeatable_read_fails_with_a_serialization_failure() {
    let database = Database::new().await;
    let (client, other) = (database.client().await, database.client().await);
    let outbox = PgOutbox::new([spade::ID]);
    execute(&client, "BEGIN ISOLATION LEVEL REPEATABLE READ; SELECT 1 FROM chargeback.lane").await;
    let _ = outbox.enqueue_in(&other, &key("1"), &case(1, Stage::Received, 3)).await.unwrap();
    let statement = outbox.statement(&key("2"), &case(1, Stage::Won, 9)).unwrap();
    let error = run(&client, &statement).await.unwrap_err();
    assert_eq!(error.code(), Some(&SqlState::T_R_SERIALIZATION_FAILURE), "{error:?}");
    execute(&client, "ROLLBACK").await;
    let (result, _) = run(&client, &statement).await.unwrap();
    assert_eq!(result, "new");
}

async fn run(
    client: &tokio_postgres::Client,
    statement: &EnqueueStatement,
) -> Result<(String, Option<i64>), tokio_postgres::Error> {
    let row = client
        .query_one(
            &statement.sql,
            &[
                &statement.key,
                &statement.case_id,
                &statement.stage,
                &statement.occurred_at,
                &statement.payload,
                &statement.vendors,
                &statement.fingerprint,
            ],
        )
        .await?;
    Ok((row.get(0), row.get(1)))
}

/// A service in another language calls the function with the JSON of the chargeback.
#[tokio::test]
async fn other_languages_call_the_sql_function() {
    let database = Database::new().await;
    let (store, client) = (database.store().await, database.client().await);
    let chargeback = case(7, Stage::Received, 3);
    let json = serde_json::to_string(&chargeback).unwrap();
    let call = "SELECT result, seq FROM chargeback.enqueue_json( \
                chargeback.event_key('stripe', 'acct_1', 'evt/1'), $1, ARRAY['spade', 'revcent'])";
    let row = client.query_one(call, &[&json]).await.unwrap();
    assert_eq!(row.get::<_, &str>(0), "new");
    let seq = ReportSeq::new(row.get(1));
    // The crate recognises the event, by the same key and the same JSON.
    let repeated = PgOutbox::new([spade::ID, revcent::ID]);
    let key = EventKey::new("stripe", "acct_1", "evt/1").unwrap();
    assert_eq!(repeated.enqueue_in(&client, &key, &chargeback).await.unwrap(), Enqueued::Duplicate { seq });
    assert_eq!(claim(&store, &spade::ID).await, [(chargeback.case_id().to_owned(), seq, chargeback)]);
}

#[tokio::test]
async fn wrong_arguments_are_refused() {
    let database = Database::new().await;
    let client = database.client().await;
    for (arguments, text) in [
        ("'', 'CB-1', 'received', now(), '\\x7b7d', ARRAY['spade']", "event_key"),
        ("repeat('k', 256), 'CB-1', 'received', now(), '\\x7b7d', ARRAY['spade']", "event_key"),
        ("'k', '', 'received', now(), '\\x7b7d', ARRAY['spade']", "case_id"),
        ("'k', 'erased/1', 'received', now(), '\\x7b7d', ARRAY['spade']", "case_id"),
        ("'k', 'CB-1', 'recieved', now(), '\\x7b7d', ARRAY['spade']", "stage"),
        ("'k', 'CB-1', 'received', 'infinity', '\\x7b7d', ARRAY['spade']", "occurred_at"),
        ("'k', 'CB-1', 'received', now(), NULL, ARRAY['spade']", "payload"),
        ("'k', 'CB-1', 'received', now(), '\\x7b7d', ARRAY[]::text[]", "vendors"),
        ("'k', 'CB-1', 'received', now(), '\\x7b7d', ARRAY['spade', NULL]", "vendors"),
    ] {
        let call = format!("SELECT result FROM chargeback.enqueue({arguments})");
        let error = client.query(&call, &[]).await.unwrap_err();
        assert_eq!(error.code(), Some(&SqlState::INVALID_PARAMETER_VALUE), "{arguments}: {error:?}");
        assert!(error.as_db_error().unwrap().message().contains(text), "{arguments}: {error:?}");
    }
    assert!(database.store().await.list(&LaneFilter::all()).await.unwrap().is_empty());
}

/// A vendor that is named twice is one vendor.
#[tokio::test]
async fn vendor_is_accepted_once() {
    let database = Database::new().await;
    let (store, client) = (database.store().await, database.client().await);
    let outbox = PgOutbox::new([spade::ID, revcent::ID, spade::ID]);
    let _ = outbox.enqueue_in(&client, &key("1"), &case(1, Stage::Received, 3)).await.unwrap();
    let lanes = store.list(&LaneFilter::all()).await.unwrap();
    assert_eq!(lanes.len(), 2);
    assert!(lanes.iter().all(|lane| lane.state == LaneState::Ready));
}

/// Turns bytes round. Enough to show that the database has no readable payload.
#[derive(Debug)]
struct Turned;

impl Sealer for Turned {
    fn seal(&self, _: &str, payload: &[u8]) -> Result<Vec<u8>, SealError> {
        Ok(payload.iter().map(|byte| !byte).collect())
    }

    fn open(&self, _: &str, sealed: &[u8]) -> Result<Vec<u8>, SealError> {
        Ok(sealed.iter().map(|byte| !byte).collect())
    }
}

#[tokio::test]
async fn sealed_payload_is_recognised_and_not_readable() {
    let database = Database::new().await;
    let client = database.client().await;
    let (open, sealed) = (PgOutbox::new([spade::ID]), PgOutbox::new([spade::ID]).sealer(Turned));
    let chargeback = case(1, Stage::Received, 3);
    let Enqueued::New { seq } = sealed.enqueue_in(&client, &key("1"), &chargeback).await.unwrap() else { panic!() };
    let row = client.query_one("SELECT payload, digest FROM chargeback.report", &[]).await.unwrap();
    let (payload, digest): (Vec<u8>, Vec<u8>) = (row.get(0), row.get(1));
    assert!(!payload.windows(4).any(|bytes| bytes == b"CB-1"));
    assert_eq!(digest.len(), 32);
    // The fingerprint is that of the plain JSON.
    assert_eq!(open.enqueue_in(&client, &key("1"), &chargeback).await.unwrap(), Enqueued::Duplicate { seq });
}
