//! `wattmarket._core`: open load behind `wattmarket.living.settlement`.
//!
//! Columns of all contracts and tranches come in by the buffer protocol, as dicts by name, and are read where they lie.

use pyo3::exceptions::PyIndexError;
use pyo3::prelude::*;
use pyo3::types::{PyBytes, PyDict};

use super::columns;
use super::space::buffers;
use crate::open_load::{Contracts, Loads, Tranches};

/// Adds the function of this file to the module.
pub(super) fn register(module: &Bound<'_, PyModule>) -> PyResult<()> {
    module.add_function(wrap_pyfunction!(open_load, module)?)
}

const CONTRACT: [&str; 6] = ["kind", "state", "buyer", "zone", "kw", "end"];
const TRANCHE: [&str; 5] = ["agent", "site", "kw", "retire", "state"];

/// Load that no contract for energy covers after some tick, kW by agent and zone: contracts, tranches, the zone of each
/// site, the tick, the codes of the two kinds for energy and of the highest state of what has not ended, how many agents
/// and zones there are.
#[pyfunction]
fn open_load<'py>(
    py: Python<'py>,
    contracts: &Bound<'py, PyDict>,
    tranches: &Bound<'py, PyDict>,
    zone: &Bound<'py, PyAny>,
    then: i64,
    codes: (i64, i64, i64),
    shape: (usize, usize),
) -> PyResult<Bound<'py, PyBytes>> {
    let (contracts, tranches) = (buffers(contracts, CONTRACT)?, buffers(tranches, TRANCHE)?);
    let zone = columns::buffer::<i64>(zone, "zone", "int64")?;
    let contract = |place: usize| columns::cells(py, &contracts[place], CONTRACT[place]);
    let tranche = |place: usize| columns::cells(py, &tranches[place], TRANCHE[place]);
    let loads = Loads {
        contracts: Contracts {
            kind: contract(0)?,
            state: contract(1)?,
            buyer: contract(2)?,
            zone: contract(3)?,
            kw: contract(4)?,
            end: contract(5)?,
        },
        tranches: Tranches {
            agent: tranche(0)?,
            site: tranche(1)?,
            kw: tranche(2)?,
            retire: tranche(3)?,
            state: tranche(4)?,
        },
        zone: columns::cells(py, &zone, "zone")?,
        energy: [codes.0, codes.1],
        left: codes.2,
    };
    columns::integer_bytes(py, &loads.open_kw(then, shape.0, shape.1).map_err(PyIndexError::new_err)?)
}
