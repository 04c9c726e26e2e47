"""Players of one's own: a table beside the scenario, of any number, and runs that replay without it."""

from __future__ import annotations

from importlib.resources import files
from pathlib import Path

import numpy as np
import pytest

import wattmarket
from wattmarket.agents import Population
from wattmarket.errors import DigestMismatchError, InputError
from wattmarket.history import replay
from wattmarket.living import WattMarketModel
from wattmarket.scenario import Scenario, load_scenario
from wattmarket.scenario.sections_living import PUBLIC_PLAYERS
from wattmarket.world import WorldConfig, build_world

SCENARIO = """
title = "few"
[run]
months = 4
[world]
sites = 60
metros = 20
[agents]
file = "{file}"
"""

SHIPPED = (files("wattmarket.agents") / "data" / "agents.csv").read_text(encoding="utf-8").splitlines()


def few(rows: tuple[str, ...] = ("H01", "H06", "S01", "F01", "U01")) -> list[str]:
    return [SHIPPED[0], *(line for line in SHIPPED[1:] if line.split(",")[0] in rows)]


def written(folder: Path, lines: list[str], file: str = "players.csv") -> Path:
    (folder / file).parent.mkdir(exist_ok=True)
    (folder / file).write_text("\n".join(lines) + "\n", encoding="utf-8")
    (folder / "few.toml").write_text(SCENARIO.format(file=file))
    return folder / "few.toml"


def test_a_run_of_few_players_replays_without_their_file(tmp_path: Path) -> None:
    path = written(tmp_path, few(), "tables/mine.csv")
    run = wattmarket.run(path, out=tmp_path / "run")
    names = run.agents.filter(tick=0)["agent_id"].to_list()
    assert names == [line.split(",")[0] for line in few()[1:]]
    assert 1 < len(names) < PUBLIC_PLAYERS
    for file in (path, tmp_path / "tables" / "mine.csv"):
        file.unlink()
    assert run.scenario.agents.file == "players.csv"
    assert "players.csv" in run.manifest.files
    again = replay(tmp_path / "run")
    assert (again.ticks, again.twin_ticks) == (4, 4)
    # A run folder's scenario is a scenario like any other.
    assert wattmarket.run(tmp_path / "run" / "scenario.toml").manifest.digest == run.manifest.digest
    table = tmp_path / "run" / "players.csv"
    table.write_text(table.read_text().replace("hyperscaler", "neocloud"))
    with pytest.raises(DigestMismatchError, match=r"players\.csv"):
        replay(tmp_path / "run")


def test_the_shipped_table_as_a_file_gives_the_same_bits(tmp_path: Path) -> None:
    path = written(tmp_path, SHIPPED)
    own, shipped = (wattmarket.run(path, set=more, twin=False) for more in ([], ['agents.file=""']))
    assert own.manifest.digest == shipped.manifest.digest
    assert wattmarket.run(path, set=["agents.count=79"], twin=False).manifest.digest == own.manifest.digest


def test_the_number_of_agents_is_that_of_the_players_or_more(tmp_path: Path) -> None:
    path = written(tmp_path, few())
    players = len(few()) - 1
    assert len(Population.of(load_scenario(path))) == players
    assert len(Population.of(load_scenario(path, [f"agents.count={players + 7}"]))) == players + 7
    with pytest.raises(InputError, match=rf"agents\.count: {players - 1} are fewer than the {players} players"):
        Population.of(load_scenario(path, [f"agents.count={players - 1}"]))


def test_the_shipped_players_all_take_part() -> None:
    assert len(Population.shipped()) == PUBLIC_PLAYERS
    assert Scenario().agents.count is None
    assert Scenario().with_settings(["agents.count=79"]).agents.count == PUBLIC_PLAYERS
    with pytest.raises(InputError, match=r"agents\.count: 78 is below 79, the number of public players"):
        Scenario().with_settings(["agents.count=78"])


@pytest.mark.parametrize("rows", [("H01",), ("U01",), ("T01", "T02")])
def test_one_or_two_players_are_a_market_too(tmp_path: Path, rows: tuple[str, ...]) -> None:
    path = written(tmp_path, few(rows))
    assert len(few(rows)) == len(rows) + 1
    model = WattMarketModel(path, build_world(WorldConfig(metros=20, sites=60)))
    while model.running:
        model.step()
        model.economy.books.check()
    assert np.array_equal(np.array(model.population.agent_id), np.array(rows))


@pytest.mark.parametrize(
    ("change", "expected"),
    [
        (lambda lines: [lines[0], lines[1].replace(",hyperscaler,", ",bank,"), *lines[2:]], "row 1: class: 'bank'"),
        (lambda lines: [*lines, lines[1]], "row 6: agent_id:"),
        (lambda lines: [lines[0].replace("wacc", "wac"), *lines[1:]], "wac: unknown column; did you mean wacc?"),
        (lambda lines: lines[:1], "has no rows"),
        (lambda lines: [], "cannot be read"),
    ],
)
def test_a_wrong_table_names_file_and_row(tmp_path: Path, change: object, expected: str) -> None:
    path = written(tmp_path, change(few()))  # type: ignore[operator]
    with pytest.raises(InputError) as caught:
        wattmarket.run(path, out=tmp_path / "run")
    assert caught.value.problems[0].startswith(f"{tmp_path / 'players.csv'}: {expected}")
    assert not (tmp_path / "run").exists()


def test_a_table_that_is_missing_or_elsewhere_is_refused(tmp_path: Path) -> None:
    path = written(tmp_path, few())
    (tmp_path / "players.csv").unlink()
    with pytest.raises(InputError, match=r"players\.csv: cannot be read"):
        wattmarket.run(path)
    with pytest.raises(InputError, match=r"agents\.file: '\.\./players\.csv' is not the name of a file beside"):
        load_scenario(path, ['agents.file="../players.csv"'])


def test_nobody_reads_players_where_no_agents_play(tmp_path: Path) -> None:
    path = written(tmp_path, few())
    (tmp_path / "players.csv").unlink()
    run = wattmarket.run(path, set=["capacity.mode=entry", "run.months=2"], out=tmp_path / "run")
    assert replay(run.path).ticks == 2
