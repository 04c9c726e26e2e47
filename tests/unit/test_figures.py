"""Each figure draws, on ordinary and on degenerate runs, without a warning, and to the same bytes each time."""

from __future__ import annotations

import functools
import subprocess
import sys
from dataclasses import replace
from pathlib import Path
from types import SimpleNamespace

import matplotlib as mpl
import polars as pl
import pytest
from matplotlib.figure import Figure
from synthetic_run import SyntheticRun, make_run

from wattmarket import plot
from wattmarket.errors import InputError
from wattmarket.plot.lettering import spread
from wattmarket.plot.line_map import site_dots
from wattmarket.plot.outlines import load_outlines
from wattmarket.plot.prices import largest_metros
from wattmarket.plot.projection import equal_earth
from wattmarket.plot.rent_split import rent_by_kind
from wattmarket.plot.subject import break_of, plotted_year
from wattmarket.plot.theme import DPI, save, style, workload_colours
from wattmarket.schema.world import CORE_KINDS, EDGE_KINDS

PNG = b"\x89PNG\r\n\x1a\n"


@pytest.fixture(scope="module")
def run() -> SyntheticRun:
    return variants()["ordinary"]


def kinds_only(run: SyntheticRun, kinds: tuple[str, ...]) -> SyntheticRun:
    """The same run with sites of some kinds alone; the other kinds' index is nil."""
    kept = run.world.sites.filter(pl.col("kind").is_in(kinds))
    absent = "edge" if kinds == CORE_KINDS else "core"
    nil = [pl.lit(0.0).alias(f"{absent}_index{end}") for end in ("", "_low", "_high")]
    worthless = [pl.lit(0.0).alias(name) for name in run.bubble.columns if name.startswith(absent)]
    return replace(
        run,
        world=SimpleNamespace(**vars(run.world) | {"sites": kept}),
        sites=run.sites.join(kept.select("site_id"), on="site_id", how="semi", maintain_order="left"),
        valuations=run.valuations.join(kept.select("site_id"), on="site_id", how="semi", maintain_order="left"),
        bubble=run.bubble.with_columns(worthless),
        ticks=run.ticks.with_columns(nil),
        twin_ticks=None if run.twin_ticks is None else run.twin_ticks.with_columns(nil),
    )


@functools.cache
def variants() -> dict[str, SyntheticRun]:
    run = make_run(months=100, sites=120)
    nothing_used = pl.lit(0, pl.Int64).alias("used_kw"), pl.lit("idle").alias("label")
    sign = [SimpleNamespace(name=name, group="interactive") for name in ("voice", "chat", "sign_$x$", "batch")]
    one_metro = run.world.metros.head(1)
    return {
        "ordinary": run,
        "no twin": replace(run, twin_ticks=None),
        "no break": replace(run, twin_ticks=run.ticks),
        "one tick": make_run(months=1, sites=30),
        "two ticks": make_run(months=2, sites=30),
        "no edge": kinds_only(run, CORE_KINDS),
        "no core": kinds_only(run, EDGE_KINDS),
        "all idle": replace(run, sites=run.sites.with_columns(nothing_used)),
        "nothing stands": replace(run, sites=run.sites.with_columns(*nothing_used, pool_kw=pl.lit(0, pl.Int64))),
        "one metro": replace(
            run,
            world=SimpleNamespace(**vars(run.world) | {"metros": one_metro}),
            metros=run.metros.filter(pl.col("metro_id") == one_metro["metro_id"][0]),
        ),
        "own workload": replace(
            run,
            metros=run.metros.with_columns(pl.col("workload").replace("copilot", "sign_$x$")),
            scenario=SimpleNamespace(**vars(run.scenario) | {"workload": sign}),
        ),
    }


@pytest.mark.parametrize("name", list(plot.FIGURES))
@pytest.mark.parametrize("variant", list(variants()))
def test_every_figure_draws_on_every_kind_of_run(name: str, variant: str) -> None:
    figure = plot.FIGURES[name](variants()[variant])
    assert isinstance(figure, Figure)


def test_figures_are_written_with_the_same_bytes_each_time(run: SyntheticRun, tmp_path: Path) -> None:
    first = plot.write_figures(run, tmp_path / "a")
    second = plot.write_figures(run, tmp_path / "b")
    assert [path.name for path in first] == [f"{name}.png" for name in plot.FIGURES]
    assert first[0].read_bytes().startswith(PNG)
    assert [path.read_bytes() for path in first] == [path.read_bytes() for path in second]
    assert all(b"matplotlib" not in path.read_bytes() for path in first)


def test_figures_of_tables_that_were_not_kept_are_left_out(run: SyntheticRun, tmp_path: Path) -> None:
    kept = SimpleNamespace(**vars(run.manifest) | {"rows": {"ticks": 100}})
    assert [path.name for path in plot.write_figures(replace(run, manifest=kept), tmp_path)] == ["index.png"]


def test_the_readers_matplotlib_settings_neither_show_nor_change(run: SyntheticRun, tmp_path: Path) -> None:
    plain = save(plot.index_figure(run), tmp_path / "plain.png").read_bytes()
    with mpl.rc_context({"font.size": 22.0, "axes.facecolor": "black", "savefig.dpi": 40}):
        before = dict(mpl.rcParams)
        figure = plot.index_figure(run)
        odd = save(figure, tmp_path / "odd.png").read_bytes()
        figure.savefig(tmp_path / "later.png", dpi=DPI, metadata={"Software": None})
        assert dict(mpl.rcParams) == before
    assert odd == plain
    assert (tmp_path / "later.png").read_bytes() == plain


def test_importing_the_package_leaves_matplotlib_alone() -> None:
    code = "import sys, wattmarket; assert 'matplotlib' not in sys.modules"
    subprocess.run([sys.executable, "-c", code], check=True)
    code = "import sys, wattmarket.plot; assert 'matplotlib.pyplot' not in sys.modules"
    subprocess.run([sys.executable, "-c", code], check=True)


def test_title_names_the_break(run: SyntheticRun) -> None:
    broke = break_of(run)
    assert broke is not None
    assert "June 2027" in plot.index_figure(run).texts[0].get_text()
    assert plotted_year(run) == (broke.tick - 12, broke.tick - 1)


def test_exposure_without_a_break_reads_the_year_of_the_highest_index(run: SyntheticRun) -> None:
    first, last = plotted_year(replace(run, twin_ticks=None))
    index = run.ticks["edge_index"]
    assert last == first + 11
    assert first <= int(index.arg_max() or 0) <= last


def test_unknown_metro_is_refused(run: SyntheticRun) -> None:
    with pytest.raises(InputError, match="metro_ids: 'M999' is not a metro of this world"):
        plot.price_figure(run, ["M999"])


def test_largest_metros_come_from_different_blocs(run: SyntheticRun) -> None:
    chosen = largest_metros(run, 6)
    blocs = run.world.metros.filter(pl.col("metro_id").is_in(chosen))["bloc"]
    assert len(chosen) == 6
    assert blocs.n_unique() == 6
    assert len(largest_metros(run, 500)) == run.world.metros.height


def test_rent_parts_add_up_to_the_rent(run: SyntheticRun) -> None:
    parts = rent_by_kind(run.sites, run.world.sites)
    used = run.sites.filter(pl.col("used_kw") > 0).join(run.world.sites, on="site_id")
    one = used.filter((pl.col("tick") == 7) & (pl.col("kind") == "tower"))
    expected = (one["rent_usd_per_mw_month"] * one["used_kw"]).sum() / one["used_kw"].sum() / 730
    row = parts.filter((pl.col("tick") == 7) & (pl.col("kind") == "tower"))
    assert row["silicon"][0] + row["watt"][0] + row["latency"][0] == pytest.approx(expected, abs=0.01)


def test_dots_hold_all_capacity(run: SyntheticRun) -> None:
    now = run.sites.filter(pl.col("tick") == 5)
    dots = site_dots(run, 5)
    assert dots["pool_kw"].sum() == now["pool_kw"].sum()
    assert dots.height < now.height


def test_workload_colours_are_the_same_whatever_else_is_there() -> None:
    assert workload_colours(["chat", "batch"])["batch"] == workload_colours(["batch"])["batch"]
    assert len(set(workload_colours(["a", "b", "c", "d"]).values())) == 4


def test_spread_keeps_order_and_distance() -> None:
    granted = spread([5.0, 5.0, 5.0, 100.0], 10.0)
    assert granted == [-5.0, 5.0, 15.0, 100.0]
    assert spread([], 10.0) == []


def test_projection_is_symmetric_and_keeps_outlines_on_the_page() -> None:
    x, y = equal_earth([-90.0, 90.0], [-40.0, 40.0])
    assert x[0] == -x[1]
    assert y[0] == -y[1]
    for outline in load_outlines():
        x, y = equal_earth(outline.lon, outline.lat)
        assert abs(x).max() < 2.71
        assert abs(y).max() < 1.32


def test_style_sets_matplotlib_back() -> None:
    before = dict(mpl.rcParams)
    with style():
        assert mpl.rcParams["axes.spines.top"] is False
    assert dict(mpl.rcParams) == before
