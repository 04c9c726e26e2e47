"""Keys of runs: the digest of all that a run's row follows from. Many are kept as bytes, 32 each."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Callable, Iterable
from functools import cached_property
from pathlib import Path
from typing import Final

import numpy as np
import numpy.typing as npt

from wattmarket.errors import InputError
from wattmarket.record.digest import file_digest
from wattmarket.scenario import Scenario
from wattmarket.sweep.changes import changed, changes_of
from wattmarket.sweep.definition import Sweep
from wattmarket.sweep.design import Point
from wattmarket.sweep.engine_version import engine_version
from wattmarket.sweep.template import template

__all__ = ["Index", "Keys", "keys_of", "packed", "unpacked"]

KEY_FORMAT: Final = 1
"""Version of what a key is made of, and of what `outputs` reads off a run."""
FEW_POINTS: Final = 256
"""Of so many points each scenario is built; of more, if it can be done, only the text is put together."""
NAMES_FILES: Final = ("capacity.file", "agents.file", "world.folder")
"""Keys of the scenario whose values are names of files that runs read."""

BLOCK: Final = 1 << 13
"""Keys that are looked up at a time where all are."""

Keys = npt.NDArray[np.bytes_]
"""Keys of runs, dtype ``S32``: the SHA-256 of each as bytes."""


def packed(keys: Iterable[str]) -> Keys:
    """Pack keys that are written in hexadecimal.

    Examples
    --------
    >>> keys = packed(["00" * 32, "ab" * 32])
    >>> keys.dtype, unpacked(keys) == ["00" * 32, "ab" * 32]
    (dtype('S32'), True)
    """
    return np.frombuffer(bytes.fromhex("".join(keys)), dtype="S32")


def unpacked(keys: Keys) -> list[str]:
    """Write keys in hexadecimal."""
    text = keys.tobytes().hex()
    return [text[place : place + 64] for place in range(0, len(text), 64)]


class Index:
    """Finds the runs of a plan by their keys, without an object for each.

    Parameters
    ----------
    keys
        (runs,) keys of the plan. Two points that come to the same scenario share theirs.

    Examples
    --------
    >>> index = Index(packed(["cd" * 32, "ab" * 32, "cd" * 32]))
    >>> index.rows(packed(["ab" * 32, "cd" * 32, "00" * 32])).tolist(), index.first.tolist()
    ([1, 0, -1], [0, 1, 0])
    """

    def __init__(self, keys: Keys) -> None:
        self.keys = keys
        self._order = np.argsort(keys, kind="stable")

    def rows(self, keys: Keys) -> npt.NDArray[np.intp]:
        """First row with each of some keys; -1 where the plan has none."""
        if not len(self.keys):
            return np.full(len(keys), -1)
        places = np.searchsorted(self.keys, keys, sorter=self._order)
        rows = self._order[np.minimum(places, len(self.keys) - 1)]
        return np.where(self.keys[rows] == keys, rows, -1)

    @cached_property
    def first(self) -> npt.NDArray[np.int32]:
        """(runs,) first row with the same key."""
        found = np.empty(len(self.keys), dtype=np.int32)
        for start in range(0, len(found), BLOCK):
            found[start : start + BLOCK] = self.rows(self.keys[start : start + BLOCK])
        return found


def keys_of(sweep: Sweep) -> Keys:
    """Key all runs of a sweep, in the order of points, then seeds.

    The key is the SHA-256 of the resolved scenario (its seed aside), of the files that it names, of the seed, of the
    engine's version and of what is kept: one key, one result.

    Returns
    -------
    Keys
        (runs,)

    Raises
    ------
    InputError
        If a file that the scenarios name can't be read.
    """
    identify = _identify(sweep)
    common = json.dumps([engine_version(), sweep.outputs.table()], sort_keys=True)[1:-1]
    keys = np.empty((len(sweep.points), len(sweep.seeds)), dtype="S32")
    for number, point in enumerate(sweep.points):
        head = f"[{KEY_FORMAT}, {json.dumps(identify(point))[1:-1]}, {common}"
        keys[number] = [hashlib.sha256(f"{head}, {seed}]".encode()).digest() for seed in sweep.seeds]
    return keys.reshape(-1)


def _identify(sweep: Sweep) -> Callable[[Point], list[str]]:
    """What tells the scenario of a point from all others: its digest, and those of the files that it names."""

    def scenario_of(point: Point) -> Scenario:
        return changed(sweep.base, changes_of(sweep.parameters, point), seed=0)

    def built(point: Point) -> list[str]:
        try:
            scenario = scenario_of(point)
            return [scenario.digest, *_named_files(scenario)]
        except InputError:
            return ["impossible", sweep.base.digest, json.dumps(changes_of(sweep.parameters, point))]

    names_files = any(parameter.key in NAMES_FILES for parameter in sweep.parameters)
    if len(sweep.points) <= FEW_POINTS or names_files:
        return built
    found = template(sweep.parameters, sweep.points, lambda point: scenario_of(point).to_toml())
    files = _named_files(sweep.base)
    return built if found is None else lambda point: [found.digest(point), *files]


def _named_files(scenario: Scenario) -> list[str]:
    """Digests of what a scenario reads besides itself."""
    names = [scenario.capacity.file, scenario.agents.file]
    paths = [scenario.file(name) for name in names if name]
    if scenario.world.folder:
        folder = scenario.file(scenario.world.folder)
        paths += sorted(path for path in folder.iterdir() if path.is_file()) if folder.is_dir() else []
    return [f"{path.name} {_digest(path)}" for path in paths]


def _digest(path: Path) -> str:
    try:
        return file_digest(path)
    except OSError as error:
        raise InputError(f"{path}: can't be read: {error.strerror}") from error
