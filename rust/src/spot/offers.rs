//! What every site offers to those who may enter: the price of its cheapest admissible port, slot by slot.

use super::blocks::{BLOCK, SPAN};
use super::layout::Layout;
use super::transport::Money;
use super::wiring::Wiring;

/// The ports of one gate, in the order of slots.
#[derive(Debug, Clone, Default)]
pub struct Doors {
    /// Where each slot's ports begin; one entry more than slots, of which there are whole blocks.
    start: Vec<u32>,
    /// Ports and the nodes that they are.
    port: Vec<(u32, u32)>,
}

impl Doors {
    /// The doors of each gate.
    #[must_use]
    pub fn of_gates(layout: &Layout, wiring: &Wiring) -> Vec<Self> {
        let doors = |gate: &super::rows::Gate| {
            let mut doors = Self { start: vec![0], port: vec![] };
            for &site in layout.rtt.sites_by_slot() {
                let ports = gate.ports(site as usize);
                doors.port.extend(ports.iter().map(|&port| (port, wiring.port_node(port))));
                doors.start.push(doors.port.len() as u32);
            }
            // Slots without a site have no doors.
            doors.start.resize(layout.rtt.blocks() * BLOCK + 1, doors.port.len() as u32);
            doors
        };
        wiring.rows.gates.iter().map(doors).collect()
    }

    /// Port and node of every door at a slot.
    #[must_use]
    pub fn at(&self, slot: usize) -> &[(u32, u32)] {
        &self.port[self.start[slot] as usize..self.start[slot + 1] as usize]
    }

    /// Port and node of every door.
    #[must_use]
    pub fn all(&self) -> &[(u32, u32)] {
        &self.port
    }

    /// Number of blocks of slots.
    #[must_use]
    pub fn blocks(&self) -> usize {
        (self.start.len() - 1) / BLOCK
    }
}

/// The offers behind one gate.
#[derive(Debug, Clone, Default)]
pub struct Offers<T> {
    /// By slot, in blocks; [`Money::DEAREST`] where there is no door.
    pub blocks: Vec<[T; BLOCK]>,
    /// Least of each block, in spans; [`Money::DEAREST`] where there is no block.
    pub least: Vec<[T; SPAN]>,
}

impl<T: Money> Offers<T> {
    /// Reads them from the prices of nodes.
    pub fn fill(&mut self, doors: &Doors, price: &[i64]) {
        let blocks = doors.blocks();
        self.blocks.resize(blocks, [T::DEAREST; BLOCK]);
        self.least.resize(blocks.div_ceil(SPAN), [T::DEAREST; SPAN]);
        let least = self.least.as_flattened_mut();
        for (index, block) in self.blocks.iter_mut().enumerate() {
            let first = index * BLOCK;
            let mut best = T::DEAREST;
            for (slot, offer) in (first..).zip(block) {
                let cheapest = doors.at(slot).iter().map(|&(_, node)| price[node as usize]).min();
                *offer = cheapest.map_or(T::DEAREST, T::fit);
                best = best.min(*offer);
            }
            least[index] = best;
        }
    }
}
