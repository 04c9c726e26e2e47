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
//!
//! **Looking again.** Costs of arcs never change, so that a reduced cost falls only where a row pays more or a port asks
//! less. After a few pivots little has: where the last pass found no arc below zero at a metro, and no row there pays more now,
//! it must be to a port whose offer has fallen, and blocks are judged by the cheapest of these.

mod near;
#[cfg(test)]
mod tests;

use std::ops::Range;

use super::blocks::BLOCK;
use super::judge::{Judge, Verdict};
use super::layout::Layout;
use super::money::{Money, narrow};
use super::offers::{Doors, Offers};
use super::rows::Chain;
use super::wiring::Wiring;
use crate::simd::{Kernel, Lanes, Level, dispatch, level};
use near::Near;

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

/// The search and all the memory that it needs, kept from one pass to the next.
#[derive(Debug)]
pub struct Search {
    /// Instructions to use.
    pub level: Level,
    narrow: Width<i32>,
    wide: Width<i64>,
    hits: Hits,
    seen: Seen,
}

/// What the last pass saw.
#[derive(Debug)]
struct Seen {
    /// Whether it compared narrow prices.
    narrow: bool,
    /// What each source paid.
    paid: Vec<i64>,
    /// Chains at metros, chain by chain, where the next pass must look at all: some arc there had a reduced cost below zero.
    open: Vec<bool>,
}

/// Prices in one width.
#[derive(Debug, Default)]
struct Width<T> {
    offers: Vec<Offers<T>>,
    /// Of the metro that is judged, and of the next one.
    looks: [Look<T>; 2],
}

/// How to look at one metro.
#[derive(Debug, Default)]
struct Look<T> {
    terms: Terms<T>,
    /// Blocks that are worth it.
    worth: Vec<u32>,
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
    near: Near,
    /// Arcs of each ring of one metro.
    rings: Vec<Vec<Found>>,
    scanned: usize,
}

impl Search {
    /// Makes room for the passes over a market.
    #[must_use]
    pub fn new(wiring: &Wiring) -> Self {
        let rings = wiring.rows.chains.iter().map(|chain| chain.budgets.len()).max().unwrap_or(0);
        let places = wiring.rows.chains.iter().map(|chain| chain.gate.len()).sum();
        let blocks = wiring.doors.first().map_or(0, Doors::blocks);
        let mut hits = Hits { near: Near::new(places, blocks), ..Hits::default() };
        hits.rings.resize_with(rings.max(1), Vec::new);
        let seen = Seen { narrow: true, paid: vec![0; wiring.site0 as usize], open: vec![true; places] };
        Self { level: level(), narrow: Width::default(), wide: Width::default(), hits, seen }
    }

    /// Forgets what earlier passes saw: the next one looks at all.
    pub fn forget(&mut self) {
        self.seen.open.fill(true);
    }

    /// Arcs of negative reduced cost; of each source (row, or hub) the `most` that are cheapest.
    pub fn violators(&mut self, layout: &Layout, wiring: &Wiring, potential: &[i64], most: usize) -> &[Found] {
        let paid = &potential[..wiring.site0 as usize];
        if narrow(paid) != self.seen.narrow {
            self.forget();
            self.seen.narrow = !self.seen.narrow;
        }
        let Self { level, hits, seen, .. } = self;
        hits.found.clear();
        hits.scanned = 0;
        let sight = Sight { layout, wiring, potential, most };
        if seen.narrow {
            self.narrow.pass(*level, sight, hits, seen);
        } else {
            self.wide.pass(*level, sight, hits, seen);
        }
        seen.paid.copy_from_slice(paid);
        self.hubs(wiring, potential, -1, most);
        &self.hits.found
    }

    /// All arcs of reduced cost zero, if the last [`Self::violators`] found none below, under the same potentials.
    pub fn tied(&mut self, layout: &Layout, wiring: &Wiring, potential: &[i64]) -> &[Found] {
        let Hits { found, near, rings, .. } = &mut self.hits;
        found.clear();
        let places =
            wiring.rows.chains.iter().flat_map(|chain| chain.gate.iter().enumerate().map(move |at| (chain, at)));
        for (place, (chain, (metro, &gate))) in places.enumerate() {
            let doors = &wiring.doors[gate as usize];
            let visit = Visit { layout, potential, chain, doors, metro, limit: 0 };
            near.blocks(place).for_each(|(block, sites)| visit.sites(block, sites, rings));
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
    fn pass(&mut self, level: Level, sight: Sight<'_>, hits: &mut Hits, seen: &mut Seen) {
        let Self { offers, looks } = self;
        Offers::fill_all(offers, &sight.wiring.doors, sight.potential);
        dispatch(level, Pass { sight, offers, looks, hits, seen });
    }
}

/// What a pass looks at.
#[derive(Clone, Copy)]
struct Sight<'a> {
    layout: &'a Layout,
    wiring: &'a Wiring,
    potential: &'a [i64],
    /// How many arcs of one source it brings home.
    most: usize,
}

/// All chains at all metros.
struct Pass<'a, T> {
    sight: Sight<'a>,
    offers: &'a [Offers<T>],
    looks: &'a mut [Look<T>; 2],
    hits: &'a mut Hits,
    seen: &'a mut Seen,
}

impl<T: Money> Kernel for Pass<'_, T> {
    type Output = ();

    #[inline(always)]
    fn run<L: Lanes>(mut self, lanes: L) {
        let Sight { layout, wiring, most, .. } = self.sight;
        for (index, chain) in wiring.rows.chains.iter().enumerate() {
            let places = index * layout.metros()..(index + 1) * layout.metros();
            // Blocks of the matrix come from afar: those of the next metro are asked for before this one is judged.
            for (metro, place) in places.clone().enumerate() {
                if metro == 0 {
                    self.choose(lanes, chain, metro, place);
                }
                if place + 1 < places.end {
                    self.choose(lanes, chain, metro + 1, place + 1);
                }
                self.seen.open[place] = self.judge(lanes, chain, metro, place);
                for ring in 0..chain.budgets.len() {
                    self.hits.keep(ring, most);
                }
            }
        }
    }
}

impl Seen {
    /// Whether any of some rows pays more than it did.
    #[inline(always)]
    fn pays_more(&self, pay: &[i64], rows: Range<usize>) -> bool {
        pay.iter().zip(&self.paid[rows]).any(|(pay, paid)| pay > paid)
    }
}

impl<T: Money> Pass<'_, T> {
    /// Chooses what of one chain at one metro to look at.
    #[inline(always)]
    fn choose<L: Lanes>(&mut self, lanes: L, chain: &Chain, metro: usize, place: usize) {
        let Sight { layout, potential, .. } = self.sight;
        let rows = chain.row(metro, 0)..chain.row(metro, 0) + chain.budgets.len();
        let offers = &self.offers[chain.gate[metro] as usize];
        let all = self.seen.open[place] || self.seen.pays_more(&potential[rows.clone()], rows.clone());
        if all {
            self.hits.near.clear(place);
        }
        let least = if all { &offers.least } else { &offers.fallen };
        let Look { terms, worth } = &mut self.looks[metro % 2];
        terms.set(&potential[rows]);
        let judge = Judge { rate: layout.transport_rate as u16, budgets: &chain.budgets, pay: &terms.dearest };
        Offers::worth_a_look(lanes, &judge, &layout.rtt, metro, least, worth);
        self.hits.scanned += worth.len();
    }

    /// Judges one chain at one metro; whether any arc has a reduced cost below zero.
    #[inline(always)]
    fn judge<L: Lanes>(&mut self, lanes: L, chain: &Chain, metro: usize, place: usize) -> bool {
        let Sight { layout, wiring, potential, .. } = self.sight;
        let gate = chain.gate[metro] as usize;
        let (rate, offers) = (layout.transport_rate as u16, &self.offers[gate]);
        let visit = Visit { layout, potential, chain, doors: &wiring.doors[gate], metro, limit: -1 };
        let first = chain.row(metro, 0);
        let row = layout.rtt.row(metro);
        let mut violated = false;
        for index in 0..self.looks[metro % 2].worth.len() {
            let Look { terms, worth } = &self.looks[metro % 2];
            let block = worth[index] as usize;
            let judge = Judge { rate, budgets: &chain.budgets, pay: &terms.pay };
            let Verdict { below, within } = judge.block(lanes, &row[block].0, &offers.blocks[block]);
            if below != 0 {
                violated = true;
                visit.sites(block, below, &mut self.hits.rings);
                self.crowded(metro, first);
            } else if within != 0 {
                self.hits.near.mark(place, block, within);
            }
        }
        violated
    }

    /// Asks more of further arcs of rings that have plenty.
    fn crowded(&mut self, metro: usize, first: usize) {
        let Sight { potential, most, .. } = self.sight;
        let terms = &mut self.looks[metro % 2].terms;
        for ring in 0..terms.pay.len() {
            if self.hits.rings[ring].len() / 2 > most
                && let Some(worst) = self.hits.trim(ring, most)
            {
                terms.lower(ring, potential[first + ring] + worst + 1);
            }
        }
    }
}
