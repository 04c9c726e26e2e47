//! The reader of DIMACS files takes anything without panicking, and whatever is written reads back.

mod instances;

use instances::{networks, never};
use proptest::prelude::*;
use wattmarket_core::dimacs::{read, write, write_solution};
use wattmarket_core::simplex::Simplex;

/// A line that is nearly right.
fn lines() -> impl Strategy<Value = String> {
    let field = prop_oneof![
        6 => (-3i64..6).prop_map(|value| value.to_string()),
        1 => any::<i64>().prop_map(|value| value.to_string()),
        1 => "[a-z.0-9-]{0,3}",
    ];
    let kind =
        prop_oneof![Just("n"), Just("a"), Just("a"), Just("c"), Just("p min"), "[a-z]{0,2}".prop_map(|_| "p max")];
    (kind, prop::collection::vec(field, 0..7)).prop_map(|(kind, fields)| format!("{kind} {}", fields.join(" ")))
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 4_000, ..ProptestConfig::default() })]

    #[test]
    fn any_text_is_read_or_refused(text in any::<String>()) {
        let _ = read(&text);
    }

    #[test]
    fn a_text_that_is_nearly_right_is_read_or_refused_by_line(lines in prop::collection::vec(lines(), 0..9)) {
        let text = format!("p min 4 2\n{}", lines.join("\n"));
        match read(&text) {
            Ok(problem) => {
                let again = read(&write(&problem.network, &problem.lower)).expect("written by the writer");
                prop_assert_eq!(&again, &problem);
                // What the reader takes, the door refuses, or it can be solved.
                let _ = Simplex::new(problem.network).and_then(|mut simplex| simplex.solve(&never));
            }
            Err(error) => prop_assert!(error.to_string().starts_with("line ")),
        }
    }

    #[test]
    fn what_is_written_reads_back(network in networks()) {
        let mut network = network;
        network.anchor = network.nodes() as u32 - 1;
        let problem = read(&write(&network, &[])).expect("written by the writer");
        prop_assert_eq!(&problem.network, &network);
        let solution = write_solution(&network, &problem.lower, &vec![1; network.arcs()]);
        prop_assert_eq!(solution.lines().count(), network.arcs() + 1);
    }
}
