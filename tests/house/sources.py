"""Which files belong to the project, and how the tests of house rules read them."""

from __future__ import annotations

import ast
import functools
from pathlib import Path

ROOT = Path(__file__).resolve().parents[2]
PACKAGE = ROOT / "python" / "wattmarket"

_FOLDERS = (".ci", "benchmarks", "docs", "notebooks", "python", "requirements", "rust", "scenarios", "tests", "tools")
_MADE_HERE = {"_build", "_generated", "__pycache__", "target", "proptest-regressions", ".ipynb_checkpoints"}
_BINARY = {".so", ".pyd", ".pyc", ".bin", ".png", ".npz", ".parquet", ".gz"}


@functools.cache
def project_files() -> tuple[Path, ...]:
    """Return every text file of the project, sorted."""
    files = [path for path in ROOT.iterdir() if path.is_file() and not path.name.startswith(".git")]
    for folder in _FOLDERS:
        files += [path for path in (ROOT / folder).rglob("*") if path.is_file()]
    return tuple(
        sorted(
            path
            for path in files
            if path.suffix not in _BINARY and not _MADE_HERE.intersection(path.relative_to(ROOT).parts)
        )
    )


def files_with(*suffixes: str, under: Path = ROOT) -> list[Path]:
    """Return the project's files with one of these suffixes, below one folder."""
    return [path for path in project_files() if path.suffix in suffixes and path.is_relative_to(under)]


def name_of(path: Path) -> str:
    """Return the path as printed in a failure: relative to the checkout, with forward slashes."""
    return path.relative_to(ROOT).as_posix()


@functools.cache
def syntax(path: Path) -> ast.Module:
    """Return the syntax tree of a Python file."""
    return ast.parse(path.read_text(encoding="utf-8"), filename=str(path))


def part_of(path: Path) -> str:
    """Return the top-level module of the package that a file belongs to (``spot`` for ``spot/market.py``)."""
    return path.relative_to(PACKAGE).parts[0].removesuffix(".py").removesuffix(".pyi")
