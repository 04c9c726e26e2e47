//! Everybody pays the least that they could be served for: no bargain. A unit more, anywhere: found.

use super::*;
use crate::hash::hash64;
use crate::spot::samples::layout;

/// The least that a workload could be served for.
fn least(layout: &Layout, posted: &Posted<'_>, metro: usize, workload: usize) -> Option<i64> {
    let class = layout.workload_class[workload] as usize;
    let budget = layout.workload_budget[workload];
    let at = |site: usize, price: i64| {
        let away = layout.workload_masked[workload] && layout.metro_bloc[metro] != layout.site_bloc[site];
        let rtt = layout.rtt(metro, site);
        match (away, budget) {
            (true, _) => None,
            (false, NO_BUDGET) => Some(price),
            (false, budget) => (i32::from(rtt) <= budget).then(|| price + layout.transport_cost(rtt)),
        }
    };
    let pools = (0..layout.pools()).filter(|&pool| layout.admits_pool(class, pool));
    let pools = pools.filter_map(|pool| at(layout.pool_site[pool] as usize, posted.pool[pool]));
    let shells = (0..layout.sites()).filter(|&site| layout.admits_shell(class, site));
    pools.chain(shells.filter_map(|site| at(site, posted.shell[site]))).min()
}

fn check(level: Level, round: u32, scale: i64) {
    let layout = layout(round);
    let (m, k) = (layout.metros(), layout.workloads());
    let prices = |count: usize, stream: u64| -> Vec<i64> {
        (0..count as u64).map(|i| scale * ((hash64(i + (stream << 20), round + 7) % 60) as i64 - 20)).collect()
    };
    let columns: Vec<_> = (0..3).map(|v| (prices(layout.pools(), v), prices(layout.sites(), v + 10))).collect();
    // Everybody pays exactly the least; those whom nobody serves pay a lot.
    let mut demand: Vec<Vec<i64>> = columns
        .iter()
        .map(|(pool, shell)| {
            let posted = Posted { demand: &[], pool, shell };
            let pays = |pair: usize| least(&layout, &posted, pair / k, pair % k).unwrap_or(scale * 1_000);
            (0..m * k).map(pays).collect()
        })
        .collect();
    let mut undercut = Undercut::new(&layout);
    undercut.level = level;
    let mut find = |demand: &[Vec<i64>]| {
        let posted: Vec<Posted<'_>> =
            demand.iter().zip(&columns).map(|(demand, (pool, shell))| Posted { demand, pool, shell }).collect();
        undercut.find(&layout, &posted)
    };
    assert_eq!(find(&demand), None, "round {round}");
    for pair in 0..m * k {
        let which = (round as usize + pair) % 3;
        demand[which][pair] += 1;
        let found = find(&demand);
        if demand[which][pair] == scale * 1_000 + 1 {
            assert_eq!(found, None, "round {round}: nobody serves pair {pair}");
        } else {
            let bargain = Bargain { posted: which, metro: pair / k, workload: pair % k };
            assert_eq!(found, Some(bargain), "round {round}");
        }
        demand[which][pair] -= 1;
    }
}

#[test]
fn every_unit_too_much_is_found_at_every_level_and_no_other() {
    for level in Level::available() {
        for round in 0..25 {
            check(level, round, 1);
            check(level, round, 1 << 30);
        }
    }
}

#[test]
fn prices_that_are_nobodys_are_refused() {
    let layout = layout(1);
    let (demand, pool, shell) = (vec![0; 20], vec![0; 170], vec![1 << 60; 150]);
    let posted = Posted { demand: &demand, pool: &pool, shell: &shell };
    let refused = Bargain { posted: 0, metro: 0, workload: 0 };
    assert_eq!(Undercut::new(&layout).find(&layout, &[posted]), Some(refused));
}
