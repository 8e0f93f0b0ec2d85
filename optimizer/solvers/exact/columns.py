"""Every zone of every school with all that it adds to a plan: costs, what it uses of limits, what curves are made of.

Cut edges and shapes are sums over zones: an edge between two zones counts half at either. Splits are too: a set counts
at each zone that has some of it. A zone that breaks a limit of its own, or parts what is tied, is left out.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from itertools import pairwise

import numpy as np

from optimizer.arrays import Bools, Floats, Ints, Offsets
from optimizer.model import Model
from optimizer.objectives.base import Compiled
from optimizer.objectives.curves import BAND_SLACK, Band, Curve, Entropy, Exposures, Roundness, Uneven
from optimizer.solvers.exact.check import sets
from optimizer.solvers.exact.listing import Listed
from optimizer.solvers.exact.territory import HAIR, Territory
from optimizer.solvers.exact.words import bits, free_blocks, spread
from optimizer.solvers.kernel.zones import Words

CHUNK = 1 << 15  # zones that are looked at at once
EMPTY = 1e-9


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
        gauge = _Gauge(model, compiled, listed.territory)
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
    """From the table's columns, as _Gauge.numbers lays them out."""
    schools, start = order
    limits = [b.limit + HAIR * (1 + abs(b.limit)) for b in model.budgets]
    limits += [b.limit + HAIR * (1 + abs(b.limit)) for b in model.borders if b.limit < np.inf]
    at = 2 + len(limits)
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
    use = table[:, 2 : 2 + len(limits)]
    return Columns(
        model, schools, start, mask, table[:, 0], base, use, np.array(limits), table[:, 1], tuple(norms), tuple(means)
    )


def _ends(there: Floats, start: Offsets, which: np.ufunc) -> int:
    """The fewest or the most zones that count in any plan."""
    return int(sum(which.reduce(there[a:b]) for a, b in pairwise(start) if b > a))


class _Gauge:
    """What zones of one school come to."""

    def __init__(self, model: Model, compiled: Compiled, ground: Territory) -> None:
        self.model, self.compiled, self.ground = model, compiled, ground
        self.blocks, district = ground.blocks, model.district
        self.sums = [(s.load(district, ground.school, self.blocks), s) for s in model.sums]
        place = np.full(district.blocks, -1)
        place[self.blocks] = np.arange(len(self.blocks))
        rows, index = place[district.adjacency.rows], place[district.adjacency.index]
        self.inner = np.flatnonzero((rows >= 0) & (index >= 0))
        self.place = rows[self.inner], index[self.inner]

    def all(self, masks: Words) -> tuple[Words, Floats]:
        """The zones that may be, and a row of numbers for each."""
        kept, tables = [masks[:0]], [self.numbers(np.zeros((0, len(self.blocks))))]
        for k in range(0, len(masks), CHUNK):
            part = masks[k : k + CHUNK]
            inside = bits(part, len(self.blocks))
            good = self.may_be(inside)
            kept.append(part[good])
            tables.append(self.numbers(inside[good]))
        return np.concatenate(kept), np.concatenate(tables)

    def may_be(self, inside: Floats) -> Bools:
        """(zones,) whether a zone keeps what is asked of each zone by itself. A hair is allowed: plans are checked."""
        good = np.ones(len(inside), bool)
        unit = self.model.together
        if unit is not None:
            for number in np.unique(unit[self.blocks][unit[self.blocks] >= 0]):
                tied = unit[self.blocks] == number
                count, whole = inside[:, tied].sum(axis=1), int((unit == number).sum())
                good &= (count == 0) | (count == whole)
        for row in self.model.largest:
            parts = inside @ row.part[self.blocks]
            most = parts.max(axis=1) if parts.shape[1] else np.zeros(len(inside))
            asked = row.low * (inside @ row.whole[self.blocks])
            good &= most >= asked - HAIR * (1 + asked)
        for shape in self.model.compact:
            if shape.low > 0:
                round_, there = self.roundness(inside, shape.area, shape.around, shape.shared)
                good &= ~there | (round_ >= shape.low - HAIR)
        return good

    def numbers(self, inside: Floats) -> Floats:
        """(zones, ...) cost, excess, what is used of each limit; then curve by curve."""
        model, at = self.model, self.ground.pair
        cost = inside @ self.compiled.pair_cost[at]
        if self.compiled.border_cost is not None:
            cost += self.cut(inside, self.compiled.border_cost)
        for split in model.splits:
            cost += split.cost * self.presence(inside, split.part)
        columns = [b.cost[at] for b in model.budgets]
        use = [inside @ column for column in columns]
        use += [self.cut(inside, b.weight) for b in model.borders if b.limit < np.inf]
        parts: list[Floats] = []
        for curve in self.compiled.curves:
            if isinstance(curve, Uneven | Entropy):
                cost += self.summed(inside, curve)
            else:
                parts += self.counted(inside, curve)
        return np.column_stack([cost, self.excess(inside), *use, *parts])

    def excess(self, inside: Floats) -> Floats:
        """(zones,) beyond the sums' limits."""
        out, j = np.zeros(len(inside)), self.ground.school
        for load, s in self.sums:
            value = inside @ load
            out += np.maximum(value - s.high[j], 0) + np.maximum(s.low[j] - value, 0)
        return out

    def kept(self, inside: Floats, weight: Floats) -> Floats:
        """(zones,) weights of neighbours in the zone, both ways."""
        matrix = np.zeros((len(self.blocks), len(self.blocks)))
        matrix[self.place] = weight[self.inner]
        return np.asarray(((inside @ matrix) * inside).sum(axis=1))

    def cut(self, inside: Floats, weight: Floats) -> Floats:
        """(zones,) half of the weights between the zone and what is outside."""
        every = np.bincount(self.model.district.adjacency.rows, weight, self.model.district.blocks)
        return np.asarray((inside @ every[self.blocks] - self.kept(inside, weight)) / 2)

    def presence(self, inside: Floats, part: Ints) -> Floats:
        """(zones,) how many sets have some blocks in the zone."""
        part = part.reshape(self.model.district.blocks, -1)[self.blocks]
        out = np.zeros(len(inside))
        for number in np.unique(part[part >= 0]):
            out += inside[:, (part == number).any(axis=1)].any(axis=1)
        return out

    def roundness(self, inside: Floats, area: Floats, around: Floats, shared: Floats) -> tuple[Floats, Bools]:
        """(zones,) 4 pi area / perimeter^2, and whether there is a zone."""
        perimeter = inside @ around[self.blocks] - self.kept(inside, shared)
        round_ = 4 * np.pi * (inside @ area[self.blocks]) / np.maximum(perimeter, 1e-9) ** 2
        return round_, np.asarray(inside.any(axis=1))

    def summed(self, inside: Floats, curve: Uneven | Entropy) -> Floats:
        """(zones,) what each zone adds to a curve that is a sum over zones."""
        if isinstance(curve, Uneven):
            return np.asarray(curve.scale * np.abs(inside @ curve.part[self.blocks]).sum(axis=1))
        zones, whole = inside @ curve.counts[self.blocks], (inside @ curve.heads[self.blocks])[:, None]
        there = (zones > EMPTY) & (whole > EMPTY)
        ratio = np.divide(zones, whole * curve.share, out=np.ones_like(zones), where=there)
        return np.asarray(curve.scale * (zones * np.log(ratio)).sum(axis=1))

    def counted(self, inside: Floats, curve: Curve) -> list[Floats]:
        """Of exposures, what each zone adds to each; of a mean, what it adds and whether it counts."""
        if isinstance(curve, Roundness):
            round_, there = self.roundness(inside, curve.area, curve.around, curve.shared)
            return [np.asarray(curve.scale * np.where(there, 1 - round_, 0.0)), there.astype(np.float64)]
        assert isinstance(curve, Exposures | Band)
        poor, whole = inside @ curve.poverty[self.blocks], inside @ curve.heads[self.blocks]
        rate = np.divide(poor, whole, out=np.zeros_like(poor), where=whole > EMPTY)
        if isinstance(curve, Band):
            far = np.abs(rate - curve.rate) > curve.width + BAND_SLACK
            return [np.asarray(curve.scale * (far & (whole > EMPTY))), (whole > EMPTY).astype(np.float64)]
        scale = curve.scale * np.sqrt(curve.weight) / curve.total
        return list(((inside @ curve.counts[self.blocks]) * rate[:, None] * scale).T)
