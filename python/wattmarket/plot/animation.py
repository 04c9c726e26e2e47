"""The map of what binds, month by month, as a GIF or an MP4."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from subprocess import CalledProcessError
from typing import Final

from matplotlib.animation import AbstractMovieWriter, FFMpegWriter, PillowWriter
from matplotlib.artist import Artist
from matplotlib.colors import to_rgb
from matplotlib.figure import Figure
from PIL import Image

from wattmarket.errors import InputError
from wattmarket.plot.constraints import EXPLAINED, constraint_data
from wattmarket.plot.lettering import month_name
from wattmarket.plot.page import Page, page
from wattmarket.plot.palette import Theme
from wattmarket.plot.subject import PlottedRun, month_of, source_line, tick_value
from wattmarket.plot.theme import style, theme_of
from wattmarket.plot.world_map import WorldMap

__all__ = ["ANIMATIONS", "animate_constraints", "frame_ticks"]

ANIMATIONS: Final = ("gif", "mp4")
"""Formats of moving pictures."""

RGB = tuple[float, float, float]

_DPI: Final = 100
_HEIGHT_IN: Final = 5.6
_LAST_SECONDS: Final = 2
_LEVELS_APART: Final = 8
_BITEXACT: Final = ["-fflags", "+bitexact", "-flags:v", "+bitexact", "-threads", "1", "-pix_fmt", "yuv420p"]


def frame_ticks(ticks: int, every_months: int) -> list[int]:
    """Choose the months that are shown: one in so many, and the last.

    Examples
    --------
    >>> frame_ticks(8, 3)
    [0, 3, 6, 7]
    """
    return sorted({*range(0, ticks, every_months), ticks - 1})


def animate_constraints(
    run: PlottedRun,
    path: str | Path,
    *,
    every_months: int = 3,
    frames_per_second: int = 5,
    theme: str | Theme = "light",
) -> Path:
    """Write the map of what binds as a film; see :func:`wattmarket.plot.site_constraints` for the rule.

    Parameters
    ----------
    run
        A run of the living market.
    path
        File to write: ``.gif``, or ``.mp4`` where ffmpeg is installed.
    every_months
        Show one month in so many, and the last, which stays for two seconds.
    frames_per_second
        Frames a second.
    theme
        ``light`` or ``dark``.

    Returns
    -------
    Path
        The same path. The same run gives the same bytes with the same matplotlib and Pillow (and ffmpeg).

    Raises
    ------
    InputError
        If the format is another, ffmpeg is missing, a number isn't positive, or the file can't be written.
    """
    target = Path(path)
    for name, number in (("every_months", every_months), ("frames_per_second", frames_per_second)):
        if number < 1:
            raise InputError(f"{name}: {number} is not positive")
    writer = _writer(target, frames_per_second, theme_of(theme))
    with style(theme) as look:
        sheet = page(
            "What holds compute back, month by month",
            EXPLAINED,
            source_line(run),
            height_in=_HEIGHT_IN,
            left_in=0.16,
            right_in=0.16,
            look=look,
        )
        try:
            with writer.saving(sheet.figure, str(target), _DPI):
                for _ in _frames(sheet, run, every_months, look):
                    writer.grab_frame()
                # Pillow keeps equal frames as one that lasts longer.
                for _ in range(_LAST_SECONDS * frames_per_second):
                    writer.grab_frame()
        except (OSError, CalledProcessError) as error:
            by = "" if target.suffix == ".gif" else " by ffmpeg, which needs an H.264 encoder"
            reason, *_ = str(error).split("\n")
            raise InputError(f"{target}: can't be written{by}: {reason}") from error
    return target


class GifWriter(PillowWriter):
    """Writes a GIF in the colours of a theme and blends of them.

    Left alone, Pillow chooses 256 colours for every frame, and a few small dots lose theirs to the many of the map.

    Parameters
    ----------
    frames_per_second
        Frames a second.
    look
        The theme.
    """

    def __init__(self, frames_per_second: int, look: Theme) -> None:
        super().__init__(fps=frames_per_second)
        self._palette = Image.new("P", (1, 1))
        self._palette.putpalette([part for colour in film_colours(look) for part in colour])

    def finish(self) -> None:
        """Write the file."""
        self._frames: list[Image.Image] = [
            frame.convert("RGB").quantize(palette=self._palette, dither=Image.Dither.NONE) for frame in self._frames
        ]
        super().finish()


def film_colours(look: Theme) -> list[tuple[int, int, int]]:
    """List the colours of a theme that maps use, and two blends of any two of them: edges of dots and letters.

    Examples
    --------
    >>> from wattmarket.plot.palette import LIGHT
    >>> colours = film_colours(LIGHT)
    >>> colours[0], len(colours) <= 256
    ((255, 255, 255), True)
    """
    names = (look.ground, look.land, look.ink, look.muted, look.faint, look.grid, look.drift, *look.goods.values())
    pure = [to_rgb(name) for name in dict.fromkeys(names)]
    # What shows through a dot, and what anti-aliasing makes of an edge.
    shares = (1.0, 0.88, 0.67)
    kept: list[tuple[int, int, int]] = []
    for colour in (_blend(one, other, share) for share in shares for one in pure for other in pure):
        # Pillow looks colours up in boxes of four levels: two in one box would stand in for each other.
        if all(max(abs(a - b) for a, b in zip(colour, other, strict=True)) >= _LEVELS_APART for other in kept):
            kept.append(colour)
    return kept[:256]


def _blend(one: RGB, other: RGB, share: float) -> tuple[int, int, int]:
    red, green, blue = (round(255 * (share * a + (1 - share) * b)) for a, b in zip(one, other, strict=True))
    return red, green, blue


def _writer(path: Path, frames_per_second: int, look: Theme) -> AbstractMovieWriter:
    kind = path.suffix.removeprefix(".")
    if kind == "gif":
        return GifWriter(frames_per_second, look)
    if kind != "mp4":
        raise InputError(f"{path}: films are written as {' or '.join(ANIMATIONS)}")
    if not FFMpegWriter.isAvailable():
        raise InputError(f"{path}: MP4 needs ffmpeg, which is not installed; write a .gif instead")
    return FFMpegWriter(fps=frames_per_second, codec="h264", metadata={}, extra_args=_BITEXACT)


def _frames(sheet: Page, run: PlottedRun, every_months: int, look: Theme) -> Iterator[Figure]:
    """Draw one month after the other on the same map."""
    (axes,) = sheet.grid()
    world = WorldMap(axes, look.goods, "none", look)
    world.land()
    last = run.ticks.height - 1
    bar = sheet.figure.add_axes((sheet.left, sheet.bottom - 0.03, sheet.right - sheet.left, 0.008))
    bar.set_xlim(0, max(last, 1))
    bar.set_axis_off()
    bar.axhspan(0, 1, color=look.grid, lw=0)
    drawn: list[Artist] = []
    for tick in frame_ticks(run.ticks.height, every_months):
        for artist in drawn:
            artist.remove()
        drawn = [*world.show(constraint_data(run, [tick])), bar.axvspan(0, tick, color=look.drift, lw=0)]
        share = tick_value(run.ticks, tick, "batch_share")
        axes.set_title(f"{month_name(month_of(run, tick))}, batch share {share:.0%}")
        yield sheet.figure
