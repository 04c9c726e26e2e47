//! The network simplex method: exact, primal, warm-startable, and able to take new arcs between solves.
//!
//! A basis is a spanning tree over the nodes and one artificial *root*, together with the bound (lower or upper) on
//! which every other arc lies. Potentials follow from the tree arcs' costs: along each, price at the tail − price at
//! the head = cost. An arc outside the tree whose reduced cost has the wrong sign enters; it closes a cycle; flow is
//! sent round the cycle until an arc blocks and leaves (Ahuja, Magnanti & Orlin, *Network Flows*, chapter 11).
//!
//! One file per noun: [`tree`](self) (its nodes in preorder in one array), `pricing` (which arc enters), `view` (what that
//! reads), `pivot` (which leaves, and the change), `warm` (where a solve starts), `change` (what may change between solves),
//! `tiebreak` (the one flow among the optimal ones), `unique` (that it is), `cut` (why there is none).
//!
//! # Use, with all arcs known
//!
//! ```
//! use wattmarket_core::network::{INFINITE, Network};
//! use wattmarket_core::simplex::{Simplex, Status};
//!
//! let network = Network {
//!     supply: vec![4, 0, 0, -4],
//!     tail: vec![0, 0, 1, 2],
//!     head: vec![1, 2, 3, 3],
//!     capacity: vec![3, INFINITE, INFINITE, INFINITE],
//!     cost: vec![1, 2, 1, 2],
//!     anchor: 3,
//!     ..Network::default()
//! };
//! let never = || false;
//! let mut simplex = Simplex::new(network)?;
//! assert_eq!(simplex.solve(&never)?, Status::Optimal);
//! assert_eq!(simplex.flows(), [3, 1, 3, 1]);
//! // price[tail] - price[head] = cost on tree arcs: a unit at node 0 costs 4 to bring to node 3.
//! assert_eq!(simplex.potential(0) - simplex.potential(3), 4);
//!
//! // Change columns in place and solve again from the old tree.
//! simplex.update(None, None, Some(&[1, 2, 1, 9]))?;
//! assert_eq!(simplex.solve(&never)?, Status::Optimal);
//! assert_eq!(simplex.objective(), 17);
//! # Ok::<(), wattmarket_core::error::Error>(())
//! ```
//!
//! # Use, with arcs found by pricing (column generation)
//!
//! ```text
//! set network.cost_bound to the dearest arc that can ever be appended   // artificial arcs must be dearer than any path
//! loop {
//!     simplex.solve(interrupt)?                     // optimal over the explicit arcs, or infeasible over them
//!     find implicit arcs with cost - potential(tail) + potential(head) < 0
//!     none? done: the optimum over explicit arcs is the optimum over all
//!     simplex.append_arcs(&Arcs { tail, head, capacity, cost, key })?
//! }
//! ```
//!
//! Appended arcs start at their lower bound without flow; the tree stays optimal for the arcs it knows, and the next
//! `solve` goes on from it. A solve over too few arcs may be infeasible: its potentials (with artificial arcs in the
//! tree) still price implicit arcs rightly, so the loop is the same. For the tie-break, append every implicit arc of
//! reduced cost zero under [`Simplex::potentials`], then call [`Simplex::settle_ties`]. Prices: see
//! [`crate::prices`], which takes the network, [`Simplex::flows`] and [`Simplex::potentials`].

mod change;
mod cut;
mod pivot;
mod poll;
mod pricing;
mod tiebreak;
mod tree;
mod unique;
mod view;
mod warm;

pub use change::Columns;
pub use cut::Shortage;
pub use poll::Interrupt;
pub(crate) use poll::Poll;

use crate::error::Result;
use crate::network::{Bounds, Network};
use pivot::{Basis, UPPER};
use pricing::{Pricing, Terms};
use tiebreak::Tied;
use tree::ARTIFICIAL;
use view::View;

/// How a solve ended.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Status {
    /// The flow is feasible and optimal.
    Optimal,
    /// No flow satisfies supplies and capacities; [`Simplex::shortage`] says why.
    Infeasible,
}

/// What the solves so far have cost. For diagnosis only: never part of a result.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct Effort {
    /// Pivots made.
    pub pivots: u64,
    /// Subtrees cut off by warm starts.
    pub cuts: u64,
    /// Starts from the star of artificial arcs.
    pub cold_starts: u64,
}

/// How a node hangs in the tree.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Joint {
    /// The node.
    pub node: u32,
    /// The node above it; the number of nodes stands for the root.
    pub above: u32,
    /// Whether the flow between them could both rise and fall: it lies strictly inside the arc's bounds.
    pub loose: bool,
}

/// A network and the basis that solves it.
#[derive(Debug, Clone)]
pub struct Simplex {
    network: Network,
    bounds: Bounds,
    basis: Basis,
    /// One per node and one for the root; only differences matter.
    potential: Vec<i64>,
    pricing: Pricing,
    view: View,
    tied: Tied,
    spare: change::Spare,
    /// Whether columns have changed since the tree's flows and potentials were computed.
    stale: bool,
    /// Whether the basis has been through a solve.
    warm: bool,
    /// Most pivots of a warm solve before it starts cold.
    patience: u64,
    effort: Effort,
}

impl Simplex {
    /// Proves the network's bounds and starts from the star of artificial arcs.
    ///
    /// # Errors
    ///
    /// Those of [`Network::bounds`].
    pub fn new(network: Network) -> Result<Self> {
        let bounds = network.bounds()?;
        let basis = Basis::cold(&network, &bounds);
        let nodes = network.nodes();
        let mut simplex = Self {
            potential: vec![0; nodes + 1],
            network,
            bounds,
            basis,
            pricing: Pricing::default(),
            view: View::default(),
            tied: Tied::default(),
            spare: change::Spare::default(),
            stale: false,
            warm: false,
            patience: 20 * nodes as u64 + 10_000,
            effort: Effort { cold_starts: 1, ..Effort::default() },
        };
        simplex.reprice();
        Ok(simplex)
    }

    /// The network as it stands.
    #[must_use]
    pub fn network(&self) -> &Network {
        &self.network
    }

    /// What the door has proved of the network.
    #[must_use]
    pub fn bounds(&self) -> Bounds {
        self.bounds
    }

    /// What the solves so far have cost.
    #[must_use]
    pub fn effort(&self) -> Effort {
        self.effort
    }

    /// Lets warm solves start cold after so many pivots. For tests of that: no result depends on it.
    #[doc(hidden)]
    pub fn give_up_after(&mut self, pivots: u64) {
        self.patience = pivots;
    }

    /// Finds an optimal flow over the arcs known, from the last tree if there is one.
    ///
    /// An interrupted or updated simplex can be solved again; the result never depends on what came before, once
    /// ties are settled.
    ///
    /// # Errors
    ///
    /// [`Interrupted`](crate::error::Error::Interrupted) when `interrupt` says so.
    pub fn solve(&mut self, interrupt: Interrupt) -> Result<Status> {
        let mut poll = Poll::new(interrupt);
        if self.stale {
            self.refit();
        }
        self.pricing.prepare(&self.network, &self.basis, &self.potential);
        let budget = if self.warm { self.patience } else { u64::MAX };
        if !self.improve(budget, &mut poll)? {
            self.restart();
            self.improve(u64::MAX, &mut poll)?;
        }
        self.warm = true;
        self.normalise();
        let starved = self.basis.tree.tops().any(|link| link.flow != 0);
        Ok(if starved { Status::Infeasible } else { Status::Optimal })
    }

    /// Pivots until no arc can enter; false if the budget of pivots ran out first.
    fn improve(&mut self, budget: u64, poll: &mut Poll) -> Result<bool> {
        let last = self.effort.pivots.saturating_add(budget);
        self.view.forget();
        loop {
            let basis = &mut self.basis;
            self.view.refresh(&basis.tree, &self.potential, self.network.anchor, &self.bounds);
            let terms = Terms { sign: &basis.sign, potential: &self.potential };
            poll.spend(self.pricing.scan(&self.network, terms, &self.view))?;
            let before = self.effort.pivots;
            while let Some(entering) =
                self.pricing.next(&self.network, Terms { sign: &basis.sign, potential: &self.potential })
            {
                if self.effort.pivots == last {
                    return Ok(false);
                }
                let pivoted = basis.pivot(entering);
                let shift = basis.shift(pivoted);
                shift.apply(&mut self.potential);
                self.view.follow(shift, pivoted.turned);
                self.pricing.follow(shift.distance(), pivoted.left);
                self.effort.pivots += 1;
                poll.spend(pivoted.length + shift.len())?;
            }
            if self.effort.pivots == before {
                return Ok(true);
            }
        }
    }

    /// Brings the tree's flows and potentials up to date with the columns; cold if they don't fit.
    fn refit(&mut self) {
        match self.basis.refit(&self.network, &self.bounds) {
            Some(cuts) => {
                self.effort.cuts += cuts as u64;
                self.reprice();
                self.stale = false;
            }
            None => self.restart(),
        }
    }

    /// Takes the common offset out of the potentials: the anchor's becomes zero.
    fn normalise(&mut self) {
        let offset = self.potential[self.network.anchor as usize];
        for potential in &mut self.potential {
            *potential = potential.wrapping_sub(offset);
        }
    }

    /// Forgets the tree.
    fn restart(&mut self) {
        self.basis = Basis::cold(&self.network, &self.bounds);
        self.effort.cold_starts += 1;
        self.reprice();
        self.stale = false;
    }

    /// Computes every potential from the root's, zero, along the tree.
    fn reprice(&mut self) {
        self.pricing.forget();
        let tree = &self.basis.tree;
        self.potential[tree.root() as usize] = 0;
        for &node in &tree.preorder()[1..] {
            let link = &tree.links[node as usize];
            let cost =
                if link.arc == ARTIFICIAL { self.bounds.artificial } else { self.network.cost[link.arc as usize] };
            let above = self.potential[link.parent as usize];
            self.potential[node as usize] = if link.up { above.wrapping_add(cost) } else { above.wrapping_sub(cost) };
        }
    }

    /// The potential of a node after a solve. Only differences between nodes mean anything, and where several
    /// potentials are optimal they depend on the tree: prices come from [`crate::prices`].
    #[must_use]
    pub fn potential(&self, node: usize) -> i64 {
        self.potential[node]
    }

    /// The potentials of all nodes after a solve, relative to the anchor's; each is below 2^60 in absolute value.
    #[must_use]
    pub fn potentials(&self) -> &[i64] {
        &self.potential[..self.network.nodes()]
    }

    /// The flow on every arc.
    #[must_use]
    pub fn flows(&self) -> Vec<i64> {
        let mut flow = vec![];
        self.read_flows(&mut flow);
        flow
    }

    /// Writes the flow on every arc over `flow`, in the memory it has.
    pub fn read_flows(&self, flow: &mut Vec<i64>) {
        let at_bound = |(&sign, &limit): (&i8, &i64)| if sign == UPPER { limit } else { 0 };
        flow.clear();
        flow.extend(self.basis.sign.iter().zip(&self.basis.limit).map(at_bound));
        for link in &self.basis.tree.links {
            if link.arc != ARTIFICIAL {
                flow[link.arc as usize] = link.flow;
            }
        }
    }

    /// The nodes of the tree, each after the node above it; the root, which is no node of the network, is left out.
    pub fn joints(&self) -> impl Iterator<Item = Joint> + '_ {
        let tree = &self.basis.tree;
        tree.preorder()[1..].iter().map(|&node| {
            let link = &tree.links[node as usize];
            Joint { node, above: link.parent, loose: 0 < link.flow && link.flow < link.limit }
        })
    }

    /// Σ cost · flow.
    #[must_use]
    pub fn objective(&self) -> i128 {
        self.flows().iter().zip(&self.network.cost).map(|(&flow, &cost)| i128::from(flow) * i128::from(cost)).sum()
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::hash::hash64;

    /// A network with many pivots to its optimum.
    fn network() -> Network {
        let draw = |index: u64, below: u64| (hash64(index, 2) % below) as i64;
        let (nodes, arcs) = (40, 300);
        let mut network = Network { supply: vec![0; nodes], ..Network::default() };
        for arc in 0..arcs {
            let (tail, head, hidden) = (draw(arc, 40) as u32, draw(arc + 1_000, 40) as u32, draw(arc + 2_000, 9));
            network.tail.push(tail);
            network.head.push(head);
            network.capacity.push(hidden + draw(arc + 3_000, 9));
            network.cost.push(draw(arc + 4_000, 1_000));
            network.supply[tail as usize] += hidden;
            network.supply[head as usize] -= hidden;
        }
        network
    }

    #[test]
    fn a_spent_budget_of_pivots_ends_in_a_cold_start() {
        let mut simplex = Simplex::new(network()).unwrap();
        let mut poll = Poll::new(&|| false);
        simplex.pricing.prepare(&simplex.network, &simplex.basis, &simplex.potential);
        assert_eq!(simplex.improve(3, &mut poll), Ok(false));
        simplex.restart();
        assert_eq!(simplex.improve(u64::MAX, &mut poll), Ok(true));
        assert_eq!(simplex.effort().cold_starts, 2);
        assert!(crate::certify::certify(&simplex.network, &simplex.flows(), simplex.potentials()).passed());
    }

    /// Dear enough that strays can be followed; the view checks itself in tests.
    #[test]
    fn strays_come_back_to_an_optimum() {
        let mut dear = network();
        dear.cost.iter_mut().for_each(|cost| *cost *= 60_000);
        let mut simplex = Simplex::new(dear.clone()).unwrap();
        for tick in 0..60u64 {
            let draw = |arc: usize| hash64(arc as u64 ^ (tick << 32), 3);
            // At least what is known to be enough.
            let capacity: Vec<i64> = (0..dear.arcs()).map(|arc| 9 + (draw(arc) % 9) as i64).collect();
            let cost: Vec<i64> = (0..dear.arcs()).map(|arc| dear.cost[arc] + (draw(arc) >> 50) as i64).collect();
            simplex.update(None, Some(&capacity), Some(&cost)).unwrap();
            assert_eq!(simplex.solve(&|| false), Ok(Status::Optimal));
            assert!(crate::certify::certify(&simplex.network, &simplex.flows(), simplex.potentials()).passed());
        }
        assert!(simplex.effort().cuts > 0, "there were strays");
    }

    #[test]
    fn an_interrupted_solve_can_go_on() {
        let mut poll = Poll::new(&|| true);
        assert_eq!(poll.spend(1), Ok(()));
        assert_eq!(poll.spend(1 << 30), Err(crate::error::Error::Interrupted));
        let mut simplex = Simplex::new(network()).unwrap();
        simplex.pricing.prepare(&simplex.network, &simplex.basis, &simplex.potential);
        assert_eq!(simplex.improve(20, &mut Poll::new(&|| false)), Ok(false));
        let mut whole = Simplex::new(network()).unwrap();
        for each in [&mut simplex, &mut whole] {
            assert_eq!(each.solve(&|| false), Ok(Status::Optimal));
            each.settle_ties(&|| false).unwrap();
        }
        assert_eq!(simplex.flows(), whole.flows());
    }
}
