//! The lowest and the highest optimal price of every node.
//!
//! Given one optimal flow, potentials *p* are optimal exactly if `p[tail] - p[head] <= cost` on every arc with room left
//! and `>= cost` on every arc that carries flow: one inequality per arc of the residual network. These potentials form
//! a lattice that is the same for every optimal flow (Demange, Gale & Sotomayor 1986; Leonard 1983), and relative to
//! the anchor its ends are shortest paths in the residual network:
//!
//! * highest price of a node = length of the shortest path from the node to the anchor;
//! * lowest price of a node = −length of the shortest path from the anchor to the node.
//!
//! With any optimal potentials at hand every residual arc has a non-negative reduced length, so Dijkstra's method finds
//! both. Nodes joined to the anchor by arcs that flow strictly between their bounds have one price only and need no
//! search; where all nodes are, the answer costs one pass over the arcs.
//!
//! A node with no path to the anchor has no highest price, one with no path from it no lowest: the market leaves it
//! open. Such nodes are held by artificial arcs of cost *n*·*C* + 1, which no path of real arcs can reach; so they
//! never touch the price of a node that is tied, the vectors are finite, and both are optimal.
//!
//! # Column generation
//!
//! Over some of the arcs the vectors are ends of a larger lattice. If they satisfy the inequalities of all other
//! arcs too, they are the ends of the smaller one. So: compute, check the arcs left out against both vectors, add those
//! that are violated (they carry no flow), repeat until none is.

use std::cmp::Reverse;
use std::collections::BinaryHeap;

use crate::error::Result;
use crate::network::Network;
use crate::simplex::{Interrupt, Poll};

/// The ends of the lattice of optimal potentials, relative to the anchor.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct PriceRange {
    /// Lowest optimal price of each node.
    pub low: Vec<i64>,
    /// Highest optimal price of each node.
    pub high: Vec<i64>,
    /// Nodes whose price has no lower bound but the artificial one.
    pub low_unbounded: Vec<bool>,
    /// Nodes whose price has no upper bound but the artificial one.
    pub high_unbounded: Vec<bool>,
}

/// A bound that one node's distance puts on another's: `distance[taker] <= distance[giver] + length`.
#[derive(Debug, Clone, Copy)]
struct Step {
    giver: u32,
    taker: u32,
    length: i64,
}

/// Finds the lowest and the highest optimal prices, given an optimal flow and any optimal potentials.
///
/// `artificial` is the cost of the artificial arcs, [`crate::network::Bounds::artificial`]. Takes one pass over the
/// arcs, and for the *k* nodes that are not rigidly tied to the anchor and their *b* arcs O((*k* + *b*) log *k*).
///
/// # Errors
///
/// [`crate::error::Error::Interrupted`].
pub fn price_range(
    network: &Network,
    flow: &[i64],
    potential: &[i64],
    artificial: i64,
    interrupt: Interrupt,
) -> Result<PriceRange> {
    let mut poll = Poll::new(interrupt);
    let anchor = network.anchor as usize;
    let middle: Vec<i64> = potential.iter().map(|&value| value - potential[anchor]).collect();
    let loose = loose_nodes(network, flow);
    poll.spend(network.arcs())?;
    if !loose.contains(&true) {
        let bounded = vec![false; network.nodes()];
        return Ok(PriceRange {
            high: middle.clone(),
            low: middle,
            low_unbounded: bounded.clone(),
            high_unbounded: bounded,
        });
    }
    let (rises, falls) = steps(network, flow, &middle, &loose);
    poll.spend(network.arcs())?;
    let room_above = middle.iter().map(|&price| artificial - price).collect();
    let room_below = middle.iter().map(|&price| artificial + price).collect();
    let (rise, high_unbounded) = distances(&loose, rises, room_above, &mut poll)?;
    let (fall, low_unbounded) = distances(&loose, falls, room_below, &mut poll)?;
    let high = middle.iter().zip(&rise).map(|(price, rise)| price + rise).collect();
    let low = middle.iter().zip(&fall).map(|(price, fall)| price - fall).collect();
    Ok(PriceRange { low, high, low_unbounded, high_unbounded })
}

/// Nodes that arcs strictly inside their bounds do not join to the anchor.
fn loose_nodes(network: &Network, flow: &[i64]) -> Vec<bool> {
    let mut group: Vec<u32> = (0..network.nodes() as u32).collect();
    for (arc, &units) in flow.iter().enumerate() {
        if 0 < units && units < network.capacity[arc] {
            let (one, other) = (find(&mut group, network.tail[arc]), find(&mut group, network.head[arc]));
            group[one.max(other) as usize] = one.min(other);
        }
    }
    let tied = find(&mut group, network.anchor);
    (0..network.nodes() as u32).map(|node| find(&mut group, node) != tied).collect()
}

/// The group's representative, halving the path on the way.
fn find(group: &mut [u32], mut node: u32) -> u32 {
    while group[node as usize] != node {
        let above = group[group[node as usize] as usize];
        group[node as usize] = above;
        node = above;
    }
    node
}

/// How far prices can rise and fall: a step for each residual arc that bounds a loose node.
fn steps(network: &Network, flow: &[i64], price: &[i64], loose: &[bool]) -> (Vec<Step>, Vec<Step>) {
    let (mut rises, mut falls) = (Vec::new(), Vec::new());
    let mut residual = |from: u32, to: u32, length: i64| {
        debug_assert!(length >= 0, "flow and potentials are not optimal");
        if loose[from as usize] {
            rises.push(Step { giver: to, taker: from, length });
        }
        if loose[to as usize] {
            falls.push(Step { giver: from, taker: to, length });
        }
    };
    for (arc, &units) in flow.iter().enumerate() {
        let (tail, head) = (network.tail[arc], network.head[arc]);
        if !(loose[tail as usize] || loose[head as usize]) || tail == head {
            continue;
        }
        let reduced = network.cost[arc] - price[tail as usize] + price[head as usize];
        if units < network.capacity[arc] {
            residual(tail, head, reduced);
        }
        if units > 0 {
            residual(head, tail, -reduced);
        }
    }
    (rises, falls)
}

/// Distance of each node from the tied nodes, all at zero; nodes that no step reaches start from their own `room`, and
/// are marked.
fn distances(loose: &[bool], steps: Vec<Step>, room: Vec<i64>, poll: &mut Poll) -> Result<(Vec<i64>, Vec<bool>)> {
    const FAR: i64 = i64::MAX;
    let rows = Rows::new(loose.len(), steps);
    let mut distance: Vec<i64> = loose.iter().map(|&loose| if loose { FAR } else { 0 }).collect();
    let tied = (0..loose.len() as u32).filter(|&node| !loose[node as usize]);
    let starts: Vec<u32> = tied.filter(|&node| !rows.of(node).is_empty()).collect();
    rows.settle(&mut distance, starts, poll)?;
    let open: Vec<bool> = distance.iter().map(|&distance| distance == FAR).collect();
    let starts: Vec<u32> = (0..loose.len() as u32).filter(|&node| open[node as usize]).collect();
    for &node in &starts {
        distance[node as usize] = room[node as usize];
    }
    rows.settle(&mut distance, starts, poll)?;
    Ok((distance, open))
}

/// Steps sorted by giver.
struct Rows {
    start: Vec<usize>,
    steps: Vec<Step>,
}

impl Rows {
    fn new(nodes: usize, mut steps: Vec<Step>) -> Self {
        steps.sort_unstable_by_key(|step| step.giver);
        let mut start = vec![0; nodes + 1];
        for step in &steps {
            start[step.giver as usize + 1] += 1;
        }
        for node in 0..nodes {
            start[node + 1] += start[node];
        }
        Self { start, steps }
    }

    fn of(&self, node: u32) -> &[Step] {
        &self.steps[self.start[node as usize]..self.start[node as usize + 1]]
    }

    /// Dijkstra's method from several starts with given distances.
    fn settle(&self, distance: &mut [i64], starts: Vec<u32>, poll: &mut Poll) -> Result<()> {
        let mut heap: BinaryHeap<Reverse<(i64, u32)>> =
            starts.into_iter().map(|node| Reverse((distance[node as usize], node))).collect();
        while let Some(Reverse((reached, node))) = heap.pop() {
            if reached > distance[node as usize] {
                continue;
            }
            for step in self.of(node) {
                let through = reached + step.length;
                if through < distance[step.taker as usize] {
                    distance[step.taker as usize] = through;
                    heap.push(Reverse((through, step.taker)));
                }
            }
            poll.spend(8 + self.of(node).len())?;
        }
        Ok(())
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::network::INFINITE;
    use crate::simplex::Simplex;

    fn range(network: &Network) -> PriceRange {
        let mut simplex = Simplex::new(network.clone()).unwrap();
        simplex.solve(&|| false).unwrap();
        price_range(network, &simplex.flows(), simplex.potentials(), simplex.bounds().artificial, &|| false).unwrap()
    }

    /// Two sellers of 3 units at 10 and 20, a buyer of 3: the price is anything from the cheap cost to the dear one.
    #[test]
    fn a_demand_that_one_step_meets_exactly_has_an_interval() {
        let network = Network {
            supply: vec![3, -3],
            tail: vec![0, 0],
            head: vec![1, 1],
            capacity: vec![3, INFINITE],
            cost: vec![10, 20],
            anchor: 1,
            ..Network::default()
        };
        let range = range(&network);
        assert_eq!((range.low[0], range.high[0]), (10, 20));
        assert!(!range.low_unbounded[0] && !range.high_unbounded[0]);
    }

    #[test]
    fn parts_without_a_tie_are_held_by_artificial_arcs() {
        let network = Network {
            supply: vec![0, 2, -2, 0],
            tail: vec![1, 0],
            head: vec![2, 3],
            capacity: vec![5, 5],
            cost: vec![7, 4],
            anchor: 3,
            ..Network::default()
        };
        let range = range(&network);
        // Node 0 can send to the anchor but nothing sends to it: at most 4, no least price.
        assert_eq!((range.high[0], range.high_unbounded[0]), (4, false));
        assert_eq!((range.low[0], range.low_unbounded[0]), (-29, true));
        // Nodes 1 and 2 know only their difference, 7.
        assert_eq!((range.low[1], range.high[1]), (-22, 29));
        assert_eq!((range.low[2], range.high[2]), (-29, 22));
        assert_eq!(range.low[3], 0);
        assert_eq!(range.high_unbounded, [false, true, true, false]);
    }
}
