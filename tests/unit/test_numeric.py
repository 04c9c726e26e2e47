"""Portable functions, ordered sums, the rounding door and keyed draws."""

from __future__ import annotations

import math
import struct
from collections.abc import Callable
from fractions import Fraction

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from wattmarket import _core, numeric
from wattmarket.errors import InputError

finite = st.floats(allow_nan=False, allow_infinity=False)


def bits(value: float) -> str:
    return struct.pack(">d", value).hex()


@pytest.mark.parametrize(
    ("function", "reference", "low", "high"),
    [
        (numeric.exp, math.exp, -700.0, 700.0),
        (numeric.log, math.log, 1e-300, 1e300),
        (numeric.sin, math.sin, -1e4, 1e4),
        (numeric.cos, math.cos, -1e4, 1e4),
        (numeric.asin, math.asin, -1.0, 1.0),
        (numeric.logistic, lambda x: 1.0 / (1.0 + math.exp(-x)), -700.0, 700.0),
    ],
)
def test_functions_agree_with_the_standard_library_to_two_last_places(
    function: Callable[..., np.ndarray], reference: Callable[[float], float], low: float, high: float
) -> None:
    x = np.linspace(low, high, 2_001)
    for value, found in zip(x.tolist(), function(x).tolist(), strict=True):
        expected = reference(value)
        assert abs(found - expected) <= 2 * math.ulp(expected)
        assert bits(function(value)) == bits(found)


@given(st.floats(1e-3, 1e3), st.floats(-20, 20))
def test_power_agrees_with_the_standard_library(x: float, y: float) -> None:
    expected = math.pow(x, y)
    assert abs(numeric.power(x, y) - expected) <= 2 * math.ulp(expected)


@pytest.mark.parametrize(
    ("value", "expected"),
    [
        # The values of one machine: another machine, or another version of the library, must give the same bits.
        (numeric.exp(1.0), "4005bf0a8b14576a"),
        (numeric.log(10.0), "40026bb1bbb55516"),
        (numeric.power(1.59, 1 / 12), "3ff0a162d9df3e95"),
        (numeric.sin(0.7), "3fe49d6e694619b8"),
        (numeric.cos(0.7), "3fe87996529f9d93"),
        (numeric.asin(0.7), "3fe8d00e692afd95"),
        (numeric.atan2(0.7, -0.2), "3ffd95e5ac22d08d"),
        (numeric.logistic(-2.5), "3fb36b7112534848"),
        (numeric.uniform(0, "golden", 1, 2), "3fe672d275d910e0"),
        (numeric.normal(0, "golden", 1, 2), "bff8681046decb86"),
    ],
)
def test_golden_bits(value: float, expected: str) -> None:
    assert bits(value) == expected


def test_special_values_are_those_of_ieee_754() -> None:
    assert numeric.exp(-math.inf) == 0.0
    assert numeric.exp(1e4) == math.inf
    assert numeric.log(0.0) == -math.inf
    assert math.isnan(numeric.log(-1.0))
    assert math.isnan(numeric.asin(1.5))


def test_shapes_broadcast_and_results_are_read_only() -> None:
    grid = numeric.power(np.array([[1.0], [2.0], [3.0]]), np.array([1.0, 2.0]))
    assert grid.tolist() == [[1.0, 1.0], [2.0, 4.0], [3.0, 9.0]]
    assert not grid.flags.writeable
    assert numeric.exp(np.zeros((0, 3))).shape == (0, 3)
    assert numeric.exp(np.zeros((4, 4)).T[::2]).shape == (2, 4)


@given(st.lists(finite, max_size=50))
def test_total_adds_from_left_to_right(values: list[float]) -> None:
    expected = 0.0
    for value in values:
        expected += value
    assert bits(numeric.total(values)) == bits(expected) or math.isnan(expected)


def test_total_along_an_axis() -> None:
    values = np.arange(24.0).reshape(2, 3, 4)
    for axis in (0, 1, 2, -1):
        assert (numeric.total(values, axis=axis) == values.sum(axis=axis)).all()
    assert numeric.total(np.zeros((3, 0)), axis=1).tolist() == [0.0, 0.0, 0.0]


def test_group_total_names_the_row_out_of_range() -> None:
    assert numeric.group_total([], [], 2).tolist() == [0.0, 0.0]
    with pytest.raises(InputError, match=r"^group\[1\] = 2: is not in 0\.\.1$"):
        numeric.group_total([1.0, 2.0], [0, 2], 2)
    with pytest.raises(ValueError, match="one length"):
        numeric.group_total([1.0, 2.0], [0], 2)


def test_weighted_mean_without_weight() -> None:
    assert numeric.weighted_mean([1.0], [0.0], empty=7.0) == 7.0
    with pytest.raises(InputError, match="sum to zero"):
        numeric.weighted_mean([1.0], [0.0])


@given(st.floats(-(2.0**63), 2.0**63, exclude_max=True))
def test_to_integer_rounds_half_to_even(value: float) -> None:
    assert int(numeric.to_integer(value)) == round(Fraction(value))


@pytest.mark.parametrize(
    ("value", "reason"),
    [
        (math.nan, "is not a finite number"),
        (math.inf, "is not a finite number"),
        (-math.inf, "is not a finite number"),
        (2.0**63, "does not fit 64 bits"),
        (-(2.0**63) * 1.5, "does not fit 64 bits"),
    ],
)
def test_to_integer_refuses_what_has_no_integer(value: float, reason: str) -> None:
    with pytest.raises(InputError) as caught:
        numeric.to_integer([[0.0, 1.0], [value, 2.0]], "price")
    assert len(caught.value.problems) == 1
    assert caught.value.problems[0].startswith("price[1, 0] = ")
    assert caught.value.problems[0].endswith(f": {reason}")


def test_philox_agrees_with_the_known_answers_of_random123() -> None:
    # Random123 1.14, tests/kat_vectors, lines "philox4x32 10".
    word = 0xFFFFFFFF
    assert _core.philox4x32([0] * 4, [0] * 2) == [0x6627E8D5, 0xE169C58D, 0xBC57AC4C, 0x9B00DBD8]
    assert _core.philox4x32([word] * 4, [word] * 2) == [0x408F276D, 0x41C83B0E, 0xA20BC7C6, 0x6D5451FD]
    assert _core.philox4x32([0x243F6A88, 0x85A308D3, 0x13198A2E, 0x03707344], [0xA4093822, 0x299F31D0]) == [
        0xD16CFE09,
        0x94FDCCEB,
        0x5001E420,
        0x24126EA1,
    ]


@given(
    seed=st.integers(0, 2**64 - 1),
    purpose=st.text(max_size=20),
    entity=st.integers(0, 2**64 - 1),
    tick=st.integers(-(2**63), 2**63 - 1),
)
def test_draws_depend_on_their_four_keys_alone(seed: int, purpose: str, entity: int, tick: int) -> None:
    alone = numeric.uniform(seed, purpose, np.array([entity], dtype=np.uint64), tick)
    among = numeric.uniform(seed, purpose, np.array([1, entity, 3], dtype=np.uint64), tick)
    assert 0.0 <= alone[0] < 1.0
    assert alone[0] == among[1]
    assert math.isfinite(numeric.normal(seed, purpose, np.array([entity], dtype=np.uint64), tick)[0])


def test_draws_of_other_keys_differ() -> None:
    one = numeric.uniform(0, "noise", np.arange(100), 0)
    for other in (
        numeric.uniform(1, "noise", np.arange(100), 0),
        numeric.uniform(0, "place", np.arange(100), 0),
        numeric.uniform(0, "noise", np.arange(100), 1),
        numeric.uniform(0, "noise", np.arange(100, 200), 0),
    ):
        assert not np.isin(one, other).any()
    assert (
        numeric.uniform(0, "noise", 5, np.arange(3)) == numeric.uniform(0, "noise", np.full(3, 5), np.arange(3))
    ).all()


def test_draws_are_uniform_and_normal() -> None:
    entities = np.arange(50_000)
    u = np.sort(numeric.uniform(11, "kolmogorov", entities))
    steps = (np.arange(50_000) + 0.5) / 50_000
    # The Kolmogorov-Smirnov statistic of 50,000 draws stays below 1.95 / sqrt(n) with probability 0.999.
    assert np.abs(u - steps).max() < 1.95 / math.sqrt(50_000)
    z = np.sort(numeric.normal(11, "kolmogorov", entities))
    cumulative = np.array([0.5 * (1.0 + math.erf(value / math.sqrt(2.0))) for value in z.tolist()])
    assert np.abs(cumulative - steps).max() < 1.95 / math.sqrt(50_000)


@settings(max_examples=30)
@given(st.lists(st.text(max_size=12), max_size=20))
def test_entity_hash_is_fnv1a(ids: list[str]) -> None:
    def fnv1a(text: str) -> int:
        value = 0xCBF29CE484222325
        for byte in text.encode():
            value = (value ^ byte) * 0x100000001B3 % 2**64
        return value

    assert numeric.entity_hash(ids).tolist() == [fnv1a(text) for text in ids]


@pytest.mark.parametrize("seed", [-1, 2**64])
def test_a_seed_beyond_64_bits_is_refused(seed: int) -> None:
    with pytest.raises(OverflowError):
        numeric.uniform(seed, "noise", 0)


def test_entities_must_be_integers() -> None:
    with pytest.raises(InputError, match="expected integers, found float64"):
        numeric.uniform(0, "noise", np.array([0.5]))
