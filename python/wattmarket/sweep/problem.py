"""SALib's description of what varies, its ``problem``, out of a sweep and into one."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Final

import numpy as np
import numpy.typing as npt

from wattmarket.errors import InputError
from wattmarket.months import month_number
from wattmarket.scenario import schema
from wattmarket.scenario.flat import flatten
from wattmarket.scenario.problems import Problems
from wattmarket.sweep.design import Point, Points
from wattmarket.sweep.parameters import Level, Parameter, overlapping, refused

if TYPE_CHECKING:
    from wattmarket.sweep.definition import Sweep

__all__ = ["problem_of", "read_problem", "values_of"]

_WHERE: Final = "problem"

Float = npt.NDArray[np.float64]


@dataclass(frozen=True, slots=True, eq=False)
class Values(Points):
    """Points told by their values; of a list, by the place in it."""

    parameters: tuple[Parameter, ...]
    values: Float

    def __len__(self) -> int:
        return len(self.values)

    def _point(self, number: int) -> Point:
        row = self.values[number].tolist()
        return tuple(_level(parameter, value) for parameter, value in zip(self.parameters, row, strict=True))


def problem_of(sweep: Sweep) -> dict[str, Any]:
    """Describe what a sweep varies as SALib's functions take it.

    Parameters
    ----------
    sweep
        Any sweep.

    Returns
    -------
    dict
        ``num_vars``, ``names``, ``bounds``; and ``levels``, the values of those parameters that are chosen from a
        list, whose bounds are 0 and the list's length: 1.7 is the second. SALib leaves that entry alone.

    Examples
    --------
    >>> from wattmarket.sweep import load_sweep
    >>> problem_of(load_sweep("scenarios/sweeps/critical_share.toml"))["bounds"]
    [[0.15, 0.9], [0.0, 3.0]]
    """
    bounds, levels = [], {}
    for parameter in sweep.parameters:
        if parameter.levels:
            bounds.append([0.0, float(len(parameter.levels))])
            levels[parameter.name] = [level.value for level in parameter.levels]
        else:
            bounds.append([float(parameter.low), float(parameter.high)])
    names = [parameter.name for parameter in sweep.parameters]
    return {"num_vars": len(names), "names": names, "bounds": bounds, "levels": levels}


def values_of(sweep: Sweep) -> Float:
    """Give the points of a sweep as SALib's functions take them.

    Parameters
    ----------
    sweep
        Any sweep.

    Returns
    -------
    numpy.ndarray
        Shape (points, parameters), within the bounds of :func:`problem_of`; of a list, the middle of the value's part.
    """
    columns = []
    for place, parameter in enumerate(sweep.parameters):
        levels = [point[place] for point in sweep.points]
        if parameter.levels:
            # By identity: values of a list may be lists, which have no hash.
            places = {id(level): number for number, level in reversed(list(enumerate(parameter.levels)))}
            columns.append([places[id(level)] + 0.5 for level in levels])
        else:
            columns.append([float(level.value) for level in levels])
    return np.array(columns, dtype=np.float64).T.reshape(len(sweep.points), len(sweep.parameters))


def read_problem(problem: Mapping[str, Any], values: npt.ArrayLike) -> tuple[tuple[Parameter, ...], Points]:
    """Read parameters and points from a problem and the values drawn for it.

    Raises
    ------
    InputError
        If names and columns don't go together, a number is out of bounds, or the scenario refuses a key or value.
    """
    names, bounds = list(problem.get("names", ())), list(problem.get("bounds", ()))
    table = np.array(values, dtype=np.float64)
    if not names or len(bounds) != len(names) or len({*names}) != len(names):
        raise InputError(f"{_WHERE}: needs `names`, all different, and as many `bounds`")
    if table.ndim != 2 or table.shape[1] != len(names) or not len(table):
        raise InputError(f"{_WHERE}: values have shape {table.shape}, not (points, {len(names)})")
    if not np.isfinite(table).all():
        raise InputError(f"{_WHERE}: values are not all finite")
    if problem.get("num_vars", len(names)) != len(names):
        raise InputError(f"{_WHERE}: `num_vars` is {problem['num_vars']}, and there are {len(names)} names")
    if any(kind != "unif" for kind in problem.get("dists") or ()):
        raise InputError(f"{_WHERE}: `dists`: only `unif` is known; draw other values and give them as `levels`")
    parameters = tuple(
        _parameter(str(name), bound, problem.get("levels", {}).get(name))
        for name, bound in zip(names, bounds, strict=True)
    )
    problems = Problems()
    for parameter in parameters:
        if (reason := refused(parameter.key)) is not None:
            problems.add(_WHERE, parameter.name, reason)
    for name, other in overlapping(parameters):
        problems.add(_WHERE, name, f"is set by {other} too")
    for parameter, column in zip(parameters, table.T, strict=True):
        for value in (float(column.min()), float(column.max())):
            _check(parameter, value, problems)
    problems.raise_if_any()
    return parameters, Values(parameters, table)


def _parameter(name: str, bound: Sequence[float], values: Sequence[Any] | None) -> Parameter:
    key, _, since = name.partition("@")
    if since:
        month_number(since)
    try:
        low, high = (float(end) for end in bound)
    except (TypeError, ValueError) as error:
        raise InputError(f"{_WHERE}: {name}: bounds {bound!r} are not two numbers") from error
    if values is not None:
        return Parameter(key, Level.several(values), since=since)
    field = schema.find(tuple(key.split(".")))
    whole = field is not None and field.annotation is int
    return Parameter(key, (), low, high, 0, whole, since)


def _check(parameter: Parameter, value: float, problems: Problems) -> None:
    low, high = (0.0, float(len(parameter.levels))) if parameter.levels else (parameter.low, parameter.high)
    if not low <= value <= high:
        problems.add(_WHERE, parameter.name, f"{value:.12g} is not within its bounds, {low:g} and {high:g}")
        return
    setting = {parameter.key: _level(parameter, value).value}
    flatten(setting, _WHERE, problems, dotted_keys=True, changing=bool(parameter.since))


def _level(parameter: Parameter, value: float) -> Level:
    if parameter.levels:
        return parameter.levels[min(int(value), len(parameter.levels) - 1)]
    return parameter.level(value)
