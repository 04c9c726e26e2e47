//! The market: checks what comes in, keeps its basis from one clearing to the next, certifies what goes out.

use std::sync::Arc;

use super::certificate::certify;
use super::clearing::Clearing;
use super::layout::Layout;
use super::prices::Prices;
use super::solve::Session;
use super::state::{Demand, State};
use super::undercut::Undercut;
use super::world::World;
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

/// A proved optimum.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Optimum {
    /// Generation, running and transport cost, and the willingness to pay of unserved demand: micro-dollars per hour.
    pub objective: i128,
    /// What it took.
    pub effort: Effort,
}

/// How far a clearing has come.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
enum Stage {
    /// Demand and state are in.
    Updated,
    /// The optimum is found and proved.
    Optimal,
    /// Flows and prices are settled.
    Settled,
}

/// The Watt–Latency network of one world, cleared again and again.
///
/// A clearing is [`Market::update`] → [`Market::optimise`] → [`Market::settle`] → [`Market::clearing`]; each step takes
/// those before it that are missing, and [`Market::clear`] takes them all. After an error the market is as good as new.
#[derive(Debug)]
pub struct Market {
    world: Arc<World>,
    undercut: Undercut,
    demand: Demand,
    state: State,
    stage: Option<Stage>,
    session: Option<Session>,
    prices: Prices,
    objective: i128,
    effort: Effort,
}

/// The outcome of a step.
pub type Outcome<T> = std::result::Result<T, Failure>;

impl Market {
    /// Checks the layout.
    ///
    /// # Errors
    /// Those of [`Layout::check`].
    pub fn new(layout: Layout) -> Result<Self> {
        Ok(Self::of(Arc::new(World::new(layout)?), None))
    }

    /// Another market of the same world, which it shares. It starts from the basis that this one has, if it has one, and
    /// goes its own way from there; it has no demand and no state yet.
    #[must_use]
    pub fn fork(&self) -> Self {
        let session = self.session.as_ref().map(Session::fork);
        Self::of(Arc::clone(&self.world), session)
    }

    fn of(world: Arc<World>, session: Option<Session>) -> Self {
        Self {
            undercut: Undercut::new(world.layout()),
            world,
            demand: Demand::default(),
            state: State::default(),
            stage: None,
            session,
            prices: Prices::default(),
            objective: 0,
            effort: Effort::default(),
        }
    }

    /// The static columns.
    #[must_use]
    pub fn layout(&self) -> &Layout {
        self.world.layout()
    }

    /// What the last optimum took.
    #[must_use]
    pub fn effort(&self) -> Effort {
        self.effort
    }

    /// Takes demand and state for the next clearing. What is refused changes nothing.
    ///
    /// # Errors
    /// [`Error::Length`] or [`Error::Entry`] with array, index and value.
    pub fn update(&mut self, demand: &Demand, state: &State) -> Result<()> {
        demand.check(self.layout())?;
        state.check(self.layout())?;
        self.demand.copy_from(demand);
        self.state.copy_from(state);
        self.renew()
    }

    /// The same without a copy: the caller gets the columns of the last clearing back, to write the next ones over them.
    ///
    /// # Errors
    /// Those of [`Market::update`]; the columns stay the caller's.
    pub fn exchange(&mut self, demand: &mut Demand, state: &mut State) -> Result<()> {
        demand.check(self.layout())?;
        state.check(self.layout())?;
        std::mem::swap(&mut self.demand, demand);
        std::mem::swap(&mut self.state, state);
        self.renew()
    }

    /// Brings the network up to date with demand and state.
    fn renew(&mut self) -> Result<()> {
        let Self { world, demand, state, .. } = self;
        // An error on the way drops the session: the next clearing starts cold.
        self.stage = None;
        let session = match self.session.take() {
            Some(session) if session.wiring.steps == demand.steps => session.updated(world.layout(), demand, state)?,
            _ => Session::new(world.layout(), world.wiring(demand.steps), demand, state)?,
        };
        self.session = Some(session);
        self.stage = Some(Stage::Updated);
        Ok(())
    }

    /// Finds an optimum, warm from the last clearing, and proves it.
    ///
    /// # Errors
    /// [`Failure::Input`] when nothing was taken by [`Market::update`], or the caller interrupted;
    /// [`Failure::Certificate`] says which law the result breaks.
    pub fn optimise(&mut self, interrupt: Interrupt<'_>) -> Outcome<Optimum> {
        self.reach(Stage::Optimal, interrupt)?;
        Ok(Optimum { objective: self.objective, effort: self.effort })
    }

    /// Settles which of the optimal flows and prices are published: one flow by the keys of its arcs, the lowest and the
    /// highest prices and their midpoint.
    ///
    /// # Errors
    /// Those of [`Market::optimise`], and two arcs with one key where the flow depends on it.
    pub fn settle(&mut self, interrupt: Interrupt<'_>) -> Outcome<()> {
        self.reach(Stage::Settled, interrupt)
    }

    /// The settled flows and prices in the caller's terms, certified from these columns alone.
    ///
    /// # Errors
    /// Those of [`Market::settle`].
    pub fn clearing(&mut self, interrupt: Interrupt<'_>) -> Outcome<Clearing> {
        self.reach(Stage::Settled, interrupt)?;
        let Some(session) = &self.session else {
            return Err(NOT_UPDATED.into());
        };
        let clearing =
            Clearing::read(self.world.layout(), &self.demand, &self.state, session, &self.prices, self.objective);
        if interrupt() {
            return Err(Error::Interrupted.into());
        }
        certify(self.world.layout(), &mut self.undercut, &self.demand, &self.state, &clearing)
            .map_err(Failure::Certificate)?;
        Ok(clearing)
    }

    /// All steps: warm from the last clearing, with the same result as cold, bit for bit.
    ///
    /// # Errors
    /// Those of the steps.
    pub fn clear(&mut self, demand: &Demand, state: &State, interrupt: Interrupt<'_>) -> Outcome<(Clearing, Effort)> {
        self.update(demand, state)?;
        let clearing = self.clearing(interrupt)?;
        Ok((clearing, self.effort))
    }

    /// Takes the steps up to `stage` that are missing. A step that fails leaves a market as good as new.
    fn reach(&mut self, stage: Stage, interrupt: Interrupt<'_>) -> Outcome<()> {
        let Some(reached) = self.stage.take() else {
            return Err(NOT_UPDATED.into());
        };
        let Some(mut session) = self.session.take() else {
            return Err(NOT_UPDATED.into());
        };
        if reached < Stage::Optimal {
            self.effort = session.optimise(self.world.layout(), interrupt)?;
            self.objective = session.prove().map_err(Failure::Certificate)?;
        }
        if reached < Stage::Settled && stage >= Stage::Settled {
            session.settle(self.world.layout(), interrupt)?;
            session.price(self.world.layout(), &mut self.prices);
        }
        self.stage = Some(reached.max(stage));
        self.session = Some(session);
        Ok(())
    }
}

/// What a step without columns says.
const NOT_UPDATED: Error = Error::Order { reason: "there is nothing to clear yet: update comes first" };
