"""Agents change cohort: discrete choice between beliefs by how well they forecast (Brock & Hommes)."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from wattmarket import numeric
from wattmarket.errors import InputError

__all__ = ["Fitness", "choose", "switch_shares"]

Float = NDArray[np.float64]
Integer = NDArray[np.int64]
Hash = NDArray[np.uint64]

NO_DEVIATION = 1e-9
"""A deviation across cohorts below this part of their mean error is rounding, not a difference."""


def switch_shares(fitness: Float, intensity: float) -> Float:
    """Share of each cohort under discrete choice: exp(β·U_c) / Σ exp(β·U) [1]_.

    Parameters
    ----------
    fitness
        float64 [C].
    intensity
        β, the intensity of choice, not negative: 0, all cohorts alike; large, nearly all take the best.

    Returns
    -------
    float64 [C], summing to one up to rounding

    Raises
    ------
    InputError
        If there is no cohort, a fitness is not finite, or the intensity negative.

    References
    ----------
    .. [1] W. A. Brock & C. H. Hommes, "Heterogeneous beliefs and routes to chaos in a simple asset pricing model",
       *Journal of Economic Dynamics and Control* 22 (1998), equation 2.10.

    Examples
    --------
    >>> switch_shares(np.array([0.0, 0.0]), 5.0).tolist()
    [0.5, 0.5]
    >>> switch_shares(np.array([0.0, -1000.0]), 5.0).tolist()
    [1.0, 0.0]
    """
    values = np.asarray(fitness, dtype=np.float64)
    if values.ndim != 1 or not len(values):
        raise InputError(f"fitness: expected one number per cohort, found shape {list(values.shape)}")
    for row in np.flatnonzero(~np.isfinite(values)).tolist():
        raise InputError(f"fitness[{row}] = {values[row]}: is not a finite number")
    if not 0.0 <= intensity < float("inf"):
        raise InputError(f"intensity: {intensity}: must be finite and not negative")
    # Shifted so that the best has weight one: nothing overflows.
    weight = numeric.exp(intensity * (values - values.max()))
    return np.asarray(weight / numeric.total(weight))


class Fitness:
    """How well each cohort has forecast of late: minus its averaged error, in deviations across cohorts.

    Parameters
    ----------
    cohorts
        Number of cohorts C.
    memory
        Part of the averaged error that is kept each month, 0 (the last month alone) to below 1.

    Raises
    ------
    InputError
        If there is no cohort, or the memory is out of range.

    Examples
    --------
    >>> fitness = Fitness(2, memory=0.5)
    >>> fitness.update(np.array([1.0, 3.0])).tolist()
    [-1.0, -3.0]
    >>> fitness.update(np.array([3.0, 1.0])).tolist()  # both have erred by two on average: no difference
    [0.0, 0.0]
    """

    def __init__(self, cohorts: int, memory: float = 0.9) -> None:
        if cohorts < 1:
            raise InputError(f"cohorts: {cohorts}: must be at least 1")
        if not 0.0 <= memory < 1.0:
            raise InputError(f"memory: {memory}: must be within 0 and below 1")
        self._memory = memory
        self._error: Float | None = None
        self.values: Float = np.zeros(cohorts)

    def update(self, error: Float) -> Float:
        """Take one month's forecast errors and return the fitness.

        Parameters
        ----------
        error
            Size of each cohort's error, float64 [C], not negative.

        Returns
        -------
        float64 [C]
            Nil for all where the errors do not differ.
        """
        if error.shape != self.values.shape or not (np.isfinite(error) & (error >= 0.0)).all():
            raise InputError(f"error: expected {len(self.values)} numbers, finite and not negative, found {error}")
        before = error if self._error is None else self._error
        self._error = self._memory * before + (1.0 - self._memory) * error
        mean = numeric.total(self._error) / len(self._error)
        gap = self._error - mean
        deviation = float(np.sqrt(numeric.total(gap * gap) / len(gap)))
        known = deviation > NO_DEVIATION * mean
        self.values = -self._error / deviation if known else np.zeros(len(gap))
        return self.values.copy()


def choose(  # noqa: PLR0917
    shares: Float, agents: Hash, seed: int, tick: int, review_probability: float, current: Integer
) -> Integer:
    """Let each agent review its cohort with some probability and draw a new one by the shares.

    Parameters
    ----------
    shares
        Share of each cohort, float64 [C], as `switch_shares` gives them.
    agents
        Hashes of the agents' ids, uint64 [A]: they key the draws.
    seed, tick
        Seed of the run, and the month.
    review_probability
        Probability that an agent reviews this month, 0 to 1.
    current
        Cohort of each agent now, int64 [A].

    Returns
    -------
    int64 [A]
        Cohort of each agent from now on.

    Raises
    ------
    InputError
        If lengths differ, the probability is out of range, or a cohort is not one of C.

    Examples
    --------
    >>> ids = numeric.entity_hash(["A", "B"])
    >>> choose(np.array([0.0, 1.0]), ids, 0, 7, 1.0, np.array([0, 1])).tolist()
    [1, 1]
    >>> choose(np.array([0.0, 1.0]), ids, 0, 7, 0.0, np.array([0, 1])).tolist()
    [0, 1]
    """
    if agents.shape != current.shape:
        raise InputError(f"current: expected {len(agents)} entries, found {len(current)}")
    if not 0.0 <= review_probability <= 1.0:
        raise InputError(f"review_probability: {review_probability}: must be within 0 and 1")
    for row in np.flatnonzero((current < 0) | (current >= len(shares))).tolist():
        raise InputError(f"current[{row}] = {current[row]}: is not in 0..{len(shares) - 1}")
    reviews = numeric.uniform(seed, "cohort review", agents, tick) < review_probability
    reached = np.cumsum(shares)
    drawn = numeric.uniform(seed, "cohort choice", agents, tick) * reached[-1]
    # The first cohort whose cumulated share lies above the draw; one without a share is never it.
    picked = np.searchsorted(reached, drawn, side="right").astype(np.int64)
    return np.where(reviews, np.minimum(picked, len(shares) - 1), current)
