"""Shipped scenarios give the results that they gave before, or somebody says that they have changed.

Each scenario is played on a small world for some months. Where a digest differs from the recorded one and the change is
meant: say so in CHANGELOG.md and record the new digests with ``make golden``.
"""

from __future__ import annotations

import tomllib
from pathlib import Path

import pytest

from tests.golden.record import CASES, DIGESTS, digest_of


@pytest.mark.parametrize(("path", "mode"), CASES, ids=lambda part: getattr(part, "stem", part))
def test_results_are_those_recorded(path: Path, mode: str) -> None:
    recorded = tomllib.loads(DIGESTS.read_text(encoding="utf-8"))
    assert digest_of(path, mode) == recorded[mode][path.stem], "results have changed: see the head of this file"
