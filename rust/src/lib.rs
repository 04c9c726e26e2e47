//! The clearing core of `wattmarket`.

pub mod error;

#[cfg(feature = "python")]
mod python;
