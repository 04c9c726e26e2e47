"""DIMACS files: problems in and out, solutions out."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, TextIO

import numpy as np

from wattmarket._core import read_dimacs as _read_dimacs
from wattmarket.clearing.network import Clearing, FlowNetwork
from wattmarket.errors import InputError

if TYPE_CHECKING:
    import numpy.typing as npt

    Integers = npt.NDArray[np.int64]

__all__ = ["DimacsProblem", "read_dimacs", "write_dimacs", "write_solution"]


@dataclass(frozen=True, eq=False)
class DimacsProblem:
    """A problem read from a DIMACS file.

    Attributes
    ----------
    network
        The problem with its lower bounds shifted in; prices are relative to the last node.
    lower
        int64[a], each arc's lower bound, to be added to its flow.
    """

    network: FlowNetwork
    lower: Integers

    def objective(self, clearing: Clearing) -> int:
        """Cost of a clearing of the network, with the cost of the lower bounds."""
        cost = self.network.columns()["cost"]
        moved = np.flatnonzero(self.lower)
        return clearing.objective + sum(int(self.lower[arc]) * int(cost[arc]) for arc in moved)


def read_dimacs(path: str | Path) -> DimacsProblem:
    """Read a DIMACS minimum-cost-flow problem.

    Parameters
    ----------
    path
        A text file with lines ``p min``, ``n``, ``a`` and ``c``.

    Raises
    ------
    InputError
        ``path: line N: reason``.
    """
    try:
        text = Path(path).read_text(encoding="ascii")
    except UnicodeDecodeError as error:
        raise InputError(f"{path}: byte {error.start}: is not ASCII") from None
    except OSError as error:
        raise InputError(f"{path}: {error.strerror}") from None
    try:
        core, lower = _read_dimacs(text)
    except InputError as error:
        raise InputError([f"{path}: {problem}" for problem in error.problems]) from None
    return DimacsProblem(FlowNetwork._of(core), np.frombuffer(lower, dtype=np.int64))


def write_dimacs(problem: FlowNetwork | DimacsProblem, file: str | Path | TextIO) -> None:
    """Write a problem as a DIMACS file, which reads back as the same problem.

    Parameters
    ----------
    problem
        A network, or a problem with lower bounds. Keys and the anchor have no place in the format.
    file
        A path or an open text file.
    """
    if isinstance(problem, FlowNetwork):
        problem = DimacsProblem(problem, np.zeros(problem.arcs, dtype=np.int64))
    _write(problem.network._core.write_dimacs(problem.lower), file)


def write_solution(problem: FlowNetwork | DimacsProblem, clearing: Clearing, file: str | Path | TextIO) -> None:
    """Write a clearing as a DIMACS solution: ``s OBJECTIVE`` and one ``f TAIL HEAD FLOW`` per arc.

    An infeasible network gives comment lines with the nodes that prove it, and no ``s`` line.

    Parameters
    ----------
    problem
        What was cleared.
    clearing
        Its clearing.
    file
        A path or an open text file.
    """
    if isinstance(problem, FlowNetwork):
        problem = DimacsProblem(problem, np.zeros(problem.arcs, dtype=np.int64))
    if clearing.shortage is None:
        _write(problem.network._core.write_solution(problem.lower, clearing.flow), file)
        return
    shortage = clearing.shortage
    nodes = "".join(f"c node {node + 1}\n" for node in shortage.nodes)
    reason = f"c infeasible: these nodes supply {shortage.supply}, and {shortage.capacity} can leave them\n"
    _write(reason + nodes, file)


def _write(text: str, file: str | Path | TextIO) -> None:
    if isinstance(file, str | Path):
        Path(file).write_text(text, encoding="ascii")
    else:
        file.write(text)
