//! `wattmarket._core`: statistics of explosive series behind `wattmarket.findings.explosive`.

use pyo3::buffer::PyBuffer;
use pyo3::exceptions::PyValueError;
use pyo3::prelude::*;
use pyo3::types::PyBytes;

use super::numeric::floats;
use crate::explosive::statistics;

/// Adds the functions of this file to the module.
pub(super) fn register(module: &Bound<'_, PyModule>) -> PyResult<()> {
    module.add_function(wrap_pyfunction!(explosive, module)?)
}

/// Statistics of series of so many months each, month by month: of the window from the start, and the largest of all.
#[pyfunction]
fn explosive<'py>(
    py: Python<'py>,
    series: PyBuffer<f64>,
    months: usize,
    window: usize,
    lags: usize,
) -> PyResult<[Bound<'py, PyBytes>; 2]> {
    let series = series.to_vec(py)?;
    if months == 0 || series.len() % months != 0 || window < lags + 3 {
        return Err(PyValueError::new_err("expected whole series, and windows of lags + 3 observations or more"));
    }
    let found = py.detach(|| series.chunks_exact(months).map(|one| statistics(one, window, lags)).collect::<Vec<_>>());
    let badf = floats(py, series.len(), found.iter().flat_map(|one| one.badf.iter().copied()))?;
    let bsadf = floats(py, series.len(), found.iter().flat_map(|one| one.bsadf.iter().copied()))?;
    Ok([badf, bsadf])
}
