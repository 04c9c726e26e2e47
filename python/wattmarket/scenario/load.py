"""From scenario files to a scenario: inheritance, ``--set``, and every problem of every file as one line.

Precedence: ``--set`` over the file over what it extends over defaults, key by key. Tables merge; ``[[workload]]`` and
``[[zone]]`` merge by name; ``[[event]]`` lists are joined, the extended file's first; every other value, lists and
tables of months included, is replaced whole.
"""

from __future__ import annotations

import csv
import io
from collections.abc import Collection, Iterable
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, Final

from wattmarket.errors import InputError
from wattmarket.scenario import schema
from wattmarket.scenario.events import ReadEvent, no_such, read_events
from wattmarket.scenario.flat import Flat, flatten, nest
from wattmarket.scenario.model import Scenario, beside, build
from wattmarket.scenario.problems import Problems, dotted, shown
from wattmarket.scenario.sets import ORIGIN, read_sets
from wattmarket.scenario.text import MAX_BYTES, read_toml
from wattmarket.scenario.workloads import workload_set

__all__ = ["load_scenario"]

MOST_PARENTS: Final = 8
SET_KEY: Final = ("demand", "workloads")
FILE_KEYS: Final = (("world", "folder"), ("drift", "file"), ("capacity", "file"), ("agents", "file"))
"""Keys that name a file or a folder beside the scenario file or below."""


def load_scenario(path: str | Path, sets: Iterable[str] = ()) -> Scenario:
    r"""Load a scenario from a file and those that it extends.

    Parameters
    ----------
    path
        The file.
    sets
        Settings ``key=value`` that take precedence.

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
    settings = _confined(read_sets(sets, problems), path.parent, ORIGIN, problems)
    set_name = str((layers.flat | settings).get(SET_KEY, "article"))
    names: set[tuple[str, ...]] = {("workload", entry["name"]) for entry in workload_set(set_name)}
    names |= {parts[:2] for parts in layers.flat if parts[0] in schema.NAMED}
    settings = _without_strangers(settings, names, ORIGIN, "", problems)
    for event in layers.events:
        _without_strangers(event.changes, names, event.where, f"{event.name}.set.", problems)
    tables = nest(_inline_drift(layers.flat | settings, path.parent, problems))
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
        flat = _confined(flatten(table, where, self.problems), path.parent, where, self.problems)
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


def _confined(flat: Flat, folder: Path, where: str, problems: Problems) -> Flat:
    """Refuse names of files that lie elsewhere."""
    for parts in FILE_KEYS:
        if flat.get(parts):
            try:
                beside(folder, flat[parts], f"{where}: {'.'.join(parts)}")
            except InputError as error:
                problems.mark(".".join(parts))
                problems.add_line(error.problems[0])
                del flat[parts]
    return flat


def _inline_drift(flat: Flat, folder: Path, problems: Problems) -> Flat:
    """Turn a drift from a file into a piecewise one, so that the scenario needs the file no more."""
    name = flat.get(("drift", "file"))
    if flat.get(("drift", "path")) != "csv" or not name:
        return flat
    before = problems.count
    points = _read_drift(folder / name, str(folder / name), problems)
    if problems.count > before:
        # The file has been found wrong; nothing more needs to be said about the section.
        return flat | {("drift", "path"): "flat"}
    return flat | {("drift", "path"): "piecewise", ("drift", "file"): "", ("drift", "points"): points}


def _read_drift(path: Path, where: str, problems: Problems) -> dict[str, float]:
    """Read a table with columns month and batch_share."""
    try:
        if not path.is_file():
            raise OSError(None, "there is no such file")
        with path.open("rb") as stream:
            data = stream.read(MAX_BYTES + 1)
        text = data.decode("utf-8")
    except (OSError, UnicodeDecodeError) as error:
        problems.add(where, "", getattr(error, "strerror", None) or "is not UTF-8 text")
        return {}
    if len(data) > MAX_BYTES:
        problems.add(where, "", "is larger than 1 MiB")
        return {}
    try:
        rows = list(csv.reader(io.StringIO(text, newline="")))
    except csv.Error as error:
        problems.add(where, "", f"is not a CSV table: {error}")
        return {}
    if not rows or [cell.strip() for cell in rows[0]] != ["month", "batch_share"]:
        problems.add(where, "", "the first line must be month,batch_share")
        return {}
    points: dict[str, float] = {}
    for number, row in enumerate(rows[1:], start=1):
        if row:
            _read_point(row, points, f"row {number}", where, problems)
    if not points and not problems:
        problems.add(where, "", "has no rows")
    return points


def _read_point(row: list[str], points: dict[str, float], place: str, where: str, problems: Problems) -> None:
    if len(row) != 2:
        problems.add(where, place, f"has {len(row)} cells, not 2")
        return
    month, text = row[0].strip(), row[1].strip()
    try:
        value: Any = float(text)
    except ValueError:
        problems.add(where, place, f"batch_share: {shown(text)} is not a number")
        return
    found = schema.value_problems(("drift", "points"), {month: value})
    for _, reason in found:
        problems.add(where, place, reason)
    if month in points:
        problems.add(where, place, f"month: {month} appears twice")
    if not found:
        points[month] = value
