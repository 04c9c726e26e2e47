//! Where a solve starts: cold from the star of artificial arcs, or warm from the last tree.
//!
//! After supplies, capacities or costs have changed, the tree's flows follow from the arcs outside it. They are computed
//! from the leaves up; where an arc can't carry what its subtree needs to send, or would leave the tree not strongly
//! feasible, it leaves the tree at the nearest bound, and its subtree hangs on the root by its artificial arc, which
//! carries what is missing. The result is a strongly feasible tree of the same problem with artificial arcs, most of
//! which is the old optimum: the primal method goes on from there, and its proof of termination holds as in a cold
//! start.

use super::pivot::{Basis, LOWER, UPPER};
use super::tree::{ARTIFICIAL, Hook, Tree};
use crate::network::{Bounds, Network};

/// Capacity of an artificial arc: more than ever flows in a feasible tree.
const ARTIFICIAL_LIMIT: i64 = 1 << 61;

impl Basis {
    /// The star of artificial arcs, each carrying its node's supply; every other arc at its lower bound.
    pub fn cold(network: &Network, bounds: &Bounds) -> Self {
        let limit = clip(network, bounds);
        let sign = limit.iter().map(|&limit| Self::idle_or(limit, LOWER)).collect();
        let mut tree = Tree::star(network.nodes(), ARTIFICIAL_LIMIT);
        for (link, &supply) in tree.links.iter_mut().zip(&network.supply) {
            link.up = supply >= 0;
            link.flow = supply.abs();
        }
        Self { tree, sign, limit }
    }

    /// Fits the tree to the network's present columns. Returns the number of subtrees that had to be cut off.
    pub fn refit(&mut self, network: &Network, bounds: &Bounds) -> usize {
        self.limit = clip(network, bounds);
        let mut excess = self.excess_outside_tree(network, bounds);
        let cut = self.settle_flows(&mut excess, bounds);
        if cut > 0 {
            self.tree.reorder();
        }
        cut
    }

    /// Puts every arc outside the tree on one of its bounds; returns what each node must then send through the tree.
    fn excess_outside_tree(&mut self, network: &Network, bounds: &Bounds) -> Vec<i128> {
        let mut in_tree = vec![false; network.arcs()];
        for link in &self.tree.links {
            if link.arc != ARTIFICIAL {
                in_tree[link.arc as usize] = true;
            }
        }
        let mut excess: Vec<i128> = network.supply.iter().map(|&supply| i128::from(supply)).collect();
        excess.push(0);
        for (arc, (&limit, sign)) in self.limit.iter().zip(&mut self.sign).enumerate() {
            if in_tree[arc] {
                continue;
            }
            // A capacity that is never felt can't bind either.
            let saturated = *sign == UPPER && limit < bounds.flow;
            *sign = Self::idle_or(limit, if saturated { UPPER } else { LOWER });
            if *sign == UPPER {
                excess[network.tail[arc] as usize] -= i128::from(limit);
                excess[network.head[arc] as usize] += i128::from(limit);
            }
        }
        excess
    }

    /// Computes the tree's flows from the leaves up, cutting off what does not fit.
    fn settle_flows(&mut self, excess: &mut [i128], bounds: &Bounds) -> usize {
        let mut cut = 0;
        for slot in (1..self.tree.preorder().len()).rev() {
            let node = self.tree.preorder()[slot];
            let sent = excess[node as usize];
            let link = &mut self.tree.links[node as usize];
            if link.arc == ARTIFICIAL {
                let hook = artificial_hook(sent);
                (link.up, link.flow) = (hook.up, hook.flow);
                continue;
            }
            link.limit = self.limit[link.arc as usize];
            let flow = if link.up { sent } else { -sent };
            // Strongly feasible: room upwards on every arc.
            let (least, most) = if link.up { (0, link.limit - 1) } else { (1, link.limit) };
            if i128::from(least) <= flow && flow <= i128::from(most) {
                link.flow = flow as i64;
                excess[link.parent as usize] += sent;
                continue;
            }
            let saturated = flow >= i128::from(link.limit) && link.limit > 0 && link.limit < bounds.flow;
            let kept = if saturated { link.limit } else { 0 };
            let carried = i128::from(if link.up { kept } else { -kept });
            let (arc, parent, limit) = (link.arc as usize, link.parent as usize, link.limit);
            excess[parent] += carried;
            self.sign[arc] = Self::idle_or(limit, if saturated { UPPER } else { LOWER });
            self.tree.hang_on_root(node, artificial_hook(sent - carried));
            cut += 1;
        }
        cut
    }

    /// Whether every flow of the tree is small enough for the proofs against overflow to hold.
    pub fn flows_fit(&self) -> bool {
        self.tree.links.iter().all(|link| link.flow <= ARTIFICIAL_LIMIT)
    }
}

/// Capacities as the solver sees them: nothing above *U* + 1 is ever felt.
fn clip(network: &Network, bounds: &Bounds) -> Vec<i64> {
    network.capacity.iter().map(|&capacity| capacity.min(bounds.flow)).collect()
}

/// The artificial arc that takes `sent` from a node to the root, or brings it.
fn artificial_hook(sent: i128) -> Hook {
    // A flow too large for the proofs is kept too large, for `flows_fit` to see.
    let flow = i64::try_from(sent.unsigned_abs()).unwrap_or(i64::MAX);
    Hook { arc: ARTIFICIAL, up: sent >= 0, flow, limit: ARTIFICIAL_LIMIT }
}
