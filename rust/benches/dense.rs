//! Times the dense passes on markets of the benchmark's family, at their optimum, with every set of vector instructions.
//!
//! `cargo bench --bench dense -- [S1|S2|S3|S4]...`. The floor, where AVX-512 exists, is one pass over the whole matrix: for
//! each metro, the least of price + transport cost within each of five nested budgets.

#[path = "../tests/family/mod.rs"]
mod family;

use std::hint::black_box;
use std::time::Instant;

use family::{Kind, Size, World};
use wattmarket_core::simd::Level;
use wattmarket_core::spot::layout::Layout;
use wattmarket_core::spot::search::Search;
use wattmarket_core::spot::solve::Session;
use wattmarket_core::spot::undercut::{Posted, Undercut};
use wattmarket_core::spot::wiring::Wiring;

const SIZES: [(&str, Size); 4] = [
    ("S1", Size(50, 300, 20)),
    ("S2", Size(200, 2_000, 60)),
    ("S3", Size(500, 5_000, 150)),
    ("S4", Size(1_000, 10_000, 200)),
];

/// Least time of a call, milliseconds: other work on the machine only adds.
fn least(mut call: impl FnMut()) -> f64 {
    let times = (0..61).map(|_| {
        let start = Instant::now();
        call();
        start.elapsed().as_secs_f64() * 1e3
    });
    times.fold(f64::INFINITY, f64::min)
}

fn main() {
    let wanted: Vec<String> = std::env::args().skip(1).filter(|name| name.starts_with('S')).collect();
    for (name, size) in SIZES {
        if !wanted.is_empty() && !wanted.iter().any(|wanted| wanted == name) {
            continue;
        }
        let World { mut layout, demand, state } = World::new(size, Kind::Plain, 1);
        let start = Instant::now();
        layout.rtt.arrange();
        println!("{name}: {size:?}, sites put in order in {:.1} ms", start.elapsed().as_secs_f64() * 1e3);
        let mut session =
            Session::new(&layout, Wiring::new(&layout, demand.steps), &demand, &state).expect("a good market");
        let effort = session.optimise(&layout, &|| false).expect("an optimum");
        println!("  cold in {:.0} ms, {effort:?}", start.elapsed().as_secs_f64() * 1e3);
        #[cfg(target_arch = "x86_64")]
        if Level::detected() == Level::Avx512 {
            let prices: Vec<i32> =
                (0..layout.sites()).map(|site| session.simplex.potentials().to_vec()[site] as i32).collect();
            // SAFETY: the machine has AVX-512.
            let floor = least(|| drop(black_box(unsafe { floor::pass(&layout, &prices) })));
            println!("  floor {floor:.3} ms");
        }
        for level in Level::available() {
            passes(level, &layout, &session);
        }
    }
}

fn passes(level: Level, layout: &Layout, session: &Session) {
    let (wiring, potential) = (&session.wiring, session.simplex.potentials().to_vec());
    let mut search = Search::new(wiring);
    search.level = level;
    let violators = least(|| assert!(search.violators(layout, wiring, &potential, 8).is_empty()));
    let share = 100.0 * search.scanned() as f64 / (layout.metros() * layout.rtt.blocks()) as f64;
    let tied = least(|| assert!(!search.tied(layout, wiring, &potential).is_empty()));
    let demand: Vec<i64> = wiring.rows.row_of.iter().map(|&row| potential[row as usize]).collect();
    let pool: Vec<i64> = wiring.pool.iter().map(|&node| potential[node as usize]).collect();
    let posted = Posted { demand: &demand, pool: &pool, shell: &vec![0; layout.sites()] };
    let mut certificate = Undercut::new(layout);
    certificate.level = level;
    let undercut = least(|| assert_eq!(certificate.find(layout, &[posted; 3]), None));
    println!(
        "  {level:?}: violators {violators:.3} ms ({share:.1} % of blocks), tied {tied:.3} ms, undercut by three vectors {undercut:.3} ms"
    );
}

#[cfg(target_arch = "x86_64")]
mod floor {
    use std::arch::x86_64::{
        __m256i, _mm256_load_si256, _mm512_add_epi32, _mm512_cmple_epi32_mask, _mm512_cvtepu16_epi32,
        _mm512_loadu_si512, _mm512_mask_min_epi32, _mm512_reduce_min_epi32, _mm512_set1_epi32,
    };
    use wattmarket_core::spot::blocks::Block;
    use wattmarket_core::spot::layout::Layout;

    /// Each metro's least ask within each budget.
    #[target_feature(enable = "avx512f,avx512bw,avx512vl")]
    pub fn pass(layout: &Layout, prices: &[i32]) -> Vec<[i32; 5]> {
        let mut offers = prices.to_vec();
        offers.resize(layout.rtt.blocks() * 64, 1 << 29);
        let limit: [_; 5] = std::array::from_fn(|ring| _mm512_set1_epi32(layout.workload_budget[ring]));
        let metro = |metro: usize| {
            let mut least = [_mm512_set1_epi32(1 << 30); 5];
            for (Block(times), offers) in layout.rtt.row(metro).iter().zip(offers.as_chunks::<64>().0) {
                for (times, offers) in times.as_chunks::<16>().0.iter().zip(offers.as_chunks::<16>().0) {
                    // SAFETY: sixteen u16 are the 32 bytes read, a quarter of a block that begins on a multiple of 64 bytes.
                    let times = _mm512_cvtepu16_epi32(unsafe { _mm256_load_si256(times.as_ptr().cast::<__m256i>()) });
                    // SAFETY: sixteen i32 are the 64 bytes read; the load asks for no alignment.
                    let ask = _mm512_add_epi32(times, unsafe { _mm512_loadu_si512(offers.as_ptr().cast()) });
                    for (least, limit) in least.iter_mut().zip(limit) {
                        *least = _mm512_mask_min_epi32(*least, _mm512_cmple_epi32_mask(times, limit), *least, ask);
                    }
                }
            }
            least.map(|least| _mm512_reduce_min_epi32(least))
        };
        (0..layout.metros()).map(metro).collect()
    }
}
