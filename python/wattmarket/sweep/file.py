"""The sweep file: what is varied, how, how often, and what is kept; every problem as a line ``file: key: reason``."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any, Final, TypeVar

from pydantic import Field, ValidationError

from wattmarket.errors import InputError
from wattmarket.months import month_number
from wattmarket.record.run import TWIN_PREFIX
from wattmarket.scenario import Scenario, load_scenario, schema
from wattmarket.scenario.flat import flatten
from wattmarket.scenario.problems import Problems, near, reasons, shown
from wattmarket.scenario.text import read_toml
from wattmarket.scenario.write import write_value
from wattmarket.schema import TICKS
from wattmarket.sweep.definition import ALWAYS, Sweep
from wattmarket.sweep.design import Point
from wattmarket.sweep.design_spec import MOST_RUNS, Design, Part
from wattmarket.sweep.outputs import LAST, Outputs, Series
from wattmarket.sweep.parameters import Level, Parameter, overlapping, refused
from wattmarket.sweep.tables import OF_AGENTS, TABLES

__all__ = ["load_sweep"]

P = TypeVar("P", bound=Part)


class _Replications(Part):
    count: int = Field(1, ge=1, le=1_000_000)
    first_seed: int = Field(0, ge=0, le=2**62)


class _Series(Part):
    column: str
    months: list[str] = Field(default=[LAST], min_length=1, max_length=1_200)


class _Outputs(Part):
    findings: bool = True
    series: list[_Series] = Field(default=[], max_length=100)
    tables: list[str] = Field(default=[], max_length=100)


class _File(Part):
    title: str = Field("", max_length=200)
    question: str = Field("", max_length=2_000)
    base: str = Field(max_length=500)
    settings: dict[str, Any] = Field(default_factory=dict)
    design: Design = Field(default_factory=lambda: Design.model_validate({}))
    replications: _Replications = Field(default_factory=lambda: _Replications.model_validate({}))
    parameters: dict[str, Any] = Field(default_factory=dict)
    point: list[dict[str, Any]] = Field(default_factory=list)
    outputs: _Outputs = Field(default_factory=lambda: _Outputs.model_validate({}))


class _Range(Part):
    values: list[Any] | None = Field(None, min_length=1, max_length=100_000)
    labels: list[str | int | float] | None = None
    low: float | int | None = None
    high: float | int | None = None
    steps: int | None = Field(None, ge=2, le=100_000)
    since: str = ""


_NAMES: Final = [
    name for part in (_File, Design, _Replications, _Series, _Outputs, _Range) for name in part.model_fields
]


def load_sweep(path: str | Path) -> Sweep:
    r"""Load a sweep file and the scenario that it starts from.

    Parameters
    ----------
    path
        The file.

    Raises
    ------
    InputError
        With one line ``file: key: reason`` per problem.

    Examples
    --------
    >>> import tempfile
    >>> folder = Path(tempfile.mkdtemp())
    >>> _ = (folder / "base.toml").write_text("[run]\nmonths = 6\n")
    >>> _ = (folder / "map.toml").write_text('base = "base.toml"\n[parameters]\ndrift.ceiling = [0.5, 0.7]\n')
    >>> sweep = load_sweep(folder / "map.toml")
    >>> sweep.runs, [level.value for point in sweep.points for level in point]
    (2, [0.5, 0.7])
    """
    path = Path(path)
    where, problems = str(path), Problems()
    table = read_toml(path, where)
    file = _checked(_File, table, where, "", problems)
    problems.raise_if_any()
    assert file is not None
    settings = _settings(file.settings, where, problems)
    base = _base(path, file.base, settings, where, problems)
    parameters = _listed(file, where, problems) if file.design.kind == "list" else _varied(file, where, problems)
    outputs = _outputs(file.outputs, base.capacity.mode if base is not None else "agents", where, problems)
    problems.raise_if_any()
    assert base is not None
    points = _points(file, parameters, where)
    if file.design.kind == "list":
        parameters = [parameter.ranged() for parameter in parameters]
    first = file.replications.first_seed
    return Sweep(
        name=path.stem,
        title=file.title,
        question=file.question,
        base_path=path.parent / file.base,
        settings=(*settings, *ALWAYS),
        base=base,
        parameters=tuple(parameters),
        points=points,
        seeds=range(first, first + file.replications.count),
        outputs=outputs,
        design=file.design,
    )


def _checked(kind: type[P], table: Any, where: str, above: str, problems: Problems) -> P | None:
    try:
        return kind.model_validate(table)
    except ValidationError as error:
        for place, reason in reasons(error, value=table, names=_NAMES):
            problems.add(where, f"{above}{place}".removeprefix("."), reason)
        return None


def _settings(table: Mapping[str, Any], where: str, problems: Problems) -> list[str]:
    flat = flatten(table, where, problems, prefix="settings.", dotted_keys=True)
    for parts in flat:
        _refuse(".".join(parts), where, "settings.", problems)
    return [f"{'.'.join(parts)}={write_value(value)}" for parts, value in flat.items()]


def _refuse(key: str, where: str, prefix: str, problems: Problems) -> None:
    reason = refused(key)
    if reason is not None:
        problems.add(where, prefix + key, reason)


def _base(path: Path, name: str, settings: list[str], where: str, problems: Problems) -> Scenario | None:
    if not name or Path(name).is_absolute():
        problems.add(where, "base", f"{shown(name)} is not the name of a file as seen from this one")
        return None
    try:
        return load_scenario(path.parent / name, [*settings, *ALWAYS])
    except InputError as error:
        for line in error.problems:
            problems.add_line(f"{where}: base: {line}")
        return None


def _varied(file: _File, where: str, problems: Problems) -> list[Parameter]:
    """Read ``[parameters]``."""
    if file.point:
        problems.add(where, "point", f'belongs to design.kind = "list", not "{file.design.kind}"')
    if not file.parameters:
        problems.add(where, "parameters", "is missing: nothing varies")
    found = []
    for key, entry in _entries(file.parameters):
        prefix = f"parameters.{key}"
        table = {"values": entry} if isinstance(entry, list) else entry
        told = _checked(_Range, table, where, prefix, problems)
        if told is not None:
            parameter = _parameter(key, told, file.design.kind, where, problems)
            found += [parameter] if parameter is not None else []
    for name, other in overlapping(found):
        problems.add(where, f"parameters.{name}", "comes twice" if name == other else f"is set by {other} too")
    return found


def _entries(table: Mapping[str, Any], above: str = "") -> list[tuple[str, Any]]:
    """Keys with their entries; ``drift.ceiling`` may be one quoted key or a key in a table."""
    found: list[tuple[str, Any]] = []
    for name, entry in table.items():
        key = f"{above}{name}"
        if isinstance(entry, dict) and not entry.keys() & _Range.model_fields.keys():
            found += _entries(entry, f"{key}.") if entry else [(key, entry)]
        else:
            found.append((key, entry))
    return found


def _parameter(key: str, told: _Range, kind: str, where: str, problems: Problems) -> Parameter | None:
    prefix, before = f"parameters.{key}", problems.count
    _refuse(key, where, "parameters.", problems)
    if told.since and not _is_month(told.since):
        problems.add(where, f"{prefix}.since", f"{shown(told.since)} is not a month such as 2028-06")
    ranged = told.low is not None and told.high is not None
    if (told.values is None) != ranged or (told.low is None) != (told.high is None):
        problems.add(where, prefix, "needs either `values` or both `low` and `high`")
        return None
    ends = [told.low, told.high] if told.values is None else told.values
    for value in ends:
        # Known keys and values in their ranges, by the scenario's own rules.
        flatten({key: value}, where, problems, prefix="parameters.", dotted_keys=True, changing=bool(told.since))
        if problems.full:
            break
    if told.labels is not None and len(told.labels) != len(told.values or ()):
        problems.add(where, f"{prefix}.labels", f"are {len(told.labels)} for {len(told.values or ())} values")
    if told.low is not None and told.high is not None and not told.low < told.high:
        problems.add(where, f"{prefix}.high", f"{shown(told.high)} is not above `low`, {shown(told.low)}")
    if ranged and kind == "grid" and told.steps is None:
        problems.add(where, f"{prefix}.steps", "is missing: a grid takes so many values from the range")
    if problems.count > before:
        return None
    if told.values is not None:
        return Parameter(key, Level.several(told.values, told.labels), since=told.since)
    field = schema.find(tuple(key.split(".")))
    whole = field is not None and field.annotation is int
    assert told.low is not None
    assert told.high is not None
    return Parameter(key, (), told.low, told.high, told.steps or 0, whole, told.since)


def _listed(file: _File, where: str, problems: Problems) -> list[Parameter]:
    """Read ``[[point]]``: each parameter's levels are those of the points, in order."""
    if file.parameters:
        problems.add(where, "parameters", 'is not read with design.kind = "list"; write [[point]]')
    if not file.point:
        problems.add(where, "point", "is missing: nothing varies")
        return []
    rows = [
        flatten(row, where, problems, prefix=f"point[{at}].", dotted_keys=True) for at, row in enumerate(file.point, 1)
    ]
    keys = list(rows[0])
    for at, row in enumerate(rows, 1):
        for parts in row:
            _refuse(".".join(parts), where, f"point[{at}].", problems)
        if sorted(row) != sorted(keys):
            problems.add(where, f"point[{at}]", "does not set the same keys as the first point")
    if not keys:
        problems.add(where, "point", "sets nothing: no key varies")
    if problems:
        return []
    return [Parameter(".".join(parts), Level.several([row[parts] for row in rows])) for parts in keys]


def _points(file: _File, parameters: list[Parameter], where: str) -> Sequence[Point]:
    design = file.design.checked(where)
    count = design.count(parameters)
    if count is None:
        count = len(file.point) if design.kind == "list" else 1
    if design.kind == "grid":
        for parameter in parameters:
            count *= len(parameter.levels) or parameter.steps
    runs = count * file.replications.count
    if runs > MOST_RUNS:
        raise InputError(f"{where}: design: {runs:,} runs are more than {MOST_RUNS:,}")
    if design.kind == "list":
        return list(zip(*(parameter.levels for parameter in parameters), strict=True))
    for parameter in parameters:
        if design.kind == "morris" and len(parameter.levels) > design.levels:
            raise InputError(
                f"{where}: parameters.{parameter.key}: has {len(parameter.levels)} values, and design.levels reaches "
                f"{design.levels}"
            )
    return design.drawn(parameters)


def _outputs(told: _Outputs, mode: str, where: str, problems: Problems) -> Outputs:
    columns = [column.name for column in TICKS.columns]
    for at, series in enumerate(told.series, 1):
        if series.column not in columns:
            like = near(series.column, columns)
            hint = f"; did you mean {like}?" if like else ""
            problems.add(where, f"outputs.series[{at}].column", f"{shown(series.column)} is no column of ticks{hint}")
        for month in series.months:
            if month != LAST and not _is_month(month):
                problems.add(where, f"outputs.series[{at}].months", f"{shown(month)} is neither a month nor {LAST!r}")
    for name in told.tables:
        _check_table(name, told, mode, where, problems)
    chosen = tuple(Series(one.column, tuple(one.months)) for one in told.series)
    wanted = Outputs(told.findings, chosen, tuple(told.tables))
    if not problems and len([*wanted.schema(tables=False)]) != 1 + 16 * told.findings + len(
        [m for s in told.series for m in s.months]
    ):
        problems.add(where, "outputs.series", "names a column twice for one month")
    return wanted


def _check_table(name: str, told: _Outputs, mode: str, where: str, problems: Problems) -> None:
    reason = ""
    if name not in TABLES:
        like = near(name, list(TABLES))
        reason = f"{shown(name)} is no table of a run{f'; did you mean {like}?' if like else ''}"
    elif told.tables.count(name) > 1:
        reason = f"{name} appears twice"
    elif name in OF_AGENTS and mode != "agents":
        reason = f'{name} is only there with capacity.mode = "agents"'
    elif name.startswith(TWIN_PREFIX) and not told.findings:
        reason = f"{name} is only there with outputs.findings = true, which plays the twin"
    if reason:
        problems.add(where, "outputs.tables", reason)


def _is_month(text: str) -> bool:
    try:
        month_number(text)
    except InputError:
        return False
    return True
