//! The search against its definition, arc by arc.

use super::*;
use crate::hash::hash64;
use crate::spot::blocks::RoundTrips;
use crate::spot::rows::NONE;
use crate::spot::samples;

/// All implicit arcs of the ring form with their reduced costs.
fn arcs(layout: &Layout, wiring: &Wiring, potential: &[i64]) -> Vec<Found> {
    let rows = &wiring.rows;
    let mut arcs = vec![];
    let mut arc = |source: usize, port: u32, cost: i64| {
        let reduced_cost = cost - potential[source] + potential[wiring.port_node(port) as usize];
        arcs.push(Found { reduced_cost, source: source as u32, port, cost });
    };
    for chain in &rows.chains {
        for (metro, &gate) in chain.gate.iter().enumerate() {
            for site in 0..layout.sites() {
                let rtt = layout.rtt(metro, site);
                if let Some(ring) = chain.ring(rtt) {
                    for &port in rows.gates[gate as usize].ports(site) {
                        arc(chain.row(metro, ring), port, layout.transport_cost(rtt));
                    }
                }
            }
        }
    }
    for (index, hub) in rows.hubs.iter().enumerate() {
        for site in 0..layout.sites() {
            for &port in rows.gates[hub.gate as usize].ports(site) {
                arc(wiring.hub0 as usize + index, port, 0);
            }
        }
    }
    arcs
}

/// The cheapest of each source.
fn cheapest(mut arcs: Vec<Found>, most: usize) -> Vec<Found> {
    arcs.sort_unstable_by_key(|arc| (arc.source, *arc));
    let mut kept: Vec<Found> = vec![];
    for arc in arcs {
        let of_source = kept.iter().rev().take_while(|kept| kept.source == arc.source).count();
        if of_source < most {
            kept.push(arc);
        }
    }
    kept.sort_unstable();
    kept
}

fn sorted(found: &[Found]) -> Vec<Found> {
    let mut found = found.to_vec();
    found.sort_unstable();
    found
}

fn market(round: u32, arranged: bool) -> (Layout, Wiring) {
    let mut layout = samples::layout(round);
    if !arranged {
        let units: Vec<u16> = (0..layout.metros() * layout.sites())
            .map(|pair| layout.rtt(pair / layout.sites(), pair % layout.sites()))
            .collect();
        layout.rtt = RoundTrips::new(layout.sites(), &units);
    }
    let wiring = Wiring::new(&layout, 1);
    (layout, wiring)
}

fn check(level: Level, round: u32, scale: i64) {
    let (layout, wiring) = market(round, !round.is_multiple_of(3));
    let mut search = Search::new(&wiring);
    search.level = level;
    let draw = |at: u64, most: u64| (hash64(at, round + 99) % most) as i64;
    let mut potential: Vec<i64> = (0..wiring.nodes() as u64).map(|node| scale * (draw(node, 60) + 20)).collect();
    for most in [1, 3, usize::MAX] {
        let violators = sorted(search.violators(&layout, &wiring, &potential, most));
        let mut expected = arcs(&layout, &wiring, &potential);
        expected.retain(|arc| arc.reduced_cost < 0);
        assert_eq!(violators, cheapest(expected, most), "round {round}, {level:?}, {most} at most");
    }
    // Every source pays its cheapest own arc, or less: then none is below zero.
    let all = arcs(&layout, &wiring, &potential);
    for (source, price) in potential.iter_mut().enumerate().take(wiring.site0 as usize) {
        let own = all.iter().filter(|arc| arc.source as usize == source).map(|arc| arc.reduced_cost).min();
        *price += own.unwrap_or(0) - i64::from(draw(source as u64, 5) == 0);
    }
    assert_eq!(search.violators(&layout, &wiring, &potential, 8), []);
    let mut even = arcs(&layout, &wiring, &potential);
    even.retain(|arc| arc.reduced_cost == 0);
    assert!(!even.is_empty() || wiring.rows.gates.is_empty());
    assert_eq!(sorted(search.tied(&layout, &wiring, &potential)), sorted(&even), "round {round}, {level:?}");
    // The same memory serves again.
    potential.iter_mut().for_each(|price| *price += 7);
    let sources = 0..wiring.site0 as usize;
    sources.filter(|&source| wiring.rows.hub.get(source) == Some(&NONE)).for_each(|source| potential[source] += 1);
    let mut expected = arcs(&layout, &wiring, &potential);
    expected.retain(|arc| arc.reduced_cost < 0);
    assert_eq!(sorted(search.violators(&layout, &wiring, &potential, usize::MAX)), sorted(&expected));
}

#[test]
fn what_is_found_is_what_there_is_at_every_level_in_both_widths() {
    for level in Level::available() {
        for round in 0..60 {
            check(level, round, 1);
            check(level, round, 1 << 30);
        }
    }
}

/// From pass to pass few prices change: what is left out must be what need not be looked at.
#[test]
fn looking_again_misses_nothing() {
    let (mut left_out, mut ties) = (0, 0);
    for round in 0..60u32 {
        let (layout, wiring) = market(round, true);
        let draw = |at: u64, most: u64| (hash64(at, round + 5) % most) as i64;
        let scale = if round % 4 == 0 { 1 << 26 } else { 1 };
        let mut potential: Vec<i64> = (0..wiring.nodes() as u64).map(|node| scale * (draw(node, 60) + 20)).collect();
        let (mut again, mut all) = (Search::new(&wiring), Search::new(&wiring));
        for pass in 0..12u64 {
            all.forget();
            for (source, price) in potential.iter_mut().enumerate().take(wiring.site0 as usize) {
                *price -= i64::from(draw(pass << 20 | source as u64, 9) == 0) * scale * draw(source as u64, 30);
            }
            let most = [2, usize::MAX][draw(pass << 30, 2) as usize];
            let found = sorted(again.violators(&layout, &wiring, &potential, most));
            assert_eq!(found, sorted(all.violators(&layout, &wiring, &potential, most)), "round {round}, pass {pass}");
            left_out += all.scanned() - again.scanned();
            if found.is_empty() {
                let tied = sorted(again.tied(&layout, &wiring, &potential));
                assert_eq!(tied, sorted(all.tied(&layout, &wiring, &potential)), "round {round}, pass {pass}");
                ties += tied.len();
            }
            // Those that are found pay no more than is asked; here and there a port asks less, or a row pays more.
            for arc in &found {
                let asked = arc.cost + potential[wiring.port_node(arc.port) as usize];
                let price = &mut potential[arc.source as usize];
                *price = (*price).min(asked);
            }
            potential.iter_mut().enumerate().skip(wiring.site0 as usize).for_each(|(node, price)| {
                *price -= i64::from(draw(pass << 40 | node as u64, 25) == 0) * scale * draw(node as u64, 5);
            });
        }
    }
    assert!(left_out > 0 && ties > 0, "{left_out} blocks left out, {ties} ties");
}

/// Prices beyond the range of the narrow pass, at ports only: they must be told from those within all the same.
#[test]
fn ports_may_be_out_of_range() {
    for level in Level::available() {
        for round in 0..20 {
            let (layout, wiring) = market(round, true);
            let mut search = Search::new(&wiring);
            search.level = level;
            let draw = |at: u64, most: u64| (hash64(at, round + 7) % most) as i64;
            let price = |node: u64| match draw(node, 6) {
                0 => 1 << 40,
                1 => -(1 << 40) - draw(node, 50),
                2 => (1 << 29) + draw(node, 9) - 4,
                _ => draw(node + 1_000, 60),
            };
            let mut potential: Vec<i64> = (0..wiring.nodes() as u64).map(price).collect();
            (0..wiring.site0 as usize).for_each(|source| potential[source] = draw(source as u64, 90));
            for most in [1, 2, usize::MAX] {
                let mut expected = arcs(&layout, &wiring, &potential);
                expected.retain(|arc| arc.reduced_cost < 0);
                let found = sorted(search.violators(&layout, &wiring, &potential, most));
                assert_eq!(found, cheapest(expected, most), "round {round}, {level:?}, {most} at most");
            }
        }
    }
}

#[test]
fn most_blocks_are_left_alone_where_prices_are_near_the_optimum() {
    // Sites on a line, metros among them, all at one price: who pays a little reaches a little.
    let (metros, sites) = (9usize, 1_000usize);
    let at = |site: usize| (hash64(site as u64, 5) % 20_000) as i64;
    let units: Vec<u16> = (0..metros * sites)
        .map(|pair| at(pair % sites).abs_diff(2_000 * (pair / sites) as i64 + 1_000) as u16)
        .collect();
    let mut layout = samples::layout(0);
    layout.rtt = RoundTrips::new(sites, &units);
    layout.rtt.arrange();
    layout.transport_rate = 1024;
    layout.workload_budget = vec![2_000, 60_000];
    layout.workload_class = vec![0; 2];
    layout.workload_masked = vec![false; 2];
    layout.workload_key = vec![1, 2];
    layout.metro_bloc = vec![0; metros];
    layout.metro_key = (0..metros as u64).collect();
    layout.site_bloc = vec![0; sites];
    layout.site_zone = vec![0; sites];
    layout.site_btm = vec![false; sites];
    layout.site_key = (0..sites as u64).collect();
    layout.pool_site = (0..sites as u32).collect();
    layout.pool_key = (0..sites as u64).collect();
    layout.class_pool = vec![true; sites];
    layout.class_shell = vec![false; sites];
    let wiring = Wiring::new(&layout, 1);
    let mut potential = vec![5_000; wiring.nodes()];
    potential[..wiring.site0 as usize].fill(5_300);
    let mut search = Search::new(&wiring);
    let expected = arcs(&layout, &wiring, &potential).iter().filter(|arc| arc.reduced_cost < 0).count();
    assert_eq!(search.violators(&layout, &wiring, &potential, usize::MAX).len(), expected);
    assert!(search.scanned() < metros * layout.rtt.blocks() / 4, "{} blocks", search.scanned());
}
