"""Sobol' indices: which part of an output's variance goes with each parameter, alone and together with others."""

from __future__ import annotations

import hashlib
from dataclasses import dataclass
from typing import Any, Final

import polars as pl

from wattmarket.errors import InputError
from wattmarket.sweep.analysis.evidence import Counted, Evidence, counted, whole
from wattmarket.sweep.sampled import extra

__all__ = ["SobolIndices", "resampling_seed", "sobol_indices"]

CONFIDENCE: Final = 0.95
RESAMPLES: Final = 1_000
LEAST: Final = 16
"""Whole base samples without which nothing is said."""


@dataclass(frozen=True, slots=True)
class SobolIndices:
    """Sobol' indices with their intervals.

    Parameters
    ----------
    frame
        One row per parameter: ``parameter``, ``first`` with ``first_low`` and ``first_high``, ``total`` with
        ``total_low`` and ``total_high``.
    pairs
        One row per pair of parameters: ``one``, ``other``, ``second``, ``second_low``, ``second_high``; without rows
        unless the design has ``second_order``.
    counted
        Which runs went in.
    """

    frame: pl.DataFrame
    pairs: pl.DataFrame
    counted: Counted

    def text(self) -> str:
        """Say in sentences what decides."""
        rows = self.frame.sort("total", descending=True)
        said = [
            f"{row['parameter']}: {_percent(row['first'])} of the variance alone ({_percent(row['first_low'])} to "
            f"{_percent(row['first_high'])}), {_percent(row['total'])} with others ({_percent(row['total_low'])} to "
            f"{_percent(row['total_high'])})"
            for row in rows.iter_rows(named=True)
        ]
        alone = sum(self.frame["first"])
        said.append(f"alone they come to {_percent(alone)}; the rest needs more than one of them")
        return "\n".join(said)


def sobol_indices(evidence: Evidence, output: str, *, never: float | None = None) -> SobolIndices:
    """Estimate Sobol' indices from a design of the kind ``sobol``.

    A base sample of which any run failed or is missing is left out whole: the others are still a sample of the whole
    space.

    Parameters
    ----------
    evidence
        The sweep.
    output
        What to explain; of several seeds, their mean.
    never
        What a run that never breaks counts as (`Evidence.output`).

    Returns
    -------
    SobolIndices
        First-order (Saltelli et al. 2010) and total indices (Jansen 1999), as SALib estimates them; intervals hold with
        95 %, from 1,000 resamples of base samples, as a normal law has them. Resamples are drawn by the output's name:
        the same table gives the same numbers. They are estimates: small ones may be negative.

    Raises
    ------
    InputError
        If the design is another, less than 16 base samples are whole, or the output never varies.

    Notes
    -----
    A. Saltelli et al., "Variance based sensitivity analysis of model output. Design and estimator for the total
    sensitivity index", Computer Physics Communications 181 (2010).
    """
    design, names = evidence.shape.design, evidence.names
    if design.kind != "sobol":
        raise InputError(f'Sobol\' indices: need design.kind = "sobol", not "{design.kind}"')
    read = evidence.output(output, never)
    step, means = design.step(len(names)), read.means()
    keep = whole(means, step)
    used = int(keep.sum())
    if used < LEAST:
        raise InputError(f"Sobol' indices: {used} base samples are whole; {LEAST} are needed")
    blocks = means.reshape(-1, step)[keep]
    if float(blocks.min()) == float(blocks.max()):
        raise InputError(f"Sobol' indices: {output} is the same in all runs")
    problem = {"num_vars": len(names), "names": names, "bounds": [[0.0, 1.0]] * len(names)}
    found = extra("SALib.analyze.sobol").analyze(
        problem,
        blocks.reshape(-1),
        calc_second_order=design.second_order,
        num_resamples=RESAMPLES,
        conf_level=CONFIDENCE,
        seed=resampling_seed("sobol", output),
    )
    frame = pl.DataFrame(
        {
            "parameter": names,
            **_ends("first", found["S1"], found["S1_conf"]),
            **_ends("total", found["ST"], found["ST_conf"]),
        }
    )
    return SobolIndices(frame, _pairs(names, found), counted(read, "base samples", len(keep), used))


def resampling_seed(method: str, output: str) -> int:
    """Seed of resamples: of the method and output alone, and never 0, for which SALib takes a global generator.

    Examples
    --------
    >>> resampling_seed("sobol", "deepest") == resampling_seed("sobol", "deepest") > 0
    True
    """
    return 1 + int.from_bytes(hashlib.sha256(f"{method} {output}".encode()).digest()[:6], "big")


def _pairs(names: list[str], found: Any) -> pl.DataFrame:
    schema = {
        "one": pl.String,
        "other": pl.String,
        **dict.fromkeys(("second", "second_low", "second_high"), pl.Float64),
    }
    if "S2" not in found:
        return pl.DataFrame(schema=schema)
    pairs = [(one, other) for one in range(len(names)) for other in range(one + 1, len(names))]
    middle = [float(found["S2"][pair]) for pair in pairs]
    half = [float(found["S2_conf"][pair]) for pair in pairs]
    sides = {"one": [names[one] for one, _ in pairs], "other": [names[other] for _, other in pairs]}
    return pl.DataFrame({**sides, **_ends("second", middle, half)}, schema=schema)


def _ends(name: str, middle: Any, half: Any) -> dict[str, list[float]]:
    both = [(float(value), float(width)) for value, width in zip(middle, half, strict=True)]
    return {
        name: [value for value, _ in both],
        f"{name}_low": [value - width for value, width in both],
        f"{name}_high": [value + width for value, width in both],
    }


def _percent(share: float) -> str:
    return f"{round(share * 100)} %".replace("-", "−")
