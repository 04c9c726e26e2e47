//! The fuzz targets on stable Rust: proptest draws the bytes. `make fuzz` lets libFuzzer look for them.

mod markets;
mod paths;
mod proof;
mod referee;
mod targets;

use proptest::prelude::*;
use wattmarket_core::hash::hash64;

/// A few inputs without proptest, for Miri.
#[test]
fn fixed_inputs_break_nothing() {
    for (target, length) in [(targets::networks as fn(&[u8]), 120), (targets::updates, 250), (targets::markets, 300)] {
        for seed in 0..3u64 {
            let bytes: Vec<u8> = (0..length).map(|at| hash64(at, seed as u32) as u8).collect();
            target(&bytes);
        }
    }
    targets::dimacs(b"p min 3 3\nn 1 4\nn 3 -4\na 1 2 1 5 3\na 2 3 -2 7 4\na 1 3 0 2 -4\n");
}

/// Inputs that once broke a law.
#[test]
fn found_inputs_break_nothing_any_more() {
    // Keys shared by arcs that could not be told apart: refused or not, depending on the tree.
    targets::updates(include_bytes!("targets/found/updates-shared-keys.bin"));
}

/// Bytes for a target; small ones often, so that most draws are small numbers.
fn bytes(most: usize) -> impl Strategy<Value = Vec<u8>> {
    prop::collection::vec(prop_oneof![any::<u8>(), 0u8..8], 0..most)
}

/// A text that is nearly a problem.
fn text() -> impl Strategy<Value = String> {
    let field = prop_oneof![
        6 => (-3i64..6).prop_map(|value| value.to_string()),
        1 => any::<i64>().prop_map(|value| value.to_string()),
        1 => "[a-z.0-9-]{0,3}",
    ];
    let line = ("[napc]", prop::collection::vec(field, 2..6))
        .prop_map(|(kind, fields)| format!("{kind} {}", fields.join(" ")));
    prop::collection::vec(line, 0..9).prop_map(|lines| format!("p min 4 2\n{}", lines.join("\n")))
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 1_500, ..ProptestConfig::default() })]

    #[test]
    fn networks_agree_with_the_referee(bytes in bytes(250)) {
        targets::networks(&bytes);
    }

    #[test]
    fn updates_leave_no_trace(bytes in bytes(500)) {
        targets::updates(&bytes);
    }

    #[test]
    fn any_bytes_are_read_or_refused(bytes in bytes(100)) {
        targets::dimacs(&bytes);
    }

    #[test]
    fn any_text_is_read_or_refused(text in text()) {
        targets::dimacs(text.as_bytes());
    }
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 250, ..ProptestConfig::default() })]

    #[test]
    fn markets_leave_no_trace_and_agree_with_the_raw_network(bytes in bytes(1_500)) {
        targets::markets(&bytes);
    }
}
