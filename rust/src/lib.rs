//! The clearing core of `wattmarket`.

pub mod certify;
pub mod clearing;
pub mod dimacs;
pub mod error;
pub mod hash;
pub mod network;
pub mod numeric;
pub mod prices;
pub mod reach;
pub mod simplex;
pub mod spot;

#[cfg(feature = "python")]
mod python;
