"""Many runs, one after the other or beside each other in processes of their own; the same bits either way."""

from __future__ import annotations

import multiprocessing
from collections.abc import Iterator, Sequence
from concurrent.futures import ProcessPoolExecutor
from dataclasses import dataclass

import polars as pl

from wattmarket.errors import InputError
from wattmarket.runner import run
from wattmarket.scenario import Scenario

__all__ = ["Played", "play_all"]


@dataclass(frozen=True, slots=True)
class Played:
    """Tables of a finished run, by name."""

    tables: dict[str, pl.DataFrame]


def play_all(scenarios: Sequence[Scenario], tables: Sequence[str], *, workers: int = 1) -> Iterator[Played]:
    """Play scenarios to their ends, without twins, in order.

    Parameters
    ----------
    scenarios
        What to play.
    tables
        Names of the tables to keep; ``ticks`` is always kept. Those that a scenario's mode lacks are left out.
    workers
        Processes; 1: none but this one. No result depends on it.

    Raises
    ------
    InputError
        If a scenario is wrong, or `workers` is not positive.
    """
    if workers < 1:
        raise InputError(f"workers: {workers} is below 1")
    jobs = [_only(scenario, tables) for scenario in scenarios]
    if workers == 1 or len(jobs) < 2:
        yield from map(_play, jobs)
        return
    # Never forked: Polars' threads don't survive it.
    with ProcessPoolExecutor(min(workers, len(jobs)), mp_context=multiprocessing.get_context("spawn")) as pool:
        yield from pool.map(_play, jobs)


def _only(scenario: Scenario, tables: Sequence[str]) -> Scenario:
    names = ", ".join(f'"{name}"' for name in dict.fromkeys(["ticks", *tables]))
    return scenario.with_settings([f"output.tables=[{names}]", "output.figures=false"])


def _play(scenario: Scenario) -> Played:
    return Played(dict(run(scenario, twin=False).tables))
