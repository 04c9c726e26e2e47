//! Where ties may be: the sites of each block that a pass found within reach at no loss.

use std::iter::successors;

/// Sites by block and place, for those blocks that are marked. Its memory is all taken at the start.
#[derive(Debug, Default)]
pub struct Near {
    blocks: usize,
    /// One bit for each block, in whole words for each place.
    marked: Vec<u64>,
    /// One bit for each site of each block; what stands in blocks without a mark means nothing.
    sites: Vec<u64>,
}

impl Near {
    /// No marks, in places that see so many blocks each.
    pub fn new(places: usize, blocks: usize) -> Self {
        Self { blocks, marked: vec![0; places * blocks.div_ceil(64)], sites: vec![0; places * blocks] }
    }

    /// Takes all marks from a place.
    pub fn clear(&mut self, place: usize) {
        let words = self.blocks.div_ceil(64);
        self.marked[place * words..(place + 1) * words].fill(0);
    }

    /// Marks a block of a place, and its sites.
    pub fn mark(&mut self, place: usize, block: usize, sites: u64) {
        self.marked[place * self.blocks.div_ceil(64) + block / 64] |= 1 << (block % 64);
        self.sites[place * self.blocks + block] = sites;
    }

    /// Marked blocks of a place in their order, with their sites.
    pub fn blocks(&self, place: usize) -> impl Iterator<Item = (usize, u64)> {
        let words = self.blocks.div_ceil(64);
        let sites = &self.sites[place * self.blocks..(place + 1) * self.blocks];
        let marked = self.marked[place * words..(place + 1) * words].iter().enumerate();
        marked.flat_map(move |(word, &marked)| {
            let rest =
                successors(Some(marked), |&rest| Some(rest & rest.wrapping_sub(1))).take_while(|&rest| rest != 0);
            rest.map(move |rest| 64 * word + rest.trailing_zeros() as usize).map(|block| (block, sites[block]))
        })
    }
}

#[cfg(test)]
mod tests {
    use super::Near;

    #[test]
    fn a_mark_stays_until_its_place_is_cleared() {
        let mut near = Near::new(3, 130);
        near.mark(1, 129, 5);
        near.mark(1, 64, 8);
        near.mark(2, 0, 1);
        near.mark(1, 64, 9);
        let marks = |near: &Near| [0, 1, 2].map(|place| near.blocks(place).collect::<Vec<_>>());
        assert_eq!(marks(&near), [vec![], vec![(64, 9), (129, 5)], vec![(0, 1)]]);
        near.clear(1);
        assert_eq!(marks(&near), [vec![], vec![], vec![(0, 1)]]);
        near.mark(1, 3, 2);
        assert_eq!(marks(&near)[1], [(3, 2)]);
    }
}
