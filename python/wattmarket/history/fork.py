"""The fork: one history continued into another future, with its past checked bit for bit."""

from __future__ import annotations

import datetime
from pathlib import Path

from wattmarket.history.replay import known_world
from wattmarket.months import month_number, month_of_day
from wattmarket.phases import Phases, unmeasured
from wattmarket.record import Origin, Run
from wattmarket.runner import Finish, Past, carry_out
from wattmarket.scenario import Settings

__all__ = ["fork"]


def fork(
    run: str | Path | Run,
    *,
    at: str | datetime.date,
    set: Settings,
    out: str | Path | None = None,
    twin: bool = True,
    progress: bool = False,
    finish: Finish | None = None,
    phases: Phases = unmeasured,
) -> Run:
    """Play a run again, with other values of some keys from a month on.

    The scenario is the old one with one more dated event, and every draw is keyed: what the change doesn't cause stays
    as it was. The months before are recomputed, and each link of their hash chain must be the recorded one.

    Parameters
    ----------
    run, at, set, out, twin, progress, phases
        As for `wattmarket.fork`, which writes finding and figures too.
    finish
        Writes further files into the folder before it is closed; only called when there is a folder.

    Raises
    ------
    InputError, DigestMismatchError, InvariantError
        As `wattmarket.fork`.
    """
    recorded, at = Run.given(run), month_of_day(at)
    scenario = recorded.scenario.forked(at, set)
    known_world(recorded)
    shared = month_number(at) - month_number(recorded.scenario.run.start)
    digests = recorded.ticks["digest"].to_list()
    twin_digests = [] if recorded.twin_ticks is None else recorded.twin_ticks["digest"].to_list()
    told = recorded.manifest
    origin = Origin(digest=told.digest, scenario_sha256=told.scenario_sha256, month=at, past_digest=digests[shared - 1])
    past = Past(recorded, digests[:shared], twin_digests[:shared], origin)
    return carry_out(scenario, out=out, twin=twin, progress=progress, finish=finish, phases=phases, past=past)
