"""Progress: a bar on a terminal and in a notebook, plain lines elsewhere, silence unless asked."""

from __future__ import annotations

import io
import sys

import pytest

from wattmarket import progress
from wattmarket.progress import progress_lines


class Terminal(io.StringIO):
    def isatty(self) -> bool:
        return True


class Cell(io.StringIO):
    """Standard error of a notebook's kernel, which is no terminal."""


def _shown(stream: io.StringIO, monkeypatch: pytest.MonkeyPatch, *, shown: bool) -> str:
    monkeypatch.setattr(sys, "stderr", stream)
    with progress_lines("run", 25, shown=shown) as advance:
        for month in range(25):
            advance(f"{2023 + month // 12}-{month % 12 + 1:02d}")
    return stream.getvalue()


def test_a_plain_line_a_year(monkeypatch: pytest.MonkeyPatch) -> None:
    assert _shown(io.StringIO(), monkeypatch, shown=True).splitlines() == [
        "run: 2023-12, 12 of 25 months",
        "run: 2024-12, 24 of 25 months",
        "run: 2025-01, 25 of 25 months",
    ]


@pytest.mark.parametrize("stream", [Terminal, Cell])
def test_a_bar_says_rate_and_remaining_time(stream: type[io.StringIO], monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(Cell, "__module__", "ipykernel.iostream")
    # As where there are no widgets.
    monkeypatch.setattr(progress, "find_spec", lambda name: None)
    text = _shown(stream(), monkeypatch, shown=True)
    assert "\r" in text
    assert "/25 [00:00<" in text
    assert "month/s" in text


def test_silence_unless_asked(monkeypatch: pytest.MonkeyPatch) -> None:
    assert _shown(Terminal(), monkeypatch, shown=False) == ""
