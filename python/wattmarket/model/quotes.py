"""What every site is worth: the rents of a month's clearing, capitalised."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from wattmarket.capacity.cost import SiteCosts
from wattmarket.spot import SILICON_CLASSES, RentReader, SiteRents, SpotClearing, SpotState, usd_per_mw_month
from wattmarket.spot.rents import CORNERS
from wattmarket.valuation import site_values

__all__ = ["Quotes", "annualised_by_class", "quote"]

Float = NDArray[np.float64]
Integer = NDArray[np.int64]


@dataclass(frozen=True, slots=True)
class Quotes:
    """Rents and values of every site.

    Parameters
    ----------
    rents
        Rents at settled prices, split.
    value_usd_per_mw
        Market value at settled, lowest and highest prices, three of float64 [S].
    binding
        int8 [S], positions in `spot.rents.BINDING`.
    """

    rents: SiteRents
    value_usd_per_mw: tuple[Float, Float, Float]
    binding: NDArray[np.int8]

    @property
    def value_ends_usd_per_mw(self) -> tuple[Float, Float]:
        """Lowest and highest of the three values of each site: value is convex in prices, midway it may lie lowest."""
        value, low, high = self.value_usd_per_mw
        return np.minimum(np.minimum(low, high), value), np.maximum(np.maximum(low, high), value)


def quote(
    reader: RentReader,
    clearing: SpotClearing,
    state: SpotState,
    costs: SiteCosts,
    annualised_silicon: Integer,
    *,
    years_of_rent: float,
) -> Quotes:
    """Read rents and values off the three price vectors of a clearing.

    Parameters
    ----------
    reader
        Reader of the market's layout; every site has one pool.
    clearing, state
        A spot clearing and the state it cleared.
    costs
        What capacity costs at the sites.
    annualised_silicon
        As `annualised_by_class` has it, int64 [H].
    years_of_rent
        Annuity factor that capitalises a year's rent.
    """
    silicon = usd_per_mw_month(costs.silicon_musd_per_kwh)

    def value(corner: str) -> Float:
        energy = reader.energy_cost(clearing, state, corner)
        rent = usd_per_mw_month(reader.pool_rent(clearing, state, energy, corner))
        return site_values(rent, silicon, usd_per_mw_month(reader.shell_rent(clearing, energy, corner)), years_of_rent)

    settled, low, high = map(value, CORNERS)
    rents = reader.read(clearing, state, annualised_silicon)
    return Quotes(rents, (settled, low, high), reader.binding(clearing, state))


def annualised_by_class(costs: SiteCosts, silicon: Integer) -> Integer:
    """Median annualised cost of each silicon class over the sites, micro-$ per kWh, int64 [H].

    Parameters
    ----------
    costs
        What capacity costs at the sites.
    silicon
        Code of each site's silicon class, int64 [S].
    """
    annual = costs.silicon_musd_per_kwh
    by_class = np.zeros(len(SILICON_CLASSES), dtype=np.int64)
    for code in range(len(SILICON_CLASSES)):
        mine = np.sort(annual[silicon == code])
        by_class[code] = mine[len(mine) // 2] if len(mine) else 0
    return by_class
