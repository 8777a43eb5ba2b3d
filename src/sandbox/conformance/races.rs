//! Checks with many tasks at a time.

use std::collections::HashSet;
use std::time::Duration;

use futures_util::future::{join, join_all};

use super::factory::StoreFactory;
use super::probe::{A, Checked, LEASE, Probe, chargeback, enqueue, ensure, key, stage_of, text};
use crate::model::Stage;
use crate::outbox::{Lease, OutboxStore as _, Owner};

pub(super) async fn wait_ends_when_a_report_is_accepted<F: StoreFactory>(probe: &mut Probe<'_, F>) -> Checked {
    let store = probe.store.clone();
    let waiting = async { store.wait_until_due(&[A]).await.map_err(text) };
    let accepting = async {
        tokio::task::yield_now().await;
        probe.accept("CB-1", Stage::Received, &[A]).await
    };
    let ended = tokio::time::timeout(Duration::from_secs(30), join(waiting, accepting)).await;
    let (waited, accepted) = ended.map_err(|_| "the wait did not end within 30 s".to_owned())?;
    waited?;
    accepted?;
    // A lane that is due already ends the wait at once.
    let ended = tokio::time::timeout(Duration::from_secs(30), probe.store.wait_until_due(&[A])).await;
    ended.map_err(|_| "a due lane did not end the wait".to_owned())?.map_err(text)
}

/// 100 rounds of 100 claims at a time for 20 lanes.
pub(super) async fn lane_is_leased_once_in_many_races<F: StoreFactory>(probe: &mut Probe<'_, F>) -> Checked {
    for number in 0..20 {
        probe.accept(&format!("CB-{number}"), Stage::Received, &[A]).await?;
    }
    let vendor = A;
    for round in 0..100 {
        let owners: Vec<_> = (0..100).map(|_| Owner::random()).collect();
        let claims = owners.iter().map(|owner| probe.store.claim(&vendor, 3, Lease::new(owner, LEASE)));
        let (mut held, mut count) = (HashSet::new(), 0);
        for claimed in join_all(claims).await {
            for lane in claimed.map_err(text)? {
                count += 1;
                ensure!(held.insert(lane.id), "round {round}: a lane was leased twice");
                let released = crate::outbox::Finished::released();
                if count % 2 == 0 {
                    probe.finish(&lane, released).await.map_err(text)?;
                    held.remove(&lane.id);
                }
            }
        }
        ensure!(count >= 20 - held.len(), "round {round}: only {count} lanes were leased");
        probe.clock.advance(LEASE);
        let owner = Owner::random();
        for lane in probe.store.claim(&A, 50, Lease::new(&owner, LEASE)).await.map_err(text)? {
            probe.acknowledge(&lane).await.map_err(text)?;
        }
        probe.nothing_due(&A).await?;
        for number in 0..20 {
            probe.accept(&format!("CB-{number}-{round}"), Stage::Received, &[A]).await?;
        }
    }
    Ok(())
}

/// 64 callers accept events of one case at the same time.
pub(super) async fn order_of_a_case_under_many_callers<F: StoreFactory>(probe: &mut Probe<'_, F>) -> Checked {
    let store = &probe.store;
    let accept = async |number: usize| {
        let stage = Stage::ALL[number % Stage::ALL.len()];
        let key = key(&format!("caller-{number}"))?;
        enqueue(store, &key, &chargeback("CB-1", stage)?, &[A]).await.map_err(text)
    };
    for accepted in join_all((0..64).map(accept)).await {
        accepted?;
    }
    let mut last = None;
    for number in 0..64 {
        let lane = probe.claim(&A, &Owner::random()).await.map_err(|error| format!("report {number}: {error}"))?;
        ensure!(last.is_none_or(|last| last < lane.head), "report {} came after a later one", lane.head);
        ensure!(stage_of(&lane).stage.as_str() != "", "no stage");
        last = Some(lane.head);
        probe.acknowledge(&lane).await.map_err(text)?;
    }
    probe.nothing_due(&A).await
}
