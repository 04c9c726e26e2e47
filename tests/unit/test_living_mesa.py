"""The living market as a Mesa model: agent sets, steps, collected figures, batches, and nothing left behind."""

from __future__ import annotations

import gc
import warnings
import weakref

import mesa
import numpy as np
import polars as pl
import pytest

from tests.unit.living_world import model_of, played, small_world
from wattmarket.agents import EdgeInvestor, MarketAgent, MarketView, Telecom, Utility
from wattmarket.errors import InputError
from wattmarket.living import WattMarketModel


def test_agent_sets_select_do_aggregate_and_get() -> None:
    model = model_of(3)
    model.step()
    agents = model.agents
    assert isinstance(agents, mesa.agent.AgentSet)
    assert len(agents) == len(model.population) == 79
    telecoms = agents.select(lambda agent: agent.agent_class == "telecom")
    assert {type(agent) for agent in telecoms} == {Telecom}
    assert list(telecoms) == list(agents.select(agent_type=Telecom))
    assert sum(agents.get("cash_usd")) == agents.agg("cash_usd", sum)
    assert agents.agg("operating_kw", sum) == int(model.economy.building.fleet.operating_kw[:79].sum())
    assert set(agents.get("cohort")) <= set(model.desk.cohort_names)
    assert agents.agg("equity_usd", max) >= agents.agg("equity_usd", min)
    assert set(agents.groupby("agent_class").count()) == set(model.population.agent_class)
    assert model.agents_by_type[Utility].agg("debt_usd", min) >= 0
    assert [agent.unique_id for agent in agents] == list(range(1, 80))
    assert agents.get("revenue_usd") == [agent.revenue_usd for agent in agents]


def test_steps_are_months_and_running_ends_with_them() -> None:
    model = model_of(3)
    assert (model.steps, model.tick, model.running) == (0, -1, True)
    for month in range(3):
        assert model.running
        model.step()
        assert (model.steps, model.tick) == (month + 1, month)
    assert not model.running
    with pytest.raises(InputError, match="all 3 months are played"):
        model.step()


def test_agents_may_be_told_to_bid_by_hand() -> None:
    model = model_of(2)
    asked: list[int] = []

    class Curious(EdgeInvestor):
        def step(self) -> None:
            asked.append(self.row)
            super().step()

    model = model_of(2, classes={"edge_investor": Curious})
    model.step()
    assert asked == model.population.of_class("edge_investor").tolist()


def test_figures_are_collected_every_month() -> None:
    model = played(4)
    months = model.datacollector.get_model_vars_dataframe()
    agents = model.datacollector.get_agent_vars_dataframe()
    assert isinstance(months, pl.DataFrame)
    assert months["Step"].to_list() == [0, 1, 2, 3]
    assert months["edge_index"][0] == 100.0
    assert agents.height == 4 * 79
    last = agents.filter(pl.col("Step") == 3)
    assert last["cash_usd"].to_list() == model.agents.get("cash_usd")
    assert last["AgentID"].to_list() == model.agents.get("unique_id")
    assert last["agent_id"].to_list() == list(model.population.agent_id)
    assert model_of(4).datacollector.get_model_vars_dataframe().height == 0


def test_figures_may_be_asked_for_between_months() -> None:
    model = model_of(3)
    assert not model.datacollector.agent_reporters
    for month in range(1, 4):
        model.step()
        assert len(model.datacollector.model_vars["edge_index"]) == month
        assert "cash_usd" in model.datacollector.agent_reporters
    straight = played(3).datacollector
    assert model.datacollector.model_vars == straight.model_vars
    assert model.datacollector.get_agent_vars_dataframe().equals(straight.get_agent_vars_dataframe())


def test_a_batch_runs_over_keys_of_the_scenario() -> None:
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        rows = mesa.batch_run(
            WattMarketModel,
            parameters={"world": small_world(), "run__months": 3, "run__seed": [1, 2], "drift__ceiling": [0.2, 0.7]},
            number_processes=1,
            max_steps=10,
            display_progress=False,
        )
    assert len(rows) == 4 * 79
    assert {(row["run__seed"], row["drift__ceiling"]) for row in rows} == {(1, 0.2), (1, 0.7), (2, 0.2), (2, 0.7)}
    assert {row["Step"] for row in rows} == {2}
    again = played(3, "run.seed=2", "drift.ceiling=0.7")
    mine = [row for row in rows if (row["run__seed"], row["drift__ceiling"]) == (2, 0.7)]
    assert [row["cash_usd"] for row in mine] == again.agents.get("cash_usd")
    assert mine[0]["batch_share"] == again.datacollector.model_vars["batch_share"][-1]


def test_keywords_are_keys_of_the_scenario() -> None:
    model = WattMarketModel(
        world=small_world(),
        settings=["run.months=5", "run.seed=3"],
        run__seed=4,
        queue__mechanism="auction",
        beliefs__horizons=(6, 24),
    )
    assert (model.scenario.run.months, model.scenario.run.seed) == (5, 4)
    assert model.scenario.queue.mechanism == "auction"
    assert model.scenario.beliefs.horizons == (6, 24)
    with pytest.raises(InputError, match=r"queue\.mechanisms: unknown key"):
        WattMarketModel(world=small_world(), queue__mechanisms="auction")


def test_a_model_that_is_done_with_is_let_go() -> None:
    model = played(2)
    assert model not in mesa.Agent._ids
    unfinished = model_of(5)
    unfinished.step()
    gone = [weakref.ref(model), weakref.ref(unfinished), weakref.ref(unfinished.economy)]
    del model, unfinished
    gc.collect()
    assert [reference() for reference in gone] == [None, None, None]


def test_two_models_in_one_process_don_t_meet() -> None:
    alone = played(4)
    one, other = model_of(4), model_of(4, "run.seed=9")
    while one.running:
        other.step()
        one.step()
    assert np.array_equal(one.economy.books.balance, alone.economy.books.balance)
    assert not np.array_equal(other.economy.books.balance, alone.economy.books.balance)


def test_a_class_that_values_by_a_function_of_its_own() -> None:
    class Sober(EdgeInvestor):
        """Bids cost, and nothing for the future."""

        def value(self, view: MarketView) -> np.ndarray[tuple[int], np.dtype[np.float64]]:
            return np.asarray(view.silicon_cost + view.shell_cost + view.energy_cost[0])

    sober = played(12, classes={"edge_investor": Sober})
    usual = played(12)
    mine = sober.population.of_class("edge_investor")
    assert all(isinstance(agent, MarketAgent) for agent in sober.agents)
    spent = [sum(model.economy.building.fleet.pipeline_kw[mine]) for model in (sober, usual)]
    assert 0 < spent[0] < spent[1]


def wrong(**changes: object) -> type[EdgeInvestor]:
    return type("Wrong", (EdgeInvestor,), dict(changes))


@pytest.mark.parametrize(
    ("changes", "complaint"),
    [
        ({"value": lambda self, view: np.zeros(3)}, r"value: expected \d+ numbers, found \[3\]"),
        ({"value": lambda self, view: np.full(len(view.lots), np.nan)}, r"value\[0\] = nan: is not finite"),
        ({"value": lambda self, view: np.full(len(view.lots), np.inf)}, r"value\[0\] = inf"),
        ({"allowed": lambda self, view: np.ones(len(view.lots))}, r"allowed: expected \d+ truths, found float64"),
        ({"step": lambda self: [self.desk.take_bids(self) for _ in range(2)]}, "bids a second time in month 0"),
        ({"reserve": lambda self, view, site, cost, forward: cost[:1]}, r"reserve: expected \d+ numbers, found \[1\]"),
        ({"reserve": lambda self, view, site, cost, forward: -cost}, r"reserve\[\d+\] = -\d+\.\d+: is below 0"),
        ({"reserve": lambda self, view, site, cost, forward: cost * np.nan}, r"reserve\[0\] = nan: is not finite"),
        ({"spend_months": 0}, "classes: edge_investor: spend_months: 0 is not above 0"),
        ({"attention": "prophet"}, "attention: 'prophet': must be one of naive, attentive, extrapolator"),
    ],
)
def test_a_class_that_does_not_fit_is_told_so(changes: dict[str, object], complaint: str) -> None:
    with pytest.raises(InputError, match=complaint):
        model_of(2, classes={"edge_investor": wrong(**changes)}).step()


def test_the_seed_is_a_keyword_as_in_mesa() -> None:
    models = [model_of(1, seed=3), model_of(1, "run.seed=3"), model_of(1, "run.seed=7", seed=3)]
    assert [model.scenario.run.seed for model in models] == [3, 3, 3]
