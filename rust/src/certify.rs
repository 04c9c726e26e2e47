//! The proof that a result is right, recomputed from the problem's columns alone.
//!
//! Nothing here is shared with the solver, not even a function: a flow and a vector of potentials come in, and four facts
//! are checked with exact integers. Together they are linear-programming duality: no other flow can be cheaper.
//!
//! * *conservation*: at each node, outflow − inflow = supply;
//! * *bounds*: 0 ≤ flow ≤ capacity on each arc;
//! * *reduced costs*: `price[tail] - price[head] <= cost` where flow < capacity, `>= cost` where flow > 0;
//! * *duality*: Σ cost·flow = Σ supply·price − Σ capacity·max(0, −reduced cost).

use crate::network::Network;

/// What was checked, and what held.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Certificate {
    /// Outflow − inflow = supply everywhere.
    pub conservation: bool,
    /// Every flow within its bounds.
    pub bounds: bool,
    /// No residual arc of negative reduced cost.
    pub reduced_costs: bool,
    /// Σ cost·flow; `None` if it does not fit.
    pub primal: Option<i128>,
    /// The dual value of the potentials; `None` if it does not fit.
    pub dual: Option<i128>,
}

impl Certificate {
    /// Whether everything held, primal = dual included.
    #[must_use]
    pub fn passed(&self) -> bool {
        self.conservation && self.bounds && self.reduced_costs && self.primal.is_some() && self.primal == self.dual
    }
}

/// Checks a flow and a vector of potentials against a network. Takes O(*n* + *a*) time.
#[must_use]
pub fn certify(network: &Network, flow: &[i64], price: &[i64]) -> Certificate {
    let (nodes, arcs) = (network.supply.len(), network.tail.len());
    if flow.len() != arcs || price.len() != nodes {
        return Certificate { conservation: false, bounds: false, reduced_costs: false, primal: None, dual: None };
    }
    let mut left: Vec<i128> = network.supply.iter().map(|&supply| i128::from(supply)).collect();
    let (mut bounds, mut reduced_costs) = (true, true);
    let mut primal = Some(0i128);
    let mut dual = (0..nodes).try_fold(0i128, |sum, node| plus(sum, network.supply[node], i128::from(price[node])));
    for (arc, &units) in flow.iter().enumerate() {
        let (tail, head) = (network.tail[arc] as usize, network.head[arc] as usize);
        let (most, cost) = (network.capacity[arc], network.cost[arc]);
        left[tail] -= i128::from(units);
        left[head] += i128::from(units);
        bounds &= 0 <= units && units <= most;
        let gain = i128::from(price[tail]) - i128::from(price[head]) - i128::from(cost);
        reduced_costs &= (units >= most || gain <= 0) && (units <= 0 || gain >= 0);
        primal = primal.and_then(|sum| plus(sum, units, i128::from(cost)));
        if gain > 0 {
            dual = dual.and_then(|sum| plus(sum, most, -gain));
        }
    }
    Certificate { conservation: left.iter().all(|&amount| amount == 0), bounds, reduced_costs, primal, dual }
}

/// `sum + quantity · value`, if it fits.
fn plus(sum: i128, quantity: i64, value: i128) -> Option<i128> {
    i128::from(quantity).checked_mul(value).and_then(|product| sum.checked_add(product))
}

/// Whether the nodes marked supply more than the arcs that leave them can carry: the proof of infeasibility.
/// Returns net supply and capacity.
#[must_use]
pub fn supply_and_capacity(network: &Network, inside: &[bool]) -> (i128, i128) {
    let supply = (0..inside.len()).filter(|&node| inside[node]).map(|node| i128::from(network.supply[node])).sum();
    let leaves = |&arc: &usize| inside[network.tail[arc] as usize] && !inside[network.head[arc] as usize];
    let capacity = (0..network.tail.len()).filter(leaves).map(|arc| i128::from(network.capacity[arc])).sum();
    (supply, capacity)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn pair() -> Network {
        Network {
            supply: vec![5, -5],
            tail: vec![0, 0],
            head: vec![1, 1],
            capacity: vec![3, 9],
            cost: vec![1, 4],
            key: vec![],
            anchor: 1,
            cost_bound: 0,
        }
    }

    #[test]
    fn the_optimum_passes() {
        let certificate = certify(&pair(), &[3, 2], &[4, 0]);
        assert!(certificate.passed());
        assert_eq!(certificate.primal, Some(11));
    }

    #[test]
    fn each_fact_fails_alone() {
        assert!(!certify(&pair(), &[3, 1], &[4, 0]).conservation);
        assert!(!certify(&pair(), &[4, 1], &[4, 0]).bounds);
        assert!(!certify(&pair(), &[3, 2], &[5, 0]).reduced_costs);
        let worse = certify(&pair(), &[2, 3], &[4, 0]);
        assert!(worse.conservation && worse.bounds && !worse.reduced_costs && worse.primal != worse.dual);
        assert!(!certify(&pair(), &[3], &[4, 0]).passed());
    }
}
