//! An order of sites in which every block of 64 lies close together.
//!
//! Only round-trip times are known, not places. Some metros serve as *landmarks*, each as far from the ones before as can
//! be (farthest-point selection: Gonzalez 1985); a site's coordinates are its round-trip times to them. Sites are then
//! split in two at the median of their widest coordinate, again and again, as in a k-d tree (Bentley 1975), on multiples of a block.
//! Integers only, and ties go to the lower number, so the order is the same on every machine. It is a means only: no
//! result depends on it. Nodes of the network are numbered along the same order, so that what the solver touches together
//! mostly lies together in memory.

use super::blocks::{BLOCK, RoundTrips};

/// Coordinates of a site.
const LANDMARKS: usize = 16;

/// Sites that metros are compared by.
const PROBES: usize = 256;

/// A site and its coordinates.
#[derive(Clone, Copy)]
struct Place {
    from: [u16; LANDMARKS],
    site: u32,
}

/// Sites in an order in which neighbours stand together.
#[must_use]
pub fn compact_order(matrix: &RoundTrips) -> Vec<u32> {
    let landmarks = landmarks(matrix);
    let place = |site: usize| {
        let mut from = [0; LANDMARKS];
        for (from, &metro) in from.iter_mut().zip(&landmarks) {
            *from = matrix.get(metro, site);
        }
        Place { from, site: site as u32 }
    };
    let mut places: Vec<Place> = (0..matrix.sites()).map(place).collect();
    split(&mut places);
    places.iter().map(|place| place.site).collect()
}

/// Metros in an order in which neighbours stand together: each by the slot of its nearest site.
#[must_use]
pub fn metros_by_nearest_site(metros: usize, matrix: &RoundTrips) -> Vec<u32> {
    let nearest = |metro: usize| {
        let times = matrix.row(metro).iter().flat_map(|block| block.0);
        times.take(matrix.sites()).zip(0..).min().map(|(_, slot): (u16, u32)| slot)
    };
    let mut metros: Vec<(Option<u32>, u32)> = (0..metros).map(|metro| (nearest(metro), metro as u32)).collect();
    metros.sort_unstable();
    metros.into_iter().map(|(_, metro)| metro).collect()
}

/// Metros that are far from each other. How far two metros are is not known; it is at least what their round-trip times to
/// any one site differ by, and the most of that over all sites is near the truth.
fn landmarks(matrix: &RoundTrips) -> Vec<usize> {
    let (metros, sites) = (matrix.len().checked_div(matrix.sites()).unwrap_or(0), matrix.sites());
    let step = sites.div_ceil(PROBES).max(1);
    let seen: Vec<Vec<u16>> =
        (0..metros).map(|metro| (0..sites).step_by(step).map(|site| matrix.get(metro, site)).collect()).collect();
    let apart = |a: usize, b: usize| seen[a].iter().zip(&seen[b]).fold(0, |most, (&a, &b)| most.max(a.abs_diff(b)));
    let mut nearest = vec![u16::MAX; metros];
    let mut landmarks = vec![];
    while landmarks.len() < LANDMARKS.min(metros) {
        let next = (0..metros).max_by_key(|&metro| (nearest[metro], std::cmp::Reverse(metro))).unwrap_or(0);
        landmarks.push(next);
        (0..metros).for_each(|metro| nearest[metro] = nearest[metro].min(apart(metro, next)));
    }
    landmarks
}

/// Halves the places along the coordinate in which they differ most, until a block holds them.
fn split(places: &mut [Place]) {
    let blocks = places.len().div_ceil(BLOCK);
    if blocks < 2 {
        // Within a block the order means nothing; this one is easy to see.
        places.sort_unstable_by_key(|place| place.site);
        return;
    }
    let width = |axis: usize| {
        let of = |least: (u16, u16), place: &Place| (least.0.min(place.from[axis]), least.1.max(place.from[axis]));
        let (least, most) = places.iter().fold((u16::MAX, 0), of);
        most - least
    };
    let axis = (0..LANDMARKS).max_by_key(|&axis| (width(axis), std::cmp::Reverse(axis))).unwrap_or(0);
    let half = blocks / 2 * BLOCK;
    places.select_nth_unstable_by_key(half, |place| (place.from[axis], place.site));
    let (near, far) = places.split_at_mut(half);
    split(near);
    split(far);
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::hash::hash64;

    /// Metros and sites on a plane.
    fn plane(metros: usize, sites: usize) -> (Vec<[i64; 2]>, RoundTrips) {
        let points = |count: usize, stream: u32| -> Vec<[i64; 2]> {
            (0..count as u64).map(|i| [0, 1].map(|axis| (hash64(2 * i + axis, stream) % 20_000) as i64)).collect()
        };
        let (metro, site) = (points(metros, 1), points(sites, 2));
        let apart = |a: [i64; 2], b: [i64; 2]| (a[0] - b[0]).pow(2) + (a[1] - b[1]).pow(2);
        let units: Vec<u16> =
            metro.iter().flat_map(|&m| site.iter().map(move |&s| (apart(m, s)).isqrt() as u16)).collect();
        (site, RoundTrips::new(sites, &units))
    }

    #[test]
    fn the_order_is_a_permutation_whatever_the_size() {
        for (metros, sites) in [(0, 3), (1, 0), (1, 1), (3, 64), (40, 65), (5, 1000), (30, 4100)] {
            let (_, matrix) = plane(metros, sites);
            let mut order = compact_order(&matrix);
            assert_eq!(order, compact_order(&matrix), "the same every time");
            order.sort_unstable();
            assert_eq!(order, (0..sites as u32).collect::<Vec<_>>());
        }
    }

    #[test]
    fn blocks_lie_close_together() {
        let (site, matrix) = plane(60, 4000);
        let order = compact_order(&matrix);
        for block in order.chunks(BLOCK) {
            let span = |axis: usize| {
                let along = || block.iter().map(|&s| site[s as usize][axis]);
                along().max().unwrap_or(0) - along().min().unwrap_or(0)
            };
            // 63 blocks on 20,000 by 20,000: squares would be 2,500 wide.
            assert!(span(0).max(span(1)) < 7_000, "{} by {}", span(0), span(1));
        }
    }

    #[test]
    fn metros_stand_by_their_nearest_sites() {
        let times = [9, 2, 5, 1, 8, 8, 3, 3, 4, 7, 7, 0];
        assert_eq!(metros_by_nearest_site(4, &RoundTrips::new(3, &times)), [1, 2, 0, 3]);
        assert_eq!(metros_by_nearest_site(2, &RoundTrips::new(0, &[])), [0, 1]);
    }

    #[test]
    fn equal_places_go_by_number() {
        let matrix = RoundTrips::new(200, &[7; 600]);
        assert_eq!(compact_order(&matrix), (0..200).collect::<Vec<u32>>());
    }
}
