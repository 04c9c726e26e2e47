"""Rents of every site of a clearing: where `read_rents` gets its columns from, and what binds."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from wattmarket.numeric import sum_by
from wattmarket.spot.columns import NO_BUDGET, SpotClearing, SpotLayout, SpotState
from wattmarket.spot.reading import RentReading, read_rents

__all__ = ["BINDING", "CORNERS", "RentReader", "SiteRents"]

Integer = NDArray[np.int64]

CORNERS = ("", "_low", "_high")
"""Suffixes of the price vectors of a clearing: settled, lowest, highest."""

BINDING = ("pool", "shell", "grid", "none")
"""Capacities in series at a site, the innermost first."""


@dataclass(frozen=True, slots=True)
class SiteRents:
    """Rents at settled prices, micro-$ per kWh.

    Parameters
    ----------
    reading
        Rents of the pools, split, [P].
    energy
        Delivered cost of energy at the site, int64 [S].
    shell
        What a kWh of load that enters at the shell pays for shell and connection alone, int64 [S]; nil where none may.
    bid
        What the best bid would leave a pool above its cost, int64 [P]; an idle pool's price is a bid, not a market
        price.
    """

    reading: RentReading
    energy: Integer
    shell: Integer
    bid: Integer


class RentReader:
    """Reads the rents of clearings of one layout.

    Parameters
    ----------
    layout
        The layout of the market.
    silicon_class
        Code of the silicon class of every pool, int64 [P].
    """

    def __init__(self, layout: SpotLayout, silicon_class: Integer) -> None:
        self._layout = layout
        self._free_workload: NDArray[np.bool_] = layout.workload_budget == NO_BUDGET
        self._enters: NDArray[np.bool_] = layout.class_pool[layout.workload_class] & self._free_workload[:, None]
        self._bloc: Integer = layout.site_bloc[layout.pool_site]
        self._shell_entry: NDArray[np.bool_] = np.asarray(layout.class_shell.any(axis=0))
        # Pools of one silicon class that may serve the same budget-free workloads earn the same on poor ground.
        kinds = list(zip(map(tuple, self._enters.T.tolist()), silicon_class.tolist(), strict=True))
        code = {kind: number for number, kind in enumerate(dict.fromkeys(kinds))}
        self._ground: Integer = np.array([code[kind] for kind in kinds], dtype=np.int64)
        self._silicon_of_ground = np.array([silicon for _, silicon in code], dtype=np.int64)
        # Those of them in one bloc have the same budget-free workloads to choose from, at the same prices.
        self._blocs = int(self._bloc.max(initial=0)) + 1
        choice, self._choice = np.unique(self._ground * self._blocs + self._bloc, return_inverse=True)
        self._choice_bloc = choice % self._blocs
        self._choice_enters = np.array([list(enters) for enters, _ in code])[choice // self._blocs].T

    def read(self, clearing: SpotClearing, state: SpotState, annualised_silicon: Integer) -> SiteRents:
        """Read the rents at settled prices, and split them.

        Parameters
        ----------
        clearing, state
            A clearing and the state that it cleared.
        annualised_silicon
            Annualised cost of each silicon class, micro-$ per kWh, int64 [H].
        """
        energy = self.energy_cost(clearing, state)
        at_pool = energy[self._layout.pool_site]
        reading = read_rents(
            pool_price=clearing.pool_price,
            running_cost=state.pool_cost,
            energy_cost=at_pool,
            free_price=self._free_price(clearing),
            used_kw=clearing.pool_flow,
            free_kw=self._free_kw(clearing),
            silicon_class=self._ground,
            annualised_silicon=annualised_silicon[self._silicon_of_ground],
        )
        shell = self.shell_rent(clearing, energy)
        return SiteRents(reading, energy, shell, self._bid(clearing, state, at_pool))

    def pool_rent(self, clearing: SpotClearing, state: SpotState, energy_cost: Integer, corner: str = "") -> Integer:
        """What each pool earns above its cost, or would by the best bid where it is idle: int64 [P] micro-$ per kWh.

        Parameters
        ----------
        clearing, state
            A clearing and the state that it cleared.
        energy_cost
            Delivered cost of energy at every site, as `energy_cost` returns it, int64 [S].
        corner
            One of `CORNERS`.
        """
        at_pool = energy_cost[self._layout.pool_site]
        earned = getattr(clearing, f"pool_price{corner}") - state.pool_cost - at_pool
        return np.where(clearing.pool_flow > 0, earned, self._bid(clearing, state, at_pool))

    def binding(self, clearing: SpotClearing, state: SpotState) -> NDArray[np.int8]:
        """Which capacity of each site is exhausted, the innermost first: int8 [S], positions in `BINDING`.

        A plant behind the meter is part of the connection: ``grid`` is exhausted once both give all they can.
        """
        pool_kw = sum_by(self._layout.pool_site, state.pool_kw, len(state.shell_kw))
        used_kw = sum_by(self._layout.pool_site, clearing.pool_flow, len(state.shell_kw))
        binding = np.full(len(pool_kw), BINDING.index("none"), dtype=np.int8)
        in_use = clearing.shell_flow > 0
        binding[in_use & (clearing.grid_flow >= state.grid_kw) & (clearing.btm_flow >= state.btm_kw)] = BINDING.index(
            "grid"
        )
        binding[in_use & (clearing.shell_flow >= state.shell_kw)] = BINDING.index("shell")
        binding[(used_kw > 0) & (used_kw >= pool_kw)] = BINDING.index("pool")
        return binding

    def energy_cost(self, clearing: SpotClearing, state: SpotState, corner: str = "") -> Integer:
        """Delivered cost of energy at every site, micro-$ per kWh, int64 [S]: the zone's price if it draws on the grid.

        Elsewhere the cheaper of the zone's price and the site's own plant, if there is a choice. A plant that runs full
        beside the grid has a margin of its own, which is no rent of pool, shell or connection.

        Parameters
        ----------
        clearing, state
            A clearing and the state that it cleared.
        corner
            One of `CORNERS`.
        """
        cost: Integer = np.take(getattr(clearing, f"zone_price{corner}"), self._layout.site_zone) + state.site_cost
        # Few sites have a plant, and of those few draw nothing on the grid.
        rows = np.flatnonzero((state.btm_kw > 0) & (clearing.grid_flow <= 0))
        own = state.btm_cost[rows]
        cost[rows] = np.where(state.grid_kw[rows] > 0, np.minimum(cost[rows], own), own)
        return cost

    def shell_rent(self, clearing: SpotClearing, energy_cost: Integer, corner: str = "") -> Integer:
        """What load that enters at the shell pays for shell and connection alone, micro-$ per kWh, int64 [S].

        Nil where none may enter; at its best bid where the shell stands idle.

        Parameters
        ----------
        clearing
            A clearing.
        energy_cost
            Delivered cost of energy at every site, as `energy_cost` returns it, int64 [S].
        corner
            One of `CORNERS`.
        """
        in_use = clearing.shell_flow > 0
        shell_price = np.where(in_use, getattr(clearing, f"shell_price{corner}"), clearing.shell_price_low)
        return np.where(self._shell_entry, np.maximum(0, shell_price - energy_cost), 0)

    def _bid(self, clearing: SpotClearing, state: SpotState, energy_cost: Integer) -> Integer:
        """What the best bid would leave each pool above its cost, which is given for every pool."""
        return np.asarray(np.maximum(0, clearing.pool_price_low - state.pool_cost - energy_cost))

    def _free_kw(self, clearing: SpotClearing) -> Integer:
        """Flow of budget-free workloads through every pool."""
        rows = self._free_workload[clearing.route_workload] & (clearing.route_pool >= 0)
        return sum_by(clearing.route_pool[rows], clearing.route_kw[rows], len(self._ground))

    def _free_price(self, clearing: SpotClearing) -> Integer:
        """Best budget-free price that each pool may serve; nil if it may serve none."""
        none = np.iinfo(np.int64).min
        price = np.repeat(clearing.free_price[:, None], self._blocs, axis=1)
        for workload in np.flatnonzero(self._free_workload & self._layout.workload_masked).tolist():
            # Kept inside their blocs, budget-free workloads have a price in each: that of its cheapest pool.
            pools, price[workload] = self._enters[workload], np.iinfo(np.int64).max
            np.minimum.at(price[workload], self._bloc[pools], clearing.pool_price[pools])
        best = np.where(self._choice_enters, price[:, self._choice_bloc], none).max(axis=0, initial=none)
        return np.asarray(np.where(best > none, best, 0)[self._choice])
