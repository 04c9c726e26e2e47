"""Cohorts are checked; they see late and through noise; filters recover what they are made for."""

from __future__ import annotations

from math import exp, inf, log, nan

import numpy as np
import pytest

from wattmarket.beliefs import DEFAULT_COHORTS, Beliefs, Cohort
from wattmarket.beliefs.drift import LogisticFit, drift_belief, logit, share_of_logit
from wattmarket.beliefs.trend import LinearTrend, growth_ahead, trend_gains
from wattmarket.demand.paths import logistic_path
from wattmarket.errors import InputError
from wattmarket.months import month_number

START = month_number("2023-01")


def clear_sighted(mix: str, **changes: object) -> Cohort:
    settings = {"noise_sd": 0.0, "growth_half_life_months": inf} | changes
    return Cohort(mix, mix, **settings)  # type: ignore[arg-type]


def drifting(month: int, ceiling: float = 0.75, midpoint: int = 72, speed: float = 1.0) -> float:
    return logistic_path(month, start=0.1, ceiling=ceiling, midpoint=midpoint, speed_per_year=speed)


@pytest.mark.parametrize(
    ("key", "value", "reason"),
    [
        ("mix", "clever", "must be one of naive, attentive, extrapolator"),
        ("lag_months", -1, "must be within 0 and 120"),
        ("lag_months", 1.5, "must be a whole number"),
        ("noise_sd", nan, "must be within 0 and 2"),
        ("gain", 1.1, "must be within 0 and 1"),
        ("attention", -0.1, "must be within 0 and 1"),
        ("neglect", 2.0, "must be within 0 and 1"),
        ("growth_half_life_months", -1.0, "must be at least 0"),
        ("growth_long_run", 0.0, "must be within 0.1 and 10"),
        ("ceiling_prior", (0.5, 0.0), "a mean within 0 and 1, a positive deviation"),
    ],
)
def test_a_cohort_names_what_is_wrong(key: str, value: object, reason: str) -> None:
    with pytest.raises(InputError, match=f"cohort x: {key}: .*{reason}"):
        Cohort("x", **({"mix": "naive"} | {key: value}))  # type: ignore[arg-type]


def test_the_default_cohorts_differ_as_they_say() -> None:
    naive, attentive, extrapolator = DEFAULT_COHORTS
    assert (naive.mix, attentive.mix, extrapolator.mix) == ("naive", "attentive", "extrapolator")
    assert extrapolator.growth_half_life_months == max(c.growth_half_life_months for c in DEFAULT_COHORTS)
    assert extrapolator.neglect == max(cohort.neglect for cohort in DEFAULT_COHORTS)


@pytest.mark.parametrize("gain", [0.05, 0.3, 1.0])
def test_a_trend_filter_recovers_a_noiseless_trend_exactly(gain: float) -> None:
    right = LinearTrend(5.0, 0.25, trend_gains(gain))
    wrong = LinearTrend(0.0, 0.0, trend_gains(gain))
    for month in range(1, 1001):
        right.update(5.0 + 0.25 * month)
        wrong.update(5.0 + 0.25 * month)
        assert (right.level, right.slope) == (5.0 + 0.25 * month, 0.25), "what is on its trend moves nothing"
    assert (wrong.level, wrong.slope) == pytest.approx((255.0, 0.25), abs=1e-11)


def test_growth_fades_by_half_each_half_life() -> None:
    fade = {"long_run_per_year": 1.0, "half_life_months": 12.0}
    months = [growth_ahead(0.03, n + 1, **fade) - growth_ahead(0.03, n, **fade) for n in (0, 12, 24)]
    assert months == pytest.approx([0.03, 0.015, 0.0075])
    assert growth_ahead(0.03, 24, long_run_per_year=1.2, half_life_months=0.0) == pytest.approx(2 * log(1.2))
    assert growth_ahead(0.03, 24, long_run_per_year=1.2, half_life_months=1e300) == pytest.approx(0.72)


@pytest.mark.parametrize("mix", ["naive", "attentive", "extrapolator"])
def test_steady_growth_is_forecast_exactly_from_the_first_month_on(mix: str) -> None:
    beliefs = Beliefs([clear_sighted(mix, attention=0.0)], 0, START, growth_per_year=1.59, batch_share=0.1)
    for tick in range(40):
        beliefs.observe(tick, 7.4e6 * 1.59 ** (tick / 12), drifting(tick))
        for ahead in (0, 1, 84):
            outlook = beliefs.forecast(0, ahead)
            assert outlook.power_kw == pytest.approx(7.4e6 * 1.59 ** ((tick + ahead) / 12), rel=1e-11)
    assert beliefs.month == START + 39


@pytest.mark.parametrize("truth", [(0.75, 72, 1.0), (0.4, 36, 2.0), (0.9, 90, 0.5)])
def test_the_attentive_recover_a_noiseless_logistic(truth: tuple[float, int, float]) -> None:
    beliefs = Beliefs([clear_sighted("attentive", attention=1.0)], 0, START, batch_share=0.1)
    for tick in range(151):
        beliefs.observe(tick, 1e6, drifting(tick, *truth))
    for ahead in (0, 12, 84):
        assert beliefs.forecast(0, ahead).batch_share == pytest.approx(drifting(150 + ahead, *truth), abs=1e-8)
    fit = LogisticFit(Cohort("x", "attentive", noise_sd=0.0, attention=1.0), 0.1, -1)
    for tick in range(150):
        fit.update(logit(drifting(tick, *truth)))
    assert fit.ceiling == pytest.approx(truth[0], abs=1e-6)


def test_the_attentive_see_the_drift_come_before_the_others() -> None:
    cohorts = [clear_sighted(mix, attention=0.5) for mix in ("naive", "attentive", "extrapolator")]
    beliefs = Beliefs(cohorts, 0, START, batch_share=0.1)
    for tick in range(60):
        beliefs.observe(tick, 1e6, drifting(tick))
    naive, attentive, extrapolator = (beliefs.forecast(row, 84).batch_share for row in range(3))
    assert naive < drifting(59)
    assert attentive == pytest.approx(drifting(59 + 84), abs=0.1)
    assert extrapolator > 0.94, "an extrapolated logit knows no ceiling"


def test_a_tighter_prior_on_the_ceiling_holds_the_belief_back() -> None:
    shares = []
    for ceiling in (0.2, 0.8):
        cohort = clear_sighted("attentive", attention=0.2, ceiling_prior=(ceiling, 0.05))
        beliefs = Beliefs([cohort], 0, START, batch_share=0.1)
        for tick in range(48):
            beliefs.observe(tick, 1e6, drifting(tick))
        shares.append(beliefs.forecast(0, 84).batch_share)
    assert shares[0] < 0.3
    assert shares[1] > 0.5


@pytest.mark.parametrize("mix", ["naive", "attentive", "extrapolator"])
def test_without_attention_nobody_learns(mix: str) -> None:
    cohort = clear_sighted(mix, attention=0.0)
    belief, untouched = drift_belief(cohort, 0.1), drift_belief(cohort, 0.1)
    for tick in range(120):
        belief.update(logit(drifting(tick)))
        untouched.update(logit(0.1))
    assert [belief.ahead(n) for n in (0, 12, 84)] == [untouched.ahead(n) for n in (0, 12, 84)]
    if mix != "attentive":
        assert share_of_logit(belief.ahead(84)) == pytest.approx(0.1)


@pytest.mark.parametrize("mix", ["naive", "attentive", "extrapolator"])
def test_at_the_start_all_are_where_the_world_is(mix: str) -> None:
    beliefs = Beliefs([clear_sighted(mix)], 0, START, batch_share=0.1)
    beliefs.observe(0, 1e6, 0.1)
    assert beliefs.forecast(0, 0).batch_share == pytest.approx(0.1, abs=0.005)


def test_news_comes_after_the_lag() -> None:
    cohorts = [Cohort(f"lag {lag}", "naive", lag_months=lag, noise_sd=0.0, attention=1.0, gain=1.0) for lag in (0, 3)]
    beliefs = Beliefs(cohorts, 0, START, batch_share=0.1)
    for tick in range(8):
        beliefs.observe(tick, 1e6 if tick < 2 else 2e6, 0.1 if tick < 2 else 0.5)
        seen = [beliefs.forecast(row, 0).batch_share for row in range(2)]
        assert seen == pytest.approx([0.1 if tick < 2 else 0.5, 0.1 if tick < 5 else 0.5])


def test_noise_is_each_cohorts_own_and_keyed_by_month() -> None:
    def outlooks(names: list[str], seed: int) -> list[float]:
        beliefs = Beliefs([Cohort(name, "naive", noise_sd=0.05) for name in names], seed, START, batch_share=0.1)
        for tick in range(10):
            beliefs.observe(tick, 1e6, 0.1)
        return [beliefs.forecast(row, 1).power_kw for row in range(len(names))]

    first = outlooks(["a", "b"], 0)
    assert first[0] != first[1]
    assert outlooks(["b"], 0) == first[1:], "nobody's luck depends on who else there is"
    assert outlooks(["a", "b"], 1) != first


def test_the_forecast_error_is_that_of_a_month_ago() -> None:
    beliefs = Beliefs([clear_sighted("naive", lag_months=0, attention=1.0)], 0, START, batch_share=0.5)
    assert beliefs.forecast_error(1e6, 0.5).tolist() == [0.0]
    beliefs.observe(0, 1e6, 0.5)
    assert beliefs.forecast_error(1e6 * exp(0.03), share_of_logit(0.04)).tolist() == pytest.approx([0.05])


def test_beliefs_refuse_what_makes_no_sense() -> None:
    beliefs = Beliefs(DEFAULT_COHORTS, 0, START)
    with pytest.raises(InputError, match="observe comes first"):
        beliefs.forecast(0, 1)
    with pytest.raises(InputError, match="tick: 1: expected 0"):
        beliefs.observe(1, 1e6, 0.1)
    with pytest.raises(InputError, match="power_kw: nan"):
        beliefs.observe(0, nan, 0.1)
    with pytest.raises(InputError, match=r"batch_share: 1\.1"):
        beliefs.observe(0, 1e6, 1.1)
    with pytest.raises(InputError, match="two cohorts have this name"):
        Beliefs([DEFAULT_COHORTS[0]] * 2, 0, START)
    with pytest.raises(InputError, match="there is none"):
        Beliefs([], 0, START)
    beliefs.observe(0, 1e6, 0.1)
    with pytest.raises(InputError, match="months_ahead: -1"):
        beliefs.forecast(0, -1)
    assert np.isfinite(beliefs.forecast(2, 84).power_kw)
