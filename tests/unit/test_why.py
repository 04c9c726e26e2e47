"""Why a site's rent is what it is: what is explained is what was recorded, and it is told in one way."""

from __future__ import annotations

import dataclasses
import datetime
import json
from pathlib import Path

import polars as pl
import pytest

from wattmarket.cli import main
from wattmarket.errors import DigestMismatchError, InputError
from wattmarket.record import Run
from wattmarket.runner import run
from wattmarket.scenario import Scenario

SETTINGS = ["run.months=3", "world.sites=50", "world.metros=10", "output.figures=false"]
USD_PER_MW_MONTH = 0.73
"""$ per MW-month in a micro-$ per kWh, at 730 hours a month."""


@pytest.fixture(scope="module")
def entry() -> Run:
    return run(Scenario().with_settings([*SETTINGS, "capacity.mode=entry"]), twin=False)


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    out = tmp_path_factory.mktemp("runs") / "agents"
    run(Scenario().with_settings(SETTINGS), twin=False, out=out)
    return out


def sums(table: pl.DataFrame) -> list[int]:
    return table.group_by("end").agg(pl.col("amount_musd_per_kwh").sum())["amount_musd_per_kwh"].to_list()


def test_terms_add_up_to_the_rent_of_the_table_sites(entry: Run) -> None:
    recorded = entry.sites.filter(tick=2)
    in_use = recorded.filter(pl.col("used_kw") > 0)
    for site, rent in in_use.select("site_id", "rent_usd_per_mw_month").rows()[::6]:
        found = entry.why(site, "2023-03")
        assert found.rent_usd_per_mw_month == rent
        ends = sums(found.table)
        assert len(ends) == 2
        # Price and energy settle midway, each rounded down.
        assert abs(sum(ends) / 2 * USD_PER_MW_MONTH - rent) <= USD_PER_MW_MONTH
        bids = found.table.filter("bid")
        assert bids.group_by("end", "part").len()["len"].to_list() == [1] * len(bids)
        assert set(bids["kind"]) <= {"willingness", "generation", "plant"}


def test_a_corner_is_explained_alone_and_adds_up_exactly(entry: Run) -> None:
    lowest = run(entry.scenario.with_settings(["prices.corner=lowest", "run.months=1"]), twin=False)
    found = lowest.why("ASHBURN", "2023-01")
    assert found.table["end"].unique().to_list() == ["lowest"]
    assert sums(found.table)[0] * USD_PER_MW_MONTH == found.rent_usd_per_mw_month


def test_a_site_that_stands_idle_has_no_rent_to_explain(entry: Run) -> None:
    idle = entry.sites.filter((pl.col("tick") == 0) & (pl.col("used_kw") == 0) & (pl.col("non_ai_kw") == 0))
    found = entry.why(idle["site_id"][0], "2023-01")
    assert (found.rent_usd_per_mw_month, found.table.height) == (0.0, 0)
    assert "stands idle" in found.sentences[0]
    assert found.table_text() == "no terms: the site stands idle"


def test_what_is_not_there_is_named_with_what_is_near(entry: Run) -> None:
    cases = [
        ("ASHBRUN", "2023-01", "site: 'ASHBRUN': is not a site of this run; did you mean ASHBURN"),
        ("ashburn", "2023-01", "did you mean ASHBURN"),
        ("???", "2023-01", r"site: '\?\?\?': is not a site of this run$"),
        ("ASHBURN", "2022-12", "month: 2022-12: the run goes from 2023-01 to 2023-03"),
        ("ASHBURN", "2023-04", "month: 2023-04: the run goes from 2023-01 to 2023-03"),
        ("ASHBURN", "soon", "'soon': is not a month"),
        ("ASHBURN", 5, "month: 5: is not a month; write YYYY-MM"),
        (5, "2023-01", "site: 5: is not the id of a site, which is text"),
    ]
    for site, month, reason in cases:
        with pytest.raises(InputError, match=reason):
            entry.why(site, month)


def test_a_month_may_be_any_day_of_it(entry: Run) -> None:
    found = entry.why("ASHBURN", datetime.date(2023, 2, 17))
    assert found.to_dict() == entry.why("ASHBURN", "2023-02").to_dict()


def test_running_costs_below_nil_are_explained(entry: Run) -> None:
    told = "running them costs -$171.00/MWh (their credit for efficiency is more than the cost)"
    assert told in entry.why("ABILENE", "2023-03").sentences[0]
    assert "credit" not in entry.why("ASHBURN", "2023-03").sentences[0]


def test_another_past_is_not_explained(entry: Run) -> None:
    digest = pl.when(pl.col("tick") == 1).then(pl.lit("0" * 64)).otherwise("digest").alias("digest")
    other = dataclasses.replace(entry, tables={**entry.tables, "ticks": entry.ticks.with_columns(digest)})
    assert other.why("ASHBURN", "2023-01").rent_usd_per_mw_month > 0
    with pytest.raises(DigestMismatchError, match=r"tick 1 \(2023-02\)"):
        other.why("ASHBURN", "2023-02")


def test_land_is_explained_by_the_bids_of_the_month(folder: Path) -> None:
    recorded = Run.load(folder)
    won = recorded.awards.filter(pl.col("land_usd_per_kw_month") > 0).row(0, named=True)
    month = recorded.ticks["month"][won["tick"]].strftime("%Y-%m")
    land = recorded.why(won["site_id"], month).land
    by_corner = land.group_by("lot", "corner").agg(
        pl.col("amount_usd_per_kw_month").sum(), pl.col("price_usd_per_kw_month", "settled_usd_per_kw_month").first()
    )
    for amount, price in by_corner.select("amount_usd_per_kw_month", "price_usd_per_kw_month").rows():
        assert amount == pytest.approx(price, abs=1e-6)
    assert won["land_usd_per_kw_month"] in by_corner["settled_usd_per_kw_month"].to_list()
    assert land.filter(kind="bid")["who"].null_count() == 0


def test_the_command_prints_sentences_and_table_or_json(folder: Path, capsys: pytest.CaptureFixture[str]) -> None:
    asked = ["why", str(folder), "--site", "ASHBURN", "--month", "2023-02"]
    assert main([*asked, "--quiet"]) == 0
    text = capsys.readouterr()
    assert text.out.startswith("ASHBURN (Ashburn) earns a rent of $")
    assert "[the bid]" in text.out
    assert text.err == ""
    assert main([*asked, "--json"]) == 0
    told = json.loads(capsys.readouterr().out)
    assert (told["site"], told["month"]) == ("ASHBURN", "2023-02")
    assert sum(row["amount_musd_per_kwh"] for row in told["table"] if row["end"] == "lowest") > 0
    assert main(["why", str(folder), "--site", "NOWHERE", "--month", "2023-02"]) == 2
    assert len(capsys.readouterr().err.splitlines()) == 1
