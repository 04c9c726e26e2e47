//! Markets of one world beside each other: what they share changes no result.

mod family;

use family::walk::Walk;
use family::{Kind, SMALL, World};
use wattmarket_core::error::Error;
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
