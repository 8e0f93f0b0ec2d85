"""The zones of one school parted in a tree: from its root to what each leaf holds (docs/certificate.md, "The tree")."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any, NamedTuple

import numpy as np
from numpy.typing import NDArray

from optimizer.arrays import Bools, Floats, Ints, Offsets
from scenarios.verify.case import Case
from scenarios.verify.follow import (
    LOOKS,
    STEP,
    TRAIL,
    Left,
    Pairs,
    all_left,
    begin,
    compiled,
    keep,
    pairs_of,
    put_back,
    settle,
    take,
)
from scenarios.verify.reading import MOST_RATE, Reader
from scenarios.verify.rounding import Work

LEAF, DEAD, RATE = -1, -2, -3  # of a node: what else it is than split by a block
FREE, IN, OUT = range(3)
HAIR = 1e-11  # far more than rounding does to a rate


class DeadError(Exception):
    """Some valid plan may have a zone of a node that is said to be dead. Its text names the node."""


class Zones(NamedTuple):
    """Of one school, the place `school` among the candidates'. poor, whole: (candidates,). order: those with students,
    by their rate, ascending."""

    school: int
    poor: Floats
    whole: Floats
    order: Offsets


class Parts(NamedTuple):
    """What the leaves of a school's tree hold. low, high: (leaves,) rates. fixed: (leaves, candidates) FREE, IN or OUT.
    none: (leaves,) whether no valid plan has such a zone."""

    low: Floats
    high: Floats
    fixed: NDArray[np.uint8]
    none: Bools


def between(edges: Floats, forced: Bools) -> Parts:
    """What the intervals between edges of rates hold. forced: (candidates,) which blocks have no other school."""
    fixed = np.where(forced, IN, FREE).astype(np.uint8)
    shape = (len(edges) - 1, len(forced))
    return Parts(edges[:-1], edges[1:], np.broadcast_to(fixed, shape), np.zeros(shape[0], bool))


class Path(NamedTuple):
    """The nodes above the one that is looked at, of which the second child is still to come, or is gone through."""

    node: Offsets
    mark: Offsets
    second: Bools
    none: Bools
    low: Floats
    high: Floats


@dataclass(frozen=True, eq=False)
class Tree:
    """split: (nodes,) the first child of each and all below it before the second: LEAF, DEAD, RATE, or the place of a
    block among the school's candidates, any place beyond them for a block that is none. middle: (nodes,) where RATE."""

    split: Ints
    middle: Floats


def read_tree(take: Reader, value: Any, path: str, blocks: int) -> Tree:
    """As written: blocks by their places in the district."""
    nodes = take.list(value, path)
    split, middle = np.full(len(nodes), RATE, np.int32), np.zeros(len(nodes))
    rates = [k for k, node in enumerate(nodes) if isinstance(node, list)]
    for k, node in enumerate(nodes):
        if type(node) is int and DEAD <= node < blocks:
            split[k] = node
        elif not isinstance(node, list):
            take.fail(f"{path}[{k}]", f"is neither {LEAF}, {DEAD}, a block's place nor a list of one rate")
        else:
            middle[k] = take.numbers(node, f"{path}[{k}]", 1, 0.0)[0]
    if rates and middle.max() > MOST_RATE:
        take.fail(path, "is split at more than any rate")
    ahead = 1 + np.cumsum(np.where((split == LEAF) | (split == DEAD), -1, 1))
    if len(nodes) == 0 or ahead[-1] != 0 or (ahead[:-1] <= 0).any():
        take.fail(path, "is no whole tree: each node that is split has two children, the first and all below it first")
    return Tree(split, middle)


class Grove:
    """Parts the zones of the schools of a case. fits: whether there may be a valid plan at all."""

    def __init__(self, case: Case, work: Work) -> None:
        self.pairs, self.work = pairs_of(case), work
        self.left = all_left(self.pairs)
        self.fits = begin(self.pairs, self.left)
        self._base = int(self.left.counts[TRAIL])

    def parts(self, tree: Tree, school: int, rates: tuple[float, float], poor: Floats, whole: Floats) -> Parts:
        """rates: that are to be covered. Raises DeadError."""
        leaves, size, nodes = int((tree.split == LEAF).sum()), len(poor), len(tree.split)
        found = Parts(np.zeros(leaves), np.zeros(leaves), np.zeros((leaves, size), np.uint8), np.zeros(leaves, bool))
        rate = np.divide(poor, whole, out=np.full(size, np.inf), where=whole > 0)
        zones = Zones(school, poor, whole, np.argsort(rate, kind="stable")[: int((whole > 0).sum())])
        path = Path(
            node=np.zeros(nodes, np.int64),
            mark=np.zeros(nodes, np.int64),
            second=np.zeros(nodes, bool),
            none=np.zeros(nodes, bool),
            low=np.zeros(nodes),
            high=np.zeros(nodes),
        )
        before = int(self.left.counts[LOOKS])
        failed = walk(self.pairs, self.left, tree.split, tree.middle, rates, zones, path, found)
        put_back(self.pairs, self.left, self._base)
        self.work.spend(STEP * (int(self.left.counts[LOOKS]) - before + 1) + 10.0 * nodes * size)
        if failed >= 0:
            raise DeadError(f"node {failed}")
        return found


@compiled
def narrow(pairs: Pairs, left: Left, zones: Zones, low: float, high: float) -> tuple[float, float]:
    """The rates from low to high that zones with the blocks that are left can have."""
    first = pairs.first[zones.school]
    poor, whole = 0.0, 0.0
    for i in range(zones.poor.size):
        if left.alive[first + i] and left.choices[pairs.block[first + i]] == 1:
            poor += zones.poor[i]
            whole += zones.whole[i]
    if whole <= 0:
        return low, high  # a zone without students has no rate, and is under the value of every leaf
    for end in range(2):
        p, n = poor, whole
        for c in range(zones.order.size):
            i = zones.order[c] if end == 0 else zones.order[zones.order.size - 1 - c]
            if left.alive[first + i] and left.choices[pairs.block[first + i]] > 1:
                more = zones.poor[i] * n - p * zones.whole[i]
                if more >= 0 if end == 0 else more <= 0:
                    break
                p += zones.poor[i]
                n += zones.whole[i]
        if end == 0:
            low = max(low, p / n * (1 - HAIR) - HAIR)
        else:
            high = min(high, p / n * (1 + HAIR) + HAIR)
    return low, high


@compiled
def enter(pairs: Pairs, left: Left, zones: Zones, place: int, out: bool) -> bool:
    """Suppose that a block is out of the zone, or in. Whether some valid plan may have that."""
    if place >= zones.poor.size:
        return out
    if out:
        take(pairs, left, pairs.first[zones.school] + place)
    else:
        keep(pairs, left, pairs.first[zones.school] + place)
        left.waits[zones.school] = True
    return settle(pairs, left)


@compiled
def note(pairs: Pairs, left: Left, zones: Zones, fixed: NDArray[np.uint8]) -> None:
    """What is left, block by block."""
    first = pairs.first[zones.school]
    for i in range(zones.poor.size):
        alone = left.choices[pairs.block[first + i]] == 1
        fixed[i] = OUT if not left.alive[first + i] else IN if alone else FREE


@compiled
def walk(
    pairs: Pairs,
    left: Left,
    split: Ints,
    middle: Floats,
    rates: tuple[float, float],
    zones: Zones,
    path: Path,
    found: Parts,
) -> int:
    """Fill `found`, from the root. The place of a node that is said to be dead and need not be; -1 where all are."""
    deep, leaf = 0, 0
    low, high = narrow(pairs, left, zones, rates[0], rates[1])
    none = low > high
    for n in range(split.size):
        if split[n] == DEAD and not none:
            return n
        if split[n] == LEAF:
            found.low[leaf], found.high[leaf], found.none[leaf] = low, high, none
            note(pairs, left, zones, found.fixed[leaf])
            leaf += 1
        second = split[n] == LEAF or split[n] == DEAD
        if second:
            while deep > 0 and path.second[deep - 1]:
                deep -= 1
            if deep == 0:
                break
        else:
            path.node[deep], path.mark[deep] = n, left.counts[TRAIL]
            path.low[deep], path.high[deep], path.none[deep] = low, high, none
            deep += 1
        top = deep - 1
        path.second[top] = second
        put_back(pairs, left, path.mark[top])
        low, high, none = path.low[top], path.high[top], path.none[top]
        by = split[path.node[top]]
        if by == RATE:
            low, high = (max(low, middle[path.node[top]]), high) if second else (low, min(high, middle[path.node[top]]))
        elif not none:
            none = not enter(pairs, left, zones, by, second)
            if not none:
                low, high = narrow(pairs, left, zones, low, high)
        none = none or low > high
    return -1
