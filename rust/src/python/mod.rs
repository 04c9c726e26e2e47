//! The Python module `wattmarket._core`: docstring, signature, one delegating call.

mod columns;
mod flow;
mod numeric;
mod spot;

use pyo3::prelude::*;

#[pymodule]
fn _core(module: &Bound<'_, PyModule>) -> PyResult<()> {
    module.add("__version__", env!("CARGO_PKG_VERSION"))?;
    flow::register(module)?;
    numeric::register(module)?;
    spot::register(module)?;
    Ok(())
}
