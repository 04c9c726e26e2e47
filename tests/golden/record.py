"""``python -m tests.golden.record``: write the digests that the shipped scenarios give on a small world."""

from __future__ import annotations

from pathlib import Path

import wattmarket

ROOT = Path(__file__).resolve().parents[2]
SCENARIOS = sorted((ROOT / "scenarios").glob("*.toml"))
DIGESTS = Path(__file__).with_name("digests.toml")

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


if __name__ == "__main__":
    text = "# " + ", ".join(SMALL) + "\n"
    for mode in ("agents", "entry"):
        lines = [f'{path.stem} = "{digest_of(path, mode)}"' for path, own in CASES if own == mode]
        text += f"\n[{mode}]\n" + "\n".join(lines) + "\n"
    DIGESTS.write_text(text, encoding="utf-8")
