//! Ten thousand schedules of faults, drops, concurrent tasks and restarts, from one seed: nothing happens twice, nothing that
//! was acknowledged is missing, and no error says that the vendor did not act where it did.
//!
//! `CHARGEBACK_SEED` sets the seed, `CHARGEBACK_SCHEDULES` how many schedules each of the four tests runs (2,500).

mod chaos;
mod latest_stage;
mod revcent;

use std::sync::Arc;
use std::time::Duration;

use chargeback::connector::Connector;
use chargeback::{ChargebackProvider, Delivery, Error, HttpProvider, Receipt};

use self::chaos::{Chaos, Dice, REPORT, Sent};

const SEED: u64 = 20_261_121;

fn setting(name: &str, otherwise: u64) -> u64 {
    std::env::var(name).ok().map_or(otherwise, |value| value.parse().expect("a whole number"))
}

/// Runs this part of the schedules, each in a paused time of its own.
fn schedules<T: std::iter::Sum>(name: &str, part: u64, schedule: impl AsyncFn(u64) -> T) -> T {
    let (seed, count) = (setting("CHARGEBACK_SEED", SEED), setting("CHARGEBACK_SCHEDULES", 2_500));
    println!("{name}: seed {seed}, schedules {} to {}", part * count, (part + 1) * count - 1);
    let run = |number: u64| {
        let seed = seed.wrapping_mul(1_000_003).wrapping_add(number);
        let failing = Announced(format!("{name}: schedule {number} failed, seed {seed}"));
        let runtime = tokio::runtime::Builder::new_current_thread().enable_time().start_paused(true).build().unwrap();
        let tally = runtime.block_on(schedule(seed));
        drop(failing);
        tally
    };
    (part * count..(part + 1) * count).map(run).sum()
}

/// Says which schedule it was if the thread panics.
struct Announced(String);

impl Drop for Announced {
    fn drop(&mut self) {
        if std::thread::panicking() {
            eprintln!("{}", self.0);
        }
    }
}

/// How a report ended.
#[derive(Debug)]
enum Ended {
    ReportedStage(Result<Receipt, Error>),
    /// Its future was dropped on the way.
    Dropped,
}

/// A provider as one process has it.
fn process<V: Connector>(vendor: V, network: &Chaos, dice: &mut fastrand::Rng) -> HttpProvider<V> {
    let runtime = Arc::new(Dice::new(dice.u64(..)));
    HttpProvider::builder(vendor)
        .transport(network.clone())
        .clock(Arc::clone(&runtime))
        .jitter(runtime)
        .build()
        .unwrap()
}

/// Awaits it as report number so and so, or drops it after some time or some polls.
async fn perhaps<T>(report: usize, dice: &mut fastrand::Rng, future: impl Future<Output = T>) -> Option<T> {
    let future = REPORT.scope(report, future);
    match dice.u32(0..10) {
        0 => tokio::time::timeout(Duration::from_millis(dice.u64(0..40_000)), future).await.ok(),
        1 => polled(dice.u32(1..40), future).await,
        _ => Some(future.await),
    }
}

/// Polls at most so often.
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

/// No error may say that the vendor did not act where it did, then or later.
fn check_errors<'e>(sent: &[Sent], ended: impl Iterator<Item = (usize, &'e Ended)>) {
    for (report, ended) in ended {
        let Ended::ReportedStage(Err(error)) = ended else { continue };
        if error.delivery() != Delivery::Unknown {
            let acted = sent.iter().any(|sent| sent.report == report && sent.writes && sent.acted);
            assert!(!acted, "report {report} says {:?}, and the vendor acted: {error}", error.delivery());
        }
    }
}

fn dynamic<V: Connector>(vendor: V, network: &Chaos, dice: &mut fastrand::Rng) -> Arc<dyn ChargebackProvider> {
    Arc::new(process(vendor, network, dice))
}
