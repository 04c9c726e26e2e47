//! The columns of a spot market that change from one clearing to the next: demand, and what stands.

use super::layout::{Layout, NO_BUDGET};
use crate::error::{Error, Result};

/// Largest price or cost in micro-dollars per kWh: $1 m per MWh, three orders above any willingness to pay.
pub const LARGEST_COST: i64 = 1_000_000_000;

/// Largest capacity or demand of one row in kW: a thousand times what the world generates. Sums over 2²⁴ rows fit 64 bits.
pub const LARGEST_KW: i64 = 10_000_000_000_000 / 1_000;

/// Demand as willingness-to-pay steps.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Demand {
    /// Steps per workload, J.
    pub steps: usize,
    /// Quantity of each step, kW, M × K × J.
    pub quantity_kw: Vec<i64>,
    /// Willingness to pay on each step, micro-dollars per kWh, M × K × J.
    pub price: Vec<i64>,
}

impl Demand {
    /// Takes over another demand's columns, in the memory it has.
    pub fn copy_from(&mut self, other: &Self) {
        self.steps = other.steps;
        self.quantity_kw.clone_from(&other.quantity_kw);
        self.price.clone_from(&other.price);
    }

    /// Checks lengths and ranges.
    ///
    /// # Errors
    /// [`Error::Length`] or [`Error::Entry`] with array, index and value.
    pub fn check(&self, layout: &Layout) -> Result<()> {
        let (m, k, j) = (layout.metros(), layout.workloads(), self.steps);
        length("quantity_kw", &self.quantity_kw, m * k * j)?;
        length("price_musd_per_kwh", &self.price, m * k * j)?;
        quantities("quantity_kw", &self.quantity_kw)?;
        costs("price_musd_per_kwh", &self.price)
    }
}

/// What stands this tick, and what it costs to run. The last four columns belong to forecast networks and are empty otherwise.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct State {
    /// Accelerators of each pool, kW, P.
    pub pool_kw: Vec<i64>,
    /// Running cost of each pool, micro-dollars per kWh, P.
    pub pool_cost: Vec<i64>,
    /// Shell of each site, kW, S.
    pub shell_kw: Vec<i64>,
    /// Grid connection of each site, kW of IT, S.
    pub grid_kw: Vec<i64>,
    /// What a kWh costs between zone and connection (tariff adders, losses), S.
    pub site_cost: Vec<i64>,
    /// Plant behind the meter, kW of IT, S.
    pub btm_kw: Vec<i64>,
    /// Cost of that plant, S.
    pub btm_cost: Vec<i64>,
    /// Generation steps, kW of IT, G.
    pub step_kw: Vec<i64>,
    /// Their cost, G.
    pub step_cost: Vec<i64>,
    /// Links, kW of IT, L.
    pub link_kw: Vec<i64>,
    /// Wheeling cost, L.
    pub link_cost: Vec<i64>,
    /// Land for new capacity, kW, S.
    pub entry_kw: Vec<i64>,
    /// Annualised cost of new capacity by pool, P.
    pub entry_cost: Vec<i64>,
    /// Connection slots by zone, kW of IT, Z.
    pub slot_kw: Vec<i64>,
    /// Annualised cost of new silicon in a standing shell, P.
    pub refresh_cost: Vec<i64>,
}

impl State {
    /// All columns by name.
    pub fn columns_mut(&mut self) -> [(&'static str, &mut Vec<i64>); 15] {
        [
            ("pool_kw", &mut self.pool_kw),
            ("pool_cost", &mut self.pool_cost),
            ("shell_kw", &mut self.shell_kw),
            ("grid_kw", &mut self.grid_kw),
            ("site_cost", &mut self.site_cost),
            ("btm_kw", &mut self.btm_kw),
            ("btm_cost", &mut self.btm_cost),
            ("step_kw", &mut self.step_kw),
            ("step_cost", &mut self.step_cost),
            ("link_kw", &mut self.link_kw),
            ("link_cost", &mut self.link_cost),
            ("entry_kw", &mut self.entry_kw),
            ("entry_cost", &mut self.entry_cost),
            ("slot_kw", &mut self.slot_kw),
            ("refresh_cost", &mut self.refresh_cost),
        ]
    }

    /// Takes over another state's columns, in the memory it has.
    pub fn copy_from(&mut self, other: &Self) {
        for (column, values) in [
            (&mut self.pool_kw, &other.pool_kw),
            (&mut self.pool_cost, &other.pool_cost),
            (&mut self.shell_kw, &other.shell_kw),
            (&mut self.grid_kw, &other.grid_kw),
            (&mut self.site_cost, &other.site_cost),
            (&mut self.btm_kw, &other.btm_kw),
            (&mut self.btm_cost, &other.btm_cost),
            (&mut self.step_kw, &other.step_kw),
            (&mut self.step_cost, &other.step_cost),
            (&mut self.link_kw, &other.link_kw),
            (&mut self.link_cost, &other.link_cost),
            (&mut self.entry_kw, &other.entry_kw),
            (&mut self.entry_cost, &other.entry_cost),
            (&mut self.slot_kw, &other.slot_kw),
            (&mut self.refresh_cost, &other.refresh_cost),
        ] {
            column.clone_from(values);
        }
    }

    /// Checks lengths and ranges.
    ///
    /// # Errors
    /// [`Error::Length`] or [`Error::Entry`] with array, index and value.
    pub fn check(&self, layout: &Layout) -> Result<()> {
        let (s, p, g, l) = (layout.sites(), layout.pools(), layout.steps(), layout.links());
        let [es, ep, ez] = if layout.entry { [s, p, layout.zones()] } else { [0; 3] };
        let capacity = [
            ("pool_kw", &self.pool_kw, p),
            ("shell_kw", &self.shell_kw, s),
            ("grid_kw", &self.grid_kw, s),
            ("btm_kw", &self.btm_kw, s),
            ("step_kw", &self.step_kw, g),
            ("link_kw", &self.link_kw, l),
            ("entry_kw", &self.entry_kw, es),
            ("slot_kw", &self.slot_kw, ez),
        ];
        let cost = [
            ("pool_cost", &self.pool_cost, p),
            ("site_cost", &self.site_cost, s),
            ("btm_cost", &self.btm_cost, s),
            ("step_cost", &self.step_cost, g),
            ("link_cost", &self.link_cost, l),
            ("entry_cost", &self.entry_cost, ep),
            ("refresh_cost", &self.refresh_cost, ep),
        ];
        for (array, column, expected) in capacity {
            length(array, column, expected)?;
            quantities(array, column)?;
        }
        for (array, column, expected) in cost {
            length(array, column, expected)?;
            costs(array, column)?;
        }
        // A link that paid for being used could be run in circles with its twin; entry and refresh have no limit of their own.
        for (array, column) in
            [("link_cost", &self.link_cost), ("entry_cost", &self.entry_cost), ("refresh_cost", &self.refresh_cost)]
        {
            refuse(array, column, |x| x < 0, "must not be negative")?;
        }
        for (index, (&kw, &may)) in self.btm_kw.iter().zip(&layout.site_btm).enumerate() {
            if kw > 0 && !may {
                return Err(Error::Entry {
                    array: "btm_kw",
                    index,
                    value: i128::from(kw),
                    reason: "the layout says that this site has no plant behind the meter (site_btm)",
                });
            }
        }
        Ok(())
    }
}

/// Whether the workload reaches sites through a hub, without distance.
#[must_use]
pub fn budget_free(layout: &Layout, workload: usize) -> bool {
    layout.workload_budget[workload] == NO_BUDGET
}

fn length(array: &'static str, column: &[i64], expected: usize) -> Result<()> {
    if column.len() == expected { Ok(()) } else { Err(Error::Length { array, expected, found: column.len() }) }
}

fn quantities(array: &'static str, column: &[i64]) -> Result<()> {
    refuse(array, column, |x| !(0..=LARGEST_KW).contains(&x), "must be within 0 and 10,000,000,000 kW")
}

fn costs(array: &'static str, column: &[i64]) -> Result<()> {
    refuse(
        array,
        column,
        |x| !(-LARGEST_COST..=LARGEST_COST).contains(&x),
        "must be within 1,000,000,000 micro-dollars per kWh of zero",
    )
}

/// Looks at all entries without a branch; which one is bad is asked only when one is.
fn refuse(array: &'static str, column: &[i64], bad: impl Fn(i64) -> bool, reason: &'static str) -> Result<()> {
    if !column.iter().fold(false, |any, &x| any | bad(x)) {
        return Ok(());
    }
    let Some((index, &value)) = column.iter().enumerate().find(|&(_, &x)| bad(x)) else { return Ok(()) };
    let reason =
        if value == i64::MIN { "is the smallest int64, which is what NaN becomes when it is cast" } else { reason };
    Err(Error::Entry { array, index, value: i128::from(value), reason })
}
