"""Months as whole numbers, so that no calendar arithmetic happens in floats.

A month is its number since year 0: ``12 * year + month - 1``. One tick of a run is one month.
"""

from __future__ import annotations

import datetime
import re
from functools import cache

from wattmarket.errors import InputError
from wattmarket.units import MONTHS_PER_YEAR

__all__ = ["first_day", "month_name", "month_number", "month_of_day"]

_FORM = re.compile(r"(\d{4})-(\d{2})")


@cache
def month_number(name: str) -> int:
    """Read a month written ``YYYY-MM``.

    Raises
    ------
    InputError
        If the text is not a month.

    Examples
    --------
    >>> month_number("2023-01")
    24276
    >>> month_number("2035-12") - month_number("2023-01") + 1
    156
    """
    match = _FORM.fullmatch(name)
    if match is None or not 1 <= int(match[2]) <= MONTHS_PER_YEAR:
        raise InputError(f"{name!r}: is not a month; write YYYY-MM")
    return int(match[1]) * MONTHS_PER_YEAR + int(match[2]) - 1


def month_name(number: int) -> str:
    """Write a month as ``YYYY-MM``.

    Examples
    --------
    >>> month_name(24276)
    '2023-01'
    """
    year, month = divmod(number, MONTHS_PER_YEAR)
    return f"{year:04d}-{month + 1:02d}"


def month_of_day(month: str | datetime.date) -> str:
    """Write the month of a day as ``YYYY-MM``; text is taken as it is.

    Raises
    ------
    InputError
        If it is neither a day nor text.

    Examples
    --------
    >>> month_of_day(datetime.date(2026, 5, 17)), month_of_day("2026-05")
    ('2026-05', '2026-05')
    """
    if isinstance(month, datetime.date):
        return f"{month.year:04d}-{month.month:02d}"
    if not isinstance(month, str):
        raise InputError(f"month: {month!r}: is not a month; write YYYY-MM")
    return month


def first_day(number: int) -> datetime.date:
    """Give the first day of a month.

    Examples
    --------
    >>> first_day(24276)
    datetime.date(2023, 1, 1)
    """
    year, month = divmod(number, MONTHS_PER_YEAR)
    return datetime.date(year, month + 1, 1)
