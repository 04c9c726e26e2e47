"""The scenario reference of the docs, written from the declarations of the keys themselves."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any, Literal, get_args, get_origin

from pydantic.fields import FieldInfo
from pydantic_core import PydanticUndefined

from wattmarket.scenario import schema
from wattmarket.scenario.events import Event
from wattmarket.scenario.fields import NONE, PathRange, Section, is_fixed, source_of, unit_of
from wattmarket.scenario.sections_demand import Growth
from wattmarket.scenario.workloads import workload_set
from wattmarket.scenario.write import write_value

__all__ = ["reference"]

_HEAD = ["| key | default | unit | meaning | source |", "| --- | --- | --- | --- | --- |"]


def reference() -> str:
    """Return every key of a scenario as MyST Markdown: default, unit, meaning, range and source.

    Examples
    --------
    >>> print(reference()[:20])
    # Scenario reference
    """
    lines = [
        "# Scenario reference",
        "",
        "Written from the declarations that the loader checks against. Keys marked *fixed* can't be changed by an",
        "`[[event]]`. A source is a fact id of the project's fact table, another source, or *assumption*.",
        "",
        "## Top of the file",
        "",
        *_HEAD,
        *_rows(schema.Title),
        "| `extends` | | | file beside or below this one whose keys hold where this one gives none; *fixed* | |",
        "",
    ]
    for name, section in schema.SECTIONS.items():
        lines += _section((name,), section, "##")
    lines += _named("workload", "Entries merge by name with those of the set that `demand.workloads` names.")
    lines += _sets()
    lines += _named("zone", "Entries are changes to the zones of the world; several may match one zone.")
    lines += ["## `[[event]]`", "", _first_line(Event), "", *_HEAD, *_rows(Event), ""]
    return "\n".join(lines)


def _section(parts: tuple[str, ...], section: type[Section], level: str) -> Iterator[str]:
    """Write a section and the tables inside it."""
    yield from (f"{level} `[{'.'.join(parts)}]`", "", _first_line(section), "")
    rows = list(_rows(section))
    if rows:
        yield from (*_HEAD, *rows, "")
    if section is schema.SECTIONS["demand"]:
        yield from ("Each leg of `growth`:", "", *_HEAD, *_rows(Growth), "")
    for name in schema.tables_below(section):
        below = schema.section_of((*parts, name))
        assert below is not None
        yield from _section((*parts, name), below, level + "#")


def _named(name: str, note: str) -> list[str]:
    kind = schema.NAMED[name]
    return [f"## `[[{name}]]`", "", f"{_first_line(kind)} {note}", "", *_HEAD, *_rows(kind), ""]


def _sets() -> Iterator[str]:
    """Write the two sets of workloads."""
    for name in ("article", "measured"):
        yield from (f"### The set `{name}`", "")
        yield "| workload | group | response, ms | service, ms | network, ms | share | reference price, \\$/MWh |"
        yield "| --- | --- | --- | --- | --- | --- | --- |"
        for entry in workload_set(name):
            budget = entry["response_budget_ms"]
            network = NONE if budget == NONE else f"{budget - entry['service_ms']:g}"
            cells = (budget, entry["service_ms"], network, write_value(entry["share"]), entry["reference_usd_per_mwh"])
            yield f"| `{entry['name']}` | {entry['group']} | " + " | ".join(_cell(cell) for cell in cells) + " |"
        yield ""


def _cell(value: Any) -> str:
    return f"{value:g}" if isinstance(value, float) else str(value)


def _first_line(section: type[Section]) -> str:
    return (section.__doc__ or "").strip().splitlines()[0]


def _rows(section: type[Section]) -> Iterator[str]:
    for name, field in section.model_fields.items():
        if schema.table_of(field) is None:
            cells = (f"`{name}`", _default(field), unit_of(field), _meaning(field), source_of(field))
            yield "| " + " | ".join(_escape(cell) for cell in cells) + " |"


def _default(field: FieldInfo) -> str:
    if field.default is PydanticUndefined:
        return "*required*"
    return "*none*" if field.default is None else f"`{write_value(field.default)}`"


def _meaning(field: FieldInfo) -> str:
    parts = [field.description or "", *_range(field)]
    allowed = _allowed(field.annotation)
    if allowed:
        parts.append("one of " + ", ".join(f"`{value}`" for value in allowed))
    if is_fixed(field):
        parts.append("*fixed*")
    return "; ".join(parts)


def _allowed(kind: Any) -> tuple[str, ...]:
    """Values that a literal, or a list of literals, allows."""
    if get_origin(kind) is Literal:
        return get_args(kind)
    return next((found for part in get_args(kind) if (found := _allowed(part))), ())


def _range(field: FieldInfo) -> Iterator[str]:
    """Say which numbers, and how many entries, are allowed."""
    bounds = {type(constraint).__name__: constraint for constraint in field.metadata}
    if "Ge" in bounds and "Le" in bounds:
        yield f"{_number(bounds['Ge'].ge)} to {_number(bounds['Le'].le)}"
    elif "Gt" in bounds and "Le" in bounds:
        yield f"above {_number(bounds['Gt'].gt)}, at most {_number(bounds['Le'].le)}"
    for constraint in field.metadata:
        if isinstance(constraint, PathRange):
            yield f"{_number(constraint.low)} to {_number(constraint.high)}; a number or a table of months"


def _number(value: float) -> str:
    if value == 2**63 - 1:
        return "2⁶³ − 1"
    return f"{value:,}" if isinstance(value, int) else f"{value:,.10g}"


def _escape(text: str) -> str:
    """Keep Markdown from reading a cell's dollar signs as mathematics and its bars as borders."""
    return text.replace("|", "\\|").replace("$", "\\$")
