//! Checks of an operator's acts, of vendors' states and of views.

use std::time::Duration;

use super::factory::StoreFactory;
use super::probe::{A, B, Checked, LEASE, Probe, chargeback, ensure, key, stage_of, text};
use crate::model::Stage;
use crate::outbox::{
    Act, Finished, LaneFilter, LaneState, Lease, NewReport, OutboxStore as _, Owner, PassedAs, StoreError, VendorEvent,
    VendorPhase, WaitReason,
};
use crate::provider::Resolution;

/// Leaves the lane of a case blocked, in doubt if `marked`.
async fn block<F: StoreFactory>(probe: &mut Probe<'_, F>, case_id: &str, marked: bool) -> Checked {
    probe.accept(case_id, Stage::Received, &[A]).await?;
    let lane = probe.claim(&A, &Owner::random()).await?;
    if marked {
        probe.store.mark_in_flight(&lane, stage_of(&lane), LEASE).await.map_err(text)?;
    }
    let reason = if marked { WaitReason::InDoubt } else { WaitReason::Rejected };
    probe.finish(&lane, Finished::blocked(reason)).await.map_err(text)?;
    Ok(())
}

async fn act<F: StoreFactory>(
    probe: &Probe<'_, F>,
    case_id: &str,
    act: Act<'_>,
) -> Result<Result<(), StoreError>, String> {
    let lane = probe.lane(case_id, &A).await?;
    Ok(probe.store.act(lane.id, lane.seen(), act).await)
}

pub(super) async fn act_on_a_changed_lane_is_refused<F: StoreFactory>(probe: &mut Probe<'_, F>) -> Checked {
    block(probe, "CB-1", false).await?;
    let seen = probe.lane("CB-1", &A).await?;
    probe.store.act(seen.id, seen.seen(), Act::Retry).await.map_err(text)?;
    let again = probe.store.act(seen.id, seen.seen(), Act::Skip { reason: "" }).await;
    ensure!(matches!(again, Err(StoreError::Changed)), "an act on a changed lane gave {again:?}");
    ensure!(probe.lane("CB-1", &A).await?.token > seen.token, "an act did not raise the token");
    Ok(())
}

pub(super) async fn act_on_a_leased_lane_is_refused<F: StoreFactory>(probe: &mut Probe<'_, F>) -> Checked {
    probe.accept("CB-1", Stage::Received, &[A]).await?;
    let holder = probe.claim(&A, &Owner::random()).await?;
    for refused in [Act::Retry, Act::Skip { reason: "" }, Act::Replay { seq: None }] {
        let result = act(probe, "CB-1", refused).await?;
        ensure!(matches!(result, Err(StoreError::Refused(_))), "an act on a leased lane gave {result:?}");
    }
    probe.acknowledge(&holder).await.map_err(text).map(|_| ())
}

pub(super) async fn retry_skip_and_replay<F: StoreFactory>(probe: &mut Probe<'_, F>) -> Checked {
    block(probe, "CB-1", false).await?;
    probe.accept("CB-1", Stage::Won, &[A]).await?;
    probe.nothing_due(&A).await?;
    act(probe, "CB-1", Act::Retry).await?.map_err(text)?;
    let lane = probe.claim(&A, &Owner::random()).await?;
    ensure!(stage_of(&lane).stage == Stage::Received, "retry sends another report");
    probe.finish(&lane, Finished::blocked(WaitReason::Rejected)).await.map_err(text)?;
    act(probe, "CB-1", Act::Skip { reason: "duplicate case" }).await?.map_err(text)?;
    let lane = probe.claim(&A, &Owner::random()).await?;
    ensure!(stage_of(&lane).stage == Stage::Won, "skip did not pass the head");
    probe.acknowledge(&lane).await.map_err(text)?;
    act(probe, "CB-1", Act::Replay { seq: None }).await?.map_err(text)?;
    let lane = probe.claim(&A, &Owner::random()).await?;
    ensure!(lane.again && stage_of(&lane).stage == Stage::Won, "replay sends another report");
    probe.acknowledge(&lane).await.map_err(text)?;
    let passed: Vec<_> = probe.store.export("CB-1").await.map_err(text)?.history.iter().map(|row| row.passed).collect();
    let expected = [PassedAs::SkippedByOperator, PassedAs::Acknowledged, PassedAs::Acknowledged];
    ensure!(passed == expected, "the history is {passed:?}");
    Ok(())
}

pub(super) async fn found_and_applied_end_a_doubt<F: StoreFactory>(probe: &mut Probe<'_, F>) -> Checked {
    let checked_at = probe.now();
    block(probe, "CB-1", true).await?;
    let found = Resolution::Found("vendor-17".to_owned());
    act(probe, "CB-1", Act::Resolve { resolution: found, checked_at }).await?.map_err(text)?;
    let lane = probe.claim(&A, &Owner::random()).await?;
    let vendor_case = lane.entry.vendor_case.as_deref();
    ensure!(!lane.was_in_doubt && vendor_case == Some("vendor-17"), "`Found` did not end the doubt");
    probe.acknowledge(&lane).await.map_err(text)?;

    block(probe, "CB-2", true).await?;
    act(probe, "CB-2", Act::Resolve { resolution: Resolution::Applied, checked_at }).await?.map_err(text)?;
    let lane = probe.lane("CB-2", &A).await?;
    ensure!((lane.state, lane.in_flight) == (LaneState::Idle, None), "`Applied` did not pass the head");
    ensure!(lane.acknowledged.is_some_and(|stage| stage.stage == Stage::Received), "`Applied` stored no stage");
    let again = act(probe, "CB-2", Act::Resolve { resolution: Resolution::Applied, checked_at }).await?;
    ensure!(matches!(again, Err(StoreError::Refused(_))), "a lane without a doubt was resolved");
    Ok(())
}

pub(super) async fn not_found_is_refused_while_a_request_may_be_under_way<F: StoreFactory>(
    probe: &mut Probe<'_, F>,
) -> Checked {
    block(probe, "CB-1", true).await?;
    let not_before = probe.lane("CB-1", &A).await?.check_not_before.ok_or("no time of a check")?;
    let resolve = |checked_at| Act::Resolve { resolution: Resolution::NotFound, checked_at };
    ensure!(not_before >= probe.now() + Duration::from_secs(600), "a check would be allowed too early");
    let early = act(probe, "CB-1", resolve(not_before - Duration::from_secs(1))).await?;
    ensure!(matches!(early, Err(StoreError::Refused(_))), "an early check was accepted");
    let future = act(probe, "CB-1", resolve(not_before)).await?;
    ensure!(matches!(future, Err(StoreError::Refused(_))), "a check in the future was accepted");
    probe.clock.advance(Duration::from_secs(3600));
    act(probe, "CB-1", resolve(not_before)).await?.map_err(text)?;
    let lane = probe.claim(&A, &Owner::random()).await?;
    ensure!(!lane.was_in_doubt, "the doubt remains");
    Ok(())
}

pub(super) async fn replaced_payload_keeps_its_place<F: StoreFactory>(probe: &mut Probe<'_, F>) -> Checked {
    block(probe, "CB-1", false).await?;
    probe.accept("CB-1", Stage::Won, &[A]).await?;
    let (key, other) = (key("replacement")?, chargeback("CB-1", Stage::Contested)?);
    let json = serde_json::to_vec(&other).map_err(text)?;
    let report = NewReport::new(&key, &other, &json, &[]);
    act(probe, "CB-1", Act::Replace { report, reason: "wrong stage" }).await?.map_err(text)?;
    for stage in [Stage::Contested, Stage::Won] {
        let lane = probe.claim(&A, &Owner::random()).await?;
        ensure!(stage_of(&lane).stage == stage, "{} came before {stage}", stage_of(&lane).stage);
        probe.acknowledge(&lane).await.map_err(text)?;
    }
    probe.nothing_due(&A).await
}

pub(super) async fn vendor_state_is_compared_and_set<F: StoreFactory>(probe: &mut Probe<'_, F>) -> Checked {
    let before = probe.store.vendor(&A).await.map_err(text)?;
    let event = VendorEvent::RateLimited(Duration::from_secs(60));
    let next = before.after(&event, 16).ok_or("no change")?;
    probe.store.set_vendor(&A, &next).await.map_err(text)?;
    let lost = probe.store.set_vendor(&A, &next).await;
    ensure!(matches!(lost, Err(StoreError::Changed)), "an outdated state was stored");
    probe.clock.advance(Duration::from_secs(20));
    probe.reopen().await;
    let stored = probe.store.vendor(&A).await.map_err(text)?;
    let expected = (VendorPhase::Throttled, Duration::from_secs(40));
    ensure!((stored.phase, stored.hold) == expected, "the state is {stored:?}");
    ensure!(probe.store.vendor(&B).await.map_err(text)?.phase == VendorPhase::Closed, "another vendor changed");
    Ok(())
}

pub(super) async fn open_breaker_admits_a_probe_only<F: StoreFactory>(probe: &mut Probe<'_, F>) -> Checked {
    probe.accept("CB-1", Stage::Received, &[A]).await?;
    for _ in 0..5 {
        let state = probe.store.vendor(&A).await.map_err(text)?;
        let failed = state.after(&VendorEvent::Failure, 16).ok_or("no change")?;
        probe.store.set_vendor(&A, &failed).await.map_err(text)?;
    }
    probe.nothing_due(&A).await?;
    let state = probe.store.vendor(&A).await.map_err(text)?;
    let probing = state.after(&VendorEvent::ProbeStarted(LEASE), 16).ok_or("no change")?;
    probe.store.set_vendor(&A, &probing).await.map_err(text)?;
    probe.nothing_due(&A).await?;
    let owner = Owner::random();
    let lanes = probe.store.claim(&A, 1, Lease::new(&owner, LEASE).probe(true)).await.map_err(text)?;
    ensure!(lanes.len() == 1, "the probe got {} lanes", lanes.len());
    Ok(())
}

pub(super) async fn lists_are_filtered_and_paged<F: StoreFactory>(probe: &mut Probe<'_, F>) -> Checked {
    for number in 0..25 {
        probe.accept(&format!("CB-{number}"), Stage::Received, &[A, B]).await?;
    }
    let (mut pages, mut seen) = (0, Vec::new());
    let mut filter = LaneFilter::all().vendor(B).limit(10);
    // A store that ignores `after` never ends a list.
    while pages <= 3 {
        let page = probe.store.list(&filter).await.map_err(text)?;
        let Some(last) = page.last() else { break };
        filter = filter.after(last.id);
        seen.extend(page.into_iter().map(|lane| lane.case_id().to_owned()));
        pages += 1;
    }
    ensure!(pages == 3, "{pages} pages");
    seen.sort();
    seen.dedup();
    ensure!(seen.len() == 25, "{} cases", seen.len());
    let blocked = probe.store.list(&LaneFilter::needs_attention()).await.map_err(text)?;
    ensure!(blocked.is_empty(), "lanes that are not blocked are listed");
    Ok(())
}

pub(super) async fn counts_follow_the_lanes<F: StoreFactory>(probe: &mut Probe<'_, F>) -> Checked {
    block(probe, "CB-1", true).await?;
    probe.accept("CB-2", Stage::Received, &[A]).await?;
    let lane = probe.claim(&A, &Owner::random()).await?;
    probe.finish(&lane, Finished::wait(WaitReason::Retry, LEASE)).await.map_err(text)?;
    probe.accept("CB-3", Stage::Received, &[A]).await?;
    probe.claim(&A, &Owner::random()).await?;
    probe.accept("CB-4", Stage::Received, &[A]).await?;
    let counts = probe.store.counts().await.map_err(text)?;
    let count = counts.get(&A).ok_or("no counts of the vendor")?;
    let states = (count.ready, count.waiting, count.leased, count.doubts);
    ensure!(states == (1, 1, 1, 1), "ready, waiting, leased, doubts are {states:?}");
    ensure!(count.blocked.values().sum::<u64>() == 1, "blocked lanes are {:?}", count.blocked);
    Ok(())
}
