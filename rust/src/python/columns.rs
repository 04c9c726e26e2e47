//! The door between Python and the engine: integer columns in, read-only bytes out, errors and Ctrl-C on the way.
//!
//! Columns come in by the buffer protocol. Only 64-bit integers are taken: a float array is refused whatever it holds, and
//! so is the smallest integer, which is what NaN becomes when it is cast.

use std::cell::{Cell, RefCell};
use std::time::{Duration, Instant};

use pyo3::buffer::{Element, PyBuffer, ReadOnlyCell};
use pyo3::prelude::*;
use pyo3::types::PyBytes;

use crate::error::{Error, Result};
use crate::network::check_length;
use crate::simplex::Interrupt;

pyo3::import_exception!(wattmarket.errors, InputError);

/// Least time between two looks for a pending signal.
const PATIENCE: Duration = Duration::from_millis(20);

/// An `int64` column of any length.
pub fn integers(column: &Bound<'_, PyAny>, array: &'static str) -> PyResult<Vec<i64>> {
    let values: Vec<i64> = elements(column, array, "int64")?;
    match values.iter().position(|&value| value == i64::MIN) {
        Some(index) => {
            let reason = "is the smallest int64, which is what NaN becomes when it is cast";
            Err(refusal(Error::Entry { array, index, value: i128::from(i64::MIN), reason }))
        }
        None => Ok(values),
    }
}

/// An `int64` column of a given length.
pub fn integers_of(column: &Bound<'_, PyAny>, array: &'static str, length: usize) -> PyResult<Vec<i64>> {
    let values = integers(column, array)?;
    check_length(array, length, values.len()).map_err(refusal)?;
    Ok(values)
}

/// An `int64` column of positions below `count`.
pub fn positions(column: &Bound<'_, PyAny>, array: &'static str, count: usize) -> PyResult<Vec<u32>> {
    let narrow = |(index, value): (usize, i64)| match u32::try_from(value) {
        Ok(position) if (position as usize) < count => Ok(position),
        _ => {
            let reason = "is out of range";
            Err(refusal(Error::Entry { array, index, value: i128::from(value), reason }))
        }
    };
    integers(column, array)?.into_iter().enumerate().map(narrow).collect()
}

/// An `int64` or `uint64` column of keys.
pub fn keys(column: &Bound<'_, PyAny>, array: &'static str) -> PyResult<Vec<u64>> {
    if let Ok(values) = elements::<u64>(column, array, "uint64") {
        return Ok(values);
    }
    let values: Vec<i64> = elements(column, array, "int64 or uint64")?;
    Ok(values.into_iter().map(|value| value as u64).collect())
}

/// A column of truth values, as bytes of 0 or 1.
pub fn truths(column: &Bound<'_, PyAny>, array: &str) -> PyResult<Vec<bool>> {
    Ok(elements::<u8>(column, array, "uint8")?.into_iter().map(|truth| truth != 0).collect())
}

/// The entries of a one-dimensional buffer of one element type.
pub fn elements<T: Element>(column: &Bound<'_, PyAny>, array: &str, dtype: &str) -> PyResult<Vec<T>> {
    buffer(column, array, dtype)?.to_vec(column.py())
}

/// Writes an `int64` column of any length over `values`, in the memory they have. Who takes them checks their range, which
/// excludes the smallest integer.
pub fn overwrite(values: &mut Vec<i64>, column: &Bound<'_, PyAny>, array: &str) -> PyResult<()> {
    let buffer = buffer(column, array, "int64")?;
    values.resize(buffer.item_count(), 0);
    buffer.copy_to_slice(column.py(), values)
}

/// A one-dimensional buffer of one element type.
pub fn buffer<T: Element>(column: &Bound<'_, PyAny>, array: &str, dtype: &str) -> PyResult<PyBuffer<T>> {
    let Ok(buffer) = PyBuffer::<T>::get(column) else {
        let found = match column.getattr("dtype") {
            Ok(dtype) => dtype.str()?.to_string(),
            Err(_) => column.get_type().name()?.to_string(),
        };
        return Err(InputError::new_err(format!("{array}: expected an array of {dtype}, found {found}")));
    };
    if buffer.dimensions() != 1 {
        let dimensions = buffer.dimensions();
        return Err(InputError::new_err(format!("{array}: expected one dimension, found {dimensions}")));
    }
    Ok(buffer)
}

/// The entries of a column where they lie, one after the other: a long column that is read once needs no copy.
pub fn cells<'a, T: Element>(_py: Python<'a>, buffer: &'a PyBuffer<T>, array: &str) -> PyResult<&'a [ReadOnlyCell<T>]> {
    let entries = buffer.as_slice_ptr().ok_or_else(|| gaps(array))?;
    // SAFETY: the buffer, which outlives the slice, keeps its memory alive and in place; its type was checked when it
    // was taken. Whoever holds the interpreter may write to it, which is this thread: hence cells.
    Ok(unsafe { &*(entries.as_ptr() as *const [ReadOnlyCell<T>]) })
}

/// The entries of a column that may be written, where they lie.
pub fn cells_to_write<'a, T: Element>(
    _py: Python<'a>,
    buffer: &'a PyBuffer<T>,
    array: &str,
) -> PyResult<&'a [Cell<T>]> {
    if buffer.readonly() {
        return Err(InputError::new_err(format!("{array}: is read-only")));
    }
    let entries = buffer.as_slice_ptr().ok_or_else(|| gaps(array))?;
    // SAFETY: as in `cells`; the exporter lets us write.
    Ok(unsafe { &*(entries.as_ptr() as *const [Cell<T>]) })
}

fn gaps(array: &str) -> PyErr {
    InputError::new_err(format!("{array}: expected entries without gaps"))
}

/// An `int64` column as bytes; in Python `numpy.frombuffer` makes it a read-only array without a copy.
pub fn integer_bytes<'py>(py: Python<'py>, values: &[i64]) -> PyResult<Bound<'py, PyBytes>> {
    PyBytes::new_with(py, size_of_val(values), |bytes| {
        for (place, value) in bytes.chunks_exact_mut(size_of::<i64>()).zip(values) {
            place.copy_from_slice(&value.to_ne_bytes());
        }
        Ok(())
    })
}

/// A `float64` column as bytes.
pub fn float_bytes<'py>(py: Python<'py>, values: &[f64]) -> PyResult<Bound<'py, PyBytes>> {
    PyBytes::new_with(py, size_of_val(values), |bytes| {
        for (place, value) in bytes.chunks_exact_mut(size_of::<f64>()).zip(values) {
            place.copy_from_slice(&value.to_ne_bytes());
        }
        Ok(())
    })
}

/// A column of positions as the bytes of an `int64` column.
pub fn position_bytes<'py>(py: Python<'py>, values: &[u32]) -> PyResult<Bound<'py, PyBytes>> {
    PyBytes::new_with(py, values.len() * size_of::<i64>(), |bytes| {
        for (place, &value) in bytes.chunks_exact_mut(size_of::<i64>()).zip(values) {
            place.copy_from_slice(&i64::from(value).to_ne_bytes());
        }
        Ok(())
    })
}

/// A column of truth values as bytes, for `numpy.frombuffer` with dtype `bool`.
pub fn truth_bytes<'py>(py: Python<'py>, values: &[bool]) -> PyResult<Bound<'py, PyBytes>> {
    PyBytes::new_with(py, values.len(), |bytes| {
        for (place, &value) in bytes.iter_mut().zip(values) {
            *place = u8::from(value);
        }
        Ok(())
    })
}

/// What Python sees of an error of the core that concerns its input.
pub fn refusal(error: Error) -> PyErr {
    InputError::new_err(error.to_string())
}

/// The one guarded door into long work: the GIL is released, Ctrl-C is honoured, errors become exceptions.
pub fn without_gil<T: Send>(py: Python<'_>, work: impl FnOnce(Interrupt) -> Result<T> + Send) -> PyResult<T> {
    let (result, raised) = py.detach(|| {
        let raised: RefCell<Option<PyErr>> = RefCell::new(None);
        let asked = Cell::new(Instant::now());
        let interrupt = || {
            if asked.get().elapsed() < PATIENCE {
                return false;
            }
            asked.set(Instant::now());
            match Python::attach(|py| py.check_signals()) {
                Ok(()) => false,
                Err(error) => {
                    raised.replace(Some(error));
                    true
                }
            }
        };
        let result = work(&interrupt);
        (result, raised.take())
    });
    match (result, raised) {
        (Err(Error::Interrupted), Some(raised)) => Err(raised),
        (result, _) => result.map_err(refusal),
    }
}
