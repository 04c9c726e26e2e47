//! Shortest paths in the residual network, explicit arcs and implicit ones alike.
//!
//! An optimal price vector obeys price(x) ≤ price(y) + cost along every residual arc x → y. So highest prices are
//! shortest paths *to* the anchor and lowest prices come of shortest paths *from* it. Distances are in reduced costs
//! under the simplex's potentials, which are never negative, and the same for all nodes of a group (see [`residual`]).
//! Few groups lead anywhere: most are idle pools. Those that do are served by Dijkstra's method. Implicit arcs between groups
//! carry no flow, so they are residual from row to port only: one dense pass relaxes them all ([`bids`], [`asks`]), and the
//! search goes on from what it moved.

pub mod asks;
pub mod bids;
pub mod residual;
#[cfg(test)]
mod tests;

use std::cmp::Reverse;
use std::collections::BinaryHeap;

use super::layout::Layout;
use super::money::{NO_ASK, NO_BID};
use super::rows::NONE;
use super::wiring::Wiring;
use crate::simplex::Simplex;
use asks::{Asks, Takers};
use bids::{Bidders, Bids};
use residual::{Residual, Step, Steps};

/// No path.
pub const FAR: i64 = i64::MAX / 8;

/// Which way prices travel.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Way {
    /// Along residual arcs: what a known price lifts others to at least.
    Lift,
    /// Against residual arcs: what a known price holds others down to at most.
    Hold,
}

impl Way {
    fn back(self) -> Self {
        match self {
            Self::Lift => Self::Hold,
            Self::Hold => Self::Lift,
        }
    }
}

/// The search, with the memory that it keeps from one market to the next.
#[derive(Debug)]
pub struct Spread {
    /// The residual network.
    pub residual: Residual,
    /// Potentials relative to the anchor.
    pub potential: Vec<i64>,
    /// Whether a row or hub is in the group.
    pays: Vec<bool>,
    /// Whether a port is in the group.
    asks: Vec<bool>,
    changed: Vec<bool>,
    fresh: Vec<u32>,
    heap: BinaryHeap<Reverse<(i64, u32)>>,
    metros: Vec<bool>,
    price: Vec<i64>,
    best_bids: Bids,
    best_asks: Asks,
}

impl Spread {
    /// Makes room for a market.
    #[must_use]
    pub fn new(wiring: &Wiring) -> Self {
        Self {
            residual: Residual::default(),
            potential: vec![],
            pays: vec![],
            asks: vec![],
            changed: vec![],
            fresh: vec![],
            heap: BinaryHeap::new(),
            metros: vec![],
            price: vec![],
            best_bids: Bids::new(wiring),
            best_asks: Asks::default(),
        }
    }

    /// Takes the residual network of a session's optimal basis.
    pub fn take(&mut self, wiring: &Wiring, simplex: &Simplex) {
        self.residual.contract(simplex, wiring.arc_count());
        self.potential.clear();
        self.potential.extend_from_slice(simplex.potentials());
        for (marks, nodes) in [(&mut self.pays, 0..wiring.site0), (&mut self.asks, wiring.site0..wiring.slot0)] {
            marks.clear();
            marks.resize(self.residual.groups, false);
            for &group in &self.residual.group[nodes.start as usize..nodes.end as usize] {
                marks[group as usize] = true;
            }
        }
    }

    /// Shortest distances, over explicit and implicit arcs, from the groups whose distance is given. With `open`, only
    /// open groups move, and the others are what they start from. Price = potential − distance when lifting,
    /// + distance when holding.
    pub fn run(&mut self, layout: &Layout, wiring: &Wiring, way: Way, distance: &mut [i64], open: Option<&[bool]>) {
        self.changed.clear();
        self.changed.resize(distance.len(), open.is_some());
        self.start(way, distance, open);
        loop {
            self.travel(way, distance, open);
            match way {
                Way::Lift => self.lift_ports(layout, wiring, distance, open),
                Way::Hold => self.hold_rows(layout, wiring, distance, open),
            }
            if self.fresh.is_empty() {
                return;
            }
        }
    }

    fn steps(&self, way: Way) -> &Steps {
        match way {
            Way::Lift => &self.residual.along,
            Way::Hold => &self.residual.against,
        }
    }

    /// Finds the groups to start from: those whose distance is given, or the open ones that have such neighbours.
    fn start(&mut self, way: Way, distance: &mut [i64], open: Option<&[bool]>) {
        self.fresh.clear();
        for group in 0..distance.len() {
            if let Some(open) = open {
                if !open[group] {
                    continue;
                }
                let reached = self.steps(way.back()).of(group as u32).iter().map(|step| {
                    let from = distance[step.to as usize];
                    if from < FAR { from + step.length } else { FAR }
                });
                distance[group] = reached.fold(distance[group], i64::min);
            }
            if distance[group] < FAR {
                self.changed[group] = true;
                self.fresh.push(group as u32);
            }
        }
    }

    /// Dijkstra over the explicit arcs, from the fresh groups. Those that lead nowhere never see the heap.
    fn travel(&mut self, way: Way, distance: &mut [i64], open: Option<&[bool]>) {
        let mut heap = std::mem::take(&mut self.heap);
        let leading = |group: &&u32| self.steps(way).lead(**group);
        heap.extend(self.fresh.iter().filter(leading).map(|&group| Reverse((distance[group as usize], group))));
        while let Some(Reverse((length, group))) = heap.pop() {
            if length > distance[group as usize] {
                continue;
            }
            let steps = match way {
                Way::Lift => &self.residual.along,
                Way::Hold => &self.residual.against,
            };
            for &Step { to, length: further } in steps.of(group) {
                let reached = length + further;
                if reached < distance[to as usize] && open.is_none_or(|open| open[to as usize]) {
                    distance[to as usize] = reached;
                    self.changed[to as usize] = true;
                    if steps.lead(to) {
                        heap.push(Reverse((reached, to)));
                    }
                }
            }
        }
        self.heap = heap;
    }

    /// The prices that distances mean for some nodes; none where there is no path.
    fn read_prices(&mut self, way: Way, nodes: usize, distance: &[i64]) {
        let potential = self.potential[..nodes].iter();
        let reached = potential.zip(self.residual.group[..nodes].iter().map(|&group| distance[group as usize]));
        self.price.clear();
        self.price.extend(reached.map(|(potential, distance)| match way {
            Way::Lift if distance >= FAR => NO_BID,
            Way::Hold if distance >= FAR => NO_ASK,
            Way::Lift => potential - distance,
            Way::Hold => potential + distance,
        }));
    }

    /// Notes the metros of the rows that lead to ports themselves, and not by a hub, and are marked.
    fn mark_metros(&mut self, layout: &Layout, wiring: &Wiring, marked: impl Fn(&Self, u32) -> bool) {
        let mut metros = std::mem::take(&mut self.metros);
        metros.clear();
        metros.resize(layout.metros(), false);
        let rows = &wiring.rows;
        for (row, (&metro, &hub)) in rows.metro.iter().zip(&rows.hub).enumerate() {
            metros[metro as usize] |= hub == NONE && marked(self, self.residual.group[row]);
        }
        self.metros = metros;
    }

    /// Lifts ports to the best bid of the rows that changed.
    fn lift_ports(&mut self, layout: &Layout, wiring: &Wiring, distance: &mut [i64], open: Option<&[bool]>) {
        self.fresh.clear();
        let may = |group: usize| self.asks[group] && open.map_or(distance[group] != 0, |open| open[group]);
        let bidden = self.pays.iter().zip(&self.changed).any(|(&pays, &changed)| pays && changed);
        if !bidden || !(0..distance.len()).any(may) {
            return;
        }
        self.mark_metros(layout, wiring, |spread, group| spread.changed[group as usize]);
        self.read_prices(Way::Lift, wiring.site0 as usize, distance);
        self.changed.fill(false);
        let Self { residual, potential, best_bids, price, metros, pays, changed, fresh, .. } = self;
        let of = |node: u32| (residual.group[node as usize] as usize, potential[node as usize]);
        let has = |node: u32| {
            let (group, potential) = of(node);
            match (distance[group], open.map_or(distance[group] != 0, |open| open[group])) {
                (_, false) => i64::MAX,
                (FAR.., true) => NO_BID,
                (distance, true) => potential - distance,
            }
        };
        for &(node, bid) in best_bids.find(layout, wiring, Bidders { price, metros }, has) {
            let (group, potential) = of(node);
            let reached = potential - bid;
            if reached < distance[group] && open.is_none_or(|open| open[group]) {
                distance[group] = reached;
                // An idle pool that leads nowhere has been dealt with.
                if pays[group] || residual.along.lead(group as u32) {
                    changed[group] = true;
                    fresh.push(group as u32);
                }
            }
        }
    }

    /// Holds rows that may still fall to their cheapest ask.
    fn hold_rows(&mut self, layout: &Layout, wiring: &Wiring, distance: &mut [i64], open: Option<&[bool]>) {
        self.fresh.clear();
        let may = |group: usize| open.map_or(distance[group] != 0, |open| open[group]);
        let asked = self.asks.iter().zip(&self.changed).any(|(&asks, &changed)| asks && changed);
        if !asked || !(0..distance.len()).any(|group| self.pays[group] && may(group)) {
            return;
        }
        self.mark_metros(layout, wiring, |_, group| may(group as usize));
        self.read_prices(Way::Hold, wiring.slot0 as usize, distance);
        self.changed.fill(false);
        let Self { residual, potential, best_asks, price, metros, changed, fresh, .. } = self;
        for &(source, ask) in best_asks.find(layout, wiring, Takers { price, metros }) {
            let source = source as usize;
            // A hub's rows follow from the hub by their own arcs.
            let own = source >= wiring.rows.len() || wiring.rows.hub[source] == NONE;
            let group = residual.group[source] as usize;
            let reached = ask - potential[source];
            if own && reached < distance[group] && open.is_none_or(|open| open[group]) {
                distance[group] = reached;
                changed[group] = true;
                fresh.push(group as u32);
            }
        }
    }
}
