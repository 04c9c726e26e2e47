//! The spanning tree of a basis, kept as an array in preorder.
//!
//! Every subtree is a contiguous slice of [`Tree::order`], so that "is this node below that one" is one comparison
//! and shifting the potentials of a subtree is a walk over a slice. Each node but the root owns the arc to its parent
//! together with that arc's flow, so that walking a cycle touches one record per node.

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

/// A rooted spanning tree in preorder.
#[derive(Debug, Clone)]
pub struct Tree {
    /// One record per node; the root is the last.
    pub links: Vec<Link>,
    /// Nodes in preorder.
    order: Vec<u32>,
    /// Where each node stands in `order`.
    position: Vec<u32>,
    /// The moved subtree in its new order, while it moves.
    moving: Vec<u32>,
}

impl Tree {
    /// A star: each of the `nodes` hangs on the root (node `nodes`) by its artificial arc, without flow.
    pub fn star(nodes: usize, limit: i64) -> Self {
        let root = nodes as u32;
        let leaf = Link { parent: root, size: 1, arc: ARTIFICIAL, up: true, flow: 0, limit };
        let mut links = vec![leaf; nodes + 1];
        links[nodes].size = root + 1;
        let mut tree =
            Tree { links, order: vec![root], position: vec![0; nodes + 1], moving: Vec::with_capacity(nodes) };
        tree.order.extend(0..root);
        tree.number(0, nodes + 1);
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
        let start = self.position[node as usize] as usize;
        &self.order[start..start + self.links[node as usize].size as usize]
    }

    /// The nodes outside a node's subtree, in two slices.
    pub fn outside(&self, node: u32) -> (&[u32], &[u32]) {
        let start = self.position[node as usize] as usize;
        let end = start + self.links[node as usize].size as usize;
        (&self.order[..start], &self.order[end..])
    }

    /// Cuts the subtree at `leaving` from its parent, makes `inner` (one of its nodes) its root and hangs it on `outer`
    /// (outside it) by `hook`. Returns the number of slots of the preorder that moved.
    pub fn rehang(&mut self, inner: u32, leaving: u32, outer: u32, hook: Hook) -> usize {
        let child = self.resize_ancestors(leaving, outer);
        self.unroll(inner, leaving);
        self.reverse_path(inner, leaving, outer, hook);
        self.relocate(leaving, outer, child)
    }

    /// Takes the subtree's size from the ancestors it loses and gives it to those it gains. Returns the child of
    /// `outer` above `leaving`, if `outer` is an ancestor of the cut.
    fn resize_ancestors(&mut self, leaving: u32, outer: u32) -> Option<u32> {
        let moved = self.links[leaving as usize].size;
        let mut below = leaving;
        let mut node = self.links[leaving as usize].parent;
        // Ancestors of the cut that do not lie above `outer` lose the subtree.
        while !self.contains(node, outer) {
            self.links[node as usize].size -= moved;
            below = node;
            node = self.links[node as usize].parent;
        }
        let join = node;
        let mut node = outer;
        while node != join {
            self.links[node as usize].size += moved;
            node = self.links[node as usize].parent;
        }
        (join == outer).then_some(below)
    }

    /// Whether `node` lies in the subtree of `ancestor`. Sizes on the path being updated are only ever asked before
    /// they change.
    pub fn contains(&self, ancestor: u32, node: u32) -> bool {
        let offset = self.position[node as usize].wrapping_sub(self.position[ancestor as usize]);
        offset < self.links[ancestor as usize].size
    }

    /// Writes the subtree at `leaving` into `moving`, in the preorder it has when rooted at `inner`.
    fn unroll(&mut self, inner: u32, leaving: u32) {
        self.moving.clear();
        let start = self.position[inner as usize] as usize;
        let (mut done_start, mut done_end) = (start, start);
        let mut node = inner;
        loop {
            let start = self.position[node as usize] as usize;
            let end = start + self.links[node as usize].size as usize;
            self.moving.extend_from_slice(&self.order[start..done_start]);
            self.moving.extend_from_slice(&self.order[done_end..end]);
            (done_start, done_end) = (start, end);
            if node == leaving {
                return;
            }
            node = self.links[node as usize].parent;
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

    /// Moves the subtree's slice to its place below `outer`, shifting only what lies between.
    fn relocate(&mut self, leaving: u32, outer: u32, child: Option<u32>) -> usize {
        let start = self.position[leaving as usize] as usize;
        let count = self.moving.len();
        let above = self.position[outer as usize] as usize;
        let (first, last, target);
        if let Some(child) = child {
            target = self.position[child as usize] as usize;
            (first, last) = (target, start + count);
            self.order.copy_within(target..start, target + count);
        } else if above < start {
            // The new parent's slice ended before the cut and has just been counted larger by the subtree.
            target = above + self.links[outer as usize].size as usize - count;
            (first, last) = (target, start + count);
            self.order.copy_within(target..start, target + count);
        } else {
            target = above + 1 - count;
            (first, last) = (start, above + 1);
            self.order.copy_within(start + count..above + 1, start);
        }
        self.order[target..target + count].copy_from_slice(&self.moving);
        self.number(first, last);
        last - first
    }

    fn number(&mut self, first: usize, last: usize) {
        for (offset, &node) in self.order[first..last].iter().enumerate() {
            self.position[node as usize] = (first + offset) as u32;
        }
    }

    /// Hangs a node's subtree on the root. Sizes and preorder are stale until [`Tree::reorder`].
    pub fn hang_on_root(&mut self, node: u32, hook: Hook) {
        let root = self.root();
        self.links[node as usize].hang(root, hook);
    }

    /// Rebuilds sizes and preorder after parents changed, provided that every node still comes after its new parent
    /// in the old order.
    pub fn reorder(&mut self) {
        let root = self.root();
        for link in &mut self.links {
            link.size = 1;
        }
        for slot in (1..self.order.len()).rev() {
            let link = self.links[self.order[slot] as usize];
            self.links[link.parent as usize].size += link.size;
        }
        // `moving` serves as each node's next free slot.
        self.moving.clear();
        self.moving.resize(self.links.len(), 0);
        self.moving[root as usize] = 1;
        self.position[root as usize] = 0;
        for slot in 1..self.order.len() {
            let node = self.order[slot] as usize;
            let Link { parent, size, .. } = self.links[node];
            let place = self.moving[parent as usize];
            self.moving[parent as usize] += size;
            self.position[node] = place;
            self.moving[node] = place + 1;
        }
        for (node, &place) in self.position.iter().enumerate() {
            self.order[place as usize] = node as u32;
        }
    }

    /// Panics unless order, positions, sizes and parents agree: the law that every other function keeps.
    #[cfg(test)]
    pub fn check(&self) {
        let count = self.links.len();
        let mut size = vec![1u32; count];
        assert_eq!(self.order[0], self.root());
        for slot in (1..count).rev() {
            let node = self.order[slot] as usize;
            assert_eq!(self.position[node] as usize, slot);
            let parent = self.links[node].parent;
            assert!(self.contains(parent, node as u32), "node {node} is not inside its parent's slice");
            size[parent as usize] += size[node];
        }
        assert!(self.links.iter().zip(size).all(|(link, size)| link.size == size), "sizes are wrong");
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Moves every subtree everywhere for a while, and compares with the law after each move.
    #[test]
    fn rehanging_keeps_preorder_sizes_and_positions() {
        let mut tree = Tree::star(12, 9);
        let mut state = 7u64;
        let mut draw = |below: u32| {
            state = crate::hash::hash64(state, 0);
            (state % u64::from(below)) as u32
        };
        for round in 0..3_000 {
            let leaving = draw(12);
            let subtree = tree.subtree(leaving).to_vec();
            let inner = subtree[draw(subtree.len() as u32) as usize];
            let (before, after) = tree.outside(leaving);
            let outside: Vec<u32> = before.iter().chain(after).copied().collect();
            let outer = outside[draw(outside.len() as u32) as usize];
            tree.rehang(inner, leaving, outer, Hook { arc: round, up: round % 2 == 0, flow: 0, limit: 1 });
            tree.check();
            assert_eq!(tree.links[inner as usize].parent, outer);
            let mut moved = tree.subtree(inner).to_vec();
            let mut expected = subtree;
            moved.sort_unstable();
            expected.sort_unstable();
            assert_eq!(moved, expected);
        }
    }

    #[test]
    fn reordering_follows_new_parents() {
        let mut tree = Tree::star(5, 9);
        tree.rehang(1, 1, 0, Hook { arc: 0, up: true, flow: 0, limit: 1 });
        tree.rehang(2, 2, 1, Hook { arc: 1, up: true, flow: 0, limit: 1 });
        tree.links[1].parent = tree.root();
        tree.reorder();
        tree.check();
        assert_eq!(tree.links[0].size, 1);
        assert_eq!(tree.links[1].size, 2);
    }
}
