"""Plans that nobody searched for: what every other plan is held against."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray
from scipy.sparse import csr_array

from optimizer.arrays import Bools, Csr, Floats, Ints, Offsets
from optimizer.baselines.baseline import Baseline
from optimizer.baselines.program import Program, Solved, missed, solve
from optimizer.baselines.tree import Tree
from optimizer.baselines.whole import nearest_whole
from optimizer.district import District
from optimizer.model import STUDENT_SLACK
from optimizer.objectives import TravelMean
from optimizer.objectives.linear import shares as _shares
from optimizer.plan import Plan
from optimizer.rules.size import Size
from optimizer.travel import StraightLine

NEAREST = 12  # schools that a block may go to: its own, and so many of the nearest
TABLE = 4_000_000  # travel values held at once while the nearest are sought
WHOLE = 1 - 1e-6  # share of a block from which on it counts as being at one school
SMALL, NODES = 1_500, 60_000  # pairs up to which there is branch and bound; its programmes times pairs
MOST_NODES = 200


def status_quo(district: District) -> Plan:
    """Today's zones."""
    return Plan.status_quo(district)


def nearest_school(district: District, *, size: Size | None = None) -> Plan:
    """Each block to its nearest school within seats: see `nearest_within_seats`."""
    return nearest_within_seats(district, size=size).nearest


@dataclass(frozen=True, eq=False)
class Nearest(Baseline):
    """over: students beyond seats, over all schools. The bound is of all such plans with no more of them."""

    over: float = 0.0

    @property
    def nearest(self) -> Plan:
        assert self.plan is not None  # there always is one
        return self.plan


def nearest_within_seats(district: District, *, size: Size | None = None) -> Nearest:
    """Each block to its nearest school within seats: what zones would be if nothing but travel counted.

    Only schools that take blocks do: those with a zone today, unless a rule closes or opens one. A school's seats are
    capacity less other students; where capacity is not given, the most that `size` (default: rule Size's defaults)
    allows. Minimum sizes are not kept, and zones need not hold together: measure such a plan, do not expect it to be
    valid.

    A zone's root keeps its school, so that every school keeps a zone; so does a block whose travel to its own school is
    not known, and a pair whose travel is not known is never used. A block without students goes to its nearest school.
    The others go to one of their 12 nearest schools or to today's, as a linear programme says: least students beyond
    seats first, each of whom weighs as much as sending one at every school as far as any block might go, on a small
    district more than all travel; then least total travel of students. Its solution, in which blocks may be split,
    gives the bound, also over schools farther away. Split blocks then go whole to a school with room, as near as can
    be, and single blocks are moved on, cheapest first, from schools that this has overfilled while some school within
    their reach has room; or as a mixed-integer programme over the blocks in doubt has it, where that is better. On
    small districts the best of all plans is sought by branch and bound. The same district gives the same plan.
    """
    high = (Size() if size is None else size).band(district)[1]
    fixed = ~np.isfinite(district.travel_current)
    pairs, travel, beyond = _near_pairs(district)
    school = _nearest(district, pairs, travel)
    school[fixed] = district.status_quo[fixed]
    rooted = np.flatnonzero(district.root >= 0)
    fixed[district.root[rooted]] = True
    school[district.root[rooted]] = rooted
    free = ~fixed & (district.students > 0)
    if not free.any() or _within(_load(district, school), high):
        return _known(district, school, high, None)  # nobody has a nearer school
    room = high - _load(district, school, ~free)
    program, used = _program(district, pairs, travel, beyond, free, room)
    solved = solve(program)
    share = np.zeros(len(pairs.index))
    share[used] = solved.share
    school = _whole(district, pairs, travel, share, school, high)
    seats = _Seats(program, pairs.index[used])
    choice = seats.choice(school[free])
    choice = min(choice, nearest_whole(program, solved), key=seats.rank)
    tree = Tree(program, seats.value, seats.no_rows, seats.value(choice), choice, solved.bound)
    tree.grow(min(MOST_NODES, NODES // len(used)) if len(used) <= SMALL else 0)
    best = choice if tree.choice is None else min(choice, tree.choice, key=seats.rank)
    school[free] = pairs.index[used][best]
    return _known(district, school, high, (program, tree.bound, _shares(district), ~free))


def _known(
    district: District, school: Ints, high: Floats, found: tuple[Program, float, Floats, Bools] | None
) -> Nearest:
    """found: the programme, its bound, each block's weight, and the blocks that it leaves where they are; None where
    every block is at its nearest school or has no choice."""
    plan = Plan(district, school)
    over = float(np.maximum(plan.load - high, 0).sum())
    if found is None:
        return Nearest(plan, TravelMean().value(plan), over=over)
    program, bound, weight, fixed = found
    penalty = program.penalty
    assert penalty is not None
    still = float((weight * np.where(weight > 0, plan.travel, 0.0))[fixed].sum())
    return Nearest(plan, max(0.0, still + bound - penalty * (over + STUDENT_SLACK)), over=over)


@dataclass(frozen=True, eq=False)
class _Seats:
    """The free blocks' pairs as choices. school: (pairs,) of the programme."""

    program: Program
    school: Ints

    def choice(self, school: Ints) -> Offsets:
        """(units,) the pairs of a plan."""
        at = np.flatnonzero(self.school == school[self.program.unit])
        return np.asarray(at)

    def value(self, choice: Offsets) -> float:
        """Travel, and what students beyond seats cost."""
        over, travel = self.rank(choice)
        return travel + float(self.program.penalty or 0.0) * over

    def rank(self, choice: Offsets) -> tuple[float, float]:
        """Students beyond seats, and travel."""
        share = np.zeros(len(self.school))
        share[choice] = 1.0
        return round(missed(self.program, share), 6), float(self.program.cost[choice].sum())

    def no_rows(self, solved: Solved) -> csr_array[Any, Any]:
        """Seats are all that counts."""
        return csr_array((0, len(self.school)))


def _load(district: District, school: Ints, blocks: Bools | None = None) -> Floats:
    """(schools,) students of the blocks at each school."""
    counted = district.students if blocks is None else np.where(blocks, district.students, 0.0)
    return np.bincount(school, counted, district.schools).astype(np.float64)


def _within(load: Floats, high: Floats) -> bool:
    return bool((load <= high + STUDENT_SLACK).all())


def _near_pairs(district: District) -> tuple[Csr, Floats, Floats]:
    """Each block's nearest schools that take blocks, and its own; (pairs,) the travel, inf only for its own; (blocks,)
    the travel that no other school is nearer than, inf where there is no other."""
    kept, values = _nearest_of_all(district)
    block, place = np.nonzero(np.isfinite(values[:, :NEAREST]))
    own = np.where(district.home >= 0, district.home, district.status_quo)
    stays = np.flatnonzero((district.home >= 0) | ~np.isin(np.arange(district.blocks), block))
    rows = np.concatenate([block, stays])
    pairs = Csr.of_pairs(rows, np.concatenate([kept[block, place], own[stays]]), district.blocks)
    beyond = values[:, NEAREST] if values.shape[1] > NEAREST else np.full(district.blocks, np.inf)
    return pairs, district.travel.of(pairs), beyond


def _nearest_of_all(district: District) -> tuple[Ints, Floats]:
    """(blocks, up to 13) the nearest schools that take blocks, and the travel to them, ascending, inf where there are
    no more. Of schools as near as each other the first."""
    schools = np.flatnonzero(district.open)
    if isinstance(district.travel, StraightLine) and len(schools) > NEAREST:
        from scipy.spatial import cKDTree  # noqa: PLC0415 - takes a moment to import

        travel = district.travel
        values, at = cKDTree(travel.school_xy[schools]).query(travel.block_xy, NEAREST + 1)
        return schools[at].astype(np.int32), values
    kept = np.full((district.blocks, 0), -1, np.int32)
    values = np.full((district.blocks, 0), np.inf)
    step = max(1, TABLE // max(district.blocks, 1))
    for at in range(0, len(schools), step):
        some = schools[at : at + step]
        dense = _table(district, some)
        kept = np.hstack([kept, np.broadcast_to(some.astype(np.int32), dense.shape)])
        values = np.hstack([values, dense])
        best = np.argsort(values, axis=1, kind="stable")[:, : NEAREST + 1]
        kept, values = np.take_along_axis(kept, best, 1), np.take_along_axis(values, best, 1)
    return kept, values


def _table(district: District, schools: NDArray[np.int64]) -> Floats:
    """(blocks, these schools) travel, inf where it is not known."""
    mask = np.zeros(district.schools, bool)
    mask[schools] = True
    pairs = district.travel.within(np.full(district.blocks, np.finfo(float).max), mask)
    dense = np.full((district.blocks, len(schools)), np.inf)
    dense[pairs.rows, np.searchsorted(schools, pairs.index)] = district.travel.of(pairs)
    return dense


def _nearest(district: District, pairs: Csr, travel: Floats) -> Ints:
    """(blocks,) the nearest school; of those as near as each other the first."""
    order = np.lexsort((pairs.index, travel, pairs.rows))
    first = np.searchsorted(pairs.rows[order], np.arange(district.blocks))
    return pairs.index[order][first].astype(np.int32)


def _program(
    district: District, pairs: Csr, travel: Floats, beyond: Floats, free: Bools, room: Floats
) -> tuple[Program, Offsets]:
    """Least mean travel of the free blocks, seats softly kept; and the pairs that it is over. room: (schools,) students
    of free blocks that there are seats for."""
    used = np.flatnonzero(free[pairs.rows] & np.isfinite(travel))
    unit = np.unique(pairs.rows[used], return_inverse=True)[1].astype(np.int32)
    total = max(float(district.students.sum()), 1e-300)
    weight, students = _shares(district), district.students[pairs.rows[used]]
    seats = csr_array((students, (pairs.index[used], np.arange(len(used)))), shape=(district.schools, len(used)))
    given = np.isfinite(room)
    # A student less beyond seats may send a student on at every other school: never dearer than the seat itself. On a
    # small district, where whole blocks count, a hundredth of a student is dearer than all travel.
    far = max(float(travel[used].max()), 1.0)
    penalty = 100 * far if len(used) <= SMALL else (district.schools + 1.0) * far / total
    floor = np.where(np.isfinite(beyond), weight * np.where(np.isfinite(beyond), beyond, 0.0), np.inf)[free]
    cost, low = weight[pairs.rows[used]] * travel[used], np.full(int(given.sum()), -np.inf)
    return Program(unit, cost, csr_array(seats[given]), low, room[given], floor, penalty), used


def _whole(district: District, pairs: Csr, travel: Floats, share: Floats, school: Ints, high: Floats) -> Ints:
    """(blocks,) no block split. school: where the blocks stand that have no share anywhere."""
    school, students = school.copy(), district.students
    at = np.flatnonzero(share >= WHOLE)
    school[pairs.rows[at]] = pairs.index[at]
    split = np.unique(pairs.rows[(share > 1 - WHOLE) & (share < WHOLE)])
    load = _load(district, school)
    np.subtract.at(load, school[split], students[split])
    for b in split[np.lexsort((split, -students[split]))].tolist():
        row = slice(pairs.start[b], pairs.start[b + 1])
        over = np.maximum(load[pairs.index[row]] + students[b] - high[pairs.index[row]], 0.0)
        over[over <= STUDENT_SLACK] = 0.0
        j = pairs.index[row][np.lexsort((pairs.index[row], travel[row], over))[0]]
        school[b] = j
        load[j] += students[b]
    movable = np.zeros(district.blocks, bool)
    movable[np.unique(pairs.rows[share > 0])] = True
    return _relieve(district, pairs, travel, school, movable, high)


def _relieve(district: District, pairs: Csr, travel: Floats, school: Ints, movable: Bools, high: Floats) -> Ints:
    """Move one block after the other from schools beyond their seats to schools with room: each time the one that costs
    least travel for each student by whom the school is relieved. Ends where no such move is left."""
    students, target = district.students, pairs.index
    load = _load(district, school)
    now = district.travel.to(school)
    while not _within(load, high):
        over = np.maximum(load - high, 0.0)
        over[over <= STUDENT_SLACK] = 0.0
        rows = pairs.rows
        can = movable[rows] & (over[school[rows]] > 0) & np.isfinite(travel) & (target != school[rows])
        can &= load[target] + students[rows] <= high[target] + STUDENT_SLACK
        tried = np.flatnonzero(can)
        if len(tried) == 0:
            break
        b = rows[tried]
        cost = (travel[tried] - now[b]) * students[b] / np.minimum(students[b], over[school[b]])
        k = tried[np.argmin(cost)]
        block, j = int(rows[k]), int(target[k])
        load[school[block]] -= students[block]
        load[j] += students[block]
        school[block], now[block] = j, travel[k]
    return school
