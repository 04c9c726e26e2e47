//! The auction: passes over the package network, awards, prices.
//!
//! **Caps** work in two passes. In the first, capped products are to be had without end at their caps; what is taken of that is
//! their *shortfall*. Where there is any, the second pass clears what there really is. A product that would then be worth more
//! than its cap is *rationed*: it settles at the cap, and what buyers save stays with them. Offers above a cap are void.
//!
//! **Least quantities.** An offer that would sell less than its least is void, and the auction is held again without it. Where
//! there are several, the one that falls short by the largest part goes first, of equals the one with the larger key.
//!
//! **Prices** settle at the midpoint of the lowest and the highest optimal node prices. Money is the anchor, so at the
//! lowest node prices silicon is dearest and land, slots and energy are cheapest together: the *land-low* corner; the
//! highest are the *silicon-low* corner.

use super::book::{Book, Family, Product};
use super::wiring::Wiring;
use crate::clearing::{Clearing, Optimum, clear};
use crate::error::{Error, Result};
use crate::grounded::{Corner, grounded};
use crate::network::Network;
use crate::simplex::{Interrupt, Simplex};

/// Prices of all products, family by family ([`Book::place`]), micro-dollars per kW-month; none where there is neither a bid
/// nor an offer that would set one.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Prices {
    /// Where silicon is dearest and all else cheapest.
    pub land_low: Vec<Option<i64>>,
    /// What is paid.
    pub settled: Vec<Option<i64>>,
    /// Where silicon is cheapest.
    pub silicon_low: Vec<Option<i64>>,
}

/// What comes out.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Outcome {
    /// What each bid wins, kW.
    pub award: Vec<i64>,
    /// What each offer sells, kW.
    pub sold: Vec<i64>,
    /// Offers that were void: above a cap, or short of their least.
    pub void: Vec<bool>,
    /// Prices.
    pub prices: Prices,
    /// What of each capped product was wanted at the caps and not there, kW.
    pub shortfall: Vec<i64>,
    /// Which capped products settle below what they are worth.
    pub rationed: Vec<bool>,
    /// Value of awards less asks of sales, micro-dollars per month.
    pub surplus: i128,
}

/// A book, and the network that clears it.
#[derive(Debug)]
pub struct Auction {
    book: Book,
    wiring: Wiring,
    simplex: Simplex,
}

/// The last pass of an auction: what `why` explains.
#[derive(Debug)]
pub struct Cleared {
    /// Awards and prices.
    pub outcome: Outcome,
    /// The optimum of the last pass, whose network [`Auction::network`] still is.
    pub optimum: Optimum,
}

impl Auction {
    /// Checks the book and wires its network.
    ///
    /// # Errors
    /// Those of [`Book::check`].
    pub fn new(book: Book) -> Result<Self> {
        book.check()?;
        let wiring = Wiring::new(&book);
        let simplex = Simplex::new(wiring.network.clone())?;
        Ok(Self { book, wiring, simplex })
    }

    /// The book.
    #[must_use]
    pub fn book(&self) -> &Book {
        &self.book
    }

    /// The network.
    #[must_use]
    pub fn wiring(&self) -> &Wiring {
        &self.wiring
    }

    /// The network of the last pass.
    #[must_use]
    pub fn network(&self) -> &Network {
        self.simplex.network()
    }

    /// Holds the auction. The result depends on the book alone, and not on the order of its rows.
    ///
    /// # Errors
    /// [`Error::Interrupted`]; two rows of a kind with one key, where awards depend on it.
    pub fn clear(&mut self, interrupt: Interrupt<'_>) -> Result<Cleared> {
        let dear = self.wiring.network.capacity.iter().zip(&self.book.offer_kw);
        let mut void: Vec<bool> = dear.map(|(&kw, &offered)| kw < offered).collect();
        loop {
            let (optimum, shortfall) = self.pass(&void, interrupt)?;
            match self.shortest_of_least(&optimum, &void) {
                Some(offer) => void[offer] = true,
                None => return Ok(self.read(optimum, void, shortfall)),
            }
        }
    }

    /// One or two passes without the void offers: optimum, shortfalls.
    fn pass(&mut self, void: &[bool], interrupt: Interrupt<'_>) -> Result<(Optimum, Vec<i64>)> {
        let mut capacity = self.wiring.network.capacity.clone();
        capacity.iter_mut().zip(void).filter(|(_, void)| **void).for_each(|(kw, _)| *kw = 0);
        let capped = self.solve(&capacity, interrupt)?;
        let shortfall = self.wiring.split(&capped.flow).2.to_vec();
        if shortfall.iter().all(|&kw| kw == 0) {
            return Ok((capped, shortfall));
        }
        capacity[self.wiring.cap_arcs()].fill(0);
        let rationed = self.solve(&capacity, interrupt)?;
        Ok((rationed, shortfall))
    }

    fn solve(&mut self, capacity: &[i64], interrupt: Interrupt<'_>) -> Result<Optimum> {
        self.simplex.update(None, Some(capacity), None)?;
        match clear(&mut self.simplex, interrupt)? {
            Clearing::Optimal(optimum) => Ok(*optimum),
            Clearing::Infeasible(_) => {
                let reason = "a circulation without supplies has no flow, although nothing need flow";
                Err(Error::Total { what: "supply", value: 0, reason })
            }
        }
    }

    /// The offer that falls short of its least by the largest part.
    fn shortest_of_least(&self, optimum: &Optimum, void: &[bool]) -> Option<usize> {
        let (sold, ..) = self.wiring.split(&optimum.flow);
        let least = &self.book.offer_least_kw;
        let short = (0..sold.len()).filter(|&offer| !void[offer] && 0 < sold[offer] && sold[offer] < least[offer]);
        // Parts are compared as fractions, sold over least: both are below 2³⁸.
        short.min_by(|&one, &other| {
            let cross = |a: usize, b: usize| i128::from(sold[a]) * i128::from(least[b]);
            let key = |offer: usize| std::cmp::Reverse(self.book.offer_key[offer]);
            cross(one, other).cmp(&cross(other, one)).then(key(one).cmp(&key(other)))
        })
    }

    fn read(&self, optimum: Optimum, void: Vec<bool>, shortfall: Vec<i64>) -> Cleared {
        let (sold, award, _) = self.wiring.split(&optimum.flow);
        let worth = |corner| self.worth(&grounded(self.network(), &optimum.flow, &optimum.prices, corner));
        let above = |(&product, &cap): (&Product, &i64), worth: &[Option<i64>]| {
            let place = self.book.place(product);
            worth[place].is_some_and(|worth| worth > cap).then_some((place, cap))
        };
        let capped = || self.book.cap_product.iter().zip(&self.book.cap_price);
        let within_caps = |mut prices: Vec<Option<i64>>| {
            for cap in capped() {
                if let Some((place, cap)) = above(cap, &prices) {
                    prices[place] = Some(cap);
                }
            }
            prices
        };
        let settled = worth(Corner::Midpoint);
        let rationed = capped().map(|cap| above(cap, &settled).is_some()).collect();
        let objective: i128 = optimum
            .flow
            .iter()
            .zip(&self.wiring.network.cost)
            .map(|(&kw, &cost)| i128::from(kw) * i128::from(cost))
            .sum();
        let outcome = Outcome {
            award: award.to_vec(),
            sold: sold.to_vec(),
            prices: Prices {
                land_low: within_caps(worth(Corner::Low)),
                settled: within_caps(settled),
                silicon_low: within_caps(worth(Corner::High)),
            },
            void,
            shortfall,
            rationed,
            surplus: -objective,
        };
        Cleared { outcome, optimum }
    }

    /// What every product is worth, given the prices of nodes.
    fn worth(&self, node: &[Option<i64>]) -> Vec<Option<i64>> {
        let of = |product| {
            let (from, to) = self.wiring.ends(&self.book, product);
            node[from].zip(node[to]).map(|(from, to)| from - to)
        };
        let products = |family| (0..self.book.count(family) as u32).map(move |index| Product { family, index });
        Family::ALL.into_iter().flat_map(products).map(of).collect()
    }
}
