//! Random networks shared by the property tests.

#![allow(dead_code)] // Each test binary takes what it needs.

use proptest::prelude::*;
use wattmarket_core::network::{INFINITE, Network};

/// An interrupt that never comes.
pub fn never() -> bool {
    false
}

/// Networks of every kind: parallel arcs, loops, zero and infinite capacities, negative costs, small numbers so that
/// ties abound, separate parts.
pub fn networks() -> impl Strategy<Value = Network> {
    (2usize..14, 0usize..50).prop_flat_map(|(nodes, arcs)| {
        let node = 0..nodes as u32;
        let capacity = prop_oneof![4 => 0i64..6, 1 => Just(INFINITE)];
        let arc = (node.clone(), node.clone(), capacity, -3i64..8);
        (prop::collection::vec(-4i64..5, nodes), prop::collection::vec(arc, arcs), node).prop_map(
            |(supply, arcs, anchor)| {
                let mut network = Network { supply, anchor, ..Network::default() };
                balance(&mut network.supply);
                for (tail, head, capacity, cost) in arcs {
                    network.tail.push(tail);
                    network.head.push(head);
                    network.capacity.push(if cost < 0 { capacity.min(7) } else { capacity });
                    network.cost.push(cost);
                }
                network
            },
        )
    })
}

/// Gives the first node what the others lack.
pub fn balance(supply: &mut [i64]) {
    let excess: i64 = supply.iter().sum();
    supply[0] -= excess;
}
