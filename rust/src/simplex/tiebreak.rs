//! The one flow among the optimal ones.
//!
//! Optimal flows differ only on arcs of reduced cost zero. Among them the flow is taken that minimises Σ weight · flow,
//! where an arc's weight is the leading bits of the hash of its key, plus one: as many bits as keep the weights'
//! potentials below 2^58, that is 58 − ⌈log2(*n* + 2)⌉ of 64. The same pivots do it, on the arcs of reduced cost zero
//! alone: such pivots leave the costs' potentials as they are. Where no arc outside the tree has reduced cost zero,
//! the flow is unique already and nothing is done.
//!
//! The result is certified unique: no arc outside the tree has both reduced cost and reduced weight zero, or those that have
//! lie on no cycle (`unique`). Should two flows of equal cost have equal weight, the next round of the hash is tried.
//! Weights are positive, so the chosen flow has no cycle of cost zero: it stays within the bound *U* of [`crate::network`].

use super::pivot::IDLE;
use super::pricing::{Candidates, Columns, Terms, reduced_cost};
use super::tree::ARTIFICIAL;
use super::unique::{Passage, has_cycle};
use super::view::View;
use super::{Interrupt, Poll, Simplex};
use crate::error::{Error, Result};
use crate::hash::{ROUNDS, hash64};
use crate::network::Network;
use crate::simd::{self, Kernel, Lanes};

/// Heavier than any path: a path of *n* arcs weighs less than 2^58.
const ARTIFICIAL_WEIGHT: i64 = 1 << 59;

/// How the ties of an optimal flow were settled. For diagnosis only.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Ties {
    /// Arcs of reduced cost zero outside the tree: 0 means that the flow was unique without a rule.
    pub arcs: usize,
    /// Round of the hash that made it unique.
    pub round: u32,
}

/// Columns of the tied arcs, and memory to settle them in.
#[derive(Debug, Clone, Default)]
pub struct Tied {
    arc: Vec<u32>,
    tail: Vec<u32>,
    head: Vec<u32>,
    weight: Vec<i64>,
    potential: Vec<i64>,
    candidates: Candidates,
}

impl Simplex {
    /// Moves to the one optimal flow that minimises the weight of its keys' hashes. Potentials stay as they are.
    ///
    /// Call it after [`Simplex::solve`] returned [`super::Status::Optimal`], with every implicit arc of reduced cost
    /// zero appended.
    ///
    /// # Errors
    ///
    /// [`Error::Interrupted`]; [`Error::Entry`] naming a key that two arcs share, if the flow depends on which of them
    /// is used.
    pub fn settle_ties(&mut self, interrupt: Interrupt) -> Result<Ties> {
        let mut poll = Poll::new(interrupt);
        let outside = self.tied_outside_tree();
        if outside == 0 {
            return Ok(Ties { arcs: 0, round: 0 });
        }
        let mut tied = std::mem::take(&mut self.tied);
        let settled = self.settle_among(&mut tied, &mut poll);
        let result = settled.and_then(|round| match round {
            Some(round) => Ok(Ties { arcs: outside, round }),
            None => Err(self.shared_key(&tied.arc)),
        });
        self.tied = tied;
        result
    }

    /// The round of the hash that makes the flow unique, if one does.
    fn settle_among(&mut self, tied: &mut Tied, poll: &mut Poll) -> Result<Option<u32>> {
        self.find_tied(tied);
        for round in 0..ROUNDS {
            if self.minimise_weight(tied, round, poll)? {
                return Ok(Some(round));
            }
        }
        Ok(None)
    }

    /// How many arcs of reduced cost zero lie outside the tree.
    fn tied_outside_tree(&self) -> usize {
        let Network { tail, head, cost, .. } = &self.network;
        simd::dispatch(simd::level(), Even { tail, head, cost, sign: &self.basis.sign, potential: &self.potential })
    }

    /// Lists the arcs of reduced cost zero on which flow is possible, those of the tree included.
    fn find_tied(&self, tied: &mut Tied) {
        let network = &self.network;
        tied.arc.clear();
        tied.tail.clear();
        tied.head.clear();
        let columns = network.tail.iter().zip(&network.head).zip(&network.cost).zip(&self.basis.limit);
        for (arc, (((&tail, &head), &cost), &limit)) in columns.enumerate() {
            if limit > 0 && reduced_cost(cost, tail, head, &self.potential) == 0 {
                tied.arc.push(arc as u32);
                tied.tail.push(tail);
                tied.head.push(head);
            }
        }
    }

    /// Minimises the weight over the tied arcs; whether the minimum is unique.
    fn minimise_weight(&mut self, tied: &mut Tied, round: u32, poll: &mut Poll) -> Result<bool> {
        let shift = 6 + usize::BITS - (self.network.nodes() + 1).leading_zeros();
        let key = |arc: u32| self.network.key(arc as usize);
        let weigh = |arc: u32| (hash64(key(arc), round) >> shift) as i64 + 1;
        let Tied { arc, tail, head, weight, potential, candidates } = tied;
        weight.clear();
        weight.extend(arc.iter().map(|&arc| weigh(arc)));
        self.weigh_potentials(weigh, potential);
        let columns = Columns { arc: Some(arc), tail, head, cost: weight };
        let view = View::default();
        candidates.forget();
        loop {
            let terms = Terms { sign: &self.basis.sign, potential };
            poll.spend(candidates.scan(columns, terms, &view))?;
            let before = self.effort.pivots;
            while let Some(entering) = candidates.next(columns, Terms { sign: &self.basis.sign, potential }) {
                let pivoted = self.basis.pivot(entering);
                let shift = self.basis.shift(pivoted);
                shift.apply(potential);
                self.effort.pivots += 1;
                poll.spend(pivoted.length + shift.len())?;
            }
            if self.effort.pivots == before {
                break;
            }
        }
        let ends = tail.iter().zip(head.iter());
        let ambiguous = arc.iter().zip(weight.iter()).zip(ends).any(|((&arc, &weight), (&tail, &head))| {
            self.basis.sign[arc as usize] != IDLE && reduced_cost(weight, tail, head, potential) == 0
        });
        Ok(!ambiguous || !self.other_flow(arc, weight, potential))
    }

    /// Whether another flow has the same cost and the same weight.
    fn other_flow(&self, tied: &[u32], weight: &[i64], potential: &[i64]) -> bool {
        let flow = self.flows();
        let passage = |(&arc, &weight): (&u32, &i64)| {
            let arc = arc as usize;
            let (tail, head) = (self.network.tail[arc], self.network.head[arc]);
            let (more, less) = (flow[arc] < self.basis.limit[arc], flow[arc] > 0);
            let (from, to) = if more { (tail, head) } else { (head, tail) };
            (reduced_cost(weight, tail, head, potential) == 0).then_some(Passage { from, to, both_ways: more && less })
        };
        let passages: Vec<Passage> = tied.iter().zip(weight).filter_map(passage).collect();
        has_cycle(self.network.nodes(), &passages)
    }

    /// Potentials of the weights along the tree, written over `potential`; artificial arcs weigh more than any path.
    fn weigh_potentials(&self, weigh: impl Fn(u32) -> i64, potential: &mut Vec<i64>) {
        let tree = &self.basis.tree;
        potential.clear();
        potential.resize(self.network.nodes() + 1, 0);
        for &node in &tree.preorder()[1..] {
            let link = &tree.links[node as usize];
            let weight = match link.arc {
                ARTIFICIAL => ARTIFICIAL_WEIGHT,
                // Tree arcs have reduced cost zero, and so are tied. One without capacity carries nothing and weighs nothing.
                _ if link.limit == 0 => 0,
                arc => weigh(arc),
            };
            let above = potential[link.parent as usize];
            potential[node as usize] = if link.up { above + weight } else { above - weight };
        }
    }

    /// Two tied arcs with one key are what makes ties that no hash can settle.
    fn shared_key(&self, tied: &[u32]) -> Error {
        let mut keys: Vec<(u64, u32)> = tied.iter().map(|&arc| (self.network.key(arc as usize), arc)).collect();
        keys.sort_unstable();
        match keys.windows(2).find(|pair| pair[0].0 == pair[1].0) {
            Some(pair) => {
                let reason = "is the key of two arcs, and the flow depends on which is used";
                Error::Entry { array: "key", index: pair[1].1 as usize, value: i128::from(pair[1].0), reason }
            }
            None => Error::Total { what: "rounds of hashing", value: i128::from(ROUNDS), reason: "left flows tied" },
        }
    }
}

/// Counts the arcs outside the tree whose reduced cost is zero.
struct Even<'a> {
    tail: &'a [u32],
    head: &'a [u32],
    cost: &'a [i64],
    sign: &'a [i8],
    potential: &'a [i64],
}

impl Kernel for Even<'_> {
    type Output = usize;

    #[inline(always)]
    fn run<L: Lanes>(self, _: L) -> usize {
        let Self { tail, head, cost, sign, potential } = self;
        let count = tail.len();
        let (head, cost, sign) = (&head[..count], &cost[..count], &sign[..count]);
        let mut even = 0;
        for arc in 0..count {
            // SAFETY: the network has checked that every arc ends at one of its nodes, and each of them has a potential.
            let (from, to) =
                unsafe { (*potential.get_unchecked(tail[arc] as usize), *potential.get_unchecked(head[arc] as usize)) };
            even += usize::from((cost[arc].wrapping_sub(from).wrapping_add(to) == 0) & (sign[arc] != IDLE));
        }
        even
    }
}
