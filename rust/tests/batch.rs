//! Markets of one world beside each other: what they share changes no result.

mod family;

use std::cell::Cell;
use std::num::NonZeroUsize;
use std::time::{Duration, Instant};

use family::walk::Walk;
use family::{Kind, S1, SMALL, World};
use wattmarket_core::error::Error;
use wattmarket_core::spot::batch::Batch;
use wattmarket_core::spot::clearing::Clearing;
use wattmarket_core::spot::layout::Layout;
use wattmarket_core::spot::market::{Failure, Market};
use wattmarket_core::spot::state::{Demand, State};

/// A demand and a state.
type Case = (Demand, State);

/// A world, and cases of it that are unlike each other: a walk with shocks, taken at `count` places.
fn cases(kind: Kind, seed: u64, count: usize) -> (Layout, Vec<Case>) {
    let world = World::new(SMALL, kind, seed);
    let layout = world.layout.clone();
    let mut walk = Walk::new(world, seed, 2, 1);
    let cases = (0..count).map(|_| walk.step()).map(|now| (now.demand.clone(), now.state.clone())).collect();
    (layout, cases)
}

fn alone(layout: &Layout, (demand, state): &Case) -> Clearing {
    let mut market = Market::new(layout.clone()).expect("a good layout");
    market.clear(demand, state, &|| false).expect("a certified clearing").0
}

#[test]
fn a_fork_shares_the_world_and_goes_its_own_way() {
    let (layout, cases) = cases(Kind::Full, 1, 4);
    let mut market = Market::new(layout.clone()).expect("a good layout");
    let mut cold = market.fork();
    assert!(std::ptr::eq(market.layout(), cold.layout()), "one matrix");
    market.clear(&cases[0].0, &cases[0].1, &|| false).expect("a certified clearing");
    let mut warm = market.fork();
    assert!(std::ptr::eq(market.layout(), warm.layout()), "one matrix");
    let nothing = warm.fork().optimise(&|| false);
    assert!(matches!(nothing, Err(Failure::Input(Error::Order { .. }))), "a basis, but no demand and no state");
    for (market, case) in [(&mut market, &cases[1]), (&mut warm, &cases[2]), (&mut cold, &cases[3])] {
        let clearing = market.clear(&case.0, &case.1, &|| false).expect("a certified clearing").0;
        assert_eq!(clearing, alone(&layout, case));
    }
}

#[test]
fn a_fork_starts_from_the_basis_of_the_first() {
    let (layout, cases) = cases(Kind::Plain, 2, 1);
    let (demand, state) = &cases[0];
    let mut market = Market::new(layout).expect("a good layout");
    let (clearing, cold) = market.clear(demand, state, &|| false).expect("a certified clearing");
    let (again, warm) = market.fork().clear(demand, state, &|| false).expect("a certified clearing");
    assert_eq!(again, clearing);
    assert!(warm.pivots == 0 && cold.pivots > 0, "{warm:?} after {cold:?}");
}

const NEVER: fn() -> bool = || false;

fn threads(count: usize) -> Option<NonZeroUsize> {
    NonZeroUsize::new(count)
}

fn clearings(batch: &mut Batch, cases: &[Case], count: usize) -> Vec<Clearing> {
    let outcomes = batch.clear(cases, threads(count), &NEVER).expect("nobody interrupts");
    outcomes.into_iter().map(|outcome| outcome.expect("a certified clearing").0).collect()
}

/// Calls of uneven length on one, two and five threads, cold, warm and after other cases: each clearing is the one that its
/// case has alone.
#[test]
fn threads_change_nothing() {
    for (kind, seed) in [(Kind::Plain, 3), (Kind::Coarse, 4), (Kind::Full, 5), (Kind::Forecast, 6)] {
        let (layout, cases) = cases(kind, seed, 14);
        let expected: Vec<Clearing> = cases.iter().map(|case| alone(&layout, case)).collect();
        let market = Market::new(layout).expect("a good layout");
        for count in [1, 2, 5] {
            let mut batch = Batch::new(&market, 5);
            for window in [0..5, 5..10, 10..13, 3..8, 13..14, 9..14, 0..0, 0..5] {
                assert_eq!(clearings(&mut batch, &cases[window.clone()], count), expected[window], "{kind:?}, {count}");
            }
        }
    }
}

/// One large case among small ones, and cases of another number of willingness-to-pay steps.
#[test]
fn uneven_cases_keep_their_places() {
    let (layout, mut cases) = cases(Kind::Plain, 7, 6);
    cases[1].0.quantity_kw.iter_mut().for_each(|kw| *kw *= 50);
    let one_step = |(demand, state): &Case| {
        let first = |column: &[i64]| column.iter().step_by(3).copied().collect();
        (Demand { steps: 1, quantity_kw: first(&demand.quantity_kw), price: first(&demand.price) }, state.clone())
    };
    cases[2] = one_step(&cases[2]);
    cases[5] = one_step(&cases[5]);
    let expected: Vec<Clearing> = cases.iter().map(|case| alone(&layout, case)).collect();
    let mut batch = Batch::new(&Market::new(layout).expect("a good layout"), 6);
    for _ in 0..2 {
        assert_eq!(clearings(&mut batch, &cases, 3), expected);
        cases.reverse();
        assert_eq!(clearings(&mut batch, &cases, 2), expected.iter().rev().cloned().collect::<Vec<_>>());
        cases.reverse();
    }
}

#[test]
fn a_case_that_fails_takes_no_other_with_it() {
    let (layout, cases) = cases(Kind::Full, 8, 5);
    let expected: Vec<Clearing> = cases.iter().map(|case| alone(&layout, case)).collect();
    for count in [1, 2] {
        let mut batch = Batch::new(&Market::new(layout.clone()).expect("a good layout"), 5);
        let mut wrong = cases.clone();
        wrong[3].1.grid_kw[2] = -7;
        let outcomes = batch.clear(&wrong, threads(count), &NEVER).expect("nobody interrupts");
        for (index, outcome) in outcomes.into_iter().enumerate() {
            match outcome {
                Ok((clearing, _)) => assert_eq!(clearing, expected[index]),
                Err(failure) => {
                    let refused = matches!(failure, Failure::Input(Error::Entry { array: "grid_kw", index: 2, .. }));
                    assert!(index == 3 && refused, "case {index}: {failure:?}");
                }
            }
        }
        assert_eq!(clearings(&mut batch, &cases, count), expected);
    }
}

#[test]
fn there_are_no_more_cases_than_markets() {
    let (layout, cases) = cases(Kind::Plain, 9, 3);
    let mut batch = Batch::new(&Market::new(layout).expect("a good layout"), 2);
    let refused = batch.clear(&cases, None, &NEVER);
    assert_eq!(refused.err(), Some(Error::Length { array: "cases", expected: 2, found: 3 }));
    assert_eq!(clearings(&mut batch, &[], 2), []);
}

#[test]
fn an_interrupt_stops_all_and_leaves_a_batch_that_works() {
    let world = World::new(S1, Kind::Plain, 10);
    let (layout, case) = (world.layout, (world.demand, world.state));
    let (cases, expected) = (vec![case.clone(); 200], alone(&layout, &case));
    let market = Market::new(layout).expect("a good layout");
    for count in [1, 2] {
        let mut batch = Batch::new(&market, cases.len());
        let (start, asked) = (Instant::now(), Cell::new(0));
        // Soon after the start, and once only: who has been told to stop doesn't ask again.
        let interrupt = || {
            asked.set(asked.get() + u32::from(start.elapsed() > Duration::from_millis(30)));
            asked.get() == 1
        };
        let outcome = batch.clear(&cases, threads(count), &interrupt);
        assert!(matches!(outcome, Err(Error::Interrupted)), "200 cases take much longer than 30 ms");
        assert_eq!(asked.get(), 1);
        assert_eq!(clearings(&mut batch, &cases[..4], count), vec![expected.clone(); 4]);
    }
}
