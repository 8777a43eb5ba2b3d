//! `chargeback backfill`: reports a whole export through an outbox in a SQLite file.

mod dry_run;
mod feed;
mod outcome;
mod place;
mod progress;
mod results;
mod stop;
mod summary;
mod unreadable;

use std::path::Path;
use std::sync::Arc;
use std::time::Duration;

use chargeback::outbox::{Outbox, Schedule, SqliteStore, StoreError, VendorCounts};
use chargeback::{ProviderId, Reporter};

use self::feed::Fed;
use self::place::Place;
use self::progress::Progress;
use self::results::Results;
use self::stop::Stop;
use self::summary::Summary;
use crate::args::{BackfillArgs, command_for};
use crate::commands::outbox::is_like_url;
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
    check_places(arguments)?;
    let input = Input::open(&arguments.input)?;
    let total = input.count()?;
    let reporter = Arc::new(config.reporter(&arguments.choice)?);
    let mut summary = Summary::new(&reporter);
    if arguments.dry_run {
        let mut results = Results::create(&arguments.results)?;
        dry_run::run(&input, &reporter, &mut results, &mut summary)?;
        results.close()?;
        summary.print(None, output)?;
        return Ok(summary.exit());
    }
    let path = arguments.store.as_deref().unwrap_or_else(|| Path::new("chargebacks.db"));
    // Created now, so that a folder that does not exist is found before anything is sent.
    let results = Results::create(&arguments.results)?;
    let store = SqliteStore::open(path)?;
    let stop = Stop::on_signals()?;
    let done = deliver(arguments, &input, total, &store, (config, &stop)).await;
    let exit = match done {
        Ok(fed) if stop.is_stopped() => stopped(&fed, &store, output).await,
        Ok(fed) => {
            summary.add_fed(fed);
            let operate = path.to_str().map(command_for);
            finish(&input, &reporter, &store, (summary, results, &stop), (operate.as_deref(), output)).await
        }
        Err(failure) => Err(failure),
    };
    store.close().await;
    exit
}

/// Enqueues the rows and delivers them, until nothing is left or a signal arrives.
async fn deliver(
    arguments: &BackfillArgs,
    input: &Input,
    total: u64,
    store: &SqliteStore,
    (config, stop): (&Config, &Stop),
) -> Result<Fed, Failure> {
    let reporter = config.reporter(&arguments.choice)?;
    let vendors: Vec<_> = reporter.providers().collect();
    let outbox = Outbox::new(store.clone(), reporter);
    let outbox = outbox.map_err(|error| Failure::new(error.to_string()))?;
    let progress = Arc::new(Progress::new(vendors.iter().cloned(), total, &outbox.counts().await?));
    let lookups = arguments.lookups.iter().map(|seconds| Duration::from_secs(u64::from(*seconds)));
    let worker =
        outbox.worker().concurrency(usize::from(arguments.concurrency)).schedule(Schedule::default().lookups(lookups));
    let worker = worker.observer(Arc::clone(&progress)).start().map_err(|error| Failure::usage(error.to_string()))?;
    let shown = Progress::show(&progress);
    let fed = feed::feed(input, &outbox, &progress, stop).await;
    let waited = match &fed {
        Ok(_) => wait(arguments.no_wait, &outbox, (&vendors, &progress), stop).await,
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
    waited?;
    fed
}

/// Waits until no report is left, or until none is due if the user does not want to wait longer.
async fn wait(
    no_wait: bool,
    outbox: &Outbox,
    (vendors, progress): (&[ProviderId], &Progress),
    stop: &Stop,
) -> Result<(), StoreError> {
    loop {
        let counts = outbox.counts().await?;
        progress.note_waiting(&counts);
        // The store can have lanes of vendors that this run does not deliver.
        let open: u64 =
            vendors.iter().filter_map(|vendor| counts.get(vendor)).map(|counts| open(counts, no_wait)).sum();
        if open == 0 || stop.is_stopped() {
            return Ok(());
        }
        stop.sleep(POLL).await;
    }
}

/// Returns the number of lanes of a vendor that are not done. Without waiting, only those that can be sent now.
const fn open(counts: &VendorCounts, no_wait: bool) -> u64 {
    let is_held = counts.state.paused.is_some() || !counts.state.hold.is_zero();
    match (no_wait, is_held) {
        (true, true) => counts.leased,
        (true, false) => counts.leased + counts.ready,
        (false, _) => counts.leased + counts.ready + counts.waiting,
    }
}

/// Writes results and summary of all runs, from the store.
async fn finish(
    input: &Input,
    reporter: &Reporter,
    store: &SqliteStore,
    (mut summary, mut results, stop): (Summary, Results, &Stop),
    (operate, output): (Option<&str>, Output),
) -> Result<Exit, Failure> {
    outcome::collect(input, (reporter, store), &mut results, &mut summary, stop).await?;
    if stop.is_stopped() {
        let text = format!("everything was delivered; the summary was interrupted\n{AGAIN}");
        output.print(&serde_json::json!({ "stopped": true }), text)?;
        return Ok(Exit::Unfinished);
    }
    results.close()?;
    summary.print(operate, output)?;
    Ok(summary.exit())
}

const AGAIN: &str = "no results were written; run the same command again to continue";

/// Ends an interrupted run.
async fn stopped(fed: &Fed, store: &SqliteStore, output: Output) -> Result<Exit, Failure> {
    use chargeback::outbox::OutboxStore as _;
    let counts = store.counts().await?;
    let waiting: u64 = counts.values().map(|counts| counts.ready + counts.waiting + counts.leased).sum();
    let text = format!("stopped; {} new rows were stored, and {waiting} reports wait in the store\n{AGAIN}", fed.new);
    output.print(&serde_json::json!({ "stopped": true, "accepted": fed.new, "waiting_lanes": waiting }), text)?;
    Ok(Exit::Unfinished)
}

/// Checks the store, and that no file of results replaces the export, the store or another file of results.
fn check_places(arguments: &BackfillArgs) -> Result<(), Failure> {
    if arguments.choice.sandbox && !arguments.dry_run {
        let next = "add --dry-run, or run `chargeback sandbox` and set the variables that its `env` prints";
        return Err(Failure::usage("a backfill does not store the replies of fakes inside this process").next(next));
    }
    if arguments.store.as_deref().and_then(Path::to_str).is_some_and(is_like_url) {
        let next = "give a path with --store; services on several machines enqueue by the library or by SQL";
        return Err(Failure::usage("a backfill uses a SQLite file").next(next));
    }
    let mut taken: Vec<Place> = vec![Place::of(&arguments.input.file)];
    taken.extend(arguments.store.as_deref().map(Place::of));
    for path in &arguments.results {
        results::check_name(path)?;
        let place = Place::of(path);
        if taken.iter().any(|other| other.is_same(&place)) {
            return Err(Failure::usage(format!("{}: the results would replace this file", path.display())));
        }
        taken.push(place);
    }
    Ok(())
}

/// Prints a line about a step of the run, if the output is for people.
fn step(output: Output, text: &str) {
    if !output.json {
        line(text);
    }
}
