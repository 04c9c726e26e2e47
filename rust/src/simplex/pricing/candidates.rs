//! The candidate list.

use super::scan::{Scan, Width};
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
    /// Signs of a block's arcs, where they are not in the columns' order.
    signs: Vec<i8>,
}

impl Candidates {
    /// Empties the list: slots no longer mean the same arcs.
    pub fn forget(&mut self) {
        self.list.clear();
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
        while self.list.is_empty() && scanned < count {
            let first = if self.start >= count { 0 } else { self.start };
            let last = (first + BLOCK).min(count);
            self.start = last;
            scanned += last - first;
            match view.potentials() {
                Some(narrow) => self.scan_block(columns, first, last, terms.sign, narrow),
                None => self.scan_block(columns, first, last, terms.sign, terms.potential),
            }
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
        let Self { list, signs, .. } = self;
        let sign = match columns.arc {
            None => &sign[first..last],
            Some(arc) => {
                signs.clear();
                signs.extend(arc[first..last].iter().map(|&arc| sign[arc as usize]));
                signs
            }
        };
        let (tail, head, cost) = (&columns.tail[first..last], &columns.head[first..last], &columns.cost[first..last]);
        simd::dispatch(simd::level(), Scan { first: first as u32, tail, head, cost, sign, potential, list });
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
