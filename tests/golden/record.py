"""``python -m tests.golden.record``: write the digests that the shipped scenarios give on a small world."""

from __future__ import annotations

from pathlib import Path

import wattmarket

ROOT = Path(__file__).resolve().parents[2]
SCENARIOS = sorted((ROOT / "scenarios").glob("*.toml"))
DIGESTS = Path(__file__).with_name("digests.toml")

SMALL = ("world.sites=150", "world.metros=30", "run.months=64", "output.figures=false")


def digest_of(path: Path) -> str:
    """Return the end of the hash chain of a short run of a scenario."""
    run = wattmarket.run(path, set=SMALL, twin=False)
    return str(run.ticks["digest"][-1])


if __name__ == "__main__":
    lines = [f'{path.stem} = "{digest_of(path)}"' for path in SCENARIOS]
    DIGESTS.write_text("# " + ", ".join(SMALL) + "\n" + "\n".join(lines) + "\n", encoding="utf-8")
