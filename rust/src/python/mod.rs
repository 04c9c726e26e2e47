//! The Python module `wattmarket._core`: docstring, signature, one delegating call.

mod batch;
mod bidding;
mod columns;
mod contracts;
mod explosive;
mod filing;
mod fleet;
mod flow;
mod forward;
mod numeric;
mod open_load;
mod queue;
mod space;
mod spot;

use pyo3::prelude::*;

#[pymodule]
fn _core(module: &Bound<'_, PyModule>) -> PyResult<()> {
    module.add("__version__", env!("CARGO_PKG_VERSION"))?;
    batch::register(module)?;
    bidding::register(module)?;
    contracts::register(module)?;
    explosive::register(module)?;
    filing::register(module)?;
    fleet::register(module)?;
    flow::register(module)?;
    forward::register(module)?;
    numeric::register(module)?;
    open_load::register(module)?;
    queue::register(module)?;
    space::register(module)?;
    spot::register(module)?;
    Ok(())
}
