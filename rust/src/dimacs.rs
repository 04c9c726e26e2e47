//! DIMACS files of minimum-cost flow: problems in and out, solutions out.
//!
//! A problem is lines of text: `c` a comment, `p min NODES ARCS` once, `n ID SUPPLY` for nodes with supply or demand,
//! `a TAIL HEAD LOWER CAPACITY COST` per arc, nodes numbered from 1 (DIMACS Implementation Challenge 1, 1990). Arcs of
//! the engine carry at least 0; a lower bound is shifted in, by sending it beforehand, and out again in the solution.

use std::fmt::Write;

use crate::error::{Error, Result};
use crate::network::{Network, SIZE_LIMIT};

/// Nodes that a file may have without naming them.
const NODES_UNNAMED: usize = 1 << 20;

/// A problem as read: the network with its lower bounds shifted in, and those bounds.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Problem {
    /// The network; the anchor is the last node.
    pub network: Network,
    /// Lower bound of each arc, to be added to its flow.
    pub lower: Vec<i64>,
}

/// Reads a problem.
///
/// # Errors
///
/// [`Error::Line`], with the number of the line and what is wrong with it.
///
/// ```
/// use wattmarket_core::dimacs::read;
/// let problem = read("p min 2 1\nn 1 4\nn 2 -4\na 1 2 1 5 3\n")?;
/// assert_eq!(problem.network.supply, [3, -3]);
/// assert_eq!((problem.network.capacity[0], problem.lower[0]), (4, 1));
/// # Ok::<(), wattmarket_core::error::Error>(())
/// ```
pub fn read(text: &str) -> Result<Problem> {
    let mut reader: Option<Reader> = None;
    let mut last = 0;
    for (index, line) in text.lines().enumerate() {
        last = index + 1;
        let complain = |reason: String| Error::Line { line: last, reason };
        let mut fields = line.split_ascii_whitespace();
        let Some(kind) = fields.next() else {
            continue;
        };
        match (kind, reader.as_mut()) {
            ("c", _) => {}
            ("p", None) => reader = Some(Reader::start(fields, text.len()).map_err(complain)?),
            ("p", Some(_)) => return Err(complain("a second problem line".into())),
            ("n", Some(reader)) => reader.node(fields).map_err(complain)?,
            ("a", Some(reader)) => reader.arc(fields).map_err(complain)?,
            ("n" | "a", None) => {
                return Err(complain(format!("a line '{kind}' before the problem line")));
            }
            _ => return Err(complain(format!("unknown kind of line '{kind}'"))),
        }
    }
    let missing = |reason: &str| Error::Line { line: last + 1, reason: reason.into() };
    let reader = reader.ok_or_else(|| missing("the file ends without a problem line"))?;
    if reader.problem.lower.len() < reader.arcs {
        return Err(missing(&format!("the file ends after {} of {} arcs", reader.problem.lower.len(), reader.arcs)));
    }
    Ok(reader.problem)
}

/// The problem as far as it has been read.
struct Reader {
    problem: Problem,
    arcs: usize,
    named: Vec<bool>,
}

/// What is wrong with a line.
type Line<T> = std::result::Result<T, String>;

impl Reader {
    fn start<'a>(mut fields: impl Iterator<Item = &'a str>, bytes: usize) -> Line<Self> {
        match fields.next() {
            Some("min") => {}
            other => {
                return Err(format!("expected 'p min', found 'p {}'", other.unwrap_or("")));
            }
        }
        let [nodes, arcs] = integers(fields, ["NODES", "ARCS"])?;
        let size = |value: i64, what: &str, least: i64| match usize::try_from(value) {
            Ok(size) if value >= least && size <= SIZE_LIMIT => Ok(size),
            _ => Err(format!("{what} = {value}: must be from {least} to {SIZE_LIMIT}")),
        };
        let (nodes, arcs) = (size(nodes, "NODES", 1)?, size(arcs, "ARCS", 0)?);
        // A node that matters is named somewhere: a small file must not take much memory.
        if nodes > NODES_UNNAMED.max(bytes) {
            return Err(format!("NODES = {nodes}: more than a file of {bytes} bytes can name"));
        }
        let supply = vec![0; nodes];
        let network = Network { supply, anchor: nodes as u32 - 1, ..Network::default() };
        Ok(Self { problem: Problem { network, lower: Vec::new() }, arcs, named: vec![false; nodes] })
    }

    fn node<'a>(&mut self, fields: impl Iterator<Item = &'a str>) -> Line<()> {
        let [id, supply] = integers(fields, ["ID", "SUPPLY"])?;
        let node = self.node_index("ID", id)?;
        if std::mem::replace(&mut self.named[node], true) {
            return Err(format!("node {id} has a line already"));
        }
        let held = &mut self.problem.network.supply[node];
        *held = held.checked_add(supply).ok_or_else(|| format!("SUPPLY = {supply}: overflows"))?;
        Ok(())
    }

    fn arc<'a>(&mut self, fields: impl Iterator<Item = &'a str>) -> Line<()> {
        let [tail, head, lower, capacity, cost] = integers(fields, ["TAIL", "HEAD", "LOWER", "CAPACITY", "COST"])?;
        let (from, to) = (self.node_index("TAIL", tail)?, self.node_index("HEAD", head)?);
        if self.problem.lower.len() == self.arcs {
            return Err(format!("more than the {} arcs of the problem line", self.arcs));
        }
        if lower > capacity {
            return Err(format!("LOWER = {lower}: exceeds CAPACITY = {capacity}"));
        }
        let overflow = || format!("LOWER = {lower}: overflows when shifted into the supplies");
        let room = capacity.checked_sub(lower).ok_or_else(overflow)?;
        let network = &mut self.problem.network;
        network.supply[from] = network.supply[from].checked_sub(lower).ok_or_else(overflow)?;
        network.supply[to] = network.supply[to].checked_add(lower).ok_or_else(overflow)?;
        network.tail.push(from as u32);
        network.head.push(to as u32);
        network.capacity.push(room);
        network.cost.push(cost);
        self.problem.lower.push(lower);
        Ok(())
    }

    fn node_index(&self, what: &str, id: i64) -> Line<usize> {
        let nodes = self.named.len();
        match usize::try_from(id) {
            Ok(id) if (1..=nodes).contains(&id) => Ok(id - 1),
            _ => Err(format!("{what} = {id}: is not a node from 1 to {nodes}")),
        }
    }
}

/// Exactly the named integers, and nothing after them.
fn integers<'a, const N: usize>(mut fields: impl Iterator<Item = &'a str>, names: [&str; N]) -> Line<[i64; N]> {
    let mut values = [0; N];
    for (value, name) in values.iter_mut().zip(names) {
        let field = fields.next().ok_or_else(|| format!("{name} is missing"))?;
        *value = field.parse().map_err(|_| format!("{name} = '{field}': is not a 64-bit integer"))?;
    }
    match fields.next() {
        None => Ok(values),
        Some(extra) => Err(format!("'{extra}': unexpected after {}", names[N - 1])),
    }
}

/// Writes a problem whose network has had `lower` shifted in (empty: no lower bounds). Reading it gives the same problem.
#[must_use]
pub fn write(network: &Network, lower: &[i64]) -> String {
    let lower = |arc: usize| i128::from(lower.get(arc).copied().unwrap_or(0));
    let mut supply: Vec<i128> = network.supply.iter().map(|&supply| i128::from(supply)).collect();
    for arc in 0..network.arcs() {
        supply[network.tail[arc] as usize] += lower(arc);
        supply[network.head[arc] as usize] -= lower(arc);
    }
    let mut text = String::new();
    put(&mut text, format_args!("p min {} {}\n", network.nodes(), network.arcs()));
    for (node, supply) in supply.iter().enumerate().filter(|(_, supply)| **supply != 0) {
        put(&mut text, format_args!("n {} {supply}\n", node + 1));
    }
    for arc in 0..network.arcs() {
        let (tail, head) = (network.tail[arc] + 1, network.head[arc] + 1);
        let (least, cost) = (lower(arc), network.cost[arc]);
        // A capacity that is never felt stays one that a reader of 64-bit integers can take.
        let most = (i128::from(network.capacity[arc]) + least).min(i128::from(i64::MAX));
        put(&mut text, format_args!("a {tail} {head} {least} {most} {cost}\n"));
    }
    text
}

/// Writes a solution: `s OBJECTIVE`, then `f TAIL HEAD FLOW` for every arc, lower bounds shifted out.
#[must_use]
pub fn write_solution(network: &Network, lower: &[i64], flow: &[i64]) -> String {
    let shift = |(arc, &units): (usize, &i64)| i128::from(units) + i128::from(lower.get(arc).copied().unwrap_or(0));
    let total: Vec<i128> = flow.iter().enumerate().map(shift).collect();
    let objective: i128 = total.iter().zip(&network.cost).map(|(units, &cost)| units * i128::from(cost)).sum();
    let mut text = String::new();
    put(&mut text, format_args!("s {objective}\n"));
    for (arc, units) in total.iter().enumerate() {
        put(&mut text, format_args!("f {} {} {units}\n", network.tail[arc] + 1, network.head[arc] + 1));
    }
    text
}

fn put(text: &mut String, line: std::fmt::Arguments) {
    text.write_fmt(line).expect("a string takes everything");
}

#[cfg(test)]
mod tests {
    use super::*;

    fn complaint(text: &str) -> String {
        read(text).expect_err("must be refused").to_string()
    }

    #[test]
    fn what_is_written_is_read_again() {
        let text = "p min 3 2\nn 1 4\nn 3 -4\na 1 2 1 5 3\na 2 3 -2 9223372036854775805 -4\n";
        let problem = read(text).unwrap();
        assert_eq!(write(&problem.network, &problem.lower), text);
        assert_eq!(read(&write(&problem.network, &problem.lower)).unwrap(), problem);
    }

    #[test]
    fn lower_bounds_are_shifted_out_of_solutions() {
        let problem = read("c two ways\np min 2 2\nn 1 4\nn 2 -4\na 1 2 1 5 3\na 1 2 0 9 1\n").unwrap();
        assert_eq!(write_solution(&problem.network, &problem.lower, &[0, 3]), "s 6\nf 1 2 1\nf 1 2 3\n");
    }

    #[test]
    fn every_complaint_names_the_line() {
        assert_eq!(complaint(""), "line 1: the file ends without a problem line");
        assert_eq!(complaint("c\nn 1 2\n"), "line 2: a line 'n' before the problem line");
        assert_eq!(complaint("p max 1 1\n"), "line 1: expected 'p min', found 'p max'");
        assert_eq!(complaint("p min 0 1\n"), format!("line 1: NODES = 0: must be from 1 to {SIZE_LIMIT}"));
        assert_eq!(
            complaint("p min 4000000000 1\n"),
            "line 1: NODES = 4000000000: more than a file of 19 bytes can name"
        );
        assert_eq!(complaint("p min 2\n"), "line 1: ARCS is missing");
        assert_eq!(complaint("p min 2 1\np min 2 1\n"), "line 2: a second problem line");
        assert_eq!(complaint("p min 2 1\nn 3 1\n"), "line 2: ID = 3: is not a node from 1 to 2");
        assert_eq!(complaint("p min 2 1\nn 1 1\nn 1 1\n"), "line 3: node 1 has a line already");
        assert_eq!(complaint("p min 2 1\nn 1 1.5\n"), "line 2: SUPPLY = '1.5': is not a 64-bit integer");
        assert_eq!(complaint("p min 2 1\nn 1 1 1\n"), "line 2: '1': unexpected after SUPPLY");
        assert_eq!(complaint("p min 2 1\na 1 2 3 2 1\n"), "line 2: LOWER = 3: exceeds CAPACITY = 2");
        assert_eq!(complaint("p min 2 0\na 1 2 0 2 1\n"), "line 2: more than the 0 arcs of the problem line");
        assert_eq!(complaint("p min 2 2\na 1 2 0 2 1\n"), "line 3: the file ends after 1 of 2 arcs");
        assert_eq!(complaint("p min 2 2\nx\n"), "line 2: unknown kind of line 'x'");
        let deep = "p min 2 1\na 1 2 -9223372036854775808 0 1\n";
        assert!(complaint(deep).starts_with("line 2: LOWER = -9223372036854775808: overflows"));
    }
}
