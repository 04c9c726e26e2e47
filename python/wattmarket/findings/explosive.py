"""Bubbles in a series: the recursive right-tailed unit-root tests of Phillips, Shi & Yu, and the dates they give.

A series that explodes grows by a share of itself, where one that wanders has no memory of its level. The augmented
Dickey-Fuller statistic tells these apart in one window; taken over all windows that end in a month, its largest value
(BSADF) says whether the series explodes then, and the largest of those (GSADF) whether it ever does.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from wattmarket import _core, numeric
from wattmarket.errors import InputError

__all__ = ["Critical", "Episode", "Explosive", "critical_values", "date_stamp", "explosive", "least_window"]

Float = NDArray[np.float64]

LEVELS = (0.90, 0.95, 0.99)
"""Levels of critical values."""


def least_window(months: int) -> int:
    """Shortest window of a series of so many months: T (0.01 + 1.8 / √T), rounded down.

    References
    ----------
    Phillips, Shi & Yu (2015), International Economic Review 56(4), section 4.

    Examples
    --------
    >>> least_window(100), least_window(156)
    (19, 24)
    """
    return int(months * (0.01 + 1.8 / np.sqrt(float(months))))


@dataclass(frozen=True, slots=True)
class Explosive:
    """Statistics of series.

    Parameters
    ----------
    window, lags
        Shortest window in observations of the regression, and lagged changes in it.
    adf, sadf, gsadf
        float64 [...]: over the whole series; the largest over windows from its start; the largest over all windows.
    badf, bsadf
        float64 [..., T]: of the window from the start to each month, and the largest over all that end in it; NaN where
        no window ends.
    """

    window: int
    lags: int
    adf: Float
    sadf: Float
    gsadf: Float
    badf: Float
    bsadf: Float


def explosive(series: Float, *, window: int | None = None, lags: int = 0) -> Explosive:
    """Test series for explosive stretches.

    Parameters
    ----------
    series
        float64 [..., T].
    window
        Shortest window in observations of the regression; None: `least_window`.
    lags
        Lagged changes in the regression.

    Raises
    ------
    InputError
        If the series is too short, or a value isn't finite; if the window is too short for the lags; if the statistic
        doesn't exist, as in a window in which the series never changes or keeps to a straight line.

    Notes
    -----
    In every window the change of the series is regressed on a constant, its last level and lagged changes; the
    statistic is Student's t of the level. Sums over windows are differences of running sums of the series less its
    middle, so that all windows cost O(T²), and results are equal to those of separate regressions to about 1e-12.

    References
    ----------
    Phillips, Shi & Yu (2015), International Economic Review 56(4), 1043-1078.

    Examples
    --------
    >>> calm = np.cumsum(np.sin(np.arange(90.0) ** 2))
    >>> burst = np.where(np.arange(90) < 60, calm, calm + 1.1 ** np.arange(90.0) / 300.0)
    >>> [round(float(explosive(y).gsadf), 1) for y in (calm, burst)]
    [0.5, 3.9]
    """
    y = _checked(series)
    months = y.shape[-1]
    least = _least(months, window, lags)
    badf, bsadf = (
        np.frombuffer(found).reshape(y.shape) for found in _core.explosive(y.reshape(-1), months, least, lags)
    )
    first = least + lags
    gsadf = bsadf[..., first:].max(axis=-1)
    if not np.isfinite(gsadf).all():
        raise InputError(
            f"series: in a window of {least} months or more there is no statistic, since the series never changes or "
            "follows a line or an exponential without error"
        )
    return Explosive(least, lags, badf[..., -1].copy(), badf[..., first:].max(axis=-1), gsadf, badf, bsadf)


def _checked(series: Float) -> Float:
    """Give the series as float64 [..., T], T at least 1."""
    try:
        y = np.asarray(series, dtype=np.float64)
    except (TypeError, ValueError):
        raise InputError("series: is not an array of numbers") from None
    if not y.size:
        raise InputError("series: is empty")
    if not y.ndim:
        raise InputError("series: is one number")
    if not np.isfinite(y).all():
        raise InputError("series: a value is not finite")
    return y


def _least(months: int, window: int | None, lags: int) -> int:
    """Check window and lags, and give the shortest window."""
    for name, value, low in (("lags", lags, 0), ("window", window, lags + 3)):
        if value is None:
            continue
        if not isinstance(value, int | np.integer):
            raise InputError(f"{name}: {value!r} is not a whole number")
        if value < low:
            raise InputError(f"{name}: {value} is below {low}" + (f" for {lags} lags" if name == "window" else ""))
    least = least_window(months) if window is None else int(window)
    if least < lags + 3 or months - 1 - lags < least:
        raise InputError(f"series: {months} months are too few for windows of {least} and {lags} lags")
    return least


@dataclass(frozen=True, slots=True)
class Critical:
    """Quantiles of the statistics of series that only wander.

    Parameters
    ----------
    levels
        float64 [Q].
    adf, sadf, gsadf
        float64 [Q].
    bsadf
        float64 [Q, T]: month by month; NaN where no window ends.
    """

    levels: Float
    adf: Float
    sadf: Float
    gsadf: Float
    bsadf: Float

    def level(self, wanted: float) -> int:
        """Row of a level."""
        found = np.flatnonzero(self.levels == wanted)
        if not len(found):
            raise InputError(f"level: {wanted}: must be one of {', '.join(map(str, self.levels.tolist()))}")
        return int(found[0])


def critical_values(
    months: int, *, window: int | None = None, lags: int = 0, draws: int = 2_000, seed: int = 0
) -> Critical:
    """Simulate the statistics of random walks with a drift of 1/T and unit steps, and give their quantiles.

    Parameters
    ----------
    months
        T.
    window, lags
        As in `explosive`.
    draws
        Random walks.
    seed
        Of the draws, which are keyed: more of them begin with the same ones.

    Raises
    ------
    InputError
        If there are no draws, or too few months for window and lags.

    References
    ----------
    Phillips, Shi & Yu (2015), section 3: d = η = 1.

    Examples
    --------
    >>> critical_values(100, draws=200).gsadf.round(1).tolist()
    [1.5, 1.7, 2.1]
    """
    for name, number in (("months", months), ("draws", draws)):
        if number < 1:
            raise InputError(f"{name}: {number} is below 1")
    _least(months, window, lags)
    steps = np.stack(
        [numeric.normal(seed, "random walk", np.arange(draws, dtype=np.uint64), tick) for tick in range(months)], axis=1
    )
    found = explosive(np.cumsum(steps + 1.0 / months, axis=1), window=window, lags=lags)
    levels = np.array(LEVELS)
    return Critical(
        levels,
        np.quantile(found.adf, levels),
        np.quantile(found.sadf, levels),
        np.quantile(found.gsadf, levels),
        np.quantile(found.bsadf, levels, axis=0),
    )


@dataclass(frozen=True, slots=True)
class Episode:
    """A stretch in which a series explodes.

    Parameters
    ----------
    start, peak, end
        First month above the critical value, month of the largest statistic, first month below again; `end` is None
        where the series ends before.
    """

    start: int
    peak: int
    end: int | None


def date_stamp(bsadf: Float, critical: Float, *, months: int | None = None) -> tuple[Episode, ...]:
    """Date the stretches in which a series explodes.

    Parameters
    ----------
    bsadf, critical
        float64 [T]: statistic, and its critical value month by month.
    months
        Shortest stretch that counts; None: ln T, rounded up.

    References
    ----------
    Phillips, Shi & Yu (2015), section 2.3.

    Examples
    --------
    >>> bsadf = np.array([np.nan, 0.0, 2.0, 3.0, 0.0, 2.0, 0.0, 2.0, 2.5])
    >>> date_stamp(bsadf, np.full(9, 1.0), months=2)
    (Episode(start=2, peak=3, end=4), Episode(start=7, peak=8, end=None))
    """
    above = np.concatenate([[False], np.nan_to_num(bsadf, nan=-np.inf) > critical, [False]])
    edges = np.flatnonzero(above[1:] != above[:-1]).reshape(-1, 2)
    least = int(np.ceil(float(numeric.log(np.array([len(bsadf)], dtype=np.float64))[0]))) if months is None else months
    return tuple(
        Episode(start, start + int(np.argmax(bsadf[start:end])), end if end < len(bsadf) else None)
        for start, end in edges.tolist()
        if end - start >= least
    )
