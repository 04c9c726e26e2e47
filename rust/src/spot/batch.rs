//! Many clearings of one world at once, each with a basis of its own.
//!
//! Clearings know nothing of each other, so threads change how long they take and nothing else. Each runs on one thread,
//! start to end, in the order of the cases; a thread that is done takes the next case.
//!
//! **Threads live as long as a call.** They are started when cases are to be cleared, for tens of microseconds each, and
//! have ended when the call returns. A pool that outlived the call, as rayon's global one does, would be missing in
//! a process that forks afterwards: its threads don't come along, and the child would wait for them for ever.
//!
//! **Giving up.** Only the calling thread asks the caller, who may have to take a lock to answer (in Python, the global
//! one); the others look at a flag that it sets.

use std::cell::Cell;
use std::num::NonZeroUsize;
use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::mpsc::{RecvTimeoutError, Sender, channel};
use std::time::Duration; // exact: says when the caller is asked, never what comes out

use super::clearing::Clearing;
use super::market::{Effort, Market, Outcome};
use super::state::{Demand, State};
use crate::error::{Error, Result};
use crate::simplex::Interrupt;

/// Environment variable for the number of threads where the caller doesn't say.
pub const THREADS_VARIABLE: &str = "RAYON_NUM_THREADS";

/// How often the caller is asked for an interrupt.
const PATIENCE: Duration = Duration::from_millis(20);

/// Markets of one world that clear side by side.
#[derive(Debug)]
pub struct Batch {
    markets: Vec<Market>,
}

impl Batch {
    /// Forks a market `size` times; it stays itself as it is.
    #[must_use]
    pub fn new(market: &Market, size: usize) -> Self {
        Self { markets: (0..size).map(|_| market.fork()).collect() }
    }

    /// The markets, in the order of cases.
    #[must_use]
    pub fn markets(&self) -> &[Market] {
        &self.markets
    }

    /// Clears each case by the market of its place, on so many threads (`None`: see [`default_threads`]).
    ///
    /// A case that fails takes no other with it; its market is as good as new.
    ///
    /// # Errors
    /// More cases than markets, threads that the system doesn't give, and [`Error::Interrupted`]: markets that were at
    /// work are then as good as new, the others as they were.
    pub fn clear(
        &mut self,
        cases: &[(Demand, State)],
        threads: Option<NonZeroUsize>,
        interrupt: Interrupt<'_>,
    ) -> Result<Vec<Outcome<(Clearing, Effort)>>> {
        let mut cases: Vec<&(Demand, State)> = cases.iter().collect();
        self.run(&mut cases, threads, interrupt, |market, (demand, state), interrupt| {
            market.clear(demand, state, interrupt)
        })
    }

    /// Does any other `work` on cases in the same way.
    ///
    /// # Errors
    /// Those of [`Batch::clear`].
    pub fn run<C: Send, T: Send>(
        &mut self,
        cases: &mut [C],
        threads: Option<NonZeroUsize>,
        interrupt: Interrupt<'_>,
        work: impl Fn(&mut Market, &mut C, Interrupt<'_>) -> Outcome<T> + Sync,
    ) -> Result<Vec<Outcome<T>>> {
        if cases.len() > self.markets.len() {
            let (array, expected, found) = ("cases", self.markets.len(), cases.len());
            return Err(Error::Length { array, expected, found });
        }
        let threads = threads.unwrap_or_else(default_threads).get().min(cases.len());
        let pairs = self.markets.iter_mut().zip(cases);
        if threads > 1 {
            return on_threads(pairs, threads, interrupt, &work);
        }
        let stop = Cell::new(false);
        let asked = || {
            stop.set(stop.get() || interrupt());
            stop.get()
        };
        let mut outcomes = vec![];
        for (market, case) in pairs {
            if asked() {
                break;
            }
            outcomes.push(work(market, case, &asked));
        }
        if stop.get() { Err(Error::Interrupted) } else { Ok(outcomes) }
    }
}

/// All cores that the process may use, or what [`THREADS_VARIABLE`] says.
#[must_use]
pub fn default_threads() -> NonZeroUsize {
    let wanted = std::env::var(THREADS_VARIABLE); // exact: the number of threads changes no result
    let wanted = wanted.ok().and_then(|number| number.parse().ok());
    wanted.or_else(|| std::thread::available_parallelism().ok()).unwrap_or(NonZeroUsize::MIN)
}

/// Works on pairs of market and case on a pool of its own, which has ended when this returns.
fn on_threads<'a, C: Send + 'a, T: Send>(
    pairs: impl Iterator<Item = (&'a mut Market, &'a mut C)>,
    threads: usize,
    interrupt: Interrupt<'_>,
    work: &(impl Fn(&mut Market, &mut C, Interrupt<'_>) -> Outcome<T> + Sync),
) -> Result<Vec<Outcome<T>>> {
    let stop = AtomicBool::new(false);
    let mut jobs: Vec<_> = pairs.map(|(market, case)| (market, case, None)).collect();
    let pool = rayon::ThreadPoolBuilder::new().num_threads(threads).thread_name(|at| format!("wattmarket-{at}"));
    let all = |pool: &rayon::ThreadPool| {
        pool.in_place_scope(|scope| {
            let (busy, done) = channel::<()>();
            for (market, case, outcome) in &mut jobs {
                let (busy, stop) = (Sender::clone(&busy), &stop);
                scope.spawn(move |_| {
                    let asked = || stop.load(Ordering::Relaxed);
                    *outcome = (!asked()).then(|| work(market, case, &asked));
                    drop(busy);
                });
            }
            drop(busy);
            // Nothing is ever sent: the channel closes when the last job ends, in whatever way.
            while done.recv_timeout(PATIENCE) == Err(RecvTimeoutError::Timeout) {
                if !stop.load(Ordering::Relaxed) && interrupt() {
                    stop.store(true, Ordering::Relaxed);
                }
            }
        });
    };
    // A scoped pool is joined, thread by thread.
    if pool.build_scoped(rayon::ThreadBuilder::run, all).is_err() {
        let reason = "more threads than the system gives";
        return Err(Error::Total { what: "threads", value: threads as i128, reason });
    }
    let outcomes: Option<Vec<_>> = jobs.into_iter().map(|(_, _, outcome)| outcome).collect();
    match outcomes {
        Some(outcomes) if !stop.into_inner() => Ok(outcomes),
        _ => Err(Error::Interrupted),
    }
}
