//! What every site offers to those who may enter: the price of its cheapest admissible port, slot by slot.

use super::blocks::{BLOCK, RoundTrips, SPAN};
use super::judge::Judge;
use super::layout::Layout;
use super::money::Money;
use super::wiring::Wiring;
use crate::simd::Lanes;

/// The ports of one gate, in the order of slots.
#[derive(Debug, Clone, Default)]
pub struct Doors {
    /// Where each slot's ports begin; one entry more than slots, of which there are whole blocks.
    start: Vec<u32>,
    /// Ports and the nodes that they are.
    port: Vec<(u32, u32)>,
    /// Blocks that have any.
    blocks: Vec<u32>,
}

impl Doors {
    /// The doors of each gate of a wiring; [`Wiring::doors`] holds them.
    pub(super) fn of_gates(layout: &Layout, wiring: &Wiring) -> Vec<Self> {
        let doors = |gate: &super::rows::Gate| {
            let mut doors = Self { start: vec![0], port: vec![], blocks: vec![] };
            for &site in layout.rtt.sites_by_slot() {
                let ports = gate.ports(site as usize);
                doors.port.extend(ports.iter().map(|&port| (port, wiring.port_node(port))));
                doors.start.push(doors.port.len() as u32);
            }
            // Slots without a site have no doors.
            doors.start.resize(layout.rtt.blocks() * BLOCK + 1, doors.port.len() as u32);
            let ports = |block: usize| doors.start[block * BLOCK]..doors.start[(block + 1) * BLOCK];
            doors.blocks =
                (0..layout.rtt.blocks()).filter(|&block| !ports(block).is_empty()).map(|block| block as u32).collect();
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
    /// Least of those in each block that are lower than when offers were read before.
    pub fallen: Vec<[T; SPAN]>,
}

impl<T: Money> Offers<T> {
    /// Reads those behind every gate from the prices of nodes. The doors are the same every time.
    pub fn fill_all(all: &mut Vec<Self>, doors: &[Doors], price: &[i64]) {
        all.resize_with(doors.len(), Self::default);
        all.iter_mut().zip(doors).for_each(|(offers, doors)| offers.fill(doors, price));
    }

    fn fill(&mut self, doors: &Doors, price: &[i64]) {
        let blocks = doors.blocks();
        self.blocks.resize(blocks, [T::DEAREST; BLOCK]);
        self.least.resize(blocks.div_ceil(SPAN), [T::DEAREST; SPAN]);
        self.fallen.resize(self.least.len(), [T::DEAREST; SPAN]);
        let (least, least_fallen) = (self.least.as_flattened_mut(), self.fallen.as_flattened_mut());
        for &index in &doors.blocks {
            let (index, first) = (index as usize, index as usize * BLOCK);
            let (mut best, mut fallen) = (T::DEAREST, T::DEAREST);
            for (slot, offer) in (first..).zip(&mut self.blocks[index]) {
                let cheapest = doors.at(slot).iter().map(|&(_, node)| price[node as usize]).min();
                let before = std::mem::replace(offer, cheapest.map_or(T::DEAREST, T::fit));
                best = best.min(*offer);
                fallen = fallen.min(if *offer < before { *offer } else { T::DEAREST });
            }
            (least[index], least_fallen[index]) = (best, fallen);
        }
    }

    /// The blocks of which a metro's judge cannot say unseen that everything costs more than is paid, by the least that each
    /// one asks. They are asked for, to be at hand when they are looked at.
    #[inline(always)]
    pub fn worth_a_look<L: Lanes>(
        lanes: L,
        judge: &Judge<'_, T>,
        rtt: &RoundTrips,
        metro: usize,
        least: &[[T; SPAN]],
        worth: &mut Vec<u32>,
    ) {
        let row = rtt.row(metro);
        worth.clear();
        for (span, (nearest, least)) in rtt.least(metro).iter().zip(least).enumerate() {
            let mut within = judge.sixteen(lanes, nearest, least).within;
            while within != 0 {
                let block = span * SPAN + within.trailing_zeros() as usize;
                within &= within - 1;
                // Beyond the last block nothing is offered, which who pays anything might find worth a look.
                if let Some(times) = row.get(block) {
                    times.prefetch();
                    worth.push(block as u32);
                }
            }
        }
    }
}
