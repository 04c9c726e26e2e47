//! `wattmarket._core`: space in halls behind `wattmarket.living.space`.
//!
//! Columns of all contracts and tranches come in by the buffer protocol, as dicts by name, and are read where they lie;
//! tenant, site, kW and end leave as bytes.

use pyo3::buffer::{PyBuffer, ReadOnlyCell};
use pyo3::exceptions::PyIndexError;
use pyo3::prelude::*;
use pyo3::types::{PyBytes, PyDict};

use super::columns;
use crate::held_over::Stay;
use crate::network::check_length;
use crate::space::{Codes, Column, Contracts, Halls, Tranches, Use};

/// Adds the functions of this file to the module.
pub(super) fn register(module: &Bound<'_, PyModule>) -> PyResult<()> {
    module.add_function(wrap_pyfunction!(held_over, module)?)?;
    module.add_function(wrap_pyfunction!(empty_space, module)?)
}

impl Column for &[ReadOnlyCell<i64>] {
    fn rows(&self) -> usize {
        self.len()
    }

    fn at(&self, row: usize) -> i64 {
        self[row].get()
    }
}

const CONTRACT: [&str; 8] = ["kind", "state", "seller", "buyer", "site", "kw", "start", "end"];
const TRANCHE: [&str; 6] = ["agent", "site", "kw", "ready", "retire", "state"];

/// Columns of a dict, by name.
pub(super) fn buffers<const N: usize>(
    table: &Bound<'_, PyDict>,
    names: [&'static str; N],
) -> PyResult<[PyBuffer<i64>; N]> {
    let mut found = vec![];
    for name in names {
        let column = columns::buffer::<i64>(&table.as_any().get_item(name)?, name, "int64")?;
        let rows = found.first().map_or(column.item_count(), |first: &PyBuffer<i64>| first.item_count());
        check_length(name, rows, column.item_count()).map_err(columns::refusal)?;
        found.push(column);
    }
    Ok(found.try_into().unwrap_or_else(|_| unreachable!("a buffer for each name")))
}

/// Contracts, tranches, the codes of a lease, a sublease, vendors and the highest state of what has not ended, and how many
/// tenants there are.
type Given<'py> = (Bound<'py, PyDict>, Bound<'py, PyDict>, (i64, i64, i64, i64), usize);

/// Calls `work` with the halls that the columns describe.
fn with_halls<T>(
    py: Python<'_>,
    (contracts, tranches, (lease, sublease, vendors, left), tenants): &Given<'_>,
    work: impl FnOnce(&Halls<&[ReadOnlyCell<i64>]>) -> Result<T, i64>,
) -> PyResult<T> {
    let (contracts, tranches) = (buffers(contracts, CONTRACT)?, buffers(tranches, TRANCHE)?);
    let contract = |place: usize| columns::cells(py, &contracts[place], CONTRACT[place]);
    let tranche = |place: usize| columns::cells(py, &tranches[place], TRANCHE[place]);
    let halls = Halls {
        contracts: Contracts {
            kind: contract(0)?,
            state: contract(1)?,
            seller: contract(2)?,
            buyer: contract(3)?,
            site: contract(4)?,
            kw: contract(5)?,
            start: contract(6)?,
            end: contract(7)?,
        },
        tranches: Tranches {
            agent: tranche(0)?,
            site: tranche(1)?,
            kw: tranche(2)?,
            ready: tranche(3)?,
            retire: tranche(4)?,
            state: tranche(5)?,
        },
        codes: Codes { lease: *lease, sublease: *sublease, vendors: *vendors, left: *left },
        tenants: *tenants,
    };
    work(&halls).map_err(PyIndexError::new_err)
}

/// Rows as columns.
fn bytes<'py>(py: Python<'py>, rows: &[Use]) -> PyResult<[Bound<'py, PyBytes>; 4]> {
    let column = |part: fn(&Use) -> i64| columns::integer_bytes(py, &rows.iter().map(part).collect::<Vec<_>>());
    Ok([
        column(|row| row.tenant as i64)?,
        column(|row| row.site as i64)?,
        column(|row| row.kw)?,
        column(|row| row.end)?,
    ])
}

/// What of contracts that have just ended goes on, as their tenants use more than they have leased: contract, kW, end.
#[pyfunction]
fn held_over<'py>(
    py: Python<'py>,
    halls: Given<'py>,
    now: i64,
    ended: &Bound<'py, PyAny>,
    sites: usize,
) -> PyResult<[Bound<'py, PyBytes>; 3]> {
    let ended = columns::integers(ended, "ended")?;
    let stays = with_halls(py, &halls, |halls| halls.held_over(now, &ended, sites))?;
    let column = |part: fn(&Stay) -> i64| columns::integer_bytes(py, &stays.iter().map(part).collect::<Vec<_>>());
    Ok([column(|stay| stay.contract as i64)?, column(|stay| stay.kw)?, column(|stay| stay.end)?])
}

/// What of it stands empty, by site, then end, then tenant: tenant, site, kW, end. What runs at that tick, by tenant and
/// site, saves looking at most tranches.
#[pyfunction]
fn empty_space<'py>(
    py: Python<'py>,
    halls: Given<'py>,
    then: i64,
    wanted: &Bound<'py, PyAny>,
    running_kw: Option<&Bound<'py, PyAny>>,
) -> PyResult<[Bound<'py, PyBytes>; 4]> {
    let wanted = columns::truths(wanted, "wanted")?;
    let running_kw = running_kw.map(|kw| columns::buffer::<i64>(kw, "running_kw", "int64")).transpose()?;
    let running_kw = running_kw.as_ref().map(|kw| columns::cells(py, kw, "running_kw")).transpose()?;
    let rows = with_halls(py, &halls, |halls| halls.empty(then, &wanted, running_kw.as_ref()))?;
    bytes(py, &rows)
}
