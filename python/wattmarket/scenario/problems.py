"""Problems as lines ``file: key: reason``, in the words of someone who writes scenario files."""

from __future__ import annotations

import datetime
import difflib
import json
import re
from collections.abc import Iterable
from typing import Any, Final

from pydantic import ValidationError
from pydantic_core import ErrorDetails

from wattmarket.errors import InputError

__all__ = ["Problems", "dotted", "near", "reasons", "shown"]

_BARE_KEY: Final = re.compile(r"[A-Za-z0-9_-]{1,60}(\[\d+\])?")


class Problems:
    """The problems of one scenario, in the order found; the first hundred are kept as lines, the rest counted."""

    MOST: Final = 100

    def __init__(self) -> None:
        self.lines: list[str] = []
        self.count = 0
        self._keys: set[str] = set()

    def __bool__(self) -> bool:
        return self.count > 0

    @property
    def full(self) -> bool:
        """Whether further lines would not be kept."""
        return len(self.lines) >= self.MOST

    def add(self, where: str, key: str, reason: str) -> None:
        """Note one problem; a key that is empty is left out."""
        self.mark(key)
        self.add_line(f"{where}: {key}: {reason}" if key else f"{where}: {reason}")

    def mark(self, key: str) -> None:
        """Remember that a key has a problem."""
        self._keys.add(key)

    def knows(self, key: str) -> bool:
        """Whether a problem of this key has been noted."""
        return key in self._keys

    def add_line(self, line: str) -> None:
        """Note one problem that already is a line."""
        self.count += 1
        if not self.full and line not in self.lines:
            self.lines.append(line)

    def raise_if_any(self) -> None:
        """Raise everything noted, if there is anything.

        Raises
        ------
        InputError
            With one line per problem.
        """
        if not self:
            return
        more = self.count - len(self.lines)
        raise InputError([*self.lines, f"and {more:,} more problems"] if self.full and more else self.lines)


def dotted(parts: Iterable[str]) -> str:
    r"""Write a key as in a TOML file; odd parts are quoted, long ones cut.

    Examples
    --------
    >>> dotted(["drift", "ceiling"]), dotted(["a b", "c\n"])
    ('drift.ceiling', '"a b"."c\\n"')
    """
    return ".".join(part if _BARE_KEY.fullmatch(part) else json.dumps(part[:60]) for part in parts)


def near(name: str, candidates: Iterable[str], cutoff: float = 0.6) -> str | None:
    """Return the candidate most like a name, if any is like it.

    Examples
    --------
    >>> near("ceilng", ["ceiling", "start"])
    'ceiling'
    """
    # The comparison takes time quadratic in the length.
    if len(name) > 60:
        return None
    found = difflib.get_close_matches(name, list(candidates), n=1, cutoff=cutoff)
    return found[0] if found else None


def shown(value: Any) -> str:  # noqa: PLR0911
    r"""Write a value on one line, short, whatever it is.

    Examples
    --------
    >>> shown("a\nb"), shown(True), shown([1, 2]), shown({"a": 1}), shown(10**5000)
    ("'a\\nb'", 'true', 'a list', 'a table', 'a number of 16610 bits')
    """
    match value:
        case bool():
            return "true" if value else "false"
        case int():
            return str(value) if value.bit_length() <= 64 else f"a number of {value.bit_length()} bits"
        case float():
            return f"{value:.12g}"
        case str():
            return repr(value if len(value) <= 40 else value[:37] + "...")
        case dict():
            return "a table"
        case list() | tuple():
            return "a list"
        case datetime.date() | datetime.time():
            return str(value)
        case _:
            return type(value).__name__


def reasons(
    error: ValidationError, unit: str = "", value: Any = None, names: Iterable[str] = ()
) -> list[tuple[str, str]]:
    """Translate pydantic's findings.

    Parameters
    ----------
    error
        What pydantic raised.
    unit
        Unit of the key, if it is one number.
    value
        What was checked, to show the offending part of it.
    names
        Keys known in tables inside the value.

    Returns
    -------
    list of (place inside the value, reason)
        The place is ``""`` for the value as a whole, otherwise for example ``"[2].per_year"``.
    """
    found = []
    for details in error.errors(include_url=False, include_input=False):
        context = details.get("ctx", {})
        place = _place(details["loc"], value)
        if at := context.get("at"):
            place = f"{place}.{at}"
        if lines := context.get("lines"):
            found += [(place, line) for line in lines]
            continue
        found.append((place, _reason(details, _inside(value, details["loc"]), unit, names)))
    return found


def _place(location: tuple[int | str, ...], value: Any) -> str:
    """Write where inside a value: rows by their names if they have any, otherwise counted from one."""
    place = ""
    for depth, step in enumerate(location, start=1):
        row = _inside(value, location[:depth])
        name = row.get("name") if isinstance(row, dict) else None
        if isinstance(step, str) or isinstance(name, str):
            place += f".{dotted([str(step if isinstance(step, str) else name)])}"
        else:
            place += f"[{step + 1}]"
    return place


def _inside(value: Any, location: tuple[int | str, ...]) -> Any:
    for step in location:
        try:
            value = value[step]
        except (KeyError, IndexError, TypeError):
            return None
    return value


_NOT_A: Final = {
    "bool_type": "is not true or false",
    "dict_type": "is not a table",
    "finite_number": "is not a finite number",
    "float_type": "is not a number",
    "int_from_float": "is not a whole number",
    "int_type": "is not a whole number",
    "list_type": "is not a list",
    "model_type": "is not a table",
    "string_type": "is not text in quotes",
    "tuple_type": "is not a list",
}
_NUMBERS: Final = ("float_type", "int_type", "int_from_float")
_BOUNDS: Final = {
    "greater_than_equal": ("ge", "is below"),
    "less_than_equal": ("le", "is above"),
    "greater_than": ("gt", "is not above"),
    "less_than": ("lt", "is not below"),
}


def _reason(details: ErrorDetails, value: Any, unit: str, names: Iterable[str]) -> str:  # noqa: PLR0911
    kind, context = details["type"], details.get("ctx", {})
    if kind == "wattmarket":
        return str(context["reason"])
    if kind in _NOT_A:
        in_unit = f" (in {unit})" if unit and kind in _NUMBERS else ""
        return f"{shown(value)} {_NOT_A[kind]}{in_unit}"
    if kind in _BOUNDS:
        bound, words = _BOUNDS[kind]
        return f"{shown(value)} {words} {_plain(context[bound])}" + (f" {unit}" if unit else "")
    if kind == "literal_error":
        allowed = re.findall(r"'([^']*)'", context["expected"])
        like = near(value, allowed) if isinstance(value, str) else None
        return f"{shown(value)} is not one of {', '.join(allowed)}" + (f"; did you mean {like}?" if like else "")
    if kind == "missing":
        return "is missing"
    if kind == "extra_forbidden":
        like = near(str(details["loc"][-1]), names)
        return "unknown key" + (f"; did you mean {like}?" if like else "")
    if kind in ("too_long", "string_too_long"):
        return f"is longer than {context['max_length']}"
    # A kind of finding that no key of today can cause; its name says more than nothing.
    return f"{shown(value)} is not allowed here ({kind.replace('_', ' ')})"


def _plain(number: float) -> str:
    return f"{number:,}" if isinstance(number, int) else f"{number:,.12g}"
