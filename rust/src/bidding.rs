//! What packages are worth to an agent, and which lots it bids on as far as its money goes.
//!
//! Money is $ per kW-month unless it says otherwise. Sums run from left to right, so that the same bits come out everywhere.

use crate::numeric::total;

/// How an agent weighs what a kilowatt will earn above its full cost.
#[derive(Debug, Clone, Copy)]
pub struct Prospect<'a> {
    /// Weights of the knots of a forward curve, row by row of months to delivery; the last row is for all later ones.
    pub weight: &'a [f64],
    /// Excess rents, knot by knot, a number for each lot.
    pub excess: &'a [f64],
    /// Months to delivery of each lot.
    pub months: &'a [i64],
}

impl Prospect<'_> {
    /// Adds what each lot will earn, discounted, to its value; knot by knot.
    ///
    /// # Panics
    /// If columns don't fit each other; the door checks.
    pub fn add_to(&self, value: &mut [f64]) {
        let knots = self.excess.len() / value.len().max(1);
        if knots == 0 {
            return;
        }
        let last = self.weight.len() / knots - 1;
        let row = |&months: &i64| usize::try_from(months.max(0)).map_or(last, |row| row.min(last)) * knots;
        let rows: Vec<usize> = self.months.iter().map(row).collect();
        for (knot, excess) in self.excess.chunks_exact(rows.len()).enumerate() {
            let weights = &self.weight[knot..];
            for ((value, &row), excess) in value.iter_mut().zip(&rows).zip(excess) {
                *value += weights[row] * excess;
            }
        }
    }
}

/// What its owner expects each lot to earn above its full cost, discounted, if it is delivered at once; nil for lots whose
/// owner is no agent.
///
/// `weight` are weights of the knots of a forward curve, agent by agent, `cohort` those whose curves agents believe in;
/// `excess` gives excess rents by their place: cohort by cohort, knot by knot, a number for each lot.
///
/// # Panics
/// If columns don't fit each other; the door checks.
#[must_use]
pub fn prospects_of_owners(owner: &[i64], weight: &[f64], cohort: &[u32], excess: impl Fn(usize) -> f64) -> Vec<f64> {
    let (lots, knots) = (owner.len(), weight.len() / cohort.len().max(1));
    let earned = |lot: usize, agent: usize| {
        let weight = &weight[agent * knots..(agent + 1) * knots];
        let first = cohort[agent] as usize * knots * lots + lot;
        total(weight.iter().enumerate().map(|(knot, weight)| weight * excess(first + knot * lots)))
    };
    let agent = |owner: i64| usize::try_from(owner).ok().filter(|&agent| agent < cohort.len());
    owner.iter().enumerate().map(|(lot, &owner)| agent(owner).map_or(0.0, |agent| earned(lot, agent))).collect()
}

/// What is the same for all agents in a month's bidding: a number for each lot.
#[derive(Debug, Clone, Default)]
pub struct Lots {
    /// The least that the package can cost.
    pub price: Vec<f64>,
    /// What accelerators are expected to cost above their list price.
    pub premium: Vec<f64>,
    /// Network upgrade that the holder of a turn pays besides.
    pub upgrade: Vec<f64>,
    /// The only agent that may bid, or a negative number.
    pub holder: Vec<i64>,
    /// Size, kW.
    pub kw: Vec<i64>,
    /// Silicon class.
    pub silicon: Vec<u32>,
}

/// An agent that bids: its row, and the terms on which it does.
#[derive(Debug, Clone, Copy)]
pub struct Bidder<'a> {
    /// Its row.
    pub agent: u32,
    /// What packages are worth to it, all in.
    pub value: &'a [f64],
    /// What the land is expected to cost.
    pub land_ask: &'a [f64],
    /// Lots that it may bid on, or all.
    pub allowed: Option<&'a [bool]>,
    /// What it can spend, $.
    pub cash: i64,
    /// What a kW-month of its money earned elsewhere.
    pub opportunity: f64,
}

impl Bidder<'_> {
    fn may_bid(&self, lots: &Lots, lot: usize) -> bool {
        let holder = lots.holder[lot];
        (holder < 0 || holder == i64::from(self.agent)) && self.allowed.is_none_or(|allowed| allowed[lot])
    }
}

/// A bid on a lot.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Bid {
    /// Who bids.
    pub agent: u32,
    /// On what.
    pub lot: u32,
    /// All-in value.
    pub value: f64,
    /// Most that it takes, kW.
    pub kw: i64,
}

/// Collects the bids of a month, and what every lot would fetch.
#[derive(Debug, Clone)]
pub struct Bidding {
    lots: Lots,
    annuity_months: Vec<f64>,
    cover: f64,
    most: usize,
    /// What each agent may win of each silicon class, kW, agent by agent.
    pub budget: Vec<i64>,
    /// The most that any agent would give for each lot's land.
    pub best: Vec<f64>,
    /// All bids, in the order in which agents came.
    pub bids: Vec<Bid>,
}

impl Bidding {
    /// Opens the bidding. An agent bids on lots until they cover its budget so many times, and on so many at most.
    #[must_use]
    pub fn new(lots: Lots, annuity_months: Vec<f64>, agents: usize, cover: f64, most: usize) -> Self {
        let (budget, best) = (vec![0; agents * annuity_months.len()], vec![0.0; lots.price.len()]);
        Self { lots, annuity_months, cover, most, budget, best, bids: vec![] }
    }

    /// Takes in what packages are worth to an agent, and bids for the best of them as far as its money goes; says
    /// whether there was any worth bidding for, with money or without.
    pub fn add(&mut self, bidder: &Bidder<'_>) -> bool {
        let mut worth = self.margins(bidder);
        if bidder.cash <= 0 || worth.is_empty() {
            return !worth.is_empty();
        }
        let falling = |a: &(f64, u32), b: &(f64, u32)| b.0.total_cmp(&a.0).then(a.1.cmp(&b.1));
        if worth.len() > self.most {
            worth.select_nth_unstable_by(self.most, falling);
            worth.truncate(self.most);
        }
        worth.sort_unstable_by(falling);
        self.cut_to_budget(bidder, &mut worth);
        self.share_cash(bidder, &worth);
        let classes = self.annuity_months.len();
        let budget = &self.budget[bidder.agent as usize * classes..][..classes];
        self.bids.extend(worth.iter().filter_map(|&(_, lot)| {
            let row = lot as usize;
            let kw = self.lots.kw[row].min(budget[self.lots.silicon[row] as usize]);
            (kw > 0).then(|| Bid { agent: bidder.agent, lot, value: bidder.value[row], kw })
        }));
        true
    }

    /// Margin and number of every lot that leaves the agent one; notes what the land of lots would fetch.
    fn margins(&mut self, bidder: &Bidder<'_>) -> Vec<(f64, u32)> {
        let lots = &self.lots;
        let mut worth = Vec::with_capacity(self.best.len());
        for (lot, (number, best)) in
            (0_u32..).zip(&mut self.best).map(|(number, best)| (number as usize, (number, best)))
        {
            if !bidder.may_bid(lots, lot) {
                continue;
            }
            let margin = bidder.value[lot] - lots.price[lot];
            let rest = margin + bidder.land_ask[lot] - lots.premium[lot] - bidder.opportunity;
            if rest > *best {
                *best = rest;
            }
            if margin > 0.0 && lots.kw[lot] > 0 {
                worth.push((margin, number));
            }
        }
        worth
    }

    /// Value and upgrade of a lot: what a kilowatt of it costs at most.
    fn all_in(&self, bidder: &Bidder<'_>, lot: u32) -> f64 {
        bidder.value[lot as usize] + self.lots.upgrade[lot as usize]
    }

    /// Keeps the first lots, until they cover a multiple of the budget.
    #[allow(clippy::cast_precision_loss)]
    fn cut_to_budget(&self, bidder: &Bidder<'_>, ranked: &mut Vec<(f64, u32)>) {
        let dearest = most(ranked.iter().map(|&(_, lot)| self.all_in(bidder, lot)));
        let months = self.annuity_months.iter().copied().fold(f64::INFINITY, f64::min);
        let enough = self.cover * bidder.cash as f64 / (dearest * months);
        let mut reached = 0;
        ranked.retain(|&(_, lot)| {
            let before = reached;
            reached += self.lots.kw[lot as usize];
            (before as f64) < enough
        });
    }

    /// Fixes the agent's budget of each class: its share of the cash over the highest all-in value among its lots.
    #[allow(clippy::cast_precision_loss, clippy::cast_possible_truncation)]
    fn share_cash(&mut self, bidder: &Bidder<'_>, chosen: &[(f64, u32)]) {
        let classes = self.annuity_months.len();
        let lots = &self.lots;
        let weight = |&(margin, lot): &(f64, u32)| margin * lots.kw[lot as usize] as f64;
        let whole = total(chosen.iter().map(weight));
        let budget = |(code, months): (usize, &f64)| {
            let mine = || chosen.iter().filter(move |place| lots.silicon[place.1 as usize] as usize == code);
            let share = total(mine().map(weight)) / whole;
            let price = most(mine().map(|&(_, lot)| self.all_in(bidder, lot))) * months;
            // Without a lot of the class the price is minus infinity, and the budget nil.
            (share * bidder.cash as f64 / price) as i64
        };
        let budgets: Vec<i64> = self.annuity_months.iter().enumerate().map(budget).collect();
        self.budget[bidder.agent as usize * classes..][..classes].copy_from_slice(&budgets);
    }
}

/// The largest of some numbers.
fn most(values: impl Iterator<Item = f64>) -> f64 {
    values.fold(f64::NEG_INFINITY, f64::max)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn lots(count: usize) -> Lots {
        Lots {
            price: vec![900.0; count],
            premium: vec![0.0; count],
            upgrade: vec![0.0; count],
            holder: vec![-1; count],
            kw: vec![100; count],
            silicon: vec![0; count],
        }
    }

    fn bidder(value: &[f64]) -> Bidder<'_> {
        const NOTHING: [f64; 16] = [0.0; 16];
        let land_ask = &NOTHING[..value.len()];
        Bidder { agent: 0, value, land_ask, allowed: None, cash: 200 * 1_009 * 40, opportunity: 0.0 }
    }

    #[test]
    fn owners_weigh_their_lots_by_their_own_cohorts_curve() {
        // Two cohorts, two knots, three lots; the second agent believes in the first cohort.
        let excess = [1.0, 2.0, 3.0, 10.0, 20.0, 30.0, 5.0, 6.0, 7.0, 50.0, 60.0, 70.0];
        let found = prospects_of_owners(&[1, 0, 2], &[0.5, 2.0, 1.0, 4.0], &[1, 0], |place| excess[place]);
        assert_eq!(found, [1.0 + 40.0, 3.0 + 120.0, 0.0]);
    }

    #[test]
    fn the_best_lots_come_first_until_they_cover_the_budget() {
        let value: Vec<f64> = (0..10).map(|lot| 1_000.0 + f64::from(lot)).collect();
        let mut bidding = Bidding::new(lots(10), vec![40.0, 50.0], 1, 3.0, 100);
        bidding.add(&bidder(&value));
        // 200 kW at 1,009 $ for 40 months; three times that are six lots.
        assert_eq!(bidding.budget, [200, 0]);
        assert_eq!(bidding.bids.iter().map(|bid| bid.lot).collect::<Vec<_>>(), [9, 8, 7, 6, 5, 4]);
        assert!(bidding.bids.iter().all(|bid| bid.kw == 100));
        assert_eq!(bidding.best[3], 103.0);
    }

    #[test]
    fn of_equals_the_first_rows_are_kept_in_their_order() {
        let mut bidding = Bidding::new(lots(10), vec![40.0], 1, 100.0, 4);
        bidding.add(&bidder(&[1_000.0; 10]));
        assert_eq!(bidding.bids.iter().map(|bid| bid.lot).collect::<Vec<_>>(), [0, 1, 2, 3]);
    }

    #[test]
    fn a_lot_is_for_its_holder_and_a_choice_is_kept() {
        let mut held = lots(3);
        held.holder[0] = 1;
        let mut bidding = Bidding::new(held, vec![40.0], 2, 100.0, 4);
        bidding.add(&Bidder { allowed: Some(&[true, false, true]), ..bidder(&[1_000.0; 3]) });
        assert_eq!(bidding.bids.iter().map(|bid| bid.lot).collect::<Vec<_>>(), [2]);
        assert_eq!(bidding.best, [0.0, 0.0, 100.0]);
    }

    #[test]
    fn later_deliveries_earn_less() {
        // Two knots; the last row of weights stands for all later months.
        let prospect = Prospect {
            weight: &[2.0, 1.0, 1.0, 1.0, 0.0, 0.0],
            excess: &[10.0, 10.0, 10.0, 1.0, 2.0, 3.0],
            months: &[0, 1, 9],
        };
        let mut value = vec![100.0; 3];
        prospect.add_to(&mut value);
        assert_eq!(value, [121.0, 112.0, 100.0]);
    }
}
