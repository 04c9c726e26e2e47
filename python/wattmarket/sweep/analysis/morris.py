"""Morris's screening: how far an output moves when one parameter does, on average and from place to place."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final

import numpy as np
import polars as pl

from wattmarket.errors import InputError
from wattmarket.sweep.analysis.evidence import Counted, Evidence, counted, whole
from wattmarket.sweep.analysis.sobol import CONFIDENCE, RESAMPLES, resampling_seed
from wattmarket.sweep.sampled import extra, unit_problem

__all__ = ["MorrisEffects", "morris_effects"]

LEAST: Final = 4
"""Whole trajectories without which nothing is said."""


@dataclass(frozen=True, slots=True)
class MorrisEffects:
    """Elementary effects.

    Parameters
    ----------
    frame
        One row per parameter: ``parameter``, ``mu`` (mean effect of moving it across its range), ``mu_star`` (mean of
        its size) with ``mu_star_low`` and ``mu_star_high``, ``sigma`` (spread of the effect from place to place).
    counted
        Which runs went in.
    """

    frame: pl.DataFrame
    counted: Counted

    def text(self) -> str:
        """Say in sentences what moves the output, and whether it depends on the others."""
        rows = self.frame.sort("mu_star", descending=True)
        said = []
        for row in rows.iter_rows(named=True):
            way = "always the same way" if abs(row["mu"]) > 0.9 * row["mu_star"] else "up here and down there"
            said.append(
                f"{row['parameter']}: across its range it moves {self.counted.output} by {row['mu_star']:.3g} "
                f"({row['mu_star_low']:.3g} to {row['mu_star_high']:.3g}), {way}; spread {row['sigma']:.3g}"
            )
        return "\n".join(said)


def morris_effects(evidence: Evidence, output: str, *, never: float | None = None) -> MorrisEffects:
    """Estimate elementary effects from a design of the kind ``morris``.

    A trajectory of which any run failed or is missing is left out whole.

    Parameters
    ----------
    evidence, output, never
        As for `sobol_indices`.

    Returns
    -------
    MorrisEffects
        In units of the output, for a move from one end of a range to the other; intervals hold with 95 %, from 1,000
        resamples of trajectories that are drawn by the output's name.

    Raises
    ------
    InputError
        If the design is another, or less than 4 trajectories are whole.

    Notes
    -----
    F. Campolongo, J. Cariboni & A. Saltelli, "An effective screening design for sensitivity analysis of large models",
    Environmental Modelling & Software 22 (2007).
    """
    design, names = evidence.shape.design, evidence.names
    if design.kind != "morris":
        raise InputError(f'Morris effects: need design.kind = "morris", not "{design.kind}"')
    read = evidence.output(output, never)
    step, means = design.step(len(names)), read.means()
    keep = whole(means, step)
    used = int(keep.sum())
    if used < LEAST:
        raise InputError(f"Morris effects: {used} trajectories are whole; {LEAST} are needed")
    # Places on the lattice, as they were drawn: two levels may have the same value of a list.
    places = design.shares(len(names)).reshape(-1, step, len(names))[keep].reshape(-1, len(names))
    found = extra("SALib.analyze.morris").analyze(
        unit_problem(len(names)),
        places,
        means.reshape(-1, step)[keep].reshape(-1),
        num_resamples=RESAMPLES,
        conf_level=CONFIDENCE,
        num_levels=design.levels,
        seed=np.random.default_rng(resampling_seed("morris", output)),  # exact: a generator of its own, with a seed
    )
    middle, half = (np.asarray(found[name], dtype=np.float64) for name in ("mu_star", "mu_star_conf"))
    frame = pl.DataFrame(
        {
            "parameter": names,
            "mu": np.asarray(found["mu"], dtype=np.float64),
            **{"mu_star": middle, "mu_star_low": np.maximum(middle - half, 0.0), "mu_star_high": middle + half},
            "sigma": np.asarray(found["sigma"], dtype=np.float64),
        }
    )
    return MorrisEffects(frame, counted(read, "trajectories", len(keep), used))
