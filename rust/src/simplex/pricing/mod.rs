//! Pricing: which arc enters the tree.
//!
//! *Candidate list* (Király & Kovács 2012, section 3.2, between their block search and their candidate list): arcs are
//! scanned in large blocks, cyclically; of every few arcs in a row the most violated is a candidate, and so is the most
//! violated of those that leave one node; the worst of them enter in that order as long as they are still violated; then the
//! next block is scanned. A whole round without a violated arc proves optimality.
//!
//! *Strays*: after a warm start, subtrees that did not fit hang on the root by themselves, and every arc between them and
//! the rest is violated. One scan lists one arc for each of them: its cheapest way back.
//!
//! *Sifting*: where arcs are many times the nodes, most can never be of use. The search then runs on an active set; when
//! that is optimal, one pass over all arcs adds the few most violated ones at each node, and a pass that finds none
//! proves optimality. The active set is kept from solve to solve.

mod candidates;
mod scan;

pub use candidates::Candidates;

use super::pivot::{Basis, Entering, IDLE};
use super::view::View;
use crate::network::Network;

/// Arcs per node above which sifting pays.
const SIFTING_DENSITY: usize = 16;

/// Violated arcs that a pass adds per tail and per head.
const ADDED_PER_NODE: usize = 4;

/// Arcs per node above which a solve begins by dropping what has not been of use.
const ACTIVE_DENSITY: usize = 24;

/// The search among all arcs of a network.
#[derive(Debug, Clone, Default)]
pub struct Pricing {
    candidates: Candidates,
    /// The active set's columns, if the search sifts.
    active: Option<Active>,
    /// Active arcs of the last solve that sifted.
    kept: Vec<u32>,
}

/// Copies of some arcs' columns, side by side for the search.
#[derive(Debug, Clone, Default)]
struct Active {
    arc: Vec<u32>,
    tail: Vec<u32>,
    head: Vec<u32>,
    cost: Vec<i64>,
}

/// Columns to search: of all arcs, or of those numbered in `arc`.
#[derive(Clone, Copy)]
pub struct Columns<'a> {
    pub arc: Option<&'a [u32]>,
    pub tail: &'a [u32],
    pub head: &'a [u32],
    pub cost: &'a [i64],
}

/// What arcs are priced by.
#[derive(Clone, Copy)]
pub struct Terms<'a> {
    /// Sign of each arc.
    pub sign: &'a [i8],
    /// Potential of each node.
    pub potential: &'a [i64],
}

impl Active {
    fn push(&mut self, network: &Network, arc: u32) {
        self.arc.push(arc);
        self.tail.push(network.tail[arc as usize]);
        self.head.push(network.head[arc as usize]);
        self.cost.push(network.cost[arc as usize]);
    }

    fn columns(&self) -> Columns<'_> {
        Columns { arc: Some(&self.arc), tail: &self.tail, head: &self.head, cost: &self.cost }
    }
}

impl<'a> Columns<'a> {
    /// All arcs of a network.
    fn of(network: &'a Network) -> Self {
        Self { arc: None, tail: &network.tail, head: &network.head, cost: &network.cost }
    }

    /// The arc in a slot as it would enter, and its violation: negative if it should.
    fn price(&self, slot: usize, terms: Terms) -> (i64, Entering) {
        let arc = self.arc.map_or(slot as u32, |arc| arc[slot]);
        let (tail, head) = (self.tail[slot], self.head[slot]);
        let reduced_cost = reduced_cost(self.cost[slot], tail, head, terms.potential);
        let violation = i64::from(terms.sign[arc as usize]).wrapping_mul(reduced_cost);
        (violation, Entering { arc, tail, head, reduced_cost })
    }
}

impl Pricing {
    /// Gets ready for a solve after columns may have changed.
    pub fn prepare(&mut self, network: &Network, basis: &Basis, potential: &[i64]) {
        self.candidates.forget();
        if let Some(active) = self.active.take() {
            self.kept = active.arc;
        }
        if network.arcs() <= SIFTING_DENSITY * network.nodes() {
            return;
        }
        let crowded = self.kept.len() > ACTIVE_DENSITY * network.nodes();
        let mut active = Active::default();
        for &arc in &self.kept {
            let terms = Terms { sign: &basis.sign, potential };
            let useful = basis.sign[arc as usize] == IDLE || violation(network, terms, arc) <= 0;
            if useful || !crowded {
                active.push(network, arc);
            }
        }
        self.active = Some(active);
    }

    /// Forgets what it knows of signs and potentials.
    pub fn forget(&mut self) {
        self.candidates.forget();
    }

    /// Forgets all that it knows of arcs by their numbers.
    pub fn renumber(&mut self) {
        self.forget();
        self.active = None;
        self.kept.clear();
    }

    /// Takes note of a pivot: by how much it moved potentials, and which arc left the tree.
    pub fn follow(&mut self, distance: i64, left: Option<u32>) {
        self.candidates.follow(distance, left);
    }

    /// The next candidate that is still violated.
    pub fn next(&mut self, network: &Network, terms: Terms) -> Option<Entering> {
        let columns = self.active.as_ref().map_or(Columns::of(network), Active::columns);
        self.candidates.next(columns, terms)
    }

    /// Lists candidates; returns the arcs scanned. [`Pricing::next`] finding none then proves that there is none.
    pub fn scan(&mut self, network: &Network, terms: Terms, view: &View) -> usize {
        let Some(active) = &mut self.active else {
            return self.candidates.scan(Columns::of(network), terms, view);
        };
        let mut scanned = self.candidates.scan(active.columns(), terms, view);
        if self.candidates.is_empty() {
            scanned += network.arcs();
            if sift(active, network, terms) {
                scanned += self.candidates.scan(active.columns(), terms, view);
            }
        }
        scanned
    }
}

/// Adds the most violated arcs at each node to the active set; whether there were any.
fn sift(active: &mut Active, network: &Network, terms: Terms) -> bool {
    let mut leaving = Worst::new(network.nodes());
    let mut entering = Worst::new(network.nodes());
    let columns = network.tail.iter().zip(&network.head).zip(&network.cost).zip(terms.sign);
    for (arc, (((&tail, &head), &cost), &sign)) in columns.enumerate() {
        let violation = i64::from(sign).wrapping_mul(reduced_cost(cost, tail, head, terms.potential));
        if violation < 0 {
            leaving.offer(tail, violation, arc as u32);
            entering.offer(head, violation, arc as u32);
        }
    }
    let mut found: Vec<u32> = leaving.arcs().chain(entering.arcs()).collect();
    found.sort_unstable();
    found.dedup();
    for &arc in &found {
        active.push(network, arc);
    }
    !found.is_empty()
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

/// How badly an arc outside the tree lies on the wrong bound: negative if it does.
fn violation(network: &Network, terms: Terms, arc: u32) -> i64 {
    let arc = arc as usize;
    let reduced = reduced_cost(network.cost[arc], network.tail[arc], network.head[arc], terms.potential);
    i64::from(terms.sign[arc]).wrapping_mul(reduced)
}

/// Cost − price at the tail + price at the head. Wraps only through the potentials' common offset, which cancels.
pub fn reduced_cost(cost: i64, tail: u32, head: u32, potential: &[i64]) -> i64 {
    cost.wrapping_sub(potential[tail as usize]).wrapping_add(potential[head as usize])
}
