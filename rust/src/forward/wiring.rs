//! The package network: nodes and arcs of an auction.

use super::book::{Book, Family, Product, Route};
use crate::hash::hash64;
use crate::network::{INFINITE, Network};

/// What an arc stands for.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Link {
    /// Part of a product, sold at its ask.
    Offer(u32),
    /// The limit on all that a budget wins.
    Budget(u32),
    /// A package of a given value.
    Bid(u32),
    /// Supply without end at the price that a cap names.
    Cap(u32),
}

/// Nodes and arcs. Node 0 is money: what sellers get and buyers have.
#[derive(Debug)]
pub struct Wiring {
    /// The circulation. Arcs come offers first, then budgets, bids and caps, each in the order of the book.
    pub network: Network,
    /// First arc of each kind but the first.
    budgets: usize,
    bids: usize,
    caps: usize,
    nodes: Nodes,
}

/// First node of each kind.
#[derive(Debug, Clone, Copy)]
struct Nodes {
    silicon: u32,
    budget: u32,
    lot: u32,
    slot: u32,
    ppa: u32,
    plant: u32,
    retail: u32,
    count: u32,
}

const MONEY: u32 = 0;

impl Nodes {
    fn of(book: &Book) -> Self {
        let (zones, silicon) = (book.zones as u32, 1);
        let budget = silicon + book.classes as u32;
        let lot = budget + book.budget_kw.len() as u32;
        let slot = lot + book.lots() as u32;
        let ppa = slot + zones;
        let plant = ppa + zones;
        let retail = plant + book.plants as u32;
        Self { silicon, budget, lot, slot, ppa, plant, retail, count: retail + zones }
    }

    /// The node behind a lot, where its energy begins.
    fn entry(&self, book: &Book, lot: usize) -> u32 {
        let source = book.lot_source[lot];
        source
            + match book.lot_route[lot] {
                Route::Grid => self.slot,
                Route::Energised => self.ppa,
                Route::BehindTheMeter => self.plant,
                Route::Retail => self.retail,
            }
    }

    /// The nodes between which a product is sold, the buyers' side first.
    fn ends(&self, book: &Book, product: Product) -> (u32, u32) {
        let index = product.index;
        match product.family {
            Family::Silicon => (MONEY, self.silicon + index),
            Family::Land => (self.lot + index, self.entry(book, index as usize)),
            Family::Slot => (self.slot + index, self.ppa + index),
            Family::Ppa => (self.ppa + index, MONEY),
            Family::Plant => (self.plant + index, MONEY),
            Family::Retail => (self.retail + index, MONEY),
        }
    }
}

impl Wiring {
    /// The network of a checked book. Offers above the cap of their product are left out: nobody may pay them.
    #[must_use]
    pub fn new(book: &Book) -> Self {
        let nodes = Nodes::of(book);
        let mut network = Network { supply: vec![0; nodes.count as usize], anchor: MONEY, ..Network::default() };
        let mut arc = |(tail, head): (u32, u32), capacity: i64, cost: i64, kind: u32, key: u64| {
            network.tail.push(tail);
            network.head.push(head);
            network.capacity.push(capacity);
            network.cost.push(cost);
            network.key.push(hash64(key, kind));
        };
        for (offer, &product) in book.offer_product.iter().enumerate() {
            let cap = book.cap_product.iter().position(|&capped| capped == product).map(|cap| book.cap_price[cap]);
            let dear = cap.is_some_and(|cap| book.offer_ask[offer] > cap);
            let kw = if dear { 0 } else { book.offer_kw[offer] };
            arc(nodes.ends(book, product), kw, book.offer_ask[offer], 1, book.offer_key[offer]);
        }
        for (budget, &class) in book.budget_silicon.iter().enumerate() {
            let ends = (nodes.silicon + class, nodes.budget + budget as u32);
            arc(ends, book.budget_kw[budget], 0, 2, book.budget_key[budget]);
        }
        for (bid, (&budget, &lot)) in book.bid_budget.iter().zip(&book.bid_lot).enumerate() {
            let ends = (nodes.budget + budget, nodes.lot + lot);
            arc(ends, book.bid_kw[bid], -book.bid_value[bid], 3, book.bid_key[bid]);
        }
        for (&product, &price) in book.cap_product.iter().zip(&book.cap_price) {
            let place = book.place(product) as u64;
            arc(nodes.ends(book, product), INFINITE, price, 4, place);
        }
        let budgets = book.offer_product.len();
        let bids = budgets + book.budget_silicon.len();
        Self { network, budgets, bids, caps: bids + book.bid_budget.len(), nodes }
    }

    /// The nodes between which a product is sold, the buyers' side first: what it costs is the difference of their prices.
    #[must_use]
    pub fn ends(&self, book: &Book, product: Product) -> (usize, usize) {
        let (from, to) = self.nodes.ends(book, product);
        (from as usize, to as usize)
    }

    /// Flows of offers, bids and caps.
    #[must_use]
    pub fn split<'a>(&self, flow: &'a [i64]) -> (&'a [i64], &'a [i64], &'a [i64]) {
        (&flow[..self.budgets], &flow[self.bids..self.caps], &flow[self.caps..])
    }

    /// Arcs of caps.
    #[must_use]
    pub fn cap_arcs(&self) -> std::ops::Range<usize> {
        self.caps..self.network.arcs()
    }

    /// What an arc stands for.
    #[must_use]
    pub fn link(&self, arc: usize) -> Link {
        match arc {
            arc if arc < self.budgets => Link::Offer(arc as u32),
            arc if arc < self.bids => Link::Budget((arc - self.budgets) as u32),
            arc if arc < self.caps => Link::Bid((arc - self.bids) as u32),
            arc => Link::Cap((arc - self.caps) as u32),
        }
    }
}
