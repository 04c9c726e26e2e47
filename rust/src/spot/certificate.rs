//! Proof that a clearing is right, from the caller's columns and the published result alone.
//!
//! It knows the network in raw form only (every admissible arc, nothing contracted, no rings) and shares no code with the
//! solver. A clearing passes if
//!
//! 1. flows are feasible: routes are admissible and add up to what is served, every node conserves, no capacity is exceeded;
//! 2. prices are feasible: no arc of unlimited capacity offers more than it costs;
//! 3. cost of the flows = value of the prices, exactly: Σ demand · price − Σ capacity · rent, with rent = max(0, price
//!    difference − cost) on every arc of limited capacity.
//!
//! By weak duality the three together prove both optimal. Points 2 and 3 are checked for the lowest, the settled and the
//! highest prices alike. Prices that are not published (connections, land) are chosen here, at their best.

use super::clearing::Clearing;
use super::layout::{Layout, NO_BUDGET};
use super::routes::POOLED;
use super::state::{Demand, State};
use super::undercut::undercut;

/// What a broken certificate says.
type Verdict = Result<(), String>;

fn demand_that(holds: bool, what: impl FnOnce() -> String) -> Verdict {
    if holds { Ok(()) } else { Err(what()) }
}

/// Checks a clearing.
///
/// # Errors
/// A sentence that says which law is broken, and where.
pub fn certify(layout: &Layout, demand: &Demand, state: &State, clearing: &Clearing) -> Verdict {
    flows(layout, demand, state, clearing)?;
    let cost = cost_of_flows(layout, demand, state, clearing);
    demand_that(cost == clearing.objective, || {
        format!("flows cost {cost}, the objective says {}", clearing.objective)
    })?;
    for (name, pick) in [("lowest", 0), ("settled", 1), ("highest", 2)] {
        let prices = Prices::pick(clearing, pick);
        prices.feasible(layout, state).map_err(|what| format!("{name} prices: {what}"))?;
        let value = prices.value(layout, demand, state);
        demand_that(value == cost, || format!("{name} prices are worth {value}, the flows cost {cost}"))?;
    }
    Ok(())
}

/// Whether a workload may use a pool (or, without one, the shell) of a site from a metro (or from a hub).
fn admissible(layout: &Layout, metro: Option<usize>, workload: usize, site: usize, pool: Option<usize>) -> bool {
    let class = layout.workload_class[workload] as usize;
    let port = match pool {
        Some(pool) => layout.pool_site[pool] as usize == site && layout.admits_pool(class, pool),
        None => layout.admits_shell(class, site),
    };
    let budget = layout.workload_budget[workload];
    let near = metro.is_none_or(|metro| i32::from(layout.rtt(metro, site)) <= budget);
    let home =
        metro.is_none_or(|m| !layout.workload_masked[workload] || layout.metro_bloc[m] == layout.site_bloc[site]);
    port && near && home && metro.is_none() == (budget == NO_BUDGET)
}

/// Point 1: conservation and capacities from demand to generation.
fn flows(layout: &Layout, demand: &Demand, state: &State, clearing: &Clearing) -> Verdict {
    let (pool_in, shell_in) = routed(layout, clearing)?;
    served(demand, clearing)?;
    let new = |column: &[i64], index: usize| column.get(index).copied().unwrap_or(0);
    let mut shell = shell_in.clone();
    let mut land = vec![0i64; layout.sites()];
    for (pool, &site) in layout.pool_site.iter().enumerate() {
        let (standing, entry) = (clearing.pool_flow[pool], new(&clearing.entry_flow, pool));
        let refresh = new(&clearing.refresh_flow, pool);
        demand_that(standing.min(entry).min(refresh) >= 0, || format!("pool {pool}: negative flow"))?;
        demand_that(standing <= state.pool_kw[pool], || format!("pool {pool}: {standing} kW over capacity"))?;
        demand_that(pool_in[pool] == standing + entry + refresh, || format!("pool {pool} does not conserve"))?;
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
            shell[site] == through && through == grid + btm && shell_in[site] == clearing.shell_entry_flow[site];
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

/// What routes bring to each pool and shell; they must be admissible and add up to what is served.
fn routed(layout: &Layout, clearing: &Clearing) -> Result<(Vec<i64>, Vec<i64>), String> {
    let (mut pool_in, mut shell_in) = (vec![0i64; layout.pools()], vec![0i64; layout.sites()]);
    let mut owed = clearing.served_kw.clone();
    // What hubs deliver, by workload and (if masked) bloc.
    let mut pooled = std::collections::BTreeMap::<(usize, Option<u32>), i64>::new();
    let routes = &clearing.routes;
    for index in 0..routes.kw.len() {
        let (workload, site, kw) = (routes.workload[index] as usize, routes.site[index] as usize, routes.kw[index]);
        let metro = (routes.metro[index] != POOLED).then_some(routes.metro[index] as usize);
        let pool = (routes.pool[index] >= 0).then_some(routes.pool[index] as usize);
        let right = kw > 0 && admissible(layout, metro, workload, site, pool);
        demand_that(right, || format!("route {index} is not admissible"))?;
        match metro {
            Some(metro) => owed[metro * layout.workloads() + workload] -= kw,
            None => {
                let bloc = layout.workload_masked[workload].then(|| layout.site_bloc[site]);
                *pooled.entry((workload, bloc)).or_default() += kw;
            }
        }
        match pool {
            Some(pool) => pool_in[pool] += kw,
            None => shell_in[site] += kw,
        }
    }
    for (pair, &kw) in owed.iter().enumerate() {
        let (metro, workload) = (pair / layout.workloads(), pair % layout.workloads());
        if layout.workload_budget[workload] == NO_BUDGET {
            let bloc = layout.workload_masked[workload].then(|| layout.metro_bloc[metro]);
            *pooled.entry((workload, bloc)).or_default() -= kw;
        } else {
            demand_that(kw == 0, || format!("routes of metro {metro}, workload {workload} do not add up"))?;
        }
    }
    let open = pooled.iter().find(|&(_, &kw)| kw != 0);
    demand_that(open.is_none(), || format!("pooled routes do not add up: {open:?}"))?;
    Ok((pool_in, shell_in))
}

fn served(demand: &Demand, clearing: &Clearing) -> Verdict {
    for (pair, &kw) in clearing.served_kw.iter().enumerate() {
        let wanted: i64 = demand.quantity_kw[pair * demand.steps..(pair + 1) * demand.steps].iter().sum();
        demand_that((0..=wanted).contains(&kw), || format!("demand {pair}: {kw} kW served of {wanted}"))?;
    }
    Ok(())
}

/// Generation, running, transport, and the willingness to pay of what stays unserved: the least willing first.
fn cost_of_flows(layout: &Layout, demand: &Demand, state: &State, clearing: &Clearing) -> i128 {
    let times = |kw: i64, cost: i64| i128::from(kw) * i128::from(cost);
    let sum = |flow: &[i64], cost: &[i64]| -> i128 { flow.iter().zip(cost).map(|(&kw, &cost)| times(kw, cost)).sum() };
    let mut total = sum(&clearing.pool_flow, &state.pool_cost)
        + sum(&clearing.grid_flow, &state.site_cost)
        + sum(&clearing.btm_flow, &state.btm_cost)
        + sum(&clearing.link_flow, &state.link_cost)
        + sum(&clearing.step_flow, &state.step_cost)
        + sum(&clearing.entry_flow, &state.entry_cost)
        + sum(&clearing.refresh_flow, &state.refresh_cost);
    let routes = &clearing.routes;
    for index in (0..routes.kw.len()).filter(|&index| routes.metro[index] != POOLED) {
        let rtt = layout.rtt(routes.metro[index] as usize, routes.site[index] as usize);
        total += times(routes.kw[index], layout.transport_cost(rtt));
    }
    for (pair, &kw) in clearing.served_kw.iter().enumerate() {
        let (quantity, price) = steps(demand, pair);
        let mut left: i64 = quantity.iter().sum::<i64>() - kw;
        let mut order: Vec<usize> = (0..quantity.len()).collect();
        order.sort_by_key(|&step| price[step]);
        for step in order {
            let unserved = left.min(quantity[step]);
            total += times(unserved, price[step]);
            left -= unserved;
        }
    }
    total
}

/// Quantities and prices of a pair's steps.
fn steps(demand: &Demand, pair: usize) -> (&[i64], &[i64]) {
    let row = pair * demand.steps..(pair + 1) * demand.steps;
    (&demand.quantity_kw[row.clone()], &demand.price[row])
}

/// One of the three price vectors.
struct Prices<'a> {
    demand: &'a [i64],
    pool: &'a [i64],
    shell: &'a [i64],
    zone: &'a [i64],
    slot: &'a [i64],
}

impl<'a> Prices<'a> {
    fn pick(clearing: &'a Clearing, which: usize) -> Self {
        let one = |quote: &'a super::clearing::Quote| -> &'a [i64] { [&quote.low, &quote.mid, &quote.high][which] };
        Self {
            demand: one(&clearing.demand),
            pool: one(&clearing.pool),
            shell: one(&clearing.shell),
            zone: one(&clearing.zone),
            slot: one(&clearing.slot),
        }
    }

    /// Point 2: arcs of unlimited capacity.
    fn feasible(&self, layout: &Layout, state: &State) -> Verdict {
        if layout.entry {
            for (pool, &site) in layout.pool_site.iter().enumerate() {
                let fair = self.pool[pool] <= self.shell[site as usize] + state.refresh_cost[pool];
                demand_that(fair, || format!("refreshing pool {pool} would pay"))?;
            }
        }
        let undercut = undercut(layout, self.demand, self.pool, self.shell);
        demand_that(undercut.is_none(), || format!("a port would serve {undercut:?} (metro, workload) for less"))
    }

    /// Point 3: what the prices are worth.
    fn value(&self, layout: &Layout, demand: &Demand, state: &State) -> i128 {
        let rent = |kw: i64, margin: i64| i128::from(kw) * i128::from(margin.max(0));
        let mut value = 0i128;
        for (pair, &price) in self.demand.iter().enumerate() {
            let (quantity, willing) = steps(demand, pair);
            for (&kw, &willing) in quantity.iter().zip(willing) {
                value += i128::from(kw) * i128::from(price) - rent(kw, price - willing);
            }
        }
        let mut land = vec![i64::MIN; layout.sites()];
        for (pool, &site) in layout.pool_site.iter().enumerate() {
            let site = site as usize;
            value -= rent(state.pool_kw[pool], self.pool[pool] - self.shell[site] - state.pool_cost[pool]);
            if layout.entry {
                land[site] = land[site].max(self.pool[pool] - state.entry_cost[pool]);
            }
        }
        for (site, &land) in land.iter().enumerate() {
            let zone = layout.site_zone[site] as usize;
            let (shell, grid) = (self.shell[site], self.zone[zone] + state.site_cost[site]);
            // The connection's price is not published: the best of the few that can be best.
            let rents = |price: i64| {
                rent(state.shell_kw[site], shell - price)
                    + rent(state.grid_kw[site], price - grid)
                    + rent(state.btm_kw[site], price - state.btm_cost[site])
            };
            value -= [shell, grid, state.btm_cost[site]].map(rents).into_iter().min().unwrap_or(0);
            if land > i64::MIN {
                value -= rent(state.entry_kw[site], land - self.slot[zone]);
            }
        }
        for (zone, &slot) in self.slot.iter().enumerate() {
            value -= rent(state.slot_kw[zone], slot - self.zone[zone]);
        }
        for (link, &kw) in state.link_kw.iter().enumerate() {
            let (tail, head) = (layout.link_tail[link] as usize, layout.link_head[link] as usize);
            value -= rent(kw, self.zone[tail] - self.zone[head] - state.link_cost[link]);
        }
        for (step, &kw) in state.step_kw.iter().enumerate() {
            value -= rent(kw, self.zone[layout.step_zone[step] as usize] - state.step_cost[step]);
        }
        value
    }
}
