//! Laws over long histories: whatever came before, a clearing is the one that a fresh market gives, bit for bit.
//!
//! The short ones run with every `cargo test`; `make laws` runs the long ones, at the benchmark's sizes.

mod family;
mod markets;
mod paths;

use std::time::Instant;

use family::walk::{Tick, Walk};
use family::{Draw, Kind, SMALL, Size, World};
use markets::raw::{Raw, agrees};
use paths::{never, take};
use wattmarket_core::spot::certificate::certify;
use wattmarket_core::spot::clearing::Clearing;
use wattmarket_core::spot::layout::Layout;
use wattmarket_core::spot::market::Market;
use wattmarket_core::spot::prices::Prices;
use wattmarket_core::spot::solve::Session;
use wattmarket_core::spot::undercut::Undercut;
use wattmarket_core::spot::wiring::Wiring;

/// A history of a market and how closely to look at it.
struct History {
    size: Size,
    kind: Kind,
    seed: u64,
    ticks: usize,
    /// One new shock in so many ticks, and a change of sites as often.
    shock_every: usize,
    /// Calm ticks are cleared cold once in so many; ticks on which something breaks, always.
    cold_every: usize,
    /// Cleared as a raw network once in so many ticks; 0 for never.
    raw_every: usize,
}

/// What was done.
#[derive(Debug, Default)]
struct Tally {
    ticks: usize,
    shocked: usize,
    broken: usize,
    cold: usize,
    raw: usize,
    pivots: u64,
}

impl History {
    fn hold(&self) -> Tally {
        let world = World::new(self.size, self.kind, self.seed);
        let layout = world.layout.clone();
        let mut market = Market::new(layout.clone()).expect("a good layout");
        let grain = if self.kind == Kind::Coarse { 1_000 } else { 1 };
        let mut walk = Walk::new(world, self.seed, self.shock_every, grain);
        let (mut draw, mut tally) = (Draw::new(self.seed, "paths"), Tally::default());
        for tick in 1..=self.ticks {
            let now = walk.step();
            let place = || format!("{:?}, seed {}, tick {tick} ({:?})", self.kind, self.seed, now.shocks);
            // A market certifies every optimum, and in raw form what it publishes.
            let taken = take(&mut market, &now.demand, &now.state, &mut |count| draw.below(count));
            let (objective, clearing) = taken.unwrap_or_else(|failure| panic!("{}: {failure:?}", place()));
            tally.count(&now, market.effort().pivots);
            if now.broken || tick % self.cold_every == 0 {
                tally.cold += 1;
                let cold = cold(&layout, &now);
                assert_eq!(objective, cold.objective, "{}", place());
                let what = clearing.as_ref().map(|clearing| differing(clearing, &cold)).unwrap_or_default();
                assert!(what.is_empty(), "{}: {what:?} differ from a cold start", place());
            }
            if self.raw_every > 0 && tick % self.raw_every == 0 {
                tally.raw += 1;
                let clearing = clearing.map_or_else(|| market.clearing(&never), Ok).expect("a certified clearing");
                agrees(&layout, &clearing, &Raw::new(&layout, &now.demand, &now.state));
            }
        }
        tally
    }

    /// Runs a long history and says what was done.
    fn report(&self) {
        let start = Instant::now();
        let tally = self.hold();
        let Size(metros, sites, _) = self.size;
        println!(
            "{:?} {metros} x {sites}, seed {}: {} ticks certified, {} of them shocked; {} equal to a cold start, {} of \
             these on the tick of a break; {} agree with the raw network; {} pivots; {:.0} s",
            self.kind,
            self.seed,
            tally.ticks,
            tally.shocked,
            tally.cold,
            tally.broken,
            tally.raw,
            tally.pivots,
            start.elapsed().as_secs_f64()
        );
    }
}

impl Tally {
    fn count(&mut self, now: &Tick, pivots: u64) {
        self.ticks += 1;
        self.shocked += usize::from(!now.shocks.is_empty());
        self.broken += usize::from(now.broken);
        self.pivots += pivots;
    }
}

fn cold(layout: &Layout, now: &Tick) -> Clearing {
    let mut market = Market::new(layout.clone()).expect("a good layout");
    market.clear(&now.demand, &now.state, &never).expect("a certified clearing").0
}

/// Names of the columns in which two clearings differ.
fn differing(one: &Clearing, other: &Clearing) -> Vec<&'static str> {
    let mut names = vec![];
    let mut note = |name: &'static str, same: bool| {
        if !same {
            names.push(name);
        }
    };
    note("objective", one.objective == other.objective);
    note("demand", one.demand == other.demand);
    note("pool", one.pool == other.pool);
    note("shell", one.shell == other.shell);
    note("zone", one.zone == other.zone);
    note("pool_flow", one.pool_flow == other.pool_flow);
    note("step_flow", one.step_flow == other.step_flow);
    note("routes", one.routes == other.routes);
    // Whatever is published and not named above.
    note("the clearing", one == other);
    names
}

#[test]
fn a_warm_market_clears_as_a_cold_one_through_every_shock() {
    for (kind, seed) in [(Kind::Plain, 1), (Kind::Coarse, 2), (Kind::Full, 3), (Kind::Forecast, 4)] {
        let (ticks, shock_every) = (120, 4);
        let tally = History { size: SMALL, kind, seed, ticks, shock_every, cold_every: 2, raw_every: 40 }.hold();
        assert!(tally.shocked > ticks / 2 && tally.cold > ticks / 2, "{tally:?}");
    }
}

/// A session whose warm solves give up at once, or soon, ends where every other one does.
#[test]
fn a_market_that_starts_cold_again_and_again_clears_alike() {
    for (kind, patience) in [(Kind::Plain, 0), (Kind::Full, 40), (Kind::Forecast, 3)] {
        let world = World::new(SMALL, kind, 6);
        let layout = Market::new(world.layout.clone()).expect("a good layout").layout().clone();
        let wiring = Wiring::new(&layout, world.demand.steps);
        let mut session = Session::new(&layout, wiring, &world.demand, &world.state).expect("good columns");
        session.simplex.give_up_after(patience);
        let (mut walk, mut prices) = (Walk::new(world, 6, 4, 1), Prices::default());
        for tick in 1..=15 {
            let now = walk.step();
            session = session.updated(&layout, &now.demand, &now.state).expect("good columns");
            session.optimise(&layout, &never).expect("no interrupt");
            let objective = session.prove().expect("an optimum");
            session.settle(&layout, &never).expect("no interrupt");
            session.price(&layout, &mut prices);
            let clearing = Clearing::read(&layout, &now.demand, &now.state, &session, &prices, objective);
            certify(&layout, &mut Undercut::new(&layout), &now.demand, &now.state, &clearing)
                .expect("a certified clearing");
            let what = differing(&clearing, &cold(&layout, &now));
            assert!(what.is_empty(), "{kind:?}, tick {tick} ({:?}): {what:?} differ from a cold start", now.shocks);
        }
        assert!(session.simplex.effort().cold_starts > 5, "{:?}", session.simplex.effort());
    }
}

#[test]
#[ignore = "long: make laws"]
fn ten_thousand_ticks_of_the_smallest_benchmark_market() {
    let (size, ticks, shock_every) = (family::S1, 10_000, 8);
    History { size, kind: Kind::Plain, seed: 11, ticks, shock_every, cold_every: 1, raw_every: 250 }.report();
}

#[test]
#[ignore = "long: make laws"]
fn thousands_of_ticks_of_markets_that_have_everything() {
    let (size, ticks, shock_every) = (family::S1, 2_500, 8);
    for (kind, seed) in [(Kind::Coarse, 12), (Kind::Full, 13), (Kind::Forecast, 14)] {
        History { size, kind, seed, ticks, shock_every, cold_every: 1, raw_every: 250 }.report();
    }
}

#[test]
#[ignore = "long: make laws"]
fn a_thousand_ticks_of_the_second_benchmark_market() {
    let (size, ticks, shock_every) = (family::S2, 1_000, 8);
    for (kind, seed) in [(Kind::Plain, 21), (Kind::Coarse, 22)] {
        History { size, kind, seed, ticks, shock_every, cold_every: 1, raw_every: 0 }.report();
    }
}
