//! The pruned passes against every implicit arc, one by one.

use super::*;
use crate::hash::hash64;
use crate::spot::blocks::RoundTrips;
use crate::spot::layout::NO_BUDGET;
use crate::spot::samples::bare;

fn draws(count: usize, most: u64, stream: u64) -> Vec<i64> {
    (0..count as u64).map(|i| (hash64(i ^ (stream << 32), 1) % most) as i64).collect()
}

/// Sites in several blocks, two pools at some of them; a chain within blocs, one without and a hub.
fn layout() -> Layout {
    let (m, k, s, p) = (30, 6, 1300, 1500);
    let small = |count, most, stream| draws(count, most, stream).into_iter().map(|x| x as u32).collect::<Vec<u32>>();
    // Metros and sites on a line, so that blocks lie together.
    let (metro, site) = (draws(m, 3000, 1), draws(s, 3000, 2));
    let times = metro.iter().flat_map(|&m| site.iter().map(move |&s| (m - s).unsigned_abs() as u16));
    let mut rtt = RoundTrips::new(s, &times.collect::<Vec<u16>>());
    rtt.arrange();
    Layout {
        rtt,
        transport_rate: 1500,
        workload_budget: vec![300, 900, 2500, 700, 40, NO_BUDGET],
        workload_class: vec![0, 0, 0, 1, 1, 0],
        workload_masked: vec![false, false, false, true, true, false],
        class_pool: draws(2 * p, 4, 3).into_iter().map(|x| x > 0).collect(),
        class_shell: draws(2 * s, 9, 4).into_iter().map(|x| x == 0).collect(),
        metro_bloc: small(m, 2, 5),
        site_bloc: small(s, 2, 6),
        pool_site: small(p, s as u64, 7),
        ..bare(m, s, p, k)
    }
}

/// Every implicit arc as (source, node of the port, cost), by the tightest row that reaches the site.
fn arcs(layout: &Layout, wiring: &Wiring) -> Vec<(usize, usize, i64)> {
    let (rows, mut arcs) = (&wiring.rows, vec![]);
    for site in 0..layout.sites() {
        let to = |gate: u32| rows.gates[gate as usize].ports(site).iter().map(|&port| wiring.port_node(port) as usize);
        for chain in &rows.chains {
            for metro in 0..layout.metros() {
                let rtt = layout.rtt(metro, site);
                for ring in (0..chain.budgets.len()).filter(|&ring| rtt <= chain.budgets[ring]) {
                    let (row, cost) = (chain.row(metro, ring), layout.transport_cost(rtt));
                    arcs.extend(to(chain.gate[metro]).map(|node| (row, node, cost)));
                }
            }
        }
        for (hub, of) in rows.hubs.iter().enumerate() {
            arcs.extend(to(of.gate).map(|node| (wiring.hub0 as usize + hub, node, 0)));
        }
    }
    arcs
}

/// Prices of all nodes up to the last port, in cents or in what only 64 bits hold. A looser row pays no more than a tighter one.
fn prices(wiring: &Wiring, round: u64) -> Vec<i64> {
    let scale = if round % 3 == 2 { 1 << 20 } else { 1 };
    let mut price: Vec<i64> = draws(wiring.slot0 as usize, 9_000, 20 + round).iter().map(|x| x * scale).collect();
    for chain in &wiring.rows.chains {
        for row in (0..chain.gate.len()).map(|metro| chain.row(metro, 0)) {
            price[row..row + chain.budgets.len()].sort_unstable_by_key(|&price| Reverse(price));
        }
    }
    price
}

#[test]
fn best_bids_are_the_best_of_all() {
    let layout = layout();
    let wiring = Wiring::new(&layout, 1);
    let arcs = arcs(&layout, &wiring);
    let mut bids = Bids::new(&wiring);
    for round in 0..9 {
        let price = prices(&wiring, round);
        let has: Vec<i64> = draws(price.len(), 12, 60 + round)
            .iter()
            .zip(&price)
            .map(|(&draw, &price)| match draw {
                0 => i64::MAX,
                1..=4 => NO_BID,
                _ => price,
            })
            .collect();
        let mut expected = has.clone();
        for &(source, node, cost) in &arcs {
            expected[node] = expected[node].max(price[source] - cost);
        }
        let bidders = Bidders { price: &price[..wiring.site0 as usize], metros: &vec![true; layout.metros()] };
        let mut found = has.clone();
        for &(node, bid) in bids.find(&layout, &wiring, bidders, |node| has[node as usize]) {
            found[node as usize] = found[node as usize].max(bid);
        }
        assert_eq!(found, expected, "round {round}");
    }
}

#[test]
fn cheapest_asks_are_the_cheapest_of_all() {
    let layout = layout();
    let wiring = Wiring::new(&layout, 1);
    let arcs = arcs(&layout, &wiring);
    let mut asks = Asks::default();
    for round in 0..9 {
        let mut price = prices(&wiring, round);
        // Nobody has anything yet, or all have something.
        price[..wiring.site0 as usize].iter_mut().for_each(|price| *price = if round < 6 { NO_ASK } else { *price });
        let mut expected = price.clone();
        for &(source, node, cost) in &arcs {
            expected[source] = expected[source].min(price[node] + cost);
        }
        let mut found = price.clone();
        let takers = Takers { price: &price, metros: &vec![true; layout.metros()] };
        for &(source, ask) in asks.find(&layout, &wiring, takers) {
            found[source as usize] = found[source as usize].min(ask);
        }
        // Rows of hubs follow from their hubs.
        for row in (0..wiring.rows.len()).filter(|&row| wiring.rows.hub[row] != NONE) {
            found[row] = expected[row];
        }
        assert_eq!(found, expected, "round {round}");
    }
}
