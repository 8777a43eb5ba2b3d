//! Checks of accepting, claiming, marking and finishing.

use std::time::Duration;

use super::factory::StoreFactory;
use super::probe::{A, B, Checked, LEASE, Probe, chargeback, enqueue, ensure, fenced, key, stage_of, text};
use crate::model::Stage;
use crate::outbox::{
    Enqueued, Finished, LaneState, Lease, MarkChange, NewReport, OutboxStore as _, Owner, PassedAs, Resend, WaitReason,
};

pub(super) async fn accepted_report_is_durable<F: StoreFactory>(probe: &mut Probe<'_, F>) -> Checked {
    probe.accept("CB-1", Stage::Received, &[A, B]).await?;
    probe.reopen().await;
    for vendor in [A, B] {
        let lane = probe.claim(&vendor, &Owner::random()).await?;
        ensure!(stage_of(&lane).stage == Stage::Received, "another payload");
    }
    Ok(())
}

pub(super) async fn payload_is_returned_byte_by_byte<F: StoreFactory>(probe: &mut Probe<'_, F>) -> Checked {
    let bytes: Vec<u8> = (0..=255).collect();
    let (chargeback, key, vendors) = (chargeback("CB-1", Stage::Received)?, key("1")?, [A]);
    let report = NewReport::new(&key, &chargeback, b"{}", &vendors).sealed(&bytes);
    probe.store.enqueue(report).await.map_err(text)?;
    probe.reopen().await;
    let lane = probe.claim(&A, &Owner::random()).await?;
    ensure!(lane.payload == bytes, "the payload changed");
    ensure!(lane.case_id == "CB-1" && lane.attempts == 0 && !lane.was_in_doubt, "the lane has other values");
    Ok(())
}

pub(super) async fn same_key_is_accepted_once<F: StoreFactory>(probe: &mut Probe<'_, F>) -> Checked {
    let (key, chargeback) = (key("1")?, chargeback("CB-1", Stage::Received)?);
    let Enqueued::New { seq } = enqueue(&probe.store, &key, &chargeback, &[A]).await.map_err(text)? else {
        return Err("the first event was not accepted".to_owned());
    };
    probe.reopen().await;
    let again = enqueue(&probe.store, &key, &chargeback, &[A]).await.map_err(text)?;
    ensure!(again == Enqueued::Duplicate { seq }, "the repeated event gave {again:?}");
    let lane = probe.claim(&A, &Owner::random()).await?;
    probe.acknowledge(&lane).await.map_err(text)?;
    probe.nothing_due(&A).await
}

pub(super) async fn other_bytes_with_the_same_key_conflict<F: StoreFactory>(probe: &mut Probe<'_, F>) -> Checked {
    let key = key("1")?;
    enqueue(&probe.store, &key, &chargeback("CB-1", Stage::Received)?, &[A]).await.map_err(text)?;
    for other in [chargeback("CB-1", Stage::Won)?, chargeback("CB-2", Stage::Received)?] {
        let result = enqueue(&probe.store, &key, &other, &[A]).await.map_err(text)?;
        ensure!(matches!(result, Enqueued::Conflicting { .. }), "the other event gave {result:?}");
    }
    let lane = probe.claim(&A, &Owner::random()).await?;
    ensure!(stage_of(&lane).stage == Stage::Received, "the payload was replaced");
    Ok(())
}

pub(super) async fn reports_of_a_case_are_claimed_in_order<F: StoreFactory>(probe: &mut Probe<'_, F>) -> Checked {
    let stages = [Stage::Received, Stage::Contested, Stage::Won];
    for stage in stages {
        probe.accept("CB-1", stage, &[A]).await?;
    }
    for stage in stages {
        let lane = probe.claim(&A, &Owner::random()).await?;
        ensure!(stage_of(&lane).stage == stage, "{} came before {stage}", stage_of(&lane).stage);
        probe.nothing_due(&A).await?;
        probe.acknowledge(&lane).await.map_err(text)?;
    }
    probe.nothing_due(&A).await
}

/// A deployment that adds a vendor has enqueuers with different vendors.
pub(super) async fn vendor_sets_are_independent<F: StoreFactory>(probe: &mut Probe<'_, F>) -> Checked {
    probe.accept("CB-1", Stage::Received, &[A]).await?;
    probe.accept("CB-1", Stage::Contested, &[A, B]).await?;
    probe.accept("CB-1", Stage::Won, &[B]).await?;
    for stage in [Stage::Received, Stage::Contested] {
        let lane = probe.claim(&A, &Owner::random()).await?;
        ensure!(stage_of(&lane).stage == stage, "vendor a got {} before {stage}", stage_of(&lane).stage);
        probe.acknowledge(&lane).await.map_err(text)?;
    }
    probe.nothing_due(&A).await?;
    probe.clock.advance(Duration::from_secs(24 * 3600));
    probe.store.sweep(Duration::ZERO, Duration::from_secs(3600 * 24 * 400)).await.map_err(text)?;
    for stage in [Stage::Contested, Stage::Won] {
        let lane = probe.claim(&B, &Owner::random()).await?;
        ensure!(stage_of(&lane).stage == stage, "vendor b got {} before {stage}", stage_of(&lane).stage);
        probe.acknowledge(&lane).await.map_err(text)?;
    }
    probe.nothing_due(&B).await
}

pub(super) async fn claim_takes_due_lanes_only<F: StoreFactory>(probe: &mut Probe<'_, F>) -> Checked {
    probe.accept("CB-1", Stage::Received, &[A]).await?;
    let lane = probe.claim(&A, &Owner::random()).await?;
    let wait = Finished::wait(WaitReason::Retry, Duration::from_secs(100)).attempt();
    probe.finish(&lane, wait).await.map_err(text)?;
    probe.clock.advance(Duration::from_secs(99));
    probe.nothing_due(&A).await?;
    probe.clock.advance(Duration::from_secs(1));
    probe.claim(&A, &Owner::random()).await.map(|_| ())
}

pub(super) async fn claim_takes_at_most_the_limit<F: StoreFactory>(probe: &mut Probe<'_, F>) -> Checked {
    for number in 0..5 {
        probe.accept(&format!("CB-{number}"), Stage::Received, &[A]).await?;
    }
    for expected in [2, 2, 1] {
        let owner = Owner::random();
        let lanes = probe.store.claim(&A, 2, Lease::new(&owner, LEASE)).await.map_err(text)?;
        ensure!(lanes.len() == expected, "a claim of at most 2 lanes gave {} instead of {expected}", lanes.len());
    }
    Ok(())
}

pub(super) async fn expired_lease_is_claimed_with_a_higher_token<F: StoreFactory>(probe: &mut Probe<'_, F>) -> Checked {
    probe.accept("CB-1", Stage::Received, &[A]).await?;
    let first = probe.claim(&A, &Owner::random()).await?;
    probe.clock.advance(LEASE.saturating_sub(Duration::from_millis(1)));
    probe.nothing_due(&A).await?;
    probe.clock.advance(Duration::from_millis(1));
    let second = probe.claim(&A, &Owner::random()).await?;
    ensure!(second.token > first.token, "the token is {} after {}", second.token, first.token);
    ensure!(probe.lane("CB-1", &A).await?.crashes == 1, "the expired lease was not counted");
    fenced("finish of the first holder", &probe.acknowledge(&first).await)?;
    fenced("extend by the first holder", &probe.store.extend(&first, LEASE).await)?;
    let mark = probe.store.mark_in_flight(&first, stage_of(&first), LEASE).await;
    fenced("the mark of the first holder", &mark)?;
    probe.acknowledge(&second).await.map_err(text).map(|_| ())
}

pub(super) async fn claim_of_one_lane<F: StoreFactory>(probe: &mut Probe<'_, F>) -> Checked {
    probe.accept("CB-1", Stage::Received, &[A]).await?;
    probe.accept("CB-2", Stage::Received, &[A]).await?;
    let wanted = probe.lane("CB-2", &A).await?.id;
    let owner = Owner::random();
    let lane = probe.store.claim_lane(wanted, Lease::new(&owner, LEASE)).await.map_err(text)?;
    ensure!(lane.is_some_and(|lane| lane.case_id == "CB-2"), "the lane was not claimed");
    let again = probe.store.claim_lane(wanted, Lease::new(&owner, LEASE)).await.map_err(text)?;
    ensure!(again.is_none(), "a leased lane was claimed");
    Ok(())
}

pub(super) async fn extended_lease_is_not_claimed<F: StoreFactory>(probe: &mut Probe<'_, F>) -> Checked {
    probe.accept("CB-1", Stage::Received, &[A]).await?;
    let lane = probe.claim(&A, &Owner::random()).await?;
    probe.clock.advance(LEASE.saturating_sub(Duration::from_secs(1)));
    probe.store.extend(&lane, LEASE).await.map_err(text)?;
    probe.clock.advance(LEASE.saturating_sub(Duration::from_secs(1)));
    probe.nothing_due(&A).await?;
    probe.acknowledge(&lane).await.map_err(text).map(|_| ())
}

/// The holder of the mark dies. The next holder may not set it, and has to know that it is set.
pub(super) async fn mark_is_set_by_one_holder<F: StoreFactory>(probe: &mut Probe<'_, F>) -> Checked {
    probe.accept("CB-1", Stage::Received, &[A]).await?;
    let first = probe.claim(&A, &Owner::random()).await?;
    ensure!(!first.was_in_doubt, "a new lane is in doubt");
    probe.store.mark_in_flight(&first, stage_of(&first), LEASE).await.map_err(text)?;
    probe.reopen().await;
    ensure!(probe.lane("CB-1", &A).await?.in_flight == Some(stage_of(&first)), "the mark is not durable");
    probe.clock.advance(LEASE);
    let second = probe.claim(&A, &Owner::random()).await?;
    ensure!(second.was_in_doubt && second.entry.in_flight.is_some(), "the next holder does not see the mark");
    probe.store.mark_in_flight(&second, stage_of(&second), LEASE).await.map_err(text)
}

pub(super) async fn expired_lease_sets_no_mark<F: StoreFactory>(probe: &mut Probe<'_, F>) -> Checked {
    probe.accept("CB-1", Stage::Received, &[A]).await?;
    let lane = probe.claim(&A, &Owner::random()).await?;
    probe.clock.advance(LEASE);
    let mark = probe.store.mark_in_flight(&lane, stage_of(&lane), LEASE).await;
    fenced("the mark after the end of the lease", &mark)
}

pub(super) async fn second_finish_is_refused<F: StoreFactory>(probe: &mut Probe<'_, F>) -> Checked {
    probe.accept("CB-1", Stage::Received, &[A]).await?;
    probe.accept("CB-1", Stage::Won, &[A]).await?;
    let lane = probe.claim(&A, &Owner::random()).await?;
    probe.acknowledge(&lane).await.map_err(text)?;
    fenced("the repeated finish", &probe.acknowledge(&lane).await)?;
    let next = probe.claim(&A, &Owner::random()).await?;
    ensure!(stage_of(&next).stage == Stage::Won, "the repeated finish passed another report");
    Ok(())
}

pub(super) async fn only_an_acknowledgement_clears_the_mark<F: StoreFactory>(probe: &mut Probe<'_, F>) -> Checked {
    for (number, passed) in [PassedAs::Skipped, PassedAs::Unsupported, PassedAs::DeadLetter].into_iter().enumerate() {
        let case_id = format!("CB-{number}");
        probe.accept(&case_id, Stage::Received, &[A]).await?;
        let lane = probe.claim(&A, &Owner::random()).await?;
        probe.store.mark_in_flight(&lane, stage_of(&lane), LEASE).await.map_err(text)?;
        probe.finish(&lane, Finished::passed(passed)).await.map_err(text)?;
        ensure!(probe.lane(&case_id, &A).await?.in_flight.is_some(), "{passed} cleared the mark");
        probe.accept(&case_id, Stage::Won, &[A]).await?;
        let lane = probe.claim(&A, &Owner::random()).await?;
        probe.acknowledge(&lane).await.map_err(text)?;
        let lane = probe.lane(&case_id, &A).await?;
        ensure!(lane.in_flight.is_none(), "the acknowledgement did not clear the mark");
        ensure!(lane.acknowledged.is_some_and(|stage| stage.stage == Stage::Won), "the stage is not stored");
    }
    Ok(())
}

pub(super) async fn own_mark_is_cleared_by_its_holder_only<F: StoreFactory>(probe: &mut Probe<'_, F>) -> Checked {
    probe.accept("CB-1", Stage::Received, &[A]).await?;
    let first = probe.claim(&A, &Owner::random()).await?;
    probe.store.mark_in_flight(&first, stage_of(&first), LEASE).await.map_err(text)?;
    probe.clock.advance(LEASE);
    let second = probe.claim(&A, &Owner::random()).await?;
    let not_sent = || Finished::wait(WaitReason::Retry, Duration::ZERO).mark(MarkChange::ClearOwn);
    probe.finish(&second, not_sent()).await.map_err(text)?;
    ensure!(probe.lane("CB-1", &A).await?.in_flight.is_some(), "the mark of another holder was cleared");

    probe.accept("CB-2", Stage::Received, &[B]).await?;
    let own = probe.claim(&B, &Owner::random()).await?;
    probe.store.mark_in_flight(&own, stage_of(&own), LEASE).await.map_err(text)?;
    probe.finish(&own, not_sent()).await.map_err(text)?;
    ensure!(probe.lane("CB-2", &B).await?.in_flight.is_none(), "the holder's own mark stays");
    Ok(())
}

pub(super) async fn vendor_case_is_kept<F: StoreFactory>(probe: &mut Probe<'_, F>) -> Checked {
    probe.accept("CB-1", Stage::Received, &[A]).await?;
    let lane = probe.claim(&A, &Owner::random()).await?;
    let found = Finished::wait(WaitReason::LookUp, Duration::ZERO).vendor_case(Some("vendor-17".to_owned()));
    probe.finish(&lane, found).await.map_err(text)?;
    probe.reopen().await;
    let lane = probe.claim(&A, &Owner::random()).await?;
    ensure!(lane.entry.vendor_case.as_deref() == Some("vendor-17"), "the vendor's id is lost");
    Ok(())
}

pub(super) async fn attempts_and_lookups_are_counted<F: StoreFactory>(probe: &mut Probe<'_, F>) -> Checked {
    probe.accept("CB-1", Stage::Received, &[A]).await?;
    let ten = Duration::from_secs(10);
    let results = [
        Finished::wait(WaitReason::Retry, ten).attempt(),
        Finished::wait(WaitReason::LookUp, ten).lookup(),
        Finished::wait(WaitReason::RateLimited, ten),
    ];
    for result in results {
        let lane = probe.claim(&A, &Owner::random()).await?;
        probe.finish(&lane, result).await.map_err(text)?;
        probe.clock.advance(ten);
    }
    let lane = probe.claim(&A, &Owner::random()).await?;
    ensure!((lane.attempts, lane.lookups) == (2, 1), "{} attempts, {} lookups", lane.attempts, lane.lookups);
    ensure!(lane.waited == ten * 2, "the waits are {:?}", lane.waited);
    probe.acknowledge(&lane).await.map_err(text)?;
    probe.accept("CB-1", Stage::Won, &[A]).await?;
    let next = probe.claim(&A, &Owner::random()).await?;
    ensure!((next.attempts, next.lookups) == (0, 0), "the next head starts with attempts");
    Ok(())
}

pub(super) async fn next_head_is_taken_with_a_higher_token<F: StoreFactory>(probe: &mut Probe<'_, F>) -> Checked {
    probe.accept("CB-1", Stage::Received, &[A]).await?;
    probe.accept("CB-1", Stage::Won, &[A]).await?;
    let first = probe.claim(&A, &Owner::random()).await?;
    let lease = Lease::new(&first.owner, LEASE);
    let acknowledged = Finished::acknowledged(stage_of(&first));
    let next = probe.store.finish(&first, acknowledged, lease, true).await.map_err(text)?;
    let next = next.ok_or_else(|| "the next head was not taken".to_owned())?;
    ensure!(next.token > first.token && next.head > first.head, "the token was not raised");
    probe.nothing_due(&A).await?;
    ensure!(next.entry.acknowledged == Some(stage_of(&first)), "the entry is outdated");
    probe.acknowledge(&next).await.map_err(text).map(|_| ())
}

pub(super) async fn five_expired_leases_block_the_lane<F: StoreFactory>(probe: &mut Probe<'_, F>) -> Checked {
    for (case_id, marked, reason) in [("CB-1", false, WaitReason::Crashed), ("CB-2", true, WaitReason::InDoubt)] {
        probe.accept(case_id, Stage::Received, &[A]).await?;
        for crash in 0..5 {
            let lane = probe.claim(&A, &Owner::random()).await?;
            if marked && crash == 0 {
                probe.store.mark_in_flight(&lane, stage_of(&lane), LEASE).await.map_err(text)?;
            }
            probe.clock.advance(LEASE);
        }
        probe.nothing_due(&A).await?;
        let lane = probe.lane(case_id, &A).await?;
        ensure!((lane.state, lane.reason) == (LaneState::Blocked, Some(reason)), "the lane is {lane}");
    }
    Ok(())
}

pub(super) async fn expired_lease_of_an_idempotent_vendor_is_resent<F: StoreFactory>(
    probe: &mut Probe<'_, F>,
) -> Checked {
    probe.accept("CB-1", Stage::Received, &[A]).await?;
    probe.claim_idempotent(&Owner::random()).await?;
    probe.clock.advance(LEASE);
    let second = probe.claim_idempotent(&Owner::random()).await?;
    probe.acknowledge(&second).await.map_err(text)?;
    let lane = probe.lane("CB-1", &A).await?;
    ensure!((lane.state, lane.resend) == (LaneState::Ready, Resend::Wanted), "{lane}: no resend");
    probe.nothing_due(&A).await?;
    probe.clock.advance(LEASE + Duration::from_secs(80));
    let third = probe.claim_idempotent(&Owner::random()).await?;
    ensure!(third.again && stage_of(&third) == stage_of(&second), "another report is sent again");
    probe.acknowledge(&third).await.map_err(text)?;
    let lane = probe.lane("CB-1", &A).await?;
    ensure!((lane.state, lane.resend) == (LaneState::Idle, Resend::None), "{lane}: the resend has not ended");
    Ok(())
}

pub(super) async fn new_report_comes_before_a_resend<F: StoreFactory>(probe: &mut Probe<'_, F>) -> Checked {
    probe.accept("CB-1", Stage::Received, &[A]).await?;
    probe.claim_idempotent(&Owner::random()).await?;
    probe.clock.advance(LEASE);
    let lane = probe.claim_idempotent(&Owner::random()).await?;
    probe.acknowledge(&lane).await.map_err(text)?;
    probe.accept("CB-1", Stage::Won, &[A]).await?;
    let lane = probe.claim_idempotent(&Owner::random()).await?;
    ensure!(!lane.again && stage_of(&lane).stage == Stage::Won, "the new report waits for the resend");
    probe.acknowledge(&lane).await.map_err(text)?;
    probe.clock.advance(LEASE + Duration::from_secs(80));
    let lane = probe.claim_idempotent(&Owner::random()).await?;
    ensure!(lane.again && stage_of(&lane).stage == Stage::Won, "the last acknowledged report is not sent again");
    Ok(())
}
