//! Wall time of encoding a request and decoding a reply, for each vendor: `cargo bench -p chargeback-benches`.

use chargeback_benches::cases::Vendor;
use chargeback_benches::counts::{Work, repeat};
use divan::Bencher;

fn main() {
    divan::main();
}

/// The number of repetitions. Building the case is then a small part of the time.
const TIMES: u64 = 100;

fn bench(bencher: Bencher<'_, '_>, work: Work, vendor: &str) {
    let vendor = Vendor::from_name(vendor);
    bencher.counter(TIMES).bench(|| repeat(work, vendor, TIMES));
}

#[divan::bench(args = Vendor::ALL.map(Vendor::name))]
fn encode(bencher: Bencher<'_, '_>, vendor: &str) {
    bench(bencher, Work::Encode, vendor);
}

#[divan::bench(args = Vendor::ALL.map(Vendor::name))]
fn encode_by_hand(bencher: Bencher<'_, '_>, vendor: &str) {
    bench(bencher, Work::EncodeByHand, vendor);
}

#[divan::bench(args = Vendor::ALL.map(Vendor::name))]
fn decode(bencher: Bencher<'_, '_>, vendor: &str) {
    bench(bencher, Work::Decode, vendor);
}

#[divan::bench(args = Vendor::ALL.map(Vendor::name))]
fn decode_by_hand(bencher: Bencher<'_, '_>, vendor: &str) {
    bench(bencher, Work::DecodeByHand, vendor);
}
