//! The active set: implicit arcs that have become explicit.

/// Arcs by source (row, or hub after the rows) and port, each once.
#[derive(Debug, Clone, Default)]
pub struct Active {
    /// Source of each arc, in the order of the simplex's arcs after the wired ones.
    pub source: Vec<u32>,
    /// Its port.
    pub port: Vec<u32>,
    /// What it costs.
    pub cost: Vec<i64>,
    /// One bit for every pair of source and port.
    known: Vec<u64>,
    ports: usize,
    /// What stood in `source`, `port` and `cost` before they were brought into another order: memory to do it in.
    before: (Vec<u32>, Vec<u32>, Vec<i64>),
}

impl Active {
    /// An empty set.
    #[must_use]
    pub fn new(sources: usize, ports: usize) -> Self {
        Self { known: vec![0; (sources * ports).div_ceil(64)], ports, ..Self::default() }
    }

    /// Number of arcs.
    #[must_use]
    pub fn len(&self) -> usize {
        self.source.len()
    }

    /// Whether the set is empty.
    #[must_use]
    pub fn is_empty(&self) -> bool {
        self.source.is_empty()
    }

    /// Adds an arc; false if it was there.
    pub fn add(&mut self, source: u32, port: u32, cost: i64) -> bool {
        let bit = source as usize * self.ports + port as usize;
        let (word, mask) = (bit / 64, 1 << (bit % 64));
        if self.known[word] & mask != 0 {
            return false;
        }
        self.known[word] |= mask;
        self.source.push(source);
        self.port.push(port);
        self.cost.push(cost);
        true
    }

    /// Brings the arcs into a new order, and forgets those that it leaves out.
    pub fn rearrange(&mut self, order: impl Iterator<Item = usize>) {
        let now = (&mut self.source, &mut self.port, &mut self.cost);
        std::mem::swap(now.0, &mut self.before.0);
        std::mem::swap(now.1, &mut self.before.1);
        std::mem::swap(now.2, &mut self.before.2);
        self.source.clear();
        self.port.clear();
        self.cost.clear();
        self.known.fill(0);
        for arc in order {
            self.add(self.before.0[arc], self.before.1[arc], self.before.2[arc]);
        }
    }
}

#[cfg(test)]
mod tests {
    use super::Active;

    #[test]
    fn an_arc_is_in_once_and_can_come_back() {
        let mut active = Active::new(3, 50);
        assert!(active.add(2, 49, 7) && active.add(0, 0, 5) && active.add(1, 31, 6));
        assert!(!active.add(2, 49, 7));
        active.rearrange([2, 1].into_iter());
        assert_eq!((&active.source[..], &active.port[..], &active.cost[..]), (&[1, 0][..], &[31, 0][..], &[6, 5][..]));
        assert!(active.add(2, 49, 7) && !active.add(1, 31, 6));
        assert_eq!(active.len(), 3);
    }
}
