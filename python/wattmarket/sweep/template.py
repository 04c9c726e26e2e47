"""The text of a point's scenario without building the scenario: a text with holes, found by trying.

To resolve and check a scenario takes milliseconds, too much for each of a hundred thousand points. A value mostly shows
at one place of the complete text, so the text of a point is that of another with some places filled anew. Where the
places are is found by changing one parameter at a time, and that nothing else changes is checked at further points;
where anything does, there is no template, and each point's scenario has to be built.
"""

from __future__ import annotations

import hashlib
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import Final

from wattmarket.errors import InputError
from wattmarket.scenario import schema
from wattmarket.scenario.write import write_value
from wattmarket.sweep.design import Point
from wattmarket.sweep.parameters import Level, Parameter

__all__ = ["Template", "template"]

Text = Callable[[Point], str]
"""Complete text of a point's scenario, built and checked; raises `InputError` if its values don't go together."""

MOST_TRIED: Final = 256
"""Levels of a list that are tried one by one; of a longer one some, and its values have to show as they are written."""
CHECKED: Final = 24
"""Points at which a template has to give the very text of the scenario."""


@dataclass(frozen=True, slots=True)
class _Hole:
    """A place of the text, and what it shows.

    Parameters
    ----------
    number
        Of the parameter that it shows.
    as_float
        Whether whole numbers show as floats.
    start, end
        Where it is in the text that was started from.
    learned
        Text of each level, by its value as it is written; None: the value as it is written.
    """

    number: int
    as_float: bool
    start: int
    end: int
    learned: Mapping[str, str] | None = None

    def shown(self, point: Point) -> str:
        text = _plainly(point[self.number], self.as_float)
        return text if self.learned is None else self.learned[text]


@dataclass(frozen=True, slots=True)
class Template:
    """The text of every point's scenario: `texts`, one more than there are `holes` between them."""

    texts: tuple[str, ...]
    holes: tuple[_Hole, ...]

    def text(self, point: Point) -> str:
        """Text of a point's scenario, whether or not its values go together."""
        parts = [self.texts[0]]
        for hole, text in zip(self.holes, self.texts[1:], strict=True):
            parts += (hole.shown(point), text)
        return "".join(parts)

    def digest(self, point: Point) -> str:
        """SHA-256 of the text: the digest of the point's scenario."""
        return hashlib.sha256(self.text(point).encode()).hexdigest()


def template(parameters: Sequence[Parameter], points: Sequence[Point], text: Text) -> Template | None:
    """Find the template of a design; None if its points can't be told by one.

    Parameters
    ----------
    parameters, points
        The design.
    text
        Text of a point's scenario.
    """
    some = [points[number * (len(points) - 1) // (CHECKED - 1)] for number in range(CHECKED)]
    built = {number: found for number, point in enumerate(some) if (found := _built(text, point)) is not None}
    if not built:
        return None
    first = min(built)
    start, whole = some[first], built[first]
    holes = []
    for number, parameter in enumerate(parameters):
        tried = _tried(parameter, [point[number] for point in some[::4]])
        texts = [(level, _built(text, (*start[:number], level, *start[number + 1 :]))) for level in tried]
        hole = _hole(number, parameter, start, whole, texts)
        if hole is None:
            return None
        holes.append(hole)
    made = _cut(whole, sorted(holes, key=lambda hole: hole.start))
    return made if made and all(made.text(some[number]) == found for number, found in built.items()) else None


def _built(text: Text, point: Point) -> str | None:
    try:
        return text(point)
    except InputError:
        return None


def _tried(parameter: Parameter, some: list[Level]) -> Sequence[Level]:
    return parameter.levels if parameter.levels and len(parameter.levels) <= MOST_TRIED else some


def _hole(
    number: int, parameter: Parameter, start: Point, whole: str, texts: list[tuple[Level, str | None]]
) -> _Hole | None:
    """Find the place that shows a parameter; None if it isn't one place."""
    differing = [(level, text) for level, text in texts if text is not None and text != whole]
    lines = {_line(whole, text) for _, text in differing}
    if len(lines) != 1 or (line := lines.pop()) is None:
        return None
    field = schema.find(tuple(parameter.key.split(".")))
    as_float = field is not None and field.annotation is float
    shown = _plainly(start[number], as_float)
    place = whole.find(f"= {shown}", *line) + 2
    if place > 1 and all(
        whole[:place] + _plainly(level, as_float) + whole[place + len(shown) :] == text for level, text in differing
    ):
        return _Hole(number, as_float, place, place + len(shown))
    if len(texts) != len(parameter.levels) or any(text is None for _, text in texts):
        return None
    place, end = whole.index(" = ", *line) + 3, len(whole) - line[1]
    learned = {_plainly(level, as_float): text[place : len(text) - end] for level, text in texts if text is not None}
    return _Hole(number, as_float, place, line[1], learned)


def _line(whole: str, text: str) -> tuple[int, int] | None:
    """Start and end of the only line in which two texts differ."""
    ours, theirs = whole.split("\n"), text.split("\n")
    if len(ours) != len(theirs):
        return None
    differing = [number for number, pair in enumerate(zip(ours, theirs, strict=True)) if pair[0] != pair[1]]
    if len(differing) != 1:
        return None
    start = len("\n".join([*ours[: differing[0]], ""]))
    return start, start + len(ours[differing[0]])


def _cut(whole: str, holes: list[_Hole]) -> Template | None:
    """Cut the holes, which are in order, out of a text; None if two overlap."""
    ends = [0, *(hole.end for hole in holes)]
    starts = [*(hole.start for hole in holes), len(whole)]
    if any(start < end for start, end in zip(starts, ends, strict=True)):
        return None
    return Template(tuple(whole[end:start] for end, start in zip(ends, starts, strict=True)), tuple(holes))


def _plainly(level: Level, as_float: bool) -> str:
    """A level's value as the complete text writes it, if it shows it as it is."""
    value = level.value
    return write_value(float(value) if as_float and type(value) is int else value)
