"""HiGHS over a file of networks, as linear programs; a program of its own because ortools can't share its process.

Usage: python referee_highs.py NETWORKS.npz ANSWERS.json
"""

from __future__ import annotations

import json
import sys
from pathlib import Path

import highspy
import numpy as np


def program(supply, tail, head, capacity, cost):
    """The network as a linear program: one row per node, one column per arc."""
    nodes, arcs = len(supply), len(tail)
    lp = highspy.HighsLp()
    lp.num_row_, lp.num_col_ = nodes, arcs
    lp.col_cost_ = cost.astype(float)
    lp.col_lower_ = np.zeros(arcs)
    lp.col_upper_ = np.where(capacity < 2**62, capacity, np.inf).astype(float)
    lp.row_lower_ = lp.row_upper_ = supply.astype(float)
    # A loop leaves and enters one node: no entry at all.
    loop = tail == head
    lp.a_matrix_.format_ = highspy.MatrixFormat.kColwise
    lp.a_matrix_.start_ = np.concatenate([[0], np.cumsum(np.where(loop, 0, 2))])
    lp.a_matrix_.index_ = np.stack([tail, head], 1)[~loop].ravel()
    lp.a_matrix_.value_ = np.tile([1.0, -1.0], int((~loop).sum()))
    return lp


def answer(supply, tail, head, capacity, cost):
    """Objective of the optimal vertex, whose flows are whole numbers; None if infeasible."""
    solver = highspy.Highs()
    solver.silent()
    solver.passModel(program(supply, tail, head, capacity, cost))
    solver.run()
    status = solver.getModelStatus()
    if status == highspy.HighsModelStatus.kInfeasible:
        return None
    if status == highspy.HighsModelStatus.kModelEmpty:
        return None if supply.any() else {"objective": 0}
    assert status == highspy.HighsModelStatus.kOptimal, status
    value = np.array(solver.getSolution().col_value)
    flow = np.rint(value).astype(np.int64)
    assert np.abs(value - flow).max(initial=0) < 1e-5
    balance = np.bincount(tail, flow, len(supply)) - np.bincount(head, flow, len(supply))
    assert (balance == supply).all()
    assert ((flow >= 0) & (flow <= capacity)).all()
    return {"objective": sum(int(c) * int(f) for c, f in zip(cost, flow, strict=True))}


if __name__ == "__main__":
    source, target = sys.argv[1:]
    with np.load(source) as batch:
        names = ("node_supply", "tail", "head", "capacity", "cost")
        answers = [answer(*(batch[f"{name}_{n}"] for name in names)) for n in range(int(batch["count"]))]
    Path(target).write_text(json.dumps(answers))
