//! Pricing: which arc enters the tree.
//!
//! Block search (Király & Kovács 2012, section 3.2): the arcs are scanned in blocks of about √*a*, cyclically; the most
//! violated arc of the first block that holds one enters. A whole round without one proves optimality.

use super::pivot::Entering;
use crate::network::Network;

/// Where the search stands.
#[derive(Debug, Clone, Default)]
pub struct Pricing {
    next: usize,
}

/// What one search found, and how many arcs it looked at.
pub struct Search {
    pub entering: Option<Entering>,
    pub scanned: usize,
}

/// Arcs in a block: √*a*, and enough for the loop to be worth its set-up.
fn block_length(arcs: usize) -> usize {
    arcs.isqrt().max(64)
}

impl Pricing {
    /// Finds an entering arc among all arcs of the network.
    pub fn search(&mut self, network: &Network, sign: &[i8], potential: &[i64]) -> Search {
        let arcs = network.arcs();
        self.rounds(arcs, |first, last| {
            let columns = network.tail[first..last]
                .iter()
                .zip(&network.head[first..last])
                .zip(&network.cost[first..last])
                .zip(&sign[first..last]);
            let (mut worst, mut found) = (0, None);
            for (offset, (((&tail, &head), &cost), &sign)) in columns.enumerate() {
                let reduced = reduced_cost(cost, tail, head, potential);
                let violation = i64::from(sign).wrapping_mul(reduced);
                if violation < worst {
                    worst = violation;
                    found = Some(first + offset);
                }
            }
            found.map(|arc| {
                let (tail, head) = (network.tail[arc], network.head[arc]);
                let reduced_cost = reduced_cost(network.cost[arc], tail, head, potential);
                Entering {
                    arc: arc as u32,
                    tail,
                    head,
                    reduced_cost,
                }
            })
        })
    }

    /// Finds an entering arc among `candidates` alone, each with its weight in place of its cost.
    pub fn search_among(
        &mut self,
        network: &Network,
        candidates: &[u32],
        weight: &[i64],
        sign: &[i8],
        potential: &[i64],
    ) -> Search {
        self.rounds(candidates.len(), |first, last| {
            let (mut worst, mut found) = (0, None);
            for (&arc, &weight) in candidates[first..last].iter().zip(&weight[first..last]) {
                let (tail, head) = (network.tail[arc as usize], network.head[arc as usize]);
                let reduced_cost = reduced_cost(weight, tail, head, potential);
                let violation = i64::from(sign[arc as usize]).wrapping_mul(reduced_cost);
                if violation < worst {
                    worst = violation;
                    found = Some(Entering {
                        arc,
                        tail,
                        head,
                        reduced_cost,
                    });
                }
            }
            found
        })
    }

    /// Scans block after block, from where the last search ended, until `scan` finds something or all has been seen.
    fn rounds(
        &mut self,
        count: usize,
        mut scan: impl FnMut(usize, usize) -> Option<Entering>,
    ) -> Search {
        let block = block_length(count);
        let mut scanned = 0;
        while scanned < count {
            let first = if self.next >= count { 0 } else { self.next };
            let last = (first + block).min(count).min(first + (count - scanned));
            self.next = last;
            scanned += last - first;
            let entering = scan(first, last);
            if entering.is_some() {
                return Search { entering, scanned };
            }
        }
        Search {
            entering: None,
            scanned,
        }
    }
}

/// Cost − price at the tail + price at the head. Wraps only through the potentials' common offset, which cancels.
pub fn reduced_cost(cost: i64, tail: u32, head: u32, potential: &[i64]) -> i64 {
    cost.wrapping_sub(potential[tail as usize])
        .wrapping_add(potential[head as usize])
}
