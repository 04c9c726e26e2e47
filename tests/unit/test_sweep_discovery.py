"""PRIM on data whose box is known."""

from __future__ import annotations

import numpy as np
import polars as pl
import pytest
from made_sweep import made, without

from wattmarket.errors import InputError
from wattmarket.sweep.analysis import discover
from wattmarket.sweep.analysis.prim import _at_least
from wattmarket.sweep.design_spec import Design
from wattmarket.sweep.parameters import Level, Parameter

RANGES = tuple(Parameter(name, low=0.0, high=1.0) for name in ("a", "b", "c"))
NAMED = Parameter("d", Level.several(["none", "some", "all"]))


def in_a_box(columns: dict[str, list[float]], seed: int) -> np.ndarray:
    """One where a is 0.6 or more and b is at most 0.4, nil elsewhere; c does not matter."""
    return ((np.array(columns["a"]) >= 0.6) & (np.array(columns["b"]) <= 0.4)).astype(float)


def test_the_box_that_is_there_is_found() -> None:
    found = discover(made(Design(kind="sobol_sequence", points=1024), RANGES, in_a_box), "y")
    assert found.frame["parameter"].sort().to_list() == ["a", "b"]
    limits = {row["parameter"]: row for row in found.frame.iter_rows(named=True)}
    assert limits["a"]["low"] == pytest.approx(0.6, abs=0.02)
    assert limits["a"]["high"] == pytest.approx(1.0, abs=0.01)
    assert limits["b"]["high"] == pytest.approx(0.4, abs=0.02)
    best = found.trajectory.row(found.chosen, named=True)
    assert best["density"] > 0.95
    assert best["coverage"] > 0.95
    assert (found.frame["quasi_p"] < 1e-20).all()
    first = found.trajectory.row(0, named=True)
    assert (first["mass"], first["coverage"], first["restricted"]) == (1.0, 1.0, 0)
    assert first["density"] == pytest.approx(0.16, abs=0.01)
    assert found.trajectory["points"].is_sorted(descending=True)
    assert found.interest == "y from 0.5 on"


def test_noise_within_the_box_costs_density_not_the_box() -> None:
    def noisy(columns: dict[str, list[float]], seed: int) -> np.ndarray:
        luck = np.abs(np.sin(1e5 * np.array(columns["c"])))
        return np.where(luck < 0.1, 1.0 - in_a_box(columns, seed), in_a_box(columns, seed))

    found = discover(made(Design(kind="sobol_sequence", points=2048), RANGES, noisy), "y")
    limits = {row["parameter"]: row for row in found.frame.iter_rows(named=True)}
    assert limits["a"]["low"] == pytest.approx(0.6, abs=0.05)
    assert limits["b"]["high"] == pytest.approx(0.4, abs=0.05)


def test_values_of_a_list_are_peeled_one_by_one() -> None:
    def by_name(columns: dict[str, list[object]], seed: int) -> np.ndarray:
        return np.array([1.0 if name == "some" else 0.0 for name in columns["d"]])

    found = discover(made(Design(kind="sobol_sequence", points=256), (*RANGES, NAMED), by_name), "y")
    assert found.frame.select("parameter", "values", "low").rows() == [("d", "some", None)]
    assert found.trajectory["density"].to_list()[-1] == 1.0
    assert "d: some" in found.text()


def test_whole_numbers_and_ties_are_peeled_together() -> None:
    steps = (Parameter("a", low=0.0, high=4.0, steps=5), Parameter("b", low=0.0, high=4.0, steps=5))
    found = discover(made(Design(), steps, lambda one, _: (np.array(one["a"]) >= 3).astype(float)), "y")
    assert found.frame.select("parameter", "low", "high").rows() == [("a", 3.0, 4.0)]


def test_thick_slices_do_not_come_before_sharp_ones() -> None:
    # Where c is low half of the points are of interest, where a is low none; c has few values, so its slices are thick.
    steps = (RANGES[0], Parameter("c", Level.several([0.0, 0.25, 0.5, 0.75, 1.0])))

    def mixed(columns: dict[str, list[float]], seed: int) -> np.ndarray:
        luck = np.sin(1e6 * np.array(columns["a"]))
        return ((np.array(columns["a"]) >= 0.5) & ((np.array(columns["c"]) >= 0.5) | (luck > 0))).astype(float)

    found = discover(made(Design(kind="sobol_sequence", points=1024), steps, mixed), "y")
    restricted = found.trajectory.filter(pl.col("restricted") == 1)
    assert restricted["density"].max() > 0.75, "a is peeled to its edge before c is touched"


def test_the_upper_quarter_or_a_threshold_or_what_lies_below() -> None:
    evidence = made(Design(kind="sobol_sequence", points=256), RANGES, lambda one, _: np.array(one["a"]))
    assert discover(evidence, "y").trajectory["density"][0] == pytest.approx(0.25, abs=0.01)
    assert discover(evidence, "y", threshold=0.9).trajectory["density"][0] == pytest.approx(0.1, abs=0.01)
    low = discover(evidence, "y", threshold=0.2, below=True)
    assert low.frame["high"][0] == pytest.approx(0.2, abs=0.03)
    with pytest.raises(InputError, match="no points are of interest"):
        discover(evidence, "y", threshold=2.0)
    assert discover(without(evidence, [0, 1]), "y").counted.used == 254


def test_quasi_p_values_are_the_tail_of_a_binomial_law() -> None:
    from scipy.stats import binom  # noqa: PLC0415 - the referee

    for hits, points, share in ((3, 10, 0.2), (40, 50, 0.7), (500, 2000, 0.26), (7, 7, 0.999)):
        assert _at_least(hits, points, share) == pytest.approx(binom.sf(hits - 1, points, share), rel=1e-9)


def test_a_limit_that_means_nothing_has_a_large_quasi_p_value() -> None:
    frame = discover(made(Design(kind="sobol_sequence", points=512), RANGES, in_a_box), "y").frame
    assert frame.filter(pl.col("parameter") == "c").is_empty()
