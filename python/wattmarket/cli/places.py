"""Where scenarios and runs are looked for."""

from __future__ import annotations

from pathlib import Path
from typing import Final

import click

__all__ = ["FILE", "FOLDER", "RUN_FOLDER", "SCENARIO_FOLDER", "scenario_path"]

SCENARIO_FOLDER: Final = Path("scenarios")
RUN_FOLDER: Final = Path("runs")

FOLDER: Final = click.Path(path_type=Path, file_okay=False)
FILE: Final = click.Path(path_type=Path, dir_okay=False)


def scenario_path(given: Path) -> Path:
    """Return the file meant by a path, or by the bare name of a scenario in ./scenarios."""
    named = SCENARIO_FOLDER / f"{given}.toml"
    bare = given.parent == Path() and not given.suffix
    return named if bare and not given.is_file() and named.is_file() else given
