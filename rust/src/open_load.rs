//! Load and the contracts that supply it: what of every agent's load in a zone no contract for energy covers.
//!
//! Load is accelerators, running or on order, until they retire; contracts cover it until they end.

use crate::space::{Column, below};

/// Contracts, a column for each of their terms.
#[derive(Debug, Clone)]
#[allow(missing_docs)]
pub struct Contracts<C> {
    pub kind: C,
    pub state: C,
    pub buyer: C,
    pub zone: C,
    pub kw: C,
    pub end: C,
}

/// Tranches of accelerators by column.
#[derive(Debug, Clone)]
#[allow(missing_docs)]
pub struct Tranches<C> {
    pub agent: C,
    pub site: C,
    pub kw: C,
    pub retire: C,
    pub state: C,
}

/// All contracts and accelerators, and where sites are.
#[derive(Debug, Clone)]
pub struct Loads<C> {
    /// All contracts, not only those for energy.
    pub contracts: Contracts<C>,
    /// All tranches.
    pub tranches: Tranches<C>,
    /// Zone of each site.
    pub zone: C,
    /// The two kinds of contracts that are for energy.
    pub energy: [i64; 2],
    /// Highest state of contracts and of tranches that have not ended.
    pub left: i64,
}

impl<C: Column> Loads<C> {
    /// Load that is there or ordered today and has not retired by some tick, less what contracts cover beyond it, in kW:
    /// by agent and zone. Buyers that are no agents have no load.
    ///
    /// # Errors
    /// An agent, site or zone that there isn't.
    pub fn open_kw(&self, then: i64, agents: usize, zones: usize) -> Result<Vec<i64>, i64> {
        let mut open_kw = vec![0_i64; agents * zones];
        let (t, c) = (&self.tranches, &self.contracts);
        for row in 0..t.kw.rows() {
            if t.retire.at(row) > then && t.state.at(row) <= self.left {
                let zone = self.zone.at(below(t.site.at(row), self.zone.rows())?);
                open_kw[below(t.agent.at(row), agents)? * zones + below(zone, zones)?] += t.kw.at(row);
            }
        }
        for row in 0..c.kw.rows() {
            if c.end.at(row) > then && c.state.at(row) <= self.left && self.energy.contains(&c.kind.at(row)) {
                let zone = below(c.zone.at(row), zones)?;
                if let Ok(buyer) = below(c.buyer.at(row), agents) {
                    open_kw[buyer * zones + zone] -= c.kw.at(row);
                }
            }
        }
        Ok(open_kw)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Contracts of kind, state, buyer, zone, kW, end; tranches of agent, site, kW, retirement, state; sites 0 and 1 are
    /// in zone 0, site 2 in zone 1.
    fn loads(contracts: &[[i64; 6]], tranches: &[[i64; 5]]) -> Loads<Vec<i64>> {
        let contract = |place: usize| contracts.iter().map(|row| row[place]).collect::<Vec<_>>();
        let tranche = |place: usize| tranches.iter().map(|row| row[place]).collect::<Vec<_>>();
        Loads {
            contracts: Contracts {
                kind: contract(0),
                state: contract(1),
                buyer: contract(2),
                zone: contract(3),
                kw: contract(4),
                end: contract(5),
            },
            tranches: Tranches {
                agent: tranche(0),
                site: tranche(1),
                kw: tranche(2),
                retire: tranche(3),
                state: tranche(4),
            },
            zone: vec![0, 0, 1],
            energy: [0, 2],
            left: 1,
        }
    }

    #[test]
    fn load_is_added_up_over_the_sites_of_a_zone() {
        let tranches = [[0, 0, 5, 9, 1], [0, 1, 7, 9, 0], [0, 2, 3, 9, 1], [1, 2, 4, 9, 1], [1, 0, 8, 6, 1]];
        assert_eq!(loads(&[], &tranches).open_kw(5, 2, 2), Ok(vec![12, 3, 8, 4]));
        // What retires by then, or has come to an end, is no load.
        assert_eq!(loads(&[], &tranches).open_kw(6, 2, 2), Ok(vec![12, 3, 0, 4]));
        assert_eq!(loads(&[], &[[0, 0, 5, 9, 2]]).open_kw(5, 1, 2), Ok(vec![0, 0]));
    }

    #[test]
    fn contracts_for_energy_cover_load_until_they_end() {
        let tranches = [[0, 0, 10, 9, 1], [1, 2, 10, 9, 1]];
        let contracts =
            [[0, 1, 0, 0, 4, 7], [2, 0, 1, 1, 3, 6], [1, 1, 0, 0, 5, 9], [0, 2, 0, 0, 2, 9], [0, 1, 2, 1, 1, 9]];
        assert_eq!(loads(&contracts, &tranches).open_kw(5, 2, 2), Ok(vec![6, 0, 0, 7]));
        assert_eq!(loads(&contracts, &tranches).open_kw(6, 2, 2), Ok(vec![6, 0, 0, 10]));
        // More may be covered than there is.
        assert_eq!(loads(&contracts, &[]).open_kw(5, 2, 2), Ok(vec![-4, 0, 0, -3]));
    }

    #[test]
    fn unknown_places_are_refused() {
        assert_eq!(loads(&[], &[[2, 0, 5, 9, 1]]).open_kw(5, 2, 2), Err(2));
        assert_eq!(loads(&[], &[[0, 3, 5, 9, 1]]).open_kw(5, 2, 2), Err(3));
        assert_eq!(loads(&[], &[[0, 2, 5, 9, 1]]).open_kw(5, 2, 1), Err(1));
        assert_eq!(loads(&[[0, 1, 0, -1, 4, 7]], &[]).open_kw(5, 2, 2), Err(-1));
    }
}
