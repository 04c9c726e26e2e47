//! What stands still while a market clears again and again, once for all markets of one world.
//!
//! The matrix of round-trip times is most of a market. It, the other static columns, and the numbering of nodes and arcs
//! never change after they are made, so markets share them, on any number of threads; what a clearing changes each has
//! for itself.

use std::sync::{Arc, Mutex};

use super::layout::Layout;
use super::wiring::Wiring;
use crate::error::Result;

/// A checked layout, and the wiring made of it.
#[derive(Debug)]
pub struct World {
    layout: Layout,
    /// The last that was asked for. The numbering depends on how many willingness-to-pay steps demand has, which a caller
    /// hardly ever changes.
    wiring: Mutex<Option<Arc<Wiring>>>,
}

impl World {
    /// Checks the layout, and puts the matrix in order.
    ///
    /// # Errors
    /// Those of [`Layout::check`].
    pub fn new(mut layout: Layout) -> Result<Self> {
        layout.check()?;
        layout.rtt.arrange();
        Ok(Self { layout, wiring: Mutex::default() })
    }

    /// The static columns.
    #[must_use]
    pub fn layout(&self) -> &Layout {
        &self.layout
    }

    /// Nodes and arcs of a market whose rows have `steps` willingness-to-pay steps.
    #[must_use]
    pub fn wiring(&self, steps: usize) -> Arc<Wiring> {
        // Nobody waits: who finds another at it makes a copy of their own, with the same content. So a process that was
        // forked from another in the middle of this can't be stuck here for ever.
        let Ok(mut last) = self.wiring.try_lock() else {
            return Arc::new(Wiring::new(&self.layout, steps));
        };
        match &*last {
            Some(wiring) if wiring.steps == steps => Arc::clone(wiring),
            _ => Arc::clone(last.insert(Arc::new(Wiring::new(&self.layout, steps)))),
        }
    }
}
