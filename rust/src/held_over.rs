//! Tenants who stay: leases that end while what uses the space still runs.

use crate::space::{Column, Halls, Use, below};

/// A part of a contract that goes on.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Stay {
    /// Row of the contract that has ended.
    pub contract: usize,
    /// kW of IT.
    pub kw: i64,
    /// Last tick of what uses them.
    pub end: i64,
}

impl<C: Column> Halls<C> {
    /// What of contracts that have just ended goes on, because their buyers use more than they have leased: by buyer, then
    /// site, in the order of the contracts given; what ends first of the uses comes first.
    ///
    /// What ends first stands where no lease is left: so nobody is bound for longer than it has to be.
    ///
    /// # Errors
    /// A contract, tenant or site that there isn't.
    pub fn held_over(&self, now: i64, ended: &[i64], sites: usize) -> Result<Vec<Stay>, i64> {
        let mut left = vec![];
        let mut wanted = vec![false; sites];
        for &contract in ended {
            let row = below(contract, self.contracts.kw.rows())?;
            let tenant = self.tenant(self.contracts.buyer.at(row))?;
            let site = below(self.contracts.site.at(row), sites)?;
            wanted[site] = true;
            left.push(((tenant, site), row));
        }
        // Stable: within a tenant's site contracts keep their order, and so do uses that end together.
        left.sort_by_key(|&(place, _)| place);
        let mut used: Vec<Use> = vec![];
        self.each(now, &wanted, |held| {
            if left.binary_search_by_key(&(held.tenant, held.site), |&(place, _)| place).is_ok() {
                used.push(held);
            }
        })?;
        used.sort_by_key(|held| (held.tenant, held.site, held.end));
        let mut stays = vec![];
        for ended in left.chunk_by(|one, next| one.0 == next.0) {
            let first = used.partition_point(|held| (held.tenant, held.site) < ended[0].0);
            let mine = used[first..].iter().take_while(|held| (held.tenant, held.site) == ended[0].0);
            self.go_on(ended.iter().map(|&(_, row)| row), mine, &mut stays);
        }
        Ok(stays)
    }

    /// Lets contracts of one tenant at one site go on, as far as it uses more than it has leased.
    fn go_on<'a>(
        &self,
        ended: impl Iterator<Item = usize>,
        held: impl Iterator<Item = &'a Use> + Clone,
        stays: &mut Vec<Stay>,
    ) {
        let mut short = -held.clone().map(|held| held.kw).sum::<i64>();
        let mut uses = held.filter(|held| held.kw < 0).map(|held| (-held.kw, held.end));
        let (mut unmatched, mut end) = (0, 0);
        for contract in ended {
            let mut open = self.contracts.kw.at(contract).min(short);
            while open > 0 {
                if unmatched == 0 {
                    // What is short is no more than what is used.
                    let Some(next) = uses.next() else { return };
                    (unmatched, end) = next;
                }
                let kw = open.min(unmatched);
                stays.push(Stay { contract, kw, end });
                (open, unmatched, short) = (open - kw, unmatched - kw, short - kw);
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::space::{Codes, Contracts, Tranches};

    /// Leases of buyer, site, kW, end, state, and tranches of agent, site, kW, retirement.
    fn halls(leases: &[[i64; 5]], tranches: &[[i64; 4]]) -> Halls<Vec<i64>> {
        let lease = |place: usize| leases.iter().map(|row| row[place]).collect::<Vec<_>>();
        let tranche = |place: usize| tranches.iter().map(|row| row[place]).collect::<Vec<_>>();
        Halls {
            contracts: Contracts {
                kind: vec![1; leases.len()],
                state: lease(4),
                seller: vec![3; leases.len()],
                buyer: lease(0),
                site: lease(1),
                kw: lease(2),
                start: vec![0; leases.len()],
                end: lease(3),
            },
            tranches: Tranches {
                agent: tranche(0),
                site: tranche(1),
                kw: tranche(2),
                ready: vec![0; tranches.len()],
                retire: tranche(3),
                state: vec![1; tranches.len()],
            },
            codes: Codes { lease: 1, sublease: 3, vendors: 9, left: 1 },
            tenants: 4,
        }
    }

    const ENDED: i64 = 2;

    #[test]
    fn who_uses_more_than_it_has_leased_stays() {
        // Tenant 0 keeps 4 kW of lease and has 12 kW of accelerators: 8 kW of what ended go on, what ends first first.
        let leases = [[0, 0, 6, 5, ENDED], [0, 0, 6, 5, ENDED], [0, 0, 4, 20, 1]];
        let halls = halls(&leases, &[[0, 0, 5, 9], [0, 0, 7, 8]]);
        let stay = |contract, kw, end| Stay { contract, kw, end };
        assert_eq!(halls.held_over(5, &[0, 1], 1), Ok(vec![stay(0, 6, 8), stay(1, 1, 8), stay(1, 1, 9)]));
    }

    #[test]
    fn nobody_stays_where_nothing_is_short() {
        let halls = halls(&[[0, 0, 6, 5, ENDED], [1, 0, 6, 5, ENDED], [0, 0, 7, 9, 1]], &[[0, 0, 7, 9], [2, 0, 7, 9]]);
        assert_eq!(halls.held_over(5, &[0, 1], 1), Ok(vec![]));
        assert_eq!(halls.held_over(5, &[], 1), Ok(vec![]));
        assert_eq!(halls.held_over(5, &[3], 1), Err(3));
        assert_eq!(halls.held_over(5, &[0], 0), Err(0));
    }
}
