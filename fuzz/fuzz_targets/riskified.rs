#![no_main]
#![allow(dead_code)]

#[path = "../../tests/it/fuzz/targets.rs"]
mod targets;

libfuzzer_sys::fuzz_target!(|bytes: &[u8]| run(bytes));

fn run(bytes: &[u8]) {
    let target = targets::TARGETS.iter().find(|target| target.0 == "riskified");
    (target.expect("it is listed").1)(bytes);
}
