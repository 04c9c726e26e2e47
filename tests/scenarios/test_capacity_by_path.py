"""Capacity that follows a table: what the table says stands, and nothing else is built."""

from __future__ import annotations

from pathlib import Path

import polars as pl
import pytest

import wattmarket
from wattmarket.errors import InputError

SCENARIO = """
title = "Path"
[run]
months = 4
[world]
sites = 50
metros = 20
[drift]
path = "flat"
[capacity]
mode = "path"
file = "capacity.csv"
"""


def write(folder: Path, rows: str) -> Path:
    (folder / "capacity.csv").write_text("month,site_id,pool_mw,shell_mw,grid_mw\n" + rows, encoding="utf-8")
    path = folder / "path.toml"
    path.write_text(SCENARIO, encoding="utf-8")
    return path


def test_what_the_table_says_stands_from_its_month_on(tmp_path: Path) -> None:
    run = wattmarket.run(write(tmp_path, "2023-03,ASHBURN,500,900,1000\n2022-06,ABILENE,300,300,300\n"))
    pool = run.sites.pivot(on="site_id", index="tick", values="pool_kw")
    start = dict(zip(run.world.sites["site_id"], run.world.sites["pool_mw"], strict=True))
    assert pool["ABILENE"].to_list() == [300_000] * 4
    assert pool["ASHBURN"].to_list()[2:] == [500_000] * 2
    assert pool["ASHBURN"][0] == pytest.approx(start["ASHBURN"] * 1_000, abs=1)
    others = [site for site in start if site not in {"ASHBURN", "ABILENE"}]
    assert all(pool[site].n_unique() == 1 for site in others)
    assert run.ticks["started_kw"].sum() == 0
    completed = run.ticks.filter(pl.col("tick") == 2).row(0, named=True)
    assert completed["completed_kw"] - completed["retired_kw"] == pool["ASHBURN"][2] - pool["ASHBURN"][1]


@pytest.mark.parametrize(
    ("rows", "reason"),
    [
        ("2023-03,NOWHERE,1,1,1\n", "row 1: site_id: 'NOWHERE' is not a site of the world"),
        ("2023-13,ASHBURN,1,1,1\n", "row 1: month: '2023-13': is not a month"),
        ("2023-03,ASHBURN,-1,1,1\n", "row 1: pool_mw: -1.0 is below 0"),
        ("2023-03,ASHBURN,x,1,1\n", "row 1: pool_mw: 'x' is not"),
    ],
)
def test_a_bad_row_is_named(tmp_path: Path, rows: str, reason: str) -> None:
    with pytest.raises(InputError) as error:
        wattmarket.run(write(tmp_path, rows))
    assert reason in str(error.value)
