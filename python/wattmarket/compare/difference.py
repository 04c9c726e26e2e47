"""What sets two runs apart: inputs, first cell, and how the difference spreads."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path
from typing import Any, Final

import polars as pl

from wattmarket.compare.chain import parting_tick
from wattmarket.compare.course import FirstCell, comparable, first_cell
from wattmarket.compare.inputs import InputChange, changed_inputs
from wattmarket.compare.spread import spread_of
from wattmarket.months import month_name, month_number
from wattmarket.record import Run
from wattmarket.schema import RECORDED_TABLES

__all__ = ["Difference", "diff"]

MOST_INPUTS: Final = 40
"""Most differences of inputs that are printed."""

SHOWN_MONTHS: Final = (0, 1, 2, 3, 6)
"""Months after the first that are printed; then every twelfth, and the last."""


@dataclass(frozen=True, slots=True)
class Difference:
    """What sets two runs apart. Made by `diff`.

    Parameters
    ----------
    inputs
        What they were computed from, where it differs.
    parted
        First tick at which their hash chains differ, or None.
    first
        First cell that differs, or None.
    month
        Month of that cell, ``"2028-06"``, or empty.
    spread
        How much differs month by month from then on; no rows if nothing does. Its columns: `spread_of`.
    left_out
        Tables that could not be compared, since only one run kept them.
    """

    inputs: tuple[InputChange, ...]
    parted: int | None
    first: FirstCell | None
    month: str
    spread: pl.DataFrame
    left_out: tuple[str, ...]

    @property
    def same(self) -> bool:
        """Whether inputs and every recorded number are the same."""
        return not self.inputs and self.first is None

    def text(self, *, every_month: bool = False) -> str:
        """Say it in lines.

        Parameters
        ----------
        every_month
            Whether to print the spread of every month; otherwise of some.
        """
        lines = [change.text() for change in self.inputs[:MOST_INPUTS]]
        if len(self.inputs) > MOST_INPUTS:
            lines.append(f"and {len(self.inputs) - MOST_INPUTS} more inputs")
        lines += [f"{name}: not compared: only one run kept it, or of other months" for name in self.left_out]
        if self.first is None:
            return "\n".join([*lines, "no recorded number differs"])
        lines.append(_cell(self.first, self.month))
        if self.parted is None:
            lines.append("the digests are the same at every tick: prices, flows, awards and balances don't differ")
        elif self.parted != self.first.tick:
            lines.append(
                f"the digests part at tick {self.parted}: until then prices, flows, awards and balances are the same"
            )
        return "\n".join([*lines, *_table(self.spread, every_month)])


def diff(a: str | Path | Run, b: str | Path | Run) -> Difference:
    """Find the first tick, table, row and column in which two runs differ, and how the difference spreads.

    Where prices, flows, awards and balances part is found by bisection over the hash chains (column ``digest`` of the
    table ``ticks``). Tables that the chain does not cover, such as bids, are compared up to that tick; those that it
    covers at that tick alone if both runs were computed from the same inputs. Within a month the tables come in the
    order in which the month makes them, so that the first is nearest to the cause. What is only known in hindsight,
    fundamental values, is named only if nothing else differs.

    Parameters
    ----------
    a, b
        Runs or their folders.

    Raises
    ------
    InputError
        If one of them isn't a run folder.
    DigestMismatchError
        If a file is damaged.

    Examples
    --------
    >>> import wattmarket
    >>> small = ["run.months=3", "world.sites=50", "world.metros=5", "capacity.mode=entry"]
    >>> one = wattmarket.run(wattmarket.Scenario(), set=small)
    >>> found = diff(one, wattmarket.fork(one, at="2023-03", set=["drift.start=0.3"]))
    >>> found.month, found.first.table, found.first.column
    ('2023-03', 'ticks', 'batch_share')
    >>> found.spread["metros"].to_list()
    [5]
    >>> diff(one, one).same
    True
    """
    one, other = Run.given(a), Run.given(b)
    inputs = changed_inputs(one, other)
    parted = parting_tick(*(run.scan("ticks").select("digest").collect()["digest"].to_list() for run in (one, other)))
    first = first_cell(one, other, parted, vouched=not inputs)
    kept = [{table.name for table in RECORDED_TABLES if table.name in run.manifest.rows} for run in (one, other)]
    left_out = tuple(
        table.name
        for table in RECORDED_TABLES
        if table.name in kept[0] | kept[1] and not comparable(one, other, table.name)
    )
    start = month_number(one.scenario.run.start)
    month = "" if first is None else month_name(start + first.tick)
    spread = spread_of(one, other, first.tick) if first is not None else pl.DataFrame()
    return Difference(inputs, parted, first, month, spread, left_out)


def _cell(first: FirstCell, month: str) -> str:
    """Name the first cell that differs."""
    row = "".join(f", {name} {value}" for name, value in first.row.items())
    place = f"first difference: tick {first.tick} ({month}), table {first.table}{row}"
    if not first.column:
        return f"{place}: the row is only in {'A' if first.b is None else 'B'}"
    return f"{place}, column {first.column}: {_shown(first.a)} | {_shown(first.b)}"


def _shown(value: Any) -> str:
    return "(empty)" if value is None else str(value)


def _table(spread: pl.DataFrame, every_month: bool) -> list[str]:
    """Print how a difference spreads, a line a month."""
    last = spread.height - 1
    numbers = [
        number for number in range(spread.height) if every_month or number in (*SHOWN_MONTHS, last) or number % 12 == 0
    ]
    names = [name for name in spread.columns if name != "tick"]
    widths = [max(len(name), 7) for name in names]
    lines = ["", "  ".join(f"{name:>{width}}" for name, width in zip(names, widths, strict=True))]
    for number in numbers:
        row = spread.row(number, named=True)
        cells = [_number(row[name]) for name in names]
        lines.append("  ".join(f"{cell:>{width}}" for cell, width in zip(cells, widths, strict=True)))
    return lines if spread.height else []


def _number(value: Any) -> str:
    if isinstance(value, float):
        return f"{value:+.3f}"
    return f"{value:%Y-%m}" if hasattr(value, "strftime") else f"{value:,}"
