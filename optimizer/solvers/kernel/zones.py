"""Every zone that one school may have, by a tree over its blocks: in or out, nearest to the root first.

Blocks of one school are bits of a 64-bit word. All limits on a zone are rows whose least value over what is still
undecided is kept from branch to branch, so that a branch ends where a row is beyond its limit.
"""

from __future__ import annotations

from typing import Any, NamedTuple

import numpy as np
from numpy.typing import NDArray

from optimizer.arrays import Floats, Offsets
from optimizer.solvers.kernel.jit import called, compiled

Words = NDArray[np.uint64]

# What list_zones and join_zones return.
DONE, PAUSED, FULL = range(3)
# Places in Tree.tally.
DEPTH, FOUND, STEPS, TALLIES = range(4)
# What is done next with the bit of a depth, as Tree.phase says.
JOIN, STAY, BACK = range(3)
# Places in a row of Schools.word.
ROOT, MUST, LOOSE, ALL = range(4)
# Columns of Ground.feature: students counted, students in poverty, and what the zone's cost is made of.
WHOLE, POOR, CURVED, LINEAR, FEATURES = range(5)

NOTHING, ONE = np.uint64(0), np.uint64(1)
_DEBRUIJN, _SHIFT = np.uint64(0x03F79D71B4CB0A89), np.uint64(58)
PLACE = np.zeros(64, np.int64)  # of a word's only bit, by the top of its product with the constant
for _k in range(64):
    PLACE[(0x03F79D71B4CB0A89 << _k & 0xFFFFFFFFFFFFFFFF) >> 58] = _k


class Schools(NamedTuple):
    """The blocks that may go to each school, its territory, as bits in an order of its own; blocks that have a choice
    are bits of a word for the district besides. s schools."""

    near: Words  # (s, 64) neighbours within the territory
    word: Words  # (s, 4) the root, the blocks that have no other school, those that may be away from the root, all
    local: Offsets  # (s, 64) from the district's bits to the territory's, -1 where the block cannot go there
    shared: Offsets  # (s, 64) from the territory's to the district's, -1 where the block has no choice
    choice: Words  # (1,) all blocks that have a choice


class Ground(NamedTuple):
    """What zones of one school are made of. n blocks, h hard rows, k bound rows, r = h + k."""

    school: int
    feature: Floats  # (n, 4)
    joining: Floats  # (n, r) by how much the least value of each row rises where the block joins
    leaving: Floats  # (n, r) and where it does not
    limit: Floats  # (h,)


class Tree(NamedTuple):
    """Where the search stands, by depth (n + 2 rows); it can be paused and taken up again."""

    inside: Words
    open: Words
    front: Words
    bit: Words
    covered: Words  # blocks that the zone or another school can have
    phase: Offsets
    least: Floats  # (n + 2, r)
    total: Floats  # (n + 2, 4) of the zone so far
    tally: Offsets


class Zones(NamedTuple):
    """Room for what is found."""

    mask: Words
    cost: Floats


@compiled
def place_of(bit: Any) -> Any:
    """Which bit is set in a word with one."""
    return PLACE[(bit * _DEBRUIJN) >> _SHIFT]


@compiled
def as_word(place: Any) -> Any:
    """The word with this one bit."""
    return ONE << np.uint64(place)


@compiled
def lowest(word: Any) -> Any:
    """The word's lowest bit alone."""
    return word & (~word + ONE)


@called
def translate(word: Any, table: Any) -> Any:
    """The bits that a table gives for those of the word."""
    out = NOTHING
    while word != NOTHING:
        bit = lowest(word)
        word &= ~bit
        place = table[place_of(bit)]
        if place >= 0:
            out |= as_word(place)
    return out


@compiled
def joined(schools: Any, school: Any, ground: Any) -> Any:
    """The blocks of `ground` that a path within it joins to the school's root, and those that need none."""
    reached = schools.word[school, ROOT] & ground
    fresh = reached
    while fresh != NOTHING:
        bit = lowest(fresh)
        fresh &= ~bit
        grown = schools.near[school, place_of(bit)] & ground & ~reached
        reached |= grown
        fresh |= grown
    return reached | (schools.word[school, LOOSE] & ground)


@called
def cover(schools: Any, taken: Any, placed: Any) -> Any:
    """With some blocks taken: whether the schools not yet placed (bits) can still reach, from their roots and around
    what is taken, all blocks that are theirs alone; and which blocks that have a choice are taken or can be reached."""
    covered = taken
    for school in range(len(schools.near)):
        if placed & as_word(school) != NOTHING:
            continue
        ground = schools.word[school, ALL] & ~translate(taken, schools.local[school])
        reached = joined(schools, school, ground)
        if schools.word[school, MUST] & ~reached != NOTHING:
            return False, covered
        covered |= translate(reached, schools.shared[school])
    return True, covered


@compiled
def cost_of(total: Any) -> Any:
    """C P / N plus the linear part; the first is 0 for a zone without students."""
    curved = total[CURVED] * total[POOR] / total[WHOLE] if total[WHOLE] > 0.0 else 0.0
    return curved + total[LINEAR]


@compiled
def within(ground: Any, least: Any, threshold: Any) -> Any:
    """Whether no hard row is beyond its limit and some bound row, if there are any, is below the threshold."""
    hard = len(ground.limit)
    for r in range(hard):
        if least[r] > ground.limit[r]:
            return False
    if len(least) == hard:
        return True
    for r in range(hard, len(least)):
        if least[r] <= threshold:
            return True
    return False


@compiled
def decide(ground: Any, tree: Any, depth: Any, blocks: Any, joins: Any) -> Any:
    """Add to the least values of this depth what blocks change by joining or by staying away."""
    change = ground.joining if joins else ground.leaving
    while blocks != NOTHING:
        bit = lowest(blocks)
        blocks &= ~bit
        block = place_of(bit)
        for r in range(tree.least.shape[1]):
            tree.least[depth, r] += change[block, r]


@compiled
def descend(schools: Any, ground: Any, tree: Any, depth: Any, joins: Any, threshold: Any) -> Any:
    """Decide the bit of this depth. True if the branch may hold a zone; it then stands one deeper."""
    bit, here = tree.bit[depth], depth + 1
    for r in range(tree.least.shape[1]):
        tree.least[here, r] = tree.least[depth, r]
    decide(ground, tree, here, bit, joins)
    if not within(ground, tree.least[here], threshold):
        return False
    school, undecided, covered = ground.school, tree.open[depth] & ~bit, tree.covered[depth]
    inside = tree.inside[depth] | bit if joins else tree.inside[depth]
    if joins:
        whole, covered = cover(schools, translate(inside, schools.shared[school]), as_word(school))
        if not whole:
            return False
    else:
        # What no path leads to any more stays away too.
        lost = undecided & ~joined(schools, school, inside | undecided)
        undecided &= ~lost
        decide(ground, tree, here, lost, False)
        if not within(ground, tree.least[here], threshold):
            return False
    if schools.word[school, MUST] & ~(inside | undecided) != NOTHING:
        return False
    if schools.choice[0] & ~(covered | translate(undecided, schools.shared[school])) != NOTHING:
        return False
    tree.inside[here], tree.open[here], tree.covered[here], tree.phase[here] = inside, undecided, covered, JOIN
    tree.front[here] = tree.front[depth] & undecided
    block = place_of(bit)
    # A block that came in without a neighbour in the root's piece brings none of its own.
    if joins and tree.front[depth] != NOTHING:
        tree.front[here] = (tree.front[depth] | schools.near[ground.school, block]) & undecided
    for f in range(FEATURES):
        tree.total[here, f] = tree.total[depth, f] + (ground.feature[block, f] if joins else 0.0)
    return True


@compiled
def note(schools: Any, ground: Any, tree: Any, zones: Any, threshold: Any) -> Any:
    """Keep the zone of the branch in hand, in which all is decided, if it is one that leaves the other schools theirs.
    False where there is no room."""
    depth = tree.tally[DEPTH]
    mask, must = tree.inside[depth], schools.word[ground.school, MUST]
    cost = cost_of(tree.total[depth])
    if mask & must != must or cost > threshold or not within(ground, tree.least[depth], threshold):
        return True
    if schools.choice[0] & ~tree.covered[depth] != NOTHING:
        return True
    found = tree.tally[FOUND]
    if found == len(zones.mask):
        return False
    zones.mask[found], zones.cost[found] = mask, cost
    tree.tally[FOUND] += 1
    return True


@called
def list_zones(schools: Any, ground: Any, tree: Any, zones: Any, threshold: Any, steps: Any) -> Any:
    """Go on listing zones of cost <= threshold for so many steps; the zones found stand in `zones`, tree.tally says
    how many. FULL asks for more room."""
    for _ in range(steps):
        tree.tally[STEPS] += 1
        depth = tree.tally[DEPTH]
        phase = tree.phase[depth]
        if phase == JOIN:
            bits = tree.front[depth]
            if bits == NOTHING:
                bits = tree.open[depth] & schools.word[ground.school, LOOSE]
            if bits != NOTHING:
                tree.bit[depth] = lowest(bits)
            elif note(schools, ground, tree, zones, threshold):
                phase = BACK
            else:
                return FULL
        if phase == BACK:
            if depth == 0:
                return DONE
            tree.tally[DEPTH] -= 1
        else:
            tree.phase[depth] = STAY if phase == JOIN else BACK
            if descend(schools, ground, tree, depth, phase == JOIN, threshold):
                tree.tally[DEPTH] += 1
    return PAUSED
