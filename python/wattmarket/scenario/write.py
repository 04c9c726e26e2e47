"""Writing tables as TOML: every value on one line, in the order given."""

from __future__ import annotations

import re
from collections.abc import Mapping
from typing import Any, Final

__all__ = ["write_toml", "write_value"]

_BARE_KEY: Final = re.compile(r"[A-Za-z0-9_-]+")
_ESCAPES: Final = {'"': '\\"', "\\": "\\\\", "\n": "\\n", "\t": "\\t", "\r": "\\r"}


def write_toml(tables: Mapping[str, Any], sections: Mapping[str, Any]) -> str:
    """Write tables as TOML.

    Parameters
    ----------
    tables
        Plain values: text, numbers, booleans, lists or tuples, tables.
    sections
        Which keys are tables with a header of their own; a table among its values has one too. Other tables are
        written inline, lists of tables among `tables` as ``[[name]]``.

    Examples
    --------
    >>> print(write_toml({"title": "x", "run": {"months": 12}, "zone": [{"name": "gulf"}]}, {"run": {}}), end="")
    title = "x"
    <BLANKLINE>
    [run]
    months = 12
    <BLANKLINE>
    [[zone]]
    name = "gulf"
    """
    lines: list[str] = []
    _write_table(lines, tables, sections, ())
    return "\n".join(lines).strip("\n") + "\n"


def _write_table(
    lines: list[str], table: Mapping[str, Any], sections: Mapping[str, Any], above: tuple[str, ...]
) -> None:
    rows = {name for name, value in table.items() if not above and _is_list_of_tables(value)}
    for name, value in table.items():
        if name not in sections and name not in rows:
            lines.append(f"{_key(name)} = {write_value(value)}")
    for name, value in table.items():
        if name in sections:
            if value.keys() - sections[name].keys():
                lines += ["", f"[{'.'.join(map(_key, (*above, name)))}]"]
            _write_table(lines, value, sections[name], (*above, name))
        elif name in rows:
            for row in value:
                lines += ["", f"[[{_key(name)}]]"]
                lines += [f"{_key(inner)} = {write_value(entry)}" for inner, entry in row.items()]


def _is_list_of_tables(value: Any) -> bool:
    return isinstance(value, list | tuple) and bool(value) and all(isinstance(row, Mapping) for row in value)


def _key(name: str) -> str:
    return name if _BARE_KEY.fullmatch(name) else _text(name)


def write_value(value: Any) -> str:
    """Write one value on one line.

    Examples
    --------
    >>> write_value({"2023-01": 0.5, "a b": [1, True, "x"]})
    '{ 2023-01 = 0.5, "a b" = [1, true, "x"] }'
    """
    match value:
        case bool():
            return "true" if value else "false"
        case int() | float():
            # repr is the shortest text that reads back as the same float.
            return repr(value)
        case str():
            return _text(value)
        case list() | tuple():
            return "[" + ", ".join(map(write_value, value)) + "]"
        case Mapping():
            inner = ", ".join(f"{_key(name)} = {write_value(entry)}" for name, entry in value.items())
            return "{ " + inner + " }" if inner else "{}"
        case _:
            raise TypeError(f"no TOML for {type(value).__name__}")


def _text(text: str) -> str:
    def escape(match: re.Match[str]) -> str:
        return _ESCAPES.get(match[0]) or f"\\u{ord(match[0]):04x}"

    return '"' + re.sub(r'["\\\x00-\x1f\x7f]', escape, text) + '"'
