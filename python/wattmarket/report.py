"""A run with all that belongs to it: tables, the finding in words and numbers, and figures."""

from __future__ import annotations

import datetime
import json
from pathlib import Path

from wattmarket import runner
from wattmarket.findings import find
from wattmarket.phases import Phases, unmeasured
from wattmarket.record import Run
from wattmarket.scenario import Scenario, Settings

__all__ = ["fork", "run", "write_report"]

FINDINGS_TEXT = "findings.txt"
FINDINGS_DATA = "findings.json"
FIGURES_FOLDER = "figures"
FIRST_FIGURES = ("index", "line_map", "prices")
"""Figures in every run folder: when the edge repriced, where, and at what prices; others are drawn on demand."""


def run(
    scenario: str | Path | Scenario,
    *,
    seed: int | None = None,
    out: str | Path | None = None,
    set: Settings = (),
    twin: bool = True,
    progress: bool = False,
    phases: Phases = unmeasured,
) -> Run:
    """Run a scenario and, if a folder is asked for, write the finding and the figures beside the tables.

    Parameters
    ----------
    scenario
        A scenario, or the path of a scenario file.
    seed
        Seed in place of the scenario's own.
    out
        Folder to write, which must not exist; it appears whole or not at all. None: the run is kept in memory.
    set
        Settings that come before those of the file: ``"drift.ceiling=0.8"``, ``{"drift.ceiling": 0.8}``, or several.
    twin
        Whether to run the no-drift twin too, if the scenario drifts.
    progress
        Whether to show progress on standard error.
    phases
        Is told which phase of the run begins: a `wattmarket.stopwatch.Stopwatch`, say.

    Raises
    ------
    InputError
        If the scenario is wrong, or if the folder exists or can't be written.
    InvariantError
        If the model breaks one of its laws.
    """
    asked = runner.asked_for(scenario, seed, set)
    if out is not None and asked.output.figures:
        # Matplotlib takes as long to import as a small run to play: only if it will draw, and before the first phase.
        import wattmarket.plot  # noqa: F401, PLC0415
    return runner.run(asked, out=out, twin=twin, progress=progress, finish=write_report, phases=phases)


def fork(
    run: str | Path | Run,
    *,
    at: str | datetime.date,
    set: Settings,
    out: str | Path | None = None,
    twin: bool = True,
    progress: bool = False,
    phases: Phases = unmeasured,
) -> Run:
    """Continue one history into another future, and write its finding and figures too if a folder is asked for.

    The scenario is the run's with one more dated event. Every draw is keyed, so that what the change doesn't cause
    stays as it was; the months before are recomputed, and each must give the recorded digest.

    Parameters
    ----------
    run
        A run or its folder.
    at
        First month in which the changes hold, ``"2028-06"`` or any day of it; it lies after the run's first.
    set
        Changes of keys that may change during a run, written as for `run`.
    out
        Folder to write, which must not exist; it appears whole or not at all. None: the fork is kept in memory.
    twin
        Whether to run the fork's no-drift twin too, if it drifts.
    progress
        Whether to show progress on standard error.
    phases
        Is told which phase of the run begins.

    Raises
    ------
    InputError
        If the month lies outside the run, if a key can't change during a run, or if a value is wrong.
    DigestMismatchError
        If the run's folder is damaged, or if its past doesn't come out again.
    InvariantError
        If the model breaks one of its laws.
    """
    from wattmarket import history  # noqa: PLC0415 - a run needs no history

    return history.fork(run, at=at, set=set, out=out, twin=twin, progress=progress, finish=write_report, phases=phases)


def write_report(run: Run, folder: Path) -> None:
    """Write the finding (`findings.txt`, `findings.json`) and, if the scenario wants them, the first figures."""
    finding = find(run)
    (folder / FINDINGS_TEXT).write_text(finding.text() + "\n", encoding="utf-8")
    (folder / FINDINGS_DATA).write_text(json.dumps(finding.to_dict(), indent=1) + "\n", encoding="utf-8")
    if run.scenario.output.figures:
        from wattmarket.plot import drawable, write_figures  # noqa: PLC0415

        write_figures(run, folder / FIGURES_FOLDER, only=[name for name in drawable(run) if name in FIRST_FIGURES])
