"""A forecast scored on the past: the last years are held out, forecast from those before, and compared."""

from __future__ import annotations

from collections import defaultdict
from dataclasses import dataclass

import numpy as np

from optimizer.arrays import Floats
from scenarios.forecast.history import LEAST, Past
from scenarios.forecast.survival import Cells, future, ratios

LEVEL = 0.9  # of bands: the middle of the futures
DRAWS = 60


@dataclass(frozen=True)
class Score:
    """Of forecasts so many years ahead. tried: how many. error: of the district's children, as a fraction, mean;
    as_today: the same if nothing changed. inside: in what share of them the children lay in the band. school_error:
    mean children that a school was off; schools_inside: likewise; None where the past is by district."""

    ahead: int
    tried: int
    error: float
    as_today: float
    inside: float
    school_error: float | None
    schools_inside: float | None


def scores(past: Past, births: Floats | None, seed: int, most: int) -> list[Score]:
    """By years ahead, `most` at most; [] where the past is too short to hold out any of it."""
    rows: dict[int, list[tuple[float, ...]]] = defaultdict(list)
    for held in range(1, min(most, len(past.years) - LEAST) + 1):
        _try(past, births, seed, held, rows)
    return [_mean(ahead, np.array(found), past.by != "district") for ahead, found in sorted(rows.items())]


def _try(past: Past, births: Floats | None, seed: int, held: int, rows: dict[int, list[tuple[float, ...]]]) -> None:
    """One forecast of the last years held out: by years ahead, what it missed by."""
    known = len(past.years) - held
    by = ratios(past.until(known), births, held)
    cells = Cells(past.counts[known - 1], np.arange(len(past.zone), dtype=np.int32), past.zone)
    true = _schools(past.counts[known:], past)
    said = _schools(future(cells, by, [seed], certain=True), past)
    drawn = np.array([_schools(future(cells, by, [seed, held, k]), past) for k in range(DRAWS)])
    low, high = np.quantile(drawn, [(1 - LEVEL) / 2, (1 + LEVEL) / 2], axis=0)
    least, largest = np.quantile(drawn.sum(axis=2), [(1 - LEVEL) / 2, (1 + LEVEL) / 2], axis=0)
    today = past.counts[known - 1].sum()
    for k in range(held):
        total, there = true[k].sum(), true[k] + said[k] > 0
        inside = (true[k] >= low[k] - 1e-6) & (true[k] <= high[k] + 1e-6)
        rows[k + 1].append(
            (
                abs(said[k].sum() - total) / total,
                abs(today - total) / total,
                float(least[k] - 1e-6 <= total <= largest[k] + 1e-6),
                np.abs(said[k] - true[k])[there].mean(),
                inside[there].mean(),
            )
        )


def _schools(counts: Floats, past: Past) -> Floats:
    """(years, schools) all children, of (years, units, grades)."""
    return np.array([np.bincount(past.zone, year) for year in counts.sum(axis=2)])


def _mean(ahead: int, rows: Floats, by_school: bool) -> Score:
    error, as_today, inside, *schools = rows.mean(axis=0).tolist()
    return Score(ahead, len(rows), error, as_today, inside, *(schools if by_school else (None, None)))
