//! What the engine takes from the heap: nothing in a warm solve, and at the largest sizes what was promised.
//!
//! `make memory` runs the large ones.

mod family;

use std::alloc::{GlobalAlloc, Layout as Block, System};
use std::cell::Cell;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::time::Instant;

use family::walk::Walk;
use family::{Kind, S1, SMALL, Size, World};
use wattmarket_core::spot::market::Market;

/// The system's allocator, counting.
struct Counting;

static LIVE: AtomicUsize = AtomicUsize::new(0);
static PEAK: AtomicUsize = AtomicUsize::new(0);

thread_local! {
    /// Blocks that this thread has asked for. Without a destructor and initialised by a constant: it needs no heap itself.
    static BLOCKS: Cell<u64> = const { Cell::new(0) };
}

fn grown(bytes: usize) {
    BLOCKS.with(|blocks| blocks.set(blocks.get() + 1));
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

/// Blocks that a step asks for.
fn blocks(step: impl FnOnce()) -> u64 {
    let before = BLOCKS.with(Cell::get);
    step();
    BLOCKS.with(Cell::get) - before
}

/// Calm ticks, of a hundred after a history of shocks, on which update and optimum ask for memory, and those on which
/// settling does.
fn asking_ticks(size: Size, kind: Kind) -> [usize; 2] {
    let world = World::new(size, kind, 1);
    let mut market = Market::new(world.layout.clone()).expect("a good layout");
    let mut rough = Walk::new(world.clone(), 1, 4, 1);
    for _ in 0..60 {
        let now = rough.step();
        market.clear(&now.demand, &now.state, &never).expect("a certified clearing");
    }
    let mut calm = Walk::new(world, 2, usize::MAX, 1);
    let mut asking = [0; 2];
    for tick in 0..105 {
        let now = calm.step();
        let solve = blocks(|| {
            market.update(&now.demand, &now.state).expect("good columns");
            assert!(market.optimise(&never).is_ok());
        });
        let settle = blocks(|| market.settle(&never).expect("a certified optimum"));
        // The first calm ticks come after a shock.
        if tick >= 5 {
            asking[0] += usize::from(solve > 0);
            asking[1] += usize::from(settle > 0);
        }
    }
    asking
}

/// What has been needed before is there. A tick that needs more active arcs than any before makes room for them, once; where
/// flows are tied, settling them asks for columns as long as the tied arcs.
#[test]
fn a_warm_solve_takes_nothing_from_the_heap() {
    for (size, kind) in
        [(SMALL, Kind::Plain), (SMALL, Kind::Coarse), (SMALL, Kind::Full), (SMALL, Kind::Forecast), (S1, Kind::Plain)]
    {
        let [solve, settle] = asking_ticks(size, kind);
        println!("{size:?} {kind:?}: of 100 ticks, {solve} ask for memory to solve, {settle} to settle");
        assert!(solve <= 2, "{size:?} {kind:?}: {solve} of 100 warm solves took memory from the heap");
    }
    let [solve, settle] = asking_ticks(SMALL, Kind::Plain);
    assert_eq!([solve, settle], [0; 2], "nothing grows and nothing is tied");
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
