//! A matrix of server faults, vendors, and "acted before the fault or not", over real sockets with short times.

mod server;
mod wrong;

use std::fmt::Write as _;
use std::net::SocketAddr;
use std::sync::Arc;
use std::sync::atomic::{AtomicU32, Ordering};
use std::time::{Duration, Instant};

use chargeback::sandbox::Sandbox;
use chargeback::transport::Transport;
use chargeback::{ChargebackProvider, Delivery, Error, Reason, Receipt, RetryPolicy, Stage, Timeouts};
use tokio::net::TcpListener;
use tokio::sync::Semaphore;
use tokio::task::JoinSet;
use tracing::instrument::WithSubscriber as _;

use self::server::{Behind, Server};
use self::wrong::{Taken, Wrong, redirect};
use crate::support::log_capture::{CapturedOutput, capture_dispatch};
use crate::support::loopback_server::refusing;
use crate::support::sockets::{SocketTransport, on_each_transport};
use crate::support::vendors::{Setup, VENDORS, Vendor};
use crate::support::{full, kind, plain};

on_each_transport!(
    every_fault_has_the_expected_result,
    failed_lookup_proves_nothing,
    refused_connection_has_delivery_not_sent,
);

/// The attempt timeout for servers that stall.
const STALLED: Duration = Duration::from_secs(1);

/// The attempt timeout for all other servers: long, so that a busy machine does not look like a stalled server.
const ATTEMPT: Duration = Duration::from_secs(20);

/// The time limit of a cell: two attempts that stall, and a margin for a busy machine.
const BOUND: Duration = Duration::from_secs(60);

/// One transport for all cells, because loading the system's root certificates takes longer than a report.
type Shared = Arc<dyn Transport>;

fn shared<T: SocketTransport>() -> Shared {
    Arc::new(T::with_connect(ATTEMPT))
}

/// Builds a provider for this vendor at this address, with two attempts, two lookups and a minimal backoff.
fn connect(
    sandbox: &Sandbox,
    vendor: &Vendor,
    address: SocketAddr,
    shared: &Shared,
    attempt: Duration,
) -> Box<dyn ChargebackProvider> {
    let retry = RetryPolicy::default()
        .max_attempts(2)
        .max_lookups(2)
        .backoff(Duration::from_millis(1), Duration::from_millis(1));
    let timeouts = Timeouts::default().connect(ATTEMPT).attempt(attempt);
    let setup = Setup { transport: Some(Arc::clone(shared)), retry, timeouts, ..Setup::default() };
    vendor.connect(sandbox, Some(format!("http://{address}{}", vendor.path).parse().unwrap()), &setup)
}

/// The result of one report.
struct Outcome {
    result: Result<Receipt, Error>,
    writes: u32,
    held: usize,
}

impl Outcome {
    /// The cell of the table.
    fn cell(&self) -> String {
        match &self.result {
            Ok(receipt) if receipt.was_reconciled() => format!("reconciled, {}", self.writes),
            Ok(_) => format!("acknowledged, {}", self.writes),
            Err(error) => format!("{}, `{:?}`, {}", kind(error), error.delivery(), self.writes),
        }
    }
}

async fn report(vendor: &Vendor, acts: bool, breaks_reads: bool, wrong: Wrong, shared: &Shared) -> Outcome {
    let attempt = if wrong.taken_for == Taken::Silent { STALLED } else { ATTEMPT };
    let server =
        Server::start(Behind { sandbox: Sandbox::in_memory(), vendor: vendor.name, acts, breaks_reads }, wrong).await;
    let provider = connect(&server.behind.sandbox, vendor, server.address, shared, attempt);
    // A stage that every vendor supports, and planted values in every field.
    let chargeback = full(Stage::Contested, Reason::FraudOther).build().unwrap();
    let output = CapturedOutput::default();
    let result = provider.report(&chargeback).with_subscriber(capture_dispatch(&output)).await;
    match &result {
        Ok(receipt) => output.debug(receipt),
        Err(error) => output.error(error),
    }
    assert!(output.text().contains("attempt ended"), "the log was not captured");
    output.check(&[]);
    Outcome { result, writes: server.writes(), held: vendor.cases(&server.behind.sandbox).len() }
}

/// Returns the expected result of a fault at a vendor: a success of one vendor can be an unreadable reply of another.
fn taken_for(vendor: &Vendor, wrong: &Wrong) -> Taken {
    match (vendor.name, wrong.taken_for) {
        ("maxmind" | "ravelin", Taken::Garbage) if wrong.name == "replies 204" => Taken::Success,
        ("maxmind" | "sift", Taken::Success) if !wrong.is_honest() => Taken::Garbage,
        ("ravelin", Taken::Throttled) => Taken::Deferred,
        (_, taken_for) => taken_for,
    }
}

/// Checks a cell against the expected error of the fault and the retry safety of the vendor's call.
fn check(context: &str, vendor: &Vendor, acts: bool, wrong: &Wrong, outcome: &Outcome) {
    let taken_for = taken_for(vendor, wrong);
    let (error, delivery) = taken_for.error();
    let cell = outcome.cell();
    // An empty 200 counts as success, as in Thirdwatch's SDKs.
    if taken_for == Taken::Success {
        assert_eq!(cell, "acknowledged, 1", "{context}");
        return;
    }
    let arrives = u32::from(!wrong.reads_nothing);
    let expected = match (!vendor.is_idempotent, acts) {
        (true, true) => "reconciled, 1".to_owned(),
        // Pipwave's record shows the old state, so the request is sent again. RevCent's index can lag, so a missing
        // record proves nothing.
        (true, false) if vendor.name == "pipwave" || taken_for == Taken::Throttled => {
            format!("{error}, `{delivery:?}`, {}", 2 * arrives)
        }
        (true, false) => format!("{error}, `{delivery:?}`, {arrives}"),
        (false, _) => {
            format!("{error}, `{delivery:?}`, {}", arrives * if taken_for.is_repeated() { 2 } else { 1 })
        }
    };
    assert_eq!(cell, expected, "{context}: {:?}", outcome.result);
    assert_eq!(outcome.held, usize::from(acts), "{context}");
    if let Err(error) = &outcome.result {
        assert_eq!(error.delivery() == Delivery::Unknown, taken_for != Taken::Throttled, "{context}");
        assert!(error.attempts() > 0, "{context}");
    }
}

async fn every_fault_has_the_expected_result<T: SocketTransport>() {
    let redirect_listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
    let arrived = Arc::new(AtomicU32::new(0));
    let to = redirect_listener.local_addr().unwrap();
    let counted = Arc::clone(&arrived);
    let redirect_target = tokio::spawn(async move {
        while redirect_listener.accept().await.is_ok() {
            counted.fetch_add(1, Ordering::SeqCst);
        }
    });
    let mut rows = wrong::all();
    rows.push(redirect("302 Found", "redirects to another host with 302", to));
    rows.push(redirect("307 Temporary Redirect", "redirects to another host with 307", to));

    let (permits, shared) = (Arc::new(Semaphore::new(32)), shared::<T>());
    let mut cells = JoinSet::new();
    for (row, wrong) in rows.iter().enumerate() {
        for &acts in wrong.acted {
            for vendor in VENDORS {
                let (permits, wrong, shared) = (Arc::clone(&permits), wrong.clone(), Arc::clone(&shared));
                cells.spawn(async move {
                    let _permit = permits.acquire_owned().await.unwrap();
                    let start = Instant::now();
                    let outcome = report(&vendor, acts, false, wrong.clone(), &shared).await;
                    let context = format!("{}, acted {acts}: {}", vendor.name, wrong.name);
                    assert!(start.elapsed() < BOUND, "{context} took {:?}", start.elapsed());
                    check(&context, &vendor, acts, &wrong, &outcome);
                    (row, acts, vendor.name, outcome.cell())
                });
            }
        }
    }
    let mut results = Vec::new();
    while let Some(cell) = cells.join_next().await {
        results.push(cell.unwrap_or_else(|failed| std::panic::resume_unwind(failed.into_panic())));
    }
    redirect_target.abort();
    assert_eq!(arrived.load(Ordering::SeqCst), 0, "a redirect was followed");
    crate::docs::check_block("docs/faults.md", "faults", &table(&rows, &results));
}

/// Lookups fail. Before a write, the delivery is `NotSent`; after one, it is `Unknown`.
async fn failed_lookup_proves_nothing<T: SocketTransport>() {
    let (permits, shared) = (Arc::new(Semaphore::new(32)), shared::<T>());
    let mut cells = JoinSet::new();
    for wrong in wrong::all().into_iter().filter(|wrong| wrong.taken_for != Taken::Success && !wrong.reads_nothing) {
        for vendor in VENDORS.into_iter().filter(|vendor| !vendor.is_idempotent) {
            let (permits, wrong, shared) = (Arc::clone(&permits), wrong.clone(), Arc::clone(&shared));
            cells.spawn(async move {
                let _permit = permits.acquire_owned().await.unwrap();
                let start = Instant::now();
                let outcome = report(&vendor, wrong.acted.contains(&true), true, wrong.clone(), &shared).await;
                let context = format!("{}: {}", vendor.name, wrong.name);
                assert!(start.elapsed() < BOUND, "{context} took {:?}", start.elapsed());
                let (error, delivery) = wrong.taken_for.error();
                // A RevCent report starts with a search, which does not act. A Pipwave report starts with the tag.
                let expected = match (vendor.name, wrong.taken_for) {
                    ("revcent", Taken::Throttled) => format!("{error}, `Rejected`, 0"),
                    ("revcent", _) => format!("{error}, `NotSent`, 0"),
                    (_, Taken::Throttled) => format!("{error}, `Rejected`, 2"),
                    _ => format!("{error}, `{delivery:?}`, 1"),
                };
                assert_eq!(outcome.cell(), expected, "{context}: {:?}", outcome.result);
                if vendor.name == "pipwave" && wrong.taken_for != Taken::Throttled {
                    let error = outcome.result.unwrap_err();
                    assert!(error.lookup_detail().unwrap().contains("requery failed"), "{context}: {error}");
                }
            });
        }
    }
    while let Some(cell) = cells.join_next().await {
        cell.unwrap_or_else(|failed| std::panic::resume_unwind(failed.into_panic()));
    }
}

/// One row for each fault. Vendors with idempotent calls share a column for both "acted" and "not acted"; this
/// function checks that their cells are equal.
fn table(rows: &[Wrong], results: &[(usize, bool, &str, String)]) -> String {
    let mut table = "| The server | an idempotent call | revcent, not acted | revcent, acted | pipwave, not acted \
                     | pipwave, acted |\n|---|---|---|---|---|---|\n"
        .to_owned();
    for (row, wrong) in rows.iter().enumerate() {
        let cell = |vendor: &str, acts: bool| {
            let found = results.iter().find(|cell| (cell.0, cell.1, cell.2) == (row, acts, vendor));
            found.map_or("", |(.., cell)| cell.as_str())
        };
        let safe = cell("spade", wrong.acted[0]);
        let is_covered = |vendor: &&Vendor| vendor.is_idempotent && taken_for(vendor, wrong) == wrong.taken_for;
        for Vendor { name, .. } in VENDORS.iter().filter(is_covered) {
            assert!(wrong.acted.iter().all(|&acts| cell(name, acts) == safe), "{name} differs at {}", wrong.name);
        }
        let [revcent, pipwave] =
            ["revcent", "pipwave"].map(|vendor| [cell(vendor, false), cell(vendor, true)].join(" | "));
        writeln!(table, "| {} | {safe} | {revcent} | {pipwave} |", wrong.name).unwrap();
    }
    table
}

async fn refused_connection_has_delivery_not_sent<T: SocketTransport>() {
    let (_socket, address) = refusing();
    for vendor in VENDORS {
        let sandbox = Sandbox::in_memory();
        let chargeback = plain("case-1", Stage::Contested, Reason::FraudOther).build().unwrap();
        let error = connect(&sandbox, &vendor, address, &shared::<T>(), ATTEMPT).report(&chargeback).await.unwrap_err();
        assert_eq!((kind(&error), error.delivery()), ("transport", Delivery::NotSent), "{}", vendor.name);
        assert!(error.is_retryable() && error.attempts() == 2, "{}", vendor.name);
    }
}
