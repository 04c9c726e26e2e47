"""Inheritance, precedence, merging, files beside the scenario, and the way back to text."""

from __future__ import annotations

import math
import pickle
from pathlib import Path

import pytest
from pydantic import ValidationError

from wattmarket.errors import InputError
from wattmarket.scenario import Event, MonthlyPath, Scenario, Workload, ZoneChange, load_scenario
from wattmarket.world.config import WorldConfig


def write(folder: Path, **files: str) -> Path:
    """Write NAME.toml files; the last one is the scenario to load."""
    path = folder
    for name, text in files.items():
        path = folder / f"{name}.toml"
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(text, encoding="utf-8")
    return path


def test_an_empty_file_is_the_default_scenario(tmp_path: Path) -> None:
    assert load_scenario(write(tmp_path, s="")) == Scenario()


def test_precedence_is_set_over_file_over_extends_over_defaults(tmp_path: Path) -> None:
    path = write(
        tmp_path,
        grandparent="[run]\nmonths = 10\nseed = 10\n[drift]\nceiling = 0.10\nstart = 0.05\nspeed_per_year = 3.0",
        parent="extends = 'grandparent.toml'\n[run]\nmonths = 11\n[drift]\nceiling = 0.11\nstart = 0.06",
        s="extends = 'parent.toml'\n[run]\nmonths = 12\n[drift]\nceiling = 0.12",
    )
    scenario = load_scenario(path, ["run.months=13"])
    assert scenario.run.months == 13
    assert scenario.drift.ceiling == 0.12
    assert scenario.drift.start == 0.06
    assert (scenario.run.seed, scenario.drift.speed_per_year) == (10, 3.0)
    assert scenario.drift.midpoint == "2029-01"


def test_later_settings_win(tmp_path: Path) -> None:
    scenario = load_scenario(write(tmp_path, s=""), ["run.months=13", "run.months = 14", "drift.midpoint=2030-02"])
    assert scenario.run.months == 14
    assert scenario.drift.midpoint == "2030-02"


def test_settings_read_toml_values(tmp_path: Path) -> None:
    scenario = load_scenario(
        write(tmp_path, s=""),
        [
            "title='a = b, # c'",
            "demand.growth=[{until = '2024-12', per_year = 1.5}, {per_year = 1.1}]",
            "demand.inference_share={2023-01 = 0.2, 2030-01 = 0.8}",
            'output.tables=["ticks"]',
            "output.figures=false",
            "workload.chat.share=0.9",
            "workload.chat.response_budget_ms=none",
            "workload.chat.service_ms=0",
        ],
    )
    assert scenario.title == "a = b, # c"
    assert [leg.per_year for leg in scenario.demand.growth] == [1.5, 1.1]
    assert dict(scenario.demand.inference_share) == {"2023-01": 0.2, "2030-01": 0.8}
    assert (scenario.output.tables, scenario.output.figures) == (("ticks",), False)
    chat = next(workload for workload in scenario.workload if workload.name == "chat")
    assert chat.share.constant == 0.9
    assert chat.network_budget_ms is None


def test_tables_merge_and_other_values_are_replaced_whole(tmp_path: Path) -> None:
    path = write(
        tmp_path,
        base="[demand]\ninference_share = {2023-01 = 0.3, 2030-01 = 0.7}\ngrowth = [{until='2025-01', per_year=2.0}, "
        "{per_year=1.5}]\nsteps = 14\n[silicon.liquid]\nwacc = 0.2",
        s="extends = 'base.toml'\n[demand]\ninference_share = {2025-01 = 0.5}\ngrowth = [{per_year = 1.2}]\n"
        "[silicon.liquid]\nlife_years = 4.0",
    )
    scenario = load_scenario(path)
    assert scenario.demand.inference_share.constant == 0.5
    assert [leg.per_year for leg in scenario.demand.growth] == [1.2]
    assert scenario.demand.steps == 14
    liquid = scenario.silicon.liquid
    assert (liquid.wacc, liquid.life_years, liquid.capex_usd_per_kw) == (0.2, 4.0, 24_000.0)


def test_workloads_and_zones_merge_by_name_and_events_are_joined(tmp_path: Path) -> None:
    path = write(
        tmp_path,
        base="[[workload]]\nname='voice'\nshare=0.2\npeak_factor=2.0\n[[zone]]\nname='gulf'\nmatch=['AE']\n"
        "slot_release_scale=2.0\n[[event]]\ndate='2030-01'\nset={drift.ceiling=0.5}",
        s="extends='base.toml'\n[[workload]]\nname='voice'\nshare=0.3\n[[workload]]\nname='video'\ngroup='interactive'\n"
        "response_budget_ms=30\nshare=0.1\nreference_usd_per_mwh=1200\n[[zone]]\nname='gulf'\ncounterparty_risk=0\n"
        "[[event]]\ndate='2029-01'\nset={drift.ceiling=0.6}",
    )
    scenario = load_scenario(path)
    names = [workload.name for workload in scenario.workload]
    assert names == ["voice", "chat", "copilot", "batch", "training", "non_ai", "video"]
    voice = scenario.workload[0]
    assert (voice.share.constant, voice.peak_factor, voice.response_budget_ms) == (0.3, 2.0, 15.0)
    (gulf,) = scenario.zone
    assert (gulf.slot_release_scale, gulf.counterparty_risk, gulf.match) == (2.0, 0.0, ("AE",))
    assert [event.date for event in scenario.event] == ["2030-01", "2029-01"]


def test_the_set_of_workloads_may_change_downstream(tmp_path: Path) -> None:
    path = write(
        tmp_path,
        base="[[workload]]\nname='voice'\nshare=0.5",
        s="extends='base.toml'\n[demand]\nworkloads='measured'",
    )
    voice = next(workload for workload in load_scenario(path).workload if workload.name == "voice")
    assert (voice.share.constant, voice.network_budget_ms) == (0.5, 100.0)


def test_custom_workloads(tmp_path: Path) -> None:
    rows = "".join(
        f"[[workload]]\nname='{group}_work'\ngroup='{group}'\nresponse_budget_ms='none'\nshare=1\n"
        "reference_usd_per_mwh=1000\n"
        for group in ("interactive", "tolerant", "training")
    )
    path = write(tmp_path, s=f"[demand]\nworkloads='custom'\nnon_ai_power_start_gw=0\n{rows}")
    scenario = load_scenario(path)
    assert [workload.entry for workload in scenario.workload] == ["pool"] * 3
    assert [workload.training for workload in scenario.workload] == [False, False, True]
    assert [workload.tolerant for workload in scenario.workload] == [False, True, False]
    assert load_scenario(write(tmp_path, again=scenario.to_toml())) == scenario


def test_extends_reaches_below_but_not_up_and_never_in_circles(tmp_path: Path) -> None:
    (tmp_path / "sub").mkdir()
    (tmp_path / "sub" / "base.toml").write_text("extends = 'deeper.toml'\n[run]\nmonths = 7")
    (tmp_path / "sub" / "deeper.toml").write_text("[run]\nseed = 7")
    path = write(tmp_path, s="extends = 'sub/base.toml'")
    assert load_scenario(path).run.months == 7
    assert load_scenario(path).run.seed == 7
    (tmp_path / "sub" / "deeper.toml").write_text("extends = 'base.toml'")
    with pytest.raises(InputError, match=r"deeper\.toml: extends: 'base\.toml' extends this file in turn"):
        load_scenario(path)


def test_links_out_of_the_folder_are_refused(tmp_path: Path) -> None:
    (tmp_path / "outside.toml").write_text("[run]\nmonths = 7")
    (tmp_path / "inside").mkdir()
    (tmp_path / "inside" / "link.toml").symlink_to(tmp_path / "outside.toml")
    path = write(tmp_path / "inside", s="extends = 'link.toml'")
    with pytest.raises(InputError, match=r"'link\.toml' leads out of the scenario's folder"):
        load_scenario(path)


def test_a_chain_of_files_is_bounded(tmp_path: Path) -> None:
    for number in range(12):
        write(tmp_path, **{f"s{number}": f"extends = 's{number + 1}.toml'"})
    write(tmp_path, s12="")
    with pytest.raises(InputError, match="is a chain of more than 8 files"):
        load_scenario(tmp_path / "s0.toml")
    assert load_scenario(tmp_path / "s4.toml") == Scenario()


@pytest.mark.parametrize(
    ("name", "reason"), [("none.toml", "there is no such file"), (".", "is not a file")], ids=["missing", "folder"]
)
def test_a_file_that_cannot_be_read(tmp_path: Path, name: str, reason: str) -> None:
    with pytest.raises(InputError, match=reason):
        load_scenario(tmp_path / name)


def test_text_that_is_not_utf_8(tmp_path: Path) -> None:
    path = tmp_path / "s.toml"
    path.write_bytes(b"title = '\xff'")
    with pytest.raises(InputError, match=r"s\.toml: byte 10 is not UTF-8 text"):
        load_scenario(path)


# -- drift from a table ------------------------------------------------------------------------------------------------

CSV = "[drift]\npath = 'csv'\nfile = 'drift.csv'"


def test_a_csv_drift_becomes_a_piecewise_one(tmp_path: Path) -> None:
    (tmp_path / "drift.csv").write_text("month,batch_share\n2023-01,0.1\n2026-01,0.5\n")
    drift = load_scenario(write(tmp_path, s=CSV)).drift
    assert (drift.path, drift.file, dict(drift.points)) == ("piecewise", "", {"2023-01": 0.1, "2026-01": 0.5})


def test_a_csv_drift_lies_beside_the_file_that_names_it(tmp_path: Path) -> None:
    (tmp_path / "sub").mkdir()
    (tmp_path / "sub" / "drift.csv").write_text("month,batch_share\n2023-01,0.3\n")
    (tmp_path / "sub" / "base.toml").write_text(CSV)
    assert load_scenario(write(tmp_path, s="extends = 'sub/base.toml'")).drift.points.constant == 0.3


def test_another_csv_drift_is_read_after_loading_too(tmp_path: Path) -> None:
    for name, share in (("drift", 0.1), ("other", 0.4)):
        (tmp_path / f"{name}.csv").write_text(f"month,batch_share\n2023-01,{share}\n")
    path = write(tmp_path, s=CSV)
    loaded = load_scenario(path, ["drift.file=other.csv"])
    assert loaded.drift.points.constant == 0.4
    assert load_scenario(path).with_settings(["drift.file=other.csv"]) == loaded
    plain = load_scenario(write(tmp_path, plain=""))
    assert plain.with_settings(["drift.path=csv", "drift.file=other.csv"]).drift.points.constant == 0.4
    for name, expected in (("../x.csv", "is not the name of a file beside"), ("gone.csv", "there is no such file")):
        with pytest.raises(InputError, match=expected):
            load_scenario(path).with_settings([f"drift.file='{name}'"])


@pytest.mark.parametrize(
    ("table", "expected"),
    [
        (None, "there is no such file"),
        ("", "the first line must be month,batch_share"),
        ("month,share\n2023-01,0.1", "the first line must be month,batch_share"),
        ("month,batch_share\n", "has no rows"),
        ("month,batch_share\n2023-01", "row 1: has 1 cells, not 2"),
        ("month,batch_share\n2023-01,0.1\n2024-01,x", "row 2: batch_share: 'x' is not a number"),
        ("month,batch_share\n2023-01,10", "row 1: 10.0 is not within 0 to 0.99"),
        ("month,batch_share\n2023-01,nan", "row 1: nan is not within 0 to 0.99"),
        ("month,batch_share\n2023,0.1", "row 1: '2023' is not a month; write \"2028-06\""),
        ("month,batch_share\n2023-01,0.1\n2023-01,0.2", "row 2: month: 2023-01 appears twice"),
    ],
)
def test_a_wrong_csv_names_file_and_row(tmp_path: Path, table: str | None, expected: str) -> None:
    if table is not None:
        (tmp_path / "drift.csv").write_text(table)
    with pytest.raises(InputError) as caught:
        load_scenario(write(tmp_path, s=CSV))
    assert caught.value.problems == [f"{tmp_path / 'drift.csv'}: {expected}"]


def test_names_of_files_are_kept_relative_to_the_main_file(tmp_path: Path) -> None:
    (tmp_path / "sub").mkdir()
    (tmp_path / "sub" / "base.toml").write_text("[world]\nfolder = 'world'\n[capacity]\nmode='path'\nfile = 'path.csv'")
    scenario = load_scenario(write(tmp_path, s="extends = 'sub/base.toml'"))
    assert (scenario.world.folder, scenario.capacity.file) == ("sub/world", "sub/path.csv")
    assert scenario.folder == tmp_path
    assert scenario.file(scenario.world.folder) == tmp_path / "sub" / "world"
    assert scenario.twin().folder == tmp_path
    with pytest.raises(InputError, match="beside or below"):
        scenario.file("../elsewhere")


# -- as text and as values ---------------------------------------------------------------------------------------------


def test_the_resolved_text_loads_back_equal(tmp_path: Path) -> None:
    path = write(
        tmp_path,
        s='question = "why?"\ntitle = "a \\"b\\" \\\\ \\n \\u0007 é €"\n[demand]\nworkloads="measured"\n'
        "elasticity=0.1\nnoise_sd=1e-17\n[drift]\npath='piecewise'\npoints={2023-01=0.1,2030-06=0.30000000000000004}\n"
        "[[zone]]\nname='gulf'\nmatch=['AE','SA']\ncounterparty_risk=0\n[[workload]]\nname='chat'\n"
        "response_budget_ms='none'\nservice_ms=0\nelasticity=2\n[[event]]\ndate='2028-06'\nset={drift.points={2023-01=0.2,"
        '2031-01=0.9},"workload.chat.share"={2023-01=1,2024-01=2},"workload.chat.elasticity"=\'none\','
        "\"demand.growth\"=[{until='2029-01',per_year=2},{per_year=1}],\"workload.chat.silicon\"=['air']}",
    )
    scenario = load_scenario(path)
    again = load_scenario(write(tmp_path, resolved=scenario.to_toml()))
    assert again == scenario
    assert again.to_toml() == scenario.to_toml()
    assert again.digest == scenario.digest
    assert hash(again) == hash(scenario)
    assert again.resolved() == scenario.resolved()


def test_the_digest_tells_scenarios_apart(tmp_path: Path) -> None:
    one = load_scenario(write(tmp_path, s=""))
    other = load_scenario(write(tmp_path, s=""), ["run.seed=1"])
    assert one != other
    assert one.digest != other.digest
    assert one != "a scenario"


def test_whole_numbers_and_floats_are_one(tmp_path: Path) -> None:
    whole = load_scenario(write(tmp_path, s="[demand]\nelasticity = 1\n[[event]]\ndate='2030-01'\nset={drift.start=0}"))
    point = load_scenario(
        write(tmp_path, s="[demand]\nelasticity = 1.0\n[[event]]\ndate='2030-01'\nset={drift.start=0.0}")
    )
    assert whole == point
    assert whole.to_toml() == point.to_toml()


def test_scenarios_are_frozen_and_can_be_sent_to_other_processes(tmp_path: Path) -> None:
    scenario = load_scenario(write(tmp_path, s="[[event]]\ndate='2030-01'\nset={drift.ceiling=0.5}"))
    with pytest.raises(ValidationError):
        scenario.drift.ceiling = 0.9
    again = pickle.loads(pickle.dumps(scenario))
    assert again == scenario
    assert again.at("2031-01").drift.ceiling == 0.5
    assert again.folder == tmp_path


def test_scenarios_can_be_built_in_python() -> None:
    scenario = Scenario(
        demand={"elasticity": 1.5},
        workload=[
            Workload(
                name="video", group="interactive", response_budget_ms=20, share=0.1, reference_usd_per_mwh=1_000.0
            ),
            {"name": "chat", "share": 0.9},
        ],
        zone=[ZoneChange(name="gulf", match=["AE"])],
        event=[Event(date="2030-01", set={"zone.gulf.slot_release_scale": 2.0})],
    )
    assert [workload.name for workload in scenario.workload][-1] == "video"
    assert scenario.workload[1].share.constant == 0.9
    assert scenario.at("2030-01").zone[0].slot_release_scale == 2.0
    with pytest.raises(ValidationError, match="there is no zone 'golf'; did you mean gulf"):
        Scenario(zone=scenario.zone, event=[Event(date="2030-01", set={"zone.golf.slot_release_scale": 2.0})])
    with pytest.raises(ValidationError, match=r"unknown key; did you mean drift\.ceiling"):
        Event(date="2030-01", set={"drift.ceilng": 0.5})


def test_defaults_are_those_of_the_world_builder() -> None:
    world, demand, config = Scenario().world, Scenario().demand, WorldConfig()
    assert world.kinds.model_dump() == dict(config.kind_shares)
    for name in ("ai_power_start_gw", "non_ai_power_start_gw"):
        assert getattr(demand, name) == getattr(config, name)
    for name in (
        "metros",
        "sites",
        "edge_share_start",
        "campus_cap_mw",
        "metro_zone_weight",
        "core_buildable_gw",
        "metro_buildable_gw",
    ):
        assert getattr(world, name) == getattr(config, name)


def test_a_path_is_a_mapping_in_order_of_time() -> None:
    path = MonthlyPath({"2030-01": 1.0, "2023-01": 0.5})
    assert list(path.items()) == [("2023-01", 0.5), ("2030-01", 1.0)]
    assert (len(path), path["2030-01"], path.constant) == (2, 1.0, None)
    assert MonthlyPath({"2030-01": 0.5}) == MonthlyPath(0.5)
    assert hash(MonthlyPath({"2030-01": 0.5})) == hash(MonthlyPath(0.5))
    assert repr(MonthlyPath(0.5)) == "MonthlyPath(0.5)"
    assert math.isclose(sum(path.values()), 1.5)


# -- sets of workloads -------------------------------------------------------------------------------------------------

OWN_WORKLOADS = """
[[workload]]
name = "chat"
share = 0.3
[[workload]]
name = "game"
group = "interactive"
share = 0.1
response_budget_ms = 30.0
reference_usd_per_mwh = 900.0
"""


@pytest.mark.parametrize("text", ["", OWN_WORKLOADS])
def test_another_set_of_workloads_may_be_chosen_after_loading(tmp_path: Path, text: str) -> None:
    path = write(tmp_path, s=text)
    settings = ["demand.workloads=measured", "workload.ar_robotics.share=0.2"]
    scenario = load_scenario(path)
    measured = scenario.with_settings(settings)
    assert measured == load_scenario(path, settings)
    assert measured != scenario.with_settings(["demand.workloads=measured"])
    assert scenario.with_settings(["demand.workloads=measured"]).with_settings(["demand.workloads=article"]) == scenario


def test_a_change_of_a_workload_that_the_other_set_lacks_is_refused(tmp_path: Path) -> None:
    path = write(tmp_path, s="[demand]\nworkloads = 'measured'\n[[workload]]\nname = 'ar_robotics'\nshare = 0.2")
    with pytest.raises(InputError) as caught:
        load_scenario(path).with_settings(["demand.workloads=article"])
    assert caught.value.problems[0] == "--set: workload.ar_robotics.group: is missing"
