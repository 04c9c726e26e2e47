"""The schema as a tree of keys: which keys there are, and the check of one value without its neighbours."""

from __future__ import annotations

from collections.abc import Iterator
from functools import cache
from typing import Annotated, Any, Final, get_args

from pydantic import TypeAdapter, ValidationError
from pydantic.fields import FieldInfo

from wattmarket.scenario import problems, sections, sections_demand, sections_living, sections_supply
from wattmarket.scenario.fields import Month, Section, is_fixed, key, unit_of
from wattmarket.scenario.workloads import Workload
from wattmarket.scenario.zones import ZoneChange

__all__ = [
    "NAMED",
    "SECTIONS",
    "Title",
    "all_keys",
    "find",
    "section_of",
    "siblings",
    "table_of",
    "tables_below",
    "value_problems",
]


class Title(Section):
    """What a scenario is called, and the question that it asks."""

    title: str = key("", "name for figures and reports", fixed=True, most=200)
    question: str = key("", "the question that the scenario asks", fixed=True, most=2_000)


SECTIONS: Final[dict[str, type[Section]]] = {
    "run": sections.RunSection,
    "world": sections.WorldSection,
    "network": sections.NetworkSection,
    "demand": sections_demand.Demand,
    "drift": sections_demand.Drift,
    "capacity": sections_supply.Capacity,
    "silicon": sections_supply.Silicon,
    "finance": sections_supply.Finance,
    "agents": sections_living.Agents,
    "beliefs": sections_living.Beliefs,
    "queue": sections_living.Queue,
    "contracts": sections_living.Contracts,
    "caps": sections_living.PriceLimits,
    "valuation": sections.Valuation,
    "prices": sections.Prices,
    "findings": sections.Findings,
    "output": sections.Output,
}
"""Tables of a scenario, in the order of the resolved file."""

NAMED: Final[dict[str, type[Section]]] = {"workload": Workload, "zone": ZoneChange}
"""Lists of tables that are merged by name."""


def section_of(parts: tuple[str, ...]) -> type[Section] | None:
    """Class of the table that a key denotes, or None if it denotes no table.

    Examples
    --------
    >>> section_of(("world", "kinds")).__name__, section_of(("workload", "voice")).__name__
    ('KindShares', 'Workload')
    """
    if not parts:
        return None
    if parts[0] in NAMED:
        return NAMED[parts[0]] if len(parts) == 2 else None
    section = SECTIONS.get(parts[0])
    for part in parts[1:]:
        field = section.model_fields.get(part) if section else None
        section = table_of(field) if field else None
    return section


def table_of(field: FieldInfo) -> type[Section] | None:
    """Class of a field that is a table of its own."""
    kind = field.annotation
    return kind if isinstance(kind, type) and issubclass(kind, Section) else None


def tables_below(section: type[Section]) -> dict[str, Any]:
    """Names of the tables inside a section, each with those inside it.

    Examples
    --------
    >>> tables_below(sections_supply.Silicon)
    {'air': {}, 'liquid': {}}
    """
    found = {name: table_of(field) for name, field in section.model_fields.items()}
    return {name: tables_below(table) for name, table in found.items() if table}


def find(parts: tuple[str, ...]) -> FieldInfo | None:
    """Field of a key, or None if there is none (or if it is a table).

    Examples
    --------
    >>> find(("drift", "ceiling")).default
    0.75
    >>> find(("drift",)) is None
    True
    """
    section = Title if len(parts) == 1 else section_of(parts[:-1])
    field = section.model_fields.get(parts[-1]) if section else None
    return None if field is None or table_of(field) else field


def siblings(parts: tuple[str, ...]) -> list[str]:
    """Names that are known where the last part of a key stands."""
    if len(parts) == 1:
        return [*Title.model_fields, *SECTIONS, *NAMED, "event", "extends"]
    section = section_of(parts[:-1])
    return list(section.model_fields) if section else []


@cache
def all_keys() -> tuple[tuple[str, ...], ...]:
    """Every key of every section, without those of named tables."""

    def below(parts: tuple[str, ...], section: type[Section]) -> Iterator[tuple[str, ...]]:
        for name, field in section.model_fields.items():
            table = table_of(field)
            yield from below((*parts, name), table) if table else [(*parts, name)]

    return tuple(found for name, section in SECTIONS.items() for found in below((name,), section))


def value_problems(parts: tuple[str, ...], value: Any) -> list[tuple[str, str]]:
    """Check the value of a known key by itself.

    Returns
    -------
    list of (key, reason)
        The key as written in a file, with the place inside the value.

    Examples
    --------
    >>> value_problems(("drift", "ceiling"), 1.4)
    [('drift.ceiling', '1.4 is above 0.99')]
    """
    field = find(parts)
    assert field is not None, parts
    try:
        _adapter(field_key(parts)).validate_python(value)
    except ValidationError as error:
        here = problems.dotted(parts)
        names = [name for kind in _inner_tables(field.annotation) for name in kind.model_fields]
        return [(here + place, reason) for place, reason in problems.reasons(error, unit_of(field), value, names)]
    return []


def written(parts: tuple[str, ...], value: Any) -> Any:
    """Write a valid value of a key in the one form that the resolved file uses."""
    adapter = _adapter(field_key(parts))
    return adapter.dump_python(adapter.validate_python(value))


def field_key(parts: tuple[str, ...]) -> tuple[str, ...]:
    """Key of the declaration: names of workloads and zones don't matter."""
    return (parts[0], "*", *parts[2:]) if parts[0] in NAMED else parts


@cache
def _adapter(parts: tuple[str, ...]) -> TypeAdapter[Any]:
    field = find(parts)
    assert field is not None, parts
    kind = field.annotation
    inner: Any = Annotated[kind, *field.metadata] if field.metadata else kind
    # A list of tables brings the configuration of its tables; everything else needs ours.
    return TypeAdapter(inner, config=None if _inner_tables(kind) else Section.model_config)


def _inner_tables(kind: Any) -> list[type[Section]]:
    """Table classes inside an annotation such as a list of tables."""
    if isinstance(kind, type) and issubclass(kind, Section):
        return [kind]
    return [table for part in get_args(kind) for table in _inner_tables(part)]


def may_change(parts: tuple[str, ...]) -> bool:
    """Whether a dated event may change a key."""
    field = find(parts)
    return field is not None and not is_fixed(field)


_WHY_FIXED: Final = {
    ("title",): "it is the name of all of it",
    ("question",): "it is the question of all of it",
    ("run",): "start, length and seed are those of the whole run",
    ("world",): "the world is built before the first month",
    ("findings",): "it is read after the last month",
    ("output",): "tables are laid out before the first month",
    ("drift", "file"): "it is read before the first month; give points to a piecewise drift",
    ("agents", "private_value_sd"): "tastes for places are those of the start",
    ("agents", "home_bias"): "tastes for places are those of the start",
    ("beliefs",): "cohorts are made before the first month",
    ("workload", "*", "group"): "the layout of the market depends on it",
    ("zone", "*", "match"): "it says which zones are meant",
}


def why_fixed(parts: tuple[str, ...]) -> str:
    """Say why a key can't change during a run.

    Examples
    --------
    >>> why_fixed(("world", "sites"))
    'the world is built before the first month'
    >>> why_fixed(("agents", "count"))
    'it is read once, before the first month'
    """
    whole = field_key(parts)
    return _WHY_FIXED.get(whole) or _WHY_FIXED.get(whole[:1]) or "it is read once, before the first month"


EventDate = TypeAdapter(Month, config=Section.model_config)
"""Reads the date of an event."""
