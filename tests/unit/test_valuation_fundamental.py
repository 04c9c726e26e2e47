"""Fundamental values against closed forms."""

from __future__ import annotations

import numpy as np
import pytest

from wattmarket.finance import annuity_factor
from wattmarket.valuation import fundamental_values, month_weights, site_values

RATE, YEARS = 0.0725, 15.0


def capitalised(rent: np.ndarray, rate: float = RATE, years: float = YEARS) -> np.ndarray:
    """What the market makes of a rent for ever."""
    none = np.zeros_like(rent)
    return site_values(rent, none, none, float(annuity_factor(np.array(rate), years)))


@pytest.mark.parametrize("years", [1.0, 15.0, 2.25, 1.04])
@pytest.mark.parametrize("months", [1, 24, 400])
def test_a_constant_rent_is_worth_what_the_market_makes_of_it(months: int, years: float) -> None:
    rent = np.full((months, 2), [30.0, 7.0])
    worth = fundamental_values(rent, rent[0], RATE, years)
    np.testing.assert_allclose(worth, np.broadcast_to(capitalised(rent[0], years=years), rent.shape), rtol=1e-12)


def test_beyond_the_last_month_the_cost_of_entry_counts() -> None:
    rent, entry = np.array([[5.0], [5.0], [5.0]]), np.array([2.0])
    # Three more months of 3 above the cost of entry, discounted month by month.
    above = 3.0 * 12.0 * annuity_factor(np.array(RATE), 0.25)
    worth = fundamental_values(rent, entry, RATE, YEARS)
    assert worth[0, 0] == pytest.approx(float(capitalised(entry)[0] + above))
    assert worth[0, 0] > worth[1, 0] > worth[2, 0] > capitalised(entry)[0]


def test_a_rent_that_stops_before_the_horizon_is_an_annuity() -> None:
    rent = np.zeros((60, 1))
    rent[:24] = 1.0
    worth = fundamental_values(rent, np.zeros(1), RATE, YEARS)
    assert worth[0, 0] == pytest.approx(12.0 * float(annuity_factor(np.array(RATE), 2.0)))
    assert worth[24:].max() == 0.0


def test_rents_after_the_horizon_do_not_count() -> None:
    rent = np.zeros((60, 1))
    rent[12:] = 1.0
    assert fundamental_values(rent, np.ones(1), RATE, 1.0)[0, 0] == 0.0
    assert fundamental_values(rent, np.ones(1), RATE, 1.0)[1, 0] > 0.0


def test_weights_fall_by_the_same_factor_every_month() -> None:
    weight = month_weights(RATE, YEARS)
    assert len(weight) == 180
    np.testing.assert_allclose(weight[1:] / weight[:-1], (1.0 + RATE) ** (-1.0 / 12.0), rtol=1e-12)
