"""Laws of dividing totals, of the globe, and of loading what was saved, on random input."""

from __future__ import annotations

import tempfile
from pathlib import Path

import numpy as np
import polars as pl
import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st

from wattmarket.errors import InputError
from wattmarket.schema.world import ZONES
from wattmarket.world import World, WorldConfig, build_world
from wattmarket.world.apportion import fill_groups, largest_remainder
from wattmarket.world.sphere import destination, distance_km, nearest

amounts = st.floats(0.0, 1e6, allow_subnormal=False)
latitudes = st.floats(-89.0, 89.0)
longitudes = st.floats(-180.0, 180.0)


@given(st.integers(0, 100_000), st.lists(amounts, min_size=1, max_size=30))
def test_largest_remainder_keeps_the_total_and_stays_within_one(total, weights):
    weight = np.array(weights)
    parts = largest_remainder(total, weight)
    assert parts.sum() == total
    assert (parts >= 0).all()
    if weight.sum() > 0:
        assert (np.abs(parts - total * weight / weight.sum()) <= 1.0 + 1e-6).all()
        assert (parts[weight == 0.0] == 0).all()


@given(
    st.lists(st.tuples(st.integers(0, 3), amounts, amounts), min_size=1, max_size=30),
    st.lists(amounts, min_size=4, max_size=4),
)
def test_groups_are_filled_up_to_target_or_caps(rows, targets):
    group = np.array([row[0] for row in rows])
    weight, cap = (np.array([row[i] for row in rows]) for i in (1, 2))
    placed = fill_groups(np.array(targets), group, weight, cap)
    assert (placed >= 0.0).all()
    assert (placed <= cap * (1 + 1e-9) + 1e-9).all()
    for number, target in enumerate(targets):
        here = group == number
        expected = min(target, cap[here].sum())
        assert abs(placed[here].sum() - expected) <= 1e-6 * (1.0 + expected)


@example(0.0, 179.99999999999997, 0.0, 0.0)
@given(latitudes, longitudes, st.floats(0.0, 1.0), st.floats(0.0, 19_000.0))
def test_a_destination_lies_as_far_as_it_should(lat, lon, bearing, km):
    start = np.array([lat]), np.array([lon])
    end = destination(*start, np.array([bearing]), np.array([km]))
    assert -90.0 <= end[0][0] <= 90.0
    assert -180.0 <= end[1][0] <= 180.0
    assert abs(distance_km(*start, *end)[0] - km) < 1e-3


@given(st.lists(st.tuples(latitudes, longitudes), min_size=1, max_size=12), latitudes, longitudes)
def test_nearest_is_nearest(points, lat, lon):
    others = np.array(points).T
    index, km = nearest(np.array([lat]), np.array([lon]), *others)
    every = distance_km(np.full(len(points), lat), np.full(len(points), lon), *others)
    assert km[0] <= every.min() + 1e-3
    assert km[0] == every[index[0]]


@settings(max_examples=12, deadline=None)
@given(
    st.builds(
        WorldConfig,
        metros=st.integers(1, 60),
        sites=st.integers(50, 400),
        ai_power_start_gw=st.floats(0.1, 100.0),
        edge_share_start=st.floats(0.0, 1.0),
        non_ai_power_start_gw=st.floats(0.0, 100.0),
    ),
    st.integers(0, 2**64 - 1),
)
def test_any_configuration_gives_a_sound_world(config, seed):
    world = build_world(config, seed)
    assert world.sites.height == config.sites
    assert (world.sites["pool_mw"] <= world.sites["shell_mw"]).all()
    assert (world.sites["shell_mw"] <= world.sites["shell_buildable_mw"]).all()
    with tempfile.TemporaryDirectory() as folder:
        world.save(Path(folder) / "w")
        assert World.load(Path(folder) / "w").digest == world.digest


@pytest.fixture(scope="module")
def zones() -> pl.DataFrame:
    return build_world(WorldConfig(metros=2, sites=50)).zones.cast(pl.String)


@settings(max_examples=60, deadline=None)
@given(data=st.data())
def test_a_spoilt_cell_is_found_or_harmless(zones, data):
    """Whatever text stands in a cell: the frame passes with a value of the right type, or the cell is named."""
    row, column = data.draw(st.integers(0, 98)), data.draw(st.sampled_from(zones.columns))
    cells = zones[column].to_list()
    cells[row] = data.draw(st.one_of(st.none(), st.text(max_size=12), st.floats().map(str)))
    spoilt = zones.with_columns(pl.Series(column, cells, dtype=pl.String))
    try:
        checked = ZONES.check(spoilt, "zones.csv")
    except InputError as error:
        assert any(f"row {row + 1}: {column}: " in line for line in error.problems)
    else:
        value = checked[column][row]
        assert value is not None
        assert not isinstance(value, float) or np.isfinite(value)
