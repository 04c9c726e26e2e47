//! Proof that the flow and the potentials of the contracted network are optimal, from its columns alone.
//!
//! 1. every node conserves, no arc carries less than nothing or more than its capacity;
//! 2. reduced costs: none below zero on an arc that could carry more, none above zero on one that carries anything;
//! 3. cost of the flow = value of the potentials, Σ supply · potential − Σ capacity · max(0, −reduced cost), exactly.
//!
//! Implicit arcs carry nothing unless they are explicit; that none of the others has a negative reduced cost is what the
//! dense passes of the column generation have shown, the last one under these same potentials.

use crate::network::{INFINITE, Network};

/// Checks an optimum; the objective if it is one. `left` is memory to work in.
///
/// # Errors
/// A sentence that says which law is broken, and where.
pub fn prove(network: &Network, flow: &[i64], potential: &[i64], left: &mut Vec<i64>) -> Result<i128, String> {
    left.clear();
    left.extend_from_slice(&network.supply);
    let (mut cost_of_flow, mut rents) = (0i128, 0i128);
    let ends = network.tail.iter().zip(&network.head);
    let columns = ends.zip(&network.capacity).zip(&network.cost).zip(flow);
    for (arc, ((((&tail, &head), &capacity), &cost), &units)) in columns.enumerate() {
        let (tail, head) = (tail as usize, head as usize);
        let reduced = cost - potential[tail] + potential[head];
        // Most arcs carry nothing, and need not.
        if units == 0 && reduced >= 0 {
            continue;
        }
        if !(0..=capacity).contains(&units) {
            return Err(format!("arc {arc} carries {units} of {capacity}"));
        }
        if (units < capacity && reduced < 0) || (units > 0 && reduced > 0) {
            return Err(format!("arc {arc} carries {units} of {capacity} at a reduced cost of {reduced}"));
        }
        left[tail] -= units;
        left[head] += units;
        cost_of_flow += i128::from(units) * i128::from(cost);
        if reduced < 0 && capacity != INFINITE {
            rents += i128::from(capacity) * i128::from(-reduced);
        }
    }
    if let Some(node) = left.iter().position(|&left| left != 0) {
        return Err(format!("node {node} does not conserve: {} left over", left[node]));
    }
    let supplied = network.supply.iter().zip(potential).map(|(&kw, &price)| i128::from(kw) * i128::from(price));
    let value = supplied.sum::<i128>() - rents;
    if value == cost_of_flow {
        Ok(cost_of_flow)
    } else {
        Err(format!("the flow costs {cost_of_flow}, the prices are worth {value}"))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn network() -> Network {
        Network {
            supply: vec![3, 0, -3],
            tail: vec![0, 1, 1],
            head: vec![1, 2, 2],
            capacity: vec![INFINITE, 2, 5],
            cost: vec![1, 4, 6],
            anchor: 2,
            ..Network::default()
        }
    }

    #[test]
    fn an_optimum_is_proved_and_worth_its_cost() {
        assert_eq!(prove(&network(), &[3, 2, 1], &[7, 6, 0], &mut vec![]), Ok(17));
    }

    #[test]
    fn every_law_is_checked() {
        let complaint =
            |flow: [i64; 3], potential: [i64; 3]| prove(&network(), &flow, &potential, &mut vec![]).unwrap_err();
        assert!(complaint([3, 3, 0], [7, 6, 0]).starts_with("arc 1 carries 3 of 2"));
        assert!(complaint([3, 1, 2], [7, 6, 0]).starts_with("arc 1 carries 1 of 2 at a reduced cost of -2"));
        assert!(complaint([2, 2, 0], [7, 6, 0]).starts_with("node 0 does not conserve: 1 left over"));
        assert!(complaint([3, 2, 1], [5, 6, 0]).contains("at a reduced cost of 2"));
    }
}
