//! `wattmarket._core`: where projects ask for connections, behind `wattmarket.living.filing`.

use pyo3::prelude::*;
use pyo3::types::PyBytes;

use super::columns;
use crate::filing::{Habits, Sites};

/// Adds the function of this file to the module.
pub(super) fn register(module: &Bound<'_, PyModule>) -> PyResult<()> {
    module.add_function(wrap_pyfunction!(projects, module)?)
}

/// New projects of some agents, and at which sites they ask, a row for each of them: agent, project from 0, site.
///
/// What sites are worth to all agents comes agent by agent; places, agent by agent too, are where agents ask already.
#[pyfunction]
fn projects<'py>(
    py: Python<'py>,
    agents: &Bound<'py, PyAny>,
    worth: &Bound<'py, PyAny>,
    taken: &Bound<'py, PyAny>,
    open: &Bound<'py, PyAny>,
    sites: (Bound<'py, PyAny>, Bound<'py, PyAny>),
    habits: (usize, usize),
) -> PyResult<[Bound<'py, PyBytes>; 3]> {
    let (zone, bloc) = (columns::integers(&sites.0, "zone")?, columns::integers(&sites.1, "bloc")?);
    let count = zone.len();
    let worth = columns::buffer::<f64>(worth, "worth", "float64")?;
    let worth = columns::cells(py, &worth, "worth")?;
    let agents = columns::positions(agents, "agents", worth.len() / count.max(1))?;
    let open = columns::positions(open, "open", count.min(bloc.len()))?;
    let mut taken = columns::integers(taken, "taken")?;
    taken.sort_unstable();
    let (sites, habits) = (Sites { zone: &zone, bloc: &bloc }, Habits { projects: habits.0, zones: habits.1 });
    let (mut filed, mut project) = ([vec![], vec![], vec![]], 0);
    for agent in agents {
        let first = agent as usize * count;
        let worth: Vec<f64> = worth[first..first + count].iter().map(|worth| worth.get()).collect();
        let is_taken = |site: usize| taken.binary_search(&((first + site) as i64)).is_ok();
        let open = open.iter().map(|&site| site as usize).filter(|&site| worth[site] > 0.0 && !is_taken(site));
        for chosen in sites.projects(open.collect(), &worth, habits) {
            for site in chosen {
                filed[0].push(i64::from(agent));
                filed[1].push(project);
                filed[2].push(site as i64);
            }
            project += 1;
        }
    }
    let bytes = |column: &[i64]| columns::integer_bytes(py, column);
    Ok([bytes(&filed[0])?, bytes(&filed[1])?, bytes(&filed[2])?])
}
