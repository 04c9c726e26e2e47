"""Discounting along a curve: closed forms, and the same sum taken month by month."""

from __future__ import annotations

import numpy as np
import pytest

from wattmarket.beliefs import annuity_months, knot_table, knot_weights, site_value
from wattmarket.errors import InputError

HORIZONS = (12, 36, 84)


def month_by_month(margin: list[float], rate: float, lead: int, horizons: tuple[int, ...] = HORIZONS) -> float:
    months = np.arange(lead, horizons[-1] + 1)
    return float(((1 + rate) ** (-months / 12) * np.interp(months, [0, *horizons], margin)).sum())


@pytest.mark.parametrize("rate", [0.0, 0.08, 0.25, -0.05])
@pytest.mark.parametrize("lead", [0, 1, 11, 12, 13, 36, 83, 84, 85, 500])
def test_weights_give_the_discounted_sum(rate: float, lead: int) -> None:
    margin = [3.0, -1.0, 0.5, 2.0]
    weights = knot_weights(rate, HORIZONS, lead)
    assert float((weights * np.array(margin)).sum()) == pytest.approx(month_by_month(margin, rate, lead), abs=1e-11)


def test_a_constant_margin_is_a_geometric_sum() -> None:
    step = 1.1 ** (-1 / 12)
    for lead in (0, 7, 60):
        closed = (step**lead - step**85) / (1 - step)
        assert knot_weights(0.1, HORIZONS, lead).sum() == pytest.approx(closed, rel=1e-13)
        assert float(annuity_months(0.1, lead, 85 - lead)) == pytest.approx(closed, rel=1e-13)


def test_a_hat_without_discounting_has_the_area_of_its_triangle() -> None:
    # Monthly sums of a hat between lattice points are half its base: 36/2, 72/2; ends count their own month too.
    assert knot_weights(0.0, HORIZONS, 0).tolist() == pytest.approx([6.5, 18.0, 36.0, 24.5])


def test_what_comes_before_the_lead_and_after_the_last_horizon_is_nil() -> None:
    assert knot_weights(0.1, HORIZONS, 36)[:2].tolist() == [0.0, 0.0]
    assert knot_weights(0.1, HORIZONS, 85).tolist() == [0.0] * 4
    assert knot_weights(0.1, HORIZONS, 84)[:3].tolist() == [0.0] * 3


def test_rates_and_leads_broadcast() -> None:
    rates = np.array([[0.05], [0.12]])
    leads = np.array([0, 30, 90])
    weights = knot_weights(rates, HORIZONS, leads)
    assert weights.shape == (2, 3, 4)
    table = knot_table(rates[:, 0], HORIZONS)
    assert table.shape == (2, 86, 4)
    for row, rate in enumerate(rates[:, 0].tolist()):
        for column, lead in enumerate(leads.tolist()):
            alone = knot_weights(rate, HORIZONS, lead)
            assert alone.shape == (4,)
            assert (weights[row, column] == alone).all()
            assert (table[row, min(lead, 85)] == alone).all()
    assert knot_weights(np.zeros(0), HORIZONS, 3).shape == (0, 4)


@pytest.mark.parametrize("life", [1, 40, 66, 67, 216])
def test_a_value_is_the_rent_of_every_month_of_life(life: int) -> None:
    rate, lead, cost = 0.09, 18, 2.0
    rent = np.array([9.0, 8.0, 5.0, 3.0])
    months = np.arange(lead, lead + life)
    monthly = np.where(months <= 84, np.interp(months, [0, *HORIZONS], rent), cost)
    expected = ((1 + rate) ** (-months / 12) * monthly).sum()
    value = site_value(rent, cost, rate_per_year=rate, horizons=HORIZONS, lead_months=lead, life_months=life)
    assert float(value) == pytest.approx(expected, rel=1e-12)


def test_rents_at_the_cost_of_entry_are_worth_the_annuity() -> None:
    value = site_value(
        np.full((2, 5, 4), 7.0), 7.0, rate_per_year=0.08, horizons=HORIZONS, lead_months=np.arange(5), life_months=216
    )
    assert value.shape == (2, 5)
    assert value[1] == pytest.approx(7.0 * annuity_months(0.08, np.arange(5), 216), rel=1e-13)
    columns = site_value(
        np.full((3, 4), 7.0),
        np.array([7.0, 6.0, 5.0]),
        rate_per_year=np.array([0.05, 0.08, 0.1]),
        horizons=HORIZONS,
        lead_months=np.array([0, 10, 20]),
        life_months=np.array([60, 216, 216]),
    )
    assert columns.shape == (3,)


@pytest.mark.parametrize(
    ("rate", "horizons", "lead", "reason"),
    [
        (-1.0, HORIZONS, 0, "rate_per_year: must be finite and above -1"),
        (np.nan, HORIZONS, 0, "rate_per_year"),
        (0.1, (), 0, "horizons"),
        (0.1, (12, 6), 0, "horizons"),
        (0.1, HORIZONS, -1, "lead_months: -1"),
        (0.1, HORIZONS, 1.5, "lead_months: expected integers"),
    ],
)
def test_weights_refuse_what_makes_no_sense(rate: float, horizons: tuple[int, ...], lead: int, reason: str) -> None:
    with pytest.raises(InputError, match=reason):
        knot_weights(rate, horizons, lead)


def test_a_value_needs_a_rent_for_every_knot() -> None:
    with pytest.raises(InputError, match=r"rent: expected \[..., 4\], found \[3\]"):
        site_value(np.ones(3), 1.0, rate_per_year=0.1, horizons=HORIZONS, lead_months=0, life_months=60)
