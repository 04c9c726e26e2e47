//! The cheapest ask of every row that may still fall: the least of a port's price and transport to it.
//!
//! Only the metros of such rows are looked at, and of those only the blocks whose cheapest port, brought from where the
//! nearest site is, would be less than some row has already.

use crate::simd::{Kernel, Lanes, dispatch, level};
use crate::spot::blocks::BLOCK;
use crate::spot::layout::Layout;
use crate::spot::money::{Money, narrow};
use crate::spot::offers::Offers;
use crate::spot::rows::Chain;
use crate::spot::wiring::Wiring;

/// The offers of one pass.
#[derive(Debug, Default)]
pub struct Asks {
    narrow: Books<i32>,
    wide: Books<i64>,
    /// Rows and hubs and their cheapest asks.
    found: Vec<(u32, i64)>,
}

/// The offers behind every gate, in one width.
#[derive(Debug, Default)]
struct Books<T> {
    offers: Vec<Offers<T>>,
    ring: Vec<T>,
    least: Vec<T>,
}

/// Who asks for asks.
#[derive(Debug, Clone, Copy)]
pub struct Takers<'a> {
    /// Prices of all nodes up to the last port: what rows and hubs have already, what ports cost.
    pub price: &'a [i64],
    /// Metros of rows that may fall.
    pub metros: &'a [bool],
}

impl Asks {
    /// The cheapest ask for each row of a wanted metro's chains and for each hub, or what it has already if that is less.
    pub fn find(&mut self, layout: &Layout, wiring: &Wiring, takers: Takers<'_>) -> &[(u32, i64)] {
        let Self { narrow: small, wide, found } = self;
        found.clear();
        if narrow(takers.price) {
            small.find(layout, wiring, takers, found);
        } else {
            wide.find(layout, wiring, takers, found);
        }
        found
    }
}

impl<T: Money> Books<T> {
    fn find(&mut self, layout: &Layout, wiring: &Wiring, takers: Takers<'_>, found: &mut Vec<(u32, i64)>) {
        let Self { offers, ring, least } = self;
        Offers::fill_all(offers, &wiring.doors, takers.price);
        for chain in &wiring.rows.chains {
            for metro in (0..layout.metros()).filter(|&metro| takers.metros[metro]) {
                let (first, offers) = (chain.row(metro, 0), &offers[chain.gate[metro] as usize]);
                ring.clear();
                ring.extend(takers.price[first..first + chain.budgets.len()].iter().map(|&price| T::fit(price)));
                dispatch(level(), OneMetro { layout, chain, metro, offers, least, ring });
                let asks = (first as u32..).zip(&*ring).filter(|&(_, &ask)| ask < T::DEAREST);
                found.extend(asks.map(|(row, ask)| (row, ask.price())));
            }
        }
        for (index, hub) in wiring.rows.hubs.iter().enumerate() {
            let least = offers[hub.gate as usize].least.as_flattened().iter().copied().min();
            found.extend(least.filter(|&ask| ask < T::DEAREST).map(|ask| (wiring.hub0 + index as u32, ask.price())));
        }
    }
}

/// The asks for one chain at one metro.
struct OneMetro<'a, T> {
    layout: &'a Layout,
    chain: &'a Chain,
    metro: usize,
    offers: &'a Offers<T>,
    /// The least that each block asks.
    least: &'a mut Vec<T>,
    /// The least so far of each ring.
    ring: &'a mut [T],
}

impl<T: Money> Kernel for OneMetro<'_, T> {
    type Output = ();

    #[inline(always)]
    fn run<L: Lanes>(self, _: L) {
        let Self { layout, chain, metro, offers, least, ring } = self;
        let (row, rate) = (layout.rtt.row(metro), layout.transport_rate);
        let nearest = layout.rtt.least(metro).as_flattened();
        least.resize(nearest.len(), T::DEAREST);
        write_asks(nearest, rate, offers.least.as_flattened(), least);
        for (block, (&ask, &time)) in least.iter().zip(nearest).enumerate() {
            // Beyond the last block nothing is offered.
            if ring.iter().zip(&chain.budgets).any(|(&ring, &budget)| time <= budget && ask < ring) {
                under(&row[block].0, rate, &offers.blocks[block], &chain.budgets, ring);
            }
        }
    }
}

/// What offers cost with transport.
#[inline(always)]
fn write_asks<T: Money>(times: &[u16], rate: u32, offers: &[T], asks: &mut [T]) {
    for ((ask, &time), &offer) in asks.iter_mut().zip(times).zip(offers) {
        *ask = offer + T::cost((u32::from(time) * rate) >> 10);
    }
}

/// Lowers each ring to the least ask of a block within its budget.
#[inline(always)]
fn under<T: Money>(times: &[u16; BLOCK], rate: u32, offers: &[T; BLOCK], budgets: &[u16], ring: &mut [T]) {
    let mut asks = [T::DEAREST; BLOCK];
    write_asks(times, rate, offers, &mut asks);
    for (least, &budget) in ring.iter_mut().zip(budgets) {
        let mut best = *least;
        for (&ask, &time) in asks.iter().zip(times) {
            let ask = if time <= budget { ask } else { T::DEAREST };
            best = best.min(ask);
        }
        *least = best;
    }
}
