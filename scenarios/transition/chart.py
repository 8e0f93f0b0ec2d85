"""The charts of the page: how full each school is, and a measure, by year."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from functools import partial
from typing import Any

from scenarios.drawing.axis import Axis
from scenarios.drawing.chart import Chart
from scenarios.drawing.marks import Drawing, Mark, Point, label, path
from scenarios.paper import numbers
from scenarios.transition.records import Found

WIDTH, LEFT, RIGHT, TOP = 720, 56, 704, 16
TALL, LOW = 276, 176  # bottoms of the charts
NAMED = 8  # schools that have a colour of their own: more could not be told apart
LABELLED = 14  # years whose figures stand beside their dots, at most

Line = Sequence[float | None]


@dataclass(frozen=True)
class Fullness:
    """keys: of the schools drawn in colour, a stretch of the line and the name."""

    chart: Drawing
    keys: list[tuple[Drawing, str]]


def fullness(found: Found) -> Fullness | None:
    """Utilisation of every school whose seats are given, the ones that change most in colour. None without seats."""
    years = found.years
    lines: list[Line] = [[year.schools[j].utilisation for year in years] for j in range(len(years[0].schools))]
    # A school that opens has none today, one that is paired has none of its own from then on.
    given = [[value for value in line if value is not None] for line in lines]
    known = [j for j, values in enumerate(given) if len(values) >= len(years) - 1 and values]
    if not known:
        return None
    chart = _chart([1.0, *(v for j in known for v in given[j])], found, TALL, partial(numbers.percent, digits=0), 0.01)
    moving = [j for j in known if max(given[j]) - min(given[j]) > 5e-4]
    first = sorted(moving, key=lambda j: min(given[j]) - max(given[j]))[:NAMED]
    named = [chart.line(f"series c{k}", _points(lines[j])) for k, j in enumerate(first)]
    others = [chart.line("other", _points(lines[j])) for j in known if j not in first]
    about = "Utilisation of each school by year; the table below has the figures."
    keys = [Drawing(28, 10, "", (path(f"series c{k}", "M0 5H28"),)) for k in range(len(first))]
    names = [years[0].schools[j].name for j in first]
    drawn = _drawing(chart, [chart.level("today", 1.0), *others, *named], about)
    return Fullness(drawn, list(zip(keys, names, strict=True)))


def measured(found: Found, name: str, style: Callable[[float], Any], title: str) -> Drawing | None:
    """One measure by year, None where it is not known in every year."""
    line = [year.measures.get(name) for year in found.years]
    if any(value is None for value in line):
        return None
    chart = _chart(line, found, LOW, style)
    points = _points(line)
    told = points if len(points) <= LABELLED else []
    texts = [chart.label("middle halo", point, style(point[1])) for point in told]
    about = f"{title} by year; the table above has the figures."
    return _drawing(chart, [chart.line("line", points), *chart.dots("is", points, 4), *texts], about)


def _chart(values: Line, found: Found, bottom: int, style: Callable[[float], Any], finest: float = 0.0) -> Chart:
    years = [year.year for year in found.years]
    across = Axis(-0.4, len(years) - 0.6, LEFT, RIGHT, tuple(enumerate(years)))
    return Chart(across, Axis.around(values, bottom, TOP, below=0.12, above=0.2).named(style, finest=finest))


def _drawing(chart: Chart, marks: Sequence[Mark], about: str) -> Drawing:
    bottom = chart.y.start
    year = label("tick middle", (LEFT + RIGHT) / 2, bottom + 38, "year")
    return Drawing(WIDTH, bottom + 46, about, (*chart.grid(), *marks, year))


def _points(line: Line) -> list[Point]:
    return [(year, value) for year, value in enumerate(line) if value is not None]
