"""Designs that SALib draws, and its description of what varies, out of a sweep and into one."""

from __future__ import annotations

import sys
from pathlib import Path

import numpy as np
import pytest
from sweep_runs import SWEEP, sweep_file

from wattmarket.errors import InputError
from wattmarket.sweep import Sweep, load_sweep, plan_of, problem_of, values_of
from wattmarket.sweep.design_spec import Design
from wattmarket.sweep.outputs import Outputs
from wattmarket.sweep.parameters import Level, Parameter

RANGES = (
    Parameter("drift.ceiling", low=0.4, high=0.8),
    Parameter("world.sites", low=50, high=90, whole=True),
    Parameter("drift.path", Level.several(["flat", "logistic", "piecewise"])),
)
MIXED = """
base = "base.toml"
[design]
kind = "sobol"
base_samples = 8
[parameters]
drift.ceiling = { low = 0.4, high = 0.9 }
world.sites = { low = 50, high = 90 }
network.hollow_core_share = { low = 0.0, high = 0.5, since = "2028-06" }
[parameters."demand.growth"]
labels = [1.5, 2.0]
values = [[{ per_year = 1.5 }], [{ per_year = 2.0 }]]
"""


def test_sobol_points_come_in_blocks_of_which_each_changes_one_parameter() -> None:
    points = Design(kind="sobol", base_samples=8, seed=3).drawn(RANGES)
    assert len(points) == 8 * 5
    for block in range(8):
        first, *changed, last = points[block * 5 : block * 5 + 5]
        for place, point in enumerate(changed):
            assert point[place] == last[place]
            assert [point[other] for other in range(3) if other != place] == [
                first[other] for other in range(3) if other != place
            ]
    paths = [point[2].value for point in points[::5]]
    assert {name: paths.count(name) for name in ("flat", "logistic", "piecewise")} == {
        "flat": 3,
        "logistic": 2,
        "piecewise": 3,
    }
    assert len(Design(kind="sobol", base_samples=8, second_order=True).drawn(RANGES)) == 8 * 8


def test_more_base_samples_keep_those_that_were_there() -> None:
    few, more = (Design(kind="sobol", base_samples=count, seed=1).drawn(RANGES) for count in (16, 32))
    assert more[: len(few)] == few[:]


def test_a_morris_walk_moves_one_parameter_at_a_time_and_reaches_every_value() -> None:
    points = Design(kind="morris", trajectories=40, levels=4, seed=0).drawn(RANGES)
    assert len(points) == 40 * 4
    for start in range(0, len(points), 4):
        for before, after in zip(points[start : start + 3], points[start + 1 : start + 4], strict=True):
            assert [one == other for one, other in zip(before, after, strict=True)].count(False) == 1
    assert {point[0].value for point in points} == {0.4, 0.533333333333, 0.666666666667, 0.8}
    assert {point[2].value for point in points} == {"flat", "logistic", "piecewise"}


def test_designs_are_drawn_from_their_own_seed_alone() -> None:
    for design in (
        Design(kind="sobol", base_samples=4, seed=0),
        Design(kind="sobol_sequence", points=4, seed=0),
        Design(kind="morris", trajectories=4, seed=0),
    ):
        drawn = []
        for luck in (1, 2):
            np.random.seed(luck)  # noqa: NPY002 - the global state that SALib falls back on
            before = np.random.get_state()[1].tolist()  # noqa: NPY002
            drawn.append(design.drawn(RANGES)[:])
            assert np.random.get_state()[1].tolist() == before  # noqa: NPY002
        assert drawn[0] == drawn[1]
        assert drawn[0] != design.model_copy(update={"seed": 1}).drawn(RANGES)[:]


def test_the_points_are_those_of_every_machine() -> None:
    drawn = Design(kind="sobol", base_samples=2, seed=7).drawn(RANGES[:1])
    assert [point[0].value for point in drawn] == [
        *(0.660170740634, 0.766924064606, 0.766924064606),
        *(0.461079014465, 0.599547733366, 0.599547733366),
    ]
    drawn = Design(kind="morris", trajectories=2, seed=7).drawn(RANGES[:1])
    assert [point[0].value for point in drawn] == [0.8, 0.533333333333, 0.666666666667, 0.4]


def test_without_salib_one_line_names_the_extra(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    path = sweep_file(tmp_path, MIXED)
    for name in ("SALib", "SALib.sample.sobol"):
        monkeypatch.setitem(sys.modules, name, None)
    with pytest.raises(InputError, match=r"comes with: pip install 'wattmarket\[sweeps\]'"):
        load_sweep(path)


@pytest.mark.parametrize("text", [MIXED, SWEEP])
def test_a_problem_out_of_a_sweep_makes_the_same_sweep(tmp_path: Path, text: str) -> None:
    sweep = load_sweep(sweep_file(tmp_path, text))
    problem, values = problem_of(sweep), values_of(sweep)
    assert values.shape == (len(sweep.points), problem["num_vars"])
    low, high = np.array(problem["bounds"]).T
    assert (low <= values).all()
    assert (values <= high).all()
    settings = [setting for setting in sweep.settings if setting.startswith(("world.", "run.months", "capacity"))]
    again = Sweep.from_problem(
        problem, values, base=sweep.base_path, settings=settings, seeds=len(sweep.seeds), outputs=sweep.outputs
    )
    assert [[level.value for level in point] for point in again.points] == [
        [level.value for level in point] for point in sweep.points
    ]
    assert plan_of(again).table["key"].to_list() == plan_of(sweep).table["key"].to_list()
    assert values_of(again).tolist() == values.tolist()
    assert problem_of(again) == problem


def test_listed_points_speak_for_themselves(tmp_path: Path) -> None:
    text = 'base = "base.toml"\ndesign.kind = "list"\n[[point]]\ndrift.ceiling = 0.5\n[[point]]\ndrift.ceiling = 0.9\n'
    sweep = load_sweep(sweep_file(tmp_path, text))
    assert (problem_of(sweep)["bounds"], values_of(sweep).tolist()) == ([[0.5, 0.9]], [[0.5], [0.9]])


def test_salibs_own_sampling_and_problem_run_as_a_sweep(tmp_path: Path) -> None:
    from SALib.sample import latin  # noqa: PLC0415 - takes seconds

    problem = {"num_vars": 2, "names": ["drift.ceiling", "world.sites"], "bounds": [[0.4, 0.9], [50, 90]]}
    base = sweep_file(tmp_path).with_name("base.toml")
    sweep = Sweep.from_problem(problem, latin.sample(problem, 6, seed=1), base=base, outputs=Outputs(findings=False))
    table = plan_of(sweep).table
    assert table["world.sites"].dtype.is_integer()
    assert (sweep.runs, plan_of(sweep).impossible()[0], sorted(table["world.sites"].is_between(50, 90))) == (
        6,
        {},
        [True] * 6,
    )


@pytest.mark.parametrize(
    ("problem", "values", "line"),
    [
        ({"names": ["drift.celing"], "bounds": [[0, 1]]}, [[0.5]], "problem: drift.celing: unknown key; did you mean"),
        ({"names": ["drift.ceiling"], "bounds": [[0, 2]]}, [[1.5]], "problem: drift.ceiling: 1.5 is above 0.99"),
        ({"names": ["drift.ceiling"], "bounds": [[0, 0.5]]}, [[0.6]], "0.6 is not within its bounds, 0 and 0.5"),
        ({"names": ["drift.ceiling"], "bounds": [[0, 1]]}, [[0.5, 0.6]], "shape (1, 2), not (points, 1)"),
        ({"names": ["drift.ceiling"], "bounds": [[0, 1]]}, [[np.nan]], "values are not all finite"),
        ({"names": ["run.seed"], "bounds": [[0, 9]]}, [[4]], "problem: run.seed: is varied by [replications]"),
        ({"names": ["drift.ceiling"], "bounds": [[0.1]]}, [[0.5]], "drift.ceiling: bounds [0.1] are not two numbers"),
        ({"names": ["drift.ceiling"], "bounds": [["a", "b"]]}, [[0.5]], "are not two numbers"),
        ({"names": ["drift.ceiling@2028-19"], "bounds": [[0, 1]]}, [[0.5]], "'2028-19': is not a month"),
        (
            {"num_vars": 2, "names": ["drift.ceiling"], "bounds": [[0, 1]]},
            [[0.5]],
            "`num_vars` is 2, and there are 1 names",
        ),
        (
            {"names": ["drift.ceiling"], "bounds": [[0.5, 0.1]], "dists": ["norm"]},
            [[0.5]],
            "`dists`: only `unif` is known",
        ),
        ({"names": ["drift.ceiling"], "bounds": []}, [[0.5]], "needs `names`, all different, and as many `bounds`"),
    ],
)
def test_a_problem_that_no_scenario_has_is_refused(
    tmp_path: Path, problem: dict[str, object], values: list[list[float]], line: str
) -> None:
    base = sweep_file(tmp_path).with_name("base.toml")
    with pytest.raises(InputError) as caught:
        Sweep.from_problem(problem, values, base=base)
    assert line in str(caught.value)
