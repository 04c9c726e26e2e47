//! Spot markets of the benchmark's family at any size: deterministic from a seed, hard in the way of the model.
//!
//! Metros and remote sites gather around a handful of populated regions; two sites in five stand inside a metro, small
//! and dear, the others far off, large and cheap. A kilometre costs a micro-dollar per kWh. All numbers are made up.

#![allow(dead_code)] // Each test binary takes what it needs.

pub mod walk;

use wattmarket_core::hash::hash64;
use wattmarket_core::numeric::{draw_key, normal, uniform};
use wattmarket_core::reach::{Metros, Sites, rtt_matrix};
use wattmarket_core::spot::blocks::RoundTrips;
use wattmarket_core::spot::layout::{Layout, NO_BUDGET};
use wattmarket_core::spot::state::{Demand, State};

/// Metros, sites and zones.
#[derive(Debug, Clone, Copy)]
pub struct Size(pub usize, pub usize, pub usize);

/// For tests that must be quick.
pub const SMALL: Size = Size(20, 90, 8);
/// The benchmark's sizes.
pub const S1: Size = Size(50, 300, 20);
/// The second.
pub const S2: Size = Size(200, 2_000, 60);
/// The largest.
pub const S4: Size = Size(1_000, 10_000, 200);

/// What a market has.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Kind {
    /// The benchmark's: five budgeted workloads of one class, a pool at every site, slack shells and connections.
    Plain,
    /// The same in units of 1 MW, $1 per MWh and 125 km: as degenerate as coarse data are.
    Coarse,
    /// All of it: classes, masks, hubs, shells entered directly, two pools at a site, plants behind the meter, links.
    Full,
    /// The same with entry and refresh.
    Forecast,
}

/// A market's static columns, and the demand and state from which it starts to move.
#[derive(Debug, Clone)]
pub struct World {
    /// Static columns.
    pub layout: Layout,
    /// Demand at the start.
    pub demand: Demand,
    /// State at the start.
    pub state: State,
}

/// Reach of the five budgets in kilometres: round trips of 20, 35, 60 and 150 ms, and anywhere.
const REACH_KM: [i32; 5] = [750, 1_687, 3_250, 8_875, 65_535];

/// Each workload's share of a metro's demand; the last two exist in full markets only.
const SHARES: [f64; 7] = [0.05, 0.10, 0.20, 0.25, 0.40, 0.30, 0.10];

/// What unserved demand would have paid, $ per MWh: the least eager first.
const WORTH: [[i64; 3]; 7] = [
    [4_500, 6_500, 9_000],
    [3_000, 4_500, 6_000],
    [1_500, 2_200, 3_000],
    [500, 750, 1_000],
    [120, 200, 400],
    [90, 150, 300],
    [200, 350, 700],
];

/// Latitude, longitude and cumulated weight of the regions.
const REGIONS: [(f64, f64, f64); 6] = [
    (39.0, -80.0, 0.2),
    (38.0, -115.0, 0.3),
    (50.0, 10.0, 0.55),
    (22.0, 78.0, 0.75),
    (33.0, 112.0, 0.93),
    (-25.0, -50.0, 1.0),
];

/// A stream of draws for one purpose.
pub struct Draw {
    key: u64,
    next: u64,
}

impl Draw {
    /// The stream of a purpose under a seed.
    pub fn new(seed: u64, purpose: &str) -> Self {
        Self { key: draw_key(seed, purpose), next: 0 }
    }

    fn advance(&mut self) -> u64 {
        self.next += 1;
        self.next
    }

    /// Uniform between two bounds.
    pub fn between(&mut self, least: f64, most: f64) -> f64 {
        let entity = self.advance();
        least + (most - least) * uniform(self.key, entity, 0)
    }

    /// A whole number below `count`.
    pub fn below(&mut self, count: usize) -> usize {
        (self.between(0.0, count as f64) as usize).min(count - 1)
    }

    /// True once in `times`.
    pub fn once_in(&mut self, times: usize) -> bool {
        self.below(times) == 0
    }

    /// A normal draw of mean zero.
    pub fn spread(&mut self, deviation: f64) -> f64 {
        let entity = self.advance();
        deviation * normal(self.key, entity, 0)
    }

    /// A log-normal factor.
    pub fn factor(&mut self, deviation: f64) -> f64 {
        libm::exp(self.spread(deviation))
    }
}

/// Rounds to a multiple of `grain`, at least one.
pub fn whole(value: f64, grain: i64) -> i64 {
    grain * ((value / grain as f64).round() as i64).max(1)
}

impl World {
    /// Draws a market.
    pub fn new(size: Size, kind: Kind, seed: u64) -> Self {
        let Size(metros, sites, zones) = size;
        let full = matches!(kind, Kind::Full | Kind::Forecast);
        let grain = if kind == Kind::Coarse { 1_000 } else { 1 };
        let places = Places::new(seed, metros, sites, zones);
        let mut draw = Draw::new(seed, "world");
        let pools: Vec<u32> =
            (0..sites as u32).flat_map(|site| [site].repeat(1 + usize::from(full && site % 3 == 0))).collect();
        let site_kw: Vec<f64> = places.inside.iter().map(|&inside| site_kw(&mut draw, inside)).collect();
        let pool_cost = |draw: &mut Draw, site: u32| {
            let (least, most) = if places.inside[site as usize] { (80e3, 250e3) } else { (10e3, 40e3) };
            whole(draw.between(least, most), grain)
        };
        let power = Power::new(&mut draw, &places.zone, &site_kw, zones, grain);
        let workloads = if full { 7 } else { 5 };
        let mut layout = places.layout(kind, workloads, &pools, &power.zone);
        layout.rtt = RoundTrips::new(sites, &places.km(kind));
        let slack: Vec<i64> = site_kw.iter().map(|&kw| whole(2.0 * kw, grain)).collect();
        let half = |column: &[i64]| column.iter().map(|kw| kw / 4).collect::<Vec<i64>>();
        let entering = |column: Vec<i64>| if layout.entry { column } else { vec![] };
        let pools_at = |site: u32| pools.iter().filter(|&&at| at == site).count() as f64;
        let state = State {
            pool_kw: pools.iter().map(|&site| whole(site_kw[site as usize] / pools_at(site), grain)).collect(),
            pool_cost: pools.iter().map(|&site| pool_cost(&mut draw, site)).collect(),
            shell_kw: if full { site_kw.iter().map(|&kw| whole(0.9 * kw, grain)).collect() } else { slack.clone() },
            grid_kw: if full { site_kw.iter().map(|&kw| whole(0.8 * kw, grain)).collect() } else { slack.clone() },
            site_cost: (0..sites).map(|_| if full { whole(draw.between(0.0, 9e3), grain) } else { 0 }).collect(),
            btm_kw: half(&slack).iter().zip(&layout.site_btm).map(|(&kw, &may)| if may { kw } else { 0 }).collect(),
            btm_cost: (0..sites).map(|_| whole(draw.between(2e4, 2e5), grain)).collect(),
            step_kw: power.kw,
            step_cost: power.cost,
            link_kw: layout.link_tail.iter().map(|_| whole(draw.between(1e4, 2e6), grain)).collect(),
            link_cost: layout.link_tail.iter().map(|_| whole(draw.between(5e2, 2e4), grain)).collect(),
            entry_kw: entering(half(&slack)),
            entry_cost: entering(pools.iter().map(|_| whole(draw.between(3e5, 9e5), grain)).collect()),
            slot_kw: entering((0..zones).map(|_| whole(draw.between(1e4, 1e6), grain)).collect()),
            refresh_cost: entering(pools.iter().map(|_| whole(draw.between(2e5, 5e5), grain)).collect()),
        };
        let demand = demand(&mut draw, metros, workloads, &state, grain);
        Self { layout, demand, state }
    }
}

/// A site's size in kW.
fn site_kw(draw: &mut Draw, inside: bool) -> f64 {
    if inside { draw.between(1e3, 2e4) } else { libm::exp(draw.between(10.8, 13.8)) }
}

/// Demand of each metro and workload on three steps; in all 65 % of what can be served.
fn demand(draw: &mut Draw, metros: usize, workloads: usize, state: &State, grain: i64) -> Demand {
    let weights: Vec<f64> = (0..metros).map(|_| draw.factor(1.0)).collect();
    let wanted: Vec<f64> = weights
        .iter()
        .flat_map(|&weight| SHARES[..workloads].iter().map(move |share| weight * share))
        .map(|each| each * draw.factor(0.3))
        .collect();
    let supply = state.pool_kw.iter().sum::<i64>().min(state.step_kw.iter().sum());
    let scale = 0.65 * supply as f64 / wanted.iter().sum::<f64>();
    let mut demand = Demand { steps: 3, ..Demand::default() };
    for (pair, wanted) in wanted.iter().enumerate() {
        let kw = wanted * scale;
        demand.quantity_kw.extend([0.2 * kw, 0.3 * kw, 0.5 * kw].map(|kw| whole(kw, grain)));
        demand.price.extend(WORTH[pair % workloads].map(|dollars| 1_000 * dollars));
    }
    demand
}

/// Where metros, sites and zones are.
struct Places {
    metro: [Vec<f64>; 2],
    site: [Vec<f64>; 2],
    inside: Vec<bool>,
    zone: Vec<u32>,
    zones: usize,
}

impl Places {
    fn new(seed: u64, metros: usize, sites: usize, zones: usize) -> Self {
        let mut draw = Draw::new(seed, "places");
        let (mut metro, mut site) = ([vec![], vec![]], [vec![], vec![]]);
        let put = |places: &mut [Vec<f64>; 2], (lat, lon): (f64, f64)| {
            places[0].push(lat.clamp(-60.0, 70.0));
            places[1].push(lon);
        };
        for _ in 0..metros {
            put(&mut metro, near_region(&mut draw, 8.0));
        }
        let inside: Vec<bool> = (0..sites).map(|_| draw.below(5) < 2).collect();
        for &inside in &inside {
            let home = draw.below(metros);
            let place = if inside {
                (metro[0][home] + draw.spread(0.4), metro[1][home] + draw.spread(0.4))
            } else {
                near_region(&mut draw, 11.0)
            };
            put(&mut site, place);
        }
        let centres: Vec<usize> = (0..zones).map(|zone| zone * sites / zones).collect();
        let apart = |one: usize, two: usize| {
            let (lat, lon) = (site[0][one] - site[0][two], site[1][one] - site[1][two]);
            lat * lat + lon * lon
        };
        let nearest = |at: usize| (0..zones).min_by(|&a, &b| apart(at, centres[a]).total_cmp(&apart(at, centres[b])));
        let zone = (0..sites).map(|at| nearest(at).expect("a zone") as u32).collect();
        Self { metro, site, inside, zone, zones }
    }

    /// Kilometres between metros and sites; in coarse markets, multiples of 125.
    fn km(&self, kind: Kind) -> Vec<u16> {
        let (none, one) = (vec![0.0; self.inside.len()], vec![1.0; self.metro[0].len()]);
        let nowhere = vec![0.0; one.len()];
        let metros = Metros { lat: &self.metro[0], lon: &self.metro[1], access_ms: &nowhere, stretch: &one };
        let sites = Sites { lat: &self.site[0], lon: &self.site[1], hop_ms: &none };
        // At 100 km per ms a unit of the matrix is a kilometre there and back.
        let mut km = rtt_matrix(metros, sites, 100.0).expect("places on Earth");
        if kind == Kind::Coarse {
            km.iter_mut().for_each(|km| *km = (*km + 62) / 125 * 125);
        }
        km
    }

    fn layout(&self, kind: Kind, workloads: usize, pools: &[u32], step_zone: &[u32]) -> Layout {
        let full = workloads > REACH_KM.len();
        let (metros, sites, classes) = (self.metro[0].len(), self.inside.len(), if full { 3 } else { 1 });
        let keys = |table: u32, count: usize| (0..count as u64).map(|row| hash64(row, 100 + table)).collect();
        // In full markets a second pool is for the first class alone, and the third class enters shells.
        let admits = |class: usize, pool: usize| match class {
            0 => true,
            1 => pool == 0 || pools[pool - 1] != pools[pool],
            _ => false,
        };
        let mut budgets = REACH_KM.to_vec();
        budgets.resize(workloads, NO_BUDGET);
        let links = if full { self.zones - 1 } else { 0 };
        Layout {
            rtt: RoundTrips::default(),
            transport_rate: if kind == Kind::Coarse { 8 << 10 } else { 1 << 10 },
            workload_budget: budgets,
            workload_class: if full { vec![0, 0, 0, 1, 1, 1, 2] } else { vec![0; workloads] },
            workload_masked: (0..workloads).map(|workload| full && matches!(workload, 1 | 4 | 6)).collect(),
            class_pool: (0..classes).flat_map(|class| (0..pools.len()).map(move |pool| admits(class, pool))).collect(),
            class_shell: (0..classes).flat_map(|class| vec![class == 2; sites]).collect(),
            metro_bloc: self.metro[1].iter().map(|&lon| u32::from(full && lon > 40.0)).collect(),
            site_bloc: self.site[1].iter().map(|&lon| u32::from(full && lon > 40.0)).collect(),
            site_zone: self.zone.clone(),
            site_btm: (0..sites).map(|site| full && site % 7 == 0).collect(),
            pool_site: pools.to_vec(),
            step_zone: step_zone.to_vec(),
            link_tail: (0..links as u32).collect(),
            link_head: (1..=links as u32).collect(),
            zone_key: keys(1, self.zones),
            metro_key: keys(2, metros),
            site_key: keys(3, sites),
            workload_key: keys(4, workloads),
            pool_key: keys(5, pools.len()),
            step_key: keys(6, step_zone.len()),
            link_key: keys(7, links),
            entry: kind == Kind::Forecast,
        }
    }
}

fn near_region(draw: &mut Draw, spread: f64) -> (f64, f64) {
    let at = draw.between(0.0, 1.0);
    let &(lat, lon, _) = REGIONS.iter().find(|region| at <= region.2).expect("weights end at one");
    (lat + draw.spread(spread), lon + draw.spread(1.3 * spread))
}

/// Generation steps: four to eight a zone.
struct Power {
    zone: Vec<u32>,
    kw: Vec<i64>,
    cost: Vec<i64>,
}

impl Power {
    fn new(draw: &mut Draw, site_zone: &[u32], site_kw: &[f64], zones: usize, grain: i64) -> Self {
        let mut total = vec![0.0; zones];
        site_zone.iter().zip(site_kw).for_each(|(&zone, kw)| total[zone as usize] += kw);
        let mut power = Self { zone: vec![], kw: vec![], cost: vec![] };
        for (zone, total) in total.iter().enumerate() {
            let parts: Vec<f64> = (0..4 + draw.below(5)).map(|_| draw.between(0.2, 1.0)).collect();
            let scale = total * draw.between(0.7, 1.1) / parts.iter().sum::<f64>();
            for part in parts {
                power.zone.push(zone as u32);
                power.kw.push(whole(part * scale, grain));
                power.cost.push(whole(draw.between(8e3, 1.8e5), grain));
            }
        }
        power
    }
}
