"""Nothing that could give other bits elsewhere stands on the way to a result.

What the rules ban, and why: clocks, the environment and global random numbers differ between runs; sets differ between
processes; NumPy's transcendental functions and sums differ between processors, the C library's between systems, and
Python's own ``sum`` of floats between 3.11 and 3.12. ``wattmarket.numeric`` has what may be used instead.

A line that is safe all the same says so: ``# exact: integers``. Names that end in ``_kw`` hold integers and need not,
nor does a sum that is the argument of ``int``, which says the same.
"""

from __future__ import annotations

import ast
import re
from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.house.sources import PACKAGE, ROOT, files_with, name_of, part_of, syntax

# The parts of the package that no result passes through.
BESIDE_THE_RESULT = {"plot", "cli", "progress", "stopwatch", "report", "__main__"}
# The parts whose floats end in a table, an index or a price.
RESULT_PATH = {
    "world",
    "demand",
    "spot",
    "forward",
    "capacity",
    "queue",
    "contracts",
    "beliefs",
    "agents",
    "valuation",
    "model",
    "living",
    "findings",
}

ANYWHERE = {
    "random": "global random numbers",
    "np.random": "global random numbers",
    "secrets": "random numbers without a seed",
    "uuid": "random numbers without a seed",
    "time": "a clock",
    "datetime.now": "a clock",
    "datetime.utcnow": "a clock",
    "datetime.datetime.now": "a clock",
    "date.today": "a clock",
    "datetime.date.today": "a clock",
    "os.environ": "a hidden input",
    "os.getenv": "a hidden input",
}
TRANSCENDENTAL = {
    "exp", "exp2", "expm1", "log", "log2", "log10", "log1p", "power", "pow", "float_power", "logaddexp", "cbrt",
    "sin", "cos", "tan", "arcsin", "arccos", "arctan", "arctan2", "asin", "acos", "atan", "atan2", "sinh", "cosh",
    "tanh", "hypot", "deg2rad", "rad2deg",
}  # fmt: skip
ORDER_OF_SUM = {"sum", "mean", "average", "nansum", "nanmean", "dot", "vdot", "inner", "matmul", "einsum", "std", "var",
                "prod", "trapezoid", "bincount", "histogram", "convolve", "interp"}  # fmt: skip
SUM_METHODS = {"sum", "mean", "dot", "std", "var", "prod"}
RUST = {
    r"\bHash(Map|Set)\b": "an unordered container",
    r"\bstd::time\b|\bInstant::now\b|\bSystemTime\b": "a clock",
    r"\bpar_\w+\([^;]*\.(sum|reduce|fold)\(": "a parallel sum",
    r"\.(exp|exp2|exp_m1|ln|ln_1p|log2|log10|powf|powi|sin|cos|tan|asin|acos|atan|atan2|sinh|cosh|tanh|cbrt|hypot)\(":
        "the platform's function; libm has a portable one",
    r"\bmul_add\(": "a fused multiply, which not every machine has",
    r"\bstd::env\b": "a hidden input",
}  # fmt: skip


def dotted(node: ast.AST) -> str:
    """Return ``np.random.normal`` for such an expression, ``""`` for another."""
    if isinstance(node, ast.Name):
        return node.id
    if isinstance(node, ast.Attribute):
        head = dotted(node.value)
        return f"{head}.{node.attr}" if head else ""
    return ""


def is_set(node: ast.AST) -> bool:
    """Tell whether an expression is plainly a set."""
    return isinstance(node, ast.Set | ast.SetComp) or (
        isinstance(node, ast.Call) and dotted(node.func) in {"set", "frozenset"}
    )


def is_integer_power(node: ast.BinOp) -> bool:
    """Tell whether a power is of two literal integers, such as ``1024**2``."""
    sides = (node.left, node.right)
    return all(isinstance(side, ast.Constant) and isinstance(side.value, int) for side in sides)


def findings_anywhere(node: ast.AST) -> Iterator[str]:
    """Yield what is wrong with a node in any module on the way to a result."""
    if isinstance(node, ast.Import | ast.ImportFrom):
        names = [alias.name for alias in node.names] if isinstance(node, ast.Import) else [node.module or ""]
        yield from (f"{name}: {ANYWHERE[name]}" for name in names if name in ANYWHERE)
    if isinstance(node, ast.Attribute) and dotted(node) in ANYWHERE:
        yield f"{dotted(node)}: {ANYWHERE[dotted(node)]}"
    iterated = []
    if isinstance(node, ast.For | ast.comprehension):
        iterated = [node.iter]
    elif isinstance(node, ast.Call) and dotted(node.func) in {"list", "tuple", "enumerate", "iter", "next", "zip"}:
        iterated = node.args
    yield from ("iteration over a set" for target in iterated if is_set(target))


def findings_on_result_path(node: ast.AST) -> Iterator[str]:
    """Yield what is wrong with a node in the modules whose floats end in a result."""
    if isinstance(node, ast.BinOp) and isinstance(node.op, ast.MatMult):
        yield "@: a sum in the library's order"
    if isinstance(node, ast.BinOp) and isinstance(node.op, ast.Pow) and not is_integer_power(node):
        yield "**: the platform's power"
    if not isinstance(node, ast.Call):
        return
    name = dotted(node.func)
    head, _, last = name.rpartition(".")
    if head in {"np", "numpy", "math", "np.linalg"} and last in TRANSCENDENTAL:
        yield f"{name}: the platform's function"
    elif head in {"np", "numpy"} and last in ORDER_OF_SUM:
        yield f"{name}: a sum in the library's order"
    elif name in {"sum", "statistics.mean", "statistics.fmean", "pow"}:
        yield f"{name}: differs between Python versions"
    elif isinstance(node.func, ast.Attribute) and node.func.attr in SUM_METHODS:
        yield f".{node.func.attr}(): a sum in the library's order"
    elif isinstance(node.func, ast.Attribute) and node.func.attr == "group_by":
        yield ".group_by(): its float sums differ from run to run"


def sums_of_integers(tree: ast.Module) -> set[ast.AST]:
    """Return the calls that are plainly sums of integers: ``int(x.sum())``, ``x_kw[mine].sum()``."""
    exact = set()
    for node in ast.walk(tree):
        if isinstance(node, ast.Call) and dotted(node.func) == "int" and node.args:
            exact.add(node.args[0])
        if isinstance(node, ast.Call) and isinstance(node.func, ast.Attribute):
            receiver = node.func.value.value if isinstance(node.func.value, ast.Subscript) else node.func.value
            if dotted(receiver).endswith("_kw"):
                exact.add(node)
    return {
        node
        for node in exact
        if isinstance(node, ast.Call) and isinstance(node.func, ast.Attribute) and node.func.attr == "sum"
    }


def problems_in(path: Path, lines: list[str]) -> list[str]:
    """Return ``file:line: reason`` for each finding whose line does not excuse itself."""
    part = part_of(path)
    exact = sums_of_integers(syntax(path))
    found = []
    for node in ast.walk(syntax(path)):
        line = getattr(node, "lineno", getattr(getattr(node, "iter", None), "lineno", 0))
        end = getattr(node, "end_lineno", line) or line
        if any("# exact:" in text for text in lines[max(line - 1, 0) : end]):
            continue
        reasons = list(findings_anywhere(node))
        if part in RESULT_PATH and node not in exact:
            reasons += findings_on_result_path(node)
        found += [f"{name_of(path)}:{line}: {reason}" for reason in reasons]
    return found


@pytest.mark.parametrize("path", files_with(".py", under=PACKAGE), ids=name_of)
def test_python_on_the_way_to_a_result(path: Path) -> None:
    if part_of(path) in BESIDE_THE_RESULT:
        return
    assert problems_in(path, path.read_text(encoding="utf-8").splitlines()) == []


@pytest.mark.parametrize("path", files_with(".rs", under=ROOT / "rust" / "src"), ids=name_of)
def test_rust_core(path: Path) -> None:
    found = []
    for number, line in enumerate(path.read_text(encoding="utf-8").splitlines(), start=1):
        if line.strip().startswith("#[cfg(test)]"):
            break  # what tests do reaches no result
        code = line.split("//")[0]
        found += [
            f"{name_of(path)}:{number}: {reason}"
            for pattern, reason in RUST.items()
            if re.search(pattern, code)
            and "// exact:" not in line
            # The binding looks at a clock to ask now and then whether Ctrl-C was pressed.
            and not (reason == "a clock" and path.parent.name == "python")
        ]
    assert found == []


def test_the_rules_find_what_they_ban() -> None:
    banned = "for x in {1, 2}:\n    y = np.exp(x) + np.sum(z) + sum(a) + b.sum() + c ** 2 + np.random.normal()\n"
    nodes = list(ast.walk(ast.parse(banned)))
    reasons = [reason for node in nodes for reason in (*findings_anywhere(node), *findings_on_result_path(node))]
    assert len(reasons) == 7
