"""A random market of the worked example's kind that takes a while to clear."""

from __future__ import annotations

import dataclasses

import numpy as np

from tests.unit.test_spot_worked_example import LAYOUT, STATE
from wattmarket.spot import SpotDemand, SpotLayout, SpotState


def large(seed: int, metros: int, sites: int) -> tuple[SpotLayout, SpotDemand, SpotState]:
    """A market that takes a while."""
    rng = np.random.default_rng(seed)
    layout = dataclasses.replace(
        LAYOUT,
        rtt=rng.integers(0, 4_000, (metros, sites)).astype(np.uint16),
        class_pool=np.ones((1, sites), bool),
        class_shell=np.zeros((1, sites), bool),
        metro_bloc=np.zeros(metros, np.int64),
        site_bloc=np.zeros(sites, np.int64),
        site_zone=rng.integers(0, 3, sites),
        site_btm=np.zeros(sites, bool),
        pool_site=np.arange(sites),
        metro_key=np.arange(metros, dtype=np.uint64),
        site_key=np.arange(sites, dtype=np.uint64),
        pool_key=np.arange(sites, dtype=np.uint64),
    )
    state = dataclasses.replace(
        STATE,
        pool_kw=rng.integers(1, 2_000, sites),
        pool_cost=rng.integers(1_000, 90_000, sites),
        shell_kw=np.full(sites, 5_000),
        grid_kw=np.full(sites, 5_000),
        site_cost=np.zeros(sites, np.int64),
        btm_kw=np.zeros(sites, np.int64),
        btm_cost=np.zeros(sites, np.int64),
        step_kw=np.full(4, 2_000_000),
    )
    wanted = SpotDemand(
        rng.integers(1, 20_000, (metros, 2, 3)),
        np.sort(rng.integers(50_000, 900_000, (metros, 2, 3)))[..., ::-1].copy(),
    )
    return layout, wanted, state
