//! `wattmarket._core`: portable functions, ordered sums, keyed draws. Columns come in by the buffer protocol
//! and leave as bytes.

use pyo3::buffer::{Element, PyBuffer, ReadOnlyCell};
use pyo3::exceptions::{PyIndexError, PyValueError};
use pyo3::prelude::*;
use pyo3::types::PyBytes;

use super::columns;
use crate::numeric;

/// Adds the functions of this file to the module.
pub(super) fn register(module: &Bound<'_, PyModule>) -> PyResult<()> {
    module.add_function(wrap_pyfunction!(exp, module)?)?;
    module.add_function(wrap_pyfunction!(log, module)?)?;
    module.add_function(wrap_pyfunction!(power, module)?)?;
    module.add_function(wrap_pyfunction!(sin, module)?)?;
    module.add_function(wrap_pyfunction!(cos, module)?)?;
    module.add_function(wrap_pyfunction!(asin, module)?)?;
    module.add_function(wrap_pyfunction!(atan2, module)?)?;
    module.add_function(wrap_pyfunction!(logistic, module)?)?;
    module.add_function(wrap_pyfunction!(total, module)?)?;
    module.add_function(wrap_pyfunction!(group_total, module)?)?;
    module.add_function(wrap_pyfunction!(add_by, module)?)?;
    module.add_function(wrap_pyfunction!(post, module)?)?;
    module.add_function(wrap_pyfunction!(products, module)?)?;
    module.add_function(wrap_pyfunction!(entity_hash, module)?)?;
    module.add_function(wrap_pyfunction!(philox4x32, module)?)?;
    module.add_function(wrap_pyfunction!(uniform, module)?)?;
    module.add_function(wrap_pyfunction!(normal, module)?)?;
    Ok(())
}

/// The pairs of entries of two columns of one length.
fn pairs<A: Element, B: Element>(
    py: Python<'_>,
    first: &PyBuffer<A>,
    second: &PyBuffer<B>,
) -> PyResult<impl Iterator<Item = (A, B)> + use<A, B>> {
    let (first, second) = (first.to_vec(py)?, second.to_vec(py)?);
    if first.len() != second.len() {
        return Err(PyValueError::new_err("expected arrays of one length"));
    }
    Ok(first.into_iter().zip(second))
}

/// A column of floats as bytes.
pub(super) fn floats<'py>(
    py: Python<'py>,
    length: usize,
    values: impl Iterator<Item = f64>,
) -> PyResult<Bound<'py, PyBytes>> {
    PyBytes::new_with(py, length * size_of::<f64>(), |bytes| {
        for (place, value) in bytes.chunks_exact_mut(size_of::<f64>()).zip(values) {
            place.copy_from_slice(&value.to_ne_bytes());
        }
        Ok(())
    })
}

/// A function of one number, over a column.
fn map<'py>(py: Python<'py>, values: &PyBuffer<f64>, function: fn(f64) -> f64) -> PyResult<Bound<'py, PyBytes>> {
    let values = values.to_vec(py)?;
    floats(py, values.len(), values.into_iter().map(function))
}

/// A function of two numbers, over two columns.
fn map_pairs<'py>(
    py: Python<'py>,
    first: &PyBuffer<f64>,
    second: &PyBuffer<f64>,
    function: fn(f64, f64) -> f64,
) -> PyResult<Bound<'py, PyBytes>> {
    let values = pairs(py, first, second)?;
    floats(py, first.item_count(), values.map(|(x, y)| function(x, y)))
}

/// e to the power x.
#[pyfunction]
fn exp<'py>(py: Python<'py>, x: PyBuffer<f64>) -> PyResult<Bound<'py, PyBytes>> {
    map(py, &x, libm::exp)
}

/// Natural logarithm.
#[pyfunction]
fn log<'py>(py: Python<'py>, x: PyBuffer<f64>) -> PyResult<Bound<'py, PyBytes>> {
    map(py, &x, libm::log)
}

/// x to the power y.
#[pyfunction]
fn power<'py>(py: Python<'py>, x: PyBuffer<f64>, y: PyBuffer<f64>) -> PyResult<Bound<'py, PyBytes>> {
    map_pairs(py, &x, &y, libm::pow)
}

/// Sine of an angle in radians.
#[pyfunction]
fn sin<'py>(py: Python<'py>, x: PyBuffer<f64>) -> PyResult<Bound<'py, PyBytes>> {
    map(py, &x, libm::sin)
}

/// Cosine of an angle in radians.
#[pyfunction]
fn cos<'py>(py: Python<'py>, x: PyBuffer<f64>) -> PyResult<Bound<'py, PyBytes>> {
    map(py, &x, libm::cos)
}

/// Angle in radians whose sine is x.
#[pyfunction]
fn asin<'py>(py: Python<'py>, x: PyBuffer<f64>) -> PyResult<Bound<'py, PyBytes>> {
    map(py, &x, libm::asin)
}

/// Angle in radians of the point (x, y).
#[pyfunction]
fn atan2<'py>(py: Python<'py>, y: PyBuffer<f64>, x: PyBuffer<f64>) -> PyResult<Bound<'py, PyBytes>> {
    map_pairs(py, &y, &x, libm::atan2)
}

/// 1 / (1 + e^-x).
#[pyfunction]
fn logistic<'py>(py: Python<'py>, x: PyBuffer<f64>) -> PyResult<Bound<'py, PyBytes>> {
    map(py, &x, numeric::logistic)
}

/// Sums of consecutive runs of `length` values, each from left to right.
#[pyfunction]
fn total<'py>(py: Python<'py>, values: PyBuffer<f64>, length: usize) -> PyResult<Bound<'py, PyBytes>> {
    let values = values.to_vec(py)?;
    if length == 0 || values.len() % length != 0 {
        return Err(PyValueError::new_err("expected whole runs of values"));
    }
    let rows = values.chunks_exact(length);
    floats(py, values.len() / length, rows.map(|row| numeric::total(row.iter().copied())))
}

/// Sums by group, in the order of the rows.
#[pyfunction]
fn group_total<'py>(
    py: Python<'py>,
    values: PyBuffer<f64>,
    group: PyBuffer<i64>,
    groups: usize,
) -> PyResult<Bound<'py, PyBytes>> {
    let (values, group): (Vec<f64>, Vec<i64>) = pairs(py, &values, &group)?.unzip();
    let sums = numeric::group_total(values, group, groups).map_err(PyIndexError::new_err)?;
    floats(py, groups, sums.into_iter())
}

/// Adds integers to the sums of their groups, in place: rows of as many values as there are groups given, each to a row of
/// sums.
#[pyfunction]
fn add_by(
    py: Python<'_>,
    sums: &Bound<'_, PyAny>,
    group: &Bound<'_, PyAny>,
    values: &Bound<'_, PyAny>,
) -> PyResult<()> {
    let sums = columns::buffer::<i64>(sums, "sums", "int64")?;
    let group = columns::buffer::<i64>(group, "group", "int64")?;
    let values = columns::buffer::<i64>(values, "values", "int64")?;
    let sums = columns::cells_to_write(py, &sums, "sums")?;
    let (group, values) = (columns::cells(py, &group, "group")?, columns::cells(py, &values, "values")?);
    let rows = values.len() / group.len().max(1);
    if rows * group.len() != values.len() || rows > 0 && sums.len() % rows != 0 {
        return Err(PyValueError::new_err("expected rows of values as long as group, and a row of sums for each"));
    }
    for row in 0..rows {
        let sums = &sums[row * (sums.len() / rows)..(row + 1) * (sums.len() / rows)];
        let values = values[row * group.len()..].iter().map(ReadOnlyCell::get);
        numeric::add_by(sums, group.iter().map(ReadOnlyCell::get), values).map_err(PyIndexError::new_err)?;
    }
    Ok(())
}

/// Moves amounts between two accounts of parties, in place: the balance party by party, how many accounts each has, rows of
/// parties and their amounts, what is debited and what is credited.
#[pyfunction]
fn post(
    py: Python<'_>,
    balance: &Bound<'_, PyAny>,
    accounts: usize,
    party: &Bound<'_, PyAny>,
    amount: &Bound<'_, PyAny>,
    entry: (usize, usize),
) -> PyResult<()> {
    let balance = columns::buffer::<i64>(balance, "balance", "int64")?;
    let party = columns::buffer::<i64>(party, "party", "int64")?;
    let amount = columns::buffer::<i64>(amount, "amount", "int64")?;
    let balance = columns::cells_to_write(py, &balance, "balance")?;
    let (party, amount) = (columns::cells(py, &party, "party")?, columns::cells(py, &amount, "amount")?);
    let entries = party.iter().map(ReadOnlyCell::get).zip(amount.iter().map(ReadOnlyCell::get));
    numeric::post(balance, accounts, entries, entry).map_err(PyIndexError::new_err)
}

/// Sums of the products of rows with columns of weights: rows of as many values as there are in a column, weights entry by
/// entry, how many columns; the sums row by row.
#[pyfunction]
fn products<'py>(
    py: Python<'py>,
    values: &Bound<'py, PyAny>,
    weights: &Bound<'py, PyAny>,
    count: usize,
) -> PyResult<Bound<'py, PyBytes>> {
    let values = columns::buffer::<i64>(values, "values", "int64")?;
    let values = columns::cells(py, &values, "values")?;
    let weights: Vec<i64> = columns::elements(weights, "weights", "int64")?;
    let length = weights.len() / count.max(1);
    if length == 0 || length * count != weights.len() || values.len() % length != 0 {
        return Err(PyValueError::new_err("expected rows of values as long as the columns of weights"));
    }
    let mut sums = vec![0; values.len() / length * count];
    for (row, sums) in values.chunks_exact(length).zip(sums.chunks_exact_mut(count)) {
        numeric::add_products(sums, row.iter().map(ReadOnlyCell::get), &weights);
    }
    columns::integer_bytes(py, &sums)
}

/// FNV-1a, 64 bits, of each text.
#[pyfunction]
fn entity_hash<'py>(py: Python<'py>, ids: Vec<String>) -> PyResult<Bound<'py, PyBytes>> {
    PyBytes::new_with(py, ids.len() * size_of::<u64>(), |bytes| {
        for (place, id) in bytes.chunks_exact_mut(size_of::<u64>()).zip(&ids) {
            place.copy_from_slice(&numeric::fnv1a(id.as_bytes()).to_ne_bytes());
        }
        Ok(())
    })
}

/// Four words from a counter and a key, for checks against published vectors.
#[pyfunction]
fn philox4x32(counter: [u32; 4], key: [u32; 2]) -> [u32; 4] {
    numeric::philox4x32(counter, key)
}

/// Uniform draws in [0, 1) keyed by (seed, purpose, entity, tick).
#[pyfunction]
fn uniform<'py>(
    py: Python<'py>,
    seed: u64,
    purpose: &str,
    entity: PyBuffer<u64>,
    tick: PyBuffer<i64>,
) -> PyResult<Bound<'py, PyBytes>> {
    let key = numeric::draw_key(seed, purpose);
    let counters = pairs(py, &entity, &tick)?;
    floats(py, entity.item_count(), counters.map(|(e, t)| numeric::uniform(key, e, t)))
}

/// Standard normal draws keyed by (seed, purpose, entity, tick).
#[pyfunction]
fn normal<'py>(
    py: Python<'py>,
    seed: u64,
    purpose: &str,
    entity: PyBuffer<u64>,
    tick: PyBuffer<i64>,
) -> PyResult<Bound<'py, PyBytes>> {
    let key = numeric::draw_key(seed, purpose);
    let counters = pairs(py, &entity, &tick)?;
    floats(py, entity.item_count(), counters.map(|(e, t)| numeric::normal(key, e, t)))
}
