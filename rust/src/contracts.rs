//! Contracts: which of them begin and end, what they make parties pay each other, and how many kW are in which state.

use crate::space::{Column, below};

/// Contracts, a column for each of their terms; prices are per kW.
#[derive(Debug, Clone)]
#[allow(missing_docs)]
pub struct Terms<C> {
    pub kind: C,
    pub state: C,
    pub seller: C,
    pub buyer: C,
    pub zone: C,
    pub kw: C,
    pub price: C,
    pub start: C,
    pub end: C,
}

/// Codes of the states of what has not ended.
#[derive(Debug, Clone, Copy)]
pub struct States {
    /// Signed, and not begun.
    pub pending: i64,
    /// Running.
    pub active: i64,
}

/// What one party pays the other, in whole units, more than nil; a column for each of what is said of it.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Payments {
    /// Row of the contract.
    pub contract: Vec<i64>,
    /// Who pays.
    pub payer: Vec<i64>,
    /// Who is paid.
    pub payee: Vec<i64>,
    /// How much.
    pub amount: Vec<i64>,
}

/// Why nothing is paid.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Unpaid {
    /// A contract's zone has no price.
    NoPrice,
    /// A payment does not fit 64 bits.
    TooLarge,
}

impl<C: Column> Terms<C> {
    /// Rows of pending contracts that have begun by some tick, and of those that run, or begin with them, and are over.
    pub fn due(&self, tick: i64, states: States) -> (Vec<usize>, Vec<usize>) {
        let (mut begun, mut over) = (vec![], vec![]);
        for row in 0..self.state.rows() {
            let state = self.state.at(row);
            let begins = state == states.pending && self.start.at(row) <= tick;
            if begins {
                begun.push(row);
            }
            if (begins || state == states.active) && self.end.at(row) <= tick {
                over.push(row);
            }
        }
        (begun, over)
    }

    /// Rent of running contracts of two kinds: price times kW, from buyer to seller, in units of so much, rounded down.
    ///
    /// # Errors
    /// A payment that does not fit 64 bits.
    pub fn rents(&self, kinds: [i64; 2], active: i64, unit: i64) -> Result<Payments, Unpaid> {
        self.pay(kinds, active, unit, |row| Ok(self.price.at(row)))
    }

    /// Running contracts of two kinds, settled as contracts for differences: the buyer pays price less market price
    /// times kW, or the seller what that is less than nil.
    ///
    /// # Errors
    /// A zone without a market price, or a payment that does not fit 64 bits.
    pub fn differences(
        &self,
        kinds: [i64; 2],
        active: i64,
        unit: i64,
        market_price: &[i64],
        hours: i64,
    ) -> Result<Payments, Unpaid> {
        self.pay(kinds, active, unit, |row| {
            let zone = usize::try_from(self.zone.at(row)).map_err(|_| Unpaid::NoPrice)?;
            let hourly = market_price.get(zone).ok_or(Unpaid::NoPrice)?;
            let market = hourly.checked_mul(hours).ok_or(Unpaid::TooLarge)?;
            self.price.at(row).checked_sub(market).ok_or(Unpaid::TooLarge)
        })
    }

    /// What running contracts of two kinds owe at the prices per kW that `price` gives for their rows.
    fn pay(
        &self,
        kinds: [i64; 2],
        active: i64,
        unit: i64,
        price: impl Fn(usize) -> Result<i64, Unpaid>,
    ) -> Result<Payments, Unpaid> {
        let mut payments = Payments::default();
        for contract in 0..self.state.rows() {
            if self.state.at(contract) != active || !kinds.contains(&self.kind.at(contract)) {
                continue;
            }
            let owed = price(contract)?.checked_mul(self.kw.at(contract)).ok_or(Unpaid::TooLarge)?;
            let amount = owed.checked_abs().ok_or(Unpaid::TooLarge)? / unit;
            let (buyer, seller) = (self.buyer.at(contract), self.seller.at(contract));
            let (payer, payee) = if owed < 0 { (seller, buyer) } else { (buyer, seller) };
            if amount > 0 {
                payments.contract.push(contract as i64);
                payments.payer.push(payer);
                payments.payee.push(payee);
                payments.amount.push(amount);
            }
        }
        Ok(payments)
    }
}

/// kW by kind and state, so many states of each kind one after the other.
///
/// # Errors
/// A kind or state that there isn't.
pub fn kw_by_state<C: Column>(kind: &C, state: &C, kw: &C, kinds: usize, states: usize) -> Result<Vec<i64>, i64> {
    let mut sums = vec![0_i64; kinds * states];
    for row in 0..kw.rows() {
        let (kind, state) = (below(kind.at(row), kinds)?, below(state.at(row), states)?);
        sums[kind * states + state] = sums[kind * states + state].wrapping_add(kw.at(row));
    }
    Ok(sums)
}

#[cfg(test)]
mod tests {
    use super::*;

    const STATES: States = States { pending: 0, active: 1 };

    /// Contracts of kind, state, seller, buyer, zone, kW, price, start, end.
    fn terms(rows: &[[i64; 9]]) -> Terms<Vec<i64>> {
        let column = |place: usize| rows.iter().map(|row| row[place]).collect::<Vec<_>>();
        Terms {
            kind: column(0),
            state: column(1),
            seller: column(2),
            buyer: column(3),
            zone: column(4),
            kw: column(5),
            price: column(6),
            start: column(7),
            end: column(8),
        }
    }

    /// Payments of contract, payer, payee, amount.
    fn payments(rows: &[[i64; 4]]) -> Payments {
        let column = |place: usize| rows.iter().map(|row| row[place]).collect::<Vec<_>>();
        Payments { contract: column(0), payer: column(1), payee: column(2), amount: column(3) }
    }

    #[test]
    fn what_is_pending_begins_and_what_runs_is_over() {
        let row = |state, start, end| [0, state, 8, 9, 0, 1, 1, start, end];
        let terms = terms(&[row(0, 3, 9), row(1, 0, 3), row(0, 2, 3), row(0, 4, 9), row(1, 0, 4), row(2, 0, 1)]);
        assert_eq!(terms.due(3, STATES), (vec![0, 2], vec![1, 2]));
        assert_eq!(terms.due(1, STATES), (vec![], vec![]));
    }

    #[test]
    fn buyers_pay_rent_of_what_runs() {
        let row = |kind, state, kw| [kind, state, 8, 9, 0, kw, 700, 0, 9];
        let terms = terms(&[row(1, 1, 3), row(0, 1, 3), row(3, 1, 5), row(1, 0, 3), row(1, 1, 1)]);
        assert_eq!(terms.rents([1, 3], 1, 1_000), Ok(payments(&[[0, 9, 8, 2], [2, 9, 8, 3]])));
    }

    #[test]
    fn differences_are_paid_by_whom_the_market_favours() {
        let row = |zone, kw, price| [0, 1, 8, 9, zone, kw, price, 0, 9];
        let two = terms(&[row(0, 10, 50), row(1, 10, 50)]);
        // 50 less twice 20 and twice 28 are 10 and −6 on each of 10 kW.
        let expected = payments(&[[0, 9, 8, 10], [1, 8, 9, 6]]);
        assert_eq!(two.differences([0, 2], 1, 10, &[20, 28], 2), Ok(expected));
        // Less than one unit is nothing, on either side.
        assert_eq!(two.differences([0, 2], 1, 101, &[20, 30], 2), Ok(payments(&[])));
        assert_eq!(two.differences([0, 2], 1, 1, &[20], 2), Err(Unpaid::NoPrice));
        assert_eq!(two.differences([0, 2], 1, 1, &[20, i64::MAX], 2), Err(Unpaid::TooLarge));
        assert_eq!(terms(&[row(0, i64::MAX, 50)]).rents([0, 0], 1, 1), Err(Unpaid::TooLarge));
    }

    #[test]
    fn kilowatts_are_counted_by_kind_and_state() {
        let (kind, state, kw) = (vec![0, 1, 1, 1], vec![0, 1, 0, 1], vec![1, 2, 4, 8]);
        assert_eq!(kw_by_state(&kind, &state, &kw, 2, 2), Ok(vec![1, 0, 4, 10]));
        assert_eq!(kw_by_state(&kind, &state, &kw, 1, 2), Err(1));
    }
}
