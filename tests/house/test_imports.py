"""Dependencies run one way, and only a few modules touch the compiled core."""

from __future__ import annotations

import ast
from collections.abc import Iterator
from pathlib import Path

from tests.house.sources import PACKAGE, files_with, name_of, part_of, syntax

# A module may import those before it in this list, and nothing after it.
ORDER = (
    "errors",
    "threads",
    "units",
    "months",
    "schema",
    "numeric",
    "finance",
    "scenario",
    "world",
    "demand",
    "clearing",
    "spot",
    "forward",
    "capacity",
    "queue",
    "contracts",
    "beliefs",
    "agents",
    "valuation",
    "tick",
    "phases",
    "model",
    "living",
    "progress",
    "stopwatch",
    "record",
    "runner",
    "compare",
    "history",
    "why",
    "findings",
    "study",
    "sweep",
    "plot",
    "page",
    "report",
    "cli",
    "__main__",
)
MAY_TOUCH_THE_CORE = {
    "__init__",
    "numeric",
    "clearing",
    "spot",
    "forward",
    "queue",
    "contracts",
    "agents",
    "living",
    "findings",
    "stopwatch",
}


def imported_parts(path: Path) -> Iterator[tuple[int, str]]:
    """Yield line and top-level module of each import from the package; a name of the package root as ``root.NAME``."""
    for node in ast.walk(syntax(path)):
        if isinstance(node, ast.Import):
            for alias in node.names:
                head, *rest = alias.name.split(".")
                if head == "wattmarket":
                    yield node.lineno, rest[0] if rest else "root"
        elif isinstance(node, ast.ImportFrom):
            assert node.level == 0, f"{name_of(path)}:{node.lineno}: imports are absolute"
            head, *rest = (node.module or "").split(".")
            if head != "wattmarket":
                continue
            if rest:
                yield node.lineno, rest[0]
            else:
                for alias in node.names:
                    yield node.lineno, alias.name if alias.name in {*ORDER, "_core"} else f"root.{alias.name}"


def test_every_module_has_its_place_in_the_order() -> None:
    parts = {part_of(path) for path in files_with(".py", under=PACKAGE)} - {"__init__"}
    assert parts <= set(ORDER), "say where the new module stands, in ORDER and in docs/architecture.md"


def test_no_import_runs_back() -> None:
    rank = {part: place for place, part in enumerate(ORDER)}
    wrong = []
    for path in files_with(".py", under=PACKAGE):
        part = part_of(path)
        if part == "__init__":
            continue
        for line, target in imported_parts(path):
            if target in rank and rank[target] > rank[part]:
                wrong.append(f"{name_of(path)}:{line}: {part} imports {target}, which stands after it")
            elif target.startswith("root") and target != "root.__version__":
                wrong.append(f"{name_of(path)}:{line}: import from the module that defines the name, not the package")
    assert wrong == []


def test_only_the_doors_touch_the_core() -> None:
    wrong = [
        f"{name_of(path)}:{line}"
        for path in files_with(".py", under=PACKAGE)
        for line, target in imported_parts(path)
        if target == "_core" and part_of(path) not in MAY_TOUCH_THE_CORE
    ]
    assert wrong == []
