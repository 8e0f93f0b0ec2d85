"""Plans that nobody searched for: what every other plan is held against."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from optimizer.arrays import Bools, Csr, Floats, Ints
from optimizer.district import District
from optimizer.model import STUDENT_SLACK
from optimizer.plan import Plan
from optimizer.rules.size import Size

NEAREST = 12  # schools that a block may go to: its own, and so many of the nearest
TABLE = 4_000_000  # travel values held at once while the nearest are sought
WHOLE = 1 - 1e-6  # share of a block from which on it counts as being at one school


def status_quo(district: District) -> Plan:
    """Today's zones."""
    return Plan.status_quo(district)


def nearest_school(district: District, *, size: Size | None = None) -> Plan:
    """Each block to its nearest school within seats: what zones would be if nothing but travel counted.

    Only schools that take blocks do: those with a zone today, unless a rule closes or opens one. A school's seats are
    capacity less other students; where capacity is not given, the most that `size` (default: rule Size's defaults)
    allows. Minimum sizes are not kept, and zones need not hold together: measure such a plan, do not expect it to be
    valid.

    A zone's root keeps its school, so that every school keeps a zone; so does a block whose travel to its own school is
    not known, and a pair whose travel is not known is never used. A block without students goes to its nearest school.
    The others go to one of their 12 nearest schools or to today's, as a linear programme says: least students beyond
    seats first, then least total travel of students. Its solution, in which blocks may be split, is no worse than any
    plan over these pairs; it splits at most one block a school. Split blocks then go whole to a school with room, as
    near as can be, and single blocks are moved on, cheapest first, from schools that this has overfilled while some
    school within their reach has room. So seats are kept wherever that is possible but for less than a block or two at
    a school; a plan that keeps them all may exist where this one does not. The same district gives the same plan.
    """
    high = (Size() if size is None else size).band(district)[1]
    fixed = ~np.isfinite(district.travel_current)
    pairs, travel = _near_pairs(district)
    school = _nearest(district, pairs, travel)
    school[fixed] = district.status_quo[fixed]
    rooted = np.flatnonzero(district.root >= 0)
    fixed[district.root[rooted]] = True
    school[district.root[rooted]] = rooted
    free = ~fixed & (district.students > 0)
    if free.any() and not _within(_load(district, school), high):
        share = _split(district, pairs, travel, free, high - _load(district, school, ~free))
        school = _whole(district, pairs, travel, share, school, high)
    return Plan(district, school)


def _load(district: District, school: Ints, blocks: Bools | None = None) -> Floats:
    """(schools,) students of the blocks at each school."""
    counted = district.students if blocks is None else np.where(blocks, district.students, 0.0)
    return np.bincount(school, counted, district.schools).astype(np.float64)


def _within(load: Floats, high: Floats) -> bool:
    return bool((load <= high + STUDENT_SLACK).all())


def _near_pairs(district: District) -> tuple[Csr, Floats]:
    """Each block's nearest schools that take blocks, and its own, and (pairs,) the travel; inf only for its own."""
    schools = np.flatnonzero(district.open)
    kept = np.full((district.blocks, 0), -1, np.int32)
    values = np.full((district.blocks, 0), np.inf)
    step = max(1, TABLE // max(district.blocks, 1))
    for at in range(0, len(schools), step):
        some = schools[at : at + step]
        dense = _table(district, some)
        kept = np.hstack([kept, np.broadcast_to(some.astype(np.int32), dense.shape)])
        values = np.hstack([values, dense])
        if kept.shape[1] > NEAREST:
            best = np.argsort(values, axis=1, kind="stable")[:, :NEAREST]
            kept, values = np.take_along_axis(kept, best, 1), np.take_along_axis(values, best, 1)
    block, place = np.nonzero(np.isfinite(values))
    own = np.where(district.home >= 0, district.home, district.status_quo)
    stays = np.flatnonzero((district.home >= 0) | ~np.isin(np.arange(district.blocks), block))
    rows = np.concatenate([block, stays])
    pairs = Csr.of_pairs(rows, np.concatenate([kept[block, place], own[stays]]), district.blocks)
    return pairs, district.travel.of(pairs)


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


def _split(district: District, pairs: Csr, travel: Floats, free: Bools, room: Floats) -> Floats:
    """(pairs,) the share of each free block at each school: least students beyond `room`, then least travel."""
    from scipy.optimize import linprog  # noqa: PLC0415 - takes a moment to import
    from scipy.sparse import coo_array  # noqa: PLC0415

    used = np.flatnonzero(free[pairs.rows] & np.isfinite(travel))
    row = np.searchsorted(np.flatnonzero(free), pairs.rows[used])
    n, blocks, schools = len(used), int(free.sum()), district.schools
    students = district.students[pairs.rows[used]]
    far = max(float(travel[used].max()), 1.0)
    # A student less beyond seats may send a student on at every other school: never dearer than the seat itself.
    cost = np.concatenate([students * travel[used] / far, np.full(schools, schools + 1.0)])
    at = np.arange(n)
    whole = coo_array((np.ones(n), (row, at)), shape=(blocks, n + schools))
    seats = coo_array(
        (
            np.concatenate([students, -np.ones(schools)]),
            (np.concatenate([pairs.index[used], np.arange(schools)]), np.arange(n + schools)),
        ),
        shape=(schools, n + schools),
    )
    given = np.isfinite(room)
    found = linprog(
        cost, A_ub=seats.tocsr()[given], b_ub=room[given], A_eq=whole.tocsr(), b_eq=np.ones(blocks), method="highs-ds"
    )
    share = np.zeros(len(pairs.index))
    share[used] = found.x[:n]
    return share


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
