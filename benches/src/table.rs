//! Prints the tables of `docs/performance.md`.

use crate::builds::{self, Build};
use crate::bulk::Run;
use crate::cases::Vendor;
use crate::counts::{self, Work};
use crate::fanout::{self, Fanout};
use crate::process::{self, Server};
use crate::variants::{Cost, Variant};

/// The amount of work of a run.
#[derive(Debug, Clone, Copy)]
pub struct Size {
    /// Runs of the end-to-end comparison, and rounds of each run.
    pub runs: usize,
    pub rounds: usize,
    /// Reports per cell at concurrency 64 and at concurrency 1.
    pub reports: [u64; 2],
    /// The largest bulk has ten to this power cases.
    pub bulk: u32,
    pub fanout: u64,
    pub builds: usize,
}

impl Size {
    /// The sizes of `docs/performance.md`.
    pub const FULL: Self = Self { runs: 5, rounds: 3, reports: [20_000, 5_000], bulk: 6, fanout: 1_000, builds: 1 };
    /// The smallest sizes, to check that the benchmarks run.
    pub const SMOKE: Self = Self { runs: 1, rounds: 1, reports: [500, 100], bulk: 3, fanout: 20, builds: 0 };
}

fn row(cells: impl IntoIterator<Item = String>) {
    println!("| {} |", cells.into_iter().collect::<Vec<_>>().join(" | "));
}

fn head<'a>(cells: impl IntoIterator<Item = &'a str>) {
    let cells: Vec<String> = cells.into_iter().map(str::to_owned).collect();
    let lines = vec!["---".to_owned(); cells.len()];
    println!();
    row(cells);
    println!("|{}|", lines.join("|"));
}

fn vendors(first: &str) {
    head(std::iter::once(first).chain(Vendor::ALL.map(Vendor::name)));
}

fn line(name: &str, cell: impl Fn(usize) -> String) {
    row(std::iter::once(name.to_owned()).chain((0..Vendor::ALL.len()).map(cell)));
}

fn median(mut numbers: Vec<f64>) -> f64 {
    numbers.sort_unstable_by(f64::total_cmp);
    numbers[numbers.len() / 2]
}

#[allow(clippy::cast_precision_loss, reason = "far below 2^52")]
fn ratio(one: u64, other: u64) -> String {
    format!("{:.2}", one as f64 / other as f64)
}

/// Instructions and allocations of one request and one reply.
pub fn per_vendor() {
    counts::compare();
    let count = |work| Vendor::ALL.map(|vendor| counts::instructions(work, vendor));
    let [encode, encode_by_hand, json, decode, decode_by_hand, report] = Work::ALL.map(count);
    vendors("One report: instructions");
    line("translate, encode, sign", |i| encode[i].to_string());
    line("same request, hand-written", |i| encode_by_hand[i].to_string());
    line("ratio (target 1.5)", |i| ratio(encode[i], encode_by_hand[i]));
    line("`serde_json` part of the hand-written request", |i| json[i].to_string());
    line("ratio to `serde_json` alone", |i| ratio(encode[i], json[i]));
    line("decode", |i| decode[i].to_string());
    line("same reply into a plain struct, hand-written", |i| decode_by_hand[i].to_string());
    line("ratio (target 1.5)", |i| ratio(decode[i], decode_by_hand[i]));
    line("`report()` with a transport that replies immediately", |i| report[i].to_string());
    let (ours, by_hand) = (Vendor::ALL.map(counts::allocations), Vendor::ALL.map(counts::allocations_by_hand));
    vendors("One request: allocations");
    line("hand-written", |i| by_hand[i].to_string());
    line("this crate", |i| ours[i].made.to_string());
    line("owned by the request", |i| ours[i].by_request.to_string());
    line("owned by step and losses, for retries and the receipt", |i| ours[i].by_report.to_string());
    line("temporary, freed before the request is sent (target 0)", |i| ours[i].temporary.to_string());
}

/// Checks the targets that do not depend on the machine: instructions and allocations of one request and one reply.
/// Returns the missed targets.
#[must_use]
pub fn broken_targets() -> Vec<String> {
    counts::compare();
    let mut broken = Vec::new();
    for vendor in Vendor::ALL {
        for (ours, by_hand) in [(Work::Encode, Work::EncodeByHand), (Work::Decode, Work::DecodeByHand)] {
            let (ours_take, by_hand_takes) =
                (counts::instructions(ours, vendor), counts::instructions(by_hand, vendor));
            let (vendor, work) = (vendor.name(), ours.name());
            println!("{vendor} {work}: {} times the hand-written code", ratio(ours_take, by_hand_takes));
            // The target is 1.5. Inlining of other compiler versions may add a tenth.
            if ours_take * 10 > by_hand_takes * 16 {
                broken.push(format!("{vendor} {work}: {ours_take} instructions, hand-written {by_hand_takes}"));
            }
        }
        let temporary = counts::allocations(vendor).temporary;
        println!("{} temporary allocations: {temporary}", vendor.name());
        if temporary > 0 {
            broken.push(format!("{}: {temporary} temporary allocations", vendor.name()));
        }
    }
    broken
}

/// CPU seconds per 100,000 requests of each variant: by run, vendor, variant and round.
type Measured = Vec<Vec<Vec<Vec<f64>>>>;

/// CPU time of each variant over loopback: medians, and ratios with their spread over the runs.
pub fn end_to_end(server: &Server, size: Size) {
    for (concurrency, reports) in [64, 1].into_iter().zip(size.reports) {
        let run = || of_one_run(server, size.rounds, concurrency, reports);
        let all: Measured = (0..size.runs).map(|_| run()).collect();
        vendors(&format!("End to end, concurrency {concurrency}: CPU seconds per 100,000 requests"));
        for variant in Variant::ALL {
            let cells = |vendor: usize| all.iter().flat_map(move |run| run[vendor][variant.place()].clone());
            line(variant.title(), |vendor| format!("{:.2}", median(cells(vendor).collect())));
        }
        vendors("Ratio of these times: median (lowest to highest run)");
        for (one, other, target) in RATIOS {
            let target = if target.is_empty() { String::new() } else { format!(" (target {target})") };
            line(&format!("{} / {}{target}", one.title(), other.title()), |vendor| spread(&all, vendor, one, other));
        }
    }
}

/// The compared variants and the targets.
const RATIOS: [(Variant, Variant, &str); 7] = [
    (Variant::Report, Variant::ByHand, "1.10"),
    (Variant::ReportOverHyper, Variant::ByHand, ""),
    (Variant::ReportOverHyper, Variant::Pool, "1.15"),
    (Variant::ByHandOverPool, Variant::Pool, ""),
    (Variant::ReportOverHyper, Variant::ByHandOverPool, ""),
    (Variant::Reqwest, Variant::ByHand, ""),
    (Variant::Pool, Variant::ByHand, ""),
];

fn of_one_run(server: &Server, rounds: usize, concurrency: u64, reports: u64) -> Vec<Vec<Vec<f64>>> {
    let mut cpu = vec![vec![Vec::new(); Variant::ALL.len()]; Vendor::ALL.len()];
    for _ in 0..rounds {
        for (vendor, of_vendor) in Vendor::ALL.into_iter().zip(&mut cpu) {
            for (variant, of_variant) in Variant::ALL.into_iter().zip(of_vendor) {
                let (concurrency, reports) = (concurrency.to_string(), (reports / vendor.requests()).to_string());
                let arguments = ["variant", variant.name(), vendor.name(), &concurrency, &reports, server.origin()];
                of_variant.push(process::run_child::<Cost>(&arguments).cpu_per_100_000());
            }
        }
    }
    cpu
}

/// Compares within a round, so that other load on the machine affects both variants.
fn spread(all: &Measured, vendor: usize, one: Variant, other: Variant) -> String {
    let of_run = |run: &Vec<Vec<Vec<f64>>>| {
        let pairs = run[vendor][one.place()].iter().zip(&run[vendor][other.place()]);
        median(pairs.map(|(one, other)| one / other).collect())
    };
    let ratios: Vec<f64> = all.iter().map(of_run).collect();
    let lowest = ratios.iter().copied().fold(f64::INFINITY, f64::min);
    let highest = ratios.iter().copied().fold(0.0, f64::max);
    format!("{:.2} ({lowest:.2} to {highest:.2})", median(ratios))
}

/// Time of a `Reporter` with ten vendors and of the slowest vendor alone; CPU time of both.
pub fn fanout(size: Size) {
    head([
        "`Reporter` with ten vendors, concurrency 1",
        "slowest vendor alone",
        "all ten",
        "ratio of the times (target 1.05)",
        "CPU time, one after the other",
        "CPU time of all ten",
        "ratio (target 1.1)",
    ]);
    for delay in [0_u64, 20] {
        let server = Server::start(delay);
        let rounds = if delay == 0 { size.fanout } else { (size.fanout / 20).max(5) };
        let fanout = process::run_child::<Fanout>(&["fanout-of", &rounds.to_string(), server.origin()]);
        let (slowest, alone) = fanout.slowest;
        let name = if delay == 0 {
            "immediate replies over loopback".to_owned()
        } else {
            format!("replies after {delay} ms, as over a network")
        };
        row([
            name,
            format!("{}, {slowest}", fanout::micros(alone)),
            fanout::micros(fanout.together),
            format!("{:.2}", fanout.together / alone),
            fanout::micros(fanout.alone_cpu),
            fanout::micros(fanout.together_cpu),
            format!("{:.2}", fanout.together_cpu / fanout.alone_cpu),
        ]);
    }
}

/// Returns a tokio runtime with one thread, so that all measured time is of that thread.
///
/// # Panics
///
/// If the runtime cannot be built.
#[must_use]
pub fn runtime() -> tokio::runtime::Runtime {
    tokio::runtime::Builder::new_current_thread().enable_all().build().expect("a runtime")
}

/// CPU time, throughput and memory of `report_all`.
pub fn bulk(server: &Server, size: Size) {
    head(["`report_all` to one vendor, concurrency 64", "CPU µs per case", "cases per second", "memory growth, KiB"]);
    for power in 3..=size.bulk {
        let cases = 10_u64.pow(power).to_string();
        let run = process::run_child::<Run>(&["bulk", &cases, server.origin()]);
        row([cases, micros(run.cost), rate(run.cost), (run.most_kib - run.before_kib).to_string()]);
    }
    let cases = 10_u64.pow(size.bulk.min(5));
    let text = cases.to_string();
    let (mut singles, mut bulks) = (Vec::new(), Vec::new());
    for _ in 0..size.runs {
        singles.push(process::run_child::<Cost>(&["variant", "report", "spade", "64", &text, server.origin()]));
        bulks.push(process::run_child::<Run>(&["bulk", &text, server.origin()]).cost);
    }
    let building = process::run_child::<Cost>(&["build-cases", &text]);
    let each = |of: fn(&Cost) -> f64| {
        let pairs = singles.iter().zip(&bulks);
        let mut ratios: Vec<f64> = pairs.map(|(single, bulk)| of(bulk) / of(single)).collect();
        ratios.sort_unstable_by(f64::total_cmp);
        let (lowest, highest) = (ratios[0], ratios[ratios.len() - 1]);
        format!("{:.2} ({lowest:.2} to {highest:.2})", ratios[ratios.len() / 2])
    };
    let (cpu, wall) = (each(|cost| cost.cpu), each(|cost| cost.wall));
    let (single, bulk) = (middle(singles), middle(bulks));
    row([format!("{cases}, alternating with `report()`"), micros(bulk), rate(bulk), String::new()]);
    row([format!("{cases} by `report()`"), micros(single), rate(single), String::new()]);
    row([format!("{cases} cases built and dropped"), micros(building), rate(building), String::new()]);
    row(["`report_all` / `report()`, CPU time (target 1.15) and time".into(), cpu, wall, String::new()]);
}

/// Returns the cost with the median CPU time.
fn middle(mut all: Vec<Cost>) -> Cost {
    all.sort_unstable_by(|one, other| one.cpu.total_cmp(&other.cpu));
    all[all.len() / 2]
}

fn micros(cost: Cost) -> String {
    format!("{:.1}", cost.cpu_per_100_000() * 10.0)
}

#[allow(clippy::cast_precision_loss, reason = "far below 2^52")]
fn rate(cost: Cost) -> String {
    format!("{:.0}", cost.requests as f64 / cost.wall)
}

/// Crates and times of cold builds.
pub fn builds(size: Size) {
    if size.builds == 0 {
        return;
    }
    head(["Cold build, debug profile", "crates", "CPU seconds", "seconds"]);
    for (name, Build { crates, cpu, wall }) in builds::NAMES.into_iter().zip(builds::run(size.builds)) {
        row([name.to_owned(), crates.to_string(), format!("{cpu:.1}"), format!("{wall:.1}")]);
    }
}
