"""The best plan that can be made of some zones: all combinations are tried that may be better than the best known.

It is the compiled join of curve.py, with a list for the last school too: a school without blocks comes after it. Zones
are passed over by what a plan with them costs beyond the bound, at the prices of partition.py.
"""

from __future__ import annotations

from dataclasses import dataclass
from functools import partial
from itertools import pairwise

import numpy as np

from optimizer.arrays import Floats, Ints, Offsets
from optimizer.model import STUDENT_SLACK, Model
from optimizer.objectives.base import Compiled
from optimizer.solvers.exact.check import holds, total
from optimizer.solvers.exact.columns import Columns
from optimizer.solvers.exact.join import alike, starts, tree
from optimizer.solvers.exact.partition import Shadow, goal
from optimizer.solvers.exact.patience import STEPS, Patience, Setup
from optimizer.solvers.exact.territory import territories
from optimizer.solvers.exact.words import bits, free_blocks, schools_of
from optimizer.solvers.kernel.join import (
    BEST,
    BEST_ANY,
    FOUND,
    HELD,
    LIMITS,
    SLACK,
    STATES,
    TRIED,
    Cursor,
    Lists,
    Rest,
    join_zones,
)
from optimizer.solvers.kernel.zones import DONE, Schools
from optimizer.solvers.threads import in_threads

SLICES, LANES = 32, 4  # parts of the first list, and how many are worked on before they share what they found
# Of what lies between the bound and the plan known: how far plans may be above the bound, in one round after the other.
# The bound is mostly so near that the first round ends it, whatever the plan was.
DEEPER = (0.01, 0.05, 0.25, 1.0)
BATCH = 1 << 20  # steps between two looks at the clock
LOOK = 200  # steps that looking at a plan counts as


@dataclass(frozen=True, eq=False)
class Lot:
    """The question: the least objective and rules' costs. columns: what plans better than the first are made of."""

    model: Model
    compiled: Compiled
    columns: Columns
    patience: Patience
    setup: Setup

    def cost(self, school: Ints) -> float:
        return total(self.model, self.compiled, school)


def choose(lot: Lot, shadow: Shadow, school: Ints, held: float | None) -> tuple[Ints, float]:
    """The best plan of the zones that the shadow leaves, from a known one, and what none is below."""
    first, bound = lot.cost(school), min(shadow.bound, goal(lot.cost(school)))
    for share in DEEPER:
        below = shadow.bound + share * (goal(first) - shadow.bound)
        school, finished = _try_all(lot, _match(lot, shadow, below, held), school)
        value = lot.cost(school)
        if finished:
            bound = max(bound, min(below, goal(value)))
        if value < first or not finished:
            break
    return school, bound


def _try_all(lot: Lot, match: Match, school: Ints) -> tuple[Ints, bool]:
    """The best plan, and whether all below the match's limit were tried."""
    value = lot.cost(school)
    edges = np.linspace(0, match.lists.start[1], min(int(match.lists.start[1]), SLICES) + 1).astype(int)
    slices = list(pairwise(edges))
    for k in range(0, len(slices), LANES):
        jobs = [partial(match.tried, part, school, value) for part in slices[k : k + LANES]]
        found = in_threads(jobs, lot.setup.threads, lot.patience)
        lot.patience.spend(sum(f.steps for f in found) / STEPS)
        for f in found:
            if f.value < value:
                school, value = f.school, f.value
        lot.patience.tell(value, min(match.shadow.bound, goal(value)))
        if not all(f.finished for f in found):
            return school, False
    return school, True


@dataclass(frozen=True, eq=False)
class TriedSlice:
    """What one slice came to: the best plan, or the one that it began with."""

    school: Ints
    value: float
    steps: int
    finished: bool


@dataclass(frozen=True, eq=False)
class Match:
    """What the kernel reads. below: what plans that are wanted cost. zone: (c,) where each zone of `lists` stands in
    the columns."""

    lot: Lot
    shadow: Shadow
    schools: Schools
    lists: Lists
    rest: Rest
    zone: Offsets
    below: float
    held: float | None

    def cursor(self, part: tuple[int, int]) -> Cursor:
        """Ready to try some zones of the first list."""
        levels = len(self.lists.later) + 1
        at, end = np.zeros(levels, np.int64), np.append(np.diff(self.lists.start), 0)
        at[0], end[0] = part
        used, left = np.zeros((levels, self.lists.used.shape[1])), np.zeros((levels, 2))
        taken, beyond = np.zeros(levels, np.uint64), np.zeros(levels)
        return Cursor(at, end, taken, beyond, used, left, np.zeros(LIMITS), np.zeros(STATES, np.int64))

    def tried(self, part: tuple[int, int], school: Ints, value: float) -> TriedSlice:
        """The best plan with some zones of the first list, if it is better than one of this value."""
        lot, cursor, looks = self.lot, self.cursor(part), 0
        steps = 0
        units = lot.patience.iterations_left
        most = None if units is None else int(2 / LANES * units * STEPS)
        # What is beyond the excess held is never wanted.
        cursor.limit[[HELD, BEST_ANY]] = np.inf if self.held is None else self.held + 2 * STUDENT_SLACK, -1e300
        while True:
            target = min(self.below, goal(value))
            cursor.limit[BEST] = target - lot.columns.base
            cursor.limit[SLACK] = target - self.shadow.bound + self.shadow.hair
            batch = BATCH if most is None else max(0, min(BATCH, most - steps))
            outcome = join_zones(self.schools, self.lists, self.rest, cursor, batch)
            looks += outcome == FOUND
            steps = int(cursor.state[TRIED]) + LOOK * looks
            if outcome == FOUND:
                chosen = self.zone[self.lists.start[:-1] + cursor.at[:-1] - 1]
                if lot.columns.value(chosen) < target:
                    plan = lot.columns.plan(chosen)
                    worth = lot.cost(plan)
                    # What came through a hair is no plan.
                    if worth < value and holds(lot.model, plan, self.held):
                        school, value = plan, worth
            elif outcome == DONE or batch == 0 or lot.patience.late:
                return TriedSlice(school, value, steps, outcome == DONE)


def _match(lot: Lot, shadow: Shadow, below: float, held: float | None) -> Match:
    """Lists of the zones that are left, shortest first."""
    columns, size = lot.columns, len(free_blocks(lot.columns.model))
    left = [np.flatnonzero(shadow.worth(below)[a:b]) + a for a, b in pairwise(columns.start)]
    order = sorted(range(len(left)), key=lambda j: (len(left[j]), j))
    wanted = sum(bits(np.bitwise_or.reduce(columns.mask[zone], keepdims=True), size)[0] for zone in left)
    zones = [left[j][alike(columns.mask[left[j]], wanted > 1)] for j in order]
    masks = [columns.mask[zone] for zone in zones]
    beyond = [shadow.beyond[zone] for zone in zones]
    every, some, cheapest = zip(*map(tree, masks, beyond), strict=True)
    whole = [np.bitwise_or.reduce(mask) for mask in masks]
    later = [np.bitwise_or.reduce(np.array(whole[k + 1 :], np.uint64)) for k in range(len(whole))]
    bit = [1 << int(columns.schools[j]) for j in order]
    zone = np.concatenate(zones)
    used = np.column_stack([columns.below[zone], columns.excess[zone], columns.use[zone]])
    lists = Lists(
        start=starts([len(mask) for mask in masks]),
        mask=np.concatenate(masks),
        beyond=np.concatenate(beyond),
        used=np.ascontiguousarray(used),
        sums=np.zeros((len(zone), 2)),
        later=np.array(later, np.uint64),
        placed=np.array([sum(bit[: k + 1]) for k in range(len(bit))], np.uint64),
        root=starts([len(nodes) for nodes in every]),
        leaves=np.array([len(nodes) // 2 for nodes in every], np.int64),
        every=np.concatenate(every),
        some=np.concatenate(some),
        cheapest=np.concatenate(cheapest),
    )
    schools = _with_none(schools_of(columns.model, territories(columns.model)))
    return Match(lot, shadow, schools, lists, _nothing(columns), zone, below, held)


def _with_none(schools: Schools) -> Schools:
    """A school more, without blocks."""
    near, word = (np.concatenate([part, np.zeros_like(part[:1])]) for part in (schools.near, schools.word))
    local, shared = (np.concatenate([part, np.full_like(part[:1], -1)]) for part in (schools.local, schools.shared))
    return Schools(near, word, local, shared, schools.choice)


def _nothing(columns: Columns) -> Rest:
    """That school comes last, and adds nothing."""
    none: Floats = np.zeros((0, 1))
    used = np.zeros((0, 2 + len(columns.limit)))
    return Rest(columns.model.district.schools, np.zeros(0), columns.limit, used, np.zeros(1), none, none)
