//! `chargeback backfill`: reports a whole export through an outbox in a SQLite file.

mod dry_run;
mod feed;
mod outcome;
mod progress;
mod results;
mod stop;
mod summary;
mod unreadable;

use std::path::{Path, PathBuf};
use std::sync::Arc;
use std::time::Duration;

use chargeback::Reporter;
use chargeback::outbox::{Counts, Outbox, Schedule, SqliteStore, StoreError};

use self::feed::Fed;
use self::progress::Progress;
use self::results::Results;
use self::stop::Stop;
use self::summary::Summary;
use crate::args::BackfillArgs;
use crate::config::Config;
use crate::failure::{Exit, Failure};
use crate::input::Input;
use crate::output::{Output, line, warn};

/// The longest time for running reports after a signal.
const GRACE: Duration = Duration::from_secs(25);

/// The time between two looks at the store.
const POLL: Duration = Duration::from_millis(300);

/// Runs a backfill, or a dry run.
pub(crate) async fn run(arguments: &BackfillArgs, config: &Config, output: Output) -> Result<Exit, Failure> {
    let input = Input::open(&arguments.input)?;
    let total = input.count()?;
    check_results(arguments)?;
    let reporter = Arc::new(config.reporter(&arguments.choice)?);
    let mut summary = Summary::new(&reporter);
    if arguments.dry_run {
        let mut results = Results::create(&arguments.results)?;
        dry_run::run(&input, &reporter, &mut results, &mut summary)?;
        results.close()?;
        summary.print(output)?;
        return Ok(summary.exit());
    }
    let path = arguments.store.as_deref().unwrap_or_else(|| Path::new("chargebacks.db"));
    if path.to_str().is_some_and(|path| path.contains("://")) {
        let next = "give a path with --store; services on several machines enqueue by the library or by SQL";
        return Err(Failure::usage("a backfill uses a SQLite file").next(next));
    }
    let store = SqliteStore::open(path)?;
    let done = deliver(arguments, &input, total, &reporter, &store, config).await;
    let exit = match done {
        Ok(Done::Complete(fed)) => finish(arguments, &input, &reporter, &store, (summary, fed), output).await,
        Ok(Done::Stopped(fed)) => stopped(&fed, &store, output).await,
        Err(failure) => Err(failure),
    };
    store.close().await;
    exit
}

/// The end of the delivery.
enum Done {
    /// Every row was read, and no report is due.
    Complete(Fed),
    Stopped(Fed),
}

/// Enqueues the rows and delivers them, until nothing is left or a signal arrives.
async fn deliver(
    arguments: &BackfillArgs,
    input: &Input,
    total: u64,
    reporter: &Reporter,
    store: &SqliteStore,
    config: &Config,
) -> Result<Done, Failure> {
    // The outbox owns its reporter; both have the same vendors.
    let outbox = Outbox::new(store.clone(), config.reporter(&arguments.choice)?);
    let outbox = outbox.map_err(|error| Failure::new(error.to_string()))?;
    let stop = Stop::on_signals()?;
    let progress = Arc::new(Progress::new(reporter.providers(), total, &outbox.counts().await?));
    let lookups = arguments.lookups.iter().map(|seconds| Duration::from_secs(*seconds));
    let worker = outbox.worker().concurrency(arguments.concurrency).schedule(Schedule::default().lookups(lookups));
    let worker = worker.observer(Arc::clone(&progress)).start().map_err(|error| Failure::usage(error.to_string()))?;
    let shown = Progress::show(&progress);
    let fed = feed::feed(input, &outbox, &progress, &stop).await;
    let waited = match &fed {
        Ok(_) => wait(arguments, &outbox, &progress, &stop).await,
        Err(_) => Ok(()),
    };
    let ended = worker.shutdown(GRACE).await;
    shown.abort();
    progress.end();
    if ended.abandoned > 0 {
        warn(format_args!(
            "{} reports were still running and may have arrived; the next run looks them up",
            ended.abandoned
        ));
    }
    let fed = fed?;
    waited?;
    Ok(if stop.is_stopped() { Done::Stopped(fed) } else { Done::Complete(fed) })
}

/// Waits until no report is left, or until none is due if the user does not want to wait longer.
async fn wait(arguments: &BackfillArgs, outbox: &Outbox, progress: &Progress, stop: &Stop) -> Result<(), StoreError> {
    loop {
        let counts = outbox.counts().await?;
        progress.note_waiting(&counts);
        if open(&counts, arguments.no_wait) == 0 || stop.is_stopped() {
            return Ok(());
        }
        stop.sleep(POLL).await;
    }
}

/// Returns the number of lanes that are not done. Without waiting, only those that can be sent now.
fn open(counts: &Counts, no_wait: bool) -> u64 {
    let of_vendor = |counts: &chargeback::outbox::VendorCounts| {
        let is_held = counts.state.paused.is_some() || !counts.state.hold.is_zero();
        match (no_wait, is_held) {
            (true, true) => counts.leased,
            (true, false) => counts.leased + counts.ready,
            (false, _) => counts.leased + counts.ready + counts.waiting,
        }
    };
    counts.values().map(of_vendor).sum()
}

/// Writes results and summary of all runs, from the store.
async fn finish(
    arguments: &BackfillArgs,
    input: &Input,
    reporter: &Reporter,
    store: &SqliteStore,
    (mut summary, fed): (Summary, Fed),
    output: Output,
) -> Result<Exit, Failure> {
    let mut results = Results::create(&arguments.results)?;
    summary.add_fed(fed);
    outcome::collect(input, reporter, store, &mut results, &mut summary).await?;
    results.close()?;
    summary.print(output)?;
    Ok(summary.exit())
}

const AGAIN: &str = "run the same command again to continue";

/// Ends an interrupted run.
async fn stopped(fed: &Fed, store: &SqliteStore, output: Output) -> Result<Exit, Failure> {
    use chargeback::outbox::OutboxStore as _;
    let counts = store.counts().await?;
    let waiting: u64 = counts.values().map(|counts| counts.ready + counts.waiting + counts.leased).sum();
    let text =
        format!("stopped; {} new reports were accepted, and {waiting} lanes wait in the store\n{AGAIN}", fed.new);
    output.print(&serde_json::json!({ "stopped": true, "accepted": fed.new, "waiting_lanes": waiting }), text)?;
    Ok(Exit::Unfinished)
}

/// Checks that no file of results replaces the export or the store.
fn check_results(arguments: &BackfillArgs) -> Result<(), Failure> {
    let same = |one: &Path, other: &Path| {
        let real = |path: &Path| path.canonicalize().unwrap_or_else(|_| PathBuf::from(path));
        real(one) == real(other)
    };
    for path in &arguments.results {
        let inputs = [Some(arguments.input.file.as_path()), arguments.store.as_deref()];
        if inputs.into_iter().flatten().any(|input| same(input, path)) {
            return Err(Failure::usage(format!("{}: the results would replace this file", path.display())));
        }
        results::check_name(path)?;
    }
    Ok(())
}

/// Prints a line about a step of the run, if the output is for people.
fn step(output: Output, text: &str) {
    if !output.json {
        line(text);
    }
}
