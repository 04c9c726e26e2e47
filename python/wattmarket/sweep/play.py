"""Playing one run of a sweep: its row, or the error that it ended in."""

from __future__ import annotations

from collections.abc import Callable
from functools import lru_cache
from importlib import import_module
from pathlib import Path
from typing import Any, Final

from wattmarket import runner
from wattmarket.errors import InputError
from wattmarket.scenario import Scenario, load_scenario
from wattmarket.sweep.changes import changed
from wattmarket.sweep.jobs import Job, Work, outputs_of

__all__ = ["DONE", "FAILED", "PLAY", "Play", "Row", "attempt", "failed_row", "play", "player"]

Row = dict[str, Any]
"""``key``, ``seed``, ``status``, ``error``, and the outputs of a run that was played to its end."""

Play = Callable[[Work, Job], Row]

DONE: Final = "done"
FAILED: Final = "failed"
PLAY: Final = "wattmarket.sweep.play:play"
"""Name of the function that plays a run; tests name another. It is never read from a file."""
MOST_CHARACTERS: Final = 500


def play(work: Work, job: Job) -> Row:
    """Play a run and its no-drift twin, and read off what is kept.

    Raises
    ------
    InputError
        If the base scenario's file has changed since the sweep was planned, or if the run can't be played.
    """
    base = _base(work.base_path, work.settings)
    if base.digest != work.base_sha256:
        raise InputError(f"{work.base_path}: has changed since the sweep was planned")
    outputs = outputs_of(work)
    scenario = changed(base, job.changes, job.seed).with_settings(outputs.settings())
    run = runner.run(scenario, twin=outputs.findings)
    return outputs.read(run)


@lru_cache(maxsize=1)
def _base(path: str, settings: tuple[str, ...]) -> Scenario:
    return load_scenario(Path(path), settings)


def player(name: str) -> Play:
    """Give the function of a name ``module:function``."""
    module, _, function = name.partition(":")
    found: Play = getattr(import_module(module), function)
    return found


def attempt(function: Play, work: Work, job: Job) -> Row:
    """Play a run; whatever goes wrong with it is its row."""
    try:
        return {"key": job.key, "seed": job.seed, "status": DONE, "error": None, **function(work, job)}
    except MemoryError:
        return failed_row(job, "MemoryError: not enough memory")
    except Exception as error:
        # Whatever it is, it must not end the other runs.
        return failed_row(job, f"{type(error).__name__}: {error}")


def failed_row(job: Job, error: str) -> Row:
    """Row of a run that failed, with the first line of its error."""
    line = (error.splitlines() or ["?"])[0][:MOST_CHARACTERS]
    return {"key": job.key, "seed": job.seed, "status": FAILED, "error": line}
