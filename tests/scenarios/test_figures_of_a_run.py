"""Figures of real runs, small ones: written with the run, and the same when drawn again from its folder."""

from __future__ import annotations

from pathlib import Path

import wattmarket
from wattmarket import Run, plot
from wattmarket.report import FIRST_FIGURES

SCENARIOS = Path(__file__).resolve().parents[2] / "scenarios"
SMALL = ["world.sites=150", "world.metros=24", "run.months=27"]


def test_every_figure_is_drawn_from_a_run_folder_and_those_within_are_the_same(tmp_path: Path) -> None:
    early = ["drift.midpoint=2024-06", "drift.speed_per_year=3"]
    wattmarket.run(SCENARIOS / "agentic_batch_drift.toml", set=SMALL + early, out=tmp_path / "run")
    again = plot.write_figures(Run.load(tmp_path / "run"), tmp_path / "again")
    assert [path.stem for path in again] == list(plot.FIGURES)
    within = sorted((tmp_path / "run" / "figures").iterdir())
    assert [path.stem for path in within] == sorted(FIRST_FIGURES)
    for path in within:
        assert path.read_bytes() == (tmp_path / "again" / path.name).read_bytes()


def test_a_run_without_drift_and_in_memory_can_be_drawn(tmp_path: Path) -> None:
    run = wattmarket.run(SCENARIOS / "baseline.toml", set=SMALL)
    assert run.twin_ticks is None
    # Gains are told against the twin.
    assert [path.stem for path in plot.write_figures(run, tmp_path)] == [
        name for name in plot.FIGURES if name != "gains"
    ]
