//! Explicit-state model of the outbox protocol.
//!
//! `cargo run --release -p chargeback-outbox-model` searches every case and prints the verdicts. `README.md` describes
//! the model, the cases and the options.

mod breaker;
mod case;
mod cases;
mod fault;
mod outbox;
mod run;
mod search;
mod states;
mod step;
mod traces;
mod violation;

use std::process::ExitCode;
use std::sync::Mutex;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::time::Instant;

use case::Case;
use run::{Verdict, run};

/// The number of cases that run at the same time.
const THREADS: usize = 2;

const USAGE: &str = "usage: chargeback-outbox-model [--quick] [CASE]... | --traces FILE";

fn main() -> ExitCode {
    let arguments: Vec<String> = std::env::args().skip(1).collect();
    if let [option, file] = arguments.as_slice()
        && option == "--traces"
    {
        return write_traces(file);
    }
    let is_quick = arguments.iter().any(|argument| argument == "--quick");
    let names: Vec<&String> = arguments.iter().filter(|argument| *argument != "--quick").collect();
    let is_chosen = |case: &&Case| {
        if names.is_empty() { case.is_quick || !is_quick } else { names.iter().any(|name| *name == case.id) }
    };
    let chosen: Vec<&Case> = cases::all().into_iter().filter(is_chosen).collect();
    if chosen.is_empty() {
        eprintln!("{USAGE}");
        return ExitCode::FAILURE;
    }
    report(&chosen, is_quick)
}

fn write_traces(file: &str) -> ExitCode {
    let written = traces::all().and_then(|text| std::fs::write(file, text).map_err(|error| format!("{file}: {error}")));
    if let Err(error) = &written {
        eprintln!("error: {error}");
    }
    if written.is_ok() { ExitCode::SUCCESS } else { ExitCode::FAILURE }
}

/// Runs cases, and prints their verdicts in order. Fails if a verdict differs from the expected one.
fn report(chosen: &[&Case], is_quick: bool) -> ExitCode {
    let start = Instant::now();
    let verdicts = run_all(chosen, is_quick);
    for verdict in &verdicts {
        print!("{}", verdict.text);
    }
    let states: u64 = verdicts.iter().map(|verdict| u64::from(verdict.states)).sum();
    println!("\n{} cases, {states} states", verdicts.len());
    eprintln!("{:.0} s", start.elapsed().as_secs_f32());
    let differences: Vec<&String> = verdicts.iter().filter_map(|verdict| verdict.difference.as_ref()).collect();
    for difference in &differences {
        eprintln!("error: the verdict differs: {difference}");
    }
    if differences.is_empty() { ExitCode::SUCCESS } else { ExitCode::FAILURE }
}

fn run_all(chosen: &[&Case], is_quick: bool) -> Vec<Verdict> {
    let (next, done) = (AtomicUsize::new(0), Mutex::new(Vec::new()));
    let work = || {
        while let Some((index, case)) = take(&next, chosen) {
            let verdict = run(case, is_quick);
            eprintln!("{}: {} states, {:.1} s", case.id, verdict.states, verdict.time.as_secs_f32());
            done.lock().unwrap_or_else(std::sync::PoisonError::into_inner).push((index, verdict));
        }
    };
    std::thread::scope(|scope| {
        for _ in 0..THREADS {
            scope.spawn(work);
        }
    });
    let mut verdicts = done.into_inner().unwrap_or_else(std::sync::PoisonError::into_inner);
    verdicts.sort_by_key(|(index, _)| *index);
    verdicts.into_iter().map(|(_, verdict)| verdict).collect()
}

fn take<'a>(next: &AtomicUsize, chosen: &[&'a Case]) -> Option<(usize, &'a Case)> {
    let index = next.fetch_add(1, Ordering::Relaxed);
    chosen.get(index).map(|case| (index, *case))
}
