"""``python -m tests.golden.record``: write the digests that the shipped scenarios give on a small world.

The recorded digests are announced: each set of them that ever was recorded has a label, the beginning of the SHA-256 of
all of them, and CHANGELOG.md has a line "Results change: …" with that label. So recording without a line fails a test,
and so does taking an old line for new results.
"""

from __future__ import annotations

import hashlib
import json
import re
import sys
import tomllib
from pathlib import Path
from typing import Any

import wattmarket

ROOT = Path(__file__).resolve().parents[2]
SCENARIOS = sorted((ROOT / "scenarios").glob("*.toml"))
DIGESTS = Path(__file__).with_name("digests.toml")
CHANGELOG = ROOT / "CHANGELOG.md"
LABEL = ROOT / "python" / "wattmarket" / "sweep" / "results_label.txt"
"""The label as the package has it: runs of a sweep are keyed by it."""

SMALL = ("world.sites=150", "world.metros=30", "run.months=64", "output.figures=false")


WITHOUT_AGENTS = (
    "agentic_batch_drift",
    "agentic_batch_drift_measured",
    "baseline",
    "gulf_compute_export",
    "hollow_core_fibre",
    "voice_everywhere",
)
"""Scenarios that change something for builders who are no agents too."""

CASES = [(path, "agents") for path in SCENARIOS] + [
    (path, "entry") for path in SCENARIOS if path.stem in WITHOUT_AGENTS
]


def digest_of(path: Path, mode: str) -> str:
    """Return the end of the hash chain of a short run of a scenario."""
    run = wattmarket.run(path, set=(*SMALL, f"capacity.mode={mode}"), twin=False)
    return str(run.ticks["digest"][-1])


def recorded() -> dict[str, Any]:
    """Read what is recorded: digests by mode and scenario, and ``announced``, the labels of all sets up to this one."""
    return tomllib.loads(DIGESTS.read_text(encoding="utf-8"))


def label_of(digests: dict[str, Any]) -> str:
    """Label of a set of digests: another one if any of them changes, or if a scenario comes or goes."""
    modes = {mode: digests[mode] for mode in ("agents", "entry")}
    return hashlib.sha256(json.dumps(modes, sort_keys=True).encode()).hexdigest()[:12]


def announcements(changelog: str) -> list[str]:
    """Labels that the changelog announces, in its order, each as in ``- Results change: why (golden 0123456789ab).``"""
    entries = re.split(r"^- ", changelog, flags=re.MULTILINE)[1:]
    return [
        label
        for entry in entries
        if re.match(r"results change: (?!\(golden)\S", entry, re.IGNORECASE)
        for label in re.findall(r"\(golden ([0-9a-f]{12})\)", entry)
    ]


def text_of(digests: dict[str, Any], announced: list[str]) -> str:
    """Write the file of digests."""
    labels = "".join(f'    "{label}",\n' for label in announced)
    text = "# " + ", ".join(SMALL) + f"\n\nannounced = [\n{labels}]\n"
    for mode in ("agents", "entry"):
        lines = [f'{stem} = "{digest}"' for stem, digest in digests[mode].items()]
        text += f"\n[{mode}]\n" + "\n".join(lines) + "\n"
    return text


def record() -> int:
    """Play all scenarios and write their digests; 1 and a hint if CHANGELOG.md doesn't announce them yet."""
    modes = ("agents", "entry")
    digests = {mode: {path.stem: digest_of(path, mode) for path, own in CASES if own == mode} for mode in modes}
    label = label_of(digests)
    announced = [before for before in recorded()["announced"] if before != label]
    DIGESTS.write_text(text_of(digests, [*announced, label]), encoding="utf-8")
    LABEL.write_text(f"{label}\n", encoding="utf-8")
    if label in announcements(CHANGELOG.read_text(encoding="utf-8")):
        return 0
    print(f"CHANGELOG.md: announce the new digests: - Results change: what and why (golden {label}).", file=sys.stderr)
    return 1


if __name__ == "__main__":
    sys.exit(record())
