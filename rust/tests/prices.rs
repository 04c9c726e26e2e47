//! Price intervals against Bellman-Ford on the residual network, and their certificates.

mod instances;
mod referee;

use instances::{networks, never};
use proptest::prelude::*;
use referee::price_ends;
use wattmarket_core::certify::certify;
use wattmarket_core::prices::price_range;
use wattmarket_core::simplex::{Simplex, Status};

proptest! {
    #![proptest_config(ProptestConfig { cases: 3_000, ..ProptestConfig::default() })]

    #[test]
    fn ends_are_residual_shortest_paths_and_optimal(network in networks()) {
        let mut simplex = Simplex::new(network.clone()).expect("small numbers");
        if simplex.solve(&never).expect("never interrupted") == Status::Infeasible {
            return Ok(());
        }
        let flow = simplex.flows();
        let artificial = simplex.bounds().artificial;
        let range = price_range(&network, &flow, simplex.potentials(), artificial, &never).expect("never interrupted");

        prop_assert_eq!(&range, &price_ends(&network, &flow, artificial));

        let middle: Vec<i64> = range.low.iter().zip(&range.high).map(|(low, high)| (low + high).div_euclid(2)).collect();
        for price in [&range.low, &range.high, &middle] {
            prop_assert!(certify(&network, &flow, price).passed());
        }

        // Another optimal flow, the same ends.
        simplex.settle_ties(&never).expect("positions are unique keys");
        let settled = simplex.flows();
        let again = price_range(&network, &settled, simplex.potentials(), artificial, &never).expect("never interrupted");
        prop_assert_eq!(range, again);
    }
}
