"""What a key of a scenario is: type, default, range, unit, meaning and source, declared in one place."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from typing import Annotated, Any, Final

from pydantic import BaseModel, BeforeValidator, ConfigDict, Field, PlainSerializer, Strict
from pydantic.fields import FieldInfo
from pydantic_core import CoreSchema, PydanticCustomError, core_schema

from wattmarket.errors import InputError
from wattmarket.months import month_number

__all__ = [
    "NONE",
    "FromList",
    "Month",
    "MonthlyPath",
    "OptionalInteger",
    "OptionalNumber",
    "Section",
    "is_fixed",
    "key",
    "path_range",
    "source_of",
    "unit_of",
    "wrong",
]

NONE: Final = "none"
"""How a scenario file writes the absence of a number: TOML has no null."""

MOST_POINTS: Final = 600
"""Most points of a path."""

FIRST_MONTH: Final = "1990-01"
LAST_MONTH: Final = "2199-12"


def wrong(reason: str, at: str = "", lines: Sequence[str] = ()) -> PydanticCustomError:
    """Build the error of a value; the reason becomes the last part of the line ``file: key: reason``.

    Parameters
    ----------
    reason
        What is wrong, to be read after the key.
    at
        Where below the checked table it is wrong, when a whole table is checked.
    lines
        Several reasons, each a line of its own, that `reason` sums up.
    """
    # The reason is passed as data: braces in what a user wrote must not be taken for a format.
    return PydanticCustomError("wattmarket", "{reason}", {"reason": reason, "at": at, "lines": list(lines)})


class Section(BaseModel):
    """A table of a scenario: every key known, every value of the right type and finite, nothing changed afterwards."""

    model_config = ConfigDict(
        strict=True, extra="forbid", frozen=True, allow_inf_nan=False, validate_default=True, hide_input_in_errors=True
    )


def key(
    default: Any = ...,
    meaning: str = "",
    *,
    unit: str = "",
    source: str = "",
    low: float | None = None,
    high: float | None = None,
    above: float | None = None,
    fixed: bool = False,
    most: int | None = None,
) -> Any:
    """Declare one key of a section; loader, docs and tests read everything from here.

    Parameters
    ----------
    default
        Value without any file, written as a file would write it; leave it out for a key that must be given.
    meaning
        One line for the reference.
    unit
        Unit as printed in the reference; empty for names, flags and pure numbers.
    source
        Fact id, other source, or ``assumption``.
    low, high
        Inclusive range of a number.
    above
        Exclusive lower bound of a number.
    fixed
        Whether dated events may not change it.
    most
        Largest number of entries of a list or of characters of a text.
    """
    extra: dict[str, Any] = {"unit": unit, "source": source, "fixed": fixed}
    return Field(default, description=meaning, ge=low, le=high, gt=above, max_length=most, json_schema_extra=extra)


def _extra(field: FieldInfo) -> dict[str, Any]:
    return field.json_schema_extra if isinstance(field.json_schema_extra, dict) else {}


def unit_of(field: FieldInfo) -> str:
    """Return the unit that `key` declared for a field."""
    return str(_extra(field).get("unit", ""))


def source_of(field: FieldInfo) -> str:
    """Return the source that `key` declared for a field."""
    return str(_extra(field).get("source", ""))


def is_fixed(field: FieldInfo) -> bool:
    """Whether dated events may not change the field."""
    return bool(_extra(field).get("fixed", False))


def _check_month(value: Any) -> Any:
    if not isinstance(value, str):
        raise wrong(f'{value} is not a month; write it in quotes, "2028-06"')
    try:
        month_number(value)
    except InputError:
        raise wrong(f'{value[:40]!r} is not a month; write "2028-06"') from None
    if not FIRST_MONTH <= value <= LAST_MONTH:
        raise wrong(f"{value} is outside {FIRST_MONTH} to {LAST_MONTH}")
    return value


Month = Annotated[str, BeforeValidator(_check_month)]
"""A month, ``"2028-06"``; as text, months sort by time."""

OptionalNumber = Annotated[
    float | None,
    BeforeValidator(lambda value: None if value == NONE else value),
    PlainSerializer(lambda value: NONE if value is None else value),
]
"""A number, or ``"none"`` (None in Python)."""

OptionalInteger = Annotated[
    int | None,
    BeforeValidator(lambda value: None if value == NONE else value),
    PlainSerializer(lambda value: NONE if value is None else value),
]
"""A whole number, or ``"none"`` (None in Python)."""

FromList = Strict(False)
"""Marks a tuple that may be given as a list, as TOML does: ``Annotated[tuple[float, ...], FromList]``."""


class MonthlyPath(Mapping[str, float]):
    """A number that may change with time: straight lines between given months, flat outside them.

    In a file it is a plain number, or a table of months: ``{ 2023-01 = 0.33, 2030-01 = 0.75 }``. In Python it is a
    mapping from month to value in order of time; a constant has one entry.

    Examples
    --------
    >>> dict(MonthlyPath({"2030-01": 0.75, "2023-01": 0.33}))
    {'2023-01': 0.33, '2030-01': 0.75}
    >>> MonthlyPath(0.5).constant
    0.5
    >>> rising = MonthlyPath({"2023-01": 0.25, "2025-01": 0.50})
    >>> [rising.at(month_number(month)) for month in ("2022-06", "2024-01", "2030-01")]
    [0.25, 0.375, 0.5]
    """

    __slots__ = ("_points",)

    def __init__(self, value: float | Mapping[str, float]) -> None:
        points = dict(sorted(value.items())) if isinstance(value, Mapping) else {FIRST_MONTH: float(value)}
        if len(points) == 1:
            points = {FIRST_MONTH: next(iter(points.values()))}
        self._points: dict[str, float] = points

    def __getitem__(self, month: str) -> float:
        return self._points[month]

    def __iter__(self) -> Iterator[str]:
        return iter(self._points)

    def __len__(self) -> int:
        return len(self._points)

    def __hash__(self) -> int:
        return hash(tuple(self._points.items()))

    def __repr__(self) -> str:
        return f"MonthlyPath({self.plain()!r})"

    def at(self, month: int) -> float:
        """Value in a month, by its number."""
        months = [month_number(name) for name in self._points]
        values = list(self._points.values())
        if month <= months[0]:
            return values[0]
        for left, right, low, high in zip(months[:-1], months[1:], values[:-1], values[1:], strict=True):
            if month <= right:
                return low + (high - low) * (month - left) / (right - left)
        return values[-1]

    @property
    def constant(self) -> float | None:
        """The value, if it never changes."""
        return next(iter(self._points.values())) if len(self._points) == 1 else None

    def plain(self) -> float | dict[str, float]:
        """Write the path as a file would: a number, or a table of months."""
        return dict(self._points) if self.constant is None else self.constant


class PathRange:
    """Range of the values of a `MonthlyPath`, for annotations: ``Annotated[MonthlyPath, path_range(0, 1)]``."""

    def __init__(self, low: float, high: float, may_be_empty: bool) -> None:
        self.low, self.high, self.may_be_empty = low, high, may_be_empty

    def __get_pydantic_core_schema__(self, source: Any, handler: Any) -> CoreSchema:
        """Tell pydantic how to read and write a path."""
        return core_schema.no_info_plain_validator_function(
            self.read,
            serialization=core_schema.plain_serializer_function_ser_schema(MonthlyPath.plain),
        )

    def read(self, value: Any) -> MonthlyPath:
        """Check a number or a table of months."""
        if isinstance(value, MonthlyPath):
            value = value.plain()
        if isinstance(value, Mapping):
            if not value and not self.may_be_empty:
                raise wrong("has no month")
            if len(value) > MOST_POINTS:
                raise wrong(f"has more than {MOST_POINTS} months")
            return MonthlyPath({_check_month(month): self._number(point) for month, point in value.items()})
        return MonthlyPath(self._number(value))

    def _number(self, value: Any) -> float:
        if isinstance(value, bool) or not isinstance(value, int | float):
            raise wrong("is neither a number nor a table of months")
        # The comparisons are false for NaN too.
        if not self.low <= value <= self.high:
            raise wrong(f"{_short(value)} is not within {self.low:g} to {self.high:g}")
        return float(value)


def _short(value: float) -> str:
    """Write a number, however long."""
    return str(value) if isinstance(value, float) or abs(value) < 10**18 else f"a number of {value.bit_length()} bits"


def path_range(low: float, high: float, *, may_be_empty: bool = False) -> PathRange:
    """Range of the values of a path, and whether the table may be empty."""
    return PathRange(low, high, may_be_empty)
