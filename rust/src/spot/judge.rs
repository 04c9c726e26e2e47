//! The inner loop of every pass: which of some sites cost a metro less than it pays?
//!
//! A metro's rings pay by distance: a site pays what the tightest ring that reaches it pays, nothing beyond the loosest. A
//! site costs its offer plus transport. Sixteen sites are judged together, in vector instructions where the machine has them:
//! the same sums and comparisons of integers on every path.

use super::blocks::BLOCK;
use super::money::Money;
use crate::simd::Lanes;
#[cfg(target_arch = "x86_64")]
use crate::simd::Level;

/// What rings pay, and what it costs to reach them.
#[derive(Debug, Clone, Copy)]
pub struct Judge<'a, T> {
    /// Transport cost is `(rtt · rate) >> 10`.
    pub rate: u16,
    /// How far each ring reaches, tightest first.
    pub budgets: &'a [u16],
    /// What each ring pays.
    pub pay: &'a [T],
}

/// One bit for each site: which cost less than is paid there, and which that or less.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Verdict<B> {
    /// Cost less.
    pub below: B,
    /// Cost as much, or less.
    pub within: B,
}

impl<T: Money> Judge<'_, T> {
    /// Judges sixteen sites, or the nearest sites and cheapest offers of sixteen blocks.
    #[inline(always)]
    pub fn sixteen<L: Lanes>(&self, lanes: L, times: &[u16; 16], offers: &[T; 16]) -> Verdict<u16> {
        T::judge(lanes, self, times, offers)
    }

    /// Judges a block.
    #[inline(always)]
    pub fn block<L: Lanes>(&self, lanes: L, times: &[u16; BLOCK], offers: &[T; BLOCK]) -> Verdict<u64> {
        let mut verdict = Verdict { below: 0, within: 0 };
        let quarters = times.as_chunks::<16>().0.iter().zip(offers.as_chunks::<16>().0);
        for (quarter, (times, offers)) in quarters.enumerate() {
            let Verdict { below, within } = self.sixteen(lanes, times, offers);
            verdict.below |= u64::from(below) << (16 * quarter);
            verdict.within |= u64::from(within) << (16 * quarter);
        }
        verdict
    }

    /// Offer plus transport less what is paid, of sixteen sites.
    #[inline(always)]
    fn slack(&self, times: &[u16; 16], offers: &[T; 16]) -> [T; 16] {
        let mut pay = [T::CHEAPEST; 16];
        // Loosest first, so that the tightest is written last.
        for (&budget, &price) in self.budgets.iter().zip(self.pay).rev() {
            for (pay, &time) in pay.iter_mut().zip(times) {
                *pay = if time <= budget { price } else { *pay };
            }
        }
        let mut slack = [T::DEAREST; 16];
        for (((slack, &pay), &time), &offer) in slack.iter_mut().zip(&pay).zip(times).zip(offers) {
            *slack = offer + T::cost((u32::from(time) * u32::from(self.rate)) >> 10) - pay;
        }
        slack
    }

    /// By the compiler alone.
    #[inline(always)]
    pub(super) fn plain(&self, times: &[u16; 16], offers: &[T; 16]) -> Verdict<u16> {
        let slack = self.slack(times, offers);
        let bits = |holds: fn(T) -> bool| {
            slack.iter().enumerate().fold(0, |bits, (lane, &slack)| bits | (u16::from(holds(slack)) << lane))
        };
        Verdict { below: bits(|slack| slack < T::ZERO), within: bits(|slack| slack <= T::ZERO) }
    }
}

impl Judge<'_, i32> {
    /// By the instructions of a level.
    #[inline(always)]
    pub(super) fn wide<L: Lanes>(&self, _: L, times: &[u16; 16], offers: &[i32; 16]) -> Verdict<u16> {
        #[cfg(target_arch = "x86_64")]
        return match L::LEVEL {
            // SAFETY: a value of a type whose level is AVX-512 exists only where its instructions do.
            Level::Avx512 => unsafe { x86::avx512(self, times, offers) },
            // SAFETY: a value of a type whose level is AVX2 exists only where its instructions do.
            Level::Avx2 => unsafe { x86::avx2(self, times, offers) },
            Level::Baseline => x86::sse2(self, times, offers),
        };
        #[cfg(not(target_arch = "x86_64"))]
        self.plain(times, offers)
    }
}

#[cfg(target_arch = "x86_64")]
mod x86 {
    use super::{Judge, Verdict};
    use crate::spot::money::Money;
    use std::arch::x86_64::{
        __m128i, __m256i, _mm_add_epi32, _mm_and_si128, _mm_andnot_si128, _mm_cmpeq_epi16, _mm_loadu_si128,
        _mm_movemask_epi8, _mm_mulhi_epu16, _mm_mullo_epi16, _mm_or_si128, _mm_packs_epi16, _mm_packs_epi32,
        _mm_set1_epi16, _mm_set1_epi32, _mm_setzero_si128, _mm_srli_epi32, _mm_sub_epi32, _mm_subs_epu16,
        _mm_unpackhi_epi16, _mm_unpacklo_epi16, _mm256_add_epi32, _mm256_blendv_epi8, _mm256_castsi256_ps,
        _mm256_cmpgt_epi32, _mm256_cmple_epu16_mask, _mm256_cvtepu16_epi32, _mm256_loadu_si256, _mm256_movemask_ps,
        _mm256_mullo_epi32, _mm256_set1_epi16, _mm256_set1_epi32, _mm256_srli_epi32, _mm256_sub_epi32,
        _mm512_add_epi32, _mm512_cmple_epi32_mask, _mm512_cmplt_epi32_mask, _mm512_cvtepu16_epi32, _mm512_loadu_si512,
        _mm512_mask_mov_epi32, _mm512_mullo_epi32, _mm512_set1_epi32, _mm512_srli_epi32,
    };

    #[target_feature(enable = "avx512f,avx512bw,avx512vl")]
    #[inline]
    pub fn avx512(judge: &Judge<'_, i32>, times: &[u16; 16], offers: &[i32; 16]) -> Verdict<u16> {
        // SAFETY: sixteen u16 are 32 bytes; the load asks for no alignment.
        let times = unsafe { _mm256_loadu_si256(times.as_ptr().cast::<__m256i>()) };
        // SAFETY: sixteen i32 are 64 bytes; the load asks for no alignment.
        let offers = unsafe { _mm512_loadu_si512(offers.as_ptr().cast()) };
        let carried = _mm512_mullo_epi32(_mm512_cvtepu16_epi32(times), _mm512_set1_epi32(i32::from(judge.rate)));
        let ask = _mm512_add_epi32(offers, _mm512_srli_epi32::<10>(carried));
        let mut pay = _mm512_set1_epi32(<i32 as Money>::CHEAPEST);
        for (&budget, &price) in judge.budgets.iter().zip(judge.pay).rev() {
            let reached = _mm256_cmple_epu16_mask(times, _mm256_set1_epi16(budget as i16));
            pay = _mm512_mask_mov_epi32(pay, reached, _mm512_set1_epi32(price));
        }
        Verdict { below: _mm512_cmplt_epi32_mask(ask, pay), within: _mm512_cmple_epi32_mask(ask, pay) }
    }

    #[target_feature(enable = "avx2")]
    #[inline]
    pub fn avx2(judge: &Judge<'_, i32>, times: &[u16; 16], offers: &[i32; 16]) -> Verdict<u16> {
        let half = |half: usize| {
            // SAFETY: eight u16 are 16 bytes, and `half` is 0 or 1 of two eights; the load asks for no alignment.
            let times = unsafe { _mm_loadu_si128(times.as_ptr().add(8 * half).cast::<__m128i>()) };
            // SAFETY: eight i32 are 32 bytes, and `half` is 0 or 1 of two eights; the load asks for no alignment.
            let offers = unsafe { _mm256_loadu_si256(offers.as_ptr().add(8 * half).cast::<__m256i>()) };
            let times = _mm256_cvtepu16_epi32(times);
            let carried = _mm256_mullo_epi32(times, _mm256_set1_epi32(i32::from(judge.rate)));
            let ask = _mm256_add_epi32(offers, _mm256_srli_epi32::<10>(carried));
            let mut pay = _mm256_set1_epi32(<i32 as Money>::CHEAPEST);
            for (&budget, &price) in judge.budgets.iter().zip(judge.pay).rev() {
                let beyond = _mm256_cmpgt_epi32(times, _mm256_set1_epi32(i32::from(budget)));
                pay = _mm256_blendv_epi8(_mm256_set1_epi32(price), pay, beyond);
            }
            // Asks and pays are within 2³⁰ of zero, so that neither difference overflows; the sign tells.
            let signs = |slack: __m256i| _mm256_movemask_ps(_mm256_castsi256_ps(slack)) as u16;
            (signs(_mm256_sub_epi32(ask, pay)), !signs(_mm256_sub_epi32(pay, ask)) & 0xff)
        };
        let ((below, within), (below_high, within_high)) = (half(0), half(1));
        Verdict { below: below | (below_high << 8), within: within | (within_high << 8) }
    }

    /// By SSE2, which every x86-64 has.
    #[inline(always)]
    pub fn sse2(judge: &Judge<'_, i32>, times: &[u16; 16], offers: &[i32; 16]) -> Verdict<u16> {
        let (below, above) = sse2_eight(judge, times.as_chunks().0[0], offers.as_chunks().0[0]);
        let (below_high, above_high) = sse2_eight(judge, times.as_chunks().0[1], offers.as_chunks().0[1]);
        // SAFETY: SSE2 is part of x86-64.
        let signs = |low, high| unsafe { _mm_movemask_epi8(_mm_packs_epi16(low, high)) as u16 };
        Verdict { below: signs(below, below_high), within: !signs(above, above_high) }
    }

    /// What eight sites ask above what is paid, and the other way round: only the signs are kept, in sixteen bits.
    #[inline(always)]
    fn sse2_eight(judge: &Judge<'_, i32>, times: [u16; 8], offers: [i32; 8]) -> (__m128i, __m128i) {
        // SAFETY: the arrays are as many bytes as are loaded, sixteen at a time, and the loads ask for no alignment; SSE2 is
        // part of x86-64. Asks and pays are within 2³⁰ of zero, so that neither difference overflows; packing saturates, so
        // that signs stay.
        unsafe {
            let times = _mm_loadu_si128(times.as_ptr().cast::<__m128i>());
            let rate = _mm_set1_epi16(judge.rate as i16);
            let (low, high) = (_mm_mullo_epi16(times, rate), _mm_mulhi_epu16(times, rate));
            let carried = [_mm_unpacklo_epi16(low, high), _mm_unpackhi_epi16(low, high)];
            let mut pay = [_mm_set1_epi32(<i32 as Money>::CHEAPEST); 2];
            for (&budget, &price) in judge.budgets.iter().zip(judge.pay).rev() {
                let beyond = _mm_subs_epu16(times, _mm_set1_epi16(budget as i16));
                let reached = _mm_cmpeq_epi16(beyond, _mm_setzero_si128());
                let (price, low) = (_mm_set1_epi32(price), _mm_unpacklo_epi16(reached, reached));
                let high = _mm_unpackhi_epi16(reached, reached);
                pay[0] = _mm_or_si128(_mm_and_si128(low, price), _mm_andnot_si128(low, pay[0]));
                pay[1] = _mm_or_si128(_mm_and_si128(high, price), _mm_andnot_si128(high, pay[1]));
            }
            let offers = offers.as_ptr().cast::<__m128i>();
            let low = _mm_add_epi32(_mm_loadu_si128(offers), _mm_srli_epi32::<10>(carried[0]));
            let high = _mm_add_epi32(_mm_loadu_si128(offers.add(1)), _mm_srli_epi32::<10>(carried[1]));
            let below = _mm_packs_epi32(_mm_sub_epi32(low, pay[0]), _mm_sub_epi32(high, pay[1]));
            let above = _mm_packs_epi32(_mm_sub_epi32(pay[0], low), _mm_sub_epi32(pay[1], high));
            (below, above)
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::hash::hash64;
    use crate::simd::{Kernel, Level, dispatch};

    struct Judged<'a, T>(Judge<'a, T>, &'a [u16; BLOCK], &'a [T; BLOCK]);

    impl<T: Money> Kernel for Judged<'_, T> {
        type Output = Verdict<u64>;

        #[inline(always)]
        fn run<L: Lanes>(self, lanes: L) -> Verdict<u64> {
            self.0.block(lanes, self.1, self.2)
        }
    }

    fn by_definition<T: Money>(judge: &Judge<'_, T>, time: u16, offer: T) -> (bool, bool) {
        let Some(ring) = judge.budgets.iter().position(|&budget| time <= budget) else { return (false, false) };
        let ask = offer.price() + i64::from((u32::from(time) * u32::from(judge.rate)) >> 10);
        (ask < judge.pay[ring].price(), ask <= judge.pay[ring].price())
    }

    fn check<T: Money>(round: u32) {
        let draw = |at: u64, most: u64| hash64(at, round) % most;
        let rings = draw(1, 8) as usize;
        let far = if draw(2, 2) == 0 { 60 } else { 65_536 };
        let mut budgets: Vec<u16> = (0..rings as u64).map(|ring| draw(10 + ring, far) as u16).collect();
        budgets.sort_unstable();
        let extreme = |at: u64| match draw(at, 12) {
            0 => T::fit(i64::MAX),
            1 => T::fit(i64::MIN),
            _ => T::fit(draw(at + 1_000, 80) as i64 - 30),
        };
        let pay: Vec<T> = (0..rings as u64).map(|ring| extreme(30 + ring)).collect();
        let judge = Judge { rate: [0, 700, 1024, u16::MAX][draw(3, 4) as usize], budgets: &budgets, pay: &pay };
        let times: [u16; BLOCK] = std::array::from_fn(|site| draw(100 + site as u64, far) as u16);
        let offers: [T; BLOCK] = std::array::from_fn(|site| extreme(300 + site as u64));
        let mut expected = Verdict { below: 0u64, within: 0u64 };
        for site in 0..BLOCK {
            let (below, within) = by_definition(&judge, times[site], offers[site]);
            expected.below |= u64::from(below) << site;
            expected.within |= u64::from(within) << site;
        }
        for level in Level::available() {
            let found = dispatch(level, Judged(judge, &times, &offers));
            assert_eq!(found.below, expected.below, "{level:?}, round {round}");
            // Out of reach of all rings nothing is paid, which an offer of nothing at no distance would match.
            let nothing = (0..BLOCK).filter(|&site| offers[site] == T::CHEAPEST).fold(0, |bits, site| bits | 1 << site);
            assert_eq!(found.within & !nothing, expected.within & !nothing, "{level:?}, round {round}");
        }
    }

    #[test]
    fn every_level_judges_by_the_definition_in_both_widths() {
        for round in 0..400 {
            check::<i32>(round);
            check::<i64>(round);
        }
    }
}
