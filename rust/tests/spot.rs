//! The spot market against the raw network, against itself cold, and against the same market contracted less.

mod markets;

use markets::raw::{Raw, agrees, quoted, solved};
use markets::strategy::markets;
use proptest::prelude::*;
use proptest::strategy::ValueTree;
use wattmarket_core::spot::clearing::Clearing;
use wattmarket_core::spot::layout::Layout;
use wattmarket_core::spot::market::Market;
use wattmarket_core::spot::state::{Demand, State};

fn cold(layout: &Layout, (demand, state): &(Demand, State)) -> Clearing {
    let mut market = Market::new(layout.clone()).expect("a good layout");
    market.clear(demand, state, &|| false).expect("a certified clearing").0
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 300, ..ProptestConfig::default() })]

    /// Rings, hubs, implicit arcs and contraction change nothing: same objective, same price intervals.
    #[test]
    fn the_market_is_the_raw_network(case in markets()) {
        let (demand, state) = &case.ticks[0];
        let clearing = cold(&case.layout, &case.ticks[0]);
        agrees(&case.layout, &clearing, &Raw::new(&case.layout, demand, state));
    }

    /// What was cleared before leaves no trace.
    #[test]
    fn warm_is_cold_bit_for_bit(case in markets()) {
        let mut market = Market::new(case.layout.clone()).expect("a good layout");
        for (demand, state) in case.ticks.iter().chain(&case.ticks) {
            let warm = market.clear(demand, state, &|| false).expect("a certified clearing").0;
            prop_assert_eq!(warm, cold(&case.layout, &(demand.clone(), state.clone())));
        }
    }

    /// A connection that could have a plant, and has none, is the same as none.
    #[test]
    fn contraction_has_no_effect_on_prices(case in markets()) {
        let mut layout = case.layout;
        let mut tick = case.ticks[0].clone();
        tick.1.btm_kw.fill(0);
        layout.site_btm.fill(false);
        let contracted = cold(&layout, &tick);
        layout.site_btm.fill(true);
        let open = cold(&layout, &tick);
        prop_assert_eq!(contracted.objective, open.objective);
        let raw = Raw::new(&layout, &tick.0, &tick.1);
        let low_unbounded = solved(&raw).1.prices.low_unbounded;
        // What nobody would bid for has no price of its own.
        for (&node, _) in raw.nodes.iter().filter(|&(_, &at)| !low_unbounded[at]) {
            prop_assert_eq!(quoted(&layout, &contracted, node), quoted(&layout, &open, node), "{:?}", node);
        }
    }
}

#[test]
fn an_interrupt_stops_the_clearing_and_the_market_stays_usable() {
    let mut runner = proptest::test_runner::TestRunner::deterministic();
    let case = markets().new_tree(&mut runner).expect("a market").current();
    let mut market = Market::new(case.layout.clone()).expect("a good layout");
    let (demand, state) = &case.ticks[0];
    assert!(market.clear(demand, state, &|| true).is_err());
    assert_eq!(market.clear(demand, state, &|| false).expect("a clearing").0, cold(&case.layout, &case.ticks[0]));
}
