//! `wattmarket._core.BiddingCore`: the bids of a month behind `wattmarket.agents.bidding`, and what lots will earn.
//!
//! Columns come in by the buffer protocol, those of lots as a dict by name; results leave as bytes.

use pyo3::exceptions::{PyIndexError, PyValueError};
use pyo3::prelude::*;
use pyo3::types::{PyBytes, PyDict};

use super::columns;
use crate::bidding::{self, Bidder, Bidding, Lots, Prospect};

/// Adds the class and the function of this file to the module.
pub(super) fn register(module: &Bound<'_, PyModule>) -> PyResult<()> {
    module.add_function(wrap_pyfunction!(add_prospects, module)?)?;
    module.add_function(wrap_pyfunction!(prospects_of_owners, module)?)?;
    module.add_class::<BiddingCore>()
}

/// A column of floats of a given length.
fn floats_of(column: &Bound<'_, PyAny>, array: &str, length: usize) -> PyResult<Vec<f64>> {
    let values: Vec<f64> = columns::elements(column, array, "float64")?;
    if values.len() == length {
        Ok(values)
    } else {
        Err(PyValueError::new_err(format!("{array}: expected {length} numbers, found {}", values.len())))
    }
}

/// Values of lots with the discounted sum of what each will earn: weights by months to delivery and knot, excess rents by
/// knot and lot, months to delivery by lot.
#[pyfunction]
fn add_prospects<'py>(
    py: Python<'py>,
    value: &Bound<'py, PyAny>,
    weight: &Bound<'py, PyAny>,
    excess: &Bound<'py, PyAny>,
    months: &Bound<'py, PyAny>,
) -> PyResult<Bound<'py, PyBytes>> {
    let mut value: Vec<f64> = columns::elements(value, "value", "float64")?;
    let excess: Vec<f64> = columns::elements(excess, "excess", "float64")?;
    let weight: Vec<f64> = columns::elements(weight, "weight", "float64")?;
    let months = columns::integers_of(months, "months", value.len())?;
    let knots = excess.len() / value.len().max(1);
    if knots * value.len() != excess.len() || knots > 0 && (weight.is_empty() || !weight.len().is_multiple_of(knots)) {
        return Err(PyValueError::new_err("excess, weight: expected knots by lots, and months by knots"));
    }
    Prospect { weight: &weight, excess: &excess, months: &months }.add_to(&mut value);
    columns::float_bytes(py, &value)
}

/// What owners expect their lots to earn if they are delivered at once: owner by lot, weights by agent and knot, cohort by
/// agent, excess rents by cohort, knot and lot.
#[pyfunction]
fn prospects_of_owners<'py>(
    py: Python<'py>,
    owner: &Bound<'py, PyAny>,
    weight: &Bound<'py, PyAny>,
    cohort: &Bound<'py, PyAny>,
    excess: &Bound<'py, PyAny>,
) -> PyResult<Bound<'py, PyBytes>> {
    let owner = columns::integers(owner, "owner")?;
    let weight: Vec<f64> = columns::elements(weight, "weight", "float64")?;
    let excess = columns::buffer::<f64>(excess, "excess", "float64")?;
    let excess = columns::cells(py, &excess, "excess")?;
    let agents = columns::integers(cohort, "cohort")?.len();
    let by_cohort = (weight.len() / agents.max(1) * owner.len()).max(1);
    let cohort = columns::positions(cohort, "cohort", excess.len() / by_cohort)?;
    if !weight.len().is_multiple_of(agents.max(1)) || !excess.len().is_multiple_of(by_cohort) {
        return Err(PyValueError::new_err("weight, excess: expected agents by knots, and cohorts by knots by lots"));
    }
    columns::float_bytes(py, &bidding::prospects_of_owners(&owner, &weight, &cohort, |place| excess[place].get()))
}

/// Collects the bids of a month.
#[pyclass(module = "wattmarket._core")]
struct BiddingCore {
    bidding: Bidding,
    agents: usize,
    lots: usize,
}

#[pymethods]
impl BiddingCore {
    /// Takes the columns of lots by name, and how far agents bid.
    #[new]
    fn new(
        lots: &Bound<'_, PyDict>,
        annuity_months: &Bound<'_, PyAny>,
        agents: usize,
        cover: f64,
        most: usize,
    ) -> PyResult<Self> {
        let annuity_months: Vec<f64> = columns::elements(annuity_months, "annuity_months", "float64")?;
        let lots = read(lots, annuity_months.len())?;
        let count = lots.price.len();
        Ok(Self { bidding: Bidding::new(lots, annuity_months, agents, cover, most), agents, lots: count })
    }

    /// Takes in what packages are worth to an agent, and bids for the best of them; `terms` are what it can spend, $, and
    /// what a kW-month of its money earned elsewhere. Says whether anything was worth bidding for.
    #[pyo3(signature = (agent, value, land_ask, allowed, terms))]
    fn add(
        &mut self,
        agent: u32,
        value: &Bound<'_, PyAny>,
        land_ask: &Bound<'_, PyAny>,
        allowed: Option<&Bound<'_, PyAny>>,
        terms: (i64, f64),
    ) -> PyResult<bool> {
        if agent as usize >= self.agents {
            return Err(PyIndexError::new_err(agent));
        }
        let value = floats_of(value, "value", self.lots)?;
        let land_ask = floats_of(land_ask, "land_ask", self.lots)?;
        let allowed = allowed.map(|column| columns::truths(column, "allowed")).transpose()?;
        if allowed.as_ref().is_some_and(|allowed| allowed.len() != self.lots) {
            return Err(PyValueError::new_err(format!("allowed: expected {} truths", self.lots)));
        }
        let (cash, opportunity) = terms;
        let (value, land_ask, allowed) = (&value[..], &land_ask[..], allowed.as_deref());
        Ok(self.bidding.add(&Bidder { agent, value, land_ask, allowed, cash, opportunity }))
    }

    /// What each agent may win of each silicon class, kW, agent by agent.
    fn budget<'py>(&self, py: Python<'py>) -> PyResult<Bound<'py, PyBytes>> {
        columns::integer_bytes(py, &self.bidding.budget)
    }

    /// The most that any agent would give for each lot's land.
    fn best<'py>(&self, py: Python<'py>) -> PyResult<Bound<'py, PyBytes>> {
        columns::float_bytes(py, &self.bidding.best)
    }

    /// All bids, agent by agent: agent, lot, all-in value, kW.
    fn bids<'py>(&self, py: Python<'py>) -> PyResult<[Bound<'py, PyBytes>; 4]> {
        let mut bids = self.bidding.bids.clone();
        // Stable: an agent's bids keep their order.
        bids.sort_by_key(|bid| bid.agent);
        Ok([
            columns::position_bytes(py, &bids.iter().map(|bid| bid.agent).collect::<Vec<_>>())?,
            columns::position_bytes(py, &bids.iter().map(|bid| bid.lot).collect::<Vec<_>>())?,
            columns::float_bytes(py, &bids.iter().map(|bid| bid.value).collect::<Vec<_>>())?,
            columns::integer_bytes(py, &bids.iter().map(|bid| bid.kw).collect::<Vec<_>>())?,
        ])
    }
}

/// Columns of lots from a dict.
fn read(lots: &Bound<'_, PyDict>, classes: usize) -> PyResult<Lots> {
    let column = |name: &str| lots.as_any().get_item(name);
    let price: Vec<f64> = columns::elements(&column("price")?, "price", "float64")?;
    let count = price.len();
    let silicon = columns::positions(&column("silicon")?, "silicon", classes)?;
    if silicon.len() != count {
        return Err(PyValueError::new_err(format!("silicon: expected {count} classes")));
    }
    Ok(Lots {
        price,
        premium: floats_of(&column("premium")?, "premium", count)?,
        upgrade: floats_of(&column("upgrade")?, "upgrade", count)?,
        holder: columns::integers_of(&column("holder")?, "holder", count)?,
        kw: columns::integers_of(&column("kw")?, "kw", count)?,
        silicon,
    })
}
