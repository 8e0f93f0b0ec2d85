"""Where the marks of the page's small drawings go. Units of each drawing; nothing here knows words."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np

from optimizer.measures.exposure import BAND

Rows = Sequence[Mapping[str, Any]]
BAND_WIDTH, BAND_ROW = 720, 62
CURVE = {"width": 360, "height": 210, "left": 46, "top": 14, "bottom": 176, "right": 344}


@dataclass(frozen=True)
class Scale:
    """Values from low to high onto units from start to end. mark: a value to point out."""

    low: float
    high: float
    start: float = 8
    end: float = 132
    mark: float | None = None

    def __call__(self, value: float) -> float:
        share = (value - self.low) / (self.high - self.low)
        return round(self.start + share * (self.end - self.start), 1)


def scale_of(values: Sequence[float | None], mark: float | None = None) -> Scale | None:
    """A scale that holds all values, with a little room; None where there are none."""
    known = [value for value in (*values, mark) if value is not None]
    if not known:
        return None
    low, high = min(known), max(known)
    room = max(0.04 * (high - low), 0.005)
    return Scale(low - room, high + room, mark=mark)


def band_strip(rate: float, schools: Sequence[Rows], tick: Callable[[float], Any]) -> dict[str, Any]:
    """Every school as a dot at its poverty rate, a row for today and one a plan, over the band about the district's.

    schools: by row, school rows. Dots have areas in proportion to students.
    """
    rates = [row["poverty_rate"] for rows in schools for row in rows if row["poverty_rate"] is not None]
    low, high = min([rate - BAND, *rates]), max([rate + BAND, *rates])
    scale = Scale(max(low - 0.02, 0.0), min(high + 0.02, 1.0), 14, BAND_WIDTH - 14)
    most = max((row["counted"] or 0 for rows in schools for row in rows), default=0) or 1
    height = BAND_ROW * len(schools) + 36
    step = _step((scale.high - scale.low) / 6)
    ticks = np.arange(np.ceil(scale.low / step), np.floor(scale.high / step) + 1) * step
    return {
        "rate": rate,
        "width": BAND_WIDTH,
        "height": height,
        "low": max(scale(rate - BAND), 0),
        "high": min(scale(rate + BAND), BAND_WIDTH),
        "middle": scale(rate),
        "ticks": [(scale(value), tick(value)) for value in ticks.tolist()],
        "rows": [{"y": BAND_ROW * k + 48, "dots": _dots(rows, scale, most)} for k, rows in enumerate(schools)],
    }


def _dots(rows: Rows, scale: Scale, most: float) -> list[dict[str, Any]]:
    return [
        {
            "x": scale(row["poverty_rate"]),
            "r": round(3 + 6 * ((row["counted"] or 0) / most) ** 0.5, 1),
            "place": row["band"] or "within",
        }
        for row in rows
        if row["poverty_rate"] is not None
    ]


def _step(about: float) -> float:
    power = 10.0 ** np.floor(np.log10(about))
    return float(next(step * power for step in (1, 2, 5, 10) if step * power >= about * (1 - 1e-9)))


def curve_chart(points: Rows, measure: str, tick: Callable[[float], Any]) -> dict[str, Any]:
    """A measure over the share of students moved. points: today first, each with moved_share and the measure."""
    known = sorted((row for row in points if row[measure] is not None), key=lambda row: row["moved_share"])
    values = [row[measure] for row in known]
    spread = max(max(values) - min(values), 0.02 * max(values), 1e-6)
    y = Scale(max(min(values) - 0.08 * spread, 0.0), max(values) + 0.08 * spread, CURVE["bottom"], CURVE["top"])
    x = curve_across(points)
    step = _step((y.high - y.low) / 4)
    lines = np.arange(np.ceil(y.low / step), np.floor(y.high / step) + 1) * step
    marks = [{"x": x(row["moved_share"]), "y": y(row[measure]), "today": row["today"]} for row in known]
    return {
        "across": [(y(value), tick(value)) for value in lines.tolist()],
        "points": marks,
        "path": "".join(f"{'L' if k else 'M'}{mark['x']} {mark['y']}" for k, mark in enumerate(marks)),
    }


def curve_across(points: Rows) -> Scale:
    """The scale of students moved that all charts of a curve share."""
    most = max(row["moved_share"] for row in points)
    return Scale(0.0, max(most * 1.04, 0.01), CURVE["left"] + 6, CURVE["right"])


def curve_ticks(points: Rows, tick: Callable[[float], Any]) -> list[tuple[float, Any]]:
    """Round shares of students moved, and where they stand."""
    scale = curve_across(points)
    step = _step(scale.high / 5)
    return [(scale(value), tick(value)) for value in (np.arange(np.floor(scale.high / step) + 1) * step).tolist()]
