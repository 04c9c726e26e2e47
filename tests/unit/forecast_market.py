"""One metro, an edge site nearby and a core site far away, each in a zone of its own: a forecast by hand."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import numpy as np
import numpy.typing as npt

from wattmarket.beliefs import Standing
from wattmarket.spot import NO_BUDGET, SpotDemand, SpotLayout, SpotState

EDGE, CORE = 0, 1
ENERGY = (90_000, 50_000)  # micro-$ per kWh of the two zones' power
RUNNING, DELIVERY = 20_000, (15_000, 2_000)
SILICON, SHELL = 550_000, (160_000, 110_000)
HORIZONS = (12, 36, 84)


def integers(*values: int) -> npt.NDArray[np.int64]:
    return np.array(values, dtype=np.int64)


LAYOUT = SpotLayout(
    rtt=np.array([[400, 2_000]], np.uint16),
    transport_rate=0,
    workload_budget=integers(750, NO_BUDGET),
    workload_class=integers(0, 0),
    workload_masked=np.zeros(2, bool),
    class_pool=np.ones((2, 2), bool)[:1],
    class_shell=np.zeros((1, 2), bool),
    metro_bloc=integers(0),
    site_bloc=integers(0, 0),
    site_zone=integers(0, 1),
    site_btm=np.zeros(2, bool),
    pool_site=integers(0, 1),
    step_zone=integers(0, 1),
    link_tail=integers(),
    link_head=integers(),
    zone_key=np.array([1, 2], np.uint64),
    metro_key=np.array([3], np.uint64),
    site_key=np.array([4, 5], np.uint64),
    workload_key=np.array([6, 7], np.uint64),
    pool_key=np.array([8, 9], np.uint64),
    step_key=np.array([10, 11], np.uint64),
    link_key=np.zeros(0, np.uint64),
)

STATE = SpotState(
    pool_kw=integers(100, 200),
    pool_cost=integers(RUNNING, RUNNING),
    shell_kw=integers(100, 200),
    grid_kw=integers(100, 200),
    site_cost=integers(*DELIVERY),
    btm_kw=integers(0, 0),
    btm_cost=integers(0, 0),
    step_kw=integers(10_000, 10_000),
    step_cost=integers(*ENERGY),
    link_kw=integers(),
    link_cost=integers(),
)

STANDING = Standing(
    state=STATE,
    pipeline_pool_kw=integers(0, 0),
    pipeline_shell_kw=integers(0, 0),
    pipeline_grid_kw=integers(0, 0),
    land_kw=integers(5_000, 5_000),
    slot_kw=integers(9_000, 9_000),
    entry_cost=integers(*(SILICON + SHELL[s] + RUNNING + DELIVERY[s] for s in (EDGE, CORE))),
    refresh_cost=integers(SILICON + RUNNING, SILICON + RUNNING),
)

# Willingness to pay falls in even steps from 6,000 to 250 $/MWh, in step with the clock of nobody's cost.
STEPS = np.linspace(6_000_000, 250_001, 47).astype(np.int64)


def demand(chat_kw: int, batch_kw: int) -> SpotDemand:
    """Demand of the two workloads, the same on each of 47 steps."""
    quantity = np.broadcast_to(np.array([[[chat_kw], [batch_kw]]]), (1, 2, len(STEPS)))
    return SpotDemand(quantity.copy(), np.broadcast_to(STEPS, quantity.shape).copy())


def standing(**columns: Any) -> Standing:
    """The supply side with some columns changed; columns of the state among them."""
    of_state = {name: value for name, value in columns.items() if not hasattr(STANDING, name)}
    rest = {name: value for name, value in columns.items() if name not in of_state}
    return replace(STANDING, state=replace(STATE, **of_state), **rest)
