//! Every set of vector instructions that the machine has gives the same clearings by the same pivots.

mod family;

use family::walk::Walk;
use family::{Kind, SMALL, Size, World};
use wattmarket_core::simd::{Level, force};
use wattmarket_core::spot::clearing::Clearing;
use wattmarket_core::spot::market::{Effort, Market};

/// The clearings of a history, and what they took.
fn history(size: Size, kind: Kind, ticks: usize) -> Vec<(Clearing, Effort)> {
    let world = World::new(size, kind, 5);
    let mut market = Market::new(world.layout.clone()).expect("a good layout");
    let mut walk = Walk::new(world, 5, 4, 1);
    let clear = |_| {
        let now = walk.step();
        market.clear(&now.demand, &now.state, &|| false).expect("a certified clearing")
    };
    (0..ticks).map(clear).collect()
}

/// One test: the level belongs to the process.
#[test]
fn every_level_clears_alike() {
    let levels: Vec<Level> = Level::available().collect();
    println!("levels: {levels:?}");
    assert_eq!(levels[0], Level::Baseline);
    for (size, kind, ticks) in [
        (SMALL, Kind::Plain, 40),
        (SMALL, Kind::Coarse, 40),
        (SMALL, Kind::Full, 40),
        (SMALL, Kind::Forecast, 40),
        // Sites that fill no block, one block exactly, and a few with a ragged end.
        (Size(3, 5, 1), Kind::Plain, 10),
        (Size(7, 64, 3), Kind::Full, 10),
        (Size(5, 1_037, 9), Kind::Forecast, 4),
    ] {
        let mut expected = None;
        for &level in &levels {
            assert_eq!(force(level), level);
            let found = history(size, kind, ticks);
            let expected = expected.get_or_insert_with(|| found.clone());
            for (tick, (found, expected)) in found.iter().zip(expected.iter()).enumerate() {
                assert!(found == expected, "{kind:?} {size:?}, tick {tick}: {level:?} differs from {:?}", levels[0]);
            }
        }
    }
}
