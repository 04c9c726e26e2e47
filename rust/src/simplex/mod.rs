//! The network simplex method: exact, primal, warm-startable, and able to take new arcs between solves.
//!
//! A basis is a spanning tree over the nodes and one artificial *root*, together with the bound (lower or upper) on
//! which every other arc lies. Potentials follow from the tree arcs' costs: along each, price at the tail − price at
//! the head = cost. An arc outside the tree whose reduced cost has the wrong sign enters; it closes a cycle; flow is
//! sent round the cycle until an arc blocks and leaves (Ahuja, Magnanti & Orlin, *Network Flows*, chapter 11).
//!
//! One file per noun: [`tree`](self) (threaded in preorder), `pricing` (which arc enters), `pivot` (which leaves, and the
//! change), `warm` (where a solve starts), `tiebreak` (the one flow among the optimal ones), `cut` (why there is none).
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

mod cut;
mod pivot;
mod pricing;
mod tiebreak;
mod tree;
mod warm;

pub use cut::Shortage;

use crate::error::{Error, Result};
use crate::network::{Arcs, Bounds, Network, check_length, prove};
use pivot::{Basis, LOWER, UPPER};
use pricing::Pricing;
use tree::ARTIFICIAL;

/// Asked now and then, at most some milliseconds apart, whether the caller wants to stop.
pub type Interrupt<'a> = &'a dyn Fn() -> bool;

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

/// Asks for an interrupt every so much work.
pub(crate) struct Poll<'a> {
    interrupt: Interrupt<'a>,
    work: usize,
}

/// Arcs scanned and nodes touched between two polls: a few milliseconds.
const WORK_PER_POLL: usize = 1 << 21;

impl<'a> Poll<'a> {
    pub fn new(interrupt: Interrupt<'a>) -> Self {
        Self { interrupt, work: 0 }
    }

    /// Counts work done, and asks when enough has been done.
    pub fn spend(&mut self, work: usize) -> Result<()> {
        self.work += work;
        if self.work < WORK_PER_POLL {
            return Ok(());
        }
        self.work = 0;
        if (self.interrupt)() { Err(Error::Interrupted) } else { Ok(()) }
    }
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
    /// Whether columns have changed since the tree's flows and potentials were computed.
    stale: bool,
    /// Whether the basis has been through a solve.
    warm: bool,
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
        let mut simplex = Self {
            potential: vec![0; network.nodes() + 1],
            network,
            bounds,
            basis,
            pricing: Pricing::default(),
            stale: false,
            warm: false,
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

    /// Replaces whole columns (`None`: as they were). All are checked first; on an error nothing has changed.
    ///
    /// # Errors
    ///
    /// Those of [`Network::bounds`] that the new columns can cause.
    pub fn update(&mut self, supply: Option<&[i64]>, capacity: Option<&[i64]>, cost: Option<&[i64]>) -> Result<()> {
        let network = &mut self.network;
        let columns = [
            ("node_supply", supply, &mut network.supply),
            ("capacity", capacity, &mut network.capacity),
            ("cost", cost, &mut network.cost),
        ];
        for (name, new, old) in &columns {
            if let Some(new) = new {
                check_length(name, old.len(), new.len())?;
            }
        }
        let [supplies, capacities, costs] = [0, 1, 2].map(|index| columns[index].1.unwrap_or(&*columns[index].2));
        self.bounds = prove(supplies, capacities, costs, network.cost_bound)?;
        for (_, new, old) in columns {
            if let Some(new) = new {
                old.copy_from_slice(new);
            }
        }
        self.stale = true;
        Ok(())
    }

    /// Appends arcs without flow. On an error nothing has changed.
    ///
    /// # Errors
    ///
    /// Those of [`Network::bounds`], with indices into the appended columns.
    pub fn append_arcs(&mut self, arcs: &Arcs) -> Result<()> {
        let count = arcs.tail.len();
        let network = &mut self.network;
        let keyed = if network.arcs() == 0 { !arcs.key.is_empty() } else { !network.key.is_empty() };
        for (array, found) in [("head", arcs.head.len()), ("capacity", arcs.capacity.len()), ("cost", arcs.cost.len())]
        {
            check_length(array, count, found)?;
        }
        check_length("key", if keyed { count } else { 0 }, arcs.key.len())?;
        let bounds = self.bounds.extend(network.nodes(), arcs)?;
        network.tail.extend_from_slice(arcs.tail);
        network.head.extend_from_slice(arcs.head);
        network.capacity.extend_from_slice(arcs.capacity);
        network.cost.extend_from_slice(arcs.cost);
        network.key.extend_from_slice(arcs.key);
        for &capacity in arcs.capacity {
            let limit = capacity.min(bounds.flow);
            self.basis.limit.push(limit);
            self.basis.sign.push(Basis::idle_or(limit, LOWER));
        }
        // Dearer artificial arcs or a later clip change the tree's numbers; plain new arcs don't.
        self.stale |= bounds != self.bounds;
        self.bounds = bounds;
        Ok(())
    }

    /// Forgets arcs that carry nothing: of those outside the tree at their lower bound, the ones that `keep` does not want.
    /// The others move up, in order. Returns for each old arc whether it is still there.
    ///
    /// The optimum over the arcs that are left is unchanged if the last solve was optimal.
    pub fn drop_arcs(&mut self, keep: impl Fn(usize) -> bool) -> Vec<bool> {
        let sign = &self.basis.sign;
        let kept: Vec<bool> = (0..sign.len()).map(|arc| sign[arc] != LOWER || keep(arc)).collect();
        let mut place = vec![ARTIFICIAL; kept.len()];
        for (next, arc) in (0..kept.len()).filter(|&arc| kept[arc]).enumerate() {
            place[arc] = next as u32;
        }
        for link in &mut self.basis.tree.links {
            if link.arc != ARTIFICIAL {
                link.arc = place[link.arc as usize];
            }
        }
        let network = &mut self.network;
        retain(&mut network.tail, &kept);
        retain(&mut network.head, &kept);
        retain(&mut network.capacity, &kept);
        retain(&mut network.cost, &kept);
        retain(&mut network.key, &kept);
        retain(&mut self.basis.sign, &kept);
        retain(&mut self.basis.limit, &kept);
        self.pricing = Pricing::default();
        kept
    }

    /// Finds an optimal flow over the arcs known, from the last tree if there is one.
    ///
    /// An interrupted or updated simplex can be solved again; the result never depends on what came before, once
    /// ties are settled.
    ///
    /// # Errors
    ///
    /// [`Error::Interrupted`] when `interrupt` says so.
    pub fn solve(&mut self, interrupt: Interrupt) -> Result<Status> {
        let mut poll = Poll::new(interrupt);
        if self.stale {
            self.refit();
        }
        self.pricing.prepare(&self.network, &self.basis, &self.potential);
        let budget = if self.warm { 20 * self.network.nodes() as u64 + 10_000 } else { u64::MAX };
        if !self.improve(budget, &mut poll)? {
            self.restart();
            self.improve(u64::MAX, &mut poll)?;
        }
        self.warm = true;
        self.normalise();
        let starved = self.basis.tree.links.iter().any(|link| link.arc == ARTIFICIAL && link.flow != 0);
        Ok(if starved { Status::Infeasible } else { Status::Optimal })
    }

    /// Pivots until no arc can enter; false if the budget of pivots ran out first.
    fn improve(&mut self, budget: u64, poll: &mut Poll) -> Result<bool> {
        for _ in 0..budget {
            let search = self.pricing.search(&self.network, &self.basis.sign, &self.potential);
            let Some(entering) = search.entering else {
                return Ok(true);
            };
            let touched = self.basis.pivot(entering, &mut self.potential);
            self.effort.pivots += 1;
            poll.spend(search.scanned + touched)?;
        }
        Ok(false)
    }

    /// Brings the tree's flows and potentials up to date with the columns; cold if they don't fit.
    fn refit(&mut self) {
        let cuts = self.basis.refit(&self.network, &self.bounds);
        self.effort.cuts += cuts as u64;
        if self.basis.flows_fit() {
            self.reprice();
            self.stale = false;
        } else {
            self.restart();
        }
    }

    /// Takes the common offset out of the potentials: the root's becomes zero.
    fn normalise(&mut self) {
        let offset = self.potential[self.network.nodes()];
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

    /// The potentials of all nodes after a solve; each is below 2^60 in absolute value.
    #[must_use]
    pub fn potentials(&self) -> &[i64] {
        &self.potential[..self.network.nodes()]
    }

    /// The flow on every arc.
    #[must_use]
    pub fn flows(&self) -> Vec<i64> {
        let at_bound = |(&sign, &limit): (&i8, &i64)| if sign == UPPER { limit } else { 0 };
        let mut flow: Vec<i64> = self.basis.sign.iter().zip(&self.basis.limit).map(at_bound).collect();
        for link in &self.basis.tree.links {
            if link.arc != ARTIFICIAL {
                flow[link.arc as usize] = link.flow;
            }
        }
        flow
    }

    /// Σ cost · flow.
    #[must_use]
    pub fn objective(&self) -> i128 {
        self.flows().iter().zip(&self.network.cost).map(|(&flow, &cost)| i128::from(flow) * i128::from(cost)).sum()
    }
}

/// Keeps the entries of a column that are marked; an empty column stays empty.
fn retain<T>(column: &mut Vec<T>, kept: &[bool]) {
    let mut marks = kept.iter();
    column.retain(|_| marks.next().copied().unwrap_or(true));
}
