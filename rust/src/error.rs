//! Everything that can be wrong with what comes in, each with array, index and value.

use thiserror::Error;

/// What the core refuses, and why.
#[derive(Debug, Clone, PartialEq, Eq, Error)]
#[non_exhaustive]
pub enum Error {
    /// An array has the wrong number of entries.
    #[error("{array}: expected {expected} entries, found {found}")]
    Length {
        /// Name of the array as the caller knows it.
        array: &'static str,
        /// Entries it must have.
        expected: usize,
        /// Entries it has.
        found: usize,
    },
    /// An entry is outside its range.
    #[error("{array}[{index}] = {value}: {reason}")]
    Entry {
        /// Name of the array as the caller knows it.
        array: &'static str,
        /// Position of the entry.
        index: usize,
        /// The entry.
        value: i128,
        /// What it breaks.
        reason: &'static str,
    },
    /// A whole problem is inconsistent (supplies that do not balance, a bound that does not fit).
    #[error("{what} = {value}: {reason}")]
    Total {
        /// Name of the quantity.
        what: &'static str,
        /// Its value.
        value: i128,
        /// What it breaks.
        reason: &'static str,
    },
    /// A line of a text is wrong.
    #[error("line {line}: {reason}")]
    Line {
        /// Number of the line, from 1.
        line: usize,
        /// What is wrong with it.
        reason: String,
    },
    /// A step was taken before one that it needs.
    #[error("{reason}")]
    Order {
        /// Which comes first.
        reason: &'static str,
    },
    /// The caller asked to stop.
    #[error("interrupted")]
    Interrupted,
}

/// A result of the core.
pub type Result<T> = std::result::Result<T, Error>;
