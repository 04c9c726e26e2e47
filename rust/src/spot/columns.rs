//! What the contracted network's nodes and explicit arcs carry and cost, for a given demand and state.

use super::layout::Layout;
use super::rows::NONE;
use super::state::{Demand, State};
use super::wiring::Wiring;
use crate::network::INFINITE;
use crate::simplex::Columns;

impl Wiring {
    /// Supply, capacity and cost of every node and explicit arc, written over what stands in `columns`: every arc is of one of
    /// the kinds below, every row and the sink have their supply, and that of other nodes is never anything but zero.
    pub fn fill(&self, layout: &Layout, demand: &Demand, state: &State, columns: Columns<'_>) {
        let Columns { supply, capacity, cost } = columns;
        let mut set = |arc: u32, kw: i64, musd: i64| {
            if arc != NONE {
                capacity[arc as usize] = kw;
                cost[arc as usize] = musd;
            }
        };
        for &arc in &self.arcs.onward {
            set(arc, INFINITE, 0);
        }
        for (pool, &site) in layout.pool_site.iter().enumerate() {
            let site = site as usize;
            let (mut kw, mut musd) = (state.pool_kw[pool], state.pool_cost[pool]);
            if self.shell[site] == NONE {
                kw = kw.min(state.shell_kw[site]);
                if self.connection[site] == NONE {
                    kw = kw.min(state.grid_kw[site]);
                    musd += state.site_cost[site];
                }
            }
            set(self.arcs.pool[pool], kw, musd);
            if layout.entry {
                set(self.arcs.refresh[pool], INFINITE, state.refresh_cost[pool]);
                let kw = if self.land[site] == NONE { state.entry_kw[site] } else { INFINITE };
                set(self.arcs.entry[pool], kw, state.entry_cost[pool]);
            }
        }
        for site in 0..layout.sites() {
            let (shell_kw, grid_kw, site_cost) = (state.shell_kw[site], state.grid_kw[site], state.site_cost[site]);
            if self.connection[site] == NONE {
                set(self.arcs.shell[site], shell_kw.min(grid_kw), site_cost);
            } else {
                set(self.arcs.shell[site], shell_kw, 0);
                set(self.arcs.grid[site], grid_kw, site_cost);
                set(self.arcs.btm[site], state.btm_kw[site], state.btm_cost[site]);
            }
            if self.land[site] != NONE {
                set(self.arcs.land[site], state.entry_kw[site], 0);
            }
        }
        if layout.entry {
            for (zone, &kw) in state.slot_kw.iter().enumerate() {
                set(self.arcs.slot + zone as u32, kw, 0);
            }
        }
        for link in 0..layout.links() {
            set(self.arcs.link + link as u32, state.link_kw[link], state.link_cost[link]);
        }
        for step in 0..layout.steps() {
            set(self.arcs.step + step as u32, state.step_kw[step], state.step_cost[step]);
        }
        self.fill_demand(demand, Columns { supply, capacity, cost });
    }

    fn fill_demand(&self, demand: &Demand, columns: Columns<'_>) {
        let (first, steps) = (self.arcs.unserved as usize, self.steps);
        for (row, &pair) in self.rows.pair.iter().enumerate() {
            let (from, to) = (pair as usize * steps, (pair as usize + 1) * steps);
            let arcs = first + row * steps..first + (row + 1) * steps;
            columns.capacity[arcs.clone()].copy_from_slice(&demand.quantity_kw[from..to]);
            columns.cost[arcs].copy_from_slice(&demand.price[from..to]);
            columns.supply[row] = demand.quantity_kw[from..to].iter().sum();
        }
        columns.supply[self.sink as usize] = -columns.supply[..self.rows.len()].iter().sum::<i64>();
    }
}
