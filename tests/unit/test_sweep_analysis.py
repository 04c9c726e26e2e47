"""Sensitivities against published values, and what becomes of runs that failed, are missing, or never break."""

from __future__ import annotations

from math import pi

import numpy as np
import polars as pl
import pytest
from made_sweep import made, without

from wattmarket.errors import InputError
from wattmarket.sweep.analysis import Evidence, morris_effects, response_surface, sobol_indices, tornado
from wattmarket.sweep.design_spec import Design
from wattmarket.sweep.parameters import Level, Parameter

ANGLES = tuple(Parameter(f"x{number}", low=-pi, high=pi) for number in (1, 2, 3))
SHARES = (Parameter("a", low=0.0, high=2.0), Parameter("b", low=-1.0, high=1.0))
NAMED = Parameter("c", Level.several(["none", "some", "all"]))


def ishigami(columns: dict[str, list[float]], seed: int) -> np.ndarray:
    """Ishigami & Homma (1990), a = 7, b = 0.1."""
    x1, x2, x3 = (np.array(columns[name]) for name in ("x1", "x2", "x3"))
    return np.sin(x1) + 7.0 * np.sin(x2) ** 2 + 0.1 * x3**4 * np.sin(x1)


def plane(columns: dict[str, list[float]], seed: int) -> np.ndarray:
    """Rises by 2 with a, falls by 1 with b, and shifts with the seed."""
    return np.array(columns["a"]) - 0.5 * np.array(columns["b"]) + 10.0 * seed


@pytest.fixture(scope="module")
def angles() -> Evidence:
    return made(Design(kind="sobol", base_samples=1024, second_order=True), ANGLES, ishigami)


def test_sobol_indices_of_ishigamis_function_are_those_published(angles: Evidence) -> None:
    # Sobol' & Levitan (1999); closed form in Saltelli et al., Global Sensitivity Analysis (2008), section 4.6.
    found = sobol_indices(angles, "y")
    for name, published in (("first", [0.3139, 0.4424, 0.0]), ("total", [0.5576, 0.4424, 0.2437])):
        for row, value in zip(found.frame.iter_rows(named=True), published, strict=True):
            assert row[name] == pytest.approx(value, abs=0.03)
            assert row[f"{name}_low"] - 0.01 <= value <= row[f"{name}_high"] + 0.01
    pair = found.pairs.filter((pl.col("one") == "x1") & (pl.col("other") == "x3")).row(0, named=True)
    assert pair["second_low"] <= 0.2437 <= pair["second_high"]
    assert (found.counted.of, found.counted.used, found.counted.units) == (1024, 1024, "base samples")


def test_intervals_are_the_same_each_time_and_differ_by_output(angles: Evidence) -> None:
    np.random.seed(1)  # noqa: NPY002 - SALib falls back on the global state where it gets no seed
    once = sobol_indices(angles, "y")
    np.random.seed(2)  # noqa: NPY002
    assert once.frame.equals(sobol_indices(angles, "y").frame)
    other = Evidence(angles.table.rename({"y": "z"}), angles.shape)
    widths = [
        (found.frame["first_high"] - found.frame["first"]).to_list() for found in (once, sobol_indices(other, "z"))
    ]
    assert widths[0] != widths[1]
    assert widths[0] == pytest.approx(widths[1], rel=0.15)


def test_morris_effects_of_ishigamis_function() -> None:
    # On four levels (-pi, -pi/3, pi/3, pi) every step is from one level to the next but one, two thirds of the range:
    # sin(x2)^2 goes between 0 and 3/4, the size of sin(x1) between 0 and sin(pi/3), x3^4 between pi^4 and (pi/3)^4.
    low, high = (pi / 3) ** 4, pi**4
    of_x1 = np.sin(pi / 3) * (1.0 + 0.1 * (low + high) / 2) / (2 / 3)
    of_x3 = 0.1 * (high - low) * np.sin(pi / 3) / 2 / (2 / 3)
    found = morris_effects(made(Design(kind="morris", trajectories=400, levels=4), ANGLES, ishigami), "y")
    rows = {row["parameter"]: row for row in found.frame.iter_rows(named=True)}
    assert rows["x2"]["mu_star"] == pytest.approx(7.0 * 0.75 / (2 / 3), abs=1e-9)
    assert abs(rows["x2"]["mu"]) < 1.0
    for name, known in (("x1", of_x1), ("x3", of_x3)):
        assert rows[name]["mu_star_low"] <= known <= rows[name]["mu_star_high"]
        assert rows[name]["mu_star"] == pytest.approx(known, rel=0.1)
    for row in rows.values():
        assert row["mu_star_low"] <= row["mu_star"] <= row["mu_star_high"]
    assert rows["x2"]["mu_star_high"] - rows["x2"]["mu_star_low"] < 1e-9


def test_a_plane_has_its_slopes_as_effects() -> None:
    found = morris_effects(made(Design(kind="morris", trajectories=10), (*SHARES, NAMED), plane), "y")
    assert found.frame["mu"].to_list() == pytest.approx([2.0, -1.0, 0.0])
    assert found.frame["sigma"].to_list() == pytest.approx([0.0, 0.0, 0.0], abs=1e-9)
    assert "always the same way" in found.text()


def test_base_samples_with_failed_or_missing_runs_are_left_out_whole(angles: Evidence) -> None:
    step = 8
    found = sobol_indices(without(without(angles, [3, 4]), [step * 5], "missing"), "y")
    assert (found.counted.failed, found.counted.missing, found.counted.used) == (2, 1, 1022)
    keep = [row for row in range(angles.table.height) if row // step not in (0, 5)]
    fewer = sobol_indices(Evidence(angles.table[keep], angles.shape), "y")
    assert found.frame.equals(fewer.frame)
    assert "Of 1,024 base samples 1,022 are whole and used" in found.counted.text()
    with pytest.raises(InputError, match="15 base samples are whole; 16 are needed"):
        sobol_indices(without(angles, [step * block for block in range(1009)]), "y")


def test_a_run_that_never_breaks_counts_as_it_is_told() -> None:
    evidence = made(Design(kind="sobol", base_samples=32), SHARES, plane)
    table = evidence.table.with_columns(
        pl.when(pl.col("y") > 1.0).then("y").alias("deepest"),
        (pl.col("y") > 1.0).alias("breaks"),
        pl.when(pl.col("y") > 1.0).then(pl.date(2027, 7, 1)).alias("break_month"),
    )
    broken = Evidence(table, evidence.shape)
    never = int((~table["breaks"]).sum())
    read = broken.output("deepest")
    assert (read.counted.never, read.counted.counted_as) == (never, 0.0)
    assert np.count_nonzero(read.values == 0.0) == never
    assert f"{never} never break and count as 0" in sobol_indices(broken, "deepest").counted.text()
    assert sorted({*broken.output("breaks").values.ravel().tolist()}) == [0.0, 1.0]
    assert (broken.output("breaks").counted.never, broken.output("breaks").counted.counted_as) == (0, None)
    with pytest.raises(InputError, match=f"break_month: {never} of 128 runs have none, as where nothing breaks"):
        broken.output("break_month")
    assert sorted({*broken.output("break_month", never=2036.0).values.ravel().tolist()}) == [2027.5, 2036.0]


def test_a_tornado_of_a_grid_holds_ends_against_the_mean_seed_by_seed() -> None:
    grid = (Parameter("a", low=0.0, high=2.0, steps=3), Parameter("b", low=-1.0, high=1.0, steps=2))
    found = tornado(made(Design(), grid, plane, seeds=3), "y")
    rows = found.frame.select("parameter", "end", "value", "points", "change").rows()
    assert rows == [
        ("a", "low", "0", 2, -1.0),
        ("a", "high", "2", 2, 1.0),
        ("b", "low", "-1", 3, 0.5),
        ("b", "high", "1", 3, -0.5),
    ]
    assert found.frame["change_least"].to_list() == found.frame["change"].to_list(), "seeds shift all points alike"
    assert (found.level, found.seeds) == (11.0, 3)


def test_a_tornado_of_single_changes_holds_them_against_the_first_point() -> None:
    levels = [(1.0, 0.0), (0.0, 0.0), (2.0, 0.0), (1.0, -1.0), (1.0, 1.0)]
    parameters = tuple(
        Parameter(name, Level.several([row[place] for row in levels])) for place, name in enumerate("ab")
    )
    points = [tuple(one.levels[number] for one in parameters) for number in range(5)]

    class Listed(Design):
        def drawn(self, parameters: object) -> object:
            return points

    found = tornado(made(Listed(kind="list"), parameters, plane), "y")
    assert found.against == "the first point"
    assert found.frame["change"].to_list() == [-1.0, 1.0, 0.5, -0.5]
    assert found.frame["change_least"].to_list() == [None] * 4
    assert "one seed" in found.text()


def test_a_tornado_of_drawn_points_takes_the_outer_fifths() -> None:
    found = tornado(made(Design(kind="sobol_sequence", points=128), SHARES, plane), "y")
    row = found.frame.row(0, named=True)
    assert (row["parameter"], row["end"], row["points"]) == ("a", "low", 25)
    assert row["change"] == pytest.approx(-0.8, abs=0.05)


def test_a_surface_finds_a_quadratic_and_says_when_there_is_none() -> None:
    def curved(columns: dict[str, list[float]], seed: int) -> np.ndarray:
        a, b = np.array(columns["a"]), np.array(columns["b"])
        return 3.0 + (a - 1.0) ** 2 - 2.0 * (a - 1.0) * b

    found = response_surface(made(Design(kind="latin_hypercube", points=200), SHARES, curved), "y")
    assert (found.r2, found.r2_cross) == (pytest.approx(1.0), pytest.approx(1.0))
    terms = dict(found.frame.rows())
    assert terms["1"] == pytest.approx(3.0, abs=1e-6)
    assert terms["a × a"] == pytest.approx(1.0, abs=0.05)
    assert terms["a × b"] == pytest.approx(-2.0, abs=0.05)
    assert found.at(np.array([[2.0, 0.5]])).tolist() == pytest.approx([3.0])
    cells = found.cells("a", "b", 3)
    assert cells.shape == (9, 3)
    assert found.strongest() == (0, 1)

    def noise(columns: dict[str, list[float]], seed: int) -> np.ndarray:
        return np.sin(1e6 * np.array(columns["a"]))

    luck = response_surface(made(Design(kind="latin_hypercube", points=60), SHARES, noise), "y")
    assert luck.r2_cross < 0.1 < luck.r2 + 0.1


def test_folds_keep_base_samples_together() -> None:
    # The points of a base sample share nearly all coordinates: apart, they would tell on each other.
    def by_block(columns: dict[str, list[float]], seed: int) -> np.ndarray:
        return np.repeat(np.sin(np.arange(32) * 12.9898) * 43.0, 4)

    found = response_surface(made(Design(kind="sobol", base_samples=32), SHARES, by_block), "y")
    assert found.r2_cross < 0.05


@pytest.mark.parametrize(
    ("call", "line"),
    [
        (lambda one: sobol_indices(one, "y"), 'need design.kind = "sobol", not "latin_hypercube"'),
        (lambda one: morris_effects(one, "y"), 'need design.kind = "morris", not "latin_hypercube"'),
        (lambda one: tornado(one, "digest"), "'digest' is no output of the sweep"),
        (lambda one: response_surface(one, "y"), "5 points are too few for 6 terms"),
        (lambda one: one.output("flat_text"), "flat_text is neither a number nor true or false"),
    ],
)
def test_what_cannot_be_asked_is_said(call: object, line: str) -> None:
    one = made(Design(kind="latin_hypercube", points=5), SHARES, plane)
    one = Evidence(one.table.with_columns(pl.lit("x").alias("flat_text")), one.shape)
    with pytest.raises(InputError) as caught:
        call(one)
    assert line in str(caught.value)
