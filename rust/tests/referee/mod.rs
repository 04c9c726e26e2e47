//! An independent referee of small networks: textbook methods over lists of residual arcs, nothing shared with the engine.
//!
//! The objective by successive shortest paths, shortest paths by Bellman and Ford, price intervals as shortest paths in the
//! residual network (Ahuja, Magnanti & Orlin, *Network Flows*, sections 9.7, 5.4 and 9.11).

#![allow(dead_code)] // Each test binary takes what it needs.

use wattmarket_core::network::Network;
use wattmarket_core::prices::PriceRange;

/// A residual arc: from, to, cost.
pub type Residual = (usize, usize, i128);

/// The least cost of a feasible flow; `None` if there is none.
pub fn objective(network: &Network) -> Option<i128> {
    let arcs = network.arcs();
    let mut flow = vec![0i128; arcs];
    let mut excess: Vec<i128> = network.supply.iter().map(|&supply| i128::from(supply)).collect();
    let send = |flow: &mut [i128], excess: &mut [i128], arc: usize, amount: i128| {
        flow[arc] += amount;
        excess[network.tail[arc] as usize] -= amount;
        excess[network.head[arc] as usize] += amount;
    };
    // With arcs of negative cost full, no residual cycle has negative cost.
    for arc in (0..arcs).filter(|&arc| network.cost[arc] < 0) {
        send(&mut flow, &mut excess, arc, i128::from(network.capacity[arc]));
    }
    while let Some(source) = excess.iter().position(|&excess| excess > 0) {
        let (distance, via) = tree(network, &flow, source);
        let near = |&node: &usize| distance[node];
        let sink = (0..excess.len()).filter(|&node| excess[node] < 0 && distance[node].is_some()).min_by_key(near)?;
        let mut amount = excess[source].min(-excess[sink]);
        let path: Vec<(usize, bool)> = path(network, &via, source, sink);
        for &(arc, forward) in &path {
            amount = amount.min(if forward { i128::from(network.capacity[arc]) - flow[arc] } else { flow[arc] });
        }
        for &(arc, forward) in &path {
            send(&mut flow, &mut excess, arc, if forward { amount } else { -amount });
        }
    }
    Some(flow.iter().zip(&network.cost).map(|(&units, &cost)| units * i128::from(cost)).sum())
}

/// Shortest distances from a node in the residual network, and the arc (and direction) by which each node is reached.
fn tree(network: &Network, flow: &[i128], source: usize) -> (Vec<Option<i128>>, Vec<(usize, bool)>) {
    let nodes = network.nodes();
    let (mut distance, mut via) = (vec![None; nodes], vec![(usize::MAX, true); nodes]);
    distance[source] = Some(0i128);
    for _ in 0..nodes {
        for (arc, &units) in flow.iter().enumerate() {
            let (tail, head) = (network.tail[arc] as usize, network.head[arc] as usize);
            let cost = i128::from(network.cost[arc]);
            let mut relax = |from: usize, to: usize, cost: i128, forward: bool| {
                if let Some(through) = distance[from].map(|length| length + cost)
                    && distance[to].is_none_or(|length| through < length)
                {
                    (distance[to], via[to]) = (Some(through), (arc, forward));
                }
            };
            if units < i128::from(network.capacity[arc]) {
                relax(tail, head, cost, true);
            }
            if units > 0 {
                relax(head, tail, -cost, false);
            }
        }
    }
    (distance, via)
}

fn path(network: &Network, via: &[(usize, bool)], source: usize, sink: usize) -> Vec<(usize, bool)> {
    let (mut path, mut node) = (vec![], sink);
    while node != source {
        let (arc, forward) = via[node];
        path.push((arc, forward));
        node = if forward { network.tail[arc] } else { network.head[arc] } as usize;
    }
    path
}

/// Residual arcs of a flow.
fn residual(network: &Network, flow: &[i64]) -> Vec<Residual> {
    let mut arcs = Vec::new();
    for (arc, &units) in flow.iter().enumerate() {
        let (tail, head) = (network.tail[arc] as usize, network.head[arc] as usize);
        let cost = i128::from(network.cost[arc]);
        if units < network.capacity[arc] {
            arcs.push((tail, head, cost));
        }
        if units > 0 {
            arcs.push((head, tail, -cost));
        }
    }
    arcs
}

/// Shortest distances from a node; `None` where there is no path.
fn distances(nodes: usize, arcs: &[Residual], from: usize) -> Vec<Option<i128>> {
    let mut distance = vec![None; nodes];
    distance[from] = Some(0);
    for round in 0..=nodes {
        let mut changed = false;
        for &(tail, head, cost) in arcs {
            if let Some(through) = distance[tail].map(|length: i128| length + cost)
                && distance[head].is_none_or(|length| through < length)
            {
                distance[head] = Some(through);
                changed = true;
            }
        }
        assert!(!(changed && round == nodes), "the residual network of an optimum has no negative cycle");
    }
    distance
}

/// Distances with an artificial arc from the start to every node that has no path; and which those are.
fn held(nodes: usize, mut arcs: Vec<Residual>, from: usize, artificial: i64) -> (Vec<i64>, Vec<bool>) {
    let open: Vec<bool> = distances(nodes, &arcs, from).iter().map(Option::is_none).collect();
    arcs.extend((0..nodes).filter(|&node| open[node]).map(|node| (from, node, i128::from(artificial))));
    let length = |length: Option<i128>| i64::try_from(length.expect("held")).expect("a price fits");
    (distances(nodes, &arcs, from).into_iter().map(length).collect(), open)
}

/// Price intervals relative to the network's anchor.
pub fn price_ends(network: &Network, flow: &[i64], artificial: i64) -> PriceRange {
    let (nodes, anchor) = (network.nodes(), network.anchor as usize);
    let arcs = residual(network, flow);
    let back = arcs.iter().map(|&(tail, head, cost)| (head, tail, cost)).collect();
    let (high, high_unbounded) = held(nodes, back, anchor, artificial);
    let (drop, low_unbounded) = held(nodes, arcs, anchor, artificial);
    PriceRange { low: drop.iter().map(|length| -length).collect(), high, low_unbounded, high_unbounded }
}
