"""Scenario discovery by PRIM: a box of parameters in which most runs are of interest, found by peeling.

Our own: ema_workbench, which has PRIM too, needs scikit-learn, statsmodels, seaborn and platypus.
"""

from __future__ import annotations

from dataclasses import dataclass
from math import exp, lgamma, log

import numpy as np
import polars as pl
from numpy.typing import NDArray

from wattmarket.errors import InputError
from wattmarket.sweep.analysis.evidence import Counted, Evidence, counted
from wattmarket.sweep.analysis.peeling import Box, Limit, peeled, within

__all__ = ["Discovery", "discover"]

Float = NDArray[np.float64]
Mask = NDArray[np.bool_]


@dataclass(frozen=True, slots=True, eq=False)
class Discovery:
    """Boxes, from all points to the smallest, and the one that is reported.

    Parameters
    ----------
    trajectory
        One row per box: ``box``, ``points`` in it, ``mass`` (part of all points), ``coverage`` (part of all points of
        interest), ``density`` (part of its points that are of interest), ``restricted`` (parameters).
    frame
        The reported box: a row per restricted parameter, ``parameter``, ``low`` and ``high``, ``least`` and ``most`` of
        all points (null for a list), ``values`` (as text), ``quasi_p``.
    chosen
        Which box that is.
    interest
        What is of interest, in words.
    counted
        Which runs went in.
    """

    trajectory: pl.DataFrame
    frame: pl.DataFrame
    chosen: int
    interest: str
    counted: Counted

    def text(self) -> str:
        """Say in sentences where the points of interest are."""
        first, row = self.trajectory.row(0, named=True), self.trajectory.row(self.chosen, named=True)
        said = [
            f"{self.interest}: {first['density'] * 100:.0f} % of all points",
            f"in the box {row['density'] * 100:.0f} % of the points are of interest",
            f"it holds {row['coverage'] * 100:.0f} % of all that are in {row['mass'] * 100:.0f} % of the space",
        ]
        said += [
            f"{row['parameter']}: {row['values']} (quasi-p {row['quasi_p']:.2g})"
            for row in self.frame.iter_rows(named=True)
        ]
        return "\n".join(said)


def discover(
    evidence: Evidence, output: str, *, threshold: float | None = None, below: bool = False, never: float | None = None
) -> Discovery:
    """Look for the box of parameters in which an output is high.

    Starting from all points, the slice at one end of one parameter, about a twentieth of the points, is peeled off so
    that the mean of the rest rises most for each point given up; and again, until the box would hold less than a
    twentieth of all points or nothing rises.
    Nothing is pasted back. The box with the highest harmonic mean of coverage and density is reported; the whole
    trajectory is there to choose another.

    Parameters
    ----------
    evidence, output, never
        As for `sobol_indices`; of several seeds, the mean. Points of which a run failed or is missing are left out.
    threshold
        A point is of interest from here on: half for `breaks`, the upper quarter for numbers, unless given.
    below
        Whether points below the threshold are of interest instead.

    Returns
    -------
    Discovery
        With a quasi-p-value for each limit: the chance of as many points of interest in the box if the limit meant
        nothing, and the box were a draw from all points within the other limits. Points of a Saltelli or Morris design
        share coordinates, and are not independent: there it is too small.

    Raises
    ------
    InputError
        If all points are of interest, or none.

    Notes
    -----
    J. H. Friedman & N. I. Fisher, "Bump hunting in high-dimensional data", Statistics and Computing 9 (1999);
    B. P. Bryant & R. J. Lempert, "Thinking inside the box", Technological Forecasting and Social Change 77 (2010).
    """
    read = evidence.output(output, never)
    means = read.means()
    keep = np.isfinite(means)
    answers, values = means[keep], evidence.values()[keep]
    if not len(answers):
        raise InputError(f"scenario discovery: {output}: no point is whole")
    if threshold is None:
        numbers = len(np.unique(answers)) > 2
        threshold = float(np.quantile(answers, 0.25 if below else 0.75)) if numbers else 0.5
    wanted = answers < threshold if below else answers >= threshold
    if wanted.all() or not wanted.any():
        raise InputError(f"scenario discovery: {output}: {'all' if wanted.all() else 'no'} points are of interest")
    among = [bool(one.levels) and not _has_numbers(evidence, one.name) for one in evidence.parameters]
    boxes = peeled(values, wanted, among)
    rows = [_row(number, box, values, wanted, boxes[0]) for number, box in enumerate(boxes)]
    trajectory = pl.DataFrame(rows)
    balance = 2 * trajectory["coverage"] * trajectory["density"] / (trajectory["coverage"] + trajectory["density"])
    chosen = int(balance.arg_max() or 0)
    interest = f"{output} {'below' if below else 'from'} {threshold:.3g}{'' if below else ' on'}"
    if output == "breaks":
        interest = "edge doesn’t break" if below else "edge breaks"
    frame = _limits(boxes[chosen], boxes[0], evidence, values, wanted)
    told = counted(read, "points", evidence.points, len(answers))
    return Discovery(trajectory, frame, chosen, interest, told)


def _has_numbers(evidence: Evidence, name: str) -> bool:
    return evidence.table[name].dtype.is_numeric()


def _row(number: int, box: Box, values: Float, wanted: Mask, whole: Box) -> dict[str, int | float]:
    inside = within(box, values)
    hits, points = int((wanted & inside).sum()), int(inside.sum())
    return {
        **{"box": number, "points": points, "mass": points / len(values), "coverage": hits / int(wanted.sum())},
        **{
            "density": hits / points,
            "restricted": len([1 for one, all_ in zip(box, whole, strict=True) if one != all_]),
        },
    }


def _limits(box: Box, whole: Box, evidence: Evidence, values: Float, wanted: Mask) -> pl.DataFrame:
    inside = within(box, values)
    hits, points = int((wanted & inside).sum()), int(inside.sum())
    rows = []
    for place, (limit, free) in enumerate(zip(box, whole, strict=True)):
        if limit == free:
            continue
        around = within((*box[:place], free, *box[place + 1 :]), values)
        share = float(wanted[around].mean())
        parameter = evidence.parameters[place]
        listed = ", ".join(str(parameter.levels[one].shown) for one in limit.among)
        rows.append(
            {
                **{"parameter": parameter.name, "low": None if limit.among else limit.low},
                **{"high": None if limit.among else limit.high, "least": None if limit.among else free.low},
                **{"most": None if limit.among else free.high, "values": listed or _between(limit, free)},
                "quasi_p": _at_least(hits, points, share),
            }
        )
    ends = dict.fromkeys(("low", "high", "least", "most"), pl.Float64)
    schema = {"parameter": pl.String, **ends, "values": pl.String, "quasi_p": pl.Float64}
    return pl.DataFrame(rows, schema=schema).sort("quasi_p", "parameter")


def _between(limit: Limit, free: Limit) -> str:
    if limit.low == free.low:
        return f"up to {limit.high:.3g}"
    return f"from {limit.low:.3g} on" if limit.high == free.high else f"{limit.low:.3g} to {limit.high:.3g}"


def _at_least(hits: int, points: int, share: float) -> float:
    """Chance of so many hits or more among points that hit with a chance each: the upper tail of a binomial law.

    Examples
    --------
    >>> round(_at_least(2, 2, 0.5), 6), round(_at_least(0, 9, 0.3), 6)
    (0.25, 1.0)
    """
    if share >= 1.0 or hits == 0:
        return 1.0
    ways = lgamma(points + 1)
    tail = [
        exp(ways - lgamma(k + 1) - lgamma(points - k + 1) + k * log(share) + (points - k) * log(1.0 - share))
        for k in range(hits, points + 1)
    ]
    return min(sum(tail), 1.0)
