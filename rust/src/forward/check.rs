//! Every promise of the auction, recomputed from the book.
//!
//! Nothing of the solver is used: awards, sales and prices come in, and are held against the book, product by product and bid by bid.
//!
//! 1. no bid wins, and no offer sells, less than nothing or more than it has; no budget is exceeded; void offers sell nothing;
//! 2. what is won of a product is sold of it, so that payments equal receipts;
//! 3. no seller gets less than its ask, and none that asks less than the price keeps anything;
//! 4. no buyer pays more than its value;
//! 5. nobody wanted more: a bid that its prices would leave a gain is met in full, or its budget is spent on bids that gain as
//!    much or more, or a product of its package is rationed at a cap.

use super::auction::Outcome;
use super::book::{Book, Product};

/// Holds an outcome against its book. What buyers paid and sellers got in all, micro-dollars per month.
///
/// # Errors
/// A sentence that says which promise is broken, and where.
pub fn check(book: &Book, outcome: &Outcome) -> Result<i128, String> {
    let audit = Audit { book, outcome };
    let spent = audit.quantities()?;
    audit.sellers()?;
    audit.buyers(&spent)?;
    audit.payments()
}

/// An outcome beside its book.
struct Audit<'a> {
    book: &'a Book,
    outcome: &'a Outcome,
}

impl Audit<'_> {
    /// Promises 1 and 2, in kilowatts; what each budget's bids win.
    fn quantities(&self) -> Result<Vec<i128>, String> {
        let (book, Outcome { award, sold, void, .. }) = (self.book, self.outcome);
        let mut unsold = vec![0i128; book.products()];
        let mut spent = vec![0i128; book.budget_kw.len()];
        for (bid, &kw) in award.iter().enumerate() {
            if !(0..=book.bid_kw[bid]).contains(&kw) {
                return Err(format!("bid {bid} wins {kw} of {} kW", book.bid_kw[bid]));
            }
            book.package(bid).for_each(|product| unsold[book.place(product)] += i128::from(kw));
            spent[book.bid_budget[bid] as usize] += i128::from(kw);
        }
        if let Some(budget) = spent.iter().zip(&book.budget_kw).position(|(&spent, &kw)| spent > i128::from(kw)) {
            return Err(format!("budget {budget} wins {} of {} kW", spent[budget], book.budget_kw[budget]));
        }
        for (offer, &kw) in sold.iter().enumerate() {
            let most = if void[offer] { 0 } else { book.offer_kw[offer] };
            if !(0..=most).contains(&kw) {
                return Err(format!("offer {offer} sells {kw} of {most} kW"));
            }
            if 0 < kw && kw < book.offer_least_kw[offer] {
                return Err(format!(
                    "offer {offer} sells {kw} kW, less than its least, {}",
                    book.offer_least_kw[offer]
                ));
            }
            unsold[book.place(book.offer_product[offer])] -= i128::from(kw);
        }
        match unsold.iter().position(|&kw| kw != 0) {
            Some(place) => Err(format!("product {place}: {} kW more won than sold", unsold[place])),
            None => Ok(spent),
        }
    }

    /// Promise 3.
    fn sellers(&self) -> Result<(), String> {
        let (book, Outcome { sold, void, .. }) = (self.book, self.outcome);
        for (offer, &kw) in sold.iter().enumerate() {
            let (ask, price) = (book.offer_ask[offer], self.price(book.offer_product[offer]));
            if kw > 0 && price.is_none_or(|price| price < ask) {
                return Err(format!("offer {offer} asks {ask} and gets {price:?}"));
            }
            let left = if void[offer] { 0 } else { book.offer_kw[offer] - kw };
            if let Some(price) = price.filter(|&price| left > 0 && price > ask) {
                return Err(format!("offer {offer} asks {ask}, the price is {price}, and {left} kW stay unsold"));
            }
        }
        Ok(())
    }

    /// Promises 4 and 5.
    fn buyers(&self, spent: &[i128]) -> Result<(), String> {
        let (book, award) = (self.book, &self.outcome.award);
        let mut least_gain = vec![i128::MAX; book.budget_kw.len()];
        for bid in (0..award.len()).filter(|&bid| award[bid] > 0) {
            let gain =
                self.gain(bid).ok_or_else(|| format!("bid {bid} wins {} kW of what has no price", award[bid]))?;
            if gain < 0 {
                return Err(format!("bid {bid} pays {} more than its value", -gain));
            }
            let least = &mut least_gain[book.bid_budget[bid] as usize];
            *least = gain.min(*least);
        }
        for bid in (0..award.len()).filter(|&bid| award[bid] < book.bid_kw[bid] && !self.rationed(bid)) {
            let budget = book.bid_budget[bid] as usize;
            let full = spent[budget] == i128::from(book.budget_kw[budget]);
            // Without a price there is no supply, or no silicon: nothing was to be had.
            if let Some(gain) = self.gain(bid).filter(|&gain| gain > 0 && !(full && gain <= least_gain[budget])) {
                return Err(format!("bid {bid} would gain {gain} and wins {} of {} kW", award[bid], book.bid_kw[bid]));
            }
        }
        Ok(())
    }

    /// Promise 2, in money.
    fn payments(&self) -> Result<i128, String> {
        let (book, Outcome { award, sold, .. }) = (self.book, self.outcome);
        let times =
            |kw: i64, price: Option<i128>| if kw == 0 { Some(0) } else { price.map(|price| price * i128::from(kw)) };
        let paid: Option<i128> = award.iter().enumerate().map(|(bid, &kw)| times(kw, self.pays(bid))).sum();
        let price = |product: &Product| self.price(*product).map(i128::from);
        let got: Option<i128> =
            sold.iter().zip(&book.offer_product).map(|(&kw, product)| times(kw, price(product))).sum();
        match (paid, got) {
            (Some(paid), Some(got)) if paid == got => Ok(paid),
            _ => Err(format!("buyers pay {paid:?}, sellers get {got:?}")),
        }
    }

    fn price(&self, product: Product) -> Option<i64> {
        self.outcome.prices.settled[self.book.place(product)]
    }

    /// What a bid's package costs per kilowatt.
    fn pays(&self, bid: usize) -> Option<i128> {
        self.book.package(bid).map(|product| self.price(product).map(i128::from)).sum()
    }

    fn gain(&self, bid: usize) -> Option<i128> {
        self.pays(bid).map(|pays| i128::from(self.book.bid_value[bid]) - pays)
    }

    /// Whether a bid needs a product that is rationed.
    fn rationed(&self, bid: usize) -> bool {
        let mut caps = self.book.cap_product.iter().zip(&self.outcome.rationed).filter(|(_, rationed)| **rationed);
        caps.any(|(&capped, _)| self.book.package(bid).any(|product| product == capped))
    }
}
