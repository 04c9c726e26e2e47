"""Exact minimum-cost flow: networks in integer columns, cleared to certified flows and price intervals.

A network has *n* nodes and *a* arcs. Supplies are positive, demands negative, and they balance. Clearing minimises the
sum of cost times flow, subject to conservation and ``0 <= flow <= capacity``. All numbers are ``int64``, and the
result is exact: there is no tolerance anywhere.

Prices follow the convention ``price[tail] - price[head] <= cost`` where an arc has room left and ``>= cost`` where it
carries flow. They are relative to the anchor, so with a sink as anchor a node's price is what it costs to bring one
more unit from there to the sink.

References
----------
Ahuja, Magnanti & Orlin (1993), *Network Flows*, chapters 9 and 11. Demange, Gale & Sotomayor (1986) and Leonard
(1983) on lowest and highest competitive prices.
"""

from __future__ import annotations

from wattmarket.clearing.dimacs import DimacsProblem, read_dimacs, write_dimacs, write_solution
from wattmarket.clearing.network import Certificate, Clearing, FlowNetwork, Shortage

__all__ = [
    "Certificate",
    "Clearing",
    "DimacsProblem",
    "FlowNetwork",
    "Shortage",
    "read_dimacs",
    "write_dimacs",
    "write_solution",
]
