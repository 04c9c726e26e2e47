//! The residual network of an optimal flow, contracted to groups of nodes whose prices move together.
//!
//! Flow strictly inside an arc's bounds can rise and fall, so that the prices at its ends differ by its cost in every
//! optimal vector. All such arcs lie in the tree of a basis (Ahuja, Magnanti & Orlin, section 11.2), so cutting the tree's other
//! arcs leaves the groups, in one walk. Most nodes are in the anchor's group: they have one price only. Between groups
//! lie the arcs at a bound: one way is open at most. Those that carry nothing and are implicit are not kept, active or not:
//! the dense passes relax all of them.

use crate::network::Network;
use crate::simplex::Simplex;

/// An open way between two groups.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct Step {
    /// The group at its other end.
    pub to: u32,
    /// Reduced cost of its arc along it, never negative.
    pub length: i64,
}

/// Steps by the group that they start from.
#[derive(Debug, Default)]
pub struct Steps {
    /// Where each group's steps begin; one entry more than groups.
    start: Vec<u32>,
    step: Vec<Step>,
    /// Whether a step from the group leads elsewhere than to the anchor's, whose prices are known.
    leads: Vec<bool>,
}

impl Steps {
    /// Whether steps from a group could move another.
    #[inline]
    #[must_use]
    pub fn lead(&self, group: u32) -> bool {
        self.leads[group as usize]
    }

    /// Steps from a group.
    #[inline]
    #[must_use]
    pub fn of(&self, group: u32) -> &[Step] {
        let group = group as usize;
        &self.step[self.start[group] as usize..self.start[group + 1] as usize]
    }

    /// Sorts ways (from, to, length) by the group that they start from.
    fn fill(&mut self, groups: usize, anchor: u32, ways: impl Iterator<Item = (u32, Step)> + Clone) {
        let Self { start, step, leads } = self;
        leads.clear();
        leads.resize(groups, false);
        start.clear();
        start.resize(groups + 2, 0);
        let mut count = 0;
        for (from, way) in ways.clone() {
            leads[from as usize] |= way.to != anchor;
            start[from as usize + 2] += 1;
            count += 1;
        }
        for group in 2..start.len() {
            start[group] += start[group - 1];
        }
        step.clear();
        step.resize(count, Step::default());
        for (from, way) in ways {
            let next = &mut start[from as usize + 1];
            step[*next as usize] = way;
            *next += 1;
        }
    }
}

/// Groups, and the open ways between them.
#[derive(Debug, Default)]
pub struct Residual {
    /// Group of each node.
    pub group: Vec<u32>,
    /// Number of groups.
    pub groups: usize,
    /// Along residual arcs.
    pub along: Steps,
    /// Against them.
    pub against: Steps,
    /// The flow that it is the residual network of.
    pub flow: Vec<i64>,
    way: Vec<(u32, u32, i64)>,
}

impl Residual {
    /// Contracts the residual network of an optimal basis, of whose arcs the first `wired` are kept.
    pub fn contract(&mut self, simplex: &Simplex, wired: usize) {
        self.find_groups(simplex);
        simplex.read_flows(&mut self.flow);
        self.find_ways(simplex.network(), simplex.potentials(), wired);
        let anchor = self.group[simplex.network().anchor as usize];
        let Self { groups, along, against, way, .. } = self;
        along.fill(*groups, anchor, way.iter().map(|&(from, to, length)| (from, Step { to, length })));
        against.fill(*groups, anchor, way.iter().map(|&(from, to, length)| (to, Step { to: from, length })));
    }

    fn find_groups(&mut self, simplex: &Simplex) {
        self.group.clear();
        self.group.resize(simplex.network().nodes(), 0);
        let mut groups = 0;
        for joint in simplex.joints() {
            // What hangs on the root hangs by an artificial arc, which carries nothing in an optimum.
            self.group[joint.node as usize] = if joint.loose {
                self.group[joint.above as usize]
            } else {
                groups += 1;
                groups - 1
            };
        }
        self.groups = groups as usize;
    }

    fn find_ways(&mut self, network: &Network, potential: &[i64], wired: usize) {
        self.way.clear();
        let ends = network.tail[..wired].iter().zip(&network.head[..wired]);
        for (arc, (&tail, &head)) in ends.enumerate() {
            let (from, to) = (self.group[tail as usize], self.group[head as usize]);
            if from == to {
                continue;
            }
            let reduced = network.cost[arc] - potential[tail as usize] + potential[head as usize];
            // Between groups an arc carries nothing or all that it can.
            if self.flow[arc] < network.capacity[arc] {
                self.way.push((from, to, reduced));
            } else if self.flow[arc] > 0 {
                self.way.push((to, from, -reduced));
            }
        }
    }
}
