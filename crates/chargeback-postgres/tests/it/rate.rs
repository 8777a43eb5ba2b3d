//! Rate limits that several workers share.

use std::time::{Duration, Instant};

use chargeback::outbox::{Lease, OutboxStore as _, Owner};
use chargeback::{RateLimit, Stage, revcent, spade};
use chargeback_postgres::{PgStore, RateScope};

use crate::cases::case;
use crate::cluster::Database;
use crate::support::enqueue;

async fn claim(store: &PgStore, limit: usize) -> usize {
    let owner = Owner::random();
    store.claim(&spade::ID, limit, Lease::new(&owner, Duration::from_secs(60))).await.unwrap().len()
}

async fn limited(database: &Database, scope: RateScope) -> PgStore {
    // 5 at once, then one each 100 / 45 seconds.
    let limit = RateLimit::new(50, Duration::from_secs(100));
    // A job of the queue ends a wait early.
    database.builder().queue(false).rate_limit(spade::ID, limit, scope).connect().await.unwrap()
}

#[tokio::test]
async fn workers_share_a_limit() {
    let database = Database::new().await;
    let (first, second) =
        (limited(&database, RateScope::cluster()).await, limited(&database, RateScope::cluster()).await);
    let elsewhere = limited(&database, RateScope::named("elsewhere")).await;
    for number in 0..30 {
        enqueue(&first, &number.to_string(), &case(number, Stage::Received, 3), &[spade::ID, revcent::ID]).await;
    }
    assert_eq!(claim(&first, 3).await, 3);
    assert_eq!(claim(&second, 16).await, 2);
    assert_eq!((claim(&first, 16).await, claim(&second, 16).await), (0, 0));
    assert_eq!(claim(&elsewhere, 16).await, 5, "another scope has a limit of its own");
    let owner = Owner::random();
    let others = first.claim(&revcent::ID, 16, Lease::new(&owner, Duration::from_secs(60))).await.unwrap();
    assert_eq!(others.len(), 16, "the limit belongs to one vendor");

    // The next report after the burst.
    let start = Instant::now();
    first.wait_until_due(&[spade::ID]).await.unwrap();
    assert!(start.elapsed() > Duration::from_millis(1500), "{:?}", start.elapsed());
    assert_eq!(claim(&second, 16).await, 1);
    assert_eq!(claim(&first, 16).await, 0);
}

/// The reports of one case count too, so a finished report does not take the next one with it.
#[tokio::test]
async fn next_report_of_a_case_counts() {
    use chargeback::outbox::Finished;
    let database = Database::new().await;
    let store = limited(&database, RateScope::cluster()).await;
    for (stage, day) in [(Stage::Received, 3), (Stage::Won, 9)] {
        enqueue(&store, stage.as_str(), &case(1, stage, day), &[spade::ID]).await;
    }
    let owner = Owner::random();
    let lease = Lease::new(&owner, Duration::from_secs(60));
    let lane = store.claim(&spade::ID, 1, lease).await.unwrap().remove(0);
    let done =
        Finished::acknowledged(chargeback::lifecycle::ReportedStage::for_chargeback(&case(1, Stage::Received, 3)));
    assert!(store.finish(&lane, done, lease, true).await.unwrap().is_none());
    assert_eq!(claim(&store, 1).await, 1);
}
