//! One clearing, start to finish: solve, settle ties, price, certify.

use crate::certify::{Certificate, certify};
use crate::error::Result;
use crate::prices::{PriceRange, price_range};
use crate::simplex::{Interrupt, Poll, Shortage, Simplex, Status};

/// An optimal flow and its prices, with their certificates.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Optimum {
    /// Flow on each arc: of the optimal ones, the one that the keys' hashes choose.
    pub flow: Vec<i64>,
    /// Lowest and highest optimal prices.
    pub prices: PriceRange,
    /// Proof of the flow with the lowest prices.
    pub low: Certificate,
    /// Proof of the flow with the highest prices.
    pub high: Certificate,
}

/// What clearing a network gives.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Clearing {
    /// The optimum.
    Optimal(Box<Optimum>),
    /// No flow satisfies supplies and capacities, and why.
    Infeasible(Shortage),
}

/// Clears the network as it stands. The result depends on the columns and keys alone: not on what was solved before,
/// nor on the order of the arcs where keys are given.
///
/// # Errors
///
/// [`crate::error::Error::Interrupted`], after which the simplex can be cleared again; a key shared by two arcs
/// between which the flow is tied.
pub fn clear(simplex: &mut Simplex, interrupt: Interrupt) -> Result<Clearing> {
    if simplex.solve(interrupt)? == Status::Infeasible {
        return Ok(Clearing::Infeasible(simplex.shortage().expect("an unplaced supply is a shortage")));
    }
    simplex.settle_ties(interrupt)?;
    let flow = simplex.flows();
    let artificial = simplex.bounds().artificial;
    let prices = price_range(simplex.network(), &flow, simplex.potentials(), artificial, interrupt)?;
    let mut poll = Poll::new(interrupt);
    poll.ask()?;
    let low = certify(simplex.network(), &flow, &prices.low);
    poll.ask()?;
    let high = certify(simplex.network(), &flow, &prices.high);
    Ok(Clearing::Optimal(Box::new(Optimum { flow, prices, low, high })))
}
