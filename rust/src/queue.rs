//! The interconnection queue as columns: whether every kilowatt and dollar is somewhere, what projects still need, and
//! who stands before whom.

use crate::space::{Column, below};

/// Requests, a column for each of what the laws are about.
#[derive(Debug, Clone)]
#[allow(missing_docs)]
pub struct Requests<C> {
    pub zone: C,
    pub stage: C,
    pub kw: C,
    pub remaining_kw: C,
    pub reserved_kw: C,
    pub building_kw: C,
    pub energised_kw: C,
    pub resold_kw: C,
    pub withdrawn_kw: C,
    pub asked_kw: C,
    pub paid_usd: C,
    pub held_usd: C,
    pub returned_usd: C,
    pub forfeited_usd: C,
    pub applied_usd: C,
}

/// First request that breaks each law, and what zones add up to.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Found {
    /// Asked for is not energised, waiting, withdrawn or resold.
    pub kilowatts: Option<usize>,
    /// Paid is not held, returned, forfeited or applied.
    pub dollars: Option<usize>,
    /// Less than nothing of something, more reserved than remains, more offered than is being built, or closed while
    /// something waits.
    pub stage: Option<usize>,
    /// Reserved, being built or energised, by zone.
    pub used_kw: Vec<i64>,
    /// Withdrawn, by zone.
    pub withdrawn_kw: Vec<i64>,
}

impl<C: Column> Requests<C> {
    /// Looks at every request.
    ///
    /// # Errors
    /// A zone that there isn't.
    pub fn check(&self, closed: i64, zones: usize) -> Result<Found, i64> {
        let (used_kw, withdrawn_kw) = (vec![0; zones], vec![0; zones]);
        let mut found = Found { kilowatts: None, dollars: None, stage: None, used_kw, withdrawn_kw };
        for row in 0..self.kw.rows() {
            let (remaining, reserved) = (self.remaining_kw.at(row), self.reserved_kw.at(row));
            let (building, energised) = (self.building_kw.at(row), self.energised_kw.at(row));
            let (withdrawn, held) = (self.withdrawn_kw.at(row), self.held_usd.at(row));
            let waiting = remaining + building;
            if self.kw.at(row) != energised + waiting + withdrawn + self.resold_kw.at(row) {
                found.kilowatts.get_or_insert(row);
            }
            let spent = self.returned_usd.at(row) + self.forfeited_usd.at(row) + self.applied_usd.at(row);
            if self.paid_usd.at(row) != held + spent {
                found.dollars.get_or_insert(row);
            }
            let negative = [remaining, reserved, building, energised, withdrawn, held].iter().any(|&part| part < 0);
            let beyond = reserved > remaining || self.asked_kw.at(row) > building;
            if negative || beyond || (self.stage.at(row) == closed) != (waiting == 0) {
                found.stage.get_or_insert(row);
            }
            let zone = below(self.zone.at(row), zones)?;
            found.used_kw[zone] += reserved + building + energised;
            found.withdrawn_kw[zone] += withdrawn;
        }
        Ok(found)
    }
}

/// What the project of each request still needs: as much as its largest request, less what it has bought anywhere.
pub fn needs<C: Column>(project: &C, kw: &C, building_kw: &C, energised_kw: &C) -> Vec<i64> {
    let mut rows: Vec<usize> = (0..project.rows()).collect();
    // Projects come in long rising runs, which this sort makes use of.
    rows.sort_by_key(|&row| project.at(row));
    let mut needs = vec![0; rows.len()];
    for of_project in rows.chunk_by(|&one, &next| project.at(one) == project.at(next)) {
        let wanted = of_project.iter().map(|&row| kw.at(row)).max().unwrap_or(0).max(0);
        let bought: i64 = of_project.iter().map(|&row| building_kw.at(row) + energised_kw.at(row)).sum();
        of_project.iter().for_each(|&row| needs[row] = wanted - bought);
    }
    needs
}

/// What orders requests, from the first key to the last.
#[derive(Debug, Clone)]
#[allow(missing_docs)]
pub struct Line<C> {
    pub filed: C,
    pub luck: C,
    pub project: C,
    pub zone: C,
    pub site: C,
}

impl<C: Column> Line<C> {
    /// Sorts requests by group, then date of filing, then luck; project, zone and site settle what luck leaves equal.
    ///
    /// # Errors
    /// A request that there isn't.
    pub fn order(&self, ids: &[i64], group: &[i64]) -> Result<Vec<i64>, i64> {
        let mut line = vec![];
        for (&id, &group) in ids.iter().zip(group) {
            let row = below(id, self.filed.rows())?;
            let date = (group, self.filed.at(row), self.luck.at(row));
            line.push((date, (self.project.at(row), self.zone.at(row), self.site.at(row)), id));
        }
        line.sort_by_key(|&(date, settled, _)| (date, settled));
        Ok(line.into_iter().map(|(_, _, id)| id).collect())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const CLOSED: i64 = 6;

    /// One request of 10 kW in each of so many zones, all of it waiting, for which 5 dollars are held.
    fn requests(count: usize) -> Requests<Vec<i64>> {
        let same = |value: i64| vec![value; count];
        Requests {
            zone: (0..count as i64).collect(),
            stage: same(3),
            kw: same(10),
            remaining_kw: same(10),
            reserved_kw: same(0),
            building_kw: same(0),
            energised_kw: same(0),
            resold_kw: same(0),
            withdrawn_kw: same(0),
            asked_kw: same(0),
            paid_usd: same(5),
            held_usd: same(5),
            returned_usd: same(0),
            forfeited_usd: same(0),
            applied_usd: same(0),
        }
    }

    #[test]
    fn what_is_somewhere_breaks_no_law() {
        let mut requests = requests(2);
        requests.remaining_kw[1] = 3;
        requests.reserved_kw[1] = 2;
        requests.building_kw[1] = 4;
        requests.withdrawn_kw[1] = 2;
        requests.resold_kw[1] = 1;
        let found = requests.check(CLOSED, 2).unwrap();
        assert_eq!((found.kilowatts, found.dollars, found.stage), (None, None, None));
        assert_eq!((found.used_kw, found.withdrawn_kw), (vec![0, 6], vec![0, 2]));
        assert_eq!(requests.check(CLOSED, 1), Err(1));
    }

    #[test]
    fn each_law_is_broken_alone() {
        let broken = |change: fn(&mut Requests<Vec<i64>>)| {
            let mut requests = requests(3);
            change(&mut requests);
            let found = requests.check(CLOSED, 3).unwrap();
            (found.kilowatts, found.dollars, found.stage)
        };
        assert_eq!(broken(|requests| requests.kw[1] = 9), (Some(1), None, None));
        assert_eq!(broken(|requests| requests.paid_usd[2] = 9), (None, Some(2), None));
        assert_eq!(broken(|requests| requests.reserved_kw[1] = 11), (None, None, Some(1)));
        assert_eq!(broken(|requests| requests.asked_kw[1] = 1), (None, None, Some(1)));
        assert_eq!(broken(|requests| requests.stage[0] = CLOSED), (None, None, Some(0)));
        assert_eq!(broken(|requests| requests.reserved_kw[1] = -1), (None, None, Some(1)));
    }

    #[test]
    fn a_project_needs_its_largest_request_less_what_it_has() {
        let (project, kw) = (vec![7, -1, 7, 3], vec![10, 4, 12, 5]);
        assert_eq!(needs(&project, &kw, &vec![0, 0, 2, 0], &vec![3, 4, 0, 0]), [7, 0, 7, 5]);
    }

    #[test]
    fn luck_orders_requests_of_one_date() {
        let line = Line {
            filed: vec![1, 0, 1, 1],
            luck: vec![5, 9, 4, 5],
            project: vec![2, 0, 3, 1],
            zone: vec![0; 4],
            site: vec![0; 4],
        };
        assert_eq!(line.order(&[0, 1, 2, 3], &[0; 4]), Ok(vec![1, 2, 3, 0]));
        assert_eq!(line.order(&[0, 1, 3], &[0, 1, 0]), Ok(vec![3, 0, 1]));
        assert_eq!(line.order(&[4], &[0]), Err(4));
    }
}
