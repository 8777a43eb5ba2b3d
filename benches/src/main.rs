//! Prints the tables of `docs/performance.md`: `cargo run --release -p chargeback-benches`.
//!
//! Requires valgrind. `-- gate` measures only instructions and allocations, and fails if a limit is exceeded. `--
//! smoke` only checks that the benchmarks run, and needs no valgrind. `-- outbox` prints the figures of the outbox. All
//! other arguments are for child processes.

use std::time::Duration;

use chargeback_benches::alloc::Counting;
use chargeback_benches::cases::Vendor;
use chargeback_benches::counts::{self, Work};
use chargeback_benches::process::Server;
use chargeback_benches::table::{self, Size};
use chargeback_benches::variants::{self, Variant};
use chargeback_benches::{bulk, fanout, outbox, server};

#[global_allocator]
static ALLOCATOR: Counting = Counting;

fn number(text: &str) -> u64 {
    text.parse().expect("a number")
}

fn print_json(value: &impl serde::Serialize) {
    println!("{}", serde_json::to_string(value).expect("JSON"));
}

fn main() {
    let arguments: Vec<String> = std::env::args().skip(1).collect();
    let arguments: Vec<&str> = arguments.iter().map(String::as_str).collect();
    match arguments.as_slice() {
        [] => all(),
        ["smoke"] => smoke(),
        ["gate"] => {
            let broken = table::broken_targets();
            assert!(broken.is_empty(), "{broken:#?}");
        }
        ["per-vendor"] => table::per_vendor(),
        ["end-to-end"] => table::end_to_end(&Server::start(0), Size::FULL),
        ["fanout"] => table::fanout(Size::FULL),
        ["fanout-of", rounds, origin] => print_json(&table::runtime().block_on(fanout::run(origin, number(rounds)))),
        ["bulk"] => table::bulk(&Server::start(0), Size::FULL),
        ["outbox"] => {
            outbox::table(true);
            outbox::by_hand(true);
            outbox::backlog(true);
            outbox::memory(1_000_000);
        }
        ["outbox-speed"] => {
            outbox::table(true);
            outbox::by_hand(true);
        }
        ["outbox-backlog"] => outbox::backlog(true),
        ["outbox-memory", reports] => outbox::memory(number(reports)),
        #[cfg(feature = "postgres")]
        ["postgres", rest @ ..] => chargeback_benches::postgres::main(rest),
        ["builds"] => table::builds(Size::FULL),
        ["serve", delay] => table::runtime().block_on(server::serve(Duration::from_millis(number(delay)))),
        ["repeat", work, vendor, times] => {
            counts::repeat(Work::from_name(work), Vendor::from_name(vendor), number(times))
        }
        ["variant", variant, vendor, concurrency, reports, origin] => {
            let run = variants::run(
                Variant::from_name(variant),
                Vendor::from_name(vendor),
                number(concurrency),
                number(reports),
                origin,
            );
            print_json(&table::runtime().block_on(run));
        }
        ["bulk", cases, origin] => print_json(&table::runtime().block_on(bulk::run(origin, number(cases), 64))),
        ["build-cases", cases] => print_json(&bulk::build_cases(number(cases))),
        other => panic!("unknown arguments: {other:?}"),
    }
}

fn all() {
    println!("<!-- speed -->");
    table::per_vendor();
    let server = Server::start(0);
    table::end_to_end(&server, Size::FULL);
    table::fanout(Size::FULL);
    table::bulk(&server, Size::FULL);
    table::builds(Size::FULL);
    println!("<!-- /speed -->");
}

fn smoke() {
    counts::compare();
    let server = Server::start(0);
    table::end_to_end(&server, Size::SMOKE);
    table::fanout(Size::SMOKE);
    table::bulk(&server, Size::SMOKE);
    outbox::table(false);
    outbox::by_hand(false);
    outbox::backlog(false);
    outbox::memory(1_000);
}
