//! The certificate's pass over all implicit arcs: does any port serve any demand for less than it pays?
//!
//! Written apart from the solver's passes, from the raw definition: a workload may enter every pool and shell that its class
//! admits, in its bloc if it is masked, within its budget, at transport cost; without a budget, anywhere at none. Several
//! price vectors are compared in one sweep over the matrix.
//!
//! **What may be skipped.** Let *n* be the time to the nearest site of a block, *c* the least that any port there asks
//! of a class, and *p* the most that a workload of the class with a budget of *n* or more pays. A workload with a budget below
//! *n* reaches nothing in the block. Every other one pays *p* or less; and whatever it reaches asks *c* or more and lies *n*
//! or more away, so that with transport, which doesn't fall as times grow, it costs *c* + transport(*n*) or more. If
//! that is *p* or more, nothing in the block costs any workload less than it pays, and the block needs no look. The
//! nearest times are found here, once for each market; asks and payments anew every time.

mod sweep;
#[cfg(test)]
mod tests;

use super::blocks::Block;
use super::layout::{Layout, NO_BUDGET};
use crate::simd::{Level, level};
use sweep::{Desk, Number, sweep};

/// Published prices.
#[derive(Debug, Clone, Copy)]
pub struct Posted<'a> {
    /// Of each metro's workloads, M × K.
    pub demand: &'a [i64],
    /// Of each pool, P.
    pub pool: &'a [i64],
    /// Of each shell, S.
    pub shell: &'a [i64],
}

/// Where somebody could be served for less.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Bargain {
    /// Which of the price vectors.
    pub posted: usize,
    /// Who pays more than is asked.
    pub metro: usize,
    /// With which workload.
    pub workload: usize,
}

/// Workloads that see the same offers.
#[derive(Debug)]
struct Party {
    class: usize,
    bloc: Option<u32>,
    /// Metros that have them.
    metros: Vec<usize>,
    /// Workloads with a budget, tightest first.
    near: Vec<usize>,
    /// Their budgets.
    budgets: Vec<u16>,
    /// Workloads without.
    free: Vec<usize>,
}

/// The pass, with what it knows of the matrix and the memory that it needs.
#[derive(Debug)]
pub struct Undercut {
    /// Instructions to use.
    pub level: Level,
    parties: Vec<Party>,
    /// Time to the nearest site of each block, metros by rows.
    nearest: Vec<u16>,
    small: Desk<i32>,
    large: Desk<i64>,
}

impl Undercut {
    /// Learns the matrix of a layout.
    #[must_use]
    pub fn new(layout: &Layout) -> Self {
        let blocks = (0..layout.metros()).flat_map(|metro| layout.rtt.row(metro));
        let nearest = blocks.map(|Block(times)| times.iter().copied().min().unwrap_or(u16::MAX)).collect();
        Self { level: level(), parties: parties(layout), nearest, small: Desk::default(), large: Desk::default() }
    }

    /// A workload that could be served for less than it pays, if there is one. Prices of 2⁶⁰ or more are nobody's: a vector with
    /// such a price is refused as a bargain for the first workload of the first metro.
    #[must_use]
    pub fn find(&mut self, layout: &Layout, posted: &[Posted<'_>]) -> Option<Bargain> {
        let below = |most: i64| {
            let small = move |prices: &[i64]| prices.iter().all(|price| (-most < *price) & (*price < most));
            move |posted: &Posted<'_>| small(posted.demand) && small(posted.pool) && small(posted.shell)
        };
        if let Some(posted) = posted.iter().position(|posted| !below(i64::LARGEST)(posted)) {
            return Some(Bargain { posted, metro: 0, workload: 0 });
        }
        let Self { level, parties, nearest, small, large } = self;
        if posted.iter().all(below(i64::from(i32::LARGEST))) {
            sweep(*level, layout, parties, nearest, small, posted)
        } else {
            sweep(*level, layout, parties, nearest, large, posted)
        }
    }
}

fn parties(layout: &Layout) -> Vec<Party> {
    let mut blocs = layout.metro_bloc.clone();
    blocs.sort_unstable();
    blocs.dedup();
    let mut parties = vec![];
    for class in 0..layout.classes() {
        for bloc in std::iter::once(None).chain(blocs.iter().copied().map(Some)) {
            let home = |&metro: &usize| bloc.is_none_or(|bloc| bloc == layout.metro_bloc[metro]);
            let metros = (0..layout.metros()).filter(home).collect();
            let mut party = Party { class, bloc, metros, near: vec![], budgets: vec![], free: vec![] };
            for workload in 0..layout.workloads() {
                let (of, masked) = (layout.workload_class[workload] as usize, layout.workload_masked[workload]);
                if of == class && masked == bloc.is_some() {
                    match u16::try_from(layout.workload_budget[workload]) {
                        Ok(_) => party.near.push(workload),
                        Err(_) => party.free.push(workload),
                    }
                }
            }
            debug_assert!(party.free.iter().all(|&workload| layout.workload_budget[workload] == NO_BUDGET));
            party.near.sort_unstable_by_key(|&workload| layout.workload_budget[workload]);
            party.budgets = party.near.iter().map(|&workload| layout.workload_budget[workload] as u16).collect();
            if !party.near.is_empty() || !party.free.is_empty() {
                parties.push(party);
            }
        }
    }
    parties
}
