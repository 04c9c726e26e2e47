//! Random networks, and random histories of updates: every solve certified, warm equal to cold bit for bit.

mod instances;

use instances::{networks, never};
use proptest::prelude::*;
use wattmarket_core::certify::{certify, supply_and_capacity};
use wattmarket_core::network::{Arcs, Network};
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
}
