"""sensitivity.svg: a panel a limit, drawn from sensitivity.json's values alone."""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from itertools import groupby, pairwise
from typing import Any

import numpy as np

from scenarios.paper import numbers
from scenarios.paper.templating import templates_of
from scenarios.sensitivity.cases import LIMITS

COLUMNS, WIDTH, HEAD = 3, 340, 78  # panels side by side, and units of a panel and of the heading
LEFT, RIGHT = 46, 322  # of a chart within its panel
MAIN, RACE = (38, 196), (220, 294)  # top and bottom of the two charts of a panel
BELOW = 46  # units below a panel's last chart, for its axis
EDGE = 26  # from the frame to the outermost points
NEAR = 44  # units between points that leave room for their figures
NAME_SHOWN = 52  # characters of a district's name
STEPS = (1, 2, 2.5, 5, 10)  # between ticks, times a power of ten
TITLES = {
    "travel_increase": "Travel, longer than today by at most",
    "seats": "Seats, against those given",
    "max_moved": "Students who change school, at most",
    "contiguity": "Zones must hold together",
    "min_students": "Smallest size, against that given",
}
NOT_XML = re.compile("[^\t\n\r\x20-\ud7ff\ue000-\ufffd\U00010000-\U0010ffff]")


@dataclass(frozen=True)
class Scale:
    """From values to units, upwards. ticks: the values that are named; text: how."""

    low: float
    high: float
    top: int
    bottom: int
    ticks: tuple[float, ...]
    text: Callable[[float], str]

    def __call__(self, value: float) -> float:
        return round(self.bottom - (value - self.low) / (self.high - self.low) * (self.bottom - self.top), 2)


def draw(found: Mapping[str, Any]) -> str:
    """The plot as SVG text, without any reference to another file. found: what sensitivity.json holds. Names are text,
    never markup; characters that XML cannot hold are replaced."""
    main, race = _main_scale(found), _race_scale(found)
    height = (main if race is None else race).bottom + BELOW
    corners = [{"x": WIDTH * (k % COLUMNS), "y": HEAD + height * (k // COLUMNS)} for k in range(len(LIMITS) + 1)]
    panels = [corner | _panel(found["rows"], limit, main, race) for limit, corner in zip(LIMITS, corners, strict=False)]
    return (
        templates_of("scenarios.sensitivity")
        .get_template("sensitivity.svg")
        .render(
            name=_short(NOT_XML.sub("\ufffd", found["district"])),
            objective=_objective(found),
            width=WIDTH * COLUMNS,
            height=corners[-1]["y"] + height,
            legend=corners[-1],
            proved=any(row.get("no_plan") == "proved" for row in found["rows"]),
            panels=panels,
            main={"scale": main, "today": found["objective_value_status_quo"]},
            race=race and {"scale": race, "today": found["dissimilarity.race_status_quo"]},
            left=LEFT,
            right=RIGHT,
        )
    )


def _short(text: str) -> str:
    return text if len(text) <= NAME_SHOWN else text[: NAME_SHOWN - 1] + "\u2026"


def _points(found: Mapping[str, Any]) -> bool:
    return found["objective"] == "disparity"


def _objective(found: Mapping[str, Any]) -> str:
    """What the main charts show, in words."""
    if _points(found):
        return "disparity of exposure to poverty, in percentage points"
    name = found["objective"]
    return f"the objective {name if isinstance(name, str) else ' + '.join(f'{w:g} {part}' for part, w in name.items())}"


def _main_scale(found: Mapping[str, Any]) -> Scale:
    shown = [found["objective_value_status_quo"]]
    shown += [row[key] for row in found["rows"] for key in ("objective_value", "bound") if row[key] is not None]
    text = (lambda value: str(numbers.points(value, digits=2))) if _points(found) else (lambda value: f"{value:.4g}")
    return _scale(shown, MAIN, text, ticks=6)


def _race_scale(found: Mapping[str, Any]) -> Scale | None:
    """None where races are not known."""
    today = found["dissimilarity.race_status_quo"]
    if today is None:
        return None
    shown = [row["dissimilarity.race"] for row in found["rows"] if row["dissimilarity.race"] is not None]
    return _scale([today, *shown], RACE, lambda value: str(numbers.index(value)), ticks=5)


def _scale(shown: Sequence[float], place: tuple[int, int], text: Callable[[float], str], ticks: int) -> Scale:
    """An axis of round ticks that holds all values, with room for the figures above the points."""
    low, high = min(shown), max(shown)
    spread = max(high - low, 0.02 * abs(high), 1e-6)
    room = 22 / (place[1] - place[0])  # a figure's height
    low, high = max(0.0, low - 0.08 * spread), high + spread * room / (1 - room)
    step = _step((high - low) / (ticks - 1))
    at = np.arange(np.ceil(low / step), np.floor(high / step) + 1) * step
    return Scale(low, high, *place, tuple(at.tolist()), text)


def _step(least: float) -> float:
    power = 10.0 ** np.floor(np.log10(least))
    return float(next(step * power for step in STEPS if step * power >= least * (1 - 1e-9)))


def _panel(rows: Sequence[Mapping[str, Any]], limit: str, main: Scale, race: Scale | None) -> dict[str, Any]:
    """One limit's charts as units and texts, its rows from tight to loose."""
    own = sorted((row for row in rows if limit in row["at"]), key=lambda row: row["at"][limit][0])
    x = _across([row["at"][limit][0] for row in own])
    points = [_point(at, row, limit, main, race) for at, row in zip(x, own, strict=True)]
    runs = [list(run) for valid, run in groupby(points, key=lambda point: point["y"] is not None) if valid]
    return {
        "title": TITLES[limit],
        "points": points,
        "lines": [_path((p["x"], p["y"]) for p in run) for run in runs],
        "bounds": [_path((p["x"], p["low"]) for p in run) for run in runs],
        "bands": [
            _path([*((p["x"], p["y"]) for p in run), *((p["x"], p["low"]) for p in reversed(run))]) + "Z"
            for run in runs
        ],
        "race_lines": [_path((p["x"], p["race"]) for p in run if p["race"] is not None) for run in runs],
    }


def _across(places: Sequence[float]) -> list[float]:
    """Units across a chart for ascending places; evenly, where some lie too near to each other for their figures."""
    wide = RIGHT - LEFT - 2 * EDGE
    for tried in (places, range(len(places))):
        x = [round(LEFT + EDGE + (place - tried[0]) / (tried[-1] - tried[0]) * wide, 2) for place in tried]
        if min(b - a for a, b in pairwise(x)) >= NEAR:
            break
    return x


def _point(x: float, row: Mapping[str, Any], limit: str, main: Scale, race: Scale | None) -> dict[str, Any]:
    value, index = row["objective_value"], row["dissimilarity.race"]
    return {
        "x": x,
        "place": row["at"][limit][1],
        "y": None if value is None else main(value),
        "low": None if value is None else main(row["bound"]),
        "text": "" if value is None else main.text(value),
        "race": None if race is None or index is None else race(index),
        "race_text": "" if race is None or index is None else race.text(index),
        "base": row["limit"] == "base",
    }


def _path(places: Any) -> str:
    return "".join(f"{'L' if k else 'M'}{x:g} {y:g}" for k, (x, y) in enumerate(places))
