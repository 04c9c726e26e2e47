//! `wattmarket._core.SpotCore`: the market behind `wattmarket.spot.SpotMarket`, and the matrix of round-trip times.
//!
//! Columns come in as dicts of flat arrays by name; results go out as a dict of bytes by name.

use pyo3::buffer::Element;
use pyo3::prelude::*;
use pyo3::types::{PyBytes, PyDict};

use super::columns;
use crate::reach::{self, Metros, Sites};
use crate::simplex::Interrupt;
use crate::spot::blocks::RoundTrips;
use crate::spot::clearing::{Clearing, Quote};
use crate::spot::layout::Layout;
use crate::spot::market::{Effort, Failure, Market, Optimum, Outcome};
use crate::spot::state::{Demand, State};

pyo3::import_exception!(wattmarket.errors, InvariantError);

/// Adds the class and the function of this file to the module.
pub(super) fn register(module: &Bound<'_, PyModule>) -> PyResult<()> {
    module.add_class::<SpotCore>()?;
    module.add_function(wrap_pyfunction!(rtt_matrix, module)?)?;
    Ok(())
}

/// Round-trip times of all pairs, metros by rows, as the bytes of a uint16 column.
#[pyfunction]
fn rtt_matrix<'py>(py: Python<'py>, places: &Bound<'_, PyDict>, km_per_ms: f64) -> PyResult<Bound<'py, PyBytes>> {
    let column = |name: &'static str| elements::<f64>(places, name, "float64");
    let (metro_lat, metro_lon) = (column("metro_lat")?, column("metro_lon")?);
    let (access_ms, stretch) = (column("metro_access_ms")?, column("metro_stretch")?);
    let (site_lat, site_lon, hop_ms) = (column("site_lat")?, column("site_lon")?, column("site_hop_ms")?);
    let metros = Metros { lat: &metro_lat, lon: &metro_lon, access_ms: &access_ms, stretch: &stretch };
    let sites = Sites { lat: &site_lat, lon: &site_lon, hop_ms: &hop_ms };
    let matrix = columns::without_gil(py, |_| reach::rtt_matrix(metros, sites, km_per_ms))?;
    PyBytes::new_with(py, 2 * matrix.len(), |bytes| {
        for (place, rtt) in bytes.chunks_exact_mut(2).zip(&matrix) {
            place.copy_from_slice(&rtt.to_ne_bytes());
        }
        Ok(())
    })
}

/// Demand and state on their way in. A market takes them in exchange for those before, whose memory serves the next.
#[derive(Default)]
pub(super) struct Incoming {
    pub demand: Demand,
    pub state: State,
}

impl Incoming {
    /// Writes Python's columns over its own.
    pub fn read(&mut self, demand: &Bound<'_, PyDict>, steps: usize, state: &Bound<'_, PyDict>) -> PyResult<()> {
        self.demand.steps = steps;
        for (name, values) in
            [("quantity_kw", &mut self.demand.quantity_kw), ("price_musd_per_kwh", &mut self.demand.price)]
        {
            columns::overwrite(values, &column(demand, name)?, name)?;
        }
        for (name, values) in self.state.columns_mut() {
            columns::overwrite(values, &column(state, name)?, name)?;
        }
        Ok(())
    }
}

/// The Watt-Latency network of one world, cleared again and again.
#[pyclass(module = "wattmarket._core")]
pub(super) struct SpotCore {
    pub market: Market,
    incoming: Incoming,
}

#[pymethods]
impl SpotCore {
    /// Takes the static columns by name.
    #[new]
    fn new(columns: &Bound<'_, PyDict>, transport_rate: u32, entry: bool) -> PyResult<Self> {
        let market = Market::new(layout(columns, transport_rate, entry)?).map_err(columns::refusal)?;
        Ok(Self { market, incoming: Incoming::default() })
    }

    /// Takes the columns of the next clearing.
    fn update(
        &mut self,
        demand_columns: &Bound<'_, PyDict>,
        steps: usize,
        state_columns: &Bound<'_, PyDict>,
    ) -> PyResult<()> {
        let Self { market, incoming } = self;
        incoming.read(demand_columns, steps, state_columns)?;
        market.exchange(&mut incoming.demand, &mut incoming.state).map_err(columns::refusal)
    }

    /// Finds and proves an optimum: objective, pivots, rounds, active arcs.
    fn optimise(&mut self, py: Python<'_>) -> PyResult<(i128, u64, u32, usize)> {
        let Optimum { objective, effort } = self.step(py, Market::optimise)?;
        Ok((objective, effort.pivots, effort.rounds, effort.active))
    }

    /// Settles flows and prices.
    fn settle(&mut self, py: Python<'_>) -> PyResult<()> {
        self.step(py, Market::settle)
    }

    /// A dict with the columns and numbers of the settled result.
    fn clearing<'py>(&mut self, py: Python<'py>) -> PyResult<Bound<'py, PyDict>> {
        let clearing = self.step(py, Market::clearing)?;
        result(py, &clearing, self.market.effort())
    }

    /// Another market of the same world, from the basis that this one has.
    fn fork(&self) -> Self {
        Self { market: self.market.fork(), incoming: Incoming::default() }
    }
}

impl SpotCore {
    fn step<T: Send>(
        &mut self,
        py: Python<'_>,
        step: impl FnOnce(&mut Market, Interrupt<'_>) -> Outcome<T> + Send,
    ) -> PyResult<T> {
        let market = &mut self.market;
        let outcome = columns::without_gil(py, |interrupt| match step(market, interrupt) {
            Ok(done) => Ok(Ok(done)),
            Err(Failure::Input(error)) => Err(error),
            Err(Failure::Certificate(what)) => Ok(Err(what)),
        })?;
        outcome.map_err(|what| broken("", &what))
    }
}

/// What Python sees of a certificate that does not hold.
pub(super) fn broken(place: &str, what: &str) -> PyErr {
    InvariantError::new_err(format!("{place}spot clearing: {what}"))
}

fn layout(columns: &Bound<'_, PyDict>, transport_rate: u32, entry: bool) -> PyResult<Layout> {
    let indices = |name| indices(columns, name);
    let keys = |name: &'static str| elements::<u64>(columns, name, "uint64");
    let truths = |name: &'static str| truths(columns, name);
    let budget = integers(columns, "workload_budget")?;
    let site_zone = indices("site_zone")?;
    Ok(Layout {
        rtt: RoundTrips::new(site_zone.len(), &elements::<u16>(columns, "rtt", "uint16")?),
        transport_rate,
        // A budget that does not fit is still refused by name: i32::MIN is out of range.
        workload_budget: budget.into_iter().map(|units| i32::try_from(units).unwrap_or(i32::MIN)).collect(),
        workload_class: indices("workload_class")?,
        workload_masked: truths("workload_masked")?,
        class_pool: truths("class_pool")?,
        class_shell: truths("class_shell")?,
        metro_bloc: indices("metro_bloc")?,
        site_bloc: indices("site_bloc")?,
        site_zone,
        site_btm: truths("site_btm")?,
        pool_site: indices("pool_site")?,
        step_zone: indices("step_zone")?,
        link_tail: indices("link_tail")?,
        link_head: indices("link_head")?,
        zone_key: keys("zone_key")?,
        metro_key: keys("metro_key")?,
        site_key: keys("site_key")?,
        workload_key: keys("workload_key")?,
        pool_key: keys("pool_key")?,
        step_key: keys("step_key")?,
        link_key: keys("link_key")?,
        entry,
    })
}

/// A column by name.
fn column<'py>(columns: &Bound<'py, PyDict>, name: &str) -> PyResult<Bound<'py, PyAny>> {
    columns.get_item(name)?.ok_or_else(|| columns::InputError::new_err(format!("{name}: missing")))
}

fn elements<T: Element>(columns: &Bound<'_, PyDict>, name: &'static str, dtype: &str) -> PyResult<Vec<T>> {
    columns::elements(&column(columns, name)?, name, dtype)
}

fn integers(columns: &Bound<'_, PyDict>, name: &'static str) -> PyResult<Vec<i64>> {
    columns::integers(&column(columns, name)?, name)
}

fn indices(columns: &Bound<'_, PyDict>, name: &'static str) -> PyResult<Vec<u32>> {
    columns::positions(&column(columns, name)?, name, u32::MAX as usize)
}

fn truths(columns: &Bound<'_, PyDict>, name: &'static str) -> PyResult<Vec<bool>> {
    Ok(elements::<u8>(columns, name, "bool")?.into_iter().map(|truth| truth != 0).collect())
}

/// The columns of a clearing as a dict.
pub(super) fn result<'py>(py: Python<'py>, clearing: &Clearing, effort: Effort) -> PyResult<Bound<'py, PyDict>> {
    let result = PyDict::new(py);
    let quotes: [(&str, &Quote); 7] = [
        ("demand", &clearing.demand),
        ("free", &clearing.free),
        ("pool", &clearing.pool),
        ("shell", &clearing.shell),
        ("zone", &clearing.zone),
        ("slot", &clearing.slot),
        ("land", &clearing.land),
    ];
    for (name, quote) in quotes {
        result.set_item(format!("{name}_price_low"), columns::integer_bytes(py, &quote.low)?)?;
        result.set_item(format!("{name}_price_mid"), columns::integer_bytes(py, &quote.mid)?)?;
        result.set_item(format!("{name}_price_high"), columns::integer_bytes(py, &quote.high)?)?;
    }
    let routes = &clearing.routes;
    let wide = |column: &[i32]| column.iter().map(|&x| i64::from(x)).collect::<Vec<i64>>();
    for (name, column) in [
        ("route_metro", &wide(&routes.metro)),
        ("route_workload", &wide(&routes.workload)),
        ("route_site", &wide(&routes.site)),
        ("route_pool", &wide(&routes.pool)),
        ("route_kw", &routes.kw),
        ("served_kw", &clearing.served_kw),
        ("pool_flow", &clearing.pool_flow),
        ("shell_flow", &clearing.shell_flow),
        ("shell_entry_flow", &clearing.shell_entry_flow),
        ("grid_flow", &clearing.grid_flow),
        ("btm_flow", &clearing.btm_flow),
        ("step_flow", &clearing.step_flow),
        ("link_flow", &clearing.link_flow),
        ("entry_flow", &clearing.entry_flow),
        ("refresh_flow", &clearing.refresh_flow),
    ] {
        result.set_item(name, columns::integer_bytes(py, column)?)?;
    }
    result.set_item("objective", clearing.objective)?;
    result.set_item("pivots", effort.pivots)?;
    result.set_item("rounds", effort.rounds)?;
    result.set_item("active_arcs", effort.active)?;
    Ok(result)
}
