//! The same markets for property tests.

use proptest::prelude::*;
use wattmarket_core::spot::layout::Layout;
use wattmarket_core::spot::state::{Demand, State};

use super::{Case, Draw};

/// A market and two demands and states of it, one after the other.
#[derive(Debug, Clone)]
pub struct Pair {
    /// Static columns.
    pub layout: Layout,
    /// What changes.
    pub ticks: [(Demand, State); 2],
}

/// Markets of every kind.
pub fn markets() -> impl Strategy<Value = Pair> {
    prop::collection::vec(any::<u8>(), 1..600).prop_map(|bytes| {
        let mut draw = Draw::new(&bytes);
        let case = Case::new(&mut draw);
        let ticks = [case.tick(&mut draw), case.tick(&mut draw)];
        Pair { layout: case.layout, ticks }
    })
}
