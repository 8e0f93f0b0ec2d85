"""The parallel chart: a line a plan across the criteria, as units of an inline SVG."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import numpy as np
import pandas as pd

from scenarios.comparison.compare import STATUS_QUO
from scenarios.comparison.criteria import in_words, sign
from scenarios.comparison.figures import figure

# Across the chart, in this order, where known: poverty and race side by side.
AXES = (
    *("disparity", "dissimilarity.race", "dissimilarity.poverty", "within_band", "moved_share", "travel_mean"),
    "utilisation_max",
)
WIDTH, HEIGHT, TOP, BOTTOM, SIDE = 1000, 420, 74, 360, 80


def chart(rows: pd.DataFrame, unit: str) -> dict[str, Any] | None:
    """Axes and lines, the better end of every axis at the top. rows: the plans shown, the status quo first. None where
    fewer than two measures differ between them."""
    axes = [name for name in AXES if name in rows and rows[name].notna().all() and rows[name].nunique() > 1]
    if len(axes) < 2 or len(rows) < 2:
        return None
    x = np.linspace(SIDE, WIDTH - SIDE, len(axes))
    values = rows[axes].to_numpy(np.float64)
    best = np.array([values[:, k].min() if sign(name) > 0 else values[:, k].max() for k, name in enumerate(axes)])
    worst = np.array([values[:, k].max() if sign(name) > 0 else values[:, k].min() for k, name in enumerate(axes)])
    y = TOP + (values - best) / (worst - best) * (BOTTOM - TOP)
    names = rows["plan"].tolist()
    return {
        "width": WIDTH,
        "height": HEIGHT,
        "top": TOP,
        "bottom": BOTTOM,
        "axes": [_axis(name, round(float(x[k]), 1), best[k], worst[k], unit) for k, name in enumerate(axes)],
        "lines": [
            {
                "name": name,
                "today": name == STATUS_QUO,
                "points": " ".join(f"{a:.1f},{b:.1f}" for a, b in zip(x, y[i], strict=True)),
                "text": _said(axes, values[i], unit),
            }
            for i, name in enumerate(names)
        ],
    }


def _axis(name: str, x: float, best: float, worst: float, unit: str) -> dict[str, Any]:
    words = in_words(name).split()
    half = (len(words) + 1) // 2
    lines = [" ".join(words[:half]), " ".join(words[half:])]
    return {"x": x, "title": lines, "best": figure(name, best, unit), "worst": figure(name, worst, unit)}


def _said(axes: Sequence[str], values: Any, unit: str) -> str:
    """What a screen reader says of a line."""
    return ", ".join(f"{in_words(name)} {figure(name, value, unit)}" for name, value in zip(axes, values, strict=True))
