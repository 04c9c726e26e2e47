//! The numbers of the dense passes.
//!
//! Potentials are `i64`; the passes compare prices in `i32` where they can, at twice the speed. They clamp to ±2²⁹ (transport costs
//! stay below 2²²), and all prices that matter lie within ±2²⁸, that is $268,000 per MWh. Otherwise the same loops run on `i64`. A
//! comparison with a row's price is exact as soon as the rows' prices lie in that range, whatever the ports'.

use super::judge::{Judge, Verdict};
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

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn prices_are_narrow_below_a_quarter_billion() {
        assert!(narrow(&[0, -(1 << 28) + 1, NO_ASK, NO_BID]));
        assert!(!narrow(&[1 << 28]));
    }
}
