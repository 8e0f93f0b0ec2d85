"""Measures as people read them. Travel whose unit is not known is a bare number."""

from __future__ import annotations

import math

from markupsafe import Markup

from scenarios.comparison.criteria import style
from scenarios.report import numbers


def figure(measure: str, value: float | None, unit: str) -> str | Markup:
    """One value. unit: `m`, `min`, or "" where it is not known."""
    if value is None or math.isnan(value):
        return numbers.UNKNOWN
    kind = style(measure)
    if kind == "points":
        return numbers.points(value, digits=2)
    if kind == "percent":
        return numbers.percent(value)
    if kind == "travel":
        return numbers.travel(value, unit) if unit else f"{value:,.1f}".replace("-", numbers.MINUS)
    return numbers.count(value) if kind == "count" else numbers.index(value)


def shortened(name: str, most: int) -> str:
    """A name of so many letters at most. Names differ at their ends: of a longer one the middle is left out."""
    head = (most - 1) // 2
    return name if len(name) <= most else f"{name[:head]}…{name[head + 1 - most :]}"


def change(measure: str, value: float | None, unit: str) -> str | Markup:
    """A difference, with its sign; of percentages, in points."""
    if value is None or math.isnan(value):
        return numbers.UNKNOWN
    if style(measure) == "percent":
        return numbers.change(0.0, value, numbers.points)
    return numbers.change(0.0, value, lambda x: figure(measure, x, unit))
