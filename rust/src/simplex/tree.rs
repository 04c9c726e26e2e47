//! The spanning tree of a basis, its nodes in preorder in one array.
//!
//! Every subtree is a contiguous slice of the array, so that it can be walked without recursion, shifted in potential by a
//! plain loop, and moved by moving the slices along one path (Ahuja, Magnanti & Orlin, section 11.3; Barr, Glover & Klingman
//! 1979). A thread of linked nodes moves a subtree in less time, but each shift then chases as many pointers as the
//! subtree has nodes, and shifts are most of what a pivot costs. Each node but the root owns the arc to its parent
//! together with that arc's flow, so that walking a cycle touches one record per node.

use std::ops::Range;

/// Marks the artificial arc between a node and the root.
pub const ARTIFICIAL: u32 = u32::MAX;

/// A node's place in the tree, and the arc to its parent.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Link {
    /// The node above; the root's own parent is the root.
    pub parent: u32,
    /// Nodes in the subtree, this one included.
    pub size: u32,
    /// The arc to the parent, or [`ARTIFICIAL`].
    pub arc: u32,
    /// Whether the arc leads towards the root.
    pub up: bool,
    /// Flow on the arc.
    pub flow: i64,
    /// Capacity of the arc, clipped.
    pub limit: i64,
}

/// The arc by which a subtree hangs on its parent.
#[derive(Debug, Clone, Copy)]
pub struct Hook {
    pub arc: u32,
    pub up: bool,
    pub flow: i64,
    pub limit: i64,
}

impl Link {
    /// What can still be sent from this node to its parent.
    pub fn residual_up(&self) -> i64 {
        if self.up { self.limit - self.flow } else { self.flow }
    }

    /// What can still be sent from the parent to this node.
    pub fn residual_down(&self) -> i64 {
        if self.up { self.flow } else { self.limit - self.flow }
    }

    /// Sends an amount (negative: takes it back) from this node to its parent.
    pub fn send_up(&mut self, amount: i64) {
        if self.up { self.flow += amount } else { self.flow -= amount }
    }

    fn hook(&self) -> Hook {
        Hook { arc: self.arc, up: self.up, flow: self.flow, limit: self.limit }
    }

    fn hang(&mut self, parent: u32, hook: Hook) {
        self.parent = parent;
        self.arc = hook.arc;
        self.up = hook.up;
        self.flow = hook.flow;
        self.limit = hook.limit;
    }
}

/// A rooted spanning tree.
#[derive(Debug, Clone)]
pub struct Tree {
    /// One record per node; the root is the last.
    pub links: Vec<Link>,
    /// The nodes in preorder, the root first.
    order: Vec<u32>,
    /// Where each node is in `order`.
    place: Vec<u32>,
    /// A subtree on its way from one place to another.
    moving: Vec<u32>,
}

impl Tree {
    /// A star: each of the `nodes` hangs on the root (node `nodes`) by its artificial arc, without flow.
    pub fn star(nodes: usize, limit: i64) -> Self {
        let root = nodes as u32;
        let leaf = Link { parent: root, size: 1, arc: ARTIFICIAL, up: true, flow: 0, limit };
        let mut tree = Tree {
            links: vec![leaf; nodes + 1],
            order: std::iter::once(root).chain(0..root).collect(),
            place: (1..=root).chain(std::iter::once(0)).collect(),
            moving: Vec::with_capacity(nodes + 1),
        };
        tree.links[nodes].size = root + 1;
        tree
    }

    /// The root's id, which is also the number of nodes beside it.
    pub fn root(&self) -> u32 {
        self.links.len() as u32 - 1
    }

    /// All nodes, parents before children; the root first.
    pub fn preorder(&self) -> &[u32] {
        &self.order
    }

    /// A node's subtree in preorder, itself first.
    pub fn subtree(&self, node: u32) -> &[u32] {
        &self.order[self.slots(node)]
    }

    /// How the nodes directly below the root hang there: by their artificial arcs.
    pub fn tops(&self) -> impl Iterator<Item = &Link> {
        let top = |slot: usize| self.order.get(slot).map(|&node| &self.links[node as usize]);
        let next = move |(slot, link): &(usize, &Link)| {
            let next = slot + link.size as usize;
            top(next).map(|link| (next, link))
        };
        std::iter::successors(top(1).map(|link| (1, link)), next).map(|(_, link)| link)
    }

    /// Whether a node's subtree holds another node.
    pub fn holds(&self, node: u32, other: u32) -> bool {
        self.slots(node).contains(&(self.place[other as usize] as usize))
    }

    /// The nodes before and after a node's subtree.
    pub fn outside(&self, node: u32) -> (&[u32], &[u32]) {
        let slots = self.slots(node);
        (&self.order[..slots.start], &self.order[slots.end..])
    }

    fn slots(&self, node: u32) -> Range<usize> {
        let first = self.place[node as usize] as usize;
        first..first + self.links[node as usize].size as usize
    }

    /// Cuts the subtree at `leaving` from its parent, makes `inner` (one of its nodes) its root and hangs it on `outer`
    /// by `hook`. `apex` is the lowest node with both `outer` and the cut below it.
    pub fn rehang(&mut self, inner: u32, leaving: u32, outer: u32, apex: u32, hook: Hook) {
        let slots = self.slots(leaving);
        let (moved, outer_slots) = (self.links[leaving as usize].size, self.slots(outer));
        // Where the subtree goes, so that the fewest others move: before the branch that it was cut from, if it stays below
        // the same node; else behind all of the new parent's subtree, or directly behind the new parent.
        let branch = self.resize(leaving, self.links[leaving as usize].parent, apex, moved.wrapping_neg());
        self.resize(outer, outer, apex, moved);
        let target = if outer == apex {
            self.place[branch as usize] as usize
        } else if outer_slots.start < slots.start {
            outer_slots.end
        } else {
            outer_slots.start + 1 - slots.len()
        };
        self.unroll(inner, leaving);
        self.shove(slots, target);
        self.reverse_path(inner, leaving, outer, hook);
    }

    /// Adds to the sizes of the nodes from `node` up to the apex, which itself keeps its size. Returns the last node below the
    /// apex, or `below` if there is none.
    fn resize(&mut self, mut below: u32, mut node: u32, apex: u32, change: u32) -> u32 {
        while node != apex {
            let link = &mut self.links[node as usize];
            link.size = link.size.wrapping_add(change);
            below = node;
            node = link.parent;
        }
        below
    }

    /// Lists the subtree at `leaving` in the preorder it has when rooted at `inner`: each node of the path between them is
    /// followed by what is left of its old slice, the part before the child on the path and the part after it.
    fn unroll(&mut self, inner: u32, leaving: u32) {
        let mut known = self.slots(inner);
        self.moving.clear();
        self.moving.extend_from_slice(&self.order[known.clone()]);
        let mut node = inner;
        while node != leaving {
            node = self.links[node as usize].parent;
            let slots = self.slots(node);
            self.moving.extend_from_slice(&self.order[slots.start..known.start]);
            self.moving.extend_from_slice(&self.order[known.end..slots.end]);
            known = slots;
        }
    }

    /// Takes the slots of the moving nodes out of the order and puts the nodes in at `target`.
    fn shove(&mut self, slots: Range<usize>, target: usize) {
        let count = slots.len();
        let changed = if target <= slots.start {
            self.order.copy_within(target..slots.start, target + count);
            target..slots.end
        } else {
            self.order.copy_within(slots.end..target + count, slots.start);
            slots.start..target + count
        };
        self.order[target..target + count].copy_from_slice(&self.moving);
        // Eight at a time: how well the compiler did with one by one varied a lot from build to build.
        let (eights, rest) = self.order[changed.clone()].as_chunks::<8>();
        let mut slot = changed.start as u32;
        for eight in eights {
            for (lane, &node) in (0..).zip(eight) {
                // SAFETY: the order holds the nodes of the tree, and `place` has a slot for each of them.
                unsafe { *self.place.get_unchecked_mut(node as usize) = slot + lane };
            }
            slot += 8;
        }
        for (slot, &node) in (slot..).zip(rest) {
            self.place[node as usize] = slot;
        }
    }

    /// Turns the parent pointers on the path from `inner` to `leaving`, and hangs `inner` on `outer`.
    fn reverse_path(&mut self, inner: u32, leaving: u32, outer: u32, hook: Hook) {
        let total = self.links[leaving as usize].size;
        let (mut node, mut parent, mut hook) = (inner, outer, hook);
        let mut left_behind = 0;
        loop {
            let old = self.links[node as usize];
            let link = &mut self.links[node as usize];
            link.hang(parent, hook);
            link.size = total - left_behind;
            if node == leaving {
                return;
            }
            left_behind = old.size;
            hook = Hook { up: !old.up, ..old.hook() };
            parent = node;
            node = old.parent;
        }
    }

    /// Hangs a node's subtree on the root. Sizes and order are stale until [`Tree::reorder`].
    pub fn hang_on_root(&mut self, node: u32, hook: Hook) {
        let root = self.root();
        self.links[node as usize].hang(root, hook);
    }

    /// Rebuilds sizes and order after nodes were hung on the root.
    pub fn reorder(&mut self) {
        for link in &mut self.links {
            link.size = 1;
        }
        for &node in self.order[1..].iter().rev() {
            let Link { parent, size, .. } = self.links[node as usize];
            self.links[parent as usize].size += size;
        }
        // Parents still come first in the old order, so each can hand out the slots behind it to its children: `place` says
        // where the next child goes until all have gone, and is a whole subtree too far then.
        self.moving.clear();
        self.moving.extend_from_slice(&self.order);
        let root = self.root() as usize;
        self.place[root] = 1;
        for &node in &self.moving[1..] {
            let Link { parent, size, .. } = self.links[node as usize];
            let slot = self.place[parent as usize];
            self.place[parent as usize] += size;
            self.place[node as usize] = slot + 1;
        }
        for &node in &self.moving {
            let place = &mut self.place[node as usize];
            *place -= self.links[node as usize].size;
            self.order[*place as usize] = node;
        }
    }

    /// Panics unless order, places, sizes and parents agree: the law that every other function keeps.
    #[cfg(test)]
    pub fn check(&self) {
        let mut seen = self.order.clone();
        seen.sort_unstable();
        assert!(seen.into_iter().eq(0..=self.root()), "the order does not visit every node once");
        let mut size = vec![1u32; self.order.len()];
        for &node in self.order[1..].iter().rev() {
            size[self.links[node as usize].parent as usize] += size[node as usize];
        }
        for (slot, &node) in self.order.iter().enumerate() {
            assert_eq!(self.links[node as usize].size, size[node as usize], "size of {node}");
            assert_eq!(self.place[node as usize] as usize, slot, "place of {node}");
            let subtree = self.subtree(node);
            let inside = |below: &u32| *below == node || subtree.contains(&self.links[*below as usize].parent);
            assert!(subtree.iter().all(inside), "the slice of {node} is not its subtree");
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn apex(tree: &Tree, one: u32, other: u32) -> u32 {
        let (mut one, mut other) = (one, other);
        while one != other {
            if tree.links[one as usize].size <= tree.links[other as usize].size {
                one = tree.links[one as usize].parent;
            } else {
                other = tree.links[other as usize].parent;
            }
        }
        one
    }

    /// Moves every subtree everywhere for a while, and compares with the law after each move.
    #[test]
    fn rehanging_keeps_order_places_and_sizes() {
        let mut tree = Tree::star(12, 9);
        let mut state = 7u64;
        let mut draw = |below: usize| {
            state = crate::hash::hash64(state, 0);
            (state % below as u64) as usize
        };
        for round in 0..if cfg!(miri) { 50 } else { 5_000 } {
            let leaving = draw(12) as u32;
            let mut subtree = tree.subtree(leaving).to_vec();
            let inner = subtree[draw(subtree.len())];
            let (before, after) = tree.outside(leaving);
            let outside = [before, after].concat();
            let outer = outside[draw(outside.len())];
            let top = apex(&tree, tree.links[leaving as usize].parent, outer);
            tree.rehang(inner, leaving, outer, top, Hook { arc: round, up: round % 2 == 0, flow: 0, limit: 1 });
            tree.check();
            assert_eq!(tree.links[inner as usize].parent, outer);
            let mut moved = tree.subtree(inner).to_vec();
            moved.sort_unstable();
            subtree.sort_unstable();
            assert_eq!(moved, subtree);
        }
    }

    #[test]
    fn reordering_follows_new_parents() {
        let mut tree = Tree::star(5, 9);
        let hook = Hook { arc: 0, up: true, flow: 0, limit: 1 };
        tree.rehang(1, 1, 0, 5, hook);
        tree.rehang(2, 2, 1, 5, hook);
        tree.hang_on_root(1, hook);
        tree.reorder();
        tree.check();
        assert_eq!(tree.links[0].size, 1);
        assert_eq!(tree.links[1].size, 2);
    }
}
