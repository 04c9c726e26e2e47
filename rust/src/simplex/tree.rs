//! The spanning tree of a basis, threaded in preorder.
//!
//! Every subtree is a run of the thread, so that it can be walked without recursion and moved by relinking its ends and
//! those of the runs along one path (Ahuja, Magnanti & Orlin, section 11.3; Király & Kovács 2012). Kept as an array instead,
//! the order would cost a shift of some thousand slots per pivot. Each node but the root owns the arc to its parent
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

/// A rooted spanning tree, its nodes threaded in preorder: every subtree is a run of the thread.
#[derive(Debug, Clone)]
pub struct Tree {
    /// One record per node; the root is the last.
    pub links: Vec<Link>,
    /// The node after each in preorder; the root follows the last.
    next: Vec<u32>,
    /// The node before each in preorder.
    before: Vec<u32>,
    /// The last node of each subtree in preorder.
    last: Vec<u32>,
}

impl Tree {
    /// A star: each of the `nodes` hangs on the root (node `nodes`) by its artificial arc, without flow.
    pub fn star(nodes: usize, limit: i64) -> Self {
        let root = nodes as u32;
        let leaf = Link { parent: root, size: 1, arc: ARTIFICIAL, up: true, flow: 0, limit };
        let mut tree = Tree {
            links: vec![leaf; nodes + 1],
            next: vec![root; nodes + 1],
            before: vec![root; nodes + 1],
            last: (0..=root).collect(),
        };
        tree.links[nodes].size = root + 1;
        let order: Vec<u32> = std::iter::once(root).chain(0..root).collect();
        tree.thread(&order);
        tree
    }

    /// The root's id, which is also the number of nodes beside it.
    pub fn root(&self) -> u32 {
        self.links.len() as u32 - 1
    }

    /// All nodes, parents before children; the root first.
    pub fn preorder(&self) -> Vec<u32> {
        self.run(self.root(), self.links.len()).collect()
    }

    /// A node's subtree in preorder, itself first.
    pub fn subtree(&self, node: u32) -> impl Iterator<Item = u32> + '_ {
        self.run(node, self.links[node as usize].size as usize)
    }

    /// The nodes outside a node's subtree.
    pub fn outside(&self, node: u32) -> impl Iterator<Item = u32> + '_ {
        let after = self.next[self.last[node as usize] as usize];
        self.run(after, self.links.len() - self.links[node as usize].size as usize)
    }

    fn run(&self, first: u32, count: usize) -> impl Iterator<Item = u32> + '_ {
        std::iter::successors(Some(first), |&node| Some(self.next[node as usize])).take(count)
    }

    /// Cuts the subtree at `leaving` from its parent, makes `inner` (one of its nodes) its root and hangs it on `outer`
    /// by `hook`. `apex` is the lowest node with both `outer` and the cut below it. Takes time in the paths' lengths alone.
    pub fn rehang(&mut self, inner: u32, leaving: u32, outer: u32, apex: u32, hook: Hook) {
        self.resize(self.links[leaving as usize].parent, apex, self.links[leaving as usize].size.wrapping_neg());
        self.resize(outer, apex, self.links[leaving as usize].size);
        self.unthread(leaving);
        let end = self.unroll(inner, leaving);
        self.insert(inner, end, outer);
        self.reverse_path(inner, leaving, outer, end, hook);
    }

    /// Adds to the sizes of the nodes from `node` up to the apex, which itself keeps its size.
    fn resize(&mut self, mut node: u32, apex: u32, change: u32) {
        while node != apex {
            let link = &mut self.links[node as usize];
            link.size = link.size.wrapping_add(change);
            node = link.parent;
        }
    }

    fn join(&mut self, one: u32, other: u32) {
        self.next[one as usize] = other;
        self.before[other as usize] = one;
    }

    /// Takes a subtree's run out of the thread.
    fn unthread(&mut self, leaving: u32) {
        let (end, before) = (self.last[leaving as usize], self.before[leaving as usize]);
        self.join(before, self.next[end as usize]);
        self.end_with(self.links[leaving as usize].parent, end, before);
    }

    /// Puts the run from `inner` to `end` into the thread, directly after `outer`.
    fn insert(&mut self, inner: u32, end: u32, outer: u32) {
        self.join(end, self.next[outer as usize]);
        self.join(outer, inner);
        self.end_with(outer, outer, end);
    }

    /// From `node` upwards, subtrees that ended with `old` end with `new`.
    fn end_with(&mut self, mut node: u32, old: u32, new: u32) {
        while self.last[node as usize] == old {
            self.last[node as usize] = new;
            if node == self.root() {
                return;
            }
            node = self.links[node as usize].parent;
        }
    }

    /// Threads the subtree at `leaving` anew in the preorder it has when rooted at `inner`; returns its last node.
    ///
    /// From `inner` up, each node of the path is followed by what is left of its old run: the part before the child on the path
    /// and the part after it.
    fn unroll(&mut self, inner: u32, leaving: u32) -> u32 {
        let mut end = self.last[inner as usize];
        let mut child = inner;
        // Ends of the child's old run, and its old neighbours, before any of them was threaded anew.
        let mut run = Run::of(self, child);
        while child != leaving {
            let node = self.links[child as usize].parent;
            let mut outer_run = Run::of(self, node);
            if outer_run.last == run.last {
                outer_run.after = run.after;
            }
            self.join(end, node);
            end = run.before;
            if outer_run.last != run.last {
                self.join(end, run.after);
                end = outer_run.last;
            }
            (child, run) = (node, outer_run);
        }
        end
    }

    /// Turns the parent pointers on the path from `inner` to `leaving`, and hangs `inner` on `outer`. All of the path's
    /// subtrees now end with `end`.
    fn reverse_path(&mut self, inner: u32, leaving: u32, outer: u32, end: u32, hook: Hook) {
        let total = self.links[leaving as usize].size;
        let (mut node, mut parent, mut hook) = (inner, outer, hook);
        let mut left_behind = 0;
        loop {
            let old = self.links[node as usize];
            let link = &mut self.links[node as usize];
            link.hang(parent, hook);
            link.size = total - left_behind;
            self.last[node as usize] = end;
            if node == leaving {
                return;
            }
            left_behind = old.size;
            hook = Hook { up: !old.up, ..old.hook() };
            parent = node;
            node = old.parent;
        }
    }

    /// Hangs a node's subtree on the root. Sizes and thread are stale until [`Tree::reorder`].
    pub fn hang_on_root(&mut self, node: u32, hook: Hook) {
        let root = self.root();
        self.links[node as usize].hang(root, hook);
    }

    /// Rebuilds sizes and thread after nodes were hung on the root; `order` is the preorder from before.
    pub fn reorder(&mut self, order: &[u32]) {
        for link in &mut self.links {
            link.size = 1;
        }
        for &node in order[1..].iter().rev() {
            let Link { parent, size, .. } = self.links[node as usize];
            self.links[parent as usize].size += size;
        }
        // Parents still come first in the old order, so each can hand out the slots of its run to its children.
        let mut free = vec![0u32; order.len()];
        let mut place = vec![0u32; order.len()];
        free[self.root() as usize] = 1;
        for &node in &order[1..] {
            let Link { parent, size, .. } = self.links[node as usize];
            let slot = free[parent as usize];
            free[parent as usize] += size;
            free[node as usize] = slot + 1;
            place[node as usize] = slot;
        }
        let mut threaded = vec![0u32; order.len()];
        for (node, &slot) in place.iter().enumerate() {
            threaded[slot as usize] = node as u32;
        }
        self.thread(&threaded);
    }

    /// Threads the nodes in a preorder, by sizes that are right.
    fn thread(&mut self, order: &[u32]) {
        for (slot, &node) in order.iter().enumerate() {
            let size = self.links[node as usize].size as usize;
            self.last[node as usize] = order[slot + size - 1];
            self.join(node, order[(slot + 1) % order.len()]);
        }
    }

    /// Panics unless thread, sizes and parents agree: the law that every other function keeps.
    #[cfg(test)]
    pub fn check(&self) {
        let order = self.preorder();
        let mut seen = order.clone();
        seen.sort_unstable();
        assert!(seen.into_iter().eq(0..=self.root()), "the thread does not visit every node once");
        let mut size = vec![1u32; order.len()];
        for &node in order[1..].iter().rev() {
            size[self.links[node as usize].parent as usize] += size[node as usize];
        }
        for &node in &order {
            assert_eq!(self.links[node as usize].size, size[node as usize], "size of {node}");
            assert_eq!(self.before[self.next[node as usize] as usize], node, "neighbours of {node}");
            let run: Vec<u32> = self.subtree(node).collect();
            assert_eq!(run.last(), Some(&self.last[node as usize]), "end of {node}");
            let inside = |below: &u32| *below == node || run.contains(&self.links[*below as usize].parent);
            assert!(run.iter().all(inside), "the run of {node} is not its subtree");
        }
    }
}

/// A subtree's run in the thread: its last node, and the nodes on either side.
#[derive(Clone, Copy)]
struct Run {
    before: u32,
    last: u32,
    after: u32,
}

impl Run {
    fn of(tree: &Tree, node: u32) -> Self {
        let last = tree.last[node as usize];
        Self { before: tree.before[node as usize], last, after: tree.next[last as usize] }
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
    fn rehanging_keeps_thread_sizes_and_ends() {
        let mut tree = Tree::star(12, 9);
        let mut state = 7u64;
        let mut draw = |below: usize| {
            state = crate::hash::hash64(state, 0);
            (state % below as u64) as usize
        };
        for round in 0..5_000 {
            let leaving = draw(12) as u32;
            let mut subtree: Vec<u32> = tree.subtree(leaving).collect();
            let inner = subtree[draw(subtree.len())];
            let outside: Vec<u32> = tree.outside(leaving).collect();
            let outer = outside[draw(outside.len())];
            let top = apex(&tree, tree.links[leaving as usize].parent, outer);
            tree.rehang(inner, leaving, outer, top, Hook { arc: round, up: round % 2 == 0, flow: 0, limit: 1 });
            tree.check();
            assert_eq!(tree.links[inner as usize].parent, outer);
            let mut moved: Vec<u32> = tree.subtree(inner).collect();
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
        let order = tree.preorder();
        tree.hang_on_root(1, hook);
        tree.reorder(&order);
        tree.check();
        assert_eq!(tree.links[0].size, 1);
        assert_eq!(tree.links[1].size, 2);
    }
}
