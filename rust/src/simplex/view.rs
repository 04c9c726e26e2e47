//! What pricing sees of a tree: potentials in 32 bits, and which nodes are astray.
//!
//! **32 bits.** A search reads two potentials for every arc, and most of its time goes into that: half the bytes are nearly
//! twice the speed. Only differences of potentials matter, and of a tree without artificial arcs they are often small.
//!
//! **Strays.** Subtrees that did not fit at a warm start hang on the root by artificial arcs, beside the one with the
//! anchor. An artificial arc costs more than any path, so their potentials lie far away: all nodes below one artificial
//! arc by the same distance, upwards or downwards. In 32 bits that distance is [`FAR`]. The sign of an arc's reduced cost
//! stays what it is, and so does the order of the arcs that join two given subtrees. Some strays are there to stay: what
//! nothing can flow to or from hangs on the root for good.
//!
//! **Following.** A pivot moves the potentials of a few hundred nodes of ten thousand. They are moved here as well, so that
//! the rest need not be looked at again before the next search.

use super::pivot::{Shift, Turned};
use super::tree::{ARTIFICIAL, Tree};
use crate::network::Bounds;
use crate::simd::{self, Kernel, Lanes};

/// How far off the nodes of a subtree that hangs on the root are seen.
const FAR: i64 = 1 << 28;

/// Potentials within one such subtree, and costs, stay below this. A reduced cost is then below 2³¹; where one end is
/// [`FAR`] upwards and the other downwards, 2 · `FAR` is more than all the rest, just as the artificial arcs' own costs are.
const NEAR: i64 = 1 << 27;

/// Artificial arcs should cost more than this: then a shift of more than this moves a subtree from one side of the root to
/// the other, and no other shift does.
const APART: i64 = 1 << 30;

/// A tree as pricing sees it.
#[derive(Debug, Clone, Default)]
pub struct View {
    /// Potentials of the nodes, if `narrow`; only differences matter.
    potential: Vec<i32>,
    narrow: bool,
    /// Whether there are strays.
    astray: bool,
    /// Whether strays are seen farther off than they are.
    exaggerates: bool,
    /// Topmost node of each node's stray when it was last looked for; [`ARTIFICIAL`] in the subtree of the anchor.
    top: Vec<u32>,
    /// No potential is farther from that of its subtree's top; if this is not near, all must be looked at again.
    reach: i64,
    /// Twice the price of an artificial arc.
    beyond: i64,
}

impl View {
    /// Forgets what it has seen.
    pub fn forget(&mut self) {
        self.reach = i64::MAX;
    }

    /// Looks at a tree and its potentials, unless it has followed all that happened since it last did.
    pub fn refresh(&mut self, tree: &Tree, potential: &[i64], anchor: u32, bounds: &Bounds) {
        if self.reach >= NEAR {
            self.take(tree, potential, anchor, bounds);
        }
        #[cfg(test)]
        assert!(self.agrees(tree, potential, anchor, bounds), "what was followed is not what a fresh look shows");
    }

    /// Follows a pivot.
    pub fn follow(&mut self, shift: Shift<'_>, turned: Option<Turned>) {
        let (false, Some(Turned { inner, outer, by })) = (self.reach >= NEAR, turned) else { return };
        let (inner, outer) = (inner as usize, outer as usize);
        let (crosses, whole) = (by.saturating_abs() > APART, shift.by() == by);
        if crosses || (self.astray && self.top[inner] != self.top[outer]) {
            if !whole {
                // Rare: most of the tree hangs elsewhere now.
                return self.forget();
            }
            let mark = self.top[outer];
            shift.nodes().for_each(|node| self.top[node as usize] = mark);
        }
        if crosses {
            return self.cross(shift);
        }
        self.reach = self.reach.saturating_add(shift.distance());
        let by = shift.by() as i32;
        for node in shift.nodes() {
            let potential = &mut self.potential[node as usize];
            *potential = potential.wrapping_add(by);
        }
    }

    /// Follows a subtree from one side of the root to the other.
    fn cross(&mut self, shift: Shift<'_>) {
        let far = if shift.by() > 0 { FAR } else { -FAR };
        let by = shift.by() - shift.by().signum() * self.beyond + 2 * far;
        let root = self.potential[self.potential.len() - 1];
        for node in shift.nodes() {
            let potential = &mut self.potential[node as usize];
            *potential = potential.wrapping_add(by as i32);
            self.reach = self.reach.max(magnitude(i64::from(potential.wrapping_sub(root)) - far));
        }
    }

    /// Whether this is what a fresh look would show.
    #[cfg(test)]
    fn agrees(&self, tree: &Tree, potential: &[i64], anchor: u32, bounds: &Bounds) -> bool {
        let mut fresh = Self::default();
        fresh.take(tree, potential, anchor, bounds);
        let apart = |view: &Self, node: usize| view.potential[node].wrapping_sub(view.potential[0]);
        let nodes = 0..tree.root() as usize;
        fresh.narrow == self.narrow
            && fresh.exaggerates <= self.exaggerates
            && (!self.narrow || nodes.into_iter().all(|node| apart(self, node) == apart(&fresh, node)))
    }

    /// Looks at a tree and its potentials.
    fn take(&mut self, tree: &Tree, potential: &[i64], anchor: u32, bounds: &Bounds) {
        let nodes = &tree.preorder()[1..];
        let Some(&first) = nodes.first() else {
            *self = Self::default();
            return;
        };
        self.astray = tree.subtree(first).len() < nodes.len();
        self.exaggerates = self.astray && bounds.artificial < APART;
        self.beyond = 2 * bounds.artificial;
        let most = if self.astray {
            self.take_strays(tree, nodes, potential, anchor)
        } else {
            let (base, potential) = (potential[first as usize], &potential[..nodes.len()]);
            let most = simd::dispatch(simd::level(), Narrow { base, potential, narrow: &mut self.potential });
            // The root's, which is never asked for.
            self.potential.push(0);
            most
        };
        self.narrow = most < NEAR && bounds.cost < NEAR;
        self.reach = if self.narrow && !self.exaggerates { most } else { i64::MAX };
    }

    /// The same where several subtrees hang on the root. Returns how far off the farthest node of a subtree is from its top.
    fn take_strays(&mut self, tree: &Tree, nodes: &[u32], potential: &[i64], anchor: u32) -> i64 {
        self.potential.clear();
        self.potential.resize(nodes.len() + 1, 0);
        self.top.resize(nodes.len(), ARTIFICIAL);
        let (narrow, tops) = (&mut self.potential[..], &mut self.top[..]);
        let (mut rest, mut most) = (nodes, 0);
        while let Some(&top) = rest.first() {
            let (subtree, others) = rest.split_at(tree.subtree(top).len());
            rest = others;
            let far = if tree.links[top as usize].up { FAR } else { -FAR };
            let base = potential[top as usize];
            let mark = if tree.holds(top, anchor) { ARTIFICIAL } else { top };
            for &node in subtree {
                let apart = potential[node as usize].wrapping_sub(base);
                most |= magnitude(apart);
                narrow[node as usize] = apart.wrapping_add(far) as i32;
                tops[node as usize] = mark;
            }
        }
        most
    }

    /// Whether what an arc lacks of being violated may be less than it is seen to lack.
    pub fn exaggerates(&self) -> bool {
        self.exaggerates
    }

    /// Potentials in 32 bits, one for every node, if that is enough for exact reduced costs of the signs that matter.
    pub fn potentials(&self) -> Option<&[i32]> {
        self.narrow.then_some(&self.potential)
    }

    /// The node that an arc is listed under: the top of the stray that it joins to the rest, or else its tail.
    pub fn key(&self, tail: u32, head: u32) -> u32 {
        if !self.astray {
            return tail;
        }
        match (self.top[tail as usize], self.top[head as usize]) {
            (one, other) if one == other => tail,
            (ARTIFICIAL, other) => other,
            (one, _) => one,
        }
    }
}

/// The absolute value of a number, or one less: bits of several can be joined.
#[inline(always)]
fn magnitude(number: i64) -> i64 {
    number ^ (number >> 63)
}

/// Narrows potentials relative to one of them; how far off the farthest is.
struct Narrow<'a> {
    base: i64,
    potential: &'a [i64],
    narrow: &'a mut Vec<i32>,
}

impl Kernel for Narrow<'_> {
    type Output = i64;

    #[inline(always)]
    fn run<L: Lanes>(self, _: L) -> i64 {
        let Self { base, potential, narrow } = self;
        narrow.clear();
        narrow.extend(potential.iter().map(|&potential| potential.wrapping_sub(base) as i32));
        potential.iter().fold(0, |most, &potential| most | magnitude(potential.wrapping_sub(base)))
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::hash::hash64;
    use crate::simplex::tree::Hook;

    /// Node 0 and the anchor 3 hang together, as do 1 and 2, below artificial arcs in all directions.
    fn tree(up: [bool; 2]) -> Tree {
        let mut tree = Tree::star(4, 9);
        tree.rehang(0, 0, 3, 4, Hook { arc: 0, up: true, flow: 0, limit: 1 });
        tree.rehang(2, 2, 1, 4, Hook { arc: 1, up: false, flow: 0, limit: 1 });
        (tree.links[3].up, tree.links[1].up) = (up[0], up[1]);
        tree
    }

    #[test]
    fn signs_and_orders_are_those_of_the_wide_potentials() {
        let (artificial, mut view) = (1i64 << 40, View::default());
        for round in 0..400u64 {
            let draw = |index: u64, most: u64| (hash64(index ^ (round << 8), 0) % most) as i64;
            let up = [draw(1, 2) == 0, draw(2, 2) == 0];
            let far = up.map(|up| if up { artificial } else { -artificial });
            let own: [i64; 4] = std::array::from_fn(|node| draw(10 + node as u64, 1 << 20));
            // 1 and 3 are the tops; an offset common to all changes nothing, even where it wraps.
            let offset = if round % 2 == 0 { i64::MAX - 7 } else { 0 };
            let potential: Vec<i64> = [far[0] + own[0], far[1], far[1] + own[2], far[0]]
                .iter()
                .map(|potential| potential.wrapping_add(offset))
                .chain([0])
                .collect();
            view.take(&tree(up), &potential, 3, &Bounds { cost: 1 << 20, artificial, flow: 9 });
            let narrow = view.potentials().expect("all is near");
            let reduced = |tail: usize, head: usize, cost: i64| {
                let wide = cost.wrapping_sub(potential[tail]).wrapping_add(potential[head]);
                (wide, i64::from((cost as i32).wrapping_sub(narrow[tail]).wrapping_add(narrow[head])))
            };
            for (tail, head) in (0..4).flat_map(|tail| (0..4).map(move |head| (tail, head))) {
                let (one, other) = (draw(20, 1 << 20), draw(21, 1 << 20));
                let ((wide, narrow), (other_wide, other_narrow)) =
                    (reduced(tail, head, one), reduced(tail, head, other));
                assert_eq!(wide.signum(), narrow.signum());
                assert_eq!(wide.cmp(&other_wide), narrow.cmp(&other_narrow));
                assert!(wide.abs() > artificial || wide == narrow);
            }
            assert_eq!([view.key(0, 3), view.key(1, 2), view.key(0, 2), view.key(2, 3)], [0, 1, 1, 1]);
        }
    }

    #[test]
    fn what_is_not_near_is_not_narrow() {
        let mut tree = tree([true, true]);
        let mut view = View::default();
        for (apart, cost_bound, narrow) in [
            (NEAR, 1, false),
            (-NEAR - 1, 1, false),
            (NEAR - 1, NEAR, false),
            (NEAR - 1, NEAR - 1, true),
            (-NEAR, 1, true),
        ] {
            view.take(&tree, &[apart, 0, 0, 0, 0], 3, &Bounds { cost: cost_bound, artificial: APART, flow: 9 });
            assert_eq!(view.potentials().is_some(), narrow);
        }
        tree.rehang(1, 1, 3, 4, Hook { arc: 2, up: true, flow: 0, limit: 1 });
        for (apart, narrow) in [(NEAR, false), (NEAR - 1, true), (-NEAR, true), (-NEAR - 1, false)] {
            view.take(&tree, &[apart, 0, 0, 0, 0], 3, &Bounds { cost: 1, artificial: APART, flow: 9 });
            assert_eq!(view.potentials().is_some(), narrow);
            assert_eq!(view.key(1, 2), 1, "nothing is astray");
        }
    }
}
