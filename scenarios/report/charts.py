"""The page's small drawings."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Any

from optimizer.measures import Measures, SchoolRow
from optimizer.measures.exposure import BAND
from scenarios.drawing.axis import Axis
from scenarios.drawing.chart import Chart
from scenarios.drawing.marks import Drawing, Mark, bar, dot, label, line, path

WIDTH, ROW = 720, 62  # of the band
KEYS = {
    "was": Drawing(14, 14, "", (dot("was", 7, 7, 4.5),)),
    "is": Drawing(14, 14, "", (dot("is", 7, 7, 5),)),
    "mark": Drawing(14, 14, "", (path("mark", "M7 0V14"),)),
}


def dumbbells(
    values: Sequence[float | None], mark: float | None = None
) -> Callable[[float | None, float | None], Drawing | str]:
    """How a value goes from one dot to another, on one axis that holds all these values. mark: one to point out."""
    known = [value for value in (*values, mark) if value is not None]
    axis = Axis.around(known or [0.0], 8, 132, below=0.04, above=0.04, least=0.125)

    def drawn(before: float | None, after: float | None) -> Drawing | str:
        if before is None or after is None:
            return ""
        was, now = axis(before), axis(after)
        marks = [path("axis", "M0 11H140"), *([path("mark", f"M{axis(mark)} 2V20")] if mark is not None else [])]
        return Drawing(
            140, 22, "", (*marks, line("line", [(was, 11), (now, 11)]), dot("was", was, 11, 4.5), dot("is", now, 11, 5))
        )

    return drawn


def band_strip(
    rate: float,
    schools: Sequence[Sequence[SchoolRow]],
    titles: Sequence[str],
    title: object,
    percent: Callable[[float], Any],
) -> Drawing:
    """Every school as a dot at its poverty rate, a row for today and one a plan, over the band about the district's.

    schools: by row, school rows. Dots have areas in proportion to students.
    """
    rates = [row.poverty_rate for rows in schools for row in rows if row.poverty_rate is not None]
    low, high = min([rate - BAND, *rates]), max([rate + BAND, *rates])
    axis = Axis(max(low - 0.02, 0.0), min(high + 0.02, 1.0), 24, WIDTH - 24).named(percent, finest=0.01)
    most = max((row.counted or 0 for rows in schools for row in rows), default=0) or 1
    height = ROW * len(schools) + 36
    left, right = max(axis(rate - BAND), 0), min(axis(rate + BAND), WIDTH)
    marks = [bar("band", left, 6, right - left, height - 30), path("mark", f"M{axis(rate)} 6V{height - 24}")]
    marks += [label("tick middle", axis(value), height - 6, text) for value, text in axis.ticks]
    for k, rows in enumerate(schools):
        y = ROW * k + 48
        marks += [label("title", 0, y - 22, titles[k]), path("axis", f"M0 {y}H{WIDTH}"), *_dots(rows, axis, y, most)]
    return Drawing(WIDTH, height, title, tuple(marks))


def _dots(rows: Sequence[SchoolRow], axis: Axis, y: float, most: float) -> list[Mark]:
    return [
        dot(f"school {row.band or 'within'}", axis(row.poverty_rate), y, 3 + 6 * ((row.counted or 0) / most) ** 0.5)
        for row in rows
        if row.poverty_rate is not None
    ]


@dataclass(frozen=True)
class Point:
    """A plan on a curve."""

    name: str
    measures: Measures
    today: bool = False

    @property
    def moved_share(self) -> float:
        return self.measures["moved_share"] or 0.0


def curve_chart(
    points: Sequence[Point], measure: str, title: object, style: Callable[[float], Any], percent: Callable[[float], Any]
) -> Drawing:
    """A measure over the share of students moved. points: today first."""
    known = [(row.moved_share, value, row.today) for row in points if (value := row.measures.get(measure)) is not None]
    known.sort(key=lambda row: row[0])
    moved = [0.0, *(row.moved_share for row in points)]
    across = Axis.around(moved, 52, 344, below=0.03, above=0.04, floor=-1, least=0.01).named(percent, 5, 0.01)
    up = Axis.around([value for _, value, _ in known], 176, 14).named(style, 4)
    chart = Chart(across, up)
    line = [(share, value) for share, value, _ in known]
    dots = [chart.dots("was" if today else "is", [at], 4.5)[0] for (*_, today), at in zip(known, line, strict=True)]
    return Drawing(360, 210, title, (*chart.grid(), chart.line("line", line), *dots))
