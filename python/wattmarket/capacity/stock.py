"""What stands and what is being built at every site, month by month, in whole kilowatts."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from wattmarket import numeric
from wattmarket.errors import InvariantError

__all__ = ["CapacityStock", "Starts"]

Integer = NDArray[np.int64]


@dataclass(frozen=True, slots=True)
class Starts:
    """Building that starts in one month, int64 [S] kW of IT each.

    Parameters
    ----------
    pool_kw
        Accelerators ordered.
    shell_kw
        Shell started; comes with a grid connection of the same size.
    months
        Months until the site's new capacity stands, int64 [S], at least 1.
    """

    pool_kw: Integer
    shell_kw: Integer
    months: Integer


class CapacityStock:
    """Accelerators by month of installation, shells, grid connections, and the pipeline that will add to them.

    Parameters
    ----------
    pool_kw
        Accelerators standing at the start, int64 [S].
    shell_kw, grid_kw
        Shell and grid connection standing at the start, int64 [S].
    life_months
        Life of the accelerators of each site's class, int64 [S].
    age_weights
        float64 [A]: how the accelerators of the start are spread over ages 0 … A−1 months; A at most any life.
    horizon_months
        Longest building time.

    Notes
    -----
    Conservation holds by construction and is checked: what stood + completed − retired = what stands.
    Shells live 18 years and more (fact B18), longer than a run of 13, so that they do not retire here.
    """

    def __init__(
        self,
        pool_kw: Integer,
        shell_kw: Integer,
        grid_kw: Integer,
        *,
        life_months: Integer,
        age_weights: NDArray[np.float64],
        horizon_months: int,
    ) -> None:
        sites = len(pool_kw)
        self._life = life_months
        self._longest_life = int(life_months.max(initial=1))
        # Row r holds what retires r months from now; row 0 retires at the next advance.
        self._retiring = np.zeros((self._longest_life + 1, sites), dtype=np.int64)
        self._retiring_rows(pool_kw, age_weights)
        self._due_pool = np.zeros((horizon_months + 1, sites), dtype=np.int64)
        self._due_shell = np.zeros((horizon_months + 1, sites), dtype=np.int64)
        self.pool_kw = pool_kw.copy()
        self.shell_kw = shell_kw.copy()
        self.grid_kw = grid_kw.copy()

    def _retiring_rows(self, pool_kw: Integer, age_weights: NDArray[np.float64]) -> None:
        """Spread what stands over ages; cumulative flooring loses no kilowatt."""
        share = np.cumsum(age_weights) / np.cumsum(age_weights)[-1]
        share[-1] = 1.0
        reached = numeric.to_integer(np.floor(pool_kw[None, :] * share[:, None]), "pool_kw")
        by_age = np.diff(reached, axis=0, prepend=0)
        sites = np.arange(len(pool_kw))
        for age in range(len(age_weights)):
            self._retiring[np.maximum(self._life - age, 1), sites] += by_age[age]

    def advance(self) -> tuple[Integer, Integer]:
        """Go to the next month: retire, then complete.

        Returns
        -------
        completed_kw, retired_kw
            Accelerators completed and retired this month, int64 [S].
        """
        self._retiring = _shift(self._retiring)
        retired = self._retiring[0].copy()
        self._retiring[0] = 0
        self._due_pool = _shift(self._due_pool)
        self._due_shell = _shift(self._due_shell)
        completed, shell = self._due_pool[0].copy(), self._due_shell[0].copy()
        self._due_pool[0] = 0
        self._due_shell[0] = 0
        self._retiring[self._life, np.arange(len(completed))] += completed
        self.pool_kw += completed - retired
        self.shell_kw += shell
        self.grid_kw += shell
        if (self.pool_kw < 0).any() or (self._retiring.sum(axis=0) != self.pool_kw).any():  # exact: integers
            raise InvariantError("capacity: accelerators standing are not those installed less those retired")
        return completed, retired

    def start(self, starts: Starts) -> None:
        """Put building that starts this month into the pipeline."""
        sites = np.arange(len(self.pool_kw))
        self._due_pool[starts.months, sites] += starts.pool_kw
        self._due_shell[starts.months, sites] += starts.shell_kw

    def install(self, pool_kw: Integer, shell_kw: Integer, grid_kw: Integer) -> tuple[Integer, Integer]:
        """Set what stands to given values at once (capacities from a table).

        Returns
        -------
        completed_kw, retired_kw
            Accelerators added and removed, int64 [S].
        """
        change = pool_kw - self.pool_kw
        self._retiring[:] = 0
        self._retiring[self._life, np.arange(len(pool_kw))] = pool_kw
        self.pool_kw, self.shell_kw, self.grid_kw = pool_kw.copy(), shell_kw.copy(), grid_kw.copy()
        return np.maximum(change, 0), np.maximum(-change, 0)

    @property
    def pipeline_pool_kw(self) -> Integer:
        """Accelerators ordered and not yet standing, int64 [S]."""
        return np.asarray(self._due_pool.sum(axis=0))  # exact: integers

    @property
    def pipeline_shell_kw(self) -> Integer:
        """Shell under construction, int64 [S]."""
        return np.asarray(self._due_shell.sum(axis=0))  # exact: integers

    def retiring_in(self, months: int) -> Integer:
        """Accelerators standing now that retire so many months from now, int64 [S]."""
        if months > self._longest_life:
            return np.zeros_like(self.pool_kw)
        return np.array(self._retiring[months])

    def at_horizon(self, months: int) -> tuple[Integer, Integer, Integer]:
        """Count what will stand in some months if nothing more is started.

        The whole pipeline counts, also what completes a little later: its builders have committed, so that nobody
        builds against it twice.

        Returns
        -------
        pool_kw, shell_kw, grid_kw
            int64 [S] each.
        """
        retired = self._retiring[: min(months, self._longest_life) + 1].sum(axis=0)  # exact: integers
        # What completes early enough to retire before the horizon too: month of completion + life ≤ horizon.
        due = np.arange(len(self._due_pool))[:, None]
        retired += np.where(due + self._life[None, :] <= months, self._due_pool, 0).sum(axis=0)  # exact: integers
        shell = self.pipeline_shell_kw
        return self.pool_kw - retired + self.pipeline_pool_kw, self.shell_kw + shell, self.grid_kw + shell


def _shift(rows: Integer) -> Integer:
    """Move every row one month nearer; the last becomes empty."""
    moved = np.empty_like(rows)
    moved[:-1] = rows[1:]
    moved[-1] = 0
    return moved
