"""Response surface: a quadratic polynomial in all parameters, with what it explains of points that it hasn't seen."""

from __future__ import annotations

from dataclasses import dataclass
from itertools import combinations_with_replacement
from typing import Final

import numpy as np
import polars as pl
from numpy.typing import NDArray

from wattmarket import numeric
from wattmarket.errors import InputError
from wattmarket.sweep.analysis.evidence import Counted, Evidence, counted

__all__ = ["Surface", "response_surface"]

FOLDS: Final = 10
ONE: Final = "1"

Float = NDArray[np.float64]


@dataclass(frozen=True, slots=True, eq=False)
class Surface:
    """A quadratic fit.

    Parameters
    ----------
    names
        Parameters.
    low, high
        (parameters,) ends between which each was varied; the fit knows them as −1 and 1.
    terms
        Of each coefficient, the places of the parameters that are multiplied.
    coefficients
        One for each term, in units of the output.
    r2, r2_cross
        Explained share of the variance of the points that were fitted, and of points left out of the fit (10 folds;
        points of a base sample or trajectory stay together). The second is the one to believe; it may be below zero.
    rmse_cross
        Root of the mean square error at points left out, in units of the output.
    counted
        Which runs went in.
    """

    names: list[str]
    low: Float
    high: Float
    terms: list[tuple[int, ...]]
    coefficients: Float
    r2: float
    r2_cross: float
    rmse_cross: float
    counted: Counted

    @property
    def frame(self) -> pl.DataFrame:
        """One row per term: ``term`` and its ``coefficient``, for parameters that run from −1 to 1."""
        named = [" × ".join(self.names[place] for place in term) or ONE for term in self.terms]
        return pl.DataFrame({"term": named, "coefficient": self.coefficients})

    def at(self, values: Float) -> Float:
        """(points,) fitted output at (points, parameters) values."""
        return np.asarray(_design(self._scaled(values), self.terms) @ self.coefficients, dtype=np.float64)

    def strongest(self) -> tuple[int, int]:
        """Give the two parameters whose terms move the output most, the stronger first."""
        weight = np.zeros(len(self.names))
        for term, coefficient in zip(self.terms, self.coefficients.tolist(), strict=True):
            for place in dict.fromkeys(term):
                weight[place] += abs(coefficient)
        order = np.argsort(-weight, kind="stable").tolist()
        return order[0], order[1] if len(order) > 1 else order[0]

    def cells(self, x: str, y: str, steps: int = 9) -> pl.DataFrame:
        """Fitted output over two parameters, the others in the middle of their ranges: ``x``, ``y``, ``value``.

        Raises
        ------
        InputError
            If there is no such parameter, or both are the same.
        """
        for name in (x, y):
            if name not in self.names or x == y:
                raise InputError(f"response surface: {name!r} is not one of two different parameters")
        across, up = self.names.index(x), self.names.index(y)
        places = np.tile((self.low + self.high) / 2.0, (steps * steps, 1))
        places[:, across] = np.tile(self._even(across, steps), steps)
        places[:, up] = np.repeat(self._even(up, steps), steps)
        return pl.DataFrame({"x": places[:, across], "y": places[:, up], "value": self.at(places)})

    def text(self) -> str:
        """Say how far the fit is to be believed."""
        return (
            f"a quadratic surface explains {self.r2 * 100:.0f} % of the variance between the points that it was fitted "
            f"to, and {self.r2_cross * 100:.0f} % between points that it had not seen; there it is off by "
            f"{self.rmse_cross:.3g} (root mean square)"
        ).replace("-", "−")

    def _even(self, place: int, steps: int) -> Float:
        """Values evenly over a parameter's range, as short as they can be written."""
        values = np.linspace(self.low[place], self.high[place], steps).tolist()
        return np.array([float(f"{value:.3g}") for value in values])

    def _scaled(self, values: Float) -> Float:
        return 2.0 * (values - self.low) / (self.high - self.low) - 1.0


def response_surface(evidence: Evidence, output: str, *, never: float | None = None) -> Surface:
    """Fit a quadratic polynomial by least squares.

    Parameters
    ----------
    evidence, output, never
        As for `sobol_indices`; a list without numbers counts by the place of the value. Points of which a run failed or
        is missing are left out.

    Returns
    -------
    Surface
        With the share of the variance that it explains out of sample.

    Raises
    ------
    InputError
        If there are fewer than twice as many points as terms, or a parameter or the output doesn't vary.

    Notes
    -----
    G. E. P. Box & K. B. Wilson, "On the experimental attainment of optimum conditions", Journal of the Royal
    Statistical Society B 13 (1951).
    """
    read = evidence.output(output, never)
    means, values = read.means(), evidence.values()
    keep = np.isfinite(means)
    low, high = _ranges(evidence, values)
    terms = [term for degree in (0, 1, 2) for term in combinations_with_replacement(range(len(low)), degree)]
    # A parameter with two values has no square of its own.
    terms = [term for term in terms if len(term) < 2 or term[0] != term[1] or _several(values[:, term[0]])]
    if int(keep.sum()) < 2 * len(terms):
        raise InputError(
            f"response surface: {int(keep.sum())} points are too few for {len(terms)} terms: twice as many"
        )
    for name, least, most in zip(evidence.names, low, high, strict=True):
        if least == most:
            raise InputError(f"response surface: {name} does not vary")
    answers = means[keep]
    if float(answers.min()) == float(answers.max()):
        raise InputError(f"response surface: {output} is the same in all runs")
    matrix = _design(2.0 * (values[keep] - low) / (high - low) - 1.0, terms)
    blocks = (np.arange(len(means)) // evidence.shape.design.step(len(low)))[keep]
    fitted = _fit(matrix, answers)
    unseen = _unseen(matrix, answers, blocks)
    spread = float(((answers - answers.mean()) ** 2).sum())
    error = float(((answers - unseen) ** 2).sum())
    return Surface(
        names=evidence.names,
        low=low,
        high=high,
        terms=terms,
        coefficients=fitted,
        r2=1.0 - float(((answers - matrix @ fitted) ** 2).sum()) / spread,
        r2_cross=1.0 - error / spread,
        rmse_cross=float(np.sqrt(error / len(answers))),
        counted=counted(read, "points", evidence.points, len(answers)),
    )


def _ranges(evidence: Evidence, values: Float) -> tuple[Float, Float]:
    """Ends of each parameter: of its range, or of the values that it takes."""
    ends = [
        (column.min(), column.max()) if one.levels else (one.low, one.high)
        for one, column in zip(evidence.parameters, values.T, strict=True)
    ]
    low, high = np.array(ends, dtype=np.float64).T
    return low, high


def _several(column: Float) -> bool:
    return len(np.unique(column)) > 2


def _design(scaled: Float, terms: list[tuple[int, ...]]) -> Float:
    return np.stack([np.prod(scaled[:, list(term)], axis=1) for term in terms], axis=1)


def _fit(matrix: Float, answers: Float) -> Float:
    return np.asarray(np.linalg.lstsq(matrix, answers, rcond=None)[0], dtype=np.float64)


def _unseen(matrix: Float, answers: Float, blocks: NDArray[np.intp]) -> Float:
    """What fits to nine tenths of the blocks say of the tenth."""
    luck = numeric.uniform(0, "response surface folds", blocks)
    fold = np.minimum((luck * FOLDS).astype(np.intp), FOLDS - 1)
    found = np.full(len(answers), answers.mean())
    for part in range(FOLDS):
        out = fold == part
        if out.any() and not out.all():
            found[out] = matrix[out] @ _fit(matrix[~out], answers[~out])
    return found
