"""Every zone of every school with all that it adds to a plan: costs, what it uses of limits, what curves are made of.

Cut edges and shapes are sums over zones: an edge between two zones counts half at either. Splits are too: a set counts
at each zone that has some of it. A zone that breaks a limit of its own, or parts what is tied, is left out.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from itertools import pairwise

import numpy as np

from optimizer.arrays import Floats, Ints, Offsets
from optimizer.model import Model
from optimizer.objectives.base import Compiled
from optimizer.objectives.curves import Band, Exposures, Roundness
from optimizer.solvers.exact.check import sets
from optimizer.solvers.exact.gauge import Gauge, room
from optimizer.solvers.exact.listing import Listed
from optimizer.solvers.exact.territory import HAIR
from optimizer.solvers.exact.words import bits, free_blocks, spread
from optimizer.solvers.kernel.zones import Words


@dataclass(frozen=True, eq=False)
class Norm:
    """|sum over zones of `add` (zones, k) - aim|."""

    add: Floats
    aim: Floats


@dataclass(frozen=True, eq=False)
class Mean:
    """sum of `amount` / sum of `there` (zones,), the number of zones that count: between `least` and `most`."""

    amount: Floats
    there: Floats
    least: int
    most: int

    @property
    def below(self) -> Floats:
        """(zones,) whose sum is never above the mean, and is the mean where the number of zones is known."""
        return self.amount / np.where(self.amount >= 0, max(self.most, 1), max(self.least, 1))


@dataclass(frozen=True, eq=False)
class Columns:
    """Zones, school after school. schools: (lists,) whose; start: (lists + 1,). mask: (zones,) blocks that have a
    choice. cost: (zones,) what is a sum over zones; base: besides. use, limit: (zones, q), (q,) sums with a limit.
    excess: (zones,)."""

    model: Model
    schools: Ints
    start: Offsets
    mask: Words
    cost: Floats
    base: float
    use: Floats
    limit: Floats
    excess: Floats
    norms: tuple[Norm, ...]
    means: tuple[Mean, ...]

    @property
    def below(self) -> Floats:
        """(zones,) what a plan costs is at least the sum of these over its zones, but for norms."""
        return np.asarray(self.cost + sum((mean.below for mean in self.means), start=np.zeros(len(self.cost))))

    def value(self, chosen: Offsets) -> float:
        """What one zone for each school comes to."""
        out = self.base + float(self.cost[chosen].sum())
        for norm in self.norms:
            away = norm.add[chosen].sum(axis=0) - norm.aim
            out += float(np.sqrt(away @ away))
        return out + sum(float(m.amount[chosen].sum()) / max(float(m.there[chosen].sum()), 1.0) for m in self.means)

    def plan(self, chosen: Offsets) -> Ints:
        """(blocks,) from one zone for each school."""
        free, pairs = free_blocks(self.model), self.model.pairs
        school = pairs.index[pairs.start[:-1]].copy()
        for zone in chosen:
            inside = bits(self.mask[zone : zone + 1], len(free))[0] > 0
            school[free[inside]] = self.schools[np.searchsorted(self.start, zone, "right") - 1]
        return school

    def of(self, school: Ints) -> list[int]:
        """The zones of a plan, those that are here."""
        free, found = free_blocks(self.model), []
        for j, (low, high) in zip(self.schools, pairwise(self.start), strict=True):
            word = sum(1 << k for k, block in enumerate(free) if school[block] == j)
            found += [int(low + k) for k in np.flatnonzero(self.mask[low:high] == np.uint64(word))[:1]]
        return found


def columns_of(model: Model, compiled: Compiled, lists: Sequence[Listed]) -> Columns:
    """model: with budgets over their least. compiled: with what rules cost on borders and shapes; splits' costs are the
    model's."""
    masks, tables = [], []
    free = free_blocks(model)
    for listed in lists:
        gauge = Gauge(model, compiled, listed.territory)
        kept, table = gauge.all(listed.mask)
        masks.append(spread(kept, listed.territory, free))
        tables.append(table)
    sizes = [len(mask) for mask in masks]
    table = np.concatenate(tables)
    start = np.concatenate([[0], np.cumsum(sizes)]).astype(np.int64)
    return _cut_up(model, compiled, np.concatenate(masks), table, (_schools(lists), start))


def _schools(lists: Sequence[Listed]) -> Ints:
    return np.array([listed.territory.school for listed in lists], np.int32)


def _cut_up(model: Model, compiled: Compiled, mask: Words, table: Floats, order: tuple[Ints, Offsets]) -> Columns:
    """From the table's columns, as Gauge.numbers lays them out."""
    schools, start = order
    limits = [b.limit + HAIR * (1 + abs(b.limit)) for b in model.budgets]
    limits += [b.limit + HAIR * (1 + abs(b.limit)) for b in model.borders if b.limit < np.inf]
    held = [limit for ceiling in model.ceilings for limit in room(ceiling)]
    use, at = table[:, 2 : 2 + len(limits) + len(held)].copy(), 2 + len(limits) + len(held)
    for k, limit in enumerate(held, len(limits)):  # from 0 up at each school, as what is joined needs it
        lowest = _least(use[:, k], start)
        use[:, k] -= np.repeat(lowest, np.diff(start))
        limits.append(limit - float(lowest.sum()) + HAIR * (1 + abs(limit) + float(np.abs(lowest).sum())))
    norms, means = [], []
    for curve in compiled.curves:
        if isinstance(curve, Exposures):
            width = curve.counts.shape[1]
            norms.append(Norm(table[:, at : at + width], curve.scale * np.sqrt(curve.weight) * curve.aim))
            at += width
        elif isinstance(curve, Band | Roundness):
            there = table[:, at + 1]
            least, most = (_ends(there, start, which) for which in (np.minimum, np.maximum))
            means.append(Mean(table[:, at], there, least, most))
            at += 2
    base = -sum(split.cost * sets(split.part) for split in model.splits)
    return Columns(
        model, schools, start, mask, table[:, 0], base, use, np.array(limits), table[:, 1], tuple(norms), tuple(means)
    )


def _least(values: Floats, start: Offsets) -> Floats:
    """(lists,) of each school's zones; 0 where it has none."""
    return np.array([values[a:b].min() if b > a else 0.0 for a, b in pairwise(start)])


def _ends(there: Floats, start: Offsets, which: np.ufunc) -> int:
    """The fewest or the most zones that count in any plan."""
    return int(sum(which.reduce(there[a:b]) for a, b in pairwise(start) if b > a))
