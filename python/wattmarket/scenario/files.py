"""Files that a scenario names: beside it or below, and what is read from them while it is loaded."""

from __future__ import annotations

import csv
import io
from pathlib import Path, PurePosixPath
from typing import Any, Final

from wattmarket.errors import InputError
from wattmarket.scenario import schema
from wattmarket.scenario.flat import Flat
from wattmarket.scenario.problems import Problems, shown
from wattmarket.scenario.text import MAX_BYTES

__all__ = ["FILE_KEYS", "beside", "confined", "with_drift_read"]

FILE_KEYS: Final = (("world", "folder"), ("drift", "file"), ("capacity", "file"), ("agents", "file"))
"""Keys that name a file or a folder beside the scenario file or below."""


def beside(folder: Path, name: str, where: str) -> Path:
    """Path of a file beside or below a folder.

    Raises
    ------
    InputError
        ``where: reason`` if the name is absolute, goes up, or leads elsewhere through a link.
    """
    parts = PurePosixPath(name).parts
    if not name or "\\" in name or "\0" in name or ":" in name or name.startswith(("/", "~")) or ".." in parts:
        raise InputError(f"{where}: {name[:60]!r} is not the name of a file beside or below this one")
    path = folder / name
    if not path.resolve().is_relative_to(folder.resolve()):
        raise InputError(f"{where}: {name[:60]!r} leads out of the scenario's folder")
    return path


def confined(flat: Flat, folder: Path, where: str, problems: Problems) -> Flat:
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


def with_drift_read(flat: Flat, folder: Path, problems: Problems) -> Flat:
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
