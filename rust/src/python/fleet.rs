//! `wattmarket._core`: accelerators behind `wattmarket.contracts.fleet`.
//!
//! Columns come in by the buffer protocol and are read where they lie.

use pyo3::exceptions::PyIndexError;
use pyo3::prelude::*;
use pyo3::types::{PyBytes, PyDict};

use super::columns;
use super::space::buffers;
use crate::fleet::{Tranches, column_sums};

/// Adds the functions of this file to the module.
pub(super) fn register(module: &Bound<'_, PyModule>) -> PyResult<()> {
    module.add_function(wrap_pyfunction!(fleet_tally, module)?)?;
    module.add_function(wrap_pyfunction!(fleet_by_site, module)?)
}

const TRANCHE: [&str; 4] = ["agent", "site", "kw", "state"];

/// What runs of all tranches, kW by owner and site, and what is ordered, by owner and by site: with the codes of what is
/// ordered and of what runs, and how many owners and sites there are.
#[pyfunction]
fn fleet_tally<'py>(
    py: Python<'py>,
    tranches: &Bound<'py, PyDict>,
    codes: (i64, i64),
    shape: (usize, usize),
) -> PyResult<[Bound<'py, PyBytes>; 3]> {
    let tranches = buffers(tranches, TRANCHE)?;
    let column = |place: usize| columns::cells(py, &tranches[place], TRANCHE[place]);
    let tranches = Tranches { agent: column(0)?, site: column(1)?, kw: column(2)?, state: column(3)? };
    let tally = tranches.tally(codes.0, codes.1, shape.0, shape.1).map_err(PyIndexError::new_err)?;
    let bytes = |kw: &[i64]| columns::integer_bytes(py, kw);
    Ok([bytes(&tally.running)?, bytes(&tally.ordered_of_owner)?, bytes(&tally.ordered_at_site)?])
}

/// What owners have at each site in all: kW by owner and site, how many sites.
#[pyfunction]
fn fleet_by_site<'py>(py: Python<'py>, kw: &Bound<'py, PyAny>, sites: usize) -> PyResult<Bound<'py, PyBytes>> {
    let kw = columns::buffer::<i64>(kw, "kw", "int64")?;
    columns::integer_bytes(py, &column_sums(&columns::cells(py, &kw, "kw")?, sites))
}
