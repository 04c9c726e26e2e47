//! The pass over arcs: of every 32 in a row, which should enter most?
//!
//! Two potentials are gathered for every arc. Where potentials fit into 32 bits and the machine has AVX-512, sixteen arcs
//! are priced together; otherwise the compiler makes what it can of the same loop. The answers are the same.

#[cfg(target_arch = "x86_64")]
use crate::simd::Level;
use crate::simd::{Kernel, Lanes};

/// Arcs in a row of which the worst is listed.
pub const SEGMENT: usize = 32;

/// The pass over some arcs. Every tail and head has a potential: whoever makes one vouches for that.
pub struct Scan<'a, T> {
    /// Slot of the first arc.
    pub first: u32,
    pub tail: &'a [u32],
    pub head: &'a [u32],
    pub cost: &'a [i64],
    pub sign: &'a [i8],
    pub potential: &'a [T],
    /// By how much potentials have moved.
    pub moved: i64,
    /// For each whole segment, how far that may go before it must be looked at again: now, if it is less than `moved`.
    pub until: &'a mut [i64],
    /// Violation and slot of the worst arc of each segment that has a violated one.
    pub list: &'a mut Vec<(i64, u32)>,
}

impl<T: Width> Kernel for Scan<'_, T> {
    type Output = ();

    #[inline(always)]
    fn run<L: Lanes>(self, lanes: L) {
        let Self { first, potential, moved, until, list, .. } = self;
        let (tails, tail_rest) = self.tail.as_chunks();
        let (heads, head_rest) = self.head.as_chunks();
        let (costs, cost_rest) = self.cost.as_chunks();
        let (signs, sign_rest) = self.sign.as_chunks();
        let mut slot = first;
        for ((((tail, head), cost), sign), until) in tails.iter().zip(heads).zip(costs).zip(signs).zip(until) {
            if *until < moved {
                let (violation, place) = T::worst(lanes, Segment { tail, head, cost, sign }, potential);
                if violation < T::default() {
                    list.push((violation.into(), slot + place));
                }
                *until = moved.saturating_add(violation.into());
            }
            slot += SEGMENT as u32;
        }
        for (((&tail, &head), &cost), &sign) in tail_rest.iter().zip(head_rest).zip(cost_rest).zip(sign_rest) {
            let violation = T::violation(cost, potential[tail as usize], potential[head as usize], sign);
            if violation < T::default() {
                list.push((violation.into(), slot));
            }
            slot += 1;
        }
    }
}

/// The columns of some arcs in a row.
#[derive(Clone, Copy)]
pub struct Segment<'a> {
    tail: &'a [u32; SEGMENT],
    head: &'a [u32; SEGMENT],
    cost: &'a [i64; SEGMENT],
    sign: &'a [i8; SEGMENT],
}

/// An integer that reduced costs are computed in.
pub trait Width: Copy + Default + Ord + Into<i64> {
    /// What idle arcs have for a violation.
    const NEVER: Self;

    /// The reduced cost times the sign: negative where the arc should enter.
    fn violation(cost: i64, tail: Self, head: Self, sign: i8) -> Self;

    /// The worst violation of a segment, or what it lacks of one, and the place of the first arc that has it.
    #[inline(always)]
    fn worst<L: Lanes>(_: L, arcs: Segment, potential: &[Self]) -> (Self, u32) {
        plain(arcs, potential)
    }
}

impl Width for i64 {
    const NEVER: Self = Self::MAX;

    #[inline(always)]
    fn violation(cost: i64, tail: Self, head: Self, sign: i8) -> Self {
        let reduced = cost.wrapping_sub(tail).wrapping_add(head);
        // Signs are −1, 0 and 1: a product without a multiplication.
        let sign = Self::from(sign);
        if sign == 0 { Self::NEVER } else { (reduced ^ (sign >> 1)).wrapping_sub(sign >> 1) }
    }
}

impl Width for i32 {
    const NEVER: Self = Self::MAX;

    #[inline(always)]
    fn violation(cost: i64, tail: Self, head: Self, sign: i8) -> Self {
        let reduced = (cost as Self).wrapping_sub(tail).wrapping_add(head);
        let sign = Self::from(sign);
        if sign == 0 { Self::NEVER } else { (reduced ^ (sign >> 1)).wrapping_sub(sign >> 1) }
    }

    #[inline(always)]
    fn worst<L: Lanes>(_: L, arcs: Segment, potential: &[Self]) -> (Self, u32) {
        #[cfg(target_arch = "x86_64")]
        if L::LEVEL == Level::Avx512 {
            // SAFETY: a value of a type whose level is AVX-512 exists only where its instructions do; every tail and head has a
            // potential.
            return unsafe { x86::worst(arcs, potential) };
        }
        plain(arcs, potential)
    }
}

/// By the compiler alone.
#[inline(always)]
fn plain<T: Width>(arcs: Segment, potential: &[T]) -> (T, u32) {
    let mut violation = [T::default(); SEGMENT];
    for (lane, violation) in violation.iter_mut().enumerate() {
        // SAFETY: every tail and head has a potential.
        let (tail, head) = unsafe {
            (*potential.get_unchecked(arcs.tail[lane] as usize), *potential.get_unchecked(arcs.head[lane] as usize))
        };
        *violation = T::violation(arcs.cost[lane], tail, head, arcs.sign[lane]);
    }
    let worst = violation.iter().fold(T::NEVER, |worst, &violation| worst.min(violation));
    let place = if worst < T::default() { violation.iter().position(|&violation| violation == worst) } else { None };
    (worst, place.unwrap_or(0) as u32)
}

#[cfg(target_arch = "x86_64")]
mod x86 {
    use super::Segment;
    use std::arch::x86_64::{
        __m128i, __m512i, _mm_loadu_si128, _mm_movepi8_mask, _mm_test_epi8_mask, _mm512_add_epi32,
        _mm512_castsi256_si512, _mm512_cmpeq_epi32_mask, _mm512_cvtepi64_epi32, _mm512_i32gather_epi32,
        _mm512_inserti64x4, _mm512_loadu_si512, _mm512_mask_mov_epi32, _mm512_mask_sub_epi32, _mm512_min_epi32,
        _mm512_reduce_min_epi32, _mm512_set1_epi32, _mm512_setzero_si512, _mm512_sub_epi32,
    };

    /// # Safety
    /// Every tail and head has a potential.
    #[target_feature(enable = "avx512f,avx512bw,avx512dq,avx512vl")]
    #[inline]
    pub unsafe fn worst(arcs: Segment, potential: &[i32]) -> (i32, u32) {
        // SAFETY: the caller's.
        let (low, high) = unsafe { (sixteen::<0>(arcs, potential), sixteen::<16>(arcs, potential)) };
        let least = _mm512_min_epi32(low, high);
        let worst = _mm512_reduce_min_epi32(least);
        let places = |violation| u32::from(_mm512_cmpeq_epi32_mask(violation, _mm512_set1_epi32(worst)));
        (worst, (places(low) | (places(high) << 16)).trailing_zeros())
    }

    /// Violations of half a segment.
    ///
    /// # Safety
    /// Every tail and head has a potential.
    #[target_feature(enable = "avx512f,avx512bw,avx512vl")]
    #[inline]
    unsafe fn sixteen<const FROM: usize>(arcs: Segment, potential: &[i32]) -> __m512i {
        // SAFETY: FROM is 0 or 16, so that sixteen entries from there on are within each array of 32, and as many bytes as are
        // loaded: 64 of u32, twice 64 of i64, 16 of i8; no load asks for alignment. Gathers read where tails and heads say,
        // which have potentials; nodes are fewer than 2³¹ (`Network::bounds`), so that none is taken for negative.
        let (tail, head, low, high, sign) = unsafe {
            let node = |column: &[u32; 32]| {
                _mm512_i32gather_epi32::<4>(_mm512_loadu_si512(column.as_ptr().add(FROM).cast()), potential.as_ptr())
            };
            let cost = |from: usize| _mm512_cvtepi64_epi32(_mm512_loadu_si512(arcs.cost.as_ptr().add(from).cast()));
            let sign = _mm_loadu_si128(arcs.sign.as_ptr().add(FROM).cast::<__m128i>());
            (node(arcs.tail), node(arcs.head), cost(FROM), cost(FROM + 8), sign)
        };
        let cost = _mm512_inserti64x4::<1>(_mm512_castsi256_si512(low), high);
        let reduced = _mm512_add_epi32(_mm512_sub_epi32(cost, tail), head);
        let signed = _mm512_mask_sub_epi32(reduced, _mm_movepi8_mask(sign), _mm512_setzero_si512(), reduced);
        _mm512_mask_mov_epi32(_mm512_set1_epi32(i32::MAX), _mm_test_epi8_mask(sign, sign), signed)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::hash::hash64;
    use crate::simd::{Level, dispatch};

    #[test]
    fn every_level_and_width_lists_the_worst_of_each_segment() {
        for round in 0..60u64 {
            let draw = |index: u64, most: u64| hash64(index ^ (round << 32), 0) % most;
            let (nodes, count) = (1 + draw(0, 90), draw(1, 200));
            let column = |stream: u64, most: u64| (0..count).map(move |arc| draw((stream << 16) | arc, most));
            let tail: Vec<u32> = column(1, nodes).map(|node| node as u32).collect();
            let head: Vec<u32> = column(2, nodes).map(|node| node as u32).collect();
            let cost: Vec<i64> = column(3, 60).map(|cost| cost as i64 - 20).collect();
            let sign: Vec<i8> = column(4, 3).map(|sign| sign as i8 - 1).collect();
            let narrow: Vec<i32> = (0..nodes).map(|node| draw((5 << 16) | node, 50) as i32).collect();
            let wide: Vec<i64> = narrow.iter().map(|&potential| i64::from(potential)).collect();
            let price =
                |arc: usize| (cost[arc] - wide[tail[arc] as usize] + wide[head[arc] as usize]) * i64::from(sign[arc]);
            let whole = count as usize / SEGMENT * SEGMENT;
            let mut expected: Vec<(i64, u32)> = vec![];
            for start in (0..whole).step_by(SEGMENT) {
                let arcs = start..start + SEGMENT;
                expected.extend(arcs.map(|arc| (price(arc), 7 + arc as u32)).min().filter(|worst| worst.0 < 0));
            }
            let rest = whole..count as usize;
            expected.extend(rest.map(|arc| (price(arc), 7 + arc as u32)).filter(|arc| arc.0 < 0));
            // How long each segment can wait; some wait already.
            let slack = |start: usize| {
                let arcs = (start..start + SEGMENT).filter(|&arc| sign[arc] != 0);
                arcs.map(price).min().expect("three in a hundred thousand segments of signs are all zero")
            };
            let starts = (0..whole).step_by(SEGMENT);
            let waiting: Vec<i64> = starts.clone().map(|start| draw((6 << 16) | start as u64, 9) as i64).collect();
            expected.retain(|arc| waiting.get((arc.1 as usize - 7) / SEGMENT).is_none_or(|&until| until < 5));
            let until = |(start, &until)| if until < 5 { 5 + slack(start) } else { until };
            let expected_until: Vec<i64> = starts.zip(&waiting).map(until).collect();
            let (tail, head, cost, sign) = (&tail[..], &head[..], &cost[..], &sign[..]);
            for level in Level::available() {
                let (mut one, mut other) = (vec![], vec![]);
                let (mut until, mut until_wide) = (waiting.clone(), waiting.clone());
                let (list, until) = (&mut one, &mut until[..]);
                dispatch(level, Scan { first: 7, tail, head, cost, sign, potential: &narrow, moved: 5, until, list });
                assert_eq!(
                    (list, until),
                    (&mut expected.clone(), &mut expected_until.clone()[..]),
                    "{level:?}, 32 bits"
                );
                let (list, until) = (&mut other, &mut until_wide[..]);
                dispatch(level, Scan { first: 7, tail, head, cost, sign, potential: &wide, moved: 5, until, list });
                assert_eq!(
                    (list, until),
                    (&mut expected.clone(), &mut expected_until.clone()[..]),
                    "{level:?}, 64 bits"
                );
            }
        }
    }
}
