//! The clearing core of `wattmarket`: exact minimum-cost flow, and two markets as networks.
//!
//! # The problem
//!
//! A network has *n* nodes with supplies *b* ∈ ℤⁿ that sum to zero, and *a* arcs from tail to head with capacities
//! *u* ∈ ℤᵃ, *u* ≥ 0, and costs *c* ∈ ℤᵃ. With *x* ∈ ℤᵃ the flow and *p* ∈ ℤⁿ the prices,
//!
//! ```text
//! primal   minimise Σ c·x            outflow(v) − inflow(v) = b(v) at each node,  0 ≤ x ≤ u
//! dual     maximise Σ b·p − Σ u·max(0, p[tail] − p[head] − c)
//! optimal  p[tail] − p[head] ≤ c where x < u,   ≥ c where x > 0
//! ```
//!
//! Every number is an integer and every result is exact. Bounds proved at the door ([`network`]) exclude overflow.
//!
//! # The modules
//!
//! [`network`] (columns and bounds) → [`simplex`] (the solver) → [`prices`] (lowest and highest) → [`clearing`] (solve,
//! settle ties, price, certify), [`spot`] (the layered network of compute and power, with [`reach`] saying which
//! sites a latency budget allows) and [`forward`] (the auction of what is built, with [`grounded`] quoting what isn't traded). [`bidding`] says what agents bid in it, [`space`]
//! which halls tenants have to spare, [`held_over`] which they stay in, [`open_load`] what load no contract covers,
//! [`contracts`] what contracts make parties pay, [`fleet`] who runs how much where, [`filing`] where agents ask for
//! connections, [`queue`] who is served first. [`certify`] shares nothing with the solver. [`hash`] settles ties, [`dimacs`] reads and
//! writes files, [`error`] says what is refused, [`explosive`] tests series
//! for bubbles, [`numeric`] is arithmetic that is alike on every machine, [`simd`]
//! chooses vector instructions when the program runs.

pub mod bidding;
pub mod certify;
pub mod clearing;
pub mod contracts;
pub mod dimacs;
pub mod error;
pub mod explosive;
pub mod filing;
pub mod fleet;
pub mod forward;
pub mod grounded;
pub mod hash;
pub mod held_over;
pub mod network;
pub mod numeric;
pub mod open_load;
pub mod prices;
pub mod queue;
pub mod reach;
pub mod simd;
pub mod simplex;
pub mod space;
pub mod spot;

#[cfg(feature = "python")]
mod python;
