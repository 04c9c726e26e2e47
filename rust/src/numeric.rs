//! Numbers that are the same on every machine: portable functions, sums in a fixed order, keyed random draws.
//!
//! A result may not depend on the processor it was computed on, nor on the number of threads. So functions such as
//! `exp` come from one portable implementation (the `libm` crate, whose steps are IEEE 754 additions and
//! multiplications in a fixed order) and sums run from left to right. A random draw is a pure function of
//!
//! | symbol    | range                     | meaning                                                |
//! |-----------|---------------------------|--------------------------------------------------------|
//! | `seed`    | unsigned 64 bits          | the run's seed                                         |
//! | `purpose` | text                      | what is drawn, for example `"demand noise"`            |
//! | `entity`  | unsigned 64 bits          | for whom: [`fnv1a`] of a stable id, or a plain number  |
//! | `tick`    | signed 64 bits            | when                                                   |
//!
//! through Philox4x32-10 (Salmon, Moraes, Dror & Shaw, *Parallel random numbers: as easy as 1, 2, 3*, SC11, §3.3):
//! key = FNV-1a(seed, purpose), counter = (entity, tick). Two runs that differ in one parameter therefore share every
//! other draw, and adding an entity moves nobody else's.

use std::cell::Cell;

/// FNV-1a, 64 bits, of the bytes (Fowler, Noll & Vo; RFC 9923).
#[must_use]
pub fn fnv1a(bytes: &[u8]) -> u64 {
    fnv1a_from(0xcbf2_9ce4_8422_2325, bytes)
}

/// FNV-1a going on from the hash of what came before.
fn fnv1a_from(hash: u64, bytes: &[u8]) -> u64 {
    bytes.iter().fold(hash, |hash, &byte| (hash ^ u64::from(byte)).wrapping_mul(0x0000_0100_0000_01b3))
}

/// The Philox key of a purpose under a seed: FNV-1a of the seed's eight bytes (little-endian) and the purpose's UTF-8.
#[must_use]
pub fn draw_key(seed: u64, purpose: &str) -> u64 {
    fnv1a_from(fnv1a(&seed.to_le_bytes()), purpose.as_bytes())
}

/// Philox4x32-10: four 32-bit words from a 128-bit counter and a 64-bit key.
#[must_use]
pub fn philox4x32(mut counter: [u32; 4], mut key: [u32; 2]) -> [u32; 4] {
    const ROUNDS: usize = 10;
    for round in 0..ROUNDS {
        if round > 0 {
            key[0] = key[0].wrapping_add(0x9E37_79B9);
            key[1] = key[1].wrapping_add(0xBB67_AE85);
        }
        let (high0, low0) = wide_product(0xD251_1F53, counter[0]);
        let (high1, low1) = wide_product(0xCD9E_8D57, counter[2]);
        counter = [high1 ^ counter[1] ^ key[0], low1, high0 ^ counter[3] ^ key[1], low0];
    }
    counter
}

/// High and low word of a product.
fn wide_product(a: u32, b: u32) -> (u32, u32) {
    halves(u64::from(a) * u64::from(b))
}

/// High and low word of 64 bits.
#[allow(clippy::cast_possible_truncation)]
fn halves(word: u64) -> (u32, u32) {
    ((word >> 32) as u32, word as u32)
}

/// The 128 random bits of (key, entity, tick), as two words.
#[allow(clippy::cast_sign_loss)]
fn draw(key: u64, entity: u64, tick: i64) -> (u64, u64) {
    let (key_high, key_low) = halves(key);
    let (entity_high, entity_low) = halves(entity);
    let (tick_high, tick_low) = halves(tick as u64);
    let [a, b, c, d] = philox4x32([entity_low, entity_high, tick_low, tick_high], [key_low, key_high]);
    (u64::from(b) << 32 | u64::from(a), u64::from(d) << 32 | u64::from(c))
}

/// The upper 53 bits of a word as a number in [0, 1).
#[allow(clippy::cast_precision_loss)]
fn unit_interval(word: u64) -> f64 {
    // 53 bits fit a float's mantissa, so the conversion and the scaling by a power of two are exact.
    (word >> 11) as f64 * (1.0 / 9_007_199_254_740_992.0)
}

/// A uniform draw in [0, 1), a multiple of 2⁻⁵³.
#[must_use]
pub fn uniform(key: u64, entity: u64, tick: i64) -> f64 {
    unit_interval(draw(key, entity, tick).0)
}

/// A standard normal draw (Box & Muller 1958, the cosine branch).
#[must_use]
pub fn normal(key: u64, entity: u64, tick: i64) -> f64 {
    let (first, second) = draw(key, entity, tick);
    // 1 - u lies in (0, 1], so the logarithm is finite.
    let radius = libm::sqrt(-2.0 * libm::log(1.0 - unit_interval(first)));
    radius * libm::cos(core::f64::consts::TAU * unit_interval(second))
}

/// 1 / (1 + e⁻ˣ), without overflow on either side.
#[must_use]
pub fn logistic(x: f64) -> f64 {
    if x >= 0.0 {
        1.0 / (1.0 + libm::exp(-x))
    } else {
        let grown = libm::exp(x);
        grown / (1.0 + grown)
    }
}

/// The sum from left to right.
pub fn total(values: impl IntoIterator<Item = f64>) -> f64 {
    // `Iterator::sum` starts from -0.0 in recent Rust; an empty total is plain zero.
    values.into_iter().fold(0.0, |sum, value| sum + value)
}

/// Sums of the values of each group, each added up in the order of the rows.
///
/// # Errors
/// The first row whose group is outside `0..groups`.
pub fn group_total(
    values: impl IntoIterator<Item = f64>,
    group: impl IntoIterator<Item = i64>,
    groups: usize,
) -> Result<Vec<f64>, (usize, i64)> {
    let mut sums = vec![0.0; groups];
    for (row, (value, group)) in values.into_iter().zip(group).enumerate() {
        let place = usize::try_from(group).ok().and_then(|g| sums.get_mut(g)).ok_or((row, group))?;
        *place += value;
    }
    Ok(sums)
}

/// Adds integers to the sums of their groups; beyond 64 bits they wrap.
///
/// # Errors
/// The first row whose group is not among the sums; what stands before it is added.
pub fn add_by(
    sums: &[Cell<i64>],
    group: impl IntoIterator<Item = i64>,
    values: impl IntoIterator<Item = i64>,
) -> Result<(), (usize, i64)> {
    for (row, (group, value)) in group.into_iter().zip(values).enumerate() {
        let sum = usize::try_from(group).ok().and_then(|g| sums.get(g)).ok_or((row, group))?;
        sum.set(sum.get().wrapping_add(value));
    }
    Ok(())
}

/// Moves amounts from one account of a party, which is credited, to another, which is debited. Balances stand party by
/// party, so many accounts each.
///
/// # Errors
/// The first party that there isn't; entries before it are booked.
pub fn post(
    balance: &[Cell<i64>],
    accounts: usize,
    entries: impl IntoIterator<Item = (i64, i64)>,
    (debit, credit): (usize, usize),
) -> Result<(), i64> {
    for (party, amount) in entries {
        let first = usize::try_from(party).ok().and_then(|party| party.checked_mul(accounts)).ok_or(party)?;
        let account = |place: usize| balance.get(first.saturating_add(place)).ok_or(party);
        account(debit)?.set(account(debit)?.get().wrapping_add(amount));
        account(credit)?.set(account(credit)?.get().wrapping_sub(amount));
    }
    Ok(())
}

/// Adds up the products of a row, most of whose entries may be nil, with several columns of weights, which stand entry by
/// entry; beyond 64 bits they wrap.
///
/// # Panics
/// Without a column.
pub fn add_products(sums: &mut [i64], row: impl IntoIterator<Item = i64>, weights: &[i64]) {
    for (value, weights) in row.into_iter().zip(weights.chunks_exact(sums.len())).filter(|(value, _)| *value != 0) {
        for (sum, weight) in sums.iter_mut().zip(weights) {
            *sum = sum.wrapping_add(value.wrapping_mul(*weight));
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn fnv1a_agrees_with_its_published_vectors() {
        // Noll's test suite (fnv64 test vectors; also RFC 9923).
        assert_eq!(fnv1a(b""), 0xcbf2_9ce4_8422_2325);
        assert_eq!(fnv1a(b"a"), 0xaf63_dc4c_8601_ec8c);
        assert_eq!(fnv1a(b"foobar"), 0x8594_4171_f739_67e8);
    }

    #[test]
    fn philox_agrees_with_the_known_answers_of_random123() {
        // Random123 1.14, tests/kat_vectors, lines "philox4x32 10".
        assert_eq!(philox4x32([0; 4], [0; 2]), [0x6627_e8d5, 0xe169_c58d, 0xbc57_ac4c, 0x9b00_dbd8]);
        assert_eq!(philox4x32([u32::MAX; 4], [u32::MAX; 2]), [0x408f_276d, 0x41c8_3b0e, 0xa20b_c7c6, 0x6d54_51fd]);
        assert_eq!(
            philox4x32([0x243f_6a88, 0x85a3_08d3, 0x1319_8a2e, 0x0370_7344], [0xa409_3822, 0x299f_31d0]),
            [0xd16c_fe09, 0x94fd_cceb, 0x5001_e420, 0x2412_6ea1]
        );
    }

    #[test]
    fn a_key_tells_seeds_and_purposes_apart() {
        let keys = [draw_key(0, "noise"), draw_key(1, "noise"), draw_key(0, "place"), draw_key(256, "noise")];
        for (i, a) in keys.iter().enumerate() {
            for b in &keys[..i] {
                assert_ne!(a, b);
            }
        }
    }

    #[test]
    fn uniforms_fill_the_unit_interval() {
        let key = draw_key(7, "uniforms");
        let draws: Vec<f64> = (0..20_000).map(|entity| uniform(key, entity, 3)).collect();
        assert!(draws.iter().all(|u| (0.0..1.0).contains(u)));
        let mean = total(draws.iter().copied()) / 20_000.0;
        // Six standard errors of the mean of 20,000 uniforms.
        assert!((mean - 0.5).abs() < 6.0 * 0.002_05, "{mean}");
    }

    #[test]
    fn normals_have_the_moments_of_the_normal() {
        let key = draw_key(7, "normals");
        let draws: Vec<f64> = (0..20_000).map(|entity| normal(key, entity, -1)).collect();
        let mean = total(draws.iter().copied()) / 20_000.0;
        let variance = total(draws.iter().map(|z| z * z)) / 20_000.0;
        assert!(mean.abs() < 0.043, "{mean}");
        assert!((variance - 1.0).abs() < 0.06, "{variance}");
    }

    #[test]
    fn the_largest_word_stays_below_one() {
        assert!(unit_interval(u64::MAX) < 1.0);
        assert!(libm::log(1.0 - unit_interval(u64::MAX)).is_finite());
    }

    #[test]
    fn logistic_is_symmetric_and_never_overflows() {
        for x in [0.0, 0.3, 5.0, 40.0, 800.0] {
            let (up, down) = (logistic(x), logistic(-x));
            assert!((up + down - 1.0).abs() < 1e-15);
            assert!(up.is_finite() && down.is_finite());
        }
    }

    #[test]
    fn sums_run_from_left_to_right() {
        assert_eq!(total([1e16, 1.0, -1e16, 1.0]).to_bits(), 1f64.to_bits());
        assert_eq!(total([]).to_bits(), 0f64.to_bits());
        assert_eq!(group_total([1.0, 2.0, 4.0], [1, 0, 1], 3), Ok(vec![2.0, 5.0, 0.0]));
        assert_eq!(group_total([1.0, 2.0], [0, 3], 3), Err((1, 3)));
        assert_eq!(group_total([1.0], [-1], 3), Err((0, -1)));
    }

    #[test]
    fn integers_are_added_where_they_belong() {
        let sums = [1, 0, i64::MAX].map(Cell::new);
        assert_eq!(add_by(&sums, [2, 0, 0], [1, 2, 4]), Ok(()));
        assert_eq!(sums.each_ref().map(Cell::get), [7, 0, i64::MIN]);
        assert_eq!(add_by(&sums, [1, 3], [5, 5]), Err((1, 3)));
        assert_eq!(add_by(&sums, [-1], [5]), Err((0, -1)));
    }

    #[test]
    fn what_is_debited_is_credited() {
        let balance = [0; 6].map(Cell::new);
        assert_eq!(post(&balance, 3, [(1, 5), (0, 2), (1, -1)], (0, 2)), Ok(()));
        assert_eq!(balance.each_ref().map(Cell::get), [2, 0, -2, 4, 0, -4]);
        assert_eq!(post(&balance, 3, [(2, 5)], (0, 2)), Err(2));
        assert_eq!(post(&balance, 3, [(-1, 5)], (0, 2)), Err(-1));
    }

    #[test]
    fn a_row_is_weighed_by_every_column() {
        let mut sums = [100, 0];
        add_products(&mut sums, [2, 0, 3], &[1, 10, 7, 7, -2, 20]);
        assert_eq!(sums, [96, 80]);
    }
}
