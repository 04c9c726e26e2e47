"""Where scenarios and runs are looked for."""

from __future__ import annotations

from pathlib import Path
from typing import Final

import click

from wattmarket.errors import InputError

__all__ = ["FILE", "FOLDER", "RUN_FOLDER", "SCENARIO_FOLDER", "scenario_path"]

SCENARIO_FOLDER: Final = Path("scenarios")
RUN_FOLDER: Final = Path("runs")

FOLDER: Final = click.Path(path_type=Path, file_okay=False)
FILE: Final = click.Path(path_type=Path, dir_okay=False)


def scenario_path(given: Path) -> Path:
    """Return the file meant by a path, or by the bare name of a scenario in ./scenarios.

    Raises
    ------
    InputError
        If a bare name is that of no file, and of no scenario there.
    """
    bare = given.parent == Path() and not given.suffix
    if not bare or given.exists():
        return given
    named = SCENARIO_FOLDER / f"{given}.toml"
    if not named.is_file():
        raise InputError(f"{given}: there is no such file, and no {named} in {Path.cwd()}")
    return named
