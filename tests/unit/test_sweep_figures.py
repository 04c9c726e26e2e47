"""What a sweep says, drawn, and said by the command: both themes, no warning, the same bytes each time."""

from __future__ import annotations

from functools import partial
from pathlib import Path

import numpy as np
import polars as pl
import pytest
from made_sweep import made
from sweep_runs import sweep_file

from wattmarket import plot
from wattmarket.cli import main
from wattmarket.errors import InputError
from wattmarket.plot.theme import save
from wattmarket.study.spread import cell_text
from wattmarket.sweep import Serial, load_sweep, run_sweep
from wattmarket.sweep.analysis import (
    Evidence,
    critical_cells,
    discover,
    morris_effects,
    response_surface,
    sobol_indices,
    tornado,
)
from wattmarket.sweep.design_spec import Design
from wattmarket.sweep.parameters import Level, Parameter

PNG = b"\x89PNG\r\n\x1a\n"
PARAMETERS = (
    Parameter("workload.chat.response_budget_ms", low=45.0, high=125.0),
    Parameter("network.hollow_core_share", low=0.0, high=0.6, since="2024-07"),
    Parameter("drift.path", Level.several(["flat", "logistic"])),
)
FILE = """
base = "base.toml"
[settings]
world.sites = 50
run.months = 6
[design]
kind = "sobol"
base_samples = 32
[parameters]
drift.ceiling = { low = 0.4, high = 0.9 }
drift.start = { low = 0.1, high = 0.2 }
[outputs]
findings = false
series = [{ column = "edge_index", months = ["2023-03", "last"] }]
"""


def rising(columns: dict[str, list[object]], seed: int) -> np.ndarray:
    budget, share = (np.array(columns[one.name], dtype=float) for one in PARAMETERS[:2])
    drifts = np.array([path == "logistic" for path in columns["drift.path"]], dtype=float)
    return budget / 125 + share * drifts + 0.01 * seed


def figures() -> dict[str, object]:
    sobol = made(Design(kind="sobol", base_samples=32), PARAMETERS, rising, output="deepest")
    walks = made(Design(kind="morris", trajectories=8), PARAMETERS, rising, output="deepest")
    drawn = made(Design(kind="latin_hypercube", points=80), PARAMETERS, rising, seeds=3, output="edge_index@last")
    return {
        "sobol": partial(plot.sobol_figure, sobol_indices(sobol, "deepest")),
        "morris": partial(plot.morris_figure, morris_effects(walks, "deepest")),
        "tornado": partial(plot.tornado_figure, tornado(sobol, "deepest")),
        "tornado of seeds": partial(plot.tornado_figure, tornado(drawn, "edge_index@last")),
        "surface": partial(plot.surface_figure, response_surface(drawn, "edge_index@last")),
        "discovery": partial(plot.discovery_figure, discover(drawn, "edge_index@last")),
        "discovery of what lies below": partial(plot.discovery_figure, discover(sobol, "deepest", below=True)),
    }


@pytest.fixture(scope="module", params=list(figures()))
def draw(request: pytest.FixtureRequest) -> object:
    return figures()[request.param]


@pytest.mark.parametrize("theme", ["light", "dark"])
def test_each_figure_is_drawn_to_the_same_bytes(draw: partial[object], theme: str, tmp_path: Path) -> None:
    written = [
        save(draw(source="made", theme=theme), tmp_path / f"{number}.png").read_bytes()  # type: ignore[arg-type]
        for number in range(2)
    ]
    assert written[0].startswith(PNG)
    assert written[0] == written[1]


def test_no_text_leaves_the_page(draw: partial[object]) -> None:
    figure = draw(source="made")
    figure.canvas.draw()  # type: ignore[attr-defined]
    width, height = figure.canvas.get_width_height()  # type: ignore[attr-defined]
    texts = [*figure.texts, *(text for axes in figure.axes for text in (*axes.texts, *axes.get_yticklabels()))]  # type: ignore[attr-defined]
    for text in texts:
        box = text.get_window_extent()
        assert box.x0 >= 0, text.get_text()
        assert box.x1 <= width, text.get_text()
        assert box.y0 >= 0, text.get_text()
        assert box.y1 <= height, text.get_text()


def test_a_title_says_what_was_found() -> None:
    drawn = figures()
    assert (
        drawn["tornado"]().get_label().startswith("workload.chat.response_budget_ms moves the deepest shortfall most")
    )
    assert "of the variance of the deepest shortfall" in drawn["sobol"]().get_label()


@pytest.fixture
def played(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    path = sweep_file(tmp_path, FILE)
    run_sweep(load_sweep(path), tmp_path / "store", engine=Serial("sweep_runs:quick"))
    monkeypatch.chdir(tmp_path)
    return path


def test_the_command_says_it_and_writes_it(played: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["sweep", "analyse", "store", "--output", "edge_index@last", "--out", "said"]) == 0
    said = capsys.readouterr().out
    assert (
        "sobol indices: edge_index@last: 128 runs, 128 played, 0 failed, 0 missing. All 32 base samples are used."
        in said
    )
    assert "drift.ceiling: " in said
    written = sorted(path.name for path in Path("said").iterdir())
    assert written == [
        "response_surface-edge_index@last.csv",
        "response_surface-edge_index@last.png",
        "scenario_discovery-edge_index@last-trajectory.csv",
        "scenario_discovery-edge_index@last.csv",
        "scenario_discovery-edge_index@last.png",
        "sobol_indices-edge_index@last.csv",
        "sobol_indices-edge_index@last.png",
        "tornado-edge_index@last.csv",
        "tornado-edge_index@last.png",
    ]
    assert main(["sweep", "analyse", "map.toml", "--store", "store", "--output", "edge_index@last"]) == 0
    assert capsys.readouterr().out.splitlines() == said.splitlines()[:-2]


def test_what_is_wrong_is_a_line(played: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["sweep", "analyse", "store"]) == 2
    assert (
        "output: 'deepest' is no output of the sweep, which has edge_index@2023-03, edge_index@last"
        in capsys.readouterr().err
    )
    assert main(["sweep", "analyse", "store", "--output", "edge_index@last", "--out", "store"]) == 2
    assert "store: exists" in capsys.readouterr().err
    assert main(["sweep", "analyse", "store", "--store", "store"]) == 2
    code = main(["sweep", "analyse", "store", "--output", "edge_index@last", "--threshold", "1e300"])
    assert (code, "no points are of interest" in capsys.readouterr().out) == (0, True)


THRESHOLDS = (
    Parameter("drift.start", low=0.0, high=0.2, steps=3),
    Parameter("demand.elasticity", low=0.5, high=1.5, steps=2),
    Parameter("drift.ceiling", low=0.2, high=0.9, steps=8),
)


def breaking(columns: dict[str, list[object]], seed: int) -> np.ndarray:
    """A run breaks where the ceiling is 0.35 or more beyond the start, 0.1 later with every seed."""
    start, elasticity, ceiling = (np.array(columns[one.name], dtype=float) for one in THRESHOLDS)
    return ((ceiling - start - 0.1 * seed >= 0.349) & (elasticity < 1.0)).astype(float)


def test_the_map_of_the_critical_share_is_read_off_a_grid() -> None:
    evidence = made(Design(), THRESHOLDS, breaking, seeds=3, output="breaks")
    cells, counted = critical_cells(evidence, "drift.start", "demand.elasticity")
    rows = {(row["x"], row["y"]): row for row in cells.iter_rows(named=True)}
    assert len(rows) == 6
    assert rows[0.0, 0.5]["value"] == pytest.approx(0.45), "between 0.4, which holds with seed 1, and 0.5, which loses"
    assert rows[0.2, 0.5]["value"] == pytest.approx(0.65)
    assert (rows[0.0, 0.5]["low"], rows[0.0, 0.5]["high"]) == (pytest.approx(0.3), pytest.approx(0.6))
    assert rows[0.0, 0.5]["coverage"] == 0.75
    assert (rows[0.0, 1.5]["value"], rows[0.0, 1.5]["above"], rows[0.0, 1.5]["high"]) == (None, 3, 0.9)
    assert (rows[0.0, 1.5]["beyond"], cell_text(rows[0.0, 1.5], ".2f")) == ("above", "more than 0.90")
    assert (counted.of, counted.used, cells["runs"].to_list()) == (48, 48, [24] * 6)
    figure = plot.phase_figure(cells, x="drift.start", y="demand.elasticity", value="critical share")
    assert len(figure.axes) == 2


def test_runs_that_are_missing_widen_the_map() -> None:
    evidence = made(Design(), THRESHOLDS, breaking, output="breaks")
    lost = (pl.col("drift.start") == 0.0) & (pl.col("demand.elasticity") == 0.5) & (pl.col("drift.ceiling") == 0.3)
    table = evidence.table.with_columns(
        pl.when(lost).then(pl.lit("failed")).otherwise(pl.col("status")).alias("status")
    )
    cells, counted = critical_cells(Evidence(table, evidence.shape), "drift.start", "demand.elasticity")
    assert (cells["low"][0], cells["high"][0], cells["runs"][0]) == (pytest.approx(0.2), pytest.approx(0.4), 7)
    assert (counted.failed, counted.used) == (1, 47)


def test_a_map_takes_the_parameters_that_vary() -> None:
    evidence = made(Design(), THRESHOLDS, breaking, output="breaks")
    with pytest.raises(InputError, match=r"takes a sweep of drift\.ceiling and the two named"):
        critical_cells(evidence, "drift.start", "agents.count")


@pytest.mark.parametrize(
    ("ceilings", "told"),
    [((0.3, 0.9), "0.60 (0.50 to 0.70"), ((0.6, 0.9), "0.60 or less (0.60 to"), ((0.1, 0.4), "more than 0.40 (")],
)
def test_the_command_draws_the_map(
    ceilings: tuple[float, float],
    told: str,
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
    capsys: pytest.CaptureFixture[str],
) -> None:
    text = (
        FILE.split("[design]", maxsplit=1)[0]
        + f"""
    [parameters]
    drift.start = [0.1, 0.2]
    demand.elasticity = [0.9, 1.1]
    drift.ceiling = {{ low = {ceilings[0]}, high = {ceilings[1]}, steps = 4 }}
    [replications]
    count = 2
    """
    )
    path = sweep_file(tmp_path, text)
    run_sweep(load_sweep(path), tmp_path / "store", engine=Serial("made_sweep:breaks_from_half_on"))
    monkeypatch.chdir(tmp_path)
    assert main(["sweep", "analyse", "store", "--map", "drift.start", "demand.elasticity", "--out", "map"]) == 0
    assert f"drift.start 0.1, demand.elasticity 0.9: {told}" in capsys.readouterr().out
    assert sorted(path.name for path in Path("map").iterdir()) == ["critical_share.csv", "critical_share.png"]
