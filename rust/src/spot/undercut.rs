//! The certificate's pass over all implicit arcs: does any port serve any demand for less than it pays?
//!
//! Written apart from [`super::transport`], from the raw definition: a workload may enter every pool and shell that its class
//! admits, in its bloc if it is masked, within its budget, at transport cost; without a budget, anywhere at none.

use super::blocks::Block;
use super::layout::{Layout, NO_BUDGET};

/// Sites that are looked at together.
const TOGETHER: usize = 64;

/// An integer to compare prices in.
trait Number: Copy + Ord + std::ops::Add<Output = Self> + From<i32> + TryFrom<i64> {
    /// Nothing offered. A transport cost can be added to it.
    const NOTHING: Self;
}

impl Number for i32 {
    const NOTHING: Self = 1 << 30;
}

impl Number for i64 {
    const NOTHING: Self = 1 << 62;
}

/// A metro and workload that could be served for less than it pays, if there is one.
#[must_use]
pub fn undercut(layout: &Layout, demand: &[i64], pool: &[i64], shell: &[i64]) -> Option<(usize, usize)> {
    let small = |prices: &[i64]| prices.iter().all(|price| price.unsigned_abs() < 1 << 29);
    if small(demand) && small(pool) && small(shell) {
        undercut_in::<i32>(layout, demand, pool, shell)
    } else {
        undercut_in::<i64>(layout, demand, pool, shell)
    }
}

fn undercut_in<T: Number>(layout: &Layout, demand: &[i64], pool: &[i64], shell: &[i64]) -> Option<(usize, usize)> {
    let number = |price: i64| T::try_from(price).unwrap_or(T::NOTHING);
    let blocs = layout.metro_bloc.iter().map(|&bloc| bloc as usize + 1).max().unwrap_or(0) as u32;
    for class in 0..layout.classes() {
        for bloc in std::iter::once(None).chain((0..blocs).map(Some)) {
            // Workloads that see the same offers, budgeted ones first.
            let sees =
                |&k: &usize| layout.workload_class[k] as usize == class && layout.workload_masked[k] == bloc.is_some();
            let (free, budgeted): (Vec<usize>, Vec<usize>) =
                (0..layout.workloads()).filter(sees).partition(|&k| layout.workload_budget[k] == NO_BUDGET);
            if free.is_empty() && budgeted.is_empty() {
                continue;
            }
            let by_site = offers(layout, class, bloc, |p| number(pool[p]), |s| number(shell[s]));
            let offers: Vec<T> = layout.rtt.sites_by_slot().iter().map(|&site| by_site[site as usize]).collect();
            let cheapest = offers.iter().copied().min().unwrap_or(T::NOTHING);
            for metro in (0..layout.metros()).filter(|&m| bloc.is_none_or(|bloc| bloc == layout.metro_bloc[m])) {
                let pays = |&k: &usize| number(demand[metro * layout.workloads() + k]);
                if let Some(&workload) = free.iter().find(|k| cheapest < pays(k)) {
                    return Some((metro, workload));
                }
                let terms: Vec<(i32, T)> = budgeted.iter().map(|k| (layout.workload_budget[*k], pays(k))).collect();
                if let Some(index) = cheaper(layout.rtt.row(metro), layout.transport_rate, &offers, &terms) {
                    return Some((metro, budgeted[index]));
                }
            }
        }
    }
    None
}

/// The cheapest admissible port of each site.
fn offers<T: Number>(
    layout: &Layout,
    class: usize,
    bloc: Option<u32>,
    pool: impl Fn(usize) -> T,
    shell: impl Fn(usize) -> T,
) -> Vec<T> {
    let home = |site: usize| bloc.is_none_or(|bloc| bloc == layout.site_bloc[site]);
    let enters = |site: usize| layout.admits_shell(class, site) && home(site);
    let mut offers: Vec<T> =
        (0..layout.sites()).map(|site| if enters(site) { shell(site) } else { T::NOTHING }).collect();
    for (index, &site) in layout.pool_site.iter().enumerate() {
        let site = site as usize;
        if layout.admits_pool(class, index) && home(site) {
            offers[site] = offers[site].min(pool(index));
        }
    }
    offers
}

/// The first (budget, price) that some site would undercut.
fn cheaper<T: Number>(rtt: &[Block], rate: u32, offers: &[T], terms: &[(i32, T)]) -> Option<usize> {
    let loosest = terms.iter().map(|&(budget, _)| budget).max()?;
    let (mut far, mut ask) = ([0i32; TOGETHER], [T::NOTHING; TOGETHER]);
    for (Block(rtt), offers) in rtt.iter().zip(offers.chunks(TOGETHER)) {
        if !rtt.iter().fold(false, |any, &rtt| any | (i32::from(rtt) <= loosest)) {
            continue;
        }
        far[rtt.len()..].fill(i32::MAX);
        for (((far, ask), &rtt), &offer) in far.iter_mut().zip(&mut ask).zip(rtt).zip(offers) {
            *far = i32::from(rtt);
            *ask = offer + T::from(((u32::from(rtt) * rate) >> 10) as i32);
        }
        for (index, &(budget, pays)) in terms.iter().enumerate() {
            let less = |(&far, &ask): (&i32, &T)| (far <= budget) & (ask < pays);
            if far.iter().zip(&ask).fold(false, |any, pair| any | less(pair)) {
                return Some(index);
            }
        }
    }
    None
}
