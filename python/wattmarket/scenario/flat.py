"""A scenario as a flat mapping from keys to values.

Files, ``--set`` and dated events all are such mappings, applied in order. That is the whole of merging: a key given
later replaces the same key given before, whatever its value (a list or a table of months is one value). Tables
``[[workload]]`` and ``[[zone]]`` become keys ``workload.NAME.key``.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, Final

from wattmarket.scenario import schema
from wattmarket.scenario.problems import Problems, dotted, near

__all__ = ["Flat", "Key", "flatten", "nest"]

Key = tuple[str, ...]
Flat = dict[Key, Any]

MOST_NAMED: Final = 50
"""Most entries of a list of named tables."""


class Reader:
    """Flattens one table, noting every unknown key and every wrong value.

    Parameters
    ----------
    where
        File or origin, for the lines.
    problems
        Where to note them.
    prefix
        What to write before each key.
    dotted_keys
        Whether a key may be a dotted text, as in ``--set`` and in events, which also name single workloads.
    changing
        Whether the values change during a run, so that fixed keys are refused.
    """

    def __init__(self, where: str, problems: Problems, prefix: str, dotted_keys: bool, changing: bool) -> None:
        self.where, self.problems, self.prefix = where, problems, prefix
        self.dotted_keys, self.changing = dotted_keys, changing
        self.flat: Flat = {}

    def table(self, table: Mapping[str, Any], above: Key = ()) -> None:
        """Read the keys of a table."""
        for name, value in table.items():
            parts = (*above, *(name.split(".") if self.dotted_keys else [name]))
            if len(parts) > 4:
                self.unknown(parts)
            elif parts[0] in schema.NAMED and len(parts) == 1:
                self.named(parts[0], value)
            elif schema.find(parts) is not None:
                self.value(parts, value)
            elif schema.section_of(parts) is not None:
                self.below(parts, value)
            else:
                self.unknown(parts)

    def below(self, parts: Key, value: Any) -> None:
        """Read a table below the top."""
        if isinstance(value, dict):
            self.table(value, parts)
        else:
            self.note(dotted(parts), "is not a table")

    def named(self, kind: str, rows: Any) -> None:
        """Read a list of tables with names."""
        if self.dotted_keys:
            if isinstance(rows, dict):
                self.table(rows, (kind,))
            else:
                self.note(kind, f"can't change as a whole; set {kind}.NAME.KEY")
            return
        if not isinstance(rows, list) or not all(isinstance(row, dict) for row in rows):
            self.note(kind, f"is not a list of tables; write [[{kind}]]")
            return
        if len(rows) > MOST_NAMED:
            self.note(kind, f"has more than {MOST_NAMED} entries")
            return
        seen = set()
        for number, row in enumerate(rows, start=1):
            name = row.get("name")
            if not isinstance(name, str) or not name:
                self.note(f"{kind}[{number}].name", "is missing" if name is None else "is not a name in quotes")
            elif name in seen:
                self.note(f"{kind}[{number}].name", f"{name[:40]!r} appears twice in this file")
            else:
                seen.add(name)
                self.table(row, (kind, name))

    def value(self, parts: Key, value: Any) -> None:
        """Read the value of a known key."""
        if self.changing and not schema.may_change(parts):
            self.note(dotted(parts), f"can't change during a run: {schema.why_fixed(parts)}")
            return
        found = schema.value_problems(parts, value)
        for key, reason in found:
            self.note(key, reason)
        if found:
            self.problems.mark(self.prefix + dotted(parts))
        else:
            self.flat[parts] = value

    def unknown(self, parts: Key) -> None:
        """Note an unknown key, with the valid one nearest to it."""
        self.note(dotted(parts), "unknown key" if self.problems.full else "unknown key" + self.hint(parts))

    def hint(self, parts: Key) -> str:
        """Suggest the valid key nearest to an unknown one: beside it, or of that name elsewhere."""
        known = [name for name in schema.siblings(parts) if not (self.dotted_keys and name in ("extends", "event"))]
        longer = (name for name in known if name.startswith(parts[-1] + "_"))
        beside = near(parts[-1], known) or next(longer, None)
        if beside:
            return f"; did you mean {dotted((*parts[:-1], beside))}?"
        for key in schema.all_keys():
            if key[-1] == parts[-1]:
                return f"; did you mean {dotted(key)}?"
        elsewhere = near(dotted(parts), [dotted(key) for key in schema.all_keys()], cutoff=0.75)
        return f"; did you mean {elsewhere}?" if elsewhere else ""

    def note(self, key: str, reason: str) -> None:
        """Note a problem of a key."""
        self.problems.add(self.where, self.prefix + key, reason)


def flatten(
    table: Mapping[str, Any],
    where: str,
    problems: Problems,
    *,
    prefix: str = "",
    dotted_keys: bool = False,
    changing: bool = False,
) -> Flat:
    """Flatten a table; what is wrong is noted and left out.

    Parameters
    ----------
    table
        As parsed, without ``extends`` and ``event``.
    where, problems, prefix, dotted_keys, changing
        See `Reader`.

    Examples
    --------
    >>> notes = Problems()
    >>> flatten({"drift": {"ceiling": 0.8, "strat": 0.1}}, "a.toml", notes)
    {('drift', 'ceiling'): 0.8}
    >>> notes.lines
    ['a.toml: drift.strat: unknown key; did you mean drift.start?']
    """
    reader = Reader(where, problems, prefix, dotted_keys, changing)
    reader.table(table)
    return reader.flat


def nest(flat: Flat) -> dict[str, Any]:
    """Build the tables of a flat mapping again; named tables become lists.

    Examples
    --------
    >>> nest({("run", "months"): 12, ("workload", "chat", "share"): 0.5})
    {'run': {'months': 12}, 'workload': [{'share': 0.5, 'name': 'chat'}]}
    """
    tables: dict[str, Any] = {}
    for parts, value in flat.items():
        table = tables
        for part in parts[:-1]:
            table = table.setdefault(part, {})
        table[parts[-1]] = value
    for kind in schema.NAMED:
        if kind in tables:
            tables[kind] = [{**entry, "name": name} for name, entry in tables[kind].items()]
    return tables
