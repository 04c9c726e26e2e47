//! A network through a sequence of changes, against a cold start.
#![no_main]

libfuzzer_sys::fuzz_target!(|bytes: &[u8]| wattmarket_fuzz::updates(bytes));
