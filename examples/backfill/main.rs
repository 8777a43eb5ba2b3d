//! Reports an export of thousands of chargebacks to five vendors. The sandbox plays the vendors in memory.
//!
//! `cargo run --release --example backfill --features sandbox -- --generate 100000`, or `-- --help`
//!
//! To send to the real vendors, build the reporter from your own providers in [`reporter`].

mod args;
mod generate;
mod input;
mod ledger;
mod results;
mod summary;

use std::error::Error;
use std::fmt::Display;
use std::io::Write as _;
use std::path::Path;
use std::process::ExitCode;
use std::sync::{Arc, Mutex, PoisonError};
use std::time::Duration;

use chargeback::sandbox::Sandbox;
use chargeback::spade::WonMeans;
use chargeback::tutelar::DefeatedMeans;
use chargeback::{Blocked, BulkOptions, BulkOutcome, Outcome, ProviderOutcome, RateLimit, Reporter, Stop, Target};
use futures_util::{StreamExt as _, stream};

use self::args::{Args, USAGE};
use self::input::Lines;
use self::ledger::FileLedger;
use self::results::Results;
use self::summary::Summary;

type BoxError = Box<dyn Error + Send + Sync>;

#[tokio::main]
async fn main() -> ExitCode {
    let args = match Args::parse(std::env::args_os().skip(1)) {
        Ok(Some(args)) => args,
        Ok(None) => {
            print(USAGE);
            return ExitCode::SUCCESS;
        }
        Err(error) => {
            warn(format_args!("error: {error}; see --help"));
            return ExitCode::from(2);
        }
    };
    match backfill(&args).await {
        Ok(true) => ExitCode::SUCCESS,
        Ok(false) => ExitCode::FAILURE,
        Err(error) => {
            warn(format_args!("error: {error}"));
            ExitCode::FAILURE
        }
    }
}

/// Prints a line. A closed output must not stop the reports, so errors are ignored.
fn print(line: impl Display) {
    let _ = writeln!(std::io::stdout(), "{line}");
}

fn warn(line: impl Display) {
    let _ = writeln!(std::io::stderr(), "{line}");
}

/// Adds the path of the file to an error.
fn in_file<E: Display>(path: &Path) -> impl Fn(E) -> String {
    let path = path.display().to_string();
    move |error| format!("{path}: {error}")
}

/// Runs the backfill. Returns true if all reports are complete and no result needs a check.
async fn backfill(args: &Args) -> Result<bool, BoxError> {
    if let Some(cases) = args.generate {
        let written = generate::write(&args.file, cases, args.seed)?;
        print(format_args!("wrote {written} chargebacks of {cases} cases to {}", args.file.display()));
    }
    let sandbox = Sandbox::in_memory();
    // Save memory: about 500 cases of a generated export are open at the same time.
    sandbox.keep_last(2_000);
    let input = input::read(&args.file)?;
    let total = input::count(&args.file)?;
    let create_results = || {
        let results = Results::create(&args.results)?;
        print(format_args!("results: {}", args.results.display()));
        Ok::<_, BoxError>(results)
    };
    if args.dry_run {
        let results = create_results()?;
        let reporter = reporter(&sandbox, None)?;
        let mut summary = Summary::new(reporter.providers(), total)?;
        dry_run(&reporter, input, results, &mut summary)?;
        print(&summary);
        return Ok(summary.is_clear());
    }
    // Open the ledger first: if another run uses it, no file of results is created.
    let ledger = Arc::new(FileLedger::open(&args.ledger)?);
    let results = create_results()?;
    if !ledger.is_empty() {
        print(format_args!("resuming: {} has {} entries", args.ledger.display(), ledger.len()));
        print("(each run starts with empty fakes, so RevCent and Pipwave may reject later stages of earlier cases)");
    }
    let reporter = reporter(&sandbox, Some(Arc::clone(&ledger)))?;
    let mut summary = Summary::new(reporter.providers(), total)?;
    let ran = run(&reporter, args, input, results, &mut summary).await;
    summary.end();
    // Print the summary also after an error: some reports were sent.
    print(&summary);
    let is_complete = ran?;
    ledger.close().map_err(in_file(&args.ledger))?;
    if !is_complete {
        print("stopped before the end of the export; run it again to continue");
    }
    Ok(is_complete && summary.is_clear())
}

/// Builds a reporter for five vendors. The fake Spade has no rate limit; a real run must use the documented one.
fn reporter(sandbox: &Sandbox, ledger: Option<Arc<FileLedger>>) -> Result<Reporter, chargeback::Error> {
    let spade = sandbox.connect(sandbox.spade_connector(WonMeans::MerchantWon)).build()?;
    let limit = RateLimit::new(1_000_000_000, Duration::from_secs(300));
    let builder = Reporter::builder()
        .required(sandbox.connect(sandbox.thirdwatch_connector()).build()?)
        .required(sandbox.connect(sandbox.revcent_connector()).build()?)
        .required(sandbox.connect(sandbox.tutelar_connector(DefeatedMeans::MerchantWon)).build()?)
        // Against the real Spade: RateLimit::new(900, Duration::from_secs(300)).
        .target(Target::required(spade).rate_limit(limit))
        .best_effort(sandbox.connect(sandbox.pipwave_connector()).build()?);
    match ledger {
        Some(ledger) => builder.ledger(ledger).build(),
        None => builder.build(),
    }
}

/// The records of a run. The reading side adds unreadable lines, and the reporting side adds outcomes.
struct Records<'s> {
    lines: Lines,
    results: Results,
    summary: &'s mut Summary,
    failed: Option<BoxError>,
}

impl Records<'_> {
    fn unreadable(&mut self, line: u64, why: String) {
        if let Err(error) = self.results.unreadable(line, &why) {
            self.failed.get_or_insert(error);
        }
        self.summary.unreadable(line, why);
    }

    fn outcome(&mut self, done: &BulkOutcome) {
        if let Err(error) = self.results.outcome(self.lines.line_of(done.index), done) {
            self.failed.get_or_insert(error);
        }
        self.summary.add(&done.result);
    }
}

/// Reports all chargebacks to all vendors. Returns true if the run reached the end of the export.
///
/// After an error of a file, the run sends nothing more and waits for the running reports.
async fn run(
    reporter: &Reporter,
    args: &Args,
    input: input::Input,
    results: Results,
    summary: &mut Summary,
) -> Result<bool, BoxError> {
    let records = Mutex::new(Records { lines: Lines::default(), results, summary, failed: None });
    let lock = || records.lock().unwrap_or_else(PoisonError::into_inner);
    let read = input.filter_map(|read| match read.chargeback {
        Ok(chargeback) => {
            lock().lines.push(read.line);
            Some(chargeback)
        }
        Err(why) => {
            lock().unreadable(read.line, why);
            None
        }
    });
    let mut report = reporter.report_all(stream::iter(read), BulkOptions::default().concurrency(args.concurrency));
    let stop = report.stop_handle();
    let signals = tokio::spawn(stop_on_ctrl_c(stop.clone()));
    while let Some(done) = report.next().await {
        let mut records = lock();
        records.outcome(&done);
        if let Some(why) = ledger_error(&done.result) {
            // The next run could not skip the reports of this one.
            records.failed.get_or_insert(in_file(&args.ledger)(why).into());
        }
        if records.failed.is_some() {
            stop.stop();
        }
    }
    drop(report);
    signals.abort();
    let Records { results, failed, .. } = records.into_inner().unwrap_or_else(PoisonError::into_inner);
    let closed = results.close();
    match failed {
        Some(why) => {
            Err(format!("{why}; nothing more was sent; check the file and its disk, then run it again").into())
        }
        None => closed.map(|()| !stop.is_stopped()),
    }
}

async fn stop_on_ctrl_c(stop: Stop) {
    if tokio::signal::ctrl_c().await.is_ok() {
        stop.stop();
        warn("\ncompleting the running reports (Ctrl-C again to stop immediately); run it again to continue");
    }
    // The ledger has the reports in flight, so only the replies are lost.
    if tokio::signal::ctrl_c().await.is_ok() {
        std::process::exit(130);
    }
}

/// Returns the error of the ledger, if it could not be read or does not have this outcome.
fn ledger_error(outcome: &ProviderOutcome) -> Option<String> {
    let error = match outcome.outcome() {
        Outcome::Blocked(Blocked::Ledger(error)) => error,
        _ => outcome.ledger_error()?,
    };
    let cause = error.source().map(|cause| format!(": {cause}")).unwrap_or_default();
    Some(format!("{error}{cause}"))
}

/// Plans all reports and sends nothing.
fn dry_run(
    reporter: &Reporter,
    input: input::Input,
    mut results: Results,
    summary: &mut Summary,
) -> Result<(), BoxError> {
    for read in input {
        match read.chargeback {
            Ok(chargeback) => {
                for (provider, plan) in reporter.plan(&chargeback) {
                    results.planned(read.line, &chargeback, &provider, &plan)?;
                    summary.add_plan(&provider, &plan);
                }
            }
            Err(why) => {
                results.unreadable(read.line, &why)?;
                summary.unreadable(read.line, why);
            }
        }
    }
    summary.end();
    results.close()
}
