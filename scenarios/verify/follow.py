"""What follows from supposing that blocks go to a school, or do not, for the zones of all schools: the steps of
docs/certificate.md, "Struck pairs", taken until no more can be."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any, NamedTuple, TypeVar, cast

import numba
import numpy as np
from numpy.typing import NDArray

from optimizer.arrays import Bools, Ints, Offsets
from scenarios.verify.case import Case
from scenarios.verify.rounding import SPARE, UNIT

TRAIL, LOOKS, CONFLICT = range(3)  # places in Left.counts
STEP = 20.0  # of a check, for a pair that is looked at
F = TypeVar("F", bound=Callable[..., Any])


def compiled(function: F) -> F:
    try:
        return cast(F, numba.njit(cache=True)(function))
    except RuntimeError:  # there is no folder to keep it in
        return cast(F, numba.njit(function))


class Pairs(NamedTuple):
    """The candidate pairs, school by school, p of them, and s sums of one column with parts of at least 0. Schools are
    places among case.candidates."""

    first: Offsets  # (schools + 1,) where each school's pairs lie
    school: Ints  # (p,)
    block: Ints  # (p,)
    own: Offsets  # (blocks + 1,) where each block's pairs lie in `pair`
    pair: Offsets  # (p,)
    start: Offsets  # (p + 1,) neighbours that are candidates of the same school
    beside: Offsets
    root: Offsets  # (schools,) the root's pair; -1 where zones need not be joined; -2 where the root is none
    loose: Bools  # (p,) may be in the zone without being joined to the root
    load: NDArray[np.float64]  # (s, p)
    low: NDArray[np.float64]  # (s, schools)
    high: NDArray[np.float64]


class Left(NamedTuple):
    """Which pairs are left. trail: those taken away, in order. waits: (schools,) which schools are to be looked at."""

    counts: Offsets
    alive: Bools
    choices: Ints  # (blocks,) pairs left
    trail: Offsets
    waits: Bools
    met: Ints  # (p,) scratch: of the walk
    back: Ints
    at: Offsets
    path: Offsets
    must: Ints


def pairs_of(case: Case) -> Pairs:
    ground, found = case.ground, case.candidates
    first = np.concatenate([[0], np.cumsum([len(each.block) for each in found])]).astype(np.int64)
    block = np.concatenate([np.zeros(0, np.int32), *(each.block for each in found)]).astype(np.int32)
    school = np.repeat(np.arange(len(found), dtype=np.int32), np.diff(first))
    start, beside = [0], list[int]()
    root, loose = np.full(len(found), -1, np.int64), np.zeros(len(block), bool)
    place = np.full(ground.blocks, -1)
    for k, each in enumerate(found):
        here = slice(first[k], first[k + 1])
        place[each.block] = np.arange(first[k], first[k + 1])
        joined = case.options.contiguity and each.school in ground.root
        for b in each.block.tolist():
            near = place[ground.graph.beside[b]] if joined else np.zeros(0, np.int64)
            beside += near[near >= 0].tolist()
            start.append(len(beside))
        if joined:
            root[k] = place[ground.root[each.school]] if place[ground.root[each.school]] >= 0 else -2
            loose[here] = ground.detached[each.block] & (ground.home[each.block] == each.school)
        place[each.block] = -1
    sums = [one for one in case.sums if one.whole is None]
    load = np.zeros((len(sums), len(block)))
    low, high = np.full((len(sums), len(found)), -np.inf), np.full((len(sums), len(found)), np.inf)
    for s, one in enumerate(sums):
        for k, each in enumerate(found):
            if (one.part[each.block] >= 0).all():  # loads without any rounding of their own
                load[s, first[k] : first[k + 1]] = one.part[each.block]
                low[s, k], high[s, k] = one.low[each.school], one.high[each.school]
    own = np.concatenate([[0], np.cumsum(np.bincount(block, minlength=ground.blocks))]).astype(np.int64)
    order = np.argsort(block, kind="stable").astype(np.int64)
    around = np.array(beside, np.int64)
    return Pairs(first, school, block, own, order, np.array(start), around, root, loose, load, low, high)


def all_left(pairs: Pairs) -> Left:
    size, schools = len(pairs.block), len(pairs.root)
    ints, wide = np.zeros((3, size), np.int32), np.zeros((3, size), np.int64)
    return Left(
        counts=np.zeros(3, np.int64),
        alive=np.ones(size, bool),
        choices=np.diff(pairs.own).astype(np.int32),
        trail=wide[0],
        waits=np.zeros(schools, bool),
        met=ints[0],
        back=ints[1],
        at=wide[1],
        path=wide[2],
        must=ints[2],
    )


@compiled
def take(pairs: Pairs, left: Left, p: int) -> None:
    """Take a pair away."""
    if not left.alive[p]:
        return
    b = pairs.block[p]
    left.alive[p] = False
    left.trail[left.counts[TRAIL]] = p
    left.counts[TRAIL] += 1
    left.choices[b] -= 1
    left.waits[pairs.school[p]] = True
    if left.choices[b] == 0:
        left.counts[CONFLICT] = 1
    elif left.choices[b] == 1:
        for q in pairs.pair[pairs.own[b] : pairs.own[b + 1]]:
            if left.alive[q]:
                left.waits[pairs.school[q]] = True


@compiled
def keep(pairs: Pairs, left: Left, p: int) -> None:
    """Take all other pairs of the block away; a conflict where this one is gone."""
    b = pairs.block[p]
    if not left.alive[p]:
        left.counts[CONFLICT] = 1
    for q in pairs.pair[pairs.own[b] : pairs.own[b + 1]]:
        if q != p:
            take(pairs, left, q)


@compiled
def put_back(pairs: Pairs, left: Left, mark: int) -> None:
    """All that was taken away since the trail was `mark` long."""
    while left.counts[TRAIL] > mark:
        left.counts[TRAIL] -= 1
        p = left.trail[left.counts[TRAIL]]
        left.alive[p] = True
        left.choices[pairs.block[p]] += 1
    left.waits[:] = False
    left.counts[CONFLICT] = 0


@compiled
def leave(pairs: Pairs, left: Left, p: int, up: int, root: int) -> None:
    """The walk goes back from p to the pair from which it came: without that, it would not have come to p where nothing
    behind p borders on an earlier one."""
    left.back[up] = min(left.back[up], left.back[p])
    if left.must[p] and left.back[p] >= left.met[up] and up != root:
        keep(pairs, left, up)
    left.must[up] |= left.must[p]


@compiled
def reach(pairs: Pairs, left: Left, k: int) -> None:
    """Steps 1 and 2 at school k: one walk in depth from the root, with the earliest pair that each branch of it borders
    on (Tarjan 1972)."""
    root = pairs.root[k]
    if root < 0 or not left.alive[root]:
        left.counts[CONFLICT] = 1
        return
    for p in range(pairs.first[k], pairs.first[k + 1]):
        left.met[p] = 0
    met, deep = 1, 0
    left.met[root], left.back[root], left.must[root], left.at[root] = 1, 1, 0, pairs.start[root]
    left.path[0] = root
    while deep >= 0:
        p = left.path[deep]
        if left.at[p] < pairs.start[p + 1]:
            q = pairs.beside[left.at[p]]
            left.at[p] += 1
            if left.alive[q] and left.met[q] > 0:
                left.back[p] = min(left.back[p], left.met[q])
            elif left.alive[q]:
                met += 1
                left.met[q], left.back[q], left.at[q] = met, met, pairs.start[q]
                left.must[q] = 1 if left.choices[pairs.block[q]] == 1 and not pairs.loose[q] else 0
                deep += 1
                left.path[deep] = q
            continue
        deep -= 1
        if deep >= 0:
            leave(pairs, left, p, left.path[deep], root)
    for p in range(pairs.first[k], pairs.first[k + 1]):
        if left.alive[p] and left.met[p] == 0 and not pairs.loose[p]:
            take(pairs, left, p)


@compiled
def loads(pairs: Pairs, left: Left, k: int) -> None:
    """Step 3 at school k."""
    for s in range(pairs.low.shape[0]):
        must, most = 0.0, 0.0
        for p in range(pairs.first[k], pairs.first[k + 1]):
            if left.alive[p]:
                most += pairs.load[s, p]
                must += pairs.load[s, p] if left.choices[pairs.block[p]] == 1 else 0.0
        hair = (most + 1) * (pairs.first[k + 1] - pairs.first[k] + 16) * UNIT * SPARE
        low, high = pairs.low[s, k] - hair, pairs.high[s, k] + hair
        if must > high or most < low:
            left.counts[CONFLICT] = 1
            return
        for p in range(pairs.first[k], pairs.first[k + 1]):
            if left.alive[p] and left.choices[pairs.block[p]] > 1:
                if must + pairs.load[s, p] > high:
                    take(pairs, left, p)
                elif most - pairs.load[s, p] < low:
                    keep(pairs, left, p)


@compiled
def settle(pairs: Pairs, left: Left) -> bool:
    """All that follows. Whether there is no contradiction."""
    k = 0
    while k < left.waits.size and not left.counts[CONFLICT]:
        if not left.waits[k]:
            k += 1
            continue
        left.waits[k] = False
        left.counts[LOOKS] += pairs.first[k + 1] - pairs.first[k] + 1
        if pairs.root[k] != -1:
            reach(pairs, left, k)
        if not left.counts[CONFLICT]:
            loads(pairs, left, k)
        k = 0
    return left.counts[CONFLICT] == 0


@compiled
def contradicts(pairs: Pairs, left: Left, p: int) -> bool:
    """Whether no valid plan has the pair. All is as before afterwards."""
    mark = left.counts[TRAIL]
    keep(pairs, left, p)
    left.waits[pairs.school[p]] = True
    fits = settle(pairs, left)
    put_back(pairs, left, mark)
    return not fits


def begin(pairs: Pairs, left: Left) -> bool:
    """What follows with nothing supposed. Whether there is no contradiction."""
    left.waits[:] = True
    return settle(pairs, left)
