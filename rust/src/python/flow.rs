//! `wattmarket._core.FlowCore`: the engine behind `wattmarket.clearing.FlowNetwork`, and DIMACS texts.

use pyo3::prelude::*;
use pyo3::types::{PyBytes, PyDict};

use super::columns;
use crate::certify::Certificate;
use crate::clearing::{Clearing, Optimum, clear};
use crate::dimacs;
use crate::network::Network;
use crate::simplex::{Shortage, Simplex};

/// Adds the class and the functions of this file to the module.
pub(super) fn register(module: &Bound<'_, PyModule>) -> PyResult<()> {
    module.add_class::<FlowCore>()?;
    module.add_function(wrap_pyfunction!(read_dimacs, module)?)?;
    Ok(())
}

/// A minimum-cost-flow problem and the basis that solves it.
#[pyclass(module = "wattmarket._core")]
struct FlowCore {
    simplex: Simplex,
}

#[pymethods]
impl FlowCore {
    /// Takes int64 columns; `key` may be None, `anchor` is a node.
    #[new]
    fn new(
        node_supply: &Bound<'_, PyAny>,
        tail: &Bound<'_, PyAny>,
        head: &Bound<'_, PyAny>,
        capacity: &Bound<'_, PyAny>,
        cost: &Bound<'_, PyAny>,
        key: Option<&Bound<'_, PyAny>>,
        anchor: u32,
    ) -> PyResult<Self> {
        let supply = columns::integers(node_supply, "node_supply")?;
        let network = Network {
            tail: columns::positions(tail, "tail", supply.len())?,
            head: columns::positions(head, "head", supply.len())?,
            capacity: columns::integers(capacity, "capacity")?,
            cost: columns::integers(cost, "cost")?,
            key: key.map_or(Ok(Vec::new()), |key| columns::keys(key, "key"))?,
            supply,
            anchor,
            cost_bound: 0,
        };
        if key.is_some() {
            crate::network::check_length("key", network.arcs(), network.key.len()).map_err(columns::refusal)?;
        }
        Ok(Self { simplex: Simplex::new(network).map_err(columns::refusal)? })
    }

    /// Replaces whole columns; on an error nothing has changed.
    #[pyo3(signature = (node_supply=None, capacity=None, cost=None))]
    fn update(
        &mut self,
        node_supply: Option<&Bound<'_, PyAny>>,
        capacity: Option<&Bound<'_, PyAny>>,
        cost: Option<&Bound<'_, PyAny>>,
    ) -> PyResult<()> {
        let read = |column: Option<&Bound<'_, PyAny>>, array| column.map(|c| columns::integers(c, array)).transpose();
        let supply = read(node_supply, "node_supply")?;
        let (capacity, cost) = (read(capacity, "capacity")?, read(cost, "cost")?);
        self.simplex.update(supply.as_deref(), capacity.as_deref(), cost.as_deref()).map_err(columns::refusal)
    }

    /// Clears the network; a dict with `status` and the columns and numbers of the result.
    fn clear<'py>(&mut self, py: Python<'py>) -> PyResult<Bound<'py, PyDict>> {
        let before = self.simplex.effort();
        let clearing = columns::without_gil(py, |interrupt| clear(&mut self.simplex, interrupt))?;
        let result = match &clearing {
            Clearing::Optimal(optimum) => optimal(py, optimum)?,
            Clearing::Infeasible(shortage) => infeasible(py, shortage)?,
        };
        result.set_item("pivots", self.simplex.effort().pivots - before.pivots)?;
        Ok(result)
    }

    /// Numbers of nodes and of arcs.
    fn size(&self) -> (usize, usize) {
        (self.simplex.network().nodes(), self.simplex.network().arcs())
    }

    /// The int64 columns node_supply, tail, head, capacity, cost, as bytes.
    fn columns<'py>(&self, py: Python<'py>) -> PyResult<[Bound<'py, PyBytes>; 5]> {
        let network = self.simplex.network();
        Ok([
            columns::integer_bytes(py, &network.supply)?,
            columns::position_bytes(py, &network.tail)?,
            columns::position_bytes(py, &network.head)?,
            columns::integer_bytes(py, &network.capacity)?,
            columns::integer_bytes(py, &network.cost)?,
        ])
    }

    /// The network, with the lower bounds shifted out, as a DIMACS problem.
    fn write_dimacs(&self, lower: &Bound<'_, PyAny>) -> PyResult<String> {
        let network = self.simplex.network();
        let lower = columns::integers_of(lower, "lower", network.arcs())?;
        Ok(dimacs::write(network, &lower))
    }

    /// A flow, with the lower bounds shifted out, as a DIMACS solution.
    fn write_solution(&self, lower: &Bound<'_, PyAny>, flow: &Bound<'_, PyAny>) -> PyResult<String> {
        let network = self.simplex.network();
        let lower = columns::integers_of(lower, "lower", network.arcs())?;
        let flow = columns::integers_of(flow, "flow", network.arcs())?;
        Ok(dimacs::write_solution(network, &lower, &flow))
    }
}

fn optimal<'py>(py: Python<'py>, optimum: &Optimum) -> PyResult<Bound<'py, PyDict>> {
    let result = PyDict::new(py);
    result.set_item("status", "optimal")?;
    result.set_item("flow", columns::integer_bytes(py, &optimum.flow)?)?;
    result.set_item("price_low", columns::integer_bytes(py, &optimum.prices.low)?)?;
    result.set_item("price_high", columns::integer_bytes(py, &optimum.prices.high)?)?;
    result.set_item("low_unbounded", columns::truth_bytes(py, &optimum.prices.low_unbounded)?)?;
    result.set_item("high_unbounded", columns::truth_bytes(py, &optimum.prices.high_unbounded)?)?;
    result.set_item("low", certificate(&optimum.low))?;
    result.set_item("high", certificate(&optimum.high))?;
    Ok(result)
}

/// Conservation, bounds, reduced costs, primal, dual.
type Facts = (bool, bool, bool, Option<i128>, Option<i128>);

fn certificate(certificate: &Certificate) -> Facts {
    let Certificate { conservation, bounds, reduced_costs, primal, dual } = *certificate;
    (conservation, bounds, reduced_costs, primal, dual)
}

fn infeasible<'py>(py: Python<'py>, shortage: &Shortage) -> PyResult<Bound<'py, PyDict>> {
    let result = PyDict::new(py);
    result.set_item("status", "infeasible")?;
    result.set_item("nodes", columns::position_bytes(py, &shortage.nodes)?)?;
    result.set_item("supply", shortage.supply)?;
    result.set_item("capacity", shortage.capacity)?;
    Ok(result)
}

/// Reads a DIMACS problem: the engine, and each arc's lower bound as an int64 column.
#[pyfunction]
fn read_dimacs<'py>(py: Python<'py>, text: &str) -> PyResult<(FlowCore, Bound<'py, PyBytes>)> {
    let problem = dimacs::read(text).map_err(columns::refusal)?;
    let lower = columns::integer_bytes(py, &problem.lower)?;
    Ok((FlowCore { simplex: Simplex::new(problem.network).map_err(columns::refusal)? }, lower))
}
