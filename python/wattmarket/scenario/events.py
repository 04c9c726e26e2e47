"""Dated events: from a month on, some keys have other values."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Annotated, Any, Final

from pydantic_core import CoreSchema, ValidationError, core_schema

from wattmarket.scenario import schema
from wattmarket.scenario.fields import Month, Section, key, wrong
from wattmarket.scenario.flat import Flat, flatten
from wattmarket.scenario.problems import Problems, dotted, near, reasons

__all__ = ["Event", "ReadEvent", "changed", "no_such", "read_events"]

MOST_EVENTS: Final = 200


class _Changes:
    """Reads the changes of an event: a table from dotted keys to values, kept as pairs."""

    def __get_pydantic_core_schema__(self, source: Any, handler: Any) -> CoreSchema:
        """Tell pydantic how to read and write changes."""
        return core_schema.no_info_plain_validator_function(
            self.read, serialization=core_schema.plain_serializer_function_ser_schema(dict)
        )

    @staticmethod
    def read(value: Any) -> tuple[tuple[str, Any], ...]:
        """Check the keys and the type and range of every value."""
        if isinstance(value, tuple):
            value = dict(value)
        if not isinstance(value, Mapping):
            raise wrong("is not a table")
        if not value:
            raise wrong("changes nothing")
        notes = Problems()
        flat = flatten(value, "", notes, dotted_keys=True, changing=True)
        if notes:
            raise wrong("; ".join(line.removeprefix(": ") for line in notes.lines))
        return tuple((".".join(parts), schema.written(parts, value)) for parts, value in flat.items())


class Event(Section):
    """From a month on, keys have other values. Later events win; of one month, the one that stands later.

    Examples
    --------
    >>> Event(date="2028-06", set={"drift.ceiling": 0.8}).set
    (('drift.ceiling', 0.8),)
    """

    date: Month = key(meaning="first month in which the changes hold", fixed=True)
    set: Annotated[tuple[tuple[str, Any], ...], _Changes()] = key(
        meaning='table of changes, `{ "drift.ceiling" = 0.8, "workload.voice.share" = 0.3 }`; keys of `run`, `world`, '
        "`output`, `findings` and others marked fixed can't change",
        fixed=True,
    )


@dataclass(frozen=True, slots=True)
class ReadEvent:
    """An event as read from a file: month, changes, and how to name it in a line."""

    date: str
    changes: Flat
    where: str
    name: str

    def table(self) -> dict[str, Any]:
        """Write the event as a file would."""
        return {"date": self.date, "set": {".".join(parts): value for parts, value in self.changes.items()}}


def read_events(rows: Any, where: str, problems: Problems) -> list[ReadEvent]:
    """Check the ``[[event]]`` entries of a file.

    Parameters
    ----------
    rows
        As parsed.
    where
        Name of the file.
    problems
        Where to note what is wrong; wrong changes are left out.

    Returns
    -------
    list of `ReadEvent`
    """
    if not isinstance(rows, list) or not all(isinstance(row, dict) for row in rows):
        problems.add(where, "event", "is not a list of tables; write [[event]]")
        return []
    if len(rows) > MOST_EVENTS:
        problems.add(where, "event", f"has more than {MOST_EVENTS} entries")
        return []
    return [_read(row, where, f"event[{number}]", problems) for number, row in enumerate(rows, 1)]


def _read(row: dict[str, Any], where: str, name: str, problems: Problems) -> ReadEvent:
    for unknown in [name for name in row if name not in Event.model_fields]:
        like = near(unknown, Event.model_fields)
        problems.add(where, f"{name}.{dotted([unknown])}", "unknown key" + (f"; did you mean {like}?" if like else ""))
    if "date" not in row:
        problems.add(where, f"{name}.date", "is missing")
    else:
        try:
            schema.EventDate.validate_python(row["date"])
        except ValidationError as error:
            for _, reason in reasons(error, "", row["date"]):
                problems.add(where, f"{name}.date", reason)
    changes = row.get("set")
    flat: Flat = {}
    if isinstance(changes, dict) and changes:
        flat = flatten(changes, where, problems, prefix=f"{name}.set.", dotted_keys=True, changing=True)
    else:
        problems.add(where, f"{name}.set", "is missing" if changes is None else "is not a table of changes")
    return ReadEvent(row.get("date", ""), flat, where, name)


def no_such(parts: tuple[str, ...], names: Iterable[str]) -> str:
    """Say that a workload or zone change doesn't exist, and which one may have been meant."""
    like = near(parts[1], names)
    return f"there is no {parts[0]} {parts[1][:40]!r}" + (f"; did you mean {like}?" if like else "")


def changed(scenario: Section, changes: Flat, problems: Problems, where: str) -> dict[str, Any]:
    """Tables of a scenario after changes: as they are where nothing changes, written out where something does.

    Parameters
    ----------
    scenario
        The scenario before.
    changes
        Checked keys and values.
    problems, where
        Where to note a workload or zone change that doesn't exist.
    """
    tables: dict[str, Any] = {name: getattr(scenario, name) for name in type(scenario).model_fields}
    for parts, value in changes.items():
        head = parts[0]
        if head in schema.NAMED:
            rows = {_name(row): row for row in tables[head]}
            if parts[1] not in rows:
                problems.add(where, dotted(parts), no_such(parts, rows))
                continue
            rows[parts[1]] = {**_written_out(rows[parts[1]]), parts[2]: value}
            tables[head] = list(rows.values())
        elif len(parts) == 1:
            tables[head] = value
        else:
            tables[head] = table = _written_out(tables[head])
            for part in parts[1:-1]:
                table = table[part]
            table[parts[-1]] = value
    return tables


def _written_out(table: Any) -> dict[str, Any]:
    return table.model_dump() if isinstance(table, Section) else table


def _name(row: Any) -> str:
    return str(row["name"] if isinstance(row, dict) else row.name)
