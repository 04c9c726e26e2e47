//! What the engine takes from the heap at the largest sizes. `make memory` runs it.

mod family;

use std::alloc::{GlobalAlloc, Layout as Block, System};
use std::sync::atomic::{AtomicUsize, Ordering};
use std::time::Instant;

use family::{Kind, Size, World};
use wattmarket_core::spot::market::Market;

/// The system's allocator, counting.
struct Counting;

static LIVE: AtomicUsize = AtomicUsize::new(0);
static PEAK: AtomicUsize = AtomicUsize::new(0);

fn grown(bytes: usize) {
    let live = LIVE.fetch_add(bytes, Ordering::Relaxed) + bytes;
    PEAK.fetch_max(live, Ordering::Relaxed);
}

// SAFETY: every call is passed on to the system's allocator unchanged, which keeps the contract; counting allocates nothing.
unsafe impl GlobalAlloc for Counting {
    unsafe fn alloc(&self, block: Block) -> *mut u8 {
        grown(block.size());
        // SAFETY: the caller keeps `GlobalAlloc`'s contract, which is the system allocator's too.
        unsafe { System.alloc(block) }
    }

    unsafe fn alloc_zeroed(&self, block: Block) -> *mut u8 {
        grown(block.size());
        // SAFETY: as above.
        unsafe { System.alloc_zeroed(block) }
    }

    unsafe fn dealloc(&self, at: *mut u8, block: Block) {
        LIVE.fetch_sub(block.size(), Ordering::Relaxed);
        // SAFETY: as above; `at` came from the system's allocator.
        unsafe { System.dealloc(at, block) }
    }

    unsafe fn realloc(&self, at: *mut u8, block: Block, size: usize) -> *mut u8 {
        // While it moves, both blocks may exist.
        grown(size);
        LIVE.fetch_sub(block.size(), Ordering::Relaxed);
        // SAFETY: as above; `at` came from the system's allocator.
        unsafe { System.realloc(at, block, size) }
    }
}

#[global_allocator]
static HEAP: Counting = Counting;

fn never() -> bool {
    false
}

/// Megabytes of 10⁶ bytes.
fn megabytes(bytes: usize) -> f64 {
    bytes as f64 / 1e6
}

/// Clears a market cold and some ticks warm; peak megabytes in all, of which the matrix.
fn peak(size: Size, ticks: usize) -> (f64, f64) {
    let World { layout, demand, state } = World::new(size, Kind::Plain, 3);
    let matrix = megabytes(2 * layout.metros() * layout.sites());
    let mut demand = demand;
    let outside = LIVE.load(Ordering::Relaxed);
    println!("{size:?}: {:.1} MB of layout, demand and state, {matrix:.1} MB of it the matrix", megabytes(outside));
    PEAK.store(outside, Ordering::Relaxed);
    let start = Instant::now();
    let mut market = Market::new(layout).expect("a good layout");
    let (clearing, effort) = market.clear(&demand, &state, &never).expect("a certified clearing");
    drop(clearing);
    let cold = start.elapsed().as_secs_f64();
    println!("cold: {cold:.2} s, {effort:?}, peak {:.1} MB", megabytes(PEAK.load(Ordering::Relaxed)));
    for tick in 0..ticks {
        demand
            .quantity_kw
            .iter_mut()
            .enumerate()
            .for_each(|(row, kw)| *kw += (*kw / 64) * ((row + tick) as i64 % 3 - 1));
        market.update(&demand, &state).expect("good columns");
        market.optimise(&never).expect("a certified optimum");
        market.clear(&demand, &state, &never).expect("a certified clearing");
    }
    let most = megabytes(PEAK.load(Ordering::Relaxed));
    println!("peak {most:.1} MB after {ticks} warm ticks");
    (most, matrix)
}

#[test]
#[ignore = "large: make memory"]
fn ten_thousand_sites_fit_a_hundred_and_twenty_megabytes() {
    let (most, _) = peak(family::S4, 5);
    assert!(most <= 120.0, "{most:.1} MB");
}

#[test]
#[ignore = "large: make memory"]
fn fifty_thousand_sites_work() {
    peak(Size(1_000, 50_000, 400), 2);
}
