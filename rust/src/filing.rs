//! Requests for connections: at which sites an agent's projects ask for them.

/// Sites with room, a row for each.
#[derive(Debug, Clone, Copy)]
pub struct Sites<'a> {
    /// Zone of each site.
    pub zone: &'a [i64],
    /// Bloc of each site.
    pub bloc: &'a [i64],
}

/// How an agent files.
#[derive(Debug, Clone, Copy)]
pub struct Habits {
    /// Projects at a time.
    pub projects: usize,
    /// Zones in which a project asks.
    pub zones: usize,
}

impl Sites<'_> {
    /// Sites of an agent's new projects: each asks at the site that is worth most, and at the best sites of other zones of
    /// its bloc. Of sites worth the same the first is best.
    ///
    /// `open` are the sites that come into question, in order; `worth` is by site. No site is in two projects.
    pub fn projects(&self, mut open: Vec<usize>, worth: &[f64], habits: Habits) -> Vec<Vec<usize>> {
        let mut projects = vec![];
        while projects.len() < habits.projects && !open.is_empty() {
            let chosen = self.best_of_zones(&open, worth, habits.zones);
            open.retain(|site| !chosen.contains(site));
            projects.push(chosen);
        }
        projects
    }

    /// The best site, and the best of other zones of its bloc, so many in all.
    fn best_of_zones(&self, open: &[usize], worth: &[f64], zones: usize) -> Vec<usize> {
        let mut chosen: Vec<usize> = vec![];
        while chosen.len() < zones {
            let eligible = open.iter().copied().filter(|&site| {
                let elsewhere = chosen.iter().all(|&other| self.zone[other] != self.zone[site]);
                elsewhere && chosen.first().is_none_or(|&first| self.bloc[first] == self.bloc[site])
            });
            let Some(best) = eligible.reduce(|best, site| if worth[site] > worth[best] { site } else { best }) else {
                break;
            };
            chosen.push(best);
        }
        chosen
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const HABITS: Habits = Habits { projects: 2, zones: 3 };

    #[test]
    fn a_project_asks_in_several_zones_of_one_bloc() {
        let sites = Sites { zone: &[0, 0, 1, 2, 3, 4], bloc: &[0, 0, 0, 0, 0, 1] };
        let worth = [5.0, 6.0, 3.0, 4.0, 1.0, 9.0];
        // The best of all is alone in its bloc; then the best of zone 0, and of the two best other zones.
        assert_eq!(sites.projects(vec![0, 1, 2, 3, 4, 5], &worth, HABITS), [vec![5], vec![1, 3, 2]]);
        // What a first project has taken is not there for the second.
        assert_eq!(sites.projects(vec![0, 1, 2, 3, 4], &worth, HABITS), [vec![1, 3, 2], vec![0, 4]]);
    }

    #[test]
    fn of_equals_the_first_is_best() {
        let sites = Sites { zone: &[0, 1, 0], bloc: &[0, 0, 0] };
        assert_eq!(sites.projects(vec![0, 1, 2], &[1.0; 3], HABITS), [vec![0, 1], vec![2]]);
    }

    #[test]
    fn nowhere_to_ask() {
        let sites = Sites { zone: &[0], bloc: &[0] };
        assert!(sites.projects(vec![], &[1.0], HABITS).is_empty());
    }
}
