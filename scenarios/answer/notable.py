"""Which differences are news: below a measure's threshold two figures are about the same, wherever a way is named."""

from __future__ import annotations

from typing import Literal

import numpy as np

from optimizer.arrays import Floats
from optimizer.gap import NOUGHT
from scenarios.paper.measures import unit_told
from scenarios.reading.uncertainty import Uncertainty

Way = Literal["falls", "stays", "rises"]
# The least difference that is news, by what is told: a tenth of a percentage point for shares and what is told in
# points; two thousandths for indices from 0 to 1; in travel ten metres, or a tenth of a minute; of counts one is one.
LEAST = {"points": 0.001, "share": 0.001, "index": 0.002, "count": 0.0}
TRAVEL = {"m": 10.0, "min": 0.1}
RELATIVE = 0.001  # of the larger figure: all else, such as a mixture


def threshold(measure: str, unit: str = "", *, draws: Uncertainty | None = None) -> float | None:
    """Below it a difference of a measure or an objective is none to speak of; None: a thousandth of the figure.

    unit: of travel. draws: what `with_intervals` found; then it is at least half the width of the change's interval."""
    told = unit_told(measure)
    least = TRAVEL.get(unit) if told == "travel" else LEAST.get(told or "")
    spread = None if draws is None else draws.intervals_change.get(measure)
    if spread is None:
        return least
    return max(least or 0.0, (spread.high - spread.low) / 2)


def way(before: float, after: float, least: float | None) -> Way:
    """Which way a figure goes, with a `threshold`."""
    if abs(after - before) < _room(max(abs(before), abs(after)), least):
        return "stays"
    return "falls" if after < before else "rises"


def levels(values: Floats, least: float | None) -> Floats:
    """(n,) the figures, each as the least of those that it is about the same as: from the least on, a level reaches up
    to less than the threshold. NaN stays NaN."""
    order = np.argsort(values, kind="stable")
    rising = values[order]
    known, k = int(np.isfinite(rising).sum()), 0
    while k < known:
        above = rising[k] + _room(abs(rising[k]), least)
        end = max(int(np.searchsorted(rising[:known], above, side="left")), k + 1)
        rising[k:end] = rising[k]
        k = end
    out = np.empty_like(values)
    out[order] = rising
    return out


def _room(size: float, least: float | None) -> float:
    """What is less is none: the threshold, less what sums in another order may differ by."""
    return max(RELATIVE * size if least is None else least * (1 - 1e-9), NOUGHT)
