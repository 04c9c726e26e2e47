"""Seeded markets of the benchmark family, and how they move from tick to tick.

A market has M metros, five latency classes, S sites, Z zones and G generation steps. Metros and remote sites gather
around a handful of populated regions; two sites in five stand inside a metro. All quantities are integers: kW,
micro-$ per kWh, kilometres. The same size and seed give the same market, and ``digest`` shows it across processes.
The numbers below are assumptions of the benchmark, chosen to be hard in the way of the model, not facts of the model.
"""

from __future__ import annotations

import hashlib
from dataclasses import dataclass, fields

import numpy as np
from numpy.typing import NDArray

__all__ = ["CLASSES", "COST_STEP", "DEMAND_STEP", "REACH_KM", "SIZES", "Instance", "Size", "make_instance"]

Ints = NDArray[np.int64]
Floats = NDArray[np.float64]
Random = np.random.Generator

EARTH_RADIUS_KM = 6_371.0

# A round trip takes 8 ms of access and 0.016 ms per km of great circle. Budgets of 20, 35, 60 and 150 ms give the
# first four reaches; the last class goes anywhere.
REACH_KM: Ints = np.array([750, 1_687, 3_250, 8_875, 65_535], dtype=np.int64)
CLASSES = len(REACH_KM)

# What unserved demand would have paid, micro-$ per kWh, one row per class: the least eager first.
WORTH_MUSD_PER_KWH: Ints = np.array(
    [
        [4_500_000, 6_500_000, 9_000_000],
        [3_000_000, 4_500_000, 6_000_000],
        [1_500_000, 2_200_000, 3_000_000],
        [500_000, 750_000, 1_000_000],
        [120_000, 200_000, 400_000],
    ],
    dtype=np.int64,
)
WORTH_SHARES = (0.2, 0.3)  # of a metro's demand on the first two steps; the rest is on the third
CLASS_SHARES = np.array([0.05, 0.10, 0.20, 0.25, 0.40])

# From one tick to the next: standard deviations of a random walk in logarithms.
DEMAND_STEP = 0.015
COST_STEP = 0.005

# Latitude, longitude and weight of the regions that metros and sites gather around.
REGIONS = np.array(
    [
        (39, -80, 3),
        (38, -115, 2),
        (-20, -50, 2),
        (50, 10, 4),
        (2, 20, 2),
        (22, 78, 4),
        (33, 112, 4),
        (5, 108, 2),
        (36, 138, 2),
        (-30, 145, 1),
        (28, 45, 2),
    ],
    dtype=np.float64,
)


@dataclass(frozen=True, slots=True)
class Size:
    """How large a market is."""

    metros: int
    sites: int
    zones: int


SIZES = {
    "S0": Size(12, 40, 5),  # for the tests
    "S1": Size(50, 300, 20),
    "S2": Size(200, 2_000, 60),
    "S3": Size(500, 5_000, 150),
    "S4": Size(1_000, 10_000, 200),
}


@dataclass(frozen=True, slots=True)
class Instance:
    """One market and its ticks; T + 1 states, of which state 0 is the base.

    Attributes
    ----------
    distance_km
        uint16 [M, S].
    demand_kw
        int64 [T + 1, M, CLASSES], at least 1.
    site_kw, site_zone
        int64 [S].
    site_cost_musd_per_kwh
        int64 [T + 1, S].
    step_zone, step_kw, step_cost_musd_per_kwh
        int64 [G]: generation steps, cheapest first within a zone.
    """

    distance_km: NDArray[np.uint16]
    demand_kw: Ints
    site_kw: Ints
    site_zone: Ints
    site_cost_musd_per_kwh: Ints
    step_zone: Ints
    step_kw: Ints
    step_cost_musd_per_kwh: Ints

    @property
    def metros(self) -> int:
        return int(self.distance_km.shape[0])

    @property
    def sites(self) -> int:
        return int(self.distance_km.shape[1])

    @property
    def zones(self) -> int:
        return int(self.site_zone.max()) + 1

    @property
    def ticks(self) -> int:
        """Number of ticks after the base state."""
        return len(self.demand_kw) - 1

    @property
    def ring_arcs(self) -> int:
        """Number of arcs in ring form: transport, chains, worth, sites, generation steps."""
        chain = self.metros * (CLASSES - 1)
        worth = self.metros * WORTH_MUSD_PER_KWH.size
        return self.metros * self.sites + chain + worth + self.sites + len(self.step_kw)

    def demand_steps_kw(self, tick: int) -> Ints:
        """Demand of one tick on the steps of its worth; int64 [M, CLASSES, 3], rows sum to the demand."""
        demand = self.demand_kw[tick]
        first, second = (np.floor(demand * share).astype(np.int64) for share in WORTH_SHARES)
        return np.stack([first, second, demand - first - second], axis=2)

    def digest(self) -> str:
        """SHA-256 over every column."""
        sha = hashlib.sha256()
        for field in fields(self):
            column = getattr(self, field.name)
            sha.update(f"{field.name}{column.dtype.str}{column.shape}".encode())
            sha.update(np.ascontiguousarray(column).tobytes())
        return sha.hexdigest()


def make_instance(size: Size, *, ticks: int = 20, seed: int = 0, grain: int = 1) -> Instance:
    """Draw one market.

    Parameters
    ----------
    size
        Metros, sites and zones.
    ticks
        States after the base one. Demand moves by 1.5 % and a site's cost by 0.5 % from one to the next (standard
        deviations of a random walk in logarithms).
    seed
        Of everything drawn.
    grain
        Every quantity (kW) and cost (micro-$ per kWh) is rounded to a multiple of this and is at least this. 1,000 (a
        megawatt, a dollar per MWh) makes the market as degenerate as coarse data do.
    """
    random = np.random.default_rng([seed, size.metros, size.sites, size.zones])
    metro_degrees = _near_regions(random, size.metros, 8.0)
    metro_weight = random.lognormal(0.0, 1.0, size.metros)
    site_degrees, site_kw, site_cost = _sites(random, size.sites, metro_degrees, metro_weight)
    metro, site = _unit_vectors(metro_degrees), _unit_vectors(site_degrees)

    centres = random.choice(size.sites, size.zones, replace=False)
    site_zone = np.argmin(_great_circle_km(site, site[centres]), axis=1).astype(np.int64)
    zone_kw = np.bincount(site_zone, weights=site_kw, minlength=size.zones) * random.uniform(0.7, 1.1, size.zones)
    step_zone, step_kw, step_cost = _generation_steps(random, zone_kw)

    world_kw = 0.65 * min(site_kw.sum(), step_kw.sum())
    demand_random, cost_random = random.spawn(2)  # of their own, so that more ticks leave the first ones as they are
    base = metro_weight[:, None] * CLASS_SHARES * random.lognormal(0.0, 0.3, (size.metros, CLASSES))
    base *= world_kw / base.sum()
    return Instance(
        distance_km=np.minimum(_great_circle_km(metro, site), 65_000).astype(np.uint16),
        demand_kw=_whole(_walk(demand_random, base, DEMAND_STEP, ticks), grain),
        site_kw=_whole(site_kw, grain),
        site_zone=site_zone,
        site_cost_musd_per_kwh=_whole(_walk(cost_random, site_cost, COST_STEP, ticks), grain),
        step_zone=step_zone,
        step_kw=_whole(step_kw, grain),
        step_cost_musd_per_kwh=_whole(step_cost, grain),
    )


def _near_regions(random: Random, count: int, spread: float) -> Floats:
    """Latitudes and longitudes around the regions, in degrees; [count, 2]."""
    region = random.choice(len(REGIONS), count, p=REGIONS[:, 2] / REGIONS[:, 2].sum())
    degrees = REGIONS[region, :2] + random.normal(0.0, 1.0, (count, 2)) * (spread, 1.3 * spread)
    return np.clip(degrees, (-60.0, -360.0), (70.0, 360.0))


def _sites(random: Random, count: int, metro_degrees: Floats, metro_weight: Floats) -> tuple[Floats, Floats, Floats]:
    """Small dear sites in metros and large cheap ones far off: place (degrees), kW, cost (micro-$ per kWh)."""
    inside = int(0.4 * count)
    outside = count - inside
    home = random.choice(len(metro_weight), inside, p=metro_weight / metro_weight.sum())
    degrees = np.concatenate(
        [metro_degrees[home] + random.normal(0.0, 0.4, (inside, 2)), _near_regions(random, outside, 11.0)]
    )
    kw = np.concatenate([random.uniform(1e3, 2e4, inside), np.exp(random.uniform(np.log(5e4), np.log(1e6), outside))])
    cost = np.concatenate([random.uniform(8e4, 2.5e5, inside), random.uniform(1e4, 4e4, outside)])
    shuffled = random.permutation(count)
    return degrees[shuffled], kw[shuffled], cost[shuffled]


def _generation_steps(random: Random, zone_kw: Floats) -> tuple[Ints, Floats, Floats]:
    """Four to eight steps per zone, cheapest first: zone, kW, cost (micro-$ per kWh)."""
    counts = random.integers(4, 9, len(zone_kw))
    kw = [random.dirichlet(np.full(count, 2.0)) * total for count, total in zip(counts, zone_kw, strict=True)]
    cost = [np.sort(random.uniform(8e3, 1.8e5, count)) for count in counts]
    return np.repeat(np.arange(len(zone_kw)), counts), np.concatenate(kw), np.concatenate(cost)


def _walk(random: Random, base: Floats, step: float, ticks: int) -> Floats:
    """Append ticks to a base by a random walk in logarithms; [ticks + 1, ...], row 0 is the base."""
    moves = np.cumsum(random.normal(0.0, step, (ticks, *base.shape)), axis=0)
    return np.concatenate([base[None], base * np.exp(moves)])


def _unit_vectors(degrees: Floats) -> Floats:
    lat, lon = np.radians(degrees.T)
    return np.stack([np.cos(lat) * np.cos(lon), np.cos(lat) * np.sin(lon), np.sin(lat)], axis=1)


def _great_circle_km(origin: Floats, target: Floats) -> Ints:
    cosine = np.clip(origin @ target.T, -1.0, 1.0)
    return np.rint(EARTH_RADIUS_KM * np.arccos(cosine)).astype(np.int64)


def _whole(value: Floats, grain: int) -> Ints:
    return grain * np.maximum(np.rint(value / grain), 1.0).astype(np.int64)
