//! Spot markets through sequences of ticks: against the raw network and against a cold start.

use wattmarket_core::simd::{Level, force};
use wattmarket_core::spot::market::Market;
use wattmarket_core::spot::state::{Demand, State};

use crate::markets::raw::{Raw, agrees};
use crate::markets::{Case, Draw};
use crate::paths::{never, take};

const LEVELS: [Level; 3] = [Level::Baseline, Level::Avx2, Level::Avx512];

/// A market from tick to tick, in every way of taking it.
pub fn markets(bytes: &[u8]) {
    let mut draw = Draw::new(bytes);
    let mut case = Case::new(&mut draw);
    let mut market = Market::new(case.layout.clone()).expect("a good layout");
    let (mut demand, mut state) = case.tick(&mut draw);
    for tick in 0..8 {
        let (objective, clearing) =
            take(&mut market, &demand, &state, &mut |count| draw.below(count)).expect("a certified clearing");
        // Warm and cold with different instructions: results don't depend on them.
        force(LEVELS[draw.below(LEVELS.len())]);
        let mut cold = Market::new(case.layout.clone()).expect("a good layout");
        let fresh = cold.clear(&demand, &state, &never).expect("a certified clearing").0;
        assert_eq!(objective, fresh.objective);
        if let Some(clearing) = clearing {
            assert_eq!(clearing, fresh);
        }
        if tick % 4 == 0 && case.layout.sites() < 60 || tick == 0 {
            agrees(&case.layout, &fresh, &Raw::new(&case.layout, &demand, &state));
        }
        if draw.spent() {
            break;
        }
        match draw.below(8) {
            0 => {
                case.steps = 1 + draw.below(3);
                (demand, state) = case.tick(&mut draw);
            }
            1..3 => (demand, state) = case.tick(&mut draw),
            _ => nudge(&case, &mut demand, &mut state, &mut draw),
        }
    }
}

/// Takes a few entries of some columns from another tick.
fn nudge(case: &Case, demand: &mut Demand, state: &mut State, draw: &mut Draw<'_>) {
    let (wanted, standing) = case.tick(draw);
    let mut some = |column: &mut [i64], other: &[i64]| {
        if draw.below(3) == 0 && !column.is_empty() {
            for _ in 0..=draw.below(4) {
                let at = draw.below(column.len());
                column[at] = other[at];
            }
        }
    };
    some(&mut demand.quantity_kw, &wanted.quantity_kw);
    some(&mut demand.price, &wanted.price);
    some(&mut state.pool_kw, &standing.pool_kw);
    some(&mut state.pool_cost, &standing.pool_cost);
    some(&mut state.shell_kw, &standing.shell_kw);
    some(&mut state.grid_kw, &standing.grid_kw);
    some(&mut state.site_cost, &standing.site_cost);
    some(&mut state.btm_kw, &standing.btm_kw);
    some(&mut state.step_kw, &standing.step_kw);
    some(&mut state.step_cost, &standing.step_cost);
    some(&mut state.link_kw, &standing.link_kw);
    some(&mut state.entry_kw, &standing.entry_kw);
    some(&mut state.entry_cost, &standing.entry_cost);
    some(&mut state.slot_kw, &standing.slot_kw);
}
