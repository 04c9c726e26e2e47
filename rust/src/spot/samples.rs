//! Random layouts for the tests of the dense passes.

use super::blocks::RoundTrips;
use super::layout::{Layout, NO_BUDGET};
use crate::hash::hash64;

/// Four workloads of two classes at 150 sites, some masked, some without a budget, some entering shells.
pub fn layout(round: u32) -> Layout {
    let draw = |at: u64, most: u64| hash64(at, round) % most;
    let (m, s, p, k) = (5usize, 150usize, 170usize, 4usize);
    let column = |count: usize, stream: u64, most: u64| {
        (0..count as u64).map(|i| draw(i + (stream << 20), most)).collect::<Vec<u64>>()
    };
    let indices = |count, stream, most| column(count, stream, most).into_iter().map(|x| x as u32).collect::<Vec<u32>>();
    let truths = |count, stream, most| column(count, stream, most).into_iter().map(|x| x == 0).collect::<Vec<bool>>();
    let units: Vec<u16> = column(m * s, 1, 90).into_iter().map(|x| x as u16).collect();
    let mut layout = Layout {
        rtt: RoundTrips::new(s, &units),
        transport_rate: [0, 512, 1024][draw(1, 3) as usize],
        workload_budget: column(k, 2, 100).into_iter().map(|x| if x < 20 { NO_BUDGET } else { x as i32 }).collect(),
        workload_class: vec![0, 0, 1, 1],
        workload_masked: truths(k, 3, 3),
        class_pool: truths(2 * p, 4, 2),
        class_shell: truths(2 * s, 5, 4),
        metro_bloc: indices(m, 6, 3),
        site_bloc: indices(s, 7, 3),
        pool_site: indices(p, 8, s as u64),
        ..bare(m, s, p, k)
    };
    layout.rtt.arrange();
    layout
}

/// A layout that has its size and nothing else: no round-trip times, nobody admitted, all in one zone, without power or keys.
pub fn bare(m: usize, s: usize, p: usize, k: usize) -> Layout {
    Layout {
        rtt: RoundTrips::default(),
        transport_rate: 0,
        workload_budget: vec![NO_BUDGET; k],
        workload_class: vec![0; k],
        workload_masked: vec![false; k],
        class_pool: vec![false; p],
        class_shell: vec![false; s],
        metro_bloc: vec![0; m],
        site_bloc: vec![0; s],
        site_zone: vec![0; s],
        site_btm: vec![false; s],
        pool_site: vec![0; p],
        step_zone: vec![],
        link_tail: vec![],
        link_head: vec![],
        zone_key: vec![0],
        metro_key: vec![0; m],
        site_key: vec![0; s],
        workload_key: vec![0; k],
        pool_key: vec![0; p],
        step_key: vec![],
        link_key: vec![],
        entry: false,
    }
}
