//! Checks of the sweep, of erasing, and of a restored backup.

use std::time::Duration;

use super::factory::StoreFactory;
use super::probe::{A, B, Checked, LEASE, Probe, chargeback, enqueue, ensure, key, stage_of, text};
use crate::model::Stage;
use crate::outbox::{
    Act, Enqueued, Finished, LaneState, Lease, NewReport, OutboxStore as _, Owner, PassedAs, StoreError, WaitReason,
};

const DAY: Duration = Duration::from_secs(24 * 3600);

async fn sweep<F: StoreFactory>(probe: &Probe<'_, F>) -> Result<u64, String> {
    Ok(probe.store.sweep(Duration::ZERO, DAY * 400).await.map_err(text)?.payloads)
}

pub(super) async fn sweep_keeps_what_is_needed<F: StoreFactory>(probe: &mut Probe<'_, F>) -> Checked {
    probe.accept("CB-1", Stage::Received, &[A, B]).await?;
    let lane = probe.claim(&A, &Owner::random()).await?;
    probe.acknowledge(&lane).await.map_err(text)?;
    probe.clock.advance(DAY * 60);
    ensure!(sweep(probe).await? == 0, "a payload was deleted that a vendor has not passed");
    let lane = probe.claim(&B, &Owner::random()).await?;
    probe.acknowledge(&lane).await.map_err(text)?;
    ensure!(sweep(probe).await? == 0, "a payload was deleted within the settling time");
    probe.clock.advance(LEASE + Duration::from_secs(80));
    ensure!(sweep(probe).await? == 1, "a passed payload was kept");

    probe.accept("CB-2", Stage::Received, &[A]).await?;
    let lane = probe.claim(&A, &Owner::random()).await?;
    probe.finish(&lane, Finished::passed(PassedAs::DeadLetter)).await.map_err(text)?;
    probe.accept("CB-3", Stage::Received, &[A]).await?;
    let lane = probe.claim(&A, &Owner::random()).await?;
    probe.finish(&lane, Finished::blocked(WaitReason::Rejected)).await.map_err(text)?;
    probe.clock.advance(DAY * 29);
    ensure!(sweep(probe).await? == 0, "a dead letter was deleted before 30 days");
    probe.clock.advance(DAY * 2);
    ensure!(sweep(probe).await? == 1, "a dead letter was kept, or a blocked payload was deleted");
    Ok(())
}

pub(super) async fn sweep_waits_for_the_retention_time<F: StoreFactory>(probe: &mut Probe<'_, F>) -> Checked {
    probe.accept("CB-1", Stage::Received, &[A]).await?;
    let lane = probe.claim(&A, &Owner::random()).await?;
    probe.acknowledge(&lane).await.map_err(text)?;
    probe.clock.advance(DAY * 6);
    let swept = probe.store.sweep(DAY * 7, DAY * 7).await.map_err(text)?;
    ensure!((swept.payloads, swept.history) == (0, 0), "a row was deleted before its retention time: {swept:?}");
    probe.clock.advance(DAY * 2);
    let swept = probe.store.sweep(DAY * 7, DAY * 7).await.map_err(text)?;
    ensure!((swept.payloads, swept.history) == (1, 1), "a row was kept after its retention time: {swept:?}");
    Ok(())
}

pub(super) async fn key_stays_known_after_the_sweep<F: StoreFactory>(probe: &mut Probe<'_, F>) -> Checked {
    let (key, chargeback) = (key("event")?, chargeback("CB-1", Stage::Received)?);
    enqueue(&probe.store, &key, &chargeback, &[A]).await.map_err(text)?;
    let lane = probe.claim(&A, &Owner::random()).await?;
    probe.acknowledge(&lane).await.map_err(text)?;
    probe.clock.advance(DAY);
    ensure!(sweep(probe).await? == 1, "the payload was kept");
    probe.reopen().await;
    let again = enqueue(&probe.store, &key, &chargeback, &[A]).await.map_err(text)?;
    ensure!(matches!(again, Enqueued::Duplicate { .. }), "the repeated event gave {again:?}");
    let lane = probe.lane("CB-1", &A).await?;
    let replay = probe.store.act(lane.id, lane.seen(), crate::outbox::Act::Replay { seq: None }).await;
    ensure!(matches!(replay, Err(StoreError::PayloadGone)), "the replay of a deleted payload gave {replay:?}");
    Ok(())
}

/// A payload that replaces a resend is not needed any more when a new report takes the place of the resend.
pub(super) async fn replaced_resend_leaves_no_payload<F: StoreFactory>(probe: &mut Probe<'_, F>) -> Checked {
    probe.accept("CB-1", Stage::Received, &[A]).await?;
    let lane = probe.claim(&A, &Owner::random()).await?;
    let resend = Finished::acknowledged(stage_of(&lane)).resend(true);
    probe.finish(&lane, resend).await.map_err(text)?;
    probe.clock.advance(DAY);
    let lane = probe.claim(&A, &Owner::random()).await?;
    ensure!(lane.again, "the acknowledged report was not sent again");
    probe.finish(&lane, Finished::blocked(WaitReason::Rejected)).await.map_err(text)?;
    let (seen, key) = (probe.lane("CB-1", &A).await?, key("replacement")?);
    let other = chargeback("CB-1", Stage::Received)?;
    let report = NewReport::new(&key, &other, b"{}", &[]);
    let replace = Act::Replace { report, reason: "a correction" };
    probe.store.act(seen.id, seen.seen(), replace).await.map_err(text)?;
    let lane = probe.claim(&A, &Owner::random()).await?;
    let wait = Finished::wait(WaitReason::Retry, Duration::from_secs(10)).attempt();
    probe.finish(&lane, wait).await.map_err(text)?;
    probe.accept("CB-1", Stage::Won, &[A]).await?;
    for _ in 0..2 {
        probe.clock.advance(DAY);
        let owner = Owner::random();
        for lane in probe.store.claim(&A, 1, Lease::new(&owner, LEASE)).await.map_err(text)? {
            probe.acknowledge(&lane).await.map_err(text)?;
        }
    }
    probe.clock.advance(DAY);
    probe.store.sweep(Duration::ZERO, DAY * 400).await.map_err(text)?;
    let export = probe.store.export("CB-1").await.map_err(text)?;
    let kept = export.reports.iter().filter(|report| report.payload.is_some()).count();
    ensure!(kept == 0, "{kept} payloads are kept that nothing sends any more");
    Ok(())
}

pub(super) async fn erased_case_leaves_no_word<F: StoreFactory>(probe: &mut Probe<'_, F>) -> Checked {
    let key = key("planted-key")?;
    let planted = chargeback("planted-case", Stage::Received)?;
    enqueue(&probe.store, &key, &planted, &[A]).await.map_err(text)?;
    let lane = probe.claim(&A, &Owner::random()).await?;
    let busy = probe.store.erase("planted-case").await;
    ensure!(matches!(busy, Err(StoreError::Refused(_))), "a leased case was erased");
    let found = Finished::acknowledged(stage_of(&lane)).vendor_case(Some("planted-id".to_owned()));
    probe.finish(&lane, found).await.map_err(text)?;
    ensure!(probe.store.erase("planted-case").await.map_err(text)?, "the case is not known");
    let export = probe.store.export("planted-case").await.map_err(text)?;
    ensure!(export.lanes.is_empty() && export.reports.is_empty() && export.history.is_empty(), "rows are left");
    for lane in probe.store.list(&crate::outbox::LaneFilter::all()).await.map_err(text)? {
        ensure!(!lane.case_id().contains("planted") && lane.vendor_case().is_none(), "a lane still has an id");
        let rest = probe.store.export(lane.case_id()).await.map_err(text)?;
        ensure!(rest.reports.iter().all(|report| report.payload.is_none()), "a payload is left");
    }
    let again = enqueue(&probe.store, &key, &planted, &[A]).await.map_err(text)?;
    ensure!(again == Enqueued::Erased, "the event of an erased case gave {again:?}");
    Ok(())
}

/// A later event of an erased case must not create it a second time.
pub(super) async fn erased_case_comes_back_in_doubt<F: StoreFactory>(probe: &mut Probe<'_, F>) -> Checked {
    probe.accept("CB-1", Stage::Received, &[A]).await?;
    let lane = probe.claim(&A, &Owner::random()).await?;
    probe.acknowledge(&lane).await.map_err(text)?;
    probe.store.erase("CB-1").await.map_err(text)?;
    probe.accept("CB-1", Stage::Won, &[A]).await?;
    let lane = probe.claim(&A, &Owner::random()).await?;
    ensure!(lane.was_in_doubt && lane.case_id == "CB-1", "the lane of an erased case is not in doubt");
    Ok(())
}

pub(super) async fn distrust_puts_every_lane_in_doubt<F: StoreFactory>(probe: &mut Probe<'_, F>) -> Checked {
    probe.accept("CB-1", Stage::Received, &[A, B]).await?;
    let lane = probe.claim(&A, &Owner::random()).await?;
    probe.acknowledge(&lane).await.map_err(text)?;
    let holder = probe.claim(&B, &Owner::random()).await?;
    let token = probe.lane("CB-1", &A).await?.token;
    ensure!(probe.store.distrust().await.map_err(text)? == 2, "another number of lanes");
    let lane = probe.lane("CB-1", &A).await?;
    ensure!(lane.in_flight.is_some() && lane.token >= token + (1 << 32), "a lane is not in doubt");
    ensure!(lane.state == LaneState::Idle, "an idle lane is {}", lane.state);
    let fenced = probe.acknowledge(&holder).await;
    ensure!(matches!(fenced, Err(StoreError::Fenced)), "a holder from before the restore was not fenced");
    probe.accept("CB-2", Stage::Received, &[A]).await?;
    let lane = probe.claim(&A, &Owner::random()).await?;
    ensure!(lane.was_in_doubt, "a new lane of an older case is not in doubt");
    Ok(())
}
