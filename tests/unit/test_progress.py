"""Progress: a bar on a terminal, plain lines elsewhere, silence unless asked."""

from __future__ import annotations

import io
import sys

import pytest

from wattmarket.progress import progress_lines


class Terminal(io.StringIO):
    def isatty(self) -> bool:
        return True


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


def test_a_bar_on_a_terminal(monkeypatch: pytest.MonkeyPatch) -> None:
    text = _shown(Terminal(), monkeypatch, shown=True)
    assert "\r" in text
    assert "25" in text


def test_silence_unless_asked(monkeypatch: pytest.MonkeyPatch) -> None:
    assert _shown(Terminal(), monkeypatch, shown=False) == ""
