//! Prices of the spot market, the grounded ones included, against plain relaxation over every residual arc.
//!
//! The engine contracts nodes whose prices move together, searches the rest and leaves the implicit arcs to dense passes.
//! Here every arc is written out, every node stands for itself, and nothing is skipped.

mod markets;

use markets::strategy::markets;
use proptest::prelude::*;
use wattmarket_core::spot::layout::{Layout, NO_BUDGET};
use wattmarket_core::spot::prices::Prices;
use wattmarket_core::spot::rows::NONE;
use wattmarket_core::spot::solve::Session;
use wattmarket_core::spot::state::{Demand, State};
use wattmarket_core::spot::wiring::Wiring;

/// A residual arc x → y of some cost: price(x) ≤ price(y) + cost.
type Arc = (usize, usize, i64);

/// Residual arcs of a session's flow: explicit ones, and from every row and hub to every port that it may enter.
fn residual(session: &Session, layout: &Layout) -> Vec<Arc> {
    let (network, flow, wiring) = (session.simplex.network(), session.simplex.flows(), &session.wiring);
    let mut arcs = vec![];
    for (arc, &kw) in flow.iter().enumerate() {
        let (tail, head) = (network.tail[arc] as usize, network.head[arc] as usize);
        if kw < network.capacity[arc] {
            arcs.push((tail, head, network.cost[arc]));
        }
        if kw > 0 {
            arcs.push((head, tail, -network.cost[arc]));
        }
    }
    let rows = &wiring.rows;
    for (row, (&metro, &workload)) in rows.metro.iter().zip(&rows.workload).enumerate() {
        let (metro, workload) = (metro as usize, workload as usize);
        let class = layout.workload_class[workload] as usize;
        let free = layout.workload_budget[workload] == NO_BUDGET;
        for site in 0..layout.sites() {
            let rtt = layout.rtt(metro, site);
            let away = layout.workload_masked[workload] && layout.metro_bloc[metro] != layout.site_bloc[site];
            if away || !(free || i32::from(rtt) <= layout.workload_budget[workload]) {
                continue;
            }
            // A hub's row reaches its ports at no cost, as its hub does.
            let cost = if free { 0 } else { layout.transport_cost(rtt) };
            let source = if free { (wiring.hub0 + rows.hub[row]) as usize } else { row };
            for (pool, _) in layout.pool_site.iter().enumerate().filter(|&(_, &at)| at as usize == site) {
                if layout.admits_pool(class, pool) {
                    arcs.push((source, wiring.pool[pool] as usize, cost));
                }
            }
            if layout.admits_shell(class, site) {
                assert_ne!(wiring.shell[site], NONE, "what can be entered has a node");
                arcs.push((source, wiring.shell[site] as usize, cost));
            }
        }
    }
    arcs
}

/// Prices of the nodes that known prices reach through open ones: the least that they must be, or the most that they may be.
fn extend(arcs: &[Arc], price: &mut [Option<i64>], open: &[bool], lift: bool) {
    loop {
        let mut changed = false;
        for &(x, y, cost) in arcs {
            let (from, to, cost) = if lift { (x, y, -cost) } else { (y, x, cost) };
            let Some(known) = price[from].filter(|_| open[to]) else { continue };
            let reached = known + cost;
            if price[to].is_none_or(|price| if lift { reached > price } else { reached < price }) {
                price[to] = Some(reached);
                changed = true;
            }
        }
        if !changed {
            return;
        }
    }
}

/// The rules of `spot::prices`, for one vector of which the core is known.
fn ground(arcs: &[Arc], mut price: Vec<Option<i64>>, has_low: &[bool]) -> Vec<i64> {
    let open = |price: &[Option<i64>]| price.iter().map(Option::is_none).collect::<Vec<bool>>();
    let bidden: Vec<bool> = price.iter().zip(has_low).map(|(price, &low)| price.is_none() && low).collect();
    extend(arcs, &mut price, &bidden, true);
    for lift in [false, true] {
        let rest = open(&price);
        extend(arcs, &mut price, &rest, lift);
    }
    let rest = open(&price);
    price.iter_mut().for_each(|price| *price = price.or(Some(0)));
    extend(arcs, &mut price, &rest, false);
    price.into_iter().flatten().collect()
}

fn expected(session: &Session, layout: &Layout) -> Prices {
    let arcs = residual(session, layout);
    let nodes = session.wiring.nodes();
    let end = |lift| {
        let mut price = vec![None; nodes];
        price[session.wiring.sink as usize] = Some(0);
        extend(&arcs, &mut price, &vec![true; nodes], lift);
        price
    };
    let (low, high) = (end(true), end(false));
    let both = |pick: fn(i64, i64) -> i64| -> Vec<Option<i64>> {
        low.iter().zip(&high).map(|(low, high)| low.zip(*high).map(|(low, high)| pick(low, high))).collect()
    };
    let has_low: Vec<bool> = low.iter().map(Option::is_some).collect();
    Prices {
        mid: ground(&arcs, both(|low, high| (low + high).div_euclid(2)), &has_low),
        high: ground(&arcs, both(|_, high| high), &has_low),
        has_high: high.iter().map(Option::is_some).collect(),
        low: ground(&arcs, low, &has_low),
        has_low,
    }
}

/// Takes a market's columns and prices it.
fn priced(session: Session, layout: &Layout, (demand, state): &(Demand, State), prices: &mut Prices) -> Session {
    let mut session = session.updated(layout, demand, state).expect("good columns");
    session.optimise(layout, &|| false).expect("no interrupt");
    session.settle(layout, &|| false).expect("no interrupt");
    session.price(layout, prices);
    session
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 2000, ..ProptestConfig::default() })]

    #[test]
    fn prices_are_those_of_the_whole_residual_network(case in markets()) {
        let (demand, state) = &case.ticks[0];
        let wiring = Wiring::new(&case.layout, demand.steps);
        let mut session = Session::new(&case.layout, wiring, demand, state).expect("a good market");
        let mut prices = Prices::default();
        for tick in &case.ticks {
            session = priced(session, &case.layout, tick, &mut prices);
            prop_assert_eq!(&prices, &expected(&session, &case.layout));
        }
    }
}
