"""Generation steps at their nominal size: what stands, is under construction, could be built, or is gone."""

from __future__ import annotations

from typing import Final

import numpy as np
from numpy.typing import NDArray

from wattmarket import numeric
from wattmarket.contracts.pipeline import Pipeline
from wattmarket.errors import InvariantError
from wattmarket.numeric.growing import Integer

__all__ = ["LONGEST_WAIT_MONTHS", "GenerationSteps"]

LONGEST_WAIT_MONTHS: Final = 480
"""Nothing takes longer to build."""

_ONE: Final = 1_000_000


class GenerationSteps:
    """G steps, each of one size, in nominal kW; a scale says how many kW come out of a million.

    Parameters
    ----------
    size
        Nominal kW of IT, int64 [G].
    stands
        Whether a step stands at the start, bool [G]; otherwise it can be built.
    whole
        Whether a step is built whole or not at all, bool [G].

    Notes
    -----
    Conservation: standing + under construction + buildable + retired = size.
    """

    def __init__(self, size: Integer, stands: NDArray[np.bool_], whole: NDArray[np.bool_]) -> None:
        self.size = size
        self.standing: Integer = np.where(stands, size, 0)
        self.buildable = size - self.standing
        self.retired = np.zeros_like(size)
        self.building = Pipeline(len(size), LONGEST_WAIT_MONTHS)
        self._whole = whole
        self._scale = np.full_like(size, _ONE)

    def __len__(self) -> int:
        return len(self.size)

    @property
    def begun(self) -> Integer:
        """What stands or is under construction, nominal kW, int64 [G]."""
        return self.standing + self.building.total

    def set_scale(self, scale: NDArray[np.float64]) -> None:
        """Set what comes out of each nominal kW, float64 [G]."""
        self._scale = numeric.to_integer(scale * _ONE, "generation_scale")

    def out(self, nominal: Integer) -> Integer:
        """Give the kW that nominal kW of each step yield, int64 [G], rounded down."""
        return nominal * self._scale // _ONE

    def advance(self) -> Integer:
        """Go a month on; give what was completed, nominal kW, int64 [G]."""
        completed = self.building.advance()
        self.standing += completed
        return completed

    def start(self, at: Integer, upto: Integer, kw: Integer, months: Integer) -> None:
        """Start building until steps yield so much, as far as there is anything to build.

        Parameters
        ----------
        at
            Steps, int64 [N], rows of one step together.
        upto
            What the step is to yield after each row, int64 [N], growing from row to row of a step by `kw`.
        months
            Until what a row starts generates, int64 [N].
        """
        first = np.diff(at, prepend=-1) != 0
        before = np.where(first, self.begun[at], self._level(at, upto - kw))
        new = self._level(at, upto) - before
        self.building.add(at, new, months)
        np.subtract.at(self.buildable, at, new)

    def _level(self, at: Integer, kw: Integer) -> Integer:
        """Nominal kW that must have been begun for a yield, int64 [N]; never less than is begun already."""
        begun = self.begun[at]
        most = begun + self.buildable[at]
        level = np.clip(-(-kw * _ONE // np.maximum(self._scale[at], 1)), begun, most)
        return np.where(self._whole[at] & (level > begun), most, level)

    def months_until(self, at: Integer, upto: Integer) -> Integer:
        """Count the months until steps yield so much, int64 [N]; one beyond the horizon if they never do."""
        months = np.zeros_like(upto)
        late = np.flatnonzero(self.out(self.standing)[at] < upto)
        step = at[late]
        nominal = self.standing[step][:, None] + self.building.reached(step)
        short = nominal * self._scale[step][:, None] // _ONE < upto[late][:, None]
        never = short[:, -1]
        months[late] = np.where(never, self.building.horizon_months + 1, short.sum(axis=1))  # exact: integers
        return months

    def retire(self, at: Integer, kw: Integer) -> None:
        """Take what yields so much of each step, int64 [N], out of service; a step comes at most once."""
        gone = np.minimum(-(-kw * _ONE // np.maximum(self._scale[at], 1)), self.standing[at])
        self.standing[at] -= gone
        self.retired[at] += gone

    def check(self) -> None:
        """Check conservation.

        Raises
        ------
        InvariantError
            Naming step and numbers.
        """
        parts = (self.standing, self.building.total, self.buildable, self.retired)
        wrong = (self.begun + self.buildable + self.retired != self.size) | (np.minimum.reduce(parts) < 0)
        for row in np.flatnonzero(wrong)[:1].tolist():
            numbers = ", ".join(str(int(part[row])) for part in parts)
            raise InvariantError(f"contracts: step {row}: of {self.size[row]} kW, by state: {numbers}")
