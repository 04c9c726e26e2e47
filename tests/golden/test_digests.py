"""Shipped scenarios give the results that they gave before, or somebody says that they have changed.

Each scenario is played on a small world for some months. Where a digest differs from the recorded one and the change is
meant: say so in CHANGELOG.md and record the new digests with ``make golden``.
"""

from __future__ import annotations

import tomllib
from pathlib import Path

import pytest

from tests.golden.record import DIGESTS, SCENARIOS, digest_of


@pytest.mark.parametrize("path", SCENARIOS, ids=lambda path: path.stem)
def test_results_are_those_recorded(path: Path) -> None:
    recorded = tomllib.loads(DIGESTS.read_text(encoding="utf-8"))
    assert digest_of(path) == recorded[path.stem], "results have changed: see the head of this file"
