//! One price for every node that the market prices at all, between the lowest and the highest.
//!
//! Where a node has both ends, its price is one of them or their midpoint, rounded down, which is optimal too since costs are
//! integers. A node with one end only is *grounded*: it is quoted what the known prices force at that end. So
//! every vector that is published satisfies `price[tail] − price[head] ≤ cost` on all arcs with room and `≥ cost` on all that
//! carry flow, as far as both nodes are quoted:
//!
//! 1. nodes without an upper end are quoted the least that the known prices allow: their best bid;
//! 2. then nodes from which residual arcs lead to known ones, the most that these allow: their cheapest supply;
//! 3. then nodes that residual arcs reach from known ones, the least that these allow;
//! 4. the others are not quoted: nothing that has a price reaches them.
//!
//! No step breaks what an earlier one has set. No residual arc leads from a node with a lower end to one without, so that
//! step 2 meets arcs in one direction only; and what it leaves has no arc to a known node, so that step 3 does too.

use std::cmp::Reverse;
use std::collections::BinaryHeap;

use crate::network::Network;
use crate::prices::PriceRange;

/// Which of the optimal prices is taken where there is a choice.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Corner {
    /// The lowest node prices.
    Low,
    /// The midpoint, rounded down.
    Midpoint,
    /// The highest node prices.
    High,
}

/// The price of each node at a corner; none where nothing sets one. O(*a* log *a*).
#[must_use]
pub fn grounded(network: &Network, flow: &[i64], range: &PriceRange, corner: Corner) -> Vec<Option<i64>> {
    let pick = |low: i64, high: i64| match corner {
        Corner::Low => low,
        Corner::Midpoint => low + (high - low).div_euclid(2),
        Corner::High => high,
    };
    // Prices are the lowest ones plus an offset, so that all lengths below are reduced costs and none is negative.
    let open = |node: usize| (range.low_unbounded[node], range.high_unbounded[node]);
    let mut offset: Vec<Option<i64>> = (0..network.nodes())
        .map(|node| match open(node) {
            (false, false) => Some(pick(range.low[node], range.high[node]) - range.low[node]),
            _ => None,
        })
        .collect();
    let steps = Steps::new(network, flow, &range.low);
    steps.lift(&mut offset, |node| open(node) == (false, true));
    let low_open = |node: usize| range.low_unbounded[node];
    steps.hold(&mut offset, low_open);
    let left: Vec<bool> = offset.iter().map(Option::is_none).collect();
    steps.lift(&mut offset, |node| left[node]);
    offset.iter().zip(&range.low).map(|(offset, low)| offset.map(|offset| low + offset)).collect()
}

/// Residual arcs, there and back, with their reduced costs.
struct Steps {
    forth: Vec<Vec<(u32, i64)>>,
    back: Vec<Vec<(u32, i64)>>,
}

impl Steps {
    fn new(network: &Network, flow: &[i64], price: &[i64]) -> Self {
        let (mut forth, mut back) = (vec![vec![]; network.nodes()], vec![vec![]; network.nodes()]);
        let mut step = |from: u32, to: u32, length: i64| {
            forth[from as usize].push((to, length));
            back[to as usize].push((from, length));
        };
        for (arc, &units) in flow.iter().enumerate() {
            let (tail, head) = (network.tail[arc], network.head[arc]);
            let reduced = network.cost[arc] - price[tail as usize] + price[head as usize];
            if units < network.capacity[arc] {
                step(tail, head, reduced);
            }
            if units > 0 {
                step(head, tail, -reduced);
            }
        }
        Self { forth, back }
    }

    /// Gives open nodes the least offset that those of known ones allow: along a residual arc it falls by the length at most.
    fn lift(&self, offset: &mut [Option<i64>], open: impl Fn(usize) -> bool) {
        let mut heap: BinaryHeap<(i64, Reverse<u32>)> = known(offset).map(|(node, at)| (at, Reverse(node))).collect();
        while let Some((at, Reverse(node))) = heap.pop() {
            if offset[node as usize] != Some(at) {
                continue;
            }
            for &(to, length) in &self.forth[node as usize] {
                let least = at - length;
                if open(to as usize) && offset[to as usize].is_none_or(|before| before < least) {
                    offset[to as usize] = Some(least);
                    heap.push((least, Reverse(to)));
                }
            }
        }
    }

    /// Gives open nodes the most offset that those of known ones allow.
    fn hold(&self, offset: &mut [Option<i64>], open: impl Fn(usize) -> bool) {
        let mut heap: BinaryHeap<Reverse<(i64, u32)>> = known(offset).map(|(node, at)| Reverse((at, node))).collect();
        while let Some(Reverse((at, node))) = heap.pop() {
            if offset[node as usize] != Some(at) {
                continue;
            }
            for &(from, length) in &self.back[node as usize] {
                let most = at + length;
                if open(from as usize) && offset[from as usize].is_none_or(|before| most < before) {
                    offset[from as usize] = Some(most);
                    heap.push(Reverse((most, from)));
                }
            }
        }
    }
}

fn known(offset: &[Option<i64>]) -> impl Iterator<Item = (u32, i64)> {
    offset.iter().enumerate().filter_map(|(node, offset)| offset.map(|offset| (node as u32, offset)))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::clearing::{Clearing, clear};
    use crate::hash::hash64;
    use crate::simplex::Simplex;

    /// Random circulations with buyers and sellers: every corner's quotes are optimal wherever both nodes are quoted.
    #[test]
    fn quotes_are_optimal_at_every_corner() {
        let mut quoted = [0; 2];
        for round in 0..400u64 {
            let draw = |index: u64, most: u64| hash64(index ^ (round << 20), 0) % most;
            let (nodes, arcs) = (2 + draw(0, 8) as usize, draw(1, 25));
            let ends = |stream: u64| (0..arcs).map(move |arc| draw(stream << 10 | arc, nodes as u64) as u32).collect();
            let network = Network {
                supply: vec![0; nodes],
                tail: ends(1),
                head: ends(2),
                capacity: (0..arcs).map(|arc| draw(3 << 10 | arc, 6) as i64).collect(),
                cost: (0..arcs).map(|arc| draw(4 << 10 | arc, 30) as i64 - 12).collect(),
                ..Network::default()
            };
            let mut simplex = Simplex::new(network.clone()).unwrap();
            let Clearing::Optimal(optimum) = clear(&mut simplex, &|| false).unwrap() else { unreachable!() };
            for corner in [Corner::Low, Corner::Midpoint, Corner::High] {
                let price = grounded(&network, &optimum.flow, &optimum.prices, corner);
                for (arc, &units) in optimum.flow.iter().enumerate() {
                    let ends = price[network.tail[arc] as usize].zip(price[network.head[arc] as usize]);
                    if let Some((tail, head)) = ends {
                        assert!(units == network.capacity[arc] || tail - head <= network.cost[arc], "round {round}");
                        assert!(units == 0 || tail - head >= network.cost[arc], "round {round}");
                    }
                }
                for node in 0..nodes {
                    let bounded = !(optimum.prices.low_unbounded[node] && optimum.prices.high_unbounded[node]);
                    assert!(price[node].is_some() || !bounded);
                    quoted[usize::from(price[node].is_some())] += 1;
                }
            }
        }
        assert!(quoted[0] > 0 && quoted[1] > 0);
    }
}
