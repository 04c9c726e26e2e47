"""Bubbles by hand: the ratio and its ends, true episodes, what the test makes of them, and the words."""

from __future__ import annotations

import datetime as dt
from dataclasses import replace
from types import SimpleNamespace
from typing import Any

import numpy as np
import polars as pl
import pytest
from hypothesis import given
from hypothesis import strategies as st

from wattmarket.findings import BubbleRule, bubble_months, compare_episodes, find_bubble
from wattmarket.findings.bubble_months import ends_of_ratio, realised_shares
from wattmarket.findings.explosive import Episode
from wattmarket.findings.uncertain import ranged
from wattmarket.valuation import fundamental_values

RATE, YEARS = 0.0725, 15.0
START, END, MONTHS = 50, 75, 156
Float = np.ndarray[Any, np.dtype[np.float64]]


def run_of(ratio: Float, *, fundamental: float = 10.0, low: float = 1.0, high: float = 1.0) -> Any:
    """A run of one edge and one core site whose edge has this ratio, and whose core has none."""
    months = len(ratio)
    edge = fundamental * ratio
    value = np.stack([edge, np.full(months, fundamental)], axis=1)
    ticks = pl.DataFrame(
        {
            "tick": np.arange(months, dtype=np.int32),
            "month": [dt.date(2023 + t // 12, t % 12 + 1, 1) for t in range(months)],
            "edge_index": 100.0 * edge / edge[0],
            "core_index": np.full(months, 100.0),
        }
    )
    true = np.full(months, fundamental)
    bubble = {"tick": np.arange(months, dtype=np.int32)}
    for part, worth in (("edge", edge), ("core", true)):
        bubble |= {f"{part}_value_usd_per_mw": worth, f"{part}_fundamental_usd_per_mw": true}
        bubble |= {f"{part}_bubble_ratio": worth / true}
    valuations = {
        "value_low_usd_per_mw": (low * value).ravel().astype(np.float32),
        "value_high_usd_per_mw": (high * value).ravel().astype(np.float32),
    }
    return SimpleNamespace(
        ticks=ticks,
        sites=pl.DataFrame({"shell_kw": np.full(2 * months, 1_000)}),
        valuations=pl.DataFrame(valuations),
        bubble=pl.DataFrame(bubble),
        world=SimpleNamespace(sites=pl.DataFrame({"kind": ["tower", "campus"]})),
        scenario=SimpleNamespace(
            valuation=SimpleNamespace(rate=RATE, horizon_years=YEARS), run=SimpleNamespace(start="2023-01")
        ),
        manifest=SimpleNamespace(rows=dict.fromkeys(("ticks", "sites", "valuations", "bubble"), 1)),
    )


def burst(noise: float = 0.01) -> Float:
    """A ratio that wanders about one, explodes from month 50 to 75, and falls back."""
    steps = noise * np.random.default_rng(5).normal(size=MONTHS)
    path = 1.0 + np.cumsum(steps)
    age = np.clip(np.arange(MONTHS) - START + 1, 0, None)
    return np.where((age > 0) & (np.arange(MONTHS) < END), path + 0.15 * 1.12**age, path)


def test_the_share_that_is_realised_is_that_of_the_weights() -> None:
    # With no cost of entry, what is left of a constant rent is what the run realises of it.
    months = 100
    worth = fundamental_values(np.ones((months, 1)), np.zeros(1), RATE, YEARS)[:, 0]
    whole = fundamental_values(np.ones((400, 1)), np.zeros(1), RATE, YEARS)[0, 0]
    assert realised_shares(months, RATE, YEARS) == pytest.approx(worth / whole)


def test_the_ends_of_the_ratio_are_those_of_what_comes_after() -> None:
    months, entry, rent = 60, 3.0, 8.0
    land = np.full((months, 1), rent)
    whole = fundamental_values(np.ones((400, 1)), np.zeros(1), RATE, YEARS)[0, 0]
    true = fundamental_values(land, np.array([entry]), RATE, YEARS)[:, 0]
    market = np.full(months, rent * whole)
    low, high = ends_of_ratio((market, 0.9 * market, 1.1 * market), true, RATE, YEARS)
    # If rents stay, the market is right at every month: only the price interval is left.
    assert low == pytest.approx(np.full(months, 0.9))
    assert high == pytest.approx(1.1 * market / true)


def test_a_bubble_made_by_hand_is_told() -> None:
    bubble = find_bubble(run_of(burst()))
    assert bubble is not None
    assert (bubble.first, bubble.last, bubble.left_out) == ("2023-01", "2030-05", 67)
    edge, core = bubble.parts
    assert len(edge.episodes) == 1
    (episode,) = edge.episodes
    start = next(t for t in range(MONTHS) if (burst()[t : t + 6] > 1.2).all())
    assert episode.start == f"{2023 + start // 12}-{start % 12 + 1:02d}"
    # The fall comes in month 75: April 2029.
    assert (episode.peak, episode.end) == ("2029-03", "2029-04")
    assert episode.ratio.value == pytest.approx(burst()[END - 1])
    assert episode.bubble_share.value == pytest.approx(1.0 - 1.0 / burst()[END - 1])
    assert episode.certain
    assert [test.series for test in edge.tests] == ["index", "ratio"]
    ratio = edge.tests[1]
    assert ratio.gsadf > ratio.critical[2]
    (dates,) = ratio.dates
    assert dates.found
    assert dates.start_delay is not None
    assert dates.end_delay is not None
    assert abs(dates.start_delay.value) <= 8
    assert abs(dates.end_delay.value) <= 3
    assert core.episodes == ()
    # A series that never changes has no test.
    assert core.tests == ()


def test_what_rests_on_the_assumed_end_is_not_certain() -> None:
    ratio = np.concatenate([np.full(30, 1.0), np.full(126, 3.0)])
    bubble = find_bubble(run_of(ratio))
    assert bubble is not None
    (episode,) = bubble.parts[0].episodes
    assert (episode.start, episode.end, episode.certain) == ("2025-07", None, True)
    weak = find_bubble(run_of(np.concatenate([np.full(30, 1.0), np.full(126, 1.22)])))
    assert weak is not None
    assert weak.parts[0].ratio.low < 1.2
    assert not weak.parts[0].episodes[0].certain
    said = weak.text()
    assert said.count("only if rents after the run fall to the cost of new shells, a bubble from") == 1
    assert "only if" not in bubble.text()


def test_prices_that_are_not_unique_widen_the_ratio() -> None:
    months = bubble_months(run_of(np.full(80, 1.5), low=0.8, high=1.2), rate=RATE, years=YEARS)
    assert (months["edge_ratio_low"] <= 1.5 * 0.8 + 1e-6).all()
    assert months["edge_ratio_high"].to_numpy() == pytest.approx(np.full(80, 1.5 * 1.2))


def test_runs_without_the_tables_have_no_bubble_to_tell_of() -> None:
    run = run_of(np.full(80, 1.0))
    del run.manifest.rows["bubble"]
    assert find_bubble(run) is None
    short = find_bubble(run_of(np.full(200, 1.1)), BubbleRule(least_tested=500))
    assert short is not None
    assert short.parts[0].tests == ()


def test_words_and_frame_carry_the_range() -> None:
    bubble = find_bubble(run_of(burst(), low=0.95, high=1.05))
    assert bubble is not None
    text = bubble.text()
    edge = bubble.parts[0]
    assert f"the ratio is {edge.ratio.text('.2f')}" in text
    assert f"critical values {edge.tests[0].critical[0]:.2f} at 90%" in text
    assert "Core: no bubble." in text
    frame = bubble.frame()
    assert frame["series"].to_list() == ["index", "ratio"]
    assert frame["ratio_low"][0] < frame["ratio"][0] < frame["ratio_high"][0]
    assert bubble.to_dict()["parts"][0]["episodes"][0]["peak"] == "2029-03"
    (episode,) = edge.episodes
    assert episode.low is not None
    assert episode.high is not None
    # At the high end it begins no later, at the low end no earlier; all end with the fall.
    assert episode.high.start < episode.start < episode.low.start
    assert episode.low.end == episode.end == episode.high.end == "2029-04"
    low, high = episode.low, episode.high
    assert f"at the low end of the ratio from {low.start} until 2029-04, peak {low.peak}" in text
    assert f"at the high end of the ratio from {high.start} until 2029-04, peak {high.peak}" in text
    assert edge.peak_range == ("2029-03", "2029-03")
    assert f"in {ranged(bubble.parts[1].peak, *bubble.parts[1].peak_range)}" in text
    empty = replace(bubble, parts=())
    assert empty.frame().schema == frame.schema


episodes = st.lists(st.integers(0, 60), max_size=8, unique=True).map(
    lambda edges: tuple(
        Episode(start, start, end) for start, end in zip(sorted(edges)[::2], sorted(edges)[1::2], strict=False)
    )
)


@given(episodes, episodes)
def test_every_stamp_meets_an_episode_or_is_false(true: tuple[Episode, ...], stamped: tuple[Episode, ...]) -> None:
    dating = compare_episodes(true, stamped, 61)

    def months(some: tuple[Episode, ...]) -> set[int]:
        return {month for one in some for month in range(one.start, one.end or 61)}

    for episode, met in zip(true, dating.met, strict=True):
        assert met.found == bool(months((episode,)) & months(stamped))
    for stamp in stamped:
        assert (stamp in dating.false) == (not months((stamp,)) & months(true))
