"""Whole plans from lists of zones: one zone from each list, and what is left over is the last school's.

Each list is sorted so that neighbours are alike, and has a tree over it whose nodes say what all zones below have in
common: whole branches that do not go with the zones chosen before are passed over at once.
"""

from __future__ import annotations

from typing import Any, NamedTuple

from optimizer.arrays import Floats, Offsets
from optimizer.solvers.kernel.jit import called, compiled
from optimizer.solvers.kernel.zones import (
    ALL,
    DONE,
    MUST,
    NOTHING,
    PAUSED,
    Words,
    cover,
    joined,
    lowest,
    place_of,
    translate,
)

FOUND = 3  # returned besides DONE and PAUSED
LEVEL, TRIED, STATES = range(3)  # places in Cursor.state
SLACK, BEST, BEST_ANY, HELD, LIMITS = range(5)  # places in Cursor.limit
PAIR, EXCESS, BUDGETS = range(3)  # columns of `used`: the pairs' cost, the excess, the first of the budgets


class Lists(NamedTuple):
    """The zones of all schools but the last, list after list. c zones, g groups, b budgets, k columns, l lists."""

    start: Offsets  # (l + 1,)
    mask: Words  # (c,) blocks that have a choice
    beyond: Floats  # (c,) cost beyond the list's least
    used: Floats  # (c, 2 + b) pair cost, excess, budgets
    sums: Floats  # (c, k + 2 + 2 g) columns of the school sums, students in poverty, all, groups, and what the zone
    # adds to each group's exposure, scaled so that the norm of their sum less `even` is the objective's curved part
    later: Words  # (l,) blocks that schools after this list may take
    placed: Words  # (l,) schools of this list and those before
    root: Offsets  # (l,) where the tree's nodes begin: node 1 on top, 2 and 3 below it, and so on
    leaves: Offsets  # (l,) a power of two; zone p of the list is node leaves + p
    every: Words  # (nodes,) blocks that are in all zones below
    some: Words  # (nodes,) blocks that are in any
    cheapest: Floats  # (nodes,) the least of `beyond`


class Rest(NamedTuple):
    """The last school, and limits of the whole plan. n blocks of its territory, h hard rows, q soft ones."""

    school: int
    scale: Floats  # (g,) of exposures
    budget: Floats  # (b,) limits
    used: Floats  # (n, 2 + b) pair cost, 0, budgets
    floor: Floats  # (1,) no zone's pair cost is less
    hard: Floats  # (h, k + 1) row @ columns <= last entry
    soft: Floats  # (q, k + 1) what lies beyond is excess


class Cursor(NamedTuple):
    """Where the join stands, by level (l + 1 rows)."""

    at: Offsets  # the zone tried next
    end: Offsets
    taken: Words
    beyond: Floats
    used: Floats  # (l + 1, 2 + b)
    left: Floats  # (l + 1, k + 2 + 2 g) counts not yet taken; of exposures, `even` less what zones add
    limit: Floats  # cost beyond the least; best value within the excess held, and of any excess; the excess held
    state: Offsets


@compiled
def passes(schools: Any, lists: Any, cursor: Any, level: Any, node: Any) -> Any:
    """Whether some zone below the node may go with those chosen before: none of their blocks in it, none that only it
    could take left out."""
    taken = cursor.taken[level]
    if lists.every[node] & taken != NOTHING:
        return False
    if schools.choice[0] & ~(taken | lists.some[node] | lists.later[level]) != NOTHING:
        return False
    return cursor.beyond[level] + lists.cheapest[node] <= cursor.limit[SLACK]


@compiled
def advance(schools: Any, lists: Any, cursor: Any, level: Any) -> Any:
    """Move on to the next zone of the list that goes with those chosen before, or some way towards it. True if `at`
    stands at one."""
    place, leaves = cursor.at[level], lists.leaves[level]
    size = leaves if place == 0 else place & -place
    node = (leaves + place) // size
    while passes(schools, lists, cursor, level, lists.root[level] + node):
        if size == 1:
            return True
        size //= 2
        node *= 2
    cursor.at[level] += size
    return False


@compiled
def take(schools: Any, lists: Any, rest: Any, cursor: Any, level: Any, zone: Any) -> Any:
    """Go one level deeper with the zone, where budgets and the other schools leave room for it."""
    for f in range(lists.used.shape[1]):
        used = cursor.used[level, f] + lists.used[zone, f]
        if f >= BUDGETS and used > rest.budget[f - BUDGETS]:
            return False
        cursor.used[level + 1, f] = used
    cursor.taken[level + 1] = cursor.taken[level] | lists.mask[zone]
    if level < len(lists.later) - 1:
        whole, covered = cover(schools, cursor.taken[level + 1], lists.placed[level])
        if not whole or schools.choice[0] & ~covered != NOTHING:
            return False
    cursor.beyond[level + 1] = cursor.beyond[level] + lists.beyond[zone]
    for f in range(lists.sums.shape[1]):
        cursor.left[level + 1, f] = cursor.left[level, f] - lists.sums[zone, f]
    cursor.at[level + 1] = 0
    return True


@compiled
def over(rows: Any, r: Any, left: Any) -> Any:
    """By how much the last school's sums are beyond a limit."""
    columns = rows.shape[1] - 1
    value = -rows[r, columns]
    for k in range(columns):
        value += rows[r, k] * left[k]
    return value


@compiled
def best_for(rest: Any, cursor: Any, left: Any, used: Any) -> Any:
    """The value to beat with the excess that the plan has; less than any value where the last school's sums break."""
    for r in range(len(rest.hard)):
        if over(rest.hard, r, left) > 0.0:
            return -1e300
    excess = used[EXCESS]
    for r in range(len(rest.soft)):
        excess += max(over(rest.soft, r, left), 0.0)
    return cursor.limit[BEST] if excess <= cursor.limit[HELD] else cursor.limit[BEST_ANY]


@compiled
def norm(rest: Any, left: Any) -> Any:
    """The curved part of the whole plan's objective."""
    groups = len(rest.scale)
    poor = rest.hard.shape[1] - 1
    whole = left[poor + 1]
    rate = left[poor] / whole if whole > 1e-9 else 0.0
    square = 0.0
    for g in range(groups):
        away = left[poor + 2 + groups + g] - rest.scale[g] * rate * left[poor + 2 + g]
        square += away * away
    return square**0.5


@compiled
def closes(schools: Any, rest: Any, cursor: Any, level: Any) -> Any:
    """Whether what the zones taken leave over makes a plan that is better than the best."""
    left, used = cursor.left[level], cursor.used[level]
    best = best_for(rest, cursor, left, used)
    value = norm(rest, left) + used[PAIR]
    if value + rest.floor[0] > best:
        return False
    free = schools.choice[0] & ~cursor.taken[level]
    mask = schools.word[rest.school, MUST] | translate(free, schools.local[rest.school])
    for f in range(len(used)):
        total, blocks = 0.0, mask
        while blocks != NOTHING:
            bit = lowest(blocks)
            blocks &= ~bit
            total += rest.used[place_of(bit), f]
        if (f == PAIR and value + total > best) or (f >= BUDGETS and used[f] + total > rest.budget[f - BUDGETS]):
            return False
    return mask & ~joined(schools, rest.school, mask & schools.word[rest.school, ALL]) == NOTHING


@called
def join_zones(schools: Any, lists: Any, rest: Any, cursor: Any, steps: Any) -> Any:
    """Go on for so many steps. FOUND: the zones before `at` make, with what they leave, a plan to look at."""
    level, last = cursor.state[LEVEL], len(lists.later)
    for _ in range(steps):
        cursor.state[TRIED] += 1
        if cursor.at[level] >= cursor.end[level]:
            if level == 0:
                return DONE
            level -= 1
            continue
        if not advance(schools, lists, cursor, level):
            continue
        zone = lists.start[level] + cursor.at[level]
        cursor.at[level] += 1
        if not take(schools, lists, rest, cursor, level, zone):
            continue
        if level + 1 < last:
            level += 1
        elif closes(schools, rest, cursor, last):
            cursor.state[LEVEL] = level
            return FOUND
    cursor.state[LEVEL] = level
    return PAUSED
