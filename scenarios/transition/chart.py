"""The two charts of the page as units and texts: how full each school is, and disparity beside race, by year."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from typing import Any

import numpy as np

from scenarios.paper import numbers

WIDTH, LEFT, RIGHT = 720, 56, 704
TALL, LOW = (16, 276), (16, 176)  # top and bottom of the charts
NAMED = 8  # schools that have a colour of their own: more could not be told apart
STEPS = (1, 2, 2.5, 5, 10)


def fullness(found: Mapping[str, Any]) -> dict[str, Any] | None:
    """Utilisation of every school whose seats are given, the ones that change most in colour. None without seats."""
    years = found["years"]
    lines = [[year["schools"][j]["utilisation"] for year in years] for j in range(len(years[0]["schools"]))]
    # A school that opens has none today, one that is paired has none of its own from then on.
    given = {j: [value for value in line if value is not None] for j, line in enumerate(lines)}
    known = [j for j, line in given.items() if len(line) >= len(years) - 1 and line]
    if not known:
        return None
    chart = _frame([given[j] for j in known] + [[1.0]], len(years), TALL, lambda v: str(numbers.percent(v, digits=0)))
    moving = [j for j in known if max(given[j]) - min(given[j]) > 5e-4]
    first = sorted(moving, key=lambda j: min(given[j]) - max(given[j]))[:NAMED]
    schools = years[0]["schools"]
    named = [{"path": _path(chart, lines[j]), "name": schools[j]["name"], "colour": k} for k, j in enumerate(first)]
    others = [_path(chart, lines[j]) for j in known if j not in first]
    return chart | {"named": named, "others": others, "full": chart["y"](1.0)}


def measures(found: Mapping[str, Any], name: str, style: Callable[[float], str]) -> dict[str, Any] | None:
    """One measure by year, None where it is not known in every year."""
    line = [year["measures"].get(name) for year in found["years"]]
    if any(value is None for value in line):
        return None
    chart = _frame([line], len(line), LOW, style)
    dots = [(chart["x"][t], chart["y"](value), style(value)) for t, value in enumerate(line)]
    return chart | {"path": _path(chart, line), "dots": dots}


def _frame(
    lines: Sequence[Sequence[float]], years: int, place: tuple[int, int], style: Callable[[float], str]
) -> dict[str, Any]:
    """An axis of round ticks that holds all lines, and a place across for each year."""
    low, high = min(map(min, lines)), max(map(max, lines))
    room = 0.12 * max(high - low, 0.02 * abs(high), 1e-6)
    low, high = max(0.0, low - room), high + 1.6 * room
    step = _step((high - low) / 5)
    ticks = np.arange(np.ceil(low / step), np.floor(high / step) + 1) * step

    def y(value: float) -> float:
        return round(place[1] - (value - low) / (high - low) * (place[1] - place[0]), 2)

    across = [LEFT + 24 + (RIGHT - LEFT - 48) * (t / max(years - 1, 1)) for t in range(years)]
    named = [(y(tick), style(tick)) for tick in ticks.tolist()]
    return {"top": place[0], "bottom": place[1], "x": [round(x, 2) for x in across], "y": y, "ticks": named}


def _step(least: float) -> float:
    power = 10.0 ** np.floor(np.log10(least))
    return float(next(step * power for step in STEPS if step * power >= least * (1 - 1e-9)))


def _path(chart: Mapping[str, Any], line: Sequence[float]) -> str:
    places = [(x, value) for x, value in zip(chart["x"], line, strict=True) if value is not None]
    return "".join(f"{'L' if k else 'M'}{x:g} {chart['y'](value):g}" for k, (x, value) in enumerate(places))
