//! Pricing: which arc enters the tree.
//!
//! *Block search* (Király & Kovács 2012, section 3.2): arcs are scanned in blocks of about √*a*, cyclically; the most
//! violated arc of the first block that holds one enters. A whole round without one proves optimality.
//!
//! *Sifting*: where arcs are many times the nodes, most can never be of use. The search then runs on an active set; when
//! that is optimal, one pass over all arcs adds the few most violated ones at each node, and a pass that finds none
//! proves optimality. The active set is kept from solve to solve.

use super::pivot::{Basis, Entering, IDLE};
use crate::network::Network;

/// Arcs per node above which sifting pays.
const SIFTING_DENSITY: usize = 16;

/// Violated arcs that a pass adds per tail and per head.
const ADDED_PER_NODE: usize = 4;

/// Arcs per node above which a solve begins by dropping what has not been of use.
const ACTIVE_DENSITY: usize = 24;

/// The search's state: where it stands, and the active set if it sifts.
#[derive(Debug, Clone, Default)]
pub struct Pricing {
    next: usize,
    sifting: bool,
    active: Active,
}

/// Copies of some arcs' columns, side by side for the search.
#[derive(Debug, Clone, Default)]
struct Active {
    arc: Vec<u32>,
    tail: Vec<u32>,
    head: Vec<u32>,
    cost: Vec<i64>,
}

/// What one search found, and how many arcs it looked at.
pub struct Search {
    pub entering: Option<Entering>,
    pub scanned: usize,
}

/// Arcs in a block: √*a*, and enough for the loop to be worth its set-up.
fn block_length(arcs: usize) -> usize {
    arcs.isqrt().max(64)
}

impl Active {
    fn push(&mut self, network: &Network, arc: u32) {
        self.arc.push(arc);
        self.tail.push(network.tail[arc as usize]);
        self.head.push(network.head[arc as usize]);
        self.cost.push(network.cost[arc as usize]);
    }
}

impl Pricing {
    /// Gets ready for a solve after columns may have changed.
    pub fn prepare(&mut self, network: &Network, basis: &Basis, potential: &[i64]) {
        self.sifting = network.arcs() > SIFTING_DENSITY * network.nodes();
        let mut kept = std::mem::take(&mut self.active.arc);
        self.active = Active::default();
        if !self.sifting {
            return;
        }
        if kept.len() > ACTIVE_DENSITY * network.nodes() {
            kept.retain(|&arc| {
                basis.sign[arc as usize] == IDLE || violation(network, &basis.sign, potential, arc) <= 0
            });
        }
        for arc in kept {
            self.active.push(network, arc);
        }
    }

    /// Finds an entering arc, or proves that there is none.
    pub fn search(&mut self, network: &Network, sign: &[i8], potential: &[i64]) -> Search {
        if !self.sifting {
            return self.search_all(network, sign, potential);
        }
        let mut search = self.search_active(sign, potential);
        if search.entering.is_none() {
            search.scanned += network.arcs();
            if self.sift(network, sign, potential) {
                search.entering = self.search_active(sign, potential).entering;
            }
        }
        search
    }

    /// Block search over the network's own columns.
    fn search_all(&mut self, network: &Network, sign: &[i8], potential: &[i64]) -> Search {
        rounds(&mut self.next, network.arcs(), |first, last| {
            let columns = network.tail[first..last]
                .iter()
                .zip(&network.head[first..last])
                .zip(&network.cost[first..last])
                .zip(&sign[first..last]);
            let (mut worst, mut found) = (0, None);
            for (offset, (((&tail, &head), &cost), &sign)) in columns.enumerate() {
                let violation = i64::from(sign).wrapping_mul(reduced_cost(cost, tail, head, potential));
                if violation < worst {
                    worst = violation;
                    found = Some(first + offset);
                }
            }
            found.map(|arc| {
                let (tail, head) = (network.tail[arc], network.head[arc]);
                let reduced_cost = reduced_cost(network.cost[arc], tail, head, potential);
                Entering { arc: arc as u32, tail, head, reduced_cost }
            })
        })
    }

    /// Block search over the active set.
    fn search_active(&mut self, sign: &[i8], potential: &[i64]) -> Search {
        let active = &self.active;
        rounds(&mut self.next, active.arc.len(), |first, last| {
            let columns = active.arc[first..last]
                .iter()
                .zip(&active.tail[first..last])
                .zip(&active.head[first..last])
                .zip(&active.cost[first..last]);
            let (mut worst, mut found) = (0, None);
            for (((&arc, &tail), &head), &cost) in columns {
                let reduced_cost = reduced_cost(cost, tail, head, potential);
                let violation = i64::from(sign[arc as usize]).wrapping_mul(reduced_cost);
                if violation < worst {
                    worst = violation;
                    found = Some(Entering { arc, tail, head, reduced_cost });
                }
            }
            found
        })
    }

    /// Adds the most violated arcs at each node to the active set; whether there were any.
    fn sift(&mut self, network: &Network, sign: &[i8], potential: &[i64]) -> bool {
        let mut leaving = Worst::new(network.nodes());
        let mut entering = Worst::new(network.nodes());
        let columns = network.tail.iter().zip(&network.head).zip(&network.cost).zip(sign);
        for (arc, (((&tail, &head), &cost), &sign)) in columns.enumerate() {
            let violation = i64::from(sign).wrapping_mul(reduced_cost(cost, tail, head, potential));
            if violation < 0 {
                leaving.offer(tail, violation, arc as u32);
                entering.offer(head, violation, arc as u32);
            }
        }
        let mut found: Vec<u32> = leaving.arcs().chain(entering.arcs()).collect();
        found.sort_unstable();
        found.dedup();
        for &arc in &found {
            self.active.push(network, arc);
        }
        !found.is_empty()
    }
}

/// The few most violated arcs at each node.
struct Worst {
    slots: Vec<[(i64, u32); ADDED_PER_NODE]>,
}

impl Worst {
    fn new(nodes: usize) -> Self {
        Self { slots: vec![[(0, u32::MAX); ADDED_PER_NODE]; nodes] }
    }

    /// Takes the arc's place among the node's worst, most violated first, if it has one.
    fn offer(&mut self, node: u32, violation: i64, arc: u32) {
        let slots = &mut self.slots[node as usize];
        let mut place = ADDED_PER_NODE;
        while place > 0 && violation < slots[place - 1].0 {
            place -= 1;
        }
        if place < ADDED_PER_NODE {
            slots[place..].rotate_right(1);
            slots[place] = (violation, arc);
        }
    }

    fn arcs(&self) -> impl Iterator<Item = u32> {
        self.slots.iter().flatten().filter(|slot| slot.0 < 0).map(|slot| slot.1)
    }
}

/// Finds an entering arc among `candidates` alone, each with its weight in place of its cost.
pub fn search_among(
    next: &mut usize,
    network: &Network,
    candidates: &[u32],
    weight: &[i64],
    sign: &[i8],
    potential: &[i64],
) -> Search {
    rounds(next, candidates.len(), |first, last| {
        let (mut worst, mut found) = (0, None);
        for (&arc, &weight) in candidates[first..last].iter().zip(&weight[first..last]) {
            let (tail, head) = (network.tail[arc as usize], network.head[arc as usize]);
            let reduced_cost = reduced_cost(weight, tail, head, potential);
            let violation = i64::from(sign[arc as usize]).wrapping_mul(reduced_cost);
            if violation < worst {
                worst = violation;
                found = Some(Entering { arc, tail, head, reduced_cost });
            }
        }
        found
    })
}

/// Scans block after block, from where the last search ended, until `scan` finds something or all has been seen.
fn rounds(next: &mut usize, count: usize, mut scan: impl FnMut(usize, usize) -> Option<Entering>) -> Search {
    let block = block_length(count);
    let mut scanned = 0;
    while scanned < count {
        let first = if *next >= count { 0 } else { *next };
        let last = (first + block).min(count).min(first + (count - scanned));
        *next = last;
        scanned += last - first;
        let entering = scan(first, last);
        if entering.is_some() {
            return Search { entering, scanned };
        }
    }
    Search { entering: None, scanned }
}

/// How badly an arc outside the tree lies on the wrong bound: negative if it does.
fn violation(network: &Network, sign: &[i8], potential: &[i64], arc: u32) -> i64 {
    let arc = arc as usize;
    let reduced = reduced_cost(network.cost[arc], network.tail[arc], network.head[arc], potential);
    i64::from(sign[arc]).wrapping_mul(reduced)
}

/// Cost − price at the tail + price at the head. Wraps only through the potentials' common offset, which cancels.
pub fn reduced_cost(cost: i64, tail: u32, head: u32, potential: &[i64]) -> i64 {
    cost.wrapping_sub(potential[tail as usize]).wrapping_add(potential[head as usize])
}
