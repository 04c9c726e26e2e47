"""Response surface of a sweep over two parameters."""

from __future__ import annotations

from matplotlib.figure import Figure

from wattmarket.plot.palette import Theme
from wattmarket.plot.phase import phase_figure
from wattmarket.sweep.analysis import SHARES, Surface, in_words

__all__ = ["surface_figure"]


def surface_figure(
    found: Surface,
    *,
    x: str | None = None,
    y: str | None = None,
    source: str = "",
    title: str = "",
    theme: str | Theme = "light",
) -> Figure:
    """Draw a fitted surface over two parameters, the others in the middle of their ranges.

    Parameters
    ----------
    found
        As `wattmarket.sweep.analysis.response_surface` gives it.
    x, y
        The parameters; the two whose terms move the output most unless given.
    source, title, theme
        As for `sobol_figure`.

    Returns
    -------
    Figure
        Cells with their fitted values; what the fit explains of points that it hasn't seen stands in the title.

    Raises
    ------
    InputError
        If there is no such parameter.
    """
    first, second = found.strongest()
    across, up = x or found.names[first], y or found.names[second]
    output = found.counted.output
    return phase_figure(
        found.cells(across, up),
        x=across,
        y=up,
        value=f"{in_words(output)} as a quadratic surface has it, other parameters in the middle",
        title=title
        or f"A quadratic surface explains {found.r2_cross * 100:.0f} % of the variance of {in_words(output)} at points "
        f"that it has not seen".replace("-", "−"),
        source=source,
        percent=output in SHARES,
        theme=theme,
    )
