"""Where a search begins when nobody may stay as they are: blocks whose school is closed, that must go elsewhere, or
whose set is split today, are given to zones that they touch, so that every zone is legal. So are blocks of a plan to
begin at that may not be where it has them.
"""

from __future__ import annotations

import heapq
from collections import deque
from dataclasses import dataclass, replace

import numpy as np

from optimizer.arrays import Bools, Floats, Ints
from optimizer.graph import away_from_root
from optimizer.model import Model
from optimizer.solvers.contract import Contraction

ROUNDS = 200  # times that blocks which nothing touches take a way through other zones


@dataclass(frozen=True, eq=False)
class Start:
    """zone: (nodes,) of candidate pairs. stuck: nodes for which no legal place was found; the zones are legal where it
    is empty. given: they are those of a wanted plan, as far as that is legal."""

    zone: Ints
    stuck: Ints
    given: bool = False


def start_of(contraction: Contraction, wanted: Ints | None = None) -> Start:
    """Today's zones where they are legal; else the nearest thing to them. wanted: (blocks,) zones to begin at instead,
    of which all is kept that is legal; today's where what is left of them cannot be made legal. Every node has a
    candidate pair."""
    model, home = contraction.model, contraction.whole.district.home
    liking = _liking(contraction, home)
    if wanted is not None:
        first = _liking(contraction, wanted)
        # Where nothing that is wanted may be, home is liked next, but not given before it is touched.
        start = _grown(model, np.where(first < 0, liking, first), _with_roots(model, first), first >= 0)
        if not len(start.stuck):
            return replace(start, given=True)
    return _grown(model, liking, _first(model, liking), model.district.home == liking)


def _grown(model: Model, liking: Ints, zone: Ints, settled: Bools) -> Start:
    """From zones with gaps, -1, to zones without. settled: (nodes,) whether what the node likes is a place that it has,
    not one that is to be found for all that is tied to it."""
    any_of_them = np.where(liking < 0, model.pairs.index[model.pairs.start[:-1]], liking)  # where none takes all
    if model.contiguity is None:
        return Start(np.where(zone < 0, any_of_them, zone).astype(np.int32), np.zeros(0, np.int32))
    grower = _Grower(model, zone, liking, settled)
    stuck = grower.run()
    zone = np.where(grower.zone < 0, any_of_them, grower.zone).astype(np.int32)
    return Start(zone, np.array(sorted(stuck), np.int32))


def _liking(contraction: Contraction, wanted: Ints) -> Ints:
    """(nodes,) of the schools that a node, and all that is tied to it, may go to, the one wanted for most of its
    students; the first of equals. -1 where there is none. wanted: (blocks,) -1 where none is."""
    whole, model = contraction.whole, contraction.model
    district, schools, unit = whole.district, whole.district.schools, model.together
    nodes = model.district.blocks
    group = np.arange(nodes) + (0 if unit is None else int(unit.max(initial=-1)) + 1)
    group = group if unit is None else np.where(unit >= 0, unit, group)
    size = np.bincount(group)
    at = group[model.pairs.rows].astype(np.int64) * schools + model.pairs.index
    known, count = np.unique(at, return_counts=True)
    known = known[count == size[known // schools]]
    there = wanted >= 0
    asked = group[contraction.node[there]].astype(np.int64) * schools + wanted[there]
    place = np.searchsorted(known, asked)
    hit = (
        (place < len(known)) & (known[np.minimum(place, max(len(known) - 1, 0))] == asked) if len(known) else there[:0]
    )
    # A block without students counts a little, so that empty blocks stay too.
    weight = np.bincount(place[hit], district.students[there][hit] + 1e-3, len(known))
    best = np.full(int(group.max(initial=-1)) + 1, -1, np.int64)
    for k in np.lexsort((-known, weight)):
        best[known[k] // schools] = known[k] % schools
    return best[group].astype(np.int32)


def _first(model: Model, liking: Ints) -> Ints:
    """(nodes,) home where all of the node is at home there and may stay, as may all that is tied to it; roots at their
    schools; -1 else."""
    zone = np.where(model.stay[np.maximum(_place(model, liking), 0)] & (liking >= 0), liking, -1)
    return _with_roots(model, np.where(liking == model.district.home, zone, -1))


def _with_roots(model: Model, zone: Ints) -> Ints:
    """(nodes,) the same, with roots at their schools."""
    zone = zone.astype(np.int32)
    if model.contiguity is not None:
        root = model.contiguity.root
        zone[root[root >= 0]] = np.flatnonzero(root >= 0)
    return zone


def _place(model: Model, school: Ints) -> Ints:
    return model.pairs.find(np.maximum(school, 0)).astype(np.int32)


class _Grower:
    """Gives nodes without a zone to zones that they touch, those with most room first."""

    def __init__(self, model: Model, zone: Ints, liking: Ints, settled: Bools) -> None:
        self.model, self.zone, self.liking = model, zone, liking
        self.students = model.district.students
        assert model.contiguity is not None
        self.root, self.detached = model.contiguity.root, model.contiguity.detached
        size = next((s for s in model.sums if s.whole == -1), None)
        room = np.full(model.district.schools, np.inf) if size is None else size.hard_high
        self.room = np.where(np.isfinite(room), np.maximum(room, 1.0), max(float(self.students.sum()), 1.0))
        self.tied = model.together
        self.mates = _groups(model, settled)
        self.load: Floats = np.zeros(0)
        self._drop()

    def run(self) -> set[int]:
        """What is left over."""
        for _ in range(ROUNDS):
            self._grow()
            lost = [int(node) for node in np.flatnonzero(self.zone < 0)]
            if not lost or not self._through(lost):
                return set(lost)
            self._drop()
        return set(map(int, np.flatnonzero(self.zone < 0)))

    def _drop(self) -> None:
        """Nodes that their zone does not hold any more have none."""
        marked = np.where(self.zone < 0, self.model.district.schools, self.zone)
        away = away_from_root(self.model.district.adjacency, marked, self.root)[0]
        legal = ~away | (self.detached & (self.zone == self.model.district.home))
        self.zone[~legal] = -1
        self.joined = ~away & (self.zone >= 0)

    def _group(self, node: int) -> list[int]:
        """The node, with those that are tied to it where no home is given for all of them."""
        return self.mates.get(node, [node])

    def _choices(self, node: int) -> list[int]:
        """Schools that the node may go to; where others are tied to it, one for all, or those that all may go to."""
        if self.tied is None or self.tied[node] < 0:
            return [int(j) for j in self.model.pairs.row(node)]
        if node not in self.mates:
            return [int(self.liking[node])] if self.liking[node] >= 0 else []
        rows = [set(map(int, self.model.pairs.row(mate))) for mate in self.mates[node]]
        return sorted(set.intersection(*rows))

    def _grow(self) -> None:
        placed = self.zone >= 0
        self.load = np.bincount(self.zone[placed], self.students[placed], self.model.district.schools).astype(float)
        heap = [offer for node in map(int, np.flatnonzero(~placed)) for offer in self._offers(node)]
        heapq.heapify(heap)
        while heap:
            key, node, j = heapq.heappop(heap)
            if self.zone[node] >= 0:
                continue
            now = self._cost(node, j)
            if now > key + 1e-9:  # the zone has grown since
                heapq.heappush(heap, (now, node, j))
                continue
            for mate in self._group(node):
                self.zone[mate], self.joined[mate] = j, True
                self.load[j] += self.students[mate]
            for mate in self._group(node):
                for offer in self._around(mate, j):
                    heapq.heappush(heap, offer)

    def _around(self, node: int, j: int) -> list[tuple[float, int, int]]:
        """Offers to the neighbours of a node that has joined zone j; those that were detached there are absorbed."""
        offers = []
        for other in map(int, self.model.district.adjacency.row(node)):
            if self.zone[other] < 0:
                offers += self._offers(other)
            elif self.zone[other] == j and not self.joined[other]:
                self._absorb(other)
        return offers

    def _offers(self, node: int) -> list[tuple[float, int, int]]:
        """Zones that a node touches and may go to, with what each costs; where others go along, they touch it too."""
        near = set.intersection(*(self._near(mate) for mate in self._group(node)))
        return [(self._cost(node, j), node, j) for j in self._choices(node) if j in near] if near else []

    def _near(self, node: int) -> set[int]:
        """Zones whose root's piece the node touches."""
        return {int(self.zone[other]) for other in self.model.district.adjacency.row(node) if self.joined[other]}

    def _cost(self, node: int, j: int) -> float:
        """How full the zone would be; much less where the node likes it best."""
        students = sum(float(self.students[mate]) for mate in self._group(node))
        return float((self.load[j] + students) / self.room[j]) - float(j == self.liking[node])

    def _absorb(self, node: int) -> None:
        """A detached piece that its zone touches again belongs to it."""
        queue = deque([node])
        self.joined[node] = True
        while queue:
            for other in map(int, self.model.district.adjacency.row(queue.popleft())):
                if self.zone[other] == self.zone[node] and not self.joined[other]:
                    self.joined[other] = True
                    queue.append(other)

    def _through(self, lost: list[int]) -> bool:
        """Give the first of the lost nodes that has one a shortest way through other zones to one of its own."""
        for node in lost:
            found = [(way, j) for j in self._choices(node) if (way := self._ways(node, j))]
            if found:
                way, j = min(found, key=lambda one: (len(one[0]), one[1]))
                self.zone[way] = j
                return True
        return False

    def _ways(self, node: int, j: int) -> list[int]:
        """What `_way` gives for the node and all that go along with it; empty where one of them has none."""
        ways = [self._way(mate, j) for mate in self._group(node)]
        return [node for way in ways for node in way] if all(ways) else []

    def _way(self, node: int, j: int) -> list[int]:
        """Nodes from `node` to the zone of j, through nodes that may go there; empty where there is no way."""
        may = set(map(int, self.model.pairs.rows[self.model.pairs.index == j]))
        roots = set(map(int, self.root[self.root >= 0]))
        before, queue = {node: -1}, deque([node])
        while queue:
            here = queue.popleft()
            for other in map(int, self.model.district.adjacency.row(here)):
                if self.zone[other] == j and self.joined[other]:
                    way = [here]
                    while before[way[-1]] >= 0:
                        way.append(before[way[-1]])
                    return way
                if other in may and other not in before and other not in roots and not self._is_tied(other):
                    before[other] = here
                    queue.append(other)
        return []

    def _is_tied(self, node: int) -> bool:
        return self.tied is not None and bool(self.tied[node] >= 0)


def _groups(model: Model, settled: Bools) -> dict[int, list[int]]:
    """By node, all that are tied together with it, where none of them is settled."""
    tied = model.together
    if tied is None:
        return {}
    members: dict[int, list[int]] = {}
    for node in map(int, np.flatnonzero(tied >= 0)):
        members.setdefault(int(tied[node]), []).append(node)
    return {node: group for group in members.values() if not settled[group].any() for node in group}
