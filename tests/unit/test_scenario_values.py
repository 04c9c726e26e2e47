"""Text that is not TOML, unknown keys, wrong types, values out of range: one line each says where and why."""

from __future__ import annotations

from pathlib import Path

import pytest
from scenario_lines import lines_of

# Text of the file, and where it stops being TOML. The words of the reason are those of Python's own parser.
NOT_TOML = [
    ("run", "end of document"),
    ("run =", "end of document"),
    ("[run", "end of document"),
    ('title = "abc', "end of document"),
    ("[run]\nmonths = 1\nmonths = 2", "end of document"),
    ("[run]\nmonths = 1 2", "line 2, column 12"),
    ("[run]\n[run]", "line 2, column 5"),
    ('title = "a\\qb"', "line 1, column 13"),
    ("title = 'a\nb'", "line 1, column 11"),
    ("[run]\nmonths = 08", "line 2, column 11"),
    ("[run]\nstart = 2023-01", "line 2, column 13"),
    ("[demand]\nelasticity = .5", "line 2, column 14"),
    ("[demand]\nelasticity = 1,5", "line 2, column 15"),
    ("[run]\nseed = None", "line 2, column 8"),
    ("[run]\nseed: 3", "line 2, column 5"),
    ("{}", "line 1, column 1"),
    ("<toml/>", "line 1, column 1"),
]

TABLES = (
    "ticks, sites, metros, zones, flows, metro_values, "
    "agents, awards, bids, contracts, queue, suppliers, supply, curves, valuations, bubble"
)

# Text of the file, and the lines it must give, after the file's name.
WRONG = [
    # -- unknown keys --------------------------------------------------------------------------------------------------
    ("titel = 'x'", "titel: unknown key; did you mean title?"),
    ("quesiton = 'x'", "quesiton: unknown key; did you mean question?"),
    ("months = 3", "months: unknown key; did you mean run.months?"),
    ("seed = 3", "seed: unknown key; did you mean run.seed?"),
    ("xyzzy = 3", "xyzzy: unknown key"),
    ("extend = 'a.toml'", "extend: unknown key; did you mean extends?"),
    ("[network.fibre]\nshare = 1", "network.fibre: unknown key"),
    ("[netwrok]\nstretch_scale = 1.0", "netwrok: unknown key; did you mean network?"),
    ("[runs]\nmonths = 3", "runs: unknown key; did you mean run?"),
    ("[run]\nmonth = 3", "run.month: unknown key; did you mean run.months?"),
    ("[run]\nMonths = 3", "run.Months: unknown key; did you mean run.months?"),
    ("[run]\nthreads = 3", "run.threads: unknown key"),
    ("[run]\nceiling = 3", "run.ceiling: unknown key; did you mean drift.ceiling?"),
    ("[world]\nsite = 3", "world.site: unknown key; did you mean world.sites?"),
    ("[world.kinds]\ntowers = 0.12", "world.kinds.towers: unknown key; did you mean world.kinds.tower?"),
    ("[network]\nstretch = 1.0", "network.stretch: unknown key; did you mean network.stretch_scale?"),
    (
        "[network]\nsilica_km_per_s = 204",
        "network.silica_km_per_s: unknown key; did you mean network.silica_km_per_ms?",
    ),
    (
        "[demand]\nai_power_start_mw = 7400",
        "demand.ai_power_start_mw: unknown key; did you mean demand.ai_power_start_gw?",
    ),
    ("[drift]\nceilling = 0.8", "drift.ceilling: unknown key; did you mean drift.ceiling?"),
    ("[drift]\nkappa = 0.8", "drift.kappa: unknown key; did you mean capacity.kappa?"),
    ("[drift]\nspeed = 1.0", "drift.speed: unknown key; did you mean drift.speed_per_year?"),
    (
        "[capacity]\nlead_weeks = 24",
        "capacity.lead_weeks: unknown key; did you mean capacity.lead_months?",
    ),
    ("[silicon]\nwacc = 0.1", "silicon.wacc: unknown key; did you mean silicon.air.wacc?"),
    ("[silicon.gas]\nwacc = 0.1", "silicon.gas: unknown key"),
    (
        "[silicon.air]\ncapex_usd_per_mw = 1",
        "silicon.air.capex_usd_per_mw: unknown key; did you mean silicon.air.capex_usd_per_kw?",
    ),
    ("[finance]\nwacc = 0.1", "finance.wacc: unknown key; did you mean finance.wacc_edge?"),
    ("[valuation]\nyears = 10", "valuation.years: unknown key; did you mean valuation.horizon_years?"),
    ("[output]\nfigure = true", "output.figure: unknown key; did you mean output.figures?"),
    ("[prices]\ncorners = 'midpoint'", "prices.corners: unknown key; did you mean prices.corner?"),
    ("[findings]\nmonth = 6", "findings.month: unknown key; did you mean findings.months?"),
    ('["a.b"]\nc = 1', '"a.b": unknown key'),
    ('"" = 1', '"": unknown key'),
    ('"a\\nb" = 1', '"a\\nb": unknown key'),
    ('"\\u001b[31mred" = 1', '"\\u001b[31mred": unknown key'),
    (f"{'x' * 300} = 1", f'"{"x" * 60}": unknown key'),
    ("a.b.c.d.e.f = 1", "a: unknown key"),
    ("[actors]\ncount = 3", "actors: unknown key"),
    # -- wrong types ---------------------------------------------------------------------------------------------------
    ("title = 3", "title: 3 is not text in quotes"),
    ("title = ['x']", "title: a list is not text in quotes"),
    ("question = true", "question: true is not text in quotes"),
    ("run = 3", "run: is not a table"),
    ("run = [1]", "run: is not a table"),
    ("[[run]]\nmonths = 3", "run: is not a table"),
    ("world.kinds = 3", "world.kinds: is not a table"),
    ("silicon.air = 'cheap'", "silicon.air: is not a table"),
    ("[run]\nmonths = 'twelve'", "run.months: 'twelve' is not a whole number (in months)"),
    ("[run]\nmonths = '12'", "run.months: '12' is not a whole number (in months)"),
    ("[run]\nmonths = 12.0", "run.months: 12 is not a whole number (in months)"),
    ("[run]\nmonths = 12.5", "run.months: 12.5 is not a whole number (in months)"),
    ("[run]\nmonths = true", "run.months: true is not a whole number (in months)"),
    ("[run]\nmonths = [12]", "run.months: a list is not a whole number (in months)"),
    ("[run]\nmonths = {a = 1}", "run.months: a table is not a whole number (in months)"),
    ("[run]\nseed = 1e3", "run.seed: 1000 is not a whole number"),
    ("[drift]\nceiling = '75 %'", "drift.ceiling: '75 %' is not a number"),
    ("[drift]\nceiling = true", "drift.ceiling: true is not a number"),
    ("[drift]\nceiling = 07:32:00", "drift.ceiling: 07:32:00 is not a number"),
    ("[network]\nsilica_km_per_ms = '204 km/ms'", "network.silica_km_per_ms: '204 km/ms' is not a number (in km/ms)"),
    ("[output]\nfigures = 1", "output.figures: 1 is not true or false"),
    ("[output]\nfigures = 'yes'", "output.figures: 'yes' is not true or false"),
    ("[output]\ntables = 'ticks'", "output.tables: 'ticks' is not a list"),
    (
        "[output]\ntables = ['ticks', 3]",
        f"output.tables[2]: 3 is not one of {TABLES}",
    ),
    ("[drift]\npath = 3", "drift.path: 3 is not one of flat, logistic, piecewise, csv"),
    ("[drift]\nfile = 3", "drift.file: 3 is not text in quotes"),
    ("[demand]\ngrowth = 1.4", "demand.growth: 1.4 is not a list"),
    ("[demand]\ngrowth = [1.4]", "demand.growth[1]: 1.4 is not a table"),
    ("[demand]\ngrowth = [{per_year = 'x'}]", "demand.growth[1].per_year: 'x' is not a number (in x/year)"),
    ("[demand]\ninference_share = 'half'", "demand.inference_share: is neither a number nor a table of months"),
    ("[demand]\ninference_share = true", "demand.inference_share: is neither a number nor a table of months"),
    (
        "[demand]\ninference_share = {2023-01 = 'x'}",
        "demand.inference_share: is neither a number nor a table of months",
    ),
    # -- out of range --------------------------------------------------------------------------------------------------
    ("[run]\nmonths = 0", "run.months: 0 is below 1 months"),
    ("[run]\nmonths = -5", "run.months: -5 is below 1 months"),
    ("[run]\nmonths = 1201", "run.months: 1201 is above 1,200 months"),
    ("[run]\nseed = -1", "run.seed: -1 is below 0"),
    ("[run]\nseed = 9223372036854775808", "run.seed: 9223372036854775808 is above 9,223,372,036,854,775,807"),
    ("[run]\nseed = 1" + "0" * 60, "run.seed: a number of 200 bits is above 9,223,372,036,854,775,807"),
    ("[world]\nmetros = 0", "world.metros: 0 is below 1"),
    ("[world]\nmetros = 1081", "world.metros: 1081 is above 1,080"),
    ("[world]\nsites = 49", "world.sites: 49 is below 50"),
    ("[world]\nsites = 50001", "world.sites: 50001 is above 50,000"),
    ("[world]\nedge_share_start = 1.01", "world.edge_share_start: 1.01 is above 1"),
    ("[world]\ncampus_cap_mw = 1", "world.campus_cap_mw: 1 is below 50 MW IT"),
    ("[world.kinds]\ntower = -0.12", "world.kinds.tower: -0.12 is below 0"),
    ("[network]\nsilica_km_per_ms = 300", "network.silica_km_per_ms: 300 is above 299.7925 km/ms"),
    ("[network]\nsilica_km_per_ms = 0.2042", "network.silica_km_per_ms: 0.2042 is below 150 km/ms"),
    ("[network]\nhollow_core_share = 20", "network.hollow_core_share: 20 is above 1"),
    ("[network]\nstretch_scale = 0", "network.stretch_scale: 0 is below 0.3"),
    (
        "[network]\ntransport_usd_per_mwh_per_ms = -1",
        "network.transport_usd_per_mwh_per_ms: -1 is below 0 $/MWh per ms",
    ),
    ("[demand]\nai_power_start_gw = 7400", "demand.ai_power_start_gw: 7400 is above 1,000 GW IT"),
    ("[demand]\nelasticity = 0", "demand.elasticity: 0 is below 0.05"),
    ("[demand]\nelasticity = -1.1", "demand.elasticity: -1.1 is below 0.05"),
    ("[demand]\nsteps = 9", "demand.steps: 9 is below 10"),
    ("[demand]\nsteps = 17", "demand.steps: 17 is above 16"),
    ("[demand]\nstep_low = 1.0", "demand.step_low: 1 is above 0.95"),
    ("[demand]\nstep_high = 1.0", "demand.step_high: 1 is below 1.05"),
    ("[demand]\ninference_share = 1.5", "demand.inference_share: 1.5 is not within 0 to 1"),
    ("[demand]\ninference_share = {2023-01 = 33}", "demand.inference_share: 33 is not within 0 to 1"),
    ("[demand]\ngrowth = [{per_year = 59}]", "demand.growth[1].per_year: 59 is above 10 x/year"),
    ("[demand]\nadoption_speed_per_year = 0", "demand.adoption_speed_per_year: 0 is not above 0 1/year"),
    ("[drift]\nstart = 1.0", "drift.start: 1 is above 0.99"),
    ("[drift]\nceiling = 75", "drift.ceiling: 75 is above 0.99"),
    ("[drift]\nspeed_per_year = 0", "drift.speed_per_year: 0 is not above 0 1/year"),
    ("[drift]\nnoise_sd = -0.1", "drift.noise_sd: -0.1 is below 0"),
    ("[capacity]\nkappa = 1.1", "capacity.kappa: 1.1 is above 1 1/month"),
    ("[capacity]\nlead_months = 0", "capacity.lead_months: 0 is below 1 months"),
    ("[silicon.air]\ncapex_usd_per_kw = 0", "silicon.air.capex_usd_per_kw: 0 is not above 0 $/kW IT"),
    ("[silicon.liquid]\nlife_years = 60", "silicon.liquid.life_years: 60 is above 30 years"),
    ("[finance]\nwacc_edge = 10", "finance.wacc_edge: 10 is above 0.5 1/year"),
    ("[valuation]\nrate = 7.25", "valuation.rate: 7.25 is above 0.5 1/year"),
    ("[findings]\ndepth = 10", "findings.depth: 10 is above 0.999"),
    ("[output]\nflows_every_months = 0", "output.flows_every_months: 0 is below 1 months"),
    (f"title = '{'x' * 201}'", "title: is longer than 200"),
    # -- not finite ----------------------------------------------------------------------------------------------------
    ("[demand]\nelasticity = nan", "demand.elasticity: nan is not a finite number"),
    ("[demand]\nelasticity = inf", "demand.elasticity: inf is not a finite number"),
    ("[demand]\nelasticity = -inf", "demand.elasticity: -inf is not a finite number"),
    ("[demand]\nelasticity = 1e999", "demand.elasticity: inf is not a finite number"),
    ("[demand]\nelasticity = 1" + "0" * 400, "demand.elasticity: a number of 1329 bits is not a number"),
    ("[demand]\ninference_share = nan", "demand.inference_share: nan is not within 0 to 1"),
    ("[demand]\ngrowth = [{per_year = nan}]", "demand.growth[1].per_year: nan is not a finite number"),
    # -- words and months ----------------------------------------------------------------------------------------------
    (
        "[drift]\npath = 'logistc'",
        "drift.path: 'logistc' is not one of flat, logistic, piecewise, csv; did you mean logistic?",
    ),
    ("[drift]\npath = ''", "drift.path: '' is not one of flat, logistic, piecewise, csv"),
    ("[drift]\npath = 'Flat'", "drift.path: 'Flat' is not one of flat, logistic, piecewise, csv; did you mean flat?"),
    ("[capacity]\nmode = 'actors'", "capacity.mode: 'actors' is not one of agents, entry, path"),
    (
        "[demand]\nworkloads = 'articel'",
        "demand.workloads: 'articel' is not one of article, measured, custom; did you mean article?",
    ),
    ("[prices]\ncorner = 'low'", "prices.corner: 'low' is not one of midpoint, lowest, highest; did you mean lowest?"),
    (
        "[output]\ntables = ['tick']",
        f"output.tables[1]: 'tick' is not one of {TABLES}; did you mean ticks?",
    ),
    ("[run]\nstart = '2023'", "run.start: '2023' is not a month; write \"2028-06\""),
    ("[run]\nstart = '2023-13'", "run.start: '2023-13' is not a month; write \"2028-06\""),
    ("[run]\nstart = '2023-00'", "run.start: '2023-00' is not a month; write \"2028-06\""),
    ("[run]\nstart = '2023-1'", "run.start: '2023-1' is not a month; write \"2028-06\""),
    ("[run]\nstart = '2023-01-01'", "run.start: '2023-01-01' is not a month; write \"2028-06\""),
    ("[run]\nstart = 'January 2023'", "run.start: 'January 2023' is not a month; write \"2028-06\""),
    ("[run]\nstart = 2023-01-01", 'run.start: 2023-01-01 is not a month; write it in quotes, "2028-06"'),
    ("[run]\nstart = 2023", 'run.start: 2023 is not a month; write it in quotes, "2028-06"'),
    ("[run]\nstart = '1823-01'", "run.start: 1823-01 is outside 1990-01 to 2199-12"),
    ("[drift]\nmidpoint = '2029'", "drift.midpoint: '2029' is not a month; write \"2028-06\""),
    ("[demand]\ninference_share = {2023 = 0.3}", "demand.inference_share: '2023' is not a month; write \"2028-06\""),
    ("[demand]\ninference_share = {}", "demand.inference_share: has no month"),
]


@pytest.mark.parametrize(("text", "expected"), WRONG, ids=[expected[:60] for _, expected in WRONG])
def test_one_line_says_where_and_why(tmp_path: Path, text: str, expected: str) -> None:
    path = tmp_path / "s.toml"
    path.write_text(text, encoding="utf-8")
    assert lines_of(path) == expected.split("|")


@pytest.mark.parametrize(("text", "place"), NOT_TOML)
def test_text_that_is_not_toml(tmp_path: Path, text: str, place: str) -> None:
    path = tmp_path / "s.toml"
    path.write_text(text, encoding="utf-8")
    (line,) = lines_of(path)
    assert line.startswith(f"{place}: is not TOML: ")
    assert len(line) > len(f"{place}: is not TOML: ")


def test_there_are_enough_of_them() -> None:
    assert len(WRONG) >= 120
    assert len({text for text, _ in WRONG}) == len(WRONG)
