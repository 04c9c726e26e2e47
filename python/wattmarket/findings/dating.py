"""How well stamped dates meet true ones."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from wattmarket.findings.explosive import Episode

__all__ = ["Dating", "Met", "compare_episodes", "sharing"]


@dataclass(frozen=True, slots=True)
class Met:
    """What a test makes of a true episode.

    Parameters
    ----------
    found
        Whether a stamped episode shares a month with it.
    start_delay_months
        First month of the first such episode less the true first month; negative is early. None: not found.
    end_delay_months
        End of the last such episode less the true end; None: not found, or either still goes on in the last month.
    """

    found: bool
    start_delay_months: int | None
    end_delay_months: int | None


@dataclass(frozen=True, slots=True)
class Dating:
    """Stamped episodes beside true ones.

    Parameters
    ----------
    met
        One of each true episode.
    false
        Stamped episodes that share no month with a true one.
    """

    met: tuple[Met, ...]
    false: tuple[Episode, ...]


def compare_episodes(true: Sequence[Episode], stamped: Sequence[Episode], months: int) -> Dating:
    """Compare stamped episodes with true ones.

    Parameters
    ----------
    true, stamped
        Episodes of one series, in order of time.
    months
        Length T of the series, the end of what still goes on.

    Examples
    --------
    >>> true = [Episode(10, 15, 20), Episode(40, 41, None)]
    >>> dating = compare_episodes(true, [Episode(2, 3, 5), Episode(13, 15, 22)], 50)
    >>> dating.met[0]
    Met(found=True, start_delay_months=3, end_delay_months=2)
    >>> dating.met[1].found, dating.false
    (False, (Episode(start=2, peak=3, end=5),))
    """
    met = []
    for episode in true:
        mine = sharing(episode, stamped, months)
        if not mine:
            met.append(Met(False, None, None))
            continue
        end = mine[-1].end
        late = None if end is None or episode.end is None else end - episode.end
        met.append(Met(True, mine[0].start - episode.start, late))
    false = tuple(stamp for stamp in stamped if not sharing(stamp, true, months))
    return Dating(tuple(met), false)


def sharing(one: Episode, others: Sequence[Episode], months: int) -> list[Episode]:
    """Choose the episodes that share a month with another; what still goes on ends with the series of `months`."""

    def end(episode: Episode) -> int:
        return months if episode.end is None else episode.end

    return [other for other in others if one.start < end(other) and other.start < end(one)]
