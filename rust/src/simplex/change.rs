//! What may change between solves: whole columns, and which arcs are known.

use super::Simplex;
use super::pivot::{Basis, LOWER};
use super::tree::ARTIFICIAL;
use crate::error::Result;
use crate::network::{Arcs, Network, check_length, prove};

/// Memory to bring arcs into a new order.
#[derive(Debug, Clone, Default)]
pub struct Spare {
    /// Where each arc goes.
    place: Vec<u32>,
    nodes: Vec<u32>,
    amounts: Vec<i64>,
    keys: Vec<u64>,
    signs: Vec<i8>,
}

/// What nodes and some arcs carry and cost, to be written over.
#[derive(Debug)]
pub struct Columns<'a> {
    /// Supply of each node.
    pub supply: &'a mut [i64],
    /// Capacity of each arc.
    pub capacity: &'a mut [i64],
    /// Cost of each arc.
    pub cost: &'a mut [i64],
}

impl Simplex {
    /// Replaces whole columns (`None`: as they were). All are checked first; on an error nothing has changed.
    ///
    /// # Errors
    ///
    /// Those of [`bounds`](crate::network::Network::bounds) that the new columns can cause.
    pub fn update(&mut self, supply: Option<&[i64]>, capacity: Option<&[i64]>, cost: Option<&[i64]>) -> Result<()> {
        let network = &mut self.network;
        let columns = [
            ("node_supply", supply, &mut network.supply),
            ("capacity", capacity, &mut network.capacity),
            ("cost", cost, &mut network.cost),
        ];
        for (name, new, old) in &columns {
            if let Some(new) = new {
                check_length(name, old.len(), new.len())?;
            }
        }
        let [supplies, capacities, costs] = [0, 1, 2].map(|index| columns[index].1.unwrap_or(&*columns[index].2));
        self.bounds = prove(supplies, capacities, costs, network.cost_bound)?;
        for (_, new, old) in columns {
            if let Some(new) = new {
                old.copy_from_slice(new);
            }
        }
        self.stale = true;
        Ok(())
    }

    /// Lets `write` overwrite all supplies, and capacities and costs of the first arcs, where they stand.
    ///
    /// The arcs after those must cost between zero and the network's `cost_bound`. Then the bounds hold without a look at
    /// them: *C* is at least `cost_bound`, and *U* counts the capacities of arcs of negative cost only.
    ///
    /// # Errors
    ///
    /// Those of [`Simplex::update`]; the simplex is gone then, since what it has been given cannot be solved.
    ///
    /// # Panics
    ///
    /// If there are fewer than `first` arcs.
    pub fn rewritten(mut self, first: usize, write: impl FnOnce(Columns<'_>)) -> Result<Self> {
        let Network { supply, capacity, cost, cost_bound, .. } = &mut self.network;
        let ((capacity, _), (cost, others)) = (capacity.split_at_mut(first), cost.split_at_mut(first));
        debug_assert!(others.iter().all(|cost| (0..=*cost_bound).contains(cost)));
        write(Columns { supply: &mut *supply, capacity: &mut *capacity, cost: &mut *cost });
        self.bounds = prove(supply, capacity, cost, *cost_bound)?;
        self.stale = true;
        Ok(self)
    }

    /// Appends arcs without flow. On an error nothing has changed.
    ///
    /// # Errors
    ///
    /// Those of [`bounds`](crate::network::Network::bounds), with indices into the appended columns.
    pub fn append_arcs(&mut self, arcs: &Arcs) -> Result<()> {
        let count = arcs.tail.len();
        let network = &mut self.network;
        let keyed = if network.arcs() == 0 { !arcs.key.is_empty() } else { !network.key.is_empty() };
        for (array, found) in [("head", arcs.head.len()), ("capacity", arcs.capacity.len()), ("cost", arcs.cost.len())]
        {
            check_length(array, count, found)?;
        }
        check_length("key", if keyed { count } else { 0 }, arcs.key.len())?;
        let bounds = self.bounds.extend(network.nodes(), arcs)?;
        network.tail.extend_from_slice(arcs.tail);
        network.head.extend_from_slice(arcs.head);
        network.capacity.extend_from_slice(arcs.capacity);
        network.cost.extend_from_slice(arcs.cost);
        network.key.extend_from_slice(arcs.key);
        for &capacity in arcs.capacity {
            let limit = capacity.min(bounds.flow);
            self.basis.limit.push(limit);
            self.basis.sign.push(Basis::idle_or(limit, LOWER));
        }
        // Dearer artificial arcs or a later clip change the tree's numbers; plain new arcs don't.
        self.stale |= bounds != self.bounds;
        self.bounds = bounds;
        Ok(())
    }

    /// Brings arcs into a new order, and forgets those that `order` leaves out. Of those outside the tree at their lower
    /// bound, which carry nothing, any may be left out: the optimum over the arcs that are left is unchanged if the last
    /// solve was optimal. The others must be listed, and none twice. Arcs without keys are told apart by their position, so
    /// that ties among them may then be settled otherwise.
    pub fn rearrange(&mut self, order: &[u32]) {
        let mut spare = std::mem::take(&mut self.spare);
        let place = &mut spare.place;
        place.clear();
        place.resize(self.basis.sign.len(), ARTIFICIAL);
        for (next, &arc) in order.iter().enumerate() {
            place[arc as usize] = next as u32;
        }
        debug_assert!((0..place.len()).all(|arc| place[arc] != ARTIFICIAL || self.is_spare(arc)));
        for link in &mut self.basis.tree.links {
            if link.arc != ARTIFICIAL {
                link.arc = place[link.arc as usize];
            }
        }
        let network = &mut self.network;
        for nodes in [&mut network.tail, &mut network.head] {
            reorder(nodes, &mut spare.nodes, order);
        }
        for amounts in [&mut network.capacity, &mut network.cost, &mut self.basis.limit] {
            reorder(amounts, &mut spare.amounts, order);
        }
        reorder(&mut network.key, &mut spare.keys, order);
        reorder(&mut self.basis.sign, &mut spare.signs, order);
        self.spare = spare;
        self.pricing.renumber();
    }

    /// Whether an arc lies outside the tree at its lower bound, so that it may be forgotten.
    #[must_use]
    pub fn is_spare(&self, arc: usize) -> bool {
        self.basis.sign[arc] == LOWER
    }
}

/// Brings the entries of a column into a new order, by way of a spare one; an empty column stays empty.
fn reorder<T: Copy>(column: &mut Vec<T>, spare: &mut Vec<T>, order: &[u32]) {
    if !column.is_empty() {
        spare.clear();
        spare.extend(order.iter().map(|&index| column[index as usize]));
        std::mem::swap(column, spare);
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::network::INFINITE;

    #[test]
    fn the_first_columns_alone_are_as_good_as_all() {
        let network = Network {
            supply: vec![4, 0, -4],
            tail: vec![0, 1],
            head: vec![1, 2],
            capacity: vec![9, 9],
            cost: vec![3, -2],
            anchor: 2,
            cost_bound: 8,
            ..Network::default()
        };
        let mut simplex = Simplex::new(network).unwrap();
        let more = Arcs { tail: &[0], head: &[2], capacity: &[INFINITE], cost: &[7], key: &[] };
        simplex.append_arcs(&more).unwrap();
        let mut other = simplex.clone();
        let rewrite = |simplex: Simplex, supply: [i64; 3]| {
            simplex.rewritten(2, |columns| {
                columns.supply.copy_from_slice(&supply);
                columns.capacity.copy_from_slice(&[6, 5]);
                columns.cost.copy_from_slice(&[-9, 1]);
            })
        };
        let mut simplex = rewrite(simplex, [5, 1, -6]).unwrap();
        other.update(Some(&[5, 1, -6]), Some(&[6, 5, INFINITE]), Some(&[-9, 1, 7])).unwrap();
        assert_eq!(simplex.network(), other.network());
        assert_eq!(simplex.bounds(), other.bounds());
        simplex.solve(&|| false).unwrap();
        other.solve(&|| false).unwrap();
        assert_eq!((simplex.flows(), simplex.potentials()), (other.flows(), other.potentials()));
        assert!(rewrite(simplex, [5, 1, -5]).is_err());
    }
}
