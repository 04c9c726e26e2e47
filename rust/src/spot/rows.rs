//! Demand as rows: rings of budgeted workloads, hubs of budget-free ones, and the ports that either may enter.
//!
//! **Rings.** Budgeted workloads that share class and mask form a *chain* at each metro, tightest budget first. A row has
//! arcs only to the sites of its own ring (farther than the next tighter budget, within its own) and one free arc to the
//! next tighter row. That is exact: transport costs do not depend on the workload, so a looser row that
//! reaches a nearer site through tighter rows pays what its own arc would cost; and what could leave on a tighter row's
//! willingness-to-pay steps can be exchanged with that row's own demand, since the steps add up to the supply.
//!
//! **Hubs.** Workloads without a budget have no distance term either. Their rows lead to one hub per class (and bloc, if
//! masked) by free arcs, and free arcs lead from the hub to every admissible port.
//!
//! **Ports** are where flow enters a site: its pools, or its shell. A [`Gate`] lists the ports of each site that a class may
//! enter, within one bloc if masked. So a gate costs no node and no arc of its own.

use super::layout::Layout;
use super::order::metros_by_nearest_site;
use super::state::budget_free;

/// Stands for "none" where a number of a node, arc or entity is expected.
pub const NONE: u32 = u32::MAX;

/// Ports of every site that a class may enter, within one bloc if masked.
#[derive(Debug, Clone)]
pub struct Gate {
    /// The class that enters here.
    pub class: usize,
    /// The bloc it must stay in.
    pub bloc: Option<u32>,
    /// Where each site's ports begin in `port`; S + 1 entries.
    start: Vec<u32>,
    /// Port numbers: pool p is port p, the shell of site s is port P + s.
    port: Vec<u32>,
}

impl Gate {
    fn new(layout: &Layout, class: usize, bloc: Option<u32>, site_pools: &[Vec<u32>]) -> Self {
        let (mut start, mut port) = (vec![0], vec![]);
        for (site, pools) in site_pools.iter().enumerate() {
            if bloc.is_none_or(|bloc| bloc == layout.site_bloc[site]) {
                port.extend(pools.iter().filter(|&&p| layout.admits_pool(class, p as usize)));
                if layout.admits_shell(class, site) {
                    port.push((layout.pools() + site) as u32);
                }
            }
            start.push(port.len() as u32);
        }
        Self { class, bloc, start, port }
    }

    /// Ports of all sites.
    #[must_use]
    pub fn all(&self) -> &[u32] {
        &self.port
    }

    /// Ports of a site.
    #[must_use]
    pub fn ports(&self, site: usize) -> &[u32] {
        &self.port[self.start[site] as usize..self.start[site + 1] as usize]
    }
}

/// Budgeted workloads that share class and mask.
#[derive(Debug, Clone)]
pub struct Chain {
    /// Workloads, tightest budget first.
    pub workloads: Vec<u32>,
    /// Their budgets, in the same order.
    pub budgets: Vec<u16>,
    /// Gate for each metro.
    pub gate: Vec<u32>,
    /// Rows of all metros.
    pub rows: std::ops::Range<usize>,
    /// Row of each metro's tightest workload; a metro's other rows follow.
    first: Vec<u32>,
}

impl Chain {
    /// Row of a metro's `ring`-th workload.
    #[must_use]
    pub fn row(&self, metro: usize, ring: usize) -> usize {
        self.first[metro] as usize + ring
    }

    /// The ring that a round-trip time falls into, if any budget admits it.
    #[must_use]
    pub fn ring(&self, rtt: u16) -> Option<usize> {
        self.budgets.iter().position(|&budget| rtt <= budget)
    }
}

/// Budget-free workloads that share class and mask, in one bloc if masked.
#[derive(Debug, Clone)]
pub struct Hub {
    /// Gate that the hub feeds.
    pub gate: u32,
    /// Workloads that meet here, by key.
    pub workloads: Vec<u32>,
    /// Their rows.
    pub rows: std::ops::Range<usize>,
}

/// All rows of a market.
#[derive(Debug, Clone, Default)]
pub struct Rows {
    /// Gates in order of class and bloc.
    pub gates: Vec<Gate>,
    /// Chains of rings.
    pub chains: Vec<Chain>,
    /// Hubs.
    pub hubs: Vec<Hub>,
    /// Workload of each row.
    pub workload: Vec<u32>,
    /// Metro of each row.
    pub metro: Vec<u32>,
    /// Hub that the row leads to, or [`NONE`] for a row of a chain.
    pub hub: Vec<u32>,
    /// Metro · K + workload of each row.
    pub pair: Vec<u32>,
    /// Row of each metro and workload, M × K.
    pub row_of: Vec<u32>,
    workloads: usize,
}

impl Rows {
    /// Finds gates, chains and hubs.
    #[must_use]
    pub fn new(layout: &Layout) -> Self {
        let workloads = layout.workloads();
        let mut rows = Self { row_of: vec![NONE; layout.metros() * workloads], workloads, ..Self::default() };
        let site_pools = layout.pools_by_site();
        let order = metros_by_nearest_site(layout.metros(), &layout.rtt);
        for class in 0..layout.classes() {
            for masked in [false, true] {
                let mut budgeted: Vec<u32> = vec![];
                let mut free: Vec<u32> = vec![];
                for workload in 0..layout.workloads() {
                    if layout.workload_class[workload] as usize == class && layout.workload_masked[workload] == masked {
                        if budget_free(layout, workload) { &mut free } else { &mut budgeted }.push(workload as u32);
                    }
                }
                budgeted.sort_by_key(|&k| (layout.workload_budget[k as usize], layout.workload_key[k as usize], k));
                rows.add_chain(layout, &order, class, masked, budgeted, &site_pools);
                free.sort_by_key(|&k| (layout.workload_key[k as usize], k));
                rows.add_hubs(layout, &order, class, masked, &free, &site_pools);
            }
        }
        rows
    }

    /// Number of rows.
    #[must_use]
    pub fn len(&self) -> usize {
        self.workload.len()
    }

    /// Whether there is no row at all.
    #[must_use]
    pub fn is_empty(&self) -> bool {
        self.workload.is_empty()
    }

    fn gate(&mut self, layout: &Layout, class: usize, bloc: Option<u32>, site_pools: &[Vec<u32>]) -> u32 {
        let found = self.gates.iter().position(|gate| gate.class == class && gate.bloc == bloc);
        found.unwrap_or_else(|| {
            self.gates.push(Gate::new(layout, class, bloc, site_pools));
            self.gates.len() - 1
        }) as u32
    }

    fn add_chain(
        &mut self,
        layout: &Layout,
        order: &[u32],
        class: usize,
        masked: bool,
        workloads: Vec<u32>,
        site_pools: &[Vec<u32>],
    ) {
        if workloads.is_empty() {
            return;
        }
        let blocs = layout.metro_bloc.iter().map(|&bloc| masked.then_some(bloc));
        let gate = blocs.map(|bloc| self.gate(layout, class, bloc, site_pools)).collect();
        let (start, mut first) = (self.len(), vec![0; layout.metros()]);
        for &metro in order {
            first[metro as usize] = self.len() as u32;
            for &workload in &workloads {
                self.push(workload, metro as usize, NONE);
            }
        }
        let budgets = workloads.iter().map(|&k| layout.workload_budget[k as usize] as u16).collect();
        self.chains.push(Chain { workloads, budgets, gate, rows: start..self.len(), first });
    }

    fn add_hubs(
        &mut self,
        layout: &Layout,
        order: &[u32],
        class: usize,
        masked: bool,
        workloads: &[u32],
        site_pools: &[Vec<u32>],
    ) {
        if workloads.is_empty() {
            return;
        }
        let mut blocs: Vec<Option<u32>> = vec![None];
        if masked {
            let mut all = layout.metro_bloc.clone();
            all.sort_unstable();
            all.dedup();
            blocs = all.into_iter().map(Some).collect();
        }
        for bloc in blocs {
            let gate = self.gate(layout, class, bloc, site_pools);
            let (hub, first) = (self.hubs.len() as u32, self.len());
            for &workload in workloads {
                for metro in order.iter().map(|&metro| metro as usize) {
                    if bloc.is_none_or(|bloc| bloc == layout.metro_bloc[metro]) {
                        self.push(workload, metro, hub);
                    }
                }
            }
            self.hubs.push(Hub { gate, workloads: workloads.to_vec(), rows: first..self.len() });
        }
    }

    fn push(&mut self, workload: u32, metro: usize, hub: u32) {
        let workloads = self.workloads;
        let pair = metro * workloads + workload as usize;
        self.row_of[pair] = self.len() as u32;
        self.pair.push(pair as u32);
        self.workload.push(workload);
        self.metro.push(metro as u32);
        self.hub.push(hub);
    }
}
