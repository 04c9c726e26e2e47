//! The spot market: the Watt–Latency network, cleared every tick.
//!
//! Minimise, over flows in kW of IT, generation + running + transport cost + the willingness to pay of unserved demand.
//!
//! ```text
//! workload k at metro m ─▶ pool ─▶ shell ─▶ connection ─▶ zone ─▶ generation step
//!                       (rtt ≤ budget)          └─▶ plant behind the meter
//! ```
//!
//! | file | one idea |
//! |---|---|
//! | [`layout`], [`state`] | the columns that come in: what stands still, what changes |
//! | [`rows`] | demand as rings and hubs, and the ports they may enter |
//! | [`wiring`], [`columns`] | nodes and explicit arcs of the contracted network; what they carry and cost |
//! | [`active`] | the set of implicit arcs that have become explicit |
//! | [`blocks`], [`order`] | the matrix of round-trip times, neighbours together in blocks |
//! | [`offers`], [`judge`], [`search`], [`money`] | the dense passes over all implicit arcs: what is offered, what matters, what it costs |
//! | [`solve`] | column generation around the simplex |
//! | [`proof`] | proof that the optimum is one, on the contracted network |
//! | [`spread`], [`prices`] | lowest, settled and highest prices |
//! | [`routes`], [`clearing`] | the result in the caller's terms |
//! | [`certificate`], [`undercut`] | proof that it is right, in raw form |
//! | [`market`] | all of it in order |
//! | [`world`] | what stands still, shared by all markets of one world |
//! | [`batch`] | many clearings of one world on several threads |

pub mod active;
pub mod batch;
pub mod blocks;
pub mod certificate;
pub mod clearing;
pub mod columns;
pub mod judge;
pub mod layout;
pub mod market;
pub mod money;
pub mod offers;
pub mod order;
pub mod prices;
pub mod proof;
pub mod routes;
pub mod rows;
#[cfg(test)]
mod samples;
pub mod search;
pub mod solve;
pub mod spread;
pub mod state;
pub mod undercut;
pub mod wiring;
pub mod world;
