"""From lists of zones to the best plan that they make."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace

import numpy as np

from optimizer.arrays import Bools, Floats, Ints, Offsets
from optimizer.model import Model
from optimizer.objectives.base import Compiled
from optimizer.objectives.curves import Exposures
from optimizer.solvers.exact.listing import Listed
from optimizer.solvers.exact.territory import HAIR, Territory
from optimizer.solvers.exact.words import bit, bits, free_blocks, spread, word
from optimizer.solvers.kernel.join import EXCESS, LIMITS, PAIR, STATES, Cursor, Lists, Rest
from optimizer.solvers.kernel.zones import Schools, Words

CHUNK = 1 << 16  # zones whose sums are added up at once


@dataclass(frozen=True, eq=False)
class Join:
    """Everything that the kernel reads, and the way back from its zones to a plan. total: (k + 2 + 2 g,) counts of all
    blocks, and what exposures are measured from, as in Cursor.left."""

    model: Model
    listed: tuple[Listed, ...]
    last: Territory
    schools: Schools
    lists: Lists
    rest: Rest
    total: Floats

    def cursor(self, low: int, high: int) -> Cursor:
        """Ready to try the zones low to high of the first list."""
        levels = len(self.listed) + 1
        at, end = np.zeros(levels, np.int64), np.append(np.diff(self.lists.start), 0)
        at[0], end[0] = low, high
        used, left = np.zeros((levels, self.lists.used.shape[1])), np.zeros((levels, len(self.total)))
        left[0] = self.total
        taken, beyond = np.zeros(levels, np.uint64), np.zeros(levels)
        return Cursor(at, end, taken, beyond, used, left, np.zeros(LIMITS), np.zeros(STATES, np.int64))

    def plan(self, cursor: Cursor) -> Ints:
        """(blocks,) the plan that stands at the cursor."""
        school = np.full(self.model.district.blocks, self.last.school, np.int32)
        for level, listed in enumerate(self.listed):
            zone = int(cursor.at[level]) - 1
            inside = bits(listed.mask[zone : zone + 1], len(listed.territory.blocks))[0] > 0
            school[listed.territory.blocks[inside]] = listed.territory.school
        return school


def prepare(model: Model, compiled: Compiled, schools: Schools, lists: Sequence[Listed], last: Territory) -> Join:
    """Lists of all schools but the last, ready to be joined, shortest first."""
    if compiled.exposures is None:
        raise ValueError("zones are joined for objectives with a curved part")
    free = free_blocks(model)
    listed = sorted(lists, key=lambda one: (len(one.mask), one.territory.school))
    grounds = [*(one.territory for one in listed), last]
    takes = np.array([np.isin(free, ground.blocks) for ground in grounds])
    listed = [_alike_together(one, free, takes.sum(axis=0)) for one in listed]
    sums = _Sums(model, compiled, compiled.exposures)
    used, count = (np.concatenate(part) for part in zip(*(sums.zones(one) for one in listed), strict=True))
    masks = [spread(one.mask, one.territory, free) for one in listed]
    beyond = [one.cost - one.least for one in listed]
    every, some, cheapest = zip(*map(tree, masks, beyond), strict=True)
    one_bit = [1 << ground.school for ground in grounds]
    kernel = Lists(
        start=starts([len(mask) for mask in masks]),
        mask=np.concatenate(masks),
        beyond=np.concatenate(beyond),
        used=used,
        sums=count,
        later=np.array([word(np.any(takes[k + 1 :], axis=0)) for k in range(len(listed))]),
        placed=np.array([sum(one_bit[: k + 1]) for k in range(len(listed))], np.uint64),
        root=starts([len(nodes) for nodes in every]),
        leaves=np.array([len(nodes) // 2 for nodes in every], np.int64),
        every=np.concatenate(every),
        some=np.concatenate(some),
        cheapest=np.concatenate(cheapest),
    )
    return Join(model, tuple(listed), last, schools, kernel, sums.rest(last), sums.total)


def starts(sizes: list[int]) -> Offsets:
    return np.concatenate([[0], np.cumsum(sizes)]).astype(np.int64)


def _alike_together(listed: Listed, free: Ints, wanted: Ints) -> Listed:
    """Sorted by blocks, those first that several schools want and about half of the zones have."""
    order = alike(listed.mask, np.isin(listed.territory.blocks, free[wanted > 1]))
    return replace(listed, mask=listed.mask[order], cost=listed.cost[order])


def alike(mask: Words, shared: Bools) -> Offsets:
    """(zones,) an order by blocks. shared: (blocks,) that several schools want."""
    share = np.array([bit(mask, k).sum() for k in range(len(shared))]) / max(len(mask), 1)
    key = np.zeros(len(mask), np.uint64)
    for rank, k in enumerate(np.argsort(share * (1 - share) * shared, kind="stable")):
        key |= bit(mask, int(k)) << np.uint64(rank)
    return np.argsort(key, kind="stable")


def tree(mask: Words, beyond: Floats) -> tuple[Words, Words, Floats]:
    """`every`, `some` and `cheapest` of Lists for one list; node 0 is not used."""
    leaves = 1 << max(0, len(mask) - 1).bit_length()
    every, some = np.full(2 * leaves, ~np.uint64(0)), np.zeros(2 * leaves, np.uint64)
    cheapest = np.full(2 * leaves, np.inf)
    every[leaves : leaves + len(mask)] = some[leaves : leaves + len(mask)] = mask
    cheapest[leaves : leaves + len(mask)] = beyond
    while leaves > 1:
        below, leaves = slice(leaves, 2 * leaves), leaves // 2
        here = slice(leaves, 2 * leaves)
        every[here] = np.bitwise_and.reduce(every[below].reshape(-1, 2), axis=1)
        some[here] = np.bitwise_or.reduce(some[below].reshape(-1, 2), axis=1)
        cheapest[here] = cheapest[below].reshape(-1, 2).min(axis=1)
    return every, some, cheapest


class _Sums:
    """What zones add up to, in the columns that the kernel reads."""

    def __init__(self, model: Model, compiled: Compiled, exposures: Exposures) -> None:
        self.model = model
        self.columns = sorted({c for s in model.sums for c in (s.part, s.whole) if c != -1})
        norm = exposures.scale * np.sqrt(exposures.weight)
        self.scale = norm / exposures.total
        columns = [model.district.amount(column) for column in self.columns]
        counts = [*columns, exposures.poverty, exposures.heads, exposures.counts]
        self.block = np.column_stack(counts)
        pair = [compiled.pair_cost, np.zeros_like(compiled.pair_cost), *(b.cost for b in model.budgets)]
        self.pair = np.column_stack(pair)
        self.total = np.concatenate([self.block.sum(axis=0), norm * exposures.aim])

    def zones(self, listed: Listed) -> tuple[Floats, Floats]:
        """`used` and `count` of each zone of a list, as in Lists."""
        ground, size = listed.territory, len(listed.mask)
        count, used = np.zeros((size, self.block.shape[1])), np.zeros((size, self.pair.shape[1]))
        for k in range(0, size, CHUNK):
            inside = bits(listed.mask[k : k + CHUNK], len(ground.blocks))
            count[k : k + CHUNK] = inside @ self.block[ground.blocks]
            used[k : k + CHUNK] = inside @ self.pair[ground.pair]
        poor = len(self.columns)
        groups, whole = count[:, poor + 2 :], count[:, poor + 1]
        rate = np.divide(count[:, poor], whole, out=np.zeros(size), where=whole > 0)
        row = self.rows(ground.school, hard=False)
        used[:, EXCESS] = np.maximum(count[:, :poor] @ row[:, :-1].T - row[:, -1], 0).sum(axis=1)
        return used, np.column_stack([count, groups * rate[:, None] * self.scale])

    def rows(self, school: int, *, hard: bool) -> Floats:
        """(rows, columns + 1) limits of one school: row @ sums <= last entry."""
        rows = []
        for s in self.model.sums:
            row = np.zeros(len(self.columns) + 1)
            row[self.columns.index(s.part)] += 1.0
            if s.whole != -1:
                row[self.columns.index(s.whole)] -= s.factor[school]
            high, low = (s.hard_high, s.hard_low) if hard else (s.high, s.low)
            for sign, limit in ((1.0, high[school]), (-1.0, -low[school])):
                if np.isfinite(limit):
                    rows.append(sign * row)
                    rows[-1][-1] = limit + (s.slack + HAIR if hard else 0.0)
        return np.array(rows, np.float64).reshape(len(rows), len(self.columns) + 1)

    def rest(self, last: Territory) -> Rest:
        used = self.pair[last.pair]
        return Rest(
            school=last.school,
            scale=self.scale,
            budget=np.array([b.limit + HAIR for b in self.model.budgets], np.float64),
            used=used,
            floor=np.array([np.minimum(used[:, PAIR], 0).sum()]),
            hard=self.rows(last.school, hard=True),
            soft=self.rows(last.school, hard=False),
        )
