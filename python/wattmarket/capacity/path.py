"""Capacity that follows a table: what stands at named sites from named months on."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path
from typing import Final

import numpy as np
import polars as pl
from numpy.typing import NDArray

from wattmarket import numeric
from wattmarket.capacity.stock import CapacityStock
from wattmarket.errors import InputError
from wattmarket.months import month_number
from wattmarket.schema import Column, Table
from wattmarket.units import KW_PER_MW

__all__ = ["CAPACITY_PATH", "CapacityPath"]

Integer = NDArray[np.int64]

CAPACITY_PATH: Final = Table(
    "capacity_path",
    'Capacity over time, for `capacity.mode = "path"`: a row holds from its month until the site\'s next row.',
    (
        Column("month", pl.String(), "", "first month in force, YYYY-MM"),
        Column("site_id", pl.String(), "", "site", key_of="sites"),
        Column("pool_mw", pl.Float64(), "MW IT", "accelerators", 0.0),
        Column("shell_mw", pl.Float64(), "MW IT", "shell", 0.0),
        Column("grid_mw", pl.Float64(), "MW IT", "grid connection, after PUE", 0.0),
    ),
    ("month", "site_id"),
)


@dataclass(frozen=True, slots=True)
class CapacityPath:
    """Rows of a capacity table, ready to be installed month by month.

    Parameters
    ----------
    month, site
        Month number and row of the site, int64 [N], in order of month.
    pool_kw, shell_kw, grid_kw
        int64 [N].
    """

    month: Integer
    site: Integer
    pool_kw: Integer
    shell_kw: Integer
    grid_kw: Integer

    @classmethod
    def read(cls, file: Path, site_ids: list[str]) -> CapacityPath:
        """Read and check a capacity table (CSV).

        Raises
        ------
        InputError
            Naming file, row and column of everything that is wrong: unknown columns, unknown sites, bad months.
        """
        try:
            frame = pl.read_csv(file, infer_schema=False)
        except (OSError, pl.exceptions.PolarsError) as error:
            raise InputError(f"{file}: cannot be read: {str(error).splitlines()[0]}") from None
        frame = CAPACITY_PATH.check(frame, str(file))
        position = {site: row for row, site in enumerate(site_ids)}
        problems: list[str] = []
        months: list[int] = []
        for row, (month, site) in enumerate(zip(frame["month"], frame["site_id"], strict=True), start=1):
            if site not in position:
                problems.append(f"{file}: row {row}: site_id: {site!r} is not a site of the world")
            try:
                months.append(month_number(month))
            except InputError as error:
                problems.append(f"{file}: row {row}: month: {error}")
        if problems:
            raise InputError(problems)
        order = np.argsort(np.array(months, dtype=np.int64), kind="stable")

        def kw(column: str) -> Integer:
            return numeric.to_integer(frame[column].to_numpy() * KW_PER_MW, column)[order]

        sites = np.array([position[site] for site in frame["site_id"]], dtype=np.int64)
        return cls(np.array(months, dtype=np.int64)[order], sites[order], kw("pool_mw"), kw("shell_mw"), kw("grid_mw"))

    def install(self, stock: CapacityStock, month: int, *, first: bool) -> tuple[Integer, Integer]:
        """Install what the table says for a month; in the first month also all that was in force before.

        Returns
        -------
        completed_kw, retired_kw
            Accelerators added and removed, int64 [S].
        """
        now = self.month <= month if first else self.month == month
        pool, shell, grid = stock.pool_kw.copy(), stock.shell_kw.copy(), stock.grid_kw.copy()
        # Rows are in order of month, so that the last row of a site wins.
        for site, *row in zip(self.site[now], self.pool_kw[now], self.shell_kw[now], self.grid_kw[now], strict=True):
            pool[site], shell[site], grid[site] = row
        return stock.install(pool, shell, grid)
