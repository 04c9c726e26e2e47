//! Any text for the DIMACS reader.
#![no_main]

libfuzzer_sys::fuzz_target!(|bytes: &[u8]| wattmarket_fuzz::dimacs(bytes));
