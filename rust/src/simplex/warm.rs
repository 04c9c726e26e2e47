//! Where a solve starts: cold from the star of artificial arcs, or warm from the last tree.
//!
//! After supplies, capacities or costs have changed, the tree's flows follow from the arcs outside it. They are computed
//! from the leaves up; where an arc can't carry what its subtree needs to send, or would leave the tree not strongly
//! feasible, it leaves the tree at the nearest bound, and its subtree hangs on the root by its artificial arc, which
//! carries what is missing. The result is a strongly feasible tree of the same problem with artificial arcs, most of
//! which is the old optimum: the primal method goes on from there, and its proof of termination holds as in a cold
//! start.

use super::pivot::{Basis, IDLE, LOWER, UPPER};
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
        Self { tree, sign, limit, excess: vec![] }
    }

    /// Fits the tree to the network's present columns. Returns the number of subtrees that had to be cut off, or nothing
    /// where the arcs outside the tree carry so much that the proofs against overflow don't hold: then the basis is of
    /// no use.
    pub fn refit(&mut self, network: &Network, bounds: &Bounds) -> Option<usize> {
        self.place_outside_tree(network, bounds)?;
        let cut = self.settle_flows(bounds);
        if cut > 0 {
            self.tree.reorder();
        }
        Some(cut)
    }

    /// Puts every arc outside the tree on one of its bounds; `excess` is what each node must then send through the tree.
    ///
    /// All that these arcs carry together is kept below 2^60 and all supply is below 2^59, so that no sum of excesses, nor
    /// a flow of the tree, leaves 2^61.
    fn place_outside_tree(&mut self, network: &Network, bounds: &Bounds) -> Option<()> {
        self.excess.clear();
        self.excess.extend_from_slice(&network.supply);
        self.excess.push(0);
        let mut carried = 0i128;
        let columns = network.capacity.iter().zip(&mut self.limit).zip(&mut self.sign);
        for (arc, ((&capacity, limit), sign)) in columns.enumerate() {
            *limit = capacity.min(bounds.flow);
            // Arcs of the tree are idle, and so never saturated here. A capacity that is never felt can't bind either.
            if *sign == UPPER && *limit > 0 && *limit < bounds.flow {
                carried += i128::from(*limit);
                let (tail, head) = (network.tail[arc] as usize, network.head[arc] as usize);
                self.excess[tail] = self.excess[tail].wrapping_sub(*limit);
                self.excess[head] = self.excess[head].wrapping_add(*limit);
            } else {
                *sign = Self::idle_or(*limit, LOWER);
            }
        }
        for link in self.tree.links.iter().filter(|link| link.arc != ARTIFICIAL) {
            self.sign[link.arc as usize] = IDLE;
        }
        (carried < 1 << 60).then_some(())
    }

    /// Computes the tree's flows from the leaves up, cutting off what does not fit.
    fn settle_flows(&mut self, bounds: &Bounds) -> usize {
        let mut cut = 0;
        for slot in (1..self.tree.preorder().len()).rev() {
            let node = self.tree.preorder()[slot];
            let sent = self.excess[node as usize];
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
            if least <= flow && flow <= most {
                link.flow = flow;
                self.excess[link.parent as usize] += sent;
                continue;
            }
            let saturated = flow >= link.limit && link.limit > 0 && link.limit < bounds.flow;
            let kept = if saturated { link.limit } else { 0 };
            let carried = if link.up { kept } else { -kept };
            let (arc, limit) = (link.arc as usize, link.limit);
            self.excess[link.parent as usize] += carried;
            self.sign[arc] = Self::idle_or(limit, if saturated { UPPER } else { LOWER });
            self.tree.hang_on_root(node, artificial_hook(sent - carried));
            cut += 1;
        }
        cut
    }
}

/// Capacities as the solver sees them: nothing above *U* + 1 is ever felt.
fn clip(network: &Network, bounds: &Bounds) -> Vec<i64> {
    network.capacity.iter().map(|&capacity| capacity.min(bounds.flow)).collect()
}

/// The artificial arc that takes `sent` from a node to the root, or brings it.
fn artificial_hook(sent: i64) -> Hook {
    Hook { arc: ARTIFICIAL, up: sent >= 0, flow: sent.abs(), limit: ARTIFICIAL_LIMIT }
}
