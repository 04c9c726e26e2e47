"""Referees are programs that the tests start: highspy and ortools cannot be imported into one process."""

from __future__ import annotations

collect_ignore_glob = ["referee_*.py"]
