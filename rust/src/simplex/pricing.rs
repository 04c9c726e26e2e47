//! Pricing: which arc enters the tree.
//!
//! *Candidate list* (Király & Kovács 2012, section 3.2, between their block search and their candidate list): arcs are
//! scanned in large blocks, cyclically; of each block the most violated arc of every node is listed, and the worst of them
//! enter in that order as long as they are still violated; then the next block is scanned. A whole round without a
//! violated arc proves optimality.
//!
//! *Strays*: after a warm start, subtrees that did not fit hang on the root by themselves, and every arc between them and
//! the rest is violated. One scan lists one arc for each of them: its cheapest way back.
//!
//! *Sifting*: where arcs are many times the nodes, most can never be of use. The search then runs on an active set; when
//! that is optimal, one pass over all arcs adds the few most violated ones at each node, and a pass that finds none
//! proves optimality. The active set is kept from solve to solve.

use super::pivot::{Basis, Entering, IDLE};
use super::tree::Strays;
use crate::network::Network;
use crate::simd::{self, Kernel, Lanes};

/// Arcs per node above which sifting pays.
const SIFTING_DENSITY: usize = 16;

/// Violated arcs that a pass adds per tail and per head.
const ADDED_PER_NODE: usize = 4;

/// Arcs per node above which a solve begins by dropping what has not been of use.
const ACTIVE_DENSITY: usize = 24;

/// Arcs in a block.
const BLOCK: usize = 1 << 15;

/// Most candidates kept of a block.
const LIST_LENGTH: usize = 256;

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
    fn price(&self, slot: usize, sign: &[i8], potential: &[i64]) -> (i64, Entering) {
        let arc = self.arc.map_or(slot as u32, |arc| arc[slot]);
        let (tail, head) = (self.tail[slot], self.head[slot]);
        let reduced_cost = reduced_cost(self.cost[slot], tail, head, potential);
        let violation = i64::from(sign[arc as usize]).wrapping_mul(reduced_cost);
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
            let useful = basis.sign[arc as usize] == IDLE || violation(network, &basis.sign, potential, arc) <= 0;
            if useful || !crowded {
                active.push(network, arc);
            }
        }
        self.active = Some(active);
    }

    /// The next candidate that is still violated.
    pub fn next(&mut self, network: &Network, sign: &[i8], potential: &[i64]) -> Option<Entering> {
        let columns = self.active.as_ref().map_or(Columns::of(network), Active::columns);
        self.candidates.next(columns, sign, potential)
    }

    /// Lists candidates; returns the arcs scanned. [`Pricing::next`] finding none then proves that there is none.
    pub fn scan(&mut self, network: &Network, sign: &[i8], potential: &[i64], strays: &Strays) -> usize {
        let Some(active) = &mut self.active else {
            return self.candidates.scan(Columns::of(network), sign, potential, strays);
        };
        let mut scanned = self.candidates.scan(active.columns(), sign, potential, strays);
        if self.candidates.list.is_empty() {
            scanned += network.arcs();
            if sift(active, network, sign, potential) {
                scanned += self.candidates.scan(active.columns(), sign, potential, strays);
            }
        }
        scanned
    }
}

/// The candidate list, and where the next block starts.
#[derive(Debug, Clone, Default)]
pub struct Candidates {
    start: usize,
    /// Violation and slot, the worst last.
    list: Vec<(i64, u32)>,
    /// The worst violation of each node in the block.
    worst: Vec<i64>,
    /// Signs of a block's arcs, where they are not in the columns' order.
    signs: Vec<i8>,
}

impl Candidates {
    /// Empties the list: slots no longer mean the same arcs.
    pub fn forget(&mut self) {
        self.list.clear();
    }

    /// The next candidate that is still violated.
    pub fn next(&mut self, columns: Columns, sign: &[i8], potential: &[i64]) -> Option<Entering> {
        while let Some((_, slot)) = self.list.pop() {
            let (violation, entering) = columns.price(slot as usize, sign, potential);
            if violation < 0 {
                return Some(entering);
            }
        }
        None
    }

    /// Lists candidates of the next block that has any; returns the arcs scanned.
    pub fn scan(&mut self, columns: Columns, sign: &[i8], potential: &[i64], strays: &Strays) -> usize {
        let count = columns.tail.len();
        let mut scanned = 0;
        self.list.clear();
        while self.list.is_empty() && scanned < count {
            let first = if self.start >= count { 0 } else { self.start };
            let last = (first + BLOCK).min(count);
            self.start = last;
            scanned += last - first;
            self.scan_block(columns, first, last, sign, potential);
        }
        self.keep_worst_of_each_node(columns, strays);
        if self.list.len() > LIST_LENGTH {
            self.list.select_nth_unstable(LIST_LENGTH);
            self.list.truncate(LIST_LENGTH);
        }
        self.list.sort_unstable_by(|one, other| other.cmp(one));
        scanned
    }

    /// Lists the violated arcs of a block.
    fn scan_block(&mut self, columns: Columns, first: usize, last: usize, sign: &[i8], potential: &[i64]) {
        let signs = match columns.arc {
            None => &sign[first..last],
            Some(arc) => {
                self.signs.clear();
                self.signs.extend(arc[first..last].iter().map(|&arc| sign[arc as usize]));
                &self.signs
            }
        };
        let (tail, head, cost) = (&columns.tail[first..last], &columns.head[first..last], &columns.cost[first..last]);
        let scan = Scan { first, tail, head, cost, sign: signs, potential, list: &mut self.list };
        simd::dispatch(simd::level(), scan);
    }

    /// Of the arcs that leave a node, keeps the most violated; of the arcs between a stray and the rest, the same.
    fn keep_worst_of_each_node(&mut self, columns: Columns, strays: &Strays) {
        let Self { list, worst, .. } = self;
        let key = |slot: u32| strays.key(columns.tail[slot as usize], columns.head[slot as usize]) as usize;
        for &(violation, slot) in list.iter() {
            let key = key(slot);
            if key >= worst.len() {
                worst.resize(key + 1, 0);
            }
            worst[key] = worst[key].min(violation);
        }
        // Each entry that is found takes its mark away, so that all marks are zero again afterwards.
        list.retain(|&(violation, slot)| {
            let mark = &mut worst[key(slot)];
            let first = *mark == violation;
            if first {
                *mark = 0;
            }
            first
        });
    }
}

/// Arcs looked at together.
const TOGETHER: usize = 32;

/// The pass over the columns of a block.
struct Scan<'a> {
    first: usize,
    tail: &'a [u32],
    head: &'a [u32],
    cost: &'a [i64],
    sign: &'a [i8],
    potential: &'a [i64],
    list: &'a mut Vec<(i64, u32)>,
}

impl Kernel for Scan<'_> {
    type Output = ();

    #[inline(always)]
    fn run<L: Lanes>(self, _: L) {
        let count = self.tail.len();
        assert!(self.head.len() == count && self.cost.len() == count && self.sign.len() == count);
        let mut start = 0;
        while start < count {
            let together = start..count.min(start + TOGETHER);
            let mut violation = [0i64; TOGETHER];
            if together.len() == TOGETHER {
                self.violations(start, &mut violation);
            } else {
                for (place, slot) in violation.iter_mut().zip(together.clone()) {
                    let reduced = reduced_cost(self.cost[slot], self.tail[slot], self.head[slot], self.potential);
                    *place = i64::from(self.sign[slot]).wrapping_mul(reduced);
                }
            }
            if violation.iter().fold(0, |any, violation| any | violation) < 0 {
                for (slot, violation) in together.zip(violation).filter(|&(_, violation)| violation < 0) {
                    self.list.push((violation, (self.first + slot) as u32));
                }
            }
            start += TOGETHER;
        }
    }
}

impl Scan<'_> {
    /// Violations of the arcs from `start` on, negative where the arc should enter.
    #[inline(always)]
    fn violations(&self, start: usize, violation: &mut [i64; TOGETHER]) {
        let slots = start..start + TOGETHER;
        let (tail, head) = (&self.tail[slots.clone()], &self.head[slots.clone()]);
        let (cost, sign) = (&self.cost[slots.clone()], &self.sign[slots]);
        for lane in 0..TOGETHER {
            // SAFETY: the network has checked that every arc ends at one of its nodes, and each of them has a potential.
            let (from, to) = unsafe {
                (*self.potential.get_unchecked(tail[lane] as usize), *self.potential.get_unchecked(head[lane] as usize))
            };
            let reduced = cost[lane].wrapping_sub(from).wrapping_add(to);
            // Signs are −1, 0 and 1: a product without a multiplication.
            let sign = i64::from(sign[lane]);
            violation[lane] = if sign == 0 { 0 } else { (reduced ^ (sign >> 1)).wrapping_sub(sign >> 1) };
        }
    }
}

/// Adds the most violated arcs at each node to the active set; whether there were any.
fn sift(active: &mut Active, network: &Network, sign: &[i8], potential: &[i64]) -> bool {
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
fn violation(network: &Network, sign: &[i8], potential: &[i64], arc: u32) -> i64 {
    let arc = arc as usize;
    let reduced = reduced_cost(network.cost[arc], network.tail[arc], network.head[arc], potential);
    i64::from(sign[arc]).wrapping_mul(reduced)
}

/// Cost − price at the tail + price at the head. Wraps only through the potentials' common offset, which cancels.
pub fn reduced_cost(cost: i64, tail: u32, head: u32, potential: &[i64]) -> i64 {
    cost.wrapping_sub(potential[tail as usize]).wrapping_add(potential[head as usize])
}
