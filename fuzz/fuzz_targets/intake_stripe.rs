#![no_main]
#![allow(dead_code)]

#[path = "../../tests/it/fuzz/intake_targets.rs"]
mod targets;

libfuzzer_sys::fuzz_target!(|bytes: &[u8]| targets::of_stripe(bytes));
