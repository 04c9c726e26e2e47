//! Why a price is what it is: the bids and asks that set it.
//!
//! At a corner every quoted node hangs on money by a chain of *tight* arcs: asks of offers that could sell more, values of bids
//! that could win more, and the same backwards where they sell or win. Along it prices differ by exactly what is asked
//! or bid. A product's price is the difference of two nodes': the sum of the links that their chains don't share.

use super::auction::{Auction, Cleared};
use super::book::Product;
use super::wiring::Link;
use crate::grounded::{Corner, grounded};
use crate::hash::hash64;
use crate::network::Network;

/// A term of a price.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Term {
    /// The bid or ask.
    pub link: Link,
    /// What it adds, micro-dollars per kW-month.
    pub amount: i64,
}

/// The terms that sum up to a product's price at a corner, the one nearest to it first; none where it is not quoted. For a product
/// that was rationed these are the terms of its scarcity value, not of its cap.
#[must_use]
pub fn why(auction: &Auction, cleared: &Cleared, product: Product, corner: Corner) -> Option<Vec<Term>> {
    let (wiring, network) = (auction.wiring(), auction.network());
    let price = grounded(network, &cleared.optimum.flow, &cleared.optimum.prices, corner);
    let (from, to) = wiring.ends(auction.book(), product);
    price[from].zip(price[to])?;
    let via = chains(network, &cleared.optimum.flow, &price);
    let (mut one, mut other) = (chain(network, &via, from), chain(network, &via, to));
    while one.last().is_some() && one.last() == other.last() {
        one.pop();
        other.pop();
    }
    let term = |sign: i64| {
        move |(arc, node): (usize, usize)| {
            // Node prices fall by the cost from tail to head.
            let own = if network.tail[arc] as usize == node { 1 } else { -1 };
            Term { link: wiring.link(arc), amount: sign * own * network.cost[arc] }
        }
    };
    let terms = one.into_iter().map(term(1)).chain(other.into_iter().map(term(-1)));
    Some(terms.filter(|term| !matches!(term.link, Link::Budget(_))).collect())
}

/// For each node the tight arc by which it hangs nearer to the anchor.
fn chains(network: &Network, flow: &[i64], price: &[Option<i64>]) -> Vec<Option<usize>> {
    let tight = |arc: &usize| {
        let ends = price[network.tail[*arc] as usize].zip(price[network.head[*arc] as usize]);
        let usable = flow[*arc] > 0 || flow[*arc] < network.capacity[*arc];
        usable && ends.is_some_and(|(tail, head)| tail - head == network.cost[*arc])
    };
    let mut arcs: Vec<usize> = (0..network.arcs()).filter(tight).collect();
    // Of several chains the one by the smallest keys, so that the order of rows does not matter.
    arcs.sort_unstable_by_key(|&arc| hash64(network.key(arc), 0));
    let mut beside = vec![vec![]; network.nodes()];
    for &arc in &arcs {
        beside[network.tail[arc] as usize].push(arc);
        beside[network.head[arc] as usize].push(arc);
    }
    let mut via = vec![None; network.nodes()];
    let mut reached = vec![false; network.nodes()];
    reached[network.anchor as usize] = true;
    let mut front = vec![network.anchor as usize];
    while !front.is_empty() {
        let mut next = vec![];
        for node in front {
            for &arc in &beside[node] {
                let far = network.tail[arc] as usize + network.head[arc] as usize - node;
                if !reached[far] {
                    (reached[far], via[far]) = (true, Some(arc));
                    next.push(far);
                }
            }
        }
        front = next;
    }
    via
}

/// Arcs from a node to the anchor, each with the end that is farther from it.
fn chain(network: &Network, via: &[Option<usize>], mut node: usize) -> Vec<(usize, usize)> {
    let mut chain = vec![];
    while let Some(arc) = via[node] {
        chain.push((arc, node));
        node = network.tail[arc] as usize + network.head[arc] as usize - node;
    }
    chain
}
