//! How a market moves from tick to tick: a random walk, and shocks that come and go.

use super::{Draw, World, whole};
use wattmarket_core::spot::state::{Demand, State};

/// What can happen to a market for a while.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Shock {
    /// A quarter of the pools, connections and steps lose all capacity.
    Cut,
    /// A third of the zones have no generation.
    Dark,
    /// All demand ×10.
    Tenfold,
    /// A fifth of the metros want ten times as much.
    Rush,
    /// Nobody wants anything.
    Idle,
    /// Every quantity in whole megawatts and every price in whole dollars per MWh.
    Coarse,
    /// Every quantity in whole gigawatts and every price in whole hundreds of dollars: hardly a number is unlike another.
    Coarsest,
    /// All generation costs the same.
    OnePrice,
    /// All pools cost the same to run.
    OneCost,
    /// Everybody would pay the same.
    OneWorth,
    /// Generation capacities move by up to 90 % each.
    Scramble,
    /// Running costs drawn anew, below zero too.
    Reprice,
    /// Nothing can be served at all.
    Nothing,
}

const SHOCKS: [Shock; 13] = [
    Shock::Cut,
    Shock::Dark,
    Shock::Tenfold,
    Shock::Rush,
    Shock::Idle,
    Shock::Coarse,
    Shock::Coarsest,
    Shock::OnePrice,
    Shock::OneCost,
    Shock::OneWorth,
    Shock::Scramble,
    Shock::Reprice,
    Shock::Nothing,
];

/// A shock that is on.
#[derive(Debug, Clone, Copy)]
struct Event {
    shock: Shock,
    until: u64,
    seed: u64,
}

/// A market on the move.
#[derive(Debug)]
pub struct Walk {
    world: World,
    seed: u64,
    tick: u64,
    /// One new shock in so many ticks.
    shock_every: usize,
    events: Vec<Event>,
    log_demand: Vec<f64>,
    log_cost: Vec<f64>,
    open: Vec<bool>,
    grain: i64,
}

/// Demand and state of a tick.
#[derive(Debug)]
pub struct Tick {
    /// Demand.
    pub demand: Demand,
    /// State.
    pub state: State,
    /// Shocks that are on.
    pub shocks: Vec<Shock>,
    /// Whether a shock came or went, or a site opened or closed.
    pub broken: bool,
}

impl Walk {
    /// Starts at the world's own demand and state. Quantities stay multiples of `grain`.
    pub fn new(world: World, seed: u64, shock_every: usize, grain: i64) -> Self {
        let (pairs, pools, sites) = (world.demand.quantity_kw.len() / 3, world.layout.pools(), world.layout.sites());
        Self {
            seed,
            tick: 0,
            shock_every,
            events: vec![],
            log_demand: vec![0.0; pairs],
            log_cost: vec![0.0; pools],
            open: vec![true; sites],
            world,
            grain,
        }
    }

    /// The next tick.
    pub fn step(&mut self) -> Tick {
        self.tick += 1;
        let mut draw = Draw::new(self.seed.wrapping_add(self.tick << 20), "walk");
        let (mut broken, came) =
            (self.events.iter().any(|event| event.until == self.tick), draw.once_in(self.shock_every));
        self.events.retain(|event| event.until > self.tick);
        if came {
            let (shock, lasts) = (SHOCKS[draw.below(SHOCKS.len())], 1 + draw.below(12) as u64);
            self.events.push(Event { shock, until: self.tick + lasts, seed: self.seed ^ self.tick });
        }
        broken |= came;
        // Now and then nothing moves at all.
        if !draw.once_in(40) {
            // A pull back to the start keeps a long walk in the neighbourhood.
            self.log_demand.iter_mut().for_each(|log| *log = 0.995 * *log + draw.spread(0.015));
            self.log_cost.iter_mut().for_each(|log| *log = 0.995 * *log + draw.spread(0.005));
        }
        if draw.once_in(self.shock_every) {
            let (site, few) = (draw.below(self.open.len()), 1 + draw.below(1 + self.open.len() / 20));
            self.open.iter_mut().skip(site).take(few).for_each(|open| *open = !*open);
            broken = true;
        }
        let (mut demand, mut state) = self.calm();
        for event in &self.events {
            strike(event, &self.world, &mut demand, &mut state);
        }
        Tick { demand, state, shocks: self.events.iter().map(|event| event.shock).collect(), broken }
    }

    /// Demand and state without shocks.
    fn calm(&self) -> (Demand, State) {
        let (mut demand, mut state) = (self.world.demand.clone(), self.world.state.clone());
        for (kw, log) in demand.quantity_kw.chunks_mut(3).zip(&self.log_demand) {
            kw.iter_mut().for_each(|kw| *kw = whole(*kw as f64 * libm::exp(*log), self.grain));
        }
        for (cost, log) in state.pool_cost.iter_mut().zip(&self.log_cost) {
            *cost = whole(*cost as f64 * libm::exp(*log), self.grain);
        }
        let layout = &self.world.layout;
        for (pool, &site) in layout.pool_site.iter().enumerate() {
            if !self.open[site as usize] {
                state.pool_kw[pool] = 0;
            }
        }
        (demand, state)
    }
}

/// Changes demand and state as a shock does.
fn strike(event: &Event, world: &World, demand: &mut Demand, state: &mut State) {
    let mut draw = Draw::new(event.seed, "shock");
    match event.shock {
        Shock::Cut => {
            for column in [&mut state.pool_kw, &mut state.grid_kw, &mut state.step_kw] {
                column.iter_mut().for_each(|kw| *kw *= i64::from(!draw.once_in(4)));
            }
        }
        Shock::Dark => {
            let dark: Vec<bool> = (0..world.layout.zones()).map(|_| draw.once_in(3)).collect();
            for (kw, &zone) in state.step_kw.iter_mut().zip(&world.layout.step_zone) {
                *kw *= i64::from(!dark[zone as usize]);
            }
        }
        Shock::Tenfold => demand.quantity_kw.iter_mut().for_each(|kw| *kw *= 10),
        Shock::Rush => {
            let row = 3 * world.layout.workloads();
            for metro in demand.quantity_kw.chunks_mut(row) {
                let factor = if draw.once_in(5) { 10 } else { 1 };
                metro.iter_mut().for_each(|kw| *kw *= factor);
            }
        }
        Shock::Idle => demand.quantity_kw.fill(0),
        Shock::Coarse => round(demand, state, 1_000, 1_000),
        Shock::Coarsest => round(demand, state, 1_000_000, 100_000),
        Shock::OnePrice => state.step_cost.fill(40_000),
        Shock::OneCost => state.pool_cost.fill(20_000),
        Shock::OneWorth => demand.price.fill(1_000_000),
        Shock::Scramble => {
            for kw in &mut state.step_kw {
                *kw = (*kw as f64 * draw.between(0.1, 1.9)) as i64;
            }
        }
        Shock::Reprice => state.pool_cost.iter_mut().for_each(|cost| *cost = draw.between(-3e4, 2e5) as i64),
        Shock::Nothing => state.pool_kw.fill(0),
    }
}

/// Rounds every quantity to `kw` and every price and cost to `musd`, zero included.
fn round(demand: &mut Demand, state: &mut State, kw: i64, musd: i64) {
    let to = |column: &mut Vec<i64>, grain: i64| {
        column.iter_mut().for_each(|value| *value = (*value + grain / 2).div_euclid(grain) * grain);
    };
    let State { pool_kw, shell_kw, grid_kw, btm_kw, step_kw, link_kw, entry_kw, slot_kw, .. } = state;
    for column in [&mut demand.quantity_kw, pool_kw, shell_kw, grid_kw, btm_kw, step_kw, link_kw, entry_kw, slot_kw] {
        to(column, kw);
    }
    let State { pool_cost, site_cost, btm_cost, step_cost, link_cost, entry_cost, refresh_cost, .. } = state;
    for column in [&mut demand.price, pool_cost, site_cost, btm_cost, step_cost, link_cost, entry_cost, refresh_cost] {
        to(column, musd);
    }
}
