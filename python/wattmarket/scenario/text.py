"""Reading TOML text from anyone: size, depth and number of keys are checked before it is parsed.

Python's ``tomllib`` takes time quadratic in the number of dotted parts (200 kB can take minutes) and recurses into
nested brackets, so a scan of the tokens comes first. The scan is linear; it knows just enough of TOML to tell brackets,
dots and equals signs from those inside strings and comments.
"""

from __future__ import annotations

import re
import tomllib
from pathlib import Path
from typing import Any, Final

from wattmarket.errors import InputError

__all__ = ["MAX_BYTES", "MAX_DEPTH", "MAX_ENTRIES", "MAX_KEYS", "parse_toml", "read_toml"]

MAX_BYTES: Final = 1_048_576
MAX_DEPTH: Final = 16
MAX_KEYS: Final = 20_000
MAX_ENTRIES: Final = 50_000
"""Most commas: entries of all lists and inline tables together."""
MAX_QUOTES: Final = 100_000
"""Most quotation marks of either kind, and most backslashes: the parser stops at each."""
MAX_MARKS: Final = 150_000
"""Most marks of punctuation outside strings and comments."""

_MARK: Final = re.compile(
    r'''([^][{}=.,"'\#]*+)(?:"""(?:[^"\\]++|\\.|"(?!""))*+(?:"{3,5}|\Z)'''
    r"""|'''(?:[^']++|'(?!''))*+(?:'{3,5}|\Z)"""
    r"""|"(?:[^"\\\n]++|\\[^\n])*+(?:"|)|'[^'\n]*+(?:'|)"""
    r"""|\#[^\n]*+|(\[++|\{++|\]++|\}++|,++|=|\.)|\Z)""",
    re.DOTALL,
)
"""What stands before a mark, then a string, a comment or the mark (repeated brackets and commas together).

A string without an end is taken to go on to the end of its line or of the text, and a run of other characters always
ends at a mark or at the end of the text: no character is looked at twice.
"""
_PLACE: Final = re.compile(r"(?s)(.*) \(at (line \d+, column \d+|end of document)\)")


def read_toml(path: Path, where: str) -> dict[str, Any]:
    """Read a TOML file.

    Parameters
    ----------
    path
        The file.
    where
        Its name for the error line.

    Raises
    ------
    InputError
        If it can't be read, is too large, too deep or has too many keys, or is not TOML: one line, ``where: reason``.
    """
    try:
        # A pipe or a device would never end, or never begin.
        if not path.is_file():
            raise InputError(f"{where}: {'is not a file' if path.exists() else 'there is no such file'}")
        with path.open("rb") as stream:
            data = stream.read(MAX_BYTES + 1)
    except (OSError, ValueError) as error:
        reason = error.strerror if isinstance(error, OSError) and error.strerror else str(error)
        raise InputError(f"{where}: can't be read: {reason}") from None
    if len(data) > MAX_BYTES:
        raise InputError(f"{where}: is larger than 1 MiB")
    try:
        text = data.decode("utf-8")
    except UnicodeDecodeError as error:
        raise InputError(f"{where}: byte {error.start + 1} is not UTF-8 text") from None
    return parse_toml(text, where)


def parse_toml(text: str, where: str) -> dict[str, Any]:
    r"""Parse TOML text within the limits of this module.

    Raises
    ------
    InputError
        If a limit is passed or the text is not TOML: one line, ``where: reason``.

    Examples
    --------
    >>> parse_toml("[run]\nmonths = 12", "a.toml")
    {'run': {'months': 12}}
    >>> parse_toml("a.b.c.d.e.f.g.h.i.j.k.l.m.n.o.p.q = 1", "a.toml")
    Traceback (most recent call last):
    wattmarket.errors.InputError: a.toml: line 1: is nested more than 16 deep
    """
    _check_limits(text, where)
    try:
        table = tomllib.loads(text)
    except tomllib.TOMLDecodeError as error:
        match = _PLACE.fullmatch(str(error))
        place, reason = (match[2], match[1]) if match else ("", str(error))
        at = f"{place}: " if place else ""
        raise InputError(f"{where}: {at}is not TOML: {_one_line(reason)}") from None
    except (ValueError, RecursionError) as error:
        # A number of more than 4,300 digits is the one known way to get here.
        raise InputError(f"{where}: is not TOML: {_one_line(str(error))}") from None
    if _depth(table) > MAX_DEPTH:
        raise InputError(f"{where}: is nested more than {MAX_DEPTH} deep")
    return table


def _one_line(text: str) -> str:
    return text[:1].lower() + " ".join(text.split())[1:200]


def _check_limits(text: str, where: str) -> None:  # noqa: PLR0912
    """Count what the parser would have to build, without building it."""
    for mark in "\"'\\":
        if text.count(mark) > MAX_QUOTES:
            raise InputError(f"{where}: has more than {MAX_QUOTES:,} of the character {mark}")
    brackets = dots = keys = entries = 0
    for number, match in enumerate(_MARK.finditer(text)):
        before, mark = match.groups("")
        if mark == "." and "\n" not in before:
            dots += 1
        elif mark:
            # A key of n dots has n + 1 parts; any other mark, and a new line, begins another key.
            dots = int(mark == ".")
            if mark[0] in "[{":
                keys += brackets == 0
                brackets += len(mark)
            elif mark[0] in "]}":
                brackets = max(brackets - len(mark), 0)
            elif mark[0] == ",":
                entries += len(mark)
            else:
                keys += mark == "="
        if brackets > MAX_DEPTH or dots >= MAX_DEPTH:
            line = text.count("\n", 0, match.end()) + 1
            raise InputError(f"{where}: line {line}: is nested more than {MAX_DEPTH} deep")
        if keys > MAX_KEYS:
            raise InputError(f"{where}: has more than {MAX_KEYS:,} keys")
        if entries > MAX_ENTRIES:
            raise InputError(f"{where}: has more than {MAX_ENTRIES:,} list entries")
        if number > MAX_MARKS:
            raise InputError(f"{where}: has more than {MAX_MARKS:,} marks of punctuation")


def _depth(table: dict[str, Any]) -> int:
    """Depth of nesting of tables and lists, level by level and so without recursion."""
    depth = 0
    level: list[dict[str, Any] | list[Any]] = [table]
    while level:
        depth += 1
        children: list[Any] = []
        for value in level:
            children += value.values() if isinstance(value, dict) else value
        level = [child for child in children if isinstance(child, dict | list)]
    return depth
