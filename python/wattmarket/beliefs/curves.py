"""Forward curves: what forecast networks, cleared horizon by horizon, say that every site will earn."""

from __future__ import annotations

from collections.abc import Sequence
from contextlib import suppress
from dataclasses import dataclass, fields

import numpy as np
from numpy.typing import NDArray

from wattmarket.beliefs.cohorts import Cohort
from wattmarket.beliefs.standing import Entered, Standing, reckoned_part, state_believed
from wattmarket.errors import InputError
from wattmarket.spot import Corner, RentReader, SpotBatch, SpotClearing, SpotDemand, SpotMarket, SpotState

__all__ = ["Forecaster", "ForwardCurves"]

Integer = NDArray[np.int64]


@dataclass(frozen=True, slots=True, eq=False)
class ForwardCurves:
    """What cohorts expect at every horizon: int64, micro-$ per kWh and kW of IT; C cohorts, H horizons, S sites.

    Parameters
    ----------
    horizons
        Months from today.
    price
        [C, H, S]: what a pool's output fetches: its settled price if anything runs there, its best bid otherwise.
    energy
        [C, H, S]: delivered cost of energy at the site.
    shell
        [C, H, S]: what other load pays for shell and connection alone.
    land
        [C, H, S]: entry rent, the shadow price of land: what one more buildable kW would earn above its full cost.
    lmp
        [C, H, Z]: price of energy in every zone.
    entry_kw, refresh_kw
        [C, H, S]: new capacity, and new accelerators in standing shells, taken up at the horizon.
    """

    horizons: tuple[int, ...]
    price: Integer
    energy: Integer
    shell: Integer
    land: Integer
    lmp: Integer
    entry_kw: Integer
    refresh_kw: Integer

    def updated(self, cohorts: Sequence[int], fresh: ForwardCurves) -> ForwardCurves:
        """Return these curves with the rows of some cohorts replaced.

        Parameters
        ----------
        cohorts
            Rows to replace.
        fresh
            Curves with one row for each of them, in that order.

        Raises
        ------
        InputError
            If horizons or numbers of rows differ.
        """
        if fresh.horizons != self.horizons or len(fresh.price) != len(cohorts):
            raise InputError(
                f"fresh: expected {len(cohorts)} rows at horizons {self.horizons}, "
                f"found {len(fresh.price)} at {fresh.horizons}"
            )
        columns = {}
        for name in _COLUMNS:
            column = getattr(self, name).copy()
            column[list(cohorts)] = getattr(fresh, name)
            column.setflags(write=False)
            columns[name] = column
        return ForwardCurves(self.horizons, **columns)


_COLUMNS = tuple(field.name for field in fields(ForwardCurves))[1:]


class Forecaster:
    """Clears the forecast networks of all cohorts and reads forward curves off them.

    Parameters
    ----------
    market
        A market with entry whose sites have one pool each, in their order, as those of a world have.
    cohorts
        C cohorts; what counts here is their competition neglect.
    horizons
        Months from today, rising.
    life_months
        Life of the accelerators of each site, int64 [S], or one number for all (five years).

    Raises
    ------
    InputError
        If the market has no entry or other pools, the horizons do not rise from 1 on, or a life is not positive.

    Notes
    -----
    Every cohort and horizon has a market of its own, all on one layout, which keeps its basis from one revaluation to
    the next. No result depends on that, nor on the number of threads.
    """

    def __init__(
        self,
        market: SpotMarket,
        cohorts: Sequence[Cohort],
        horizons: Sequence[int] = (12, 36, 84),
        *,
        life_months: Integer | int = 60,
    ) -> None:
        sites = len(market.layout.site_zone)
        if not market.entry:
            raise InputError("market: has no entry; a forecaster needs a market made with entry=True")
        if not np.array_equal(market.layout.pool_site, np.arange(sites)):
            raise InputError("market: pool_site: every site must have one pool, in the order of sites")
        if not cohorts:
            raise InputError("cohorts: there is none")
        if not horizons or any(late <= early for early, late in zip((0, *horizons), horizons, strict=False)):
            raise InputError(f"horizons: {tuple(horizons)}: must rise from at least 1 month on")
        self.horizons = tuple(horizons)
        self.cohorts = tuple(cohorts)
        self._market = market
        self._reader = RentReader(market.layout, np.zeros(sites, dtype=np.int64))
        self._life: Integer = np.broadcast_to(np.asarray(life_months, dtype=np.int64), (sites,))
        if (self._life < 1).any():
            raise InputError(f"life_months: {int(self._life.min())}: must be at least 1")
        # One for each horizon and choice of cohorts that was ever asked for: staggered revaluations stay warm too.
        self._batches: dict[tuple[int, tuple[int, ...]], SpotBatch] = {}
        self._pilot = market.fork()

    def revalue(
        self,
        demands: Sequence[Sequence[SpotDemand]],
        standings: Sequence[Standing],
        *,
        corner: Corner = "midpoint",
        threads: int | None = None,
        cohorts: Sequence[int] | None = None,
    ) -> ForwardCurves:
        """Clear the horizons in order: what enters at one stands at the next.

        Parameters
        ----------
        demands
            For every cohort that is revalued, its forecast demand at each horizon.
        standings
            The supply side at each horizon, the same for all cohorts.
        corner
            Which optimal prices settle.
        threads
            Most threads to use, by default as `SpotBatch.clear` says. No result depends on it.
        cohorts
            Positions of the cohorts to revalue, by default all.

        Returns
        -------
        ForwardCurves
            One row for each cohort that was revalued, in that order.

        Raises
        ------
        InputError
            Naming what is missing or wrong, as `SpotBatch.clear` does.
        """
        rows = self._rows(cohorts)
        self._check(rows, demands, standings)
        entered: list[list[Entered]] = [[] for _ in rows]
        read: list[list[dict[str, Integer]]] = [[] for _ in rows]
        for place, (month, standing) in enumerate(zip(self.horizons, standings, strict=True)):
            states = [self._state(row, month, standing, before) for row, before in zip(rows, entered, strict=True)]
            cases = [(demand[place], state) for demand, state in zip(demands, states, strict=True)]
            clearings = self._batch(month, rows, cases[0]).clear(cases, corner=corner, threads=threads)
            for case, (clearing, state) in enumerate(zip(clearings, states, strict=True)):
                entered[case].append(Entered(month, clearing.entry_flow, clearing.refresh_flow))
                read[case].append(self._read(clearing, state))
        return self._curves(read)

    def _rows(self, cohorts: Sequence[int] | None) -> tuple[int, ...]:
        rows = tuple(range(len(self.cohorts))) if cohorts is None else tuple(cohorts)
        for place, row in enumerate(rows):
            if not 0 <= row < len(self.cohorts) or row in rows[:place]:
                raise InputError(f"cohorts[{place}] = {row}: must be within 0..{len(self.cohorts) - 1}, and once only")
        if not rows:
            raise InputError("cohorts: there is none to revalue")
        return rows

    def _check(
        self, rows: tuple[int, ...], demands: Sequence[Sequence[SpotDemand]], standings: Sequence[Standing]
    ) -> None:
        if len(standings) != len(self.horizons):
            raise InputError(
                f"standings: expected one for each of {len(self.horizons)} horizons, found {len(standings)}"
            )
        if len(demands) != len(rows):
            raise InputError(f"demands: expected one row for each of {len(rows)} cohorts, found {len(demands)}")
        for row, demand in enumerate(demands):
            if len(demand) != len(self.horizons):
                raise InputError(f"demands[{row}]: expected {len(self.horizons)} horizons, found {len(demand)}")

    def _batch(self, month: int, rows: tuple[int, ...], case: tuple[SpotDemand, SpotState]) -> SpotBatch:
        """Markets of a horizon; the first time all start from the basis of one of their cases, which is near theirs."""
        key = (month, rows)
        if key not in self._batches:
            # What is refused here the batch will refuse again, and say which case it is.
            with suppress(InputError):
                self._pilot.clear(*case)
            self._batches[key] = SpotBatch(self._pilot, len(rows))
        return self._batches[key]

    def _state(self, row: int, month: int, standing: Standing, entered: list[Entered]) -> SpotState:
        part = reckoned_part(self.cohorts[row].neglect, month, self.horizons[-1])
        zone = self._market.layout.site_zone
        return state_believed(standing, month, part, entered, life_months=self._life, site_zone=zone)

    def _read(self, clearing: SpotClearing, state: SpotState) -> dict[str, Integer]:
        runs = clearing.pool_flow + clearing.entry_flow + clearing.refresh_flow > 0
        energy = self._reader.energy_cost(clearing, state)
        return {
            "price": np.where(runs, clearing.pool_price, clearing.pool_price_low),
            "energy": energy,
            "shell": self._reader.shell_rent(clearing, energy),
            "land": clearing.land_price,
            "lmp": clearing.zone_price,
            "entry_kw": clearing.entry_flow,
            "refresh_kw": clearing.refresh_flow,
        }

    def _curves(self, read: list[list[dict[str, Integer]]]) -> ForwardCurves:
        columns = {}
        for name in _COLUMNS:
            column = np.array([[horizon[name] for horizon in cohort] for cohort in read], dtype=np.int64)
            column.setflags(write=False)
            columns[name] = column
        return ForwardCurves(self.horizons, **columns)
