"""sensitivity.svg: a panel a limit, drawn from sensitivity.json's values alone."""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass
from functools import partial
from itertools import groupby, pairwise

from scenarios.drawing.axis import Axis
from scenarios.drawing.chart import Chart
from scenarios.drawing.marks import Drawing, Mark, bar, dot, group, label, path
from scenarios.paper.measures import DISPARITY, RACE, shortened, ticked
from scenarios.paper.numbers import index, points
from scenarios.sensitivity.cases import LIMITS
from scenarios.sensitivity.table import Found, Shown

COLUMNS, WIDTH, HEAD = 3, 340, 78  # panels side by side, and units of a panel and of the heading
LEFT, RIGHT = 46, 322  # of a chart within its panel
MAIN, LOWER = (196, 38), (294, 220)  # bottom and top of the two charts of a panel
BELOW = 46  # units below a panel's last chart, for its axis
NEAR = 44  # units between points that leave room for their figures
NAME_SHOWN = 52  # letters of a district's name
TITLES = {
    "travel_increase": "Travel, longer than today by at most",
    "seats": "Seats, against those given",
    "max_moved": "Students who change school, at most",
    "contiguity": "Zones must hold together",
    "min_students": "Smallest size, against that given",
}


@dataclass(frozen=True)
class Figure:
    """One of the two figures that every panel shows. key: of a row. kind: its class beside that of lines and dots."""

    key: str
    y: Axis
    today: float
    points: bool
    kind: str = ""

    def value(self, row: Shown) -> float | None:
        return row.race if self.key == RACE else row.objective_value

    def text(self, value: float) -> str:
        if self.key == RACE:
            return str(index(value))
        return str(points(value, digits=2)) if self.points else f"{value:.4g}"


def draw(found: Found) -> str:
    """The plot as SVG text, without any reference to another file. found: what sensitivity.json holds. Names are text,
    never markup; characters that XML cannot hold are replaced."""
    shown = _shown(found)
    height = shown[-1].y.start + BELOW
    corners = [(WIDTH * (k % COLUMNS), HEAD + height * (k // COLUMNS)) for k in range(len(LIMITS) + 1)]
    panels = [_panel(found.rows, limit, shown) for limit in LIMITS]
    panels.append(_legend(shown, any(row.no_plan == "proved" for row in found.rows)))
    name, objective = shortened(found.asked.district, NAME_SHOWN), _objective(found)
    title, race = f"What each limit costs: {name}", len(shown) > 1
    lower = " Lower charts: dissimilarity by race, 0 even to 1 apart, of the same plans." if race else ""
    marks = (
        label("head", 16, 30, title),
        label("", 16, 52, "One limit at a time, from tight (left) to loose (right); all others as given."),
        label("", 16, 69, f"{'Upper charts' if race else 'Shown'}: {objective}.{lower}"),
        *(group(own, transform=f"translate({x} {y})") for own, (x, y) in zip(panels, corners, strict=True)),
    )
    about = (
        f"A panel for each limit, from tight on the left to loose on the right, the other limits as given. "
        f"{'Upper charts: the' if race else 'The'} best plan found ({objective}), a band down to the value that no "
        f"valid plan is proved to be below, and today's zones as a dashed line.{lower}"
    )
    return Drawing(WIDTH * COLUMNS, corners[-1][1] + height, title, marks, about).file()


def _objective(found: Found) -> str:
    """What the main charts show, in words."""
    name = found.objective
    if name == DISPARITY:
        return "disparity of exposure to poverty, in percentage points"
    return f"the objective {name if isinstance(name, str) else ' + '.join(f'{w:g} {part}' for part, w in name.items())}"


def _shown(found: Found) -> list[Figure]:
    """The objective, and race where it is known, with axes that hold the values of all panels."""
    told = DISPARITY if found.objective == DISPARITY else ""
    today, before = found.objective_value_status_quo, found.race_status_quo
    values = [value for row in found.rows for value in (row.objective_value, row.bound)]
    main = Axis.around([today, *values], *MAIN, above=0.16).named(partial(ticked, told))
    shown = [Figure("objective_value", main, today, told != "")]
    if before is not None:
        race = Axis.around([before, *(row.race for row in found.rows)], *LOWER, above=0.42)
        shown.append(Figure(RACE, race.named(partial(ticked, RACE), 4), before, told != "", " beside"))
    return shown


def _panel(rows: Sequence[Shown], limit: str, shown: Sequence[Figure]) -> list[Mark]:
    """One limit's charts, its rows from tight to loose."""
    own = sorted((row for row in rows if limit in row.at), key=lambda row: row.at[limit][0])
    across, xs = _across([row.at[limit][0] for row in own])
    pairs = list(zip(xs, own, strict=True))
    marks = [label("title", LEFT, 26, TITLES[limit])]
    for one in shown:
        marks += _chart(Chart(across, one.y), pairs, one)
    below = shown[-1].y.start + 16
    return marks + [label("small middle" + _strong(row), across(x), below, row.at[limit][1]) for x, row in pairs]


def _across(places: Sequence[float]) -> tuple[Axis, Sequence[float]]:
    """The axis of ascending places, and where they stand on it: evenly, where some lie too near for their figures."""
    for xs in (places, range(len(places))):
        axis = Axis.around(xs, LEFT, RIGHT, below=0.12, above=0.12, floor=-math.inf)
        if all(axis(b) - axis(a) >= NEAR for a, b in pairwise(xs)):
            break
    return axis, xs


def _chart(chart: Chart, pairs: Sequence[tuple[float, Shown]], one: Figure) -> list[Mark]:
    bounded = one.key != RACE
    runs = [list(run) for known, run in groupby(pairs, key=lambda pair: one.value(pair[1]) is not None) if known]
    lines = [[(x, one.value(row) or 0.0) for x, row in run] for run in runs]
    floors = [[(x, row.bound or 0.0) for x, row in run] for run in runs] if bounded else []
    marks = [chart.band("band", upper, lower) for upper, lower in zip(lines, floors, strict=bounded)]
    marks += [chart.line("floor", floor) for floor in floors]
    marks += [*chart.grid(), chart.level("today", one.today)]
    marks += [chart.line(f"line{one.kind}", points) for points in lines]
    for x, row in pairs:
        value, base = one.value(row), row.limit == "base"
        if value is not None:
            marks += [chart.line("floor", [(x, value), (x, row.bound or 0.0)])] if bounded else []
            marks += chart.dots(("given" if base else "is") + one.kind, [(x, value)], 4.6 if base else 3.2)
            marks.append(chart.label(f"small middle halo{_strong(row)}", (x, value), one.text(value)))
        elif bounded:
            marks += [_cross(chart.x(x), MAIN[0] - 20), label("small middle halo", chart.x(x), MAIN[0] - 5, "no plan")]
    return marks


def _strong(row: Shown) -> str:
    return " strong" if row.limit == "base" else ""


def _cross(x: float, y: float) -> Mark:
    return path("cross", f"M{x - 4:g} {y - 4:g}l8 8m0 -8l-8 8")


def _legend(shown: Sequence[Figure], proved: bool) -> list[Mark]:
    today = " and ".join(one.text(one.today) for one in shown)
    lines: list[tuple[list[Mark], str]] = [
        ([path("line", "M0 0H40"), dot("is", 20, 0, 3.2)], "best plan found"),
        ([path("line", "M0 0H40"), dot("given", 20, 0, 4.6)], "the limit as given, in bold"),
        ([bar("band", 0, -12, 40, 20), path("floor", "M0 8H40")], "the best valid plan lies in this band:"),
        ([], "it is proved that none lies below it"),
        ([path("today", "M0 0H40")], f"today's zones: {today}"),
        ([_cross(20, 0)], "no plan: proved, or none found in the time" if proved else "none found in the time"),
    ]  # fmt: skip
    if len(shown) > 1:
        lines.append(([path("line beside", "M0 0H40")], "dissimilarity by race"))
    return [
        group([*marks, label("", 52, 4, text)], transform=f"translate({LEFT} {48 + 25 * k})")
        for k, (marks, text) in enumerate(lines)
    ]
