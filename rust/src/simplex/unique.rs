//! Whether the flow that ties were settled on is the only one of its cost and weight.
//!
//! Another such flow differs by cycles of residual arcs whose reduced cost and reduced weight are both zero. That no arc
//! outside the tree has both zero rules such cycles out, but is more than needed: on a degenerate tree an arc may have both
//! zero and yet lie on no cycle. Which arcs do depends on the tree; whether there is a cycle does not. So where the quick test
//! fails, cycles are looked for, and the outcome is the same whatever came before.

/// An arc on which more flow could be sent from one node to another; both ways, if it could also be sent back.
#[derive(Debug, Clone, Copy)]
pub struct Passage {
    pub from: u32,
    pub to: u32,
    pub both_ways: bool,
}

/// Whether passages form a cycle; there and back on the same one is none. Takes time in nodes and passages alone.
pub fn has_cycle(nodes: usize, passages: &[Passage]) -> bool {
    let mut group: Vec<u32> = (0..nodes as u32).collect();
    // What is joined by passages both ways is one place; a passage within a place closes a cycle.
    for passage in passages.iter().filter(|passage| passage.both_ways) {
        let (one, other) = (find(&mut group, passage.from), find(&mut group, passage.to));
        if one == other {
            return true;
        }
        group[one as usize] = other;
    }
    let mut next: Vec<(u32, u32)> = vec![];
    let mut entering = vec![0u32; nodes];
    for passage in passages.iter().filter(|passage| !passage.both_ways) {
        let (from, to) = (find(&mut group, passage.from), find(&mut group, passage.to));
        next.push((from, to));
        entering[to as usize] += 1;
    }
    next.sort_unstable();
    // Places that nothing enters are taken away, one after the other (Kahn 1962); passages that stay are on a cycle or behind one.
    let mut open: Vec<u32> = (0..nodes as u32).filter(|&node| entering[node as usize] == 0).collect();
    let mut taken = 0;
    while let Some(node) = open.pop() {
        let first = next.partition_point(|&(from, _)| from < node);
        for &(_, to) in next[first..].iter().take_while(|&&(from, _)| from == node) {
            taken += 1;
            entering[to as usize] -= 1;
            if entering[to as usize] == 0 {
                open.push(to);
            }
        }
    }
    taken < next.len()
}

/// The node that stands for a place; the path to it is halved on the way.
fn find(group: &mut [u32], mut node: u32) -> u32 {
    while group[node as usize] != node {
        let above = group[node as usize];
        group[node as usize] = group[above as usize];
        node = group[node as usize];
    }
    node
}

#[cfg(test)]
mod tests {
    use super::*;

    fn cycle(nodes: usize, passages: &[(u32, u32, bool)]) -> bool {
        let passages: Vec<Passage> =
            passages.iter().map(|&(from, to, both_ways)| Passage { from, to, both_ways }).collect();
        has_cycle(nodes, &passages)
    }

    #[test]
    fn there_and_back_is_no_cycle_but_back_by_another_way_is() {
        assert!(!cycle(2, &[(0, 1, true)]));
        assert!(!cycle(2, &[(0, 1, false), (0, 1, false)]));
        assert!(cycle(2, &[(0, 1, false), (1, 0, false)]));
        assert!(cycle(2, &[(0, 1, true), (0, 1, false)]));
        assert!(cycle(2, &[(0, 1, true), (1, 0, true)]));
    }

    #[test]
    fn longer_cycles_are_found_through_places_joined_both_ways() {
        assert!(!cycle(4, &[(0, 1, false), (1, 2, true), (3, 2, false), (0, 3, false)]));
        assert!(cycle(4, &[(0, 1, false), (1, 2, true), (2, 3, false), (3, 0, false)]));
        assert!(!cycle(5, &[(4, 0, false), (0, 1, true), (1, 2, true), (2, 3, true)]));
        assert!(cycle(5, &[(4, 0, false), (0, 1, true), (1, 2, true), (2, 0, false)]));
    }
}
