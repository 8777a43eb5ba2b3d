//! Reports an export of thousands of chargebacks to all five vendors, played by the sandbox in memory.
//!
//! `cargo run --release --example backfill --features sandbox -- --generate 100000`
//!
//! - `FILE`: the export, JSON Lines (`.jsonl`) or CSV (`.csv`). `--generate N` writes one of N cases first, from `--seed`.
//! - `--ledger FILE`: what was told, one line for each change; run it again with the same file to go on where it broke off.
//! - `--results FILE`: one JSON line for each chargeback at each vendor.
//! - `--at-once N`: reports that run at once at each vendor. `--dry-run`: plans everything, and sends nothing.
//!
//! Ctrl-C finishes what runs, and prints the summary.

mod args;
mod generate;
mod input;
mod ledger;
mod summary;

use std::error::Error;
use std::fs::File;
use std::io::{BufWriter, Write as _};
use std::process::ExitCode;
use std::sync::Arc;
use std::time::Duration;

use chargeback::sandbox::Sandbox;
use chargeback::spade::WonMeans;
use chargeback::tutelar::DefeatedMeans;
use chargeback::{Bulk, BulkOutcome, Chargeback, Member, Pace, Reporter};
use futures_util::{StreamExt as _, stream};

use self::args::Args;
use self::ledger::FileLedger;
use self::summary::Summary;

type Failure = Box<dyn Error + Send + Sync>;

#[tokio::main]
async fn main() -> Result<ExitCode, Failure> {
    let args = Args::read(std::env::args().skip(1))?;
    if let Some(cases) = args.generate {
        let written = generate::write(&args.file, cases, args.seed)?;
        println!("{written} chargebacks of {cases} cases written to {}", args.file.display());
    }
    let sandbox = Sandbox::in_memory();
    // The fakes would hold all cases; those of an export that are open at one time are fewer.
    sandbox.keep_last(2_000);
    let ledger = Arc::new(FileLedger::open(&args.ledger)?);
    if !ledger.is_empty() {
        println!("going on: {} cases stand in {}", ledger.len(), args.ledger.display());
    }
    let reporter = reporter(&sandbox, Arc::clone(&ledger))?;
    let mut summary = Summary::new(reporter.providers(), input::count(&args.file)?);
    if args.dry_run {
        dry_run(&reporter, &args, &mut summary)?;
    } else {
        run(&reporter, &args, &mut summary).await?;
        ledger.close()?;
    }
    println!("{summary}");
    Ok(if summary.is_clear() { ExitCode::SUCCESS } else { ExitCode::FAILURE })
}

/// All five vendors. Spade's documented limit is on its pace; the fake has none, so a real run is slower there.
fn reporter(sandbox: &Sandbox, ledger: Arc<FileLedger>) -> Result<Reporter, chargeback::Error> {
    let spade = sandbox.connect(sandbox.spade_vendor(WonMeans::MerchantWon)).build()?;
    let pace = Pace::of(1_000_000_000, Duration::from_secs(300));
    Reporter::builder()
        .required(sandbox.connect(sandbox.thirdwatch_vendor()).build()?)
        .required(sandbox.connect(sandbox.revcent_vendor()).build()?)
        .required(sandbox.connect(sandbox.tutelar_vendor(DefeatedMeans::MerchantWon)).build()?)
        // In earnest: Pace::of(900, Duration::from_secs(300)).
        .member(Member::required(spade).pace(pace))
        .best_effort(sandbox.connect(sandbox.pipwave_vendor()).build()?)
        .shared_ledger(ledger)
        .build()
}

/// Tells all vendors of all chargebacks.
async fn run(reporter: &Reporter, args: &Args, summary: &mut Summary) -> Result<(), Failure> {
    let mut results = BufWriter::new(File::create(&args.results)?);
    let mut broken = 0_u64;
    let read = input::read(&args.file)?.filter_map(|line| line.inspect_err(|_| broken += 1).ok());
    let bulk = Bulk::default().at_once(args.at_once);
    let mut report = reporter.report_all(stream::iter(read), bulk);
    let stop = report.stop_handle();
    tokio::spawn(async move {
        if tokio::signal::ctrl_c().await.is_ok() {
            eprintln!("\nfinishing what runs (again to stop at once); run it again to go on");
            stop.stop();
        }
        // The ledger holds what was about to be sent, so this loses nothing but the answers.
        if tokio::signal::ctrl_c().await.is_ok() {
            std::process::exit(130);
        }
    });
    while let Some(done) = report.next().await {
        writeln!(results, "{}", result(&done))?;
        summary.add(&done.told);
    }
    drop(report);
    results.flush()?;
    summary.broken_lines(broken);
    Ok(())
}

/// Plans all of it: what would be refused, and why.
fn dry_run(reporter: &Reporter, args: &Args, summary: &mut Summary) -> Result<(), Failure> {
    let mut broken = 0;
    for line in input::read(&args.file)? {
        match line {
            Ok(chargeback) => summary.add_plan(&reporter.plan(&chargeback)),
            Err(_) => broken += 1,
        }
    }
    summary.broken_lines(broken);
    Ok(())
}

/// One line for machines: ids of cases are the merchant's own, and no person's data is in it.
fn result(done: &BulkOutcome) -> serde_json::Value {
    let outcome = done.told.outcome();
    let chargeback: &Chargeback = &done.chargeback;
    serde_json::json!({
        "line": done.index,
        "case_id": chargeback.case_id(),
        "stage": chargeback.stage(),
        "provider": done.told.provider(),
        "outcome": outcome.as_str(),
        "detail": outcome.error().map(ToString::to_string),
        "vendor_case": outcome.receipt().and_then(chargeback::Receipt::vendor_case),
    })
}
