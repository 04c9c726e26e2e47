//! Accelerators of every owner at every site: what tranches add up to, and whether what is kept beside them agrees.

use crate::space::{Column, below};

/// kW of IT of the tranches that have not ended.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Tally {
    /// What runs, by owner and site.
    pub running: Vec<i64>,
    /// What is on order, by owner.
    pub ordered_of_owner: Vec<i64>,
    /// What is on order, by site.
    pub ordered_at_site: Vec<i64>,
}

/// Tranches by column.
#[derive(Debug, Clone)]
#[allow(missing_docs)]
pub struct Tranches<C> {
    pub agent: C,
    pub site: C,
    pub kw: C,
    pub state: C,
}

impl<C: Column> Tranches<C> {
    /// Adds up what is in one state, on order, and what is in another, running.
    ///
    /// # Errors
    /// An owner or site that there isn't.
    pub fn tally(&self, ordered: i64, running: i64, owners: usize, sites: usize) -> Result<Tally, i64> {
        let mut tally = Tally {
            running: vec![0; owners * sites],
            ordered_of_owner: vec![0; owners],
            ordered_at_site: vec![0; sites],
        };
        for row in 0..self.kw.rows() {
            let state = self.state.at(row);
            if state != ordered && state != running {
                continue;
            }
            let (owner, site) = (below(self.agent.at(row), owners)?, below(self.site.at(row), sites)?);
            let kw = self.kw.at(row);
            if state == running {
                tally.running[owner * sites + site] += kw;
            } else {
                tally.ordered_of_owner[owner] += kw;
                tally.ordered_at_site[site] += kw;
            }
        }
        Ok(tally)
    }
}

/// Adds up rows of so many columns each, column by column.
pub fn column_sums<C: Column>(table: &C, columns: usize) -> Vec<i64> {
    let mut sums = vec![0_i64; columns];
    for row in 0..table.rows() / columns.max(1) {
        let cells = row * columns..(row + 1) * columns;
        sums.iter_mut().zip(cells).for_each(|(sum, cell)| *sum = sum.wrapping_add(table.at(cell)));
    }
    sums
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Tranches of agent, site, kW, state.
    fn tranches(rows: &[[i64; 4]]) -> Tranches<Vec<i64>> {
        let column = |place: usize| rows.iter().map(|row| row[place]).collect::<Vec<_>>();
        Tranches { agent: column(0), site: column(1), kw: column(2), state: column(3) }
    }

    #[test]
    fn what_runs_and_what_is_ordered_is_added_up() {
        let tranches = tranches(&[[0, 1, 5, 1], [0, 1, 2, 1], [1, 0, 3, 0], [1, 1, 4, 0], [0, 0, 9, 2]]);
        let expected = Tally { running: vec![0, 7, 0, 0], ordered_of_owner: vec![0, 7], ordered_at_site: vec![3, 4] };
        assert_eq!(tranches.tally(0, 1, 2, 2), Ok(expected));
        assert_eq!(tranches.tally(0, 1, 1, 2), Err(1));
    }

    #[test]
    fn columns_are_added_up() {
        assert_eq!(column_sums(&vec![1, 2, 3, 4, 5, 6], 3), [5, 7, 9]);
        assert_eq!(column_sums(&vec![], 2), [0, 0]);
    }
}
