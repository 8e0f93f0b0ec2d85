"""Cohort survival: each grade is last year's grade below times a ratio; the lowest grade is births times a ratio, or
last year's lowest grade times one (Hussar and Bailey, Projections of Education Statistics, NCES, appendix A).

Ratios of schools or blocks are drawn towards the district's as far as their own differences are what chance alone would
make of few children (DerSimonian and Laird 1986). Futures vary in two ways, as much as the past did: a year's shock to
all ratios of the district, and chance in each block.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from optimizer.arrays import Floats, Ints
from scenarios.forecast.history import Past

DAMPED = 0.8  # a year: how much of a trend of entry is left, where no births are known (Gardner and McKenzie 1985)
LEAST_KNOWN = 4  # degrees of freedom of Student's t, by which shocks of few years are drawn: fewer would run wild


@dataclass(frozen=True, eq=False)
class Ratios:
    """of: (units, grades) ratios, of entry first. own: (grades,) how much of a unit's own ratio is in it, children
    weighted, 0 to 1. district: (grades,) all units together. shocks: (steps, grades) what each step of the past was
    beside that, as logarithms, chance taken out. chance: (grades,) variance of a unit's children, for each child
    expected; 1 would be Poisson's. entry: (years, units) of each unit's lowest grade in years to come, as a multiple of
    the last year's. walks: whether a year's shock to entry stays in the years after, as where no births are known."""

    of: Floats
    own: Floats
    district: Floats
    shocks: Floats
    chance: Floats
    entry: Floats
    walks: bool

    @property
    def spread(self) -> Floats:
        """(grades,) standard deviation of the district's ratios from year to year."""
        return np.asarray(np.sqrt((self.shocks**2).sum(axis=0) / (len(self.shocks) - 1)))


@dataclass(frozen=True, eq=False)
class Cells:
    """What is forecast: blocks, or units of the past. counts: (cells, grades) in the last year. unit: (cells,) whose
    ratios they have. zone: (cells,) within which the lowest grade is evened out. added: (years, cells, grades) who move
    in, None for nobody."""

    counts: Floats
    unit: Ints
    zone: Ints
    added: Floats | None = None


def ratios(past: Past, births: Floats | None, years: int) -> Ratios:
    """births: by year of entry, from the past's second year to the last to come; None where they are not known. years:
    to come."""
    came, steps = past.counts, len(past.years) - 1
    before = np.concatenate([came[:-1, :, :1], came[:-1, :, :-1]], axis=2)
    if births is not None:
        share = came[:, :, 0].sum(axis=0) / came[:, :, 0].sum()
        before[:, :, 0] = births[:steps, None] * share
    after = came[1:]
    of_all = after.sum(axis=(0, 1)) / before.sum(axis=(0, 1))
    logs = np.log(after.sum(axis=1) / before.sum(axis=1))
    shocks = logs - logs.mean(axis=0)
    chance = _chance(after, before)
    # What chance alone makes of the district's ratios is no shock of a year.
    varies = (shocks**2).sum(axis=0) / (steps - 1)
    by_chance = chance / after.sum(axis=1).mean(axis=0)
    left = np.divide(varies - by_chance, varies, out=np.zeros(len(varies)), where=varies > 1e-18)
    units, own = pooled(after.sum(axis=0), before.sum(axis=0), of_all, chance)
    if births is None:
        # A trend counts as far as it stands out of its own error (James and Stein 1961).
        drift, error = logs[:, 0].mean() ** 2, varies[0] / steps
        fading = np.cumsum(DAMPED ** np.arange(years)) * (max(0.0, 1 - error / drift) if drift > 0 else 0.0)
        entry = units[:, 0] ** fading[:, None]
    else:
        level = of_all[0] * births[steps : steps + years] / came[-1, :, 0].sum()
        entry = np.repeat(level[:, None], len(units), axis=1)
    shocks *= np.sqrt(np.clip(left, 0, 1))
    return Ratios(units, own, of_all, shocks, chance, entry, births is None)


def _chance(after: Floats, before: Floats) -> Floats:
    """(grades,) variance beyond the units' own ratios and each year's common shock, for each child expected. Of one
    unit alone no more than Poisson's is taken for chance."""
    steps, there = len(after), before.sum(axis=0) > 0
    own = np.divide(after.sum(axis=0), before.sum(axis=0), out=np.zeros(there.shape), where=there)
    expected = own * before
    if len(there) > 1:
        year = after.sum(axis=1) / np.maximum(expected.sum(axis=1), 1e-12)
        expected = expected * year[:, None, :]
    free = np.maximum((np.maximum(there.sum(axis=0) - 1, 1)) * (steps - 1), 1) / (steps * there.sum(axis=0))
    found = ((after - expected) ** 2).sum(axis=(0, 1)) / expected.sum(axis=(0, 1)) / free
    found = np.where(found < 1e-12, 0.0, found)
    return np.asarray(found if len(there) > 1 else np.minimum(found, 1.0))


def pooled(after: Floats, before: Floats, of_all: Floats, chance: Floats) -> tuple[Floats, Floats]:
    """(units, columns) ratios drawn towards `of_all`, and (columns,) how much of their own is in them. The variance of
    true ratios is what units differ by beyond chance, which is `chance` times ratio over children."""
    own = np.divide(after, before, out=np.broadcast_to(of_all, after.shape).copy(), where=before > 0)
    units, total = (before > 0).sum(axis=0), before.sum(axis=0)
    beyond = (before * (own - of_all) ** 2).sum(axis=0) - (units - 1) * chance * of_all
    differ = total - (before**2).sum(axis=0) / np.maximum(total, 1e-12)
    truly = np.divide(np.maximum(beyond, 0), differ, out=np.zeros(len(total)), where=differ > 1e-9 * total)
    whole = truly * before + chance * of_all
    weight = np.divide(truly * before, whole, out=np.zeros(whole.shape), where=whole > 0)
    found = weight * own + (1 - weight) * of_all
    said = (found * before).sum(axis=0)  # less than came, where children come to units that had none
    found *= np.divide(after.sum(axis=0), said, out=np.ones(len(said)), where=said > 0)
    return found, np.divide((weight * before).sum(axis=0), total, out=np.zeros(len(total)), where=total > 0)


def entering(cells: Cells) -> Floats:
    """(cells,) children in the lowest grade: as a block's size lets one expect, and its own number as far as that is no
    chance. Each zone has as many as it has."""
    own, size = cells.counts[:, 0], cells.counts.sum(axis=1)
    zones = int(cells.zone.max()) + 1
    enter, live = np.bincount(cells.zone, own, zones), np.bincount(cells.zone, size, zones)
    expected = size * np.divide(enter, live, out=np.zeros(zones), where=live > 0)[cells.zone]
    ratio, _ = pooled(own[:, None], expected[:, None], np.ones(1), np.ones(1))
    found = ratio[:, 0] * expected
    got = np.bincount(cells.zone, found, zones)
    return np.asarray(found * np.divide(enter, got, out=np.zeros(zones), where=got > 0)[cells.zone])


def future(cells: Cells, by: Ratios, seed: Sequence[int], *, certain: bool = False) -> Floats:
    """(years, cells, grades) one future; the same seed has the same shocks and chances whatever is added. certain:
    without any: what the ratios alone say."""
    random, years = np.random.default_rng(seed), len(by.entry)
    own, entry, lowest = by.of[cells.unit][:, 1:], by.entry[:, cells.unit], entering(cells)
    now, found = cells.counts, np.empty((years, *cells.counts.shape))
    known = max(len(by.shocks) - 1, LEAST_KNOWN)
    wild = 0.0 if certain else np.sqrt(known / random.chisquare(known))
    always, gone = _shock(by, random) / np.sqrt(len(by.shocks)), 0.0
    for year in range(years):
        shock = np.exp(wild * (always + _shock(by, random)))
        gone = gone + np.log(shock[0]) if by.walks else np.log(shock[0])
        now = np.column_stack([lowest * entry[year] * np.exp(gone), now[:, :-1] * own * shock[1:]])
        if cells.added is not None:
            now += cells.added[year]
            lowest = lowest + cells.added[year][:, 0]
        if not certain:
            now = _by_chance(now, by.chance, random)
        found[year] = now
    return found


def _shock(by: Ratios, random: np.random.Generator) -> Floats:
    """(grades,) a year's, with the variances and covariances of the past's."""
    steps = len(by.shocks)
    return np.asarray(random.standard_normal(steps) @ by.shocks / np.sqrt(steps - 1))


def _by_chance(expected: Floats, chance: Floats, random: np.random.Generator) -> Floats:
    """Lognormal, of the mean expected and `chance` times that as its variance."""
    apart = np.log1p(np.divide(chance, expected, out=np.zeros(expected.shape), where=expected > 1e-9))
    return np.asarray(expected * np.exp(np.sqrt(apart) * random.standard_normal(expected.shape) - apart / 2))
