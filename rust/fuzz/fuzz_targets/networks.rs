//! One network against the referee.
#![no_main]

libfuzzer_sys::fuzz_target!(|bytes: &[u8]| wattmarket_fuzz::networks(bytes));
