//! What fuzzing runs: each target takes bytes and panics if a law is broken.
//!
//! `make fuzz` runs them under libFuzzer (`rust/fuzz`), `cargo test` through proptest (`rust/tests/fuzz_targets.rs`).

mod dimacs;
mod flow;
mod spot;

pub use dimacs::dimacs;
pub use flow::{networks, updates};
pub use spot::markets;
