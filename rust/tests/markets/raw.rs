//! A spot market as a raw network: every admissible arc, no rings, nothing contracted. The referee of the spot engine.

use std::collections::BTreeMap;

use wattmarket_core::clearing::{Clearing as Cleared, Optimum, clear};
use wattmarket_core::network::{INFINITE, Network};
use wattmarket_core::simplex::Simplex;
use wattmarket_core::spot::clearing::{Clearing, Quote};
use wattmarket_core::spot::layout::{Layout, NO_BUDGET};
use wattmarket_core::spot::state::{Demand, State};

/// A node of the raw network.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum Node {
    /// All power comes from here, in the sense of the flow: it ends here.
    Sink,
    /// Metro and workload.
    Demand(usize, usize),
    /// Site and class.
    Gate(usize, usize),
    /// Pool.
    Pool(usize),
    /// Shell of a site.
    Shell(usize),
    /// Connection of a site.
    Connection(usize),
    /// Land of a site.
    Land(usize),
    /// Slots of a zone.
    Slot(usize),
    /// Zone.
    Zone(usize),
}

/// The raw network under construction.
#[derive(Debug, Default)]
pub struct Raw {
    /// Number of each node.
    pub nodes: BTreeMap<Node, usize>,
    /// The network, balanced by [`Raw::new`].
    pub network: Network,
}

impl Raw {
    /// Builds it straight from the definition.
    pub fn new(layout: &Layout, demand: &Demand, state: &State) -> Self {
        let mut raw = Self::default();
        raw.demand(layout, demand);
        raw.sites(layout, state);
        if layout.entry {
            raw.entry(layout, state);
        }
        raw.power(layout, state);
        let sink = raw.at(Node::Sink);
        raw.network.anchor = sink as u32;
        raw.network.supply[sink] = -raw.network.supply.iter().sum::<i64>();
        raw
    }

    fn at(&mut self, node: Node) -> usize {
        let next = self.nodes.len();
        let number = *self.nodes.entry(node).or_insert(next);
        self.network.supply.resize(self.nodes.len(), 0);
        number
    }

    fn arc(&mut self, tail: Node, head: Node, capacity: i64, cost: i64) {
        let (tail, head) = (self.at(tail) as u32, self.at(head) as u32);
        self.network.tail.push(tail);
        self.network.head.push(head);
        self.network.capacity.push(capacity);
        self.network.cost.push(cost);
    }

    fn demand(&mut self, layout: &Layout, demand: &Demand) {
        for m in 0..layout.metros() {
            for k in 0..layout.workloads() {
                let (row, class) = (Node::Demand(m, k), layout.workload_class[k] as usize);
                let at = self.at(row);
                for step in 0..demand.steps {
                    let index = (m * layout.workloads() + k) * demand.steps + step;
                    self.network.supply[at] += demand.quantity_kw[index];
                    self.arc(row, Node::Sink, demand.quantity_kw[index], demand.price[index]);
                }
                for s in 0..layout.sites() {
                    let (budget, rtt) = (layout.workload_budget[k], layout.rtt(m, s));
                    if layout.workload_masked[k] && layout.metro_bloc[m] != layout.site_bloc[s] {
                        continue;
                    }
                    if budget == NO_BUDGET {
                        self.arc(row, Node::Gate(s, class), INFINITE, 0);
                    } else if i32::from(rtt) <= budget {
                        self.arc(row, Node::Gate(s, class), INFINITE, layout.transport_cost(rtt));
                    }
                }
            }
        }
    }

    fn sites(&mut self, layout: &Layout, state: &State) {
        for class in 0..layout.classes() {
            for (pool, &site) in
                layout.pool_site.iter().enumerate().filter(|(pool, _)| layout.admits_pool(class, *pool))
            {
                self.arc(Node::Gate(site as usize, class), Node::Pool(pool), INFINITE, 0);
            }
            for site in (0..layout.sites()).filter(|&site| layout.admits_shell(class, site)) {
                self.arc(Node::Gate(site, class), Node::Shell(site), INFINITE, 0);
            }
        }
        for (pool, &site) in layout.pool_site.iter().enumerate() {
            self.arc(Node::Pool(pool), Node::Shell(site as usize), state.pool_kw[pool], state.pool_cost[pool]);
        }
        for site in 0..layout.sites() {
            let (connection, zone) = (Node::Connection(site), Node::Zone(layout.site_zone[site] as usize));
            self.arc(Node::Shell(site), connection, state.shell_kw[site], 0);
            self.arc(connection, zone, state.grid_kw[site], state.site_cost[site]);
            self.arc(connection, Node::Sink, state.btm_kw[site], state.btm_cost[site]);
        }
    }

    fn entry(&mut self, layout: &Layout, state: &State) {
        for (pool, &site) in layout.pool_site.iter().enumerate() {
            let site = site as usize;
            self.arc(Node::Pool(pool), Node::Land(site), INFINITE, state.entry_cost[pool]);
            self.arc(Node::Pool(pool), Node::Shell(site), INFINITE, state.refresh_cost[pool]);
        }
        for (site, &zone) in layout.site_zone.iter().enumerate() {
            self.arc(Node::Land(site), Node::Slot(zone as usize), state.entry_kw[site], 0);
        }
        for (zone, &kw) in state.slot_kw.iter().enumerate() {
            self.arc(Node::Slot(zone), Node::Zone(zone), kw, 0);
        }
    }

    fn power(&mut self, layout: &Layout, state: &State) {
        for zone in 0..layout.zones() {
            self.at(Node::Zone(zone));
        }
        for (link, (&tail, &head)) in layout.link_tail.iter().zip(&layout.link_head).enumerate() {
            let (tail, head) = (Node::Zone(tail as usize), Node::Zone(head as usize));
            self.arc(tail, head, state.link_kw[link], state.link_cost[link]);
        }
        for (step, &zone) in layout.step_zone.iter().enumerate() {
            self.arc(Node::Zone(zone as usize), Node::Sink, state.step_kw[step], state.step_cost[step]);
        }
    }
}

/// Objective and prices of a raw network, by the generic engine.
pub fn solved(raw: &Raw) -> (i128, Box<Optimum>) {
    let mut simplex = Simplex::new(raw.network.clone()).expect("a good network");
    match clear(&mut simplex, &|| false).expect("no interrupt") {
        Cleared::Optimal(optimum) => {
            assert!(optimum.low.passed() && optimum.high.passed());
            (simplex.objective(), optimum)
        }
        Cleared::Infeasible(shortage) => panic!("all demand may stay unserved: {shortage:?}"),
    }
}

/// The quote of a raw node, if it is published.
pub fn quoted(layout: &Layout, clearing: &Clearing, node: Node) -> Option<[i64; 3]> {
    let entered = |site: usize| {
        layout.pool_site.contains(&(site as u32)) || (0..layout.classes()).any(|c| layout.admits_shell(c, site))
    };
    let at = |quote: &Quote, index: usize| Some([quote.low[index], quote.mid[index], quote.high[index]]);
    match node {
        Node::Demand(m, k) => at(&clearing.demand, m * layout.workloads() + k),
        Node::Pool(pool) => at(&clearing.pool, pool),
        // What nothing can enter is quoted by rule.
        Node::Shell(site) if entered(site) => at(&clearing.shell, site),
        Node::Zone(zone) => at(&clearing.zone, zone),
        Node::Slot(zone) => at(&clearing.slot, zone),
        _ => None,
    }
}

/// Panics unless a clearing has the raw network's objective and price intervals.
pub fn agrees(layout: &Layout, clearing: &Clearing, raw: &Raw) {
    let (objective, optimum) = solved(raw);
    assert_eq!(clearing.objective, objective);
    for (&node, &at) in &raw.nodes {
        // An end that does not exist is quoted by rule, and so is what hangs on it.
        if let (Some([low, mid, high]), false) = (quoted(layout, clearing, node), optimum.prices.low_unbounded[at]) {
            assert_eq!(low, optimum.prices.low[at], "{node:?}");
            if !optimum.prices.high_unbounded[at] {
                assert_eq!(high, optimum.prices.high[at], "{node:?}");
                assert!(low <= mid && mid <= high, "{node:?}");
            }
        }
    }
}
