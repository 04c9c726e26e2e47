//! The floor of the clearing benchmark: what it takes merely to look at every pair of a metro and a site once.
//!
//! For each metro and each of five nested latency budgets, the least of *transport cost + site price* over the sites
//! within the budget, by one pass over the dense matrix of distances; and the same with blocks of 64 sites skipped where
//! the block's nearest distance plus its least price proves that it cannot matter. Whoever proves an optimum without
//! skipping anything has to do the first at least once. Never part of the wheel.
//!
//! usage: `floor FILE PASSES MINIMA`
//!
//! `FILE`, little-endian: u64 metros, sites; u16 budgets[5], ascending; u16 distance[metros][sites]; i32 price[sites].
//! On stdout: the SIMD extension used, then one line per pass with the seconds of the plain and of the pruned pass and
//! the share of blocks that the latter looked at. `MINIMA` is written as i32 [metros][5]; `i32::MAX / 2` where no
//! site is in reach.

use std::env;
use std::error::Error;
use std::fs;
use std::hint::black_box;
use std::time::Instant;

const BUDGETS: usize = 5;
const BLOCK: usize = 64;
/// Dearer than anything, with room for a transport cost above it.
const DEAREST: i32 = i32::MAX / 2;

type Least = [i32; BUDGETS];
/// The least ask within each budget, over as many distances and prices, a multiple of [`BLOCK`].
type Kernel = fn(&[u16], &[i32], &[u16; BUDGETS]) -> Least;

/// The matrix padded to whole blocks with sites that nobody would choose, and what blocks are known to hold.
struct Market {
    sites: usize,
    budgets: [u16; BUDGETS],
    distance: Vec<u16>,
    price: Vec<i32>,
    /// Per metro and block: the distance of the nearest site, and the tightest budget that it is within.
    nearest: Vec<u16>,
    ring: Vec<u8>,
}

impl Market {
    fn read(path: &str) -> Result<Self, Box<dyn Error>> {
        let bytes = fs::read(path)?;
        let (header, rest) = bytes.split_at(16);
        let metros = u64::from_le_bytes(header[..8].try_into()?) as usize;
        let given = u64::from_le_bytes(header[8..].try_into()?) as usize;
        let (budgets, rest) = rest.split_at(2 * BUDGETS);
        let (matrix, prices) = rest.split_at(2 * metros * given);
        let sites = given.next_multiple_of(BLOCK);
        let mut distance = vec![u16::MAX; metros * sites];
        for (row, bytes) in distance.chunks_exact_mut(sites).zip(matrix.chunks_exact(2 * given)) {
            row[..given].copy_from_slice(&halves(bytes));
        }
        let mut price: Vec<i32> =
            prices.chunks_exact(4).map(|word| i32::from_le_bytes([word[0], word[1], word[2], word[3]])).collect();
        price.resize(sites, DEAREST);
        let budgets: [u16; BUDGETS] = halves(budgets).try_into().map_err(|_| "budgets are missing")?;
        let nearest: Vec<u16> =
            distance.chunks_exact(BLOCK).map(|block| block.iter().copied().min().unwrap_or(u16::MAX)).collect();
        let ring = nearest.iter().map(|near| budgets.partition_point(|budget| budget < near) as u8).collect();
        Ok(Self { sites, budgets, distance, price, nearest, ring })
    }

    fn dense(&self, kernel: Kernel, minima: &mut [Least]) {
        for (row, least) in self.distance.chunks_exact(self.sites).zip(minima) {
            *least = kernel(row, &self.price, &self.budgets);
        }
    }

    /// The same minima; gives the number of blocks looked at.
    fn pruned(&self, kernel: Kernel, minima: &mut [Least]) -> usize {
        // Prices change from tick to tick, so their least ones are part of the pass; distances stay.
        let cheapest: Vec<i32> =
            self.price.chunks_exact(BLOCK).map(|block| block.iter().copied().min().unwrap_or(DEAREST)).collect();
        let blocks = self.sites / BLOCK;
        let mut bound = vec![DEAREST; blocks];
        let mut looked_at = 0;
        let rows = self.distance.chunks_exact(self.sites).zip(self.nearest.chunks_exact(blocks));
        for (((row, nearest), ring), least) in rows.zip(self.ring.chunks_exact(blocks)).zip(minima) {
            for (bound, (&near, &cheapest)) in bound.iter_mut().zip(nearest.iter().zip(&cheapest)) {
                *bound = i32::from(near) + cheapest;
            }
            // The least ask within no budget at all stands at the end: a block out of everyone's reach never beats it.
            let mut found = [DEAREST; BUDGETS + 1];
            found[BUDGETS] = i32::MIN;
            // The most promising block first: what it offers lets many others be skipped.
            let first = (0..blocks).min_by_key(|&block| bound[block]).unwrap_or(0);
            for block in std::iter::once(first).chain((0..blocks).filter(|&block| block != first)) {
                // Budgets are nested, so that the tightest one that reaches the block has the highest minimum to beat.
                if bound[block] < found[usize::from(ring[block])] {
                    looked_at += 1;
                    let place = block * BLOCK..(block + 1) * BLOCK;
                    let asks = kernel(&row[place.clone()], &self.price[place], &self.budgets);
                    for (found, ask) in found.iter_mut().zip(asks) {
                        *found = ask.min(*found);
                    }
                }
            }
            least.copy_from_slice(&found[..BUDGETS]);
        }
        looked_at
    }
}

fn halves(bytes: &[u8]) -> Vec<u16> {
    bytes.chunks_exact(2).map(|half| u16::from_le_bytes([half[0], half[1]])).collect()
}

/// The pass in plain Rust; inlined into functions that allow wider instructions, which the compiler then uses.
#[inline(always)]
fn plain(distance: &[u16], price: &[i32], budgets: &[u16; BUDGETS]) -> Least {
    const LANES: usize = 16;
    let budgets = budgets.map(i32::from);
    let mut least = [[DEAREST; LANES]; BUDGETS];
    for (far, price) in distance.chunks_exact(LANES).zip(price.chunks_exact(LANES)) {
        let far: [i32; LANES] = std::array::from_fn(|lane| i32::from(far[lane]));
        let ask: [i32; LANES] = std::array::from_fn(|lane| far[lane] + price[lane]);
        for (least, budget) in least.iter_mut().zip(budgets) {
            for lane in 0..LANES {
                let ask = if far[lane] <= budget { ask[lane] } else { DEAREST };
                least[lane] = least[lane].min(ask);
            }
        }
    }
    least.map(|lanes| lanes.into_iter().min().unwrap_or(DEAREST))
}

fn baseline(distance: &[u16], price: &[i32], budgets: &[u16; BUDGETS]) -> Least {
    plain(distance, price, budgets)
}

#[cfg(target_arch = "x86_64")]
mod wide {
    use std::arch::x86_64::{
        __m256i, __m512i, _mm256_loadu_si256, _mm512_add_epi32, _mm512_cmple_epi32_mask, _mm512_cvtepu16_epi32,
        _mm512_loadu_si512, _mm512_mask_min_epi32, _mm512_min_epi32, _mm512_reduce_min_epi32, _mm512_set1_epi32,
    };

    use super::{BUDGETS, DEAREST, Least, plain};

    #[target_feature(enable = "avx2")]
    pub(super) fn avx2(distance: &[u16], price: &[i32], budgets: &[u16; BUDGETS]) -> Least {
        plain(distance, price, budgets)
    }

    #[target_feature(enable = "avx512f")]
    pub(super) fn avx512(distance: &[u16], price: &[i32], budgets: &[u16; BUDGETS]) -> Least {
        const LANES: usize = 16;
        let limit = budgets.map(|budget| _mm512_set1_epi32(i32::from(budget)));
        let mut least = [_mm512_set1_epi32(DEAREST); BUDGETS];
        for (far, price) in distance.chunks_exact(LANES).zip(price.chunks_exact(LANES)) {
            // SAFETY: 16 u16 are the 32 bytes read; the load asks for no alignment.
            let far = unsafe { _mm256_loadu_si256(far.as_ptr().cast::<__m256i>()) };
            // SAFETY: 16 i32 are the 64 bytes read; the load asks for no alignment.
            let price = unsafe { _mm512_loadu_si512(price.as_ptr().cast::<__m512i>()) };
            let far = _mm512_cvtepu16_epi32(far);
            let ask = _mm512_add_epi32(far, price);
            for (least, limit) in least.iter_mut().zip(limit) {
                let within = _mm512_cmple_epi32_mask(far, limit);
                *least = _mm512_mask_min_epi32(*least, within, *least, ask);
            }
        }
        // A filler asks for more than the dearest.
        least.map(|lanes| _mm512_reduce_min_epi32(_mm512_min_epi32(lanes, _mm512_set1_epi32(DEAREST))))
    }
}

/// The widest kernel that this machine runs, and the name of its instructions.
fn kernel() -> (&'static str, Kernel) {
    #[cfg(target_arch = "x86_64")]
    {
        if is_x86_feature_detected!("avx512f") {
            // SAFETY: the line above found the instructions that the function needs.
            return ("AVX-512", |distance, price, budgets| unsafe { wide::avx512(distance, price, budgets) });
        }
        if is_x86_feature_detected!("avx2") {
            // SAFETY: the line above found the instructions that the function needs.
            return ("AVX2", |distance, price, budgets| unsafe { wide::avx2(distance, price, budgets) });
        }
    }
    ("baseline", baseline)
}

fn main() -> Result<(), Box<dyn Error>> {
    let arguments: Vec<String> = env::args().skip(1).collect();
    let [file, passes, out] = arguments.as_slice() else {
        return Err("usage: floor FILE PASSES MINIMA".into());
    };
    let market = Market::read(file)?;
    let (name, kernel) = kernel();
    println!("{name}");
    let mut minima = vec![[DEAREST; BUDGETS]; market.distance.len() / market.sites];
    let mut again = minima.clone();
    for _ in 0..passes.parse()? {
        let begin = Instant::now();
        market.dense(black_box(kernel), black_box(&mut minima));
        let dense_s = begin.elapsed().as_secs_f64();
        let begin = Instant::now();
        let looked_at = market.pruned(black_box(kernel), black_box(&mut again));
        let pruned_s = begin.elapsed().as_secs_f64();
        if minima != again {
            return Err("the pruned pass found other minima".into());
        }
        println!("{dense_s:.9} {pruned_s:.9} {:.4}", looked_at as f64 / market.nearest.len() as f64);
    }
    fs::write(out, minima.iter().flatten().flat_map(|least| least.to_le_bytes()).collect::<Vec<u8>>())?;
    Ok(())
}
