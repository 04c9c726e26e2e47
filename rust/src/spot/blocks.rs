//! The matrix of round-trip times: metros by rows, sites by columns, 64 columns together in a block.
//!
//! Columns stand in any order; [`RoundTrips::arrange`] puts sites that are near each other side by side (see [`super::order`]).
//! A site's column is its *slot*. The least round-trip time from each metro to each block tells at a glance which blocks
//! hold nothing near enough, or cheap enough, so that passes over the matrix leave most of it unread.

use super::order::compact_order;

/// Sites in a block.
pub const BLOCK: usize = 64;

/// Blocks that are judged together.
pub const SPAN: usize = 16;

/// Round-trip times from one metro to the sites of one block; a block begins where a cache line does.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
#[repr(align(64))]
pub struct Block(pub [u16; BLOCK]);

impl Block {
    /// Asks for the block to be brought near; it is read soon.
    #[inline(always)]
    pub fn prefetch(&self) {
        #[cfg(target_arch = "x86_64")]
        for line in self.0.chunks_exact(BLOCK / 2) {
            use std::arch::x86_64::{_MM_HINT_T0, _mm_prefetch};
            // SAFETY: a prefetch reads nothing and cannot fault; SSE is part of x86-64.
            unsafe { _mm_prefetch::<_MM_HINT_T0>(line.as_ptr().cast::<i8>()) };
        }
    }
}

/// What stands where there is no site.
const NOWHERE: Block = Block([u16::MAX; BLOCK]);

/// Round-trip times between metros and sites.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct RoundTrips {
    /// Columns by blocks, metros by rows.
    rows: Vec<Block>,
    /// Least of each block, in spans, metros by rows; [`u16::MAX`] where there is no block.
    least: Vec<[u16; SPAN]>,
    /// Slot of each site.
    slot: Vec<u32>,
    /// Site of each slot.
    site: Vec<u32>,
    /// How many entries the caller gave.
    len: usize,
}

impl RoundTrips {
    /// Takes a matrix, metros by rows. If `units` doesn't hold whole rows of `sites`, [`Self::len`] gives it away.
    #[must_use]
    pub fn new(sites: usize, units: &[u16]) -> Self {
        let caller: Vec<u32> = (0..sites as u32).collect();
        let (blocks, metros) = (sites.div_ceil(BLOCK), units.len().checked_div(sites).unwrap_or(0));
        let mut rows = vec![NOWHERE; metros * blocks];
        if blocks > 0 {
            for (row, units) in rows.chunks_exact_mut(blocks).zip(units.chunks_exact(sites)) {
                for (block, units) in row.iter_mut().zip(units.chunks(BLOCK)) {
                    block.0[..units.len()].copy_from_slice(units);
                }
            }
        }
        let mut matrix = Self { rows, least: vec![], slot: caller.clone(), site: caller, len: units.len() };
        matrix.find_least();
        matrix
    }

    /// Entries that were given.
    #[must_use]
    pub fn len(&self) -> usize {
        self.len
    }

    /// Whether there are none.
    #[must_use]
    pub fn is_empty(&self) -> bool {
        self.len == 0
    }

    /// Number of columns.
    #[must_use]
    pub fn sites(&self) -> usize {
        self.site.len()
    }

    /// Number of blocks of columns.
    #[must_use]
    pub fn blocks(&self) -> usize {
        self.sites().div_ceil(BLOCK)
    }

    /// Number of spans of blocks.
    #[must_use]
    pub fn spans(&self) -> usize {
        self.blocks().div_ceil(SPAN)
    }

    /// From a metro to a site.
    #[must_use]
    pub fn get(&self, metro: usize, site: usize) -> u16 {
        let slot = self.slot[site] as usize;
        self.row(metro)[slot / BLOCK].0[slot % BLOCK]
    }

    /// From a metro to all sites, block by block, in the order of slots. Slots beyond the last site are [`u16::MAX`] away.
    #[must_use]
    #[inline]
    pub fn row(&self, metro: usize) -> &[Block] {
        &self.rows[metro * self.blocks()..(metro + 1) * self.blocks()]
    }

    /// From a metro to the nearest site of each block.
    #[must_use]
    #[inline]
    pub fn least(&self, metro: usize) -> &[[u16; SPAN]] {
        &self.least[metro * self.spans()..(metro + 1) * self.spans()]
    }

    /// The site of each slot.
    #[must_use]
    pub fn sites_by_slot(&self) -> &[u32] {
        &self.site
    }

    /// Slot of a site.
    #[must_use]
    pub fn slot(&self, site: usize) -> usize {
        self.slot[site] as usize
    }

    /// Puts near sites side by side. The matrix is rearranged in place.
    pub fn arrange(&mut self) {
        let order = compact_order(self);
        let from: Vec<u32> = order.iter().map(|&site| self.slot[site as usize]).collect();
        let blocks = self.blocks();
        let mut before = vec![NOWHERE; blocks];
        for row in self.rows.chunks_exact_mut(blocks.max(1)) {
            before.copy_from_slice(row);
            for (to, &from) in from.iter().enumerate() {
                row[to / BLOCK].0[to % BLOCK] = before[from as usize / BLOCK].0[from as usize % BLOCK];
            }
        }
        for (slot, &site) in order.iter().enumerate() {
            self.slot[site as usize] = slot as u32;
        }
        self.site = order;
        self.find_least();
    }

    fn find_least(&mut self) {
        let (blocks, spans) = (self.blocks(), self.spans());
        self.least.clear();
        self.least.resize(self.rows.len().checked_div(blocks).unwrap_or(0) * spans, [u16::MAX; SPAN]);
        if blocks == 0 {
            return;
        }
        for (row, least) in self.rows.chunks_exact(blocks).zip(self.least.chunks_exact_mut(spans)) {
            for (block, least) in row.iter().zip(least.as_flattened_mut()) {
                *least = block.0.iter().fold(u16::MAX, |least, &rtt| least.min(rtt));
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::hash::hash64;

    fn matrix(metros: usize, sites: usize) -> (Vec<u16>, RoundTrips) {
        let units: Vec<u16> = (0..metros * sites).map(|i| hash64(i as u64, 3) as u16).collect();
        let matrix = RoundTrips::new(sites, &units);
        (units, matrix)
    }

    #[test]
    fn arranging_moves_columns_and_loses_nothing() {
        for (metros, sites) in [(1, 1), (3, 64), (5, 65), (20, 1500), (2, 0), (0, 5)] {
            let (units, mut matrix) = matrix(metros, sites);
            let as_given = |matrix: &RoundTrips| {
                (0..metros).flat_map(|m| (0..sites).map(move |s| (m, s))).map(|(m, s)| matrix.get(m, s)).collect()
            };
            let before: Vec<u16> = as_given(&matrix);
            assert_eq!(before, units);
            matrix.arrange();
            let after: Vec<u16> = as_given(&matrix);
            assert_eq!(after, units, "the same round-trip times, wherever their columns stand");
            for metro in 0..metros {
                for (block, times) in matrix.row(metro).iter().enumerate() {
                    let least = matrix.least(metro)[block / SPAN][block % SPAN];
                    assert_eq!(Some(least), times.0.iter().copied().min());
                }
            }
        }
    }

    #[test]
    fn arranging_twice_is_arranging_once() {
        let (_, mut matrix) = matrix(7, 700);
        matrix.arrange();
        let once = matrix.clone();
        matrix.arrange();
        assert_eq!(matrix, once, "the order depends on the sites, not on where their columns stand");
    }
}
