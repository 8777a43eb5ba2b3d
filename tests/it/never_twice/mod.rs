//! Ten thousand schedules of faults, drops, concurrent tasks and restarts, from one seed. In all of them, nothing is
//! applied twice, no acknowledged report is missing, and no error denies that the vendor acted if it did.
//!
//! `CHARGEBACK_SEED` sets the seed. `CHARGEBACK_SCHEDULES` sets the number of schedules of each of the seven tests
//! (default: 2,500).

mod chaos;
mod latest_stage;
mod revcent;
mod shared_ledger;
mod with_ledger;

use std::sync::Arc;
use std::time::Duration;

use chargeback::connector::Connector;
use chargeback::{ChargebackProvider, Delivery, Error, HttpProvider, Receipt};

use self::chaos::{Chaos, Dice, REPORT, Sent};

const SEED: u64 = 20_261_121;

fn setting(name: &str, default: u64) -> u64 {
    std::env::var(name).ok().map_or(default, |value| value.parse().expect("a whole number"))
}

/// Runs this part of the schedules, each with its own paused clock.
fn schedules<T: std::iter::Sum>(name: &str, part: u64, schedule: impl AsyncFn(u64) -> T) -> T {
    let (seed, count) = (setting("CHARGEBACK_SEED", SEED), setting("CHARGEBACK_SCHEDULES", 2_500));
    println!("{name}: seed {seed}, schedules {} to {}", part * count, (part + 1) * count - 1);
    let run = |number: u64| {
        let seed = seed.wrapping_mul(1_000_003).wrapping_add(number);
        let on_panic = PrintOnPanic(format!("{name}: schedule {number} failed, seed {seed}"));
        let runtime = tokio::runtime::Builder::new_current_thread().enable_time().start_paused(true).build().unwrap();
        let tally = runtime.block_on(schedule(seed));
        drop(on_panic);
        tally
    };
    (part * count..(part + 1) * count).map(run).sum()
}

/// Prints the schedule if the thread panics.
struct PrintOnPanic(String);

impl Drop for PrintOnPanic {
    fn drop(&mut self) {
        if std::thread::panicking() {
            eprintln!("{}", self.0);
        }
    }
}

/// The end of a report.
#[derive(Debug)]
enum Ended {
    Returned(Result<Receipt, Error>),
    /// Its future was dropped before the end.
    Dropped,
}

/// A new provider, as after a restart of the process.
fn process<V: Connector>(vendor: V, network: &Chaos, dice: &mut fastrand::Rng) -> HttpProvider<V> {
    let runtime = Arc::new(Dice::new(dice.u64(..)));
    HttpProvider::builder(vendor)
        .transport(network.clone())
        .clock(Arc::clone(&runtime))
        .jitter(runtime)
        .build()
        .unwrap()
}

/// Awaits the future as this report, or drops it after a random time or number of polls.
async fn await_or_drop<T>(report: usize, dice: &mut fastrand::Rng, future: impl Future<Output = T>) -> Option<T> {
    let future = REPORT.scope(report, future);
    match dice.u32(0..10) {
        0 => tokio::time::timeout(Duration::from_millis(dice.u64(0..40_000)), future).await.ok(),
        1 => polled(dice.u32(1..40), future).await,
        _ => Some(future.await),
    }
}

/// Polls the future at most this number of times.
pub(crate) async fn polled<F: Future>(mut polls: u32, future: F) -> Option<F::Output> {
    let mut future = std::pin::pin!(future);
    std::future::poll_fn(move |context| {
        if polls == 0 {
            return std::task::Poll::Ready(None);
        }
        polls -= 1;
        future.as_mut().poll(context).map(Some)
    })
    .await
}

/// Checks that no error denies that the vendor acted if the vendor did, then or later.
fn check_errors<'e>(sent: &[Sent], ended: impl Iterator<Item = (usize, &'e Ended)>) {
    for (report, ended) in ended {
        let Ended::Returned(Err(error)) = ended else { continue };
        if error.delivery() != Delivery::Unknown {
            let acted = sent.iter().any(|sent| sent.report == report && sent.writes && sent.acted);
            assert!(!acted, "report {report} has {:?}, and the vendor acted: {error}", error.delivery());
        }
    }
}

fn boxed_process<V: Connector>(vendor: V, network: &Chaos, dice: &mut fastrand::Rng) -> Arc<dyn ChargebackProvider> {
    Arc::new(process(vendor, network, dice))
}
