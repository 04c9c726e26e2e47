//! `wattmarket._core`: the interconnection queue behind `wattmarket.queue`.
//!
//! Columns of all requests come in by the buffer protocol, as dicts by name, and are read where they lie.

use pyo3::exceptions::PyIndexError;
use pyo3::prelude::*;
use pyo3::types::{PyBytes, PyDict};

use super::columns;
use super::space::buffers;
use crate::network::check_length;
use crate::queue::{Line, Requests, needs};

/// Adds the functions of this file to the module.
pub(super) fn register(module: &Bound<'_, PyModule>) -> PyResult<()> {
    module.add_function(wrap_pyfunction!(queue_laws, module)?)?;
    module.add_function(wrap_pyfunction!(queue_needs, module)?)?;
    module.add_function(wrap_pyfunction!(queue_line, module)?)
}

const REQUEST: [&str; 15] = [
    "zone",
    "stage",
    "kw",
    "remaining_kw",
    "reserved_kw",
    "building_kw",
    "energised_kw",
    "resold_kw",
    "withdrawn_kw",
    "asked_kw",
    "paid_usd",
    "held_usd",
    "returned_usd",
    "forfeited_usd",
    "applied_usd",
];
const NEED: [&str; 4] = ["project", "kw", "building_kw", "energised_kw"];
const LINE: [&str; 5] = ["filed", "luck", "project", "zone", "site"];

/// First request that breaks the law of kilowatts, of dollars, of stages; then by zone what is reserved, being built or
/// energised, and what is withdrawn.
type Laws<'py> = ([Option<usize>; 3], [Bound<'py, PyBytes>; 2]);

/// Looks for requests that break a law; with the code of what is closed, and how many zones there are.
#[pyfunction]
fn queue_laws<'py>(py: Python<'py>, requests: &Bound<'py, PyDict>, closed: i64, zones: usize) -> PyResult<Laws<'py>> {
    let requests = buffers(requests, REQUEST)?;
    let column = |place: usize| columns::cells(py, &requests[place], REQUEST[place]);
    let requests = Requests {
        zone: column(0)?,
        stage: column(1)?,
        kw: column(2)?,
        remaining_kw: column(3)?,
        reserved_kw: column(4)?,
        building_kw: column(5)?,
        energised_kw: column(6)?,
        resold_kw: column(7)?,
        withdrawn_kw: column(8)?,
        asked_kw: column(9)?,
        paid_usd: column(10)?,
        held_usd: column(11)?,
        returned_usd: column(12)?,
        forfeited_usd: column(13)?,
        applied_usd: column(14)?,
    };
    let found = requests.check(closed, zones).map_err(PyIndexError::new_err)?;
    let by_zone = [columns::integer_bytes(py, &found.used_kw)?, columns::integer_bytes(py, &found.withdrawn_kw)?];
    Ok(([found.kilowatts, found.dollars, found.stage], by_zone))
}

/// What the project of each request still needs, kW.
#[pyfunction]
fn queue_needs<'py>(py: Python<'py>, requests: &Bound<'py, PyDict>) -> PyResult<Bound<'py, PyBytes>> {
    let requests = buffers(requests, NEED)?;
    let column = |place: usize| columns::cells(py, &requests[place], NEED[place]);
    columns::integer_bytes(py, &needs(&column(0)?, &column(1)?, &column(2)?, &column(3)?))
}

/// Requests in the order of the line, group by group: rows of requests, and the group of each.
#[pyfunction]
fn queue_line<'py>(
    py: Python<'py>,
    requests: &Bound<'py, PyDict>,
    ids: &Bound<'py, PyAny>,
    group: &Bound<'py, PyAny>,
) -> PyResult<Bound<'py, PyBytes>> {
    let requests = buffers(requests, LINE)?;
    let column = |place: usize| columns::cells(py, &requests[place], LINE[place]);
    let line = Line { filed: column(0)?, luck: column(1)?, project: column(2)?, zone: column(3)?, site: column(4)? };
    let (ids, group) = (columns::integers(ids, "ids")?, columns::integers(group, "group")?);
    check_length("group", ids.len(), group.len()).map_err(columns::refusal)?;
    columns::integer_bytes(py, &line.order(&ids, &group).map_err(PyIndexError::new_err)?)
}
