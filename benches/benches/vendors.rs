//! Wall time of a vendor's request and reply, for people: `cargo bench -p chargeback-benches`.

use chargeback_benches::cases::Which;
use chargeback_benches::counts::{What, repeat};
use divan::Bencher;

fn main() {
    divan::main();
}

/// A hundred at a time, so that making the case does not count.
const TIMES: u64 = 100;

fn bench(bencher: Bencher<'_, '_>, what: What, which: &str) {
    let which = Which::of(which);
    bencher.counter(TIMES).bench(|| repeat(what, which, TIMES));
}

#[divan::bench(args = Which::ALL.map(Which::name))]
fn encode(bencher: Bencher<'_, '_>, which: &str) {
    bench(bencher, What::Encode, which);
}

#[divan::bench(args = Which::ALL.map(Which::name))]
fn encode_by_hand(bencher: Bencher<'_, '_>, which: &str) {
    bench(bencher, What::EncodeByHand, which);
}

#[divan::bench(args = Which::ALL.map(Which::name))]
fn decode(bencher: Bencher<'_, '_>, which: &str) {
    bench(bencher, What::Decode, which);
}

#[divan::bench(args = Which::ALL.map(Which::name))]
fn decode_by_hand(bencher: Bencher<'_, '_>, which: &str) {
    bench(bencher, What::DecodeByHand, which);
}
