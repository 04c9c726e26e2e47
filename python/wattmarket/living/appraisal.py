"""What sites are worth: on the market, to each cohort, and in the event."""

from __future__ import annotations

from functools import lru_cache
from typing import TYPE_CHECKING, Any

import numpy as np
from numpy.typing import NDArray

from wattmarket import numeric
from wattmarket.beliefs import LifeWeights
from wattmarket.model.quotes import Quotes
from wattmarket.schema import COHORTS
from wattmarket.spot import SpotClearing, usd_per_mw_month
from wattmarket.tick import ClosingRecord, Names
from wattmarket.units import (
    KW_PER_MW,
    MONTHS_PER_YEAR,
    USD_PER_KW_MONTH_PER_MUSD_PER_KWH,
    USD_PER_KW_MONTH_PER_USD_PER_MWH,
)
from wattmarket.valuation import fundamental_values, land_rents, month_weights

if TYPE_CHECKING:
    from wattmarket.living.economy import Economy

__all__ = ["Appraisals", "cohort_values"]

Float = NDArray[np.float64]
Integer = NDArray[np.int64]
Truth = NDArray[np.bool_]
Columns = dict[str, "NDArray[Any] | Names"]

PRICE_KINDS = ("quoted", "traded")


class Appraisals:
    """Keeps the values and rents of every month, and compares them when all rents are known.

    Parameters
    ----------
    sites
        Names of the S sites.
    edge
        bool [S]: whether a site is of an edge kind.

    Notes
    -----
    A month keeps 57 bytes a site.
    """

    def __init__(self, sites: list[str], edge: Truth) -> None:
        self._sites = sites
        self._edge = edge
        self._terms: list[tuple[float, float]] = []
        self._rent: list[Float] = []
        self._value: list[Float] = []
        self._shell_kw: list[Integer] = []
        self._traded: list[Truth] = []
        self._shown: dict[str, list[NDArray[np.float32]]] = {}
        self._cost_of_entry: Float = np.zeros(len(sites))

    def add(self, economy: Economy, clearing: SpotClearing, quotes: Quotes, traded: Truth) -> None:
        """Keep a month.

        Parameters
        ----------
        economy
            At the end of the month.
        clearing, quotes
            The month's spot market, and market values.
        traded
            bool [S]: whether land was sold at each site.
        """
        ground = economy.ground
        valuation = ground.now.valuation
        self._terms.append((valuation.rate, valuation.horizon_years))
        rent = np.where(clearing.pool_flow > 0, quotes.rents.reading.rent, quotes.rents.bid)
        silicon = usd_per_mw_month(ground.costs.silicon_musd_per_kwh)
        self._rent.append(land_rents(usd_per_mw_month(rent), silicon, usd_per_mw_month(quotes.rents.shell)))
        self._cost_of_entry = usd_per_mw_month(ground.costs.shell_musd_per_kwh)
        value, (lowest, highest) = quotes.value_usd_per_mw[0], quotes.value_ends_usd_per_mw
        self._value.append(value)
        self._shell_kw.append(economy.building.shells.shell_kw.copy())
        self._traded.append(traded)
        shown = {
            "value_usd_per_mw": value,
            "value_low_usd_per_mw": lowest,
            "value_high_usd_per_mw": highest,
        }
        worth = cohort_values(economy)
        names = [cohort.name for cohort in economy.outlook.cohorts]
        shown |= {f"{name}_value_usd_per_mw": worth[names.index(name)] for name in COHORTS}
        for name, column in shown.items():
            self._shown.setdefault(name, []).append(column.astype(np.float32))

    def fundamental_usd_per_mw(self) -> Float:
        """Worth of the rents that came, float64 [T, S]; every month at the rate and horizon in force then."""
        rent = np.array(self._rent)
        worth = np.zeros_like(rent)
        for terms in dict.fromkeys(self._terms):
            rows = [row for row, mine in enumerate(self._terms) if mine == terms]
            worth[rows] = fundamental_values(rent, self._cost_of_entry, *terms)[rows]
        return worth

    def close(self) -> ClosingRecord:
        """Write the tables ``valuations`` and ``bubble``."""
        fundamental = self.fundamental_usd_per_mw()
        value = np.array(self._value)
        months, sites = value.shape
        valuations: Columns = {
            "tick": np.repeat(np.arange(months, dtype=np.int32), sites),
            "site_id": Names(np.tile(np.arange(sites, dtype=np.int32), months), self._sites),
            "price_kind": Names(np.concatenate(self._traded).astype(np.int8), PRICE_KINDS),
            **{name: np.concatenate(columns) for name, columns in self._shown.items()},
            "fundamental_usd_per_mw": fundamental.ravel().astype(np.float32),
            "bubble_ratio": ratio(value, fundamental).ravel().astype(np.float32),
        }
        bubble: Columns = {"tick": np.arange(months, dtype=np.int32)}
        for part, mine in (("edge", self._edge), ("core", ~self._edge)):
            market, true = (self._per_mw(worth, mine) for worth in (value, fundamental))
            bubble |= {
                f"{part}_value_usd_per_mw": market,
                f"{part}_fundamental_usd_per_mw": true,
                f"{part}_bubble_ratio": ratio(market, true),
            }
        return ClosingRecord({"valuations": valuations, "bubble": bubble})

    def _per_mw(self, worth: Float, mine: Truth) -> Float:
        """Mean over the sites of a part by the shell that stood, float64 [T]."""
        return np.array(
            [
                numeric.weighted_mean(row, np.where(mine, shell_kw, 0).astype(np.float64), empty=0.0)
                for row, shell_kw in zip(worth, self._shell_kw, strict=True)
            ]
        )


def ratio(value: Float, fundamental: Float) -> Float:
    """Market over fundamental value; nil where there is no fundamental value."""
    return np.divide(value, fundamental, out=np.zeros_like(value), where=fundamental > 0.0)


def cohort_values(economy: Economy) -> Float:
    """What each cohort's forward curve makes of a standing MW's land and shell, float64 [C, S] $ per MW.

    Land earns what a pool earns beyond accelerators, or other load's rent if that is more; after the last horizon the
    cost of a new shell. Rate and horizon are those of the market value.
    """
    ground, outlook = economy.ground, economy.outlook
    valuation, curves = ground.now.valuation, outlook.curves
    cost = ground.costs.shell_usd_per_mwh * USD_PER_KW_MONTH_PER_USD_PER_MWH
    land = outlook.excess + cost
    today, later = land[:, :1], land[:, 1:]
    np.maximum(today, economy.other_rent_usd_per_kw_month, out=today)
    np.maximum(later, curves.shell * USD_PER_KW_MONTH_PER_MUSD_PER_KWH, out=later)
    np.maximum(land, 0.0, out=land)
    life = _life(valuation.rate, curves.horizons, round(valuation.horizon_years * MONTHS_PER_YEAR))
    worth = life.value(np.moveaxis(land, 1, -1), cost)
    # Paid as the market value reckons it: the same weights, month for month.
    return np.asarray(worth * (KW_PER_MW * month_weights(valuation.rate, 1.0)[0]))


@lru_cache(maxsize=8)
def _life(rate: float, horizons: tuple[int, ...], months: int) -> LifeWeights:
    """Weights of a life from today on; a run has few."""
    return LifeWeights.of(rate, horizons, 0, months)
