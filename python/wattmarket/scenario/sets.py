"""Single keys set from the command line, ``--set drift.ceiling=0.8``, or from Python, ``{"drift.ceiling": 0.8}``."""

from __future__ import annotations

import datetime
import re
from collections.abc import Iterable, Mapping
from typing import Any, Final

import numpy as np

from wattmarket.errors import InputError
from wattmarket.months import month_of_day
from wattmarket.scenario.flat import Flat, flatten
from wattmarket.scenario.problems import Problems
from wattmarket.scenario.text import parse_toml

__all__ = ["ORIGIN", "Settings", "each_setting", "read_sets"]

Settings = str | Mapping[str, Any] | Iterable[str | Mapping[str, Any]]
"""One text ``key=value``, keys with their values as Python has them, or several of either."""

ORIGIN: Final = "--set"
MOST_CHARACTERS: Final = 10_000

_WORD: Final = re.compile(r"[A-Za-z_][A-Za-z0-9_./-]*|\d{4}-\d{2}")
"""What may be written without quotes where TOML wants them: words and months."""


def each_setting(settings: Settings) -> list[str | Mapping[str, Any]]:
    """List settings, of which one may come alone.

    Raises
    ------
    InputError
        If they are no settings at all.

    Examples
    --------
    >>> each_setting("run.months=2"), each_setting({"run.months": 2}), each_setting(())
    (['run.months=2'], [{'run.months': 2}], [])
    """
    if isinstance(settings, str | Mapping):
        return [settings]
    if not isinstance(settings, Iterable):
        raise InputError(f"{ORIGIN}: {settings!r}: must be KEY=VALUE, a mapping of keys to values, or a list of these")
    return list(settings)


def read_sets(settings: Settings, problems: Problems, *, changing: bool = False) -> Flat:
    """Read settings.

    Parameters
    ----------
    settings
        Texts ``key=value``: the key dotted, the value as in TOML; words and months need no quotes. Or mappings of
        dotted keys to values, in which text is text. Later ones win.
    problems
        Where to note what is wrong, with the origin ``--set``.
    changing
        Whether the values change during a run, so that fixed keys are refused.

    Examples
    --------
    >>> read_sets(["drift.path=flat", "workload.voice.share = 0.4"], Problems())
    {('drift', 'path'): 'flat', ('workload', 'voice', 'share'): 0.4}
    >>> read_sets({"drift.ceiling": 0.5, "run.start": datetime.date(2024, 1, 1)}, Problems())
    {('drift', 'ceiling'): 0.5, ('run', 'start'): '2024-01'}
    """
    flat: Flat = {}
    for setting in each_setting(settings):
        if isinstance(setting, Mapping):
            table = {str(key): _plain(value) for key, value in setting.items()}
            flat |= flatten(table, ORIGIN, problems, dotted_keys=True, changing=changing)
            continue
        if not isinstance(setting, str):
            problems.add(ORIGIN, repr(setting)[:60], "is not KEY=VALUE")
            continue
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


def _plain(value: Any) -> Any:
    """Give a value as a scenario file has it: NumPy's numbers as numbers, tuples as lists, a day as its month."""
    if isinstance(value, Mapping):
        return {str(key): _plain(inner) for key, inner in value.items()}
    if isinstance(value, np.generic | np.ndarray):
        return value.tolist()
    if isinstance(value, list | tuple):
        return [_plain(inner) for inner in value]
    return month_of_day(value) if isinstance(value, datetime.date) else value


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
