"""Clearing benchmark: one family of seeded markets, solved by wattmarket and by its peers in the same run.

``python -m benchmarks.clearing`` from the repository's root; see ``docs/benchmarks.md``.
"""
