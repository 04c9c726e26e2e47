//! Finding the implicit arcs that matter: those of low reduced cost.
//!
//! One pass over the matrix serves both questions of a clearing: which arcs could improve the flow (reduced cost below
//! zero), and, once there is none, which arcs an optimal flow might use as well (reduced cost zero).
//!
//! **Pruning.** A row of a chain pays at most its price; an arc costs the port's price plus transport, and transport costs
//! don't fall as round trips grow. So of a block whose nearest site is *r* away and whose cheapest offer is *o*, every arc
//! costs *o* + cost(*r*) or more, and only rows with budgets of *r* or more reach into it: where the dearest of
//! those pays less than *o* + cost(*r*), the block has no arc of reduced cost zero or below. Most blocks end there, sixteen
//! at a time; the others are judged site by site, and only sites that pass are looked at port by port.

#[cfg(test)]
mod tests;

use super::blocks::BLOCK;
use super::judge::{Judge, Verdict};
use super::layout::Layout;
use super::money::{Money, narrow};
use super::offers::{Doors, Offers};
use super::rows::Chain;
use super::wiring::Wiring;
use crate::simd::{Kernel, Lanes, Level, dispatch, level};

/// An implicit arc that should become explicit.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub struct Found {
    /// Reduced cost, negative where the arc would improve the flow.
    pub reduced_cost: i64,
    /// Row, or hub after the rows: the node that the arc leaves.
    pub source: u32,
    /// Port that it enters.
    pub port: u32,
    /// What it costs.
    pub cost: i64,
}

/// Sites of one block with an arc of reduced cost zero or below from one metro's rings.
#[derive(Debug, Clone, Copy)]
struct Near {
    chain: u32,
    metro: u32,
    block: u32,
    sites: u64,
}

/// The search and all the memory that it needs, kept from one pass to the next.
#[derive(Debug)]
pub struct Search {
    /// Instructions to use.
    pub level: Level,
    narrow: Width<i32>,
    wide: Width<i64>,
    hits: Hits,
}

/// Prices in one width.
#[derive(Debug, Default)]
struct Width<T> {
    offers: Vec<Offers<T>>,
    terms: Terms<T>,
}

/// What the rings of one metro pay.
#[derive(Debug, Default)]
struct Terms<T> {
    /// Price of each ring's row.
    pay: Vec<T>,
    /// The dearest of each ring and those looser.
    dearest: Vec<T>,
}

impl<T: Money> Terms<T> {
    fn set(&mut self, prices: &[i64]) {
        self.pay.clear();
        self.pay.extend(prices.iter().map(|&price| T::fit(price)));
        self.find_dearest();
    }

    /// Lowers what a ring pays, but not so far that an offer that was clamped could be taken for dearer.
    fn lower(&mut self, ring: usize, price: i64) {
        self.pay[ring] = self.pay[ring].min(T::fit(price).max(T::CHEAPEST + T::cost(1 << 22)));
        self.find_dearest();
    }

    fn find_dearest(&mut self) {
        self.dearest.clone_from(&self.pay);
        for ring in (1..self.dearest.len()).rev() {
            self.dearest[ring - 1] = self.dearest[ring - 1].max(self.dearest[ring]);
        }
    }
}

/// What a pass finds.
#[derive(Debug, Default)]
struct Hits {
    found: Vec<Found>,
    /// Where arcs of reduced cost zero may be, as long as none is below.
    near: Vec<Near>,
    /// Blocks of one metro that are worth a look.
    worth: Vec<u32>,
    /// Arcs of each ring of one metro.
    rings: Vec<Vec<Found>>,
    /// Whether any arc has a reduced cost below zero.
    violated: bool,
    scanned: usize,
}

impl Search {
    /// Makes room for the passes over a market.
    #[must_use]
    pub fn new(wiring: &Wiring) -> Self {
        let rings = wiring.rows.chains.iter().map(|chain| chain.budgets.len()).max().unwrap_or(0);
        let mut hits = Hits::default();
        hits.rings.resize_with(rings.max(1), Vec::new);
        Self { level: level(), narrow: Width::default(), wide: Width::default(), hits }
    }

    /// Arcs of negative reduced cost; of each source (row, or hub) the `most` that are cheapest.
    pub fn violators(&mut self, layout: &Layout, wiring: &Wiring, potential: &[i64], most: usize) -> &[Found] {
        let Self { level, hits, .. } = self;
        hits.clear();
        if narrow(&potential[..wiring.site0 as usize]) {
            self.narrow.pass(*level, layout, wiring, potential, most, hits);
        } else {
            self.wide.pass(*level, layout, wiring, potential, most, hits);
        }
        self.hubs(wiring, potential, -1, most);
        &self.hits.found
    }

    /// All arcs of reduced cost zero, if the last [`Self::violators`] found none below, under the same potentials.
    pub fn tied(&mut self, layout: &Layout, wiring: &Wiring, potential: &[i64]) -> &[Found] {
        let Hits { found, near, rings, .. } = &mut self.hits;
        found.clear();
        for near in near {
            let metro = near.metro as usize;
            let chain = &wiring.rows.chains[near.chain as usize];
            let doors = &wiring.doors[chain.gate[metro] as usize];
            Visit { layout, potential, chain, doors, metro, limit: 0 }.sites(near.block as usize, near.sites, rings);
            rings.iter_mut().for_each(|ring| found.append(ring));
        }
        self.hubs(wiring, potential, 0, usize::MAX);
        &self.hits.found
    }

    /// Arcs from hubs, up to a reduced cost.
    fn hubs(&mut self, wiring: &Wiring, potential: &[i64], limit: i64, most: usize) {
        for (index, hub) in wiring.rows.hubs.iter().enumerate() {
            let source = wiring.hub0 as usize + index;
            for &(port, node) in wiring.doors[hub.gate as usize].all() {
                let reduced_cost = potential[node as usize] - potential[source];
                if reduced_cost <= limit {
                    self.hits.rings[0].push(Found { reduced_cost, source: source as u32, port, cost: 0 });
                }
            }
            self.hits.keep(0, most);
        }
    }

    /// Blocks that the last pass looked into. For diagnosis only.
    #[must_use]
    pub fn scanned(&self) -> usize {
        self.hits.scanned
    }
}

impl Hits {
    fn clear(&mut self) {
        self.found.clear();
        self.near.clear();
        self.violated = false;
        self.scanned = 0;
    }

    /// Moves the cheapest of a ring to what is found.
    fn keep(&mut self, ring: usize, most: usize) {
        self.trim(ring, most);
        self.found.append(&mut self.rings[ring]);
    }

    /// Leaves a ring the cheapest; the reduced cost of the dearest of them, if it has all it may have.
    fn trim(&mut self, ring: usize, most: usize) -> Option<i64> {
        let ring = &mut self.rings[ring];
        let last = most.checked_sub(1).filter(|&last| last < ring.len())?;
        let (_, &mut worst, _) = ring.select_nth_unstable(last);
        ring.truncate(most);
        Some(worst.reduced_cost)
    }
}

/// The arcs between one metro's rings and the sites of a block.
struct Visit<'a> {
    layout: &'a Layout,
    potential: &'a [i64],
    chain: &'a Chain,
    doors: &'a Doors,
    metro: usize,
    limit: i64,
}

impl Visit<'_> {
    /// Adds the arcs to the marked sites of a block to their rings.
    fn sites(&self, block: usize, mut marked: u64, rings: &mut [Vec<Found>]) {
        let times = &self.layout.rtt.row(self.metro)[block].0;
        while marked != 0 {
            let site = marked.trailing_zeros() as usize;
            marked &= marked - 1;
            let Some(ring) = self.chain.ring(times[site]) else { continue };
            let (row, cost) = (self.chain.row(self.metro, ring), self.layout.transport_cost(times[site]));
            for &(port, node) in self.doors.at(block * BLOCK + site) {
                let reduced_cost = cost - self.potential[row] + self.potential[node as usize];
                if reduced_cost <= self.limit {
                    rings[ring].push(Found { reduced_cost, source: row as u32, port, cost });
                }
            }
        }
    }
}

impl<T: Money> Width<T> {
    fn pass(
        &mut self,
        level: Level,
        layout: &Layout,
        wiring: &Wiring,
        potential: &[i64],
        most: usize,
        hits: &mut Hits,
    ) {
        let Self { offers, terms } = self;
        Offers::fill_all(offers, &wiring.doors, potential);
        dispatch(level, Pass { layout, wiring, potential, offers, terms, most, hits });
    }
}

/// All chains at all metros.
struct Pass<'a, T> {
    layout: &'a Layout,
    wiring: &'a Wiring,
    potential: &'a [i64],
    offers: &'a [Offers<T>],
    terms: &'a mut Terms<T>,
    most: usize,
    hits: &'a mut Hits,
}

impl<T: Money> Kernel for Pass<'_, T> {
    type Output = ();

    #[inline(always)]
    fn run<L: Lanes>(mut self, lanes: L) {
        for (index, chain) in self.wiring.rows.chains.iter().enumerate() {
            for metro in 0..self.layout.metros() {
                self.metro(lanes, index as u32, chain, metro);
                for ring in 0..chain.budgets.len() {
                    self.hits.keep(ring, self.most);
                }
            }
        }
    }
}

impl<T: Money> Pass<'_, T> {
    /// One chain at one metro.
    #[inline(always)]
    fn metro<L: Lanes>(&mut self, lanes: L, number: u32, chain: &Chain, metro: usize) {
        let (layout, gate) = (self.layout, chain.gate[metro] as usize);
        let (rate, offers) = (layout.transport_rate as u16, &self.offers[gate]);
        let visit =
            Visit { layout, potential: self.potential, chain, doors: &self.wiring.doors[gate], metro, limit: -1 };
        let first = chain.row(metro, 0);
        self.terms.set(&self.potential[first..first + chain.budgets.len()]);
        let row = layout.rtt.row(metro);
        let judge = Judge { rate, budgets: &chain.budgets, pay: &self.terms.dearest };
        offers.worth_a_look(lanes, &judge, &layout.rtt, metro, &mut self.hits.worth);
        self.hits.scanned += self.hits.worth.len();
        for index in 0..self.hits.worth.len() {
            let block = self.hits.worth[index] as usize;
            let judge = Judge { rate, budgets: &chain.budgets, pay: &self.terms.pay };
            let Verdict { below, within } = judge.block(lanes, &row[block].0, &offers.blocks[block]);
            if below != 0 {
                self.hits.violated = true;
                visit.sites(block, below, &mut self.hits.rings);
                self.crowded(first);
            } else if within != 0 && !self.hits.violated {
                self.hits.near.push(Near { chain: number, metro: metro as u32, block: block as u32, sites: within });
            }
        }
    }

    /// Asks more of further arcs of rings that have plenty.
    fn crowded(&mut self, first: usize) {
        for ring in 0..self.terms.pay.len() {
            if self.hits.rings[ring].len() / 2 > self.most
                && let Some(worst) = self.hits.trim(ring, self.most)
            {
                self.terms.lower(ring, self.potential[first + ring] + worst + 1);
            }
        }
    }
}
