//! The forward market: one joint auction of accelerators, land, interconnection slots and energy.
//!
//! A project needs accelerators *and* real estate *and* a connection *and* energy, in equal kilowatts. So a package is a path, and
//! the joint auction is a minimum-cost circulation:
//!
//! ```text
//! money ─▶ silicon class h ─▶ budget ─▶ (bid) ─▶ lot ─▶ slot of zone z ─▶ PPA in zone z ─▶ money     route: grid
//!                                                    ├──────────────────▶ PPA in zone z ─▶ money     energised
//!                                                    ├──────────────────▶ plant b       ─▶ money     behind the meter
//!                                                    └──────────────────▶ tariff of z   ─▶ money     retail
//! ```
//!
//! Every product (a silicon class, the land of a lot, the slots of a zone, its PPAs, a plant behind the meter, a retail tariff) is
//! sold by *offers*: parallel arcs, each with its ask and its kilowatts. A *bid* is an arc from a budget to a lot that is worth
//! its value; a *budget* limits what all its bids win together. With *v* the value of bids, *a* the asks, *x* awards and *y* sales,
//!
//! ```text
//! maximise Σ v·x − Σ a·y      conservation at every node,   0 ≤ x, y ≤ kW,   Σ of a budget's awards ≤ its kW
//! ```
//!
//! Everything is an integer: kilowatts of installed IT, micro-dollars per kW-month. Node prices follow; a product costs the difference
//! of two of them, and what a buyer pays is their sum along the path: payments equal receipts, product by product.
//!
//! [`book`] (columns) → [`wiring`] (nodes and arcs) → [`auction`] (passes, awards, prices) → [`check`](mod@check) (every promise,
//! recomputed from the book) and [`why`](mod@why) (which bid or ask sets a price).

pub mod auction;
pub mod book;
pub mod check;
pub mod why;
pub mod wiring;
