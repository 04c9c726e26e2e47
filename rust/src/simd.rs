//! Vector instructions, chosen when the program runs.
//!
//! The core is compiled for the baseline of its target (SSE2 on x86-64), so one wheel runs everywhere. A loop that is worth
//! more is written once, as a [`Kernel`] over fixed-size arrays, and [`dispatch`] compiles it once for every [`Level`]:
//! the compiler vectorises the same source with wider registers. Kernels compute on integers only, so every level gives the
//! same bits. What the compiler doesn't find by itself can be written by hand, chosen by [`Lanes::LEVEL`].
//!
//! Other targets than x86-64 compile to the baseline.

use std::sync::atomic::{AtomicU8, Ordering};

/// A set of vector instructions.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum Level {
    /// What every machine of the target has.
    Baseline = 1,
    /// AVX2 with BMI and FMA (x86-64-v3).
    Avx2,
    /// AVX-512 F, BW, CD, DQ and VL (x86-64-v4).
    Avx512,
}

/// Environment variable that lowers the level: `baseline`, `avx2` or `avx512`.
pub const LEVEL_VARIABLE: &str = "WATTMARKET_SIMD";

/// The level in use; 0 until somebody asks.
static CHOSEN: AtomicU8 = AtomicU8::new(0);

impl Level {
    const ALL: [Self; 3] = [Self::Baseline, Self::Avx2, Self::Avx512];

    fn named(name: &str) -> Option<Self> {
        match name {
            "baseline" => Some(Self::Baseline),
            "avx2" => Some(Self::Avx2),
            "avx512" => Some(Self::Avx512),
            _ => None,
        }
    }

    /// The widest level of this machine.
    #[must_use]
    pub fn detected() -> Self {
        #[cfg(target_arch = "x86_64")]
        {
            let v3 = is_x86_feature_detected!("avx2")
                && is_x86_feature_detected!("bmi1")
                && is_x86_feature_detected!("bmi2")
                && is_x86_feature_detected!("lzcnt")
                && is_x86_feature_detected!("popcnt")
                && is_x86_feature_detected!("fma");
            let v4 = v3
                && is_x86_feature_detected!("avx512f")
                && is_x86_feature_detected!("avx512bw")
                && is_x86_feature_detected!("avx512cd")
                && is_x86_feature_detected!("avx512dq")
                && is_x86_feature_detected!("avx512vl");
            if v4 {
                return Self::Avx512;
            }
            if v3 {
                return Self::Avx2;
            }
        }
        Self::Baseline
    }

    /// The levels that this machine has, narrowest first.
    pub fn available() -> impl Iterator<Item = Self> {
        let widest = Self::detected();
        Self::ALL.into_iter().filter(move |&level| level <= widest)
    }
}

/// The level in use: the widest of this machine, unless [`LEVEL_VARIABLE`] or [`force`] lowered it.
#[must_use]
pub fn level() -> Level {
    match CHOSEN.load(Ordering::Relaxed) {
        1 => Level::Baseline,
        2 => Level::Avx2,
        3 => Level::Avx512,
        _ => {
            let asked = std::env::var(LEVEL_VARIABLE); // exact: every level gives the same bits
            let asked = asked.ok().and_then(|name| Level::named(&name));
            force(asked.unwrap_or(Level::Avx512))
        }
    }
}

/// Uses a level from now on, or the widest of this machine if it has less. Returns which. For tests: results don't
/// depend on it.
pub fn force(level: Level) -> Level {
    let level = level.min(Level::detected());
    CHOSEN.store(level as u8, Ordering::Relaxed);
    level
}

/// A loop to compile for every level. `run` must be `#[inline(always)]`, and so must be what it calls: only code that is inlined
/// is compiled with the wider instructions.
pub trait Kernel {
    /// What it returns.
    type Output;

    /// Runs it.
    fn run<L: Lanes>(self, lanes: L) -> Self::Output;
}

/// The instructions that a kernel is compiled for. A value is a proof that the machine has them.
pub trait Lanes: Copy {
    /// Their level.
    const LEVEL: Level;
}

/// Runs a kernel with the instructions of a level, or of the widest that the machine has.
#[inline]
pub fn dispatch<K: Kernel>(level: Level, kernel: K) -> K::Output {
    #[cfg(target_arch = "x86_64")]
    match level.min(level_of_machine()) {
        // SAFETY: `level_of_machine` is the detected level, which is AVX-512 only if every feature that `x86::avx512` enables was
        // detected.
        Level::Avx512 => return unsafe { x86::avx512(kernel) },
        // SAFETY: as above; AVX-512 was detected only together with the features that `x86::avx2` enables.
        Level::Avx2 => return unsafe { x86::avx2(kernel) },
        Level::Baseline => {}
    }
    let _ = level;
    kernel.run(Baseline)
}

/// [`Level::detected`], remembered.
#[cfg(target_arch = "x86_64")]
fn level_of_machine() -> Level {
    static DETECTED: std::sync::OnceLock<Level> = std::sync::OnceLock::new();
    *DETECTED.get_or_init(Level::detected)
}

/// The target's own instructions.
#[derive(Debug, Clone, Copy)]
pub struct Baseline;

impl Lanes for Baseline {
    const LEVEL: Level = Level::Baseline;
}

#[cfg(target_arch = "x86_64")]
mod x86 {
    use super::{Kernel, Lanes, Level};

    /// Proof of the features that [`avx2`] enables: made there only.
    #[derive(Clone, Copy)]
    pub struct Avx2(());

    impl Lanes for Avx2 {
        const LEVEL: Level = Level::Avx2;
    }

    /// Proof of the features that [`avx512`] enables: made there only.
    #[derive(Clone, Copy)]
    pub struct Avx512(());

    impl Lanes for Avx512 {
        const LEVEL: Level = Level::Avx512;
    }

    #[target_feature(enable = "avx2,bmi1,bmi2,lzcnt,popcnt,fma")]
    pub fn avx2<K: Kernel>(kernel: K) -> K::Output {
        kernel.run(Avx2(()))
    }

    #[target_feature(enable = "avx512f,avx512bw,avx512cd,avx512dq,avx512vl,avx2,bmi1,bmi2,lzcnt,popcnt,fma")]
    pub fn avx512<K: Kernel>(kernel: K) -> K::Output {
        kernel.run(Avx512(()))
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::hash::hash64;

    /// A sum of products, and the level that it was compiled for.
    struct Sum<'a>(&'a [i32]);

    impl Kernel for Sum<'_> {
        type Output = (i64, Level);

        #[inline(always)]
        fn run<L: Lanes>(self, _: L) -> (i64, Level) {
            (self.0.iter().map(|&x| i64::from(x) * 3).sum(), L::LEVEL)
        }
    }

    #[test]
    fn every_level_gives_the_same_bits() {
        let values: Vec<i32> = (0..1001).map(|i| hash64(i, 0) as i32).collect();
        let sum = values.iter().map(|&x| 3 * i64::from(x)).sum();
        for level in Level::available() {
            assert_eq!(dispatch(level, Sum(&values)), (sum, level));
        }
        assert_eq!(dispatch(Level::Avx512, Sum(&values)), (sum, Level::detected()), "no more than the machine has");
    }

    #[test]
    fn a_level_is_never_above_the_machine() {
        assert!(force(Level::Avx512) <= Level::detected());
        assert_eq!(force(Level::Baseline), Level::Baseline);
        assert_eq!(level(), Level::Baseline);
        assert_eq!(force(Level::detected()), Level::detected());
    }

    #[test]
    fn levels_have_names() {
        assert_eq!(["baseline", "avx2", "avx512"].map(Level::named), Level::ALL.map(Some));
        assert_eq!(Level::named("sse9"), None);
    }
}
