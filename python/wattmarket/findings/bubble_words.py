"""The bubble of a run in words, no number without what is not known about it."""

from __future__ import annotations

from wattmarket.findings.bubble import Bubble, BubbleEpisode, ExplosiveTest, PartBubble, Span
from wattmarket.findings.explosive import LEVELS
from wattmarket.findings.uncertain import ranged

__all__ = ["bubble_in_words"]

_TESTED = {"index": "the log of its index", "ratio": "its ratio"}


def bubble_in_words(bubble: Bubble) -> list[str]:
    """Write the bubble of a run as lines."""
    rule = bubble.rule
    lines = [
        f"Market over fundamental value, {bubble.first} to {bubble.last} (the {bubble.left_out} months after are left "
        f"out: more than {1.0 - rule.least_realised:.0%} of fundamental value rests there on what is assumed of the "
        f"time beyond the run). A bubble: {rule.months} months in a row more than {rule.margin:.0%} above."
    ]
    for part in bubble.parts:
        lines += _part(part, bubble)
    lines.append(
        "In brackets: of ratios, lowest and highest price, and rents after the run that fall to the cost of new shells "
        "or stay what the last year's market value makes of them; of delays, the test's levels, "
        f"{', '.join(f'{level:.0%}' for level in LEVELS)}. One seed."
    )
    return lines


def _part(part: PartBubble, bubble: Bubble) -> list[str]:
    name = part.part.capitalize()
    if not part.episodes:
        peak = ranged(part.peak, *part.peak_range)
        lines = [f"{name}: no bubble. The ratio is at most {part.ratio.text('.2f')}, in {peak}."]
    else:
        lines = [f"{name}: {_episode(episode)}." for episode in part.episodes]
    return lines + [_test(test, part, bubble) for test in part.tests]


def _episode(episode: BubbleEpisode) -> str:
    own = Span(episode.start, episode.peak, episode.end)
    only = "" if episode.low is not None else "only if rents after the run fall to the cost of new shells, "
    ends = "".join(
        f"; at the {name} end of the ratio {_months(span)}, peak {span.peak}"
        for name, span in (("low", episode.low), ("high", episode.high))
        if span not in (None, own)
    )
    return (
        f"{only}a bubble {_months(own)}; at its peak in {episode.peak} the ratio is {episode.ratio.text('.2f')}, and "
        f"{episode.bubble_share.text('.0%')} of market value is bubble{ends}"
    )


def _months(span: Span) -> str:
    return f"from {span.start} " + ("on, to the last month that counts" if span.end is None else f"until {span.end}")


def _test(test: ExplosiveTest, part: PartBubble, bubble: Bubble) -> str:
    level = bubble.rule.level
    values = ", ".join(f"{value:.2f} at {each:.0%}" for each, value in zip(LEVELS, test.critical, strict=True))
    verdict = "explosive" if test.gsadf > test.critical[LEVELS.index(level)] else "not explosive"
    text = (
        f"  Test of {_TESTED[test.series]}: {verdict} at {level:.0%} (GSADF {test.gsadf:.2f}; critical values {values})"
    )
    stamps = ", ".join(f"{start} to {end or 'the last month'}" for start, end in test.stamps)
    text += f"; dates at {level:.0%}: {stamps or 'none'}."
    for episode, dates in zip(part.episodes, test.dates, strict=True):
        delays = [
            f"{delay.text('+.0f')} months at its {name}"
            for name, delay in (("start", dates.start_delay), ("end", dates.end_delay))
            if delay is not None
        ]
        found = f"found, {', '.join(delays)}" if dates.found else "not found"
        text += f" The bubble of {episode.start} is {found}."
    return f"{text} False episodes: {test.false.text('.0f')}."
