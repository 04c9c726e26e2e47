"""The lines that a wrong scenario file gives."""

from __future__ import annotations

from pathlib import Path

import pytest

from wattmarket.errors import InputError
from wattmarket.scenario import load_scenario


def lines_of(path: Path, sets: tuple[str, ...] = ()) -> list[str]:
    with pytest.raises(InputError) as caught:
        load_scenario(path, sets)
    for line in caught.value.problems:
        assert "\n" not in line
        assert "pydantic" not in line.lower()
        assert len(line) < 400
    return [line.removeprefix(f"{path}: ") for line in caught.value.problems]
