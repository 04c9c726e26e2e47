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

mod flows;
mod prices;

use super::clearing::Clearing;
use super::layout::Layout;
use super::routes::POOLED;
use super::state::{Demand, State};
use super::undercut::{Bargain, Undercut};
use flows::{Routed, cost_of_flows, cost_of_unserved};
use prices::Prices;

/// What a broken certificate says.
type Verdict = Result<(), String>;

fn demand_that(holds: bool, what: impl FnOnce() -> String) -> Verdict {
    if holds { Ok(()) } else { Err(what()) }
}

/// Checks a clearing. `undercut` knows the same layout.
///
/// # Errors
/// A sentence that says which law is broken, and where.
pub fn certify(
    layout: &Layout,
    undercut: &mut Undercut,
    demand: &Demand,
    state: &State,
    clearing: &Clearing,
) -> Verdict {
    shaped(layout, clearing)?;
    flows::served(demand, clearing)?;
    let routed = Routed::read(layout, clearing)?;
    flows::conserve(layout, state, clearing, &routed)?;
    let cost = routed.transport_cost + cost_of_flows(state, clearing) + cost_of_unserved(demand, clearing);
    demand_that(cost == clearing.objective, || {
        format!("flows cost {cost}, the objective says {}", clearing.objective)
    })?;
    let names = ["lowest", "settled", "highest"];
    let vectors = [0, 1, 2].map(|pick| Prices::pick(clearing, pick));
    for (name, prices) in names.iter().zip(&vectors) {
        prices.feasible(layout, state).map_err(|what| format!("{name} prices: {what}"))?;
        let value = prices.value(layout, demand, state);
        demand_that(value == cost, || format!("{name} prices are worth {value}, the flows cost {cost}"))?;
    }
    match undercut.find(layout, &vectors.each_ref().map(Prices::posted)) {
        None => Ok(()),
        Some(Bargain { posted, metro, workload }) => {
            let name = names[posted];
            Err(format!("{name} prices: a port would serve workload {workload} at metro {metro} for less"))
        }
    }
}

/// Every column has an entry for each of what it tells of, and routes name what there is.
fn shaped(layout: &Layout, clearing: &Clearing) -> Verdict {
    let (pairs, pools, sites) = (layout.metros() * layout.workloads(), layout.pools(), layout.sites());
    let [entry_pools, entry_zones] = if layout.entry { [pools, layout.zones()] } else { [0; 2] };
    let routes = &clearing.routes;
    let quotes = [
        ("demand", &clearing.demand, pairs),
        ("pool", &clearing.pool, pools),
        ("shell", &clearing.shell, sites),
        ("zone", &clearing.zone, layout.zones()),
        ("slot", &clearing.slot, entry_zones),
    ];
    let prices = quotes.into_iter().flat_map(|(what, quote, expected)| {
        [&quote.low, &quote.mid, &quote.high].map(|column| (what, column.len(), expected))
    });
    let flows = [
        ("served_kw", clearing.served_kw.len(), pairs),
        ("pool_flow", clearing.pool_flow.len(), pools),
        ("shell_flow", clearing.shell_flow.len(), sites),
        ("shell_entry_flow", clearing.shell_entry_flow.len(), sites),
        ("grid_flow", clearing.grid_flow.len(), sites),
        ("btm_flow", clearing.btm_flow.len(), sites),
        ("step_flow", clearing.step_flow.len(), layout.steps()),
        ("link_flow", clearing.link_flow.len(), layout.links()),
        ("entry_flow", clearing.entry_flow.len(), entry_pools),
        ("refresh_flow", clearing.refresh_flow.len(), entry_pools),
        ("route metro", routes.metro.len(), routes.kw.len()),
        ("route workload", routes.workload.len(), routes.kw.len()),
        ("route site", routes.site.len(), routes.kw.len()),
        ("route pool", routes.pool.len(), routes.kw.len()),
    ];
    for (what, found, expected) in prices.chain(flows) {
        demand_that(found == expected, || format!("{what}: {found} entries instead of {expected}"))?;
    }
    let named = |what: &str, column: &[i32], least: i32, count: usize| {
        let stray = column.iter().position(|&name| name < least || name >= count as i32);
        demand_that(stray.is_none(), || format!("route {} names a {what} that is none", stray.unwrap_or(0)))
    };
    named("metro", &routes.metro, POOLED, layout.metros())?;
    named("workload", &routes.workload, 0, layout.workloads())?;
    named("site", &routes.site, 0, sites)?;
    named("pool", &routes.pool, -1, pools)
}

/// Quantities and prices of a pair's steps.
fn steps(demand: &Demand, pair: usize) -> (&[i64], &[i64]) {
    let row = pair * demand.steps..(pair + 1) * demand.steps;
    (&demand.quantity_kw[row.clone()], &demand.price[row])
}

/// A cost or a worth.
fn times(kw: i64, price: i64) -> i128 {
    i128::from(kw) * i128::from(price)
}
