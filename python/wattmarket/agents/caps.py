"""Administrative caps on what the joint auction may charge: by good, and for zones or for the whole world."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Final, Self

import numpy as np
from numpy.typing import NDArray

from wattmarket.forward import FAMILIES, Caps, Family
from wattmarket.scenario import PriceLimits, Scenario, zones_named
from wattmarket.units import MUSD_PER_USD

__all__ = ["CAPPED", "PriceCaps", "check_caps"]

Integer = NDArray[np.int64]
Float = NDArray[np.float64]
Truth = NDArray[np.bool_]

CAPPED: Final[tuple[Family, ...]] = ("silicon", "land", "slot", "ppa")
"""Goods that a scenario can cap."""


@dataclass(frozen=True, slots=True)
class PriceCaps:
    """Caps in force.

    Parameters
    ----------
    musd
        Cap of each good that has one, micro-$ per kW-month.
    zone
        bool [Z]: where those on land, slots and PPAs hold.

    Examples
    --------
    >>> caps = PriceCaps.of(PriceLimits(land_usd_per_kw_month=9.5, zones=("AE",)), ["AE", "SA"])
    >>> caps.musd, caps.zone.tolist(), caps.most_usd("land").tolist()
    ({'land': 9500000}, [True, False], [9.5, inf])
    """

    musd: dict[Family, int]
    zone: Truth

    @classmethod
    def of(cls, keys: PriceLimits, zone_ids: Sequence[str]) -> Self:
        """Read the keys of a scenario for the zones of a world.

        Raises
        ------
        InputError
            If a zone named is none of them.
        """
        given = {good: getattr(keys, f"{good}_usd_per_kw_month") for good in CAPPED}
        # Rounded down: nobody pays a fraction of a micro-dollar more than the cap.
        musd = {good: int(np.floor(usd * MUSD_PER_USD)) for good, usd in given.items() if usd is not None}
        return cls(musd, zones_named(keys.zones, zone_ids, "caps.zones") | (not keys.zones))

    def most_usd(self, good: Family) -> Float:
        """Most that a good may cost in each zone, float64 [Z] $ per kW-month; infinite without a cap."""
        cap = self.musd.get(good)
        return np.where(self.zone, np.inf if cap is None else cap / MUSD_PER_USD, np.inf)

    def rows(self, *, silicon: Integer, land_zone: Integer, slot_zone: Integer, ppa_zone: Integer) -> Caps:
        """Caps on products of a book.

        Parameters
        ----------
        silicon
            int64: classes of accelerators that are wanted, each once.
        land_zone
            int64 [L]: zone of each lot of the book.
        slot_zone, ppa_zone
            int64: zones in which slots and PPAs are wanted, each once.
        """
        index = {
            "silicon": silicon,
            "land": np.flatnonzero(self.zone[land_zone]),
            "slot": slot_zone[self.zone[slot_zone]],
            "ppa": ppa_zone[self.zone[ppa_zone]],
        }
        goods = [good for good in CAPPED if good in self.musd]
        counts = [len(index[good]) for good in goods]
        none = np.zeros(0, dtype=np.int64)
        return Caps(
            family=np.repeat([FAMILIES.index(good) for good in goods], counts).astype(np.int64),
            index=np.concatenate([none, *(index[good] for good in goods)]),
            price=np.repeat([self.musd[good] for good in goods], counts).astype(np.int64),
        )


def check_caps(scenario: Scenario, zone_ids: Sequence[str]) -> None:
    """Look at the caps of all dates of a scenario before it is played.

    Raises
    ------
    InputError
        If a zone named is none of the world's.
    """
    for keys in [scenario.caps, *(scenario.at(event.date).caps for event in scenario.event)]:
        PriceCaps.of(keys, zone_ids)
