//! The dense part: every admissible (row, port) pair, priced against one matrix of round-trip times.
//!
//! Two passes serve everything. [`asks`] finds what each row would pay at its cheapest port, min over ports of
//! price(port) + transport: it certifies that no implicit arc could improve the flow, and gives the rows' prices.
//! [`bids`] finds what each port's best row would pay there, max over rows of price(row) − transport: lowest prices
//! travel along it. Both walk the matrix row by row, metro by metro, in plain loops over blocks of sites that the compiler
//! vectorises on baseline x86-64.
//!
//! **Numbers.** Potentials are `i64`; the loops run on `i32`, clamped to ±2²⁹ (transport costs stay below 2²²), where all prices
//! that matter lie within ±2²⁸, that is $268,000 per MWh. Otherwise the same loops run on `i64`. A comparison with a row's
//! price is exact as soon as the rows' prices lie in that range, whatever the ports'; see [`Scope`].

use super::blocks::{BLOCK, Block};
use super::judge::{Judge, Verdict};
use super::layout::Layout;
use super::rows::{Gate, Rows};
use super::wiring::Wiring;
use crate::simd::Lanes;

/// No price: nothing offered, nobody bids.
pub const NO_ASK: i64 = i64::MAX / 4;
/// No price: nobody bids.
pub const NO_BID: i64 = -NO_ASK;

/// An integer that prices are computed in.
pub trait Money: Copy + Default + Ord + std::ops::Add<Output = Self> + std::ops::Sub<Output = Self> {
    /// Nothing.
    const ZERO: Self;
    /// Stands for "no offer"; anything can be added to it.
    const DEAREST: Self;
    /// Stands for "no bid"; anything can be taken from it.
    const CHEAPEST: Self;
    /// A transport cost, below 2²².
    fn cost(musd: u32) -> Self;
    /// A potential, clamped to between `CHEAPEST` and `DEAREST`.
    fn fit(price: i64) -> Self;
    /// Back to a potential.
    fn price(self) -> i64;
    /// Judges sixteen sites, by the instructions of a level where that pays.
    fn judge<L: Lanes>(lanes: L, judge: &Judge<'_, Self>, times: &[u16; 16], offers: &[Self; 16]) -> Verdict<u16>;
}

impl Money for i32 {
    const ZERO: Self = 0;
    const DEAREST: Self = 1 << 29;
    const CHEAPEST: Self = -(1 << 29);
    fn cost(musd: u32) -> Self {
        musd as Self
    }
    fn fit(price: i64) -> Self {
        price.clamp(i64::from(Self::CHEAPEST), i64::from(Self::DEAREST)) as Self
    }
    fn price(self) -> i64 {
        i64::from(self)
    }
    #[inline(always)]
    fn judge<L: Lanes>(lanes: L, judge: &Judge<'_, Self>, times: &[u16; 16], offers: &[Self; 16]) -> Verdict<u16> {
        judge.wide(lanes, times, offers)
    }
}

impl Money for i64 {
    const ZERO: Self = 0;
    const DEAREST: Self = NO_ASK;
    const CHEAPEST: Self = NO_BID;
    fn cost(musd: u32) -> Self {
        Self::from(musd)
    }
    fn fit(price: i64) -> Self {
        price.clamp(Self::CHEAPEST, Self::DEAREST)
    }
    fn price(self) -> i64 {
        self
    }
    #[inline(always)]
    fn judge<L: Lanes>(_: L, judge: &Judge<'_, Self>, times: &[u16; 16], offers: &[Self; 16]) -> Verdict<u16> {
        judge.plain(times, offers)
    }
}

/// Whether every price lies where the `i32` loops are exact, or is none at all.
pub(super) fn narrow(prices: &[i64]) -> bool {
    prices.iter().all(|price| price.abs() < 1 << 28 || price.abs() >= NO_ASK)
}

/// What the site at each slot offers a gate: the price of its cheapest admissible port.
#[must_use]
pub fn offers<T: Money>(layout: &Layout, wiring: &Wiring, gate: &Gate, potential: &[i64]) -> Vec<T> {
    let sites = layout.rtt.sites_by_slot().iter();
    sites
        .map(|&site| {
            let price = |&port: &u32| potential[wiring.port_node(port) as usize];
            gate.ports(site as usize).iter().map(price).min().map_or(T::DEAREST, T::fit)
        })
        .collect()
}

/// A block of sites: what there is of it, and fillers.
pub(super) fn block<T: Copy>(values: &[T], filler: T) -> [T; BLOCK] {
    let mut block = [filler; BLOCK];
    block[..values.len()].copy_from_slice(values);
    block
}

/// Whether any site of a block lies within a budget. Most blocks have none, and cost no more than this question.
pub(super) fn reaches(rtt: &[u16; BLOCK], budget: u16) -> bool {
    rtt.iter().fold(false, |any, &rtt| any | (rtt <= budget))
}

/// For each ring of a chain at one metro, the least of offer + transport over the sites within the ring's budget (all
/// sites that the workload may reach, not only those of its ring).
pub fn ring_asks<T: Money>(rtt: &[Block], rate: u32, offers: &[T], budgets: &[u16], least: &mut [T]) {
    least.fill(T::DEAREST);
    let loosest = budgets.last().copied().unwrap_or(0);
    for (&Block(far), offers) in rtt.iter().zip(offers.chunks(BLOCK)) {
        if !reaches(&far, loosest) {
            continue;
        }
        // Fillers offer nothing.
        let mut ask = block(offers, T::DEAREST);
        for (ask, &far) in ask.iter_mut().zip(&far) {
            *ask = *ask + T::cost((u32::from(far) * rate) >> 10);
        }
        for (least, &budget) in least.iter_mut().zip(budgets) {
            let mut best = *least;
            for (&ask, &far) in ask.iter().zip(&far) {
                let ask = if far <= budget { ask } else { T::DEAREST };
                best = best.min(ask);
            }
            *least = best;
        }
    }
}

/// Raises each site's best bid by what one metro's chain would pay there: the price of the tightest row that reaches the
/// site, less transport.
pub fn ring_bids<T: Money>(rtt: &[Block], rate: u32, row_price: &[T], budgets: &[u16], bids: &mut [T]) {
    let loosest = budgets.last().copied().unwrap_or(0);
    for (&Block(far), bids) in rtt.iter().zip(bids.chunks_mut(BLOCK)) {
        if !reaches(&far, loosest) {
            continue;
        }
        let mut pay = [T::CHEAPEST; BLOCK];
        // Loosest first, so that the tightest that reaches the site is written last.
        for (&price, &budget) in row_price.iter().zip(budgets).rev() {
            for (pay, &far) in pay.iter_mut().zip(&far) {
                *pay = if far <= budget { price } else { *pay };
            }
        }
        for (pay, &far) in pay.iter_mut().zip(&far) {
            *pay = *pay - T::cost((u32::from(far) * rate) >> 10);
        }
        for (bid, &pay) in bids.iter_mut().zip(&pay) {
            *bid = (*bid).max(pay);
        }
    }
}

/// What a pass is for.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Scope {
    /// To compare with rows' prices: an ask beyond the range of `i32` is as good as none.
    Violations,
    /// To use as prices.
    Prices,
}

/// The cheapest ask of every row and then of every hub, over all admissible ports, whatever budget chain or ring
/// they reach it by; [`NO_ASK`] where there is none.
#[must_use]
pub fn asks(layout: &Layout, wiring: &Wiring, potential: &[i64], scope: Scope, metros: Option<&[bool]>) -> Vec<i64> {
    let last = match scope {
        Scope::Violations => wiring.pool0,
        Scope::Prices => wiring.slot0,
    };
    if narrow(&potential[..last as usize]) {
        asks_in::<i32>(layout, wiring, potential, metros)
    } else {
        asks_in::<i64>(layout, wiring, potential, metros)
    }
}

fn asks_in<T: Money>(layout: &Layout, wiring: &Wiring, potential: &[i64], metros: Option<&[bool]>) -> Vec<i64> {
    let Rows { gates, chains, hubs, .. } = &wiring.rows;
    let offers: Vec<Vec<T>> = gates.iter().map(|gate| offers(layout, wiring, gate, potential)).collect();
    let mut asks = vec![NO_ASK; wiring.pool0 as usize];
    let unwrap = |ask: T| {
        if ask >= T::DEAREST { NO_ASK } else { ask.price() }
    };
    for chain in chains {
        let mut least = vec![T::DEAREST; chain.budgets.len()];
        for metro in 0..layout.metros() {
            if metros.is_some_and(|wanted| !wanted[metro]) {
                continue;
            }
            let offers = &offers[chain.gate[metro] as usize];
            ring_asks(layout.rtt.row(metro), layout.transport_rate, offers, &chain.budgets, &mut least);
            for (ring, &ask) in least.iter().enumerate() {
                asks[chain.row(metro, ring)] = unwrap(ask);
            }
        }
    }
    for (index, hub) in hubs.iter().enumerate() {
        let ask = offers[hub.gate as usize].iter().copied().min().map_or(NO_ASK, unwrap);
        asks[wiring.hub0 as usize + index] = ask;
        asks[hub.rows.clone()].fill(ask);
    }
    asks
}

/// The best bid at every port, over all rows and hubs that may enter it; [`NO_BID`] where there is none. Rows whose price is
/// [`NO_BID`] or below don't bid.
#[must_use]
pub fn bids(layout: &Layout, wiring: &Wiring, price: &[i64], metros: Option<&[bool]>) -> Vec<i64> {
    if narrow(&price[..wiring.pool0 as usize]) {
        bids_in::<i32>(layout, wiring, price, metros)
    } else {
        bids_in::<i64>(layout, wiring, price, metros)
    }
}

fn bids_in<T: Money>(layout: &Layout, wiring: &Wiring, price: &[i64], metros: Option<&[bool]>) -> Vec<i64> {
    let Rows { gates, chains, hubs, .. } = &wiring.rows;
    let mut site_bids = vec![vec![T::CHEAPEST; layout.sites()]; gates.len()];
    for chain in chains {
        let mut pays = vec![T::CHEAPEST; chain.budgets.len()];
        for metro in 0..layout.metros() {
            if metros.is_some_and(|wanted| !wanted[metro]) {
                continue;
            }
            for (ring, pay) in pays.iter_mut().enumerate() {
                *pay = T::fit(price[chain.row(metro, ring)]);
            }
            let bids = &mut site_bids[chain.gate[metro] as usize];
            ring_bids(layout.rtt.row(metro), layout.transport_rate, &pays, &chain.budgets, bids);
        }
    }
    for (index, hub) in hubs.iter().enumerate() {
        let pay = T::fit(price[wiring.hub0 as usize + index]);
        site_bids[hub.gate as usize].iter_mut().for_each(|bid| *bid = (*bid).max(pay));
    }
    // A clamped "no bid" less a transport cost is still no bid.
    let floor = T::fit(NO_BID) + T::cost(1 << 22);
    let mut bids = vec![NO_BID; layout.pools() + layout.sites()];
    for (gate, site_bids) in gates.iter().zip(&site_bids) {
        for (&site, &bid) in layout.rtt.sites_by_slot().iter().zip(site_bids) {
            if bid > floor {
                for &port in gate.ports(site as usize) {
                    bids[port as usize] = bids[port as usize].max(bid.price());
                }
            }
        }
    }
    bids
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::hash::hash64;
    use crate::spot::blocks::RoundTrips;

    fn draws(count: usize, most: u64, stream: u64) -> Vec<u64> {
        (0..count as u64).map(|i| hash64(i ^ (stream << 32), 0) % most).collect()
    }

    /// Asks and bids the slow way, over more than one block of sites and a ragged last one.
    #[test]
    fn passes_agree_with_the_definition_in_both_widths() {
        let (sites, rate, budgets) = (150, 700, [40u16, 90, 4000]);
        let rtt: Vec<u16> = draws(sites, 5000, 1).into_iter().map(|x| x as u16).collect();
        let matrix = RoundTrips::new(sites, &rtt);
        let price: Vec<i64> = draws(sites, 9_000, 2).into_iter().map(|x| x as i64 - 2_000).collect();
        let pay = [5_000i64, 4_000, 3_000];
        let cost = |site: usize| (i64::from(rtt[site]) * i64::from(rate)) >> 10;
        let reached = |site: usize, ring: usize| rtt[site] <= budgets[ring];
        let asked: Vec<i64> = (0..3)
            .map(|ring| (0..sites).filter(|&s| reached(s, ring)).map(|s| price[s] + cost(s)).min().unwrap_or(NO_ASK))
            .collect();
        let bidden = |site: usize| (0..3).find(|&ring| reached(site, ring)).map(|ring| pay[ring] - cost(site));
        check::<i32>(matrix.row(0), rate, &price, &budgets, &pay, &asked, &bidden);
        check::<i64>(matrix.row(0), rate, &price, &budgets, &pay, &asked, &bidden);
    }

    fn check<T: Money + std::fmt::Debug>(
        rtt: &[Block],
        rate: u32,
        price: &[i64],
        budgets: &[u16],
        pay: &[i64],
        asked: &[i64],
        bidden: &dyn Fn(usize) -> Option<i64>,
    ) {
        let offers: Vec<T> = price.iter().map(|&price| T::fit(price)).collect();
        let mut least = vec![T::DEAREST; budgets.len()];
        ring_asks(rtt, rate, &offers, budgets, &mut least);
        for (least, &asked) in least.iter().zip(asked) {
            assert_eq!(*least, T::fit(asked));
        }
        let pay: Vec<T> = pay.iter().map(|&pay| T::fit(pay)).collect();
        let mut bids = vec![T::CHEAPEST; price.len()];
        ring_bids(rtt, rate, &pay, budgets, &mut bids);
        for (site, bid) in bids.iter().enumerate() {
            match bidden(site) {
                Some(expected) => assert_eq!(bid.price(), expected, "site {site}"),
                None => assert_eq!(*bid, T::CHEAPEST, "site {site}: out of everybody's reach"),
            }
        }
    }

    #[test]
    fn prices_are_narrow_below_a_quarter_billion() {
        assert!(narrow(&[0, -(1 << 28) + 1, NO_ASK, NO_BID]));
        assert!(!narrow(&[1 << 28]));
    }
}
