"""A month's clearing read site by site: rents and their split, what binds, and what every site is worth."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from wattmarket import numeric
from wattmarket.capacity.cost import SiteCosts
from wattmarket.capacity.entry import musd
from wattmarket.capacity.sites import SILICON_CLASSES, SiteColumns
from wattmarket.spot import NO_BUDGET, RentReading, SpotClearing, SpotLayout, SpotState, read_rents
from wattmarket.units import USD_PER_MW_MONTH_PER_MUSD_PER_KWH
from wattmarket.valuation import site_values

__all__ = ["CORNERS", "Quotes", "Reader", "binding_capacity"]

Float = NDArray[np.float64]
Integer = NDArray[np.int64]

CORNERS = ("", "_low", "_high")
"""Suffixes of the price vectors: settled, lowest, highest."""

BINDING = ("pool", "shell", "grid", "none")


@dataclass(frozen=True, slots=True)
class Quotes:
    """Rents and values of every site.

    Parameters
    ----------
    reading
        Rents at settled prices, split.
    shell_rent
        What a kWh of load pays for shell and connection alone, micro-$ per kWh, int64 [S]; nil where only accelerators
        of the site itself may enter.
    value_usd_per_mw
        Market value at settled, lowest and highest prices, three of float64 [S].
    binding
        int8 [S], positions in `BINDING`.
    """

    reading: RentReading
    shell_rent: Integer
    value_usd_per_mw: tuple[Float, Float, Float]
    binding: NDArray[np.int8]


class Reader:
    """Reads clearings of one world.

    Parameters
    ----------
    columns
        The sites.
    layout
        The layout of the market: which workloads without a latency budget each pool may serve.
    """

    def __init__(self, columns: SiteColumns, layout: SpotLayout) -> None:
        self._columns = columns
        self._free_workload: NDArray[np.bool_] = layout.workload_budget == NO_BUDGET
        enters = layout.class_pool[layout.workload_class] & self._free_workload[:, None]
        self._free: NDArray[np.bool_] = np.ascontiguousarray(enters.T)
        # Pools that may serve the same budget-free workloads earn the same on poor ground.
        ground = {row: code for code, row in enumerate(dict.fromkeys(map(tuple, self._free.tolist())))}
        self._class: Integer = np.array(
            [
                ground[tuple(row)] * len(SILICON_CLASSES) + int(silicon)
                for row, silicon in zip(self._free.tolist(), columns.silicon, strict=True)
            ],
            dtype=np.int64,
        )
        self._classes = len(ground) * len(SILICON_CLASSES)

    def read(self, clearing: SpotClearing, state: SpotState, costs: SiteCosts, years_of_rent: float) -> Quotes:
        """Read rents and values off the three price vectors of a clearing.

        Parameters
        ----------
        clearing, state
            A spot clearing and the state it cleared.
        costs
            Costs of the sites.
        years_of_rent
            Annuity factor that capitalises a year's rent.
        """
        free_kw = self._free_kw(clearing)
        readings, values, shell_rents = [], [], []
        for corner in CORNERS:
            energy = self._energy_cost(clearing, state, corner)
            reading = read_rents(
                pool_price=getattr(clearing, f"pool_price{corner}"),
                running_cost=state.pool_cost,
                energy_cost=energy,
                free_price=self._free_price(clearing, corner),
                used_kw=clearing.pool_flow,
                free_kw=free_kw,
                silicon_class=self._class,
                annualised_silicon=self._annualised(costs),
            )
            shell_rent = self._shell_rent(clearing, energy, corner)
            bid = clearing.pool_price_low - state.pool_cost - energy
            # An idle pool's price is a bid, not a market price: the lowest optimal price is the best bid there is.
            ai_rent = np.where(clearing.pool_flow > 0, reading.rent, np.maximum(0, bid))
            values.append(
                site_values(
                    usd_per_mw_month(ai_rent),
                    usd_per_mw_month(musd(costs.silicon_usd_per_mwh)),
                    usd_per_mw_month(shell_rent),
                    years_of_rent,
                )
            )
            readings.append(reading)
            shell_rents.append(shell_rent)
        return Quotes(readings[0], shell_rents[0], (values[0], values[1], values[2]), binding_capacity(clearing, state))

    def _free_kw(self, clearing: SpotClearing) -> Integer:
        """Flow of budget-free workloads through every pool."""
        free = np.zeros(len(self._columns.zone), dtype=np.int64)
        rows = self._free_workload[clearing.route_workload]
        np.add.at(free, clearing.route_site[rows], clearing.route_kw[rows])
        return free

    def _energy_cost(self, clearing: SpotClearing, state: SpotState, corner: str) -> Integer:
        """Delivered cost of energy at every site: the cheaper of the zone's price and the site's own plant."""
        from_zone = getattr(clearing, f"zone_price{corner}")[self._columns.zone] + state.site_cost
        own = np.where(state.btm_kw > 0, state.btm_cost, from_zone)
        return np.where(state.grid_kw > 0, np.minimum(from_zone, own), own)

    def _free_price(self, clearing: SpotClearing, corner: str) -> Integer:
        """Best budget-free price that each pool may serve."""
        prices = getattr(clearing, f"free_price{corner}")
        none = np.iinfo(np.int64).min
        best: Integer = np.where(self._free, prices[None, :], none).max(axis=1, initial=none)
        return np.where(best > none, best, 0)

    def _shell_rent(self, clearing: SpotClearing, energy: Integer, corner: str) -> Integer:
        used = clearing.shell_flow > 0
        price = np.where(used, getattr(clearing, f"shell_price{corner}"), clearing.shell_price_low)
        return np.where(self._columns.edge, np.maximum(0, price - energy), 0)

    def _annualised(self, costs: SiteCosts) -> Integer:
        """Median annualised cost of each silicon class over the sites."""
        annual = musd(costs.silicon_usd_per_mwh)
        by_class = np.zeros(len(SILICON_CLASSES), dtype=np.int64)
        for code in range(len(SILICON_CLASSES)):
            mine = np.sort(annual[self._columns.silicon == code])
            by_class[code] = mine[len(mine) // 2] if len(mine) else 0
        return np.tile(by_class, self._classes // len(SILICON_CLASSES))


def binding_capacity(clearing: SpotClearing, state: SpotState) -> NDArray[np.int8]:
    """Which capacity of each site is exhausted, the innermost first: int8 [S], positions in `BINDING`."""
    binding = np.full(len(state.pool_kw), BINDING.index("none"), dtype=np.int8)
    used = clearing.shell_flow > 0
    binding[used & (clearing.grid_flow >= state.grid_kw) & (state.btm_kw == 0)] = BINDING.index("grid")
    binding[used & (clearing.shell_flow >= state.shell_kw)] = BINDING.index("shell")
    binding[(clearing.pool_flow > 0) & (clearing.pool_flow >= state.pool_kw)] = BINDING.index("pool")
    return binding


def usd_per_mw_month(musd_per_kwh: Integer) -> Float:
    """Micro-$ per kWh to $ per MW-month of 730 hours."""
    return np.asarray(musd_per_kwh * USD_PER_MW_MONTH_PER_MUSD_PER_KWH)


def usd_per_mwh(musd_per_kwh: Integer) -> Float:
    """Micro-$ per kWh to $ per MWh."""
    return np.asarray(musd_per_kwh / 1_000)


def weighted_usd_per_mwh(musd_per_kwh: Integer, weight_kw: Integer) -> float:
    """Mean price in $/MWh weighted by kW; nil without any kW."""
    return numeric.weighted_mean(usd_per_mwh(musd_per_kwh), weight_kw.astype(np.float64), empty=0.0)
