//! Flows are feasible, and what they cost.

use super::{Verdict, demand_that, steps, times};
use crate::spot::clearing::Clearing;
use crate::spot::layout::{Layout, NO_BUDGET};
use crate::spot::routes::POOLED;
use crate::spot::state::{Demand, State};

/// What routes bring.
pub struct Routed {
    /// To each pool.
    pool: Vec<i64>,
    /// To each shell directly.
    shell: Vec<i64>,
    /// What carrying it costs.
    pub transport_cost: i128,
}

impl Routed {
    /// Routes must be admissible and add up to what is served.
    pub fn read(layout: &Layout, clearing: &Clearing) -> Result<Self, String> {
        let mut routed = Self { pool: vec![0; layout.pools()], shell: vec![0; layout.sites()], transport_cost: 0 };
        let mut owed = clearing.served_kw.clone();
        let mut pooled = Pooled::new(layout);
        let routes = &clearing.routes;
        for index in 0..routes.kw.len() {
            let (workload, site, kw) = (routes.workload[index] as usize, routes.site[index] as usize, routes.kw[index]);
            let pool = (routes.pool[index] >= 0).then_some(routes.pool[index] as usize);
            let mut right = kw > 0 && enters(layout, workload, site, pool);
            if routes.metro[index] == POOLED {
                right &= layout.workload_budget[workload] == NO_BUDGET;
                *pooled.of(layout, workload, layout.site_bloc[site]) += kw;
            } else {
                let metro = routes.metro[index] as usize;
                let rtt = layout.rtt(metro, site);
                let home = !layout.workload_masked[workload] || layout.metro_bloc[metro] == layout.site_bloc[site];
                right &= home && i32::from(rtt) <= layout.workload_budget[workload];
                owed[metro * layout.workloads() + workload] -= kw;
                routed.transport_cost += times(kw, layout.transport_cost(rtt));
            }
            demand_that(right, || format!("route {index} is not admissible"))?;
            *pool.map_or(&mut routed.shell[site], |pool| &mut routed.pool[pool]) += kw;
        }
        for (metro, owed) in owed.chunks_exact(layout.workloads().max(1)).enumerate() {
            for (workload, &kw) in owed.iter().enumerate() {
                if layout.workload_budget[workload] == NO_BUDGET {
                    *pooled.of(layout, workload, layout.metro_bloc[metro]) -= kw;
                } else {
                    demand_that(kw == 0, || format!("routes of metro {metro}, workload {workload} do not add up"))?;
                }
            }
        }
        pooled.settled()?;
        Ok(routed)
    }
}

/// Whether a workload may enter a pool (or, without one, the shell) of a site.
fn enters(layout: &Layout, workload: usize, site: usize, pool: Option<usize>) -> bool {
    let class = layout.workload_class[workload] as usize;
    match pool {
        Some(pool) => layout.pool_site[pool] as usize == site && layout.admits_pool(class, pool),
        None => layout.admits_shell(class, site),
    }
}

/// What hubs deliver and owe, by workload and (if masked) bloc.
struct Pooled {
    kw: Vec<i64>,
    blocs: usize,
}

impl Pooled {
    fn new(layout: &Layout) -> Self {
        let blocs = layout.metro_bloc.iter().chain(&layout.site_bloc).map(|&bloc| bloc as usize + 1).max().unwrap_or(1);
        Self { kw: vec![0; layout.workloads() * blocs], blocs }
    }

    fn of(&mut self, layout: &Layout, workload: usize, bloc: u32) -> &mut i64 {
        &mut self.kw[workload * self.blocs + if layout.workload_masked[workload] { bloc as usize } else { 0 }]
    }

    fn settled(&self) -> Verdict {
        let open = self.kw.iter().position(|&kw| kw != 0);
        demand_that(open.is_none(), || {
            format!("pooled routes of workload {} do not add up", open.unwrap_or(0) / self.blocs)
        })
    }
}

/// Point 1: conservation and capacities from pools to generation.
pub fn conserve(layout: &Layout, state: &State, clearing: &Clearing, routed: &Routed) -> Verdict {
    let new = |column: &[i64], index: usize| column.get(index).copied().unwrap_or(0);
    let mut shell = routed.shell.clone();
    let mut land = vec![0i64; layout.sites()];
    for (pool, &site) in layout.pool_site.iter().enumerate() {
        let (standing, entry) = (clearing.pool_flow[pool], new(&clearing.entry_flow, pool));
        let refresh = new(&clearing.refresh_flow, pool);
        demand_that(standing.min(entry).min(refresh) >= 0, || format!("pool {pool}: negative flow"))?;
        demand_that(standing <= state.pool_kw[pool], || format!("pool {pool}: {standing} kW over capacity"))?;
        demand_that(routed.pool[pool] == standing + entry + refresh, || format!("pool {pool} does not conserve"))?;
        shell[site as usize] += standing + refresh;
        land[site as usize] += entry;
    }
    let mut zone = vec![0i64; layout.zones()];
    let mut slots = vec![0i64; layout.zones()];
    for site in 0..layout.sites() {
        let (through, grid, btm) = (clearing.shell_flow[site], clearing.grid_flow[site], clearing.btm_flow[site]);
        let fits = (0..=state.shell_kw[site]).contains(&through)
            && (0..=state.grid_kw[site]).contains(&grid)
            && (0..=state.btm_kw[site]).contains(&btm)
            && land[site] <= new(&state.entry_kw, site);
        demand_that(fits, || format!("site {site}: a flow exceeds its capacity"))?;
        let conserves =
            shell[site] == through && through == grid + btm && routed.shell[site] == clearing.shell_entry_flow[site];
        demand_that(conserves, || format!("site {site} does not conserve"))?;
        zone[layout.site_zone[site] as usize] += grid + land[site];
        slots[layout.site_zone[site] as usize] += land[site];
    }
    for (zone, &used) in slots.iter().enumerate() {
        demand_that(used <= new(&state.slot_kw, zone), || format!("zone {zone}: more entry than slots"))?;
    }
    for (link, &flow) in clearing.link_flow.iter().enumerate() {
        demand_that((0..=state.link_kw[link]).contains(&flow), || format!("link {link}: {flow} kW over capacity"))?;
        zone[layout.link_tail[link] as usize] -= flow;
        zone[layout.link_head[link] as usize] += flow;
    }
    for (step, &flow) in clearing.step_flow.iter().enumerate() {
        demand_that((0..=state.step_kw[step]).contains(&flow), || format!("step {step}: {flow} kW over capacity"))?;
        zone[layout.step_zone[step] as usize] -= flow;
    }
    let open = zone.iter().position(|&left| left != 0);
    demand_that(open.is_none(), || format!("zone {} does not conserve", open.unwrap_or(0)))
}

/// No demand is served more than it wants.
pub fn served(demand: &Demand, clearing: &Clearing) -> Verdict {
    for (pair, &kw) in clearing.served_kw.iter().enumerate() {
        let wanted: i64 = demand.quantity_kw[pair * demand.steps..(pair + 1) * demand.steps].iter().sum();
        demand_that((0..=wanted).contains(&kw), || format!("demand {pair}: {kw} kW served of {wanted}"))?;
    }
    Ok(())
}

/// Generation and running cost.
pub fn cost_of_flows(state: &State, clearing: &Clearing) -> i128 {
    let sum = |flow: &[i64], cost: &[i64]| -> i128 { flow.iter().zip(cost).map(|(&kw, &cost)| times(kw, cost)).sum() };
    sum(&clearing.pool_flow, &state.pool_cost)
        + sum(&clearing.grid_flow, &state.site_cost)
        + sum(&clearing.btm_flow, &state.btm_cost)
        + sum(&clearing.link_flow, &state.link_cost)
        + sum(&clearing.step_flow, &state.step_cost)
        + sum(&clearing.entry_flow, &state.entry_cost)
        + sum(&clearing.refresh_flow, &state.refresh_cost)
}

/// The willingness to pay of what stays unserved: the least willing first.
pub fn cost_of_unserved(demand: &Demand, clearing: &Clearing) -> i128 {
    let mut total = 0;
    let mut order: Vec<(i64, i64)> = vec![];
    for (pair, &kw) in clearing.served_kw.iter().enumerate() {
        let (quantity, price) = steps(demand, pair);
        let mut left = quantity.iter().sum::<i64>() - kw;
        if left == 0 {
            continue;
        }
        order.clear();
        order.extend(price.iter().copied().zip(quantity.iter().copied()));
        order.sort_unstable();
        for &(price, quantity) in &order {
            let unserved = left.min(quantity);
            total += times(unserved, price);
            left -= unserved;
        }
    }
    total
}
