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
    let Outcome { award, sold, void, prices, rationed, .. } = outcome;
    let price = |place: usize| prices.settled[place];
    let mut won = vec![0i128; book.products()];
    let mut spent = vec![0i128; book.budget_kw.len()];
    for (bid, &kw) in award.iter().enumerate() {
        if !(0..=book.bid_kw[bid]).contains(&kw) {
            return Err(format!("bid {bid} wins {kw} of {} kW", book.bid_kw[bid]));
        }
        book.package(bid).for_each(|product| won[book.place(product)] += i128::from(kw));
        spent[book.bid_budget[bid] as usize] += i128::from(kw);
    }
    if let Some(budget) = spent.iter().zip(&book.budget_kw).position(|(&spent, &kw)| spent > i128::from(kw)) {
        return Err(format!("budget {budget} wins {} of {} kW", spent[budget], book.budget_kw[budget]));
    }
    check_sellers(book, outcome, &mut won)?;
    if let Some(place) = won.iter().position(|&left| left != 0) {
        return Err(format!("product {place}: {} kW won and not sold", won[place]));
    }
    let rationed =
        |product: Product| book.cap_product.iter().zip(rationed).any(|(&capped, &is)| is && capped == product);
    let mut least_gain = vec![i128::MAX; book.budget_kw.len()];
    let gain = |bid: usize| -> Option<i128> {
        let pays: Option<i128> = book.package(bid).map(|product| price(book.place(product)).map(i128::from)).sum();
        pays.map(|pays| i128::from(book.bid_value[bid]) - pays)
    };
    for bid in (0..award.len()).filter(|&bid| award[bid] > 0) {
        let gain = gain(bid).ok_or_else(|| format!("bid {bid} wins {} kW of what has no price", award[bid]))?;
        if gain < 0 {
            return Err(format!("bid {bid} pays {} more than its value", -gain));
        }
        let least = &mut least_gain[book.bid_budget[bid] as usize];
        *least = gain.min(*least);
    }
    for bid in (0..award.len()).filter(|&bid| award[bid] < book.bid_kw[bid]) {
        let budget = book.bid_budget[bid] as usize;
        let exempt = book.package(bid).any(rationed);
        // Without a price there is no supply, or no silicon: nothing was to be had.
        let Some(gain) = gain(bid).filter(|&gain| gain > 0 && !exempt) else { continue };
        let full = spent[budget] == i128::from(book.budget_kw[budget]);
        if !full || gain > least_gain[budget] {
            return Err(format!("bid {bid} would gain {gain} and wins {} of {} kW", award[bid], book.bid_kw[bid]));
        }
    }
    let receipts = sold.iter().zip(&book.offer_product).zip(void).filter(|((kw, _), _)| **kw > 0);
    let receipts: Option<i128> = receipts
        .map(|((&kw, &product), _)| price(book.place(product)).map(|price| i128::from(kw) * i128::from(price)))
        .sum();
    let payments: Option<i128> = (0..award.len())
        .filter(|&bid| award[bid] > 0)
        .map(|bid| {
            let pays: Option<i128> = book.package(bid).map(|product| price(book.place(product)).map(i128::from)).sum();
            pays.map(|pays| pays * i128::from(award[bid]))
        })
        .sum();
    match (payments, receipts) {
        (Some(payments), Some(receipts)) if payments == receipts => Ok(payments),
        _ => Err(format!("buyers pay {payments:?}, sellers get {receipts:?}")),
    }
}

/// Sellers' promises; takes what is sold from what is won.
fn check_sellers(book: &Book, outcome: &Outcome, won: &mut [i128]) -> Result<(), String> {
    for (offer, &kw) in outcome.sold.iter().enumerate() {
        let (product, ask) = (book.offer_product[offer], book.offer_ask[offer]);
        let most = if outcome.void[offer] { 0 } else { book.offer_kw[offer] };
        if !(0..=most).contains(&kw) {
            return Err(format!("offer {offer} sells {kw} of {most} kW"));
        }
        if 0 < kw && kw < book.offer_least_kw[offer] {
            return Err(format!("offer {offer} sells {kw} kW, less than its least, {}", book.offer_least_kw[offer]));
        }
        let price = outcome.prices.settled[book.place(product)];
        if kw > 0 && price.is_none_or(|price| price < ask) {
            return Err(format!("offer {offer} asks {ask} and gets {price:?}"));
        }
        if kw < most && price.is_some_and(|price| price > ask) {
            return Err(format!("offer {offer} asks {ask}, the price is {price:?}, and {} kW stay unsold", most - kw));
        }
        won[book.place(product)] -= i128::from(kw);
    }
    Ok(())
}
