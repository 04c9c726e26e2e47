"""Keys that need each other, files, workloads, zones, events: one line for everything that is wrong with them."""

from __future__ import annotations

from pathlib import Path

import pytest
from scenario_lines import lines_of

from wattmarket.errors import InputError
from wattmarket.scenario import load_scenario

# Text of the file, and the lines it must give, after the file's name.
WRONG = [
    # -- keys that need each other -------------------------------------------------------------------------------------
    ("[drift]\npath = 'piecewise'", "drift.points: is missing; a piecewise drift follows them"),
    ("[drift]\npath = 'csv'", "drift.file: is missing; a csv drift reads its points from a file"),
    ("[capacity]\nmode = 'path'", "capacity.file: is missing; capacities by path come from a table"),
    (
        "[world.kinds]\ncampus=0.1\nbrownfield=0.1\nbtm=0.1\nmetro_dc=0.5\ncentral_office=0.3\ntower=0.1",
        "world.kinds: the six shares sum to 1.2, not to 1",
    ),
    ("[output]\ntables = ['ticks', 'sites', 'ticks']", "output.tables: ticks appears twice"),
    ("[demand]\ngrowth = []", "demand.growth: the last leg must have no `until`"),
    ("[demand]\ngrowth = [{until = '2025-12', per_year = 1.5}]", "demand.growth: the last leg must have no `until`"),
    (
        "[demand]\ngrowth = [{per_year = 1.5}, {per_year = 1.4}]",
        "demand.growth[1].until: is missing; only the last leg has none",
    ),
    (
        "[demand]\ngrowth = [{until = '2026-01', per_year = 1.5}, {until = '2025-01', per_year = 1.4}, "
        "{per_year = 1.1}]",
        "demand.growth[2].until: 2025-01 is not after 2026-01, the end of the leg before",
    ),
    (
        "[demand]\ngrowth = [{until = '2026'}]",
        "demand.growth[1].until: '2026' is not a month; write \"2028-06\"|demand.growth[1].per_year: is missing",
    ),
    (
        "[demand]\ngrowth = [{per_yr = 1.1, per_year = 1.1}]",
        "demand.growth[1].per_yr: unknown key; did you mean per_year?",
    ),
    (
        "[run]\nmonths = 1200\n[world]\nsites = 50000",
        "run.months: 1,200 months of 50,000 sites are more than 20,000,000 rows",
    ),
    ("[world]\nmetros = 600\nsites = 50000", "world.metros: 600 metros by 50,000 sites are more than 25,000,000"),
    # -- files ---------------------------------------------------------------------------------------------------------
    ("extends = 3", "extends: 3 is not the name of a file in quotes"),
    ("extends = ['a.toml']", "extends: a list is not the name of a file in quotes"),
    ("extends = ''", "extends: '' is not the name of a file beside or below this one"),
    ("extends = 'none.toml'", "extends: there is no file 'none.toml'"),
    ("extends = '.'", "extends: there is no file '.'"),
    ("extends = '../s.toml'", "extends: '../s.toml' is not the name of a file beside or below this one"),
    ("extends = 'a/../../s.toml'", "extends: 'a/../../s.toml' is not the name of a file beside or below this one"),
    ("extends = '/etc/passwd'", "extends: '/etc/passwd' is not the name of a file beside or below this one"),
    ("extends = '~/s.toml'", "extends: '~/s.toml' is not the name of a file beside or below this one"),
    ("extends = 'C:\\s.toml'", "extends: 'C:\\\\s.toml' is not the name of a file beside or below this one"),
    ("extends = 's.toml'", "extends: 's.toml' extends this file in turn"),
    (
        "[drift]\npath = 'csv'\nfile = '../b.csv'",
        "drift.file: '../b.csv' is not the name of a file beside or below this one",
    ),
    (
        "[capacity]\nmode = 'path'\nfile = '/b.csv'",
        "capacity.file: '/b.csv' is not the name of a file beside or below this one",
    ),
    ("[world]\nfolder = '..'", "world.folder: '..' is not the name of a file beside or below this one"),
    # -- workloads -----------------------------------------------------------------------------------------------------
    ("workload = 3", "workload: is not a list of tables; write [[workload]]"),
    ("[workload.voice]\nshare = 1", "workload: is not a list of tables; write [[workload]]"),
    ("workload = [3]", "workload: is not a list of tables; write [[workload]]"),
    ("[[workload]]\nshare = 1", "workload[1].name: is missing"),
    ("[[workload]]\nname = 3", "workload[1].name: is not a name in quotes"),
    ("[[workload]]\nname = ''", "workload[1].name: is not a name in quotes"),
    (
        "[[workload]]\nname = 'voice'\n[[workload]]\nname = 'voice'",
        "workload[2].name: 'voice' appears twice in this file",
    ),
    (
        "[[workload]]\nname = 'voice'\nshares = 1",
        "workload.voice.shares: unknown key; did you mean workload.voice.share?",
    ),
    ("[[workload]]\nname = 'voice'\nshare = -1", "workload.voice.share: -1 is not within 0 to 1e+06"),
    (
        "[[workload]]\nname = 'voice'\nresponse_budget_ms = 'nil'",
        "workload.voice.response_budget_ms: 'nil' is not a number (in ms)",
    ),
    ("[[workload]]\nname = 'voice'\nresponse_budget_ms = 0", "workload.voice.response_budget_ms: 0 is below 0.1 ms"),
    (
        "[[workload]]\nname = 'voice'\nservice_ms = 16.0",
        "workload.voice.service_ms: 16 ms leaves nothing of the response budget of 15 ms",
    ),
    (
        "[[workload]]\nname = 'voice'\nsilicon = ['water']",
        "workload.voice.silicon[1]: 'water' is not one of air, liquid",
    ),
    ("[[workload]]\nname = 'voice'\nsilicon = []", "workload.voice.silicon: must name air, liquid or both, each once"),
    (
        "[[workload]]\nname = 'voice'\nsilicon = ['air', 'air']",
        "workload.voice.silicon: must name air, liquid or both, each once",
    ),
    (
        "[[workload]]\nname = 'voice'\ngroup = 'batch'",
        "workload.voice.group: 'batch' is not one of interactive, tolerant, training, non_ai",
    ),
    ("[[workload]]\nname = 'voice'\nelasticity = 0", "workload.voice.elasticity: 0 is below 0.05"),
    ("[[workload]]\nname = 'voice'\nbackend = 'no'", "workload.voice.backend: 'no' is not true or false"),
    (
        "[[workload]]\nname = 'voice'\nreference_usd_per_mwh = 0",
        "workload.voice.reference_usd_per_mwh: 0 is not above 0 $/MWh IT",
    ),
    (
        "[[workload]]\nname = 'video'",
        "workload.video.group: is missing|workload.video.response_budget_ms: is missing|"
        "workload.video.share: is missing|workload.video.reference_usd_per_mwh: is missing",
    ),
    (
        "[[workload]]\nname = 'Video 1'\ngroup = 'interactive'\nresponse_budget_ms = 9\nshare = 1\n"
        "reference_usd_per_mwh = 1",
        "workload.\"Video 1\".name: 'Video 1' is not a name; use small letters, digits and underscores",
    ),
    ("[[workload]]\nname = 'batch'\nshare = 0", "workload: the shares of group tolerant are all nil in 1990-01"),
    (
        "[[workload]]\nname = 'training'\nshare = {2023-01 = 1, 2030-01 = 0}",
        "workload: the shares of group training are all nil in 2030-01",
    ),
    ("[demand]\nworkloads = 'custom'", "workload: no workload of group interactive"),
    # -- zones ---------------------------------------------------------------------------------------------------------
    ("[zone]\nname = 'gulf'", "zone: is not a list of tables; write [[zone]]"),
    ("[[zone]]\nname = 'gulf'", "zone.gulf.match: is missing"),
    ("[[zone]]\nname = 'gulf'\nmatch = 'AE'", "zone.gulf.match: 'AE' is not a list"),
    ("[[zone]]\nname = 'gulf'\nmatch = []", "zone.gulf.match: names no zone"),
    ("[[zone]]\nname = 'gulf'\nmatch = ['AE', 3]", "zone.gulf.match[2]: 3 is not text in quotes"),
    ("[[zone]]\nname = 'gulf'\nmatch = ['AE']\nslot_release_scale = -1", "zone.gulf.slot_release_scale: -1 is below 0"),
    ("[[zone]]\nname = 'gulf'\nmatch = ['AE']\ncounterparty_risk = 10", "zone.gulf.counterparty_risk: 10 is above 1"),
    (
        "[[zone]]\nname = 'gulf'\nmatch = ['AE']\nslots = 4",
        "zone.gulf.slots: unknown key",
    ),
    # -- events --------------------------------------------------------------------------------------------------------
    ("event = 3", "event: is not a list of tables; write [[event]]"),
    ("[event]\ndate = '2028-06'", "event: is not a list of tables; write [[event]]"),
    ("[[event]]\ndate = '2028-06'", "event[1].set: is missing"),
    ('[[event]]\nset = {"drift.ceiling" = 0.8}', "event[1].date: is missing"),
    ("[[event]]\ndate = '2028-06'\nset = {}", "event[1].set: is not a table of changes"),
    ("[[event]]\ndate = '2028-06'\nset = 3", "event[1].set: is not a table of changes"),
    (
        "[[event]]\ndate = '2028-6'\nset = {drift.ceiling = 0.8}",
        "event[1].date: '2028-6' is not a month; write \"2028-06\"",
    ),
    (
        "[[event]]\ndate = 2028\nset = {drift.ceiling = 0.8}",
        'event[1].date: 2028 is not a month; write it in quotes, "2028-06"',
    ),
    (
        "[[event]]\ndat = '2028-06'\ndate = '2028-06'\nset = {drift.ceiling = 0.8}",
        "event[1].dat: unknown key; did you mean date?",
    ),
    (
        "[[event]]\ndate = '2028-06'\nset = {drift.ceilng = 0.8}",
        "event[1].set.drift.ceilng: unknown key; did you mean drift.ceiling?",
    ),
    (
        "[[event]]\ndate = '2028-06'\nset = {\"drift.ceilng\" = 0.8}",
        "event[1].set.drift.ceilng: unknown key; did you mean drift.ceiling?",
    ),
    (
        "[[event]]\ndate = '2028-06'\nset = {ceiling = 0.8}",
        "event[1].set.ceiling: unknown key; did you mean drift.ceiling?",
    ),
    ("[[event]]\ndate = '2028-06'\nset = {drift.ceiling = 8}", "event[1].set.drift.ceiling: 8 is above 0.99"),
    ("[[event]]\ndate = '2028-06'\nset = {drift = 0.8}", "event[1].set.drift: is not a table"),
    (
        "[[event]]\ndate = '2028-06'\nset = {run.months = 8}",
        "event[1].set.run.months: can't change during a run: start, length and seed are those of the whole run",
    ),
    (
        "[[event]]\ndate = '2028-06'\nset = {world.sites = 80}",
        "event[1].set.world.sites: can't change during a run: the world is built before the first month",
    ),
    (
        "[[event]]\ndate = '2028-06'\nset = {\"run.seed\" = 8}",
        "event[1].set.run.seed: can't change during a run: start, length and seed are those of the whole run",
    ),
    (
        "[[event]]\ndate = '2028-06'\nset = {title = 'x'}",
        "event[1].set.title: can't change during a run: it is the name of all of it",
    ),
    (
        "[[event]]\ndate = '2028-06'\nset = {demand.workloads = 'measured'}",
        "event[1].set.demand.workloads: can't change during a run: it is read once, before the first month",
    ),
    ("[[event]]\ndate = '2028-06'\nset = {extends = 'x'}", "event[1].set.extends: unknown key"),
    (
        "[[event]]\ndate = '2028-06'\nset = {workload = []}",
        "event[1].set.workload: can't change as a whole; set workload.NAME.KEY",
    ),
    ("[[event]]\ndate = '2028-06'\nset = {\"workload.voice\" = 3}", "event[1].set.workload.voice: is not a table"),
    (
        "[[event]]\ndate = '2028-06'\nset = {\"workload.vioce.share\" = 3}",
        "event[1].set.workload.vioce.share: there is no workload 'vioce'; did you mean voice?",
    ),
    (
        "[[event]]\ndate = '2028-06'\nset = {\"workload.voice.shar\" = 3}",
        "event[1].set.workload.voice.shar: unknown key; did you mean workload.voice.share?",
    ),
    (
        "[[event]]\ndate = '2028-06'\nset = {\"workload.voice.group\" = 'training'}",
        "event[1].set.workload.voice.group: can't change during a run: the layout of the market depends on it",
    ),
    (
        "[[event]]\ndate = '2028-06'\nset = {\"zone.gulf.slot_release_scale\" = 3}",
        "event[1].set.zone.gulf.slot_release_scale: there is no zone 'gulf'",
    ),
    (
        "[[event]]\ndate = '2028-06'\nset = {\"workload.voice.service_ms\" = 20.0}",
        "event of 2028-06: workload.voice.service_ms: 20 ms leaves nothing of the response budget of 15 ms",
    ),
    (
        "[[event]]\ndate = '2028-06'\nset = {\"drift.path\" = 'piecewise'}",
        "event of 2028-06: drift.points: is missing; a piecewise drift follows them",
    ),
    (
        "[[event]]\ndate = '2028-06'\nset = {\"demand.growth\" = []}",
        "event of 2028-06: demand.growth: the last leg must have no `until`",
    ),
    (
        "[[event]]\ndate = '2028-06'\nset = {\"workload.batch.share\" = 0}",
        "event of 2028-06: workload: the shares of group tolerant are all nil in 1990-01",
    ),
]


@pytest.mark.parametrize(("text", "expected"), WRONG, ids=[expected[:60] for _, expected in WRONG])
def test_one_line_says_where_and_why(tmp_path: Path, text: str, expected: str) -> None:
    path = tmp_path / "s.toml"
    path.write_text(text, encoding="utf-8")
    assert lines_of(path) == expected.split("|")


def test_all_problems_of_all_files_come_at_once(tmp_path: Path) -> None:
    (tmp_path / "base.toml").write_text("[run]\nmonth = 3\n[drift]\nceiling = 2", encoding="utf-8")
    path = tmp_path / "s.toml"
    path.write_text(
        "extends = 'base.toml'\ntitle = 3\n[demand]\nsteps = 1\nelasticity = nan\n[drift]\npath = 'piecewise'\n"
        "[[event]]\ndate = 'June'\nset = {\"workload.chat.share\" = -1, x = 2}\n[[workload]]\nname = 'video'\n",
        encoding="utf-8",
    )
    with pytest.raises(InputError) as caught:
        load_scenario(path, ["run.months=0", "months", "drift.x=3"])
    assert caught.value.problems == [
        f"{tmp_path / 'base.toml'}: run.month: unknown key; did you mean run.months?",
        f"{tmp_path / 'base.toml'}: drift.ceiling: 2 is above 0.99",
        f"{path}: title: 3 is not text in quotes",
        f"{path}: demand.steps: 1 is below 10",
        f"{path}: demand.elasticity: nan is not a finite number",
        f"{path}: event[1].date: 'June' is not a month; write \"2028-06\"",
        f"{path}: event[1].set.workload.chat.share: -1 is not within 0 to 1e+06",
        f"{path}: event[1].set.x: unknown key",
        "--set: run.months: 0 is below 1 months",
        "--set: 'months': is not KEY=VALUE",
        "--set: drift.x: unknown key",
        f"{path}: drift.points: is missing; a piecewise drift follows them",
        f"{path}: workload.video.group: is missing",
        f"{path}: workload.video.response_budget_ms: is missing",
        f"{path}: workload.video.share: is missing",
        f"{path}: workload.video.reference_usd_per_mwh: is missing",
    ]


def test_more_than_a_hundred_problems_are_counted(tmp_path: Path) -> None:
    path = tmp_path / "s.toml"
    path.write_text("\n".join(f"x{number} = 1" for number in range(250)), encoding="utf-8")
    lines = lines_of(path)
    assert len(lines) == 101
    assert lines[-1] == "and 150 more problems"


@pytest.mark.parametrize(
    ("setting", "expected"),
    [
        ("run.months", "'run.months': is not KEY=VALUE"),
        ("=3", "'=3': is not KEY=VALUE"),
        ("run.month=3", "run.month: unknown key; did you mean run.months?"),
        ("run=3", "run: is not a table"),
        ("run.months=", "'run.months=': the value is not TOML; text needs quotes"),
        ("run.months=twelve", "run.months: 'twelve' is not a whole number (in months)"),
        ("run.months=12.0", "run.months: 12 is not a whole number (in months)"),
        ("run.months=0", "run.months: 0 is below 1 months"),
        ("run..months=3", 'run."".months: unknown key; did you mean run.months?'),
        ("title=two words", "'title=two words': the value is not TOML; text needs quotes"),
        ("run.months=1\nx=2", "'run.months=1\\nx=2': the value is more than one value"),
        ("demand.elasticity=1e999", "demand.elasticity: inf is not a finite number"),
        ("drift.path=wavy", "drift.path: 'wavy' is not one of flat, logistic, piecewise, csv"),
        ("drift.midpoint=2029-13", "drift.midpoint: '2029-13' is not a month; write \"2028-06\""),
        ('drift.file="../x.csv"', "drift.file: '../x.csv' is not the name of a file beside or below this one"),
        ("workload.chta.share=1", "workload.chta.share: there is no workload 'chta'; did you mean chat?"),
        ("zone.gulf.slot_release_scale=1", "zone.gulf.slot_release_scale: there is no zone 'gulf'"),
        ("workload=[]", "workload: can't change as a whole; set workload.NAME.KEY"),
        ("event=[]", "event: unknown key"),
        ("extends=x", "extends: unknown key"),
        (f"title={'x' * 10_001}", f"'title={'x' * 54}': the value is longer than 10,000 characters"),
        (f"title={'[' * 17}", f"'title={'[' * 17}': line 1: is nested more than 16 deep"),
    ],
)
def test_settings(tmp_path: Path, setting: str, expected: str) -> None:
    path = tmp_path / "s.toml"
    path.write_text("", encoding="utf-8")
    assert lines_of(path, (setting,)) == [f"--set: {expected}"]


def test_there_are_enough_of_them() -> None:
    assert len(WRONG) >= 80
    assert len({text for text, _ in WRONG}) == len(WRONG)


def test_each_event_that_breaks_the_scenario_has_its_line(tmp_path: Path) -> None:
    path = tmp_path / "s.toml"
    path.write_text(
        "".join(
            f"[[event]]\ndate = '{month}'\nset = {{drift.path = 'piecewise', \"workload.voice.service_ms\" = 90}}\n"
            for month in ("2028-06", "2027-01")
        ),
        encoding="utf-8",
    )
    service = "workload.voice.service_ms: 90 ms leaves nothing of the response budget of 15 ms"
    points = "drift.points: is missing; a piecewise drift follows them"
    assert lines_of(path) == [
        f"event of {month}: {problem}" for month in ("2027-01", "2028-06") for problem in (points, service)
    ]
