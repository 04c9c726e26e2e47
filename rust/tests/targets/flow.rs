//! Networks of the generic engine: against an independent method, and through sequences of changes against a cold start.

use wattmarket_core::clearing::{Clearing, Optimum, clear};
use wattmarket_core::error::{Error, Result};
use wattmarket_core::hash::hash64;
use wattmarket_core::network::{Arcs, COST_LIMIT, FLOW_LIMIT, INFINITE, Network};
use wattmarket_core::simplex::{Simplex, Status};

use crate::markets::Draw;
use crate::paths::never;
use crate::proof::check_proof;
use crate::referee::{objective, price_ends};

/// Draws networks of every kind: parallel arcs, loops, zero and infinite capacities, negative costs, separate parts;
/// numbers small, so that ties abound, or as large as the door admits.
struct Maker {
    nodes: usize,
    cost: i64,
    flow: i64,
}

impl Maker {
    fn new(draw: &mut Draw<'_>) -> Self {
        let nodes = 1 + draw.below(12);
        let cost = [1, 1, 1, COST_LIMIT / (nodes as i64 + 1) / 8][draw.below(4)];
        let flow = [1, 1, 1, FLOW_LIMIT / 1_000][draw.below(4)];
        Self { nodes, cost, flow }
    }

    fn network(&self, draw: &mut Draw<'_>) -> Network {
        let mut network =
            Network { supply: vec![0; self.nodes], anchor: draw.below(self.nodes) as u32, ..Network::default() };
        let keyed = draw.below(3);
        for _ in 0..draw.below(40) {
            network.tail.push(draw.below(self.nodes) as u32);
            network.head.push(draw.below(self.nodes) as u32);
            let cost = self.cost(draw);
            network.capacity.push(self.capacity(cost, draw));
            network.cost.push(cost);
            if keyed > 0 {
                // Few keys, so that some are shared.
                network.key.push(hash64(draw.below([1, 256, 8][keyed]) as u64, 7));
            }
        }
        self.supply(&mut network.supply, draw);
        network
    }

    fn cost(&self, draw: &mut Draw<'_>) -> i64 {
        (draw.below(12) as i64 - 3) * self.cost
    }

    fn capacity(&self, cost: i64, draw: &mut Draw<'_>) -> i64 {
        match draw.below(10) {
            9 if cost >= 0 => INFINITE,
            units => units as i64 * self.flow,
        }
    }

    fn supply(&self, supply: &mut [i64], draw: &mut Draw<'_>) {
        for _ in 0..draw.below(2 * supply.len()) {
            let (from, to) = (draw.below(supply.len()), draw.below(supply.len()));
            let units = draw.below(6) as i64 * self.flow;
            supply[from] += units;
            supply[to] -= units;
        }
    }
}

/// One network: certified, of the referee's objective and price intervals.
pub fn networks(bytes: &[u8]) {
    let mut draw = Draw::new(bytes);
    let network = Maker::new(&mut draw).network(&mut draw);
    let Ok(mut simplex) = Simplex::new(network.clone()) else {
        assert!(network.bounds().is_err());
        return;
    };
    if let Some(cleared) = certified(&mut simplex) {
        check(&simplex, &cleared);
    }
}

/// Compares with the referee.
fn check(simplex: &Simplex, cleared: &Clearing) {
    let network = simplex.network();
    let least = objective(network);
    match cleared {
        Clearing::Optimal(optimum) => {
            let Optimum { flow, prices, .. } = &**optimum;
            assert_eq!(Some(simplex.objective()), least);
            assert_eq!(prices, &price_ends(network, flow, simplex.bounds().artificial));
        }
        Clearing::Infeasible(_) => assert_eq!(least, None),
    }
}

/// Clears and checks the certificate of whatever comes out; nothing if arcs that share a key are tied.
fn certified(simplex: &mut Simplex) -> Option<Clearing> {
    let cleared = match clear(simplex, &never) {
        Ok(cleared) => cleared,
        Err(Error::Entry { array: "key", .. }) => {
            let mut keys = simplex.network().key.clone();
            keys.sort_unstable();
            assert!(keys.windows(2).any(|pair| pair[0] == pair[1]));
            return None;
        }
        Err(other) => panic!("{other}"),
    };
    check_proof(simplex, &cleared);
    Some(cleared)
}

/// A network through a sequence of changes: whatever came before, it clears as a fresh one.
pub fn updates(bytes: &[u8]) {
    let mut draw = Draw::new(bytes);
    let maker = Maker::new(&mut draw);
    let Ok(mut warm) = Simplex::new(maker.network(&mut draw)) else {
        return;
    };
    if draw.below(4) == 3 {
        // Sooner or later it starts cold.
        warm.give_up_after(draw.below(20) as u64);
    }
    for _ in 0..60 {
        if draw.spent() {
            break;
        }
        change(&mut warm, &maker, &mut draw);
        if draw.below(3) == 0 {
            compare(&mut warm);
        }
    }
    compare(&mut warm);
}

fn compare(warm: &mut Simplex) {
    let mut cold = Simplex::new(warm.network().clone()).expect("admitted before");
    let (found, fresh) = (certified(warm), certified(&mut cold));
    if let Some(found) = &found {
        check(warm, found);
    }
    if warm.bounds() == cold.bounds() {
        assert_eq!(found, fresh);
    } else if let (Some(Clearing::Optimal(found)), Some(Clearing::Optimal(fresh))) = (&found, &fresh) {
        // Arcs that were forgotten still count in what is proved, and so in what holds prices without an end.
        assert_eq!(found.flow, fresh.flow);
    }
}

/// Changes something, or takes a step; what the door refuses changes nothing.
fn change(simplex: &mut Simplex, maker: &Maker, draw: &mut Draw<'_>) {
    let mut network = simplex.network().clone();
    let arcs = network.arcs();
    match draw.below(9) {
        0..3 if arcs > 0 => {
            for _ in 0..=draw.below(5) {
                let arc = draw.below(arcs);
                network.cost[arc] = maker.cost(draw);
                network.capacity[arc] = maker.capacity(network.cost[arc], draw);
            }
            refuse_or_take(simplex, |simplex| simplex.update(None, Some(&network.capacity), Some(&network.cost)));
        }
        3..5 => {
            maker.supply(&mut network.supply, draw);
            refuse_or_take(simplex, |simplex| simplex.update(Some(&network.supply), None, None));
        }
        5 => {
            let keyed = !network.key.is_empty() || arcs == 0;
            let more = maker.network(draw);
            let key: Vec<u64> = more.tail.iter().map(|_| hash64(draw.below(256) as u64, 8)).collect();
            let (tail, head) = (&more.tail, &more.head);
            let key = if keyed && arcs > 0 { &key[..] } else { &[] };
            let arcs = Arcs { tail, head, capacity: &more.capacity, cost: &more.cost, key };
            refuse_or_take(simplex, |simplex| simplex.append_arcs(&arcs));
        }
        6 => {
            // Of an optimum, arcs that carry nothing can be forgotten, and the others may stand in any order: it stays one.
            if simplex.solve(&never) == Ok(Status::Optimal) {
                let before = simplex.objective();
                let mask = draw.below(256);
                let kept = |arc: &u32| mask >> (arc % 8) & 1 == 1 || !simplex.is_spare(*arc as usize);
                let mut order: Vec<u32> = (0..arcs as u32).filter(kept).collect();
                order.sort_by_key(|&arc| hash64(arc.into(), mask as u32));
                simplex.rearrange(&order);
                assert_eq!(simplex.network().arcs(), order.len());
                assert_eq!(simplex.objective(), before);
            }
        }
        7 => assert!(simplex.solve(&never).is_ok()),
        _ => {
            // Interrupted or not, a solve can be taken up again.
            let status = simplex.solve(&|| true);
            assert!(matches!(status, Ok(_) | Err(Error::Interrupted)));
        }
    }
}

fn refuse_or_take(simplex: &mut Simplex, act: impl FnOnce(&mut Simplex) -> Result<()>) {
    let before = simplex.network().clone();
    if act(simplex).is_err() {
        assert_eq!(simplex.network(), &before);
    }
}
