//! Times the dense passes on markets of the benchmark family, near their optimum.
//!
//! `cargo bench --bench dense -- [S1|S2|S3|S4]...`: the floor is one unpruned pass over the matrix (each metro's nested minima of
//! price + transport cost, five budgets), in the same loops as the passes.

use std::hint::black_box;
use std::time::Instant;

use wattmarket_core::hash::hash64;
use wattmarket_core::simd::{self, Kernel, Lanes, Level};
use wattmarket_core::spot::blocks::{Block, RoundTrips};
use wattmarket_core::spot::layout::Layout;
use wattmarket_core::spot::search::Search;
use wattmarket_core::spot::solve::Session;
use wattmarket_core::spot::state::{Demand, State};
use wattmarket_core::spot::wiring::Wiring;

/// Round trips within which the five workloads must be served.
const BUDGETS: [i32; 5] = [750, 1_687, 3_250, 8_875, 65_535];

/// Numbers drawn one after the other.
struct Draw(u64);

impl Draw {
    fn uniform(&mut self) -> f64 {
        self.0 += 1;
        (hash64(self.0, 0) >> 11) as f64 / (1u64 << 53) as f64
    }

    fn between(&mut self, least: f64, most: f64) -> f64 {
        least + (most - least) * self.uniform()
    }

    fn normal(&mut self) -> f64 {
        (0..12).map(|_| self.uniform()).sum::<f64>() - 6.0
    }

    fn below(&mut self, count: usize) -> usize {
        (self.uniform() * count as f64) as usize
    }
}

/// Latitude and longitude of the regions that metros and sites gather around.
const REGIONS: [(f64, f64); 11] = [
    (39.0, -80.0),
    (38.0, -115.0),
    (-20.0, -50.0),
    (50.0, 10.0),
    (2.0, 20.0),
    (22.0, 78.0),
    (33.0, 112.0),
    (5.0, 108.0),
    (36.0, 138.0),
    (-30.0, 145.0),
    (28.0, 45.0),
];

/// Tickets of each region in the draw.
const TICKETS: [usize; 27] = [0, 0, 0, 1, 1, 2, 2, 3, 3, 3, 3, 4, 4, 5, 5, 5, 5, 6, 6, 6, 6, 7, 7, 8, 8, 9, 10];

fn near_region(draw: &mut Draw, spread: f64) -> (f64, f64) {
    let (lat, lon) = REGIONS[TICKETS[draw.below(TICKETS.len())]];
    ((lat + spread * draw.normal()).clamp(-60.0, 70.0), lon + 1.3 * spread * draw.normal())
}

fn vector((lat, lon): (f64, f64)) -> [f64; 3] {
    let (lat, lon) = (lat.to_radians(), lon.to_radians());
    [lat.cos() * lon.cos(), lat.cos() * lon.sin(), lat.sin()]
}

fn kilometres(a: [f64; 3], b: [f64; 3]) -> f64 {
    6_371.0 * (a[0] * b[0] + a[1] * b[1] + a[2] * b[2]).clamp(-1.0, 1.0).acos()
}

fn market(metros: usize, sites: usize, zones: usize) -> (Layout, Demand, State) {
    let mut draw = Draw(1);
    let metro_at: Vec<(f64, f64)> = (0..metros).map(|_| near_region(&mut draw, 8.0)).collect();
    let weight: Vec<f64> = (0..metros).map(|_| draw.normal().exp()).collect();
    let (mut site_at, mut site_kw, mut site_cost) = (vec![], vec![], vec![]);
    for _ in 0..sites {
        if draw.uniform() < 0.4 {
            let home = metro_at[draw.below(metros)];
            site_at.push((home.0 + 0.4 * draw.normal(), home.1 + 0.4 * draw.normal()));
            site_kw.push(draw.between(1e3, 2e4) as i64);
            site_cost.push(draw.between(8e4, 2.5e5) as i64);
        } else {
            site_at.push(near_region(&mut draw, 11.0));
            site_kw.push(draw.between(5e4f64.ln(), 1e6f64.ln()).exp() as i64);
            site_cost.push(draw.between(1e4, 4e4) as i64);
        }
    }
    let site: Vec<[f64; 3]> = site_at.iter().map(|&at| vector(at)).collect();
    let units: Vec<u16> = metro_at
        .iter()
        .flat_map(|&at| site.iter().map(move |&site| kilometres(vector(at), site).round() as u16))
        .collect();
    let centre: Vec<[f64; 3]> = (0..zones).map(|_| site[draw.below(sites)]).collect();
    let nearest = |&at: &[f64; 3]| {
        (0..zones).min_by(|&a, &b| kilometres(at, centre[a]).total_cmp(&kilometres(at, centre[b]))).unwrap() as u32
    };
    let site_zone: Vec<u32> = site.iter().map(nearest).collect();
    let mut zone_kw = vec![0.0; zones];
    site_zone.iter().zip(&site_kw).for_each(|(&zone, &kw)| zone_kw[zone as usize] += kw as f64);
    let (mut step_zone, mut step_kw, mut step_cost) = (vec![], vec![], vec![]);
    for (zone, kw) in zone_kw.iter().enumerate() {
        for _ in 0..6 {
            step_zone.push(zone as u32);
            step_kw.push((kw * draw.between(0.7, 1.1) / 6.0) as i64);
            step_cost.push(draw.between(8e3, 1.8e5) as i64);
        }
    }
    let world = 0.65 * site_kw.iter().sum::<i64>().min(step_kw.iter().sum()) as f64 / weight.iter().sum::<f64>();
    let (mut quantity_kw, mut price) = (vec![], vec![]);
    for &weight in &weight {
        for (class, share) in [0.05, 0.10, 0.20, 0.25, 0.40].into_iter().enumerate() {
            let kw = world * weight * share;
            quantity_kw.extend([0.2, 0.3, 0.5].map(|part| (kw * part) as i64));
            let top = [9_000_000, 6_000_000, 3_000_000, 1_000_000, 400_000][class];
            price.extend([top / 2, top / 4 * 3, top]);
        }
    }
    let keys = |count: usize, table: u32| (0..count as u64).map(|i| hash64(i, table)).collect::<Vec<u64>>();
    let layout = Layout {
        rtt: RoundTrips::new(sites, &units),
        transport_rate: 1024,
        workload_budget: BUDGETS.to_vec(),
        workload_class: vec![0; 5],
        workload_masked: vec![false; 5],
        class_pool: vec![true; sites],
        class_shell: vec![false; sites],
        metro_bloc: vec![0; metros],
        site_bloc: vec![0; sites],
        site_zone,
        site_btm: vec![false; sites],
        pool_site: (0..sites as u32).collect(),
        step_key: keys(step_zone.len(), 1),
        step_zone,
        link_tail: vec![],
        link_head: vec![],
        zone_key: keys(zones, 2),
        metro_key: keys(metros, 3),
        site_key: keys(sites, 4),
        workload_key: keys(5, 5),
        pool_key: keys(sites, 6),
        link_key: vec![],
        entry: false,
    };
    let state = State {
        pool_cost: site_cost,
        shell_kw: site_kw.iter().map(|kw| 2 * kw).collect(),
        grid_kw: site_kw.iter().map(|kw| 2 * kw).collect(),
        pool_kw: site_kw,
        site_cost: vec![0; sites],
        btm_kw: vec![0; sites],
        btm_cost: vec![0; sites],
        step_kw,
        step_cost,
        ..State::default()
    };
    (layout, Demand { steps: 3, quantity_kw, price }, state)
}

/// The unpruned pass.
struct Floor<'a> {
    layout: &'a Layout,
    offers: &'a [[i32; 64]],
}

impl Kernel for Floor<'_> {
    type Output = i64;

    #[inline(always)]
    fn run<L: Lanes>(self, _: L) -> i64 {
        let mut total = 0;
        for metro in 0..self.layout.metros() {
            let mut best = [[i32::MAX; 16]; 5];
            for (Block(times), offers) in self.layout.rtt.row(metro).iter().zip(self.offers) {
                for (times, offers) in times.as_chunks::<16>().0.iter().zip(offers.as_chunks::<16>().0) {
                    for lane in 0..16 {
                        let time = i32::from(times[lane]);
                        let ask = time + offers[lane];
                        for (best, budget) in best.iter_mut().zip(BUDGETS) {
                            let ask = if time <= budget { ask } else { i32::MAX };
                            best[lane] = best[lane].min(ask);
                        }
                    }
                }
            }
            total += best.iter().map(|best| i64::from(best.iter().copied().min().unwrap_or(0))).sum::<i64>();
        }
        total
    }
}

/// Median time of a call, milliseconds.
fn median(mut call: impl FnMut()) -> f64 {
    let mut times: Vec<f64> = (0..31)
        .map(|_| {
            let start = Instant::now();
            call();
            start.elapsed().as_secs_f64() * 1e3
        })
        .collect();
    times.sort_by(f64::total_cmp);
    times[times.len() / 2]
}

fn main() {
    let sizes = [("S1", 50, 300, 20), ("S2", 200, 2_000, 60), ("S3", 500, 5_000, 150), ("S4", 1_000, 10_000, 200)];
    let wanted: Vec<String> = std::env::args().skip(1).filter(|name| name.starts_with('S')).collect();
    for (name, metros, sites, zones) in sizes {
        if !(wanted.is_empty() && name < "S4" || wanted.iter().any(|size| size == name)) {
            continue;
        }
        let (mut layout, demand, state) = market(metros, sites, zones);
        let start = Instant::now();
        layout.rtt.arrange();
        println!("{name}: {metros} x {sites}; arranged in {:.1} ms", start.elapsed().as_secs_f64() * 1e3);
        let start = Instant::now();
        let mut session =
            Session::new(&layout, Wiring::new(&layout, demand.steps), &demand, &state).expect("a good market");
        println!("  session {:.1} ms", start.elapsed().as_secs_f64() * 1e3);
        let effort = session.optimise(&layout, &|| false).expect("an optimum");
        println!("  cold {:.1} ms, {effort:?}", start.elapsed().as_secs_f64() * 1e3);
        for level in Level::available() {
            passes(level, &layout, &session);
        }
    }
}

fn passes(level: Level, layout: &Layout, session: &Session) {
    let (wiring, potential) = (&session.wiring, session.potentials());
    let offers: Vec<[i32; 64]> = layout
        .rtt
        .sites_by_slot()
        .chunks(64)
        .map(|sites| {
            let offer = |&site: &u32| potential[wiring.pool0 as usize + site as usize] as i32;
            let mut block = [1 << 29; 64];
            sites.iter().zip(&mut block).for_each(|(site, slot)| *slot = offer(site));
            block
        })
        .collect();
    let floor = median(|| {
        black_box(simd::dispatch(level, Floor { layout, offers: &offers }));
    });
    let doors = wattmarket_core::spot::offers::Doors::of_gates(layout, wiring);
    let mut of = wattmarket_core::spot::offers::Offers::<i32>::default();
    let fill = median(|| of.fill(&doors[0], black_box(&potential)));
    println!("  fill {fill:.3}");
    let mut search = Search::new(layout, wiring);
    search.level = level;
    let violators = median(|| assert!(search.violators(layout, wiring, &potential, 8).is_empty()));
    let share = 100.0 * search.scanned() as f64 / (layout.metros() * layout.rtt.blocks()) as f64;
    let mut found = 0;
    let tied = median(|| found = search.tied(layout, wiring, &potential).len());
    println!(
        "  {level:?}: floor {floor:.3}, violators {violators:.3} ({share:.1} % of blocks), tied {tied:.3} ({found}) ms"
    );
}
