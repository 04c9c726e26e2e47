//! Which arcs the latency budgets allow: round-trip times between metros and sites.
//!
//! ```text
//! rtt(m, s) = access_m + hop_s + 2 · stretch_m · km(m, s) / speed        [ms]
//! ```
//!
//! `km` is the great circle on a sphere of 6,371.0088 km (the IUGG mean radius). Times are kept in [`UNITS_PER_MS`] units
//! to the millisecond (20 microseconds each) in one dense `u16` matrix, metros by rows: 120 × 5,000 pairs take 1.2 MB, and one
//! matrix prices every workload. A time is rounded to the nearest unit, halves to even, and *clamped*: below zero (a fibre
//! quality that removes more than there is) to 0, beyond 1,310.7 ms to [`FARTHEST`], which a budget of `FARTHEST` still
//! admits. Nothing on Earth is that far: half a meridian at a stretch of 5 takes 981 ms.
//!
//! Sine, cosine and arc sine come from the `libm` crate, so that the matrix has the same bits on every machine.

use crate::error::{Error, Result};

/// Mean radius of the Earth in kilometres (IUGG).
pub const EARTH_RADIUS_KM: f64 = 6_371.008_8;

/// Units of the matrix in a millisecond: one unit is 20 microseconds.
pub const UNITS_PER_MS: f64 = 50.0;

/// The largest entry of the matrix, to which longer times are clamped.
pub const FARTHEST: u16 = u16::MAX;

/// Where the users are, and how far their fibre strays.
#[derive(Debug, Clone, Copy)]
pub struct Metros<'a> {
    /// Latitude in degrees, north positive.
    pub lat: &'a [f64],
    /// Longitude in degrees, east positive.
    pub lon: &'a [f64],
    /// Round trip from the user to the metro's exchange, ms.
    pub access_ms: &'a [f64],
    /// Length of the fibre path over the great circle, at least 1.
    pub stretch: &'a [f64],
}

/// Where the sites are, and what their own fibre adds.
#[derive(Debug, Clone, Copy)]
pub struct Sites<'a> {
    /// Latitude in degrees, north positive.
    pub lat: &'a [f64],
    /// Longitude in degrees, east positive.
    pub lon: &'a [f64],
    /// Round trip that the site's own fibre adds (or, negative, removes), ms.
    pub hop_ms: &'a [f64],
}

/// The dense matrix of round-trip times, `metros × sites`, in units of 20 microseconds.
///
/// `km_per_ms` is the speed of light in the path: 204.2 in silica, 299.4 in hollow core.
///
/// # Errors
/// [`Error::Length`] for columns of unequal length, [`Error::Entry`] for a position that is not on Earth or a time that is
/// not finite.
pub fn rtt_matrix(metros: Metros<'_>, sites: Sites<'_>, km_per_ms: f64) -> Result<Vec<u16>> {
    if !(km_per_ms.is_finite() && km_per_ms > 0.0) {
        return Err(Error::Total { what: "km_per_ms", value: 0, reason: "must be finite and above zero" });
    }
    let (m, s) = (metros.lat.len(), sites.lat.len());
    for (array, column, expected) in [
        ("metro_lon", metros.lon, m),
        ("metro_access_ms", metros.access_ms, m),
        ("metro_stretch", metros.stretch, m),
        ("site_lon", sites.lon, s),
        ("site_hop_ms", sites.hop_ms, s),
    ] {
        if column.len() != expected {
            return Err(Error::Length { array, expected, found: column.len() });
        }
    }
    within("metro_lat", metros.lat, 90.0)?;
    within("metro_lon", metros.lon, 360.0)?;
    within("metro_access_ms", metros.access_ms, 1e6)?;
    within("metro_stretch", metros.stretch, 1e3)?;
    within("site_lat", sites.lat, 90.0)?;
    within("site_lon", sites.lon, 360.0)?;
    within("site_hop_ms", sites.hop_ms, 1e6)?;

    let from = directions(metros.lat, metros.lon);
    let to = directions(sites.lat, sites.lon);
    let mut matrix = Vec::with_capacity(m * s);
    for (i, &origin) in from.iter().enumerate() {
        let ms_per_km = 2.0 * metros.stretch[i] / km_per_ms;
        for (j, &end) in to.iter().enumerate() {
            let ms = metros.access_ms[i] + sites.hop_ms[j] + ms_per_km * great_circle_km(origin, end);
            matrix.push(units(ms));
        }
    }
    Ok(matrix)
}

/// A time in matrix units: nearest, halves to even, clamped to what the matrix can hold.
#[must_use]
pub fn units(ms: f64) -> u16 {
    let rounded = libm::rint(ms * UNITS_PER_MS);
    if rounded >= f64::from(FARTHEST) {
        FARTHEST
    } else if rounded > 0.0 {
        rounded as u16
    } else {
        0
    }
}

/// Unit vectors that point at the places.
fn directions(lat: &[f64], lon: &[f64]) -> Vec<[f64; 3]> {
    lat.iter()
        .zip(lon)
        .map(|(&lat, &lon)| {
            let (lat, lon) = (lat.to_radians(), lon.to_radians());
            [libm::cos(lat) * libm::cos(lon), libm::cos(lat) * libm::sin(lon), libm::sin(lat)]
        })
        .collect()
}

/// Great circle between two directions by their chord: accurate for neighbours, where the arc cosine is not.
fn great_circle_km(a: [f64; 3], b: [f64; 3]) -> f64 {
    let (x, y, z) = (a[0] - b[0], a[1] - b[1], a[2] - b[2]);
    let half_chord = 0.5 * libm::sqrt(x * x + y * y + z * z);
    2.0 * EARTH_RADIUS_KM * libm::asin(half_chord.min(1.0))
}

fn within(array: &'static str, column: &[f64], limit: f64) -> Result<()> {
    match column.iter().position(|x| !(x.is_finite() && x.abs() <= limit)) {
        None => Ok(()),
        // The error carries integers; a value that is not a number shows as zero there, so the reason names it.
        Some(index) => Err(Error::Entry {
            array,
            index,
            value: column[index] as i128,
            reason: if column[index].is_finite() { "is out of range" } else { "is not a finite number" },
        }),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn one(lat: [f64; 2], lon: [f64; 2], stretch: f64, access: f64, hop: f64) -> u16 {
        let metros = Metros { lat: &lat[..1], lon: &lon[..1], access_ms: &[access], stretch: &[stretch] };
        let sites = Sites { lat: &lat[1..], lon: &lon[1..], hop_ms: &[hop] };
        rtt_matrix(metros, sites, 204.2).unwrap()[0]
    }

    #[test]
    fn new_york_to_london_takes_54_6_ms_along_the_great_circle() {
        // 5,570 km there and back at 204.2 km/ms.
        let rtt = one([40.7128, 51.5074], [-74.0060, -0.1278], 1.0, 0.0, 0.0);
        assert!((i32::from(rtt) - 2728).abs() <= 1, "{rtt}");
    }

    #[test]
    fn antipodes_are_half_a_circumference_apart() {
        let km = great_circle_km([1.0, 0.0, 0.0], [-1.0, 0.0, 0.0]);
        assert!((km - std::f64::consts::PI * EARTH_RADIUS_KM).abs() < 1e-9);
    }

    #[test]
    fn access_hop_and_stretch_add_up() {
        assert_eq!(one([10.0, 10.0], [20.0, 20.0], 2.0, 9.0, 1.5), 525);
        let straight = one([10.0, 11.0], [20.0, 20.0], 1.0, 0.0, 0.0);
        let strayed = one([10.0, 11.0], [20.0, 20.0], 3.0, 0.0, 0.0);
        assert!((i32::from(strayed) - 3 * i32::from(straight)).abs() <= 2);
    }

    #[test]
    fn times_are_clamped_at_both_ends() {
        assert_eq!(one([0.0, 0.0], [0.0, 0.0], 1.0, 1.0, -2.0), 0);
        assert_eq!(one([0.0, 0.0], [0.0, 0.0], 1.0, 2_000.0, 0.0), FARTHEST);
        assert_eq!(units(0.01), 0, "half a unit rounds to even");
        assert_eq!(units(0.03), 2);
    }

    #[test]
    fn a_bad_position_is_named() {
        let sites = Sites { lat: &[0.0, f64::NAN], lon: &[0.0, 0.0], hop_ms: &[0.0, 0.0] };
        let metros = Metros { lat: &[0.0], lon: &[0.0], access_ms: &[0.0], stretch: &[1.0] };
        let error = rtt_matrix(metros, sites, 204.2).unwrap_err();
        assert_eq!(error.to_string(), "site_lat[1] = 0: is not a finite number");
    }
}
