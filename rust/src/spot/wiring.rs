//! Nodes and explicit arcs of the contracted network.
//!
//! ```text
//! row ──▶ pool ──▶ shell ──▶ connection ──▶ zone ──▶ sink          (generation steps)
//!  │  │    │         ▲           └──▶ sink   ▲ └──▶ zone           (plant behind the meter; links)
//!  │  │    ├─refresh─┘                       │
//!  │  │    └─entry──▶ land ──▶ slots of the zone                   (forecast networks only)
//!  │  └──▶ tighter row of the same metro, or hub
//!  └──▶ sink                                                       (willingness-to-pay steps: unserved demand)
//! ```
//!
//! Arcs in series without a branch are contracted: the shell node exists where something else than one pool enters it, the
//! connection where there may be a plant behind the meter, the land node where several pools share the land. Arcs from
//! rows and hubs to ports are implicit; [`super::money`] prices them.

use super::layout::Layout;
use super::offers::Doors;
use super::rows::{NONE, Rows};
use crate::hash::hash64;

/// Numbers of nodes and explicit arcs.
#[derive(Debug, Clone)]
pub struct Wiring {
    /// Rows, hubs and gates.
    pub rows: Rows,
    /// Willingness-to-pay steps of each row, J.
    pub steps: usize,
    /// First hub; rows are the nodes before.
    pub hub0: u32,
    /// First node of a site; rows and hubs are the nodes before, slots, zones and the sink come after the sites.
    pub site0: u32,
    /// Node of each pool.
    pub pool: Vec<u32>,
    /// Shell of each site, or [`NONE`] if contracted.
    pub shell: Vec<u32>,
    /// Connection of each site, or [`NONE`] if contracted.
    pub connection: Vec<u32>,
    /// Land of each site, or [`NONE`] if contracted.
    pub land: Vec<u32>,
    /// Slots of the first zone (forecast networks).
    pub slot0: u32,
    /// First zone.
    pub zone0: u32,
    /// The sink, to which all prices are relative.
    pub sink: u32,
    /// Node that each explicit arc leaves.
    pub tail: Vec<u32>,
    /// Node that it enters.
    pub head: Vec<u32>,
    /// Its stable key.
    pub key: Vec<u64>,
    /// Arcs by what they stand for.
    pub arcs: Arcs,
    /// Ports of each gate, as the dense passes visit them.
    pub doors: Vec<Doors>,
    row_key: Vec<u64>,
    port_key: Vec<u64>,
}

/// Explicit arcs by what they stand for: a first number where there is one for every entity, a column otherwise.
#[derive(Debug, Clone, Default)]
pub struct Arcs {
    /// From each row to the next tighter one of its chain, or from a hub's row to the hub.
    pub onward: Vec<u32>,
    /// First willingness-to-pay step: row r, step j is `unserved + r · J + j`.
    pub unserved: u32,
    /// Each pool.
    pub pool: Vec<u32>,
    /// Refresh of each pool.
    pub refresh: Vec<u32>,
    /// Entry of each pool.
    pub entry: Vec<u32>,
    /// Land of each site.
    pub land: Vec<u32>,
    /// First zone's slots.
    pub slot: u32,
    /// Shell of each site.
    pub shell: Vec<u32>,
    /// Grid connection of each site.
    pub grid: Vec<u32>,
    /// Plant behind the meter of each site.
    pub btm: Vec<u32>,
    /// First link.
    pub link: u32,
    /// First generation step.
    pub step: u32,
}

/// Kinds of entities in keys.
#[derive(Clone, Copy)]
enum Kind {
    Row = 1,
    Onward,
    Unserved,
    Pool,
    Refresh,
    Entry,
    Land,
    Slot,
    Shell,
    Grid,
    Btm,
    Link,
    Step,
    Port,
}

fn key(kind: Kind, name: u64, detail: u64) -> u64 {
    hash64(name ^ hash64(detail, kind as u32), 0)
}

impl Wiring {
    /// Numbers the nodes and arcs of a market whose rows have `steps` willingness-to-pay steps.
    #[must_use]
    pub fn new(layout: &Layout, steps: usize) -> Self {
        let rows = Rows::new(layout);
        let (s, p, z) = (layout.sites(), layout.pools(), layout.zones() as u32);
        let hub0 = rows.len() as u32;
        let site0 = hub0 + rows.hubs.len() as u32;
        let mut next = site0;
        let mut number = |wanted: bool| {
            let given = if wanted { next } else { NONE };
            next += u32::from(wanted);
            given
        };
        let site_pools = layout.pools_by_site();
        let walk_in = |site| (0..layout.classes()).any(|class| layout.admits_shell(class, site));
        // Site by site, near ones side by side: what meets in the network's trees then mostly lies together in memory.
        let mut pool = vec![NONE; p];
        let (mut shell, mut connection, mut land) = (vec![NONE; s], vec![NONE; s], vec![NONE; s]);
        for site in layout.rtt.sites_by_slot().iter().map(|&site| site as usize) {
            let (pools, walk_in) = (&site_pools[site], walk_in(site));
            pools.iter().for_each(|&of| pool[of as usize] = number(true));
            let live = !pools.is_empty() || walk_in;
            shell[site] = number(live && (layout.entry || walk_in || pools.len() > 1));
            connection[site] = number(live && layout.site_btm[site]);
            land[site] = number(layout.entry && pools.len() > 1);
        }
        let slot0 = next;
        let zone0 = slot0 + if layout.entry { z } else { 0 };
        let mut wiring = Self {
            rows,
            steps,
            hub0,
            site0,
            pool,
            shell,
            connection,
            land,
            slot0,
            zone0,
            sink: zone0 + z,
            tail: vec![],
            head: vec![],
            key: vec![],
            arcs: Arcs::default(),
            doors: vec![],
            row_key: vec![],
            port_key: vec![],
        };
        wiring.name(layout);
        wiring.wire_demand();
        wiring.wire_sites(layout);
        wiring.wire_entry(layout);
        wiring.wire_power(layout);
        wiring.doors = Doors::of_gates(layout, &wiring);
        wiring
    }

    /// Number of nodes.
    #[must_use]
    pub fn nodes(&self) -> usize {
        self.sink as usize + 1
    }

    /// Number of explicit arcs.
    #[must_use]
    pub fn arc_count(&self) -> usize {
        self.tail.len()
    }

    /// The node of a port: pool p is port p, the shell of site s is port P + s, [`NONE`] if it is contracted.
    #[must_use]
    pub fn port_node(&self, port: u32) -> u32 {
        let port = port as usize;
        if port < self.pool.len() { self.pool[port] } else { self.shell[port - self.pool.len()] }
    }

    /// Key of the implicit arc from a row (or, after the rows, a hub) to a port.
    #[must_use]
    pub fn transport_key(&self, source: usize, port: u32) -> u64 {
        hash64(self.row_key[source] ^ self.port_key[port as usize].rotate_left(32), 0)
    }

    /// Pools in the order of their nodes.
    fn pools_by_node(&self, layout: &Layout) -> Vec<usize> {
        let mut pools: Vec<usize> = (0..layout.pools()).collect();
        pools.sort_unstable_by_key(|&pool| self.pool[pool]);
        pools
    }

    /// The node that a zone is.
    #[must_use]
    pub fn zone_of(&self, layout: &Layout, site: usize) -> u32 {
        self.zone0 + layout.site_zone[site]
    }

    fn name(&mut self, layout: &Layout) {
        let rows = &self.rows;
        for row in 0..rows.len() {
            let place = layout.metro_key[rows.metro[row] as usize];
            self.row_key.push(key(Kind::Row, layout.workload_key[rows.workload[row] as usize], place));
        }
        // A hub is named after the smallest key of its workloads.
        for (index, hub) in rows.hubs.iter().enumerate() {
            let name = hub.workloads.iter().map(|&k| layout.workload_key[k as usize]).min().unwrap_or(0);
            let named = key(Kind::Port, name, self.hub_name(index));
            self.row_key.push(named);
        }
        self.port_key.extend(layout.pool_key.iter().map(|&name| key(Kind::Port, name, 0)));
        self.port_key.extend(layout.site_key.iter().map(|&name| key(Kind::Port, name, 1)));
    }

    fn hub_name(&self, hub: usize) -> u64 {
        self.rows.gates[self.rows.hubs[hub].gate as usize].bloc.map_or(0, |bloc| u64::from(bloc) + 1)
    }

    fn arc(&mut self, tail: u32, head: u32, key: u64) -> u32 {
        self.tail.push(tail);
        self.head.push(head);
        self.key.push(key);
        self.tail.len() as u32 - 1
    }

    fn wire_demand(&mut self) {
        for row in 0..self.rows.len() {
            let ring = match self.rows.hub[row] {
                NONE => self.tighter(row),
                hub => Some(self.hub0 + hub),
            };
            let named = key(Kind::Onward, self.row_key[row], 0);
            let arc = ring.map_or(NONE, |head| self.arc(row as u32, head, named));
            self.arcs.onward.push(arc);
        }
        self.arcs.unserved = self.tail.len() as u32;
        for row in 0..self.rows.len() {
            for step in 0..self.steps {
                self.arc(row as u32, self.sink, key(Kind::Unserved, self.row_key[row], step as u64));
            }
        }
    }

    /// The next tighter row of a metro's chain.
    fn tighter(&self, row: usize) -> Option<u32> {
        let chains = &self.rows.chains;
        let chain = chains.iter().find(|chain| chain.rows.contains(&row))?;
        let ring = (row - chain.rows.start) % chain.workloads.len();
        (ring > 0).then(|| row as u32 - 1)
    }

    fn wire_sites(&mut self, layout: &Layout) {
        self.arcs.pool = vec![NONE; layout.pools()];
        for pool in self.pools_by_node(layout) {
            let site = layout.pool_site[pool] as usize;
            let zone = self.zone_of(layout, site);
            let head = [self.shell[site], self.connection[site], zone].into_iter().find(|&n| n != NONE).unwrap_or(zone);
            self.arcs.pool[pool] = self.arc(self.pool[pool], head, key(Kind::Pool, layout.pool_key[pool], 0));
        }
        let none = vec![NONE; layout.sites()];
        (self.arcs.shell, self.arcs.grid, self.arcs.btm) = (none.clone(), none.clone(), none);
        for site in layout.rtt.sites_by_slot().iter().map(|&site| site as usize) {
            let name = layout.site_key[site];
            let zone = self.zone_of(layout, site);
            let (shell, connection) = (self.shell[site], self.connection[site]);
            if shell != NONE {
                let into = if connection == NONE { zone } else { connection };
                self.arcs.shell[site] = self.arc(shell, into, key(Kind::Shell, name, 0));
            }
            if connection != NONE {
                self.arcs.grid[site] = self.arc(connection, zone, key(Kind::Grid, name, 0));
                self.arcs.btm[site] = self.arc(connection, self.sink, key(Kind::Btm, name, 0));
            }
        }
    }

    fn wire_entry(&mut self, layout: &Layout) {
        self.arcs.land = vec![NONE; layout.sites()];
        if !layout.entry {
            return;
        }
        let pools = self.pools_by_node(layout);
        self.arcs.refresh = vec![NONE; layout.pools()];
        for &pool in &pools {
            let shell = self.shell[layout.pool_site[pool] as usize];
            self.arcs.refresh[pool] = self.arc(self.pool[pool], shell, key(Kind::Refresh, layout.pool_key[pool], 0));
        }
        self.arcs.entry = vec![NONE; layout.pools()];
        for pool in pools {
            let site = layout.pool_site[pool] as usize;
            let slots = self.slot0 + layout.site_zone[site];
            let head = if self.land[site] == NONE { slots } else { self.land[site] };
            self.arcs.entry[pool] = self.arc(self.pool[pool], head, key(Kind::Entry, layout.pool_key[pool], 0));
        }
        for site in 0..layout.sites() {
            if self.land[site] != NONE {
                let slots = self.slot0 + layout.site_zone[site];
                self.arcs.land[site] = self.arc(self.land[site], slots, key(Kind::Land, layout.site_key[site], 0));
            }
        }
        self.arcs.slot = self.tail.len() as u32;
        for zone in 0..layout.zones() as u32 {
            let name = layout.zone_key[zone as usize];
            self.arc(self.slot0 + zone, self.zone0 + zone, key(Kind::Slot, name, 0));
        }
    }

    fn wire_power(&mut self, layout: &Layout) {
        self.arcs.link = self.tail.len() as u32;
        for link in 0..layout.links() {
            let (tail, head) = (self.zone0 + layout.link_tail[link], self.zone0 + layout.link_head[link]);
            self.arc(tail, head, key(Kind::Link, layout.link_key[link], 0));
        }
        self.arcs.step = self.tail.len() as u32;
        for step in 0..layout.steps() {
            let tail = self.zone0 + layout.step_zone[step];
            self.arc(tail, self.sink, key(Kind::Step, layout.step_key[step], 0));
        }
    }
}
