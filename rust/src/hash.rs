//! The hash that settles ties between optimal flows.

/// Rounds of hashing that are tried before duplicate keys are blamed.
pub const ROUNDS: u32 = 8;

const GOLDEN: u64 = 0x9e37_79b9_7f4a_7c15;

/// Hash of an arc's key in a given round: `splitmix64` (Steele, Lea & Flood 2014) of the key, offset by the round.
///
/// ```
/// use wattmarket_core::hash::hash64;
/// // The first output of splitmix64 from state zero, a published test vector.
/// assert_eq!(hash64(0, 0), 0xe220_a839_7b1d_cdaf);
/// assert_ne!(hash64(0, 0), hash64(0, 1));
/// ```
#[must_use]
pub const fn hash64(key: u64, round: u32) -> u64 {
    // One odd multiple of the golden gamma per round keeps the rounds' streams apart.
    let state = key ^ (round as u64).wrapping_mul(0xd1b5_4a32_d192_ed03);
    let mut z = state.wrapping_add(GOLDEN);
    z = (z ^ (z >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
    z = (z ^ (z >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb);
    z ^ (z >> 31)
}
