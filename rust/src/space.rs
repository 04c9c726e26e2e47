//! Space in halls: what every tenant has leased at a site, what uses it, and what of it stands empty.
//!
//! A tenant uses what it has leased by its accelerators, or lets it to others. It can spare until some month what it has
//! leased that long beyond what is used that long, and no more than it can spare until any month before.

/// A column of integers, wherever it lies.
pub trait Column {
    /// Number of rows.
    fn rows(&self) -> usize;
    /// The number in a row.
    fn at(&self, row: usize) -> i64;
}

/// Contracts, a column for each of their terms.
#[derive(Debug, Clone)]
#[allow(missing_docs)]
pub struct Contracts<C> {
    pub kind: C,
    pub state: C,
    pub seller: C,
    pub buyer: C,
    pub site: C,
    pub kw: C,
    pub start: C,
    pub end: C,
}

/// Tranches of accelerators by column.
#[derive(Debug, Clone)]
#[allow(missing_docs)]
pub struct Tranches<C> {
    pub agent: C,
    pub site: C,
    pub kw: C,
    pub ready: C,
    pub retire: C,
    pub state: C,
}

/// Codes in the columns.
#[derive(Debug, Clone, Copy)]
pub struct Codes {
    /// Kinds of contracts that are about space: leases, and leases from tenants.
    pub lease: i64,
    /// The second of them.
    pub sublease: i64,
    /// The seller whose leases are of plants, and not of space.
    pub vendors: i64,
    /// Highest state of contracts and of tranches that have not ended.
    pub left: i64,
}

/// Space that is leased, or, where kW are negative, used; until some tick.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Use {
    /// Who has leased it, or uses it.
    pub tenant: usize,
    /// Where.
    pub site: usize,
    /// kW of IT.
    pub kw: i64,
    /// Tick in which that ends.
    pub end: i64,
}

/// All contracts and accelerators, and how many tenants and sites there are.
#[derive(Debug, Clone)]
pub struct Halls<C> {
    /// All contracts, not only those about space.
    pub contracts: Contracts<C>,
    /// All tranches.
    pub tranches: Tranches<C>,
    /// What the codes mean.
    pub codes: Codes,
    /// Number of parties.
    pub tenants: usize,
}

impl<C: Column> Halls<C> {
    /// Calls `visit` with what is leased and what is used at some tick, at the sites wanted: leases, accelerators, what
    /// is let to others; each in the order of its rows.
    ///
    /// # Errors
    /// A tenant that there isn't.
    pub fn each(&self, then: i64, wanted: &[bool], mut visit: impl FnMut(Use)) -> Result<(), i64> {
        let let_to_others = self.leased(then, wanted, &mut visit)?;
        self.filled(then, wanted, &mut visit)?;
        let_to_others.into_iter().for_each(visit);
        Ok(())
    }

    /// Visits leases; gives what of them is let to others.
    fn leased(&self, then: i64, wanted: &[bool], visit: &mut impl FnMut(Use)) -> Result<Vec<Use>, i64> {
        let (c, codes) = (&self.contracts, self.codes);
        let mut let_to_others = vec![];
        for row in 0..c.end.rows() {
            if c.end.at(row) <= then || c.start.at(row) > then || c.state.at(row) > codes.left {
                continue;
            }
            let sublet = c.kind.at(row) == codes.sublease;
            if !sublet && c.kind.at(row) != codes.lease || c.seller.at(row) == codes.vendors {
                continue;
            }
            let Some(site) = among(wanted, c.site.at(row)) else { continue };
            let (kw, end) = (c.kw.at(row), c.end.at(row));
            visit(Use { tenant: self.tenant(c.buyer.at(row))?, site, kw, end });
            if sublet {
                let_to_others.push(Use { tenant: self.tenant(c.seller.at(row))?, site, kw: -kw, end });
            }
        }
        Ok(let_to_others)
    }

    /// Visits accelerators.
    fn filled(&self, then: i64, wanted: &[bool], visit: &mut impl FnMut(Use)) -> Result<(), i64> {
        let t = &self.tranches;
        for row in 0..t.site.rows() {
            let Some(site) = among(wanted, t.site.at(row)) else { continue };
            if t.retire.at(row) > then && t.ready.at(row) <= then && t.state.at(row) <= self.codes.left {
                visit(Use { tenant: self.tenant(t.agent.at(row))?, site, kw: -t.kw.at(row), end: t.retire.at(row) });
            }
        }
        Ok(())
    }

    pub(crate) fn tenant(&self, party: i64) -> Result<usize, i64> {
        below(party, self.tenants)
    }

    /// What stands empty at some tick, and until when its tenant has it: by site, then end, then tenant.
    ///
    /// Where it is known what runs at that tick, kW by tenant and site, only tranches of tenants with space to spare
    /// are looked at.
    ///
    /// # Errors
    /// A tenant that there isn't.
    pub fn empty(&self, then: i64, wanted: &[bool], running_kw: Option<&C>) -> Result<Vec<Use>, i64> {
        let sites = wanted.len();
        let pair = |held: &Use| held.tenant * sites + held.site;
        let mut held: Vec<Use> = vec![];
        let let_to_others = self.leased(then, wanted, &mut |leased| held.push(leased))?;
        held.extend(let_to_others);
        if running_kw.is_none() {
            self.filled(then, wanted, &mut |used| held.push(used))?;
        }
        let mut spare_kw = vec![0_i64; self.tenants * sites];
        held.iter().for_each(|held| spare_kw[pair(held)] += held.kw);
        if let Some(running_kw) = running_kw {
            let rows = spare_kw.iter_mut().zip(0..running_kw.rows());
            rows.for_each(|(spare_kw, row)| *spare_kw -= running_kw.at(row));
            let mut some = vec![false; sites];
            for of_tenant in spare_kw.chunks_exact(sites.max(1)) {
                some.iter_mut().zip(of_tenant).for_each(|(some, &spare_kw)| *some |= spare_kw > 0);
            }
            self.filled(then, &some, &mut |used| held.push(used))?;
        }
        held.retain(|held| spare_kw[pair(held)] > 0);
        held.sort_unstable_by_key(|held| (held.site, held.tenant, held.end));
        let mut empty = vec![];
        for of_tenant in held.chunk_by(|one, next| (one.site, one.tenant) == (next.site, next.tenant)) {
            spare(of_tenant, &mut empty);
        }
        empty.retain(|empty| empty.kw > 0);
        empty.sort_unstable_by_key(|empty| (empty.site, empty.end, empty.tenant));
        Ok(empty)
    }
}

/// A number as a place among so many; or the number, where it is none.
pub(crate) fn below(place: i64, count: usize) -> Result<usize, i64> {
    usize::try_from(place).ok().filter(|&place| place < count).ok_or(place)
}

/// A site, if it is among those wanted.
fn among(wanted: &[bool], site: i64) -> Option<usize> {
    usize::try_from(site).ok().filter(|&site| wanted.get(site) == Some(&true))
}

/// What a tenant can spare at a site until each month and no longer, nil or more; rows come in order of their ends.
fn spare(held: &[Use], empty: &mut Vec<Use>) {
    let mut beyond: i64 = held.iter().map(|held| held.kw).sum();
    let mut least = i64::MAX;
    for until in held.chunk_by(|one, next| one.end == next.end) {
        let spare = beyond.min(least).max(0);
        // What can be spared for longer is no part of what ends before.
        if let (true, Some(shorter)) = (least < i64::MAX, empty.last_mut()) {
            shorter.kw -= spare;
        }
        empty.push(Use { kw: spare, ..until[0] });
        least = spare;
        beyond -= until.iter().map(|held| held.kw).sum::<i64>();
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const CODES: Codes = Codes { lease: 1, sublease: 3, vendors: 9, left: 1 };

    /// Contracts of a kind from rows of seller, buyer, site, kW, start, end; all are active.
    fn halls(leases: &[[i64; 7]], tranches: &[[i64; 5]]) -> Halls<Vec<i64>> {
        let lease = |place: usize| leases.iter().map(|row| row[place]).collect::<Vec<_>>();
        let tranche = |place: usize| tranches.iter().map(|row| row[place]).collect::<Vec<_>>();
        Halls {
            contracts: Contracts {
                kind: lease(0),
                seller: lease(1),
                buyer: lease(2),
                site: lease(3),
                kw: lease(4),
                start: lease(5),
                end: lease(6),
                state: vec![1; leases.len()],
            },
            tranches: Tranches {
                agent: tranche(0),
                site: tranche(1),
                kw: tranche(2),
                ready: tranche(3),
                retire: tranche(4),
                state: vec![1; tranches.len()],
            },
            codes: CODES,
            tenants: 4,
        }
    }

    impl Column for Vec<i64> {
        fn rows(&self) -> usize {
            self.len()
        }

        fn at(&self, row: usize) -> i64 {
            self[row]
        }
    }

    fn empty(tenant: usize, site: usize, kw: i64, end: i64) -> Use {
        Use { tenant, site, kw, end }
    }

    #[test]
    fn a_tenant_spares_what_nothing_fills_as_long_as_its_leases_run() {
        // 10 kW until 20 and 5 kW until 30; 7 kW of accelerators retire at 25: 5 kW are filled until then.
        let halls = halls(&[[1, 3, 0, 0, 10, 0, 20], [1, 3, 0, 0, 5, 0, 30]], &[[0, 0, 7, 0, 25]]);
        assert_eq!(halls.empty(1, &[true], None), Ok(vec![empty(0, 0, 8, 20)]));
        assert_eq!(halls.empty(1, &[true], Some(&vec![7, 0, 0])), Ok(vec![empty(0, 0, 8, 20)]));
        // Once they have retired all of the longer lease is empty; nothing is at another site, or when all is over.
        assert_eq!(halls.empty(25, &[true], None), Ok(vec![empty(0, 0, 5, 30)]));
        assert_eq!(halls.empty(1, &[false], None), Ok(vec![]));
        assert_eq!(halls.empty(30, &[true], None), Ok(vec![]));
    }

    #[test]
    fn what_is_let_to_others_is_theirs() {
        let halls = halls(&[[1, 3, 0, 0, 10, 0, 20], [3, 0, 2, 0, 4, 0, 15], [1, 9, 1, 0, 6, 0, 20]], &[]);
        // The vendor's lease is no space; what ends first comes first.
        assert_eq!(halls.empty(1, &[true], None), Ok(vec![empty(2, 0, 4, 15), empty(0, 0, 6, 20)]));
        let mut seen = vec![];
        assert_eq!(halls.each(1, &[true], |mine| seen.push(mine)), Ok(()));
        assert_eq!(seen, [empty(0, 0, 10, 20), empty(2, 0, 4, 15), empty(0, 0, -4, 15)]);
    }

    #[test]
    fn kilowatts_that_end_together_are_one_row() {
        let halls = halls(&[[1, 3, 1, 0, 2, 0, 9], [1, 3, 1, 0, 3, 0, 9], [1, 3, 0, 1, 1, 0, 9]], &[]);
        assert_eq!(halls.empty(0, &[true, true], None), Ok(vec![empty(1, 0, 5, 9), empty(0, 1, 1, 9)]));
    }

    #[test]
    fn an_unknown_tenant_is_refused() {
        assert_eq!(halls(&[[1, 3, 4, 0, 2, 0, 9]], &[]).empty(0, &[true], None), Err(4));
        assert_eq!(halls(&[], &[[-1, 0, 2, 0, 9]]).empty(0, &[true], None), Err(-1));
    }
}
