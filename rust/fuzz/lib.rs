//! The fuzz targets' bodies, which are those of `rust/tests/fuzz_targets.rs`.

#[path = "../tests/markets/mod.rs"]
mod markets;
#[path = "../tests/paths/mod.rs"]
mod paths;
#[path = "../tests/proof/mod.rs"]
mod proof;
#[path = "../tests/referee/mod.rs"]
mod referee;
#[path = "../tests/targets/mod.rs"]
mod targets;

pub use targets::{dimacs, markets, networks, updates};
