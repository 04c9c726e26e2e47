//! The ways in which a caller may take a market from one tick to the next: in one call, in steps, with mistakes, with
//! second thoughts. All of them end in the same clearing.

use std::cell::Cell;

use wattmarket_core::error::Error;
use wattmarket_core::spot::clearing::Clearing;
use wattmarket_core::spot::market::{Failure, Market, Outcome};
use wattmarket_core::spot::state::{Demand, State};

/// A way through a tick.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Path {
    /// One call.
    Whole,
    /// Update, optimise, settle, clearing.
    Steps,
    /// The optimum alone: flows and prices stay unsettled, and the next tick starts from there.
    OptimumOnly,
    /// Update and clearing: the steps between are taken unasked.
    Skipping,
    /// Every step twice.
    Twice,
    /// An update that is refused, between the steps.
    Refused,
    /// Another tick's columns come first, and are optimised or not.
    SecondThoughts,
    /// The caller interrupts somewhere, then tries again.
    Interrupted,
}

const PATHS: [Path; 8] = [
    Path::Whole,
    Path::Steps,
    Path::OptimumOnly,
    Path::Skipping,
    Path::Twice,
    Path::Refused,
    Path::SecondThoughts,
    Path::Interrupted,
];

/// What came out: the objective, and the clearing where one was asked for.
pub type Found = (i128, Option<Clearing>);

/// Draws a whole number below another.
pub type Below<'a> = &'a mut dyn FnMut(usize) -> usize;

/// An interrupt that never comes.
pub fn never() -> bool {
    false
}

/// Takes the market through a tick on a way that is drawn.
///
/// # Errors
/// Those of the market.
pub fn take(market: &mut Market, demand: &Demand, state: &State, below: Below<'_>) -> Outcome<Found> {
    let path = PATHS[below(PATHS.len())];
    match path {
        Path::Whole => {
            let clearing = market.clear(demand, state, &never)?.0;
            return Ok((clearing.objective, Some(clearing)));
        }
        Path::OptimumOnly => {
            market.update(demand, state)?;
            return Ok((market.optimise(&never)?.objective, None));
        }
        Path::Skipping => market.update(demand, state)?,
        Path::Steps => {
            market.update(demand, state)?;
            market.optimise(&never)?;
            market.settle(&never)?;
        }
        Path::Twice => {
            market.update(demand, state)?;
            market.update(demand, state)?;
            let first = market.optimise(&never)?;
            assert_eq!(market.optimise(&never)?.objective, first.objective);
            market.settle(&never)?;
            market.settle(&never)?;
            let clearing = market.clearing(&never)?;
            assert_eq!(market.clearing(&never)?, clearing);
        }
        Path::Refused => refused(market, demand, state, below)?,
        Path::SecondThoughts => {
            let mut other = state.clone();
            other.pool_kw.iter_mut().for_each(|kw| *kw /= 2);
            market.update(demand, &other)?;
            if below(2) == 0 {
                market.optimise(&never)?;
            }
            market.update(demand, state)?;
        }
        Path::Interrupted => interrupted(market, demand, state, below(12))?,
    }
    let objective = market.optimise(&never)?.objective;
    let clearing = market.clearing(&never)?;
    assert_eq!(clearing.objective, objective, "{path:?}");
    Ok((objective, Some(clearing)))
}

/// Columns that are refused change nothing.
fn refused(market: &mut Market, demand: &Demand, state: &State, below: Below<'_>) -> Outcome<()> {
    market.update(demand, state)?;
    if below(2) == 0 {
        market.optimise(&never)?;
    }
    let mut short = demand.clone();
    short.quantity_kw.push(1);
    assert!(matches!(market.update(&short, state), Err(Error::Length { .. })));
    let mut negative = state.clone();
    negative.grid_kw[0] = -1;
    assert!(matches!(market.update(demand, &negative), Err(Error::Entry { .. })));
    Ok(())
}

/// Interrupts at the `patience`-th question; if that stopped it, the columns have to come again.
fn interrupted(market: &mut Market, demand: &Demand, state: &State, patience: usize) -> Outcome<()> {
    let left = Cell::new(patience);
    let impatient = || left.replace(left.get().saturating_sub(1)) == 0;
    market.update(demand, state)?;
    match market.clearing(&impatient) {
        Ok(_) => Ok(()),
        Err(Failure::Input(Error::Interrupted)) => Ok(market.update(demand, state)?),
        Err(other) => Err(other),
    }
}
