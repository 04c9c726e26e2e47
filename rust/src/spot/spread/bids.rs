//! The best bid at every port that may still rise: the most that a row pays there, less transport.
//!
//! One pass over the matrix, pruned by blocks. No row of a metro bids more in a block than the dearest of its rows that
//! reach the nearest site pays there; where that is no more than the least that any port of the block has already, the block is
//! left alone, and most are. What makes it so is a good start: the metro that bid best for a site the last time does so
//! again, or nearly, and its bid comes first.

use crate::simd::{Kernel, Lanes, dispatch, level};
use crate::spot::blocks::{BLOCK, SPAN};
use crate::spot::layout::Layout;
use crate::spot::money::{Money, narrow};
use crate::spot::offers::Doors;
use crate::spot::rows::Chain;
use crate::spot::wiring::Wiring;

/// No metro has bid yet.
const NOBODY: u32 = u32::MAX;

/// The best bids of one pass, and who made them in the passes before.
#[derive(Debug)]
pub struct Bids {
    /// The chain that enters at each gate, if there is one: it has the gate's class, and its mask.
    chain: Vec<Option<u32>>,
    /// The metro that bid best at each slot, by gates.
    bidder: Vec<Vec<[u32; BLOCK]>>,
    narrow: Boards<i32>,
    wide: Boards<i64>,
    /// Nodes of ports and their best bids.
    found: Vec<(u32, i64)>,
}

/// The best bids in one width.
#[derive(Debug, Default)]
struct Boards<T> {
    /// By gates.
    board: Vec<Board<T>>,
    pay: Pay<T>,
    /// The most that a metro bids in each block.
    most: Vec<T>,
    /// Blocks where that is worth a look.
    worth: Vec<u32>,
}

/// The best bids behind one gate.
#[derive(Debug, Default)]
struct Board<T> {
    /// By slot; what it takes to be of interest there, before there is a bid; [`Money::DEAREST`] where no bid is.
    best: Vec<[T; BLOCK]>,
    /// Least of each block, in spans.
    least: Vec<[T; SPAN]>,
}

/// What the rings of one metro pay. Of rings that pay alike only the loosest is kept.
#[derive(Debug, Default)]
struct Pay<T> {
    budget: Vec<u16>,
    /// Each ring.
    ring: Vec<T>,
    /// The dearest of each ring and those looser.
    dearest: Vec<T>,
}

impl<T: Money> Pay<T> {
    /// Whether any ring of a metro bids.
    #[inline(always)]
    fn read(&mut self, chain: &Chain, metro: usize, price: &[i64]) -> bool {
        let first = chain.row(metro, 0);
        self.ring.clear();
        self.budget.clear();
        for (&price, &budget) in price[first..first + chain.budgets.len()].iter().zip(&chain.budgets) {
            let pays = T::fit(price);
            match self.ring.last() {
                Some(&last) if last == pays => *self.budget.last_mut().unwrap_or(&mut 0) = budget,
                _ => {
                    self.ring.push(pays);
                    self.budget.push(budget);
                }
            }
        }
        self.dearest.clone_from(&self.ring);
        for ring in (1..self.dearest.len()).rev() {
            self.dearest[ring - 1] = self.dearest[ring - 1].max(self.dearest[ring]);
        }
        self.dearest.first().is_some_and(|&dearest| dearest > T::CHEAPEST)
    }
}

/// Who bids.
#[derive(Debug, Clone, Copy)]
pub struct Bidders<'a> {
    /// Prices of rows and hubs; none bids at [`super::NO_BID`].
    pub price: &'a [i64],
    /// Metros whose rows bid anew.
    pub metros: &'a [bool],
}

impl Bids {
    /// Makes room for a market.
    #[must_use]
    pub fn new(wiring: &Wiring) -> Self {
        let doors = &wiring.doors;
        let bidder = doors.iter().map(|doors| vec![[NOBODY; BLOCK]; doors.blocks()]).collect();
        let mut chain = vec![None; doors.len()];
        for (number, gates) in wiring.rows.chains.iter().map(|chain| &chain.gate).enumerate() {
            gates.iter().for_each(|&gate| chain[gate as usize] = Some(number as u32));
        }
        Self { chain, bidder, narrow: Boards::default(), wide: Boards::default(), found: vec![] }
    }

    /// The best bid at each port (by its node), where that may be more than `has` says that the port has already. A port that
    /// cannot rise has [`i64::MAX`].
    pub fn find(
        &mut self,
        layout: &Layout,
        wiring: &Wiring,
        bidders: Bidders<'_>,
        has: impl Fn(u32) -> i64,
    ) -> &[(u32, i64)] {
        let Self { chain, bidder, narrow: small, wide, found } = self;
        found.clear();
        if narrow(bidders.price) {
            small.find(layout, wiring, bidders, chain, bidder, has, found);
        } else {
            wide.find(layout, wiring, bidders, chain, bidder, has, found);
        }
        found
    }
}

impl<T: Money> Boards<T> {
    #[expect(clippy::too_many_arguments, reason = "the parts of a pass, borrowed one by one")]
    fn find(
        &mut self,
        layout: &Layout,
        wiring: &Wiring,
        bidders: Bidders<'_>,
        chain: &[Option<u32>],
        bidder: &mut [Vec<[u32; BLOCK]>],
        has: impl Fn(u32) -> i64,
        found: &mut Vec<(u32, i64)>,
    ) {
        self.board.resize_with(wiring.doors.len(), Board::default);
        for (board, doors) in self.board.iter_mut().zip(&wiring.doors) {
            board.open(doors, &has);
        }
        for (index, hub) in wiring.rows.hubs.iter().enumerate() {
            self.board[hub.gate as usize].raise(T::fit(bidders.price[wiring.hub0 as usize + index]));
        }
        for ((board, chain), bidder) in self.board.iter_mut().zip(chain).zip(bidder.iter()) {
            if let Some(chain) = *chain {
                board.recall(layout, &wiring.rows.chains[chain as usize], bidders.price, bidder);
            }
            board.settle();
        }
        dispatch(level(), Pass { layout, wiring, bidders, boards: self, bidder });
        for (board, doors) in self.board.iter().zip(&wiring.doors) {
            for (slot, &bid) in board.best.as_flattened().iter().enumerate() {
                if bid > T::CHEAPEST && bid < T::DEAREST {
                    // What one of a site's ports has is no bid for the others.
                    let risen = |&&(_, node): &&(u32, u32)| bid.price() > has(node);
                    found.extend(doors.at(slot).iter().filter(risen).map(|&(_, node)| (node, bid.price())));
                }
            }
        }
    }
}

impl<T: Money> Board<T> {
    /// Starts from what the ports have.
    fn open(&mut self, doors: &Doors, has: impl Fn(u32) -> i64) {
        self.best.resize(doors.blocks(), [T::DEAREST; BLOCK]);
        for (slot, best) in self.best.as_flattened_mut().iter_mut().enumerate() {
            let least = doors.at(slot).iter().map(|&(_, node)| has(node)).min();
            *best = least.map_or(T::DEAREST, T::fit);
        }
    }

    /// A bid for every port.
    fn raise(&mut self, bid: T) {
        self.best.as_flattened_mut().iter_mut().for_each(|best| *best = (*best).max(bid));
    }

    /// What those bid now who bid best before.
    fn recall(&mut self, layout: &Layout, chain: &Chain, price: &[i64], bidder: &[[u32; BLOCK]]) {
        for (block, (best, bidder)) in self.best.iter_mut().zip(bidder).enumerate() {
            for (slot, (best, &metro)) in best.iter_mut().zip(bidder).enumerate() {
                if metro == NOBODY || *best == T::DEAREST {
                    continue;
                }
                let time = layout.rtt.row(metro as usize)[block].0[slot];
                if let Some(ring) = chain.ring(time) {
                    let pays = T::fit(price[chain.row(metro as usize, ring)]);
                    *best = (*best).max(pays - T::cost((u32::from(time) * layout.transport_rate) >> 10));
                }
            }
        }
    }

    /// Finds the least of each block.
    fn settle(&mut self) {
        self.least.resize(self.best.len().div_ceil(SPAN), [T::DEAREST; SPAN]);
        for (best, least) in self.best.iter().zip(self.least.as_flattened_mut()) {
            *least = best.iter().fold(T::DEAREST, |least, &bid| least.min(bid));
        }
    }
}

/// All chains at the metros that bid.
struct Pass<'a, T> {
    layout: &'a Layout,
    wiring: &'a Wiring,
    bidders: Bidders<'a>,
    boards: &'a mut Boards<T>,
    bidder: &'a mut [Vec<[u32; BLOCK]>],
}

impl<T: Money> Kernel for Pass<'_, T> {
    type Output = ();

    #[inline(always)]
    fn run<L: Lanes>(self, _: L) {
        let Boards { board, pay, most, worth } = self.boards;
        let metros = self.bidders.metros.iter().enumerate().filter(|&(_, &bids)| bids);
        for chain in &self.wiring.rows.chains {
            for (metro, _) in metros.clone() {
                if pay.read(chain, metro, self.bidders.price) {
                    let gate = chain.gate[metro] as usize;
                    let (board, bidder) = (&mut board[gate], &mut self.bidder[gate]);
                    OneMetro { layout: self.layout, metro, pay, board, bidder }.run(most, worth);
                }
            }
        }
    }
}

/// The bids of one chain at one metro.
struct OneMetro<'a, T> {
    layout: &'a Layout,
    metro: usize,
    pay: &'a Pay<T>,
    board: &'a mut Board<T>,
    bidder: &'a mut [[u32; BLOCK]],
}

impl<T: Money> OneMetro<'_, T> {
    /// Raises the best bids of the blocks where one of these may be above the least.
    #[inline(always)]
    fn run(self, most: &mut Vec<T>, worth: &mut Vec<u32>) {
        let Self { layout, metro, pay, board, bidder } = self;
        let (nearest, row) = (layout.rtt.least(metro).as_flattened(), layout.rtt.row(metro));
        most.resize(nearest.len(), T::CHEAPEST);
        write_bids(nearest, layout.transport_rate, &pay.budget, &pay.dearest, most);
        worth.clear();
        for (block, (&most, &least)) in most.iter().zip(board.least.as_flattened()).enumerate() {
            // Beyond the last block nobody is interested: its least is `DEAREST`.
            if most > least {
                row[block].prefetch();
                worth.push(block as u32);
            }
        }
        let least = board.least.as_flattened_mut();
        for &block in &*worth {
            let block = block as usize;
            let mut bids = [T::CHEAPEST; BLOCK];
            write_bids(&row[block].0, layout.transport_rate, &pay.budget, &pay.ring, &mut bids);
            least[block] = outbid(&bids, metro as u32, &mut board.best[block], &mut bidder[block]);
        }
    }
}

/// What the tightest ring that reaches each site would pay there, less transport.
#[inline(always)]
fn write_bids<T: Money>(times: &[u16], rate: u32, budgets: &[u16], pay: &[T], bids: &mut [T]) {
    bids.fill(T::CHEAPEST);
    // Loosest first, so that the tightest is written last.
    for (&budget, &price) in budgets.iter().zip(pay).rev() {
        for (bid, &time) in bids.iter_mut().zip(times) {
            *bid = if time <= budget { price } else { *bid };
        }
    }
    for (bid, &time) in bids.iter_mut().zip(times) {
        *bid = *bid - T::cost((u32::from(time) * rate) >> 10);
    }
}

/// Raises the best bids of a block; returns the least of them.
#[inline(always)]
fn outbid<T: Money>(bids: &[T; BLOCK], metro: u32, best: &mut [T; BLOCK], bidder: &mut [u32; BLOCK]) -> T {
    for ((best, bidder), &bid) in best.iter().zip(bidder.iter_mut()).zip(bids) {
        *bidder = if bid > *best { metro } else { *bidder };
    }
    let mut least = T::DEAREST;
    for (best, &bid) in best.iter_mut().zip(bids) {
        *best = (*best).max(bid);
        least = least.min(*best);
    }
    least
}
