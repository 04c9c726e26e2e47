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

use super::spread::{FAR, Residual, Way};

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
    /// Finds all prices of an optimal flow, relative to `anchor`.
    #[must_use]
    pub fn find(residual: &Residual<'_>, potential: &[i64], anchor: usize) -> Self {
        let from_anchor = |way| {
            let mut distance = vec![FAR; potential.len()];
            distance[anchor] = 0;
            residual.spread(way, &mut distance, None);
            distance
        };
        let (down, up) = (from_anchor(Way::Lift), from_anchor(Way::Hold));
        let mut prices = Self {
            low: potential.iter().zip(&down).map(|(price, distance)| price - distance).collect(),
            mid: vec![],
            high: potential.iter().zip(&up).map(|(price, distance)| price + distance).collect(),
            has_high: up.iter().map(|&distance| distance < FAR).collect(),
            has_low: down.iter().map(|&distance| distance < FAR).collect(),
        };
        prices.mid = prices.low.iter().zip(&prices.high).map(|(&low, &high)| (low + high).div_euclid(2)).collect();
        let core: Vec<bool> = prices.has_low.iter().zip(&prices.has_high).map(|(&low, &high)| low && high).collect();
        if core.contains(&false) {
            // Lowest prices without an upper end are what the other lowest prices allow already.
            let lowest = prices.has_low.clone();
            ground(residual, potential, &mut prices.low, &lowest, &prices.has_low);
            for vector in [&mut prices.mid, &mut prices.high] {
                ground(residual, potential, vector, &core, &prices.has_low);
            }
        }
        prices
    }
}

/// Prices the nodes outside the core from those inside.
fn ground(residual: &Residual<'_>, potential: &[i64], vector: &mut [i64], core: &[bool], has_low: &[bool]) {
    let mut known = core.to_vec();
    let bidden: Vec<bool> = known.iter().zip(has_low).map(|(&known, &low)| !known && low).collect();
    extend(residual, potential, vector, &mut known, Way::Lift, &bidden);
    let rest: Vec<bool> = known.iter().map(|known| !known).collect();
    extend(residual, potential, vector, &mut known, Way::Hold, &rest);
    let rest: Vec<bool> = known.iter().map(|known| !known).collect();
    extend(residual, potential, vector, &mut known, Way::Lift, &rest);
    let rest: Vec<bool> = known.iter().map(|known| !known).collect();
    if rest.contains(&true) {
        for (vector, _) in vector.iter_mut().zip(&rest).filter(|(_, rest)| **rest) {
            *vector = 0;
        }
        known.fill(true);
        extend(residual, potential, vector, &mut known, Way::Hold, &rest);
    }
}

/// Prices the `open` nodes that known prices reach, and marks them known.
fn extend(residual: &Residual<'_>, potential: &[i64], vector: &mut [i64], known: &mut [bool], way: Way, open: &[bool]) {
    if !open.contains(&true) {
        return;
    }
    let sign = if way == Way::Hold { 1 } else { -1 };
    let mut distance: Vec<i64> =
        (0..vector.len()).map(|node| if known[node] { sign * (vector[node] - potential[node]) } else { FAR }).collect();
    residual.spread(way, &mut distance, Some(open));
    for node in 0..vector.len() {
        if open[node] && distance[node] < FAR {
            vector[node] = potential[node] + sign * distance[node];
            known[node] = true;
        }
    }
}
