//! Prints the tables of `docs/performance.md`: `cargo run --release -p chargeback-benches`.
//!
//! Requires valgrind. `-- gate` measures only instructions and allocations, and fails if a limit is exceeded. `-- smoke`
//! only checks that the benchmarks run, and needs no valgrind. All other arguments are for child processes.

use std::time::Duration;

use chargeback_benches::alloc::Counting;
use chargeback_benches::cases::Which;
use chargeback_benches::counts::{self, What};
use chargeback_benches::process::Server;
use chargeback_benches::roads::{self, Road};
use chargeback_benches::table::{self, Size};
use chargeback_benches::{bulk, server};

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
        ["per-vendor"] => table::per_connector(),
        ["end-to-end"] => table::end_to_end(&Server::start(0), Size::FULL),
        ["fanout"] => table::fanout(Size::FULL),
        ["bulk"] => table::bulk(&Server::start(0), Size::FULL),
        ["builds"] => table::builds(Size::FULL),
        ["serve", wait] => table::runtime().block_on(server::serve(Duration::from_millis(number(wait)))),
        ["repeat", what, which, times] => counts::repeat(What::of(what), Which::of(which), number(times)),
        ["road", road, which, concurrency, reports, origin] => {
            let run = roads::run(Road::of(road), Which::of(which), number(concurrency), number(reports), origin);
            print_json(&table::runtime().block_on(run));
        }
        ["bulk", cases, origin] => print_json(&table::runtime().block_on(bulk::run(origin, number(cases), 64))),
        ["making", cases] => print_json(&bulk::making(number(cases))),
        other => panic!("unknown arguments: {other:?}"),
    }
}

fn all() {
    println!("<!-- speed -->");
    table::per_connector();
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
}
