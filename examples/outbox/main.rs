//! A service that receives the webhooks of Stripe and Adyen, and delivers the chargebacks to five vendors. The program
//! kills its own processes, and shows that no report is lost and no case is created twice.
//!
//! `cargo run --example outbox --features webhooks,sandbox,outbox-sqlite`
//!
//! | Part | Process |
//! |---|---|
//! | the processors, which send a webhook until it is accepted | main |
//! | five vendors on loopback, from the sandbox | main |
//! | two copies of the service: web server, outbox and worker (`service.rs`) | two child processes |
//! | the store: one `SQLite` file for both copies | |
//!
//! Every 4 seconds, the main process kills one copy (SIGKILL on Unix) and starts another. At the end, it compares the
//! accepted webhooks with the records of the vendors. The exit code is 1 if a report was lost or a case was created
//! twice. The program takes about 40 seconds.

mod audit;
mod feed;
mod processes;
mod seal;
mod server;
mod service;
mod store;
mod vendors;

use std::collections::BTreeMap;
use std::error::Error;
use std::path::Path;
use std::process::ExitCode;
use std::sync::Arc;
use std::sync::atomic::Ordering;
use std::time::{Duration, Instant};

use chargeback::outbox::{LaneFilter, LaneState, LaneSummary, Operator, StoreError, WaitReason};
use chargeback::sandbox::Sandbox;

use self::audit::Row;
use self::feed::Feed;
use self::processes::Processes;

/// The first argument of a process of the service.
const SERVICE: &str = "service";

const DISPUTES: u32 = 150;
const COPIES: usize = 2;
const KILLS: usize = 5;

/// The longest time after the last webhook. A lease lasts 13 s, and the lookups take 7 s.
const LONGEST_WAIT: Duration = Duration::from_secs(90);

#[tokio::main]
async fn main() -> Result<ExitCode, Box<dyn Error>> {
    let arguments: Vec<String> = std::env::args().skip(1).collect();
    if let [first, rest @ ..] = arguments.as_slice()
        && first == SERVICE
    {
        service::run(rest).await?;
        return Ok(ExitCode::SUCCESS);
    }
    let folder = std::env::temp_dir().join(format!("chargeback-outbox-{}", std::process::id()));
    std::fs::create_dir_all(&folder)?;
    let result = demo(&folder).await;
    // A file that is still open on Windows stays in the temporary folder.
    let _ = std::fs::remove_dir_all(&folder);
    Ok(if result? { ExitCode::SUCCESS } else { ExitCode::FAILURE })
}

/// Runs the demo. Returns true if nothing was lost or doubled.
async fn demo(folder: &Path) -> Result<bool, Box<dyn Error>> {
    let start = Instant::now();
    let sandbox = Sandbox::start().await;
    let arguments = [folder.to_string_lossy().into_owned(), DISPUTES.to_string()];
    let arguments = arguments.into_iter().chain(vendors::addresses(&sandbox)).collect();
    let mut processes = Processes::start(COPIES, arguments)?;
    let operator = Operator::new(store::open(folder)?);
    println!("{COPIES} copies of the service run; {DISPUTES} disputes at Stripe and Adyen, 3 stages each");

    let feed = Arc::new(Feed::new(Arc::clone(&processes.servers))?);
    let feeding = tokio::spawn({
        let feed = Arc::clone(&feed);
        async move { feed.run(DISPUTES).await }
    });
    for kill in 0..KILLS {
        tokio::time::sleep(Duration::from_secs(4)).await;
        let leased: u64 = operator.counts().await?.values().map(|counts| counts.leased).sum();
        processes.kill(kill)?;
        let number = kill % COPIES + 1;
        println!("{} kill {} of {KILLS}: copy {number}; {leased} reports in progress", clock(start), kill + 1);
    }
    feeding.await?;
    let (accepted, repeated) = (feed.accepted.load(Ordering::Relaxed), feed.repeated.load(Ordering::Relaxed));
    println!("{} all webhooks are accepted: {accepted} deliveries, {repeated} of them sent again", clock(start));
    let (forged, unreadable) = feed.odd_ones().await;
    println!("{} wrong signature: {}, not understood: {}", clock(start), shown(forged), shown(unreadable));

    wait(&operator, start).await?;
    processes.stop()?;
    println!("{} both copies have stopped", clock(start));
    let rows = audit::audit(&sandbox, &operator, DISPUTES).await?;
    show(&rows);
    show_open(&operator).await?;
    Ok(rows.values().all(|row| row.lost == 0 && row.doubled == 0))
}

fn clock(start: Instant) -> String {
    format!("{:>3} s ", start.elapsed().as_secs())
}

fn shown(status: Option<u16>) -> String {
    status.map_or_else(|| "no reply".to_owned(), |status| status.to_string())
}

/// Returns true if the lane has a report that was never acknowledged and that needs no person.
fn is_open(lane: &LaneSummary) -> bool {
    matches!(lane.state, LaneState::Ready | LaneState::Leased) && lane.reason != Some(WaitReason::Settling)
}

/// Waits until all reports are delivered or wait for a person.
async fn wait(operator: &Operator, start: Instant) -> Result<(), StoreError> {
    let waiting = Instant::now();
    loop {
        let lanes = operator.list(&LaneFilter::all()).await?;
        let open = lanes.iter().filter(|lane| is_open(lane)).count();
        if open == 0 || waiting.elapsed() > LONGEST_WAIT {
            return Ok(());
        }
        let looked_up = lanes.iter().filter(|lane| lane.reason == Some(WaitReason::LookUp)).count();
        println!("{} open lanes: {open}; waiting for a lookup: {looked_up}", clock(start));
        tokio::time::sleep(Duration::from_secs(3)).await;
    }
}

fn show(rows: &BTreeMap<&'static str, Row>) {
    let names = ["vendor", "enqueued", "acknowledged", "not needed", "writes", "doubled", "lost", "needs a person"];
    println!();
    println!("{}", names.map(|name| format!("{name:<14}")).concat().trim_end());
    for (vendor, row) in rows {
        let numbers = [row.enqueued, row.acknowledged, row.not_needed, row.writes, row.doubled, row.lost, row.person];
        println!("{vendor:<14}{}", numbers.map(|number| format!("{number:<14}")).concat().trim_end());
    }
    let total = |value: fn(&Row) -> u64| rows.values().map(value).sum::<u64>();
    println!();
    println!(
        "enqueued {}, delivered {}, doubled {}, lost {}, needs a person {}",
        total(|row| row.enqueued),
        total(|row| row.acknowledged + row.not_needed),
        total(|row| row.doubled),
        total(|row| row.lost),
        total(|row| row.person)
    );
}

/// Prints the lanes that need a person, and the number of those that are sent a second time later.
async fn show_open(operator: &Operator) -> Result<(), StoreError> {
    let lanes = operator.list(&LaneFilter::all()).await?;
    let settling = lanes.iter().filter(|lane| lane.reason == Some(WaitReason::Settling)).count();
    println!("{settling} lanes send their last report again after the settling time, because a lease had expired");
    for lane in operator.list(&LaneFilter::needs_attention()).await? {
        println!("{lane}");
        if let Some(time) = lane.check_not_before {
            println!("    check with the vendor after {}, then call `resolve`", time.format("%H:%M:%S"));
        }
    }
    Ok(())
}
