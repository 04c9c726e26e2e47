//! Finding the implicit arcs that matter: those of low reduced cost.
//!
//! One pass over the matrix asks of every block of sites whether any arc of a row's own ring is cheap enough; only blocks
//! that say yes are looked at arc by arc. Near an optimum few do.

use super::layout::Layout;
use super::rows::Chain;
use super::transport::{BLOCK, Money, block, narrow, offers, reaches};
use super::wiring::Wiring;

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

/// What to look for.
#[derive(Debug, Clone, Copy)]
pub struct Search<'a> {
    /// Static columns.
    pub layout: &'a Layout,
    /// Nodes.
    pub wiring: &'a Wiring,
    /// Prices of all nodes.
    pub potential: &'a [i64],
    /// Highest reduced cost that is low enough: 0 or −1.
    pub limit: i64,
    /// Most arcs of one source; the cheapest are taken.
    pub most: usize,
}

impl Search<'_> {
    /// Arcs of low reduced cost from the sources (rows, then hubs) that are wanted.
    #[must_use]
    pub fn run(&self, wanted: &[bool]) -> Vec<Found> {
        if narrow(&self.potential[..self.wiring.pool0 as usize]) {
            self.run_in::<i32>(wanted)
        } else {
            self.run_in::<i64>(wanted)
        }
    }

    fn run_in<T: Money>(&self, wanted: &[bool]) -> Vec<Found> {
        let (rows, sites) = (&self.wiring.rows, self.layout.sites());
        let offers: Vec<Vec<T>> =
            rows.gates.iter().map(|gate| offers(self.wiring, gate, sites, self.potential)).collect();
        let mut all = vec![];
        for chain in &rows.chains {
            let mut found = vec![vec![]; chain.workloads.len()];
            for metro in 0..self.layout.metros() {
                let row = chain.row(metro, 0);
                if wanted[row..row + chain.workloads.len()].contains(&true) {
                    self.scan(chain, metro, &offers[chain.gate[metro] as usize], wanted, &mut found);
                    found.iter_mut().for_each(|found| self.keep(found, &mut all));
                }
            }
        }
        let mut found = vec![];
        for hub in 0..rows.hubs.len() {
            if wanted[self.wiring.hub0 as usize + hub] {
                self.hub(hub, &mut found);
                self.keep(&mut found, &mut all);
            }
        }
        all
    }

    /// The rings of one metro.
    fn scan<T: Money>(&self, chain: &Chain, metro: usize, offers: &[T], wanted: &[bool], found: &mut [Vec<Found>]) {
        let rate = self.layout.transport_rate;
        let first = chain.row(metro, 0);
        let loosest = chain.budgets.last().copied().unwrap_or(0);
        for (index, (rtt, offers)) in self.layout.row(metro).chunks(BLOCK).zip(offers.chunks(BLOCK)).enumerate() {
            let near = block(rtt, u16::MAX);
            if !reaches(&near, loosest) {
                continue;
            }
            let far = near.map(i32::from);
            // Fillers offer nothing.
            let mut ask = block(offers, T::DEAREST);
            for (ask, &near) in ask.iter_mut().zip(&near) {
                *ask = *ask + T::cost((u32::from(near) * rate) >> 10);
            }
            let mut nearer = -1;
            for (ring, found) in found.iter_mut().enumerate() {
                let budget = i32::from(chain.budgets[ring]);
                if wanted[first + ring] {
                    let pay = T::fit(self.potential[first + ring] + self.limit);
                    let hit = |(&far, &ask): (&i32, &T)| (far > nearer) & (far <= budget) & (ask <= pay);
                    if far.iter().zip(&ask).fold(false, |any, pair| any | hit(pair)) {
                        for offset in (0..rtt.len()).filter(|&offset| hit((&far[offset], &ask[offset]))) {
                            self.ports(chain, metro, first + ring, index * BLOCK + offset, found);
                        }
                    }
                }
                nearer = budget;
            }
        }
    }

    /// The arcs from a row to the ports of one site.
    fn ports(&self, chain: &Chain, metro: usize, row: usize, site: usize, found: &mut Vec<Found>) {
        let cost = self.layout.transport_cost(self.layout.row(metro)[site]);
        for &port in self.wiring.rows.gates[chain.gate[metro] as usize].ports(site) {
            self.arc(row, port, cost, found);
        }
    }

    fn hub(&self, hub: usize, found: &mut Vec<Found>) {
        let gate = &self.wiring.rows.gates[self.wiring.rows.hubs[hub].gate as usize];
        for site in 0..self.layout.sites() {
            for &port in gate.ports(site) {
                self.arc(self.wiring.hub0 as usize + hub, port, 0, found);
            }
        }
    }

    fn arc(&self, source: usize, port: u32, cost: i64, found: &mut Vec<Found>) {
        let reduced_cost = cost - self.potential[source] + self.potential[self.wiring.port_node(port) as usize];
        if reduced_cost <= self.limit {
            found.push(Found { reduced_cost, source: source as u32, port, cost });
        }
    }

    /// Moves the cheapest to `all`.
    fn keep(&self, found: &mut Vec<Found>, all: &mut Vec<Found>) {
        if found.len() > self.most {
            found.select_nth_unstable(self.most);
            found.truncate(self.most);
        }
        all.append(found);
    }
}
