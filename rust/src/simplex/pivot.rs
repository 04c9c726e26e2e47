//! The primal pivot on a strongly feasible tree.
//!
//! A feasible tree is *strongly feasible* when a positive amount could be sent from every node to the root along the
//! tree: arcs without flow lead up, saturated arcs lead down (Cunningham 1976; Ahuja, Magnanti & Orlin, section 11.6).
//! The leaving arc is the last blocking arc met when the cycle is walked in the direction of its flow, from its
//! topmost node on. That keeps the tree strongly feasible, and no sequence of pivots can then repeat a tree: the method
//! ends whatever the pricing rule.

use super::tree::{ARTIFICIAL, Hook, Tree};

/// Sign of an arc at its lower bound: its reduced cost must not be negative.
pub const LOWER: i8 = 1;
/// Sign of an arc at its upper bound: its reduced cost must not be positive.
pub const UPPER: i8 = -1;
/// Sign of an arc that pricing leaves alone: it is in the tree, or nothing can flow on it.
pub const IDLE: i8 = 0;

/// A spanning tree, the side of its bounds on which every other arc lies, and the clipped capacities.
#[derive(Debug, Clone)]
pub struct Basis {
    pub tree: Tree,
    pub sign: Vec<i8>,
    pub limit: Vec<i64>,
    /// What each node has to send through the tree: memory of a warm start.
    pub excess: Vec<i64>,
}

/// An arc that may improve the flow.
#[derive(Debug, Clone, Copy)]
pub struct Entering {
    pub arc: u32,
    pub tail: u32,
    pub head: u32,
    pub reduced_cost: i64,
}

/// What a pivot did.
#[derive(Debug, Clone, Copy)]
pub struct Pivoted {
    /// The arc that left the tree; none if an artificial one did, or if the entering arc went to its other bound.
    pub left: Option<u32>,
    /// Nodes of the cycle that were touched: a measure of the work.
    pub length: usize,
    /// How the tree has changed, if it has.
    pub turned: Option<Turned>,
}

/// A subtree that hangs elsewhere.
#[derive(Debug, Clone, Copy)]
pub struct Turned {
    /// Its top.
    pub inner: u32,
    /// The node that the top hangs on.
    pub outer: u32,
    /// By how much its potentials have to move.
    pub by: i64,
}

/// Nodes whose potentials a pivot moves, and by how much.
#[derive(Debug, Clone, Copy)]
pub struct Shift<'a> {
    nodes: [&'a [u32]; 2],
    by: i64,
}

/// The arc that blocks a cycle: the node that owns it, and whether it lies on the side that flow climbs.
#[derive(Debug, Clone, Copy)]
struct Blocking {
    node: u32,
    climbing: bool,
}

impl Basis {
    /// The sign of an arc outside the tree that lies at its lower bound.
    pub fn idle_or(limit: i64, sign: i8) -> i8 {
        if limit == 0 { IDLE } else { sign }
    }

    /// Brings an arc into the tree. Potentials are the caller's to [`shift`](Self::shift).
    pub fn pivot(&mut self, entering: Entering) -> Pivoted {
        let arc = entering.arc as usize;
        let upper = self.sign[arc] == UPPER;
        let (from, to) = if upper { (entering.head, entering.tail) } else { (entering.tail, entering.head) };
        let limit = self.limit[arc];
        let (amount, blocking, apex) = self.ratio_test(from, to, limit);
        let length = self.augment(from, to, apex, amount);
        let Some(Blocking { node: leaving, climbing }) = blocking else {
            self.sign[arc] = -self.sign[arc];
            return Pivoted { left: None, length, turned: None };
        };
        self.sign[arc] = IDLE;
        let left = self.release(leaving);
        let (inner, outer) = if climbing { (to, from) } else { (from, to) };
        let flow = if upper { limit - amount } else { amount };
        let up = inner == entering.tail;
        self.tree.rehang(inner, leaving, outer, apex, Hook { arc: entering.arc, up, flow, limit });
        let by = if up { entering.reduced_cost } else { entering.reduced_cost.wrapping_neg() };
        Pivoted { left, length, turned: Some(Turned { inner, outer, by }) }
    }

    /// What potentials have to move by after a pivot: the smaller side of the cut by the entering arc's reduced cost.
    pub fn shift(&self, pivoted: Pivoted) -> Shift<'_> {
        let Some(Turned { inner, by, .. }) = pivoted.turned else { return Shift { nodes: [&[]; 2], by: 0 } };
        let subtree = self.tree.subtree(inner);
        if subtree.len() * 2 <= self.tree.links.len() {
            return Shift { nodes: [subtree, &[]], by };
        }
        let (before, after) = self.tree.outside(inner);
        Shift { nodes: [before, after], by: by.wrapping_neg() }
    }

    /// The most that fits round the cycle through an arc from `from` to `to`, the tree arc that blocks, and the apex.
    fn ratio_test(&self, from: u32, to: u32, limit: i64) -> (i64, Option<Blocking>, u32) {
        let links = &self.tree.links;
        let (mut down, mut up) = (from, to);
        let (mut amount, mut blocking) = (limit, None);
        while down != up {
            let (below, above) = (&links[down as usize], &links[up as usize]);
            if below.size <= above.size {
                let residual = below.residual_down();
                // Strictly less: of equals, the one nearest the entering arc is met last.
                if residual < amount {
                    amount = residual;
                    blocking = Some(Blocking { node: down, climbing: false });
                }
                down = below.parent;
            } else {
                let residual = above.residual_up();
                // Or equal: of equals, the one nearest the apex is met last of all.
                if residual <= amount {
                    amount = residual;
                    blocking = Some(Blocking { node: up, climbing: true });
                }
                up = above.parent;
            }
        }
        (amount, blocking, down)
    }

    /// Sends an amount round the cycle; returns the cycle's length.
    fn augment(&mut self, from: u32, to: u32, apex: u32, amount: i64) -> usize {
        if amount == 0 {
            return 0;
        }
        let mut length = 0;
        for (start, sent) in [(from, -amount), (to, amount)] {
            let mut node = start;
            while node != apex {
                let link = &mut self.tree.links[node as usize];
                link.send_up(sent);
                node = link.parent;
                length += 1;
            }
        }
        length
    }

    /// Marks the arc above `node` as lying at the bound it has reached, and names it unless it is artificial.
    fn release(&mut self, node: u32) -> Option<u32> {
        let link = &self.tree.links[node as usize];
        (link.arc != ARTIFICIAL).then(|| {
            let sign = if link.flow == 0 { LOWER } else { UPPER };
            self.sign[link.arc as usize] = Self::idle_or(link.limit, sign);
            link.arc
        })
    }
}

impl Shift<'_> {
    /// Number of nodes.
    pub fn len(&self) -> usize {
        self.nodes[0].len() + self.nodes[1].len()
    }

    /// The nodes.
    pub fn nodes(&self) -> impl Iterator<Item = u32> {
        self.nodes.into_iter().flatten().copied()
    }

    /// By how much they move.
    pub fn by(&self) -> i64 {
        self.by
    }

    /// By how much they move apart from the others.
    pub fn distance(&self) -> i64 {
        self.by.saturating_abs()
    }

    /// Moves the potentials of the nodes. The common offset of all may wrap round, differences do not.
    pub fn apply(&self, potential: &mut [i64]) {
        for &node in self.nodes.into_iter().flatten() {
            potential[node as usize] = potential[node as usize].wrapping_add(self.by);
        }
    }
}
