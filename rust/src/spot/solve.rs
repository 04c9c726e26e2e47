//! The optimum over all arcs, explicit and implicit, by column generation.
//!
//! The simplex works on the explicit arcs and an *active set* of implicit ones. When it ends, one dense pass prices every
//! admissible pair; those that could improve the flow join, and the simplex goes on, until none is left: the optimum
//! over the active arcs is then the optimum over all. The active set is kept for the next clearing, where it is nearly
//! right. It is a means only: no result depends on it.

use std::sync::Arc;

use super::active::Active;
use super::layout::Layout;
use super::market::Effort;
use super::prices::{Prices, Pricing};
use super::proof::prove;
use super::search::{Found, Search};
use super::state::{Demand, State};
use super::wiring::Wiring;
use crate::error::{Error, Result};
use crate::network::{Arcs, INFINITE, Network};
use crate::simplex::{Columns, Interrupt, Simplex, Status};

/// Most arcs that a row adds in one round: the first rounds are far from the optimum, and most of what they would add idle.
const JOINING: [usize; 4] = [8, 8, 16, 32];

/// Active arcs that are kept for every four nodes that they lead from or to. More cost a little at every pivot; of fewer, more
/// come back in the next passes.
const KEPT_PER_FOUR: usize = 3;

/// A market between two clearings: its network, its basis, its active set.
#[derive(Debug)]
pub struct Session {
    /// Nodes and explicit arcs; other sessions of the same world share them.
    pub wiring: Arc<Wiring>,
    /// The basis.
    pub simplex: Simplex,
    /// Implicit arcs that the simplex knows, after the wired ones.
    pub active: Active,
    pricing: Pricing,
    /// The dense passes.
    pub search: Search,
    joining: Joining,
    pruning: Pruning,
    /// Flow and what it leaves at each node: memory of the proof.
    flow: Vec<i64>,
    left: Vec<i64>,
}

impl Session {
    /// Starts cold.
    ///
    /// # Errors
    /// Those of [`Network::bounds`].
    pub fn new(layout: &Layout, wiring: impl Into<Arc<Wiring>>, demand: &Demand, state: &State) -> Result<Self> {
        let wiring = wiring.into();
        let (mut supply, mut capacity) = (vec![0; wiring.nodes()], vec![0; wiring.arc_count()]);
        let mut cost = vec![0; wiring.arc_count()];
        let columns = Columns { supply: &mut supply, capacity: &mut capacity, cost: &mut cost };
        wiring.fill(layout, demand, state, columns);
        let network = Network {
            supply,
            tail: wiring.tail.clone(),
            head: wiring.head.clone(),
            capacity,
            cost,
            key: wiring.key.clone(),
            anchor: wiring.sink,
            cost_bound: layout.transport_cost(u16::MAX),
        };
        let simplex = Simplex::new(network)?;
        let active = Active::new(wiring.site0 as usize, layout.pools() + layout.sites());
        let search = Search::new(&wiring);
        let pricing = Pricing::new(&wiring);
        let mut session = Self {
            wiring,
            simplex,
            active,
            pricing,
            search,
            joining: Joining::default(),
            pruning: Pruning::default(),
            flow: vec![],
            left: vec![],
        };
        session.seed(layout, state)?;
        Ok(session)
    }

    /// Another session that starts from the basis and the active set that this one has.
    #[must_use]
    pub fn fork(&self) -> Self {
        Self {
            wiring: Arc::clone(&self.wiring),
            simplex: self.simplex.clone(),
            active: self.active.clone(),
            pricing: Pricing::new(&self.wiring),
            search: Search::new(&self.wiring),
            joining: Joining::default(),
            pruning: Pruning::default(),
            flow: vec![],
            left: vec![],
        }
    }

    /// Takes the columns of a new demand and state; basis and active set stay.
    ///
    /// # Errors
    /// Those of [`Simplex::rewritten`]; the session is gone then.
    pub fn updated(self, layout: &Layout, demand: &Demand, state: &State) -> Result<Self> {
        // Implicit arcs that have become explicit cost what they did, have no limit, and come after the wired ones.
        let wiring = &self.wiring;
        let fill = |columns: Columns<'_>| wiring.fill(layout, demand, state, columns);
        let simplex = self.simplex.rewritten(wiring.arc_count(), fill)?;
        Ok(Self { simplex, ..self })
    }

    /// Pivots and prices until no arc, explicit or implicit, can improve the flow.
    ///
    /// # Errors
    /// [`Error::Interrupted`].
    pub fn optimise(&mut self, layout: &Layout, interrupt: Interrupt<'_>) -> Result<Effort> {
        let before = self.simplex.effort().pivots;
        self.prune();
        self.search.forget();
        let mut rounds = 0;
        loop {
            if self.simplex.solve(interrupt)? == Status::Infeasible {
                let reason = "the network has no feasible flow, although all demand may stay unserved";
                return Err(Error::Total { what: "unserved demand", value: 0, reason });
            }
            let most = JOINING[(rounds as usize).min(JOINING.len() - 1)];
            rounds += 1;
            let found = self.search.violators(layout, &self.wiring, self.simplex.potentials(), most);
            if found.is_empty() {
                break;
            }
            self.joining.join(found, &self.wiring, &mut self.active, &mut self.simplex)?;
            if interrupt() {
                return Err(Error::Interrupted);
            }
        }
        Ok(Effort { pivots: self.simplex.effort().pivots - before, rounds, active: self.active.len() })
    }

    /// Proves the optimum; its objective.
    ///
    /// # Errors
    /// Those of [`prove`].
    pub fn prove(&mut self) -> std::result::Result<i128, String> {
        self.simplex.read_flows(&mut self.flow);
        prove(self.simplex.network(), &self.flow, self.simplex.potentials(), &mut self.left)
    }

    /// Moves to the one optimal flow that the keys choose: among all arcs of reduced cost zero, since an optimal flow
    /// might use any of them.
    ///
    /// # Errors
    /// Those of [`Simplex::settle_ties`].
    pub fn settle(&mut self, layout: &Layout, interrupt: Interrupt<'_>) -> Result<()> {
        let tied = self.search.tied(layout, &self.wiring, self.simplex.potentials());
        self.joining.join(tied, &self.wiring, &mut self.active, &mut self.simplex)?;
        self.simplex.settle_ties(interrupt)?;
        Ok(())
    }

    /// Lowest, settled and highest prices of the optimal flow, written over `prices`.
    pub fn price(&mut self, layout: &Layout, prices: &mut Prices) {
        self.pricing.spread.take(&self.wiring, &self.simplex);
        self.pricing.find(layout, &self.wiring, prices);
    }

    /// The flow whose prices were found last.
    #[must_use]
    pub fn settled_flow(&self) -> &[i64] {
        &self.pricing.spread.residual.flow
    }

    /// Forgets active arcs that are far from use, if there are many: each costs a little at every pivot.
    fn prune(&mut self) {
        self.prune_to(KEPT_PER_FOUR * self.wiring.slot0 as usize / 4);
    }

    /// Keeps `enough` active arcs, and those in use, if there are more than twice as many; in the order of their ends.
    fn prune_to(&mut self, enough: usize) {
        let wired = self.wiring.arc_count();
        if self.active.len() <= 2 * enough {
            return;
        }
        let Self { simplex, active, pruning: Pruning { costs, order }, .. } = self;
        let (network, potential) = (simplex.network(), simplex.potentials());
        let reduced = |arc: usize| {
            network.cost[arc] - potential[network.tail[arc] as usize] + potential[network.head[arc] as usize]
        };
        costs.clear();
        costs.extend((wired..network.arcs()).map(reduced));
        let (_, &mut limit, _) = costs.select_nth_unstable(enough);
        let kept = |&arc: &usize| reduced(arc) <= limit || !simplex.is_spare(arc);
        order.clear();
        order.extend((0..wired).chain((wired..network.arcs()).filter(kept)).map(|arc| arc as u32));
        // Arcs that are priced together had better read neighbouring potentials.
        order[wired..].sort_unstable_by_key(|&arc| (network.tail[arc as usize], network.head[arc as usize]));
        simplex.rearrange(order);
        active.rearrange(order[wired..].iter().map(|&arc| arc as usize - wired));
    }

    /// First guesses: every row's cheapest ports, if zones sold at the cost of their cheapest step.
    fn seed(&mut self, layout: &Layout, state: &State) -> Result<()> {
        let wiring = &self.wiring;
        let mut zone = vec![None::<i64>; layout.zones()];
        for (step, &at) in layout.step_zone.iter().enumerate() {
            if state.step_kw[step] > 0 {
                let best = &mut zone[at as usize];
                *best = Some(best.map_or(state.step_cost[step], |cost| cost.min(state.step_cost[step])));
            }
        }
        let mut potential = vec![0; wiring.nodes()];
        for site in 0..layout.sites() {
            let power = zone[layout.site_zone[site] as usize].unwrap_or(0) + state.site_cost[site];
            if wiring.shell[site] != super::rows::NONE {
                potential[wiring.shell[site] as usize] = power;
            }
        }
        for (pool, &site) in layout.pool_site.iter().enumerate() {
            let power = zone[layout.site_zone[site as usize] as usize].unwrap_or(0) + state.site_cost[site as usize];
            potential[wiring.pool[pool] as usize] = power + state.pool_cost[pool];
        }
        // Any price will do for rows, as long as every port is cheaper.
        potential[..wiring.site0 as usize].fill((1 << 28) - 1);
        let found = self.search.violators(layout, &self.wiring, &potential, JOINING[0]);
        self.joining.join(found, &self.wiring, &mut self.active, &mut self.simplex)
    }
}

/// Memory to forget active arcs in.
#[derive(Debug, Default)]
struct Pruning {
    /// Reduced costs of the active arcs.
    costs: Vec<i64>,
    /// Arcs that stay, in their new order.
    order: Vec<u32>,
}

/// Columns of arcs that are about to become explicit.
#[derive(Debug, Clone, Default)]
struct Joining {
    tail: Vec<u32>,
    head: Vec<u32>,
    capacity: Vec<i64>,
    cost: Vec<i64>,
    key: Vec<u64>,
}

impl Joining {
    /// Makes implicit arcs explicit; those that already are stay single.
    fn join(&mut self, found: &[Found], wiring: &Wiring, active: &mut Active, simplex: &mut Simplex) -> Result<()> {
        let Self { tail, head, capacity, cost, key } = self;
        tail.clear();
        head.clear();
        capacity.clear();
        cost.clear();
        key.clear();
        for arc in found {
            if active.add(arc.source, arc.port, arc.cost) {
                tail.push(arc.source);
                head.push(wiring.port_node(arc.port));
                capacity.push(INFINITE);
                cost.push(arc.cost);
                key.push(wiring.transport_key(arc.source as usize, arc.port));
            }
        }
        simplex.append_arcs(&Arcs { tail, head, capacity, cost, key })
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::hash::hash64;
    use crate::spot::blocks::RoundTrips;
    use crate::spot::layout::NO_BUDGET;
    use crate::spot::samples::bare;

    fn draws(count: usize, most: u64, stream: u64) -> Vec<i64> {
        (0..count as u64).map(|i| (hash64(i ^ (stream << 32), 0) % most) as i64).collect()
    }

    /// Four metros with three workloads, forty sites with a pool each, one zone with two steps.
    fn layout() -> Layout {
        let (m, k, s) = (4, 3, 40);
        let keys =
            |count: usize, stream: u64| (0..count as u64).map(|i| hash64(i, stream as u32)).collect::<Vec<u64>>();
        Layout {
            rtt: RoundTrips::new(s, &draws(m * s, 100, 1).into_iter().map(|rtt| rtt as u16).collect::<Vec<_>>()),
            transport_rate: 1024,
            workload_budget: vec![30, 70, NO_BUDGET],
            class_pool: vec![true; s],
            pool_site: (0..s as u32).collect(),
            step_zone: vec![0; 2],
            zone_key: keys(1, 1),
            metro_key: keys(m, 2),
            site_key: keys(s, 3),
            workload_key: keys(k, 4),
            pool_key: keys(s, 5),
            step_key: keys(2, 6),
            ..bare(m, s, s, k)
        }
    }

    fn columns(layout: &Layout, tick: u64) -> (Demand, State) {
        let (pairs, s) = (layout.metros() * layout.workloads(), layout.sites());
        let demand =
            Demand { steps: 2, quantity_kw: draws(pairs * 2, 90, tick), price: draws(pairs * 2, 900, tick + 1) };
        let state = State {
            pool_kw: draws(s, 40, tick + 2),
            pool_cost: draws(s, 200, tick + 3),
            shell_kw: vec![100; s],
            grid_kw: vec![100; s],
            site_cost: vec![0; s],
            btm_kw: vec![0; s],
            btm_cost: vec![0; s],
            step_kw: vec![300, 400],
            step_cost: vec![10, 60],
            ..State::default()
        };
        (demand, state)
    }

    fn cold(layout: &Layout, demand: &Demand, state: &State) -> Session {
        Session::new(layout, Wiring::new(layout, demand.steps), demand, state).unwrap()
    }

    #[test]
    fn forgetting_active_arcs_changes_no_result() {
        let layout = layout();
        let (demand, state) = columns(&layout, 10);
        let mut warm = cold(&layout, &demand, &state);
        warm.optimise(&layout, &|| false).unwrap();
        for tick in 2..8 {
            let before = warm.active.len();
            warm.prune_to(10);
            assert!(warm.active.len() < before, "there was something to forget");
            let (demand, state) = columns(&layout, 10 * tick);
            warm = warm.updated(&layout, &demand, &state).unwrap();
            warm.optimise(&layout, &|| false).unwrap();
            warm.settle(&layout, &|| false).unwrap();
            let mut cold = cold(&layout, &demand, &state);
            cold.optimise(&layout, &|| false).unwrap();
            cold.settle(&layout, &|| false).unwrap();
            assert_eq!(warm.simplex.objective(), cold.simplex.objective());
            assert_eq!(used(&warm), used(&cold));
        }
    }

    /// Implicit arcs that carry flow, in order of source and port.
    fn used(session: &Session) -> Vec<(u32, u32, i64)> {
        let flow = session.simplex.flows();
        let implicit = &flow[session.wiring.arc_count()..];
        let ends = session.active.source.iter().zip(&session.active.port);
        let mut used: Vec<_> = ends.zip(implicit).map(|((&s, &p), &kw)| (s, p, kw)).filter(|arc| arc.2 > 0).collect();
        used.sort_unstable();
        used
    }
}
