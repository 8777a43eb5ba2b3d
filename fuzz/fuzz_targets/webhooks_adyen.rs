#![no_main]
#![allow(dead_code)]

#[path = "../../tests/it/fuzz/webhooks_targets.rs"]
mod targets;

libfuzzer_sys::fuzz_target!(|bytes: &[u8]| targets::adyen_webhook(bytes));
