"""What is said of a break: every number has its range, every rule how often it is wrong, and where that is known."""

from __future__ import annotations

import re
from typing import Any

import numpy as np
import polars as pl
import pytest

import wattmarket
from wattmarket.findings import AlarmRate, Findings, MetroCount, PlayerChange, Repricing, Uncertain, find_break
from wattmarket.findings.break_range import breaks_of, deepest_falls, repricing_of
from wattmarket.findings.break_words import break_in_words, depth_in_words, verdict
from wattmarket.findings.chance import names_by_chance
from wattmarket.findings.place_words import (
    NO_EXPOSURE,
    exposed_in_words,
    metros_in_words,
    players_in_words,
    unnamed_in_words,
)

RULE = {"depth": 0.10, "months": 6}
BREAK = find_break(np.array([100.0] * 3 + [80.0] * 9), np.full(12, 100.0), **RULE)


def repricing(**given: Any) -> Repricing:
    """A break that is sure to the month."""
    assert BREAK is not None
    months = ("month", "earliest_month", "latest_month", "deepest_month")
    known: dict[str, Any] = {"found": BREAK} | dict.fromkeys(months, "2029-03")
    known |= dict.fromkeys(("earliest_deepest_month", "latest_deepest_month"), "2029-03")
    known |= dict.fromkeys(("recovery_month", "earliest_recovery_month", "latest_recovery_month"))
    known |= dict.fromkeys(("batch_share", "deepest", "half_months", "fastest_year"), Uncertain(0.2, 0.2, 0.2))
    return Repricing(**known | {"lead_months": None, "cases": 3, "lead_cases": 0} | given)


def finding(**given: Any) -> Findings:
    """A finding of a drift with one twin on 500 sites, in which nothing happens unless told."""
    lists = ("yearly", "exposed", "exposed_sites", "metros", "players", "time_to_power")
    nothing: dict[str, Any] = dict.fromkeys(("repricing", "missed_month", "change", "metro_count", "bubble"))
    nothing |= {name: [] for name in (*lists, "unmeasured")} | {
        "title": "T",
        "drifts": True,
        "sites": 500,
        "twins": 1,
        "months": 6,
    }
    return Findings(**nothing | {"rule": "the rule", "rule_false_alarms": AlarmRate(3, 200, 500)} | given)


def ticks(shortfall: float, months: int = 156) -> pl.DataFrame:
    """Months at the end of which the index is so far below 100."""
    index = np.full(months, 100.0)
    index[-20:] *= 1.0 - shortfall
    return pl.DataFrame({"edge_index": index, "edge_rent_usd_per_mwh": 1.0})


def test_what_stays_just_above_the_rule_is_a_break_at_the_edge_of_the_band() -> None:
    flat = ticks(0.0)
    own, lower, higher = breaks_of(ticks(0.09), [flat], **RULE, sites=500)
    assert own is None and higher is None
    assert lower is not None and lower[0].tick == 136
    assert breaks_of(ticks(0.02), [flat], **RULE, sites=500) == [None, None, None]
    # Just below it, the other edge has none; far below it, all have.
    own, lower, higher, other = breaks_of(ticks(0.11), [flat, ticks(0.05)], **RULE, sites=500)
    assert own is not None and lower is not None
    assert higher is None and other is None
    assert None not in breaks_of(ticks(0.30), [flat], **RULE, sites=500)
    assert breaks_of(flat, [], **RULE, sites=500) == []


def test_no_break_says_how_near_one_was() -> None:
    near = " ".join(break_in_words(finding(missed_month="2031-05")))
    far = " ".join(break_in_words(finding(twins=3)))
    assert near.startswith("No break: ") and "3 in 200 pairs of runs without drift on 500 sites, at most 3.8%" in near
    assert "An index lower by as far as twins part by chance (nine in ten) breaks in 2031-05." in near
    assert "or against a twin with a placebo, doesn't break either." in far


@pytest.mark.parametrize(
    ("given", "said"),
    [
        ({}, "does not recover within the run: never 6 months in a row within the margin."),
        ({"earliest_recovery_month": "2031-02"}, "but does, at the edge of what is known, from 2031-02 on."),
        (
            {"recovery_month": "2031-04", "earliest_recovery_month": "2031-02"},
            "within the margin for 6 months from 2031-04 on (2031-02 to never).",
        ),
        (
            dict.fromkeys(("recovery_month", "earliest_recovery_month", "latest_recovery_month"), "2030-01")
            | {"deepest_month": "2031-01"},
            "from 2030-01 on (in every case), and falls away again later.",
        ),
    ],
)
def test_recovery_has_a_range_too(given: dict[str, str], said: str) -> None:
    assert said in " ".join(break_in_words(finding(repricing=repricing(**given))))


def test_every_number_of_a_break_has_its_range() -> None:
    _, second, *_ = break_in_words(finding(repricing=repricing(lead_months=Uncertain(3, -1, 7))))
    first = verdict(finding(repricing=repricing(latest_month=None)))
    number = r"[+-]?\d[\d.,-]*%?(?: months (?:earlier|later))?"
    for text in (first, second):
        ranged = re.sub(rf"{number} \((in every case|{number} to ({number}(, or never)?|never)|or never)\)", "", text)
        assert re.search(r"\d", ranged) is None, ranged


def test_what_is_the_same_in_every_case_is_said_once() -> None:
    alike = finding(repricing=repricing())
    assert verdict(alike) == "The edge breaks in 2029-03, at a batch share of 0.20, in every case"
    assert alike.text().count("in every case") == 2
    assert "20% below" in alike.text() and "Numbers without a range are the same in every case." in alike.text()


def test_a_case_without_a_break_is_told_wherever_it_matters() -> None:
    told = repricing(latest_month=None, lead_months=Uncertain(-2, -4, 3), lead_cases=2)
    assert verdict(finding(repricing=told)).endswith(
        "in 2029-03 (2029-03 to never), at a batch share of 0.20 (or never)"
    )
    words = depth_in_words(told)
    assert "Half of that is reached 0 (or never) months" in words
    assert "they break 2 months later (4 months later to 3 months earlier, or never)." in words


def test_rents_that_never_break_are_told() -> None:
    assert depth_in_words(repricing()).endswith("Rents don't break by the same rule within the run.")
    some = depth_in_words(repricing(lead_cases=1))
    assert some.endswith("within the run, though they do in 1 of 3 cases.")


def test_depth_is_that_of_every_case_whether_or_not_it_breaks() -> None:
    run = wattmarket.run("scenarios/baseline.toml", set=["world.sites=50", "run.months=24"], twin=False)
    flat, barely = ticks(0.0, 24), ticks(0.11, 24)
    other = ticks(0.05, 24)
    twins = [flat, other]
    cases = breaks_of(barely, twins, **RULE, sites=500)
    found = repricing_of(run, cases, deepest_falls(barely, twins, sites=500))
    assert found is not None
    assert found.cases == 4 and cases[-1] is None
    assert found.latest_month is None
    assert found.deepest.value == pytest.approx(0.11)
    assert found.deepest.low == pytest.approx(1.0 - 0.89 / 0.95)


def test_words_say_where_chance_was_measured_on_other_worlds() -> None:
    here = " ".join(break_in_words(finding(repricing=repricing())))
    there = " ".join(break_in_words(finding(repricing=repricing(), sites=5_000)))
    assert "this run has" not in here
    assert "on 500 sites, at most 3.8% with 95% confidence." in here
    assert "on 500 sites, at most 3.8% with 95% confidence; this run has 5,000 sites." in there
    other = finding(repricing=repricing(), unmeasured=["120 months", "capacity.mode entry"])
    assert "confidence; this run has 120 months, capacity.mode entry." in " ".join(break_in_words(other))
    assert "part that differ in nothing that matters (nine in ten on 5,000 sites)" in there
    between = " ".join(break_in_words(finding(repricing=repricing(), sites=1_000)))
    assert "(nine in ten, from worlds of 50 to 5,000 sites, where this one has 1,000)" in between
    huge = " ".join(break_in_words(finding(repricing=repricing(), sites=20_000)))
    assert "this one has 20,000, and twins of larger worlds part by more)" in huge
    unknown = " ".join(break_in_words(finding(rule_false_alarms=None)))
    assert "was not measured" in unknown


def test_without_a_break_to_look_for_there_is_one_sentence() -> None:
    for told in (finding(drifts=False), finding(twins=0)):
        assert break_in_words(told) == [f"{verdict(told)}."]
    assert exposed_in_words(finding()) == [NO_EXPOSURE]
    assert metros_in_words(finding()) == []
    count = MetroCount(110, Uncertain(30, 28, 32), Uncertain(27, 20, 29), 4)
    (words,) = metros_in_words(finding(metro_count=count, twins=3))
    assert words.startswith("30 (28 to 32) of 110 metros break")
    assert "27 (20 to 29) do from one another. None is named, as the edge index doesn't break." in words


def test_nobody_is_named_who_is_not_told_from_chance() -> None:
    def player(name: str, change: float, told: bool) -> PlayerChange:
        return PlayerChange(name, name, "telecom", Uncertain(change, change - 5.0, change + 5.0), told)

    players = [player("Loser", -9.0, True), player("Perhaps", -4.0, False), player("Winner", 20.0, True)]
    lose, gain, rule = players_in_words(finding(players=players, twins=3))
    assert lose.endswith("Loser -9 (-14 to -4) m$.") and gain.endswith("Winner +20 (+15 to +25) m$.")
    rate = names_by_chance(3, 500)
    assert "among the 3 twins" in rule
    assert f"in {rate.with_agents} of {rate.runs:,} cases on {rate.sites} sites, each against 3 twins" in rule
    lose, gain, _ = players_in_words(finding(players=players[1:2], twins=3))
    assert lose.endswith("nobody beyond chance.") and gain.endswith("nobody beyond chance.")
    assert unnamed_in_words(finding(twins=2)) and not unnamed_in_words(finding(twins=3))
