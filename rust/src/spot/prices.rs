//! Lowest, settled and highest prices of every node.
//!
//! Two ends bound a price: the lowest and the highest optimal vector. Both are optimal, and so is their midpoint, rounded
//! down, since costs are integers. A node that nothing ties to the sink from one side has no such end (a pool of no
//! capacity can be quoted any price above its best bid). Such a node is *grounded*: its price follows, at the
//! bounded end, from the prices of the nodes that have both ends, so that every published vector is finite and
//! optimal:
//!
//! 1. nodes without an upper end are quoted their best bid, the least that the known prices allow;
//! 2. nodes without a lower end are quoted their cheapest supply, the most that they allow;
//! 3. nodes with neither take what the others leave them, or zero where nothing reaches them.
//!
//! All of this is found for groups of nodes whose prices move together (see [`super::spread::residual`]): a price vector is
//! the simplex's potentials and one *offset* per group.

use super::layout::Layout;
use super::spread::{FAR, Spread, Way};
use super::wiring::Wiring;

/// A price vector of all nodes at each of its three settlements.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Prices {
    /// Lowest optimal prices.
    pub low: Vec<i64>,
    /// Midpoint of the two, rounded down.
    pub mid: Vec<i64>,
    /// Highest optimal prices.
    pub high: Vec<i64>,
    /// Whether an upper end exists.
    pub has_high: Vec<bool>,
    /// Whether a lower end exists.
    pub has_low: Vec<bool>,
}

impl Prices {
    /// Lowest, settled and highest price of a node.
    #[inline]
    #[must_use]
    pub fn at(&self, node: usize) -> [i64; 3] {
        [self.low[node], self.mid[node], self.high[node]]
    }
}

/// Finds prices, with the memory that it keeps from one market to the next.
#[derive(Debug)]
pub struct Pricing {
    /// The search and what it searches.
    pub spread: Spread,
    down: Vec<i64>,
    up: Vec<i64>,
    has_low: Vec<bool>,
    has_both: Vec<bool>,
    offset: Vec<i64>,
    known: Vec<bool>,
    open: Vec<bool>,
    distance: Vec<i64>,
}

impl Pricing {
    /// Makes room for a market.
    #[must_use]
    pub fn new(wiring: &Wiring) -> Self {
        Self {
            spread: Spread::new(wiring),
            down: vec![],
            up: vec![],
            has_low: vec![],
            has_both: vec![],
            offset: vec![],
            known: vec![],
            open: vec![],
            distance: vec![],
        }
    }

    /// Finds all prices of the optimal flow whose residual network was taken, relative to the sink.
    pub fn find(&mut self, layout: &Layout, wiring: &Wiring, prices: &mut Prices) {
        let groups = self.spread.residual.groups;
        let anchor = self.spread.residual.group[wiring.sink as usize] as usize;
        for (distance, way) in [(&mut self.down, Way::Lift), (&mut self.up, Way::Hold)] {
            distance.clear();
            distance.resize(groups, FAR);
            distance[anchor] = 0;
            self.spread.run(layout, wiring, way, distance, None);
        }
        self.has_low.clear();
        self.has_low.extend(self.down.iter().map(|&distance| distance < FAR));
        self.has_both.clear();
        self.has_both.extend(self.up.iter().zip(&self.has_low).map(|(&distance, &low)| low && distance < FAR));
        self.low(layout, wiring);
        self.read(&mut prices.low);
        self.between(layout, wiring, |down, up| (up - down).div_euclid(2));
        self.read(&mut prices.mid);
        self.between(layout, wiring, |_, up| up);
        self.read(&mut prices.high);
        let of_nodes = |marks: &mut Vec<bool>, distance: &[i64]| {
            marks.clear();
            marks.extend(self.spread.residual.group.iter().map(|&group| distance[group as usize] < FAR));
        };
        of_nodes(&mut prices.has_low, &self.down);
        of_nodes(&mut prices.has_high, &self.up);
    }

    /// Lowest prices. Those without an upper end are what the other lowest prices allow already.
    fn low(&mut self, layout: &Layout, wiring: &Wiring) {
        self.offset.clear();
        self.offset.extend(self.down.iter().map(|&down| -down));
        self.known.clone_from(&self.has_low);
        self.ground(layout, wiring);
    }

    /// Prices between the ends where there are both, as `pick` says.
    fn between(&mut self, layout: &Layout, wiring: &Wiring, pick: impl Fn(i64, i64) -> i64) {
        self.offset.clear();
        self.offset.extend(self.down.iter().zip(&self.up).map(|(&down, &up)| pick(down, up)));
        self.known.clone_from(&self.has_both);
        self.ground(layout, wiring);
    }

    /// Prices the groups that are not known from those that are.
    fn ground(&mut self, layout: &Layout, wiring: &Wiring) {
        if !self.known.contains(&false) {
            return;
        }
        self.open.clear();
        self.open.extend(self.known.iter().zip(&self.has_low).map(|(&known, &low)| !known && low));
        self.extend(layout, wiring, Way::Lift);
        for way in [Way::Hold, Way::Lift] {
            self.open_the_rest();
            self.extend(layout, wiring, way);
        }
        self.open_the_rest();
        if self.open.contains(&true) {
            self.zero();
            self.known.fill(true);
            self.extend(layout, wiring, Way::Hold);
        }
    }

    fn open_the_rest(&mut self) {
        self.open.clear();
        self.open.extend(self.known.iter().map(|known| !known));
    }

    /// Sets open groups to the highest prices of which none is above zero.
    fn zero(&mut self) {
        for (offset, _) in self.offset.iter_mut().zip(&self.open).filter(|&(_, &open)| open) {
            *offset = i64::MAX;
        }
        for (&group, potential) in self.spread.residual.group.iter().zip(&self.spread.potential) {
            let group = group as usize;
            if self.open[group] {
                self.offset[group] = self.offset[group].min(-potential);
            }
        }
    }

    /// Prices the open groups that known prices reach, and marks them known.
    fn extend(&mut self, layout: &Layout, wiring: &Wiring, way: Way) {
        if !self.open.contains(&true) {
            return;
        }
        let sign = if way == Way::Hold { 1 } else { -1 };
        self.distance.clear();
        let known = self.offset.iter().zip(&self.known);
        self.distance.extend(known.map(|(offset, &known)| if known { sign * offset } else { FAR }));
        self.spread.run(layout, wiring, way, &mut self.distance, Some(&self.open));
        for (group, &distance) in self.distance.iter().enumerate() {
            if self.open[group] && distance < FAR {
                self.offset[group] = sign * distance;
                self.known[group] = true;
            }
        }
    }

    /// The price vector that the offsets mean.
    fn read(&self, vector: &mut Vec<i64>) {
        let Spread { residual, potential, .. } = &self.spread;
        vector.clear();
        vector.extend(potential.iter().zip(&residual.group).map(|(price, &group)| price + self.offset[group as usize]));
    }
}
