//! Giving up when the caller asks for it.

use crate::error::{Error, Result};

/// Asked now and then, at most some milliseconds apart, whether the caller wants to stop.
pub type Interrupt<'a> = &'a dyn Fn() -> bool;

/// Asks for an interrupt every so much work.
pub(crate) struct Poll<'a> {
    interrupt: Interrupt<'a>,
    work: usize,
}

/// Arcs scanned and nodes touched between two polls: a few milliseconds.
const WORK_PER_POLL: usize = 1 << 20;

impl<'a> Poll<'a> {
    pub fn new(interrupt: Interrupt<'a>) -> Self {
        Self { interrupt, work: 0 }
    }

    /// Counts work done, and asks when enough has been done.
    pub fn spend(&mut self, work: usize) -> Result<()> {
        self.work += work;
        if self.work < WORK_PER_POLL {
            return Ok(());
        }
        self.ask()
    }

    /// Asks now.
    pub fn ask(&mut self) -> Result<()> {
        self.work = 0;
        if (self.interrupt)() { Err(Error::Interrupted) } else { Ok(()) }
    }
}
