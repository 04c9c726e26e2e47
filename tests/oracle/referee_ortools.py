"""OR-Tools' min-cost flow over a file of networks; a program of its own because highspy can't share its process.

Usage: python referee_ortools.py NETWORKS.npz ANSWERS.json
"""

from __future__ import annotations

import json
import sys
from pathlib import Path

import numpy as np
from ortools.graph.python import min_cost_flow


def answer(supply, tail, head, capacity, cost):
    """Objective and flow, or None if infeasible."""
    solver = min_cost_flow.SimpleMinCostFlow()
    most = int(np.maximum(supply, 0).sum() + capacity[cost < 0].sum()) + 1
    capacity = np.minimum(capacity, most)
    arcs = solver.add_arcs_with_capacity_and_unit_cost(tail, head, capacity, cost)
    solver.set_nodes_supplies(np.arange(len(supply)), supply)
    status = solver.solve()
    if status == solver.INFEASIBLE:
        return None
    assert status == solver.OPTIMAL, status
    flow = solver.flows(arcs)
    return {"objective": sum(int(c) * int(f) for c, f in zip(cost, flow, strict=True)), "flow": flow.tolist()}


if __name__ == "__main__":
    source, target = sys.argv[1:]
    with np.load(source) as batch:
        names = ("node_supply", "tail", "head", "capacity", "cost")
        answers = [answer(*(batch[f"{name}_{n}"] for name in names)) for n in range(int(batch["count"]))]
    Path(target).write_text(json.dumps(answers))
