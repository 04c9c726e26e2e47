"""A sweep whose runs are formulas: tables like those of a store, without a run."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from itertools import product

import numpy as np
import polars as pl
from numpy.typing import NDArray

from wattmarket.sweep.analysis import Evidence
from wattmarket.sweep.design_spec import Design
from wattmarket.sweep.jobs import Job, Work
from wattmarket.sweep.parameters import Parameter, column_of
from wattmarket.sweep.play import Row
from wattmarket.sweep.shape import Shape

Formula = Callable[[dict[str, list[object]], int], NDArray[np.float64]]


def made(
    design: Design, parameters: Sequence[Parameter], formula: Formula, *, seeds: int = 1, output: str = "y"
) -> Evidence:
    """Play a design by a formula of its parameters' columns and the seed."""
    points = design.drawn(parameters)
    columns = {parameter.name: [point[place].value for point in points] for place, parameter in enumerate(parameters)}
    answers = np.stack([np.asarray(formula(columns, seed), dtype=np.float64) for seed in range(seeds)], axis=1)
    rows = list(product(range(len(points)), range(seeds)))
    table = pl.DataFrame({"point": [point for point, _ in rows], "seed": [seed for _, seed in rows]}).hstack(
        [
            column_of(parameter, [points[point][place] for point, _ in rows])
            for place, parameter in enumerate(parameters)
        ]
    )
    table = table.with_columns(pl.lit("done").alias("status"), pl.Series(output, answers.reshape(-1)))
    return Evidence(table, Shape(design, tuple(parameters), seeds))


def without(evidence: Evidence, rows: Sequence[int], status: str = "failed") -> Evidence:
    """Let some runs have failed, or be missing."""
    marked = pl.Series([row in rows for row in range(evidence.table.height)])
    lost = [
        pl.when(marked).then(pl.lit(status)).otherwise(pl.col("status")).alias("status"),
        *(pl.when(marked).then(None).otherwise(pl.col(name)).alias(name) for name in ("y",)),
    ]
    return Evidence(evidence.table.with_columns(lost), evidence.shape)


def breaks_from_half_on(work: Work, job: Job) -> Row:
    """A run that breaks if its ceiling is above a half."""
    (ceiling,) = (setting for _, settings in job.changes for setting in settings if setting.startswith("drift.ceiling"))
    return {"digest": job.key, "breaks": float(ceiling.split("=")[1]) > 0.5}
