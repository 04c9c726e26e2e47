//! Texts for the DIMACS reader: read or refused by line, and what is read can be written, read again and solved.

use wattmarket_core::clearing::{Clearing, clear};
use wattmarket_core::dimacs::{read, write, write_solution};
use wattmarket_core::error::Error;
use wattmarket_core::simplex::Simplex;

use crate::paths::never;
use crate::referee::objective;

/// Networks larger than this are not solved here.
const MOST: usize = 60;

/// Any text.
pub fn dimacs(bytes: &[u8]) {
    let text = String::from_utf8_lossy(bytes);
    let problem = match read(&text) {
        Ok(problem) => problem,
        Err(error) => {
            assert!(matches!(error, Error::Line { .. }), "{error:?}");
            return;
        }
    };
    let again = read(&write(&problem.network, &problem.lower));
    assert_eq!(again.as_ref(), Ok(&problem), "what is written reads back");
    let network = &problem.network;
    if network.nodes() > MOST || network.arcs() > MOST {
        return;
    }
    // What the reader takes, the door refuses, or it can be solved.
    let Ok(mut simplex) = Simplex::new(network.clone()) else {
        return;
    };
    let least = objective(network);
    match clear(&mut simplex, &never).expect("positions are unique keys") {
        Clearing::Optimal(optimum) => {
            assert!(optimum.low.passed() && optimum.high.passed());
            assert_eq!(Some(simplex.objective()), least);
            let solution = write_solution(network, &problem.lower, &optimum.flow);
            assert_eq!(solution.lines().count(), network.arcs() + 1);
        }
        Clearing::Infeasible(_) => assert_eq!(least, None),
    }
}
