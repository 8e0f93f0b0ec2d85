"""What zones of one school come to: costs, excess, what they use of limits, and what curves are made of."""

from __future__ import annotations

from itertools import product

import numpy as np

from optimizer.arrays import Bools, Floats, Ints
from optimizer.model import Ceiling, Model
from optimizer.objectives.base import Compiled
from optimizer.objectives.curves import BAND_SLACK, Band, Curve, Entropy, Exposures, Roundness, Uneven
from optimizer.solvers.exact.territory import HAIR, Territory
from optimizer.solvers.exact.words import bits
from optimizer.solvers.kernel.zones import Words

CHUNK = 1 << 15  # zones that are looked at at once
EMPTY = 1e-9
SIGNS = (1.0, -1.0)


class Gauge:
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
        use += [row for ceiling in model.ceilings for row in self.under(inside, ceiling)]
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

    def under(self, inside: Floats, ceiling: Ceiling) -> list[Floats]:
        """(zones,) rows whose sums over a plan's zones are at most `room` says where the ceiling is kept: of a norm,
        its parts along each axis; of several curved parts, what can be said without the others."""
        worth, parts, fixed = ceiling.worth, [], np.zeros(len(inside))
        for curve in worth.curves:
            if isinstance(curve, Uneven | Entropy):
                fixed += self.summed(inside, curve)
            else:
                parts.append(self.counted(inside, curve))
        fixed += inside @ worth.pair_cost[self.ground.pair]
        if worth.border_cost is not None:
            fixed += self.cut(inside, worth.border_cost)
        norms, band = norms_of(ceiling), band_of(ceiling)
        if band is not None:  # outside / there <= limit
            outside, there = parts[0]
            return [outside - ceiling.limit * there]
        if norms is None:
            return [fixed]
        met = next(part for part, curve in zip(parts, _counted(ceiling), strict=True) if curve is norms)
        return [fixed + sign * part for part, sign in product(met, SIGNS)]


def room(ceiling: Ceiling) -> list[float]:
    """What the rows of `Gauge.under` add up to at most."""
    norms = norms_of(ceiling)
    if band_of(ceiling) is not None:
        return [0.0]
    if norms is None:
        return [ceiling.limit]
    aim = norms.scale * np.sqrt(norms.weight) * norms.aim
    return [ceiling.limit + sign * float(one) for one, sign in product(aim, SIGNS)]


def norms_of(ceiling: Ceiling) -> Exposures | None:
    """The first norm of a ceiling; what else it holds but sums counts as 0."""
    return next((curve for curve in ceiling.worth.curves if isinstance(curve, Exposures)), None)


def band_of(ceiling: Ceiling) -> Band | None:
    """The band, where the ceiling is on nothing else."""
    worth = ceiling.worth
    alone = len(worth.curves) == 1 and worth.border_cost is None and not worth.pair_cost.any()
    return worth.curves[0] if alone and isinstance(worth.curves[0], Band) else None


def _counted(ceiling: Ceiling) -> list[Curve]:
    """The curved parts that are no plain sum over zones."""
    return [curve for curve in ceiling.worth.curves if not isinstance(curve, Uneven | Entropy)]
