//! `wattmarket._core`: contracts behind `wattmarket.contracts.ledger`.
//!
//! Columns of all contracts come in by the buffer protocol, as a dict by name, and are read where they lie.

use pyo3::buffer::ReadOnlyCell;
use pyo3::exceptions::{PyIndexError, PyLookupError, PyOverflowError};
use pyo3::prelude::*;
use pyo3::types::{PyBytes, PyDict};

use super::columns;
use super::space::buffers;
use crate::contracts::{Payments, States, Terms, Unpaid, kw_by_state};

/// Adds the functions of this file to the module.
pub(super) fn register(module: &Bound<'_, PyModule>) -> PyResult<()> {
    module.add_function(wrap_pyfunction!(contracts_due, module)?)?;
    module.add_function(wrap_pyfunction!(contracts_kw, module)?)?;
    module.add_function(wrap_pyfunction!(rents, module)?)?;
    module.add_function(wrap_pyfunction!(differences, module)?)
}

const CONTRACT: [&str; 9] = ["kind", "state", "seller", "buyer", "zone", "kw", "price", "start", "end"];

/// Calls `work` with the contracts that the columns describe.
fn with_terms<T>(
    py: Python<'_>,
    contracts: &Bound<'_, PyDict>,
    work: impl FnOnce(&Terms<&[ReadOnlyCell<i64>]>) -> T,
) -> PyResult<T> {
    let contracts = buffers(contracts, CONTRACT)?;
    let column = |place: usize| columns::cells(py, &contracts[place], CONTRACT[place]);
    Ok(work(&Terms {
        kind: column(0)?,
        state: column(1)?,
        seller: column(2)?,
        buyer: column(3)?,
        zone: column(4)?,
        kw: column(5)?,
        price: column(6)?,
        start: column(7)?,
        end: column(8)?,
    }))
}

/// Which pending contracts have begun by some tick, and which are over that run: with the codes of both states; rows of
/// each.
#[pyfunction]
fn contracts_due<'py>(
    py: Python<'py>,
    contracts: &Bound<'py, PyDict>,
    tick: i64,
    states: (i64, i64),
) -> PyResult<[Bound<'py, PyBytes>; 2]> {
    let states = States { pending: states.0, active: states.1 };
    let (begun, over) = with_terms(py, contracts, |terms| terms.due(tick, states))?;
    let rows =
        |rows: Vec<usize>| columns::integer_bytes(py, &rows.into_iter().map(|row| row as i64).collect::<Vec<_>>());
    Ok([rows(begun)?, rows(over)?])
}

/// kW of contracts by kind and state.
#[pyfunction]
fn contracts_kw<'py>(
    py: Python<'py>,
    contracts: &Bound<'py, PyDict>,
    kinds: usize,
    states: usize,
) -> PyResult<Bound<'py, PyBytes>> {
    let sums = with_terms(py, contracts, |terms| kw_by_state(&terms.kind, &terms.state, &terms.kw, kinds, states))?;
    columns::integer_bytes(py, &sums.map_err(PyIndexError::new_err)?)
}

/// This month's rent of running contracts of two kinds, in units of so much: contract, payer, payee, amount.
#[pyfunction]
fn rents<'py>(
    py: Python<'py>,
    contracts: &Bound<'py, PyDict>,
    kinds: [i64; 2],
    active: i64,
    unit: i64,
) -> PyResult<[Bound<'py, PyBytes>; 4]> {
    payments(py, with_terms(py, contracts, |terms| terms.rents(kinds, active, unit))?)
}

/// The same of contracts for differences, settled at the price of every zone for so many hours.
#[pyfunction]
fn differences<'py>(
    py: Python<'py>,
    contracts: &Bound<'py, PyDict>,
    kinds: [i64; 2],
    active: i64,
    unit: i64,
    market_price: &Bound<'py, PyAny>,
    hours: i64,
) -> PyResult<[Bound<'py, PyBytes>; 4]> {
    let price = columns::integers(market_price, "market_price")?;
    payments(py, with_terms(py, contracts, |terms| terms.differences(kinds, active, unit, &price, hours))?)
}

/// Payments as columns.
fn payments<'py>(py: Python<'py>, found: Result<Payments, Unpaid>) -> PyResult<[Bound<'py, PyBytes>; 4]> {
    let payments = found.map_err(|unpaid| match unpaid {
        Unpaid::NoPrice => PyLookupError::new_err("a zone has no price"),
        Unpaid::TooLarge => PyOverflowError::new_err("a payment does not fit 64 bits"),
    })?;
    let column = |column: &[i64]| columns::integer_bytes(py, column);
    Ok([column(&payments.contract)?, column(&payments.payer)?, column(&payments.payee)?, column(&payments.amount)?])
}
