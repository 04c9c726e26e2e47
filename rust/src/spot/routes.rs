//! Reading flows back: which workload of which metro runs where.
//!
//! A chain's flows come pooled per metro: the simplex may send a loose workload's kW through a tighter row. They are
//! given back by one fixed rule: the tightest budget first, to the nearest site first, then by key. That is always possible,
//! since all that a tighter row passes on lies within its own ring. Hubs pool metros: distance means nothing there, so their
//! routes name no metro; workloads and ports take each other in order of their keys.

use super::layout::Layout;
use super::wiring::Wiring;

/// Metro of a route that starts at a hub.
pub const POOLED: i32 = -1;

/// Where demand is served, one entry per metro (or [`POOLED`]), workload and port.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Routes {
    /// Metro, or [`POOLED`] for budget-free workloads.
    pub metro: Vec<i32>,
    /// Workload.
    pub workload: Vec<i32>,
    /// Site.
    pub site: Vec<i32>,
    /// Pool, or −1 where the workload enters at the shell.
    pub pool: Vec<i32>,
    /// Flow, kW.
    pub kw: Vec<i64>,
}

/// One source's flow into one port.
struct Delivery {
    rtt: u16,
    name: u64,
    port: u32,
    kw: i64,
}

/// What each row is served: supply less what leaves on its willingness-to-pay steps.
#[must_use]
pub fn served_rows(wiring: &Wiring, supply: &[i64], flow: &[i64]) -> Vec<i64> {
    let (first, steps) = (wiring.arcs.unserved as usize, wiring.steps);
    let unserved = |row: usize| flow[first + row * steps..first + (row + 1) * steps].iter().sum::<i64>();
    (0..wiring.rows.len()).map(|row| supply[row] - unserved(row)).collect()
}

impl Routes {
    /// Applies the rule to the flows of the active implicit arcs.
    #[must_use]
    pub fn read(layout: &Layout, wiring: &Wiring, source: &[u32], port: &[u32], flow: &[i64], served: &[i64]) -> Self {
        let rows = &wiring.rows;
        let mut metro_deliveries: Vec<Vec<Delivery>> = vec![];
        let mut hub_deliveries: Vec<Vec<Delivery>> = vec![];
        hub_deliveries.resize_with(rows.hubs.len(), Vec::new);
        metro_deliveries.resize_with(layout.metros() * rows.chains.len(), Vec::new);
        for ((&source, &port), &kw) in source.iter().zip(port).zip(flow) {
            if kw == 0 {
                continue;
            }
            let site = site_of(layout, port);
            let name =
                if (port as usize) < layout.pools() { layout.pool_key[port as usize] } else { layout.site_key[site] };
            if source >= wiring.hub0 {
                hub_deliveries[(source - wiring.hub0) as usize].push(Delivery { rtt: 0, name, port, kw });
            } else {
                let metro = rows.metro[source as usize] as usize;
                let chain = rows.chains.iter().rposition(|chain| chain.first_row <= source).unwrap_or(0);
                let delivery = Delivery { rtt: layout.rtt(metro, site), name, port, kw };
                metro_deliveries[chain * layout.metros() + metro].push(delivery);
            }
        }
        let mut routes = Self::default();
        for (index, deliveries) in metro_deliveries.into_iter().enumerate() {
            let (chain, metro) = (&rows.chains[index / layout.metros()], index % layout.metros());
            let wanted = (0..chain.workloads.len()).map(|ring| (chain.workloads[ring], served[chain.row(metro, ring)]));
            routes.allot(layout, metro as i32, deliveries, wanted);
        }
        for (hub, deliveries) in rows.hubs.iter().zip(hub_deliveries) {
            let of = |workload| hub.rows.clone().filter(move |&row| rows.workload[row] == workload);
            let wanted = hub.workloads.iter().map(|&workload| (workload, of(workload).map(|row| served[row]).sum()));
            routes.allot(layout, POOLED, deliveries, wanted);
        }
        routes
    }

    /// Gives deliveries to workloads in turn, nearest first.
    fn allot(
        &mut self,
        layout: &Layout,
        metro: i32,
        mut deliveries: Vec<Delivery>,
        wanted: impl Iterator<Item = (u32, i64)>,
    ) {
        deliveries.sort_unstable_by_key(|delivery| (delivery.rtt, delivery.name, delivery.port));
        let mut next = deliveries.iter_mut().peekable();
        for (workload, mut open) in wanted {
            while open > 0 {
                let Some(delivery) = next.peek_mut() else {
                    return;
                };
                let kw = open.min(delivery.kw);
                self.metro.push(metro);
                self.workload.push(workload as i32);
                self.site.push(site_of(layout, delivery.port) as i32);
                let pool = (delivery.port as usize) < layout.pools();
                self.pool.push(if pool { delivery.port as i32 } else { -1 });
                self.kw.push(kw);
                open -= kw;
                delivery.kw -= kw;
                if delivery.kw == 0 {
                    next.next();
                }
            }
        }
    }
}

/// The site of a port.
#[must_use]
pub fn site_of(layout: &Layout, port: u32) -> usize {
    let port = port as usize;
    if port < layout.pools() { layout.pool_site[port] as usize } else { port - layout.pools() }
}
