//! What every clearing of a network must prove.

use wattmarket_core::certify::supply_and_capacity;
use wattmarket_core::clearing::Clearing;
use wattmarket_core::simplex::Simplex;

/// Checks the certificates of an optimum, or that a shortage is one.
pub fn check_proof(simplex: &Simplex, cleared: &Clearing) {
    match cleared {
        Clearing::Optimal(optimum) => assert!(optimum.low.passed() && optimum.high.passed()),
        Clearing::Infeasible(shortage) => {
            let network = simplex.network();
            let mut inside = vec![false; network.nodes()];
            shortage.nodes.iter().for_each(|&node| inside[node as usize] = true);
            assert_eq!(supply_and_capacity(network, &inside), (shortage.supply, shortage.capacity));
            assert!(shortage.supply > shortage.capacity);
        }
    }
}
