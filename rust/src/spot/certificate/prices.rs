//! Prices are feasible, and what they are worth.

use super::{Verdict, demand_that, steps, times};
use crate::spot::clearing::{Clearing, Quote};
use crate::spot::layout::Layout;
use crate::spot::state::{Demand, State};
use crate::spot::undercut::Posted;

/// One of the three price vectors.
pub struct Prices<'a> {
    demand: &'a [i64],
    pool: &'a [i64],
    shell: &'a [i64],
    zone: &'a [i64],
    slot: &'a [i64],
}

impl<'a> Prices<'a> {
    pub fn pick(clearing: &'a Clearing, which: usize) -> Self {
        let one = |quote: &'a Quote| -> &'a [i64] { [&quote.low, &quote.mid, &quote.high][which] };
        Self {
            demand: one(&clearing.demand),
            pool: one(&clearing.pool),
            shell: one(&clearing.shell),
            zone: one(&clearing.zone),
            slot: one(&clearing.slot),
        }
    }

    /// Point 2: explicit arcs of unlimited capacity.
    pub fn feasible(&self, layout: &Layout, state: &State) -> Verdict {
        if layout.entry {
            for (pool, &site) in layout.pool_site.iter().enumerate() {
                let fair = self.pool[pool] <= self.shell[site as usize] + state.refresh_cost[pool];
                demand_that(fair, || format!("refreshing pool {pool} would pay"))?;
            }
        }
        Ok(())
    }

    /// What demand and ports are quoted.
    pub fn posted(&self) -> Posted<'a> {
        Posted { demand: self.demand, pool: self.pool, shell: self.shell }
    }

    /// Point 3: what the prices are worth.
    pub fn value(&self, layout: &Layout, demand: &Demand, state: &State) -> i128 {
        let rent = |kw: i64, margin: i64| times(kw, margin.max(0));
        let mut value = 0i128;
        for (pair, &price) in self.demand.iter().enumerate() {
            let (quantity, willing) = steps(demand, pair);
            for (&kw, &willing) in quantity.iter().zip(willing) {
                // A step's rent is what the price exceeds it by.
                value += times(kw, price.min(willing));
            }
        }
        let mut land = vec![i64::MIN; layout.sites()];
        for (pool, &site) in layout.pool_site.iter().enumerate() {
            let site = site as usize;
            value -= rent(state.pool_kw[pool], self.pool[pool] - self.shell[site] - state.pool_cost[pool]);
            if layout.entry {
                land[site] = land[site].max(self.pool[pool] - state.entry_cost[pool]);
            }
        }
        for (site, &land) in land.iter().enumerate() {
            let zone = layout.site_zone[site] as usize;
            let (shell, grid) = (self.shell[site], self.zone[zone] + state.site_cost[site]);
            // The connection's price is not published: the best of the few that can be best.
            if state.btm_kw[site] == 0 {
                value -= rent(state.shell_kw[site].min(state.grid_kw[site]), shell - grid);
            } else {
                let rents = |price: i64| {
                    rent(state.shell_kw[site], shell - price)
                        + rent(state.grid_kw[site], price - grid)
                        + rent(state.btm_kw[site], price - state.btm_cost[site])
                };
                value -= [shell, grid, state.btm_cost[site]].map(rents).into_iter().min().unwrap_or(0);
            }
            if land > i64::MIN {
                value -= rent(state.entry_kw[site], land - self.slot[zone]);
            }
        }
        for (zone, &slot) in self.slot.iter().enumerate() {
            value -= rent(state.slot_kw[zone], slot - self.zone[zone]);
        }
        for (link, &kw) in state.link_kw.iter().enumerate() {
            let (tail, head) = (layout.link_tail[link] as usize, layout.link_head[link] as usize);
            value -= rent(kw, self.zone[tail] - self.zone[head] - state.link_cost[link]);
        }
        for (step, &kw) in state.step_kw.iter().enumerate() {
            value -= rent(kw, self.zone[layout.step_zone[step] as usize] - state.step_cost[step]);
        }
        value
    }
}
