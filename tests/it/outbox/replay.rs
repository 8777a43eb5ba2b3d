//! Replays the histories of the model of the protocol (`tests/model`) against a store.
//!
//! Each history has the results and the rows that the rules demand after each call of the store.

use std::collections::HashMap;
use std::time::Duration;

use chargeback::outbox::{
    Act, EventKey, Finished, LaneFilter, LaneState, LaneSummary, Lease, LeasedLane, MarkChange, NewReport, OutboxStore,
    Owner, PassedAs, ReportSeq, Resend, StoreError, WaitReason,
};
use chargeback::sandbox::TestClock;
use chargeback::transport::Clock as _;
use chargeback::{Chargeback, ProviderId, Reason, Resolution, Stage};
use chrono::{DateTime, Utc};
use serde_json::Value;

use crate::support::at;

const LEASE: Duration = Duration::from_secs(30);
const STAGES: [Stage; 4] = [Stage::Received, Stage::Contested, Stage::PreArbitration, Stage::Won];

/// Results at which the stores differ from the model, so that the rest of a history differs: a new report is sent
/// before a resend that waits, a payload that is to be sent again is kept, and the payload of a lane in doubt is
/// replaced while the mark stays (case H6 of the model).
const ENDS: [&str; 3] = ["before the resend", "kept for the resend", "replaced in doubt"];

fn vendor(lane: &str) -> ProviderId {
    if lane == "A" { ProviderId::from_static("a") } else { ProviderId::from_static("b") }
}

/// The chargeback of a report by its number in the history.
fn report(number: usize) -> Chargeback {
    let day = u32::try_from(number).unwrap() + 1;
    Chargeback::builder("CB-1", STAGES[number - 1], Reason::Other, at(day, 1)).order_id("order-1").build().unwrap()
}

/// A history while it is replayed.
struct Replay<S> {
    store: S,
    clock: TestClock,
    owners: HashMap<String, Owner>,
    held: HashMap<String, LeasedLane>,
    lost: Vec<(ProviderId, i64)>,
    seen: HashMap<String, (LaneSummary, DateTime<Utc>)>,
    /// The stored numbers of the reports, in the order of the history.
    accepted: Vec<ReportSeq>,
    keys: usize,
    has_replacement: bool,
    /// Vendor B creates a record, and gives it an id.
    creates: bool,
}

fn text<'v>(step: &'v Value, member: &str) -> &'v str {
    step[member].as_str().unwrap_or_default()
}

fn flag(step: &Value, member: &str) -> bool {
    step[member].as_bool().unwrap_or_default()
}

fn number(step: &Value, member: &str) -> usize {
    usize::try_from(step[member].as_u64().unwrap_or_default()).unwrap()
}

fn kind<T>(result: &Result<T, StoreError>) -> &'static str {
    match result {
        Ok(_) => "ok",
        Err(StoreError::Fenced) => "fenced",
        Err(StoreError::Changed) => "changed",
        Err(StoreError::Refused(_)) => "refused",
        Err(_) => "error",
    }
}

impl<S: OutboxStore> Replay<S> {
    fn new(store: S, clock: TestClock, creates: bool) -> Self {
        let (owners, held, seen) = (HashMap::new(), HashMap::new(), HashMap::new());
        Self {
            store,
            clock,
            owners,
            held,
            lost: Vec::new(),
            seen,
            accepted: Vec::new(),
            keys: 0,
            has_replacement: false,
            creates,
        }
    }

    async fn lane(&self, lane: &str) -> Option<LaneSummary> {
        let lanes = self.store.list(&LaneFilter::all().vendor(vendor(lane))).await.unwrap();
        lanes.into_iter().next()
    }

    /// Moves the clock. Leases that the history has not lost go on.
    async fn pass_time(&mut self, time: Duration) {
        for _ in 0..time.as_secs().div_ceil(20) {
            self.clock.advance(Duration::from_secs(20));
            for lane in self.held.values() {
                if !self.lost.contains(&(lane.vendor.clone(), lane.token)) {
                    let _ = self.store.extend(lane, LEASE).await;
                }
            }
        }
    }

    fn key(&mut self) -> EventKey {
        self.keys += 1;
        EventKey::new("trace", "", &self.keys.to_string()).unwrap()
    }

    async fn accept(&mut self, step: &Value) -> &'static str {
        let vendors = match text(step, "lane") {
            "" => vec![vendor("A"), vendor("B")],
            lane => vec![vendor(lane)],
        };
        let chargeback = report(number(step, "report"));
        let (key, json) = (self.key(), serde_json::to_vec(&chargeback).unwrap());
        let mut comes_first = false;
        for lane in self.store.list(&LaneFilter::all()).await.unwrap() {
            comes_first |= vendors.contains(&lane.vendor) && lane.reason == Some(WaitReason::Settling);
        }
        let accepted = self.store.enqueue(NewReport::new(&key, &chargeback, &json, &vendors)).await;
        if let Ok(chargeback::outbox::Enqueued::New { seq }) = accepted {
            self.accepted.push(seq);
        }
        if comes_first { "before the resend" } else { kind(&accepted) }
    }

    async fn take(&self, lane: &str, owner: &Owner) -> Option<LeasedLane> {
        let lease = Lease::new(owner, LEASE).idempotent(lane == "A");
        self.store.claim(&vendor(lane), 1, lease).await.unwrap().into_iter().next()
    }

    async fn claim(&mut self, step: &Value) -> &'static str {
        let (lane, actor) = (text(step, "lane"), text(step, "actor").to_owned());
        let owner = self.owners.entry(actor.clone()).or_insert_with(Owner::random).clone();
        if self.lane(lane).await.is_some_and(|row| row.reason == Some(WaitReason::Settling)) {
            self.pass_time(Duration::from_secs(120)).await;
        }
        if text(step, "outcome") == "blocked" {
            while self.take(lane, &owner).await.is_some() {
                self.clock.advance(LEASE);
                self.pass_time(Duration::from_secs(1)).await;
            }
        }
        let Some(taken) = self.take(lane, &owner).await else {
            let blocked = self.lane(lane).await.is_some_and(|row| row.state == LaneState::Blocked);
            return if blocked { "blocked" } else { "none" };
        };
        assert_eq!(taken.was_in_doubt, flag(step, "in_doubt"), "in doubt");
        assert_eq!(taken.entry.vendor_case.is_some(), flag(step, "vendor_case"), "vendor case");
        // A replay of the acknowledged report is not judged either.
        let is_replay = self.lane(lane).await.is_some_and(|row| row.resend == Resend::None);
        assert!(taken.again == flag(step, "again") || is_replay, "again");
        let payload: Chargeback = serde_json::from_slice(&taken.payload).unwrap();
        assert_eq!(payload, report(number(step, "payload")), "payload");
        self.held.insert(actor, taken);
        "ok"
    }

    async fn mark(&mut self, step: &Value) -> &'static str {
        let actor = text(step, "actor");
        let lane = &self.held[actor];
        let payload: Chargeback = serde_json::from_slice(&lane.payload).unwrap();
        let stage = chargeback::lifecycle::ReportedStage::for_chargeback(&payload);
        let marked = kind(&self.store.mark_in_flight(lane, stage, LEASE).await);
        if text(step, "outcome") == "reply_lost" {
            self.held.remove(actor);
            return if marked == "ok" { "reply_lost" } else { marked };
        }
        marked
    }

    fn finished(&self, step: &Value, lane: &LeasedLane) -> Finished {
        let payload: Chargeback = serde_json::from_slice(&lane.payload).unwrap();
        let stage = chargeback::lifecycle::ReportedStage::for_chargeback(&payload);
        let of_lane = text(step, "lane");
        let is_blocked = step["rows"][of_lane]["state"] == "blocked";
        let again = |reason| Finished::wait(reason, Duration::ZERO);
        let finished = match text(step, "result") {
            "acknowledged" => Finished::acknowledged(stage),
            "not_sent" => again(WaitReason::Retry).mark(MarkChange::ClearOwn),
            "rejected" => Finished::blocked(WaitReason::Rejected).mark(MarkChange::ClearOwn),
            "skipped" => Finished::passed(PassedAs::Skipped),
            "several" => Finished::blocked(WaitReason::Conflict),
            "invisible" => Finished::blocked(WaitReason::InDoubt),
            "unknown" | "not_found" | "lookup_failed" if is_blocked => Finished::blocked(WaitReason::InDoubt),
            "unknown" | "not_found" | "lookup_failed" => again(WaitReason::LookUp),
            other => panic!("no such result: {other}"),
        };
        let finished = finished.resend(text(step, "result") == "unknown" && of_lane == "A");
        // The reply of a create gives the id.
        let is_created = self.creates && of_lane == "B" && text(step, "result") == "acknowledged";
        let vendor_case = (flag(step, "vendor_case") || is_created).then(|| "vendor-1".to_owned());
        finished.may_have_sent(flag(step, "may_have_sent")).vendor_case(vendor_case)
    }

    async fn finish(&mut self, step: &Value) -> &'static str {
        let (actor, of_lane) = (text(step, "actor"), text(step, "lane"));
        let lane = self.held[actor].clone();
        let finished = self.finished(step, &lane);
        let lost = text(step, "outcome") == "reply_lost";
        let lease = Lease::new(&lane.owner, LEASE).idempotent(of_lane == "A");
        let result = kind(&self.store.finish(&lane, finished, lease, lost).await);
        if lost {
            return if result == "ok" { "reply_lost" } else { result };
        }
        self.held.remove(actor);
        result
    }

    async fn release(&mut self, step: &Value) -> &'static str {
        let actor = text(step, "actor");
        let Some(lane) = self.held.remove(actor) else { return "ok" };
        if flag(step, "may_have_sent") {
            return "ok";
        }
        let lease = Lease::new(&lane.owner, LEASE).idempotent(text(step, "lane") == "A");
        kind(&self.store.finish(&lane, Finished::released(), lease, false).await)
    }

    async fn act(&mut self, step: &Value) -> &'static str {
        let (op, person, lane) = (text(step, "op"), text(step, "actor").to_owned(), text(step, "lane"));
        let now = (self.lane(lane).await.unwrap(), self.clock.now());
        let (seen, checked_at) = self.seen.remove(&person).unwrap_or(now);
        let resolve = |resolution| Act::Resolve { resolution, checked_at };
        let key = self.key();
        let chargeback = report(number(step, "payload").max(1));
        let json = serde_json::to_vec(&chargeback).unwrap();
        let act = match op {
            "skip" => Act::Skip { reason: "a person's reason" },
            "retry" => Act::Retry,
            "resolve_found" => resolve(Resolution::Found("vendor-1".to_owned())),
            "resolve_applied" => resolve(Resolution::Applied),
            "resolve_not_found" => resolve(Resolution::NotFound),
            "replay" => Act::Replay { seq: Some(self.accepted[number(step, "report") - 1]) },
            "replace" => Act::Replace { report: NewReport::new(&key, &chargeback, &json, &[]), reason: "a reason" },
            other => panic!("no such act: {other}"),
        };
        let result = kind(&self.store.act(seen.id, seen.seen(), act).await);
        if op == "replace" && result == "ok" {
            if text(step, "outcome") == "refused" && seen.in_flight.is_some() {
                return "replaced in doubt";
            }
            self.has_replacement = true;
            // Replacements are numbered with the accepted reports.
            self.accepted.push(ReportSeq::new(self.accepted.last().map_or(0, |last| last.get()) + 1));
        }
        result
    }

    async fn sweep(&mut self, step: &Value) -> &'static str {
        self.pass_time(Duration::from_secs(700)).await;
        self.store.sweep(Duration::ZERO, Duration::from_secs(400 * 24 * 3600)).await.unwrap();
        let seq = self.accepted[number(step, "report") - 1];
        let export = self.store.export("CB-1").await.unwrap();
        let kept = export.reports.iter().any(|report| report.seq == seq && report.payload.is_some());
        let is_resent = export.lanes.iter().any(|lane| matches!(lane.resend, Resend::Wanted | Resend::Serving));
        match (kept, text(step, "outcome") == "deleted" && is_resent) {
            (false, _) => "deleted",
            // The stores keep a payload that is to be sent again. The model also allows to delete it.
            (true, true) => "kept for the resend",
            (true, false) => "kept",
        }
    }

    /// Replays one step. Returns the result of a call of the store.
    async fn step(&mut self, step: &Value) -> Option<&'static str> {
        Some(match text(step, "op") {
            "accept" => self.accept(step).await,
            "claim" => self.claim(step).await,
            "mark" => self.mark(step).await,
            "finish" if text(step, "outcome") == "not_called" => return None,
            "finish" => self.finish(step).await,
            "drop" => self.release(step).await,
            "sweep" => self.sweep(step).await,
            "skip" | "retry" | "replay" | "replace" | "resolve_found" | "resolve_applied" | "resolve_not_found" => {
                self.act(step).await
            }
            op => {
                self.event(op, step).await;
                return None;
            }
        })
    }

    async fn event(&mut self, op: &str, step: &Value) {
        let (lane, actor) = (text(step, "lane"), text(step, "actor").to_owned());
        match op {
            "lease_lost" => {
                let lost = self.held.values().filter(|held| held.vendor == vendor(lane));
                self.lost.extend(lost.map(|held| (held.vendor.clone(), held.token)));
                self.pass_time(LEASE + Duration::from_secs(10)).await;
            }
            "doubt_ages" => self.pass_time(Duration::from_secs(800)).await,
            "crash" => {
                self.held.remove(&actor);
                self.owners.remove(&actor);
            }
            "check" => {
                let row = self.lane(lane).await.unwrap();
                self.seen.insert(actor, (row, self.clock.now()));
            }
            _ => (),
        }
    }

    async fn compare(&self, rows: &Value) {
        for (lane, expected) in rows.as_object().into_iter().flatten() {
            let row = self.lane(lane).await.unwrap();
            assert_eq!(row.state.as_str(), text(expected, "state"), "state of {lane}");
            assert_eq!(row.in_flight.is_some(), flag(expected, "in_flight"), "mark of {lane}");
            // A blocked resend is `serving` in the model and `wanted` in the stores.
            let resend = |name: &str| name.replace("serving", "wanted");
            assert_eq!(resend(row.resend.as_str()), resend(text(expected, "resend")), "resend of {lane}");
            // The model numbers a replacement as its head, and the stores by its payload.
            if self.has_replacement {
                continue;
            }
            if row.state != LaneState::Idle {
                assert_eq!(row.head, self.accepted[number(expected, "head") - 1], "head of {lane}");
            }
            let acknowledged = number(expected, "acknowledged");
            let stage = (acknowledged > 0).then(|| report(acknowledged).stage());
            assert_eq!(row.acknowledged.map(|stage| stage.stage), stage, "acknowledged stage of {lane}");
        }
    }
}

/// True if the history needs a copy of a store, the circuit breaker, or the erasure of one lane of a case.
fn is_left_out(history: &Value) -> bool {
    let steps = history["steps"].as_array().unwrap();
    history["protocol"] == "breaker"
        || steps.iter().any(|step| matches!(text(step, "op"), "backup" | "restore" | "failover" | "erase"))
}

/// Replays every history, each with a new store. Returns the number of histories.
pub async fn replay_all<S: OutboxStore>(store: impl AsyncFn(usize, TestClock) -> S) -> usize {
    let histories = include_str!("../../fixtures/outbox_traces.jsonl");
    let mut replayed = 0;
    for (line, history) in histories.lines().enumerate() {
        let history: Value = serde_json::from_str(history).unwrap();
        if is_left_out(&history) {
            continue;
        }
        let clock = TestClock::new();
        let mut replay = Replay::new(store(line, clock.clone()).await, clock, history["protocol"] == "create_once");
        for (number, step) in history["steps"].as_array().unwrap().iter().enumerate() {
            println!("line {}, step {}: {}", line + 1, number + 1, step);
            if let Some(result) = replay.step(step).await {
                if ENDS.contains(&result) {
                    break;
                }
                assert_eq!(result, text(step, "outcome"), "line {}, step {}", line + 1, number + 1);
                replay.compare(&step["rows"]).await;
            }
        }
        replayed += 1;
    }
    replayed
}
