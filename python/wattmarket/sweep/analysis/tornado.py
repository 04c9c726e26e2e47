"""Tornado: what an output does at the low and the high end of each parameter, with its spread over seeds."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final

import numpy as np
import polars as pl
from numpy.typing import NDArray

from wattmarket.errors import InputError
from wattmarket.sweep.analysis.evidence import Counted, Evidence, counted

__all__ = ["Tornado", "tornado"]

PARTS: Final = 5
"""Where values are drawn from a range, its lowest and highest fifth stand for its ends."""

Float = NDArray[np.float64]
Mask = NDArray[np.bool_]


@dataclass(frozen=True, slots=True)
class Tornado:
    """Effects of the ends of each parameter.

    Parameters
    ----------
    frame
        Two rows per parameter, ``end`` low and high: ``parameter``, ``end``, ``value`` (as text), ``points`` behind it,
        ``change`` of the output, ``change_least`` and ``change_most`` over seeds (null with one seed). The parameter
        that moves most comes first.
    against
        What changes are measured from.
    level
        The output there, the mean over seeds.
    seeds
        How many.
    counted
        Which runs went in.
    """

    frame: pl.DataFrame
    against: str
    level: float
    seeds: int
    counted: Counted

    def text(self) -> str:
        """Say in sentences what each end does."""
        said = [f"{self.counted.output} is {_signed(self.level, '')} at {self.against}"]
        for row in self.frame.iter_rows(named=True):
            spread = "one seed"
            if self.seeds > 1:
                spread = f"{_signed(row['change_least'])} to {_signed(row['change_most'])} over seeds"
            said.append(
                f"{row['parameter']} at {row['value']}: {_signed(row['change'])} ({spread}; {row['points']:,} points)"
            )
        return "\n".join(said)


def tornado(evidence: Evidence, output: str, *, never: float | None = None) -> Tornado:
    """Measure what an output does at both ends of each parameter.

    Where each point of a list differs from the first in one parameter at most, changes are those from the first point.
    Otherwise they are mean over the points at that end less mean over all points: the end is the lowest or highest
    value of a grid or list, and the lowest or highest fifth of the values of a design that draws from ranges.

    Parameters
    ----------
    evidence, output, never
        As for `sobol_indices`. Points of which a run failed or is missing are left out.

    Returns
    -------
    Tornado
        Seed by seed first, then mean, least and most over seeds.

    Raises
    ------
    InputError
        If no point is whole, or the first of a list isn't.
    """
    read = evidence.output(output, never)
    whole: Mask = np.isfinite(read.means())
    values = evidence.values()
    if not whole.any():
        raise InputError(f"tornado: {output}: no point is whole")
    differing = (values != values[0]).sum(axis=1)
    from_first = evidence.shape.design.kind == "list" and evidence.points > 1 and int(differing.max()) <= 1
    if from_first and not whole[0]:
        raise InputError(f"tornado: {output}: the first point, from which the others differ, failed or is missing")
    base = read.values[0] if from_first else read.values[whole].mean(axis=0)
    rows = []
    for place, parameter in enumerate(evidence.parameters):
        column = values[:, place]
        for end, mask in _ends(column, whole, evidence.shape.design.kind, values[0, place] if from_first else None):
            changes = read.values[mask].mean(axis=0) - base if mask.any() else np.full(len(base), np.nan)
            rows.append((parameter.name, end, _shown(evidence, place, mask), int(mask.sum()), *_spread(changes)))
    schema = ("parameter", "end", "value", "points", "change", "change_least", "change_most")
    frame = pl.DataFrame(rows, schema=list(schema), orient="row", infer_schema_length=None)
    reach = pl.col("change").fill_nan(0.0).abs().max().over("parameter")
    frame = frame.sort(reach, "parameter", "end", descending=[True, False, True])
    against = "the first point" if from_first else "the mean of all points"
    told = counted(read, "points", evidence.points, int(whole.sum()))
    return Tornado(frame, against, float(base.mean()), len(base), told)


def _ends(column: Float, whole: Mask, kind: str, first: float | None) -> list[tuple[str, Mask]]:
    """Points at the low and the high end of a parameter."""
    if kind in ("grid", "list", "morris"):
        low, high = column.min(), column.max()
        ends = [("low", column == low), ("high", column == high)]
        # Where points are held against the first, its own value is no change.
        return [(end, mask & whole & (np.True_ if first is None else column != first)) for end, mask in ends]
    order = np.sort(column[whole])
    few = max(len(order) // PARTS, 1)
    return [("low", whole & (column <= order[few - 1])), ("high", whole & (column >= order[-few]))]


def _shown(evidence: Evidence, place: int, mask: Mask) -> str:
    """Values at an end, as text: one, or from and to."""
    parameter = evidence.parameters[place]
    column = evidence.table[parameter.name][:: evidence.shape.seeds].filter(pl.Series(mask))
    if column.is_empty():
        return "–"
    if not column.dtype.is_numeric():
        return ", ".join(str(value) for value in column.unique(maintain_order=True))
    least, most = (float(np.min(column.to_numpy())), float(np.max(column.to_numpy())))
    return _plain(least) if least == most else f"{_plain(least)} to {_plain(most)}"


def _plain(value: float) -> str:
    return f"{value:,.0f}" if abs(value) >= 1_000 else f"{value:.3g}"


def _signed(value: float, sign: str = "+") -> str:
    return f"{value:{sign}.3g}".replace("-", "−")


def _spread(changes: Float) -> tuple[float, float | None, float | None]:
    mean = float(changes.mean())
    return (mean, None, None) if len(changes) == 1 else (mean, float(changes.min()), float(changes.max()))
