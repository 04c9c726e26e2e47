"""Discounting along a forward curve: weights of its knots, tabulated once for all rates and delivery dates."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from wattmarket import numeric
from wattmarket.errors import InputError
from wattmarket.units import MONTHS_PER_YEAR

__all__ = ["LifeWeights", "annuity_months", "knot_table", "knot_weights", "site_value"]

Float = npt.NDArray[np.float64]
Integer = npt.NDArray[np.int64]


def knot_table(rate_per_year: npt.ArrayLike, horizons: Sequence[int]) -> Float:
    """Weights of a forward curve's knots for every lead time.

    A margin m is known today and at the horizons, linear in between and nil after the last: there rents equal the cost
    of entry. Paid monthly from the lead time on, it is worth Σ_{t ≥ lead} ρᵗ·m(t) = Σ_j w_j·m_j with
    ρ = (1 + r)^(−1/12).

    Parameters
    ----------
    rate_per_year
        Yearly rates r above −1, float, any shape [...].
    horizons
        H horizons in months, rising from at least 1 on; the last is T.

    Returns
    -------
    float64 [..., T + 2, H + 1]
        Row *lead*: weights of the margins today and at the horizons; the last row is nil.

    Raises
    ------
    InputError
        Naming what is wrong.

    Examples
    --------
    Without discounting, a margin of 1 for ever since is worth the months that are left.

    >>> table = knot_table(0.0, (2, 4))
    >>> numeric.total(table, axis=-1).tolist()
    [5.0, 4.0, 3.0, 2.0, 1.0, 0.0]
    >>> table[0].tolist()
    [1.5, 2.0, 1.5]
    """
    rates = _rates(rate_per_year)
    months = np.arange(_last(horizons) + 1)
    factor = numeric.power(1.0 + rates[..., None], -months / MONTHS_PER_YEAR)
    monthly = factor[..., None] * _hats(horizons, months)
    # From the last month back: row t adds month t to all that comes after it.
    backwards = np.cumsum(monthly[..., ::-1, :], axis=-2)[..., ::-1, :]
    return np.concatenate([backwards, np.zeros((*rates.shape, 1, len(horizons) + 1))], axis=-2)


def knot_weights(rate_per_year: npt.ArrayLike, horizons: Sequence[int], lead_months: npt.ArrayLike) -> Float:
    """Discounted weights of a forward curve's knots, as `knot_table` defines them, for given rates and lead times.

    Parameters
    ----------
    rate_per_year
        Yearly rates, float, any shape.
    horizons
        H horizons in months, rising from at least 1 on.
    lead_months
        First month that earns, not negative, int, any shape that broadcasts against the rates.

    Returns
    -------
    float64 [..., H + 1]
        The broadcast shape, and the knots: today, then the horizons. Nil where the lead is beyond the last horizon.

    Raises
    ------
    InputError
        Naming what is wrong.

    Notes
    -----
    The table has one row per rate and month, not per pair: give a few rates and many leads, and broadcast.

    Examples
    --------
    >>> knot_weights(0.0, (2, 4), [0, 4, 99]).tolist()
    [[1.5, 2.0, 1.5], [0.0, 0.0, 1.0], [0.0, 0.0, 0.0]]
    """
    leads = np.asarray(lead_months)
    if leads.dtype.kind not in "iu" and leads.size:
        raise InputError(f"lead_months: expected integers, found {leads.dtype}")
    if (leads < 0).any():
        raise InputError(f"lead_months: {int(leads.min())}: must not be negative")
    rates = _rates(rate_per_year)
    table = knot_table(rates.ravel(), horizons)
    row, lead = np.broadcast_arrays(np.arange(rates.size).reshape(rates.shape), np.minimum(leads, _last(horizons) + 1))
    return np.asarray(table[row, lead])


def annuity_months(rate_per_year: npt.ArrayLike, first: npt.ArrayLike, months: npt.ArrayLike) -> Float:
    """Worth today of 1 a month, paid in `months` months from month `first` on: Σ ρᵗ, broadcast.

    Parameters
    ----------
    rate_per_year
        Yearly rate r above −1, ρ = (1 + r)^(−1/12).
    first, months
        First month that is paid, and number of months, not negative.

    Examples
    --------
    >>> float(annuity_months(0.0, 7, 12))
    12.0
    >>> round(float(annuity_months(0.1, 0, 10_000)), 6)  # 1 / (1 − ρ)
    126.405366
    """
    rates = _rates(rate_per_year)
    begin, count = np.asarray(first, dtype=np.float64), np.asarray(months, dtype=np.float64)
    start = numeric.power(1.0 + rates, -begin / MONTHS_PER_YEAR)
    end = numeric.power(1.0 + rates, -(begin + count) / MONTHS_PER_YEAR)
    step = 1.0 - numeric.power(1.0 + rates, np.full(rates.shape, -1.0 / MONTHS_PER_YEAR))
    flat = step == 0.0
    return np.asarray(np.where(flat, count, (start - end) / np.where(flat, 1.0, step)))


def site_value(
    rent: Float,
    cost_of_entry: npt.ArrayLike,
    *,
    rate_per_year: npt.ArrayLike,
    horizons: Sequence[int],
    lead_months: npt.ArrayLike,
    life_months: npt.ArrayLike,
) -> Float:
    """Worth of an asset that earns a rent along a forward curve, and the cost of entry beyond its last horizon.

    Parameters
    ----------
    rent
        Monthly rent today and at each of H horizons, float64 [..., H + 1]; $ per MW-month gives $ per MW.
    cost_of_entry
        Monthly cost of entry of such an asset, in the same unit, [...]: what rent comes to in the long run.
    rate_per_year, lead_months, life_months
        Yearly rate, first month that earns, and months of life from then on, [...].
    horizons
        H horizons in months, rising from at least 1 on.

    Returns
    -------
    float64 [...]
        Σ over the life of ρᵗ·rent(t).

    Raises
    ------
    InputError
        Naming what is wrong.

    Examples
    --------
    Rent of 3 now, falling to the cost of entry of 1 in two months, for a life of four months: 3 + 2 + 1 + 1.

    >>> float(site_value(np.array([3.0, 1.0]), 1.0, rate_per_year=0.0, horizons=(2,), lead_months=0, life_months=4))
    7.0
    """
    return LifeWeights.of(rate_per_year, horizons, lead_months, life_months).value(rent, cost_of_entry)


@dataclass(frozen=True, slots=True)
class LifeWeights:
    """What rents of a forward curve weigh in the worth of a life: the same for all that are paid on the same terms.

    Parameters
    ----------
    knots
        Discounted weights of the curve's knots over the life, float64 [..., H + 1].
    annuity
        Worth of 1 a month over the life, float64 [...].
    """

    knots: Float
    annuity: Float

    @classmethod
    def of(
        cls,
        rate_per_year: npt.ArrayLike,
        horizons: Sequence[int],
        lead_months: npt.ArrayLike,
        life_months: npt.ArrayLike,
    ) -> LifeWeights:
        """Weigh a life; parameters and errors are those of `site_value`."""
        lead, life = np.asarray(lead_months), np.asarray(life_months)
        # What is left of the curve when the life ends is not earned.
        knots = knot_weights(rate_per_year, horizons, lead) - knot_weights(rate_per_year, horizons, lead + life)
        return cls(knots, annuity_months(rate_per_year, lead, life))

    def value(self, rent: Float, cost_of_entry: npt.ArrayLike) -> Float:
        """Worth of an asset; parameters and errors are those of `site_value`."""
        cost = np.asarray(cost_of_entry, dtype=np.float64)
        curve = np.asarray(rent, dtype=np.float64)
        knots = self.knots.shape[-1]
        if curve.ndim < 1 or curve.shape[-1] != knots:
            raise InputError(f"rent: expected [..., {knots}], found {list(curve.shape)}")
        # Knot by knot, as a sum from left to right is.
        surplus = np.zeros(np.broadcast_shapes(cost.shape, curve.shape[:-1], self.knots.shape[:-1]))
        for knot in range(knots):
            surplus += self.knots[..., knot] * (curve[..., knot] - cost)
        return np.asarray(surplus + cost * self.annuity)


def _rates(rate_per_year: npt.ArrayLike) -> Float:
    rates = np.asarray(rate_per_year, dtype=np.float64)
    if not ((rates > -1.0) & np.isfinite(rates)).all():
        raise InputError("rate_per_year: must be finite and above -1")
    return rates


def _last(horizons: Sequence[int]) -> int:
    if not horizons or any(late <= early for early, late in zip((0, *horizons), horizons, strict=False)):
        raise InputError(f"horizons: {tuple(horizons)}: must rise from at least 1 month on")
    return int(horizons[-1])


def _hats(horizons: Sequence[int], months: Integer) -> Float:
    """Weight of every knot in the linear interpolation at every month, float64 [T + 1, H + 1]."""
    knots = np.array([0, *horizons])
    right = np.clip(np.searchsorted(knots, months, side="right"), 1, len(horizons))
    part = (months - knots[right - 1]) / (knots[right] - knots[right - 1])
    hats = np.zeros((len(months), len(knots)))
    hats[months, right - 1] = 1.0 - part
    hats[months, right] = part
    return hats
