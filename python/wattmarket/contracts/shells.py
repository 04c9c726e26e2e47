"""Halls, grid connections and plants behind the meter: what stands at every site, and what is being built."""

from __future__ import annotations

import numpy as np
import numpy.typing as npt

from wattmarket.contracts.pipeline import Pipeline
from wattmarket.contracts.rows import LARGEST_KW, checked_column, checked_rows
from wattmarket.errors import InvariantError
from wattmarket.numeric.growing import Integer

__all__ = ["LARGEST_COST", "ShellStock"]

LARGEST_COST = 10**9
"""No energy costs more, in micro-$ per kWh: a million $/MWh."""


class ShellStock:
    """What stands at each of S sites besides accelerators, in kW of IT, and the pipelines that add to it.

    Parameters
    ----------
    shell_kw, grid_kw, btm_kw
        Shell, grid connection and plant behind the meter at the start, int64 [S].
    btm_cost
        Running cost of that plant, micro-$ per kWh, int64 [S].
    horizon_months
        Longest building time.

    Attributes
    ----------
    shell_kw, grid_kw, btm_kw
        What stands now, int64 [S].
    btm_cost
        Mean running cost of the plants behind the meter, micro-$ per kWh, int64 [S], rounded down. Where none stands it
        is the cost given at the start.

    Notes
    -----
    Fitting out a hall that stands (the conversion of a metro site) starts nothing here: the shell is there already.
    Nothing retires: shells live 18 years and more (fact B18), longer than a run of 13.
    Conservation is checked in every month: what stood + what was completed = what stands.
    """

    def __init__(
        self,
        shell_kw: npt.ArrayLike,
        grid_kw: npt.ArrayLike,
        btm_kw: npt.ArrayLike,
        btm_cost: npt.ArrayLike,
        horizon_months: int,
    ) -> None:
        sites = (len(np.asarray(shell_kw)),)
        self.shell_kw = checked_column(shell_kw, "shell_kw", sites)
        self.grid_kw = checked_column(grid_kw, "grid_kw", sites)
        self.btm_kw = checked_column(btm_kw, "btm_kw", sites)
        self._btm_cost = checked_column(btm_cost, "btm_cost", sites, LARGEST_COST)
        self.btm_cost: Integer = self._btm_cost
        self._btm_value = self.btm_kw * self._btm_cost
        self._opening_kw = self.shell_kw + self.grid_kw + self.btm_kw
        self._completed_kw = np.zeros_like(self.shell_kw)
        self._shell, self._grid, self._btm, self._value = (Pipeline(*sites, horizon_months) for _ in range(4))

    @property
    def pipeline_shell_kw(self) -> Integer:
        """Shell under construction, int64 [S]."""
        return self._shell.total.copy()

    @property
    def pipeline_grid_kw(self) -> Integer:
        """Grid connection under construction, int64 [S]."""
        return self._grid.total.copy()

    @property
    def pipeline_btm_kw(self) -> Integer:
        """Plant behind the meter under construction, int64 [S]."""
        return self._btm.total.copy()

    def start(
        self,
        site: npt.ArrayLike,
        shell_kw: npt.ArrayLike,
        grid_kw: npt.ArrayLike,
        btm_kw: npt.ArrayLike,
        months: npt.ArrayLike,
        *,
        btm_cost: npt.ArrayLike = 0,
    ) -> None:
        """Start building; each column is int64 [N] or one value for all.

        Parameters
        ----------
        site
            Rows of the sites; one may come several times.
        shell_kw, grid_kw, btm_kw
            What is begun; 0 where nothing is.
        months
            Months until it stands, 1 to the horizon. What takes other times is started in other rows.
        btm_cost
            Running cost of the new plant, micro-$ per kWh.

        Raises
        ------
        InputError
            Naming column, row and value of what is out of range.
        """
        kw = (0, LARGEST_KW)
        rows = checked_rows(
            {
                **{"site": site, "shell_kw": shell_kw, "grid_kw": grid_kw, "btm_kw": btm_kw},
                **{"months": months, "btm_cost": btm_cost},
            },
            {
                **{"site": (0, len(self.shell_kw) - 1), "shell_kw": kw, "grid_kw": kw, "btm_kw": kw},
                **{"months": (1, self._shell.horizon_months), "btm_cost": (0, LARGEST_COST)},
            },
        )
        place, due = rows["site"], rows["months"]
        self._shell.add(place, rows["shell_kw"], due)
        self._grid.add(place, rows["grid_kw"], due)
        self._btm.add(place, rows["btm_kw"], due)
        self._value.add(place, rows["btm_kw"] * rows["btm_cost"], due)

    def stop(self, site: Integer, kw: Integer, months: Integer) -> None:
        """Stop building halls together with their grid connections, as far as such are due in that month.

        Parameters
        ----------
        site, kw, months
            int64 [N]: where, how much, and months until it would have stood, 1 to the horizon.
        """
        where, stopped, when = self._grid.cancel(site, kw, months)
        # Every connection was begun with a hall of its size.
        self._shell.add(where, -stopped, when)

    def advance(self) -> tuple[Integer, Integer, Integer]:
        """Go to the next month.

        Returns
        -------
        shell_kw, grid_kw, btm_kw
            What was completed, int64 [S] each.
        """
        shell, grid, btm = self._shell.advance(), self._grid.advance(), self._btm.advance()
        self.shell_kw += shell
        self.grid_kw += grid
        self.btm_kw += btm
        self._btm_value += self._value.advance()
        if btm.any():
            self.btm_cost = self.btm_cost_at(0)
        self._completed_kw += shell + grid + btm
        if (self.shell_kw + self.grid_kw + self.btm_kw != self._opening_kw + self._completed_kw).any():
            raise InvariantError("contracts: what stands at a site is not what stood and what was completed")
        return shell, grid, btm

    def at_horizon(self, months: int) -> tuple[Integer, Integer, Integer]:
        """Count what will stand in some months if nothing more is started.

        Returns
        -------
        shell_kw, grid_kw, btm_kw
            int64 [S] each.
        """
        return (
            self.shell_kw + self._shell.within(months),
            self.grid_kw + self._grid.within(months),
            self.btm_kw + self._btm.within(months),
        )

    def btm_cost_at(self, months: int) -> Integer:
        """Give the mean running cost of the plants that will stand in some months, int64 [S] micro-$ per kWh."""
        kw = self.btm_kw + self._btm.within(months)
        return np.where(kw > 0, (self._btm_value + self._value.within(months)) // np.maximum(kw, 1), self._btm_cost)
