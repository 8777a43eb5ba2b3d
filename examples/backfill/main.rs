//! Reports an export of thousands of chargebacks to all five vendors, played by the sandbox in memory.
//!
//! `cargo run --release --example backfill --features sandbox -- --generate 100000`, or `-- --help`
//!
//! To tell the vendors themselves, build the reporter of your own providers in [`reporter`].

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

type TransportFailure = Box<dyn Error + Send + Sync>;

#[tokio::main]
async fn main() -> ExitCode {
    let args = match Args::read(std::env::args_os().skip(1)) {
        Ok(Some(args)) => args,
        Ok(None) => {
            say(USAGE);
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

/// Says it, even if nobody listens any more: what is told must not depend on it.
fn say(what: impl Display) {
    let _ = writeln!(std::io::stdout(), "{what}");
}

fn warn(what: impl Display) {
    let _ = writeln!(std::io::stderr(), "{what}");
}

/// Says which file it was.
fn of_file<E: Display>(path: &Path) -> impl Fn(E) -> String {
    let path = path.display().to_string();
    move |error| format!("{path}: {error}")
}

/// Whether nobody has to look.
async fn backfill(args: &Args) -> Result<bool, TransportFailure> {
    if let Some(cases) = args.generate {
        let written = generate::write(&args.file, cases, args.seed)?;
        say(format_args!("{written} chargebacks of {cases} cases written to {}", args.file.display()));
    }
    let sandbox = Sandbox::in_memory();
    // The fakes would hold all cases; those of an export that are open at one time are fewer.
    sandbox.keep_last(2_000);
    let input = input::read(&args.file)?;
    let total = input::count(&args.file)?;
    let create_results = || {
        let results = Results::create(&args.results)?;
        say(format_args!("one line for each chargeback at each vendor goes to {}", args.results.display()));
        Ok::<_, TransportFailure>(results)
    };
    if args.dry_run {
        let results = create_results()?;
        let reporter = reporter(&sandbox, None)?;
        let mut summary = Summary::new(reporter.providers(), total)?;
        dry_run(&reporter, input, results, &mut summary)?;
        say(&summary);
        return Ok(summary.is_clear());
    }
    // Another run may have it; then there are no results.
    let ledger = Arc::new(FileLedger::open(&args.ledger)?);
    let results = create_results()?;
    if !ledger.is_empty() {
        say(format_args!("going on: {} entries stand in {}", ledger.len(), args.ledger.display()));
        say(
            "(the fakes begin anew with each run, so RevCent's and Pipwave's may refuse what builds on an earlier one)",
        );
    }
    let reporter = reporter(&sandbox, Some(Arc::clone(&ledger)))?;
    let mut summary = Summary::new(reporter.providers(), total)?;
    let ran = run(&reporter, args, input, results, &mut summary).await;
    summary.end();
    // Whatever went wrong, what was told is told.
    say(&summary);
    let whole = ran?;
    ledger.close().map_err(of_file(&args.ledger))?;
    if !whole {
        say("It was stopped: not all of it was read. Run it again to go on.");
    }
    Ok(whole && summary.is_clear())
}

/// All five vendors. Spade's documented limit is on its pace; the fake has none, so a real run is slower there.
fn reporter(sandbox: &Sandbox, ledger: Option<Arc<FileLedger>>) -> Result<Reporter, chargeback::Error> {
    let spade = sandbox.connect(sandbox.spade_connector(WonMeans::MerchantWon)).build()?;
    let pace = RateLimit::new(1_000_000_000, Duration::from_secs(300));
    let builder = Reporter::builder()
        .required(sandbox.connect(sandbox.thirdwatch_connector()).build()?)
        .required(sandbox.connect(sandbox.revcent_connector()).build()?)
        .required(sandbox.connect(sandbox.tutelar_connector(DefeatedMeans::MerchantWon)).build()?)
        // In earnest: RateLimit::new(900, Duration::from_secs(300)).
        .target(Target::required(spade).pace(pace))
        .best_effort(sandbox.connect(sandbox.pipwave_connector()).build()?);
    match ledger {
        Some(ledger) => builder.ledger(ledger).build(),
        None => builder.build(),
    }
}

/// Where it is written what became of each line, by the reading side too.
struct Books<'s> {
    lines: Lines,
    results: Results,
    summary: &'s mut Summary,
    failed: Option<TransportFailure>,
}

impl Books<'_> {
    fn unreadable(&mut self, line: u64, why: String) {
        if let Err(error) = self.results.unreadable(line, &why) {
            self.failed.get_or_insert(error);
        }
        self.summary.unreadable(line, why);
    }

    fn told(&mut self, done: &BulkOutcome) {
        if let Err(error) = self.results.told(self.lines.of(done.index), done) {
            self.failed.get_or_insert(error);
        }
        self.summary.add(&done.told);
    }
}

/// Tells all vendors of all chargebacks; whether it came to the end. If a file fails, it sends nothing more, and waits for
/// what is under way.
async fn run(
    reporter: &Reporter,
    args: &Args,
    input: input::Input,
    results: Results,
    summary: &mut Summary,
) -> Result<bool, TransportFailure> {
    let books = Mutex::new(Books { lines: Lines::default(), results, summary, failed: None });
    let books_open = || books.lock().unwrap_or_else(PoisonError::into_inner);
    let read = input.filter_map(|read| match read.chargeback {
        Ok(chargeback) => {
            books_open().lines.push(read.line);
            Some(chargeback)
        }
        Err(why) => {
            books_open().unreadable(read.line, why);
            None
        }
    });
    let mut report = reporter.report_all(stream::iter(read), BulkOptions::default().concurrency(args.concurrency));
    let stop = report.stop_handle();
    let signals = tokio::spawn(stop_on_ctrl_c(stop.clone()));
    while let Some(done) = report.next().await {
        let mut books = books_open();
        books.told(&done);
        if let Some(why) = ledger_error(&done.told) {
            // Without it, the next run would not know what this one did.
            books.failed.get_or_insert(of_file(&args.ledger)(why).into());
        }
        if books.failed.is_some() {
            stop.stop();
        }
    }
    drop(report);
    signals.abort();
    let Books { results, failed, .. } = books.into_inner().unwrap_or_else(PoisonError::into_inner);
    let closed = results.close();
    match failed {
        Some(why) => Err(format!("{why}; nothing more was sent. See to the file or its disk, and run it again").into()),
        None => closed.map(|()| !stop.is_stopped()),
    }
}

async fn stop_on_ctrl_c(stop: Stop) {
    if tokio::signal::ctrl_c().await.is_ok() {
        stop.stop();
        warn("\nfinishing what runs (again to stop at once); run it again to go on");
    }
    // The ledger holds what was about to be sent, so this loses nothing but the answers.
    if tokio::signal::ctrl_c().await.is_ok() {
        std::process::exit(130);
    }
}

/// Why the ledger could not be read, or does not hold what became of this.
fn ledger_error(told: &ProviderOutcome) -> Option<String> {
    let error = match told.outcome() {
        Outcome::Blocked(Blocked::Ledger(error)) => error,
        _ => told.ledger_error()?,
    };
    let cause = error.source().map(|cause| format!(": {cause}")).unwrap_or_default();
    Some(format!("{error}{cause}"))
}

/// Plans all of it: what would be refused, and why.
fn dry_run(
    reporter: &Reporter,
    input: input::Input,
    mut results: Results,
    summary: &mut Summary,
) -> Result<(), TransportFailure> {
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
