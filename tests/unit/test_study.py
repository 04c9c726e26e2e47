"""Studies: further twins, and causes switched off one at a time."""

from __future__ import annotations

import json
from pathlib import Path

import numpy as np
import pytest

import wattmarket
from wattmarket.cli import main
from wattmarket.errors import InputError
from wattmarket.findings import find
from wattmarket.findings.repricing import shortfall
from wattmarket.record import Run
from wattmarket.study import attribute, placebo_twins
from wattmarket.study.attribution import CAUSES
from wattmarket.study.placebos import placebo
from wattmarket.study.play import play_all

SETTINGS = (
    "world.sites=50",
    "run.months=48",
    "drift.midpoint=2024-06",
    "drift.speed_per_year=4",
    "output.figures=false",
)


@pytest.fixture(scope="module")
def drifting(tmp_path_factory: pytest.TempPathFactory) -> Run:
    folder = tmp_path_factory.mktemp("study") / "run"
    return wattmarket.run("scenarios/agentic_batch_drift.toml", set=SETTINGS, out=folder)


def test_a_placebo_differs_from_the_twin_in_its_drift_alone(drifting: Run) -> None:
    twin, other = drifting.scenario.twin(), placebo(drifting.scenario, 3)
    assert other.drift.ceiling == pytest.approx(twin.drift.start + 0.003)
    assert other.model_copy(update={"drift": twin.drift}) == twin


def test_the_same_bits_in_one_process_and_in_two(drifting: Run) -> None:
    scenarios = [placebo(drifting.scenario, number).with_settings(["run.months=6"]) for number in (1, 2)]
    here, there = (list(play_all(scenarios, ["agents"], workers=workers)) for workers in (1, 2))
    for one, other in zip(here, there, strict=True):
        assert one.tables.keys() == other.tables.keys() == {"ticks", "agents"}
        assert all(one.tables[name].equals(other.tables[name]) for name in one.tables)


def test_twins_widen_ranges_and_name_agents(drifting: Run) -> None:
    others = placebo_twins(drifting.scenario, 2)
    one, three = find(drifting), find(drifting, others)
    assert (one.twins, three.twins) == (1, 3)
    assert one.repricing is not None
    assert three.repricing is not None
    assert three.repricing.deepest.low <= one.repricing.deepest.low
    assert three.repricing.deepest.high >= one.repricing.deepest.high
    assert {player.agent_class for player in three.players} >= {"hyperscaler", "telecom"}


def test_causes_are_switched_off_one_at_a_time(drifting: Run) -> None:
    found = attribute(drifting)
    assert [cause.name for cause in found.causes] == list(CAUSES)
    assert drifting.twin_ticks is not None
    index, twin = (frame["edge_index"].to_numpy() for frame in (drifting.ticks, drifting.twin_ticks))
    repricing = find(drifting).repricing
    assert repricing is not None
    tick = repricing.found.tick
    fall = float(np.mean(shortfall(index, twin)[tick : tick + 12]))
    assert found.fall.value == pytest.approx(fall)
    for cause in found.causes:
        assert cause.worth.value == pytest.approx(fall - cause.without.value)
    # By hand: agents who never hear of the drift, the same seed.
    deaf = wattmarket.run(drifting.scenario.with_settings(["drift.reaches=demand"]), twin=False)
    without = shortfall(deaf.ticks["edge_index"].to_numpy(), twin)[tick : tick + 12]
    beliefs = next(cause for cause in found.causes if cause.name == "beliefs")
    assert beliefs.without.value == pytest.approx(float(np.mean(without)))
    assert found.frame().height == len(CAUSES)
    assert "switched off" in found.text()


def test_without_a_break_there_is_nothing_to_attribute(drifting: Run) -> None:
    calm = wattmarket.run(drifting.scenario.with_settings(["run.months=6"]))
    with pytest.raises(InputError, match="does not break"):
        attribute(calm)
    with pytest.raises(InputError, match="no no-drift twin"):
        attribute(wattmarket.run(drifting.scenario.with_settings(["run.months=6"]), twin=False))


def test_the_command_line_says_what_a_run_found(drifting: Run, capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["findings", str(drifting.path), "--twins", "1"]) == 0
    words = capsys.readouterr().out
    assert "The edge breaks in" in words
    assert "Neither metros nor agents are named" in words
    assert main(["findings", str(drifting.path), "--twins", "2"]) == 0
    assert "metros break" in capsys.readouterr().out
    assert main(["findings", str(drifting.path), "--twins", "0", "--json"]) == 0
    numbers = json.loads(capsys.readouterr().out)
    assert numbers["twins"] == 1
    assert numbers["repricing"]["batch_share"]["low"] <= numbers["repricing"]["batch_share"]["value"]
    assert main(["findings", str(Path("nowhere"))]) == 2


def test_without_a_twin_of_its_own_a_run_has_no_further_ones(
    drifting: Run, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    scenario = drifting.scenario.with_settings(["run.months=13", "output.figures=false"])
    alone = wattmarket.run(scenario, out=tmp_path / "alone", twin=False)
    assert all(row["twin_edge_index"] is None and row["band"] is None for row in find(alone).yearly)
    assert main(["findings", str(tmp_path / "alone"), "--twins", "2"]) == 0
    told = capsys.readouterr()
    assert told.err.count("\n") == 1
    assert "--twins 2 can't be used" in told.err
    first_year = next(line for line in told.out.splitlines() if line.startswith("2023 "))
    assert first_year.count(" –") == 2
    assert main(["findings", str(tmp_path / "alone")]) == 0
    assert not capsys.readouterr().err
