//! The market: checks what comes in, keeps its basis from one clearing to the next, certifies what goes out.

use super::certificate::certify;
use super::clearing::Clearing;
use super::layout::Layout;
use super::prices::Prices;
use super::solve::Session;
use super::spread::Residual;
use super::state::{Demand, State};
use crate::error::{Error, Result};
use crate::simplex::Interrupt;

/// What a clearing took. For diagnosis only: never part of a result.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct Effort {
    /// Pivots of the simplex.
    pub pivots: u64,
    /// Rounds of column generation.
    pub rounds: u32,
    /// Implicit arcs that were explicit at the end.
    pub active: usize,
}

/// Why there is no clearing.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Failure {
    /// Something that came in is wrong, or the caller stopped it.
    Input(Error),
    /// The certificate does not hold: a bug.
    Certificate(String),
}

impl From<Error> for Failure {
    fn from(error: Error) -> Self {
        Self::Input(error)
    }
}

/// The Watt–Latency network of one world, cleared again and again.
#[derive(Debug)]
pub struct Market {
    layout: Layout,
    session: Option<Session>,
}

impl Market {
    /// Checks the layout.
    ///
    /// # Errors
    /// Those of [`Layout::check`].
    pub fn new(layout: Layout) -> Result<Self> {
        layout.check()?;
        Ok(Self { layout, session: None })
    }

    /// The static columns.
    #[must_use]
    pub fn layout(&self) -> &Layout {
        &self.layout
    }

    /// Clears the market: warm from the last clearing, with the same result as cold, bit for bit.
    ///
    /// # Errors
    /// [`Failure::Input`] names array, index and value, or says that the caller interrupted; the market is then as
    /// good as new. [`Failure::Certificate`] says which law the result breaks.
    pub fn clear(
        &mut self,
        demand: &Demand,
        state: &State,
        interrupt: Interrupt<'_>,
    ) -> std::result::Result<(Clearing, Effort), Failure> {
        demand.check(&self.layout)?;
        state.check(&self.layout)?;
        // An error on the way drops the session: the next clearing starts cold.
        let mut session = match self.session.take() {
            Some(mut session) if session.wiring.steps == demand.steps => {
                session.update(&self.layout, demand, state)?;
                session
            }
            _ => Session::new(&self.layout, demand, state)?,
        };
        let before = session.simplex.effort().pivots;
        session.optimise(&self.layout, interrupt)?;
        let clearing = read(&self.layout, demand, state, &session);
        if interrupt() {
            return Err(Error::Interrupted.into());
        }
        certify(&self.layout, demand, state, &clearing).map_err(Failure::Certificate)?;
        let effort = Effort {
            pivots: session.simplex.effort().pivots - before,
            rounds: session.rounds,
            active: session.active.len(),
        };
        session.prune();
        self.session = Some(session);
        Ok((clearing, effort))
    }
}

fn read(layout: &Layout, demand: &Demand, state: &State, session: &Session) -> Clearing {
    let (wiring, network) = (&session.wiring, session.simplex.network());
    let flow = session.simplex.flows();
    let potential = session.potentials();
    let columns = (&network.capacity[..], &network.cost[..], &flow[..]);
    let residual = Residual::new(layout, wiring, &potential, (&network.tail, &network.head), columns);
    let prices = Prices::find(&residual, &potential, wiring.sink as usize);
    Clearing::read(layout, demand, state, session, &prices, &flow)
}
