"""Sweep files: what they say, their errors in one line each, and the keys of runs."""

from __future__ import annotations

import re
import shutil
from pathlib import Path

import pytest
from sweep_runs import SWEEP, sweep_file

from wattmarket.errors import InputError
from wattmarket.sweep import keys as keys_module
from wattmarket.sweep import load_sweep, plan_of
from wattmarket.sweep.changes import changed
from wattmarket.sweep.design import latin_hypercube
from wattmarket.sweep.parameters import Level, Parameter
from wattmarket.sweep.template import template


def test_a_grid_has_the_same_seeds_at_every_point(tmp_path: Path) -> None:
    table = plan_of(load_sweep(sweep_file(tmp_path))).table
    assert table.columns == ["point", "seed", "drift.ceiling", "drift.start", "key"]
    assert table["point"].to_list() == [point for point in range(12) for _ in range(5)]
    assert table["seed"].to_list() == [0, 1, 2, 3, 4] * 12
    assert table["drift.ceiling"].unique().sort().to_list() == [0.4, 0.5, 0.6, 0.7, 0.8, 0.9]
    assert table["key"].n_unique() == 60


def test_a_latin_hypercube_fills_every_part_of_every_range(tmp_path: Path) -> None:
    ranges = [Parameter("a", low=0.0, high=20.0), Parameter("b", low=-1.0, high=1.0)]
    drawn = latin_hypercube(ranges, 20, seed=1)
    assert sorted(int(level.value) for level, _ in drawn) == list(range(20))
    assert sorted(int((level.value + 1.0) * 10.0) for _, level in drawn) == list(range(20))
    assert [level for level, _ in drawn] == [level for level, *_ in latin_hypercube(ranges[:1], 20, seed=1)]
    assert drawn != latin_hypercube(ranges, 20, seed=2)
    listed = Parameter("c", tuple(Level(name, name) for name in "xy"))
    assert sorted(level.value for (level,) in latin_hypercube([listed], 6, seed=0)) == list("xxxyyy")


def test_lists_labels_and_dates(tmp_path: Path) -> None:
    text = """
    base = "base.toml"
    [parameters."demand.growth"]
    values = [[{ per_year = 1.5 }], [{ per_year = 2.0 }]]
    labels = ["slow", "fast"]
    [parameters.drift]
    ceiling = { values = [0.5, 0.6], since = "2028-06" }
    """
    sweep = load_sweep(sweep_file(tmp_path, text))
    plan = plan_of(sweep)
    assert plan.table["demand.growth"].to_list() == ["slow", "slow", "fast", "fast"]
    assert plan.table["drift.ceiling@2028-06"].to_list() == [0.5, 0.6, 0.5, 0.6]
    scenario = changed(sweep.base, plan.changes(3), seed=7)
    assert scenario.demand.growth[0].per_year == 2.0
    assert (scenario.at("2028-05").drift.ceiling, scenario.at("2028-06").drift.ceiling) == (0.75, 0.6)
    points = (
        'base = "base.toml"\ndesign.kind = "list"\n[[point]]\ndrift.ceiling = 0.5\n[[point]]\n"drift.ceiling" = 0.9\n'
    )
    assert plan_of(load_sweep(sweep_file(tmp_path, points))).table["drift.ceiling"].to_list() == [0.5, 0.9]


@pytest.mark.parametrize(
    ("before", "after", "line"),
    [
        ("drift.ceiling =", "drift.celing =", "parameters.drift.celing: unknown key; did you mean drift.ceiling?"),
        ("[0.1, 0.2]", "[0.1, 2.0]", "parameters.drift.start: 2 is above 0.99"),
        ("[0.1, 0.2]", "0.1", "parameters.drift.start: 0.1 is not a table"),
        ("[0.1, 0.2]", "{ low = 0.1 }", "parameters.drift.start: needs either `values` or both `low` and `high`"),
        (", steps = 6", "", "parameters.drift.ceiling.steps: is missing: a grid takes so many values from the range"),
        ("low = 0.4", "low = 0.95", "parameters.drift.ceiling.high: 0.9 is not above `low`, 0.95"),
        ("drift.start =", "run.seed =", "parameters.run.seed: is varied by [replications]"),
        ("drift.start = [0.1, 0.2]", '"drift.ceiling" = [0.5, 0.6]', "parameters.drift.ceiling: comes twice"),
        (
            "drift.ceiling = { low = 0.4, high = 0.9, steps = 6 }\ndrift.start = [0.1, 0.2]",
            '"drift.ceiling" = [0.4]\n"drift" = { values = [{ ceiling = 0.6 }], labels = ["x"] }',
            "parameters.drift.ceiling: is set by drift too",
        ),
        (
            "[parameters]\ndrift.ceiling = { low = 0.4, high = 0.9, steps = 6 }\ndrift.start = [0.1, 0.2]",
            '[design]\nkind = "list"\n[[point]]\n[[point]]',
            "point: sets nothing: no key varies",
        ),
        ("count = 5", "count = 0", "replications.count: 0 is below 1"),
        ("count = 5", "cuont = 5", "replications.cuont: unknown key; did you mean count?"),
        ("edge_index", "edge_idnex", "outputs.series[1].column: 'edge_idnex' is no column of ticks; did you mean"),
        ('"last"]', '"2023-3"]', "outputs.series[1].months: '2023-3' is neither a month nor 'last'"),
        ('"last"]', '"2023-03"]', "outputs.series: names a column twice for one month"),
        ('base = "base.toml"', "", "base: is missing"),
        ('base = "base.toml"', 'base = "other.toml"', "other.toml: there is no such file"),
        ("run.months = 6", "run.month = 6", "settings.run.month: unknown key; did you mean"),
        ("[parameters]", '[design]\nkind = "lhs"\n[parameters]', "design.kind: 'lhs' is not one of grid, list"),
        ("[parameters]", "[design]\npoints = 8\n[parameters]", 'design.points: is not read with design.kind = "grid"'),
        ("[parameters]", '[design]\nkind = "sobol"\n[parameters]', "design.base_samples: is missing"),
        ("[parameters]", '[design]\nkind = "morris"\npoints = 8\n[parameters]', "design.trajectories: is missing"),
        (
            "[parameters]",
            '[design]\nkind = "sobol"\nbase_samples = 12\n[parameters]',
            "design.base_samples: 12 is not a power of two, as a Sobol' sequence needs",
        ),
        (
            "[parameters]",
            '[design]\nkind = "morris"\ntrajectories = 5\nlevels = 5\n[parameters]',
            "design.levels: 5 is not even",
        ),
        (
            "[0.1, 0.2]",
            '[0.1, 0.2, 0.3]\n[design]\nkind = "morris"\ntrajectories = 5\nlevels = 2',
            "parameters.drift.start: has 3 values, and design.levels reaches 2",
        ),
        ("count = 5", "count = 1000000", "design: 12,000,000 runs are more than 10,000,000"),
    ],
)
def test_what_is_wrong_is_named_in_a_line(tmp_path: Path, before: str, after: str, line: str) -> None:
    assert before in SWEEP
    path = sweep_file(tmp_path, SWEEP.replace(before, after, 1))
    with pytest.raises(InputError) as caught:
        load_sweep(path)
    assert any(line in problem for problem in caught.value.problems), caught.value.problems
    assert all(problem.startswith(f"{path}: ") for problem in caught.value.problems)


def test_a_key_says_which_run_it_is(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    path = sweep_file(tmp_path)
    keys = plan_of(load_sweep(path)).table["key"].to_list()
    sweep_file(tmp_path / "elsewhere", 'title = "another name"\n' + SWEEP.replace("steps = 6", "steps = 11"))
    more = plan_of(load_sweep(tmp_path / "elsewhere" / "map.toml")).table["key"].to_list()
    assert set(keys) < set(more), "added points keep the keys of the others; neither name nor folder is in them"
    for before, after in [("months = 6", "months = 7"), ("findings = false", "findings = true")]:
        other = plan_of(load_sweep(sweep_file(tmp_path, SWEEP.replace(before, after)))).table["key"].to_list()
        assert not set(keys) & set(other)
    monkeypatch.setattr(keys_module, "engine_version", lambda: "0.1.0+000000000000")
    assert not set(keys) & set(plan_of(load_sweep(sweep_file(tmp_path))).table["key"].to_list())


MANY = """
base = "base.toml"
settings = { capacity.mode = "entry" }
[design]
kind = "latin_hypercube"
points = 90
[parameters]
"drift.ceiling" = { low = 0.4, high = 0.9 }
"drift.path" = ["flat", "logistic"]
"world.seed" = { low = 0, high = 99 }
"demand.elasticity" = { values = [1, 1.3], since = "2028-06" }
"drift.speed_per_year" = { low = 1.0, high = 1.5, since = "2028-06" }
"workload.voice.service_ms" = { low = 1.0, high = 9.0 }
[parameters."demand.growth"]
labels = ["slow", "fast"]
values = [[{ per_year = 1.2 }], [{ per_year = 1.4 }]]
[replications]
count = 2
"""


def test_keys_of_many_points_are_those_that_each_would_have_alone(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    sweep = load_sweep(sweep_file(tmp_path, MANY))
    assert not plan_of(sweep).impossible()[0]
    alone = plan_of(sweep).keys
    asked = []
    monkeypatch.setattr(keys_module, "FEW_POINTS", 3)
    monkeypatch.setattr(keys_module, "changed", lambda *told, seed: asked.append(told) or changed(*told, seed=seed))
    assert (plan_of(sweep).keys == alone).all()
    assert 24 < len(asked) < 90, "a few points and levels are tried, not all"
    wrong = template(sweep.parameters, sweep.points, lambda point: f"a = {point[0].value}\n" * 2)
    assert wrong is None, "what shows at two places is no template"


def test_a_file_that_the_scenario_reads_is_in_the_key(tmp_path: Path) -> None:
    text = SWEEP.replace("[settings]", '[settings]\nagents.file = "players.csv"').replace('"entry"', '"agents"')
    found = []
    for content in ("one", "two"):
        (tmp_path / "players.csv").write_text(content)
        found.append(plan_of(load_sweep(sweep_file(tmp_path, text))).table["key"][0])
    assert found[0] != found[1]


def test_sets_of_workloads_and_drifts_from_files_are_parameters_too(tmp_path: Path) -> None:
    for share in (2, 5):
        (tmp_path / f"d{share}.csv").write_text(f"month,batch_share\n2023-01,0.{share}\n")
    text = 'base = "base.toml"\n[settings]\ndrift.path = "csv"\ndrift.file = "d2.csv"\n[parameters]\n'
    text += 'demand.workloads = ["article", "measured"]\ndrift.file = ["d2.csv", "d5.csv"]\n'
    sweep = load_sweep(sweep_file(tmp_path, text))
    plan = plan_of(sweep)
    assert plan.impossible() == ({}, 4)
    assert plan.table["key"].n_unique() == 4
    played = [changed(sweep.base, plan.changes(number), seed=0) for number in range(4)]
    assert [len(scenario.workload) for scenario in played] == [6, 6, 8, 8]
    assert [scenario.drift.points.constant for scenario in played] == [0.2, 0.5, 0.2, 0.5]


def test_values_that_do_not_go_together_are_known_before_the_run(tmp_path: Path) -> None:
    text = SWEEP.replace("drift.start = [0.1, 0.2]", "workload.voice.service_ms = [1.0, 1e6]")
    plan = plan_of(load_sweep(sweep_file(tmp_path, text)))
    assert sorted(plan.impossible()[0]) == [1, 3, 5, 7, 9, 11]
    assert plan.table["key"].n_unique() == 60


def test_the_shipped_sweeps_and_those_of_the_docs_load(tmp_path: Path) -> None:
    shipped = sorted(Path("scenarios/sweeps").glob("*.toml"))
    assert [load_sweep(path).runs for path in shipped] == [18, 288, 108, 2304]
    told = re.findall(
        r"^```toml no-run: a sweep file[^\n]*\n(.*?)^```$", Path("docs/sweeps.md").read_text(), re.M | re.S
    )
    assert len(told) == 1
    (tmp_path / "sweeps").mkdir()
    for path in Path("scenarios").glob("*.toml"):
        shutil.copy(path, tmp_path)
    (tmp_path / "sweeps" / "told.toml").write_text(told[0])
    plan = plan_of(load_sweep(tmp_path / "sweeps" / "told.toml"))
    assert (plan.table.height, plan.impossible()) == (3 * 6 * 2 * 2 * 3, ({}, 72))
