"""The parallel chart: a line a plan across the criteria, as units of an inline SVG."""

from __future__ import annotations

import textwrap
from collections.abc import Sequence
from typing import Any

import numpy as np
import pandas as pd

from optimizer.arrays import Floats
from optimizer.measures import Place
from scenarios.comparison.compare import STATUS_QUO
from scenarios.paper.measures import figure, name_of, shortened, sign, tabled

WIDTH, HEIGHT, TOP, BOTTOM, LEFT, RIGHT = 1120, 440, 96, 382, 80, 940
LINE, LETTER = 16, 7.0  # from one line of text to the next, and about how wide a letter is
MOST, LONG = 20, 22  # names that stand beside their lines, and letters of each


def chart(rows: pd.DataFrame, unit: str) -> dict[str, Any] | None:
    """Axes and lines, the better end of every axis at the top. rows: the plans shown, the status quo first. None where
    fewer than two measures differ between them."""
    axes = [
        name for name in tabled(Place.CARD) if name in rows and rows[name].notna().all() and rows[name].nunique() > 1
    ]
    if len(axes) < 2 or len(rows) < 2:
        return None
    x = np.linspace(LEFT, RIGHT, len(axes))
    values = rows[axes].to_numpy(np.float64)
    best = np.array([values[:, k].min() if sign(name) > 0 else values[:, k].max() for k, name in enumerate(axes)])
    worst = np.array([values[:, k].max() if sign(name) > 0 else values[:, k].min() for k, name in enumerate(axes)])
    y = TOP + (values - best) / (worst - best) * (BOTTOM - TOP)
    names = rows["plan"].tolist()
    beside = _beside(y[:, -1]) if len(names) <= MOST else None
    return {
        "width": WIDTH,
        "height": HEIGHT,
        "top": TOP,
        "bottom": BOTTOM,
        "axes": [_axis(name, x, k, (best[k], worst[k]), unit) for k, name in enumerate(axes)],
        "lines": [
            {
                "name": name,
                "today": name == STATUS_QUO,
                "points": " ".join(f"{a:.1f},{b:.1f}" for a, b in zip(x, y[i], strict=True)),
                "text": _said(axes, values[i], unit),
                "label": None if beside is None else (RIGHT + 30, round(float(beside[i]), 1), shortened(name, LONG)),
                "lead": None if beside is None else f"M{RIGHT} {y[i, -1]:.1f}L{RIGHT + 26} {beside[i]:.1f}",
            }
            for i, name in enumerate(names)
        ],
    }


def _axis(name: str, x: Floats, k: int, ends: tuple[float, float], unit: str) -> dict[str, Any]:
    """The k-th axis; its title in lines that stand above it, within its share of the width."""
    lines = textwrap.wrap(name_of(name), int((x[1] - x[0]) / LETTER))
    above = [TOP - 14 - LINE * (len(lines) - n) for n in range(len(lines))]
    best, worst = (figure(name, value, unit) for value in ends)
    return {"x": round(float(x[k]), 1), "title": list(zip(above, lines, strict=True)), "best": best, "worst": worst}


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


def _said(axes: Sequence[str], values: Any, unit: str) -> str:
    """What a screen reader says of a line."""
    return ", ".join(f"{name_of(name)} {figure(name, value, unit)}" for name, value in zip(axes, values, strict=True))
