"""frontier.svg: the curve and its bound, and segregation by race of the same plans below it."""

from __future__ import annotations

from collections.abc import Sequence
from functools import partial

from scenarios.drawing.axis import Axis
from scenarios.drawing.chart import Chart
from scenarios.drawing.marks import Drawing, Mark, Point, label
from scenarios.frontier.document import Found, PointRow, missing_in_words
from scenarios.paper.measures import RACE, TRAVEL, plain, ticked

WIDTH, LEFT, RIGHT = 760, 74, 736
MAIN, LOWER = (340, 86), (510, 394)  # bottom and top of the two charts
LINE = 18  # units of a line below the charts
MOVED = "moved_share"


def draw(found: Found) -> str:
    """The plot as SVG text, without any reference to another file. found: what frontier.json holds. Names are text,
    never markup."""
    unit, along = found.asked.travel_unit, MOVED if found.against == "moved" else TRAVEL
    points = sorted(found.points, key=lambda row: row.measures[along] or 0.0)
    xs = [row.measures[along] or 0.0 for row in points]
    across = Axis.around([0.0, *xs] if along == MOVED else xs, LEFT, RIGHT, below=0.02, above=0.06, floor=-1)
    across = across.named(partial(ticked, along, unit=unit), 7)
    marks = _main(found, points, xs, across)
    bottom = MAIN[0]
    race = [value for row in points if (value := row.measures.get(RACE)) is not None]
    before = found.measures_status_quo.get(RACE)
    if before is not None and len(race) == len(points):
        marks, bottom = marks + _race(race, before, xs, across), LOWER[0]
    axis = "students who change school" if along == MOVED else "mean travel"
    missing = missing_in_words(found.missing, lambda cap: plain(found.against, cap, unit))
    title = f"What change buys: {found.asked.district}"
    head = f"Solid: the best plan found ({found.objective}). Shaded down to what no valid plan is proved to be below."
    marks = [
        label("head", 16, 30, title),
        label("", 16, 50, f"{head} Dashed: today."),
        *marks,
        label("middle", (LEFT + RIGHT) / 2, bottom + 42, axis),
        *(label("small", 16, bottom + 42 + LINE * (k + 1), text) for k, text in enumerate(missing)),
    ]
    about = (
        f"The best plan found under each cap on {axis} ({found.objective}), a band down to the value that no valid "
        "plan under the cap is proved to be below, and today's zones as a dashed line."
    ) + (" Below: dissimilarity by race of the same plans." if bottom == LOWER[0] else "")
    return Drawing(WIDTH, bottom + 62 + LINE * len(missing), title, tuple(marks), about).file()


def _main(found: Found, points: Sequence[PointRow], xs: Sequence[float], across: Axis) -> list[Mark]:
    told, today = found.told, found.objective_value_status_quo
    values, bounds = [row.objective_value for row in points], [row.bound for row in points]
    up = Axis.around([*values, today, *(bound for bound in bounds if bound > 0)], *MAIN)
    chart = Chart(across, up.named(partial(ticked, told)))
    line, floor = _pairs(xs, values), _pairs(xs, [max(bound, up.low) for bound in bounds])
    under = [chart.band("band", line, floor), chart.line("floor", floor)]
    return _drawn(chart, "objective: the best plan found", line, today, told, under)


def _race(race: Sequence[float], today: float, xs: Sequence[float], across: Axis) -> list[Mark]:
    chart = Chart(across, Axis.around([*race, today], *LOWER).named(partial(ticked, RACE)))
    return _drawn(chart, "dissimilarity by race, 0 even to 1 apart", _pairs(xs, race), today, RACE, [])


def _drawn(
    chart: Chart, title: str, line: Sequence[Point], today: float, told: str, under: Sequence[Mark]
) -> list[Mark]:
    """One chart; the first and the last point with their figures."""
    first, last = (plain(told, value, "") for _, value in (line[0], line[-1]))
    return [
        label("title", LEFT, chart.y.end - 9, title),
        *under,
        *chart.grid(),
        chart.level("today", today),
        chart.line("line", line),
        *chart.dots("is", line, 4),
        chart.label("small halo", line[0], first, right=8, up=-16),
        chart.label("small halo end", line[-1], last, up=10),
    ]


def _pairs(xs: Sequence[float], values: Sequence[float]) -> list[Point]:
    return list(zip(xs, values, strict=True))
