"""frontier.svg: the curve and its bound, and segregation by race of the same plans below it."""

from __future__ import annotations

import math
import re
from collections.abc import Callable, Mapping, Sequence
from typing import Any

from scenarios.frontier.words import missing_in_words
from scenarios.paper.measures import DISPARITY, RACE, plain
from scenarios.paper.templating import templates_of

WIDTH, LEFT, RIGHT = 760, 74, 736
MAIN, LOWER = (86, 340), (394, 510)  # top and bottom of the two charts
LINE = 18  # units of a line below the charts
STEPS = (1, 2, 2.5, 5, 10)
NOT_XML = re.compile("[^\t\n\r\x20-\ud7ff\ue000-\ufffd\U00010000-\U0010ffff]")


def draw(found: Mapping[str, Any]) -> str:
    """The plot as SVG text, without any reference to another file. found: what frontier.json holds. Names are text,
    never markup."""
    points, unit = found["points"], found["travel_unit"]
    along = "moved_share" if found["against"] == "moved" else "travel_mean"
    xs = [row["measures"][along] or 0.0 for row in points]
    told = DISPARITY if found["objective"] == DISPARITY else ""
    across = _scale(0.0 if along == "moved_share" else min(xs), max(xs), LEFT, RIGHT)
    values, bounds = [row["objective_value"] for row in points], [row["bound"] for row in points]
    today = found["objective_value_status_quo"]
    low = min([bound for bound in bounds if bound > 0] or values)
    charts = [_chart(xs, values, today, across, _scale(low, max(*values, today), *MAIN[::-1]), told, bounds)]
    race = [row["measures"].get(RACE) for row in points]
    if all(value is not None for value in race):
        before = found["measures_status_quo"][RACE]
        scale = _scale(min(*race, before), max(*race, before), *LOWER[::-1])
        charts.append(_chart(xs, race, before, across, scale, RACE, None))
    missing = missing_in_words(found, lambda cap: plain(found["against"], cap, unit))
    return (
        templates_of("scenarios.frontier")
        .get_template("frontier.svg")
        .render(
            name=NOT_XML.sub("\ufffd", found["district"]),
            objective=str(found["objective"]),
            width=WIDTH,
            height=charts[-1]["bottom"] + 62 + LINE * len(missing),
            left=LEFT,
            right=RIGHT,
            charts=charts,
            missing=missing,
            along="students who change school" if along == "moved_share" else "mean travel",
            ticks=[
                {"x": across(t), "text": f"{100 * t:g} %" if along == "moved_share" else plain(along, t, unit)}
                for t in _ticks(0.0 if along == "moved_share" else min(xs), max(xs))
            ],
        )
    )


def _chart(
    xs: Sequence[float], values: Sequence[float], today: float, across: Callable[[float], float],
    up: Callable[[float], float], told: str, bounds: Sequence[float] | None,
) -> dict[str, Any]:  # fmt: skip
    top, bottom = MAIN if bounds is not None else LOWER
    order = sorted(range(len(xs)), key=lambda k: xs[k])
    line = [(across(xs[k]), up(values[k])) for k in order]
    floor = [] if bounds is None else [(across(xs[k]), min(up(bounds[k]), bottom)) for k in order]

    def text(k: int) -> dict[str, str]:
        return {"text": plain(told, values[k], "")}

    shown = list(values) + [today] + [bound for bound in bounds or () if bound > 0]
    return {
        "top": top,
        "bottom": bottom,
        "title": "dissimilarity by race, 0 even to 1 apart" if bounds is None else "objective: the best plan found",
        "line": _path(line),
        "band": _path([*line, *floor[::-1]]) + "Z" if floor else "",
        "floor": _path(floor) if floor else "",
        "today": up(today),
        "points": [{"x": x, "y": y} for x, y in line],
        "labels": [
            {"x": across(xs[order[0]]) + 8, "y": up(values[order[0]]) + 16, "end": False} | text(order[0]),
            {"x": across(xs[order[-1]]), "y": up(values[order[-1]]) - 10, "end": True} | text(order[-1]),
        ],
        "ticks": [{"y": up(t), "text": _short(t, told)} for t in _ticks(min(shown), max(shown))],
    }


def _short(value: float, told: str) -> str:
    return f"{100 * value:g}" if told == DISPARITY else f"{value:.3g}"


def _path(points: Sequence[tuple[float, float]]) -> str:
    return "M" + "L".join(f"{x:.1f} {y:.1f}" for x, y in points)


def _scale(low: float, high: float, start: float, end: float) -> Callable[[float], float]:
    span = (high - low) or max(abs(high), 1e-9)
    pad = 0.06 * span
    a, b = low - (pad if start > end else 0.02 * span), high + pad
    return lambda value: start + (value - a) / (b - a) * (end - start)


def _ticks(low: float, high: float, most: int = 6) -> list[float]:
    """Round numbers within."""
    span = (high - low) or max(abs(high), 1e-9)
    power = 10.0 ** math.floor(math.log10(span / most))
    step = next(power * s for s in STEPS if span / (power * s) <= most)
    first = math.ceil(low / step - 1e-9)
    return [round(k * step, 12) for k in range(first, math.floor(high / step + 1e-9) + 1)]
