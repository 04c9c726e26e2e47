//! Price intervals against Bellman-Ford on the residual network, and their certificates.

mod instances;

use instances::{networks, never};
use proptest::prelude::*;
use wattmarket_core::certify::certify;
use wattmarket_core::network::Network;
use wattmarket_core::prices::price_range;
use wattmarket_core::simplex::{Simplex, Status};

/// Residual arcs (from, to, cost).
fn residual(network: &Network, flow: &[i64]) -> Vec<(usize, usize, i64)> {
    let mut arcs = Vec::new();
    for (arc, &units) in flow.iter().enumerate() {
        let (tail, head) = (network.tail[arc] as usize, network.head[arc] as usize);
        if units < network.capacity[arc] {
            arcs.push((tail, head, network.cost[arc]));
        }
        if units > 0 {
            arcs.push((head, tail, -network.cost[arc]));
        }
    }
    arcs
}

/// Shortest distances from a node, by Bellman and Ford; `None` where there is no path.
fn distances(nodes: usize, arcs: &[(usize, usize, i64)], from: usize) -> Vec<Option<i64>> {
    let mut distance = vec![None; nodes];
    distance[from] = Some(0);
    for round in 0..=nodes {
        let mut changed = false;
        for &(tail, head, cost) in arcs {
            if let Some(through) = distance[tail].map(|length: i64| length + cost)
                && distance[head].is_none_or(|length| through < length)
            {
                distance[head] = Some(through);
                changed = true;
            }
        }
        assert!(!(changed && round == nodes), "the residual network of an optimum has no negative cycle");
    }
    distance
}

/// Distances with an artificial arc from the start to every node that has no path; and which those are.
fn held(nodes: usize, mut arcs: Vec<(usize, usize, i64)>, from: usize, artificial: i64) -> (Vec<i64>, Vec<bool>) {
    let open: Vec<bool> = distances(nodes, &arcs, from).iter().map(Option::is_none).collect();
    arcs.extend((0..nodes).filter(|&node| open[node]).map(|node| (from, node, artificial)));
    (distances(nodes, &arcs, from).into_iter().map(|length| length.expect("held")).collect(), open)
}

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

        let anchor = network.anchor as usize;
        let arcs = residual(&network, &flow);
        let back: Vec<_> = arcs.iter().map(|&(tail, head, cost)| (head, tail, cost)).collect();
        let (high, high_open) = held(network.nodes(), back, anchor, artificial);
        let (drop, low_open) = held(network.nodes(), arcs, anchor, artificial);
        prop_assert_eq!(&range.high, &high);
        prop_assert_eq!(&range.low, &drop.iter().map(|length| -length).collect::<Vec<_>>());
        prop_assert_eq!(&range.high_unbounded, &high_open);
        prop_assert_eq!(&range.low_unbounded, &low_open);

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
