//! Spot markets of every kind, made from bytes: small, so that they can be checked, and with few small numbers, so that ties
//! and zero capacities abound.

#![allow(dead_code)] // Each test binary takes what it needs.

pub mod raw;
#[cfg(not(fuzzing))]
pub mod strategy;

use wattmarket_core::hash::hash64;
use wattmarket_core::spot::blocks::RoundTrips;
use wattmarket_core::spot::layout::{Layout, NO_BUDGET};
use wattmarket_core::spot::state::{Demand, State};

/// A market made from bytes; demands and states follow from [`Case::tick`].
#[derive(Debug, Clone)]
pub struct Case {
    /// Static columns.
    pub layout: Layout,
    /// Costs are multiples of this; the larger one takes them beyond what 32 bits hold.
    cost: i64,
    /// Quantities are multiples of this.
    kw: i64,
    /// Willingness-to-pay steps of the ticks to come.
    pub steps: usize,
}

/// Bytes as draws: first as they come, then, when they have run out, mixed with their place.
#[derive(Debug, Clone)]
pub struct Draw<'a> {
    bytes: &'a [u8],
    next: usize,
}

impl<'a> Draw<'a> {
    /// Starts with the first byte.
    pub fn new(bytes: &'a [u8]) -> Self {
        Self { bytes, next: 0 }
    }

    /// Whether all bytes have been used.
    pub fn spent(&self) -> bool {
        self.next >= self.bytes.len()
    }

    /// A whole number below `most`, or zero.
    pub fn below(&mut self, most: usize) -> usize {
        let at = self.next;
        self.next += 1;
        let byte = |at: usize| u64::from(self.bytes.get(at).copied().unwrap_or(0));
        let word = if self.spent_at(at) { hash64(byte(at % self.bytes.len().max(1)), at as u32) } else { byte(at) };
        (word % most.max(1) as u64) as usize
    }

    fn spent_at(&self, at: usize) -> bool {
        at >= self.bytes.len()
    }

    fn column(&mut self, count: usize, least: i64, most: i64, unit: i64) -> Vec<i64> {
        (0..count).map(|_| (least + self.below((most - least) as usize) as i64) * unit).collect()
    }

    fn positions(&mut self, count: usize, most: usize) -> Vec<u32> {
        (0..count).map(|_| self.below(most) as u32).collect()
    }

    fn truths(&mut self, count: usize, of_ten: usize) -> Vec<bool> {
        (0..count).map(|_| self.below(10) < of_ten).collect()
    }
}

impl Case {
    /// Masks, hubs, shells entered directly, several pools at a site, plants behind the meter, links, entry and refresh; in
    /// one of eight, sites enough for more than one block of the dense passes.
    pub fn new(draw: &mut Draw<'_>) -> Self {
        let many = if draw.below(8) == 7 { 60 + draw.below(90) } else { 0 };
        let (m, s, z) = (1 + draw.below(4), 1 + draw.below(6) + many, 1 + draw.below(3));
        let (k, p, g) = (1 + draw.below(4), draw.below(9) + many, draw.below(6));
        let far = [1, 1, 1, 4_000][draw.below(4)];
        let layout = layout(draw, [m, s, z, k, p, g], far);
        let (cost, kw) = ([1, 1, 1, 10_000_000][draw.below(4)], [1, 1, 1, 200_000_000][draw.below(4)]);
        Self { layout, cost, kw, steps: 1 + draw.below(3) }
    }
}

fn layout(draw: &mut Draw<'_>, [m, s, z, k, p, g]: [usize; 6], far: u16) -> Layout {
    let l = if z > 1 { draw.below(3) } else { 0 };
    let workload_class: Vec<u32> = (0..k as u32).map(|k| k / 2).collect();
    let c = k.div_ceil(2);
    let link_tail = draw.positions(l, z);
    let key = |kind: u64, count: usize| (0..count as u64).map(|i| kind << 32 | i).collect::<Vec<u64>>();
    let far_or_none = |reach: usize| reach as i32 * i32::from(far);
    Layout {
        rtt: RoundTrips::new(s, &draw.positions(m * s, 12).into_iter().map(|rtt| rtt as u16 * far).collect::<Vec<_>>()),
        transport_rate: [0, 512, 1024, 65_535][draw.below(4)],
        workload_budget: (0..k)
            .map(|_| if draw.below(3) == 0 { NO_BUDGET } else { far_or_none(draw.below(12)) })
            .collect(),
        workload_class,
        workload_masked: draw.truths(k, 3),
        class_pool: draw.truths(c * p, 7),
        class_shell: draw.truths(c * s, 2),
        metro_bloc: draw.positions(m, 2),
        site_bloc: draw.positions(s, 2),
        site_zone: draw.positions(s, z),
        site_btm: draw.truths(s, 3),
        pool_site: draw.positions(p, s),
        step_zone: draw.positions(g, z),
        link_head: link_tail.iter().map(|&tail| (tail + 1) % z as u32).collect(),
        link_tail,
        zone_key: key(1, z),
        metro_key: key(2, m),
        site_key: key(3, s),
        workload_key: key(4, k),
        pool_key: key(5, p),
        step_key: key(6, g),
        link_key: key(7, l),
        entry: draw.below(2) == 0,
    }
}

impl Case {
    /// A demand and a state.
    pub fn tick(&self, draw: &mut Draw<'_>) -> (Demand, State) {
        let layout = &self.layout;
        let (s, p, g, l, z) = (layout.sites(), layout.pools(), layout.steps(), layout.links(), layout.zones());
        let pairs = layout.metros() * layout.workloads();
        let steps = self.steps;
        let kw = |count: usize, most: i64, draw: &mut Draw<'_>| draw.column(count, 0, most, self.kw);
        let cost =
            |count: usize, least: i64, most: i64, draw: &mut Draw<'_>| draw.column(count, least, most, self.cost);
        let entering = |count: usize| if layout.entry { count } else { 0 };
        let demand = Demand { steps, quantity_kw: kw(pairs * steps, 9, draw), price: cost(pairs * steps, 1, 60, draw) };
        let btm = kw(s, 12, draw);
        let state = State {
            pool_kw: kw(p, 16, draw),
            pool_cost: cost(p, -2, 9, draw),
            shell_kw: kw(s, 20, draw),
            grid_kw: kw(s, 20, draw),
            site_cost: cost(s, 0, 6, draw),
            btm_kw: btm.iter().zip(&layout.site_btm).map(|(&kw, &may)| if may { kw } else { 0 }).collect(),
            btm_cost: cost(s, 0, 30, draw),
            step_kw: kw(g, 40, draw),
            step_cost: cost(g, 0, 25, draw),
            link_kw: kw(l, 15, draw),
            link_cost: cost(l, 0, 5, draw),
            entry_kw: kw(entering(s), 15, draw),
            entry_cost: cost(entering(p), 5, 40, draw),
            slot_kw: kw(entering(z), 30, draw),
            refresh_cost: cost(entering(p), 2, 30, draw),
        };
        (demand, state)
    }
}
