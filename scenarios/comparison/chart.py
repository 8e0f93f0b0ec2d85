"""The parallel chart: a line a plan across the criteria."""

from __future__ import annotations

import textwrap
from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
import pandas as pd

from optimizer.arrays import Floats
from optimizer.measures import Place
from scenarios.comparison.compare import STATUS_QUO
from scenarios.drawing.axis import Axis
from scenarios.drawing.marks import Drawing, Mark, Point, group, label, line
from scenarios.paper.measures import figure, name_of, shortened, sign, tabled

WIDTH, HEIGHT, TOP, BOTTOM, LEFT, RIGHT = 1120, 440, 96, 382, 80, 940
LINE, LETTER = 16, 7.0  # from one line of text to the next, and about how wide a letter is
MOST, LONG = 20, 22  # names that stand beside their lines, and letters of each


def chart(rows: pd.DataFrame, unit: str) -> Drawing | None:
    """Axes and lines, the better end of every axis at the top. rows: the plans shown, the status quo first. None where
    fewer than two measures differ between them."""
    names = [
        name for name in tabled(Place.CARD) if name in rows and rows[name].notna().all() and rows[name].nunique() > 1
    ]
    if len(names) < 2 or len(rows) < 2:
        return None
    step = (RIGHT - LEFT) / (len(names) - 1)
    axes = [_axis(name, rows[name], unit) for name in names]
    across = [LEFT + step * k for k in range(len(names))]
    marks = [mark for x, axis in zip(across, axes, strict=True) for mark in _drawn(x, axis, int(step / LETTER))]
    ends = np.array([axes[-1].along(value) for value in rows[names[-1]]])
    beside = _beside(ends) if len(rows) <= MOST else [None] * len(rows)
    for row, height in zip(rows.to_dict("records"), beside, strict=True):
        way = [(x, axis.along(row[axis.measure])) for x, axis in zip(across, axes, strict=True)]
        said = ", ".join(f"{name_of(name)} {figure(name, row[name], unit)}" for name in names)
        marks.append(_line(row["plan"], way, said, height))
    return Drawing(WIDTH, HEIGHT, "Side by side", tuple(marks), role="group")


@dataclass(frozen=True)
class ParallelAxis:
    """A measure along an upright axis, from its best value to its worst."""

    measure: str
    along: Axis
    best: object
    worst: object


def _axis(name: str, values: pd.Series[float], unit: str) -> ParallelAxis:
    best, worst = (values.min(), values.max()) if sign(name) > 0 else (values.max(), values.min())
    return ParallelAxis(name, Axis(best, worst, TOP, BOTTOM), figure(name, best, unit), figure(name, worst, unit))


def _drawn(x: float, axis: ParallelAxis, letters: int) -> list[Mark]:
    """The axis between the figures of its ends, below its title in lines of so many letters."""
    title = textwrap.wrap(name_of(axis.measure), letters)
    above = [label("middle", x, TOP - 14 - LINE * (len(title) - n), text) for n, text in enumerate(title)]
    ends = [label("tick middle", x, TOP - 12, axis.best), label("tick middle", x, BOTTOM + 20, axis.worst)]
    return [line("axis", [(x, TOP), (x, BOTTOM)]), *above, *ends]


def _line(name: str, way: Sequence[Point], said: str, beside: float | None) -> Mark:
    """A plan's line; its name at the end, where there is room for names, and below all when it is pointed at."""
    marks = [line("way", way), line("hit", way)]
    if beside is not None:
        marks.append(line("lead", [way[-1], (RIGHT + 26, beside)]))
        marks.append(label("aside", RIGHT + 30, beside + 4, shortened(name, LONG)))
    marks.append(label("name middle", WIDTH / 2, HEIGHT - 14, name))
    kind = "plan now" if name == STATUS_QUO else "plan"
    return group(marks, kind=kind, tabindex=0, role="img", label=f"{name}: {said}")


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
