"""What figures say: titles that claim no more than is known, marks and axes that agree with the data, clear errors."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from typing import Any

import polars as pl
import pytest
from matplotlib.figure import Figure
from synthetic_run import SyntheticRun, make_run

from wattmarket import plot
from wattmarket.errors import InputError
from wattmarket.findings import BubbleRule


@pytest.fixture(scope="module")
def run() -> SyntheticRun:
    return make_run(months=40, sites=80)


@pytest.fixture(scope="module")
def long_run() -> SyntheticRun:
    return make_run(months=156, sites=40)


def words(figure: Figure) -> str:
    """All that is written in a figure, the lines of the heading as one text."""
    texts = [text.get_text() for text in figure.texts]
    for axes in figure.axes:
        texts += [text.get_text() for text in axes.texts]
    return " ".join(texts)


@pytest.mark.parametrize(
    ("least_realised", "scale", "said"),
    [
        (0.99, 1.0, "too little of what came is known, no month counts"),
        (0.904, 1.0, "too little of what came is known, 5 of 156 months count"),
        (0.900, 1.0, "By February 2023 the market pays 1.0 times what edge rents were worth ("),
        (0.900, 0.8, "In no month that counts does the market pay more than 0.8 times what edge rents were worth ("),
    ],
)
def test_the_bubbles_title_says_what_can_be_said(
    long_run: SyntheticRun, least_realised: float, scale: float, said: str
) -> None:
    scaled = replace(long_run, bubble=long_run.bubble.with_columns(pl.col("edge_bubble_ratio") * scale))
    figure = plot.bubble_figure(scaled, BubbleRule(least_realised=least_realised))
    assert said in words(figure)
    # Nothing is tested: no panels without a line, and nothing of the test in the key.
    assert len(figure.axes) == 4
    assert "Not tested." in words(figure) and "critical value" not in words(figure)


@pytest.mark.parametrize(
    ("load", "generated", "said"),
    [
        (900_000, 900_000, ["load 0.9 GW, generated here"]),
        (1_000_000, 900_000, ["generated 0.9 GW", "load 1.0 GW"]),
        (900_000, 910_000, ["generated 0.91 GW", "load 0.90 GW"]),
        (900_000, 900_100, ["generated 0.900 GW", "load 0.900 GW"]),
    ],
)
def test_load_and_generation_are_one_mark_only_where_they_are_equal(
    run: SyntheticRun, load: int, generated: int, said: list[str]
) -> None:
    zones = run.zones.with_columns(load_kw=pl.lit(load), generation_kw=pl.lit(generated))
    figure = plot.merit_order_figure(replace(run, zones=zones), "NORTH", 3)
    marks = [text.get_text() for text in figure.axes[0].texts]
    assert sorted(mark for mark in marks if "LMP" not in mark) == sorted(said)


def test_the_queue_writes_both_parts_of_a_bar(run: SyntheticRun) -> None:
    figure = plot.queue_figure(run)
    assert [text.get_text() for text in figure.axes[0].texts] == ["5.0", " + 0.2", "1.0"]


def test_forward_curves_that_go_on_beyond_the_run_dont_stretch_the_axis(run: SyntheticRun) -> None:
    beyond = pl.col("horizon_months") >= 84
    rent = pl.col("rent_usd_per_mwh")
    curves = run.curves.with_columns(pl.when(beyond).then(rent * 1.5).otherwise(rent))
    bottom, top = plot.forward_curve_figure(replace(run, curves=curves)).axes[0].get_ylim()
    inside = run.curves.filter(pl.col("tick") + pl.col("horizon_months") < run.ticks.height)["rent_usd_per_mwh"]
    far = curves.filter(beyond)["rent_usd_per_mwh"]
    assert bottom < inside.min() < inside.max() < top < far.max()  # type: ignore[operator]
    short = make_run(months=1, sites=20)
    assert plot.forward_curve_figure(short).axes[0].get_ylim()[0] < short.curves["rent_usd_per_mwh"][0]


def test_room_for_the_words_at_a_break_is_left_only_at_a_break(run: SyntheticRun) -> None:
    assert run.twin_ticks is not None
    assert "by chance, 9 in 10" in words(plot.index_figure(run))
    quiet = replace(run, ticks=run.ticks.with_columns(run.twin_ticks["edge_index", "core_index"]))
    highest = plot.index_data(quiet.ticks, quiet.twin_ticks, plot.twin_band(quiet))
    figure = plot.index_figure(quiet)
    assert "never breaks" in words(figure)
    top = highest.select(pl.max_horizontal(pl.col("^.*(index|low|high)$"))).max().item()
    assert figure.axes[0].get_ylim()[1] < 1.1 * top


def test_maps_to_scales_of_their_own_say_so(run: SyntheticRun) -> None:
    for draw in (plot.constraint_map_figure, plot.line_map_figure):
        assert "each map to its own scale" in words(draw(run))


def test_a_phase_diagram_says_in_how_many_cells_there_is_an_answer() -> None:
    cells = pl.DataFrame({"x": [1.0, 2.0], "y": [1.0, 2.0], "value": [0.2, None]})
    figure = plot.phase_figure(cells, x="x", y="y", value="critical batch share")
    assert "Critical batch share: 20%, found in 1 of 4 cells" in words(figure)
    # A scale of one colour says nothing.
    assert len(figure.axes) == 1


@pytest.mark.parametrize(
    "draw",
    [
        lambda run: plot.queue_figure(run, tick=999),
        lambda run: plot.constraint_map_figure(run, ticks=(0, 999)),
        lambda run: plot.merit_order_figure(run, "WEST", tick=999),
        lambda run: plot.merit_order_figure(run, tick=999),
        lambda run: plot.line_map_figure(run, 0, 999),
        lambda run: plot.exposure_figure(run, 0, 999),
    ],
)
def test_a_month_that_the_run_does_not_have_is_named(run: SyntheticRun, draw: Callable[[Any], Figure]) -> None:
    with pytest.raises(InputError, match=r"^tick: 999: the run has the ticks 0 to 39$"):
        draw(run)
