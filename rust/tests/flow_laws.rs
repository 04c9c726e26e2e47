//! Laws of the generic engine over long histories: a solved, settled and priced network is the one that a fresh simplex
//! gives, bit for bit, feasible or not.
//!
//! The short ones run with every `cargo test`; `make laws` runs the long ones.

mod family;
mod instances;
mod markets;
mod proof;

use std::time::Instant;

use family::walk::Walk;
use family::{Draw, Kind, SMALL, World};
use instances::never;
use markets::raw::Raw;
use proof::check_proof;
use wattmarket_core::clearing::{Clearing, clear};
use wattmarket_core::network::{INFINITE, Network};
use wattmarket_core::simplex::Simplex;

/// Clears, and checks the certificate of whatever comes out.
fn certified(simplex: &mut Simplex) -> Clearing {
    let cleared = clear(simplex, &never).expect("never interrupted, and positions are unique keys");
    check_proof(simplex, &cleared);
    cleared
}

/// Brings a network's columns into the simplex, clears, and compares with a fresh one. Whether there was a flow.
fn step(warm: &mut Simplex, network: &Network, place: &str) -> bool {
    warm.update(Some(&network.supply), Some(&network.capacity), Some(&network.cost)).expect("numbers in bounds");
    let fresh = certified(&mut Simplex::new(network.clone()).expect("numbers in bounds"));
    let found = certified(warm);
    // Shortages too: of all minimum cuts, the one nearest to the supplies is the same for every maximum flow.
    assert!(found == fresh, "{place}: differs from a cold start");
    matches!(found, Clearing::Optimal(_))
}

/// A spot market written out arc by arc, through a history of shocks.
fn market_history(kind: Kind, seed: u64, ticks: usize) {
    let world = World::new(SMALL, kind, seed);
    let layout = world.layout.clone();
    let first = Raw::new(&layout, &world.demand, &world.state);
    let mut warm = Simplex::new(first.network).expect("numbers in bounds");
    let mut walk = Walk::new(world, seed, 5, 1);
    for tick in 1..=ticks {
        let now = walk.step();
        let raw = Raw::new(&layout, &now.demand, &now.state);
        let optimal = step(&mut warm, &raw.network, &format!("{kind:?}, seed {seed}, tick {tick} ({:?})", now.shocks));
        assert!(optimal, "all demand may stay unserved");
    }
}

/// A network without structure: every part of it moves, much of the time nothing feasible is left, and costs are so few
/// that ties are everywhere. Returns how often there was a flow.
fn wild_history(seed: u64, nodes: usize, arcs: usize, updates: usize, patience: Option<u64>) -> usize {
    let mut draw = Draw::new(seed, "wild");
    let mut network = Network { supply: vec![0; nodes], ..Network::default() };
    for _ in 0..arcs {
        network.tail.push(draw.below(nodes) as u32);
        network.head.push(draw.below(nodes) as u32);
        network.capacity.push(draw.below(30) as i64);
        network.cost.push(draw.below(6) as i64 - 1);
    }
    let mut warm = Simplex::new(network.clone()).expect("numbers in bounds");
    if let Some(pivots) = patience {
        warm.give_up_after(pivots);
    }
    let mut optimal = 0;
    for update in 1..=updates {
        let moved = 1 + draw.below(arcs / 10);
        for _ in 0..moved {
            let arc = draw.below(arcs);
            match draw.below(12) {
                0 => network.capacity[arc] = 0,
                1 => network.capacity[arc] = INFINITE,
                2..6 => network.capacity[arc] = draw.below(60) as i64,
                _ => network.cost[arc] = draw.below(8) as i64 - 2,
            }
            if network.cost[arc] < 0 {
                network.capacity[arc] = network.capacity[arc].min(40);
            }
        }
        match draw.below(10) {
            // Back to nothing, and to a multiple: flows far from the last ones.
            0 => network.supply.fill(0),
            1 if network.supply.iter().all(|supply| supply.abs() < 1_000) => {
                network.supply.iter_mut().for_each(|supply| *supply *= 10);
            }
            _ => {}
        }
        for _ in 0..draw.below(nodes / 4 + 2) {
            let (from, to, amount) = (draw.below(nodes), draw.below(nodes), draw.below(8) as i64);
            network.supply[from] += amount;
            network.supply[to] -= amount;
        }
        optimal += usize::from(step(&mut warm, &network, &format!("seed {seed}, update {update}")));
    }
    if patience.is_some() {
        assert!(warm.effort().cold_starts > updates as u64 / 2, "{:?}", warm.effort());
    }
    optimal
}

#[test]
fn a_network_of_a_market_clears_as_a_fresh_one_through_every_shock() {
    market_history(Kind::Plain, 1, 30);
    market_history(Kind::Forecast, 2, 30);
}

#[test]
fn a_network_without_structure_clears_as_a_fresh_one() {
    let optimal = wild_history(3, 60, 600, 300, None);
    assert!((50..250).contains(&optimal), "both ends must be met: {optimal} of 300 optimal");
}

#[test]
fn a_warm_solve_that_takes_too_long_starts_cold_and_finds_the_same() {
    wild_history(4, 60, 600, 150, Some(4));
    wild_history(5, 12, 60, 150, Some(0));
}

#[test]
#[ignore = "long: make laws"]
fn a_thousand_updates_of_networks_of_markets() {
    for (kind, seed) in [(Kind::Plain, 31), (Kind::Coarse, 32), (Kind::Full, 33), (Kind::Forecast, 34)] {
        let start = Instant::now();
        market_history(kind, seed, 1_000);
        println!("network of a {kind:?} market, seed {seed}: 1000 updates, {:.0} s", start.elapsed().as_secs_f64());
    }
}

#[test]
#[ignore = "long: make laws"]
fn ten_thousand_updates_of_networks_without_structure() {
    for (seed, nodes, arcs, updates) in [(41, 40, 200, 10_000), (42, 120, 1_500, 10_000), (43, 400, 4_000, 1_000)] {
        let start = Instant::now();
        let optimal = wild_history(seed, nodes, arcs, updates, None);
        let time = start.elapsed().as_secs_f64();
        println!("{nodes} nodes, {arcs} arcs, seed {seed}: {updates} updates, {optimal} optimal, {time:.0} s");
    }
}
