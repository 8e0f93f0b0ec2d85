"""The zones that a plan better than the best known could give each school.

The last school has no list: its zone is what the others leave over. The list of the last but one may be very long, and
comes in parts.
"""

from __future__ import annotations

from dataclasses import dataclass, replace

import numpy as np

from optimizer.arrays import Floats
from optimizer.model import Model
from optimizer.solvers.exact.patience import STEPS, Patience
from optimizer.solvers.exact.prices import Bounds, Prices, bound_rows
from optimizer.solvers.exact.territory import Territory, territories
from optimizer.solvers.exact.words import schools_of
from optimizer.solvers.kernel.zones import (
    ALL,
    CURVED,
    DONE,
    FEATURES,
    FOUND,
    LINEAR,
    PAUSED,
    POOR,
    ROOT,
    TALLIES,
    WHOLE,
    Ground,
    Schools,
    Tree,
    Words,
    Zones,
    cover,
    list_zones,
    translate,
)
from optimizer.solvers.kernel.zones import STEPS as TAKEN

LONG, ROOM = 1 << 20, 1 << 17  # zones that a whole list may hold, and a part of one
BATCH = 1 << 18  # steps between two looks at the clock


@dataclass(frozen=True, eq=False)
class Listed:
    """Zones of one school. mask: (zones,) over the territory's blocks; cost: (zones,) at the prices; least: no zone of
    the school costs less."""

    territory: Territory
    mask: Words
    cost: Floats
    least: float


@dataclass(frozen=True, eq=False)
class Part:
    """What one go of a Lister brought. finished: whether no time ran out."""

    listed: Listed
    steps: int
    finished: bool


class Lister:
    """Lists the zones of one school, part after part."""

    def __init__(self, schools: Schools, territory: Territory, prices: Prices, least: float) -> None:
        self.schools, self.territory, self.prices, self.least = schools, territory, prices, least
        self.ground: Ground | None = None
        self.done = False

    def start(self, threshold: float) -> None:
        """Zones of cost <= threshold are wanted; later parts may want less. All zones where it is infinite."""
        bounds = bound_rows(self.territory, self.prices, threshold) if threshold < np.inf else _none(self.territory)
        self.ground = _ground(self.territory, self.prices, bounds)
        self.tree = _tree(self.schools, self.territory, bounds)
        if self.territory.root >= 0:
            self.tree.total[0] = self.ground.feature[self.territory.root]
        self.done = threshold < np.inf and len(bounds.row) == 0

    def part(self, threshold: float, steps: int | None, patience: Patience, room: int = ROOM) -> Part:
        """Up to `room` more zones. steps: at most so many, whatever the clock says."""
        zones = Zones(np.zeros(room, np.uint64), np.zeros(room))
        self.tree.tally[[FOUND, TAKEN]] = 0
        outcome = DONE if self.done else PAUSED
        while outcome == PAUSED:
            batch = BATCH if steps is None else max(0, min(BATCH, steps - int(self.tree.tally[TAKEN])))
            if batch == 0 or patience.late:
                break
            outcome = list_zones(self.schools, self.ground, self.tree, zones, threshold, batch)
        self.done = outcome == DONE
        found = int(self.tree.tally[FOUND])
        listed = Listed(self.territory, zones.mask[:found].copy(), zones.cost[:found].copy(), self.least)
        return Part(listed, int(self.tree.tally[TAKEN]), outcome != PAUSED)


@dataclass(frozen=True, eq=False)
class Shelf:
    """Lists for all schools but the last two, and a lister for the last but one; None where there was no room or time.
    base + sum of least (schools,) is a bound on every plan."""

    lists: tuple[Listed, ...]
    lister: Lister | None
    last: Territory
    base: float
    least: Floats

    @property
    def bound(self) -> float:
        """No plan has a smaller objective. inf: no zones are left for some school."""
        return self.base + float(self.least.sum())

    def threshold(self, k: int, best: float) -> float:
        """What a zone of the k-th smallest school costs at most in a plan of objective <= best."""
        return best - self.base - float(self.least.sum() - self.least[k])


def shelve(model: Model, prices: Prices, best: float, patience: Patience) -> Shelf:
    """Lists of zones that a plan of objective <= best may have, smallest territory first. The model has two schools at
    least, and fits into words."""
    grounds = territories(model)
    schools = schools_of(model, grounds)
    grounds.sort(key=lambda t: (t.choices, t.school))
    least = np.array([bound_rows(t, prices, np.inf).least for t in grounds])
    shelf = Shelf((), None, grounds[-1], prices.base, least)
    lists: list[Listed] = []
    for k, territory in enumerate(grounds[:-2]):
        threshold = shelf.threshold(k, best) + prices.hair
        lister = Lister(schools, territory, prices, -np.inf)
        lister.start(threshold)
        units = patience.iterations_left
        part = lister.part(threshold, None if units is None else int(units * STEPS), patience, LONG)
        patience.spend(part.steps / STEPS)
        if not lister.done:
            return shelf
        least[k] = max(least[k], part.listed.cost.min(initial=np.inf))
        lists.append(replace(part.listed, least=float(least[k])))
    lister = Lister(schools, grounds[-2], prices, float(least[-2]))
    lister.start(shelf.threshold(len(grounds) - 2, best) + prices.hair)
    return replace(shelf, lists=tuple(lists), lister=lister)


def list_all(model: Model, prices: Prices, best: float, patience: Patience) -> list[Listed] | None:
    """All zones of each school that a plan of objective <= best may have, smallest territory first; whatever they cost
    where best is infinite. None where there was no room, for LONG zones in all, or no time. The model fits into
    words."""
    grounds = territories(model)
    schools = schools_of(model, grounds)
    grounds.sort(key=lambda t: (t.choices, t.school))
    least = np.array([bound_rows(t, prices, np.inf).least if best < np.inf else 0.0 for t in grounds])
    lists: list[Listed] = []
    room = LONG
    for k, territory in enumerate(grounds):
        threshold = best - prices.base - float(least.sum() - least[k]) + prices.hair
        lister = Lister(schools, territory, prices, -np.inf)
        lister.start(threshold)
        units = patience.iterations_left
        part = lister.part(threshold, None if units is None else int(units * STEPS), patience, room)
        patience.spend(part.steps / STEPS)
        if not lister.done:
            return None
        if best < np.inf:
            least[k] = max(least[k], part.listed.cost.min(initial=np.inf))
        lists.append(part.listed)
        room -= len(part.listed.mask)
    return lists


def _ground(territory: Territory, prices: Prices, bounds: Bounds) -> Ground:
    blocks = territory.blocks
    row = np.vstack([territory.rows, bounds.row])
    joining, leaving = np.maximum(row, 0).T, -np.minimum(row, 0).T
    # The least values start with forced blocks in; they never leave.
    joining[territory.forced], leaving[territory.forced] = 0.0, np.inf
    feature = np.zeros((len(blocks), FEATURES))
    feature[:, WHOLE], feature[:, POOR] = prices.whole[blocks], prices.poor[blocks]
    feature[:, CURVED], feature[:, LINEAR] = prices.curve[blocks], prices.linear[territory.pair]
    return Ground(
        school=territory.school,
        feature=feature,
        joining=np.ascontiguousarray(joining),
        leaving=np.ascontiguousarray(leaving),
        limit=territory.limit,
    )


def _none(territory: Territory) -> Bounds:
    return Bounds(np.zeros((0, len(territory.blocks))), np.zeros(0), -np.inf)


def _tree(schools: Schools, territory: Territory, bounds: Bounds) -> Tree:
    """At the top: the root alone is in, all else undecided."""
    deep, forced = len(territory.blocks) + 2, territory.forced
    row = np.vstack([territory.rows, bounds.row])
    inside, undecided, front, bit, covered = (np.zeros(deep, np.uint64) for _ in range(5))
    least = np.zeros((deep, len(row)))
    least[0] = row[:, forced].sum(axis=1) + np.minimum(row[:, ~forced], 0).sum(axis=1)
    least[0, len(territory.limit) :] += bounds.start
    school, words = territory.school, schools.word[territory.school]
    inside[0], undecided[0] = words[ROOT], words[ALL] & ~words[ROOT]
    if territory.root >= 0:
        front[0] = schools.near[school, territory.root] & undecided[0]
    # A compiled function gives a plain int back, which the next one would take for signed: the 64th block was lost.
    shared = np.uint64(translate(words[ROOT], schools.shared[school]))
    covered[0] = cover(schools, shared, np.uint64(1 << school))[1]
    return Tree(
        inside,
        undecided,
        front,
        bit,
        covered,
        np.zeros(deep, np.int64),
        least,
        np.zeros((deep, FEATURES)),
        np.zeros(TALLIES, np.int64),
    )
