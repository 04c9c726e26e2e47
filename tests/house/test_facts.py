"""Every fact that is cited is in the table of facts."""

from __future__ import annotations

import csv
import re
from pathlib import Path

import pytest

from tests.house.sources import ROOT, files_with, name_of

with (ROOT / "docs" / "facts.csv").open(encoding="utf-8", newline="") as file:
    IDS = frozenset(row["id"] for row in csv.DictReader(file))

# Single ids and the ends of ranges: [L03], B26-B28, D01–D04. Other letters begin names of things that are no facts.
CITED = re.compile(r"(?<![\w-])([BCDILNPR]\d{2})(?!\w)")

CITING = [
    *files_with(".py", ".toml", ".csv", under=ROOT / "python"),
    *files_with(".toml", under=ROOT / "scenarios"),
    *files_with(".md", under=ROOT / "docs"),
]


@pytest.mark.parametrize("path", CITING, ids=name_of)
def test_cited_facts_exist(path: Path) -> None:
    assert sorted(set(CITED.findall(path.read_text(encoding="utf-8"))) - IDS) == []


def test_ids_are_unique() -> None:
    with (ROOT / "docs" / "facts.csv").open(encoding="utf-8", newline="") as table:
        rows = [row["id"] for row in csv.DictReader(table)]
    assert len(rows) == len(set(rows))
