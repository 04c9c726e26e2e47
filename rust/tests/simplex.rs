//! Random networks, and random histories of updates: every solve certified, warm equal to cold bit for bit.

mod instances;

use instances::{networks, never};
use proptest::prelude::*;
use wattmarket_core::certify::{certify, supply_and_capacity};
use wattmarket_core::hash::hash64;
use wattmarket_core::network::{Arcs, COST_LIMIT, FLOW_LIMIT, Network};
use wattmarket_core::simplex::{Simplex, Status};

/// Solves, settles ties and certifies; the flow, or nothing if infeasible (which is certified too).
fn solve(simplex: &mut Simplex) -> Option<Vec<i64>> {
    let status = simplex.solve(&never).expect("never interrupted");
    let network = simplex.network().clone();
    if status == Status::Infeasible {
        let shortage = simplex.shortage().expect("an infeasible network has a shortage");
        let mut inside = vec![false; network.nodes()];
        shortage.nodes.iter().for_each(|&node| inside[node as usize] = true);
        assert_eq!(supply_and_capacity(&network, &inside), (shortage.supply, shortage.capacity));
        assert!(shortage.supply > shortage.capacity);
        return None;
    }
    assert!(simplex.shortage().is_none());
    assert!(certify(&network, &simplex.flows(), simplex.potentials()).passed());
    let before = simplex.objective();
    simplex.settle_ties(&never).expect("positions are unique keys");
    let flow = simplex.flows();
    let certificate = certify(&network, &flow, simplex.potentials());
    assert!(certificate.passed(), "{certificate:?}");
    assert_eq!(certificate.primal, Some(before));
    Some(flow)
}

/// A change to one of the columns of a network.
#[derive(Debug, Clone)]
enum Change {
    Supply(Vec<(prop::sample::Index, prop::sample::Index, i64)>),
    Capacity(Vec<(prop::sample::Index, i64)>),
    Cost(Vec<(prop::sample::Index, i64)>),
}

fn changes() -> impl Strategy<Value = Vec<Change>> {
    let index = any::<prop::sample::Index>;
    let change = prop_oneof![
        prop::collection::vec((index(), index(), 0i64..5), 1..4).prop_map(Change::Supply),
        prop::collection::vec((index(), 0i64..7), 1..5).prop_map(Change::Capacity),
        prop::collection::vec((index(), -3i64..8), 1..5).prop_map(Change::Cost),
    ];
    prop::collection::vec(change, 1..8)
}

fn apply(network: &mut Network, change: &Change) {
    let arcs = network.arcs();
    match change {
        Change::Supply(moves) => {
            for (from, to, amount) in moves {
                let nodes = network.nodes();
                network.supply[from.index(nodes)] -= amount;
                network.supply[to.index(nodes)] += amount;
            }
        }
        Change::Capacity(values) if arcs > 0 => {
            values.iter().for_each(|(index, value)| network.capacity[index.index(arcs)] = *value);
        }
        Change::Cost(values) if arcs > 0 => {
            for (index, value) in values {
                let arc = index.index(arcs);
                network.cost[arc] = *value;
                if *value < 0 {
                    network.capacity[arc] = network.capacity[arc].min(7);
                }
            }
        }
        _ => {}
    }
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 2_000, ..ProptestConfig::default() })]

    #[test]
    fn every_solve_is_certified(network in networks()) {
        solve(&mut Simplex::new(network).expect("small numbers"));
    }

    #[test]
    fn warm_equals_cold(network in networks(), history in changes()) {
        let mut network = network;
        let mut warm = Simplex::new(network.clone()).expect("small numbers");
        solve(&mut warm);
        for change in &history {
            apply(&mut network, change);
            warm.update(Some(&network.supply), Some(&network.capacity), Some(&network.cost)).expect("small numbers");
            let mut cold = Simplex::new(network.clone()).expect("small numbers");
            prop_assert_eq!(solve(&mut warm), solve(&mut cold));
        }
    }

    #[test]
    fn appending_equals_knowing(network in networks(), known in any::<prop::sample::Index>()) {
        let first = known.index(network.arcs() + 1);
        let mut part = network.clone();
        part.tail.truncate(first);
        part.head.truncate(first);
        part.capacity.truncate(first);
        part.cost.truncate(first);
        let mut grown = Simplex::new(part).expect("small numbers");
        solve(&mut grown);
        let rest = Arcs {
            tail: &network.tail[first..],
            head: &network.head[first..],
            capacity: &network.capacity[first..],
            cost: &network.cost[first..],
            key: &[],
        };
        grown.append_arcs(&rest).expect("small numbers");
        prop_assert_eq!(grown.network(), &network);
        prop_assert_eq!(solve(&mut grown), solve(&mut Simplex::new(network).expect("small numbers")));
    }

    /// Numbers at the limits of the door: debug builds panic on any overflow.
    #[test]
    fn the_largest_numbers_admitted_do_not_overflow(network in networks(), history in changes()) {
        let mut network = network;
        let largest = |network: &Network| {
            let mut scaled = network.clone();
            let nodes = network.nodes() as i64;
            let dearest = network.cost.iter().map(|cost| cost.abs()).max().unwrap_or(0).max(1);
            scaled.cost.iter_mut().for_each(|cost| *cost *= COST_LIMIT / (nodes + 1) / dearest);
            let earning = network.cost.iter().zip(&network.capacity).filter(|(cost, _)| **cost < 0);
            let flow: i64 = network.supply.iter().map(|supply| supply.max(&0)).sum::<i64>()
                + earning.map(|(_, capacity)| capacity).sum::<i64>();
            let factor = FLOW_LIMIT / flow.max(1);
            scaled.supply.iter_mut().for_each(|supply| *supply *= factor);
            scaled.capacity.iter_mut().for_each(|capacity| *capacity = capacity.saturating_mul(factor));
            scaled
        };
        let start = largest(&network);
        let mut warm = Simplex::new(start).expect("within the limits");
        solve(&mut warm);
        for change in &history {
            apply(&mut network, change);
            let now = largest(&network);
            warm.update(Some(&now.supply), Some(&now.capacity), Some(&now.cost)).expect("within the limits");
            let mut cold = Simplex::new(now).expect("within the limits");
            prop_assert_eq!(solve(&mut warm), solve(&mut cold));
        }
    }

    #[test]
    fn with_keys_the_order_of_arcs_does_not_matter(network in networks(), shuffle in any::<u64>()) {
        let mut network = network;
        network.key = (0..network.arcs() as u64).map(|arc| hash64(arc, 3)).collect();
        let mut order: Vec<usize> = (0..network.arcs()).collect();
        order.sort_unstable_by_key(|&arc| hash64(arc as u64 ^ shuffle, 5));
        let mut permuted = network.clone();
        for (slot, &arc) in order.iter().enumerate() {
            permuted.tail[slot] = network.tail[arc];
            permuted.head[slot] = network.head[arc];
            permuted.capacity[slot] = network.capacity[arc];
            permuted.cost[slot] = network.cost[arc];
            permuted.key[slot] = network.key[arc];
        }
        let straight = solve(&mut Simplex::new(network).expect("small numbers"));
        let shuffled = solve(&mut Simplex::new(permuted).expect("small numbers"));
        prop_assert_eq!(straight.map(|flow| order.iter().map(|&arc| flow[arc]).collect::<Vec<_>>()), shuffled);
    }
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 100, ..ProptestConfig::default() })]

    /// Large enough for sifting, candidate lists and deep trees, with few distinct costs so that ties abound.
    #[test]
    fn larger_networks_are_certified_warm_and_cold(seed in any::<u64>(), nodes in 20usize..60, density in 2usize..40) {
        let mut state = seed;
        let mut draw = |below: i64| {
            state = hash64(state, 1);
            (state % below as u64) as i64
        };
        let mut network = Network { supply: vec![0; nodes], ..Network::default() };
        for _ in 0..nodes * density {
            let (tail, head, capacity) = (draw(nodes as i64), draw(nodes as i64), draw(30));
            network.tail.push(tail as u32);
            network.head.push(head as u32);
            network.capacity.push(capacity);
            network.cost.push(draw(6) - 1);
            let hidden = draw(capacity + 1) / 3;
            network.supply[tail as usize] += hidden;
            network.supply[head as usize] -= hidden;
        }
        let mut warm = Simplex::new(network.clone()).expect("small numbers");
        solve(&mut warm);
        for _ in 0..3 {
            for arc in 0..network.arcs() {
                if draw(10) == 0 {
                    network.cost[arc] = draw(8) - 1;
                    network.capacity[arc] = draw(40);
                }
            }
            warm.update(None, Some(&network.capacity), Some(&network.cost)).expect("small numbers");
            prop_assert_eq!(solve(&mut warm), solve(&mut Simplex::new(network.clone()).expect("small numbers")));
        }
    }
}
