//! A spot market from tick to tick, against the raw network and a cold start.
#![no_main]

libfuzzer_sys::fuzz_target!(|bytes: &[u8]| wattmarket_fuzz::markets(bytes));
