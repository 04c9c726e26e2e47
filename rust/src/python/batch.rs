//! `wattmarket._core.SpotBatchCore`: the markets behind `wattmarket.spot.SpotBatch`.

use std::num::NonZeroUsize;

use pyo3::prelude::*;
use pyo3::types::PyDict;

use super::columns;
use super::spot::{Incoming, SpotCore, broken, result};
use crate::spot::batch::Batch;
use crate::spot::clearing::Clearing;
use crate::spot::market::{Effort, Failure, Outcome};

/// Adds the class of this file to the module.
pub(super) fn register(module: &Bound<'_, PyModule>) -> PyResult<()> {
    module.add_class::<SpotBatchCore>()
}

/// Demand's columns, its steps, the state's columns.
type Columns<'py> = (Bound<'py, PyDict>, usize, Bound<'py, PyDict>);

/// Markets of one world that clear side by side.
#[pyclass(module = "wattmarket._core")]
struct SpotBatchCore {
    batch: Batch,
    incoming: Vec<Incoming>,
}

#[pymethods]
impl SpotBatchCore {
    /// Forks a market.
    #[new]
    fn new(market: PyRef<'_, SpotCore>, size: usize) -> Self {
        let mut incoming = vec![];
        incoming.resize_with(size, Incoming::default);
        Self { batch: Batch::new(&market.market, size), incoming }
    }

    /// Clears each case by the market of its place; a dict of columns for each.
    #[pyo3(signature = (cases, threads))]
    fn clear<'py>(
        &mut self,
        py: Python<'py>,
        cases: Vec<Columns<'py>>,
        threads: Option<NonZeroUsize>,
    ) -> PyResult<Vec<Bound<'py, PyDict>>> {
        let Self { batch, incoming } = self;
        for (index, (incoming, (demand, steps, state))) in incoming.iter_mut().zip(&cases).enumerate() {
            incoming.read(demand, *steps, state).map_err(|error| of_case(py, index, &error))?;
        }
        let count = cases.len().min(incoming.len());
        let outcomes = columns::without_gil(py, |interrupt| {
            batch.run(&mut incoming[..count], threads, interrupt, |market, Incoming { demand, state }, interrupt| {
                market.exchange(demand, state)?;
                Ok((market.clearing(interrupt)?, market.effort()))
            })
        })?;
        outcomes.into_iter().enumerate().map(|(index, outcome)| columns_of(py, index, outcome)).collect()
    }
}

fn columns_of(py: Python<'_>, index: usize, outcome: Outcome<(Clearing, Effort)>) -> PyResult<Bound<'_, PyDict>> {
    match outcome {
        Ok((clearing, effort)) => result(py, &clearing, effort),
        Err(Failure::Input(error)) => Err(of_case(py, index, &columns::refusal(error))),
        Err(Failure::Certificate(what)) => Err(broken(&format!("case {index}: "), &what)),
    }
}

/// The same refusal, with the case that it is about.
fn of_case(py: Python<'_>, index: usize, error: &PyErr) -> PyErr {
    columns::InputError::new_err(format!("case {index}: {}", error.value(py)))
}
