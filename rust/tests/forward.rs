//! The forward market: every promise on random books, the order of rows, and cases with published answers.

use wattmarket_core::forward::auction::{Auction, Outcome};
use wattmarket_core::forward::book::{Book, Family, Product, Route};
use wattmarket_core::forward::check::check;
use wattmarket_core::forward::why::why;
use wattmarket_core::grounded::Corner;
use wattmarket_core::hash::hash64;

fn never() -> bool {
    false
}

fn offer(book: &mut Book, family: Family, index: u32, ask: i64, kw: i64, least_kw: i64) {
    book.offer_product.push(Product { family, index });
    book.offer_ask.push(ask);
    book.offer_kw.push(kw);
    book.offer_least_kw.push(least_kw);
    book.offer_key.push(1_000_000 + book.offer_key.len() as u64);
}

fn budget(book: &mut Book, class: u32, kw: i64) -> u32 {
    book.budget_silicon.push(class);
    book.budget_kw.push(kw);
    book.budget_key.push(2_000_000 + book.budget_key.len() as u64);
    book.budget_kw.len() as u32 - 1
}

fn bid(book: &mut Book, budget: u32, lot: u32, value: i64, kw: i64) {
    book.bid_budget.push(budget);
    book.bid_lot.push(lot);
    book.bid_value.push(value);
    book.bid_kw.push(kw);
    book.bid_key.push(3_000_000 + book.bid_key.len() as u64);
}

/// A book drawn from few numbers, so that ties, scarcity of every good, least quantities and caps all occur.
fn random_book(round: u64) -> Book {
    let draw = |index: u64, most: u64| hash64(index ^ (round << 24), 0) % most;
    let (classes, zones, plants) = (1 + draw(0, 3) as usize, 1 + draw(1, 3) as usize, draw(2, 3) as usize);
    let mut book = Book { classes, zones, plants, ..Book::default() };
    for lot in 0..1 + draw(3, 9) {
        let route = Route::ALL[draw((1 << 16) | lot, 4) as usize];
        let route = if route == Route::BehindTheMeter && plants == 0 { Route::Grid } else { route };
        let sources = if route == Route::BehindTheMeter { plants } else { zones } as u64;
        book.lot_route.push(route);
        book.lot_source.push(draw((2 << 16) | lot, sources) as u32);
    }
    for count in 0..draw(4, 120) {
        let at = |stream: u64, most: u64| draw((stream << 16) | count, most);
        let family = Family::ALL[at(3, 6) as usize];
        let products = book.count(family) as u64;
        if products > 0 {
            let least = if at(4, 5) == 0 { at(5, 9) as i64 } else { 0 };
            offer(&mut book, family, at(6, products) as u32, at(7, 8) as i64, at(8, 9) as i64, least);
        }
    }
    for count in 0..draw(5, 6) {
        budget(&mut book, draw((9 << 16) | count, classes as u64) as u32, draw((10 << 16) | count, 12) as i64);
    }
    for count in 0..draw(6, 30) {
        let at = |stream: u64, most: u64| draw((stream << 16) | count, most);
        if !book.budget_kw.is_empty() {
            let (budget, lot) = (at(11, book.budget_kw.len() as u64) as u32, at(12, book.lots() as u64) as u32);
            bid(&mut book, budget, lot, at(13, 40) as i64, at(14, 9) as i64);
        }
    }
    for family in Family::ALL {
        if book.count(family) > 0 && draw((15 << 16) | family as u64, 4) == 0 {
            book.cap_product.push(Product { family, index: 0 });
            book.cap_price.push(draw((16 << 16) | family as u64, 8) as i64);
        }
    }
    book
}

fn held(book: &Book) -> Outcome {
    let mut auction = Auction::new(book.clone()).expect("a good book");
    let cleared = auction.clear(&never).expect("no interrupt, and keys differ");
    check(book, &cleared.outcome).unwrap_or_else(|broken| panic!("{broken}\n{book:?}\n{:?}", cleared.outcome));
    cleared.outcome
}

#[test]
fn every_promise_holds_on_random_books() {
    let (mut sold, mut short, mut void) = (0i64, 0i64, 0);
    for round in 0..4_000 {
        let book = random_book(round);
        let outcome = held(&book);
        sold += outcome.award.iter().sum::<i64>();
        short += outcome.shortfall.iter().sum::<i64>();
        void += outcome.void.iter().filter(|&&void| void).count();
    }
    assert!(sold > 10_000 && short > 100 && void > 100, "{sold} kW won, {short} kW short, {void} offers void");
}

/// Rows of a column in another order.
fn permuted<T: Copy>(column: &[T], order: &[usize]) -> Vec<T> {
    order.iter().map(|&row| column[row]).collect()
}

#[test]
fn the_order_of_rows_never_matters() {
    for round in 0..500 {
        let book = random_book(round);
        let shuffled = |count: usize, stream: u64| {
            let mut order: Vec<usize> = (0..count).collect();
            order.sort_unstable_by_key(|&row| hash64(row as u64, (round + 7 * stream) as u32));
            order
        };
        let (bids, offers) = (shuffled(book.bid_kw.len(), 1), shuffled(book.offer_kw.len(), 2));
        let other = Book {
            bid_budget: permuted(&book.bid_budget, &bids),
            bid_lot: permuted(&book.bid_lot, &bids),
            bid_value: permuted(&book.bid_value, &bids),
            bid_kw: permuted(&book.bid_kw, &bids),
            bid_key: permuted(&book.bid_key, &bids),
            offer_product: permuted(&book.offer_product, &offers),
            offer_ask: permuted(&book.offer_ask, &offers),
            offer_kw: permuted(&book.offer_kw, &offers),
            offer_least_kw: permuted(&book.offer_least_kw, &offers),
            offer_key: permuted(&book.offer_key, &offers),
            ..book.clone()
        };
        let (one, two) = (held(&book), held(&other));
        assert_eq!(permuted(&one.award, &bids), two.award, "round {round}");
        assert_eq!(permuted(&one.sold, &offers), two.sold, "round {round}");
        assert_eq!((one.prices, one.shortfall, one.surplus), (two.prices, two.shortfall, two.surplus), "round {round}");
    }
}

#[test]
fn a_price_is_the_sum_of_the_bids_and_asks_that_set_it() {
    let mut terms = 0;
    for round in 0..500 {
        let mut book = random_book(round);
        // A rationed product settles at its cap, which no bid or ask sets.
        (book.cap_product, book.cap_price) = (vec![], vec![]);
        let mut auction = Auction::new(book.clone()).unwrap();
        let cleared = auction.clear(&never).unwrap();
        let prices = cleared.outcome.prices.clone();
        for (corner, price) in [(Corner::Low, prices.land_low), (Corner::High, prices.silicon_low)] {
            for family in Family::ALL {
                for index in 0..book.count(family) as u32 {
                    let product = Product { family, index };
                    let found = why(&auction, &cleared, product, corner);
                    let sum = found.as_ref().map(|terms| terms.iter().map(|term| term.amount).sum::<i64>());
                    assert_eq!(sum, price[book.place(product)], "round {round}, {product:?}, {corner:?}");
                    terms += found.map_or(0, |terms| terms.len());
                }
            }
        }
    }
    assert!(terms > 1_000);
}

/// Houses of one kilowatt, buyers who want one each, and all else free and plenty.
fn houses(asks: &[i64], values: &[Vec<i64>]) -> Book {
    let mut book = Book { classes: 1, zones: 1, ..Book::default() };
    for (lot, &ask) in asks.iter().enumerate() {
        book.lot_route.push(Route::Energised);
        book.lot_source.push(0);
        offer(&mut book, Family::Land, lot as u32, ask, 1, 0);
    }
    offer(&mut book, Family::Silicon, 0, 0, 1_000, 0);
    offer(&mut book, Family::Ppa, 0, 0, 1_000, 0);
    for values in values {
        let buyer = budget(&mut book, 0, 1);
        values.iter().enumerate().for_each(|(lot, &value)| bid(&mut book, buyer, lot as u32, value, 1));
    }
    book
}

fn land(book: &Book, prices: &[Option<i64>]) -> Vec<i64> {
    let price = |index: u32| prices[book.place(Product { family: Family::Land, index })].expect("a quoted house");
    (0..book.lots() as u32).map(price).collect()
}

/// Shapley & Shubik (1971), "The assignment game I: The core", the market of three houses: buyers' values and sellers' own, in
/// thousands of dollars. The optimum is worth 16; the corners of the core leave sellers 3, 5, 0 and 5, 6, 1.
#[test]
fn the_assignment_game_of_shapley_and_shubik() {
    let book = houses(&[18, 15, 19], &[vec![23, 22, 21], vec![26, 24, 22], vec![20, 21, 17]]);
    let outcome = held(&book);
    assert_eq!(outcome.surplus, 16);
    assert_eq!(outcome.award, [0, 0, 1, 1, 0, 0, 0, 1, 0]);
    assert_eq!(land(&book, &outcome.prices.land_low), [21, 20, 19]);
    assert_eq!(land(&book, &outcome.prices.silicon_low), [23, 21, 20]);
    assert_eq!(land(&book, &outcome.prices.settled), [22, 20, 19]);
}

/// Leonard (1983), "Elicitation of honest preferences for the assignment of individuals to positions": with unit demand the lowest
/// prices are what Vickrey's rule asks of the buyers, the harm that each does to the others.
#[test]
fn the_lowest_land_prices_are_vickrey_payments() {
    for round in 0..200u64 {
        let draw = |index: u64, most: u64| (hash64(index ^ (round << 24), 0) % most) as i64;
        let (lots, buyers) = (1 + draw(0, 5) as usize, 1 + draw(1, 6) as usize);
        let values: Vec<Vec<i64>> = (0..buyers as u64)
            .map(|buyer| (0..lots as u64).map(|lot| draw(((1 + buyer) << 8) | lot, 50)).collect())
            .collect();
        let book = houses(&vec![0; lots], &values);
        let outcome = held(&book);
        let prices = land(&book, &outcome.prices.land_low);
        for buyer in 0..buyers {
            let Some(lot) = (0..lots).find(|lot| outcome.award[buyer * lots + lot] > 0) else { continue };
            let others: Vec<Vec<i64>> =
                values.iter().enumerate().filter(|(other, _)| *other != buyer).map(|(_, row)| row.clone()).collect();
            let without = held(&houses(&vec![0; lots], &others)).surplus;
            let harm = without - (outcome.surplus - i128::from(values[buyer][lot]));
            assert_eq!(i128::from(prices[lot]), harm, "round {round}, buyer {buyer}");
        }
    }
}

/// One good, many bids: the price lies between the highest losing bid and the lowest winning one, or at the ask that has some left.
#[test]
fn a_uniform_price_auction() {
    let mut book = houses(&[], &[]);
    book.lot_route.push(Route::Energised);
    book.lot_source.push(0);
    offer(&mut book, Family::Land, 0, 10, 100, 0);
    for (value, kw) in [(90, 40), (70, 40), (50, 40), (30, 40)] {
        let buyer = budget(&mut book, 0, kw);
        bid(&mut book, buyer, 0, value, kw);
    }
    let outcome = held(&book);
    assert_eq!(outcome.award, [40, 40, 20, 0]);
    // The third bid is met in part: it sets the price.
    assert_eq!(land(&book, &outcome.prices.settled), [50]);
    book.offer_kw[2] = 80;
    let outcome = held(&book);
    assert_eq!(outcome.award, [40, 40, 0, 0]);
    assert_eq!(land(&book, &outcome.prices.land_low), [50]);
    assert_eq!(land(&book, &outcome.prices.settled), [60]);
    assert_eq!(land(&book, &outcome.prices.silicon_low), [70]);
    book.offer_kw[2] = 1_000;
    assert_eq!(land(&book, &held(&book).prices.settled), [10]);
}

#[test]
fn a_capped_slot_is_rationed_and_the_saving_stays_with_the_buyer() {
    let mut book = Book { classes: 1, zones: 1, ..Book::default() };
    offer(&mut book, Family::Silicon, 0, 100, 1_000, 0);
    offer(&mut book, Family::Ppa, 0, 40, 1_000, 0);
    offer(&mut book, Family::Slot, 0, 5, 30, 0);
    for (lot, value) in [400, 300, 200].into_iter().enumerate() {
        book.lot_route.push(Route::Grid);
        book.lot_source.push(0);
        offer(&mut book, Family::Land, lot as u32, 20, 20, 0);
        let buyer = budget(&mut book, 0, 20);
        bid(&mut book, buyer, lot as u32, value, 20);
    }
    let slot = Product { family: Family::Slot, index: 0 };
    let free = held(&book);
    assert_eq!(free.award, [20, 10, 0]);
    assert_eq!(free.prices.settled[book.place(slot)], Some(300 - 100 - 40 - 20));
    (book.cap_product, book.cap_price) = (vec![slot], vec![15]);
    let capped = held(&book);
    assert_eq!(
        (&capped.award[..], &capped.shortfall[..], &capped.rationed[..]),
        (&[20, 10, 0][..], &[30][..], &[true][..])
    );
    assert_eq!(capped.prices.settled[book.place(slot)], Some(15));
}

#[test]
fn a_restart_below_its_least_is_void() {
    let mut book = houses(&[0], &[vec![50]]);
    book.offer_ask[2] = 30; // energy from the grid, dearer than the restart
    offer(&mut book, Family::Ppa, 0, 5, 1_000, 800);
    let outcome = held(&book);
    assert_eq!(outcome.void, [false, false, false, true]);
    assert_eq!((outcome.award[0], outcome.sold[2]), (1, 1));
    assert_eq!(outcome.prices.settled[book.place(Product { family: Family::Ppa, index: 0 })], Some(30));
}

#[test]
fn what_is_wrong_is_named() {
    let book = houses(&[1, 2], &[vec![5, 5]]);
    let refused = |change: fn(&mut Book)| {
        let mut book = book.clone();
        change(&mut book);
        Auction::new(book).map(|_| ()).unwrap_err().to_string()
    };
    assert_eq!(refused(|book| book.bid_value[1] = -1), "bid_value[1] = -1: is not from 0 to 2^38");
    assert_eq!(refused(|book| book.bid_lot[0] = 2), "bid_lot[0] = 2: is out of range");
    assert_eq!(refused(|book| book.lot_source[1] = 9), "lot_source[1] = 9: is out of range");
    assert_eq!(refused(|book| book.offer_product[0].index = 4), "offer_index[0] = 4: is out of range");
    assert_eq!(refused(|book| book.offer_key.truncate(3)), "offer_key: expected 4 entries, found 3");
    let twice = |book: &mut Book| {
        let product = Product { family: Family::Slot, index: 0 };
        (book.cap_product, book.cap_price) = (vec![product; 2], vec![3, 4]);
    };
    assert_eq!(refused(twice), "cap_index[1] = 0: is capped twice");
}

/// The check can fail: each promise, broken by hand, is missed by name.
#[test]
fn broken_promises_are_found() {
    let mut book = houses(&[10, 20], &[vec![50, 60], vec![40, 70]]);
    book.bid_kw[0] = 2;
    let good = held(&book);
    assert_eq!((&good.award[..], &good.sold[..]), (&[1, 0, 0, 1][..], &[1, 1, 2, 2][..]));
    let complaint = |change: fn(&mut Outcome)| {
        let mut outcome = good.clone();
        change(&mut outcome);
        check(&book, &outcome).unwrap_err()
    };
    assert_eq!(complaint(|it| it.award[0] = 3), "bid 0 wins 3 of 2 kW");
    assert_eq!(complaint(|it| it.award[1] = 1), "budget 0 wins 2 of 1 kW");
    assert_eq!(complaint(|it| it.sold[0] = 2), "offer 0 sells 2 of 1 kW");
    assert_eq!(complaint(|it| it.void[1] = true), "offer 1 sells 1 of 0 kW");
    assert_eq!(complaint(|it| it.sold[2] = 1), "product 0: 1 kW more won than sold");
    // Places: silicon 0, land 1 and 2, slot 3, PPA 4, retail 5.
    assert_eq!(complaint(|it| it.prices.settled[1] = Some(9)), "offer 0 asks 10 and gets Some(9)");
    assert_eq!(
        complaint(|it| it.prices.settled[0] = Some(1)),
        "offer 2 asks 0, the price is 1, and 998 kW stay unsold"
    );
    assert_eq!(complaint(|it| it.prices.settled[1] = Some(51)), "bid 0 pays 1 more than its value");
    assert!(complaint(|it| it.prices.settled[2] = Some(20)).starts_with("bid 1 would gain 40"));
    assert!(complaint(|it| it.prices.settled[2] = None).starts_with("offer 1 asks 20 and gets None"));
}
