//! The columns of a spot market that stand still: who is where, who may run what.

use super::blocks::RoundTrips;
use crate::error::{Error, Result};

/// A workload without a latency budget, in [`Layout::workload_budget`].
pub const NO_BUDGET: i32 = -1;

/// Most entities of one kind: node and arc numbers are `u32`.
const MOST: usize = 1 << 24;

/// The static columns. Every index is checked by [`Layout::check`], which the market calls once.
///
/// | symbol | entity | column prefix |
/// |---|---|---|
/// | M | metros, in blocs of data residency | `metro_` |
/// | K | workloads | `workload_` |
/// | C | compatibility classes: workloads with the same admissible pools and shells | `class_` |
/// | S | sites | `site_` |
/// | P | pools: accelerators of one silicon class at one site | `pool_` |
/// | Z | zones | `zone_` |
/// | G | generation steps | `step_` |
/// | L | links | `link_` |
///
/// Keys are stable 64-bit names given by the caller: what a result may depend on where an optimum is tied, so that the
/// order of rows never matters.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Layout {
    /// Round-trip time, M × S, metros by rows, in any unit that budgets share (20 microseconds in a real world).
    pub rtt: RoundTrips,
    /// Transport cost: `(rtt · rate) >> 10` micro-dollars per kWh.
    pub transport_rate: u32,
    /// Budget of each workload in units of `rtt`, or [`NO_BUDGET`]: then it has no distance term either.
    pub workload_budget: Vec<i32>,
    /// Class of each workload.
    pub workload_class: Vec<u32>,
    /// Whether the workload must stay in its metro's bloc.
    pub workload_masked: Vec<bool>,
    /// Which pools a class may enter, C × P.
    pub class_pool: Vec<bool>,
    /// At which sites a class enters at the shell, C × S.
    pub class_shell: Vec<bool>,
    /// Bloc of each metro.
    pub metro_bloc: Vec<u32>,
    /// Bloc of each site.
    pub site_bloc: Vec<u32>,
    /// Zone of each site.
    pub site_zone: Vec<u32>,
    /// Whether a site may have a plant behind its meter.
    pub site_btm: Vec<bool>,
    /// Site of each pool.
    pub pool_site: Vec<u32>,
    /// Zone of each generation step.
    pub step_zone: Vec<u32>,
    /// Zone that a link draws power for: flow runs from the demand side `link_tail` to the supply side `link_head`.
    pub link_tail: Vec<u32>,
    /// Zone that a link draws power from.
    pub link_head: Vec<u32>,
    /// Number of zones and their keys.
    pub zone_key: Vec<u64>,
    /// Keys of the metros.
    pub metro_key: Vec<u64>,
    /// Keys of the sites.
    pub site_key: Vec<u64>,
    /// Keys of the workloads.
    pub workload_key: Vec<u64>,
    /// Keys of the pools.
    pub pool_key: Vec<u64>,
    /// Keys of the generation steps.
    pub step_key: Vec<u64>,
    /// Keys of the links.
    pub link_key: Vec<u64>,
    /// Whether the network has entry and refresh arcs: a forecast network.
    pub entry: bool,
}

impl Layout {
    /// Number of metros, M.
    #[must_use]
    pub fn metros(&self) -> usize {
        self.metro_bloc.len()
    }

    /// Number of workloads, K.
    #[must_use]
    pub fn workloads(&self) -> usize {
        self.workload_budget.len()
    }

    /// Number of sites, S.
    #[must_use]
    pub fn sites(&self) -> usize {
        self.site_zone.len()
    }

    /// Number of pools, P.
    #[must_use]
    pub fn pools(&self) -> usize {
        self.pool_site.len()
    }

    /// Pools of each site.
    #[must_use]
    pub fn pools_by_site(&self) -> Vec<Vec<u32>> {
        let mut pools = vec![vec![]; self.sites()];
        for (pool, &site) in self.pool_site.iter().enumerate() {
            pools[site as usize].push(pool as u32);
        }
        pools
    }

    /// Number of zones, Z.
    #[must_use]
    pub fn zones(&self) -> usize {
        self.zone_key.len()
    }

    /// Number of generation steps, G.
    #[must_use]
    pub fn steps(&self) -> usize {
        self.step_zone.len()
    }

    /// Number of links, L.
    #[must_use]
    pub fn links(&self) -> usize {
        self.link_tail.len()
    }

    /// Number of classes, C.
    #[must_use]
    pub fn classes(&self) -> usize {
        self.workload_class.iter().map(|&c| c as usize + 1).max().unwrap_or(0)
    }

    /// Round-trip time between a metro and a site.
    #[must_use]
    pub fn rtt(&self, metro: usize, site: usize) -> u16 {
        self.rtt.get(metro, site)
    }

    /// What it costs to carry a kWh over a round trip, micro-dollars.
    #[must_use]
    pub fn transport_cost(&self, rtt: u16) -> i64 {
        i64::from((u32::from(rtt) * self.transport_rate) >> 10)
    }

    /// Whether the class may enter the pool.
    #[must_use]
    pub fn admits_pool(&self, class: usize, pool: usize) -> bool {
        self.class_pool[class * self.pools() + pool]
    }

    /// Whether the class enters the site at its shell.
    #[must_use]
    pub fn admits_shell(&self, class: usize, site: usize) -> bool {
        self.class_shell[class * self.sites() + site]
    }

    /// Checks lengths, indices and ranges.
    ///
    /// # Errors
    /// [`Error::Length`] or [`Error::Entry`] with array, index and value.
    pub fn check(&self) -> Result<()> {
        let (m, k, s, p) = (self.metros(), self.workloads(), self.sites(), self.pools());
        let (z, g, l, c) = (self.zones(), self.steps(), self.links(), self.classes());
        for (what, count) in
            [("metros", m * k.max(1)), ("sites", s), ("pools", p), ("zones", z), ("steps", g), ("links", l)]
        {
            if count > MOST {
                return Err(Error::Total {
                    what,
                    value: count as i128,
                    reason: "more than 16,777,216 nodes or arcs of one kind",
                });
            }
        }
        below("workload_class", &self.workload_class, k, "classes are numbered from 0, at most one per workload")?;
        for (array, found, expected) in [
            ("rtt", self.rtt.len(), m * s),
            ("rtt", self.rtt.sites(), s),
            ("workload_class", self.workload_class.len(), k),
            ("workload_masked", self.workload_masked.len(), k),
            ("class_pool", self.class_pool.len(), c * p),
            ("class_shell", self.class_shell.len(), c * s),
            ("site_bloc", self.site_bloc.len(), s),
            ("site_btm", self.site_btm.len(), s),
            ("link_head", self.link_head.len(), l),
            ("metro_key", self.metro_key.len(), m),
            ("site_key", self.site_key.len(), s),
            ("workload_key", self.workload_key.len(), k),
            ("pool_key", self.pool_key.len(), p),
            ("step_key", self.step_key.len(), g),
            ("link_key", self.link_key.len(), l),
        ] {
            if found != expected {
                return Err(Error::Length { array, expected, found });
            }
        }
        if self.transport_rate > u32::from(u16::MAX) {
            return Err(Error::Total {
                what: "transport_rate",
                value: i128::from(self.transport_rate),
                reason: "must be below 65,536, so that rtt times rate fits 32 bits",
            });
        }
        below("site_zone", &self.site_zone, z, "is not a zone")?;
        below("step_zone", &self.step_zone, z, "is not a zone")?;
        below("link_tail", &self.link_tail, z, "is not a zone")?;
        below("link_head", &self.link_head, z, "is not a zone")?;
        below("pool_site", &self.pool_site, s, "is not a site")?;
        below("metro_bloc", &self.metro_bloc, 1 << 16, "blocs are numbered from 0 to 65,535")?;
        below("site_bloc", &self.site_bloc, 1 << 16, "blocs are numbered from 0 to 65,535")?;
        for (index, &budget) in self.workload_budget.iter().enumerate() {
            if budget != NO_BUDGET && !(0..=i32::from(u16::MAX)).contains(&budget) {
                return Err(Error::Entry {
                    array: "workload_budget",
                    index,
                    value: i128::from(budget),
                    reason: "must be -1 (none) or within 0 and 65,535 units",
                });
            }
        }
        for (index, (&tail, &head)) in self.link_tail.iter().zip(&self.link_head).enumerate() {
            if tail == head {
                return Err(Error::Entry {
                    array: "link_head",
                    index,
                    value: i128::from(head),
                    reason: "links a zone to itself",
                });
            }
        }
        Ok(())
    }
}

fn below(array: &'static str, column: &[u32], limit: usize, reason: &'static str) -> Result<()> {
    match column.iter().position(|&x| x as usize >= limit) {
        None => Ok(()),
        Some(index) => Err(Error::Entry { array, index, value: i128::from(column[index]), reason }),
    }
}
