"""The requests that stand when a run begins: outside developers', many of them duplicates of each other."""

from __future__ import annotations

from typing import Final

import numpy as np
from numpy.typing import NDArray

from wattmarket import numeric
from wattmarket.numeric.growing import Integer
from wattmarket.queue.zones import QueueZones

__all__ = ["opening_queue"]

Hash = NDArray[np.uint64]

MEAN_REQUEST_KW: Final = 222_000
"""2,290 GW in 10,300 projects (I01)."""

SIZE_SPREAD: Final = 1.0
"""Standard deviation of the logarithm of sizes (assumption)."""

MOST_FILINGS: Final = 5
"""A project files in one to five zones of its region, each number as likely (assumption; no source counts it)."""


def opening_queue(zones: QueueZones, seed: int) -> dict[str, Integer]:
    """Split every zone's initial queue into requests, and join requests of several zones into projects.

    Sizes are lognormal and add up to the zone's queue exactly. Within a region requests are put in the order of size,
    and runs of one to five neighbours are one project's filings; where two of a run are in one zone, the later is a
    project of its own. Dates are uniform over the age of the queue.

    Returns
    -------
    dict
        int64 [N] each: ``zone``, ``project`` (negative), ``kw`` grid, and ``filed``, a tick before 0.

    Notes
    -----
    What has stood for longer than its study takes finds its upgrade cost in the first month, and many withdraw at once.
    """
    counts = _requests_per_zone(zones)
    zone = np.repeat(np.arange(len(zones), dtype=np.int64), counts)
    number = np.arange(len(zone)) - np.repeat(np.cumsum(counts) - counts, counts)
    key = numeric.entity_hash(zones.zone_id)[zone] + number.astype(np.uint64)
    kw = _sizes_kw(zones, zone, key, seed)
    age = numeric.uniform(seed, "queue opening age", key) * np.maximum(zones.age_months, 1)[zone]
    filed = -1 - numeric.to_integer(np.floor(age), "age_months")
    asked = kw > 0
    zone, key, kw, filed = zone[asked], key[asked], kw[asked], filed[asked]
    return {"zone": zone, "project": _projects(zones, zone, kw, key, seed), "kw": kw, "filed": filed}


def _requests_per_zone(zones: QueueZones) -> Integer:
    some = zones.initial_queue_kw > 0
    mean = np.maximum(1, (zones.initial_queue_kw + MEAN_REQUEST_KW // 2) // MEAN_REQUEST_KW)
    return np.where(some, mean, 0)


def _sizes_kw(zones: QueueZones, zone: Integer, key: Hash, seed: int) -> Integer:
    """Cut each zone's queue at the cumulative sums of lognormal weights; cumulative flooring loses no kilowatt."""
    weight = numeric.exp(SIZE_SPREAD * numeric.normal(seed, "queue opening size", key))
    kw = np.zeros(len(zone), dtype=np.int64)
    for row in range(len(zones)):
        mine = np.flatnonzero(zone == row)
        if not mine.size:
            continue
        share = np.cumsum(weight[mine])
        share = share / share[-1]
        reached = numeric.to_integer(np.floor(share * zones.initial_queue_kw[row]), "initial_queue_kw")
        reached[-1] = zones.initial_queue_kw[row]
        kw[mine] = np.diff(reached, prepend=0)
    return kw


def _projects(zones: QueueZones, zone: Integer, kw: Integer, key: Hash, seed: int) -> Integer:
    """Number the projects −1, −2, …: neighbours in size within a region, in different zones."""
    names = sorted(set(zones.region))
    region = np.array([names.index(name) for name in zones.region], dtype=np.int64)[zone]
    order = np.lexsort((key, -kw, region))
    leader = np.zeros(len(order), dtype=np.int64)
    for number, name in enumerate(names):
        rows = np.flatnonzero(region[order] == number)
        runs = numeric.entity_hash([name]) + np.arange(len(rows), dtype=np.uint64)
        filings = 1 + np.floor(numeric.uniform(seed, "queue opening filings", runs) * MOST_FILINGS)
        starts = np.concatenate(([0], np.cumsum(filings.astype(np.int64))))
        place = np.arange(len(rows))
        leader[rows] = rows[:1] + starts[np.searchsorted(starts, place, side="right") - 1]
    # Of two filings of one project in one zone the later stands for itself.
    _, first = np.unique(leader * len(zones) + zone[order], return_index=True)
    alone = np.ones(len(order), dtype=np.bool_)
    alone[first] = False
    project = np.empty(len(order), dtype=np.int64)
    project[order] = -1 - np.where(alone, np.arange(len(order)), leader)
    return project
