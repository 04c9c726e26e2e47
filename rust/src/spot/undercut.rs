//! The certificate's pass over all implicit arcs: does any port serve any demand for less than it pays?
//!
//! Written apart from the solver's passes, from the raw definition: a workload may enter every pool and shell that its class
//! admits, in its bloc if it is masked, within its budget, at transport cost; without a budget, anywhere at none. Several
//! price vectors are compared in one sweep over the matrix.
//!
//! **What may be skipped.** Let *n* be the time to the nearest site of a block, *c* the least that any port there asks
//! of a class, and *p* the most that a workload of the class with a budget of *n* or more pays. A workload with a budget below
//! *n* reaches nothing in the block. Every other one pays *p* or less; and whatever it reaches asks *c* or more and lies *n*
//! or more away, so that with transport, which doesn't fall as times grow, it costs *c* + transport(*n*) or more. If
//! that is *p* or more, nothing in the block costs any workload less than it pays, and the block needs no look. The
//! nearest times are found here, once for each market; asks and payments anew every time.

use super::blocks::Block;
use super::layout::{Layout, NO_BUDGET};
use crate::simd::{Kernel, Lanes, Level, dispatch, level};

/// Sites that are skipped together.
const TOGETHER: usize = 64;

/// Published prices.
#[derive(Debug, Clone, Copy)]
pub struct Posted<'a> {
    /// Of each metro's workloads, M × K.
    pub demand: &'a [i64],
    /// Of each pool, P.
    pub pool: &'a [i64],
    /// Of each shell, S.
    pub shell: &'a [i64],
}

/// Where somebody could be served for less.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Bargain {
    /// Which of the price vectors.
    pub posted: usize,
    /// Who pays more than is asked.
    pub metro: usize,
    /// With which workload.
    pub workload: usize,
}

/// An integer to compare prices in.
trait Number: Copy + Default + Ord + std::ops::Add<Output = Self> + std::ops::Sub<Output = Self> + From<i32> {
    /// Prices lie strictly between this and its negative.
    const LARGEST: Self;
    /// Dearer than any price.
    const NOTHING: Self;

    fn of(price: i64) -> Self;
}

// NOTHING + transport less any price stays within the type: transport costs are below 2²².
impl Number for i32 {
    const LARGEST: Self = 1 << 29;
    const NOTHING: Self = 1 << 30;

    fn of(price: i64) -> Self {
        price as Self
    }
}

impl Number for i64 {
    const LARGEST: Self = 1 << 60;
    const NOTHING: Self = 1 << 61;

    fn of(price: i64) -> Self {
        price
    }
}

/// Workloads that see the same offers.
#[derive(Debug)]
struct Party {
    class: usize,
    bloc: Option<u32>,
    /// Metros that have them.
    metros: Vec<usize>,
    /// Workloads with a budget, tightest first.
    near: Vec<usize>,
    /// Their budgets.
    budgets: Vec<u16>,
    /// Workloads without.
    free: Vec<usize>,
}

/// The pass, with what it knows of the matrix and the memory that it needs.
#[derive(Debug)]
pub struct Undercut {
    /// Instructions to use.
    pub level: Level,
    parties: Vec<Party>,
    /// Time to the nearest site of each block, metros by rows.
    nearest: Vec<u16>,
    small: Desk<i32>,
    large: Desk<i64>,
}

/// The price vectors, and room to compare them.
#[derive(Debug, Default)]
struct Desk<T> {
    counters: Vec<Counter<T>>,
    /// The least that each block asks of one metro, transport included, and by how much that is more than is paid.
    delivered: Vec<T>,
    margin: Vec<T>,
    /// Blocks that need a look.
    worth: Vec<usize>,
}

/// One price vector as one party sees it.
#[derive(Debug, Default)]
struct Counter<T> {
    /// The least that is asked at each site.
    asks: Vec<[T; TOGETHER]>,
    /// And in each block.
    least: Vec<T>,
    /// For each budget of one metro, the most that those with it or a looser one pay.
    most: Vec<T>,
}

impl Undercut {
    /// Learns the matrix of a layout.
    #[must_use]
    pub fn new(layout: &Layout) -> Self {
        let blocks = (0..layout.metros()).flat_map(|metro| layout.rtt.row(metro));
        let nearest = blocks.map(|Block(times)| times.iter().copied().min().unwrap_or(u16::MAX)).collect();
        Self { level: level(), parties: parties(layout), nearest, small: Desk::default(), large: Desk::default() }
    }

    /// A workload that could be served for less than it pays, if there is one. Prices of 2⁶⁰ or more are nobody's: a vector with
    /// such a price is refused as a bargain for the first workload of the first metro.
    #[must_use]
    pub fn find(&mut self, layout: &Layout, posted: &[Posted<'_>]) -> Option<Bargain> {
        let below = |most: i64| {
            let small = move |prices: &[i64]| prices.iter().all(|price| (-most < *price) & (*price < most));
            move |posted: &Posted<'_>| small(posted.demand) && small(posted.pool) && small(posted.shell)
        };
        if let Some(posted) = posted.iter().position(|posted| !below(i64::LARGEST)(posted)) {
            return Some(Bargain { posted, metro: 0, workload: 0 });
        }
        let Self { level, parties, nearest, small, large } = self;
        if posted.iter().all(below(i64::from(i32::LARGEST))) {
            sweep(*level, layout, parties, nearest, small, posted)
        } else {
            sweep(*level, layout, parties, nearest, large, posted)
        }
    }
}

fn parties(layout: &Layout) -> Vec<Party> {
    let mut blocs = layout.metro_bloc.clone();
    blocs.sort_unstable();
    blocs.dedup();
    let mut parties = vec![];
    for class in 0..layout.classes() {
        for bloc in std::iter::once(None).chain(blocs.iter().copied().map(Some)) {
            let home = |&metro: &usize| bloc.is_none_or(|bloc| bloc == layout.metro_bloc[metro]);
            let metros = (0..layout.metros()).filter(home).collect();
            let mut party = Party { class, bloc, metros, near: vec![], budgets: vec![], free: vec![] };
            for workload in 0..layout.workloads() {
                let (of, masked) = (layout.workload_class[workload] as usize, layout.workload_masked[workload]);
                if of == class && masked == bloc.is_some() {
                    match u16::try_from(layout.workload_budget[workload]) {
                        Ok(_) => party.near.push(workload),
                        Err(_) => party.free.push(workload),
                    }
                }
            }
            debug_assert!(party.free.iter().all(|&workload| layout.workload_budget[workload] == NO_BUDGET));
            party.near.sort_unstable_by_key(|&workload| layout.workload_budget[workload]);
            party.budgets = party.near.iter().map(|&workload| layout.workload_budget[workload] as u16).collect();
            if !party.near.is_empty() || !party.free.is_empty() {
                parties.push(party);
            }
        }
    }
    parties
}

fn sweep<T: Number>(
    level: Level,
    layout: &Layout,
    parties: &[Party],
    nearest: &[u16],
    desk: &mut Desk<T>,
    posted: &[Posted<'_>],
) -> Option<Bargain> {
    desk.counters.resize_with(posted.len(), Counter::default);
    parties.iter().find_map(|party| {
        for (counter, posted) in desk.counters.iter_mut().zip(posted) {
            counter.read(layout, party, posted);
        }
        let sweep = Sweep { layout, party, nearest, desk, posted };
        sweep.free().or_else(|| dispatch(level, Near(sweep)))
    })
}

impl<T: Number> Counter<T> {
    /// The cheapest admissible port of each site.
    fn read(&mut self, layout: &Layout, party: &Party, posted: &Posted<'_>) {
        let blocks = layout.rtt.blocks();
        self.asks.clear();
        self.asks.resize(blocks, [T::NOTHING; TOGETHER]);
        let asks = self.asks.as_flattened_mut();
        let home = |site: usize| party.bloc.is_none_or(|bloc| bloc == layout.site_bloc[site]);
        let admitted = &layout.class_shell[party.class * layout.sites()..][..layout.sites()];
        for (site, &admitted) in admitted.iter().enumerate() {
            if admitted && home(site) {
                asks[layout.rtt.slot(site)] = T::of(posted.shell[site]);
            }
        }
        let admitted = &layout.class_pool[party.class * layout.pools()..][..layout.pools()];
        for ((&site, &admitted), &price) in layout.pool_site.iter().zip(admitted).zip(posted.pool) {
            if admitted && home(site as usize) {
                let ask = &mut asks[layout.rtt.slot(site as usize)];
                *ask = (*ask).min(T::of(price));
            }
        }
        self.least.clear();
        self.least.extend(self.asks.iter().map(|asks| asks.iter().copied().fold(T::NOTHING, T::min)));
    }
}

/// One party's comparison with all sites.
struct Sweep<'a, T> {
    layout: &'a Layout,
    party: &'a Party,
    nearest: &'a [u16],
    desk: &'a mut Desk<T>,
    posted: &'a [Posted<'a>],
}

impl<T: Number> Sweep<'_, T> {
    fn pays(&self, posted: usize, metro: usize, workload: usize) -> T {
        T::of(self.posted[posted].demand[metro * self.layout.workloads() + workload])
    }

    /// Workloads that may run anywhere.
    fn free(&self) -> Option<Bargain> {
        for (posted, counter) in self.desk.counters.iter().enumerate() {
            let cheapest = counter.least.iter().copied().fold(T::NOTHING, T::min);
            for &workload in &self.party.free {
                let metro =
                    self.party.metros.iter().copied().find(|&metro| cheapest < self.pays(posted, metro, workload));
                if let Some(metro) = metro {
                    return Some(Bargain { posted, metro, workload });
                }
            }
        }
        None
    }
}

/// The comparison of workloads with a budget.
struct Near<'a, T>(Sweep<'a, T>);

impl<T: Number> Kernel for Near<'_, T> {
    type Output = Option<Bargain>;

    #[inline(always)]
    fn run<L: Lanes>(self, _: L) -> Option<Bargain> {
        let mut sweep = self.0;
        if sweep.party.near.is_empty() {
            return None;
        }
        for index in 0..sweep.party.metros.len() {
            let found = sweep.metro(sweep.party.metros[index]);
            if found.is_some() {
                return found;
            }
        }
        None
    }
}

impl<T: Number> Sweep<'_, T> {
    #[inline(always)]
    fn metro(&mut self, metro: usize) -> Option<Bargain> {
        let blocks = self.layout.rtt.blocks();
        let Desk { counters, delivered, margin, worth } = &mut *self.desk;
        delivered.resize(blocks, T::NOTHING);
        margin.clear();
        margin.resize(blocks, T::NOTHING);
        for (counter, posted) in counters.iter_mut().zip(self.posted) {
            let row = &posted.demand[metro * self.layout.workloads()..(metro + 1) * self.layout.workloads()];
            counter.most.clear();
            counter.most.extend(self.party.near.iter().map(|&workload| T::of(row[workload])));
            for looser in (1..counter.most.len()).rev() {
                counter.most[looser - 1] = counter.most[looser - 1].max(counter.most[looser]);
            }
            let terms = Terms { rate: self.layout.transport_rate, budgets: &self.party.budgets, most: &counter.most };
            terms.narrow(&self.nearest[metro * blocks..(metro + 1) * blocks], &counter.least, delivered, margin);
        }
        let row = self.layout.rtt.row(metro);
        worth.resize(blocks, 0);
        let mut count = 0;
        for (block, &margin) in margin.iter().enumerate() {
            worth[count] = block;
            count += usize::from(margin < T::from(0));
        }
        worth[..count].iter().for_each(|&block| row[block].prefetch());
        // Loops rather than closures, which would not be compiled with the wider instructions.
        for index in 0..count {
            let block = self.desk.worth[index];
            let found = self.block(metro, block, &row[block].0);
            if found.is_some() {
                return found;
            }
        }
        None
    }

    /// Looks at every site of a block.
    #[inline(always)]
    fn block(&self, metro: usize, block: usize, times: &[u16; TOGETHER]) -> Option<Bargain> {
        for (posted, counter) in self.desk.counters.iter().enumerate() {
            let terms = Terms { rate: self.layout.transport_rate, budgets: &self.party.budgets, most: &counter.most };
            if terms.undercut(times, &counter.asks[block]) {
                return self.culprit(metro, posted, block, times);
            }
        }
        None
    }

    /// Names a workload that some site of a block would serve for less.
    #[cold]
    fn culprit(&self, metro: usize, posted: usize, block: usize, times: &[u16; TOGETHER]) -> Option<Bargain> {
        let asks = &self.desk.counters[posted].asks[block];
        let serves = |&&workload: &&usize| {
            let pays = self.pays(posted, metro, workload);
            times.iter().zip(asks).any(|(&time, &ask)| {
                let transport = (u32::from(time) * self.layout.transport_rate) >> 10;
                i32::from(time) <= self.layout.workload_budget[workload] && ask + T::from(transport as i32) < pays
            })
        };
        self.party.near.iter().find(serves).map(|&workload| Bargain { posted, metro, workload })
    }
}

/// What one metro pays, and for the way.
struct Terms<'a, T> {
    rate: u32,
    budgets: &'a [u16],
    /// For each budget, the most that those with it or a looser one pay.
    most: &'a [T],
}

impl<T: Number> Terms<'_, T> {
    #[inline(always)]
    fn delivered(&self, time: u16, ask: T) -> T {
        ask + T::from(((u32::from(time) * self.rate) >> 10) as i32)
    }

    /// Lowers the margin of each block: what is asked there at least, less the most that is paid at such a distance.
    #[inline(always)]
    fn narrow(&self, nearest: &[u16], least: &[T], delivered: &mut [T], margin: &mut [T]) {
        for ((delivered, &time), &ask) in delivered.iter_mut().zip(nearest).zip(least) {
            *delivered = self.delivered(time, ask);
        }
        for (&budget, &most) in self.budgets.iter().zip(self.most) {
            for ((margin, &time), &ask) in margin.iter_mut().zip(nearest).zip(&*delivered) {
                let ask = if time <= budget { ask } else { T::NOTHING };
                *margin = (*margin).min(ask - most);
            }
        }
    }

    /// Whether any of a block's sites asks for less than somebody pays there.
    #[inline(always)]
    fn undercut(&self, times: &[u16; TOGETHER], asks: &[T; TOGETHER]) -> bool {
        let mut delivered = [T::NOTHING; TOGETHER];
        for ((delivered, &time), &ask) in delivered.iter_mut().zip(times).zip(asks) {
            *delivered = self.delivered(time, ask);
        }
        let mut any = false;
        for (&budget, &most) in self.budgets.iter().zip(self.most) {
            for (&time, &ask) in times.iter().zip(&delivered) {
                any |= (time <= budget) & (ask < most);
            }
        }
        any
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::hash::hash64;
    use crate::spot::blocks::RoundTrips;

    /// Four workloads of two classes at 150 sites, some masked, some without a budget, some entering shells.
    fn layout(round: u32) -> Layout {
        let draw = |at: u64, most: u64| hash64(at, round) % most;
        let (m, s, p, k) = (5usize, 150usize, 170usize, 4usize);
        let column = |count: usize, stream: u64, most: u64| {
            (0..count as u64).map(|i| draw(i + (stream << 20), most)).collect::<Vec<u64>>()
        };
        let indices =
            |count, stream, most| column(count, stream, most).into_iter().map(|x| x as u32).collect::<Vec<u32>>();
        let truths =
            |count, stream, most| column(count, stream, most).into_iter().map(|x| x == 0).collect::<Vec<bool>>();
        let units: Vec<u16> = column(m * s, 1, 90).into_iter().map(|x| x as u16).collect();
        let mut layout = Layout {
            rtt: RoundTrips::new(s, &units),
            transport_rate: [0, 512, 1024][draw(1, 3) as usize],
            workload_budget: column(k, 2, 100).into_iter().map(|x| if x < 20 { NO_BUDGET } else { x as i32 }).collect(),
            workload_class: vec![0, 0, 1, 1],
            workload_masked: truths(k, 3, 3),
            class_pool: truths(2 * p, 4, 2),
            class_shell: truths(2 * s, 5, 4),
            metro_bloc: indices(m, 6, 3),
            site_bloc: indices(s, 7, 3),
            site_zone: vec![0; s],
            site_btm: vec![false; s],
            pool_site: indices(p, 8, s as u64),
            step_zone: vec![],
            link_tail: vec![],
            link_head: vec![],
            zone_key: vec![0],
            metro_key: vec![0; m],
            site_key: vec![0; s],
            workload_key: vec![0; k],
            pool_key: vec![0; p],
            step_key: vec![],
            link_key: vec![],
            entry: false,
        };
        layout.rtt.arrange();
        layout
    }

    /// The least that a workload could be served for.
    fn least(layout: &Layout, posted: &Posted<'_>, metro: usize, workload: usize) -> Option<i64> {
        let class = layout.workload_class[workload] as usize;
        let budget = layout.workload_budget[workload];
        let at = |site: usize, price: i64| {
            let away = layout.workload_masked[workload] && layout.metro_bloc[metro] != layout.site_bloc[site];
            let rtt = layout.rtt(metro, site);
            match (away, budget) {
                (true, _) => None,
                (false, NO_BUDGET) => Some(price),
                (false, budget) => (i32::from(rtt) <= budget).then(|| price + layout.transport_cost(rtt)),
            }
        };
        let pools = (0..layout.pools()).filter(|&pool| layout.admits_pool(class, pool));
        let pools = pools.filter_map(|pool| at(layout.pool_site[pool] as usize, posted.pool[pool]));
        let shells = (0..layout.sites()).filter(|&site| layout.admits_shell(class, site));
        pools.chain(shells.filter_map(|site| at(site, posted.shell[site]))).min()
    }

    fn check(level: Level, round: u32, scale: i64) {
        let layout = layout(round);
        let (m, k) = (layout.metros(), layout.workloads());
        let prices = |count: usize, stream: u64| -> Vec<i64> {
            (0..count as u64).map(|i| scale * ((hash64(i + (stream << 20), round + 7) % 60) as i64 - 20)).collect()
        };
        let columns: Vec<_> = (0..3).map(|v| (prices(layout.pools(), v), prices(layout.sites(), v + 10))).collect();
        // Everybody pays exactly the least; those whom nobody serves pay a lot.
        let mut demand: Vec<Vec<i64>> = columns
            .iter()
            .map(|(pool, shell)| {
                let posted = Posted { demand: &[], pool, shell };
                let pays = |pair: usize| least(&layout, &posted, pair / k, pair % k).unwrap_or(scale * 1_000);
                (0..m * k).map(pays).collect()
            })
            .collect();
        let mut undercut = Undercut::new(&layout);
        undercut.level = level;
        let mut find = |demand: &[Vec<i64>]| {
            let posted: Vec<Posted<'_>> =
                demand.iter().zip(&columns).map(|(demand, (pool, shell))| Posted { demand, pool, shell }).collect();
            undercut.find(&layout, &posted)
        };
        assert_eq!(find(&demand), None, "round {round}");
        for pair in 0..m * k {
            let which = (round as usize + pair) % 3;
            demand[which][pair] += 1;
            let found = find(&demand);
            if demand[which][pair] == scale * 1_000 + 1 {
                assert_eq!(found, None, "round {round}: nobody serves pair {pair}");
            } else {
                let bargain = Bargain { posted: which, metro: pair / k, workload: pair % k };
                assert_eq!(found, Some(bargain), "round {round}");
            }
            demand[which][pair] -= 1;
        }
    }

    #[test]
    fn every_unit_too_much_is_found_at_every_level_and_no_other() {
        for level in Level::available() {
            for round in 0..25 {
                check(level, round, 1);
                check(level, round, 1 << 30);
            }
        }
    }

    #[test]
    fn prices_that_are_nobodys_are_refused() {
        let layout = layout(1);
        let (demand, pool, shell) = (vec![0; 20], vec![0; 170], vec![1 << 60; 150]);
        let posted = Posted { demand: &demand, pool: &pool, shell: &shell };
        let refused = Bargain { posted: 0, metro: 0, workload: 0 };
        assert_eq!(Undercut::new(&layout).find(&layout, &[posted]), Some(refused));
    }
}
