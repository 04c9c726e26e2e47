"""Market over fundamental value month by month, with what is not known about it."""

from __future__ import annotations

from typing import Final, Protocol

import numpy as np
import polars as pl
from numpy.typing import NDArray

from wattmarket import numeric
from wattmarket.finance import annuity_factor
from wattmarket.schema.world import EDGE_KINDS
from wattmarket.units import MONTHS_PER_YEAR
from wattmarket.valuation import month_weights

__all__ = ["NEEDED", "PARTS", "BubbleTables", "bubble_months", "ends_of_ratio", "realised_shares"]

Float = NDArray[np.float64]

PARTS: Final = ("edge", "core")
NEEDED: Final = ("ticks", "sites", "valuations", "bubble")
"""Tables of a run that are read."""


class _World(Protocol):
    @property
    def sites(self) -> pl.DataFrame:
        """Sites, to ``schema/world.py``."""
        ...


class BubbleTables(Protocol):
    """What is read of a run."""

    @property
    def ticks(self) -> pl.DataFrame:
        """The market as a whole, one row per month."""
        ...

    @property
    def sites(self) -> pl.DataFrame:
        """One row per month and site."""
        ...

    @property
    def valuations(self) -> pl.DataFrame:
        """One row per month and site, in the order of `sites`."""
        ...

    @property
    def bubble(self) -> pl.DataFrame:
        """One row per month."""
        ...

    @property
    def world(self) -> _World:
        """The world that was run."""
        ...


def realised_shares(months: int, rate: float, years: float) -> Float:
    """Share of the weights of fundamental value that lies within the run, float64 [T]; the rest is assumed.

    Examples
    --------
    >>> realised_shares(156, 0.0725, 15.0)[[0, 88, 155]].round(2).tolist()
    [0.92, 0.5, 0.01]
    """
    weights = np.cumsum(month_weights(rate, years))
    left = np.minimum(np.arange(months, 0, -1), len(weights))
    return np.asarray(weights[left - 1] / weights[-1])


def ends_of_ratio(
    value: tuple[Float, Float, Float], fundamental: Float, rate: float, years: float
) -> tuple[Float, Float]:
    """Lowest and highest ratio of market to fundamental value, float64 [T] each.

    Parameters
    ----------
    value
        Market value of a part in $ per MW, at settled, lowest and highest prices, float64 [T] each.
    fundamental
        Its fundamental value, which lets land earn the cost of a new shell after the run, float64 [T].
    rate, years
        Rate and horizon of the valuation.

    Returns
    -------
    tuple of float64 [T]
        At the lowest and the highest price, and with two ends of what comes after the run: the cost of new shells, or
        that the market value of the last twelve months was right, rents staying as they are.

    Notes
    -----
    The cost of new shells is read off the last month, of whose fundamental value only the first weight is realised.

    Examples
    --------
    A value that never changes, at the cost of new shells, is no bubble, whatever comes after.

    >>> flat = np.full(24, 5.0)
    >>> low, high = ends_of_ratio((flat, flat, flat), flat, 0.10, 5.0)
    >>> bool(np.allclose(low, 1.0) and np.allclose(high, 1.0))
    True
    """
    settled, lowest, highest = value
    realised = realised_shares(len(settled), rate, years)
    first = float(month_weights(rate, years)[0]) / (float(annuity_factor(np.array(rate), years)) * MONTHS_PER_YEAR)
    entry = (fundamental[-1] - first * settled[-1]) / (1.0 - first) if first < 1.0 else fundamental[-1]
    last = settled[-MONTHS_PER_YEAR:]
    stays = fundamental + (1.0 - realised) * (numeric.total(last) / len(last) - entry)
    cases = [
        np.divide(worth, base, out=np.zeros_like(worth), where=base > 0.0)
        for base in (fundamental, stays)
        for worth in (settled, lowest, highest)
    ]
    return np.min(cases, axis=0), np.max(cases, axis=0)


def bubble_months(run: BubbleTables, *, rate: float, years: float) -> pl.DataFrame:
    """Put market and fundamental value of both parts into one frame.

    Parameters
    ----------
    run
        A run of agents, with the tables of :data:`NEEDED`.
    rate, years
        Rate and horizon of the valuation (``run.scenario.valuation``).

    Returns
    -------
    pl.DataFrame
        One row per month: tick, month, realised_share; of edge and core value and fundamental value ($ per MW), ratio
        with its ends ``…_ratio_low`` and ``…_ratio_high``, and index. The ratio is nil where nothing stands.
    """
    frame = run.ticks.select("tick", "month").with_columns(
        pl.Series("realised_share", realised_shares(run.ticks.height, rate, years))
    )
    months = run.ticks.height
    kinds = run.world.sites["kind"].is_in(list(EDGE_KINDS)).to_numpy()
    shell = run.sites["shell_kw"].to_numpy().reshape(months, -1).astype(np.float64)
    columns = []
    for part in PARTS:
        mine = kinds if part == "edge" else ~kinds
        settled = run.bubble[f"{part}_value_usd_per_mw"].to_numpy()
        true = run.bubble[f"{part}_fundamental_usd_per_mw"].to_numpy()
        ends = [
            _per_mw(run.valuations[f"value_{end}_usd_per_mw"].to_numpy().reshape(months, -1), shell, mine)
            for end in ("low", "high")
        ]
        low, high = ends_of_ratio((settled, ends[0], ends[1]), true, rate, years)
        columns += [
            pl.Series(f"{part}_value_usd_per_mw", settled),
            pl.Series(f"{part}_fundamental_usd_per_mw", true),
            pl.Series(f"{part}_ratio", run.bubble[f"{part}_bubble_ratio"]),
            pl.Series(f"{part}_ratio_low", low),
            pl.Series(f"{part}_ratio_high", high),
            pl.Series(f"{part}_index", run.ticks[f"{part}_index"]),
        ]
    return frame.with_columns(columns)


def _per_mw(worth: NDArray[np.float32], shell_kw: Float, mine: NDArray[np.bool_]) -> Float:
    """Mean over the sites of a part by the shell that stood, float64 [T]."""
    return np.array(
        [
            numeric.weighted_mean(row.astype(np.float64), np.where(mine, kw, 0.0), empty=0.0)
            for row, kw in zip(worth, shell_kw, strict=True)
        ]
    )
