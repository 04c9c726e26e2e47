//! The clearing core of `wattmarket`.

pub mod error;
pub mod numeric;

#[cfg(feature = "python")]
mod python;
