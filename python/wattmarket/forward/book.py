"""The columns of an auction: lots, offers, budgets, bids and caps."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Final, Literal

import numpy as np
import numpy.typing as npt

__all__ = [
    "FAMILIES",
    "ROUTES",
    "Bids",
    "Budgets",
    "Caps",
    "Family",
    "ForwardBook",
    "Lots",
    "Offers",
    "Route",
]

Integers = npt.NDArray[np.int64]
Keys = npt.NDArray[np.uint64]
Truths = npt.NDArray[np.bool_]

Family = Literal["silicon", "land", "slot", "ppa", "plant", "retail"]
Route = Literal["grid", "behind_the_meter", "energised", "retail"]

FAMILIES: Final[tuple[Family, ...]] = ("silicon", "land", "slot", "ppa", "plant", "retail")
"""What is sold: accelerators of a class, real estate of a lot, interconnection slots of a zone, PPAs in a zone, energy
of a plant behind the meter, energy of a zone at its retail tariff. A family's code is its place here."""

ROUTES: Final[tuple[Route, ...]] = ("grid", "behind_the_meter", "energised", "retail")
"""How a lot gets its energy: by a new slot and a PPA, from a plant behind the meter, by a PPA on a connection that is
energised already, or at the retail tariff. A route's code is its place here."""


def _none() -> Integers:
    return np.zeros(0, np.int64)


@dataclass(frozen=True, slots=True)
class Lots:
    """Pieces of sites, each with one route and one delivery date; a site's lots add up to its shell.

    Parameters
    ----------
    route
        int64 [L]: place of the lot's route in `ROUTES`.
    source
        int64 [L]: the lot's zone; for lots behind a meter, their plant.
    """

    route: Integers
    source: Integers


@dataclass(frozen=True, slots=True)
class Offers:
    """Parts of products, each with the least that its seller takes: steps of a product's supply.

    Parameters
    ----------
    family
        int64 [O]: place of the product's family in `FAMILIES`.
    index
        int64 [O]: silicon class, lot, zone or plant.
    ask
        int64 [O]: micro-$ per kW-month, 0 to 2³⁸.
    kw
        int64 [O]: kW of IT.
    least_kw
        int64 [O]: an offer that would sell less than this, but not nothing, is void (a restart below its minimum).
    key
        uint64 [O]: stable name; settles ties, so that the order of rows never matters.
    """

    family: Integers
    index: Integers
    ask: Integers
    kw: Integers
    least_kw: Integers
    key: Keys


@dataclass(frozen=True, slots=True)
class Budgets:
    """What an agent may win of one silicon class in all its bids together.

    Parameters
    ----------
    silicon
        int64 [A]: silicon class.
    kw
        int64 [A]: most that its bids win together, kW of IT.
    key
        uint64 [A]: stable name.
    """

    silicon: Integers
    kw: Integers
    key: Keys


@dataclass(frozen=True, slots=True)
class Bids:
    """Packages wanted: silicon of a budget's class on a lot, with all that the lot's route needs.

    Parameters
    ----------
    budget, lot
        int64 [B].
    value
        int64 [B]: what it is worth all in, micro-$ per kW-month, 0 to 2³⁸.
    kw
        int64 [B]: kW of IT.
    key
        uint64 [B]: stable name.
    """

    budget: Integers
    lot: Integers
    value: Integers
    kw: Integers
    key: Keys


@dataclass(frozen=True, slots=True)
class Caps:
    """Administrative limits on prices.

    Parameters
    ----------
    family, index
        int64 [C]: the product, as in `Offers`; each at most once.
    price
        int64 [C]: micro-$ per kW-month.
    """

    family: Integers = field(default_factory=_none)
    index: Integers = field(default_factory=_none)
    price: Integers = field(default_factory=_none)


@dataclass(frozen=True, slots=True)
class ForwardBook:
    """Everything that one auction is held on.

    Parameters
    ----------
    classes, zones, plants
        How many silicon classes, zones, and plants behind meters there are.
    lots, offers, budgets, bids, caps
        The columns.
    """

    classes: int
    zones: int
    plants: int
    lots: Lots
    offers: Offers
    budgets: Budgets
    bids: Bids
    caps: Caps = field(default_factory=Caps)
