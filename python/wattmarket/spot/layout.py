"""From a world and a scenario to the columns of a spot market that stand still."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from wattmarket import numeric
from wattmarket.scenario import Scenario, Workload
from wattmarket.scenario.sections import NetworkSection
from wattmarket.schema.world import EDGE_KINDS
from wattmarket.spot.columns import NO_BUDGET, RTT_UNITS_PER_MS, SpotLayout
from wattmarket.spot.reach import rtt_matrix
from wattmarket.units import MUSD_PER_KWH_PER_USD_PER_MWH
from wattmarket.world import World

__all__ = ["km_per_ms", "spot_layout"]

Integer = NDArray[np.int64]

TRANSPORT_SHIFT = 10
"""The engine charges (RTT · rate) >> 10."""


def km_per_ms(network: NetworkSection) -> float:
    """Mean speed of light along a path of which part runs in hollow-core fibre.

    Examples
    --------
    >>> from wattmarket.scenario.sections import NetworkSection
    >>> km_per_ms(NetworkSection())
    204.2
    >>> round(km_per_ms(NetworkSection(hollow_core_share=1.0)), 1)
    299.4
    """
    hollow = network.hollow_core_share
    if hollow == 0.0:
        return network.silica_km_per_ms
    return 1.0 / ((1.0 - hollow) / network.silica_km_per_ms + hollow / network.hollow_core_km_per_ms)


def spot_layout(world: World, scenario: Scenario) -> SpotLayout:
    """Lay out the Watt-Latency network of a world for the workloads and the fibre of a scenario.

    Every site has one pool, of the silicon class of its cooling. Workloads with the same silicon, the same need of a
    backend fabric and the same entry form one compatibility class. Workloads that enter at the shell find one at the
    edge kinds alone. Keys are hashes of the tables' ids.

    Returns
    -------
    SpotLayout
    """
    metros, sites, zones = world.metros, world.sites, world.zones
    workloads = tuple(scenario.workload)
    kinds = list(dict.fromkeys(_class_of(workload) for workload in workloads))
    zone_row = {zone: row for row, zone in enumerate(zones["zone_id"].to_list())}
    blocs = {bloc: row for row, bloc in enumerate(sorted({*metros["bloc"].to_list(), *sites["bloc"].to_list()}))}

    def rows(names: list[str], of: dict[str, int]) -> Integer:
        return np.array([of[name] for name in names], dtype=np.int64)

    cooling = sites["cooling"].to_numpy()
    backend = sites["backend"].to_numpy()
    edge = np.isin(sites["kind"].to_numpy(), EDGE_KINDS)
    return SpotLayout(
        rtt=rtt_matrix(
            metro_lat=metros["lat"].to_numpy(),
            metro_lon=metros["lon"].to_numpy(),
            metro_access_ms=metros["access_rtt_ms"].to_numpy(),
            metro_stretch=np.maximum(metros["stretch"].to_numpy() * scenario.network.stretch_scale, 1.0),
            site_lat=sites["lat"].to_numpy(),
            site_lon=sites["lon"].to_numpy(),
            site_hop_ms=sites["fibre_rtt_ms"].to_numpy(),
            km_per_ms=km_per_ms(scenario.network),
        ),
        transport_rate=_transport_rate(scenario.network),
        workload_budget=np.array([_budget(workload) for workload in workloads], dtype=np.int64),
        workload_class=np.array([kinds.index(_class_of(workload)) for workload in workloads], dtype=np.int64),
        workload_masked=np.array([workload.residency for workload in workloads]),
        class_pool=np.array(
            [
                np.isin(cooling, silicon) & (backend | (not needs_backend)) & (entry == "pool")
                for entry, silicon, needs_backend in kinds
            ]
        ),
        class_shell=np.array([edge & (entry == "shell") for entry, _, _ in kinds]),
        metro_bloc=rows(metros["bloc"].to_list(), blocs),
        site_bloc=rows(sites["bloc"].to_list(), blocs),
        site_zone=rows(sites["zone_id"].to_list(), zone_row),
        site_btm=(sites["btm_mw"].to_numpy() > 0.0) | (sites["kind"].to_numpy() == "btm"),
        pool_site=np.arange(sites.height, dtype=np.int64),
        step_zone=rows(world.generators["zone_id"].to_list(), zone_row),
        link_tail=rows(world.links["from_zone_id"].to_list(), zone_row),
        link_head=rows(world.links["to_zone_id"].to_list(), zone_row),
        zone_key=numeric.entity_hash(zones["zone_id"].to_list()),
        metro_key=numeric.entity_hash(metros["metro_id"].to_list()),
        site_key=numeric.entity_hash(sites["site_id"].to_list()),
        workload_key=numeric.entity_hash([workload.name for workload in workloads]),
        pool_key=numeric.entity_hash([f"pool {site}" for site in sites["site_id"].to_list()]),
        step_key=numeric.entity_hash(world.generators["generator_id"].to_list()),
        link_key=numeric.entity_hash(world.links["link_id"].to_list()),
    )


def _class_of(workload: Workload) -> tuple[str, tuple[str, ...], bool]:
    """What decides where a workload may run: entry, silicon, backend."""
    if workload.entry == "shell":
        return "shell", (), False
    return "pool", tuple(sorted(workload.silicon)), workload.backend


def _budget(workload: Workload) -> int:
    if workload.network_budget_ms is None:
        return NO_BUDGET
    return int(numeric.to_integer(np.array(workload.network_budget_ms * RTT_UNITS_PER_MS), "network_budget_ms"))


def _transport_rate(network: NetworkSection) -> int:
    per_unit = network.transport_usd_per_mwh_per_ms * MUSD_PER_KWH_PER_USD_PER_MWH / RTT_UNITS_PER_MS
    return int(numeric.to_integer(np.array(per_unit * (1 << TRANSPORT_SHIFT)), "transport_usd_per_mwh_per_ms"))
