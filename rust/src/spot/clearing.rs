//! One clearing in the caller's terms: prices and flows per metro, workload, pool, site, zone.

use super::layout::Layout;
use super::prices::Prices;
use super::routes::{Routes, served_rows};
use super::rows::{Gate, NONE};
use super::solve::Session;
use super::state::{Demand, State};
use super::wiring::Wiring;

/// Lowest, settled and highest price of each entity of one kind, micro-dollars per kWh.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Quote {
    /// Lowest optimal price.
    pub low: Vec<i64>,
    /// Their midpoint, rounded down.
    pub mid: Vec<i64>,
    /// Highest optimal price.
    pub high: Vec<i64>,
}

impl Quote {
    fn with_capacity(count: usize) -> Self {
        let column = || Vec::with_capacity(count);
        Self { low: column(), mid: column(), high: column() }
    }

    fn push(&mut self, [low, mid, high]: [i64; 3]) {
        self.low.push(low);
        self.mid.push(mid);
        self.high.push(high);
    }
}

/// The result.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Clearing {
    /// Generation, running and transport cost, and the willingness to pay of unserved demand: micro-dollars per hour.
    pub objective: i128,
    /// Delivered price of each workload at each metro, M × K.
    pub demand: Quote,
    /// What a unit of the workload's class would cost without any distance, K; at the dearest of its blocs, if masked.
    pub free: Quote,
    /// Price at each pool's input, P.
    pub pool: Quote,
    /// Price at each shell's input, S.
    pub shell: Quote,
    /// Price in each zone, Z.
    pub zone: Quote,
    /// Price of a kW with a slot in each zone, Z; empty unless the layout has entry.
    pub slot: Quote,
    /// Shadow price of each site's land, S; empty unless the layout has entry.
    pub land: Quote,
    /// Demand served, M × K.
    pub served_kw: Vec<i64>,
    /// Flow through each pool's standing accelerators, P.
    pub pool_flow: Vec<i64>,
    /// Flow through each shell, S.
    pub shell_flow: Vec<i64>,
    /// The part of it that entered at the shell, S.
    pub shell_entry_flow: Vec<i64>,
    /// Flow over each grid connection, S.
    pub grid_flow: Vec<i64>,
    /// Flow from each plant behind the meter, S.
    pub btm_flow: Vec<i64>,
    /// Generation, G.
    pub step_flow: Vec<i64>,
    /// Flow over each link, L.
    pub link_flow: Vec<i64>,
    /// New capacity used, P; empty unless the layout has entry.
    pub entry_flow: Vec<i64>,
    /// New silicon in standing shells, P; empty unless the layout has entry.
    pub refresh_flow: Vec<i64>,
    /// Which workload runs where.
    pub routes: Routes,
}

impl Clearing {
    /// Reads the optimum of a session in the caller's terms.
    #[must_use]
    pub fn read(
        layout: &Layout,
        demand: &Demand,
        state: &State,
        session: &Session,
        prices: &Prices,
        objective: i128,
    ) -> Self {
        let (wiring, flow) = (&session.wiring, session.settled_flow());
        let served = served_rows(wiring, &session.simplex.network().supply, flow);
        let implicit = &flow[wiring.arc_count()..];
        let mut clearing = Self {
            objective,
            routes: Routes::read(layout, wiring, &session.active.source, &session.active.port, implicit, &served),
            served_kw: wiring.rows.row_of.iter().map(|&row| served[row as usize]).collect(),
            ..Self::default()
        };
        clearing.read_flows(layout, session, flow);
        clearing.quote_demand(layout, demand, session, prices, &served);
        clearing.quote_supply(layout, state, wiring, prices);
        clearing
    }

    fn read_flows(&mut self, layout: &Layout, session: &Session, flow: &[i64]) {
        let (wiring, arcs) = (&session.wiring, &session.wiring.arcs);
        let slice = |first: u32, count: usize| flow[first as usize..first as usize + count].to_vec();
        let pools = layout.pools();
        let each = |arcs: &[u32]| arcs.iter().map(|&arc| flow[arc as usize]).collect();
        self.pool_flow = each(&arcs.pool);
        self.link_flow = slice(arcs.link, layout.links());
        self.step_flow = slice(arcs.step, layout.steps());
        if layout.entry {
            self.entry_flow = each(&arcs.entry);
            self.refresh_flow = each(&arcs.refresh);
        }
        self.shell_entry_flow = vec![0; layout.sites()];
        for (&port, &kw) in session.active.port.iter().zip(&flow[wiring.arc_count()..]) {
            if port as usize >= pools {
                self.shell_entry_flow[port as usize - pools] += kw;
            }
        }
        self.shell_flow = self.shell_entry_flow.clone();
        for (pool, &site) in layout.pool_site.iter().enumerate() {
            self.shell_flow[site as usize] += self.pool_flow[pool] + self.refresh_flow.get(pool).copied().unwrap_or(0);
        }
        let on = |arc: u32| if arc == NONE { 0 } else { flow[arc as usize] };
        self.btm_flow = arcs.btm.iter().map(|&arc| on(arc)).collect();
        self.grid_flow = self.shell_flow.iter().zip(&self.btm_flow).map(|(through, own)| through - own).collect();
    }

    /// Rows are quoted in raw form, where each workload of a metro reaches its sites by arcs of its own. That differs from
    /// the ring form only for demand that is not served at all: a chain holds such a row's price above the looser rows',
    /// the raw network only above what its dearest step would pay.
    fn quote_demand(&mut self, layout: &Layout, demand: &Demand, session: &Session, prices: &Prices, served: &[i64]) {
        let wiring = &session.wiring;
        self.demand = Quote::with_capacity(wiring.rows.len());
        for &row in &wiring.rows.row_of {
            let row = row as usize;
            let (mut low, mut mid, high) = (prices.low[row], prices.mid[row], prices.high[row]);
            if let (0, Some(top)) = (served[row], top_step(wiring, demand, &session.simplex.network().capacity, row)) {
                low = top;
                // Where prices are grounded, the midpoint of the ends may be above what the ports ask.
                mid = mid.min((top + high).div_euclid(2));
            }
            self.demand.push([low, mid, high]);
        }
        self.free = quote_free(layout, wiring, prices);
    }

    fn quote_supply(&mut self, layout: &Layout, state: &State, wiring: &Wiring, prices: &Prices) {
        let quote = |first: u32, count: usize| {
            let slice = |vector: &[i64]| vector[first as usize..first as usize + count].to_vec();
            Quote { low: slice(&prices.low), mid: slice(&prices.mid), high: slice(&prices.high) }
        };
        self.pool = Quote::with_capacity(layout.pools());
        wiring.pool.iter().for_each(|&node| self.pool.push(prices.at(node as usize)));
        self.zone = quote(wiring.zone0, layout.zones());
        self.shell = quote_shells(layout, state, wiring, prices, &self.pool_flow);
        if layout.entry {
            self.slot = quote(wiring.slot0, layout.zones());
            let land = |pools: &[i64], slots: &[i64]| land_prices(layout, state, pools, slots);
            self.land = Quote {
                low: land(&self.pool.low, &self.slot.low),
                mid: land(&self.pool.mid, &self.slot.mid),
                high: land(&self.pool.high, &self.slot.high),
            };
        }
    }
}

/// Willingness to pay on the dearest step that anybody stands on.
fn top_step(wiring: &Wiring, demand: &Demand, capacity: &[i64], row: usize) -> Option<i64> {
    let first = wiring.arcs.unserved as usize + row * wiring.steps;
    let price = |step| demand.price[wiring.rows.pair[row] as usize * wiring.steps + step];
    (0..wiring.steps).filter(|step| capacity[first + step] > 0).map(price).max()
}

/// The cheapest port of each workload's class, whatever its distance; the dearest of its blocs, if it is masked.
fn quote_free(layout: &Layout, wiring: &Wiring, prices: &Prices) -> Quote {
    let gates = &wiring.rows.gates;
    let cheapest: Vec<Option<[i64; 3]>> = gates
        .iter()
        .map(|gate| {
            let ports = gate.all().iter().map(|&port| prices.at(wiring.port_node(port) as usize));
            ports.reduce(|least, price| [0, 1, 2].map(|end| least[end].min(price[end])))
        })
        .collect();
    let mut quote = Quote::with_capacity(layout.workloads());
    for (&class, &masked) in layout.workload_class.iter().zip(&layout.workload_masked) {
        let seen = |gate: &Gate| gate.class == class as usize && gate.bloc.is_some() == masked;
        let blocs = gates.iter().zip(&cheapest).filter(|&(gate, _)| seen(gate)).filter_map(|(_, &price)| price);
        let dearest = blocs.reduce(|most, price| [0, 1, 2].map(|end| most[end].max(price[end])));
        quote.push(dearest.unwrap_or_default());
    }
    quote
}

/// Prices at shells that were contracted: between their only pool and what comes after. A site that nothing can enter is
/// quoted what power costs there.
fn quote_shells(layout: &Layout, state: &State, wiring: &Wiring, prices: &Prices, pool_flow: &[i64]) -> Quote {
    let mut site_pool = vec![None; layout.sites()];
    layout.pool_site.iter().enumerate().for_each(|(pool, &site)| site_pool[site as usize] = Some(pool));
    let mut quote = Quote::with_capacity(layout.sites());
    for (site, &pool) in site_pool.iter().enumerate() {
        let supply = match wiring.connection[site] {
            NONE => Supply { node: wiring.zone_of(layout, site) as usize, cost: state.site_cost[site] },
            node => Supply { node: node as usize, cost: 0 },
        };
        quote.push(match (wiring.shell[site], pool) {
            (NONE, None) => {
                let own = if state.btm_kw[site] > 0 { state.btm_cost[site] } else { i64::MAX };
                let zone = Supply { node: wiring.zone_of(layout, site) as usize, cost: state.site_cost[site] };
                [&prices.low, &prices.mid, &prices.high].map(|vector| zone.price(vector).min(own))
            }
            (NONE, Some(pool)) => {
                let standing = state.shell_kw[site];
                let limit = if wiring.connection[site] == NONE { standing.min(state.grid_kw[site]) } else { standing };
                let between = Between {
                    pool: wiring.pool[pool] as usize,
                    cost: state.pool_cost[pool],
                    spare: pool_flow[pool] < state.pool_kw[pool],
                    used: pool_flow[pool] > 0,
                    room: pool_flow[pool] < limit,
                    supply,
                };
                between.quote(prices)
            }
            (node, _) => prices.at(node as usize),
        });
    }
    quote
}

/// What comes after a contracted shell, and what it costs to get there.
#[derive(Clone, Copy)]
struct Supply {
    node: usize,
    cost: i64,
}

impl Supply {
    fn price(self, vector: &[i64]) -> i64 {
        vector[self.node] + self.cost
    }
}

/// A contracted shell: its pool on one side, its supply on the other.
struct Between {
    pool: usize,
    cost: i64,
    /// Whether the pool could take more.
    spare: bool,
    /// Whether anything flows.
    used: bool,
    /// Whether the shell could take more.
    room: bool,
    supply: Supply,
}

impl Between {
    fn value(&self, vector: &[i64]) -> i64 {
        vector[self.pool] - self.cost
    }

    /// The least that the residual arcs allow; without any, the pool's value.
    fn least(&self, vector: &[i64]) -> i64 {
        match (self.spare, self.used) {
            (true, true) => self.value(vector).max(self.supply.price(vector)),
            (false, true) => self.supply.price(vector),
            (false, false) if self.room => self.supply.price(vector),
            _ => self.value(vector),
        }
    }

    /// The most that they allow; without any, the least.
    fn most(&self, vector: &[i64]) -> i64 {
        match (self.room, self.used) {
            (true, true) => self.supply.price(vector).min(self.value(vector)),
            (true, false) => self.supply.price(vector),
            (false, true) => self.value(vector),
            (false, false) => self.least(vector),
        }
    }

    /// The quote, grounded by the rules of [`super::prices`] where an end does not exist.
    fn quote(&self, prices: &Prices) -> [i64; 3] {
        let bidden = self.used || (self.spare && prices.has_low[self.pool]);
        let supplied = self.used || (self.room && prices.has_high[self.supply.node]);
        let vectors = [&prices.low, &prices.mid, &prices.high];
        match (bidden, supplied) {
            (true, true) => {
                let (low, high) = (self.least(&prices.low), self.most(&prices.high));
                // Grounded neighbours are not at their own midpoints, so the shell stays between them.
                let (least, most) = (self.least(&prices.mid), self.most(&prices.mid));
                [low, (low + high).div_euclid(2).min(most).max(least), high]
            }
            (true, false) => vectors.map(|vector| self.least(vector)),
            (false, _) => vectors.map(|vector| self.most(vector)),
        }
    }
}

/// What one more kW of land would earn: the most that a pool there fetches above its full cost and a slot.
fn land_prices(layout: &Layout, state: &State, pool_price: &[i64], slot_price: &[i64]) -> Vec<i64> {
    let mut land = vec![0i64; layout.sites()];
    for (pool, &site) in layout.pool_site.iter().enumerate() {
        let slot = slot_price[layout.site_zone[site as usize] as usize];
        let margin = pool_price[pool] - state.entry_cost[pool] - slot;
        land[site as usize] = land[site as usize].max(margin);
    }
    land
}
