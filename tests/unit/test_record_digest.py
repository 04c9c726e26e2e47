"""The hash chain: what it covers, in which order, and what it refuses."""

from __future__ import annotations

import hashlib

import numpy as np
import pytest

from wattmarket.errors import InvariantError
from wattmarket.record import DigestChain, file_digest

PRICES = np.array([3, -1, 7], dtype=np.int64)
FLOWS = np.array([[1, 2], [3, 4]], dtype=np.int64)


def _chain(*ticks: list[tuple[str, np.ndarray]]) -> str:
    chain = DigestChain()
    for tick, columns in enumerate(ticks):
        chain.advance(tick, columns)
    return chain.hex


def _word(number: int) -> bytes:
    return number.to_bytes(8, "little", signed=True)


def test_the_formula_of_the_docs_by_hand() -> None:
    state = hashlib.sha256(bytes(32) + _word(0) + _word(5) + b"price" + _word(3) + b"".join(map(_word, [3, -1, 7])))
    assert _chain([("price", PRICES)]) == state.hexdigest()
    state = hashlib.sha256(state.digest() + _word(1) + _word(5) + b"price" + _word(0))
    assert _chain([("price", PRICES)], [("price", PRICES[:0])]) == state.hexdigest()


def test_a_digest_vouches_for_all_ticks_before_it() -> None:
    one, other = [("price", PRICES)], [("price", PRICES + np.array([0, 0, 1]))]
    assert _chain(one, one) != _chain(other, one)


def test_every_cell_name_and_boundary_counts() -> None:
    base = _chain([("a", PRICES), ("b", FLOWS)])
    assert base != _chain([("b", PRICES), ("a", FLOWS)])
    assert base != _chain([("a", PRICES[:2]), ("b", np.append(PRICES[2:], FLOWS))])


def test_memory_layout_does_not_count() -> None:
    assert _chain([("b", FLOWS)]) == _chain([("b", np.asfortranarray(FLOWS))])
    assert _chain([("b", FLOWS[:, :1])]) == _chain([("b", FLOWS[:, :1].copy())])


def test_what_is_not_int64_or_changes_its_name_is_refused() -> None:
    chain = DigestChain()
    with pytest.raises(InvariantError, match="tick 0: digest column price: dtype float64 is not int64"):
        chain.advance(0, [("price", np.zeros(3))])  # type: ignore[list-item]
    chain = DigestChain()
    chain.advance(0, [("price", PRICES)])
    with pytest.raises(InvariantError, match="tick 1: digest columns"):
        chain.advance(1, [("flow", PRICES)])


def test_file_digest(tmp_path) -> None:
    (tmp_path / "a").write_bytes(b"wattmarket")
    assert file_digest(tmp_path / "a") == hashlib.sha256(b"wattmarket").hexdigest()
