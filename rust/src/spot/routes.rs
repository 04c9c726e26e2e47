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
#[derive(Debug, Clone, Copy)]
struct Delivery {
    /// Where it is to be shared out: a metro's chain, or a hub.
    desk: u32,
    rtt: u16,
    port: u32,
    name: u64,
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
        let desks = Desks::fill(layout, wiring, source, port, flow);
        let mut routes = Self::with_capacity(desks.delivery.len() + rows.len());
        for (index, chain) in rows.chains.iter().enumerate() {
            for metro in 0..layout.metros() {
                let wanted = chain.workloads.iter().enumerate();
                let wanted = wanted.map(|(ring, &workload)| (workload, served[chain.row(metro, ring)]));
                routes.allot(layout, metro as i32, desks.at(index * layout.metros() + metro), wanted);
            }
        }
        for (index, hub) in rows.hubs.iter().enumerate() {
            let of_workload = |workload| hub.rows.clone().filter(move |&row| rows.workload[row] == workload);
            let wanted = |&workload: &u32| (workload, of_workload(workload).map(|row| served[row]).sum());
            let deliveries = desks.at(rows.chains.len() * layout.metros() + index);
            routes.allot(layout, POOLED, deliveries, hub.workloads.iter().map(wanted));
        }
        routes
    }

    fn with_capacity(count: usize) -> Self {
        let column = || Vec::with_capacity(count);
        Self { metro: column(), workload: column(), site: column(), pool: column(), kw: Vec::with_capacity(count) }
    }

    /// Gives deliveries to workloads in turn, nearest first.
    fn allot(
        &mut self,
        layout: &Layout,
        metro: i32,
        deliveries: &[Delivery],
        wanted: impl Iterator<Item = (u32, i64)>,
    ) {
        let mut next = deliveries.iter();
        let (mut delivery, mut left) = (next.next(), deliveries.first().map_or(0, |first| first.kw));
        for (workload, mut open) in wanted {
            while let (true, Some(&Delivery { port, .. })) = (open > 0, delivery) {
                let kw = open.min(left);
                self.metro.push(metro);
                self.workload.push(workload as i32);
                self.site.push(site_of(layout, port) as i32);
                self.pool.push(if (port as usize) < layout.pools() { port as i32 } else { -1 });
                self.kw.push(kw);
                open -= kw;
                left -= kw;
                if left == 0 {
                    delivery = next.next();
                    left = delivery.map_or(0, |delivery| delivery.kw);
                }
            }
        }
    }
}

/// What is delivered, desk by desk, nearest first.
struct Desks {
    /// Where each desk's deliveries end.
    end: Vec<u32>,
    delivery: Vec<Delivery>,
}

impl Desks {
    fn at(&self, desk: usize) -> &[Delivery] {
        let begin = if desk == 0 { 0 } else { self.end[desk - 1] };
        &self.delivery[begin as usize..self.end[desk] as usize]
    }

    /// Sorts what the implicit arcs carry.
    fn fill(layout: &Layout, wiring: &Wiring, source: &[u32], port: &[u32], flow: &[i64]) -> Self {
        let deliveries = deliveries(layout, wiring, source, port, flow);
        let rows = &wiring.rows;
        // One place more, so that counts become beginnings, and beginnings ends.
        let mut end = vec![0; rows.chains.len() * layout.metros() + rows.hubs.len() + 1];
        deliveries.iter().for_each(|delivery| end[delivery.desk as usize + 1] += 1);
        for desk in 1..end.len() {
            end[desk] += end[desk - 1];
        }
        let mut sorted = deliveries.clone();
        for delivery in deliveries {
            let next = &mut end[delivery.desk as usize];
            sorted[*next as usize] = delivery;
            *next += 1;
        }
        let desks = end.len() - 1;
        for desk in 0..desks {
            let begin = if desk == 0 { 0 } else { end[desk - 1] };
            sorted[begin as usize..end[desk] as usize]
                .sort_unstable_by_key(|delivery| (delivery.rtt, delivery.name, delivery.port));
        }
        Self { end, delivery: sorted }
    }
}

/// What the implicit arcs carry, and to which desk.
fn deliveries(layout: &Layout, wiring: &Wiring, source: &[u32], port: &[u32], flow: &[i64]) -> Vec<Delivery> {
    let (rows, metros) = (&wiring.rows, layout.metros() as u32);
    let mut chain_of = vec![0; rows.len()];
    for (chain, next) in rows.chains.iter().zip(0..) {
        chain_of[chain.rows.clone()].fill(next);
    }
    let delivery = |((&source, &port), &kw): ((&u32, &u32), &i64)| {
        let site = site_of(layout, port);
        let name =
            if (port as usize) < layout.pools() { layout.pool_key[port as usize] } else { layout.site_key[site] };
        if source >= wiring.hub0 {
            return Delivery { desk: rows.chains.len() as u32 * metros + source - wiring.hub0, rtt: 0, port, name, kw };
        }
        let metro = rows.metro[source as usize];
        let desk = chain_of[source as usize] * metros + metro;
        Delivery { desk, rtt: layout.rtt(metro as usize, site), port, name, kw }
    };
    source.iter().zip(port).zip(flow).filter(|&(_, &kw)| kw != 0).map(delivery).collect()
}

/// The site of a port.
#[must_use]
pub fn site_of(layout: &Layout, port: u32) -> usize {
    let port = port as usize;
    if port < layout.pools() { layout.pool_site[port] as usize } else { port - layout.pools() }
}
