"""Tests for bubbles: equal to a referee's statistics, sized as promised, and strong where there is a bubble."""

from __future__ import annotations

import exuber
import numpy as np
import pytest

from wattmarket.errors import InputError
from wattmarket.findings.explosive import Critical, critical_values, date_stamp, explosive, least_window

MONTHS = 156
PATHS = 1_000

Float = np.ndarray[tuple[int, int], np.dtype[np.float64]]


@pytest.fixture(scope="module")
def critical() -> Critical:
    return critical_values(MONTHS)


def walks(seed: int) -> Float:
    """Random walks around 300, steps of 10."""
    rng = np.random.default_rng(seed)
    return np.asarray(300.0 + np.cumsum(rng.normal(scale=10.0, size=(PATHS, MONTHS)), axis=1))


def bubbles(seed: int, start: int, end: int, growth: float) -> Float:
    """Random walks that grow by a share of themselves in some months, and fall back to where they were.

    Start and steps of Phillips, Shi & Yu (2015), section 5: 100 and 6.79, as in the S&P's dividends.
    """
    rng = np.random.default_rng(seed)
    steps = rng.normal(scale=6.79, size=(PATHS, MONTHS))
    path = np.full(PATHS, 100.0)
    before, found = path, []
    for month in range(MONTHS):
        path = (1.0 + growth) * path + steps[:, month] if start <= month < end else path + steps[:, month]
        if month == start - 1:
            before = path
        if month == end:
            path = before + steps[:, month]
        found.append(path)
    return np.stack(found, axis=1)


@pytest.mark.parametrize("months", [40, 156, 300])
@pytest.mark.parametrize("lags", [0, 1, 4])
def test_statistics_are_the_referees(months: int, lags: int) -> None:
    rng = np.random.default_rng(months + lags)
    y = 300.0 + 20.0 * np.cumsum(rng.normal(size=months))
    y[months // 3 : months // 2] *= 1.03 ** np.arange(months // 2 - months // 3)
    theirs = exuber.radf(y, lag=lags)
    ours = explosive(y, lags=lags)
    assert ours.window == theirs.minw == least_window(months)
    first = ours.window + lags
    assert np.isnan(ours.bsadf[:first]).all()
    assert np.abs(ours.bsadf[first:] - theirs.bsadf[:, 0]).max() < 1e-10
    assert np.abs(ours.badf[first:] - theirs.badf[:, 0]).max() < 1e-10
    for mine, other in ((ours.adf, theirs.adf), (ours.sadf, theirs.sadf), (ours.gsadf, theirs.gsadf)):
        assert abs(float(mine) - float(other[0])) < 1e-10


def test_many_series_at_once_are_the_same_as_one_by_one() -> None:
    many = walks(1)[:5]
    together = explosive(many)
    for row, series in enumerate(many):
        alone = explosive(series)
        assert np.array_equal(together.bsadf[row], alone.bsadf, equal_nan=True)


def test_critical_values_are_near_the_referees_and_keyed(critical: Critical) -> None:
    theirs = exuber.radf_mc_cv(MONTHS, nrep=2_000, seed=5)
    for ours, other in ((critical.gsadf, theirs.gsadf_cv), (critical.sadf, theirs.sadf_cv)):
        # Two simulations of 2,000 walks: quantiles are known to about 0.05, the last to 0.15.
        assert np.abs(ours - other)[:2].max() < 0.15
        assert abs(ours[2] - other[2]) < 0.4
    fewer = critical_values(40, draws=50)
    assert np.array_equal(critical_values(40, draws=50).bsadf, fewer.bsadf, equal_nan=True)
    assert not np.array_equal(critical_values(40, draws=50, seed=1).gsadf, fewer.gsadf)


def test_walks_are_called_bubbles_as_often_as_promised(critical: Critical) -> None:
    found = explosive(walks(7)).gsadf
    for level, value in zip(critical.levels, critical.gsadf, strict=True):
        alarms = float((found > value).mean())
        # Binomial error of 1,000 walks and that of the critical value, three deviations.
        assert abs(alarms - (1.0 - level)) < 3.5 * np.sqrt((1.0 - level) * level * (1 / PATHS + 1 / 2_000))


def test_bubbles_are_found_and_dated(critical: Critical) -> None:
    start, end = 60, 90
    found = explosive(bubbles(3, start, end, 0.05))
    row = critical.level(0.95)
    assert float((found.gsadf > critical.gsadf[row]).mean()) > 0.85
    stamps = [date_stamp(path, critical.bsadf[row]) for path in found.bsadf]
    longest = [max(own, key=lambda one: (one.end or MONTHS) - one.start) for own in stamps if own]
    assert len(longest) > 0.9 * PATHS
    assert start <= np.median([one.start for one in longest]) <= start + 12
    assert end - 3 <= np.median([one.end or MONTHS for one in longest]) <= end + 3


def test_what_cannot_be_tested_is_refused() -> None:
    with pytest.raises(InputError, match="10 months are too few for windows of 24 and 0 lags"):
        explosive(np.arange(10.0), window=24)
    with pytest.raises(InputError, match="a value is not finite"):
        explosive(np.full(60, np.nan))
    walk = np.cumsum(np.random.default_rng(5).normal(size=60))
    with pytest.raises(InputError, match=r"^lags: -1 is below 0$"):
        explosive(walk, lags=-1)
    with pytest.raises(InputError, match=r"^window: 2 is below 3 for 0 lags$"):
        explosive(walk, window=2)
    with pytest.raises(InputError, match=r"^window: 20\.5 is not a whole number$"):
        explosive(walk, window=20.5)  # type: ignore[arg-type]
    for nothing, reason in ((np.array([]), "is empty"), (np.float64(3.0), "is one number"), ("abc", "of numbers")):
        with pytest.raises(InputError, match=reason):
            explosive(nothing)  # type: ignore[arg-type]
    with pytest.raises(InputError, match="draws: 0 is below 1"):
        critical_values(60, draws=0)
    with pytest.raises(InputError, match="months: 0 is below 1"):
        critical_values(0)
    with pytest.raises(InputError, match=r"level: 0.5: must be one of 0.9, 0.95, 0.99"):
        critical_values(30, draws=20).level(0.5)


@pytest.mark.parametrize(
    "series",
    [
        np.ones(60),
        np.arange(60.0),
        3.7 + 0.1 * np.arange(60.0) / 3.0,
        1.05 ** np.arange(60.0),
        np.r_[np.ones(30), np.sin(np.arange(30.0) ** 2)],
        np.stack([np.sin(np.arange(60.0) ** 2), np.ones(60)]),
    ],
    ids=["constant", "line", "line in fractions", "exponential", "constant at first", "one of two constant"],
)
def test_a_series_without_a_statistic_is_refused(series: Float) -> None:
    with pytest.raises(InputError, match="never changes or follows a line or an exponential without error"):
        explosive(series)
