//! `wattmarket._core.AuctionCore`: the joint auction behind `wattmarket.forward.ForwardMarket`.
//!
//! Columns come in as a dict of flat arrays by name; results go out as a dict of bytes by name. What has no price goes out as the
//! smallest `int64`.

use pyo3::prelude::*;
use pyo3::types::{PyBytes, PyDict};

use super::columns;
use crate::error::Error;
use crate::forward::auction::{Auction, Cleared, Outcome};
use crate::forward::book::{Book, Family, Product, Route};
use crate::forward::check::check;
use crate::forward::why::why;
use crate::forward::wiring::Link;
use crate::grounded::Corner;

pyo3::import_exception!(wattmarket.errors, InvariantError);

/// Kind and row of a bid or ask, and what it adds to a price.
type Terms = Vec<(&'static str, u32, i64)>;

/// Adds the class of this file to the module.
pub(super) fn register(module: &Bound<'_, PyModule>) -> PyResult<()> {
    module.add_class::<AuctionCore>()
}

/// One auction of a book, held and checked.
#[pyclass(module = "wattmarket._core")]
struct AuctionCore {
    auction: Auction,
    cleared: Cleared,
    payments: i128,
}

#[pymethods]
impl AuctionCore {
    /// Takes a book's columns by name, holds the auction and checks every promise.
    #[new]
    fn new(py: Python<'_>, book: &Bound<'_, PyDict>, classes: usize, zones: usize, plants: usize) -> PyResult<Self> {
        let book = read(book, classes, zones, plants)?;
        let (auction, cleared) = columns::without_gil(py, |interrupt| {
            let mut auction = Auction::new(book)?;
            let cleared = auction.clear(interrupt)?;
            Ok((auction, cleared))
        })?;
        let payments = check(auction.book(), &cleared.outcome)
            .map_err(|what| InvariantError::new_err(format!("forward auction: {what}")))?;
        Ok(Self { auction, cleared, payments })
    }

    /// A dict with the columns and numbers of the result.
    fn outcome<'py>(&self, py: Python<'py>) -> PyResult<Bound<'py, PyDict>> {
        let Outcome { award, sold, void, prices, shortfall, rationed, surplus } = &self.cleared.outcome;
        let result = PyDict::new(py);
        for (name, column) in [("award_kw", award), ("sold_kw", sold), ("shortfall_kw", shortfall)] {
            result.set_item(name, columns::integer_bytes(py, column)?)?;
        }
        for (name, column) in [("void", void), ("rationed", rationed)] {
            result.set_item(name, columns::truth_bytes(py, column)?)?;
        }
        let corners =
            [("land_low", &prices.land_low), ("settled", &prices.settled), ("silicon_low", &prices.silicon_low)];
        for (name, column) in corners {
            result.set_item(name, price_bytes(py, column)?)?;
        }
        result.set_item("surplus", surplus)?;
        result.set_item("payments", self.payments)?;
        Ok(result)
    }

    /// Kinds (offer, bid, cap), rows and amounts of the terms that sum up to a price at a corner; None where there is none.
    fn why(&self, family: usize, index: u32, land_low: bool) -> PyResult<Option<Terms>> {
        let product = product("family", 0, family as i64, i64::from(index))?;
        if product.index as usize >= self.auction.book().count(product.family) {
            let (array, value) = ("index", i128::from(index));
            return Err(columns::refusal(Error::Entry { array, index: 0, value, reason: "is out of range" }));
        }
        let corner = if land_low { Corner::Low } else { Corner::High };
        let terms = why(&self.auction, &self.cleared, product, corner);
        Ok(terms.map(|terms| {
            let named = terms.into_iter().map(|term| match term.link {
                Link::Offer(row) => ("offer", row, term.amount),
                Link::Budget(row) => ("budget", row, term.amount),
                Link::Bid(row) => ("bid", row, term.amount),
                Link::Cap(row) => ("cap", row, term.amount),
            });
            named.collect()
        }))
    }
}

fn price_bytes<'py>(py: Python<'py>, prices: &[Option<i64>]) -> PyResult<Bound<'py, PyBytes>> {
    let flat: Vec<i64> = prices.iter().map(|price| price.unwrap_or(i64::MIN)).collect();
    columns::integer_bytes(py, &flat)
}

fn product(array: &'static str, row: usize, family: i64, index: i64) -> PyResult<Product> {
    let known = usize::try_from(family).ok().and_then(|code| Family::ALL.get(code).copied());
    match (known, u32::try_from(index)) {
        (Some(family), Ok(index)) => Ok(Product { family, index }),
        _ => {
            let value = i128::from(if known.is_none() { family } else { index });
            Err(columns::refusal(Error::Entry { array, index: row, value, reason: "names no product" }))
        }
    }
}

fn read(book: &Bound<'_, PyDict>, classes: usize, zones: usize, plants: usize) -> PyResult<Book> {
    let column = |name: &'static str| {
        let column = book.get_item(name)?;
        column.ok_or_else(|| columns::refusal(Error::Length { array: name, expected: 1, found: 0 }))
    };
    let integers = |name| columns::integers(&column(name)?, name);
    let keys = |name| columns::keys(&column(name)?, name);
    let positions = |name, count| columns::positions(&column(name)?, name, count);
    let products = |families: &'static str, indices: &'static str| {
        let (family, index) = (integers(families)?, integers(indices)?);
        crate::network::check_length(indices, family.len(), index.len()).map_err(columns::refusal)?;
        family
            .iter()
            .zip(&index)
            .enumerate()
            .map(|(row, (&family, &index))| product(families, row, family, index))
            .collect::<PyResult<Vec<_>>>()
    };
    let codes = positions("lot_route", Route::ALL.len())?;
    Ok(Book {
        classes,
        zones,
        plants,
        lot_route: codes.into_iter().map(|code| Route::ALL[code as usize]).collect(),
        lot_source: positions("lot_source", zones.max(plants))?,
        offer_product: products("offer_family", "offer_index")?,
        offer_ask: integers("offer_ask")?,
        offer_kw: integers("offer_kw")?,
        offer_least_kw: integers("offer_least_kw")?,
        offer_key: keys("offer_key")?,
        budget_silicon: positions("budget_silicon", classes)?,
        budget_kw: integers("budget_kw")?,
        budget_key: keys("budget_key")?,
        bid_budget: positions("bid_budget", u32::MAX as usize)?,
        bid_lot: positions("bid_lot", u32::MAX as usize)?,
        bid_value: integers("bid_value")?,
        bid_kw: integers("bid_kw")?,
        bid_key: keys("bid_key")?,
        cap_product: products("cap_family", "cap_index")?,
        cap_price: integers("cap_price")?,
    })
}
