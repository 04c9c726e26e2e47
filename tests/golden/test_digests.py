"""Shipped scenarios give the results that they gave before, or somebody says that they have changed.

Each scenario is played on a small world for some months. Where a digest differs from the recorded one and the change is
meant: record the new digests with ``make golden``, and announce them in CHANGELOG.md with the line that it asks for.
"""

from __future__ import annotations

from pathlib import Path

import pytest

from tests.golden.record import CASES, CHANGELOG, DIGESTS, LABEL, announcements, digest_of, label_of, recorded, text_of


@pytest.mark.parametrize(("path", "mode"), CASES, ids=lambda part: getattr(part, "stem", part))
def test_results_are_those_recorded(path: Path, mode: str) -> None:
    assert digest_of(path, mode) == recorded()[mode][path.stem], "results have changed: see the head of this file"


def test_every_scenario_has_its_digest_and_twelve_or_more_have() -> None:
    found = [(stem, mode) for mode in ("agents", "entry") for stem in recorded()[mode]]
    assert found == [(path.stem, mode) for path, mode in CASES]
    assert len({stem for stem, _ in found}) >= 12


def test_the_changelog_announces_the_recorded_digests() -> None:
    label = label_of(recorded())
    assert recorded()["announced"][-1:] == [label], "digests are written by `make golden`, not by hand"
    assert label in announcements(CHANGELOG.read_text(encoding="utf-8")), (
        f"CHANGELOG.md: announce the new digests: - Results change: what and why (golden {label})."
    )


def test_the_package_has_the_label_of_the_recorded_digests() -> None:
    assert LABEL.read_text(encoding="utf-8").strip() == label_of(recorded()), "written by `make golden`"


def test_no_announcement_is_taken_back_or_used_twice() -> None:
    announced = recorded()["announced"]
    found = announcements(CHANGELOG.read_text(encoding="utf-8"))
    assert sorted(found) == sorted(announced), "each set of digests that was recorded has a line of its own, for ever"
    assert len(set(announced)) == len(announced)


def test_the_file_is_as_it_is_written() -> None:
    assert DIGESTS.read_text(encoding="utf-8") == text_of(recorded(), recorded()["announced"])


def test_any_change_of_a_digest_needs_a_line_of_its_own() -> None:
    before = recorded()
    for mode in ("agents", "entry"):
        for stem, digest in before[mode].items():
            other = "0" if digest[-1] != "0" else "1"
            after = {**before, mode: {**before[mode], stem: digest[:-1] + other}}
            assert label_of(after) not in before["announced"]
    assert label_of({**before, "entry": {}}) not in before["announced"]


@pytest.mark.parametrize(
    ("changelog", "labels"),
    [
        ("- Results change: leases end\n  sooner (golden 0123456789ab).\n", ["0123456789ab"]),
        ("- Leases end sooner (golden 0123456789ab).\n", []),
        ("- Results change: (golden 0123456789ab).\n", []),
        ("- Results change (golden 0123456789ab).\n", []),
        ("- Results change: why not.\n\n- Other (golden 0123456789ab).\n", []),
    ],
)
def test_only_a_line_that_says_that_results_change_announces(changelog: str, labels: list[str]) -> None:
    assert announcements(changelog) == labels
