"""Critical share: the search on problems with known answers, intervals over seeds, and a small living market."""

from __future__ import annotations

import json
from math import inf, log
from pathlib import Path

import numpy as np
import polars as pl
import pytest
from known_thresholds import COST, DISCOUNT, TREND, brock_hommes_growth, cubic_fold, latency_rent_lost

from wattmarket import numeric
from wattmarket.cli import main
from wattmarket.errors import InputError
from wattmarket.months import month_name
from wattmarket.plot import loss_data, loss_figure, phase_data
from wattmarket.scenario import Event, Scenario, load_scenario
from wattmarket.study import Axis, CriticalShare, Terms, critical_map, critical_share
from wattmarket.study.drift_paths import DriftLosses, Ramp
from wattmarket.study.search import Bracket, Goal, Outcome, one_by_one, search
from wattmarket.study.spread import median_rank, spread_of

SMALL = (
    "world.sites=50",
    "world.metros=20",
    "run.months=22",
    "drift.midpoint=2023-07",
    "drift.speed_per_year=12",
)


def test_the_search_finds_brock_and_hommes_intensity() -> None:
    goal = Goal(0.0, 10.0, part=1.0, tolerance=1e-4)
    (found,) = search(one_by_one(brock_hommes_growth), [0], goal, budget=60).brackets
    exact = log(DISCOUNT / (TREND - DISCOUNT)) / COST
    assert exact == pytest.approx(2.39790, abs=5e-6)
    assert found.settled
    assert found.monotone
    assert found.value == pytest.approx(exact, abs=1e-4)


@pytest.mark.parametrize(("part", "by_hand"), [(0.10, 1 / 4), (0.80, 1 / 4), (0.85, 1 / 2), (0.99, 1 / 2)])
def test_the_search_finds_what_two_metros_give_by_hand(part: float, by_hand: float) -> None:
    goal = Goal(0.0, 0.9, part, tolerance=1e-3)
    (found,) = search(one_by_one(latency_rent_lost), [0], goal, budget=30, known={0.0: 0.0}).brackets
    assert found.settled
    assert found.low <= by_hand + 1e-4
    assert found.high >= by_hand - 1e-4
    assert found.value == pytest.approx(by_hand, abs=1e-3)


def test_the_search_finds_both_folds_and_the_gap_between_them() -> None:
    goal = Goal(-1.0, 1.0, part=0.5, tolerance=2e-3)
    up, down = (search(one_by_one(cubic_fold(start)), [0], goal, budget=30).brackets[0].value for start in (-1.5, 1.5))
    assert up is not None
    assert down is not None
    assert up == pytest.approx(2 / 3, abs=2e-3)
    assert down == pytest.approx(-2 / 3, abs=2e-3)
    assert up - down == pytest.approx(4 / 3, abs=4e-3)


def test_without_noise_no_more_than_the_stated_number_of_losses_is_asked_for() -> None:
    terms = Terms(tolerance=0.01)
    for threshold in np.linspace(0.11, 0.89, 40):
        found = step_search(float(threshold), terms.goal(0.1))
        assert found.brackets[0].settled
        assert found.probes <= terms.enough(0.1, 1) - 1


def step_search(threshold: float, goal: Goal, hint: tuple[float, float] | None = None) -> Outcome:
    hints = None if hint is None else {0: hint}
    return search(one_by_one(lambda dose, seed: float(dose >= threshold)), [0], goal, budget=99, hints=hints)


@pytest.mark.parametrize("threshold", [0.02, 0.31, 0.5, 0.97])
@pytest.mark.parametrize("hint", [None, (0.3, 0.32), (0.0, 0.05), (0.98, 1.0), (1.0, 1.0), (0.6, 0.62)])
def test_a_hint_changes_the_way_and_not_the_answer(threshold: float, hint: tuple[float, float] | None) -> None:
    goal = Goal(0.0, 1.0, part=0.5, tolerance=0.02, checks=0)
    found = step_search(threshold, goal, hint)
    (bracket,) = found.brackets
    assert bracket.settled
    assert bracket.low < threshold <= bracket.high
    assert bracket.high - bracket.low <= 0.02 + 1e-9


def test_a_good_hint_saves_losses() -> None:
    goal = Goal(0.0, 1.0, part=0.5, tolerance=0.02, checks=0)
    assert step_search(0.31, goal, (0.3, 0.32)).probes == 2
    assert step_search(0.31, goal).probes == 8


def test_what_no_dose_reaches_is_censored_and_counted() -> None:
    goal = Goal(0.0, 1.0, part=0.5, tolerance=0.1)
    outcome = search(one_by_one(lambda dose, seed: dose * seed), [0, 1, 2, 3, 4], goal, budget=99)
    kinds = [bracket.kind for bracket in outcome.brackets]
    assert kinds == ["above", "found", "found", "found", "found"]
    (never, *_), goal = outcome.brackets, Goal(0.0, 1.0, part=0.5, tolerance=0.1)
    assert (never.value, never.low, never.high) == (inf, 1.0, inf)
    (always,) = search(one_by_one(lambda dose, seed: 1.0), [0], goal, budget=9).brackets
    assert (always.kind, always.value, always.high) == ("below", -inf, 0.0)
    spread = spread_of(*zip(*((b.value, b.low, b.high) for b in outcome.brackets), strict=True))
    assert spread.above == 1
    assert spread.value == pytest.approx(0.25, abs=0.05)
    assert spread.high == inf
    assert "above 1.0" in spread.text(".1f", 0.0, 1.0)


def test_losses_that_fall_again_are_flagged_and_the_least_dose_is_found() -> None:
    """Enough is lost from 0.2 to 0.4 and from 0.7 on: bisection from the ends alone would find 0.7 or 0.2 by luck."""
    goal = Goal(0.0, 1.0, part=0.5, tolerance=0.02, checks=3)
    losses = one_by_one(lambda dose, seed: float(0.2 <= dose < 0.4 or dose >= 0.7))
    (found,) = search(losses, [0], goal, budget=50).brackets
    assert not found.monotone
    assert found.value == pytest.approx(0.2, abs=0.02)
    assert found.low <= 0.2
    assert found.high >= 0.7
    (blind,) = search(losses, [0], Goal(0.0, 1.0, 0.5, 0.02, checks=0), budget=50).brackets
    assert blind.monotone, "which is why there are checks"


def test_a_budget_that_ends_leaves_brackets_wide_and_says_so() -> None:
    goal = Goal(0.0, 1.0, part=0.5, tolerance=0.01)
    asked: list[int] = []

    def losses(probes: list[tuple[float, int]]) -> list[float]:
        asked.append(len(probes))
        return [dose for dose, _ in probes]

    outcome = search(losses, [0, 1, 2], goal, budget=7)
    assert sum(asked) == outcome.probes == 7
    assert not any(bracket.settled for bracket in outcome.brackets)
    (one, *_) = search(one_by_one(lambda dose, seed: dose), [0], goal, budget=1).brackets
    assert (one.kind, one.value, one.low, one.high) == ("open", None, 0.0, inf)


def test_an_answer_that_could_decide_the_median_leaves_it_open() -> None:
    assert spread_of([0.1, 0.2, None], [0.1, 0.2, 0.0], [0.1, 0.2, inf]).value is None
    assert spread_of([0.1, 0.2, 0.2, 0.3, None], [0.0] * 5, [1.0] * 5).value == 0.2
    assert spread_of([inf, -inf], [1.0, -inf], [inf, 0.0]).value is None
    with pytest.raises(InputError, match="no seed"):
        spread_of([], [], [])


@pytest.mark.parametrize("seeds", [5, 8, 20])
def test_the_interval_holds_the_median_as_often_as_stated(seeds: int) -> None:
    """4,000 sets of keyed draws from a skewed law with median 1/8."""
    rank, coverage = median_rank(seeds)
    assert coverage >= 0.90
    draws = numeric.uniform(0, "coverage", np.arange(4_000 * seeds)).reshape(4_000, seeds)
    ordered = np.sort(draws * draws * draws, axis=1)
    held = (ordered[:, rank - 1] <= 0.125) & (ordered[:, -rank] >= 0.125)
    assert float(held.mean()) == pytest.approx(coverage, abs=0.015)


@pytest.mark.parametrize(
    ("make", "reason"),
    [
        (lambda: Goal(0.5, 0.5, 0.1, 0.1), "range"),
        (lambda: Goal(0.0, 1.0, 0.1, 0.0), "tolerance: 0.0"),
        (lambda: Goal(0.0, 1.0, 0.1, 0.1, -1), "checks: -1"),
        (lambda: Terms(part=1.5), "part: 1.5"),
        (lambda: Terms(high=1.0), "high: 1.0"),
        (lambda: Terms(window=0), "window: 0"),
        (lambda: search(one_by_one(lambda dose, seed: 0.0), [1, 1], Goal(0, 1, 0.1, 0.1), budget=1), "seeds"),
        (lambda: search(one_by_one(lambda dose, seed: 0.0), [1], Goal(0, 1, 0.1, 0.1), budget=-1), "budget: -1"),
        (lambda: Bracket(3, Goal(0, 1, 0.1, 0.1)).add(0.5, float("nan")), "seed 3 is nan"),
    ],
)
def test_what_makes_no_sense_is_refused(make: object, reason: str) -> None:
    assert callable(make)
    with pytest.raises(InputError, match=reason):
        make()


def small() -> Scenario:
    return load_scenario(Path("scenarios/agentic_batch_drift.toml"), SMALL)


def test_both_directions_have_the_same_time_and_arrive_at_the_dose() -> None:
    ramp = Ramp.of(small())
    up, down = ramp.up_to(0.4), ramp.down_to(0.4, 0.9)
    assert list(up) == list(down)[-2:] == [month_name(ramp.leaves), month_name(ramp.arrives)]
    assert up[month_name(ramp.arrives)] == down[month_name(ramp.arrives)] == 0.4
    assert down[month_name(ramp.leaves)] == 0.9


def test_a_run_without_room_for_the_drift_is_refused() -> None:
    scenario = small()
    with pytest.raises(InputError, match="less than 12 months"):
        Ramp.of(scenario.with_settings(["run.months=16"]))
    with pytest.raises(InputError, match="too soon"):
        Ramp.of(scenario.with_settings(["drift.midpoint=2023-02"]))
    event = Event.model_validate({"date": "2024-06", "set": {"drift.ceiling": 0.3}})
    with pytest.raises(InputError, match="event"):
        Ramp.of(scenario.model_copy(update={"event": (event,)}))
    with pytest.raises(InputError, match="too few"):
        critical_share(scenario, (0, 1), budget=3)


def test_a_drift_to_where_the_share_is_loses_nothing() -> None:
    losses = DriftLosses(small())
    losses.play_twins([3])
    assert losses.forward([(losses.ramp.start, 3)]) == [0.0], "which is why it is never played"


def test_a_small_living_market_within_its_budget(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    options = [piece for setting in SMALL for piece in ("--set", setting)]
    command = ["critical", "agentic_batch_drift", "--seeds", "1", "--budget", "6", "--backward", "--json"]
    assert main([*command, *options, "--out", str(tmp_path / "out")]) == 0
    found = json.loads(capsys.readouterr().out)
    tests = pl.read_parquet(tmp_path / "out" / "tests.parquet")
    played = tests.filter((pl.col("direction") == "backward") | (pl.col("batch_share") > 0.1))
    assert found["runs"] == 1 + played.height <= 6
    assert set(tests["direction"]) == {"forward", "backward"}
    (up, _), part = found["seeds"], found["part"]
    losses = {test["batch_share"]: test["loss"] for test in found["tests"] if test["direction"] == "forward"}
    if up["kind"] == "found":
        assert losses[up["below"]] < part <= losses[up["loses"]]
    assert pl.read_parquet(tmp_path / "out" / "seeds.parquet").height == 2
    assert (tmp_path / "out" / "losses.png").stat().st_size > 10_000
    assert main([*command, *options, "--out", str(tmp_path / "out")]) == 2


def test_the_figure_of_losses_draws_every_test_and_both_intervals() -> None:
    goal = Goal(0.1, 0.9, part=0.1, tolerance=0.05)
    up, down = (
        search(one_by_one(lambda dose, seed, late=late: (dose - 0.1) / 2 - late - seed / 100), [0, 1], goal, budget=40)
        for late in (0.0, 0.1)
    )
    ramp = Ramp.of(Scenario())
    found = CriticalShare(Terms(tolerance=0.05), ramp, up.brackets, down.brackets, 30)
    figure = loss_figure(found, source="by rule")
    axes = figure.axes[0]
    drawn = [
        sorted(zip(line.get_xdata(), line.get_ydata(), strict=True))  # type: ignore[arg-type]
        for line in axes.get_lines()
        if line.get_marker() == "o"
    ]
    tests = loss_data(found)
    assert sum(map(len, drawn)) == tests.height
    assert drawn[0] == [
        (dose * 100, loss * 100) for direction, seed, dose, loss in tests.rows() if (direction, seed) == ("forward", 0)
    ]
    assert len(axes.patches) == 2
    title = " ".join(text.get_text() for text in figure.texts[:2])
    assert found.share.text(".3f") in title and "and is back at" in title
    alone = loss_figure(CriticalShare(Terms(tolerance=0.05), ramp, up.brackets, (), 15), theme="dark")
    assert len(alone.axes[0].patches) == 1


class ByRule:
    """In place of a market: enough is lost from a share on that two keys of the scenario set."""

    def __init__(self, scenario: Scenario, **_: object) -> None:
        self.ramp = Ramp.of(scenario)
        self.least = 0.2 + 0.4 * (scenario.demand.elasticity - 1.0) + 0.1 * (scenario.finance.wacc_edge - 0.1)

    def play_twins(self, seeds: list[int]) -> None: ...

    def forward(self, probes: list[tuple[float, int]]) -> list[float]:
        return [float(dose >= self.least + 0.001 * seed) for dose, seed in probes]


GRID = Axis("demand.elasticity", (1.0, 1.5, 2.0, 2.9)), Axis("finance.wacc_edge", (0.08, 0.1, 0.12))


def test_a_map_narrows_its_searches_and_stays_within_its_budget(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("wattmarket.study.critical.DriftLosses", ByRule)
    terms, seeds = Terms(checks=0), (0, 1, 2)
    whole = critical_map(small(), *GRID, seeds, terms, budget=10_000)
    alone = 12 * terms.enough(0.1, len(seeds))
    assert sum(whole["runs"].to_list()) < 0.8 * alone
    for row in whole.iter_rows(named=True):
        least = 0.2 + 0.4 * (row["x"] - 1.0) + 0.1 * (row["y"] - 0.1) + 0.001
        if least > 0.9:
            assert (row["value"], row["above"], row["high"]) == (None, 3, 0.9)
        else:
            assert row["value"] == pytest.approx(least, abs=0.011)
            assert row["low"] <= least <= row["high"]
    half = critical_map(small(), *GRID, seeds, terms, budget=90)
    assert sum(half["runs"].to_list()) <= 90
    assert 0 < half["low"].null_count() < 12
    assert phase_data(half).height == 12
    with pytest.raises(InputError, match="too few"):
        critical_map(small(), *GRID, seeds, terms, budget=8)


def test_the_command_line_writes_a_map(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setattr("wattmarket.study.critical.DriftLosses", ByRule)
    out = tmp_path / "map"
    axes = ["--map", "demand.elasticity=1.0,1.5", "finance.wacc_edge=0.08,0.1"]
    command = ["critical", "agentic_batch_drift", *axes, "--seeds", "2", "--budget", "50"]
    assert main([*command, "--out", str(out)]) == 0
    assert len(capsys.readouterr().out.splitlines()) == 5
    assert pl.read_parquet(out / "map.parquet").height == 4
    assert (out / "map.png").stat().st_size > 10_000
    assert main(["critical", "agentic_batch_drift", *axes]) == 2
    assert main([*command[:2], "--map", "demand.elasticity=a", "finance.wacc_edge=1", "--budget", "9"]) == 2
