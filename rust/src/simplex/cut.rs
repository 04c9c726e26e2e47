//! Why a network has no feasible flow: a set of nodes that can't send away what it supplies.

use super::Simplex;
use super::tree::ARTIFICIAL;

/// A set of nodes whose supply exceeds the capacity of the arcs that leave it: the proof of infeasibility
/// (Gale 1957; Hoffman 1960).
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Shortage {
    /// The nodes of the set, ascending.
    pub nodes: Vec<u32>,
    /// Net supply of the set.
    pub supply: i128,
    /// Capacity of all arcs from the set to its complement.
    pub capacity: i128,
}

impl Simplex {
    /// The set of nodes that residual arcs reach from a node whose supply has not been placed; `None` if all has been.
    ///
    /// After a solve no such node reaches one whose demand is unmet, or else a cycle through both artificial arcs would
    /// have negative cost. So every arc that leaves the set is full, every arc that enters it is empty, and what the
    /// artificial arcs take from it is exactly what its supply exceeds that capacity by.
    #[must_use]
    pub fn shortage(&self) -> Option<Shortage> {
        let network = &self.network;
        let flow = self.flows();
        let mut inside = vec![false; network.nodes()];
        let mut queue: Vec<u32> = Vec::new();
        for (node, link) in self.basis.tree.links[..network.nodes()].iter().enumerate() {
            if link.arc == ARTIFICIAL && link.up && link.flow > 0 {
                inside[node] = true;
                queue.push(node as u32);
            }
        }
        if queue.is_empty() {
            return None;
        }
        let residual = Residual::new(network.nodes(), |each| {
            for (arc, &units) in flow.iter().enumerate() {
                let (tail, head) = (network.tail[arc], network.head[arc]);
                if units < self.basis.limit[arc] {
                    each(tail, head);
                }
                if units > 0 {
                    each(head, tail);
                }
            }
        });
        while let Some(node) = queue.pop() {
            for &next in residual.from(node) {
                if !std::mem::replace(&mut inside[next as usize], true) {
                    queue.push(next);
                }
            }
        }
        Some(self.shortage_of(&inside))
    }

    fn shortage_of(&self, inside: &[bool]) -> Shortage {
        let network = &self.network;
        let nodes: Vec<u32> = (0..network.nodes() as u32).filter(|&node| inside[node as usize]).collect();
        let supply = nodes.iter().map(|&node| i128::from(network.supply[node as usize])).sum();
        let leaves = |arc: &usize| inside[network.tail[*arc] as usize] && !inside[network.head[*arc] as usize];
        let capacity = (0..network.arcs()).filter(leaves).map(|arc| i128::from(network.capacity[arc])).sum();
        Shortage { nodes, supply, capacity }
    }
}

/// Which nodes each node reaches by one residual arc, in compressed rows.
struct Residual {
    start: Vec<usize>,
    next: Vec<u32>,
}

impl Residual {
    /// Builds the rows from a function that calls back once per residual arc; it runs twice.
    fn new(nodes: usize, arcs: impl Fn(&mut dyn FnMut(u32, u32))) -> Self {
        let mut start = vec![0usize; nodes + 1];
        arcs(&mut |from, _| start[from as usize + 1] += 1);
        for node in 0..nodes {
            start[node + 1] += start[node];
        }
        let mut free = start.clone();
        let mut next = vec![0; start[nodes]];
        arcs(&mut |from, to| {
            next[free[from as usize]] = to;
            free[from as usize] += 1;
        });
        Self { start, next }
    }

    fn from(&self, node: u32) -> &[u32] {
        &self.next[self.start[node as usize]..self.start[node as usize + 1]]
    }
}
