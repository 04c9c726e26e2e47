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
    /// Nodes touched: a measure of the work.
    pub touched: usize,
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

    /// Brings an arc into the tree and shifts the potentials of the smaller side of the cut by its reduced cost.
    pub fn pivot(&mut self, entering: Entering, potential: &mut [i64]) -> Pivoted {
        let arc = entering.arc as usize;
        let upper = self.sign[arc] == UPPER;
        let (from, to) = if upper { (entering.head, entering.tail) } else { (entering.tail, entering.head) };
        let limit = self.limit[arc];
        let (amount, blocking, apex) = self.ratio_test(from, to, limit);
        let length = self.augment(from, to, apex, amount);
        let Some(Blocking { node: leaving, climbing }) = blocking else {
            self.sign[arc] = -self.sign[arc];
            return Pivoted { left: None, touched: length };
        };
        self.sign[arc] = IDLE;
        let left = self.release(leaving);
        let (inner, outer) = if climbing { (to, from) } else { (from, to) };
        let flow = if upper { limit - amount } else { amount };
        let up = inner == entering.tail;
        self.tree.rehang(inner, leaving, outer, apex, Hook { arc: entering.arc, up, flow, limit });
        let shift = if up { entering.reduced_cost } else { entering.reduced_cost.wrapping_neg() };
        Pivoted { left, touched: length + shift_potentials(&self.tree, inner, shift, potential) }
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

/// Adds `shift` to the subtree at `node`, or takes it from all the rest when that is smaller; only differences matter.
/// The common offset may wrap round, differences do not. Returns how many nodes were touched.
fn shift_potentials(tree: &Tree, node: u32, shift: i64, potential: &mut [i64]) -> usize {
    let mut add = |nodes: &[u32], shift: i64| {
        for &node in nodes {
            potential[node as usize] = potential[node as usize].wrapping_add(shift);
        }
        nodes.len()
    };
    let subtree = tree.subtree(node);
    if subtree.len() * 2 <= tree.links.len() {
        add(subtree, shift)
    } else {
        let (before, after) = tree.outside(node);
        add(before, shift.wrapping_neg()) + add(after, shift.wrapping_neg())
    }
}
