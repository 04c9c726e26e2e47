//! The problem's columns, and the proofs that nothing computed from them can overflow.
//!
//! A network has *n* nodes and *a* arcs. Supply is positive, demand negative, and they balance; arc *a* leads from
//! `tail[a]` to `head[a]`, carries between 0 and `capacity[a]` units and costs `cost[a]` per unit. With
//!
//! * *C* = max |cost|,
//! * *B* = the sum of the positive supplies,
//! * *U* = *B* + the capacity of all arcs of negative cost,
//!
//! some optimal flow decomposes into paths that carry *B* in all and cycles of negative cost. Each such cycle crosses
//! an arc of negative cost, so no arc needs more than *U* units: a capacity above *U* is never felt, and is clipped to
//! *U* + 1 inside the solver. That is how 'infinite' capacities are taken. Three things are proved at the door:
//!
//! | quantity | bound | therefore |
//! |---|---|---|
//! | (*n* + 1)·*C* | 2^58 | potentials, with artificial arcs of cost *n*·*C* + 1, stay below 2^60 and reduced costs below 2^62 |
//! | *U* | 2^59 | every flow of a feasible tree stays below 2^61 |
//! | both | 2^117 | primal and dual objective fit an `i128` with room for every partial sum |

use crate::error::{Error, Result};

/// A capacity that is never felt. Any capacity above the total flow acts alike.
pub const INFINITE: i64 = i64::MAX;

/// Largest (nodes + 1) · max |cost|.
pub const COST_LIMIT: i64 = 1 << 58;

/// Largest sum of the positive supplies and of the capacities over arcs of negative cost.
pub const FLOW_LIMIT: i64 = 1 << 59;

/// Largest number of nodes or arcs; ids are `u32` and the top values are reserved.
pub const SIZE_LIMIT: usize = (u32::MAX - 8) as usize;

/// A minimum-cost-flow problem in columns.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Network {
    /// Supply of each node (demand negative); sums to zero.
    pub supply: Vec<i64>,
    /// Node that each arc leaves.
    pub tail: Vec<u32>,
    /// Node that each arc enters.
    pub head: Vec<u32>,
    /// Most that each arc can carry; [`INFINITE`] is allowed on arcs of non-negative cost.
    pub capacity: Vec<i64>,
    /// Cost of a unit of flow.
    pub cost: Vec<i64>,
    /// Stable identity of each arc, which settles ties between optimal flows. Empty: the arc's position.
    pub key: Vec<u64>,
    /// Node to which prices are relative.
    pub anchor: u32,
    /// A bound on |cost| of the arcs that may be appended later; 0 if there will be none.
    pub cost_bound: i64,
}

/// What the door has proved of a [`Network`].
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Bounds {
    /// *C*: no arc costs more or less than this.
    pub cost: i64,
    /// *n*·*C* + 1: dearer than any path of real arcs.
    pub artificial: i64,
    /// *U* + 1: no capacity above it is felt.
    pub flow: i64,
}

impl Network {
    /// Number of nodes.
    #[must_use]
    pub fn nodes(&self) -> usize {
        self.supply.len()
    }

    /// Number of arcs.
    #[must_use]
    pub fn arcs(&self) -> usize {
        self.tail.len()
    }

    /// The arc's key, or its position if the network has no keys.
    #[must_use]
    pub fn key(&self, arc: usize) -> u64 {
        self.key.get(arc).copied().unwrap_or(arc as u64)
    }

    /// Checks every column and proves the bounds of the [module's table](self).
    ///
    /// # Errors
    ///
    /// [`Error::Length`], [`Error::Entry`] or [`Error::Total`], naming array, index and value.
    pub fn bounds(&self) -> Result<Bounds> {
        self.check_shape()?;
        check_ends(self.nodes(), &self.tail, &self.head)?;
        prove(&self.supply, &self.capacity, &self.cost, self.cost_bound)
    }

    fn check_shape(&self) -> Result<()> {
        let arcs = self.arcs();
        for (array, found) in [("head", self.head.len()), ("capacity", self.capacity.len()), ("cost", self.cost.len())]
        {
            check_length(array, arcs, found)?;
        }
        if !self.key.is_empty() {
            check_length("key", arcs, self.key.len())?;
        }
        for (what, size) in [("nodes", self.nodes()), ("arcs", arcs)] {
            if size > SIZE_LIMIT {
                return Err(Error::Total { what, value: size as i128, reason: "more than ids can number" });
            }
        }
        if self.anchor as usize >= self.nodes() {
            let value = i128::from(self.anchor);
            return Err(Error::Total { what: "anchor", value, reason: "is not a node of the network" });
        }
        Ok(())
    }
}

impl Bounds {
    /// The bounds after arcs are appended to a network of `nodes` nodes; only the new arcs are looked at.
    ///
    /// # Errors
    ///
    /// As [`Network::bounds`], with indices into the appended columns.
    pub(crate) fn extend(self, nodes: usize, arcs: &Arcs) -> Result<Self> {
        check_ends(nodes, arcs.tail, arcs.head)?;
        let flow = i128::from(self.flow - 1) + prove_negative_capacity(arcs.capacity, arcs.cost)?;
        let cost = prove_costs(nodes, arcs.cost, self.cost)?;
        Self::new(nodes, cost, flow)
    }

    fn new(nodes: usize, cost: i64, flow: i128) -> Result<Self> {
        if flow > i128::from(FLOW_LIMIT) {
            return Err(Error::Total {
                what: "total supply + capacity over arcs of negative cost",
                value: flow,
                reason: "exceeds 2^59, the largest flow that is proved not to overflow",
            });
        }
        Ok(Self { cost, artificial: nodes as i64 * cost + 1, flow: flow as i64 + 1 })
    }
}

/// Columns of arcs to be appended.
#[derive(Debug, Clone, Copy, Default)]
pub struct Arcs<'a> {
    /// Node that each arc leaves.
    pub tail: &'a [u32],
    /// Node that each arc enters.
    pub head: &'a [u32],
    /// Most that each arc can carry.
    pub capacity: &'a [i64],
    /// Cost of a unit of flow.
    pub cost: &'a [i64],
    /// Stable identity of each arc; empty exactly if the network has no keys.
    pub key: &'a [u64],
}

/// Checks that arcs end at nodes of the network.
fn check_ends(nodes: usize, tail: &[u32], head: &[u32]) -> Result<()> {
    for (array, ends) in [("tail", tail), ("head", head)] {
        if let Some(index) = ends.iter().position(|&end| end as usize >= nodes) {
            let value = i128::from(ends[index]);
            return Err(Error::Entry { array, index, value, reason: "is not a node of the network" });
        }
    }
    Ok(())
}

/// Refuses a column of the wrong length.
pub(crate) fn check_length(array: &'static str, expected: usize, found: usize) -> Result<()> {
    if expected == found { Ok(()) } else { Err(Error::Length { array, expected, found }) }
}

/// Proves the bounds of the [module's table](self) for three columns.
pub(crate) fn prove(supply: &[i64], capacity: &[i64], cost: &[i64], cost_bound: i64) -> Result<Bounds> {
    let supplied = prove_balance(supply)?;
    let dearest = prove_costs(supply.len(), cost, cost_bound)?;
    let flow = supplied + prove_negative_capacity(capacity, cost)?;
    Bounds::new(supply.len(), dearest, flow)
}

/// Whether `count` entries of which none has more than `bits` (all of them, one or the other) sum up to 2^59 at most, in
/// whatever order: then plain 64-bit sums are exact, and the compiler vectorises them.
fn small(count: usize, bits: u64) -> bool {
    count <= 1 << 20 && bits < 1 << 39
}

fn prove_balance(supply: &[i64]) -> Result<i128> {
    let bits = supply.iter().fold(0, |bits, amount| bits | amount.unsigned_abs());
    if small(supply.len(), bits) && supply.iter().sum::<i64>() == 0 {
        return Ok(i128::from(supply.iter().map(|&amount| amount.max(0)).sum::<i64>()));
    }
    let (mut supplied, mut balance) = (0i128, 0i128);
    for &amount in supply {
        supplied += i128::from(amount.max(0));
        balance += i128::from(amount);
    }
    if balance != 0 {
        return Err(Error::Total {
            what: "sum of node_supply",
            value: balance,
            reason: "supply and demand must balance",
        });
    }
    if supplied > i128::from(FLOW_LIMIT) {
        let reason = "exceeds 2^59, the largest flow that is proved not to overflow";
        return Err(Error::Total { what: "total supply", value: supplied, reason });
    }
    Ok(supplied)
}

fn prove_costs(nodes: usize, cost: &[i64], cost_bound: i64) -> Result<i64> {
    let limit = COST_LIMIT / (nodes as i64 + 1);
    let dearest = cost.iter().fold(cost_bound.unsigned_abs(), |most, value| most.max(value.unsigned_abs()));
    if dearest <= limit as u64 {
        return Ok(dearest as i64);
    }
    let reason = "(nodes + 1) * |cost| exceeds 2^58, the largest potential that is proved not to overflow";
    match cost.iter().position(|value| value.unsigned_abs() == dearest) {
        Some(index) => Err(Error::Entry { array: "cost", index, value: i128::from(cost[index]), reason }),
        None => Err(Error::Total { what: "cost_bound", value: i128::from(cost_bound), reason }),
    }
}

fn prove_negative_capacity(capacity: &[i64], cost: &[i64]) -> Result<i128> {
    let (mut every, mut bits, mut sum) = (0, 0, 0i64);
    for (&most, &unit) in capacity.iter().zip(cost) {
        // The sign's copies keep a capacity where the cost is negative, and nothing elsewhere.
        let counted = most & (unit >> 63);
        every |= most;
        bits |= counted;
        sum = sum.wrapping_add(counted);
    }
    // One negative capacity would have left its sign in `every`.
    if every >= 0 && small(capacity.len(), bits as u64) {
        return Ok(i128::from(sum));
    }
    let mut total = 0i128;
    for (index, (&most, &unit)) in capacity.iter().zip(cost).enumerate() {
        if most < 0 {
            let value = i128::from(most);
            return Err(Error::Entry { array: "capacity", index, value, reason: "must not be negative" });
        }
        if unit < 0 {
            if most > FLOW_LIMIT {
                let reason =
                    "an arc of negative cost must have a capacity of at most 2^59, or the optimum may be unbounded";
                return Err(Error::Entry { array: "capacity", index, value: i128::from(most), reason });
            }
            total += i128::from(most);
        }
    }
    Ok(total)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn diamond() -> Network {
        Network {
            supply: vec![4, 0, 0, -4],
            tail: vec![0, 0, 1, 2],
            head: vec![1, 2, 3, 3],
            capacity: vec![3, 3, INFINITE, 3],
            cost: vec![1, 2, 1, 1],
            key: vec![],
            anchor: 3,
            cost_bound: 0,
        }
    }

    fn complaint(change: impl FnOnce(&mut Network)) -> String {
        let mut network = diamond();
        change(&mut network);
        network.bounds().expect_err("must be refused").to_string()
    }

    #[test]
    fn bounds_are_those_of_the_table() {
        assert_eq!(diamond().bounds(), Ok(Bounds { cost: 2, artificial: 9, flow: 5 }));
        let mut network = diamond();
        network.cost[0] = -7;
        assert_eq!(network.bounds(), Ok(Bounds { cost: 7, artificial: 29, flow: 8 }));
    }

    /// The quick sums and the exact ones meet where numbers get large or many.
    #[test]
    fn sums_are_exact_on_both_sides_of_small() {
        for amount in [(1 << 39) - 1, 1 << 39, (1 << 39) + 1, 1 << 57] {
            assert_eq!(prove_balance(&[amount, -amount, 3, -3]), Ok(i128::from(amount) + 3));
            assert_eq!(
                prove_negative_capacity(&[amount, INFINITE, amount, 5], &[-1, 0, 1, -9]),
                Ok(i128::from(amount) + 5)
            );
            assert!(prove_balance(&[amount, 1 - amount]).is_err());
            assert!(prove_negative_capacity(&[amount, -1], &[-1, 1]).is_err());
            assert!(prove_negative_capacity(&[amount, INFINITE], &[1, -1]).is_err());
        }
        let many = vec![1 << 38; (1 << 20) + 2];
        assert_eq!(prove_negative_capacity(&many, &vec![-1; many.len()]), Ok(((1 << 20) + 2) << 38));
    }

    #[test]
    fn every_complaint_names_array_index_and_value() {
        assert!(complaint(|n| n.supply[0] = 5).contains("sum of node_supply = 1"));
        assert!(complaint(|n| n.head[2] = 4).starts_with("head[2] = 4"));
        assert!(complaint(|n| n.capacity[1] = -1).starts_with("capacity[1] = -1"));
        assert!(complaint(|n| n.cost[3] = i64::MIN).starts_with("cost[3] = -9223372036854775808"));
        assert!(complaint(|n| n.cost[2] = -1).starts_with("capacity[2] = 9223372036854775807"));
        assert!(complaint(|n| n.cost.truncate(3)).starts_with("cost: expected 4 entries, found 3"));
        assert!(complaint(|n| n.key = vec![1]).starts_with("key: expected 4"));
        assert!(complaint(|n| n.anchor = 9).starts_with("anchor = 9"));
        assert!(complaint(|n| n.supply = vec![1 << 60, 0, 0, -(1 << 60)]).starts_with("total supply"));
    }
}
