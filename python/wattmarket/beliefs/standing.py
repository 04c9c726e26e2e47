"""What will stand at a horizon, and how much of it and of what may still come a cohort reckons with."""

from __future__ import annotations

from dataclasses import dataclass, replace

import numpy as np
from numpy.typing import NDArray

from wattmarket import numeric
from wattmarket.errors import InputError
from wattmarket.spot import SpotState

__all__ = ["Entered", "Standing", "reckoned_part", "state_believed"]

Integer = NDArray[np.int64]


@dataclass(frozen=True, slots=True)
class Standing:
    """The supply side at one horizon: what is there for certain, what is under way, and what could still be added.

    Parameters
    ----------
    state
        What stands then with nothing of the pipeline and nothing new, retirement by then taken off; without the columns
        of forecast networks.
    pipeline_pool_kw
        Accelerators under way that stand then, int64 [P].
    pipeline_shell_kw, pipeline_grid_kw
        Shell and connections under way that stand then, int64 [S].
    land_kw
        Shell that could be added by then beside standing and pipeline, int64 [S].
    slot_kw
        Slots released by then and not taken, kW of IT, int64 [Z].
    entry_cost
        Annualised cost of new capacity: accelerators, shell, connection, running and delivery at the site, micro-$ per
        kWh, int64 [P].
    refresh_cost
        Annualised cost of new accelerators in a standing shell, running included, int64 [P].

    Raises
    ------
    InputError
        Naming array, index and value: lengths that differ from the state's, negative quantities, or a state that has
        entry columns already.
    """

    state: SpotState
    pipeline_pool_kw: Integer
    pipeline_shell_kw: Integer
    pipeline_grid_kw: Integer
    land_kw: Integer
    slot_kw: Integer
    entry_cost: Integer
    refresh_cost: Integer

    def __post_init__(self) -> None:
        state = self.state
        pools, sites = len(state.pool_kw), len(state.shell_kw)
        problems = [
            f"state.{name}: given, but what enters is for the forecast to say"
            for name in ("entry_kw", "entry_cost", "slot_kw", "refresh_cost")
            if getattr(state, name) is not None
        ]
        lengths = {
            "pipeline_pool_kw": pools,
            "pipeline_shell_kw": sites,
            "pipeline_grid_kw": sites,
            "land_kw": sites,
            "slot_kw": len(self.slot_kw),
            "entry_cost": pools,
            "refresh_cost": pools,
        }
        for name, length in lengths.items():
            column = getattr(self, name)
            if column.shape != (length,) or column.dtype != np.int64:
                problems.append(f"{name}: expected int64 [{length}], found {column.dtype} {list(column.shape)}")
            elif name.endswith("_kw"):
                negative = np.flatnonzero(column < 0)[:1].tolist()
                problems += [f"{name}[{row}] = {column[row]}: must not be negative" for row in negative]
        if problems:
            raise InputError(problems)


@dataclass(frozen=True, slots=True)
class Entered:
    """What a cohort's forecast network took up at one horizon.

    Parameters
    ----------
    month
        The horizon, months from today.
    entry_kw, refresh_kw
        New capacity, and new accelerators in standing shells, int64 [S]; every site has one pool.
    """

    month: int
    entry_kw: Integer
    refresh_kw: Integer


def reckoned_part(neglect: float, month: int, last: int) -> float:
    """Part of rivals' entry and pipeline that a cohort reckons with at a horizon: 1 − θ · (1 − h / h_last).

    Examples
    --------
    >>> [reckoned_part(0.5, month, 84) for month in (0, 42, 84)]
    [0.5, 0.75, 1.0]
    """
    return 1.0 - neglect * (1.0 - month / last)


def state_believed(
    standing: Standing, month: int, part: float, entered: list[Entered], *, life_months: Integer, site_zone: Integer
) -> SpotState:
    """State of a cohort's forecast network at one horizon.

    What was entered at a nearer horizon stands as long as it lives: shells and connections stay, accelerators leave
    after their life. Land and slots that it took are gone.

    Parameters
    ----------
    standing
        The supply side at the horizon.
    month
        The horizon, months from today.
    part
        Part of pipeline, land and slots that the cohort reckons with, as `reckoned_part` says.
    entered
        What was taken up at the nearer horizons.
    life_months
        Life of the accelerators of each site, int64 [S].
    site_zone
        Zone of each site, int64 [S].
    """
    state = standing.state
    pool_kw, shell_kw, grid_kw, land_kw, slot_kw = _parts(
        part,
        *(standing.pipeline_pool_kw, standing.pipeline_shell_kw, standing.pipeline_grid_kw),
        *(standing.land_kw, standing.slot_kw),
    )
    pool_kw += state.pool_kw
    shell_kw += state.shell_kw
    grid_kw += state.grid_kw
    for before in entered:
        alive = month - before.month < life_months
        pool_kw += np.where(alive, before.entry_kw + before.refresh_kw, 0)
        shell_kw += before.entry_kw
        grid_kw += before.entry_kw
        land_kw -= before.entry_kw
        np.subtract.at(slot_kw, site_zone, before.entry_kw)
    return replace(
        state,
        pool_kw=pool_kw,
        shell_kw=shell_kw,
        grid_kw=grid_kw,
        entry_kw=np.maximum(land_kw, 0),
        entry_cost=standing.entry_cost,
        slot_kw=np.maximum(slot_kw, 0),
        refresh_cost=standing.refresh_cost,
    )


def _parts(part: float, *columns_kw: Integer) -> list[Integer]:
    """Part of each column, rounded down; as columns of their own."""
    whole = np.concatenate(columns_kw)
    reckoned = whole if part == 1.0 else numeric.to_integer(np.floor(whole * part), "pipeline")
    return np.split(reckoned, np.cumsum([len(column) for column in columns_kw])[:-1])
