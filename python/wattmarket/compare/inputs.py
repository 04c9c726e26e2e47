"""What two runs were computed from, and in what it differs: version, scenario, world."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any, Final

from wattmarket.compare.rows import first_row
from wattmarket.record import Run
from wattmarket.schema import WORLD_TABLES

__all__ = ["ABSENT", "InputChange", "changed_inputs"]

ABSENT: Final = "(absent)"


@dataclass(frozen=True, slots=True)
class InputChange:
    """One thing that went into two runs with different values.

    Parameters
    ----------
    what
        ``version``, ``scenario`` or ``world``.
    key
        Key of the scenario, a dated one as ``event[2028-06].drift.ceiling``; or table of the world.
    a, b
        The values, `ABSENT` where there is none.
    """

    what: str
    key: str
    a: Any
    b: Any

    def text(self) -> str:
        """Say it in a line."""
        return f"{self.what}: {self.key}: {self.a} | {self.b}"


def changed_inputs(a: Run, b: Run) -> tuple[InputChange, ...]:
    """Compare what two runs were computed from.

    Examples
    --------
    >>> from wattmarket.scenario import Scenario
    >>> keys(Scenario().forked("2028-06", ["drift.ceiling=0.5"]).resolved())["event[2028-06].drift.ceiling"]
    0.5
    """
    found = []
    if a.manifest.wattmarket != b.manifest.wattmarket:
        found.append(InputChange("version", "wattmarket", a.manifest.wattmarket, b.manifest.wattmarket))
    one, other = keys(a.scenario.resolved()), keys(b.scenario.resolved())
    for key in dict.fromkeys([*one, *other]):
        before, after = one.get(key, ABSENT), other.get(key, ABSENT)
        if before != after or type(before) is not type(after):
            found.append(InputChange("scenario", key, before, after))
    if a.manifest.world_sha256 != b.manifest.world_sha256:
        found += _world(a, b)
    return tuple(found)


def keys(table: Mapping[str, Any]) -> dict[str, Any]:
    """Flatten a resolved scenario; workloads and zone changes go by their names, events by their months."""
    return dict(_below("", table))


def _below(prefix: str, table: Mapping[str, Any]) -> Iterator[tuple[str, Any]]:
    for name, value in table.items():
        key = f"{prefix}{name}"
        if isinstance(value, Mapping):
            yield from _below(f"{key}.", value)
        elif isinstance(value, list | tuple) and value and all(isinstance(row, Mapping) for row in value):
            for number, row in enumerate(value, 1):
                yield from _row(key, number, row)
        elif not (isinstance(value, list | tuple) and not value):
            yield key, value


def _row(key: str, number: int, row: Mapping[str, Any]) -> Iterator[tuple[str, Any]]:
    if key == "event":
        yield from _below(f"event[{row['date']}].", dict(row["set"]))
    elif "name" in row:
        yield from _below(f"{key}.{row['name']}.", {name: value for name, value in row.items() if name != "name"})
    else:
        yield from _below(f"{key}[{number}].", row)


def _world(a: Run, b: Run) -> Iterator[InputChange]:
    for table in WORLD_TABLES:
        one, other = getattr(a.world, table.name), getattr(b.world, table.name)
        if one.height != other.height:
            yield InputChange("world", table.name, f"{one.height} rows", f"{other.height} rows")
        elif found := first_row(one.lazy(), other.lazy(), table.names):
            row, column = found
            key = f"{table.name}: {table.key[0]}={one[table.key[0]][row]}: {column}"
            yield InputChange("world", key, one[column][row], other[column][row])
    if a.world.name != b.world.name:
        yield InputChange("world", "name", a.world.name, b.world.name)
