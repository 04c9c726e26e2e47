"""From scenario files to a scenario: inheritance, ``--set``, and every problem of every file as one line.

Precedence: ``--set`` over the file over what it extends over defaults, key by key. Tables merge; ``[[workload]]`` and
``[[zone]]`` merge by name; ``[[event]]`` lists are joined, the extended file's first; every other value, lists and
tables of months included, is replaced whole.
"""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, Final

from wattmarket.errors import InputError
from wattmarket.scenario import schema
from wattmarket.scenario.events import ReadEvent, no_such, read_events
from wattmarket.scenario.files import FILE_KEYS, beside, confined, with_drift_read
from wattmarket.scenario.flat import Flat, flatten, nest
from wattmarket.scenario.model import Scenario, build
from wattmarket.scenario.problems import Problems, dotted, shown
from wattmarket.scenario.sets import ORIGIN, Settings, read_sets
from wattmarket.scenario.text import read_toml
from wattmarket.scenario.workloads import workload_set

__all__ = ["load_scenario"]

MOST_PARENTS: Final = 8
SET_KEY: Final = ("demand", "workloads")


def load_scenario(path: str | Path, sets: Settings = ()) -> Scenario:
    r"""Load a scenario from a file and those that it extends.

    Parameters
    ----------
    path
        The file.
    sets
        Settings that take precedence: ``"drift.ceiling=0.8"``, ``{"drift.ceiling": 0.8}``, or several.

    Raises
    ------
    InputError
        With one line ``file: key: reason`` per problem, all problems of all files at once.

    Examples
    --------
    >>> import pathlib, tempfile
    >>> folder = pathlib.Path(tempfile.mkdtemp())
    >>> _ = (folder / "short.toml").write_text("[run]\nmonths = 24\n[drift]\nceiling = 0.8\n")
    >>> load_scenario(folder / "short.toml", ["drift.ceiling=0.9"]).drift.ceiling
    0.9
    """
    path = Path(path)
    problems = Problems()
    layers = _Layers(path, problems)
    layers.add(path, str(path), ())
    settings = confined(read_sets(sets, problems), path.parent, ORIGIN, problems)
    set_name = str((layers.flat | settings).get(SET_KEY, "article"))
    names: set[tuple[str, ...]] = {("workload", entry["name"]) for entry in workload_set(set_name)}
    names |= {parts[:2] for parts in layers.flat if parts[0] in schema.NAMED}
    settings = _without_strangers(settings, names, ORIGIN, "", problems)
    for event in layers.events:
        _without_strangers(event.changes, names, event.where, f"{event.name}.set.", problems)
    tables = nest(with_drift_read(layers.flat | settings, path.parent, problems))
    tables["event"] = [event.table() for event in layers.events]
    return build(tables, str(path), problems, path.parent)


@dataclass
class _Layers:
    """Keys and events of a chain of files, the most basic first."""

    main: Path
    problems: Problems
    flat: Flat = field(default_factory=dict)
    events: list[ReadEvent] = field(default_factory=list)

    def add(self, path: Path, where: str, below: tuple[Path, ...]) -> None:
        """Add a file after those that it extends.

        Parameters
        ----------
        path, where
            The file, and its name for the lines.
        below
            Files that led here, resolved.
        """
        try:
            table = read_toml(path, where)
        except InputError as error:
            for line in error.problems:
                self.problems.add_line(line)
            return
        if "extends" in table:
            self._add_extended(path, where, table.pop("extends"), (*below, path.resolve()))
        events = table.pop("event", [])
        flat = confined(flatten(table, where, self.problems), path.parent, where, self.problems)
        for parts in FILE_KEYS:
            if flat.get(parts):
                # Names are kept as seen from the main file, whose folder all others lie in.
                flat[parts] = (path.parent / flat[parts]).relative_to(self.main.parent).as_posix()
        self.flat |= flat
        self.events += read_events(events, where, self.problems)

    def _add_extended(self, path: Path, where: str, name: Any, below: tuple[Path, ...]) -> None:
        if not isinstance(name, str):
            self.problems.add(where, "extends", f"{shown(name)} is not the name of a file in quotes")
            return
        try:
            extended = beside(path.parent, name, f"{where}: extends")
        except InputError as error:
            self.problems.add_line(error.problems[0])
            return
        if extended.resolve() in below:
            self.problems.add(where, "extends", f"{name!r} extends this file in turn")
        elif len(below) > MOST_PARENTS:
            self.problems.add(where, "extends", f"is a chain of more than {MOST_PARENTS} files")
        elif not extended.is_file():
            self.problems.add(where, "extends", f"there is no file {name!r}")
        else:
            self.add(extended, str(extended), below)


def _without_strangers(
    flat: Flat, names: Collection[tuple[str, ...]], where: str, prefix: str, problems: Problems
) -> Flat:
    """Refuse keys of workloads and zone changes that no file declares: neither ``--set`` nor events may add one."""
    kept = {}
    for parts, value in flat.items():
        if parts[0] in schema.NAMED and parts[:2] not in names:
            known = sorted(name for kind, name in names if kind == parts[0])
            problems.add(where, prefix + dotted(parts), no_such(parts, known))
        else:
            kept[parts] = value
    return kept
