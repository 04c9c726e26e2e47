"""What figures draw is what their data says; themes change colours alone; films have the frames that they should."""

from __future__ import annotations

import subprocess
from dataclasses import replace
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import polars as pl
import pytest
from matplotlib.animation import FFMpegWriter
from matplotlib.axes import Axes
from matplotlib.colors import same_color
from matplotlib.container import BarContainer
from matplotlib.contour import ContourSet
from matplotlib.figure import Figure
from PIL import Image, ImageChops, ImageSequence, ImageStat
from synthetic_run import SyntheticRun, make_run

from wattmarket import plot
from wattmarket.errors import InputError
from wattmarket.plot.animation import film_colours, frame_ticks
from wattmarket.plot.page import balanced
from wattmarket.plot.palette import DARK, LIGHT
from wattmarket.plot.theme import save


@pytest.fixture(scope="module")
def run() -> SyntheticRun:
    return make_run(months=40, sites=80)


def drawn(axes: Axes, values: list[float]) -> bool:
    """Whether a line of exactly these values is drawn."""
    return any(list(line.get_ydata()) == values for line in axes.get_lines())  # type: ignore[arg-type]


def words(figure: Figure) -> str:
    """All that is written in a figure."""
    texts = [text.get_text() for text in figure.texts]
    for axes in figure.axes:
        texts += [text.get_text() for text in axes.texts]
    return " | ".join(texts)


@pytest.mark.parametrize("name", list(plot.FIGURES))
def test_themes_change_the_ground_and_no_word(run: SyntheticRun, name: str) -> None:
    light, dark = (plot.FIGURES[name](run, theme=theme) for theme in ("light", "dark"))
    assert same_color(light.get_facecolor(), LIGHT.ground)
    assert same_color(dark.get_facecolor(), DARK.ground)
    assert all(not axes.axison or same_color(axes.get_facecolor(), DARK.ground) for axes in dark.axes)
    assert words(light) == words(dark)


def test_a_dark_picture_is_dark(run: SyntheticRun, tmp_path: Path) -> None:
    path = save(plot.index_figure(run, theme="dark"), tmp_path / "index.png")
    corner = Image.open(path).convert("RGB").getpixel((0, 0))
    assert "#{:02x}{:02x}{:02x}".format(*corner) == DARK.ground  # type: ignore[misc]


def test_unknown_names_are_refused(run: SyntheticRun, tmp_path: Path) -> None:
    with pytest.raises(InputError, match="theme: 'sepia' is not one of light, dark"):
        plot.index_figure(run, theme="sepia")
    with pytest.raises(InputError, match="'pie' is not one of index"):
        plot.write_figures(run, tmp_path, only=["pie"])
    with pytest.raises(InputError, match="format: 'gif'"):
        plot.write_figures(run, tmp_path, kind="gif")
    with pytest.raises(InputError, match="format: 'xlsx'"):
        plot.write_data(run, tmp_path, kind="xlsx")
    with pytest.raises(InputError, match="figures are written as png, svg, pdf"):
        save(plot.index_figure(run), tmp_path / "index.jpg")
    assert not list(tmp_path.iterdir())


@pytest.mark.parametrize("kind", ["svg", "pdf"])
def test_vector_formats_are_the_same_bytes_each_time(run: SyntheticRun, tmp_path: Path, kind: str) -> None:
    first, second = (plot.write_figures(run, tmp_path / at, only=["index"], kind=kind)[0] for at in "ab")
    assert first.read_bytes() == second.read_bytes()


@pytest.mark.parametrize("kind", ["csv", "parquet"])
def test_data_is_written_for_every_figure(run: SyntheticRun, tmp_path: Path, kind: str) -> None:
    paths = plot.write_data(run, tmp_path, kind=kind)
    assert [path.name for path in paths] == [f"{name}.{kind}" for name in plot.FIGURES]
    read = pl.read_csv if kind == "csv" else pl.read_parquet
    for name, path in zip(plot.FIGURES, paths, strict=True):
        assert read(path).columns == plot.FIGURES[name].data(run).columns


def test_a_figure_asked_for_needs_its_tables(run: SyntheticRun, tmp_path: Path) -> None:
    kept = SimpleNamespace(**vars(run.manifest) | {"rows": {"ticks": 1, "queue": 1}})
    part = replace(run, manifest=kept)
    assert plot.drawable(part) == ["index", "queue"]
    with pytest.raises(InputError, match="figure gains: table agents was not kept"):
        plot.write_figures(part, tmp_path, only=["gains"])
    with pytest.raises(InputError, match="table twin_agents was not kept"):
        plot.gain_figure(replace(run, twin_agents=None))


def test_the_index_draws_its_data_and_the_band(run: SyntheticRun) -> None:
    band = pl.DataFrame({"tick": [0, 1, 2], "low": [80.0, 81.0, 82.0], "high": [900.0, 1_900.0, 900.0]})
    data = plot.index_data(run.ticks, run.twin_ticks, band)
    figure = plot.index_figure(run, band=band, band_name="what was asked for")
    above = figure.axes[0]
    for column in ("edge_index", "core_index", "twin_edge_index", "twin_core_index"):
        assert drawn(above, data[column].to_list())
    assert data["band_high"].to_list()[:4] == [900.0, 1_900.0, 900.0, None]
    assert above.get_ylim()[1] > 1_900.0
    assert "what was asked for" in words(figure)
    with pytest.raises(InputError, match="band: column high is missing"):
        plot.index_figure(run, band=band.drop("high"))


def test_the_band_around_the_twin_is_drawn_unless_another_is_given(run: SyntheticRun) -> None:
    band = plot.twin_band(run)
    assert band is not None and run.twin_ticks is not None
    assert plot.FIGURES["index"].data(run)["band_high"].to_list() == band["high"].to_list()
    assert (band["low"] <= run.twin_ticks["edge_index"]).all() and (band["low"] < band["high"]).any()
    assert "how far twins part by chance" in words(plot.index_figure(run))
    alone = replace(run, twin_ticks=None)
    assert plot.twin_band(alone) is None
    assert "Pale area" not in words(plot.index_figure(alone))


@pytest.mark.parametrize(
    ("fall", "said"), [(0.5, "allowing for chance, the break stays in that month"), (0.1002, "perhaps never")]
)
def test_the_break_is_marked_with_its_range(run: SyntheticRun, fall: float, said: str) -> None:
    assert run.twin_ticks is not None
    index = pl.when(pl.col("tick") < 37).then(100.0).otherwise(100.0 * (1.0 - fall))
    broken = replace(
        run,
        ticks=run.ticks.with_columns(edge_index=index),
        twin_ticks=run.twin_ticks.with_columns(edge_index=pl.lit(100.0)),
        scenario=SimpleNamespace(**vars(run.scenario) | {"findings": SimpleNamespace(depth=0.1, months=3)}),
    )
    assert said in words(plot.index_figure(broken))


def test_titles_break_into_lines_of_one_length() -> None:
    assert balanced("word", 10) == ["word"]
    assert balanced("", 10) == []
    text = "A year ahead, the extrapolators miss edge rents by $127 per MWh, the naive by $140"
    assert list(map(len, balanced(text, 78))) == [41, 40]


def spot_site(**given: Any) -> dict[str, pl.DataFrame]:
    """Tables with one site of one zone, at which nothing was bought; its pool earns $100 per MWh."""
    cells: dict[str, Any] = {"binding": "pool", "lmp": 60.0, "rent": 73_000.0} | given
    site = {"tick": [20], "site_id": ["A"], "pool_kw": [5], "binding": [cells["binding"]]}
    return {
        "sites": pl.DataFrame(site | {"rent_usd_per_mw_month": [cells["rent"]]}),
        "world_sites": pl.DataFrame({"site_id": ["A"], "zone_id": ["Z"]}),
        "zones": pl.DataFrame({"tick": [20], "zone_id": ["Z"], "lmp_usd_per_mwh": [cells["lmp"]]}),
        "awards": pl.DataFrame(
            cells.get("awards", []),
            schema={"tick": pl.Int32, "site_id": pl.String, "binding": pl.String, "kw": pl.Int64},
            orient="row",
        ),
        "supply": pl.DataFrame(
            {
                "tick": [20, 20],
                "generator_id": ["g", "unbuilt"],
                "available_kw": [9, 0],
                "cost_usd_per_mwh": [50.0, 99.0],
            }
        ),
        "generators": pl.DataFrame({"generator_id": ["g", "unbuilt"], "zone_id": ["Z", "Z"]}),
    }


@pytest.mark.parametrize(
    ("given", "label", "read"),
    [
        ({}, "silicon", "spot"),
        ({"binding": "shell"}, "land", "spot"),
        ({"binding": "grid"}, "slot", "spot"),
        ({"binding": "none", "rent": 0.0, "lmp": 50.0}, "none", "spot"),
        ({"lmp": 151.0}, "energy", "spot"),
        ({"lmp": 149.0}, "silicon", "spot"),
        ({"binding": "none", "rent": 0.0}, "energy", "spot"),
        ({"binding": "shell", "lmp": 900.0}, "land", "spot"),
        ({"awards": [(9, "A", "slot", 5), (20, "A", "land", 3), (15, "A", "land", 3)]}, "land", "forward"),
        ({"awards": [(9, "A", "slot", 5), (20, "A", "land", 3)]}, "slot", "forward"),
        ({"awards": [(9, "A", "energy", 5), (20, "A", "land", 5)]}, "land", "forward"),
        ({"awards": [(8, "A", "slot", 5), (21, "A", "slot", 5), (20, "B", "slot", 5)]}, "silicon", "spot"),
    ],
)
def test_what_binds_a_site(given: dict[str, Any], label: str, read: str) -> None:
    found = plot.site_constraints(**spot_site(**given), tick=20)
    assert found.rows() == [("A", label, 5, read)]


def test_forward_curves_end_in_the_rents_that_came(run: SyntheticRun) -> None:
    data = plot.forward_curve_data(run.curves, run.ticks)
    assert data["tick"].unique().sort().to_list() == [0, 12, 24, 36]
    year = data.filter((pl.col("tick") == 12) & (pl.col("horizon_months") == 12) & (pl.col("cohort") == "attentive"))
    assert year["came_usd_per_mwh"].to_list() == [524.0, 524.0]
    assert year["month_ahead"].to_list() == [run.ticks["month"][24]] * 2
    assert data.filter(pl.col("horizon_months") == 84)["came_usd_per_mwh"].null_count() == 4 * 2 * 3
    mine = data.filter((pl.col("tick") == 0) & (pl.col("part") == "edge") & (pl.col("cohort") == "extrapolator"))
    figure = plot.forward_curve_figure(run)
    assert drawn(figure.axes[2], mine["rent_usd_per_mwh"].to_list())


def test_the_queue_shows_only_zones_with_one(run: SyntheticRun) -> None:
    figure = plot.queue_figure(run)
    bars = figure.axes[0].containers[0]
    assert isinstance(bars, BarContainer)
    assert [bar.get_width() for bar in bars] == [5.0, 1.0]
    assert "6 GW wait" in words(figure)


def test_the_merit_order_adds_up(run: SyntheticRun) -> None:
    steps = plot.merit_order_data(run.supply, run.world.generators, "WEST", 3)
    assert steps["technology"].to_list() == ["wind", "coal"]
    assert steps["to_gw"].to_list() == pytest.approx([0.4, 1.1])
    assert steps["contracted_kw"].to_list() == [400_000, 100_000]
    figure = plot.merit_order_figure(run, "WEST", 3)
    assert "LMP $400 ↑" in words(figure)
    assert "load 1.2 GW" in words(figure)
    assert "generated" in words(figure) and "generated here" not in words(figure)
    assert "Zone WEST: 1.1 GW of plants, 45% of it" in words(figure)
    with pytest.raises(InputError, match="'EAST' is not a zone"):
        plot.merit_order_figure(run, "EAST")


def test_gains_add_up_by_class(run: SyntheticRun) -> None:
    assert run.twin_agents is not None
    gains = plot.gain_data(run.agents, run.twin_agents)
    both = [gains.filter(pl.col("level") == level)["gain_usd"].sum() for level in ("class", "agent")]
    assert both[0] == both[1] == round(-39 * 7 * 0.2e9)
    assert "Fewer than 3 twins don’t tell" in words(plot.gains_figure(gains))


def test_gains_claim_what_lies_beyond_chance(run: SyntheticRun) -> None:
    assert run.twin_agents is not None
    # Twins that part by a hundredth of profits.
    profit = pl.col("profit_usd")
    twins = [run.twin_agents.with_columns((profit * percent // 100).alias("profit_usd")) for percent in (99, 100, 101)]
    gains = plot.gain_data(run.agents, *twins)
    told = gains.filter((pl.col("level") == "class") & pl.col("told"))
    assert told.height and ((told["low_usd"] > 0) | (told["high_usd"] < 0)).all()
    assert "Drift costs hyperscalers $47 bn (±" in words(plot.gains_figure(gains))
    # Twins that part by their whole profits tell nobody.
    wild = [run.twin_agents.with_columns((profit * times).alias("profit_usd")) for times in (-5, 1, 7)]
    assert "Drift changes no class’s profit" in words(plot.gains_figure(plot.gain_data(run.agents, *wild)))


def test_a_phase_diagram_hatches_what_has_no_answer() -> None:
    cells = [(x, y, None if x == y == 3 else 0.1 * (x + y), 0.1 * x) for x in range(1, 4) for y in range(1, 4)]
    frame = pl.DataFrame(cells, schema=["x", "y", "value", "low"], orient="row")
    frame = frame.with_columns(high=pl.col("value") + 0.1).filter((pl.col("x") > 1) | (pl.col("y") > 1))
    figure = plot.phase_figure(frame, x="growth", y="neglect", value="critical share", levels=[0.35])
    patches = figure.axes[0].patches
    assert sorted(patch.get_x() + 0.5 for patch in patches) == [0.0, 2.0]  # type: ignore[attr-defined]
    assert all(patch.get_hatch() for patch in patches)
    assert "50\n(20–60)" in words(figure)
    assert "Hatched: no answer." in words(figure)
    assert plot.phase_data(frame).height == 9
    for wrong, said in (
        (frame.drop("value"), "column value is missing"),
        (pl.concat([frame, frame]), "a cell comes twice"),
        (frame.clear(), "there is no cell"),
    ):
        with pytest.raises(InputError, match=said):
            plot.phase_data(wrong)


def test_a_phase_diagram_says_on_which_side_an_answer_lies() -> None:
    ends = {"low": 0.15, "high": 0.6, "y": 1.0}
    found = ((1.0, 0.3, None), (2.0, None, "below"), (3.0, None, "above"), (4.0, None, None))
    cells = [{"x": x, "value": value, "beyond": beyond, **ends} for x, value, beyond in found]
    said = [words(plot.phase_figure(pl.DataFrame(cells[:count]), x="x", y="y", value="share")) for count in (1, 3, 4)]
    assert "Hatched" not in said[0]
    assert "Hatched: beyond the range searched." in said[1]
    assert "Hatched: beyond the range searched or no answer." in said[2]
    assert "Share: 30%" in said[0]
    assert "Share: from 15% or less to 60% or more" in said[1]
    assert all(text in said[2] for text in ("30\n(15–60)", "≤ 15", "> 60"))


@pytest.mark.parametrize(("side", "levels", "drawn"), [(3, None, False), (3, [0.1], True), (4, None, True)])
def test_contours_are_drawn_through_enough_cells_or_where_asked(
    side: int, levels: list[float] | None, drawn: bool
) -> None:
    cells = [{"x": x, "y": y, "value": 0.01 * x * y} for x in range(side) for y in range(side)]
    figure = plot.phase_figure(pl.DataFrame(cells), x="x", y="y", value="share", levels=levels)
    assert any(isinstance(artist, ContourSet) for artist in figure.axes[0].collections) == drawn
    assert ("Lines: contours" in words(figure)) == drawn


@pytest.mark.parametrize("value", [None, 0.3])
def test_a_phase_diagram_of_one_cell(value: float | None) -> None:
    frame = pl.DataFrame({"x": [1.0], "y": [2.0], "value": pl.Series([value], dtype=pl.Float64)})
    assert plot.phase_figure(frame, x="x", y="y", value="share", theme="dark").axes


def test_a_film_has_its_frames_and_keeps_its_colours(run: SyntheticRun, tmp_path: Path) -> None:
    paths = [plot.animate_constraints(run, tmp_path / f"{at}.gif", every_months=12, theme="dark") for at in "ab"]
    assert paths[0].read_bytes() == paths[1].read_bytes()
    with Image.open(paths[0]) as film:
        assert film.n_frames == len(frame_ticks(40, 12)) == 5
        assert film.convert("RGB").getpixel((1, 1)) == film_colours(DARK)[0]
        film.seek(4)
        assert film.info["duration"] > 2_000


def frame(film: Path, number: int) -> Image.Image | None:
    """A frame of a film as ffmpeg decodes it; None beyond its end."""
    picture = film.with_name(f"{film.stem}-{number}.png")
    chosen = ["-vf", rf"select=eq(n\,{number})", "-frames:v", "1"]
    subprocess.run(["ffmpeg", "-v", "error", "-i", str(film), *chosen, str(picture)], check=True, timeout=60)
    return Image.open(picture).convert("RGB") if picture.exists() else None


def apart(one: Image.Image, other: Image.Image) -> float:
    """How far two pictures differ: mean of all levels."""
    return sum(ImageStat.Stat(ImageChops.difference(one, other)).mean)


@pytest.mark.needs_debian
@pytest.mark.skipif(not FFMpegWriter.isAvailable(), reason="no ffmpeg; the Debian package has it")
def test_an_mp4_shows_what_the_gif_shows(run: SyntheticRun, tmp_path: Path) -> None:
    films = [plot.animate_constraints(run, tmp_path / f"{at}.mp4", every_months=12) for at in "ab"]
    assert films[0].read_bytes() == films[1].read_bytes()
    with Image.open(plot.animate_constraints(run, tmp_path / "film.gif", every_months=12)) as gif:
        months = [still.convert("RGB") for still in ImageSequence.Iterator(gif)]
    # Five months, the last for two seconds more. Both films lose colours, each its own: the nearest month is the same.
    for number, month in [(0, 0), (2, 2), (4, 4), (14, 4)]:
        shown = frame(films[0], number)
        assert shown is not None and shown.size == months[0].size
        distances = [apart(shown, still) for still in months]
        assert distances.index(min(distances)) == month
    assert frame(films[0], 15) is None


def test_film_colours_hold_every_good() -> None:
    for look in (LIGHT, DARK):
        held = {"#{:02x}{:02x}{:02x}".format(*colour) for colour in film_colours(look)}
        assert {look.ground, look.ink, look.land, *look.goods.values()} <= held
        assert len(held) <= 256


def test_films_need_what_they_need(run: SyntheticRun, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(FFMpegWriter, "isAvailable", classmethod(lambda cls: False))
    with pytest.raises(InputError, match="MP4 needs ffmpeg"):
        plot.animate_constraints(run, tmp_path / "film.mp4")
    with pytest.raises(InputError, match="films are written as gif or mp4"):
        plot.animate_constraints(run, tmp_path / "film.avi")
    with pytest.raises(InputError, match="every_months: 0 is not positive"):
        plot.animate_constraints(run, tmp_path / "film.gif", every_months=0)
    with pytest.raises(InputError, match=r"film\.gif: can't be written"):
        plot.animate_constraints(run, tmp_path / "nowhere" / "film.gif", every_months=12)
    assert not list(tmp_path.iterdir())


def test_the_bubble_shades_what_its_data_flags() -> None:
    run = make_run(months=156, sites=40)
    data = plot.bubble_data(run)
    counted = data["counted"].to_list()
    assert counted == [True] * 89 + [False] * 67
    true = data.filter("edge_bubble")["tick"].to_list()
    # Six per cent a month from month 40: a fifth above after four months; the fall comes in month 62.
    assert true == list(range(43, 62))
    assert set(data.filter("edge_ratio_stamped")["tick"].to_list()) & set(true)
    assert not data.filter(~pl.col("counted"))["edge_index_stamped"].any()
    figure = plot.bubble_figure(run)
    assert drawn(figure.axes[0], (data["edge_value_usd_per_mw"] / 1e6).to_list())
    assert drawn(figure.axes[2], data.filter("counted")["edge_ratio"].to_list())
    assert len(figure.axes[4].get_lines()) == 4
    assert "Not tested." in words(plot.bubble_figure(make_run(months=20, sites=40)))
