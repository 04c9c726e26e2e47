//! The candidate list.
//!
//! **Patience.** A pivot moves the potentials of one side of a cut, all by the reduced cost of the arc that enters, and with
//! them the reduced cost of any arc by that or not at all. So a segment of arcs that a scan found to lack *s* of being
//! violated need not be scanned again before potentials have moved by more than *s* in sum. Of the arcs that it had left
//! out, because they were in the tree, each that leaves it has a reduced cost of the right sign then, and can't be violated
//! before the next move. A stray that comes back moves by the price of two artificial arcs, and everybody is looked at again;
//! those that stay away don't matter, as long as they are not seen farther off than they are.

use super::scan::{SEGMENT, Scan, Width};
use super::{Columns, Terms};
use crate::simd;
use crate::simplex::pivot::Entering;
use crate::simplex::view::View;

/// Arcs in a block.
const BLOCK: usize = 1 << 15;

/// Most candidates kept of a block.
const LIST_LENGTH: usize = 256;

/// The candidate list, and where the next block starts.
#[derive(Debug, Clone, Default)]
pub struct Candidates {
    start: usize,
    /// Violation and slot, the worst last.
    list: Vec<(i64, u32)>,
    /// The node that each entry is listed under, while they are sorted out.
    key: Vec<u32>,
    /// The worst violation listed under each node.
    worst: Vec<i64>,
    /// By how much potentials have moved in sum.
    moved: i64,
    /// For each whole segment, how far that may go before any of its arcs can be violated.
    until: Vec<i64>,
    /// Signs of a block's arcs, where they are not in the columns' order.
    signs: Vec<i8>,
}

impl Candidates {
    /// Forgets all: slots no longer mean the same arcs, or signs and potentials have changed otherwise than by pivots.
    pub fn forget(&mut self) {
        self.list.clear();
        self.until.clear();
        self.moved = 0;
    }

    /// Takes note of a pivot: by how much it moved potentials, and which arc left the tree.
    pub fn follow(&mut self, distance: i64, left: Option<u32>) {
        self.moved = self.moved.saturating_add(distance);
        if let Some(until) = left.and_then(|arc| self.until.get_mut(arc as usize / SEGMENT)) {
            *until = self.moved.min(*until);
        }
    }

    /// Whether nothing is listed.
    pub fn is_empty(&self) -> bool {
        self.list.is_empty()
    }

    /// The next candidate that is still violated.
    pub fn next(&mut self, columns: Columns, terms: Terms) -> Option<Entering> {
        while let Some((_, slot)) = self.list.pop() {
            let (violation, entering) = columns.price(slot as usize, terms);
            if violation < 0 {
                return Some(entering);
            }
        }
        None
    }

    /// Lists candidates of the next block that has any; returns the arcs scanned.
    pub fn scan(&mut self, columns: Columns, terms: Terms, view: &View) -> usize {
        let count = columns.tail.len();
        let mut scanned = 0;
        self.list.clear();
        if columns.arc.is_some() || view.exaggerates() || self.moved > i64::MAX / 2 {
            self.until.clear();
            self.moved = 0;
        }
        if self.until.capacity() < count / SEGMENT {
            // Arcs join one by one: next time there is room for them.
            self.until.reserve(2 * count / SEGMENT);
        }
        self.until.resize(count / SEGMENT, -1);
        while self.list.is_empty() && scanned < count {
            let first = if self.start >= count { 0 } else { self.start / SEGMENT * SEGMENT };
            let last = (first + BLOCK).min(count);
            self.start = last;
            scanned += last - first;
            match view.potentials() {
                Some(narrow) => self.scan_block(columns, first, last, terms.sign, narrow),
                None => self.scan_block(columns, first, last, terms.sign, terms.potential),
            }
        }
        if view.exaggerates() {
            // What an arc between a stray and the rest was seen to lack is no distance that potentials must go.
            self.until.clear();
        }
        self.keep_worst_of_each_node(columns, view);
        if self.list.len() > LIST_LENGTH {
            self.list.select_nth_unstable(LIST_LENGTH);
            self.list.truncate(LIST_LENGTH);
        }
        self.list.sort_unstable_by(|one, other| other.cmp(one));
        scanned
    }

    /// Lists the worst arcs of a block.
    fn scan_block<T: Width>(&mut self, columns: Columns, first: usize, last: usize, sign: &[i8], potential: &[T]) {
        let Self { list, signs, until, moved, .. } = self;
        let (moved, until) = (*moved, &mut until[first / SEGMENT..last / SEGMENT]);
        let sign = match columns.arc {
            None => &sign[first..last],
            Some(arc) => {
                signs.clear();
                signs.extend(arc[first..last].iter().map(|&arc| sign[arc as usize]));
                signs
            }
        };
        let (tail, head, cost) = (&columns.tail[first..last], &columns.head[first..last], &columns.cost[first..last]);
        simd::dispatch(
            simd::level(),
            Scan { first: first as u32, tail, head, cost, sign, potential, moved, until, list },
        );
    }

    /// Of the arcs that leave a node, keeps the most violated; of the arcs between a stray and the rest, the same.
    fn keep_worst_of_each_node(&mut self, columns: Columns, view: &View) {
        let Self { list, key, worst, .. } = self;
        key.clear();
        for &(violation, slot) in list.iter() {
            let under = view.key(columns.tail[slot as usize], columns.head[slot as usize]);
            key.push(under);
            if under as usize >= worst.len() {
                worst.resize(under as usize + 1, 0);
            }
            worst[under as usize] = worst[under as usize].min(violation);
        }
        // Each entry that is found takes its mark away, so that all marks are zero again afterwards.
        let mut under = key.iter();
        list.retain(|&(violation, _)| {
            let mark = under.next().map(|&under| &mut worst[under as usize]);
            mark.is_some_and(|mark| *mark == violation && std::mem::take(mark) != 0)
        });
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::certify::certify;
    use crate::hash::hash64;
    use crate::network::{INFINITE, Network};
    use crate::simplex::pivot::{IDLE, LOWER, UPPER};
    use crate::simplex::pricing::reduced_cost;
    use crate::simplex::{Simplex, Status};

    /// Cuts of a plane of nodes move by what an arc across lacks; nothing violated may ever be missed on the way.
    #[test]
    fn whoever_waits_is_not_violated() {
        for round in 0..20u64 {
            let draw = |index: u64, most: u64| hash64(index ^ (round << 40), 0) % most;
            let (nodes, count) = (60, 700);
            let tail: Vec<u32> = (0..count).map(|arc| draw((1 << 20) | arc, nodes) as u32).collect();
            let head: Vec<u32> = (0..count).map(|arc| draw((2 << 20) | arc, nodes) as u32).collect();
            let cost: Vec<i64> = (0..count).map(|arc| draw((3 << 20) | arc, 9_000) as i64).collect();
            let mut potential: Vec<i64> = (0..nodes).map(|node| draw((4 << 20) | node, 2_000) as i64).collect();
            let price = |arc: usize, potential: &[i64]| reduced_cost(cost[arc], tail[arc], head[arc], potential);
            // In the tree, or on the bound that is right at first.
            let mut sign: Vec<i8> = (0..count as usize)
                .map(|arc| match draw((5 << 20) | arc as u64, 3) {
                    0 => IDLE,
                    _ if price(arc, &potential) < 0 => UPPER,
                    _ => LOWER,
                })
                .collect();
            let (mut candidates, view) = (Candidates::default(), View::default());
            let columns = Columns { arc: None, tail: &tail, head: &head, cost: &cost };
            let mut waited = 0;
            for tick in 0..60u64 {
                candidates.scan(columns, Terms { sign: &sign, potential: &potential }, &view);
                let violated = (0..count as usize).any(|arc| i64::from(sign[arc]) * price(arc, &potential) < 0);
                assert_eq!(candidates.is_empty(), !violated, "round {round}, tick {tick}");
                waited += candidates.until.iter().filter(|&&until| until > candidates.moved).count();
                // One side of a cut moves, and an arc leaves the tree on the bound that is right after that.
                let (shift, cut) = (draw((6 << 20) | tick, 120) as i64 - 60, draw((7 << 20) | tick, nodes) as usize);
                potential[cut..].iter_mut().for_each(|potential| *potential += shift);
                let idle = (0..count as usize).filter(|&arc| sign[arc] == IDLE).nth(tick as usize);
                if let Some(arc) = idle {
                    sign[arc] = if price(arc, &potential) < 0 { UPPER } else { LOWER };
                }
                candidates.follow(shift.abs(), idle.map(|arc| arc as u32));
            }
            assert!(waited > 0, "somebody waited");
        }
    }

    /// Few nodes, so that an artificial arc costs less than strays are seen off, and segments of arcs that all lead from
    /// one node: what they lacked while it was astray must not count once it is back.
    #[test]
    fn who_comes_back_is_looked_at_again() {
        for round in 0..50u64 {
            let draw = |index: u64, most: u64| 1 + (hash64(index ^ (round << 32), 0) % most) as i64;
            // Each row has steps to the sink, and a way there over two more nodes; so few arcs are not sifted.
            let (rows, steps) = (2, 47);
            let sink = 3 * rows;
            let mut network = Network { supply: vec![0; sink + 1], anchor: sink as u32, ..Network::default() };
            let mut arc = |tail, head, capacity, cost| {
                network.tail.push(tail as u32);
                network.head.push(head as u32);
                network.capacity.push(capacity);
                network.cost.push(cost);
            };
            for row in 0..rows {
                (0..steps).for_each(|step| arc(row, sink, 0, 1_000 * (steps - step)));
                arc(row, rows + row, INFINITE, 10);
            }
            for row in 0..rows {
                arc(rows + row, 2 * rows + row, INFINITE, 10);
                arc(2 * rows + row, sink, 100, 10);
            }
            let mut simplex = Simplex::new(network).unwrap();
            for tick in 0..8 {
                let (mut supply, mut capacity) = (vec![0; sink + 1], simplex.network().capacity.clone());
                for row in 0..rows {
                    let kw = draw(10 * tick + row as u64, if tick % 2 == 0 { 20 } else { 2 });
                    supply[row] = kw * steps;
                    supply[sink] -= kw * steps;
                    let first = row * (steps as usize + 1);
                    capacity[first..first + steps as usize].fill(kw);
                }
                simplex.update(Some(&supply), Some(&capacity), None).unwrap();
                assert_eq!(simplex.solve(&|| false), Ok(Status::Optimal));
                let proof = certify(simplex.network(), &simplex.flows(), simplex.potentials());
                assert!(proof.passed(), "round {round}, tick {tick}: {proof:?}");
            }
        }
    }
}
