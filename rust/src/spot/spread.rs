//! Shortest paths in the residual network, explicit arcs and implicit ones alike.
//!
//! An optimal price vector obeys price(x) ≤ price(y) + cost along every residual arc x → y. So highest prices are
//! shortest paths *to* the anchor and lowest prices come of shortest paths *from* it. Distances are in reduced costs
//! under the simplex's potentials, which are never negative; most are zero, and a stack serves those before the heap is
//! asked (Dijkstra). Implicit arcs carry no flow, so they are residual from row to port only: one dense pass relaxes
//! them all, and the search goes on from what it moved.

use std::cmp::Reverse;
use std::collections::BinaryHeap;

use super::layout::Layout;
use super::rows::NONE;
use super::transport::{NO_ASK, NO_BID, Scope, asks, bids};
use super::wiring::Wiring;

/// No path.
pub const FAR: i64 = i64::MAX / 8;

/// Which way prices travel.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Way {
    /// Along residual arcs: what a known price lifts others to at least.
    Lift,
    /// Against residual arcs: what a known price holds others down to at most.
    Hold,
}

/// The residual network of an optimal flow.
#[derive(Debug)]
pub struct Residual<'a> {
    layout: &'a Layout,
    wiring: &'a Wiring,
    potential: &'a [i64],
    tail: &'a [u32],
    head: &'a [u32],
    reduced: Vec<i64>,
    forward: Vec<bool>,
    backward: Vec<bool>,
    start: Vec<u32>,
    incident: Vec<u32>,
}

impl<'a> Residual<'a> {
    /// Builds the adjacency of explicit arcs, active implicit ones included.
    #[must_use]
    pub fn new(
        layout: &'a Layout,
        wiring: &'a Wiring,
        potential: &'a [i64],
        ends: (&'a [u32], &'a [u32]),
        columns: (&[i64], &[i64], &[i64]),
    ) -> Self {
        let ((tail, head), (capacity, cost, flow)) = (ends, columns);
        let nodes = wiring.nodes();
        let mut start = vec![0u32; nodes + 2];
        for &end in tail.iter().chain(head) {
            start[end as usize + 2] += 1;
        }
        for node in 2..start.len() {
            start[node] += start[node - 1];
        }
        let mut incident = vec![0u32; 2 * tail.len()];
        for (arc, (&tail, &head)) in tail.iter().zip(head).enumerate() {
            for end in [tail, head] {
                incident[start[end as usize + 1] as usize] = arc as u32;
                start[end as usize + 1] += 1;
            }
        }
        let ends = || tail.iter().zip(head);
        let reduced =
            ends().zip(cost).map(|((&t, &h), &c)| c - potential[t as usize] + potential[h as usize]).collect();
        let forward = flow.iter().zip(capacity).map(|(flow, capacity)| flow < capacity).collect();
        let backward = flow.iter().map(|&flow| flow > 0).collect();
        Self { layout, wiring, potential, tail, head, reduced, forward, backward, start, incident }
    }

    /// Lowers the distances of all nodes to the lengths of shortest paths from those whose distance is given. With `open`, only
    /// open nodes move, and the others are what they start from. Price = potential − distance when lifting,
    /// + distance when holding.
    pub fn spread(&self, way: Way, distance: &mut [i64], open: Option<&[bool]>) {
        let mut changed = vec![open.is_some(); distance.len()];
        let mut fresh = self.sources(way, distance, open);
        loop {
            fresh.iter().for_each(|&node| changed[node as usize] = true);
            self.travel(way, distance, open, &fresh, &mut changed);
            fresh = match way {
                Way::Lift => self.lift_ports(distance, open, &changed),
                Way::Hold => self.hold_rows(distance, open),
            };
            if fresh.is_empty() {
                return;
            }
            changed.fill(false);
        }
    }

    /// The nodes to start from: those whose distance is given, or the open ones that have such neighbours.
    fn sources(&self, way: Way, distance: &mut [i64], open: Option<&[bool]>) -> Vec<u32> {
        let nodes = 0..distance.len() as u32;
        let Some(open) = open else {
            return nodes.filter(|&node| distance[node as usize] < FAR).collect();
        };
        let back = if way == Way::Lift { Way::Hold } else { Way::Lift };
        let mut fresh = vec![];
        for node in nodes.filter(|&node| open[node as usize]) {
            let mut nearest = distance[node as usize];
            self.each_neighbour(back, node, |next, reduced| {
                if distance[next as usize] < FAR {
                    nearest = nearest.min(distance[next as usize] + reduced);
                }
            });
            distance[node as usize] = nearest;
            if nearest < FAR {
                fresh.push(node);
            }
        }
        fresh
    }

    /// The price that a distance means, or none.
    fn price(&self, way: Way, node: usize, distance: i64) -> i64 {
        match way {
            Way::Lift if distance >= FAR => NO_BID,
            Way::Hold if distance >= FAR => NO_ASK,
            Way::Lift => self.potential[node] - distance,
            Way::Hold => self.potential[node] + distance,
        }
    }

    /// Dijkstra over the explicit arcs.
    fn travel(&self, way: Way, distance: &mut [i64], open: Option<&[bool]>, fresh: &[u32], changed: &mut [bool]) {
        let mut heap: BinaryHeap<Reverse<(i64, u32)>> =
            fresh.iter().map(|&node| Reverse((distance[node as usize], node))).collect();
        let mut level: Vec<u32> = vec![];
        while let Some(Reverse((length, node))) = heap.pop() {
            if length > distance[node as usize] {
                continue;
            }
            level.push(node);
            while let Some(node) = level.pop() {
                self.each_neighbour(way, node, |next, reduced| {
                    let reached = length + reduced;
                    if reached < distance[next as usize] && open.is_none_or(|open| open[next as usize]) {
                        distance[next as usize] = reached;
                        changed[next as usize] = true;
                        if reduced == 0 {
                            level.push(next);
                        } else {
                            heap.push(Reverse((reached, next)));
                        }
                    }
                });
            }
        }
    }

    fn each_neighbour(&self, way: Way, node: u32, mut each: impl FnMut(u32, i64)) {
        let (first, last) = (self.start[node as usize] as usize, self.start[node as usize + 1] as usize);
        for &arc in &self.incident[first..last] {
            let arc = arc as usize;
            let leaves = self.tail[arc] == node;
            let next = if leaves { self.head[arc] } else { self.tail[arc] };
            // Lifting follows residual arcs out of the node, holding follows those into it.
            let along = leaves == (way == Way::Lift);
            if along && self.forward[arc] {
                each(next, self.reduced[arc]);
            } else if !along && self.backward[arc] {
                each(next, -self.reduced[arc]);
            }
        }
    }

    /// Lifts ports to the best bid of the rows that changed.
    fn lift_ports(&self, distance: &mut [i64], open: Option<&[bool]>, changed: &[bool]) -> Vec<u32> {
        let rows = &self.wiring.rows;
        let sources = self.wiring.pool0 as usize;
        let ports = sources..self.wiring.slot0 as usize;
        if !changed[..sources].contains(&true) || open.is_some_and(|open| !open[ports].contains(&true)) {
            return vec![];
        }
        let mut metros = vec![false; self.layout.metros()];
        for (row, &metro) in rows.metro.iter().enumerate() {
            if rows.hub[row] == NONE && changed[row] {
                metros[metro as usize] = true;
            }
        }
        let prices: Vec<i64> = (0..sources).map(|node| self.price(Way::Lift, node, distance[node])).collect();
        let bids = bids(self.layout, self.wiring, &prices, Some(&metros));
        let mut fresh = vec![];
        for (port, &bid) in bids.iter().enumerate() {
            if bid > NO_BID {
                let node = self.wiring.port_node(port as u32) as usize;
                let reached = self.potential[node] - bid;
                if reached < distance[node] && open.is_none_or(|open| open[node]) {
                    distance[node] = reached;
                    fresh.push(node as u32);
                }
            }
        }
        fresh
    }

    /// Holds rows that may still fall to their cheapest ask.
    fn hold_rows(&self, distance: &mut [i64], open: Option<&[bool]>) -> Vec<u32> {
        let rows = &self.wiring.rows;
        let sources = self.wiring.pool0 as usize;
        let wanted: Vec<bool> = (0..sources).map(|row| open.map_or(distance[row] != 0, |open| open[row])).collect();
        if !wanted.contains(&true) {
            return vec![];
        }
        let mut metros = vec![false; self.layout.metros()];
        for (row, &metro) in rows.metro.iter().enumerate() {
            if rows.hub[row] == NONE && wanted[row] {
                metros[metro as usize] = true;
            }
        }
        let ports = self.wiring.slot0 as usize;
        let prices: Vec<i64> = (0..ports).map(|node| self.price(Way::Hold, node, distance[node])).collect();
        let asks = asks(self.layout, self.wiring, &prices, Scope::Prices, Some(&metros));
        let mut fresh = vec![];
        for (source, &ask) in asks.iter().enumerate() {
            // A hub's rows follow from the hub by their own arcs.
            let own = source >= rows.len() || rows.hub[source] == NONE;
            if own && wanted[source] && ask < NO_ASK {
                let reached = ask - self.potential[source];
                if reached < distance[source] {
                    distance[source] = reached;
                    fresh.push(source as u32);
                }
            }
        }
        fresh
    }
}
