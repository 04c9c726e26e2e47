"""A made-up run of the right shape: the edge's latency rent fades as batch share drifts up."""

from __future__ import annotations

import datetime as dt
from dataclasses import dataclass
from pathlib import Path
from types import SimpleNamespace

import numpy as np
import polars as pl

from wattmarket.schema import AGENTS, AWARDS, BINDING, BUBBLE, COHORTS, CURVES, QUEUE, SUPPLY, VALUATIONS
from wattmarket.schema.run import FLOWS, RUN_METROS, RUN_SITES, RUN_ZONES, TICKS
from wattmarket.schema.table import Table
from wattmarket.schema.world import SITE_KINDS

CITIES = [
    ("New York", "US", "NAM", 40.7, -74.0, 12.0),
    ("Ashburn", "US", "NAM", 39.0, -77.5, 5.0),
    ("Dallas", "US", "NAM", 32.8, -96.8, 6.0),
    ("San Francisco", "US", "NAM", 37.8, -122.4, 8.0),
    ("São Paulo", "BR", "LATAM", -23.5, -46.6, 4.0),
    ("London", "GB", "UK", 51.5, -0.1, 9.0),
    ("Frankfurt", "DE", "EU", 50.1, 8.7, 5.0),
    ("Lagos", "NG", "AFR", 6.5, 3.4, 1.0),
    ("Dubai", "AE", "GULF", 25.2, 55.3, 3.0),
    ("Mumbai", "IN", "IN", 19.1, 72.9, 4.0),
    ("Singapore", "SG", "SEA", 1.35, 103.8, 4.0),
    ("Tokyo", "JP", "JP", 35.7, 139.7, 14.0),
    ("Shanghai", "CN", "CN", 31.2, 121.5, 9.0),
    ("Sydney", "AU", "ANZ", -33.9, 151.2, 4.0),
]
ZONES = ("NORTH", "SOUTH", "WEST")
PLANTS = ("hydro", "wind", "coal")
AGENT_CLASSES = ("hyperscaler", "hyperscaler", "neocloud", "utility", "edge_investor")
HORIZONS = (0, 12, 36, 84)
WORKLOADS = ("voice", "chat", "copilot", "batch", "training")


KEPT = ("ticks", "sites", "metros", "zones", "agents", "awards", "queue", "supply", "curves", "valuations", "bubble")
KEPT += ("twin_agents",)


@dataclass(frozen=True)
class SyntheticRun:
    """What the figures read of a run."""

    ticks: pl.DataFrame
    sites: pl.DataFrame
    metros: pl.DataFrame
    zones: pl.DataFrame
    flows: pl.DataFrame
    twin_ticks: pl.DataFrame | None
    agents: pl.DataFrame
    awards: pl.DataFrame
    queue: pl.DataFrame
    supply: pl.DataFrame
    curves: pl.DataFrame
    valuations: pl.DataFrame
    bubble: pl.DataFrame
    twin_agents: pl.DataFrame | None
    world: SimpleNamespace
    scenario: SimpleNamespace
    manifest: SimpleNamespace
    path: Path | None = None

    def twin(self, table: str) -> pl.DataFrame | None:
        return {"ticks": self.twin_ticks, "agents": self.twin_agents}[table]


def share(months: int, ceiling: float = 0.75) -> np.ndarray:
    year = np.arange(months) / 12.0
    return 0.10 + (ceiling - 0.10) / (1 + np.exp(-(year - 6.0)))


def make_world(sites: int, seed: int) -> SimpleNamespace:
    rng = np.random.default_rng(seed)
    kind = rng.choice(SITE_KINDS, sites, p=[0.08, 0.04, 0.03, 0.49, 0.24, 0.12])
    weight = np.array([city[5] for city in CITIES])
    metro = rng.choice(len(CITIES), sites, p=weight / weight.sum())
    lat = np.array([city[3] for city in CITIES])
    lon = np.array([city[4] for city in CITIES])
    core = np.isin(kind, SITE_KINDS[:3])
    spread = np.where(core, 6.0, 0.8)
    shell = np.select([kind == "metro_dc", kind == "central_office", kind == "tower"], [20.0, 1.5, 0.1], 300.0)
    frame = pl.DataFrame(
        {
            "site_id": [f"S{i:05d}" for i in range(sites)],
            "name": [f"Site {i}" for i in range(sites)],
            "kind": kind,
            "metro_id": [f"M{i + 1:03d}" for i in metro],
            "zone_id": [ZONES[i % len(ZONES)] for i in metro],
            "lat": np.clip(lat[metro] + rng.normal(0, 1, sites) * spread, -80, 80),
            "lon": np.clip(lon[metro] + rng.normal(0, 1, sites) * spread * 1.3, -179, 179),
            "shell_mw": shell * rng.lognormal(0, 0.5, sites),
        }
    )
    metros = pl.DataFrame(
        {
            "metro_id": [f"M{i + 1:03d}" for i in range(len(CITIES))],
            "name": [city[0] for city in CITIES],
            "country": [city[1] for city in CITIES],
            "bloc": [city[2] for city in CITIES],
            "lat": lat,
            "lon": lon,
            "demand_weight": weight,
        }
    )
    zones = pl.DataFrame({"zone_id": ZONES, "name": [f"Zone {name}" for name in ZONES]})
    generators = pl.DataFrame(
        {
            "generator_id": [f"{zone}/{name}" for zone in ZONES for name in PLANTS],
            "zone_id": [zone for zone in ZONES for _ in PLANTS],
            "technology": list(PLANTS) * len(ZONES),
        }
    )
    return SimpleNamespace(name="synthetic", sites=frame, metros=metros, zones=zones, generators=generators)


def dates(months: int) -> list[dt.date]:
    return [dt.date(2023 + i // 12, i % 12 + 1, 1) for i in range(months)]


def make_ticks(months: int, ceiling: float) -> pl.DataFrame:
    batch = share(months, ceiling)
    tick = np.arange(months)
    fade = 1 / (1 + np.exp((batch - 0.3) * 18))
    edge = 100 * (1 + 0.9 * np.tanh(tick / 30)) * (0.22 + 0.78 * fade) + 2 * np.sin(tick / 3)
    edge = edge / edge[0] * 100
    core = 100 + 12 * np.sin(tick / 20)
    columns: dict[str, object] = {column.name: np.zeros(months) for column in TICKS.columns}
    columns |= {
        "tick": tick.astype(np.int32),
        "month": dates(months),
        "batch_share": batch,
        "edge_index": edge,
        "edge_index_low": edge * 0.96,
        "edge_index_high": edge * 1.03,
        "core_index": core,
        "core_index_low": core * 0.99,
        "core_index_high": core * 1.01,
        "objective_musd_per_hour": ["0"] * months,
        "digest": [""] * months,
    }
    return TICKS.check(pl.DataFrame(columns), "ticks")


def make_sites(world: SimpleNamespace, months: int, seed: int) -> pl.DataFrame:
    rng = np.random.default_rng(seed)
    count = world.sites.height
    kind = np.array(world.sites["kind"].to_list())
    edge = ~np.isin(kind, SITE_KINDS[:3])
    batch = share(months)[:, None]
    latency = np.where(edge, 700 / (1 + np.exp((batch - 0.3) * 18)) * rng.lognormal(0, 0.3, count), 0.0)
    watt = np.where(edge, -25.0, 15.0) + rng.normal(0, 18, count)[None, :] + 0 * batch
    silicon = 620 + 0 * latency
    used = rng.random(count)[None, :] > 0.06 + 0.25 * edge * batch
    label = np.where(latency > np.maximum(0, watt), "latency-bound", np.where(watt > 0, "watt-bound", "marginal"))
    label = np.where(used, label, "idle")
    pool = np.rint(world.sites["shell_mw"].to_numpy() * 1000 * (0.5 + 0.1 * np.arange(months)[:, None] / 12))
    rows = count * months
    columns: dict[str, object] = {column.name: np.zeros(rows) for column in RUN_SITES.columns}
    columns |= {
        "tick": np.repeat(np.arange(months, dtype=np.int32), count),
        "site_id": world.sites["site_id"].to_list() * months,
        "pool_kw": pool.ravel(),
        "shell_kw": pool.ravel(),
        "used_kw": (pool * used).ravel(),
        "rent_usd_per_mw_month": ((silicon + latency + watt) * 730 * used).ravel(),
        "silicon_rent_usd_per_mw_month": (silicon * 730 * used).ravel(),
        "watt_rent_usd_per_mw_month": (watt * 730 * used).ravel(),
        "latency_rent_usd_per_mw_month": (latency * 730 * used).ravel(),
        "label": label.ravel(),
        "binding": ["pool"] * rows,
        "value_usd_per_mw": ((40 + 9 * (latency + watt) / 100) * 1e6 / 8).ravel(),
    }
    return RUN_SITES.check(pl.DataFrame(columns), "sites")


def make_metros(world: SimpleNamespace, months: int, seed: int) -> pl.DataFrame:
    rng = np.random.default_rng(seed)
    count = world.metros.height
    batch = share(months)[:, None, None]
    fade = 1 / (1 + np.exp((batch - 0.3) * 18))
    base = 1000 - 250 * np.arange(months)[:, None, None] / 156
    premium = np.array([600.0, 500.0, 60.0, 0.0, -80.0])[None, None, :] * rng.lognormal(0, 0.3, count)[None, :, None]
    price = base + fade * np.maximum(premium, 0) + np.minimum(premium, 0)
    width = np.array([0.06, 0.04, 0.01, 0.0, 0.0])[None, None, :] * price
    weight = world.metros["demand_weight"].to_numpy()[None, :, None]
    demand = np.rint(weight * 1e5 * (1 + np.arange(months)[:, None, None] / 12) * np.ones(len(WORKLOADS)))
    rows = months * count * len(WORKLOADS)
    frame = pl.DataFrame(
        {
            "tick": np.repeat(np.arange(months, dtype=np.int32), count * len(WORKLOADS)),
            "metro_id": [m for m in world.metros["metro_id"] for _ in WORKLOADS] * months,
            "workload": list(WORKLOADS) * (months * count),
            "demand_kw": demand.ravel(),
            "served_kw": np.rint(demand * 0.9).ravel(),
            "served_share": np.full(rows, 0.9),
            "price_usd_per_mwh": price.ravel(),
            "price_low_usd_per_mwh": (price - width).ravel(),
            "price_high_usd_per_mwh": (price + width).ravel(),
            "latency_premium_usd_per_mwh": (price - price[:, :, 3:4]).ravel(),
        }
    )
    return RUN_METROS.check(frame, "metros")


def filled(table: Table, rows: int, columns: dict[str, object]) -> pl.DataFrame:
    """A frame of a table, with nil in the columns that are not given."""
    nil: dict[str, object] = {
        column.name: [column.values[0] if column.values else ""] * rows
        if column.dtype == pl.String
        else np.zeros(rows, dtype=bool if column.dtype == pl.Boolean else float)
        for column in table.columns
    }
    frame = pl.DataFrame(nil | columns).cast({column.name: column.dtype for column in table.columns})
    return table.check(frame.select(table.names), table.name)


def ticks_of(months: int, each: int) -> np.ndarray:
    return np.repeat(np.arange(months, dtype=np.int32), each)


def make_zones(months: int) -> pl.DataFrame:
    rows = months * len(ZONES)
    price = np.tile([45.0, 60.0, 400.0], months)
    made = {"tick": ticks_of(months, len(ZONES)), "zone_id": list(ZONES) * months, "lmp_usd_per_mwh": price}
    made |= {"generation_kw": np.full(rows, 900_000), "load_kw": np.tile([900_000, 500_000, 1_200_000], months)}
    return filled(RUN_ZONES, rows, made)


def make_supply(world: SimpleNamespace, months: int) -> pl.DataFrame:
    steps = world.generators.height
    made: dict[str, object] = {"tick": ticks_of(months, steps), "cost_usd_per_mwh": [30.0, 40.0, 55.0] * 3 * months}
    made |= {"generator_id": world.generators["generator_id"].to_list() * months}
    made |= {"available_kw": [0, 400_000, 700_000] * 3 * months, "contracted_kw": [9, 500_000, 100_000] * 3 * months}
    return filled(SUPPLY, steps * months, made)


def make_queue(months: int) -> pl.DataFrame:
    rows = months * len(ZONES)
    made: dict[str, object] = {"tick": ticks_of(months, len(ZONES)), "zone_id": list(ZONES) * months}
    made |= {"waiting_kw": [5_000_000, 1_000_000, 0] * months, "building_kw": [200_000, 0, 0] * months}
    made |= {
        "wait_expected_months": [2_000.0, 30.0, None] * months,
        "wait_realised_months": [60.0, None, None] * months,
    }
    return filled(QUEUE, rows, made)


def make_agents(months: int, pace: float) -> pl.DataFrame:
    count = len(AGENT_CLASSES)
    profit = np.arange(months)[:, None] * np.array([5.0, 1.0, -2.0, 0.0, 3.0]) * (pace - 0.6) * 1e9
    made = {"tick": ticks_of(months, count), "agent_id": [f"A{i}" for i in range(count)] * months}
    made |= {"class": list(AGENT_CLASSES) * months, "profit_usd": np.rint(profit).ravel()}
    return filled(AGENTS, count * months, made)


def make_awards(world: SimpleNamespace, months: int, seed: int) -> pl.DataFrame:
    rng = np.random.default_rng(seed)
    each = min(8, world.sites.height)
    sites = [world.sites["site_id"][int(i)] for _ in range(months) for i in rng.permutation(world.sites.height)[:each]]
    made: dict[str, object] = {"tick": ticks_of(months, each), "award": np.tile(np.arange(each), months)}
    made |= {"site_id": sites, "kw": rng.integers(100, 900, each * months)}
    made |= {"binding": [BINDING[int(i)] for i in rng.integers(0, len(BINDING), each * months)]}
    return filled(AWARDS, each * months, made)


def make_curves(months: int) -> pl.DataFrame:
    keys = [(cohort, part, months) for cohort in COHORTS for part in ("edge", "core") for months in HORIZONS]
    rent = np.arange(months)[:, None] + np.array([500.0 + 0.5 * COHORTS.index(c) * h for c, _, h in keys])[None, :]
    made: dict[str, object] = {"tick": ticks_of(months, len(keys)), "rent_usd_per_mwh": rent.ravel()}
    for place, name in enumerate(("cohort", "part", "horizon_months")):
        made[name] = [key[place] for key in keys] * months
    return filled(CURVES, len(keys) * months, made)


def make_values(months: int) -> np.ndarray:
    """Market value by month: about the fundamental value of 1e7, with a bubble from month 40 to 62."""
    tick = np.arange(months)
    return np.where((tick >= 40) & (tick < 62), 1.06 ** (tick - 39), 1.0) * (1.0 + 0.02 * np.sin(tick**2)) * 1e7


def make_valuations(world: SimpleNamespace, months: int) -> pl.DataFrame:
    sites = world.sites.height
    made: dict[str, object] = {"tick": ticks_of(months, sites), "site_id": world.sites["site_id"].to_list() * months}
    value = np.repeat(make_values(months), sites)
    made |= {"value_usd_per_mw": value, "value_low_usd_per_mw": 0.97 * value, "value_high_usd_per_mw": 1.04 * value}
    return filled(VALUATIONS, sites * months, made)


def make_bubble(months: int) -> pl.DataFrame:
    value, made = make_values(months), {"tick": np.arange(months, dtype=np.int32)}
    for part in ("edge", "core"):
        made |= {f"{part}_value_usd_per_mw": value, f"{part}_fundamental_usd_per_mw": np.full(months, 1e7)}
        made |= {f"{part}_bubble_ratio": value / 1e7}
    return filled(BUBBLE, months, made)


def make_run(months: int = 156, sites: int = 300, seed: int = 0) -> SyntheticRun:
    world = make_world(sites, seed)
    empty = pl.DataFrame(schema={column.name: column.dtype for column in FLOWS.columns})
    return SyntheticRun(
        ticks=make_ticks(months, 0.75),
        sites=make_sites(world, months, seed),
        metros=make_metros(world, months, seed),
        zones=make_zones(months),
        flows=empty,
        twin_ticks=make_ticks(months, 0.10),
        agents=make_agents(months, 0.5),
        awards=make_awards(world, months, seed),
        queue=make_queue(months),
        supply=make_supply(world, months),
        curves=make_curves(months),
        valuations=make_valuations(world, months),
        bubble=make_bubble(months),
        twin_agents=make_agents(months, 0.7),
        world=world,
        scenario=SimpleNamespace(
            findings=SimpleNamespace(depth=0.10, months=6),
            valuation=SimpleNamespace(rate=0.0725, horizon_years=15.0),
            agents=SimpleNamespace(file="", count=None),
            run=SimpleNamespace(seed=0),
            workload=[SimpleNamespace(name=name, group="interactive") for name in WORKLOADS],
        ),
        manifest=SimpleNamespace(wattmarket="0.1.0", title="Agentic batch drift", seed=0, rows=dict.fromkeys(KEPT, 1)),
    )
