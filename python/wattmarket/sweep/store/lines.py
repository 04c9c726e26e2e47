"""Manifest lines: JSON, one a line, each closed by the SHA-256 of the rest, so that a torn or altered one is known."""

from __future__ import annotations

import hashlib
import json
from dataclasses import asdict, dataclass
from typing import Any, Final

__all__ = ["FORMAT", "Line", "read_lines", "sealed", "unsealed"]

FORMAT: Final = 1
"""Version of the store's layout."""


@dataclass(frozen=True, slots=True)
class Line:
    """A chunk that was committed, or one that was found lost.

    Parameters
    ----------
    sha256
        Of the chunk's file, which is its name too.
    size
        Bytes of the file.
    rows
        Runs in it.
    keys_sha256
        SHA-256 of the runs' keys, sorted, one a line.
    lost
        Whether the line says that the file was found missing or damaged, and that its runs are to be played again.
    """

    sha256: str
    size: int
    rows: int
    keys_sha256: str
    lost: bool = False


def sealed(content: dict[str, Any]) -> bytes:
    r"""Write a line with its seal.

    Examples
    --------
    >>> line = sealed({"rows": 1})
    >>> unsealed(line.rstrip(b"\n")), unsealed(line.replace(b"1", b"2").rstrip(b"\n"))
    ({'rows': 1}, None)
    """
    text = json.dumps(content, sort_keys=True)
    seal = hashlib.sha256(text.encode()).hexdigest()
    return (json.dumps({**content, "seal": seal}, sort_keys=True) + "\n").encode()


def unsealed(line: bytes) -> dict[str, Any] | None:
    """Read a line, without its newline; None if it isn't, byte for byte, one that `sealed` wrote."""
    try:
        content = json.loads(line)
        del content["seal"]
    except (ValueError, KeyError, TypeError):
        return None
    return content if sealed(content) == line + b"\n" else None


def written(line: Line) -> bytes:
    """Write a manifest line."""
    return sealed({"format": FORMAT, **asdict(line)})


def read_lines(data: bytes) -> tuple[list[Line], list[int]]:
    """Read a manifest.

    Parameters
    ----------
    data
        The file's bytes.

    Returns
    -------
    lines, bad
        The sound lines, and the numbers, from one, of the others: a last line without its end among them.
    """
    lines, bad = [], []
    for number, text in enumerate(data.split(b"\n"), 1):
        content = unsealed(text)
        if content is not None and content.pop("format", None) == FORMAT:
            lines.append(Line(**content))
        elif text:
            bad.append(number)
    # The newline is the end of the last line: without it the line may have been cut at its very end.
    if lines and data and not data.endswith(b"\n") and not (bad and bad[-1] == data.count(b"\n") + 1):
        lines.pop()
        bad.append(data.count(b"\n") + 1)
    return lines, bad
