"""Who takes part, and where: the table of players, clones, landlords, runners, tastes."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest

from tests.unit.living_world import small_world
from wattmarket.agents import AGENT_CLASSES, CLASSES, Outside, Population
from wattmarket.agents.places import FAR, Places, place_agents
from wattmarket.errors import InputError
from wattmarket.scenario import Scenario
from wattmarket.world import World, WorldConfig, build_world

HEAD = (
    "agent_id,class,name,country,compute_2023_usd_bn,compute_2024_usd_bn,compute_2025_usd_bn,compute_2026_usd_bn,"
    "wacc,leverage,zone_ids,basis,source"
)
GOOD = "X1,neocloud,Example Cloud,US,1,2,3,4,0.15,0.5,,assumption,test"


def write(folder: Path, *rows: str, head: str = HEAD) -> Path:
    path = folder / "players.csv"
    path.write_text("\n".join([head, *rows]) + "\n", encoding="utf-8")
    return path


def test_a_table_of_ones_own_is_read(tmp_path: Path) -> None:
    players = Population.read(write(tmp_path, GOOD, GOOD.replace("X1", "X2").replace(",,", ",US-PJM-DOM A,")))
    assert players.agent_id == ("X1", "X2")
    assert players.funding_usd[0].tolist() == [1e9, 2e9, 3e9, 4e9]
    assert players.zone_ids == ((), ("US-PJM-DOM", "A"))
    assert players.of_class("neocloud").tolist() == [0, 1]


@pytest.mark.parametrize(
    ("row", "complaint"),
    [
        (GOOD.replace("neocloud", "startup"), "class"),
        (GOOD.replace("0.15", "15"), "wacc"),
        (GOOD.replace("0.15", "nan"), "wacc"),
        (GOOD.replace("0.15", "cheap"), "wacc"),
        (GOOD.replace(",0.5,", ",1.0,"), "leverage"),
        (GOOD.replace(",1,2,3,4,", ",1,2,3,-4,"), "compute_2026_usd_bn"),
        (GOOD.replace(",1,2,3,4,", ",1,2,,4,"), "compute_2025_usd_bn"),
        (GOOD.replace(",1,2,3,4,", ",1,2,inf,4,"), "compute_2025_usd_bn"),
        (GOOD.replace("X1", ""), "agent_id"),
    ],
)
def test_each_wrong_cell_is_named(tmp_path: Path, row: str, complaint: str) -> None:
    path = write(tmp_path, GOOD.replace("X1", "X0"), row)
    with pytest.raises(InputError) as caught:
        Population.read(path)
    lines = str(caught.value).splitlines()
    assert len(lines) == 1
    assert "players.csv" in lines[0]
    assert complaint in lines[0]


def test_the_same_agent_twice_and_other_columns_are_refused(tmp_path: Path) -> None:
    with pytest.raises(InputError, match="X1"):
        Population.read(write(tmp_path, GOOD, GOOD))
    with pytest.raises(InputError, match="budget"):
        Population.read(write(tmp_path, GOOD, head=HEAD.replace("wacc", "budget")))
    with pytest.raises(InputError, match="cannot be read"):
        Population.read(tmp_path / "nobody.csv")


def test_there_is_a_class_of_agents_for_every_name() -> None:
    assert set(CLASSES) == set(AGENT_CLASSES)
    shipped = Population.shipped()
    assert {*shipped.agent_class} == set(AGENT_CLASSES)
    assert len(np.unique(shipped.entity)) == len(shipped)


def test_the_page_says_what_classes_are() -> None:
    page = (Path(__file__).parents[2] / "docs" / "agents.md").read_text(encoding="utf-8")
    table = [[cell.strip() for cell in line.split("|")[1:-1]] for line in page.splitlines() if line.startswith("| `")]
    shipped = Population.shipped()
    assert {row[0].strip("`") for row in table} == set(AGENT_CLASSES)
    for name, players, buys, wacc, debt, cohort, months, may_default in table:
        agent, mine = CLASSES[name.strip("`")], shipped.of_class(name.strip("`"))
        assert int(players) == len(mine)
        low, high = shipped.wacc[mine].min() * 100, shipped.wacc[mine].max() * 100
        assert wacc == f"{low:.4g}–{high:.4g} %"
        assert debt == (f"{shipped.leverage[mine].max() * 100:.0f} %" if shipped.leverage[mine].any() else "none")
        assert cohort == agent.attention
        assert months == (f"{agent.spend_months:g}" if agent.buys else "–")
        assert may_default == ("yes" if agent.may_default else "no")
        assert agent.buys == (not buys.startswith("nothing"))


@pytest.mark.parametrize("count", [79, 80, 150, 400])
def test_clones_share_the_money_of_their_class(count: int) -> None:
    players = Population.shipped()
    more = players.cloned(count, seed=4)
    assert len(more) == count == len(set(more.agent_id))
    for name in AGENT_CLASSES:
        before, after = players.funding_usd[players.of_class(name)], more.funding_usd[more.of_class(name)]
        assert after.sum(axis=0) == pytest.approx(before.sum(axis=0), rel=1e-12)
    assert (more.funding_usd >= 0).all()
    assert (more.wacc > 0).all()
    # Those who were there are who they were, but for their money, and zones keep one operator.
    assert more.agent_id[:79] == players.agent_id
    assert (more.wacc[:79] == players.wacc).all()
    assert sum(map(len, more.zone_ids)) == sum(map(len, players.zone_ids))


def test_clones_follow_their_seed_and_fewer_than_there_are_is_an_error() -> None:
    players = Population.shipped()
    assert (players.cloned(90, seed=1).funding_usd == players.cloned(90, seed=1).funding_usd).all()
    assert (players.cloned(90, seed=1).funding_usd != players.cloned(90, seed=2).funding_usd).any()
    with pytest.raises(InputError, match="78 are fewer than the 79"):
        players.cloned(78, seed=1)


def placed(world: World, count: int = 79, seed: int = 0) -> tuple[Population, Places]:
    scenario = Scenario().with_settings([f"run.seed={seed}"])
    population = Population.shipped().cloned(count, seed)
    return population, place_agents(population, world, scenario)


def test_every_site_has_a_landlord_and_a_runner_and_every_zone_an_operator() -> None:
    world = small_world()
    population, places = placed(world)
    landowners, generators = (len(population) + int(party) for party in (Outside.LANDOWNERS, Outside.GENERATORS))
    assert ((places.landlord < len(population)) | (places.landlord == landowners)).all()
    assert (places.landlord >= 0).all()
    assert (places.runner >= 0).all()
    assert (places.runner < len(population)).all()
    kinds = world.sites["kind"].to_list()
    for site, owner in enumerate(places.landlord.tolist()):
        if owner < len(population) and kinds[site] in ("tower", "central_office"):
            assert population.agent_class[owner] == "telecom"
    assert ((places.operator < len(population)) | (places.operator == generators)).all()
    for zone, operator in zip(world.zones["zone_id"].to_list(), places.operator.tolist(), strict=True):
        assert operator == generators or zone in population.zone_ids[operator]


def test_china_and_the_others_keep_apart() -> None:
    world = small_world()
    population, places = placed(world)
    inside = np.array(world.sites["country"].to_list()) == "CN"
    for row, country in enumerate(population.country):
        apart = inside if country != "CN" else ~inside
        assert (places.taste[row, apart] == FAR).all()
        assert (places.taste[row, ~apart] > FAR).all()


def test_more_agents_move_nobodys_tastes() -> None:
    world = small_world()
    _, few = placed(world)
    _, many = placed(world, 120)
    assert np.array_equal(few.taste, many.taste[:79])
    # Owners are drawn in proportion to weights: clones of builders don't own the edge, so its owners stay.
    edge = np.isin(np.array(world.sites["kind"].to_list()), ("tower", "central_office"))
    held = few.landlord[edge] < 79
    assert np.array_equal(held, many.landlord[edge] < 120)


def test_more_sites_move_nobody() -> None:
    small = small_world()
    large = build_world(WorldConfig(metros=20, sites=90))
    _, few = placed(small)
    _, many = placed(large)
    place = {site: row for row, site in enumerate(large.sites["site_id"].to_list())}
    same = [(row, place[site]) for row, site in enumerate(small.sites["site_id"].to_list()) if site in place]
    fields = ["kind", "country", "owner"]
    left, right = small.sites.select(fields).rows(), large.sites.select(fields).rows()
    same = [(one, other) for one, other in same if left[one] == right[other]]
    assert len(same) > 10
    one, other = (np.array(rows) for rows in zip(*same, strict=True))
    assert np.array_equal(few.runner[one], many.runner[other])
    assert np.array_equal(few.landlord[one], many.landlord[other])
    assert np.array_equal(few.taste[:, one], many.taste[:, other])


def test_another_seed_places_others() -> None:
    world = small_world()
    _, one = placed(world, seed=1)
    _, other = placed(world, seed=2)
    assert (one.runner != other.runner).any()
    assert (one.landlord != other.landlord).any()
