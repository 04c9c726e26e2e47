//! Bids, offers, budgets and lots: what comes into the auction.

use crate::error::{Error, Result};
use crate::network::check_length;

/// Largest quantity, value or ask: sums of a million of them stay exact.
const MOST: i64 = 1 << 38;

/// What is sold.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Family {
    /// Accelerators of a class.
    Silicon,
    /// Real estate: one lot.
    Land,
    /// Interconnection slots of a zone.
    Slot,
    /// Power purchase agreements in a zone.
    Ppa,
    /// A plant behind the meter.
    Plant,
    /// Energy of a zone at its retail tariff.
    Retail,
}

impl Family {
    /// All of them, in the order of their codes.
    pub const ALL: [Self; 6] = [Self::Silicon, Self::Land, Self::Slot, Self::Ppa, Self::Plant, Self::Retail];
}

/// How a lot gets its energy.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Route {
    /// A new slot of the zone, and a PPA there.
    Grid,
    /// A plant behind the meter; neither slot nor PPA.
    BehindTheMeter,
    /// A connection that is energised already, and a PPA.
    Energised,
    /// The retail tariff, for small loads on standing connections.
    Retail,
}

impl Route {
    /// All of them, in the order of their codes.
    pub const ALL: [Self; 4] = [Self::Grid, Self::BehindTheMeter, Self::Energised, Self::Retail];
}

/// A product: a family and a number within it.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub struct Product {
    /// What kind it is.
    pub family: Family,
    /// Silicon class, lot, zone, or plant.
    pub index: u32,
}

/// Everything that one auction is held on. Keys are stable names given by the caller: what awards may depend on where an optimum
/// is tied, so that the order of rows never matters.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Book {
    /// Number of silicon classes.
    pub classes: usize,
    /// Number of zones.
    pub zones: usize,
    /// Number of plants behind meters.
    pub plants: usize,
    /// Route of each lot.
    pub lot_route: Vec<Route>,
    /// Zone of each lot; for lots behind a meter, the plant.
    pub lot_source: Vec<u32>,
    /// What each offer sells.
    pub offer_product: Vec<Product>,
    /// Least that its seller takes, micro-dollars per kW-month.
    pub offer_ask: Vec<i64>,
    /// How much there is, kW.
    pub offer_kw: Vec<i64>,
    /// Least that is sold if any is; an offer that would sell less is void.
    pub offer_least_kw: Vec<i64>,
    /// Key of each offer.
    pub offer_key: Vec<u64>,
    /// Silicon class that each budget buys.
    pub budget_silicon: Vec<u32>,
    /// Most that a budget's bids may win together, kW.
    pub budget_kw: Vec<i64>,
    /// Key of each budget.
    pub budget_key: Vec<u64>,
    /// Budget of each bid.
    pub bid_budget: Vec<u32>,
    /// Lot of each bid.
    pub bid_lot: Vec<u32>,
    /// What it is worth to the bidder, all in, micro-dollars per kW-month.
    pub bid_value: Vec<i64>,
    /// How much is wanted, kW.
    pub bid_kw: Vec<i64>,
    /// Key of each bid.
    pub bid_key: Vec<u64>,
    /// Products whose price is capped.
    pub cap_product: Vec<Product>,
    /// The caps, micro-dollars per kW-month.
    pub cap_price: Vec<i64>,
}

impl Book {
    /// Number of lots.
    #[must_use]
    pub fn lots(&self) -> usize {
        self.lot_route.len()
    }

    /// Number of products of a family.
    #[must_use]
    pub fn count(&self, family: Family) -> usize {
        match family {
            Family::Silicon => self.classes,
            Family::Land => self.lots(),
            Family::Slot | Family::Ppa | Family::Retail => self.zones,
            Family::Plant => self.plants,
        }
    }

    /// Where a product stands in a column of all products, family by family.
    #[must_use]
    pub fn place(&self, product: Product) -> usize {
        let before = Family::ALL.iter().take_while(|&&family| family < product.family);
        before.map(|&family| self.count(family)).sum::<usize>() + product.index as usize
    }

    /// Number of products.
    #[must_use]
    pub fn products(&self) -> usize {
        Family::ALL.iter().map(|&family| self.count(family)).sum()
    }

    /// What a bid's package consists of: silicon, land, perhaps a slot, and energy.
    pub fn package(&self, bid: usize) -> impl Iterator<Item = Product> + use<> {
        let (lot, class) = (self.bid_lot[bid], self.budget_silicon[self.bid_budget[bid] as usize]);
        let source = self.lot_source[lot as usize];
        let of = |family, index| Some(Product { family, index });
        let (slot, energy) = match self.lot_route[lot as usize] {
            Route::Grid => (of(Family::Slot, source), of(Family::Ppa, source)),
            Route::Energised => (None, of(Family::Ppa, source)),
            Route::BehindTheMeter => (None, of(Family::Plant, source)),
            Route::Retail => (None, of(Family::Retail, source)),
        };
        [of(Family::Silicon, class), of(Family::Land, lot), slot, energy].into_iter().flatten()
    }

    /// Checks lengths, numbers and indices.
    ///
    /// # Errors
    /// [`Error::Length`] or [`Error::Entry`] with array, index and value.
    pub fn check(&self) -> Result<()> {
        self.check_lengths()?;
        for (array, column) in [
            ("offer_ask", &self.offer_ask),
            ("offer_kw", &self.offer_kw),
            ("offer_least_kw", &self.offer_least_kw),
            ("budget_kw", &self.budget_kw),
            ("bid_value", &self.bid_value),
            ("bid_kw", &self.bid_kw),
            ("cap_price", &self.cap_price),
        ] {
            let wrong = |&value: &i64| !(0..=MOST).contains(&value);
            refuse(
                array,
                column.iter().map(|&v| i128::from(v)),
                column.iter().position(wrong),
                "is not from 0 to 2^38",
            )?;
        }
        for (array, column, count) in [
            ("budget_silicon", &self.budget_silicon, self.classes),
            ("bid_budget", &self.bid_budget, self.budget_kw.len()),
            ("bid_lot", &self.bid_lot, self.lots()),
        ] {
            let wrong = |&value: &u32| value as usize >= count;
            refuse(array, column.iter().map(|&v| i128::from(v)), column.iter().position(wrong), "is out of range")?;
        }
        let sources = self.lot_source.iter().zip(&self.lot_route);
        let wrong = sources.clone().position(|(&source, &route)| {
            source as usize >= if route == Route::BehindTheMeter { self.plants } else { self.zones }
        });
        let values = || self.lot_source.iter().map(|&source| i128::from(source));
        refuse("lot_source", values(), wrong, "is out of range")?;
        for (array, products) in [("offer_index", &self.offer_product), ("cap_index", &self.cap_product)] {
            let wrong = |product: &Product| product.index as usize >= self.count(product.family);
            let values = products.iter().map(|product| i128::from(product.index));
            refuse(array, values, products.iter().position(wrong), "is out of range")?;
        }
        let mut capped = self.cap_product.clone();
        capped.sort_unstable();
        let twice = capped.windows(2).find(|pair| pair[0] == pair[1]).map(|pair| pair[0]);
        let twice = twice.and_then(|product| self.cap_product.iter().rposition(|&other| other == product));
        let values = self.cap_product.iter().map(|product| i128::from(product.index));
        refuse("cap_index", values, twice, "is capped twice")
    }

    fn check_lengths(&self) -> Result<()> {
        let (offers, budgets, bids) = (self.offer_product.len(), self.budget_silicon.len(), self.bid_budget.len());
        for (array, expected, found) in [
            ("lot_source", self.lots(), self.lot_source.len()),
            ("offer_ask", offers, self.offer_ask.len()),
            ("offer_kw", offers, self.offer_kw.len()),
            ("offer_least_kw", offers, self.offer_least_kw.len()),
            ("offer_key", offers, self.offer_key.len()),
            ("budget_kw", budgets, self.budget_kw.len()),
            ("budget_key", budgets, self.budget_key.len()),
            ("bid_lot", bids, self.bid_lot.len()),
            ("bid_value", bids, self.bid_value.len()),
            ("bid_kw", bids, self.bid_kw.len()),
            ("bid_key", bids, self.bid_key.len()),
            ("cap_price", self.cap_product.len(), self.cap_price.len()),
        ] {
            check_length(array, expected, found)?;
        }
        Ok(())
    }
}

fn refuse(
    array: &'static str,
    mut values: impl Iterator<Item = i128>,
    index: Option<usize>,
    reason: &'static str,
) -> Result<()> {
    match index.and_then(|index| values.nth(index).map(|value| (index, value))) {
        Some((index, value)) => Err(Error::Entry { array, index, value, reason }),
        None => Ok(()),
    }
}
