//! The certificate passes what the market publishes, and refuses it as soon as one number is another.

mod markets;

use markets::raw::{Node, Raw, solved};
use markets::strategy::{Pair, markets};
use proptest::prelude::*;
use wattmarket_core::spot::certificate::certify;
use wattmarket_core::spot::clearing::{Clearing, Quote};
use wattmarket_core::spot::market::Market;
use wattmarket_core::spot::routes::POOLED;
use wattmarket_core::spot::undercut::Undercut;

/// A way to reach a column of a clearing.
type Column<T> = fn(&mut Clearing) -> &mut Vec<T>;

/// Columns of flows; any change of any entry breaks a law.
const FLOWS: [(&str, Column<i64>); 11] = [
    ("served", |clearing| &mut clearing.served_kw),
    ("pool", |clearing| &mut clearing.pool_flow),
    ("shell", |clearing| &mut clearing.shell_flow),
    ("shell entry", |clearing| &mut clearing.shell_entry_flow),
    ("grid", |clearing| &mut clearing.grid_flow),
    ("plant", |clearing| &mut clearing.btm_flow),
    ("step", |clearing| &mut clearing.step_flow),
    ("link", |clearing| &mut clearing.link_flow),
    ("entry", |clearing| &mut clearing.entry_flow),
    ("refresh", |clearing| &mut clearing.refresh_flow),
    ("route", |clearing| &mut clearing.routes.kw),
];

/// What a route names.
const NAMES: [(&str, Column<i32>); 4] = [
    ("metro", |clearing| &mut clearing.routes.metro),
    ("workload", |clearing| &mut clearing.routes.workload),
    ("site", |clearing| &mut clearing.routes.site),
    ("pool", |clearing| &mut clearing.routes.pool),
];

fn cleared(case: &Pair) -> Clearing {
    let (demand, state) = &case.ticks[0];
    let mut market = Market::new(case.layout.clone()).expect("a good layout");
    market.clear(demand, state, &|| false).expect("a certified clearing").0
}

fn passes(case: &Pair, clearing: &Clearing) -> bool {
    let (demand, state) = &case.ticks[0];
    certify(&case.layout, &mut Undercut::new(&case.layout), demand, state, clearing).is_ok()
}

/// A clearing changed in one place.
fn changed(clearing: &Clearing, change: impl FnOnce(&mut Clearing)) -> Clearing {
    let mut clearing = clearing.clone();
    change(&mut clearing);
    clearing
}

/// The quotes of a kind of node, and the node's place in it.
fn quote(clearing: &mut Clearing, workloads: usize, node: Node) -> Option<(&mut Quote, usize)> {
    match node {
        Node::Demand(metro, workload) => Some((&mut clearing.demand, metro * workloads + workload)),
        Node::Pool(pool) => Some((&mut clearing.pool, pool)),
        Node::Shell(site) => Some((&mut clearing.shell, site)),
        Node::Zone(zone) => Some((&mut clearing.zone, zone)),
        Node::Slot(zone) => Some((&mut clearing.slot, zone)),
        _ => None,
    }
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 150, ..ProptestConfig::default() })]

    #[test]
    fn no_flow_can_be_another(case in markets()) {
        let clearing = cleared(&case);
        prop_assert!(passes(&case, &clearing));
        for (name, column) in FLOWS {
            for index in 0..column(&mut clearing.clone()).len() {
                for more in [-1, 1] {
                    let wrong = changed(&clearing, |clearing| column(clearing)[index] += more);
                    prop_assert!(!passes(&case, &wrong), "{name} {index} {more:+}");
                }
            }
        }
        for more in [-1, 1] {
            prop_assert!(!passes(&case, &changed(&clearing, |clearing| clearing.objective += more)));
        }
    }

    /// kW that moves along a cycle keeps every node's balance, but not what the flows cost or may carry.
    #[test]
    fn no_power_can_be_drawn_elsewhere(case in markets()) {
        let clearing = cleared(&case);
        for site in 0..case.layout.sites() {
            for kw in [-1, 1] {
                let wrong = changed(&clearing, |clearing| {
                    clearing.grid_flow[site] += kw;
                    clearing.btm_flow[site] -= kw;
                });
                prop_assert!(!passes(&case, &wrong), "site {site} draws {kw:+} kW from the grid, not from its plant");
            }
        }
        for (from, to) in (0..case.layout.steps()).flat_map(|step| [(step, step + 1), (step + 1, step)]) {
            if from.max(to) < case.layout.steps() && case.layout.step_zone[from] == case.layout.step_zone[to] {
                let tied = case.ticks[0].1.step_cost[from] == case.ticks[0].1.step_cost[to];
                let wrong = changed(&clearing, |clearing| {
                    clearing.step_flow[from] -= 1;
                    clearing.step_flow[to] += 1;
                });
                prop_assert!(tied || !passes(&case, &wrong), "step {to} generates what step {from} did");
            }
        }
    }

    #[test]
    fn no_route_can_be_another(case in markets()) {
        let clearing = cleared(&case);
        for (name, column) in NAMES {
            for index in 0..clearing.routes.kw.len() {
                for other in [-2, -1, 0, 1, 2, 3, 1 << 20] {
                    let mut wrong = clearing.clone();
                    let was = std::mem::replace(&mut column(&mut wrong)[index], other);
                    prop_assert!(was == other || !passes(&case, &wrong), "route {index}: {name} {other}, not {was}");
                }
            }
        }
    }

    /// The lowest prices cannot be lower, the highest not higher, and none in between be beyond them.
    #[test]
    fn no_price_can_be_beyond_its_ends(case in markets()) {
        let (demand, state) = &case.ticks[0];
        let raw = Raw::new(&case.layout, demand, state);
        let ends = solved(&raw).1.prices;
        let clearing = cleared(&case);
        for (&node, &at) in &raw.nodes {
            let (low, high) = (!ends.low_unbounded[at], !ends.high_unbounded[at]);
            for (exists, price) in [(low, ends.low[at] - 1), (high, ends.high[at] + 1)] {
                for end in 0..3 {
                    let mut wrong = clearing.clone();
                    let Some((quote, index)) = quote(&mut wrong, case.layout.workloads(), node) else { continue };
                    [&mut quote.low, &mut quote.mid, &mut quote.high][end][index] = price;
                    prop_assert!(!exists || !passes(&case, &wrong), "{node:?}: vector {end} at {price}");
                }
            }
        }
    }

    #[test]
    fn no_column_can_be_short_or_long(case in markets()) {
        let clearing = cleared(&case);
        for (name, column) in FLOWS {
            let long = changed(&clearing, |clearing| column(clearing).push(0));
            prop_assert!(!passes(&case, &long), "{name}");
            let mut short = clearing.clone();
            if column(&mut short).pop().is_some() {
                prop_assert!(!passes(&case, &short), "{name}");
            }
        }
        for (name, column) in NAMES {
            let long = changed(&clearing, |clearing| column(clearing).push(POOLED));
            prop_assert!(!passes(&case, &long), "{name}");
        }
    }
}
