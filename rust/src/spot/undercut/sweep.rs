//! The sweep over the matrix.

use super::{Bargain, Party, Posted};
use crate::simd::{Kernel, Lanes, Level, dispatch};
use crate::spot::layout::Layout;

/// Sites that are skipped together.
const TOGETHER: usize = 64;

/// An integer to compare prices in.
pub trait Number:
    Copy + Default + Ord + std::ops::Add<Output = Self> + std::ops::Sub<Output = Self> + From<i32>
{
    /// Prices lie strictly between this and its negative.
    const LARGEST: Self;
    /// Dearer than any price.
    const NOTHING: Self;

    /// A price that lies within.
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

/// The price vectors, and room to compare them.
#[derive(Debug, Default)]
pub struct Desk<T> {
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

/// Compares all price vectors with what every party could have.
pub fn sweep<T: Number>(
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
