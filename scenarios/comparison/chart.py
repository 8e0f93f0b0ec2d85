"""The parallel chart: a line a plan across the criteria."""

from __future__ import annotations

import textwrap
from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from optimizer.arrays import Floats
from optimizer.measures import Place
from scenarios.comparison.lines import Line
from scenarios.drawing.axis import Axis
from scenarios.drawing.marks import Drawing, Mark, Point, group, label, line
from scenarios.paper.measures import figure, name_of, shortened, sign, tabled

WIDTH, HEIGHT, TOP, BOTTOM, LEFT, RIGHT = 1120, 440, 96, 382, 80, 940
LINE, LETTER = 16, 7.0  # from one line of text to the next, and about how wide a letter is
MOST, LONG = 20, 22  # names that stand beside their lines, and letters of each


def chart(plans: Sequence[Line], unit: str) -> Drawing | None:
    """Axes and lines, the better end of every axis at the top. plans: those shown, the status quo first. None where
    fewer than two measures differ between them."""
    columns = {name: [plan.measures.get(name) for plan in plans] for name in tabled(Place.CARD)}
    known = {name: [one for one in values if one is not None] for name, values in columns.items()}
    shown = {name: values for name, values in known.items() if len(values) == len(plans) and len({*values}) > 1}
    names = list(shown)
    if len(names) < 2:
        return None
    step = (RIGHT - LEFT) / (len(names) - 1)
    axes = [_axis(name, values, unit) for name, values in shown.items()]
    across = [LEFT + step * k for k in range(len(names))]
    marks = [mark for x, axis in zip(across, axes, strict=True) for mark in _drawn(x, axis, int(step / LETTER))]
    ends = np.array([axes[-1].along(value) for value in shown[names[-1]]])
    beside = _beside(ends) if len(plans) <= MOST else [None] * len(plans)
    for plan, height, *values in zip(plans, beside, *shown.values(), strict=True):
        way = [(x, axis.along(value)) for x, axis, value in zip(across, axes, values, strict=True)]
        said = ", ".join(f"{name_of(n)} {figure(n, value, unit)}" for n, value in zip(names, values, strict=True))
        marks.append(_line(plan, way, said, height))
    return Drawing(WIDTH, HEIGHT, "Side by side", tuple(marks), role="group")


@dataclass(frozen=True)
class ParallelAxis:
    """A measure along an upright axis, from its best value to its worst."""

    measure: str
    along: Axis
    best: object
    worst: object


def _axis(name: str, values: Sequence[float], unit: str) -> ParallelAxis:
    best, worst = (min(values), max(values)) if sign(name) > 0 else (max(values), min(values))
    return ParallelAxis(name, Axis(best, worst, TOP, BOTTOM), figure(name, best, unit), figure(name, worst, unit))


def _drawn(x: float, axis: ParallelAxis, letters: int) -> list[Mark]:
    """The axis between the figures of its ends, below its title in lines of so many letters."""
    title = textwrap.wrap(name_of(axis.measure), letters)
    above = [label("middle", x, TOP - 14 - LINE * (len(title) - n), text) for n, text in enumerate(title)]
    ends = [label("tick middle", x, TOP - 12, axis.best), label("tick middle", x, BOTTOM + 20, axis.worst)]
    return [line("axis", [(x, TOP), (x, BOTTOM)]), *above, *ends]


def _line(plan: Line, way: Sequence[Point], said: str, beside: float | None) -> Mark:
    """A plan's line; its name at the end, where there is room for names, and below all when it is pointed at."""
    marks = [line("way", way), line("hit", way)]
    if beside is not None:
        marks.append(line("lead", [way[-1], (RIGHT + 26, beside)]))
        marks.append(label("aside", RIGHT + 30, beside + 4, shortened(plan.plan, LONG)))
    marks.append(label("name middle", WIDTH / 2, HEIGHT - 14, plan.plan))
    kind = "plan now" if plan.today else "plan"
    return group(marks, kind=kind, tabindex=0, role="img", label=f"{plan.plan}: {said}")


def _beside(ends: Floats) -> Floats:
    """Heights for the names of lines that end at these heights: in the same order, none over another."""
    order = np.argsort(ends, kind="stable")
    step = LINE * np.arange(len(ends))
    # Names that touch move apart together: the best order-keeping fit, pooled from the top.
    pools: list[tuple[float, int]] = []
    for wanted in ends[order] - step:
        mean, count = float(wanted), 1
        while pools and pools[-1][0] >= mean:
            other, more = pools.pop()
            mean, count = (mean * count + other * more) / (count + more), count + more
        pools.append((mean, count))
    heights = np.repeat([mean for mean, _ in pools], [count for _, count in pools])
    heights = np.clip(heights, TOP, max(TOP, HEIGHT - LINE - step[-1])) + step
    out = np.empty(len(ends))
    out[order] = heights
    return out
