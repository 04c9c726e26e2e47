"""Tables of a comparison, in markdown."""

from __future__ import annotations

from collections.abc import Sequence

from benchmarks.clearing.compare import Measurement

__all__ = ["comparison_tables", "machine_lines"]

OURS = ("spot", "flow")


def machine_lines(machine: dict[str, str], measurements: Sequence[Measurement]) -> list[str]:
    """The machine and the versions of all that was measured."""
    versions = sorted({one.version for one in measurements if one.version})
    return [*(f"- {name}: {value}" for name, value in machine.items()), f"- measured: {'; '.join(versions)}"]


def comparison_tables(measurements: Sequence[Measurement]) -> list[str]:
    """One table per size, and below it our ratios to every peer of the same run."""
    lines: list[str] = []
    for size in dict.fromkeys(one.size for one in measurements):
        group = [one for one in measurements if one.size == size]
        lines += [f"### {size}", "", *_times(group), "", *_ratios(group), *_problems(group)]
    return lines


def _times(group: Sequence[Measurement]) -> list[str]:
    rows = [
        "| program | build | cold | cold, processor | tick | tick, processor | peak memory |",
        "|---|---:|---:|---:|---:|---:|---:|",
    ]
    for one in group:
        if one.solves:
            cells = [
                seconds(one.median("cold", "build_s")),
                seconds(one.median("cold", "wall_s")),
                seconds(one.median("cold", "cpu_s")),
                seconds(one.tick("wall_s")) + ("" if one.warm_starts else " (cold)"),
                seconds(one.tick("cpu_s")),
                f"{one.peak_mb:.0f} MB",
            ]
            form = "matrix" if one.driver == "spot" else f"{one.form} form"
            rows.append(f"| {one.version}, {form} | {' | '.join(cells)} |")
    return rows


def _ratios(group: Sequence[Measurement]) -> list[str]:
    """Ours over each peer's, in processor time; below 1 we are faster."""
    peers = [one for one in group if one.driver not in OURS and one.solves]
    ours = [one for one in group if one.driver in OURS and one.solves]
    if not peers or not ours:
        return []
    rows = ["| processor time, ours / peer's | cold | tick |", "|---|---:|---:|"]
    for own in ours:
        for peer in peers:
            cold = _ratio(own.median("cold", "cpu_s"), peer.median("cold", "cpu_s"))
            rows.append(f"| {own.driver} / {peer.driver} | {cold} | {_ratio(own.tick('cpu_s'), peer.tick('cpu_s'))} |")
    return [*rows, ""]


def _problems(group: Sequence[Measurement]) -> list[str]:
    lines = [f"- {one.driver}: {one.problem}" for one in group if one.problem]
    return [*lines, ""] if lines else []


def _ratio(own: float | None, peer: float | None) -> str:
    return "–" if own is None or not peer else f"{own / peer:.3g}"


def seconds(value: float | None) -> str:
    """A time with a unit that reads well.

    >>> seconds(0.00123), seconds(12.3), seconds(None)
    ('1.23 ms', '12.3 s', '–')
    """
    if value is None:
        return "–"
    return f"{value:.3g} s" if value >= 1 else f"{1000 * value:.3g} ms"
