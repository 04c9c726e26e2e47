"""Single keys set from the command line: ``--set drift.ceiling=0.8``."""

from __future__ import annotations

import re
from collections.abc import Iterable
from typing import Any, Final

from wattmarket.errors import InputError
from wattmarket.scenario.flat import Flat, flatten
from wattmarket.scenario.problems import Problems
from wattmarket.scenario.text import parse_toml

__all__ = ["ORIGIN", "read_sets"]

ORIGIN: Final = "--set"
MOST_CHARACTERS: Final = 10_000

_WORD: Final = re.compile(r"[A-Za-z_][A-Za-z0-9_./-]*|\d{4}-\d{2}")
"""What may be written without quotes where TOML wants them: words and months."""


def read_sets(settings: Iterable[str], problems: Problems, *, changing: bool = False) -> Flat:
    """Read settings.

    Parameters
    ----------
    settings
        Texts ``key=value``: the key dotted, the value as in TOML; words and months need no quotes. Later ones win.
    problems
        Where to note what is wrong, with the origin ``--set``.
    changing
        Whether the values change during a run, so that fixed keys are refused.

    Examples
    --------
    >>> read_sets(["drift.path=flat", "workload.voice.share = 0.4"], Problems())
    {('drift', 'path'): 'flat', ('workload', 'voice', 'share'): 0.4}
    """
    flat: Flat = {}
    for setting in settings:
        key, equals, text = setting.partition("=")
        if not equals or not key.strip():
            problems.add(ORIGIN, repr(setting[:60]), "is not KEY=VALUE")
            continue
        try:
            value = _value(text.strip())
        except InputError as error:
            problems.add(ORIGIN, repr(setting[:60]), error.problems[0])
            continue
        flat |= flatten({key.strip(): value}, ORIGIN, problems, dotted_keys=True, changing=changing)
    return flat


def _value(text: str) -> Any:
    """Read one TOML value."""
    if len(text) > MOST_CHARACTERS:
        raise InputError(f"the value is longer than {MOST_CHARACTERS:,} characters")
    try:
        table = parse_toml(f"value = {text}\n", "")
    except InputError as error:
        if _WORD.fullmatch(text):
            return text
        raise InputError(
            "the value is not TOML; text needs quotes"
            if "not TOML" in str(error)
            else error.problems[0].removeprefix(": ")
        ) from None
    if table.keys() != {"value"}:
        raise InputError("the value is more than one value")
    return table["value"]
